"""Whoever holds the clerk's post holds no class and no line in the same days, whatever the path (PLAN IV.3).

What only becomes shorter is let through, so that an old clash can be ended. The lock keeps a post and a seat that are
written at once, each harmless alone, from standing together.
"""

from django.db import migrations

GUARDS = """
CREATE FUNCTION keep_clerk_and_class_apart() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_post boolean := TG_TABLE_NAME = 'accounts_post';
    person bigint := CASE WHEN of_post THEN (to_jsonb(NEW) ->> 'holder_id') ELSE (to_jsonb(NEW) ->> 'teacher_id') END;
    days daterange := daterange(NEW.starts_on, NEW.ends_on, '[]');
BEGIN
    IF TG_OP = 'UPDATE' AND daterange(OLD.starts_on, OLD.ends_on, '[]') @> days
        AND to_jsonb(NEW) -> 'kind' IS NOT DISTINCT FROM to_jsonb(OLD) -> 'kind'
        AND coalesce(to_jsonb(OLD) ->> 'holder_id', to_jsonb(OLD) ->> 'teacher_id')::bigint = person
    THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('duties of ' || person));
    IF of_post AND (
        EXISTS (SELECT 1 FROM students_homeroomassignment
            WHERE teacher_id = person AND daterange(starts_on, ends_on, '[]') && days)
        OR EXISTS (SELECT 1 FROM gradebook_teachingassignment
            WHERE teacher_id = person AND daterange(starts_on, ends_on, '[]') && days)
    ) OR NOT of_post AND EXISTS (
        SELECT 1 FROM accounts_post
        WHERE holder_id = person AND kind = 'clerk' AND daterange(starts_on, ends_on, '[]') && days
    ) THEN
        RAISE EXCEPTION 'the clerk would hold a class' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'the_clerk_holds_no_class';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER the_clerk_holds_no_class AFTER INSERT OR UPDATE ON accounts_post
    FOR EACH ROW WHEN (NEW.kind = 'clerk') EXECUTE FUNCTION keep_clerk_and_class_apart();
CREATE TRIGGER the_clerk_holds_no_class AFTER INSERT OR UPDATE ON students_homeroomassignment
    FOR EACH ROW EXECUTE FUNCTION keep_clerk_and_class_apart();
CREATE TRIGGER the_clerk_holds_no_class AFTER INSERT OR UPDATE ON gradebook_teachingassignment
    FOR EACH ROW EXECUTE FUNCTION keep_clerk_and_class_apart();
"""


class Migration(migrations.Migration):
    dependencies = [("gradebook", "0002_audit_chain")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
