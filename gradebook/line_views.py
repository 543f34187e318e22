"""The rule set of a year in words, its lines by grade, and what a class has otherwise."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import permissions
from accounts.confirmation import require_password
from accounts.powers import Action
from accounts.requests import SignedInRequest, posted
from gradebook.line_choices import (
    approved_of_classes,
    approved_of_grades,
    choose_class_lines,
    choose_lines,
    field_of,
)
from gradebook.line_effects import effects, gained_by_classes, gained_by_grades, lines_of_grades
from gradebook.line_forms import ClassLinesForm, LinesForm, RuleSetForm, choice_of
from gradebook.models import ClassLine
from gradebook.regulation import SOURCES, Period, has_mark, rules_for
from gradebook.rule_choice import choose_rule_set, rule_sets_for, why_fixed
from gradebook.rules_page import rule_sections
from gradebook.year_rules import compulsory_lines, optional_lines, rules_of
from students.models import SchoolYear
from students.year_views import stands
from students.years import refuse

MOST_STEPS = 20


@require_http_methods(["GET", "HEAD", "POST"])
def year_lines(request: SignedInRequest, pk: int) -> HttpResponse:
    """The rule set of the year in words, its lines by grade; the clerk chooses the optional ones."""
    permissions.require(request.user, Action.SEE_OPENING)
    year = get_object_or_404(SchoolYear, pk=pk)
    if request.method == "POST":
        permissions.require(request.user, Action.PREPARE_YEAR)
    form = LinesForm(posted(request), year=year, initial=_stored_choice(year))
    if request.method == "POST" and form.is_valid():
        gained = gained_by_grades(year, form.chosen)
        if stands(form, lambda: refuse(*approved_of_grades(gained))):
            _ask_about(request, effects(year, gained))
        if not form.errors and stands(
            form, lambda: _say(request, choose_lines(year, form.chosen, by=request.user))
        ):
            return redirect("gradebook:year_lines", year.pk)
    return _lines_page(request, year, form, RuleSetForm(year=year))


@require_POST
def year_rules(request: SignedInRequest, pk: int) -> HttpResponse:
    """The clerk puts the year under another rule set."""
    permissions.require(request.user, Action.PREPARE_YEAR)
    year = get_object_or_404(SchoolYear, pk=pk)
    form = RuleSetForm(request.POST, year=year)

    def act() -> None:
        chosen = form.cleaned_data
        choose_rule_set(year, chosen["rule_set"], reason=chosen["reason"], by=request.user)

    if form.is_valid() and stands(form, act):
        messages.success(request, f"Đã đặt bộ quy định của năm học {year.label}.")
        return redirect("gradebook:year_lines", year.pk)
    return _lines_page(request, year, LinesForm(year=year, initial=_stored_choice(year)), form)


def _lines_page(
    request: SignedInRequest, year: SchoolYear, form: LinesForm, rules_form: RuleSetForm
) -> HttpResponse:
    may_choose = _may_choose(request, year)
    fixed = why_fixed(year)
    context = {
        "year": year,
        "form": form,
        "may_choose": may_choose,
        "rules": rules_of(year) if year.rule_set else None,
        "proposed": rules_for(year.year) if year.rule_set else None,
        "rules_form": rules_form if may_choose and not fixed and len(rule_sets_for(year)) > 1 else None,
        "fixed": fixed,
        "grades": _grades(year) if year.rule_set else [],
        "periods": list(Period),
        "sources": SOURCES,
        "sections": rule_sections(year) if year.rule_set else [],
    }
    has_errors = form.errors or rules_form.errors
    return render(request, "gradebook/year_lines.html", context, status=422 if has_errors else 200)


def _ask_about(request: SignedInRequest, what_follows: str) -> None:
    """Giving classes a line once entry has begun changes sheets that were complete: not by one click."""
    if what_follows:
        require_password(request, what_follows)


def _say(request: SignedInRequest, changed: str) -> None:
    messages.success(request, f"Đã đặt: {changed}." if changed else "Không có gì thay đổi.")


def _may_choose(request: SignedInRequest, year: SchoolYear) -> bool:
    return permissions.may(request.user, Action.PREPARE_YEAR) and not year.is_closed


def _stored_choice(year: SchoolYear) -> dict[str, list[str]]:
    """Of the optional lines of each grade those that it has."""
    if not year.rule_set:
        return {}
    stored = lines_of_grades(year)
    return {
        f"grade_{grade}": [line.code for line in lines if (grade, line.code) in stored]
        for grade, lines in optional_lines(year).items()
    }


def _grades(year: SchoolYear) -> list[dict[str, Any]]:
    """Per grade: its lines, and for each the periods that have a mark."""
    stored, rules = lines_of_grades(year), rules_of(year)
    optional = optional_lines(year)
    found = []
    for grade, compulsory in compulsory_lines(year).items():
        offered = [line for line in optional[grade] if (grade, line.code) in stored]
        lines = sorted([*compulsory, *offered], key=lambda line: line.position)
        rows = [
            (line, [has_mark(year.year, grade, line.code, period, rules=rules) for period in Period])
            for line in lines
        ]
        found.append({"grade": grade, "rows": rows})
    return found


# -- By class ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def class_lines(request: SignedInRequest, pk: int) -> HttpResponse:
    """What each class has of the optional lines: as its grade, unless the clerk chooses otherwise for it."""
    permissions.require(request.user, Action.SEE_OPENING)
    year = get_object_or_404(SchoolYear, pk=pk)
    if request.method == "POST":
        permissions.require(request.user, Action.PREPARE_YEAR)
    form = ClassLinesForm(
        posted(request),
        year=year,
        classes=list(year.classes.all()),
        of_grade=lines_of_grades(year),
        initial=_own_choices(year),
    )
    if request.method == "POST" and form.is_valid():
        gained = gained_by_classes(year, form.chosen)
        if stands(form, lambda: refuse(*approved_of_classes(gained))):
            _ask_about(request, effects(year, gained))
        if not form.errors and stands(
            form, lambda: _say(request, choose_class_lines(year, form.chosen, by=request.user))
        ):
            return redirect("gradebook:class_lines", year.pk)
    context = {
        "year": year,
        "form": form,
        "may_choose": _may_choose(request, year),
        "steps": _steps(year),
    }
    return render(request, "gradebook/class_lines.html", context, status=422 if form.errors else 200)


def _own_choices(year: SchoolYear) -> dict[str, str]:
    stored = ClassLine.objects.filter(school_class__year=year)
    rows = stored.values_list("school_class_id", "line__code", "is_taught")
    return {field_of(class_id, code): choice_of(is_taught) for class_id, code, is_taught in rows}


def _steps(year: SchoolYear) -> list[dict[str, Any]]:
    """The latest choices of classes, newest first. One statement."""
    rows = ClassLine.history.filter(school_class__year=year).select_related(
        "school_class", "line", "history_user"
    )
    return [{"row": row, "what": _step_words(row)} for row in rows.order_by("-history_id")[:MOST_STEPS]]


def _step_words(row: Any) -> str:
    choice = "theo khối" if row.history_type == "-" else ("học" if row.is_taught else "không học")
    return f"Lớp {row.school_class.name}: {row.line.line.short_name} – {choice}"
