"""Years before Thông tư 27/2020 as the học bạ on paper has them: under the audit chain, their history kept.

A record and its rows are deleted by nobody. A correction raises the version and gives its reason; pupil, year and row stay.
"""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


GUARDS = """
SELECT audit_watch('gradebook_oldyearrecord'), audit_watch('gradebook_oldyearline');
SELECT history_keep('gradebook_historicaloldyearrecord'), history_keep('gradebook_historicaloldyearline');

CREATE FUNCTION old_year_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a year of the past is kept' USING ERRCODE = 'check_violation';
    END IF;
    IF (OLD.id, OLD.student_id, OLD.year) IS DISTINCT FROM (NEW.id, NEW.student_id, NEW.year) THEN
        RAISE EXCEPTION 'year % stays that of its pupil', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION 'year % is corrected version by version', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER old_year_kept BEFORE UPDATE OR DELETE ON gradebook_oldyearrecord
    FOR EACH ROW EXECUTE FUNCTION old_year_kept();

CREATE FUNCTION old_year_line_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a year of the past is kept' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (OLD.id, OLD.record_id, OLD.code) IS DISTINCT FROM (NEW.id, NEW.record_id, NEW.code) THEN
            RAISE EXCEPTION 'row % stays where it is', OLD.id USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.version <= OLD.version THEN
            RAISE EXCEPTION 'row % is corrected with its year', OLD.id USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NOT EXISTS (
        SELECT FROM gradebook_oldyearrecord
        WHERE id = NEW.record_id AND student_id = NEW.student_id AND version = NEW.version
    ) THEN
        RAISE EXCEPTION 'a row is written with its year, of the same pupil' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER old_year_line_kept BEFORE INSERT OR UPDATE OR DELETE ON gradebook_oldyearline
    FOR EACH ROW EXECUTE FUNCTION old_year_line_kept();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("gradebook", "0011_year_end_kept"),
        ("students", "0006_sealed_columns"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalOldYearRecord",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("acting_role", models.CharField(blank=True, max_length=60)),
                ("source", models.CharField(blank=True, max_length=12)),
                ("window_id", models.BigIntegerField(null=True)),
                ("request_id", models.BigIntegerField(null=True)),
                ("year", models.PositiveSmallIntegerField(verbose_name="năm học")),
                ("grade_level", models.PositiveSmallIntegerField(verbose_name="khối")),
                ("class_name", models.CharField(max_length=20, verbose_name="lớp")),
                ("school_name", models.CharField(max_length=150, verbose_name="trường")),
                ("height_cm", models.PositiveSmallIntegerField(null=True, verbose_name="chiều cao (cm)")),
                (
                    "weight_kg",
                    models.DecimalField(
                        decimal_places=1, max_digits=4, null=True, verbose_name="cân nặng (kg)"
                    ),
                ),
                ("health", models.CharField(blank=True, max_length=100, verbose_name="sức khoẻ")),
                (
                    "absent_with_leave",
                    models.DecimalField(
                        decimal_places=1, max_digits=4, null=True, verbose_name="số ngày nghỉ có phép"
                    ),
                ),
                (
                    "absent_without_leave",
                    models.DecimalField(
                        decimal_places=1, max_digits=4, null=True, verbose_name="số ngày nghỉ không phép"
                    ),
                ),
                (
                    "self_service",
                    models.CharField(blank=True, max_length=1, verbose_name="tự phục vụ, tự quản"),
                ),
                ("cooperation", models.CharField(blank=True, max_length=1, verbose_name="hợp tác")),
                (
                    "self_study",
                    models.CharField(blank=True, max_length=1, verbose_name="tự học, giải quyết vấn đề"),
                ),
                ("diligence", models.CharField(blank=True, max_length=1, verbose_name="chăm học, chăm làm")),
                (
                    "confidence",
                    models.CharField(blank=True, max_length=1, verbose_name="tự tin, trách nhiệm"),
                ),
                ("honesty", models.CharField(blank=True, max_length=1, verbose_name="trung thực, kỉ luật")),
                (
                    "solidarity",
                    models.CharField(blank=True, max_length=1, verbose_name="đoàn kết, yêu thương"),
                ),
                ("competency_comment", models.TextField(blank=True, verbose_name="nhận xét năng lực")),
                ("quality_comment", models.TextField(blank=True, verbose_name="nhận xét phẩm chất")),
                ("award", models.CharField(blank=True, max_length=500, verbose_name="khen thưởng")),
                ("is_completed", models.BooleanField(default=True, verbose_name="hoàn thành chương trình")),
                (
                    "completion",
                    models.CharField(
                        max_length=300, verbose_name="hoàn thành chương trình lớp học, tiểu học"
                    ),
                ),
                (
                    "homeroom_teacher",
                    models.CharField(max_length=150, verbose_name="giáo viên chủ nhiệm đã kí"),
                ),
                ("principal", models.CharField(max_length=150, verbose_name="hiệu trưởng đã kí")),
                (
                    "is_signed_by_deputy",
                    models.BooleanField(default=False, verbose_name="phó hiệu trưởng kí thay"),
                ),
                ("source_paper", models.CharField(max_length=200, verbose_name="theo học bạ giấy")),
                ("is_struck", models.BooleanField(default=False, verbose_name="ghi nhầm, không in")),
                ("version", models.PositiveIntegerField(default=1)),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="lí do sửa")),
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
            ],
            options={
                "verbose_name": "historical old year record",
                "verbose_name_plural": "historical old year records",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="OldYearRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="năm học")),
                ("grade_level", models.PositiveSmallIntegerField(verbose_name="khối")),
                ("class_name", models.CharField(max_length=20, verbose_name="lớp")),
                ("school_name", models.CharField(max_length=150, verbose_name="trường")),
                ("height_cm", models.PositiveSmallIntegerField(null=True, verbose_name="chiều cao (cm)")),
                (
                    "weight_kg",
                    models.DecimalField(
                        decimal_places=1, max_digits=4, null=True, verbose_name="cân nặng (kg)"
                    ),
                ),
                ("health", models.CharField(blank=True, max_length=100, verbose_name="sức khoẻ")),
                (
                    "absent_with_leave",
                    models.DecimalField(
                        decimal_places=1, max_digits=4, null=True, verbose_name="số ngày nghỉ có phép"
                    ),
                ),
                (
                    "absent_without_leave",
                    models.DecimalField(
                        decimal_places=1, max_digits=4, null=True, verbose_name="số ngày nghỉ không phép"
                    ),
                ),
                (
                    "self_service",
                    models.CharField(blank=True, max_length=1, verbose_name="tự phục vụ, tự quản"),
                ),
                ("cooperation", models.CharField(blank=True, max_length=1, verbose_name="hợp tác")),
                (
                    "self_study",
                    models.CharField(blank=True, max_length=1, verbose_name="tự học, giải quyết vấn đề"),
                ),
                ("diligence", models.CharField(blank=True, max_length=1, verbose_name="chăm học, chăm làm")),
                (
                    "confidence",
                    models.CharField(blank=True, max_length=1, verbose_name="tự tin, trách nhiệm"),
                ),
                ("honesty", models.CharField(blank=True, max_length=1, verbose_name="trung thực, kỉ luật")),
                (
                    "solidarity",
                    models.CharField(blank=True, max_length=1, verbose_name="đoàn kết, yêu thương"),
                ),
                ("competency_comment", models.TextField(blank=True, verbose_name="nhận xét năng lực")),
                ("quality_comment", models.TextField(blank=True, verbose_name="nhận xét phẩm chất")),
                ("award", models.CharField(blank=True, max_length=500, verbose_name="khen thưởng")),
                ("is_completed", models.BooleanField(default=True, verbose_name="hoàn thành chương trình")),
                (
                    "completion",
                    models.CharField(
                        max_length=300, verbose_name="hoàn thành chương trình lớp học, tiểu học"
                    ),
                ),
                (
                    "homeroom_teacher",
                    models.CharField(max_length=150, verbose_name="giáo viên chủ nhiệm đã kí"),
                ),
                ("principal", models.CharField(max_length=150, verbose_name="hiệu trưởng đã kí")),
                (
                    "is_signed_by_deputy",
                    models.BooleanField(default=False, verbose_name="phó hiệu trưởng kí thay"),
                ),
                ("source_paper", models.CharField(max_length=200, verbose_name="theo học bạ giấy")),
                ("is_struck", models.BooleanField(default=False, verbose_name="ghi nhầm, không in")),
                ("version", models.PositiveIntegerField(default=1)),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="lí do sửa")),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="old_years",
                        to="students.student",
                    ),
                ),
            ],
            options={
                "ordering": ("year",),
            },
        ),
        migrations.CreateModel(
            name="OldYearLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=10, verbose_name="môn")),
                ("attainment", models.CharField(blank=True, max_length=1, verbose_name="mức đạt được")),
                ("mark", models.PositiveSmallIntegerField(null=True, verbose_name="điểm KTĐK")),
                ("comment", models.TextField(blank=True, verbose_name="nhận xét")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "student",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="old_year_lines",
                        to="students.student",
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="gradebook.oldyearrecord",
                        verbose_name="năm học chép lại",
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="HistoricalOldYearLine",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("acting_role", models.CharField(blank=True, max_length=60)),
                ("source", models.CharField(blank=True, max_length=12)),
                ("window_id", models.BigIntegerField(null=True)),
                ("request_id", models.BigIntegerField(null=True)),
                ("code", models.CharField(max_length=10, verbose_name="môn")),
                ("attainment", models.CharField(blank=True, max_length=1, verbose_name="mức đạt được")),
                ("mark", models.PositiveSmallIntegerField(null=True, verbose_name="điểm KTĐK")),
                ("comment", models.TextField(blank=True, verbose_name="nhận xét")),
                ("version", models.PositiveIntegerField(default=1)),
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
                    "record",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="gradebook.oldyearrecord",
                        verbose_name="năm học chép lại",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical old year line",
                "verbose_name_plural": "historical old year lines",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddConstraint(
            model_name="oldyearrecord",
            constraint=models.UniqueConstraint(fields=("student", "year"), name="old_year_once"),
        ),
        migrations.AddConstraint(
            model_name="oldyearrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("grade_level", 1), ("year__range", (2016, 2019))),
                    models.Q(("grade_level", 2), ("year__range", (2016, 2020))),
                    models.Q(("grade_level", 3), ("year__range", (2016, 2021))),
                    models.Q(("grade_level", 4), ("year__range", (2016, 2022))),
                    models.Q(("grade_level", 5), ("year__range", (2016, 2023))),
                    _connector="OR",
                ),
                name="old_year_is_before_tt27",
            ),
        ),
        migrations.AddConstraint(
            model_name="oldyearrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("self_service__in", ["", "T", "Đ", "C"]),
                    ("cooperation__in", ["", "T", "Đ", "C"]),
                    ("self_study__in", ["", "T", "Đ", "C"]),
                    ("diligence__in", ["", "T", "Đ", "C"]),
                    ("confidence__in", ["", "T", "Đ", "C"]),
                    ("honesty__in", ["", "T", "Đ", "C"]),
                    ("solidarity__in", ["", "T", "Đ", "C"]),
                ),
                name="old_year_ratings_are_tdc",
            ),
        ),
        migrations.AddConstraint(
            model_name="oldyearrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("height_cm__isnull", True), ("height_cm__range", (60, 220)), _connector="OR"),
                    models.Q(("weight_kg__isnull", True), ("weight_kg__range", (8, 150)), _connector="OR"),
                ),
                name="old_year_sizes_are_possible",
            ),
        ),
        migrations.AddConstraint(
            model_name="oldyearrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("absent_with_leave__isnull", True), ("absent_with_leave__gte", 0), _connector="OR"
                    ),
                    models.Q(
                        ("absent_without_leave__isnull", True),
                        ("absent_without_leave__gte", 0),
                        _connector="OR",
                    ),
                ),
                name="old_year_absences_are_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="oldyearrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("class_name", ""), _negated=True),
                    models.Q(("school_name", ""), _negated=True),
                    models.Q(("completion", ""), _negated=True),
                    models.Q(("homeroom_teacher", ""), _negated=True),
                    models.Q(("principal", ""), _negated=True),
                    models.Q(("source_paper", ""), _negated=True),
                ),
                name="old_year_names_its_paper",
            ),
        ),
        migrations.AddConstraint(
            model_name="oldyearrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", ""), ("version", 1)),
                    models.Q(("version__gt", 1), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="old_year_corrected_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="oldyearline",
            constraint=models.UniqueConstraint(fields=("record", "code"), name="old_year_line_once"),
        ),
        migrations.AddConstraint(
            model_name="oldyearline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "code__in",
                        [
                            "TV",
                            "TOAN",
                            "KH",
                            "LSDL",
                            "NN",
                            "TH",
                            "TDT",
                            "DD",
                            "TNXH",
                            "AN",
                            "MT",
                            "TCKT",
                            "TD",
                        ],
                    )
                ),
                name="old_year_line_is_of_the_form",
            ),
        ),
        migrations.AddConstraint(
            model_name="oldyearline",
            constraint=models.CheckConstraint(
                condition=models.Q(("attainment__in", ["", "T", "H", "C"])),
                name="old_year_line_attainment_is_thc",
            ),
        ),
        migrations.AddConstraint(
            model_name="oldyearline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("mark__isnull", True),
                    models.Q(
                        ("code__in", ["TV", "TOAN", "KH", "LSDL", "NN", "TH", "TDT"]),
                        ("mark__range", (1, 10)),
                    ),
                    _connector="OR",
                ),
                name="old_year_line_mark_is_1_to_10",
            ),
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
