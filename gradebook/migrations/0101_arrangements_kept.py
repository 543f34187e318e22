"""Puts arrangements under the audit chain, keeps their history, those of a closed year as they are.

And marks the values that stand as brought from a former school, as far as their history says so.
"""

from django.db import migrations

KEPT = """
SELECT audit_watch('gradebook_arrangement');
SELECT history_keep('gradebook_historicalarrangement');
SELECT closed_year_guard('gradebook_arrangement', 'r.year_id');
"""
SYSTEM = """
SELECT set_config('app.actor', 'system', true), set_config('app.role', 'Quản trị', true),
    set_config('app.source', 'system', true), set_config('app.under', '', true)
"""


def mark_brought(apps, schema_editor):
    schema_editor.execute(SYSTEM)
    subject, trait = ("SubjectResult", "line__year"), ("TraitResult", "year")
    for (name, year), fields in (
        (subject, ("attainment", "mark", "comment")),
        (trait, ("rating", "comment")),
    ):
        past = apps.get_model("gradebook", f"Historical{name}").objects
        brought = past.filter(source="brought").values_list("id", flat=True)
        rows = apps.get_model("gradebook", name).objects.exclude(**{f"{year}__state": "closed"})
        for row in rows.filter(pk__in=list(brought)):
            kept = _of_a_former_school(past.filter(id=row.pk).order_by("history_id"), fields)
            rows.filter(pk=row.pk).update(brought=" ".join(kept))


def _of_a_former_school(versions, fields):
    """The fields whose last change, to a value, came from there."""
    last = dict.fromkeys(fields, (None, ""))
    for version in versions:
        for field in fields:
            value = getattr(version, field)
            if value != last[field][0]:
                last[field] = value, version.source
    return [
        field
        for field, (value, source) in sorted(last.items())
        if source == "brought" and value not in (None, "")
    ]


class Migration(migrations.Migration):
    dependencies = [("gradebook", "0100_arrangements")]
    operations = [
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
        migrations.RunPython(mark_brought, migrations.RunPython.noop),
    ]
