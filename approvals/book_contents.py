"""What books hold now, put together for signing and for looking whether a signature still holds.

A line's book holds what its sheet does. The class's book holds what `reports.class_tables` prints, the levels and marks
of every line and the qualities and competencies, and with them the comments on these and the days absent of the months
that were confirmed: both are the homeroom teacher's and go into the school report.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.dates import Days
from approvals.signed_content import Content, Place
from gradebook.exemptions import EXEMPT, NOT_ASSESSED, in_force
from gradebook.models import Arrangement, SubjectResult, TraitResult
from gradebook.regulation import Period
from gradebook.repeat_tests import Repeat
from gradebook.sheets import SheetRef
from students.absences import Absences, absences_within, days_label
from students.models import AttendanceMonth, Enrolment, SchoolClass, Student

NO_ABSENCE = Absences()
_LEVEL_AND_MARK = ("attainment", "mark")


@dataclass(frozen=True, slots=True)
class Asked:
    """A book to be put together: with the rows of these pupils beside today's, days absent counted until a day."""

    ref: SheetRef
    pupils: Collection[int] = ()
    absent_until: str = ""


@dataclass(slots=True)
class _Values:
    """What is stored, by period and pupil; of lines by (code, grade)."""

    seats: Mapping[int, list[int]]
    lines: dict[tuple[str, int], dict[tuple[str, int], dict[str, str]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    traits: dict[tuple[str, int], dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    told: Mapping[int, list[Mapping[str, Any]]] = field(default_factory=dict)
    not_assessed: Collection[int] = ()
    absences: Mapping[tuple[int, str], Absences] = field(default_factory=dict)


def contents_of(asked: Collection[Asked]) -> list[Content]:
    """Of books of one year, in their order. Six statements at most, whatever the number of books and pupils."""
    if not asked:
        return []
    values = _read(asked)
    return [_content(each, values) for each in asked]


def confirmed_until(classes: Collection[SchoolClass]) -> dict[int, str]:
    """By class, the last day of the months confirmed from the year's first on without a gap. One statement."""
    months: dict[int, set[datetime.date]] = defaultdict(set)
    found = AttendanceMonth.objects.filter(school_class__in=[each.pk for each in classes])
    for class_id, month in found.values_list("school_class_id", "month"):
        months[class_id].add(month)
    return {each.pk: until for each in classes if (until := _last_of(each, months[each.pk]))}


def _last_of(school_class: SchoolClass, months: Collection[datetime.date]) -> str:
    first = school_class.year.lessons_start_on
    month, last = first.replace(day=1) if first else None, ""
    while month and month in months:
        following = (month + datetime.timedelta(days=31)).replace(day=1)
        last = (following - datetime.timedelta(days=1)).isoformat()
        month = following
    return last


# -- Reading -----------------------------------------------------------------------------------------------


def _read(asked: Collection[Asked]) -> _Values:
    classes = {each.ref.school_class.pk: each.ref.school_class for each in asked}
    year = next(iter(classes.values())).year
    seats: dict[int, list[int]] = defaultdict(list)
    roster = Enrolment.objects.filter(school_class__in=classes).held_on(year.day_for_roster())
    for class_id, pupil in roster.order_by().values_list("school_class_id", "student_id"):
        seats[class_id].append(pupil)
    values = _Values(seats)
    pupils = {pupil for own in seats.values() for pupil in own} | {
        pupil for each in asked for pupil in each.pupils
    }
    periods = {each.ref.period.value for each in asked}
    whole = [each for each in asked if each.ref.line is None]
    _read_lines(values, asked, year.pk, pupils, periods)
    if whole:
        _read_traits(values, year.pk, pupils, periods)
        values.absences = _absences(whole, year.starts_on, pupils)
    told: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    arranged = Arrangement.objects.filter(year=year, student__in=pupils)
    for each in arranged.values("student_id", "item", "period", "kind"):
        told[each["student_id"]].append(each)
    values.told = told
    exempt = Student.objects.filter(pk__in=pupils, is_exempt_from_assessment=True)
    values.not_assessed = set(exempt.values_list("pk", flat=True))
    return values


def _read_lines(
    values: _Values, asked: Iterable[Asked], year: int, pupils: Collection[int], periods: Collection[str]
) -> None:
    """Only the lines asked for where no class's book is: a teacher of one line reads that line."""
    found = SubjectResult.objects.filter(line__year=year, period__in=periods, student__in=pupils)
    lines = [each.ref.line for each in asked]
    if None not in lines:
        found = found.filter(line__in=lines)
    rows = found.order_by().values_list(
        *("student_id", "period", "line__code", "line__grade_level", "attainment", "mark", "comment"),
        *("brought", "other_mark", "is_repeat_official", "repeat_reason"),
    )
    for pupil, period, code, grade, attainment, mark, comment, brought, other, official, reason in rows:
        told = {"attainment": attainment, "mark": mark, "comment": comment, "brought": brought}
        if other is not None:
            told["repeat"] = Repeat(mark if official else other, official, reason)
        cells = {name: str(value) for name, value in told.items() if value not in (None, "")}
        if cells:
            values.lines[period, pupil][code, grade] = cells


def _read_traits(values: _Values, year: int, pupils: Collection[int], periods: Collection[str]) -> None:
    found = TraitResult.objects.filter(year=year, period__in=periods, student__in=pupils)
    rows = found.order_by().values_list("student_id", "period", "item", "rating", "comment", "brought")
    for pupil, period, item, rating, comment, brought in rows:
        cells = values.traits[period, pupil]
        if rating:
            cells[f"{item}.rating"] = rating
        if comment:
            cells[f"{item}.comment"] = comment
        if brought:
            cells[f"{item}.brought"] = brought


def _absences(
    whole: Iterable[Asked], first: datetime.date, pupils: Collection[int]
) -> dict[tuple[int, str], Absences]:
    untils = {each.absent_until for each in whole} - {""}
    spans = {until: Days(first, datetime.date.fromisoformat(until)) for until in sorted(untils)}
    return absences_within(pupils, spans) if spans else {}


# -- Putting together --------------------------------------------------------------------------------------


def _content(asked: Asked, values: _Values) -> Content:
    ref = asked.ref
    cells_of = _class_cells if ref.line is None else _line_cells
    pupils = {*values.seats.get(ref.school_class.pk, ()), *asked.pupils}
    place = Place(ref.school_class.year_id, ref.school_class.pk, ref.code, ref.period.value)
    rows = {pupil: cells_of(asked, values, pupil) for pupil in pupils}
    return Content(place, rows, asked.absent_until)


def _line_cells(asked: Asked, values: _Values, pupil: int) -> dict[str, str]:
    ref = asked.ref
    stored = values.lines.get((ref.period.value, pupil), {})
    cells = stored.get((ref.code, ref.school_class.grade_level), {})
    return {f"{ref.code}.{name}": value for name, value in cells.items()} or _terms(values, pupil, ref)


def _class_cells(asked: Asked, values: _Values, pupil: int) -> dict[str, str]:
    ref = asked.ref
    key = (ref.period.value, pupil)
    told = dict(values.traits.get(key, {}))
    for (code, grade), cells in values.lines.get(key, {}).items():
        if grade == ref.school_class.grade_level:
            told |= {f"{code}.{name}": cells[name] for name in _LEVEL_AND_MARK if name in cells}
    told |= _terms(values, pupil, ref, held={name.partition(".")[0] for name in told})
    absent = values.absences.get((pupil, asked.absent_until), NO_ABSENCE)
    told |= {
        f"absence.{name}": days_label(days)
        for name, days in (("with_leave", absent.with_leave), ("without_leave", absent.without_leave))
        if days
    }
    return told


def _terms(values: _Values, pupil: int, ref: SheetRef, *, held: Collection[str] = ()) -> dict[str, str]:
    """Why nothing stands there; a decision that comes when values stand changes nothing of what was signed."""
    if pupil in values.not_assessed:
        return {} if held else {f"{ref.code}.terms": NOT_ASSESSED}
    exempt = _exempt(values, pupil, ref.period)
    items = exempt & {ref.code} if ref.line else exempt - set(held)
    return {f"{item}.terms": EXEMPT for item in items}


def _exempt(values: _Values, pupil: int, period: Period) -> set[str]:
    if pupil not in values.told:
        return set()
    standing = in_force(values.told[pupil], period)
    return {item for item, each in standing.items() if each["kind"] == Arrangement.Kind.EXEMPT}
