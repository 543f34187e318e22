"""The head of the audit chain as printed on each book, and the prints themselves under watch."""

from django.db import migrations, models

LEFT_OUT = "{pupils_asked,pupils_done}"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0096_audit_located"), ("reports", "0095_papers_and_pages")]
    operations = [
        migrations.AddField(
            model_name="printjob",
            name="audit_code",
            field=models.CharField(blank=True, default="", max_length=34, verbose_name="mã nhật kí"),
            preserve_default=False,
        ),
        # How far a print is, twice a second while it is made, is no fact to keep.
        migrations.RunSQL(
            f"SELECT audit_watch('reports_printjob', 'id', '{LEFT_OUT}', '{{}}')", migrations.RunSQL.noop
        ),
    ]
