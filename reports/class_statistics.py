"""What a class table adds up to, as its last pages show it: levels and test marks by line, qualities, competencies,
results of the year, each with the girls among them (domain 2.2).

No Django, no model: counted from the cells of the `ClassTable` itself, so that the statistics of a book can never say
anything else than its table.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from reports.book_content import BY_DECISION, ClassTable, Column, ColumnBlock
from reports.figures import NO_SHARE, figure_words, share
from reports.figures import Column as FigureColumn

PASS_MARK: Final = 5
"""A test mark below it stands in the first column of the marks (TT 27/2020 Điều 9)."""
NOTHING: Final = NO_SHARE
_MIDDLE: Final = frozenset({"H", "Đ"})
_OUTCOME_VALUES: Final = {
    "XEP_LOAI": (
        ("HTXS", "Hoàn thành xuất sắc"),
        ("HTT", "Hoàn thành tốt"),
        ("HT", "Hoàn thành"),
        ("CHT", "Chưa hoàn thành"),
    ),
    "HTCT": (("x", "Hoàn thành chương trình"), ("Chưa", "Chưa hoàn thành chương trình")),
    "LEN_LOP": (("x", "Được lên lớp"), ("Không", "Chưa được lên lớp")),
    "KHEN_THUONG": (("HSXS", "Học sinh Xuất sắc"), ("HSTB", "Học sinh Tiêu biểu")),
}


@dataclass(frozen=True, slots=True)
class Share:
    """How many pupils, how many of them girls, and the share of all that the row speaks of ("33,3"; "–" of none)."""

    total: int
    girls: int
    percent: str


@dataclass(frozen=True, slots=True)
class StatisticsRow:
    """A line or a trait. `shares` None: nothing to assess here; `tests` None: no test at this period."""

    label: str
    assessed: Share
    shares: tuple[Share, Share, Share] | None
    tested: Share | None = None
    tests: tuple[Share, Share] | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """The row's numbers from left to right, those of the tests aside."""
        if self.shares is None:
            return (NOTHING,) * 11
        return (*_counted(self.assessed), *(text for share in self.shares for text in _told(share)))

    @property
    def test_cells(self) -> tuple[str, ...]:
        if self.tested is None or self.tests is None:
            return (NOTHING,) * 7
        return (str(self.tested.total), *(text for share in self.tests for text in _told(share)))


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    label: str
    share: Share

    @property
    def cells(self) -> tuple[str, ...]:
        return _told(self.share)


@dataclass(frozen=True, slots=True)
class ClassStatistics:
    """`traits` by group in the table's order; `outcomes` by heading, at the year's end only."""

    subjects: tuple[StatisticsRow, ...]
    traits: tuple[tuple[str, tuple[StatisticsRow, ...]], ...]
    outcomes: tuple[tuple[str, tuple[OutcomeRow, ...]], ...]


def statistics_of(table: ClassTable) -> ClassStatistics:
    """Shares are of the pupils who have a value: one that is blank or by decision has none."""
    columns = dict(zip((each.code for each in table.columns), _columns_of_cells(table), strict=True))
    girls = [row.is_girl for row in table.rows]
    subjects, *traits = [block for block in table.blocks if not _is_outcome(block)]
    outcomes = [column for column in table.columns if column.kind == "outcome"]
    return ClassStatistics(
        subjects=tuple(
            _row(heading, columns[code], columns.get(f"{code}.diem"), girls)
            for heading, code in _lines(subjects)
        ),
        traits=tuple(
            (
                group.heading or block.heading,
                tuple(_row(each.heading, columns[each.code], None, girls) for each in group.columns),
            )
            for block in traits
            for group in block.groups
        ),
        outcomes=tuple(
            (column.heading, rows)
            for column in outcomes
            if (rows := tuple(_outcome_rows(column, columns[column.code], girls)))
        ),
    )


def _columns_of_cells(table: ClassTable) -> list[tuple[str | None, ...]]:
    return [tuple(row.cells[place] for row in table.rows) for place in range(len(table.columns))]


def _is_outcome(block: ColumnBlock) -> bool:
    return any(column.kind == "outcome" for group in block.groups for column in group.columns)


def _lines(block: ColumnBlock) -> Iterable[tuple[str, str]]:
    """(heading, code) of each line: a line with marks is a group of its own."""
    for group in block.groups:
        for column in group.columns:
            if column.kind == "level":
                yield group.heading or column.heading, column.code


def _row(
    label: str, levels: Sequence[str | None], marks: Sequence[str | None] | None, girls: Sequence[bool]
) -> StatisticsRow:
    told = [_value(cell) for cell in levels]
    assessed = _share([bool(each) for each in told], girls, None)
    if all(cell is None for cell in levels):
        return StatisticsRow(label, assessed, None)
    shares = (
        _share([each == "T" for each in told], girls, assessed.total),
        _share([each in _MIDDLE for each in told], girls, assessed.total),
        _share([each == "C" for each in told], girls, assessed.total),
    )
    if marks is None or all(cell is None for cell in marks):
        return StatisticsRow(label, assessed, shares)
    points = [int(each) if (each := _value(cell)) else None for cell in marks]
    tested = _share([each is not None for each in points], girls, None)
    tests = (
        _share([each is not None and each < PASS_MARK for each in points], girls, tested.total),
        _share([each is not None and each >= PASS_MARK for each in points], girls, tested.total),
    )
    return StatisticsRow(label, assessed, shares, tested, tests)


def _outcome_rows(column: Column, cells: Sequence[str | None], girls: Sequence[bool]) -> Iterable[OutcomeRow]:
    """Of all pupils of the class: who has no result yet is in no row."""
    if all(cell is None for cell in cells):
        return
    for value, label in _OUTCOME_VALUES[column.code]:
        yield OutcomeRow(label, _share([cell == value for cell in cells], girls, len(cells)))


def _value(cell: str | None) -> str:
    return "" if cell is None or cell in BY_DECISION else cell


def _share(wanted: Sequence[bool], girls: Sequence[bool], whole: int | None) -> Share:
    total = sum(wanted)
    among = sum(is_wanted and is_girl for is_wanted, is_girl in zip(wanted, girls, strict=True))
    return Share(total, among, percent(total, total if whole is None else whole))


def percent(part: int, whole: int) -> str:
    """33,3 of 1 in 3; 100,0 of all; a dash where there is nothing to take a share of (`figures.share`)."""
    return figure_words(share(part, whole), _SHARE)


_SHARE: Final = FigureColumn("share", ("%",), is_share=True)


def _counted(share: Share) -> tuple[str, str]:
    return str(share.total), str(share.girls)


def _told(share: Share) -> tuple[str, str, str]:
    return str(share.total), share.percent, str(share.girls)
