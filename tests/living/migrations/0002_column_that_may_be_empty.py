"""The version that runs does not name the column, and need not."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("living", "0001_first")]
    operations = [
        migrations.AddField("note", "pages", models.IntegerField(null=True)),
    ]
