"""Read an Excel 97–2003 workbook (.xls, BIFF8 in a compound file), as the sector's database still exports its lists.

Written here because it is short and must not trust its input: chains of sectors may loop, counts may lie, and nothing
is allocated for more than the file holds. Older Excel (5, 95), macros and passwords are refused.
"""

import struct
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from students.file_kinds import ENCRYPTED, MACROS, OLD_EXCEL, WorkbookRefused
from students.names import clean
from students.workbook_safety import (
    BROKEN,
    BROKEN_FILE,
    MAX_COLUMNS,
    MAX_FACTS,
    MAX_ROWS,
    MAX_SHEETS,
    TOO_MUCH,
    MergedRange,
)
from students.workbooks import Cell, Row, Table

END_OF_CHAIN = 0xFFFFFFFA
"""Sector numbers from here on are marks: end, free, tables."""
MAX_CELLS = 400_000
ENTRY = 128
ROOT, STREAM = 5, 2
ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
WORKSHEET, MACRO_SHEET = 0, 1
# Records of BIFF8 that say something of values; [MS-XLS] 2.3.
BOF, EOF, CONTINUE, FILEPASS, DATEMODE = 0x809, 0x0A, 0x3C, 0x2F, 0x22
BOUNDSHEET, SST, FORMAT, XF, MERGED = 0x85, 0xFC, 0x41E, 0xE0, 0xE5
LABELSST, LABEL, RSTRING, NUMBER, RK, MULRK = 0xFD, 0x204, 0xD6, 0x203, 0x27E, 0xBD
BOOLERR, FORMULA, STRING = 0x205, 0x06, 0x207
BIFF8 = 0x600


def open_old_excel(data: bytes) -> list[Table]:
    """Return the sheets of the .xls in `data`. Raises WorkbookRefused for everything that is not a harmless one."""
    try:
        tables = _Workbook(_workbook_stream(data)).tables()
    except WorkbookRefused:
        raise
    except BROKEN as error:
        raise WorkbookRefused(BROKEN_FILE) from error
    if not any(table.rows for table in tables):
        raise WorkbookRefused("Tệp không có dữ liệu: mọi trang đều trống. Hãy kiểm tra lại tệp rồi tải lên.")
    return tables


# -- The compound file -------------------------------------------------------------------------------------


def _workbook_stream(data: bytes) -> bytes:
    """Return the stream of the workbook out of the compound file ([MS-CFB])."""
    file = _CompoundFile(data)
    if {"_vba_project_cur", "vba", "_vba_project"} & set(file.entries):
        raise WorkbookRefused(MACROS)
    if "workbook" not in file.entries:
        raise WorkbookRefused(OLD_EXCEL)
    return file.stream(*file.entries["workbook"])


class _CompoundFile:
    """`entries`: stream name in small letters → (first sector, size)."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise ValueError("sector size")
        self.size, self.mini_size = 1 << shift, 1 << mini_shift
        self.fat = self._read_fat()
        directory = self._chain(struct.unpack_from("<I", data, 48)[0])
        self.cutoff = struct.unpack_from("<I", data, 56)[0]
        self.mini_fat = self._numbers(self._chain(struct.unpack_from("<I", data, 60)[0]))
        self.entries: dict[str, tuple[int, int]] = {}
        self.mini_stream = b""
        for place in range(0, len(directory) - ENTRY + 1, ENTRY):
            self._read_entry(directory[place : place + ENTRY])

    def _read_entry(self, entry: bytes) -> None:
        length, kind = struct.unpack_from("<HB", entry, 64)
        first, size = struct.unpack_from("<II", entry, 116)
        if kind == ROOT:
            self.mini_stream = self._chain(first)[:size]
        elif kind:
            name = entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace").lower()
            self.entries.setdefault(name, (first, size))

    def _read_fat(self) -> list[int]:
        """The table of sectors; where it lies stands in the header and, of large files, in a chain of its own."""
        places = list(struct.unpack_from("<109I", self.data, 76))
        following = struct.unpack_from("<I", self.data, 68)[0]
        for _turn in range(len(self.data) // self.size):
            if following >= END_OF_CHAIN:
                break
            numbers = self._numbers(self._sector(following))
            places += numbers[:-1]
            following = numbers[-1]
        return self._numbers(b"".join(self._sector(place) for place in places if place < END_OF_CHAIN))

    def _sector(self, number: int) -> bytes:
        return self.data[(number + 1) * self.size : (number + 2) * self.size]

    @staticmethod
    def _numbers(table: bytes) -> list[int]:
        return list(struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4]))

    def _chain(self, first: int) -> bytes:
        return b"".join(self._sector(number) for number in _followed(first, self.fat))

    def stream(self, first: int, size: int) -> bytes:
        if size >= self.cutoff:
            return self._chain(first)[:size]
        step = self.mini_size
        numbers = _followed(first, self.mini_fat)
        return b"".join(self.mini_stream[number * step : (number + 1) * step] for number in numbers)[:size]


def _followed(first: int, table: list[int]) -> Iterator[int]:
    """Yield the sectors of a chain; one that loops or leaves the file is broken."""
    number, seen = first, 0
    while number < END_OF_CHAIN:
        yield number
        seen += 1
        if seen > len(table):
            raise ValueError("a chain of sectors loops")
        number = table[number]


# -- The records -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Sheet:
    name: str
    offset: int
    hidden: bool
    cells: dict[int, dict[int, Cell]] = field(default_factory=lambda: defaultdict(dict))
    merged: list[MergedRange] = field(default_factory=list)


class _Workbook:
    def __init__(self, stream: bytes) -> None:
        self.stream = stream
        self.strings: list[str] = []
        self.sheets: list[_Sheet] = []
        self.formats = dict(BUILTIN_FORMATS)
        self.styles: list[int] = []
        self.epoch_1904 = False
        self.cells = 0
        self._read_globals()

    def tables(self) -> list[Table]:
        if len(self.sheets) > MAX_SHEETS:
            raise WorkbookRefused(TOO_MUCH)
        for sheet in self.sheets:
            self._read_sheet(sheet)
        return [self._table(sheet) for sheet in self.sheets]

    def _table(self, sheet: _Sheet) -> Table:
        rows = tuple(
            Row(number + 1, tuple(cells.get(column) for column in range(max(cells) + 1)))
            for number, cells in sorted(sheet.cells.items())
            if cells
        )
        return Table(clean(sheet.name), rows, tuple(sheet.merged), (), self.epoch_1904, sheet.hidden)

    def _records(self, offset: int) -> Iterator[tuple[int, bytes]]:
        """Yield (kind, content) of the part that begins at the offset, and of what lies within it."""
        depth = 0
        while True:
            kind, length = struct.unpack_from("<HH", self.stream, offset)
            depth += (kind == BOF) - (kind == EOF)
            # A chart within a sheet has records of its own.
            if depth <= 1:
                yield kind, self.stream[offset + 4 : offset + 4 + length]
            offset += 4 + length
            if depth <= 0:
                return

    def _read_globals(self) -> None:
        parts: list[bytes] = []
        collecting = False
        for kind, content in self._records(0):
            if kind == BOF and struct.unpack_from("<H", content)[0] != BIFF8:
                raise WorkbookRefused(OLD_EXCEL)
            if kind == FILEPASS:
                raise WorkbookRefused(ENCRYPTED)
            collecting = kind == SST or (collecting and kind == CONTINUE)
            if collecting:
                parts.append(content)
            else:
                self._read_global(kind, content)
        if parts:
            self.strings = list(_Strings(parts).all())

    def _read_global(self, kind: int, content: bytes) -> None:
        if kind == BOUNDSHEET:
            offset, state, what, length, flags = struct.unpack_from("<IBBBB", content)
            if what == MACRO_SHEET:
                raise WorkbookRefused(MACROS)
            if what == WORKSHEET:
                self.sheets.append(_Sheet(_text(content[8:], length, flags), offset, hidden=bool(state & 3)))
        elif kind == DATEMODE:
            self.epoch_1904 = content[:2] == b"\x01\x00"
        elif kind == FORMAT:
            number, length, flags = struct.unpack_from("<HHB", content)
            self.formats[number] = _text(content[5:], length, flags)
        elif kind == XF:
            self.styles.append(struct.unpack_from("<H", content, 2)[0])

    def _read_sheet(self, sheet: _Sheet) -> None:
        place: tuple[int, int] | None = None
        for kind, content in self._records(sheet.offset):
            if kind == STRING and place is not None:
                length, flags = struct.unpack_from("<HB", content)
                self._put(sheet, *place, _text(content[3:], length, flags))
            elif kind == MERGED:
                sheet.merged += _merged(content)[: MAX_FACTS - len(sheet.merged)]
            else:
                place = self._read_cells(sheet, kind, content)

    def _read_cells(self, sheet: _Sheet, kind: int, content: bytes) -> tuple[int, int] | None:
        """Read a record of cells; returns the place of a formula whose text stands in the next record."""
        if kind not in (LABELSST, LABEL, RSTRING, NUMBER, RK, MULRK, BOOLERR, FORMULA):
            return None
        row, column, style = struct.unpack_from("<HHH", content)
        if kind == MULRK:
            for number, place in enumerate(range(4, len(content) - 2 - 5, 6)):
                style, packed = struct.unpack_from("<HI", content, place)
                self._put(sheet, row, column + number, self._number(_unpacked(packed), style))
        elif kind == FORMULA and content[12:14] == b"\xff\xff":
            if content[6] == 0:
                return row, column
            self._put(sheet, row, column, _other_result(content[6], content[8]))
        else:
            self._put(sheet, row, column, self._value(kind, content, style))
        return None

    def _value(self, kind: int, content: bytes, style: int) -> Cell:
        if kind == LABELSST:
            return self.strings[struct.unpack_from("<I", content, 6)[0]]
        if kind in (LABEL, RSTRING):
            length, flags = struct.unpack_from("<HB", content, 6)
            return _text(content[9:], length, flags)
        if kind == RK:
            return self._number(_unpacked(struct.unpack_from("<I", content, 6)[0]), style)
        if kind == BOOLERR:
            return _other_result(2 if content[7] else 1, content[6])
        return self._number(struct.unpack_from("<d", content, 6)[0], style)

    def _number(self, number: float, style: int) -> Cell:
        shape = self.formats.get(self.styles[style]) if style < len(self.styles) else None
        if shape and is_date_format(shape) and number > 0:
            epoch = CALENDAR_MAC_1904 if self.epoch_1904 else CALENDAR_WINDOWS_1900
            return from_excel(number, epoch)
        return int(number) if number.is_integer() else number

    def _put(self, sheet: _Sheet, row: int, column: int, value: Cell) -> None:
        self.cells += 1
        if row >= MAX_ROWS or column >= MAX_COLUMNS or self.cells > MAX_CELLS:
            raise WorkbookRefused(TOO_MUCH)
        if value not in (None, ""):
            sheet.cells[row][column] = value


def _unpacked(packed: int) -> float:
    """An RK number: 30 bits of a whole number or of a float, perhaps a hundredfold."""
    if packed & 2:
        number = float(struct.unpack("<i", struct.pack("<I", packed))[0] >> 2)
    else:
        number = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return number / 100 if packed & 1 else number


def _other_result(kind: int, value: int) -> Cell:
    if kind == 1:
        return bool(value)
    return ERRORS.get(value, "#VALUE!") if kind == 2 else None


def _text(content: bytes, length: int, flags: int) -> str:
    return (
        content[: length * 2].decode("utf-16-le", "replace")
        if flags & 1
        else content[:length].decode("latin-1")
    )


def _merged(content: bytes) -> list[MergedRange]:
    count = min(struct.unpack_from("<H", content)[0], (len(content) - 2) // 8)
    areas = (struct.unpack_from("<HHHH", content, 2 + 8 * number) for number in range(count))
    return [MergedRange(top + 1, left + 1, bottom + 1, right + 1) for top, bottom, left, right in areas]


class _Strings:
    """The shared strings: one long table, cut into records wherever one was full, even within a string."""

    def __init__(self, parts: list[bytes]) -> None:
        self.data = b"".join(parts)
        ends = [0]
        for part in parts:
            ends.append(ends[-1] + len(part))
        self.ends = ends[1:]
        self.at = 8

    def all(self) -> Iterator[str]:
        # The counts at the table's head are wrong in real files: what is there is read.
        while self.at + 3 <= len(self.data):
            yield self._one()

    def _one(self) -> str:
        length, flags = struct.unpack_from("<HB", self.data, self.at)
        self.at += 3
        runs = extra = 0
        if flags & 8:
            runs = self._take("<H", 2)
        if flags & 4:
            extra = self._take("<I", 4)
        text = "".join(self._characters(length, flags & 1))
        self.at += runs * 4 + extra
        return text

    def _take(self, shape: str, size: int) -> int:
        self.at += size
        return int(struct.unpack_from(shape, self.data, self.at - size)[0])

    def _characters(self, length: int, wide: int) -> Iterator[str]:
        """Yield the pieces of a string; each new record says again how wide its letters are."""
        while length and self.at < len(self.data):
            end = self.ends[bisect_right(self.ends, self.at)]
            count = min(length, (end - self.at) // (2 if wide else 1))
            piece = self.data[self.at : self.at + count * (2 if wide else 1)]
            yield piece.decode("utf-16-le", "replace") if wide else piece.decode("latin-1")
            length -= count
            self.at += len(piece)
            if length:
                self.at = end
                wide = self.data[end] & 1 if end < len(self.data) else 0
                self.at += 1
