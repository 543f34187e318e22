"""The outbox for the sector database, append-only, and archives of everything, whose states move as those of prints."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


# How far an archive is, is noted twice a second and says nothing afterwards.
LEFT_OUT = "{progress}"
STATEMENTS = f"""
SELECT audit_watch('reports_syncbatch'), history_keep('reports_syncbatch');
SELECT audit_watch('reports_syncsending'), history_keep('reports_syncsending');
SELECT history_keep('reports_syncrecord');
ALTER TABLE reports_syncrecord ADD CONSTRAINT sync_record_digest_is_of_its_content
    CHECK (digest = encode(sha256(convert_to(content, 'UTF8')), 'hex'));
SELECT audit_watch('reports_dataarchive', 'id', '{LEFT_OUT}', '{{}}');
CREATE TRIGGER print_moves BEFORE UPDATE OF state ON reports_dataarchive
    FOR EACH ROW EXECUTE FUNCTION print_moves();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0100_own_books_and_slips"),
        ("students", "0142_next_schools"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SyncBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="đợt số")),
                ("new", models.PositiveIntegerField(verbose_name="số bản ghi mới")),
                ("changed", models.PositiveIntegerField(verbose_name="số bản ghi thay đổi")),
                ("cancelled", models.PositiveIntegerField(verbose_name="số bản ghi huỷ")),
                ("held", models.PositiveIntegerField(verbose_name="số bản ghi chưa gửi được")),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("role", models.CharField(max_length=60, verbose_name="tư cách")),
                ("prepared_at", models.DateTimeField(verbose_name="chuẩn bị lúc")),
                (
                    "prepared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người chuẩn bị",
                    ),
                ),
                (
                    "year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sync_batches",
                        to="students.schoolyear",
                        verbose_name="năm học",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="SyncRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("truong", "Trường"),
                            ("lop", "Lớp"),
                            ("hocsinh", "Học sinh"),
                            ("ketqua", "Kết quả học tập"),
                            ("hocba", "Học bạ số"),
                        ],
                        max_length=7,
                        verbose_name="loại",
                    ),
                ),
                ("record_id", models.CharField(max_length=60, verbose_name="mã bản ghi")),
                ("version", models.PositiveIntegerField(verbose_name="phiên bản")),
                (
                    "event",
                    models.CharField(
                        choices=[("NEW", "Mới"), ("UPDATE", "Thay đổi"), ("CANCEL", "Huỷ")],
                        max_length=6,
                        verbose_name="sự kiện",
                    ),
                ),
                ("content", models.TextField(verbose_name="nội dung")),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="reports.syncbatch",
                        verbose_name="đợt",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="SyncSending",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="gửi bằng cách nào")),
                ("role", models.CharField(max_length=60, verbose_name="tư cách")),
                (
                    "sent_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="gửi lúc"
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sendings",
                        to="reports.syncbatch",
                        verbose_name="đợt",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người gửi",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="DataArchive",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Đang chờ"),
                            ("running", "Đang lập"),
                            ("done", "Đã xong"),
                            ("failed", "Không lập được"),
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
                ("progress", models.PositiveSmallIntegerField(default=0, verbose_name="phần nghìn đã xong")),
                ("tables", models.PositiveSmallIntegerField(null=True, verbose_name="số bảng")),
                ("rows", models.PositiveBigIntegerField(null=True, verbose_name="số dòng")),
                ("size", models.PositiveBigIntegerField(null=True, verbose_name="cỡ tệp")),
                ("file", models.FileField(blank=True, max_length=200, upload_to="archives/")),
                ("content_hash", models.CharField(blank=True, max_length=64, verbose_name="SHA-256")),
                ("failure", models.TextField(blank=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            models.Q(
                                ("finished_at__isnull", False),
                                ("rows__isnull", False),
                                ("size__isnull", False),
                                ("tables__isnull", False),
                                models.Q(("file", ""), _negated=True),
                                models.Q(("content_hash", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="archive_done_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "failed"), _negated=True),
                            models.Q(("failure", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="archive_failed_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "cancelled"), _negated=True),
                            models.Q(("cancelled_at__isnull", False), ("cancelled_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="archive_cancelled_says_by_whom",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="syncbatch",
            constraint=models.UniqueConstraint(
                fields=("year", "number"), name="sync_batch_number_once_a_year"
            ),
        ),
        migrations.AddConstraint(
            model_name="syncbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("new__gt", 0), ("changed__gt", 0), ("cancelled__gt", 0), _connector="OR"),
                name="sync_batch_has_records",
            ),
        ),
        migrations.AddConstraint(
            model_name="syncrecord",
            constraint=models.UniqueConstraint(
                fields=("kind", "record_id", "version"), name="sync_record_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="syncrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(("version__gte", 1)), name="sync_record_version_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="syncrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("event", "NEW"),
                    models.Q(("event__in", ["UPDATE", "CANCEL"]), ("version__gte", 2)),
                    _connector="OR",
                ),
                name="sync_record_begins_new",
            ),
        ),
        migrations.RunSQL(STATEMENTS, migrations.RunSQL.noop),
    ]
