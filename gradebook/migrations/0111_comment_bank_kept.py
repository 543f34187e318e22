"""Puts the bank of comments under the audit chain and keeps its history."""

from django.db import migrations

FUNCTIONS = """
SELECT audit_watch('gradebook_bankcomment'), audit_watch('gradebook_hiddencomment');
SELECT history_keep('gradebook_historicalbankcomment'), history_keep('gradebook_historicalhiddencomment');
"""


class Migration(migrations.Migration):
    dependencies = [("gradebook", "0110_comment_bank")]
    operations = [migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop)]
