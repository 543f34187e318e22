"""School years: the list, a year's calendar, preparing one, its days off and its ordinary week (rules R1, R2)."""

import datetime
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.confirmation import require_password
from accounts.powers import Action
from accounts.requests import SignedInRequest, posted
from students.calendar import YearCalendar
from students.models import CalendarEntry, SchoolClass, SchoolYear, WeekPattern, YearIsClosed
from students.roll_days import rolls_outside_terms
from students.year_forms import EntryForm, RefusableForm, RemoveForm, WeekForm, YearForm
from students.year_page import WEEKDAY_LETTERS, months_of, steps_of, terms_of, week_words
from students.years import (
    HEADING_LINES,
    TERM_DAYS,
    YearRefused,
    add_entry,
    change_year,
    earliest_change,
    prepare_year,
    remove_entry,
    set_week,
    words_of,
)


def stands(form: RefusableForm, act: Callable[[], Any]) -> bool:
    """Whether the act was done; else every reason stands at its field."""
    try:
        act()
    except YearRefused as refusal:
        form.refuse(refusal.problems)
    except YearIsClosed as closed:
        form.add_error(None, str(closed))
    return not form.errors


@require_safe
def years(request: SignedInRequest) -> HttpResponse:
    context = {
        "years": SchoolYear.objects.all(),
        "current": SchoolYear.objects.current(),
        "may_prepare": permissions.may(request.user, Action.PREPARE_YEAR),
        "may_see_opening": permissions.may(request.user, Action.SEE_OPENING),
    }
    return render(request, "students/years.html", context)


@require_safe
def year(request: SignedInRequest, pk: int) -> HttpResponse:
    """The calendar of a year: terms, months, days off, the ordinary week and the classes that differ from it."""
    shown = get_object_or_404(SchoolYear, pk=pk)
    calendar = YearCalendar.of(shown)
    sees_office = permissions.may(request.user, Action.SEE_OPENING)
    context = {
        "year": shown,
        "terms": terms_of(calendar),
        "months": months_of(calendar),
        "letters": WEEKDAY_LETTERS,
        "entries": [(entry, words_of(entry)) for entry in calendar.entries],
        "week": week_words(calendar.pattern_on(shown.day_for_roster())),
        "own_weeks": _own_weeks(shown, calendar),
        "steps": steps_of(shown) if sees_office else [],
        "sees_office": sees_office,
        "may_prepare": permissions.may(request.user, Action.PREPARE_YEAR) and not shown.is_closed,
    }
    return render(request, "students/year.html", context)


def _own_weeks(shown: SchoolYear, calendar: YearCalendar) -> list[tuple[str, WeekPattern, str]]:
    """Classes with a week of their own: name, pattern, words."""
    names = dict(shown.classes.values_list("pk", "name"))
    own = [each for each in calendar.patterns if each.school_class_id is not None]
    return [(names[each.school_class_id], each, week_words(each)) for each in own if each.school_class_id]


@require_http_methods(["GET", "HEAD", "POST"])
def year_new(request: SignedInRequest) -> HttpResponse:
    """Prepares the year after the last one; its days and heading lines are proposed from that."""
    permissions.require(request.user, Action.PREPARE_YEAR)
    form = YearForm(posted(request), initial=_proposal(), is_new=True)
    made = form.instance
    if (
        request.method == "POST"
        and form.is_valid()
        and stands(form, lambda: prepare_year(made, by=request.user))
    ):
        messages.success(
            request, f"Đã lập năm học {made.label}. Làm tiếp các việc dưới đây; có thể dừng và quay lại."
        )
        return redirect("gradebook:opening", made.pk)
    return render(request, "students/year_edit.html", {"form": form}, status=422 if form.errors else 200)


def _proposal() -> dict[str, Any]:
    """A year later than the last one, to the nearest weekday."""
    last = SchoolYear.objects.first()
    if last is None:
        return {}
    later = {
        field: day + datetime.timedelta(days=364)
        for field in (*TERM_DAYS, "records_due_on")
        if (day := getattr(last, field))
    }
    bounds = {"starts_on": datetime.date(last.year + 1, 8, 1), "ends_on": datetime.date(last.year + 2, 7, 31)}
    return {"year": last.year + 1, **bounds, **later, **{name: getattr(last, name) for name in HEADING_LINES}}


@require_http_methods(["GET", "HEAD", "POST"])
def year_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    permissions.require(request.user, Action.PREPARE_YEAR)
    shown = get_object_or_404(SchoolYear, pk=pk)
    label = shown.label
    form = YearForm(posted(request), instance=shown)

    def act() -> None:
        reason = form.cleaned_data["reason"]
        change_year(shown, fields=form.changed_fields, reason=reason, by=request.user)

    if request.method == "POST" and form.is_valid():
        outside = rolls_outside_terms(shown) if set(TERM_DAYS) & set(form.changed_fields) else ""
        if outside:
            require_password(request, outside)
        if stands(form, act):
            messages.success(request, f"Đã lưu năm học {label}.")
            return redirect("students:year", shown.pk)
    context = {"form": form, "year": shown, "label": label}
    return render(request, "students/year_edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def entry_new(request: SignedInRequest, pk: int) -> HttpResponse:
    permissions.require(request.user, Action.PREPARE_YEAR)
    shown = get_object_or_404(SchoolYear, pk=pk)
    form = EntryForm(posted(request))

    def act() -> None:
        add_entry(form.entry(shown), reason=form.cleaned_data["reason"], by=request.user)

    if request.method == "POST" and form.is_valid() and stands(form, act):
        messages.success(request, f"Đã ghi vào lịch: {words_of(form.entry(shown))}.")
        return redirect("students:year", shown.pk)
    context = {"form": form, "year": shown}
    return render(request, "students/entry_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def entry_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    permissions.require(request.user, Action.PREPARE_YEAR)
    entry = get_object_or_404(CalendarEntry.objects.select_related("year"), pk=pk)
    form = RemoveForm(posted(request))
    words = words_of(entry)

    def act() -> None:
        remove_entry(entry, reason=form.cleaned_data["reason"], by=request.user)

    if request.method == "POST" and form.is_valid() and stands(form, act):
        messages.success(request, f"Đã bỏ khỏi lịch: {words}.")
        return redirect("students:year", entry.year_id)
    context = {"form": form, "entry": entry, "words": words}
    return render(request, "students/entry_remove.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def week(request: SignedInRequest, pk: int) -> HttpResponse:
    """The ordinary week of the school."""
    return _week_page(request, get_object_or_404(SchoolYear, pk=pk), None)


@require_http_methods(["GET", "HEAD", "POST"])
def class_week(request: SignedInRequest, pk: int) -> HttpResponse:
    """The week of one class."""
    school_class = get_object_or_404(SchoolClass.objects.select_related("year"), pk=pk)
    return _week_page(request, school_class.year, school_class)


def _week_page(request: SignedInRequest, shown: SchoolYear, school_class: SchoolClass | None) -> HttpResponse:
    permissions.require(request.user, Action.PREPARE_YEAR)
    first = earliest_change(shown)
    held = YearCalendar.of(shown).pattern_on(first, school_class)
    initial = {"starts_on": first, "mornings": held.mornings, "afternoons": held.afternoons}
    form = WeekForm(posted(request), initial=initial)

    def act() -> None:
        reason = form.cleaned_data["reason"]
        set_week(form.pattern(shown, school_class), reason=reason, by=request.user)

    if request.method == "POST" and form.is_valid() and stands(form, act):
        messages.success(request, f"Đã đặt buổi học: {week_words(form.pattern(shown, school_class))}.")
        return (
            redirect("students:class", school_class.pk)
            if school_class
            else redirect("students:year", shown.pk)
        )
    context = {"form": form, "year": shown, "school_class": school_class, "now": week_words(held)}
    return render(request, "students/week.html", context, status=422 if form.errors else 200)
