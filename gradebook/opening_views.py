"""The guided page on which a year is opened, and its lines and rule set."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import permissions
from accounts.confirmation import password_asked
from accounts.powers import Action
from accounts.requests import SignedInRequest, posted
from gradebook.models import SubjectLine
from gradebook.opening import checklist, choose_lines, open_year
from gradebook.regulation import (
    GRADES,
    NotCovered,
    Period,
    RuleSet,
    has_mark,
    lines_for,
    optional_lines_for,
)
from gradebook.year_rules import rules_of
from students.models import SchoolYear, YearIsClosed
from students.year_forms import RefusableForm
from students.year_views import stands
from students.years import YearRefused


class LinesForm(RefusableForm, forms.Form):
    """Which optional lines each grade has."""

    def __init__(self, *args: Any, year: SchoolYear, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for grade in GRADES:
            self.fields[f"grade_{grade}"] = forms.MultipleChoiceField(
                label=f"Môn tự chọn của khối {grade}",
                choices=[(line.code, line.short_name) for line in optional_lines_for(year.year, grade)],
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )

    @property
    def chosen(self) -> dict[int, list[str]]:
        return {grade: self.cleaned_data[f"grade_{grade}"] for grade in GRADES}


@require_safe
def opening(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is there and what is missing; the work can be left at any time, for the list is read from the data."""
    permissions.require(request.user, Action.SEE_OPENING)
    year = get_object_or_404(SchoolYear, pk=pk)
    return _opening_page(request, year)


def _opening_page(
    request: SignedInRequest, year: SchoolYear, problems: list[str] | None = None
) -> HttpResponse:
    items = checklist(year)
    missing = [item for item in items if item.missing and item.is_needed]
    context = {
        "year": year,
        "items": items,
        "done": sum(not item.missing for item in items),
        "missing": missing,
        "problems": problems,
        "may_open": permissions.may(request.user, Action.OPEN_YEAR),
    }
    return render(request, "gradebook/opening.html", context, status=422 if problems else 200)


@require_POST
@password_asked(
    "Mở năm học: từ ngày đầu năm, mọi trang làm việc theo năm học này.",
    of=Action.OPEN_YEAR,
    why="Năm học do Hiệu trưởng mở.",
)
def year_open(request: SignedInRequest, pk: int) -> HttpResponse:
    """The principal opens the year; refused with every missing thing."""
    year = get_object_or_404(SchoolYear, pk=pk)
    try:
        open_year(year, by=request.user)
    except YearRefused as refusal:
        return _opening_page(request, year, [problem.message for problem in refusal.problems])
    except YearIsClosed as closed:
        return _opening_page(request, year, [str(closed)])
    messages.success(request, f"Đã mở năm học {year.label}.")
    return redirect("students:year", year.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def year_lines(request: SignedInRequest, pk: int) -> HttpResponse:
    """The rule set of the year in words, its lines by grade; the clerk chooses the optional ones."""
    permissions.require(request.user, Action.SEE_OPENING)
    year = get_object_or_404(SchoolYear, pk=pk)
    may_choose = permissions.may(request.user, Action.PREPARE_YEAR) and not year.is_closed
    if request.method == "POST":
        permissions.require(request.user, Action.PREPARE_YEAR)
    form = LinesForm(posted(request), year=year, initial=_stored_choice(year))
    if (
        request.method == "POST"
        and form.is_valid()
        and stands(form, lambda: choose_lines(year, form.chosen, by=request.user))
    ):
        messages.success(request, f"Đã đặt môn học của năm học {year.label}.")
        return redirect("gradebook:year_lines", year.pk)
    context = {
        "year": year,
        "form": form,
        "may_choose": may_choose,
        "rules": _rules(year),
        "grades": _grades(year),
        "periods": list(Period),
    }
    return render(request, "gradebook/year_lines.html", context, status=422 if form.errors else 200)


def _rules(year: SchoolYear) -> RuleSet | None:
    """None for a year before Thông tư 27/2020."""
    try:
        return rules_of(year)
    except NotCovered:
        return None


def _stored_choice(year: SchoolYear) -> dict[str, list[str]]:
    stored: dict[str, list[str]] = {f"grade_{grade}": [] for grade in GRADES}
    for grade, code in SubjectLine.objects.filter(year=year).values_list("grade_level", "code"):
        stored[f"grade_{grade}"].append(code)
    return stored


def _grades(year: SchoolYear) -> list[dict[str, Any]]:
    """Per grade: its lines, and for each the periods that have a mark."""
    stored = set(SubjectLine.objects.filter(year=year).values_list("grade_level", "code"))
    found = []
    for grade in GRADES:
        if (rules := _rules(year)) is None or year.year < rules.roadmap[grade]:
            continue
        lines = [*lines_for(year.year, grade), *optional_lines_for(year.year, grade)]
        shown = [line for line in lines if not line.is_optional or (grade, line.code) in stored]
        rows = [
            (line, [has_mark(year.year, grade, line.code, period) for period in Period]) for line in shown
        ]
        found.append({"grade": grade, "rows": rows})
    return found
