"""Lets the audit chain watch a table whose key is not called id: `audit_watch(table, key)`."""

from django.db import migrations

FUNCTIONS = r"""
CREATE OR REPLACE FUNCTION audit_note() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head accounts_audithead;
    link accounts_auditentry;
    changed record;
    moment timestamptz := clock_timestamp();
    key text := coalesce(TG_ARGV[0], 'id');
BEGIN
    SELECT * INTO STRICT head FROM accounts_audithead WHERE id = 1 FOR UPDATE;
    FOR changed IN EXECUTE CASE TG_OP
        WHEN 'INSERT' THEN format('SELECT n.%1$I::text AS row_id, NULL::jsonb AS old, to_jsonb(n) AS new FROM new_rows n'
                                  ' ORDER BY n.%1$I', key)
        WHEN 'UPDATE' THEN format('SELECT n.%1$I::text AS row_id, to_jsonb(o) AS old, to_jsonb(n) AS new'
                                  ' FROM new_rows n LEFT JOIN old_rows o USING (%1$I) ORDER BY n.%1$I', key)
        ELSE format('SELECT o.%1$I::text AS row_id, to_jsonb(o) AS old, NULL::jsonb AS new FROM old_rows o'
                    ' ORDER BY o.%1$I', key)
    END LOOP
        link.seq := head.seq + 1;
        link.at := moment;
        link.actor := coalesce(current_setting('app.actor', true), '');
        link.role := coalesce(current_setting('app.role', true), '');
        link.source := coalesce(current_setting('app.source', true), '');
        link.under := coalesce(current_setting('app.under', true), '');
        link.table_name := TG_TABLE_NAME;
        link.row_id := changed.row_id;
        link.action := left(TG_OP, 1);
        link.old := changed.old;
        link.new := changed.new;
        link.hash := audit_link(head.hash, link);
        INSERT INTO accounts_auditentry SELECT link.*;
        head.seq := link.seq;
        head.hash := link.hash;
    END LOOP;
    UPDATE accounts_audithead SET seq = head.seq, hash = head.hash WHERE id = 1;
    RETURN NULL;
END $$;

CREATE FUNCTION audit_watch(watched regclass, key text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER audit_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION audit_note(%L)', watched, key);
    EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION audit_note(%L)', watched, key);
    EXECUTE format('CREATE TRIGGER audit_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION audit_note(%L)', watched, key);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0061_kinds_of_the_access_log")]
    operations = [migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop)]
