"""Does the history that people read tell what the chain tells: the part of `manage.py verify_audit` about its tables.

A history table refuses update and delete, but not to a superuser who has switched triggers off. Every act that changes
a watched row writes one history row of it, in the same order (`accounts.history`), so the two can be laid beside each
other. All rows of a table are compared in one statement; of those whose two stories differ it is then asked, entry by
entry, what is missing, changed or put in. A change past the application, without an actor, has no history row. What is
sealed is compared by what it says: a new key (`manage.py reseal`) changes no history. What an entry holds under a key
that was taken away since is compared with nothing.
"""

import datetime
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.utils.timezone import localdate

from accounts.audit_chain import ROWS_AT_A_TIME, Fault, Watched
from accounts.resealing import sealed_columns
from accounts.sealed import SealBroken, unseal
from accounts.veiled import SALT

_LOST: Final = object()
"""Of an entry: what was written under a key that is not at hand."""
_OF_HISTORY_ALONE = (
    *("history_id", "history_date", "history_change_reason", "history_type", "history_user_id"),
    *("acting_role", "source", "window_id", "request_id"),
)
# The two clocks are the database's and the web server's, and a history row is written after what it tells of.
_APART_AT_MOST = datetime.timedelta(hours=1)

_COLUMNS = """
SELECT c.relname, array_agg(a.attname::text) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY(%s) AND a.attnum > 0 AND NOT a.attisdropped
GROUP BY c.relname
"""
_TOLD = """
SELECT e.row_id, e.seq, e.at, e.action, e.actor, e.role, e.source, {under} AS request,
    coalesce(e.new, e.old) AS row{more} FROM accounts_auditentry e WHERE e.table_name = %(name)s
"""
_HELD = """
SELECT h.{key}::text AS row_id, h.history_id, h.history_date AS at, translate(h.history_type, '+~-', 'IUD') AS action,
    coalesce(u.username, 'system') AS actor, h.acting_role AS role, h.source, {request} AS request,
    (SELECT to_jsonb(compared) FROM (SELECT {columns}) AS compared) AS row
FROM {history} h LEFT JOIN accounts_user u ON u.id = h.history_user_id
"""
_ROWS_OUT_OF_STEP = """
SELECT DISTINCT row_id FROM (
    SELECT *, row_number() OVER (PARTITION BY row_id ORDER BY seq) AS n FROM ({told} AND e.action <> 'S') AS entries
) AS told FULL JOIN (
    SELECT *, row_number() OVER (PARTITION BY row_id ORDER BY history_id) AS n FROM ({held}) AS kept
) AS held USING (row_id, n)
WHERE told.seq IS NULL OR held.history_id IS NULL OR NOT told.row @> held.row
    OR (told.action, told.role, told.source) <> (held.action, held.role, held.source)
    OR told.actor NOT IN (held.actor, '') OR told.request IS DISTINCT FROM held.request
    OR %(is_one_time)s AND abs(extract(epoch FROM told.at - held.at)) > %(most)s
"""


@dataclass(frozen=True, slots=True)
class _Step:
    """A change of a row, as an entry of the chain (`number` is its seq) or a history row (its history_id) has it."""

    number: int
    at: datetime.datetime
    action: str
    actor: str
    role: str
    source: str
    request: str | None
    row: dict[str, Any]


def history_out_of_step(watched: Watched) -> Iterator[Fault]:
    """History rows that are missing, differ from the chain, or are not in it: changed while the guard was off."""
    history = _history_of(watched.table)
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [[watched.table, history]])
        columns = {table: set(names) for table, names in cursor.fetchall()}
    if history in columns:
        yield from _Comparison(watched, history, columns[watched.table], columns[history]).faults()


def _history_of(table: str) -> str:
    app, _underline, name = table.partition("_")
    return f"{app}_historical{name}"


class _Comparison:
    """One table's history beside its entries."""

    def __init__(self, watched: Watched, history: str, columns: set[str], kept: set[str]) -> None:
        quote = connection.ops.quote_name
        self._history = history
        self._sealed = frozenset(sealed_columns().get(watched.table, ("", {}))[1])
        # A column that only one of the two has now is no evidence; one of that name in both is the history's own.
        # A salt says nothing, and of a row written while a new version came its history may have another one.
        apart = {*watched.masked, *watched.left_out, *_OF_HISTORY_ALONE, SALT}
        # What is part of a request has a `request_id` of its own, in its history too: not the one of the act.
        is_of_a_request = "request_id" in columns
        apart -= {"request_id"} if is_of_a_request else set()
        self._compared = sorted((kept & columns) - apart)
        names = ", ".join(f"h.{quote(name)}" for name in self._compared)
        request = "NULL::text" if is_of_a_request else "h.request_id::text"
        self._held = _HELD.format(
            key=quote(watched.key), history=quote(history), columns=names, request=request
        )
        self._under = "NULL::text" if is_of_a_request else "substring(e.under FROM '^request:(.*)')"
        self._of_rows = f"WHERE h.{quote(watched.key)}::text = ANY(%(rows)s) ORDER BY history_id"
        self._leaves_out = bool(watched.left_out or watched.masked)
        # Chain and history tell one time where time does not travel (accounts.clock).
        self._is_one_time = settings.MODE == "production"
        self._names: dict[str, Any] = {
            "name": watched.table,
            "is_one_time": self._is_one_time,
            "most": _APART_AT_MOST.total_seconds(),
        }

    def faults(self) -> Iterator[Fault]:
        statement = _ROWS_OUT_OF_STEP.format(told=_TOLD.format(more="", under=self._under), held=self._held)
        rows = [row for (row,) in self._fetch(statement)]
        for start in range(0, len(rows), ROWS_AT_A_TIME):
            some = rows[start : start + ROWS_AT_A_TIME]
            told, held = self._told(some), self._kept(some)
            for row in some:
                for fault in self._of_row(told[row], held[row]):
                    yield replace(fault, table=self._history, row=row)

    def _told(self, rows: list[str]) -> dict[str, list[tuple[_Step, bool]]]:
        """By row, its entries, and whether each must have a history row."""
        found: dict[str, list[tuple[_Step, bool]]] = defaultdict(list)
        statement = (
            _TOLD.format(more=", e.old, e.new", under=self._under)
            + "AND e.row_id = ANY(%(rows)s) ORDER BY seq"
        )
        for row, *values, old, new in self._fetch(statement, rows=rows):
            step = replace(_Step(*values), row=self._told_by(values[-1]))
            found[row].append((step, step.action != "S" and step.actor != "" and self._differ(old, new)))
        return found

    def _differ(self, old: str | None, new: str | None) -> bool:
        """Whether anything that history keeps has changed; a password alone, for one, is not kept."""
        if old is None or new is None:
            return True
        before, now = self._told_by(old), self._told_by(new)
        return any(_is_apart(before.get(name), now.get(name)) for name in self._compared)

    def _kept(self, rows: list[str]) -> dict[str, list[_Step]]:
        found: dict[str, list[_Step]] = defaultdict(list)
        for row, *values in self._fetch(self._held + self._of_rows, rows=rows):
            found[row].append(replace(_Step(*values), row=self._read(values[-1])))
        return found

    def _told_by(self, row: str) -> dict[str, Any]:
        """The row of an entry, which comes as text."""
        return self._read(row, where_it_stays_shut=_LOST)

    def _read(self, row: str, *, where_it_stays_shut: Any = None) -> dict[str, Any]:
        """A row, which comes as text, what is sealed in it opened where a key is there; otherwise as said, or as it is.

        Nothing is nothing: NULL in an entry from before its column was veiled, "" since.
        """
        values: dict[str, Any] = json.loads(row)
        for column in self._sealed & values.keys():
            values[column] = _opened(values[column], column, where_it_stays_shut) or ""
        return values

    def _fetch(self, statement: str, **names: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, self._names | names)
            return cursor.fetchall()

    def _of_row(self, told: list[tuple[_Step, bool]], held: list[_Step]) -> Iterator[Fault]:
        """Walks along both: history rows that fit an entry are pegs, what lies between two pegs is at fault."""
        if told and told[0][0].action == "S":
            # Older than the watch over its table.
            held = [step for step in held if step.at > told[0][0].at]
        begin, loose = 0, list[_Step]()
        for step in held:
            peg = next((n for n in range(begin, len(told)) if not self._differences(told[n][0], step)), None)
            if peg is None:
                loose += [] if begin and self._is_untold(told[begin - 1][0], step) else [step]
            else:
                yield from self._between(told[begin:peg], loose)
                begin, loose = peg + 1, []
        yield from self._between(told[begin:], loose)

    def _is_untold(self, entry: _Step, step: _Step) -> bool:
        """Whether something was done that no column tells of that the chain tells: some of this table it leaves out."""
        return self._leaves_out and step.action == "U" and not _columns_apart(entry, step)

    def _between(self, told: list[tuple[_Step, bool]], held: list[_Step]) -> Iterator[Fault]:
        missed = [step for step, needs_history in told if needs_history]
        for entry, step in zip_longest(missed, held):
            if entry is None:
                what = f"dòng lịch sử {step.number} không có trong nhật kí"
                yield Fault(what, day=localdate(step.at), actor=step.actor)
            elif step is None:
                yield Fault(
                    "dòng lịch sử của lần ghi này đã bị xoá",
                    entry.number,
                    day=localdate(entry.at),
                    actor=entry.actor,
                )
            else:
                names = ", ".join(self._differences(entry, step))
                what = f"dòng lịch sử {step.number} khác với dòng nhật kí ở: {names}"
                yield Fault(what, entry.number, day=localdate(entry.at), actor=entry.actor)

    def _differences(self, entry: _Step, step: _Step) -> list[str]:
        """What the two tell differently: columns, then words for the circumstances."""
        differ = {
            "loại thay đổi": entry.action != step.action,
            "người ghi": entry.actor not in (step.actor, ""),
            "vai trò": entry.role != step.role,
            "đường ghi": entry.source != step.source,
            "phiếu đề nghị": entry.request != step.request,
            "thời điểm": self._is_one_time and abs(entry.at - step.at) > _APART_AT_MOST,
        }
        return _columns_apart(entry, step) + [word for word, is_so in differ.items() if is_so]


def _opened(stored: Any, column: str, where_it_stays_shut: Any) -> Any:
    try:
        return unseal(stored, column) if isinstance(stored, str) else stored
    except SealBroken:
        return where_it_stays_shut or stored


def _columns_apart(entry: _Step, step: _Step) -> list[str]:
    return sorted(
        name for name in step.row if name in entry.row and _is_apart(entry.row[name], step.row[name])
    )


def _is_apart(one: Any, other: Any) -> bool:
    return _LOST not in (one, other) and one != other
