"""The page on which the principal closes a year, or opens a closed one again."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import permissions
from accounts.confirmation import password_asked
from accounts.powers import Action
from accounts.requests import SignedInRequest
from approvals.reopened_years import reopenings
from approvals.year_closing import WHO_CLOSES, close_year, closing_list, reopen_year
from students.models import SchoolYear, YearIsClosed
from students.year_forms import RefusableForm
from students.year_views import stands
from students.years import YearRefused


class ReopenForm(RefusableForm, forms.Form):
    reason = forms.CharField(
        label="Lí do mở lại", max_length=300, help_text="Người kiểm tra sẽ đọc, ví dụ số công văn."
    )


@require_safe
def closing(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is settled and what is not; the list is read from the data."""
    permissions.require(request.user, Action.SEE_OPENING)
    return _closing_page(request, get_object_or_404(SchoolYear, pk=pk))


def _closing_page(
    request: SignedInRequest,
    year: SchoolYear,
    problems: list[str] | None = None,
    form: ReopenForm | None = None,
) -> HttpResponse:
    items = closing_list(year)
    context = {
        "year": year,
        "items": items,
        "done": sum(not item.missing for item in items),
        "missing": [item for item in items if item.missing and item.is_needed],
        "problems": problems,
        "form": form or ReopenForm(),
        "reopening": next(iter(reopenings(year=year)), None),
        "may_close": permissions.may(request.user, Action.CLOSE_YEAR),
    }
    status = 422 if problems or (form and form.errors) else 200
    return render(request, "approvals/year_closing.html", context, status=status)


@require_POST
@password_asked(
    "Đóng năm học: mọi số liệu của năm học này chỉ còn để xem và in.", of=Action.CLOSE_YEAR, why=WHO_CLOSES
)
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    """The principal closes the year; refused with every unsettled thing."""
    year = get_object_or_404(SchoolYear, pk=pk)
    try:
        close_year(year, by=request.user)
    except YearRefused as refusal:
        return _closing_page(request, year, [problem.message for problem in refusal.problems])
    except YearIsClosed as closed:
        return _closing_page(request, year, [str(closed)])
    messages.success(request, f"Đã đóng năm học {year.label}: từ nay chỉ xem và in.")
    return redirect("students:year", year.pk)


@require_POST
@password_asked("Mở lại một năm học đã đóng.", of=Action.CLOSE_YEAR, why=WHO_CLOSES)
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """The principal opens a closed year again, with a reason."""
    year = get_object_or_404(SchoolYear, pk=pk)
    form = ReopenForm(request.POST)

    def act() -> None:
        reopen_year(year, reason=form.cleaned_data["reason"], by=request.user)

    if not form.is_valid() or not stands(form, act):
        return _closing_page(request, year, form=form)
    messages.success(request, f"Đã mở lại năm học {year.label}.")
    return redirect("students:year", year.pk)
