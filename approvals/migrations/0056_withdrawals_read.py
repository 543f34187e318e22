"""Whoever has read an announcement reads once more that it was withdrawn: a reading says of which state it is."""

from django.db import migrations, models

GUARD = r"""
-- Nobody reads their own words, nor of a withdrawal of their own or of what they had not read.
CREATE OR REPLACE FUNCTION announcement_reading_guard() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0055_numbers_when_filed")]

    operations = [
        migrations.RemoveConstraint("announcementreading", "announcement_read_once"),
        migrations.AddField(
            "announcementreading",
            "state",
            models.CharField(
                choices=[("shown", "Đã thông báo"), ("withdrawn", "Đã thu hồi")],
                db_default="shown",
                default="shown",
                max_length=10,
                verbose_name="trạng thái lúc đọc",
            ),
        ),
        migrations.AddConstraint(
            "announcementreading",
            models.UniqueConstraint(
                fields=("announcement", "person", "state"), name="announcement_read_once"
            ),
        ),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
    ]
