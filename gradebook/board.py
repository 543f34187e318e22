"""The board of progress: how far the classes are, for the periods that are open and for whom they are.

Every sum is of the sheets that count (`gradebook.progress_sheets`), whatever else their class has.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import reverse

from accounts.models import User
from gradebook.models import EntryWindow, SubjectLine
from gradebook.progress import NOTHING, Tally, total_of
from gradebook.progress_sheets import (
    ProgressSheet,
    Sight,
    Standing,
    read_followed,
    read_sight,
    sheets_at,
    short_name,
    whole,
)
from gradebook.regulation import Period
from gradebook.scopes import Place, line_words, place_of
from gradebook.sheets import HOMEROOM_CODE
from gradebook.spans import cuts_by_now

WHOLE_SCHOOL = "toàn trường"
ANY_SHEET = f"/0/{HOMEROOM_CODE}/"


@dataclass(frozen=True, slots=True)
class BoardCell:
    """One sheet on the board, if the reader sees it; `is_taught` is False where the class does not have the line of
    its grade. `counts`: the period was opened for it. `names`: where the names of what is missing are, `place`: the
    address of any sheet of the period. `is_locked`: while others on the board are open.

    Its words are put together here, for a school has hundreds of cells and a template takes ten times as long.
    """

    code: str
    label: str
    tally: Tally = NOTHING
    counts: bool = False
    is_taught: bool = True
    sheet: ProgressSheet | None = None
    names: str = ""
    place: str = ""
    is_locked: bool = False

    @property
    def is_shown(self) -> bool:
        return self.sheet is not None or not self.is_taught

    @property
    def path(self) -> str:
        """To the names of what is missing; to the sheet where nothing is, or nothing is wanted yet; "" where the
        reader may not go."""
        if self.sheet is None or not self.sheet.is_readable:
            return ""
        ref = self.sheet.ref
        if self.sheet.is_behind:
            return f"{self.names}?period={ref.period.value}&class={ref.school_class.pk}&line={ref.code}"
        return self.place.replace(ANY_SHEET, f"/{ref.school_class.pk}/{ref.code}/")

    @property
    def kind(self) -> str:
        return self.tally.kind if self.counts and self.tally.required else "neutral"

    @property
    def word(self) -> str:
        if not self.is_taught:
            return "Không học"
        if not self.counts:
            return "Chưa mở"
        if self.is_locked:
            return "Khoá"
        return self.tally.short_word if self.tally.required else "Không có ô"

    @property
    def figures(self) -> str:
        if self.tally.entered or (self.counts and self.tally.required):
            return f"{self.tally.entered}/{self.tally.required}"
        return ""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A class and the sheets of it that the reader sees; `is_whole`: all of them."""

    class_id: int
    class_name: str
    pupils: int
    cells: tuple[BoardCell, ...]
    is_whole: bool = True

    @property
    def is_shut(self) -> bool:
        return not any(cell.counts for cell in self.cells)

    @property
    def shut_sheets(self) -> int:
        """Sheets not opened in a class of which others are."""
        if self.is_shut:
            return 0
        return sum(cell.is_taught and cell.is_shown and not cell.counts for cell in self.cells)

    @property
    def total(self) -> Tally:
        """What the sheets that count come to; where none does, what is entered in spite of it."""
        is_shut = self.is_shut
        return total_of(cell.tally for cell in self.cells if cell.counts or is_shut)


@dataclass(frozen=True, slots=True)
class BoardGrade:
    """The classes of a grade; `sums` has one tally per line, in the order of `codes`, of the sheets that count."""

    grade_level: int
    codes: tuple[str, ...]
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
            total_of(row.cells[index].tally for row in self.rows if row.cells[index].counts)
            for index, _label in enumerate(self.labels)
        )

    @property
    def coded_sums(self) -> tuple[tuple[str, Tally], ...]:
        return tuple(zip(self.codes, self.sums, strict=True))

    @property
    def pupils(self) -> int:
        return sum(row.pupils for row in self.rows)

    @property
    def total(self) -> Tally:
        return total_of(row.total for row in self.counted)


@dataclass(frozen=True, slots=True)
class Opening:
    """For whom a period is open, in words, and until when."""

    scope: str
    until: str


@dataclass(frozen=True, slots=True)
class Board:
    """A period over the classes a person sees; `state` says for whom it is open, as far as a few words can;
    `cut_off` names what is locked of it by orders of its own.

    `periods` are those that can be chosen.
    """

    period: Period
    periods: tuple[Period, ...]
    sheets: tuple[ProgressSheet, ...]
    grades: tuple[BoardGrade, ...]
    openings: tuple[Opening, ...]
    state: str
    state_kind: str
    cut_off: str = ""

    @property
    def total(self) -> Tally:
        return total_of(grade.total for grade in self.grades)

    @property
    def counted_classes(self) -> int:
        return sum(len(grade.counted) for grade in self.grades)

    @property
    def shut_classes(self) -> int:
        return sum(len(grade.rows) for grade in self.grades) - self.counted_classes

    @property
    def shut_sheets(self) -> int:
        return sum(row.shut_sheets for grade in self.grades for row in grade.rows)

    @property
    def has_whole_classes(self) -> bool:
        """Whether the reader sees every sheet of every class here."""
        return all(row.is_whole for grade in self.grades for row in grade.rows)

    @property
    def can_be_read(self) -> bool:
        """Whether the names of anything missing are the reader's."""
        return any(sheet.is_behind and sheet.is_readable for sheet in self.sheets)


def read_board(user: User, period: str = "") -> Board:
    """What the person may see of a period: the school, the grades headed, classes led or granted, lines taught.

    Three statements. Without a period, or with an unknown one: the one open for most sheets, or the last that was, or
    the first.
    """
    sight = read_sight(user)
    chosen = sight.chosen_period(period)
    return _board(sight, chosen, sheets_at(sight, [chosen])[chosen])


def read_open_boards(user: User) -> tuple[Board, ...]:
    """Every open period over the sheets it is open for, the one open for most first. Three statements, two before
    anything was opened.

    If none is open: the last that was, over the sheets it was open for.
    """
    sight = read_followed(user)
    reach = sight.reach()
    wanted = Standing.OPEN if reach else Standing.LOCKED
    periods = sorted(reach, key=lambda period: (-reach[period], period.order)) or [sight.chosen_period()]
    if wanted not in sight.standings.values():
        return (_board(sight, periods[0], ()),)
    return tuple(
        _board(sight, period, [sheet for sheet in sheets if sheet.standing == wanted], of=sheets)
        for period, sheets in sheets_at(sight, periods).items()
    )


def _board(
    sight: Sight, period: Period, sheets: Sequence[ProgressSheet], *, of: Sequence[ProgressSheet] = ()
) -> Board:
    """Over some sheets, `of` all in sight where these are a part."""
    windows = sight.of_period(period)
    still_open = [window for window in windows if window.is_open_at(window.asked_at)]
    openings = _openings(still_open)
    cut_off = _cut_off(still_open, of or sheets)
    state, kind = _state(period, windows, openings, is_cut=bool(cut_off))
    return Board(
        period,
        sight.periods,
        tuple(sheets),
        _grades(sheets),
        openings,
        state,
        kind,
        cut_off,
    )


def _state(
    period: Period, windows: Sequence[Any], openings: Sequence[Opening], *, is_cut: bool
) -> tuple[str, str]:
    if len(openings) == 1:
        but = " (trừ phần đã khoá riêng)" if is_cut else ""
        return f"{period.value} · mở cho {openings[0].scope}{but} đến {openings[0].until}", "open"
    if openings:
        return f"{period.value} · đang mở", "open"
    over = [window for window in windows if whole(window).is_past]
    if not over:
        return f"{period.value} · chưa mở", "neutral"
    return f"{period.value} · đã khoá {_locked_words(over)}", "locked"


def _locked_words(over: Sequence[Any]) -> str:
    """«từ 17:00 10/11/2026»: since when the round is over; parts that had longer after it are named."""
    rounds = [window for window in over if _is_round(window)] or list(over)
    last = max(rounds, key=lambda window: window.closes_at)
    scope = scope_words(rounds)
    said = f"từ {last.closes_label}" + ("" if scope == WHOLE_SCHOOL else f" ({scope})")
    later: dict[str, list[Any]] = {}
    for window in sorted(over, key=lambda window: window.closes_at):
        if window.closes_at > last.closes_at:
            later.setdefault(window.closes_label, []).append(window)
    parts = "; ".join(f"{scope_words(together)} từ {since}" for since, together in later.items())
    return f"{said}, riêng {parts}" if parts else said


def _is_round(window: Any) -> bool:
    """For a grade or the school, not for a class, line or teacher let in for some hours more."""
    return not (window.line_code or window.teacher_id or window.school_class_id)


def _cut_off(windows: Iterable[Any], sheets: Sequence[ProgressSheet]) -> str:
    """«lớp 2D, môn Toán lớp 2B»: what further orders have locked of the open windows, as far as it is in sight and
    stands locked."""
    locked = [_place(sheet) for sheet in sheets if sheet.standing is Standing.LOCKED]
    found = [
        _cut_words(cut)
        for window in windows
        for scope, cut in cuts_by_now(window)
        if any(scope.shuts(place) for place in locked)
    ]
    return ", ".join(dict.fromkeys(found))


def _place(sheet: ProgressSheet) -> Place:
    holder = {sheet.holder.pk} if sheet.holder else set()
    return place_of(sheet.ref.school_class, sheet.ref.code, holder)


def _cut_words(cut: Mapping[str, Any]) -> str:
    words = [line_words(cut["line_code"])] if cut["line_code"] else []
    words += [f"lớp {cut['class_name']}"] if cut["class_name"] else []
    words += [f"khối {cut['grade_level']}"] if cut["grade_level"] else []
    words += [f"giáo viên {cut['teacher_name']}"] if cut["teacher_name"] else []
    return f"{' '.join(words)} (văn bản số {cut['number']})"


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


def _grades(sheets: Sequence[ProgressSheet]) -> tuple[BoardGrade, ...]:
    """A column for every line of which some class of the grade has a sheet here."""
    some_open = any(sheet.standing is Standing.OPEN for sheet in sheets)
    by_grade: dict[int, dict[int, dict[str, ProgressSheet]]] = {}
    for sheet in sheets:
        of_grade = by_grade.setdefault(sheet.ref.school_class.grade_level, {})
        of_grade.setdefault(sheet.ref.school_class.pk, {})[sheet.ref.code] = sheet
    return tuple(_grade(level, by_grade[level], some_open=some_open) for level in sorted(by_grade))


def _grade(level: int, classes: Mapping[int, Mapping[str, ProgressSheet]], *, some_open: bool) -> BoardGrade:
    names = reverse("gradebook:progress_missing")
    columns = _lines_together(sheet for own in classes.values() for sheet in own.values())
    rows = []
    for class_id, own in classes.items():
        school_class: Any = next(iter(own.values())).ref.school_class
        taught = {each["code"] for each in school_class.taught} | {HOMEROOM_CODE}
        cells = tuple(
            _cell(code, label, own.get(code), taught, names, some_open=some_open)
            for code, label in columns.items()
        )
        rows.append(BoardRow(class_id, school_class.name, school_class.pupils, cells, taught == set(own)))
    return BoardGrade(level, tuple(columns), tuple(columns.values()), tuple(rows))


def _lines_together(sheets: Iterable[ProgressSheet]) -> dict[str, str]:
    """By code the short name, in the order of the books."""
    found: dict[str, SubjectLine | None] = {sheet.ref.code: sheet.ref.line for sheet in sheets}
    lines = sorted((line.line.position, code) for code, line in found.items() if line)
    names = {code: short_name(line) for code, line in found.items()}
    ordered = [code for _position, code in lines] + ([HOMEROOM_CODE] if HOMEROOM_CODE in found else [])
    return {code: names[code] for code in ordered}


def _cell(
    code: str, label: str, sheet: ProgressSheet | None, taught: set[str], names: str, *, some_open: bool
) -> BoardCell:
    if sheet is None:
        return BoardCell(code, label, is_taught=code in taught)
    is_locked = some_open and sheet.standing is Standing.LOCKED
    place = _any_sheet(sheet.ref.period)
    return BoardCell(
        code, label, sheet.tally, sheet.counts, sheet=sheet, names=names, place=place, is_locked=is_locked
    )


@cache
def _any_sheet(period: Period) -> str:
    """The address of a sheet that is none, for `BoardCell.path`: to look up each would take longer than to show it."""
    return reverse("gradebook:sheet", args=[0, HOMEROOM_CODE, period.value])
