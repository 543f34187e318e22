"""What cells merged downwards say of each row that they reach over."""

from collections.abc import Iterable, Set

from students.workbook_safety import MergedRange
from students.workbooks import Cell, Row


class MergedDown:
    """Goes down the rows of a sheet, in order, and keeps what the merged cells over the row hold.

    Only areas of one column that begin after row `after`; none in the columns `without` (from 0).
    """

    def __init__(self, areas: Iterable[MergedRange], *, after: int, without: Set[int]) -> None:
        wanted = (
            area
            for area in areas
            if area.first_column == area.last_column
            and after < area.first_row < area.last_row
            and area.first_column - 1 not in without
        )
        self._coming = sorted(wanted, key=lambda area: area.first_row, reverse=True)
        self._held: dict[int, tuple[int, Cell]] = {}

    def turn_to(self, row: Row) -> None:
        """Let go of the areas that end above the row, and take up those that begin in it."""
        self._held = {index: held for index, held in self._held.items() if held[0] >= row.number}
        while self._coming and self._coming[-1].first_row <= row.number:
            area = self._coming.pop()
            index = area.first_column - 1
            if area.first_row == row.number and index < len(row.values):
                self._held[index] = (area.last_row, row.values[index])

    def filled(self, values: tuple[Cell, ...]) -> tuple[Cell, ...]:
        """The row's values, with those of merged cells where it has none."""
        if not self._held:
            return values
        found = list(values) + [None] * (max(self._held) + 1 - len(values))
        for index, (_last, value) in self._held.items():
            found[index] = value if found[index] in (None, "") else found[index]
        return tuple(found)
