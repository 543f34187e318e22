"""Results and their history, written in one statement, whether a row is new or changed.

`bulk_create` and `bulk_history_create` take four statements for a sheet that has both; a class saves while sixty
others do, and every statement is a way to the database and back.
"""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from accounts import clock
from accounts.history import trace_columns
from gradebook.models import SubjectResult, TraitResult

# The row's place, by which it is found; every other column is written.
_PLACE = {
    SubjectResult: ["line_id", "period", "student_id"],
    TraitResult: ["student_id", "year_id", "period", "item"],
}


def write_results(
    rows: Sequence[SubjectResult | TraitResult], *, window_id: int | None, why: str
) -> datetime.datetime | None:
    """Rows of one kind, each with its new `version`, 1 for the first; under the act under way.

    Returns when the last was written by the database's clock; None when there was nothing to write.
    """
    if not rows:
        return None
    model: Any = type(rows[0])
    columns = _columns(model)
    trace = trace_columns(why=why, window_id=window_id)
    with connection.cursor() as cursor:
        cursor.execute(
            _statement(model, columns, list(trace)),
            [[getattr(row, column) for row in rows] for column in columns] + list(trace.values()),
        )
        return clock.as_told(max(moment for (moment,) in cursor.fetchall()))


def _statement(model: Any, columns: Mapping[str, str], trace: list[str]) -> str:
    """Only names of our own tables, columns and types are put in as text.

    A column comes as one array: one statement for every number of rows, and for the 450 values of a homeroom sheet less
    than half of the work of a place for each.
    """
    kept = model.history.model
    tracked = [each.column for each in kept.tracked_fields]
    arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    written = ", ".join(f"{column} = EXCLUDED.{column}" for column in columns if column not in _PLACE[model])
    return f"""
        WITH written AS (
            INSERT INTO {_table(model)} ({", ".join(columns)}) SELECT * FROM unnest({arrays})
            ON CONFLICT ({", ".join(_PLACE[model])}) DO UPDATE SET {written} RETURNING *)
        INSERT INTO {_table(kept)} ({", ".join([*tracked, "history_type", *trace])})
        SELECT {", ".join([*tracked, "CASE version WHEN 1 THEN '+' ELSE '~' END"])}, {", ".join(["%s"] * len(trace))}
        FROM written RETURNING clock_timestamp()
    """  # noqa: S608


def _columns(model: Any) -> dict[str, str]:
    """With their types, without a length: a cast to one would cut off what the table refuses."""
    fields = model._meta.concrete_fields  # noqa: SLF001 - Django's documented API
    return {
        each.column: each.db_type(connection).partition("(")[0] for each in fields if not each.primary_key
    }


def _table(model: Any) -> str:
    return model._meta.db_table  # noqa: SLF001 - Django's documented API
