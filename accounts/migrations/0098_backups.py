"""Backups: watched by the audit chain; none is deleted, and what came of one stays as it is."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

STATEMENTS = """
SELECT audit_watch('accounts_backup');
CREATE TRIGGER backup_keep BEFORE DELETE ON accounts_backup
    FOR EACH STATEMENT EXECUTE FUNCTION history_refuse();
CREATE FUNCTION backup_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND (OLD.state IN ('proven', 'failed') OR (OLD.state = 'waiting' AND NEW.state = 'proven')) THEN
        RAISE EXCEPTION 'backup % cannot go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER backup_moves BEFORE UPDATE OF state ON accounts_backup FOR EACH ROW EXECUTE FUNCTION backup_moves();
"""
UNDONE = "DROP TRIGGER backup_moves ON accounts_backup; DROP TRIGGER backup_keep ON accounts_backup; DROP FUNCTION backup_moves();"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0097_mail_digests"),
    ]

    operations = [
        migrations.CreateModel(
            name="Backup",
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
                            ("running", "Đang sao lưu"),
                            ("proven", "Đã khôi phục thử, đúng"),
                            ("failed", "Có lỗi"),
                        ],
                        default="waiting",
                        max_length=7,
                        verbose_name="trạng thái",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("daily", "Hằng ngày"),
                            ("before_lock", "Trước khi khoá sổ"),
                            ("after_lock", "Sau khi khoá sổ"),
                            ("before_roll_over", "Trước khi lên lớp"),
                            ("after_roll_over", "Sau khi lên lớp"),
                            ("asked", "Có người yêu cầu"),
                        ],
                        max_length=16,
                        verbose_name="vì sao",
                    ),
                ),
                ("about", models.CharField(blank=True, max_length=200, verbose_name="về việc")),
                ("occasion", models.CharField(blank=True, max_length=80, verbose_name="dịp")),
                (
                    "asked_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="yêu cầu lúc"
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="số lần thử")),
                ("started_at", models.DateTimeField(null=True, verbose_name="bắt đầu lúc")),
                ("made_at", models.DateTimeField(null=True, verbose_name="dữ liệu của lúc")),
                ("snapshot", models.CharField(blank=True, max_length=64, verbose_name="mã SHA-256")),
                ("audit_code", models.CharField(blank=True, max_length=40, verbose_name="mã nhật kí")),
                ("size", models.PositiveBigIntegerField(null=True, verbose_name="cỡ dữ liệu")),
                ("added", models.PositiveBigIntegerField(null=True, verbose_name="phần mới lưu thêm")),
                ("tables", models.PositiveSmallIntegerField(null=True, verbose_name="số bảng")),
                ("rows", models.PositiveBigIntegerField(null=True, verbose_name="số dòng")),
                ("files", models.PositiveIntegerField(null=True, verbose_name="số tệp")),
                ("files_tried", models.PositiveIntegerField(null=True, verbose_name="số tệp đã thử")),
                ("proven_at", models.DateTimeField(null=True, verbose_name="khôi phục thử lúc")),
                ("second_at", models.DateTimeField(null=True, verbose_name="nơi thứ hai có lúc")),
                ("second_fault", models.TextField(blank=True, verbose_name="lỗi ở nơi thứ hai")),
                ("failure", models.TextField(blank=True, verbose_name="lỗi")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="xong lúc")),
                ("forgotten_at", models.DateTimeField(null=True, verbose_name="thôi giữ lúc")),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người yêu cầu",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("occasion", ""), _negated=True),
                        fields=("occasion",),
                        name="backup_once_an_occasion",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("asked_by__isnull", False), ("occasion", ""), ("reason", "asked")),
                            models.Q(
                                models.Q(("reason", "asked"), _negated=True),
                                models.Q(("occasion", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="backup_has_an_occasion_or_a_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "proven"), _negated=True),
                            models.Q(
                                models.Q(("snapshot", ""), _negated=True),
                                models.Q(("audit_code", ""), _negated=True),
                                ("failure", ""),
                                ("finished_at__isnull", False),
                                ("proven_at__gte", models.F("made_at")),
                                ("rows__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="backup_proven_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "failed"), _negated=True),
                            models.Q(("failure", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="backup_failed_says_why",
                    ),
                ],
            },
        ),
        migrations.RunSQL(STATEMENTS, UNDONE),
    ]
