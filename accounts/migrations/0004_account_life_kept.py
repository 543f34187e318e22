"""What the supervision of the administrator account rests on cannot be altered afterwards; nor what training was had."""

from django.db import migrations

GUARDS = """
SELECT audit_watch('accounts_passwordrotation'), history_keep('accounts_passwordrotation');
SELECT audit_watch('accounts_adminaction'), history_keep('accounts_adminaction');
SELECT audit_watch('accounts_supervisionmark'), history_keep('accounts_supervisionmark');
SELECT audit_watch('accounts_trainingrecord');
SELECT history_keep('accounts_historicaltrainingrecord');
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_powers_are_guarded")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
