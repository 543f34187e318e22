"""What is pointed out in the comments of a sheet, by cell and by column; the script says the same while one types."""

from collections.abc import Mapping

from gradebook.comment_checks import ClassNames, Pupil, alike, alike_words
from gradebook.sheet_forms import cell_name
from gradebook.sheets import Field, Row, Sheet


def comment_remarks(sheet: Sheet) -> Mapping[str, tuple[str, ...]]:
    """By cell name the sentences on a comment, where there are any. No statement."""
    names = ClassNames([row.student.full_name for row in sheet.rows])
    found = {
        cell_name(row, cell): names.remarks(cell.value, _pupil(row))
        for row in sheet.rows
        for cell in row.cells
        if cell.column.field == Field.COMMENT and cell.value and cell.is_expected
    }
    return {name: sentences for name, sentences in found.items() if sentences}


def alike_remarks(sheet: Sheet) -> tuple[str, ...]:
    """A sentence for each column in which most of the class have one and the same comment."""
    found = []
    for index, column in enumerate(sheet.columns):
        if column.field == Field.COMMENT:
            number = alike([(_pupil(row), row.cells[index].value) for row in sheet.rows])
            if number:
                found.append(alike_words(number, column.label, len(sheet.rows)))
    return tuple(found)


def _pupil(row: Row) -> Pupil:
    return Pupil(row.student.full_name, row.student.gender)
