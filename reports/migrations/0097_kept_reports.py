"""Copies of reports as they were: watched, append-only, and with a digest that is their contents'."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


# The contents are bound by their digest, which the chain has; there they would be 100 kB a line.
LEFT_OUT = "{contents}"
STATEMENTS = [
    f"SELECT audit_watch('reports_keptreport', 'id', '{LEFT_OUT}', '{{}}')",
    "SELECT history_keep('reports_keptreport')",
    """ALTER TABLE reports_keptreport ADD CONSTRAINT kept_report_digest_is_of_its_contents
    CHECK (digest = encode(sha256(convert_to(contents, 'UTF8')), 'hex'))""",
]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0096_audit_located"),
        ("reports", "0096_audit_head_of_a_print"),
        ("students", "0142_next_schools"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40, verbose_name="báo cáo")),
                (
                    "period",
                    models.CharField(
                        blank=True,
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
                ("day", models.DateField(null=True, verbose_name="ngày")),
                ("number", models.PositiveSmallIntegerField(verbose_name="bản số")),
                ("title", models.CharField(max_length=200, verbose_name="tên")),
                ("contents", models.TextField(verbose_name="nội dung")),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("lock_state", models.CharField(max_length=300, verbose_name="tình trạng sổ")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="ghi chú")),
                ("role", models.CharField(max_length=60, verbose_name="tư cách")),
                (
                    "kept_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="chốt lúc"
                    ),
                ),
                (
                    "kept_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kept_reports",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người chốt",
                    ),
                ),
                (
                    "year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kept_reports",
                        to="students.schoolyear",
                        verbose_name="năm học",
                    ),
                ),
            ],
            options={
                "ordering": ("-kept_at", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "year", "period", "day", "number"),
                        name="kept_report_number_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("day__isnull", False), ("period", "")),
                            models.Q(models.Q(("period", ""), _negated=True), ("day__isnull", True)),
                            _connector="OR",
                        ),
                        name="kept_report_is_of_a_period_or_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("period__in", ["", "GHKI", "CHKI", "GHKII", "CN"])),
                        name="kept_report_period_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="kept_report_number_from_one"
                    ),
                ],
            },
        ),
        migrations.RunSQL(STATEMENTS, migrations.RunSQL.noop),
    ]
