"""A teacher's own book of a period: from the database to `own_book_content.OwnBook` (domain 2.3; rule R76)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.models import User
from gradebook.exemptions import terms_of
from gradebook.line_names import name_in
from gradebook.models import SubjectResult, TraitResult
from gradebook.regulation import Period, TraitGroup, check_covered, has_mark, traits_for
from gradebook.sheets import SheetRef
from gradebook.year_rules import rules_of
from reports.book_content import EXEMPT, NOT_ASSESSED, ClassTableRow, Column, ColumnBlock, ColumnGroup
from reports.book_rosters import book_roster, seats_until_today
from reports.book_seals import seals_of_sheets
from reports.own_book_content import OwnBook, OwnRow, OwnSheet
from reports.periods_so_far import SHORT, in_sentence, so_far
from reports.seal_content import BookSeal
from reports.sheet_holders import Held, sheets_held
from reports.signatories import read_signatories
from reports.transcripts import pupil_code
from students.models import Enrolment, SchoolYear, Student

MARK = ".diem"
LINES_HEADING = "Kết quả"
WHOLE_ROW = "Không đánh giá, theo quyết định của Hiệu trưởng"
Stored = Mapping[tuple[int, str, str], Mapping[str, Any]]
"""Rows by pupil, line's or trait's code and period."""


@dataclass(frozen=True, slots=True)
class _Records:
    """What the database holds of the teacher's classes; nothing is read after this."""

    seats: Mapping[int, Sequence[Any]]
    subjects: Stored
    traits: Stored


class NothingHeld(Exception):
    """The teacher has no sheet at the period, the pupil no slip; the text is for the user."""


def own_book(teacher: User, year: SchoolYear, period: Period) -> OwnBook:
    """The book of a teacher over all the classes and lines that are the teacher's at the period.

    Sixteen statements at most (ten where nothing is signed), whatever the number of classes and pupils. Raises
    NothingHeld, and regulation.NotCovered for a year before TT 27/2020.
    """
    held = sheets_held(year, period, teacher=teacher)
    if not held:
        raise NothingHeld(nothing_held(teacher, period))
    for each in held:
        check_covered(year.pk, each.ref.school_class.grade_level, rules=rules_of(year))
    records = _read(year, period, held)
    seals = seals_of_sheets([each.ref for each in held], teacher.full_name)
    sheets = tuple(
        _sheet(each, seal, records, f"{number}/{len(held)}")
        for number, (each, seal) in enumerate(zip(held, seals, strict=True), start=1)
    )
    principal = read_signatories([]).principal(year, year.day_for_roster())
    return OwnBook(teacher.full_name, principal, sheets)


def nothing_held(teacher: User, period: Period) -> str:
    return (
        f"{teacher.full_name} không phụ trách sổ nào ở thời điểm {in_sentence(period)} của năm học này: xem lại phân "
        "công, hoặc chọn thời điểm khác."
    )


def _read(year: SchoolYear, period: Period, held: Sequence[Held]) -> _Records:
    classes = {each.ref.school_class.pk: each.ref.school_class for each in held}
    seats = seats_until_today(list(classes.values()))
    pupils = [seat.student_id for own in seats.values() for seat in own]
    lines = {each.ref.line.pk for each in held if each.ref.line}
    subjects = SubjectResult.objects.filter(
        student_id__in=pupils, period__in=so_far(period), line_id__in=lines
    ).values("student_id", "line__code", "period", "attainment", "mark", "comment", "brought")
    leads = any(each.ref.line is None for each in held)
    traits = (
        TraitResult.objects.filter(student_id__in=pupils, period__in=so_far(period), year=year).values(
            "student_id", "item", "period", "rating", "comment", "brought"
        )
        if leads
        else ()
    )
    return _Records(
        seats=seats,
        subjects={(row["student_id"], row["line__code"], row["period"]): row for row in subjects},
        traits={(row["student_id"], row["item"], row["period"]): row for row in traits},
    )


# -- Laying out --------------------------------------------------------------------------------------------


def _sheet(held: Held, seal: BookSeal, records: _Records, part: str) -> OwnSheet:
    ref = held.ref
    year, locked_at = ref.school_class.year, held.locked_at
    blocks = _trait_blocks(ref) if ref.line is None else (_line_block(ref),)
    columns = [column for block in blocks for group in block.groups for column in group.columns]
    locked_at = timezone.localtime(locked_at) if locked_at else None
    own = records.seats.get(ref.school_class.pk, ())
    roster = book_roster(own, year, locked_at.date() if locked_at else None)
    return OwnSheet(
        parent_body=year.parent_body.upper(),
        school=year.school_name.upper(),
        teacher=held.teacher.full_name,
        part=part,
        class_name=ref.school_class.name,
        subject=name_in(ref.school_class, ref.code) if ref.line else ref.subject_label,
        period=ref.period.label,
        school_year=year.label,
        place=year.place,
        blocks=blocks,
        comment_headings=tuple(_comment_headings(ref)),
        rows=tuple(
            _row(ref, columns, records, seat, number) for number, seat in enumerate(roster.seats, start=1)
        ),
        seal=seal,
        locked_at=locked_at,
        was_opened=held.lock.is_open or held.lock.is_over,
        is_of_traits=ref.line is None,
        roster_note=roster.note,
    )


def _line_block(ref: SheetRef) -> ColumnBlock:
    """A group for each period so far, with a column of marks where the regulation has a test (R22)."""
    return ColumnBlock(LINES_HEADING, tuple(_line_group(ref, period) for period in so_far(ref.period)))


def _line_group(ref: SheetRef, period: Period) -> ColumnGroup:
    year = ref.school_class.year
    level = Column(f"{ref.code}@{period}", "Mức", "level")
    if not has_mark(year.pk, ref.school_class.grade_level, ref.code, period, rules=rules_of(year)):
        return ColumnGroup(SHORT[period], (level,))
    return ColumnGroup(SHORT[period], (level, Column(f"{ref.code}{MARK}@{period}", "Điểm", "mark")))


def _trait_blocks(ref: SheetRef) -> tuple[ColumnBlock, ...]:
    year = ref.school_class.year
    traits = traits_for(year.pk, ref.school_class.grade_level, rules=rules_of(year))
    return tuple(
        ColumnBlock(
            group.label,
            tuple(
                ColumnGroup(
                    trait.name,
                    tuple(
                        Column(f"{trait.code}@{period}", SHORT[period], "level")
                        for period in so_far(ref.period)
                    ),
                )
                for trait in traits
                if trait.group is group
            ),
        )
        for group in TraitGroup
    )


def _comment_headings(ref: SheetRef) -> Iterator[str]:
    if ref.line is not None:
        yield f"Nhận xét {in_sentence(ref.period)}"
        return
    yield from (group.label for group in TraitGroup)


def _row(ref: SheetRef, columns: Sequence[Column], records: _Records, seat: Enrolment, number: int) -> OwnRow:
    pupil = seat.student
    cells = [_cell(column, records, seat) for column in columns]
    is_left_out = terms_of(seat, ref.period).is_not_assessed and not any(
        cell for cell, _brought in cells if cell != NOT_ASSESSED
    )
    return OwnRow(
        seat=ClassTableRow(
            number=number,
            pupil_code=pupil_code(pupil),
            full_name=pupil.full_name,
            born_on=pupil.birth_label,
            cells=tuple(cell for cell, _brought in cells),
            brought=tuple(place for place, (_cell, is_brought) in enumerate(cells) if is_brought),
            is_girl=pupil.gender == Student.Gender.FEMALE,
        ),
        comments=tuple(_comments(ref, records, seat)),
        word=WHOLE_ROW if is_left_out else "",
    )


def _cell(column: Column, records: _Records, seat: Enrolment) -> tuple[str, bool]:
    """What stands in it, and whether that came from a former school (R12)."""
    name, _at, period = column.code.rpartition("@")
    code = name.removesuffix(MARK)
    row = records.subjects.get((seat.student_id, code, period)) or records.traits.get(
        (seat.student_id, code, period), {}
    )
    field = "mark" if column.kind == "mark" else "attainment" if "attainment" in row else "rating"
    value = row.get(field)
    if value not in (None, ""):
        return str(value), field in row["brought"].split()
    terms = terms_of(seat, Period(period))
    if terms.is_not_assessed:
        return NOT_ASSESSED, False
    return (EXEMPT if code in terms.exempt else ""), False


def _comments(ref: SheetRef, records: _Records, seat: Enrolment) -> Iterator[str]:
    if ref.line is not None:
        yield records.subjects.get((seat.student_id, ref.code, ref.period), {}).get("comment", "")
        return
    for group in TraitGroup:
        yield records.traits.get((seat.student_id, group.value, ref.period), {}).get("comment", "")
