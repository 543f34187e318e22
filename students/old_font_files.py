"""Tables typed for an old font, read in Unicode, with a word to the clerk on what was converted (R87, R93)."""

from collections.abc import Sequence
from dataclasses import replace

from students.cell_values import Problem
from students.names import clean
from students.old_fonts import Converted, convert_old_fonts
from students.workbooks import Table, column_letter

Place = tuple[int, int, int]
"""Table, row in its rows, column from 0."""


def in_unicode(tables: Sequence[Table]) -> tuple[list[Table], list[Problem]]:
    """The tables, converted where they are in an old encoding; a warning of the whole, and one of each cell guessed."""
    places = _texts(tables)
    texts = list(places.values())
    columns = [(table, column) for table, _row, column in places]
    converted = convert_old_fonts(texts, columns)
    if converted is None:
        return list(tables), []
    keys = list(places)
    meanings = {keys[index]: meaning for index, meaning in converted.meanings.items()}
    problems = [_of_the_whole(tables, keys, texts, converted)]
    problems += [
        _of_a_guess(tables, keys[index], texts[index], converted.meanings[index])
        for index in sorted(converted.guessed)
    ]
    return [_replaced(table, number, meanings) for number, table in enumerate(tables)], problems


def _texts(tables: Sequence[Table]) -> dict[Place, str]:
    return {
        (number, position, column): cell
        for number, table in enumerate(tables)
        if not table.hidden
        for position, row in enumerate(table.rows)
        for column, cell in enumerate(row.values)
        if isinstance(cell, str) and not cell.isascii()
    }


def _replaced(table: Table, number: int, meanings: dict[Place, str]) -> Table:
    rows = tuple(
        replace(
            row,
            values=tuple(
                meanings.get((number, position, column), cell) for column, cell in enumerate(row.values)
            ),
        )
        for position, row in enumerate(table.rows)
    )
    return replace(table, rows=rows)


def _of_the_whole(
    tables: Sequence[Table], keys: Sequence[Place], texts: Sequence[str], converted: Converted
) -> Problem:
    number, position, column = keys[converted.first.index]
    table = tables[number]
    cell = f"{column_letter(column + 1)}{table.rows[position].number}"
    message = (
        f"Tệp dùng phông chữ cũ ({converted.encoding}); {len(converted.meanings)} ô đã được chuyển sang Unicode khi "
        f"đọc, ví dụ ô {cell} trang «{table.sheet_name}» ghi «{clean(texts[converted.first.index])}», đọc là "
        f"«{converted.meanings[converted.first.index]}». Xem lại họ tên trước khi nạp."
    )
    return Problem("", 0, "", "", texts[converted.first.index], message, "warning")


def _of_a_guess(tables: Sequence[Table], place: Place, text: str, meaning: str) -> Problem:
    number, position, column = place
    table = tables[number]
    return Problem(
        table.sheet_name,
        table.rows[position].number,
        column_letter(column + 1),
        "",
        text,
        f"ghi «{clean(text)}», đọc là «{meaning}» theo phông chữ cũ của tệp. Kiểm tra lại; nếu sai thì gõ lại ô này.",
        "warning",
    )
