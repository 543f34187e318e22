"""Is the audit chain whole, and do the tables still hold what it tells: what `manage.py verify_audit` asks.

Whoever has the owner's rights can switch triggers off, change, delete, and switch them on again. What that leaves
behind is found here and located: a link that does not follow from the one before, numbers that are missing, a head that
does not fit, a row that differs from its newest entry or has none, a guard that is off. A chain that was computed anew
from some link on fits in itself: it no longer holds the heads that were printed on paper (`is_in_chain`).
"""

import datetime
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.timezone import localdate

from accounts.models import AuditEntry, AuditHead

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BITS_OF_A_CODE = 60
ROWS_AT_A_TIME = 2000

_ROWS_OUT_OF_STEP = """
SELECT coalesce(told.row_id, held.row_id), told.seq, told.at, told.action, told.new, held.row FROM (
    SELECT e.row_id, e.seq, e.at, e.action, e.new FROM accounts_auditentry e JOIN (
        SELECT max(seq) AS seq FROM accounts_auditentry WHERE table_name = %(name)s GROUP BY row_id
    ) AS newest USING (seq)
) AS told
FULL JOIN (
    SELECT t.{key}::text AS row_id, {told} AS row FROM {table} t
) AS held USING (row_id)
WHERE told.row_id IS NULL OR (told.action = 'D') = (held.row_id IS NOT NULL) OR told.new IS DISTINCT FROM held.row
"""
_GUARDS_OFF = """
SELECT c.relname, string_agg(t.tgname, ', ' ORDER BY t.tgname) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgname IN ('audit_insert', 'audit_update', 'audit_delete', 'history_keep') AND t.tgenabled NOT IN ('O', 'A')
GROUP BY c.relname ORDER BY c.relname
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not fit, and where: `seq` is the entry's number or 0, `day` that of the entry at the school (R97)."""

    what: str
    seq: int = 0
    table: str = ""
    row: str = ""
    day: datetime.date | None = None
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Watched:
    """A watched table, as its triggers have it."""

    table: str
    key: str
    left_out: list[str]
    masked: list[str]


# -- The head, as it stands on paper -----------------------------------------------------------------------


def head_code() -> str:
    """The newest link as printed on books: "104233-7K3M-9QXD-2F5B", its number and 60 bits of its hash."""
    head = AuditHead.objects.get(pk=1)
    return code_of(head.seq, bytes(head.hash))


def code_of(seq: int, link: bytes) -> str:
    number = int.from_bytes(link[: _BITS_OF_A_CODE // 8 + 1].ljust(8, b"\0"), "big") >> 64 - _BITS_OF_A_CODE
    letters = "".join(_LETTERS[number >> shift & 31] for shift in range(_BITS_OF_A_CODE - 5, -1, -5))
    return "-".join([str(seq), letters[:4], letters[4:8], letters[8:]])


def is_in_chain(code: str) -> bool:
    """Whether the chain still holds the link that was its head when a book was printed. One statement."""
    return bool(in_chain([code]))


def in_chain(codes: Iterable[str]) -> set[str]:
    """Those of the codes of which `is_in_chain` is true. One statement, whatever their number."""
    numbers = {code: number for code in codes if (number := _number_of(code)) is not None}
    entries = AuditEntry.objects.filter(seq__in=numbers.values()).only("hash")
    known = {entry.seq: code_of(entry.seq, bytes(entry.hash)) for entry in entries}
    known[0] = code_of(0, b"")
    return {code for code, number in numbers.items() if known.get(number) == code.strip().upper()}


def _number_of(code: str) -> int | None:
    """None where it cannot be one of ours."""
    number, _dash, _letters = code.strip().partition("-")
    return int(number) if number.isascii() and number.isdigit() and len(number) <= 18 else None


# -- The chain ---------------------------------------------------------------------------------------------


def broken_links() -> Iterator[Fault]:
    """Where the chain does not hold, in its order; one walk along it, then an entry's own line for each fault."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, before FROM audit_broken_links()")
        breaks = cursor.fetchall()
    for seq, before in breaks:
        entry = AuditEntry.objects.get(seq=seq)
        if seq > before + 1:
            last = AuditEntry.objects.filter(seq=before).first()
            since = f"sau {_day(last)} " if last else ""
            yield _of(entry, f"{_lines(before + 1, seq - 1)} đã bị xoá, {since}đến trước {_day(entry)}")
        else:
            yield _of(entry, f"dòng {seq} đã bị sửa hoặc chèn vào (hoặc mã của dòng {before} ngay trước)")
    yield from _head_faults()


def _head_faults() -> Iterator[Fault]:
    head = AuditHead.objects.filter(pk=1).first()
    last = AuditEntry.objects.order_by("-seq").first()
    last_seq = last.seq if last else 0
    if head is None:
        yield Fault("đầu chuỗi đã bị xoá", table="accounts_audithead")
    elif head.seq > last_seq:
        since = f", sau {_day(last)}" if last else ""
        yield Fault(f"{_lines(last_seq + 1, head.seq)} ở cuối chuỗi đã bị xoá{since}", seq=last_seq + 1)
    elif last is not None and head.seq < last_seq:
        yield _of(last, f"{_lines(head.seq + 1, last_seq)} đã bị chèn vào sau đầu chuỗi")
    elif last is not None and bytes(head.hash) != bytes(last.hash):
        yield _of(last, "đầu chuỗi không khớp với dòng cuối")


def _lines(first: int, last: int) -> str:
    return f"dòng {first}" if first == last else f"{last - first + 1} dòng, từ {first} đến {last},"


def _day(entry: AuditEntry | None) -> str:
    return f"{localdate(entry.at):%d/%m/%Y}" if entry else ""


def _of(entry: AuditEntry, what: str) -> Fault:
    return Fault(what, entry.seq, entry.table_name, entry.row_id, localdate(entry.at), entry.actor)


# -- The tables against the chain --------------------------------------------------------------------------


def watched_tables() -> list[Watched]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, key, left_out, masked FROM audit_watched()"
            " JOIN pg_class ON oid = watched ORDER BY relname"
        )
        return [Watched(*row) for row in cursor.fetchall()]


def guards_off() -> Iterator[Fault]:
    """Triggers of watching and keeping that somebody has switched off."""
    with connection.cursor() as cursor:
        cursor.execute(_GUARDS_OFF)
        for table, triggers in cursor.fetchall():
            yield Fault(f"chốt bảo vệ đang bị tắt: {triggers}", table=table)


def rows_out_of_step(watched: Watched) -> Iterator[Fault]:
    """Rows of a table that differ from their newest entry, or have none: changed while the trigger was off.

    Columns that the entry does not know, or the table no longer has, came or went with a new version.
    """
    quote = connection.ops.quote_name
    # As a rule all is told: then without a call that would copy each row once more.
    told = "audit_told(to_jsonb(t), %(left_out)s, %(masked)s)"
    if not watched.left_out and not watched.masked:
        told = "to_jsonb(t)"
    statement = _ROWS_OUT_OF_STEP.format(key=quote(watched.key), table=quote(watched.table), told=told)
    names: dict[str, Any] = {"name": watched.table, "left_out": watched.left_out, "masked": watched.masked}
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, names)
        while rows := cursor.fetchmany(ROWS_AT_A_TIME):
            for row, seq, at, action, *values in rows:
                what = _difference(action, *values)
                if what:
                    yield Fault(what, seq or 0, watched.table, row, localdate(at) if at else None)


def _difference(action: str | None, told: str | None, held: str | None) -> str:
    """How a row and its newest entry disagree, "" where they do not; `action` is None where there is no entry."""
    if action is None:
        return "có trong bảng mà không có trong nhật kí"
    if held is None:
        return "đã mất khỏi bảng mà nhật kí không ghi việc xoá"
    if action == "D":
        return "đã xoá theo nhật kí mà vẫn có trong bảng"
    before, now = json.loads(told or "{}"), json.loads(held)
    changed = sorted(name for name in before.keys() & now.keys() if before[name] != now[name])
    return f"khác với dòng nhật kí mới nhất ở: {', '.join(changed)}" if changed else ""
