import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gradebook", "0043_handover_in_place"),
        ("students", "0070_more_of_closed_years"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ClassLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_taught", models.BooleanField(verbose_name="lớp học môn này")),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="class_choices",
                        to="gradebook.subjectline",
                    ),
                ),
                (
                    "school_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="line_choices",
                        to="students.schoolclass",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("school_class", "line"), name="class_chooses_a_line_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalClassLine",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("acting_role", models.CharField(blank=True, max_length=60)),
                ("source", models.CharField(blank=True, max_length=12)),
                ("window_id", models.BigIntegerField(null=True)),
                ("request_id", models.BigIntegerField(null=True)),
                ("is_taught", models.BooleanField(verbose_name="lớp học môn này")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="gradebook.subjectline",
                    ),
                ),
                (
                    "school_class",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="students.schoolclass",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical class line",
                "verbose_name_plural": "historical class lines",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalSubjectLine",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("acting_role", models.CharField(blank=True, max_length=60)),
                ("source", models.CharField(blank=True, max_length=12)),
                ("window_id", models.BigIntegerField(null=True)),
                ("request_id", models.BigIntegerField(null=True)),
                ("grade_level", models.PositiveSmallIntegerField(verbose_name="khối")),
                ("code", models.CharField(max_length=10, verbose_name="mã môn")),
                ("is_for_grade", models.BooleanField(default=True, verbose_name="cả khối học")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "year",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="students.schoolyear",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical subject line",
                "verbose_name_plural": "historical subject lines",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddField(
            model_name="subjectline",
            name="is_for_grade",
            field=models.BooleanField(default=True, verbose_name="cả khối học"),
        ),
        migrations.AddConstraint(
            model_name="subjectline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_for_grade", True),
                    models.Q(("code__in", ["NN1", "TDT", "TH"]), ("grade_level", 1)),
                    models.Q(("code__in", ["NN1", "TDT", "TH"]), ("grade_level", 2)),
                    models.Q(("code__in", ["TDT"]), ("grade_level", 3)),
                    models.Q(("code__in", ["TDT"]), ("grade_level", 4)),
                    models.Q(("code__in", ["TDT"]), ("grade_level", 5)),
                    _connector="OR",
                ),
                name="line_left_out_is_optional",
            ),
        ),
    ]
