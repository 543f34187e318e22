"""What the parts of a print say, under the codes at their feet; neither is ever changed or deleted."""

import django.db.models.deletion
from django.db import migrations, models

KEEP = "SELECT history_keep('reports_printedcontent'), history_keep('reports_printedpart')"


class Migration(migrations.Migration):
    dependencies = [("reports", "0096_audit_head_of_a_print"), ("students", "0142_next_schools")]
    operations = [
        migrations.CreateModel(
            name="PrintedContent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content_hash", models.CharField(max_length=64, unique=True)),
                ("code", models.CharField(db_index=True, max_length=9, verbose_name="mã bản in")),
                ("words", models.JSONField(verbose_name="nội dung")),
            ],
        ),
        migrations.CreateModel(
            name="PrintedPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveSmallIntegerField()),
                (
                    "content",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="reports.printedcontent",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="reports.printjob",
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="printed_parts",
                        to="students.student",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("job", "place"), name="printed_part_has_a_place")
                ],
            },
        ),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
    ]
