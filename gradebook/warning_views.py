"""What is pointed out while results are entered: the school's own choice of a year, changed by the clerk."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts import permissions
from accounts.powers import Action
from accounts.requests import SignedInRequest, posted
from gradebook.rule_choice import choose_warnings
from students.models import SchoolYear
from students.year_forms import RefusableForm, WordsField
from students.year_views import stands


class WarningsForm(RefusableForm, forms.Form):
    """The two checks of school practice, and why they change."""

    level_and_mark = forms.BooleanField(
        label="Nhắc khi mức đạt được và điểm KTĐK không khớp",
        help_text="T thường đi với 7 đến 10, H với 5 và 6, C với dưới 5.",
        required=False,
    )
    competency_pairs = forms.BooleanField(
        label="Nhắc khi môn học và năng lực không khớp",
        help_text="Ví dụ Toán với Tính toán, Tiếng Việt với Ngôn ngữ: T với Tốt, H với Đạt, C với Cần cố gắng.",
        required=False,
    )
    reason = WordsField(
        label="Lí do", max_length=300, help_text="Ghi vào lịch sử, ví dụ biên bản họp chuyên môn."
    )


@require_http_methods(["GET", "HEAD", "POST"])
def year_warnings(request: SignedInRequest, pk: int) -> HttpResponse:
    permissions.require(request.user, Action.SEE_OPENING)
    year = get_object_or_404(SchoolYear, pk=pk)
    if request.method == "POST":
        permissions.require(request.user, Action.PREPARE_YEAR)
    stored = {
        "level_and_mark": year.warns_on_level_and_mark,
        "competency_pairs": year.warns_on_competency_pairs,
    }
    form = WarningsForm(posted(request), initial=stored)
    if (
        request.method == "POST"
        and form.is_valid()
        and stands(form, lambda: choose_warnings(year, **form.cleaned_data, by=request.user))
    ):
        messages.success(request, f"Đã đặt lời nhắc khi nhập của năm học {year.label}.")
        return redirect("gradebook:year_warnings", year.pk)
    may_choose = permissions.may(request.user, Action.PREPARE_YEAR) and not year.is_closed
    context = {"year": year, "form": form, "stored": stored, "may_choose": may_choose}
    return render(request, "gradebook/year_warnings.html", context, status=422 if form.errors else 200)
