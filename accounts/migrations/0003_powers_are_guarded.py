"""Grants and memberships are traced; the parts that can be opened by grant; the school keeps a principal."""

from django.db import migrations

PARTS = (
    (
        "progress",
        "report",
        "Tiến độ nhập",
        "bảng tiến độ nhập điểm, đánh giá của mọi lớp trong trường (chỉ xem)",
    ),
    (
        "prints",
        "part",
        "Sổ và học bạ đã in",
        "danh sách và tệp PDF các sổ, học bạ đã in của toàn trường (chỉ xem, tải xuống; không đặt in)",
    ),
    (
        "access_log",
        "part",
        "Nhật kí truy cập",
        "nhật kí truy cập của mọi tài khoản: xem, tìm, tải về Excel",
    ),
    (
        "training",
        "report",
        "Tập huấn",
        "tỉ lệ đã tập huấn của toàn trường và bản ghi tập huấn của từng người (chỉ xem)",
    ),
)

# From today on some active person holds the post of principal, day after day without end. Deferred to the end of
# the transaction, so that one act may end a post and begin the successor's. The lock keeps two transactions, each
# harmless alone, from leaving the school without a principal together.
GUARDS = """
CREATE FUNCTION keep_a_principal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    today date := (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('the post of principal'));
    IF TG_TABLE_NAME = 'accounts_user' AND NOT EXISTS (
        SELECT 1 FROM accounts_post
        WHERE holder_id = NEW.id AND kind = 'principal' AND (ends_on IS NULL OR ends_on >= today)
    ) THEN
        RETURN NULL;
    END IF;
    IF NOT coalesce((
        SELECT range_agg(daterange(p.starts_on, p.ends_on, '[]')) @> daterange(today, NULL)
        FROM accounts_post p JOIN accounts_user u ON u.id = p.holder_id
        WHERE p.kind = 'principal' AND u.is_active
    ), false) THEN
        RAISE EXCEPTION 'the school would be without a principal' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'the_school_has_a_principal';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER the_school_has_a_principal AFTER UPDATE OR DELETE ON accounts_post
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.kind = 'principal') EXECUTE FUNCTION keep_a_principal();
CREATE CONSTRAINT TRIGGER the_school_has_a_principal AFTER UPDATE OF is_active ON accounts_user
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active)
    EXECUTE FUNCTION keep_a_principal();

SELECT history_keep('accounts_historicalgrant'), history_keep('accounts_historicalgroupmembership');
SELECT audit_watch('accounts_grant'), audit_watch('accounts_groupmembership');
SELECT audit_watch('guardian_userobjectpermission'), audit_watch('guardian_groupobjectpermission');
"""

# Until the transaction of this migration ends it writes as the system (accounts.history.acting): a row without an actor
# is one written past the application.
AS_THE_SYSTEM = """
SELECT set_config('app.actor', 'system', true), set_config('app.role', 'Hệ thống', true),
    set_config('app.source', 'system', true), set_config('app.under', 'migrate', true);
"""


def name_the_parts(apps, schema_editor):
    part = apps.get_model("accounts", "SystemPart")
    part.objects.bulk_create(
        part(code=code, kind=kind, name=name, opens=opens) for code, kind, name, opens in PARTS
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_audit_chain"),
        ("guardian", "0003_remove_groupobjectpermission_guardian_gr_content_ae6aec_idx_and_more"),
    ]
    operations = [
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
        migrations.RunSQL(AS_THE_SYSTEM, migrations.RunSQL.noop),
        migrations.RunPython(name_the_parts, migrations.RunPython.noop),
    ]
