"""A block of a clipboard that has headings, read as a mark file is: columns by what they are called, rows by pupil."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from accounts import permissions
from accounts.models import User
from accounts.powers import Action
from gradebook.regulation import Period
from gradebook.sheet_forms import MAX_CELLS, BadChanges
from gradebook.sheets import Column, SheetRef, read_rows
from gradebook.sheets import Row as SheetRow
from gradebook.workbook_columns import line_headings, trait_headings
from gradebook.workbook_desk import desk_of, key_of_sheet
from gradebook.workbook_layout import layout_of
from gradebook.workbook_tables import TableReader
from gradebook.workbook_words import Said
from students.header_search import folded_heading
from students.names import search_key
from students.workbooks import Row, Table, WorkbookRefused

_NAME = "Khối dán"
_KNOWN = "Dòng tiêu đề của khối được nhận ra: mỗi cột vào đúng cột của sổ."
_NO_HEADINGS = (
    "Khối dán có cột họ tên mà không có dòng tiêu đề, nên không rõ cột nào là gì. Chép cả dòng tiêu đề («Họ và tên», "
    "«Mức đạt được»…), hoặc chỉ chép các cột kết quả."
)
Texts = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Pasted:
    """What goes where: (pupil, item, field, text); `told` is what the block holds besides, in sentences."""

    cells: tuple[tuple[int, str, str, str], ...]
    told: tuple[str, ...] = ()


def read_block(ref: SheetRef, texts: Texts, students: Sequence[int], *, by: User) -> Pasted | None:
    """None where the block has no headings: then it is pasted as it lies.

    With the pupils' names or ids the rows find their pupils; without, they go to `students`, one after the other.
    """
    permissions.require(by, Action.ENTER_SHEET, school_class=ref.school_class, line=ref.line)
    rows = read_rows(ref)
    return _by_pupil(ref, rows, texts, by=by) or _in_order(ref, texts, students) or _with_names(rows, texts)


def _by_pupil(ref: SheetRef, stored: Sequence[SheetRow], texts: Texts, *, by: User) -> Pasted | None:
    rows = tuple(Row(number, tuple(each)) for number, each in enumerate(texts, start=1) if any(each))
    table = Table(_NAME, rows, (), (), epoch_1904=False, hidden=False)
    desk = replace(desk_of([(ref, stored)], Period(ref.period), by=by), trusts_names=True)
    try:
        layout = layout_of(table, desk.traits)
        if layout is None:
            return None
        reader = TableReader(desk, layout, Said())
        reader.read()
    except WorkbookRefused as refusal:
        return Pasted((), (str(refusal),))
    rows_read = reader.readers.get(key_of_sheet(ref))
    found = rows_read.found() if rows_read else None
    problems = [*reader.problems, *(found.problems if found else ())]
    others = [f"Không dán phần của {other.what}." for other in reader.others.values() if other.has_results]
    left = [f"Không dán cột «{heading}»: không phải cột của sổ này." for heading in reader.unused]
    changes = found.changes if found else ()
    cells = tuple((each.student_id, each.item, each.field, each.value) for each in changes)
    return Pasted(cells, (_KNOWN, *map(str, problems), *others, *left))


def _in_order(ref: SheetRef, texts: Texts, students: Sequence[int]) -> Pasted | None:
    head, *below = texts
    columns = list(_columns(ref, head))
    named = [text for text in head if text.strip()]
    if not columns or len(columns) < len(named):
        return None
    cells = tuple(
        (student, column.item, column.field.value, row[index].strip())
        for student, row in zip(students, below, strict=False)
        for index, column in columns
        if index < len(row)
    )
    fell = max(0, len(below) - len(students))
    return Pasted(cells, (_KNOWN, *((f"{fell} hàng cuối nằm ngoài bảng bị bỏ.",) if fell else ())))


def _with_names(rows: Sequence[SheetRow], texts: Texts) -> Pasted | None:
    """Names without headings: as it lies the block would put them, and what stands beside them, into wrong cells."""
    names = {search_key(row.student.full_name) for row in rows}
    has_names = any(search_key(text) in names for row in texts for text in row if text.strip())
    return Pasted((), (_NO_HEADINGS,)) if has_names else None


def _columns(ref: SheetRef, head: Sequence[str]) -> Iterator[tuple[int, Column]]:
    known = {
        heading: column
        for column in ref.columns()
        for heading in (trait_headings(column) if ref.line is None else line_headings(column.field.value))
    }
    for index, text in enumerate(head):
        if column := known.get(folded_heading(text)):
            yield index, column


def block_from_json(body: bytes) -> tuple[list[list[str]], list[int]]:
    """The rows and pupils of `{"rows": [[text, …], …], "students": [id, …]}`; raises BadChanges."""
    try:
        posted = json.loads(body)
        rows, students = posted["rows"], posted["students"]
        is_whole = all(isinstance(row, list) and all(isinstance(text, str) for text in row) for row in rows)
        is_whole = is_whole and all(type(pk) is int for pk in students) and bool(rows)
    except (ValueError, TypeError, KeyError, RecursionError):
        is_whole = False
    if not is_whole or sum(map(len, rows)) > 4 * MAX_CELLS:
        raise BadChanges("Khối dán không đọc được hoặc quá lớn. Dán từng phần nhỏ hơn.")
    return rows, students
