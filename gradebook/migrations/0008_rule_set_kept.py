"""Keeps the rules of a year once somebody has worked by them: an entry window or a result of the year exists."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION year_is_worked_on(of_year smallint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM gradebook_entrywindow WHERE year_id = of_year)
        OR EXISTS (SELECT FROM gradebook_traitresult WHERE year_id = of_year)
        OR EXISTS (SELECT FROM gradebook_subjectresult r JOIN gradebook_subjectline l ON l.id = r.line_id WHERE l.year_id = of_year)
$$;

CREATE FUNCTION rule_set_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF year_is_worked_on(NEW.year) THEN
        RAISE EXCEPTION 'year % keeps its rule set', NEW.year USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rule_set_kept BEFORE UPDATE OF rule_set ON students_schoolyear FOR EACH ROW
    WHEN (OLD.rule_set <> NEW.rule_set) EXECUTE FUNCTION rule_set_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("gradebook", "0007_lines_of_classes_kept")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
