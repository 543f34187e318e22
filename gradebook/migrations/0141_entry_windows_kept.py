"""Puts cuts, executions and notices under the audit chain, keeps their history, and those of a closed year as they are."""

from django.db import migrations

_OF_THE_WINDOW = "(SELECT year_id FROM gradebook_entrywindow WHERE id = r.window_id)"
GUARDED = {
    "windowcut": _OF_THE_WINDOW,
    "orderexecution": "(SELECT year_id FROM gradebook_entryorder WHERE id = r.order_id)",
    "entrynotice": _OF_THE_WINDOW,
    "entrynoticerecipient": (
        "(SELECT w.year_id FROM gradebook_entrynotice n JOIN gradebook_entrywindow w ON w.id = n.window_id"
        " WHERE n.id = r.notice_id)"
    ),
}


def statements() -> list[str]:
    return [
        *(f"SELECT audit_watch('gradebook_{table}')" for table in GUARDED),
        *(f"SELECT history_keep('gradebook_historical{table}')" for table in GUARDED),
        *(f"SELECT closed_year_guard('gradebook_{table}', '{year}')" for table, year in GUARDED.items()),
    ]


class Migration(migrations.Migration):
    dependencies = [("gradebook", "0140_entry_windows")]
    operations = [migrations.RunSQL(statements(), migrations.RunSQL.noop)]
