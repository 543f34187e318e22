"""Built while everybody writes; not in a transaction, and alone in its migration."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("living", "0003_column_filled_by_the_database")]
    operations = [
        AddIndexConcurrently("note", models.Index(fields=["text"], name="note_text")),
    ]
