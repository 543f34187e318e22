"""What a workbook must pass before it is parsed: kind, size, archive and XML traps (issue 4 part 3).

A workbook is a zip of XML parts. Everything here streams: no part is ever held expanded, and the limits
are checked against what the archive declares (zipfile reads no byte more than is declared).
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from openpyxl.utils import exceptions as openpyxl_exceptions

from students.file_kinds import ENCRYPTED, WorkbookRefused, refuse_other_archive, refuse_other_kind

MAX_FILE = 10 * 1024 * 1024
MAX_EXPANDED = 100 * 1024 * 1024
MAX_XML = 40 * 1024 * 1024
MAX_ENTRIES = 2_000
RATIO_CHECKED_FROM = 5 * 1024 * 1024
MAX_RATIO = 150
MAX_ELEMENTS = 1_500_000
MAX_DEPTH = 100
MAX_MARKUP = 1024 * 1024
MAX_SHEETS = 100
MAX_ROWS = 20_000
MAX_COLUMNS = 300
LAST_EXCEL_ROW = 1_048_576
MAX_FACTS = 20_000
CHUNK = 64 * 1024

BROKEN_FILE = (
    "Tệp bị hỏng, không đọc được. Hãy mở tệp bằng Excel, chọn «Lưu thành» (Save As) dạng .xlsx, "
    "rồi tải lên lại."
)
BOMB = (
    "Tệp nén quá nhiều dữ liệu hoặc quá nhiều phần so với kích thước của nó nên không được đọc, "
    "để giữ an toàn cho hệ thống. Hãy sao chép riêng bảng danh sách sang một tệp .xlsx mới rồi tải lên."
)
TOO_MUCH = (
    "Tệp chứa quá nhiều dữ liệu. Hãy chỉ giữ bảng danh sách, xoá các trang và vùng thừa "
    "(cả các ô trống đã định dạng), hoặc tách thành nhiều tệp."
)
HAS_DTD = (
    "Tệp có khai báo DTD trong XML, điều mà Excel không bao giờ ghi, nên bị từ chối. "
    "Hãy mở tệp bằng Excel và lưu lại dưới dạng .xlsx."
)

# What zipfile, expat and openpyxl raise on broken content. openpyxl checks little, so that a damaged
# part surfaces as almost any of these; each means the same to the clerk, who must get an answer, not an error page.
BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    expat.ExpatError,
    struct.error,
    openpyxl_exceptions.CellCoordinatesException,
    openpyxl_exceptions.IllegalCharacterError,
    openpyxl_exceptions.InvalidFileException,
    openpyxl_exceptions.NamedRangeException,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
)

CELL_NAME = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
STRICT = "http://purl.oclc.org/ooxml/"
TRANSITIONAL = "http://schemas.openxmlformats.org/"
STRICT_NAMES = tuple(
    ((STRICT + strict).encode(), (TRANSITIONAL + transitional).encode())
    for strict, transitional in (
        ("spreadsheetml/main", "spreadsheetml/2006/main"),
        ("officeDocument/relationships", "officeDocument/2006/relationships"),
        ("officeDocument/extendedProperties", "officeDocument/2006/extended-properties"),
        ("officeDocument/customProperties", "officeDocument/2006/custom-properties"),
        ("officeDocument/docPropsVTypes", "officeDocument/2006/docPropsVTypes"),
        ("drawingml/main", "drawingml/2006/main"),
    )
)


@dataclass(frozen=True, slots=True)
class MergedRange:
    """A merged area, rows and columns counted from 1, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(slots=True)
class SheetFacts:
    """What the XML of a sheet holds and openpyxl does not report when it streams.

    last_row and last_column bound the cells that hold a value: sheets are often formatted far beyond.
    """

    merged: list[MergedRange] = field(default_factory=list)
    uncalculated: list[tuple[int, int]] = field(default_factory=list)
    last_row: int = 0
    last_column: int = 0


def checked_package(data: bytes, name: str) -> tuple[bytes, dict[str, SheetFacts]]:
    """Return the package, in transitional namespaces, and the facts of each sheet by part name.

    Raises WorkbookRefused for everything that is not a harmless .xlsx within the limits.
    """
    refuse_other_kind(data, name)
    check_size(data)
    if data.count(b"PK\x01\x02") > MAX_ENTRIES:
        raise WorkbookRefused(BOMB)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_entries(archive.infolist(), len(data))
            refuse_other_archive(archive, name)
            return _scanned(archive, data)
    except WorkbookRefused:
        raise
    except BROKEN as error:
        raise WorkbookRefused(BROKEN_FILE) from error


def check_size(data: bytes) -> None:
    """Raises WorkbookRefused for a file of more than MAX_FILE."""
    if len(data) > MAX_FILE:
        raise WorkbookRefused(too_large(len(data)))


def too_large(size: int) -> str:
    """What is said of a file of `size` bytes, more than MAX_FILE."""
    return (
        f"Tệp quá lớn ({size / 1024 / 1024:.1f} MB)".replace(".", ",")
        + f"; nhiều nhất {MAX_FILE // 1024 // 1024} MB. Hãy bỏ ảnh và các trang thừa, hoặc tách thành nhiều tệp."
    )


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    names = [entry.filename.lower() for entry in entries]
    if len(names) > len(set(names)) or any(_is_outside(entry.orig_filename) for entry in entries):
        raise WorkbookRefused(BROKEN_FILE)
    if any(entry.flag_bits & 1 for entry in entries):
        raise WorkbookRefused(ENCRYPTED)
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise WorkbookRefused(BROKEN_FILE)
    expanded = sum(entry.file_size for entry in entries)
    if expanded > MAX_EXPANDED or (expanded > RATIO_CHECKED_FROM and expanded > MAX_RATIO * size):
        raise WorkbookRefused(BOMB)
    if sum(entry.file_size for entry in entries if _is_xml(entry)) > MAX_XML:
        raise WorkbookRefused(TOO_MUCH)


def _is_outside(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ".." in name.split("/")


def _is_xml(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.lower().endswith((".xml", ".rels"))


def _scanned(archive: zipfile.ZipFile, data: bytes) -> tuple[bytes, dict[str, SheetFacts]]:
    scan = _Scan()
    for entry in archive.infolist():
        if _is_xml(entry):
            scan.part(entry.filename, archive)
    return (_transitional(archive) if scan.is_strict else data), scan.sheets


class _Scan:
    """One pass over the XML parts, with the sums that the limits are about."""

    def __init__(self) -> None:
        self.sheets: dict[str, SheetFacts] = {}
        self.is_strict = False
        self._elements = 0

    def part(self, name: str, archive: zipfile.ZipFile) -> None:
        """Scan one part: well-formed, without DTD, not too deep, long or large."""
        self._facts: SheetFacts | None = None
        self._name = name
        self._depth = self._row = self._column = 0
        self._has_formula = self._has_value = False
        parser = self._parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._refuse_dtd
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        with archive.open(name) as stream:
            for chunk in _chunks(stream):
                parser.Parse(chunk, False)
        parser.Parse(b"", True)

    def _refuse_dtd(self, *_declaration: object) -> None:
        raise WorkbookRefused(HAS_DTD)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        self._depth += 1
        if self._elements > MAX_ELEMENTS or self._depth > MAX_DEPTH:
            raise WorkbookRefused(TOO_MUCH)
        namespace, _, local = tag.rpartition(" ")
        if self._depth == 1:
            self._start_root(namespace, local)
        elif self._facts is not None:
            self._start_in_sheet(self._facts, local, attributes)

    def _start_root(self, namespace: str, local: str) -> None:
        self.is_strict = self.is_strict or namespace.startswith(STRICT + "spreadsheetml")
        if local == "worksheet":
            self._facts = self.sheets[self._name] = SheetFacts()

    def _start_in_sheet(self, facts: SheetFacts, local: str, attributes: dict[str, str]) -> None:
        if local == "c":
            self._start_cell(attributes.get("r", ""))
        elif local == "row":
            self._start_row(attributes.get("r", ""))
        elif local in ("v", "is"):
            self._has_value = not self._has_formula
            if self._has_formula:
                # <f>…</f><v/> is a formula not yet calculated: only text in <v> makes it a value.
                self._parser.CharacterDataHandler = self._calculated
            self._extend(facts)
        elif local == "f":
            self._has_formula = True
        elif local == "mergeCell" and len(facts.merged) < MAX_FACTS:
            facts.merged.append(_merged_range(attributes.get("ref", "")))

    def _extend(self, facts: SheetFacts) -> None:
        if self._row > MAX_ROWS:
            raise WorkbookRefused(
                f"Hàng {self._row} còn có dữ liệu; mỗi trang nhiều nhất {MAX_ROWS} hàng. "
                "Hãy xoá các hàng thừa hoặc tách thành nhiều tệp."
            )
        if self._column > MAX_COLUMNS:
            raise WorkbookRefused(
                f"Hàng {self._row} có dữ liệu quá cột thứ {MAX_COLUMNS}. Hãy xoá các cột thừa rồi tải lên lại."
            )
        facts.last_row = self._row
        facts.last_column = max(facts.last_column, self._column)

    def _start_row(self, number: str) -> None:
        row = int(number) if number else self._row + 1
        if not self._row < row <= LAST_EXCEL_ROW:
            raise WorkbookRefused(BROKEN_FILE)
        self._row = row
        self._column = 0

    def _start_cell(self, name: str) -> None:
        self._has_formula = self._has_value = False
        if not name:
            self._column += 1
            return
        row, self._column = _position(name)
        if row != self._row:
            raise WorkbookRefused(BROKEN_FILE)

    def _calculated(self, _text: str) -> None:
        self._has_value = True

    def _end(self, tag: str) -> None:
        self._depth -= 1
        facts = self._facts
        if facts is None or not self._has_formula or not tag.endswith(" c"):
            return
        self._parser.CharacterDataHandler = None
        if not self._has_value and len(facts.uncalculated) < MAX_FACTS:
            facts.uncalculated.append((self._row, self._column))
        self._has_formula = False


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the part piece by piece; a single tag or text above MAX_MARKUP is refused before it is built."""
    without_end = 0
    while chunk := stream.read(CHUNK):
        without_end = 0 if b">" in chunk else without_end + len(chunk)
        if without_end > MAX_MARKUP:
            raise WorkbookRefused(TOO_MUCH)
        yield chunk


def _position(name: str) -> tuple[int, int]:
    """Return (row, column) of "AB12". Raises ValueError when it is no cell name."""
    match = CELL_NAME.fullmatch(name)
    if match is None:
        raise ValueError(name)
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column


def _merged_range(reference: str) -> MergedRange:
    first, _, last = reference.partition(":")
    return MergedRange(*_position(first), *_position(last or first))


def _transitional(archive: zipfile.ZipFile) -> bytes:
    """Return the package with the namespaces of Strict OOXML renamed: openpyxl sees no sheet in Strict files."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
        for entry in archive.infolist():
            if not _is_xml(entry):
                continue
            content = archive.read(entry)
            for strict, transitional in STRICT_NAMES:
                content = content.replace(strict, transitional)
            copy.writestr(entry.filename, content)
    return output.getvalue()
