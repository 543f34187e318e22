"""Why the vice-principal signed a handover in place of a homeroom teacher who has left."""

from django.db import migrations, models

FIELD = models.CharField("lí do kí thay", blank=True, default="", max_length=200)


class Migration(migrations.Migration):
    dependencies = [("gradebook", "0042_handover_kept")]
    operations = [
        migrations.AddField("handover", "in_place_reason", FIELD),
        migrations.AddField("historicalhandover", "in_place_reason", FIELD),
    ]
