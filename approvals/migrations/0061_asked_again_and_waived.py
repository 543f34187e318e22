"""An answer to the monthly check that is confirmed anew, and a request that an inspection no longer asks for."""

from django.db import migrations, models

MOVING = "'state numbers words answered_by_id answered_at resolution resolved_by_id resolved_at'"
MOVES = "waiting>confirmed waiting>differs confirmed>differs resolved>differs differs>resolved waiting>lapsed"
GUARD = f"""
DROP TRIGGER moves_only ON approvals_reconciliationreply;
SELECT moves_only('approvals_reconciliationreply', 'waiting', '{MOVES} confirmed>waiting', {MOVING}, 'read_at');
"""
BEFORE = f"""
DROP TRIGGER moves_only ON approvals_reconciliationreply;
SELECT moves_only('approvals_reconciliationreply', 'waiting', '{MOVES}', {MOVING}, 'read_at');
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0060_told_and_kept")]
    operations = [
        migrations.RunSQL(GUARD, BEFORE),
        migrations.AlterField(
            "findingentry",
            "act",
            models.CharField(
                choices=[("ask", "ASK"), ("answer", "ANSWER"), ("close", "CLOSE"), ("waive", "WAIVE")],
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint("findingentry", "finding_act_is_known"),
        migrations.AddConstraint(
            "findingentry",
            models.CheckConstraint(
                condition=models.Q(act__in=["ask", "answer", "close", "waive"]), name="finding_act_is_known"
            ),
        ),
    ]
