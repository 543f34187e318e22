"""The audit chain: triggers that note every changed row, whatever the path of the change (design.md, section 5).

`audit_watch(table)` puts a table under watch; `history_keep(table)` makes a table append-only. Both are called
from the migrations of the apps above.
"""

from django.db import migrations

FUNCTIONS = r"""
CREATE FUNCTION audit_link(previous bytea, entry accounts_auditentry) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256(previous || convert_to(concat_ws('|',
        (entry).seq, extract(epoch FROM (entry).at), (entry).actor, (entry).role, (entry).source, (entry).under,
        (entry).table_name, (entry).row_id, (entry).action, (entry).old, (entry).new), 'UTF8'))
$$;

-- Adds one link per changed row. The head row is locked until the transaction ends: links have one order.
CREATE FUNCTION audit_note() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head accounts_audithead;
    link accounts_auditentry;
    changed record;
    moment timestamptz := clock_timestamp();
BEGIN
    SELECT * INTO STRICT head FROM accounts_audithead WHERE id = 1 FOR UPDATE;
    FOR changed IN EXECUTE CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT n.id::text AS row_id, NULL::jsonb AS old, to_jsonb(n) AS new FROM new_rows n ORDER BY n.id'
        WHEN 'UPDATE' THEN 'SELECT n.id::text AS row_id, to_jsonb(o) AS old, to_jsonb(n) AS new'
                           ' FROM new_rows n LEFT JOIN old_rows o USING (id) ORDER BY n.id'
        ELSE 'SELECT o.id::text AS row_id, to_jsonb(o) AS old, NULL::jsonb AS new FROM old_rows o ORDER BY o.id'
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

CREATE FUNCTION audit_watch(watched regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER audit_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION audit_note()', watched);
    EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION audit_note()', watched);
    EXECUTE format('CREATE TRIGGER audit_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION audit_note()', watched);
END $$;

CREATE FUNCTION history_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are kept for ever: no % here', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION history_keep(kept regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER history_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON %s'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION history_refuse()', kept);
END $$;

-- The first link that does not follow from the one before, or 0 when the chain is whole up to its head.
CREATE FUNCTION audit_first_broken() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    entry accounts_auditentry;
    previous bytea := ''::bytea;
    expected bigint := 1;
    head accounts_audithead;
BEGIN
    FOR entry IN SELECT * FROM accounts_auditentry ORDER BY seq LOOP
        IF entry.seq <> expected OR entry.hash <> audit_link(previous, entry) THEN
            RETURN expected;
        END IF;
        previous := entry.hash;
        expected := expected + 1;
    END LOOP;
    SELECT * INTO STRICT head FROM accounts_audithead WHERE id = 1;
    RETURN CASE WHEN head.seq = expected - 1 AND head.hash = previous THEN 0 ELSE expected END;
END $$;

INSERT INTO accounts_audithead (id, seq, hash) VALUES (1, 0, ''::bytea);

SELECT history_keep('accounts_auditentry');
SELECT history_keep('accounts_historicaluser'), history_keep('accounts_historicalpost');
SELECT audit_watch('accounts_post');
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop)]
