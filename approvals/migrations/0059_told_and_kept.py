"""When the teacher concerned has read what an inspection concluded: written after its end too, and nothing else.

Conclusions of before, which were told to nobody, wait to be read as well; those of a closed year do not.
"""

from django.db import migrations, models

GUARD = r"""
DROP TRIGGER moves_only ON approvals_finding;
SELECT moves_only('approvals_finding', 'noted',
    'noted>asked noted>closed asked>answered asked>closed answered>asked answered>closed', 'state due_on verdict',
    'read_at');
DROP TRIGGER while_open ON approvals_finding;
CREATE TRIGGER while_open BEFORE INSERT ON approvals_finding
    FOR EACH ROW EXECUTE FUNCTION while_open_refuse('approvals_inspection', 'inspection_id');
CREATE TRIGGER while_open_but_for_reading BEFORE UPDATE ON approvals_finding FOR EACH ROW
    WHEN ((to_jsonb(OLD) - 'read_at') IS DISTINCT FROM (to_jsonb(NEW) - 'read_at'))
    EXECUTE FUNCTION while_open_refuse('approvals_inspection', 'inspection_id');
"""
UNREAD = r"""
DROP TRIGGER while_open_but_for_reading ON approvals_finding;
DROP TRIGGER while_open ON approvals_finding;
SELECT while_open('approvals_finding', 'approvals_inspection', 'inspection_id');
DROP TRIGGER moves_only ON approvals_finding;
SELECT moves_only('approvals_finding', 'noted',
    'noted>asked noted>closed asked>answered asked>closed answered>asked answered>closed', 'state due_on verdict', '');
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0058_book_looks")]
    operations = [
        migrations.AddField("finding", "read_at", models.DateTimeField(null=True)),
        migrations.AddField("historicalfinding", "read_at", models.DateTimeField(null=True)),
        migrations.RunSQL(GUARD, UNREAD),
    ]
