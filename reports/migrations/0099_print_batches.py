"""Batches of prints, the paper copies of them, and a guard of the states: they move as `reports.print_moves` says."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

MOVES = (
    "waiting>running waiting>failed waiting>cancelled running>waiting running>done running>failed"
    " running>cancelled failed>waiting cancelled>waiting"
)
GUARDS = """
CREATE FUNCTION print_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND NOT OLD.state || '>' || NEW.state = ANY (string_to_array('MOVES', ' ')) THEN
        RAISE EXCEPTION '% does not go from % to %', TG_TABLE_NAME, OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER print_moves BEFORE UPDATE OF state ON reports_printjob
    FOR EACH ROW EXECUTE FUNCTION print_moves();
CREATE TRIGGER print_moves BEFORE UPDATE OF state ON reports_printbatch
    FOR EACH ROW EXECUTE FUNCTION print_moves();

-- Copies on paper there are only of what is done.
CREATE FUNCTION print_copies_of_the_done() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM reports_printjob WHERE id = NEW.job_id AND state = 'done')
            AND NOT EXISTS (SELECT FROM reports_printbatch WHERE id = NEW.batch_id AND state = 'done') THEN
        RAISE EXCEPTION 'there is no paper of a print that is not done' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER print_copies_of_the_done BEFORE INSERT ON reports_printcopies
    FOR EACH ROW EXECUTE FUNCTION print_copies_of_the_done();

SELECT audit_watch('reports_printbatch'), audit_watch('reports_printcopies'), history_keep('reports_printcopies');
""".replace("MOVES", MOVES)


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0054_reconciliations_kept"),
        ("gradebook", "0159_order_numbers_kept"),
        ("reports", "0098_kept_reports"),
        ("students", "0142_next_schools"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PrintCopies",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("count", models.PositiveSmallIntegerField(verbose_name="số bản giấy")),
                ("recipient", models.CharField(blank=True, max_length=200, verbose_name="giao cho")),
                ("noted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.AddField(
            model_name="printjob",
            name="cancelled_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="printjob",
            name="cancelled_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cancelled_prints",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="printjob",
            name="student",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="print_jobs",
                to="students.student",
                verbose_name="học sinh",
            ),
        ),
        migrations.AlterField(
            model_name="printjob",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Đang chờ"),
                    ("running", "Đang in"),
                    ("done", "Đã xong"),
                    ("failed", "Không in được"),
                    ("cancelled", "Đã huỷ"),
                ],
                default="waiting",
                max_length=9,
            ),
        ),
        migrations.CreateModel(
            name="PrintBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "book",
                    models.CharField(
                        choices=[("thkqgd", "Sổ THKQGD"), ("hocba", "Học bạ")],
                        max_length=10,
                        verbose_name="loại sổ",
                    ),
                ),
                ("grade_level", models.PositiveSmallIntegerField(null=True, verbose_name="khối")),
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
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Đang in các lớp"),
                            ("running", "Đang ghép thành một tệp"),
                            ("done", "Đã xong"),
                            ("failed", "Không in được"),
                            ("cancelled", "Đã huỷ"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                ("asked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("pupils", models.PositiveIntegerField(null=True, verbose_name="số học sinh")),
                ("pages", models.PositiveIntegerField(null=True)),
                ("file", models.FileField(blank=True, max_length=200, upload_to="books/")),
                ("content_hash", models.CharField(blank=True, max_length=64)),
                ("is_preview", models.BooleanField(default=True)),
                ("failure", models.TextField(blank=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="print_batches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cancelled_batches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="print_batches",
                        to="students.schoolyear",
                        verbose_name="năm học",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.AddField(
            model_name="printjob",
            name="batch",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="jobs",
                to="reports.printbatch",
                verbose_name="đợt in",
            ),
        ),
        migrations.AddConstraint(
            model_name="printjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "cancelled"), _negated=True),
                    models.Q(("cancelled_at__isnull", False), ("cancelled_by__isnull", False)),
                    _connector="OR",
                ),
                name="print_cancelled_says_by_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="printjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("student__isnull", True),
                    models.Q(("batch__isnull", True), ("book", "hocba")),
                    _connector="OR",
                ),
                name="print_of_a_pupil_is_a_transcript",
            ),
        ),
        migrations.AddConstraint(
            model_name="printjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("batch__isnull", True),
                    models.Q(("book__in", ["thkqgd", "hocba"]), ("correction__isnull", True)),
                    _connector="OR",
                ),
                name="print_of_a_batch_is_of_a_book",
            ),
        ),
        migrations.AddConstraint(
            model_name="printjob",
            constraint=models.UniqueConstraint(
                fields=("batch", "school_class"), name="print_of_a_class_once_a_batch"
            ),
        ),
        migrations.AddField(
            model_name="printcopies",
            name="batch",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="copies",
                to="reports.printbatch",
                verbose_name="đợt in",
            ),
        ),
        migrations.AddField(
            model_name="printcopies",
            name="job",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="copies",
                to="reports.printjob",
                verbose_name="bản in",
            ),
        ),
        migrations.AddField(
            model_name="printcopies",
            name="noted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="printbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "done"), _negated=True),
                    models.Q(
                        ("finished_at__isnull", False),
                        ("pages__isnull", False),
                        ("pupils__isnull", False),
                        models.Q(("file", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="batch_done_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="printbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "failed"), _negated=True),
                    models.Q(("failure", ""), _negated=True),
                    _connector="OR",
                ),
                name="batch_failed_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="printbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "cancelled"), _negated=True),
                    models.Q(("cancelled_at__isnull", False), ("cancelled_by__isnull", False)),
                    _connector="OR",
                ),
                name="batch_cancelled_says_by_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="printcopies",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("batch__isnull", True), ("job__isnull", False)),
                    models.Q(("batch__isnull", False), ("job__isnull", True)),
                    _connector="OR",
                ),
                name="copies_are_of_one_print",
            ),
        ),
        migrations.AddConstraint(
            model_name="printcopies",
            constraint=models.CheckConstraint(
                condition=models.Q(("count__gte", 1), ("count__lte", 999)), name="copies_are_some"
            ),
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
