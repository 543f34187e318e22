"""The figures that a teacher confirms or corrects: of the class led, or of the lines taught (PLAN IV.3).

Every figure is told as text, as the page shows it, and kept like that: what was confirmed can be read for ever.
"""

import datetime
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.timezone import localtime

from accounts import clock
from accounts.dates import Days
from approvals.models import ReconciliationReply, ReconciliationRound
from gradebook.class_lines import lines_of_classes
from gradebook.late_comers import absent_at
from gradebook.models import EntryWindow, TeachingAssignment
from gradebook.progress import count_entered, tally_of, with_pupil_counts
from gradebook.regulation import Period
from gradebook.scopes import place_of
from gradebook.sheets import SheetRef
from gradebook.spans import spans_at, with_cuts
from students.absences import Absences, absences_within, days_label
from students.attendance_months import last_day_of
from students.class_records import read_class
from students.head_counts import COMING, GOING, HeadCount, count_heads
from students.models import AttendanceMonth, Enrolment, SchoolClass, SchoolYear

MOST_NAMED = 3
NOT_OPENED = "chưa mở"
_DAY_IN_LABEL = re.compile(r"(?<=^Sĩ số ngày )[\d/]+$")


@dataclass(frozen=True, slots=True)
class Numbers:
    """A table of text: its headings, and rows that each begin with what they are about."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def as_json(self) -> dict[str, Any]:
        return json.loads(json.dumps(asdict(self)))

    def says_as(self, other: "Numbers") -> bool:
        """Whether the figures are those of the other: the day that stands in a heading is none."""
        return self.without_days == other.without_days

    @property
    def without_days(self) -> tuple[tuple[str, ...], ...]:
        return (self.headings, *((_DAY_IN_LABEL.sub("", label), *told) for label, *told in self.rows))

    @property
    def digest(self) -> str:
        """Tells whether what is confirmed is what was seen."""
        return hashlib.sha256(json.dumps(self.as_json(), ensure_ascii=False).encode()).hexdigest()[:32]


def stored_numbers(kept: Any) -> Numbers:
    return Numbers(tuple(kept["headings"]), tuple(tuple(row) for row in kept["rows"]))


def read_numbers(reply: ReconciliationReply) -> Numbers:
    """As they are now; the reply comes with its round's year and its class."""
    if reply.kind == ReconciliationReply.Kind.CLASS and reply.school_class is not None:
        return _class_numbers(reply.round, reply.school_class, reply.teacher_id or 0)
    return _line_numbers(reply.round.year, reply.teacher_id or 0)


def day_of(check: ReconciliationRound) -> datetime.date:
    """The day whose head count is asked for: the month's last, or today while it lasts."""
    return min(last_day_of(check.month), clock.today(), check.year.ends_on)


def first_day_of(check: ReconciliationRound) -> datetime.date:
    return max(check.month, check.year.starts_on)


# -- A class -----------------------------------------------------------------------------------------------


def _class_numbers(check: ReconciliationRound, school_class: SchoolClass, teacher_id: int) -> Numbers:
    """Thirteen statements, whatever the class."""
    first, day = first_day_of(check), day_of(check)
    heads = _heads_of(school_class, check.year, first, day)
    rows = [
        *_head_rows(heads, first, day),
        *_attendance_rows(school_class, first, day),
        *_record_rows(school_class),
        *_homeroom_rows(check.year, school_class, teacher_id),
    ]
    return Numbers(("Nội dung", "Số liệu"), tuple(rows))


def _heads_of(
    school_class: SchoolClass, year: SchoolYear, first: datetime.date, day: datetime.date
) -> HeadCount:
    counted = count_heads(year, day, since=first)
    return next(line for grade in counted.grades for line in grade.classes if line.label == school_class.name)


def _head_rows(heads: HeadCount, first: datetime.date, day: datetime.date) -> Iterable[tuple[str, str]]:
    yield f"Sĩ số đầu ngày {first:%d/%m/%Y}", str(heads.first)
    yield "Số em vào lớp trong tháng", _movement_words(heads, COMING, heads.inward, "từ lớp khác")
    yield "Số em rời lớp trong tháng", _movement_words(heads, GOING, heads.outward, "sang lớp khác")
    yield f"Sĩ số ngày {day:%d/%m/%Y}", f"{heads.now.pupils} (nữ {heads.now.girls})"


def _movement_words(heads: HeadCount, kinds: Sequence[Any], inside: int, words: str) -> str:
    """«2 (chuyển đến 1, từ lớp khác 1)»."""
    told = [f"{kind.label.lower()} {heads.moved[kind]}" for kind in kinds if heads.moved.get(kind)]
    total = sum(heads.moved.get(kind, 0) for kind in kinds) + inside
    if inside:
        told.append(f"{words} {inside}")
    return f"{total} ({', '.join(told)})" if told else "0"


def _attendance_rows(
    school_class: SchoolClass, first: datetime.date, day: datetime.date
) -> Iterable[tuple[str, str]]:
    seats = Enrolment.objects.filter(school_class=school_class, starts_on__lte=day)
    ids = list(seats.values_list("student_id", flat=True))
    found = absences_within(ids, {"month": Days(first, day)}, of_class=school_class)
    total = sum(found.values(), Absences())
    yield "Số ngày nghỉ có phép", days_label(total.with_leave) or "0"
    yield "Số ngày nghỉ không phép", days_label(total.without_leave) or "0"
    confirmed = AttendanceMonth.objects.filter(school_class=school_class, month=first.replace(day=1)).first()
    yield (
        "Điểm danh của tháng",
        f"đã xác nhận ngày {localtime(confirmed.confirmed_at):%d/%m/%Y}" if confirmed else "chưa xác nhận",
    )


def _record_rows(school_class: SchoolClass) -> Iterable[tuple[str, str]]:
    gaps = read_class(school_class)
    named = ", ".join(f"{words} ({count} em)" for words, count in gaps.counts[:MOST_NAMED])
    yield "Số em hồ sơ còn thiếu thông tin", f"{gaps.lacking}/{len(gaps.pupils)}"
    yield "Thông tin thiếu nhiều nhất", named or "không thiếu"


def _homeroom_rows(year: SchoolYear, school_class: SchoolClass, teacher_id: int) -> Iterable[tuple[str, str]]:
    tallies = _Tallies(year, [school_class.pk], teacher_id)
    for period in Period:
        ref = SheetRef(tallies.classes[school_class.pk], None, period)
        if tallies.has_begun(ref):
            yield f"Phẩm chất, năng lực {period.label}", tallies.of(ref)


# -- The lines of a teacher --------------------------------------------------------------------------------


def _line_numbers(year: SchoolYear, teacher_id: int) -> Numbers:
    """Six statements, whatever the number of classes and lines."""
    held = TeachingAssignment.objects.held_on(clock.today()).filter(
        teacher=teacher_id, school_class__year=year
    )
    own = set(held.values_list("school_class_id", "line_id"))
    class_ids = {class_id for class_id, _line in own}
    tallies = _Tallies(year, sorted(class_ids), teacher_id)
    lines = lines_of_classes(class_ids)
    sheets = [
        (school_class, {period: SheetRef(school_class, line, period) for period in Period})
        for class_id, school_class in tallies.classes.items()
        for line in lines[class_id]
        if (class_id, line.pk) in own
    ]
    begun = [period for period in Period if any(tallies.has_begun(refs[period]) for _class, refs in sheets)]
    rows = [
        (
            refs[Period.MID_TERM_1].title,
            str(school_class.pupils),
            *(
                tallies.of(refs[period]) if tallies.has_begun(refs[period]) else NOT_OPENED
                for period in begun
            ),
        )
        for school_class, refs in sheets
    ]
    return Numbers(
        ("Sổ", "Sĩ số", *(f"{period.label} (ô đã nhập/phải nhập)" for period in begun)), tuple(rows)
    )


class _Tallies:
    """How far the sheets of a teacher's classes are, each at the periods that have begun for it. Three statements."""

    def __init__(self, year: SchoolYear, class_ids: Sequence[int], teacher_id: int) -> None:
        found = with_pupil_counts(SchoolClass.objects.filter(pk__in=class_ids))
        self.classes: dict[int, Any] = {each.pk: each for each in found}
        self._teacher_id = teacher_id
        self._windows: list[Any] = list(with_cuts(EntryWindow.objects.filter(year=year)))
        self._absent = absent_at(self.classes.values(), self._windows)
        self._counts = count_entered(year, class_ids, absent=self._absent)

    def has_begun(self, ref: SheetRef) -> bool:
        """Whether an order has ever opened the sheet: one for another class, line or teacher does not count."""
        spans = spans_at(self._windows, place_of(ref.school_class, ref.code, [self._teacher_id]))
        return any(
            span.opens_at <= span.asked_at and not span.was_called_off
            for span in spans
            if span.period == ref.period.value
        )

    def of(self, ref: SheetRef) -> str:
        tally = tally_of(ref, self._counts, self._absent)
        return f"{tally.entered}/{tally.required}"
