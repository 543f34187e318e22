"""Reads all rows under a lock that stops nobody; a migration of its own, after that of the rule."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("living", "0005_rule_for_new_rows")]
    operations = [
        ValidateConstraint("note", "note_has_copies"),
    ]
