"""Functions and triggers: seen by whoever writes after it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("living", "0007_table_of_its_own")]
    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION note_trimmed() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                NEW.text := trim(NEW.text);
                RETURN NEW;
            END $$;
            CREATE TRIGGER note_trimmed BEFORE INSERT ON living_note FOR EACH ROW EXECUTE FUNCTION note_trimmed();
            """,
            "DROP FUNCTION note_trimmed CASCADE",
        ),
    ]
