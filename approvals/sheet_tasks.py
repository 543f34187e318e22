"""Of the start page the sheets of a person: open ones with empty cells, locked ones with gaps, all of the year."""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from django.urls import reverse
from django.utils.timezone import localdate

from accounts.held_powers import powers_of
from accounts.models import User
from approvals.pending_corrections import gaps_asked_for
from gradebook.class_lines import lines_of_classes
from gradebook.deadlines import is_near, time_left, warning_kind
from gradebook.entry_notices import with_team_notices
from gradebook.late_comers import absent_at
from gradebook.lock_notices import with_lock_orders
from gradebook.models import EntryWindow, SubjectLine
from gradebook.progress import Counts, Tally, count_entered, tally_of, with_pupil_counts
from gradebook.regulation import Period
from gradebook.scopes import place_of
from gradebook.sheets import SheetRef
from gradebook.spans import Span, longest_open, spans_at, with_cuts
from students.models import SchoolClass

Tallies: TypeAlias = Callable[[SheetRef], Tally]


@dataclass(frozen=True, slots=True)
class EntryTask:
    """An open sheet that still lacks cells."""

    title: str
    period: Period
    url: str
    tally: Tally
    closes_at: datetime.datetime
    closes_label: str
    left: datetime.timedelta

    @property
    def time_left(self) -> str:
        return time_left(self.left)

    @property
    def kind(self) -> str:
        return warning_kind(self.left)

    @property
    def due_on(self) -> datetime.date:
        return localdate(self.closes_at)


@dataclass(frozen=True, slots=True)
class GapTask:
    """An own sheet that was locked with empty cells, or emptied by a correction since: only a request fills them.

    `asked`: how many of the empty cells requests of this person that are still to be carried out would fill.
    """

    title: str
    period: Period
    url: str
    tally: Tally
    asked: int

    @property
    def to_do(self) -> str:
        if self.asked >= self.tally.missing:
            return "Đã có phiếu đề nghị sửa của thầy cô cho các ô trống, đang chờ"
        if self.asked:
            return (
                f"Phiếu đề nghị sửa của thầy cô đang chờ ghi {self.asked} ô; {self.tally.missing - self.asked} ô còn "
                "lại thì lập phiếu"
            )
        return "Sổ đã khoá: lập phiếu đề nghị sửa để ghi giá trị còn thiếu"

    @property
    def word(self) -> str:
        return f"Thiếu {self.tally.missing} ô"


@dataclass(frozen=True, slots=True)
class DeadlineWarning:
    """The lock is three days off or less, and these sheets of the person have gaps."""

    period: Period
    left: datetime.timedelta
    closes_label: str
    sheets: int
    missing: int

    @property
    def time_left(self) -> str:
        return time_left(self.left)

    @property
    def kind(self) -> str:
        return warning_kind(self.left)


@dataclass(frozen=True, slots=True)
class OwnCell:
    """One own sheet at one period."""

    period: Period
    url: str
    tally: Tally
    word: str
    kind: str

    @property
    def shows_tally(self) -> bool:
        """A period that has not begun says nothing by its zeros."""
        return self.kind != "neutral" or self.tally.entered > 0


@dataclass(frozen=True, slots=True)
class OwnSheet:
    title: str
    cells: tuple[OwnCell, ...]


def read_own_sheets(user: User) -> tuple[list[SheetRef], list[Any], Tallies]:
    """Every sheet of the year that the person answers for today, at every period, and how far each is.

    By class; in a class in the order of the books, the homeroom sheet last.
    """
    powers = powers_of(user)
    class_ids = powers.taught_classes | powers.homeroom_classes
    if not class_ids:
        return [], [], partial(tally_of, counts=Counts())
    classes = {each.pk: each for each in with_pupil_counts(SchoolClass.objects.filter(pk__in=class_ids))}
    lines = lines_of_classes(powers.taught_classes)
    pairs: list[tuple[SchoolClass, SubjectLine | None]] = [
        *(
            (classes[class_id], line)
            for class_id, own in lines.items()
            for line in own
            if (class_id, line.pk) in powers.taught
        ),
        *((classes[class_id], None) for class_id in powers.homeroom_classes),
    ]
    pairs.sort(key=_place_in_the_books)
    year = max((each.year for each in classes.values()), key=lambda each: each.year)
    of_years = EntryWindow.objects.filter(year__in={each.year_id for each in classes.values()})
    windows = list(with_lock_orders(with_team_notices(with_cuts(of_years), user), user))
    refs = [SheetRef(school_class, line, period) for school_class, line in pairs for period in Period]
    absent = absent_at(classes.values(), windows)
    counts = count_entered(year, class_ids, absent=absent)
    return refs, windows, partial(tally_of, counts=counts, absent=absent)


def open_again(user: User, refs: Iterable[SheetRef], windows: Sequence[Any]) -> dict[SheetRef, datetime.date]:
    """The own sheets of the supplementary assessment that are open, with the day of their lock."""
    again = [
        SheetRef(ref.school_class, ref.line, Period.SUPPLEMENTARY)
        for ref in refs
        if ref.period is Period.YEAR_END
    ]
    return {
        ref: localdate(span.closes_at)
        for ref, spans in with_spans(user, again, windows)
        if (span := longest_open(spans)) is not None
    }


def _place_in_the_books(pair: tuple[SchoolClass, SubjectLine | None]) -> tuple[int, str, bool, int]:
    school_class, line = pair
    return school_class.grade_level, school_class.name, line is None, line.line.position if line else 0


def with_spans(
    user: User, refs: Iterable[SheetRef], windows: Sequence[Any]
) -> list[tuple[SheetRef, list[Span]]]:
    """Each sheet with the windows as they are for it; a personal one of this person's counts."""
    found = []
    for ref in refs:
        of_period = [window for window in windows if window.period == ref.period]
        found.append((ref, spans_at(of_period, place_of(ref.school_class, ref.code, {user.pk}))))
    return found


def entry_tasks(sheets: Iterable[tuple[SheetRef, list[Span]]], tallies: Tallies) -> tuple[EntryTask, ...]:
    """Open sheets with cells to fill: the earliest lock first, then by class and in the order of the books."""
    found = []
    for ref, spans in sheets:
        span = longest_open(spans)
        tally = tallies(ref)
        if span is not None and not tally.is_complete:
            found.append(
                EntryTask(
                    title=ref.title,
                    period=ref.period,
                    url=_sheet_url(ref),
                    tally=tally,
                    closes_at=span.closes_at,
                    closes_label=span.closes_label,
                    left=span.closes_at - span.asked_at,
                )
            )
    return tuple(sorted(found, key=lambda task: task.closes_at))


def gap_tasks(
    user: User, sheets: Iterable[tuple[SheetRef, list[Span]]], tallies: Tallies
) -> tuple[GapTask, ...]:
    """Locked sheets with empty cells, in the order of the books; not those that open again on a set day.

    One statement, none where nothing is missing.
    """
    behind = [
        ref
        for ref, spans in sheets
        if _is_locked(spans) and not tallies(ref).is_complete and not any(span.is_to_come for span in spans)
    ]
    asked = Counter(gaps_asked_for(user)) if behind else Counter()
    return tuple(
        GapTask(
            title=ref.title,
            period=ref.period,
            url=_sheet_url(ref),
            tally=tallies(ref),
            asked=asked[ref.school_class.pk, ref.line.pk if ref.line else None, ref.period.value],
        )
        for ref in behind
    )


def _is_locked(spans: Sequence[Span]) -> bool:
    return not longest_open(spans) and any(span.is_past for span in spans)


def deadline_warnings(entries: Iterable[EntryTask]) -> tuple[DeadlineWarning, ...]:
    """One warning for each period and hour of locking that is near; none for who has filled everything."""
    near: dict[tuple[Period, str], list[EntryTask]] = {}
    for task in entries:
        if is_near(task.left):
            near.setdefault((task.period, task.closes_label), []).append(task)
    return tuple(
        DeadlineWarning(period, tasks[0].left, label, len(tasks), sum(task.tally.missing for task in tasks))
        for (period, label), tasks in near.items()
    )


def own_table(sheets: Sequence[tuple[SheetRef, list[Span]]], tallies: Tallies) -> tuple[OwnSheet, ...]:
    """Every own sheet at all periods, which follow one another in `sheets`."""
    size = len(Period)
    rows = [sheets[start : start + size] for start in range(0, len(sheets), size)]
    return tuple(
        OwnSheet(row[0][0].title, tuple(_own_cell(ref, spans, tallies) for ref, spans in row)) for row in rows
    )


def _own_cell(ref: SheetRef, spans: Sequence[Span], tallies: Tallies) -> OwnCell:
    word, kind = "Chưa mở", "neutral"
    if longest_open(spans):
        word, kind = "Đang mở", "open"
    elif _is_locked(spans):
        word, kind = "Đã khoá", "locked"
    return OwnCell(ref.period, _sheet_url(ref), tallies(ref), word, kind)


def _sheet_url(ref: SheetRef) -> str:
    return reverse("gradebook:sheet", args=[ref.school_class.pk, ref.code, ref.period.value])
