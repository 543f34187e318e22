"""Backups: watched by the audit chain; none is deleted, and what came of one stays as it is."""

from django.db import migrations

GUARDS = """
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


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_access_log_kept")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
