"""Puts announcements and documents under the audit chain; what was told, read or laid down is not changed or deleted.

The guard of announcements allows one move, the withdrawal, as `approvals.announcement_workflow` has it.
"""

from django.db import migrations

GUARD = r"""
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

-- Nobody reads what was withdrawn, nor their own words.
CREATE FUNCTION announcement_reading_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM approvals_announcement a
                   WHERE a.id = NEW.announcement_id AND a.state = 'shown' AND a.author_id <> NEW.person_id) THEN
        RAISE EXCEPTION 'announcement % is not to be read by %', NEW.announcement_id, NEW.person_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER announcement_reading_guard BEFORE INSERT ON approvals_announcementreading
    FOR EACH ROW EXECUTE FUNCTION announcement_reading_guard();
"""
APPEND_ONLY = ("announcementreading", "documentversion", "boardmember")
OF_THE_ANNOUNCEMENT = "(SELECT year_id FROM approvals_announcement WHERE id = r.announcement_id)"


def statements() -> list[str]:
    return [
        *(
            f"SELECT audit_watch('approvals_{table}')"
            for table in ("announcement", "keptdocument", *APPEND_ONLY)
        ),
        *(f"SELECT history_keep('approvals_{table}')" for table in APPEND_ONLY),
        "SELECT history_keep('approvals_historicalannouncement')",
        "SELECT history_keep('approvals_historicalkeptdocument')",
        "SELECT closed_year_guard('approvals_announcement', 'r.year_id')",
        f"SELECT closed_year_guard('approvals_announcementreading', '{OF_THE_ANNOUNCEMENT}')",
        GUARD,
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0048_announcements_and_documents"),
        ("students", "0021_years_and_calendar_kept"),
    ]
    operations = [migrations.RunSQL(statements(), migrations.RunSQL.noop)]
