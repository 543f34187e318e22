"""What the year comes to for the pupils of some classes, by the regulation, from what is stored. Read only."""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gradebook import grading
from gradebook.class_lines import lines_of_classes
from gradebook.exemptions import terms_of, with_arrangements
from gradebook.grading import ItemKind
from gradebook.models import SubjectResult, TraitResult
from gradebook.regulation import Attainment, Period, Rating, TraitGroup
from gradebook.year_end_rules import Again, Computed, compute
from gradebook.year_rules import rules_of
from students.models import Enrolment, SchoolClass

GROUPS = frozenset(group.value for group in TraitGroup)


def year_inputs(school_class: SchoolClass) -> dict[int, grading.YearInputs]:
    """Year-end levels, marks and ratings of a class's pupils by pupil id. Four statements.

    `school_class` comes with its year at hand.
    """
    return inputs_of(seats_of([school_class]))


def seats_of(classes: Sequence[SchoolClass], *, on: datetime.date | None = None) -> list[Enrolment]:
    """Who sits in the classes, all of one year, on a day; by class, in class order. One statement.

    Without a day: on that which their sheets show.

    Each seat has the pupil and the class, with its year, at hand, and how the pupil is assessed (`terms_of`).
    """
    if not classes:
        return []
    by_id = {each.pk: each for each in classes}
    seats = (
        Enrolment.objects.filter(school_class__in=by_id)
        .held_on(on or classes[0].year.day_for_roster())
        .select_related("student")
        .in_class_order()
    )
    found = list(with_arrangements(seats))
    for seat in found:
        seat.school_class = by_id[seat.school_class_id]
    place = {pk: number for number, pk in enumerate(by_id)}
    return sorted(found, key=lambda seat: place[seat.school_class_id])


def inputs_of(seats: Iterable[Enrolment]) -> dict[int, grading.YearInputs]:
    """The same of the pupils on the seats of `seats_of`, whatever the number of classes. Three statements."""
    seats = list(seats)
    values = values_of(seats, Period.YEAR_END)
    taught = lines_of_classes({seat.school_class_id for seat in seats})
    found = {}
    for seat in seats:
        school_class, own = seat.school_class, values[seat.student_id]
        terms = terms_of(seat, Period.YEAR_END)
        found[seat.student_id] = grading.YearInputs(
            school_class.year_id,
            school_class.grade_level,
            own.attainments,
            own.marks,
            own.ratings,
            rules_of(school_class.year),
            optional_lines=frozenset(line.code for line in taught[school_class.pk]),
            exempt=terms.exempt,
            is_not_assessed=terms.is_not_assessed,
        )
    return found


def computed_of(seats: Iterable[Enrolment]) -> dict[int, Computed]:
    """The outcome of each pupil before and after the supplementary assessment (R41). Five statements."""
    seats = list(seats)
    again = again_of(seats)
    return {pupil: compute(inputs, again[pupil]) for pupil, inputs in inputs_of(seats).items()}


def computed_as(
    seats: Iterable[Enrolment], period: Period, texts: Mapping[int, Mapping[tuple[str, str], str]]
) -> dict[int, tuple[Computed, Computed]]:
    """Each pupil's outcome as stored, and as it would be with other values of one period in their place.

    Of the year's end or the supplementary assessment. `texts`: pupil id → (field, code) → the value as the sheets
    write it, "" for none; other fields than level, mark and rating are passed over. Five statements.
    """
    seats = list(seats)
    again = again_of(seats)
    found = {}
    for pupil, inputs in inputs_of(seats).items():
        own, wanted = again[pupil], texts.get(pupil, {})
        before = compute(inputs, own)
        if period is Period.SUPPLEMENTARY:
            found[pupil] = before, compute(inputs, _with(own, wanted))
        else:
            stored = Again(_filled(inputs.attainments), _filled(inputs.marks), _filled(inputs.ratings))
            changed = _with(stored, wanted)
            put = replace(
                inputs, attainments=changed.attainments, marks=changed.marks, ratings=changed.ratings
            )
            found[pupil] = before, compute(put, own)
    return found


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {code: value for code, value in values.items() if value is not None}


_READ: Mapping[str, Callable[[str], Any]] = {
    ItemKind.ATTAINMENT: Attainment,
    ItemKind.MARK: int,
    ItemKind.RATING: Rating,
}


def _with(own: Again, wanted: Mapping[tuple[str, str], str]) -> Again:
    values: dict[str, dict[str, Any]] = {
        ItemKind.ATTAINMENT: dict(own.attainments),
        ItemKind.MARK: dict(own.marks),
        ItemKind.RATING: dict(own.ratings),
    }
    for (field, code), text in wanted.items():
        if field in values and text:
            values[field][code] = _READ[field](text)
        elif field in values:
            values[field].pop(code, None)
    return Again(values[ItemKind.ATTAINMENT], values[ItemKind.MARK], values[ItemKind.RATING])


def again_of(seats: Sequence[Enrolment]) -> Mapping[int, Again]:
    """What was assessed again, by pupil id. Two statements."""
    return values_of(seats, Period.SUPPLEMENTARY)


def owed_items(school_class: SchoolClass) -> dict[int, frozenset[str]]:
    """Pupil id → codes of the lines and traits that must be assessed again (R40). Four statements."""
    return owed_of(seats_of([school_class]))


def owed_of(seats: Iterable[Enrolment]) -> dict[int, frozenset[str]]:
    """The same of the pupils on the seats of `seats_of`, whatever the number of classes. Three statements."""
    return {
        pupil: frozenset(item.code for item in grading.failing_items(inputs))
        for pupil, inputs in inputs_of(seats).items()
    }


def values_of(seats: Sequence[Enrolment], period: Period) -> Mapping[int, Again]:
    """What is stored of each pupil on the seats at one period, by pupil id. Two statements."""
    pupils = {seat.student_id: seat.school_class for seat in seats}
    attainments: dict[int, dict[str, Attainment]] = {each: {} for each in pupils}
    marks: dict[int, dict[str, int]] = {each: {} for each in pupils}
    ratings: dict[int, dict[str, Rating]] = {each: {} for each in pupils}
    years = {each.year_id for each in pupils.values()}
    subjects = SubjectResult.objects.filter(student__in=pupils, line__year__in=years, period=period)
    for pupil, code, grade, level, mark in subjects.values_list(
        "student_id", "line__code", "line__grade_level", "attainment", "mark"
    ):
        if grade != pupils[pupil].grade_level:
            continue
        if level:
            attainments[pupil][code] = Attainment(level)
        if mark is not None:
            marks[pupil][code] = mark
    traits = TraitResult.objects.filter(student__in=pupils, year__in=years, period=period)
    for pupil, item, rating in traits.exclude(item__in=GROUPS).values_list("student_id", "item", "rating"):
        if rating:
            ratings[pupil][item] = Rating(rating)
    return {each: Again(attainments[each], marks[each], ratings[each]) for each in pupils}
