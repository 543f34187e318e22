"""The archive of everything, written piece by piece: workbooks, lines of JSON, files, and a manifest that binds them.

At no time is more in memory than some thousand rows of one table. Whoever calls it does so in a transaction that sees
one moment (`reports.archives`), so that workbooks and lines say the same.
"""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from accounts import audit_chain
from accounts.clock import moment_label
from accounts.tables import Page, write_book
from accounts.words import grouped
from gradebook.models import ENTRY_PERIODS
from reports.archive_rows import Names, Readable, json_lines, read_names, readable
from reports.archive_tables import (
    BOOKS,
    DRAWN_FILES,
    FILES,
    LEFT_OUT,
    ONLY_JSON,
    RESULTS,
    SECRETS,
    Book,
    Sheet,
    history_books,
    label_of,
    model_of,
    tables_in,
)
from students.models import SchoolYear

FORMAT: Final = "kimdong-goi-du-lieu/1"
MANIFEST: Final = "manifest.json"
READ_FIRST: Final = "DOC-TRUOC.txt"
MOST_ROWS: Final = 1_000_000
"""Of one sheet; Excel takes 1,048,576. What is more goes on in another."""
WHOLE: Final = 1000
"""`told` hears how far it is in thousandths."""
_BLOCK: Final = 1 << 20
_SHEET_WEIGHT: Final = 6
"""A row of a workbook takes as long as so many lines of JSON (measured on the demo school)."""
_HEARD_EVERY: Final = 2000
Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Written:
    """How many tables and rows are in the archive."""

    tables: int
    rows: int


def write_archive(target: Path, *, made_by: str, made_at: Any, told: Told) -> Written:
    """Writes the ZIP at `target`. `made_by`: words; `told` hears every few thousand rows how far it is, and may raise.

    Two statements a table, two a period and year of results, ten more: independent of the number of rows.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        return _Archive(packed, target.parent, made_by, made_at, told).write()


@dataclass(slots=True)
class _Archive:
    packed: zipfile.ZipFile
    folder: Path
    made_by: str
    made_at: Any
    told: Told
    total: float = 1.0
    done: int = 0
    tables: list[dict[str, Any]] = field(default_factory=list)
    books: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)

    def write(self) -> Written:
        self.total = _expected()
        for model in tables_in():
            self._table(model)
        names = read_names()
        for book in (*BOOKS, *history_books()):
            self._book(book, _sheets_of(book, names))
        for year in SchoolYear.objects.order_by("year"):
            book = Book(f"06-ket-qua-{year.pk}", f"Kết quả năm học {year.label}", ())
            self._book(book, _result_sheets(year, names))
        for label in FILES:
            self._files_of(label)
        manifest = json.dumps(self._manifest(), ensure_ascii=False, indent=1)
        self.packed.writestr(READ_FIRST, self._read_first())
        self.packed.writestr(MANIFEST, manifest)
        return Written(len(self.tables), sum(table["so_dong"] for table in self.tables))

    def _counted(self, rows: Iterable[Any], weight: int) -> Iterator[Any]:
        """Says how far it is before the first and every few thousand of them; the whole is only expected."""
        for number, row in enumerate(rows):
            if number % _HEARD_EVERY == 0:
                self.told(min(round(WHOLE * self.done / self.total), WHOLE - 1))
            self.done += weight
            yield row

    def _table(self, model: Any) -> None:
        name = f"json/{model._meta.db_table}.jsonl"  # noqa: SLF001 - Django's documented API
        rows = 0
        with _Member(self.packed, name) as (out, digest), closing(json_lines(model)) as lines:
            for line in self._counted(lines, 1):
                out.write(line)
                digest.update(line)
                rows += 1
        self.tables.append(
            {
                "bang": model._meta.db_table,  # noqa: SLF001 - as above
                "model": label_of(model),
                "tep": name,
                "so_dong": rows,
                "sha256": digest.hexdigest(),
            }
        )

    def _book(self, book: Book, sheets: Iterable[tuple[str, Readable]]) -> None:
        """Written to a file beside the archive first: a workbook is a ZIP of its own."""
        counts: dict[str, int] = {}
        with (
            tempfile.NamedTemporaryFile(dir=self.folder, suffix=".draft") as draft,
            closing(self._pages(sheets, counts, (book.title, self._taken()))) as pages,
        ):
            write_book(pages, draft)
            draft.flush()
            name = f"excel/{book.file}.xlsx"
            digest = self._pack(draft.name, name)
        self.books.append({"tep": name, "ten": book.title, "trang": counts, "sha256": digest})

    def _pages(
        self, sheets: Iterable[tuple[str, Readable]], counts: dict[str, int], above: tuple[str, ...]
    ) -> Generator[Page, None, None]:
        """Each sheet as a page, or as several where it has more rows than one takes; `counts` is filled on the way."""
        for title, found in sheets:
            counts[title] = 0
            with closing(found.rows):
                rows = self._counted(_tallied(found.rows, counts, title), _SHEET_WEIGHT)
                part, first = 1, next(rows, None)
                while part == 1 or first is not None:
                    name = title if part == 1 else f"{title} ({part})"
                    beginning = [] if first is None else [first]
                    page_rows = islice(chain(beginning, rows), MOST_ROWS)
                    yield Page(name, found.headings, page_rows, above=above, is_plain=True)
                    part, first = part + 1, next(rows, None)

    def _files_of(self, label: str) -> None:
        model_label, _dot, column = label.rpartition(".")
        model = model_of(model_label)
        rows = model._base_manager.exclude(**{column: ""}).order_by("pk")  # noqa: SLF001 - as above
        for name in rows.values_list(column, flat=True).iterator(chunk_size=2000):
            if not name:
                continue
            known = {"tep": f"tep/{name}", "loai": FILES[label]}
            if default_storage.exists(name):
                self.files.append({**known, "sha256": self._pack(default_storage.path(name), known["tep"])})
            else:
                self.files.append({**known, "khong_con": True})

    def _pack(self, source: str, name: str) -> str:
        """A file into the archive, unpacked as it is; returns its SHA-256."""
        with (
            _Member(self.packed, name, zipfile.ZIP_STORED) as (out, digest),
            Path(source).open("rb") as content,
        ):
            while block := content.read(_BLOCK):
                out.write(block)
                digest.update(block)
        return digest.hexdigest()

    def _taken(self) -> str:
        return f"{self.made_by}, lúc {moment_label(self.made_at)}"

    def _manifest(self) -> dict[str, Any]:
        return {
            "dinhdang": FORMAT,
            "lap_luc": self.made_at.isoformat(),
            "nguoi_lap": self.made_by,
            "phan_mem": f"Kim Đồng {settings.VERSION}",
            "phien_ban_luoc_do": _latest_migrations(),
            "dau_nhat_ki": audit_chain.head_code(),
            "bang": self.tables,
            "excel": self.books,
            "tep": self.files,
            "chi_co_json": dict(ONLY_JSON),
            "khong_co_trong_goi": dict(LEFT_OUT),
            "cot_bi_mat_khong_co": dict(SECRETS),
            "tep_khong_co": dict(DRAWN_FILES),
        }

    def _read_first(self) -> str:
        rows = grouped(sum(table["so_dong"] for table in self.tables))
        return _READ_FIRST.format(
            school=_school_name(),
            taken=self._taken(),
            tables=len(self.tables),
            rows=rows,
            books=len(self.books),
            files=len(self.files),
        )


class _Member:
    """A member of the archive, open to be written, with the digest of what goes in."""

    def __init__(self, packed: zipfile.ZipFile, name: str, kind: int = zipfile.ZIP_DEFLATED) -> None:
        info = zipfile.ZipInfo(name)
        info.compress_type = kind
        self._out: IO[bytes] = packed.open(info, "w", force_zip64=True)
        self._digest = hashlib.sha256()

    def __enter__(self) -> tuple[IO[bytes], Any]:
        return self._out, self._digest

    def __exit__(self, *_problem: object) -> None:
        self._out.close()


def _sheets_of(book: Book, names: Names) -> Iterator[tuple[str, Readable]]:
    for sheet in book.sheets:
        yield sheet.title, readable(sheet, names)


def _result_sheets(year: SchoolYear, names: Names) -> Iterator[tuple[str, Readable]]:
    """A sheet for subjects and one for competencies and qualities at each period, in the order of the year."""
    titles = {"gradebook.SubjectResult": "Môn học", "gradebook.TraitResult": "NL, PC"}
    for period in ENTRY_PERIODS:
        for label, to_year in RESULTS.items():
            title = f"{titles[label]} {period.value}"
            yield title, readable(Sheet(title, label), names, **{to_year: year, "period": period.value})


def _tallied(rows: Iterable[Any], counts: dict[str, int], title: str) -> Iterator[Any]:
    for row in rows:
        counts[title] += 1
        yield row


def _expected() -> float:
    """The weight of all rows, as the database's own statistics guess their number. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, greatest(reltuples, 0) FROM pg_class WHERE relkind = 'r'")
        rows = dict(cursor.fetchall())
    shown = [model_of(sheet.model) for book in (*BOOKS, *history_books()) for sheet in book.sheets]
    shown += [model_of(label) for label in RESULTS]
    lines = sum(rows.get(model._meta.db_table, 0) for model in tables_in())  # noqa: SLF001 - as above
    cells = sum(rows.get(model._meta.db_table, 0) for model in shown)  # noqa: SLF001 - as above
    return float(max(1, lines + _SHEET_WEIGHT * cells))


def _latest_migrations() -> dict[str, str]:
    """By app. One statement."""
    applied = MigrationRecorder(connection).migration_qs.order_by("id")
    return dict(applied.values_list("app", "name"))


def _school_name() -> str:
    return SchoolYear.objects.order_by("-year").values_list("school_name", flat=True).first() or "Trường"


_READ_FIRST: Final = """\
TOÀN BỘ DỮ LIỆU CỦA {school}
{taken}

excel/   {books} tệp Excel để người đọc, mỗi tệp một nhóm việc; kết quả mỗi năm học một tệp, mỗi thời điểm một trang.
json/    {tables} bảng, {rows} dòng, mỗi dòng một bản ghi JSON đúng như lưu: để máy đọc, chuyển sang hệ thống khác.
tep/     {files} tệp đã nạp (minh chứng, văn bản, danh sách). Bản in PDF không có: in lại được từ dữ liệu.
manifest.json  mỗi bảng, mỗi tệp có bao nhiêu dòng, mã SHA-256; phiên bản lược đồ; đầu chuỗi nhật kí thay đổi;
               bảng nào, cột nào không có trong gói và vì sao (mật khẩu, khoá xác thực hai lớp, phiên đăng nhập).

Gói này có dữ liệu cá nhân của mọi học sinh và cán bộ. Cất nơi khoá được, không gửi qua thư điện tử hay mạng xã hội,
xoá khi không còn cần.
"""
