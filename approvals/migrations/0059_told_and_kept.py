"""What is told until it is read, and what is kept for ever.

When the teacher concerned has read what an inspection concluded: written after its end too, and nothing else.
Conclusions of before, which were told to nobody, wait to be read as well; those of a closed year do not.

Who was reminded of books to sign: once a day and person, under the audit chain, never changed.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

GUARD = r"""
DROP TRIGGER moves_only ON approvals_finding;
SELECT moves_only('approvals_finding', 'noted',
    'noted>asked noted>closed asked>answered asked>closed answered>asked answered>closed', 'state due_on verdict',
    'read_at');
DROP TRIGGER while_open ON approvals_finding;
CREATE TRIGGER while_open BEFORE INSERT ON approvals_finding
    FOR EACH ROW EXECUTE FUNCTION while_open_refuse('approvals_inspection', 'inspection_id');
CREATE TRIGGER while_open_but_for_reading BEFORE UPDATE ON approvals_finding FOR EACH ROW
    WHEN ((to_jsonb(OLD) - 'read_at') IS DISTINCT FROM (to_jsonb(NEW) - 'read_at'))
    EXECUTE FUNCTION while_open_refuse('approvals_inspection', 'inspection_id');
"""
UNREAD = r"""
DROP TRIGGER while_open_but_for_reading ON approvals_finding;
DROP TRIGGER while_open ON approvals_finding;
SELECT while_open('approvals_finding', 'approvals_inspection', 'inspection_id');
DROP TRIGGER moves_only ON approvals_finding;
SELECT moves_only('approvals_finding', 'noted',
    'noted>asked noted>closed asked>answered asked>closed answered>asked answered>closed', 'state due_on verdict', '');
"""
REMINDERS_KEPT = """
SELECT audit_watch('approvals_signingreminder'), history_keep('approvals_signingreminder'),
    closed_year_guard('approvals_signingreminder', 'r.year_id');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0058_book_looks"),
        ("students", "0142_next_schools"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField("finding", "read_at", models.DateTimeField(null=True)),
        migrations.AddField("historicalfinding", "read_at", models.DateTimeField(null=True)),
        migrations.RunSQL(GUARD, UNREAD),
        migrations.CreateModel(
            name="SigningReminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "period",
                    models.CharField(
                        choices=[
                            ("GHKI", "Giữa học kì I"),
                            ("CHKI", "Cuối học kì I"),
                            ("GHKII", "Giữa học kì II"),
                            ("CN", "Cuối năm học"),
                        ],
                        max_length=6,
                        verbose_name="thời điểm",
                    ),
                ),
                ("books", models.PositiveIntegerField(verbose_name="số sổ chưa kí")),
                ("role", models.CharField(max_length=60, verbose_name="tư cách")),
                (
                    "sent_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="nhắc lúc"
                    ),
                ),
                ("day", models.DateField(verbose_name="ngày nhắc")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signing_reminders",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signing_reminders",
                        to="students.schoolyear",
                    ),
                ),
            ],
            options={
                "ordering": ("-sent_at", "-id"),
                "constraints": [
                    models.UniqueConstraint(fields=("person", "day"), name="signing_reminder_once_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(("period__in", ["GHKI", "CHKI", "GHKII", "CN"])),
                        name="signing_reminder_period_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("books__gte", 1)), name="signing_reminder_is_about_books"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("person", models.F("sent_by")), _negated=True),
                        name="signing_reminder_is_to_another",
                    ),
                ],
            },
        ),
        migrations.RunSQL(REMINDERS_KEPT, migrations.RunSQL.noop),
    ]
