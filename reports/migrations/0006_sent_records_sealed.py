"""Records for the sector database stand sealed (docs/decisions/0201), those from before too; plain text is refused.

No digest of the plain text stays beside it: of a record of which all but one number is known elsewhere it would give
that number to whoever tries them all.
"""

from functools import partial
from typing import Any

from django.db import migrations

from accounts.resealing import reseal
from accounts.sealed import SealedField, sealed_anew

TABLE = "reports_syncrecord"
DROP = f"ALTER TABLE {TABLE} DROP CONSTRAINT sync_record_digest_is_of_its_content"
CHECK = (
    f"ALTER TABLE {TABLE} ADD CONSTRAINT syncrecord_content_is_sealed"
    r" CHECK (content ~ '^~[0-9a-f]{8}\.[A-Za-z0-9_-]{23,}$')"
)


def seal_records(*_: Any) -> None:
    """By the current key; the guard of the table is off for that alone, as in `manage.py reseal`."""
    reseal({TABLE: ("id", {"content": partial(sealed_anew, column="content")})})


class Migration(migrations.Migration):
    safe_because = (
        "only the clerk's page of the outbox uses this table, a few times a year: until web and worker start anew its"
        " tries end in an error and write nothing, and a few thousand rows are sealed in seconds"
    )
    dependencies = [("reports", "0005_old_years_followed")]
    operations = [
        migrations.RunSQL(DROP, migrations.RunSQL.noop),
        migrations.RemoveField("syncrecord", "digest"),
        migrations.AlterField("syncrecord", "content", SealedField(verbose_name="nội dung")),
        migrations.RunPython(seal_records, migrations.RunPython.noop),
        migrations.RunSQL(CHECK, migrations.RunSQL.noop),
    ]
