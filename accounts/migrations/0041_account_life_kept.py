"""What the supervision of the administrator account rests on cannot be altered afterwards."""

from django.db import migrations

STATEMENTS = [
    f"SELECT audit_watch('accounts_{table}'), history_keep('accounts_{table}')"
    for table in ("passwordrotation", "adminaction", "supervisionmark")
]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0040_account_life")]
    operations = [migrations.RunSQL(STATEMENTS, migrations.RunSQL.noop)]
