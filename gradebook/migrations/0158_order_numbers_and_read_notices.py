"""Numbers of orders by the calendar year of their date; who has read what the head of a tổ told."""

import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gradebook", "0156_results_decisions_kept"),
        ("students", "0142_next_schools"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="entryorder",
            name="order_number_once_a_year",
        ),
        migrations.AddField(
            model_name="entrynoticerecipient",
            name="read_at",
            field=models.DateTimeField(null=True, verbose_name="đã đọc lúc"),
        ),
        migrations.AddField(
            model_name="historicalentrynoticerecipient",
            name="read_at",
            field=models.DateTimeField(null=True, verbose_name="đã đọc lúc"),
        ),
        migrations.AddConstraint(
            model_name="entryorder",
            constraint=models.UniqueConstraint(
                models.F("year"),
                django.db.models.functions.datetime.ExtractYear("dated"),
                django.db.models.functions.text.Upper(
                    models.Func(models.F("number"), models.Value("0"), function="LTRIM")
                ),
                name="order_number_once_a_calendar_year",
            ),
        ),
    ]
