"""The access log is kept for twelve months (rules R57, R65).

The truncate guard is called `history_keep` like those of the history tables, so that what switches these off for a
test's clean-up finds it too.
"""

from django.db import migrations

GUARDS = """
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
    dependencies = [("accounts", "0004_account_life_kept")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
