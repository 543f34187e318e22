"""Puts announcements and documents under the audit chain; what was told, read or laid down is not changed or deleted.

The guard of announcements allows one move, the withdrawal, as `approvals.announcement_workflow` has it.
"""

from django.db import migrations

GUARDS = """
SELECT audit_watch('approvals_announcement');
SELECT audit_watch('approvals_keptdocument');
SELECT audit_watch('approvals_announcementreading');
SELECT audit_watch('approvals_documentversion');
SELECT audit_watch('approvals_boardmember');
SELECT history_keep('approvals_announcementreading');
SELECT history_keep('approvals_documentversion');
SELECT history_keep('approvals_boardmember');
SELECT history_keep('approvals_historicalannouncement');
SELECT history_keep('approvals_historicalkeptdocument');
SELECT closed_year_guard('approvals_announcement', 'r.year_id');
SELECT closed_year_guard('approvals_announcementreading', '(SELECT year_id FROM approvals_announcement WHERE id = r.announcement_id)');

CREATE FUNCTION announcement_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'announcement % is withdrawn, not deleted', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'shown' THEN
            RAISE EXCEPTION 'an announcement begins as shown' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'shown' OR NEW.state <> 'withdrawn'
        OR to_jsonb(OLD) - '{state,withdrawn_by_id,withdrawn_at,withdrawal_reason}'::text[]
        <> to_jsonb(NEW) - '{state,withdrawn_by_id,withdrawn_at,withdrawal_reason}'::text[] THEN
        RAISE EXCEPTION 'announcement % can be withdrawn once, and nothing else', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER announcement_guard BEFORE INSERT OR UPDATE OR DELETE ON approvals_announcement
    FOR EACH ROW EXECUTE FUNCTION announcement_guard();

-- Nobody reads their own words, nor of a withdrawal of their own or of what they had not read.
CREATE FUNCTION announcement_reading_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM approvals_announcement a
                   WHERE a.id = NEW.announcement_id AND a.state = NEW.state AND a.author_id <> NEW.person_id
                     AND (a.state = 'shown' OR a.withdrawn_by_id <> NEW.person_id AND EXISTS (
                         SELECT 1 FROM approvals_announcementreading r
                         WHERE r.announcement_id = a.id AND r.person_id = NEW.person_id AND r.state = 'shown'))) THEN
        RAISE EXCEPTION 'announcement % is not to be read by %', NEW.announcement_id, NEW.person_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER announcement_reading_guard BEFORE INSERT ON approvals_announcementreading
    FOR EACH ROW EXECUTE FUNCTION announcement_reading_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0005_book_signatures_kept")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
