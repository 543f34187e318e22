"""What a database and its files hold, in numbers that two of them can be compared by.

Of each table how many rows and a sum over all their values, which no order of rows changes; the head of the audit
chain; how many files, and of a sample of them the SHA-256. Written down at the moment of the dump, it goes along in the
backup as `manifest.json`.
"""

import hashlib
import json
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from accounts.audit_chain import code_of
from accounts.backups import BOOKS_TRIED
from reports.whole_files import KEPT

FORMAT: Final = 1
FILES_TRIED: Final = 60
BOOKS: Final = "books"
"""Where the printed books lie (`reports.models.PrintJob.file`)."""
LEFT_OUT: Final = (KEPT,)
DRAFTS: Final = ".draft"
_RECORDED: Final = """
SELECT file, sha256 FROM approvals_evidence WHERE file = ANY(%(names)s)
UNION ALL SELECT file, sha256 FROM students_rosterupload WHERE file = ANY(%(names)s)
UNION ALL SELECT file, file_sha256 FROM approvals_documentversion WHERE file = ANY(%(names)s)
UNION ALL SELECT file, file_sha256 FROM approvals_announcement WHERE file = ANY(%(names)s)
"""
_BLOCK: Final = 1 << 20
PLACE: Final = ".backup"
"""Where dump and manifest lie for the moment, beside the folder of files; so they do in the backup."""
DUMP, MANIFEST = "database.dump", "manifest.json"
_TABLES: Final = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    " ORDER BY relname"
)
_OF_A_TABLE: Final = (
    "SELECT {name}, count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM {table} AS t"
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """`tables`: by name, rows and the sum over their values. `tried`: some files by their path below `folder`, each
    with its SHA-256. `software`: the version that made it; backups from before 1.0.0 do not say."""

    format: int
    made_at: str
    database: str
    server: str
    audit_code: str
    tables: dict[str, tuple[int, str]]
    folder: str
    files: int
    bytes: int
    tried: dict[str, str]
    software: str = ""

    @property
    def rows(self) -> int:
        return sum(rows for rows, _values in self.tables.values())

    def write(self, target: Path) -> None:
        target.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def read(cls, source: Path) -> "Manifest":
        """Raises OSError, ValueError, TypeError where it is none."""
        told = json.loads(source.read_text(encoding="utf-8"))
        return cls(
            **{**told, "tables": {name: (rows, values) for name, (rows, values) in told["tables"].items()}}
        )


def read_tables(reading: "psycopg.Connection[Any]") -> dict[str, tuple[int, str]]:
    """Two statements, in the transaction that is open; the sums do not depend on the session's settings."""
    reading.execute("SET LOCAL TimeZone = 'UTC'")
    reading.execute("SET LOCAL DateStyle = 'ISO'")
    names = [name for (name,) in reading.execute(_TABLES).fetchall()]
    if not names:
        return {}
    parts = [
        sql.SQL(_OF_A_TABLE).format(name=sql.Literal(name), table=sql.Identifier("public", name))
        for name in names
    ]
    found = reading.execute(sql.SQL(" UNION ALL ").join(parts)).fetchall()
    return {name: (rows, values) for name, rows, values in found}


def read_audit_code(reading: "psycopg.Connection[Any]") -> str:
    """As it is printed on books."""
    seq, link = reading.execute("SELECT seq, hash FROM accounts_audithead WHERE id = 1").fetchone()  # type: ignore[misc]
    return code_of(seq, bytes(link))


def differences(told: dict[str, tuple[int, str]], found: dict[str, tuple[int, str]]) -> list[str]:
    """In words, by table; none where both hold the same."""
    lines = []
    for name in sorted(told.keys() | found.keys()):
        if name not in found:
            lines.append(f"thiếu bảng {name}")
        elif name not in told:
            lines.append(f"thừa bảng {name}")
        elif told[name][0] != found[name][0]:
            lines.append(f"bảng {name} có {found[name][0]} dòng, lúc sao lưu có {told[name][0]} dòng")
        elif told[name][1] != found[name][1]:
            lines.append(f"bảng {name} có giá trị khác lúc sao lưu")
    return lines


@contextmanager
def workplace(place: Path) -> Iterator[Path]:
    """An empty folder that its owner alone may enter, gone at the end; what a killed worker left is gone before."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(mode=0o700, parents=True)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


# -- Files -------------------------------------------------------------------------------------------------


def files_in(folder: Path) -> Iterator[Path]:
    """Those that a backup holds: not what can always be made again, not what is being written."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and path.suffix != DRAFTS and inside.parts[0] not in LEFT_OUT:
            yield path


def sample_of(paths: Sequence[Path], folder: Path) -> dict[str, str]:
    """Of a number of files, drawn by chance, path below the folder and SHA-256; printed books among them."""
    chance = secrets.SystemRandom()
    books = [path for path in paths if path.relative_to(folder).parts[0] == BOOKS]
    drawn = chance.sample(books, min(BOOKS_TRIED, len(books)))
    others = sorted(set(paths) - set(drawn))
    drawn += chance.sample(others, min(FILES_TRIED - len(drawn), len(others)))
    found = {}
    for path in drawn:
        # Withdrawn since the folder was listed: a draft's evidence.
        with suppress(FileNotFoundError):
            found[str(path.relative_to(folder))] = sha256_of(path)
    return found


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as content:
        while block := content.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def file_faults(tried: dict[str, str], folder: Path) -> list[str]:
    """Which of the files are missing below the folder, or not what they were; in words."""
    faults = []
    for name, told in sorted(tried.items()):
        path = folder / name
        if not path.is_file():
            faults.append(f"thiếu tệp {name}")
        elif sha256_of(path) != told:
            faults.append(f"tệp {name} khác lúc sao lưu")
    return faults


def unlike_recorded(tried: dict[str, str], reading: "psycopg.Connection[Any]") -> list[str]:
    """Which of the files are not what the school took in: their rows kept the SHA-256 of that moment. One statement."""
    found = reading.execute(_RECORDED, {"names": list(tried)}).fetchall()
    return [
        f"tệp {name} không còn như lúc trường nhận" for name, told in sorted(found) if told != tried[name]
    ]
