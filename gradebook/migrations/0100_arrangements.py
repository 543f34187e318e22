"""How pupils with disabilities are assessed; repeat tests; which values a former school gave (R12, R28, R33)."""

import django.db.models.deletion
import gradebook.regulation
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gradebook", "0061_past_applications"),
        ("students", "0130_exemption_decision"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Arrangement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("item", models.CharField(max_length=30, verbose_name="nội dung")),
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
                        verbose_name="từ thời điểm",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("normal", "Như mọi học sinh"),
                            ("adjusted", "Điều chỉnh yêu cầu"),
                            ("exempt", "Miễn"),
                        ],
                        max_length=8,
                        verbose_name="hình thức đánh giá",
                    ),
                ),
                (
                    "adjusted",
                    models.CharField(blank=True, max_length=400, verbose_name="nội dung điều chỉnh"),
                ),
                ("plan", models.CharField(max_length=200, verbose_name="căn cứ trong KHGDCN")),
                ("decision_no", models.CharField(blank=True, max_length=60, verbose_name="số quyết định")),
                ("decision_on", models.DateField(null=True, verbose_name="ngày quyết định")),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="arrangements",
                        to="students.student",
                    ),
                ),
                (
                    "year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="arrangements",
                        to="students.schoolyear",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("student", "year", "item", "period"), name="arrangement_once_a_period"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "period__in",
                                [
                                    gradebook.regulation.Period["MID_TERM_1"],
                                    gradebook.regulation.Period["END_TERM_1"],
                                    gradebook.regulation.Period["MID_TERM_2"],
                                    gradebook.regulation.Period["YEAR_END"],
                                ],
                            )
                        ),
                        name="arrangement_period_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["normal", "adjusted", "exempt"])),
                        name="arrangement_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "adjusted"), models.Q(("adjusted", ""), _negated=True)),
                            models.Q(models.Q(("kind", "adjusted"), _negated=True), ("adjusted", "")),
                            _connector="OR",
                        ),
                        name="arrangement_says_what_is_adjusted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("plan", ""), _negated=True), name="arrangement_names_the_plan"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("decision_no", ""), _negated=True), ("decision_on__isnull", False)
                            ),
                            models.Q(
                                models.Q(("kind", "exempt"), _negated=True),
                                ("decision_no", ""),
                                ("decision_on__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="arrangement_exempt_by_a_decision",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalArrangement",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("acting_role", models.CharField(blank=True, max_length=60)),
                ("source", models.CharField(blank=True, max_length=12)),
                ("window_id", models.BigIntegerField(null=True)),
                ("request_id", models.BigIntegerField(null=True)),
                ("item", models.CharField(max_length=30, verbose_name="nội dung")),
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
                        verbose_name="từ thời điểm",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("normal", "Như mọi học sinh"),
                            ("adjusted", "Điều chỉnh yêu cầu"),
                            ("exempt", "Miễn"),
                        ],
                        max_length=8,
                        verbose_name="hình thức đánh giá",
                    ),
                ),
                (
                    "adjusted",
                    models.CharField(blank=True, max_length=400, verbose_name="nội dung điều chỉnh"),
                ),
                ("plan", models.CharField(max_length=200, verbose_name="căn cứ trong KHGDCN")),
                ("decision_no", models.CharField(blank=True, max_length=60, verbose_name="số quyết định")),
                ("decision_on", models.DateField(null=True, verbose_name="ngày quyết định")),
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
                    "student",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="students.student",
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
                "verbose_name": "historical arrangement",
                "verbose_name_plural": "historical arrangements",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddField(
            model_name="historicalsubjectresult",
            name="brought",
            field=models.CharField(blank=True, default="", max_length=40, verbose_name="mang từ trường cũ"),
        ),
        migrations.AddField(
            model_name="historicalsubjectresult",
            name="is_repeat_official",
            field=models.BooleanField(default=False, verbose_name="lấy điểm kiểm tra lại"),
        ),
        migrations.AddField(
            model_name="historicalsubjectresult",
            name="other_mark",
            field=models.PositiveSmallIntegerField(null=True, verbose_name="điểm KTĐK không lấy"),
        ),
        migrations.AddField(
            model_name="historicalsubjectresult",
            name="repeat_reason",
            field=models.CharField(blank=True, default="", max_length=300, verbose_name="lí do kiểm tra lại"),
        ),
        migrations.AddField(
            model_name="historicaltraitresult",
            name="brought",
            field=models.CharField(blank=True, default="", max_length=40, verbose_name="mang từ trường cũ"),
        ),
        migrations.AddField(
            model_name="subjectresult",
            name="brought",
            field=models.CharField(blank=True, default="", max_length=40, verbose_name="mang từ trường cũ"),
        ),
        migrations.AddField(
            model_name="subjectresult",
            name="is_repeat_official",
            field=models.BooleanField(default=False, verbose_name="lấy điểm kiểm tra lại"),
        ),
        migrations.AddField(
            model_name="subjectresult",
            name="other_mark",
            field=models.PositiveSmallIntegerField(null=True, verbose_name="điểm KTĐK không lấy"),
        ),
        migrations.AddField(
            model_name="subjectresult",
            name="repeat_reason",
            field=models.CharField(blank=True, default="", max_length=300, verbose_name="lí do kiểm tra lại"),
        ),
        migrations.AddField(
            model_name="traitresult",
            name="brought",
            field=models.CharField(blank=True, default="", max_length=40, verbose_name="mang từ trường cũ"),
        ),
        migrations.AddConstraint(
            model_name="subjectresult",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("is_repeat_official", False), ("other_mark__isnull", True), ("repeat_reason", "")
                    ),
                    models.Q(
                        ("mark__isnull", False),
                        ("other_mark__lte", 10),
                        (
                            "period__in",
                            [
                                gradebook.regulation.Period["END_TERM_1"],
                                gradebook.regulation.Period["YEAR_END"],
                            ],
                        ),
                        models.Q(("repeat_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="subject_result_repeat_test_is_whole",
            ),
        ),
    ]
