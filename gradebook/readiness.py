"""«Sẵn sàng khoá sổ?»: what speaks against closing a period now, for the whole of what a person watches or one order.

Read only, and it holds up nothing: the order closes at its minute whatever stands here (docs/decisions/0140).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.tables import Heading, Value
from gradebook.models import ClassYearEnd
from gradebook.open_doubts import OpenDoubt, open_doubts
from gradebook.progress import NOTHING, Tally
from gradebook.progress_scope import in_scope, words_of
from gradebook.progress_sheets import ProgressSheet, Sight, sheets_at
from gradebook.progress_tables import TeacherRow, by_teacher, holder_name
from gradebook.regulation import Period
from gradebook.scopes import Scope, scope_of, scope_words
from gradebook.sheet_gaps import SheetGaps, gaps_in, read_stored
from gradebook.year_end_rules import State
from students.models import SchoolClass

MOST_NAMES = 400
MOST_DOUBTS = 40


@dataclass(frozen=True, slots=True)
class Running:
    """A window that is still open or to come: for one teacher an extension."""

    number: str
    order_id: int
    scope: str
    until: str
    is_personal: bool
    is_open: bool

    @property
    def words(self) -> str:
        what = "Gia hạn" if self.is_personal else "Đợt nhập"
        return f"{what} {'đang mở' if self.is_open else 'sắp mở'}: {self.scope}, đến {self.until}"


@dataclass(frozen=True, slots=True)
class YearEnd:
    """A class whose year-end results are not approved yet, and where they are."""

    school_class: SchoolClass
    state: State


@dataclass(frozen=True, slots=True)
class Readiness:
    """The report. `sheets` are all in scope, `gaps` those behind with the names; `year_ends` only at the year's end."""

    period: Period
    scope_label: str
    sheets: tuple[ProgressSheet, ...]
    gaps: tuple[tuple[ProgressSheet, SheetGaps], ...]
    doubts: tuple[OpenDoubt, ...]
    running: tuple[Running, ...]
    year_ends: tuple[YearEnd, ...]

    @property
    def counted(self) -> tuple[ProgressSheet, ...]:
        return tuple(sheet for sheet in self.sheets if sheet.counts)

    @property
    def total(self) -> Tally:
        return sum((sheet.tally for sheet in self.counted), NOTHING)

    @property
    def behind(self) -> tuple[TeacherRow, ...]:
        """By whom something is missing, who lacks most first."""
        return tuple(row for row in by_teacher(sheet for sheet in self.sheets if sheet.is_behind))

    @property
    def behind_sheets(self) -> int:
        return len(self.gaps)

    @property
    def shut(self) -> tuple[ProgressSheet, ...]:
        """Sheets that the period was never opened for."""
        return tuple(sheet for sheet in self.sheets if not sheet.counts)

    @property
    def untouched(self) -> tuple[ProgressSheet, ...]:
        """Opened, and nobody has entered anything."""
        return tuple(sheet for sheet in self.counted if sheet.tally.required and not sheet.tally.entered)

    @property
    def unassigned(self) -> tuple[ProgressSheet, ...]:
        """Behind, and nobody answers for them."""
        return tuple(sheet for sheet in self.sheets if sheet.is_behind and sheet.holder is None)

    @property
    def extensions(self) -> tuple[Running, ...]:
        return tuple(each for each in self.running if each.is_personal)

    @property
    def shows_doubts(self) -> bool:
        return len(self.doubts) <= MOST_DOUBTS

    @property
    def doubts_by_sheet(self) -> tuple[tuple[ProgressSheet, int], ...]:
        """How many in each sheet."""
        count = Counter((doubt.ref.school_class.pk, doubt.ref.code) for doubt in self.doubts)
        return tuple((sheet, count[sheet.key]) for sheet in self.counted if count[sheet.key])

    @property
    def names(self) -> int:
        """Rows that the names of all that is missing take."""
        return sum(len(gaps.pupils) for _sheet, gaps in self.gaps)

    @property
    def shows_names(self) -> bool:
        return self.names <= MOST_NAMES

    @property
    def is_complete(self) -> bool:
        return bool(self.counted) and self.total.is_complete

    @property
    def things_to_see(self) -> int:
        """What does not keep the books from being complete and yet should be looked at first."""
        return len(self.doubts) + len(self.extensions) + len(self.shut) + len(self.year_ends)

    @property
    def kind(self) -> str:
        if not self.is_complete:
            return "warning" if self.counted else "neutral"
        return "waiting" if self.things_to_see else "ok"

    @property
    def word(self) -> str:
        if not self.sheets:
            return "Không có sổ nào để báo cáo"
        if not self.counted:
            return "Chưa mở"
        if not self.is_complete:
            return f"Chưa sẵn sàng: còn thiếu {self.total.missing} ô"
        return f"Đủ ô, còn {self.things_to_see} điều cần xem" if self.things_to_see else "Sẵn sàng khoá sổ"


def read_readiness(sight: Sight, period: Period, scope: Scope) -> Readiness:
    """Six statements; one more at the year's end, ten more for the supplementary assessment."""
    sheets = in_scope(sheets_at(sight, [period])[period], scope)
    counted = [sheet for sheet in sheets if sheet.counts]
    gaps: list[tuple[ProgressSheet, SheetGaps]] = []
    doubts: tuple[OpenDoubt, ...] = ()
    if counted:
        refs = [sheet.ref for sheet in counted]
        seats, stored = read_stored(refs)
        found = gaps_in(refs, seats, stored, absent=sight.absent)
        gaps = [(sheet, each) for sheet, each in zip(counted, found, strict=True) if each.pupils]
        doubts = open_doubts(refs, seats, stored[period])
    return Readiness(
        period,
        words_of(scope, sheets),
        tuple(sheets),
        tuple(gaps),
        doubts,
        _running(sight.of_period(period), scope),
        _year_ends(counted, scope) if period is Period.YEAR_END else (),
    )


def _running(windows: Iterable[Any], scope: Scope) -> tuple[Running, ...]:
    """The first to end first."""
    still = [
        window for window in windows if window.asked_at < window.closes_at and scope.meets(scope_of(window))
    ]
    return tuple(
        Running(
            window.order.number,
            window.order_id,
            scope_words(window),
            window.closes_label,
            window.teacher_id is not None,
            window.is_open_at(window.asked_at),
        )
        for window in sorted(still, key=lambda window: window.closes_at)
    )


def _year_ends(sheets: Iterable[ProgressSheet], scope: Scope) -> tuple[YearEnd, ...]:
    """Of whole classes: what one line is about says nothing of the class."""
    if scope.line_code or scope.teacher_id is not None:
        return ()
    classes = {sheet.ref.school_class.pk: sheet.ref.school_class for sheet in sheets}
    kept = ClassYearEnd.objects.filter(school_class__in=classes).values_list("school_class_id", "state")
    states = {pk: State(state) for pk, state in kept}
    found = [YearEnd(each, states.get(pk, State.OPEN)) for pk, each in classes.items()]
    return tuple(each for each in found if each.state is not State.APPROVED)


READINESS_HEADINGS = (
    *(Heading("STT", 6), Heading("Mục", 26), Heading("Lớp", 8), Heading("Môn học, hoạt động", 32)),
    *(Heading("Người phụ trách", 28), Heading("Họ và tên", 28), Heading("Nội dung", 80), Heading("Số ô", 8)),
)


def readiness_rows(report: Readiness) -> list[Sequence[Value]]:
    """Everything that the report names, a row each."""
    rows = [*_gap_rows(report), *_doubt_rows(report), *_other_rows(report)]
    return [(number, *row) for number, row in enumerate(rows, start=1)]


def _where(sheet: ProgressSheet) -> tuple[str, str, str]:
    return sheet.ref.school_class.name, sheet.ref.subject_label, holder_name(sheet)


def _gap_rows(report: Readiness) -> list[tuple[Value, ...]]:
    return [
        ("Ô còn thiếu", *_where(sheet), pupil.student.full_name, pupil.words, len(pupil.cells))
        for sheet, gaps in report.gaps
        for pupil in gaps.pupils
    ]


def _doubt_rows(report: Readiness) -> list[tuple[Value, ...]]:
    holders = {sheet.key: _where(sheet) for sheet in report.sheets}
    return [
        (
            "Chưa rõ, chưa có lí do",
            *holders[doubt.ref.school_class.pk, doubt.ref.code],
            *(doubt.student.full_name, doubt.sentence, None),
        )
        for doubt in report.doubts
    ]


def _other_rows(report: Readiness) -> list[tuple[Value, ...]]:
    shut: list[tuple[Value, ...]] = [
        ("Sổ chưa mở", *_where(sheet), "", f"{report.period.label}: chưa mở cho sổ này", None)
        for sheet in report.shut
    ]
    running: list[tuple[Value, ...]] = [
        ("Còn mở", "", "", "", "", f"{each.words} (văn bản số {each.number})", None)
        for each in report.running
    ]
    year_ends: list[tuple[Value, ...]] = [
        ("Kết quả năm học", each.school_class.name, "", "", "", each.state.label, None)
        for each in report.year_ends
    ]
    return [*shut, *running, *year_ends]
