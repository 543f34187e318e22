"""Who has looked at what a signature is about: kept for ever, and no signature without a look of its signer."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


GUARD = r"""
CREATE FUNCTION signature_is_of_what_was_seen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM approvals_booklook l
                   WHERE l.person_id = NEW.signer_id AND l.period = NEW.period AND l.digest = NEW.digest) THEN
        RAISE EXCEPTION 'signer % has not looked at these contents', NEW.signer_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER signature_is_of_what_was_seen BEFORE INSERT ON approvals_booksignature
    FOR EACH ROW EXECUTE FUNCTION signature_is_of_what_was_seen();
SELECT history_keep('approvals_booklook');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0057_answers_read"),
        ("gradebook", "0160_results_without_needless_indexes"),
        ("students", "0142_next_schools"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BookLook",
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
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                (
                    "looked_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="xem lúc"
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="book_looks",
                        to="gradebook.subjectline",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="book_looks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "school_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="book_looks",
                        to="students.schoolclass",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["person", "period", "digest"], name="book_looks_of_a_person")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("period__in", ["GHKI", "CHKI", "GHKII", "CN"])),
                        name="book_look_period_is_known",
                    )
                ],
            },
        ),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
    ]
