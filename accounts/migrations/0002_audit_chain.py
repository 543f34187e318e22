"""The audit chain: triggers that note every changed row, whatever the path of the change (design.md, section 5).

`audit_watch(table)` puts a table under watch, `audit_watch(table, key, left_out, masked)` one whose key is not called
id, or of which columns are left out (`last_login` is no fact of its own) or told by a fingerprint alone (secrets);
`history_keep(table)` makes a table append-only. Both are called from the migrations of every app.

Nothing slips past it, and the application itself cannot write there: `audit_note` runs as the owner of the tables
(SECURITY DEFINER), so the role that the application logs in with needs no right to write entries or head. It tells
rows in UTC whatever the session's time zone. `audit_watch` also refuses TRUNCATE, which no other trigger sees, and takes
in the rows that the table had before (action S, as found): so every row of a watched table has an entry that its
values can be compared with.
"""

from django.db import migrations

GUARDS = r"""
CREATE FUNCTION audit_link(previous bytea, entry accounts_auditentry) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256(previous || convert_to(concat_ws('|',
        (entry).seq, extract(epoch FROM (entry).at), (entry).actor, (entry).role, (entry).source, (entry).under,
        (entry).table_name, (entry).row_id, (entry).action, (entry).old, (entry).new), 'UTF8'))
$$;

-- Adds one link per changed row. The head row is locked until the transaction ends: links have one order.
CREATE FUNCTION audit_note() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    head accounts_audithead;
    link accounts_auditentry;
    changed record;
    moment timestamptz := clock_timestamp();
    key text := coalesce(TG_ARGV[0], 'id');
    left_out text[] := coalesce(TG_ARGV[1], '{}');
    masked text[] := coalesce(TG_ARGV[2], '{}');
BEGIN
    FOR changed IN EXECUTE CASE TG_OP
        WHEN 'INSERT' THEN format('SELECT n.%1$I::text AS row_id, NULL::jsonb AS old, to_jsonb(n) AS new FROM new_rows n'
                                  ' ORDER BY n.%1$I', key)
        WHEN 'UPDATE' THEN format('SELECT n.%1$I::text AS row_id, to_jsonb(o) AS old, to_jsonb(n) AS new'
                                  ' FROM new_rows n LEFT JOIN old_rows o USING (%1$I) ORDER BY n.%1$I', key)
        ELSE format('SELECT o.%1$I::text AS row_id, to_jsonb(o) AS old, NULL::jsonb AS new FROM old_rows o'
                    ' ORDER BY o.%1$I', key)
    END LOOP
        IF left_out <> '{}' OR masked <> '{}' THEN
            changed.old := audit_told(changed.old, left_out, masked);
            changed.new := audit_told(changed.new, left_out, masked);
            CONTINUE WHEN changed.old = changed.new;
        END IF;
        -- Locked when there is something to add, until the transaction ends: links have one order.
        IF head.id IS NULL THEN
            SELECT * INTO STRICT head FROM accounts_audithead WHERE id = 1 FOR UPDATE;
        END IF;
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
    IF head.id IS NOT NULL THEN
        UPDATE accounts_audithead SET seq = head.seq, hash = head.hash WHERE id = 1;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION history_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are kept for ever: no % here', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

-- A table that is both kept for ever and watched is kept by its own call, before or after: that guard is the wider one.
CREATE FUNCTION history_keep(kept regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE OR REPLACE TRIGGER history_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON %s'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION history_refuse()', kept);
END $$;

-- What an entry tells of a row; also what `verify_audit` compares the row with.
CREATE FUNCTION audit_told(told jsonb, left_out text[], masked text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN masked = '{}' THEN told - left_out ELSE (told - left_out) || (
        SELECT coalesce(jsonb_object_agg(name, encode(sha256(convert_to(told ->> name, 'UTF8')), 'hex')), '{}')
        FROM unnest(masked) AS name WHERE told ->> name IS NOT NULL) END
$$;

-- Else whoever may make a temporary table could hang the trigger on it, and so write entries as the owner.
REVOKE EXECUTE ON FUNCTION audit_note() FROM PUBLIC;

-- An entry for each row of a table that has none: the row as it was found.
CREATE FUNCTION audit_take_in(watched regclass, key text, left_out text[], masked text[]) RETURNS void
LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
    head accounts_audithead;
    link accounts_auditentry;
    found_row record;
    name text := (SELECT relname FROM pg_class WHERE oid = watched);
BEGIN
    SELECT * INTO STRICT head FROM accounts_audithead WHERE id = 1 FOR UPDATE;
    FOR found_row IN EXECUTE format(
        'SELECT t.%1$I::text AS row_id, to_jsonb(t) AS told FROM %2$s t WHERE NOT EXISTS ('
        'SELECT 1 FROM accounts_auditentry e WHERE e.table_name = %3$L AND e.row_id = t.%1$I::text) ORDER BY t.%1$I',
        key, watched, name)
    LOOP
        link.seq := head.seq + 1;
        link.at := clock_timestamp();
        link.actor := 'system';
        link.role := 'Hệ thống';
        link.source := 'system';
        link.under := '';
        link.table_name := name;
        link.row_id := found_row.row_id;
        link.action := 'S';
        link.new := audit_told(found_row.told, left_out, masked);
        link.hash := audit_link(head.hash, link);
        INSERT INTO accounts_auditentry SELECT link.*;
        head.seq := link.seq;
        head.hash := link.hash;
    END LOOP;
    UPDATE accounts_audithead SET seq = head.seq, hash = head.hash WHERE id = 1;
END $$;

-- Refuses TRUNCATE, unless the table refuses it already.
CREATE FUNCTION audit_keep_whole(watched regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = watched AND tgname = 'history_keep') THEN
        EXECUTE format('CREATE TRIGGER history_keep BEFORE TRUNCATE ON %s'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION history_refuse()', watched);
    END IF;
END $$;

CREATE FUNCTION audit_watch(watched regclass, key text, left_out text[], masked text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER audit_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION audit_note(%L, %L, %L)', watched, key, left_out, masked);
    EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION audit_note(%L, %L, %L)', watched, key, left_out, masked);
    EXECUTE format('CREATE TRIGGER audit_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION audit_note(%L, %L, %L)', watched, key, left_out, masked);
    PERFORM audit_keep_whole(watched), audit_take_in(watched, key, left_out, masked);
END $$;

-- Each link that does not follow from the one before: `before` is that one's number. One walk along the chain.
CREATE FUNCTION audit_broken_links() RETURNS TABLE (seq bigint, before bigint) LANGUAGE sql STABLE AS $$
    SELECT e.seq, coalesce(e.before, 0) FROM (
        SELECT entry.*, lag(entry.hash) OVER chain AS previous, lag(entry.seq) OVER chain AS before
        FROM accounts_auditentry entry WINDOW chain AS (ORDER BY entry.seq)
    ) e
    WHERE e.seq <> coalesce(e.before, 0) + 1 OR e.hash <> sha256(coalesce(e.previous, '') || convert_to(concat_ws('|',
        e.seq, extract(epoch FROM e.at), e.actor, e.role, e.source, e.under,
        e.table_name, e.row_id, e.action, e.old, e.new), 'UTF8'))
    ORDER BY e.seq
$$;

CREATE FUNCTION audit_watch(watched regclass) RETURNS void LANGUAGE sql AS $$
    SELECT audit_watch(watched, 'id', '{}', '{}')
$$;

CREATE FUNCTION audit_watch(watched regclass, key text) RETURNS void LANGUAGE sql AS $$
    SELECT audit_watch(watched, key, '{}', '{}')
$$;

-- The watched tables: key, columns left out, columns of which a fingerprint is told.
CREATE FUNCTION audit_watched() RETURNS TABLE (watched regclass, key text, left_out text[], masked text[])
LANGUAGE sql STABLE AS $$
    SELECT tgrelid::regclass, coalesce(nullif(argument[1], ''), 'id'),
        coalesce(nullif(argument[2], ''), '{}')::text[], coalesce(nullif(argument[3], ''), '{}')::text[]
    FROM (
        SELECT tgrelid, string_to_array(encode(tgargs, 'escape'), '\000') AS argument
        FROM pg_trigger WHERE tgname = 'audit_insert' AND NOT tgisinternal
    ) AS triggers
$$;

INSERT INTO accounts_audithead (id, seq, hash) VALUES (1, 0, ''::bytea);
SELECT history_keep('accounts_auditentry');
SELECT history_keep('accounts_historicaluser'), history_keep('accounts_historicalpost');
SELECT audit_watch('accounts_post');
CREATE INDEX audit_by_a_person ON accounts_auditentry (actor, seq);
CREATE INDEX audit_by_moment ON accounts_auditentry (at);
CREATE INDEX audit_of_a_pupil ON accounts_auditentry ((coalesce(new, old) ->> 'student_id'), seq)
    WHERE (coalesce(new, old) ->> 'student_id') IS NOT NULL;
CREATE INDEX audit_of_a_class ON accounts_auditentry ((coalesce(new, old) ->> 'school_class_id'), seq)
    WHERE (coalesce(new, old) ->> 'school_class_id') IS NOT NULL;
SELECT audit_watch('accounts_user', 'id', '{last_login}', '{password}');
SELECT audit_watch('accounts_team'), audit_watch('accounts_systempart');
SELECT audit_watch('accounts_user_groups'), audit_watch('accounts_user_user_permissions');
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
