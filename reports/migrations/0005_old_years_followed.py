"""A correction of a year before Thông tư 27/2020 marks the học bạ that contained it, as any other does."""

from django.db import migrations

from reports.outdated import create_function


class Migration(migrations.Migration):
    safe_because = (
        "It only replaces the function print_has_changed, which the version that runs calls in the same way."
    )
    dependencies = [("reports", "0004_outbox_and_archives"), ("gradebook", "0012_years_before_tt27")]
    operations = [
        migrations.RunPython(lambda _apps, editor: create_function(editor), migrations.RunPython.noop),
    ]
