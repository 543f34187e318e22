"""A table as a school has it: pupils write into it all day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = []
    operations = [
        migrations.CreateModel(
            "Note",
            [("id", models.BigAutoField(primary_key=True)), ("text", models.CharField(max_length=20))],
        ),
    ]
