"""All sheets that a person answers for, with their rows, in a constant number of statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Q

from accounts import permissions
from accounts.held_powers import powers_of
from accounts.models import User
from gradebook.class_lines import lines_brought, with_lines
from gradebook.computed_results import owed_of, seats_of
from gradebook.exemptions import with_arrangements
from gradebook.models import EntryWindow, SubjectResult, TraitResult
from gradebook.regulation import Period
from gradebook.scopes import place_of
from gradebook.sheets import Row, Seat, Sheet, SheetRef, columns_of, rows_from, seat_of
from gradebook.spans import longest_open, spans_at, with_cuts
from gradebook.windows import stages_of
from gradebook.year_end_rules import against_entry
from students.models import Enrolment, SchoolClass


def own_refs(user: User) -> tuple[SheetRef, ...]:
    """By class; in a class in the order of the books, the homeroom sheet last; each at every period. One statement."""
    powers = powers_of(user)
    ids = powers.taught_classes | powers.homeroom_classes
    if not ids:
        return ()
    classes = SchoolClass.objects.filter(pk__in=ids).select_related("year").order_by("grade_level", "name")
    return tuple(
        SheetRef(each, line, period)
        for each in with_lines(classes)
        for line in (*lines_brought(each), None)
        if permissions.is_responsible(user, each, line)
        for period in Period
    )


def again_of(refs: Iterable[SheetRef]) -> tuple[SheetRef, ...]:
    """The sheets of the supplementary assessment that go with those of the year's end. No statement."""
    return tuple(replace(ref, period=Period.SUPPLEMENTARY) for ref in refs if ref.period is Period.YEAR_END)


def refs_at_hand(user: User) -> tuple[SheetRef, ...]:
    """The sheets of the four times, and those of the supplementary assessment that are open and have somebody.

    Three statements; four more while such an assessment is open.
    """
    refs = own_refs(user)
    again = open_until(again_of(refs), by=user)
    owed = _owed_in_classes(again)
    return (*refs, *(ref for ref in again if owed[ref.school_class.pk].intersection(_items(ref))))


def open_until(refs: Collection[SheetRef], *, by: User) -> dict[SheetRef, str]:
    """Until when each sheet is open that is open now, by the database's clock. Two statements.

    For the eye; whether something may be written is asked again by `gradebook.entry`.
    """
    years = {ref.school_class.year_id for ref in refs}
    windows = list(with_cuts(EntryWindow.objects.filter(year_id__in=years)))
    stages = stages_of({ref.school_class.pk for ref in refs})
    found = {}
    for ref in refs:
        if against_entry(stages.get(ref.school_class.pk, ""), ref.period):
            continue
        own = [window for window in windows if window.period == ref.period]
        span = longest_open(spans_at(own, place_of(ref.school_class, ref.code, [by.pk])))
        if span:
            found[ref] = span.closes_label
    return found


def rows_of(refs: Collection[SheetRef]) -> dict[SheetRef, tuple[Row, ...]]:
    """What `sheets.read_rows` reads of one, of all. Three statements; four more with supplementary assessments."""
    rosters = _rosters(refs)
    owed = _owed(refs)
    pupils = {seat.student_id for seats in rosters.values() for seat in seats}
    subjects, traits = _subject_results(refs, pupils), _trait_results(refs, pupils)
    return {
        ref: rows_from(
            ref,
            [_seat(each, ref, owed) for each in rosters[ref.school_class.pk]],
            subjects[ref.line.pk, ref.period] if ref.line else traits[ref.school_class.year_id, ref.period],
        )
        for ref in refs
    }


def sheets_of(refs: Collection[SheetRef]) -> list[Sheet]:
    """The sheets as a file shows them, without those on which nobody is assessed again. Statements as `rows_of`."""
    rows = rows_of(refs)
    return [
        Sheet(ref, columns_of(ref, rows[ref]), rows[ref], locks={}, is_responsible=True)
        for ref in refs
        if rows[ref] or not ref.is_supplementary
    ]


def _owed(refs: Iterable[SheetRef]) -> dict[int, frozenset[str]]:
    """By pupil what must be assessed again; nothing is asked where no sheet is about that."""
    again = {ref.school_class.pk: ref.school_class for ref in refs if ref.is_supplementary}
    return owed_of(seats_of(list(again.values()))) if again else {}


def _seat(enrolment: Enrolment, ref: SheetRef, owed: dict[int, frozenset[str]]) -> Seat:
    if not ref.is_supplementary:
        return seat_of(enrolment, ref.period)
    return seat_of(enrolment, ref.period, owed=owed.get(enrolment.student_id, frozenset()) & _items(ref))


def _items(ref: SheetRef) -> frozenset[str]:
    return frozenset(column.item for column in ref.columns())


def _owed_in_classes(refs: Iterable[SheetRef]) -> Mapping[int, set[str]]:
    """By class what somebody in it must be assessed in again."""
    classes = {ref.school_class.pk: ref.school_class for ref in refs}
    seats = seats_of(list(classes.values()))
    found: dict[int, set[str]] = defaultdict(set)
    if seats:
        owed = owed_of(seats)
        for seat in seats:
            found[seat.school_class_id] |= owed[seat.student_id]
    return found


def _rosters(refs: Iterable[SheetRef]) -> dict[int, list[Enrolment]]:
    """The pupils of each class on the day its sheets show, in class order."""
    classes = {ref.school_class.pk: ref.school_class for ref in refs}
    seated = Q()
    for each in classes.values():
        day = each.year.day_for_roster()
        seated |= Q(school_class=each, starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))
    found: dict[int, list[Enrolment]] = {pk: [] for pk in classes}
    seats = with_arrangements(Enrolment.objects.filter(seated).select_related("student").in_class_order())
    for seat in seats if classes else ():
        found[seat.school_class_id].append(seat)
    return found


def _subject_results(refs: Iterable[SheetRef], pupils: Collection[int]) -> dict[tuple[int, str], Any]:
    """By (line, period): the stored rows by (pupil, item)."""
    wanted = {(ref.line.pk, ref.period.value) for ref in refs if ref.line}
    found: dict[tuple[int, str], dict[tuple[int, str], SubjectResult]] = defaultdict(dict)
    codes = {ref.line.pk: ref.code for ref in refs if ref.line}
    results = SubjectResult.objects.filter(
        line__in=codes, student__in=pupils, period__in={p for _, p in wanted}
    )
    for each in results if wanted else ():
        found[each.line_id, each.period][each.student_id, codes[each.line_id]] = each
    return found


def _trait_results(refs: Iterable[SheetRef], pupils: Collection[int]) -> dict[tuple[int, str], Any]:
    """By (year, period): the stored rows by (pupil, item)."""
    wanted = {(ref.school_class.year_id, ref.period.value) for ref in refs if ref.line is None}
    found: dict[tuple[int, str], dict[tuple[int, str], TraitResult]] = defaultdict(dict)
    results = TraitResult.objects.filter(
        year__in={year for year, _ in wanted}, period__in={period for _, period in wanted}, student__in=pupils
    )
    for each in results if wanted else ():
        found[each.year_id, each.period][each.student_id, each.item] = each
    return found
