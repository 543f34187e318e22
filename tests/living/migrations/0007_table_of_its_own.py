"""A new table is empty: all is allowed upon it, the way back to the old one included."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("living", "0006_rule_for_all_rows")]
    operations = [
        migrations.CreateModel(
            "Line",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("note", models.ForeignKey("living.Note", models.PROTECT)),
                ("number", models.PositiveIntegerField(unique=True)),
            ],
        ),
    ]
