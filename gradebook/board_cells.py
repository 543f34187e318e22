"""The cells of the board of progress as HTML: a school has four hundred, and a template takes ten times as long."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from gradebook.board import Board, BoardCell, BoardGrade, BoardRow
from gradebook.progress import Tally


@dataclass(frozen=True, slots=True)
class BoardTable:
    """A grade with its rows, each with its cells from the sum on; `sums` are those of the last row."""

    grade: BoardGrade
    rows: tuple[tuple[BoardRow, SafeString], ...]
    sums: SafeString


def tables_of(board: Board) -> tuple[BoardTable, ...]:
    """A table for each grade. No statement."""
    names = (
        f"{reverse('gradebook:progress_missing')}?period={board.period.value}" if board.can_be_read else ""
    )
    return tuple(
        BoardTable(
            grade,
            tuple((row, _together(_cells_of_class(row, names))) for row in grade.rows),
            _together(_cells_of_grade(grade, names)),
        )
        for grade in board.grades
    )


def _together(cells: Iterator[str]) -> SafeString:
    return mark_safe("".join(cells))  # noqa: S308 - see _cell


def _cells_of_class(row: BoardRow, names: str) -> Iterator[str]:
    yield _sum_cell(row.total, is_shut=row.is_shut, path=names and f"{names}&class={row.class_id}")
    for cell in row.cells:
        yield _cell(cell.kind, _words_of(cell), cell.path)


def _cells_of_grade(grade: BoardGrade, names: str) -> Iterator[str]:
    whole = names and f"{names}&grade={grade.grade_level}"
    yield _sum_cell(grade.total, is_shut=grade.is_shut, path=whole)
    for code, tally in grade.coded_sums:
        if tally.required or grade.is_shut:
            yield _sum_cell(tally, is_shut=grade.is_shut, path=whole and f"{whole}&line={code}")
        else:
            yield _cell("neutral", "–", "")


def _sum_cell(tally: Tally, *, is_shut: bool, path: str) -> str:
    """Leads to the names of what is missing, if anything is and they are the reader's."""
    if is_shut:
        return _cell("neutral", _words("Chưa mở", _figures(tally) if tally.entered else ""), "")
    return _cell(tally.kind, _words(tally.short_word, _figures(tally)), "" if tally.is_complete else path)


def _figures(tally: Tally) -> str:
    return f"{tally.entered}/{tally.required}"


def _words_of(cell: BoardCell) -> str:
    return _words(cell.word, cell.figures) if cell.is_shown else ""


def _words(word: str, figures: str) -> str:
    return f'{word}<span class="tally">{figures}</span>' if figures else word


def _cell(kind: str, words: str, path: str) -> str:
    """`words` are our own and figures; the address is escaped."""
    if path:
        return f'<td data-kind="{kind}"><a href="{escape(path)}">{words}</a></td>'
    shown = f'<span class="tally-word">{words}</span>' if words else ""
    return f'<td data-kind="{kind}">{shown}</td>'
