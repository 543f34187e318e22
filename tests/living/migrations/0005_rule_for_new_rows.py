"""Holds for what is written from now on; nothing stored is read for it."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("living", "0004_index_beside_the_work")]
    operations = [
        AddConstraintNotValid(
            "note", models.CheckConstraint(condition=models.Q(copies__gt=0), name="note_has_copies")
        ),
    ]
