"""The access log complete, searchable and kept (rules R57, R65); counts for the rate limits.

The truncate guard is called `history_keep` like those of the history tables, so that what switches these off for a
test's clean-up finds it too.
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The search of lines written before: by address and user name, which are what they have.
FILL = """
UPDATE accounts_accesslogentry
    SET words = btrim(regexp_replace(lower(username || ' ' || path), '[^a-z0-9]+', ' ', 'g'));
"""

KEEP = r"""
CREATE FUNCTION access_log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR EXISTS (SELECT 1 FROM accounts_accesslogentry WHERE at > now() - interval '12 months') THEN
        RAISE EXCEPTION 'lines of the access log are kept for 12 months: no % here', TG_OP
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION access_log_refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.at > now() - interval '12 months' THEN
        RAISE EXCEPTION 'lines of the access log are kept for 12 months: no DELETE of line %', OLD.id
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER history_keep BEFORE UPDATE OR TRUNCATE ON accounts_accesslogentry
    FOR EACH STATEMENT EXECUTE FUNCTION access_log_refuse();
CREATE TRIGGER access_log_keep BEFORE DELETE ON accounts_accesslogentry
    FOR EACH ROW EXECUTE FUNCTION access_log_refuse_delete();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0051_training_under_audit")]
    operations = [
        migrations.CreateModel(
            name="RateCount",
            fields=[
                ("subject", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("began_at", models.DateTimeField()),
                ("times", models.PositiveIntegerField()),
            ],
        ),
        migrations.RemoveIndex(
            model_name="accesslogentry",
            name="access_log_latest",
        ),
        migrations.AddField(
            model_name="accesslogentry",
            name="post",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="accesslogentry",
            name="target",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="accesslogentry",
            name="target_path",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="accesslogentry",
            name="words",
            field=models.TextField(blank=True),
        ),
        migrations.AlterField(
            model_name="accesslogentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("signed_in", "Đăng nhập"),
                    ("signed_out", "Đăng xuất"),
                    ("sign_in_failed", "Đăng nhập sai"),
                    ("locked_out", "Khoá tạm vì sai nhiều lần"),
                    ("lock_released", "Mở khoá tạm"),
                    ("second_session", "Đăng nhập ở nơi thứ hai"),
                    ("session_ended", "Kết thúc phiên đăng nhập"),
                    ("password_changed", "Đổi mật khẩu"),
                    ("second_factor", "Đổi xác thực hai lớp"),
                    ("refused", "Bị từ chối"),
                    ("limited", "Quá nhiều lần"),
                    ("sensitive_viewed", "Xem thông tin nhạy cảm"),
                    ("profiles_viewed", "Xem hồ sơ đầy đủ"),
                    ("evidence_opened", "Mở minh chứng"),
                    ("downloaded", "Tải xuống"),
                    ("bulk_exported", "Xuất hàng loạt"),
                    ("print_asked", "Đặt in"),
                    ("print_downloaded", "Tải bản in"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="accesslogentry",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="access_log",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="accesslogentry",
            index=models.Index(fields=["-at", "-id"], name="access_log_latest"),
        ),
        migrations.AddIndex(
            model_name="accesslogentry",
            index=models.Index(fields=["user", "-at", "-id"], name="access_log_of_a_person"),
        ),
        migrations.AddIndex(
            model_name="accesslogentry",
            index=models.Index(fields=["username", "-at", "-id"], name="access_log_of_a_name"),
        ),
        migrations.AddIndex(
            model_name="accesslogentry",
            index=models.Index(fields=["kind", "-at", "-id"], name="access_log_of_a_kind"),
        ),
        migrations.AddIndex(
            model_name="accesslogentry",
            index=models.Index(fields=["address", "-at", "-id"], name="access_log_of_an_address"),
        ),
        migrations.AddIndex(
            model_name="accesslogentry",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector("words", config="simple"), name="access_log_words"
            ),
        ),
        migrations.RunSQL(FILL + KEEP, migrations.RunSQL.noop),
    ]
