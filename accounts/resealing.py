"""Sealed columns under another key: every value that is not sealed by the current one, in all tables, history too.

As the owner of the tables, with web and worker stopped: by a former key a pupil is read, but not looked up.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from django.apps import apps
from django.db import connection, transaction

from accounts.sealed import SealedField
from accounts.veiled import Veiled

ROWS_AT_A_TIME: Final = 2000
_KEPT: Final = (
    "SELECT 1 FROM pg_trigger WHERE tgname = 'history_keep' AND tgrelid = %s::regclass AND (tgtype & 16) > 0"
)
Anew: TypeAlias = Callable[[str | None], str | None]
"""Of what a column holds, how it stands by the current key; the same text where that has sealed it."""
SealedColumns: TypeAlias = Mapping[str, tuple[str, Mapping[str, Anew]]]
"""By table its key and its sealed columns."""


def sealed_columns() -> SealedColumns:
    """Those of all models; history tables are among them."""
    found = {}
    for model in apps.get_models():
        meta = model._meta  # noqa: SLF001 - Django's documented API
        columns = {
            str(field.column): field.sealed_anew
            for field in meta.concrete_fields
            if isinstance(field, SealedField | Veiled)
        }
        if columns and meta.pk is not None:
            found[meta.db_table] = (str(meta.pk.column), columns)
    return found


def reseal(tables: SealedColumns) -> int:
    """Seals anew, in one transaction, what another key has sealed; returns how many rows.

    Raises SealBroken where a value's key is not there; then nothing is written.
    """
    count = 0
    with transaction.atomic():
        for table, (key, columns) in tables.items():
            changed = list(_changed(table, key, columns))
            write_sealed(table, key, list(columns), changed)
            count += len(changed)
    return count


def write_sealed(table: str, key: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Writes `rows`, each its key and its columns as sealed; the chain notes it under «reseal».

    The guard of a history table is off for that statement alone: the values stay, only their seal is another.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.actor', 'system', true), set_config('app.role', 'Hệ thống', true),"
            " set_config('app.source', 'system', true), set_config('app.under', 'reseal', true)"
        )
        # What is still to be checked of earlier statements: a table with such checks pending takes no ALTER.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(_KEPT, [table])
        is_kept = cursor.fetchone() is not None
        if rows and is_kept:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER history_keep")
        for start in range(0, len(rows), ROWS_AT_A_TIME):
            _write(cursor, table, key, columns, rows[start : start + ROWS_AT_A_TIME])
        if rows and is_kept:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER history_keep")


def _changed(table: str, key: str, columns: Mapping[str, Anew]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key}, {', '.join(columns)} FROM {table} ORDER BY {key} FOR UPDATE")  # noqa: S608 - our own names
        for row_key, *stored in cursor.fetchall():
            anew = [seal_anew(value) for seal_anew, value in zip(columns.values(), stored, strict=True)]
            if anew != stored:
                yield row_key, *anew


def _write(
    cursor: Any, table: str, key: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    names = ", ".join(columns)
    values = ", ".join(f"anew.{column}" for column in columns)
    arrays = ", ".join(["%s::bigint[]", *["%s::text[]"] * len(columns)])
    cursor.execute(
        f"UPDATE {table} t SET ({names}) = ROW({values})"  # noqa: S608 - our own names
        f" FROM unnest({arrays}) AS anew ({key}, {names}) WHERE t.{key} = anew.{key}",
        [list(column) for column in zip(*rows, strict=True)],
    )
