"""Rewrites the table while nobody may even read it: none of the allowed kinds."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("living", "0008_trigger")]
    operations = [
        migrations.AlterField("note", "pages", models.BigIntegerField(null=True)),
    ]
