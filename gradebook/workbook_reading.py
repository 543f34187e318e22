"""What an uploaded workbook, ours or another system's, wants written in which sheets (R86–R89).

Reading decides nothing about values: it finds the sheet, the pupil and the cell, and `gradebook.entry` judges. An
empty cell says nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from accounts.models import User
from gradebook.sheets import Row, SheetRef
from gradebook.workbook_columns import heading_of
from gradebook.workbook_desk import Desk, SheetKey, desk_of, key_of_sheet
from gradebook.workbook_layout import layout_of
from gradebook.workbook_rows import ReadSheet
from gradebook.workbook_tables import TableReader
from gradebook.workbook_words import said_by_name
from gradebook.workbooks import title_of
from students.workbooks import Table, WorkbookRefused, open_workbook


@dataclass(frozen=True, slots=True)
class ReadWorkbook:
    """`sheets`: what is wanted of each; `remarks`: what was not read and why, in sentences.

    `elsewhere`: pages and rows of sheets that are not on the desk, where they hold results.
    """

    sheets: Mapping[SheetKey, ReadSheet]
    remarks: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


def read_workbook(data: bytes, name: str, desk: Desk) -> ReadWorkbook:
    """What a workbook wants in any of the desk's sheets. No statement, but two where comments stand by their codes.

    Raises WorkbookRefused for a file that cannot be read. A page that cannot is a remark, as are two pages for one
    sheet; the sheets of the others stand.
    """
    read = _Reading(desk, [table for table in open_workbook(data, name) if not table.hidden])
    sheets, remarks = read.sheets()
    others = [other for reader in read.readers for other in reader.others.values() if other.has_results]
    elsewhere = [*read.foreign_pages, *(f"{other.place.sheet}: {other.what}" for other in others)]
    strays = [str(problem) for reader in read.readers for problem in reader.problems]
    return ReadWorkbook(
        sheets,
        (*(str(refusal) for refusal in read.refusals), *remarks, *strays),
        tuple(dict.fromkeys(elsewhere)),
    )


def read_sheet(data: bytes, name: str, ref: SheetRef, rows: Sequence[Row], *, by: User) -> ReadSheet:
    """What an uploaded workbook wants written in this sheet; `rows` are the sheet's own, as stored now.

    Raises WorkbookRefused for a file that cannot be read, or that has no table for this sheet; what is wrong with
    single rows and cells comes back as problems, what is of other sheets as `elsewhere`. No statement, but two where
    comments stand by their codes.
    """
    read = _Reading(
        desk_of([(ref, rows)], ref.period, by=by), [t for t in open_workbook(data, name) if not t.hidden]
    )
    if read.refusals and not any(_wants(reader, key_of_sheet(ref)) for reader in read.readers):
        raise read.refusals[0]
    if not read.readers:
        raise WorkbookRefused(_no_table(ref, read))
    sheets, remarks = read.sheets()
    if remarks:
        raise WorkbookRefused(remarks[0])
    problems = tuple(problem for reader in read.readers for problem in reader.problems)
    others = [other for reader in read.readers for other in reader.others.values()]
    found = sheets.get(key_of_sheet(ref))
    if found is None and others:
        return ReadSheet((), tuple(other.problem(_not_this(other.what, ref)) for other in others), {})
    if found is None:
        return ReadSheet((), problems, {}, tuple(dict.fromkeys(h for r in read.readers for h in r.unused)))
    elsewhere = [*read.foreign_pages, *(other.what for other in others if other.has_results)]
    return replace(found, problems=(*problems, *found.problems), elsewhere=tuple(dict.fromkeys(elsewhere)))


class _Reading:
    """The tables of a file, each read as far as it can be."""

    def __init__(self, desk: Desk, tables: Sequence[Table]) -> None:
        self.desk = desk
        self.readers: list[TableReader] = []
        self.named: set[int] = set()
        self.refusals: list[WorkbookRefused] = []
        self.foreign_pages: list[str] = []
        for table in tables:
            self._read(table)

    def _read(self, table: Table) -> None:
        said = said_by_name(table.sheet_name, self.desk.classes)
        is_foreign = bool(said.code) and said.code not in self.desk.codes
        is_foreign |= bool(said.class_key) and said.class_key not in self.desk.classes
        if is_foreign:
            self.foreign_pages.append(f"«{table.sheet_name}»")
            return
        try:
            layout = layout_of(table, self.desk.traits)
            if layout is None:
                return
            reader = TableReader(self.desk, layout, said)
            reader.read()
        except WorkbookRefused as refusal:
            self.refusals.append(refusal)
            return
        if said.code:
            self.named.add(id(reader))
        self.readers.append(reader)

    def sheets(self) -> tuple[dict[SheetKey, ReadSheet], list[str]]:
        """What is wanted of each sheet, and a sentence for each that several pages want something of.

        Of several pages the one whose name says the line is meant (domain 6).
        """
        found: dict[SheetKey, ReadSheet] = {}
        remarks = []
        for key, ref in self.desk.refs.items():
            readers = [reader for reader in self.readers if key in reader.readers]
            filled = [reader for reader in readers if _wants(reader, key)] or readers[:1]
            meant = [reader for reader in filled if id(reader) in self.named] or filled
            if len(meant) > 1:
                remarks.append(_several(ref, meant))
            elif meant:
                found[key] = meant[0].readers[key].found(tuple(meant[0].unused))
        return found, remarks


def _wants(reader: TableReader, key: SheetKey) -> bool:
    rows = reader.readers.get(key)
    return rows is not None and bool(rows.changes or rows.problems)


def _several(ref: SheetRef, readers: Sequence[TableReader]) -> str:
    names = ", ".join(f"«{reader.table.sheet_name}»" for reader in readers)
    return (
        f"Tệp có nhiều trang có bảng kết quả: {names}, cùng là của sổ {ref.title}, {ref.period.label}. Chỉ giữ lại "
        f"trang của sổ này, hoặc đặt tên trang là «{title_of(ref)}», rồi tải lên lại."
    )


def _not_this(what: str, ref: SheetRef) -> str:
    return (
        f"tệp là của {what}, còn đây là sổ {ref.title}, {ref.period.label}. Không ô nào được đọc: "
        "chọn đúng tệp, hoặc mở đúng sổ rồi nạp."
    )


def _no_table(ref: SheetRef, read: _Reading) -> str:
    if read.foreign_pages:
        names = ", ".join(read.foreign_pages)
        return f"Tệp là của {names}, còn đây là sổ {ref.title}. Chọn đúng tệp, hoặc mở đúng sổ rồi nạp."
    columns = ", ".join(f"«{heading_of(column)}»" for column in ref.columns())
    return (
        "Không thấy dòng tiêu đề có «Mã học sinh» hoặc «Họ và tên» cùng ít nhất một cột của sổ này "
        f"({columns}). Bấm «Tải Excel» để lấy tệp đúng mẫu, điền vào đó rồi tải lên lại."
    )
