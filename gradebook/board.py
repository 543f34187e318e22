"""The board of progress: how far the classes are, for the periods that are open and for whom they are.

A class that a period was never opened for is not behind: it is shown as «Chưa mở» and counted nowhere.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Subquery

from accounts import permissions
from accounts.models import User
from accounts.powers import Action
from gradebook.class_lines import Lines, lines_of_classes
from gradebook.models import EntryWindow, SubjectLine
from gradebook.progress import NOTHING, Counts, Tally, count_entered, tally_of, with_pupil_counts
from gradebook.regulation import Period
from gradebook.scopes import line_words, place_of, scope_of
from gradebook.sheets import SheetRef
from gradebook.spans import Span, spans_at, with_cuts
from students.models import SchoolClass, SchoolYear

HOMEROOM_LABEL = "PC, NL"
WHOLE_SCHOOL = "toàn trường"


class Standing(StrEnum):
    """How a class stands at a period now; its sheets count from the first opening on."""

    OPEN = "open"
    LOCKED = "locked"
    SHUT = "shut"


@dataclass(frozen=True, slots=True)
class BoardCell:
    """One sheet on the board; `is_taught` is False where the class does not have this line of its grade."""

    code: str
    label: str
    tally: Tally
    is_taught: bool = True


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A class; `total` is what its sheets come to, whether they count yet or not."""

    class_id: int
    class_name: str
    pupils: int
    standing: Standing
    cells: tuple[BoardCell, ...]

    @property
    def is_shut(self) -> bool:
        return self.standing == Standing.SHUT

    @property
    def total(self) -> Tally:
        return sum((cell.tally for cell in self.cells), NOTHING)


@dataclass(frozen=True, slots=True)
class BoardGrade:
    """The classes of a grade; `sums` has one tally per line, in the order of `labels`, of the classes that count."""

    grade_level: int
    labels: tuple[str, ...]
    rows: tuple[BoardRow, ...]

    @property
    def counted(self) -> tuple[BoardRow, ...]:
        return tuple(row for row in self.rows if not row.is_shut)

    @property
    def is_shut(self) -> bool:
        return not self.counted

    @property
    def sums(self) -> tuple[Tally, ...]:
        return tuple(
            sum((row.cells[index].tally for row in self.counted), NOTHING)
            for index, _label in enumerate(self.labels)
        )

    @property
    def pupils(self) -> int:
        return sum(row.pupils for row in self.rows)

    @property
    def total(self) -> Tally:
        return sum((row.total for row in self.counted), NOTHING)


@dataclass(frozen=True, slots=True)
class Opening:
    """For whom a period is open, in words, and until when."""

    scope: str
    until: str


@dataclass(frozen=True, slots=True)
class Board:
    """A period over the classes a person sees; `state` says for whom it is open, as far as a few words can."""

    period: Period
    grades: tuple[BoardGrade, ...]
    openings: tuple[Opening, ...]
    state: str
    state_kind: str

    @property
    def total(self) -> Tally:
        return sum((grade.total for grade in self.grades), NOTHING)

    @property
    def counted_classes(self) -> int:
        return sum(len(grade.counted) for grade in self.grades)

    @property
    def shut_classes(self) -> int:
        return sum(len(grade.rows) for grade in self.grades) - self.counted_classes


@dataclass(frozen=True, slots=True)
class _View:
    """What the boards of one person are made of: classes with `pupils`, and the windows (`asked_at`) upon them."""

    classes: Sequence[Any]
    windows: Sequence[Any]
    standings: Mapping[tuple[Period, int], Standing]

    def of_period(self, period: Period) -> list[Any]:
        return [window for window in self.windows if window.period == period]

    def classes_that(self, period: Period, *wanted: Standing) -> list[Any]:
        return [each for each in self.classes if self.standings[period, each.pk] in wanted]


def read_board(user: User, period: str = "") -> Board:
    """What the person may see of a period: the school, the grades headed, the classes granted. Four statements.

    Without a period, or with an unknown one: the one open for most classes, or the last that was, or the first.
    """
    view = _view(user)
    chosen = Period(period) if period in set(Period) else _chosen_period(view)
    return _boards(view, {chosen: view.classes})[0]


def read_open_boards(user: User) -> tuple[Board, ...]:
    """Every open period over the classes it is open for, the one open for most first. Four statements.

    If none is open: the last that was, over the classes it was open for.
    """
    view = _view(user)
    reach = _reach(view)
    if not reach:
        last = _chosen_period(view)
        return _boards(view, {last: view.classes_that(last, Standing.LOCKED)})
    periods = sorted(reach, key=lambda period: (-reach[period], period.order))
    return _boards(view, {period: view.classes_that(period, Standing.OPEN) for period in periods})


def _view(user: User) -> _View:
    reach = permissions.reach_of(user, Action.SEE_PROGRESS)
    year = Subquery(SchoolYear.objects.begun().values("pk")[:1])
    classes = list(with_pupil_counts(SchoolClass.objects.filter(reach.condition(), year=year)))
    windows = [
        window
        for window in with_cuts(EntryWindow.objects.filter(year=year, period__in=list(Period)))
        if any(scope_of(window).opens(place_of(each)) for each in classes)
    ]
    standings = {
        (period, each.pk): _standing(each, [window for window in windows if window.period == period])
        for period in Period
        for each in classes
    }
    return _View(classes, windows, standings)


def _standing(school_class: SchoolClass, windows: Iterable[Any]) -> Standing:
    own = spans_at(windows, place_of(school_class))
    if any(span.is_open for span in own):
        return Standing.OPEN
    return Standing.LOCKED if any(span.is_past for span in own) else Standing.SHUT


def _reach(view: _View) -> Counter[Period]:
    """For how many of the classes each period is open."""
    return Counter(
        period for (period, _class), standing in view.standings.items() if standing == Standing.OPEN
    )


def _chosen_period(view: _View) -> Period:
    """The period open for most classes, the later opened of equals; else the last that was; else the first."""
    reach = _reach(view)
    begun = [window for window in view.windows if _whole(window).is_past or _whole(window).is_open]
    if not begun:
        return Period.MID_TERM_1
    return Period(max(begun, key=lambda window: (reach[Period(window.period)], window.opens_at)).period)


def _boards(view: _View, chosen: Mapping[Period, Sequence[Any]]) -> tuple[Board, ...]:
    """The boards of the periods over these classes. Two statements, whatever their number."""
    classes = {each.pk: each for shown in chosen.values() for each in shown}
    lines: Mapping[int, Lines] = {}
    counts = Counts()
    if classes:
        year = next(iter(classes.values())).year
        lines = lines_of_classes(list(classes))
        counts = count_entered(year, list(classes), list(chosen))
    return tuple(
        _board(view, period, _grades(view, shown, lines, period, counts)) for period, shown in chosen.items()
    )


def _board(view: _View, period: Period, grades: tuple[BoardGrade, ...]) -> Board:
    windows = view.of_period(period)
    still_open = [window for window in windows if window.is_open_at(window.asked_at)]
    openings = _openings(still_open)
    if len(openings) == 1:
        state = f"{period.value} · mở cho {openings[0].scope} đến {openings[0].until}"
        return Board(period, grades, openings, state, "open")
    if openings:
        return Board(period, grades, openings, f"{period.value} · đang mở", "open")
    over = [window for window in windows if _whole(window).is_past]
    if not over:
        return Board(period, grades, (), f"{period.value} · chưa mở", "neutral")
    last = max(over, key=lambda window: window.closes_at)
    scope = scope_words(over)
    whom = "" if scope == WHOLE_SCHOOL else f" ({scope})"
    return Board(period, grades, (), f"{period.value} · đã khoá từ {last.closes_label}{whom}", "locked")


def _whole(window: Any) -> Span:
    """The window as it is for those whom no further order has shut out."""
    return Span(window, window.closes_at, window.locked_by.number if window.locked_by_id else "")


def _openings(windows: Iterable[Any]) -> tuple[Opening, ...]:
    """The open windows by their end, the earliest first."""
    ends: dict[str, list[Any]] = {}
    for window in sorted(windows, key=lambda window: window.closes_at):
        ends.setdefault(window.closes_label, []).append(window)
    return tuple(Opening(scope_words(together), until) for until, together in ends.items())


def scope_words(windows: Iterable[EntryWindow]) -> str:
    """«toàn trường», or «khối 1, 2, lớp 3B, môn Toán khối 4»: what the orders name, each once."""
    grades: set[int] = set()
    classes: set[tuple[int, str]] = set()
    parts: list[str] = []
    for window in windows:
        if window.line_code or window.teacher_id:
            parts.append(_part_words(window))
        elif window.school_class:
            classes.add((window.school_class.grade_level, window.school_class.name))
        elif window.grade_level:
            grades.add(window.grade_level)
        else:
            return WHOLE_SCHOOL
    names = [name for grade, name in sorted(classes) if grade not in grades]
    words = [f"khối {', '.join(map(str, sorted(grades)))}"] if grades else []
    words += [f"lớp {', '.join(names)}"] if names else []
    return ", ".join([*words, *dict.fromkeys(parts)])


def _part_words(window: EntryWindow) -> str:
    """«môn Toán khối 4», «giáo viên Nguyễn Thị Lan»: of a window for one line or one teacher."""
    words = [line_words(window.line_code)] if window.line_code else []
    words += [f"lớp {window.school_class.name}"] if window.school_class else []
    words += [f"khối {window.grade_level}"] if window.grade_level else []
    return " ".join([*words, f"giáo viên {window.teacher.full_name}"] if window.teacher else words)


def _grades(
    view: _View,
    classes: Sequence[Any],
    lines: Mapping[int, Lines],
    period: Period,
    counts: Counts,
) -> tuple[BoardGrade, ...]:
    """A column for every line that some class of the grade has."""
    grades = []
    for grade_level in sorted({each.grade_level for each in classes}):
        own = [each for each in classes if each.grade_level == grade_level]
        columns: list[SubjectLine | None] = [*_lines_together(lines[each.pk] for each in own), None]
        rows = []
        for each in own:
            cells = tuple(_cell(each, line, period, counts, lines[each.pk]) for line in columns)
            rows.append(BoardRow(each.pk, each.name, each.pupils, view.standings[period, each.pk], cells))
        grades.append(BoardGrade(grade_level, tuple(_label(line) for line in columns), tuple(rows)))
    return tuple(grades)


def _lines_together(of_classes: Iterable[Lines]) -> list[SubjectLine]:
    found = {line.pk: line for lines in of_classes for line in lines}
    return sorted(found.values(), key=lambda each: each.line.position)


def _cell(
    school_class: Any, line: SubjectLine | None, period: Period, counts: Counts, own: Lines
) -> BoardCell:
    ref = SheetRef(school_class, line, period)
    if line is not None and line not in own:
        return BoardCell(ref.code, _label(line), NOTHING, is_taught=False)
    return BoardCell(ref.code, _label(line), tally_of(ref, counts))


def _label(line: SubjectLine | None) -> str:
    return line.line.short_name if line else HOMEROOM_LABEL
