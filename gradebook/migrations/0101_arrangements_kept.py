"""Puts arrangements under the audit chain, keeps their history, those of a closed year as they are.

And marks the values that stand as brought from a former school, as far as their history says so.
"""

from django.db import migrations

KEPT = """
SELECT audit_watch('gradebook_arrangement');
SELECT history_keep('gradebook_historicalarrangement');
SELECT closed_year_guard('gradebook_arrangement', 'r.year_id');
"""


def _fill(table: str, history: str, fields: tuple[str, ...], year: str) -> str:
    """Each field whose last change came from a former school."""
    parts = ", ".join(f"CASE WHEN said.{field} THEN '{field}' END" for field in fields)
    flags = ", ".join(
        f"(SELECT h.source = 'brought' FROM {history} h"
        f" WHERE h.id = r.id AND h.{field} IS NOT DISTINCT FROM r.{field} AND h.history_id > coalesce("
        f"(SELECT max(b.history_id) FROM {history} b WHERE b.id = r.id AND b.{field} IS DISTINCT FROM r.{field}), 0)"
        f" AND coalesce(r.{field}::text, '') <> ''"
        f" ORDER BY h.history_id LIMIT 1) AS {field}"
        for field in fields
    )
    return (
        f"UPDATE {table} t SET brought = concat_ws(' ', {parts}) FROM (SELECT r.id AS row_id, {flags} FROM {table} r"
        f" WHERE r.id IN (SELECT id FROM {history} WHERE source = 'brought')"
        f" AND (SELECT state FROM students_schoolyear WHERE year = {year}) <> 'closed') said WHERE t.id = said.row_id"
    )


FILLS = (
    "SELECT set_config('app.actor', 'system', true), set_config('app.role', 'Quản trị', true),"
    " set_config('app.source', 'system', true), set_config('app.under', '', true)",
    _fill(
        "gradebook_subjectresult",
        "gradebook_historicalsubjectresult",
        ("attainment", "mark", "comment"),
        "(SELECT year_id FROM gradebook_subjectline WHERE id = r.line_id)",
    ),
    _fill("gradebook_traitresult", "gradebook_historicaltraitresult", ("rating", "comment"), "r.year_id"),
)


class Migration(migrations.Migration):
    dependencies = [("gradebook", "0100_arrangements")]
    operations = [
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
        migrations.RunSQL(list(FILLS), migrations.RunSQL.noop),
    ]
