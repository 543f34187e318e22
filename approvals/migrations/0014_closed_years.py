"""Keeps the correction requests of a closed year, their cells and their evidence as they are."""

from django.db import migrations

OF_THE_REQUEST = "(SELECT year_id FROM approvals_correctionrequest WHERE id = r.request_id)"
GUARDED = {
    "approvals_correctionrequest": "r.year_id",
    "approvals_correctionitem": OF_THE_REQUEST,
    "approvals_evidence": OF_THE_REQUEST,
}


class Migration(migrations.Migration):
    dependencies = [("approvals", "0013_results_brought_along"), ("students", "0070_more_of_closed_years")]
    operations = [
        migrations.RunSQL(f"SELECT closed_year_guard('{table}', '{year}')", migrations.RunSQL.noop)
        for table, year in GUARDED.items()
    ]
