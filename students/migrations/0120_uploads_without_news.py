"""Whether a list had anything new when it was sent, for the list of uploads."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("students", "0110_records_due"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalrosterupload",
            name="has_news",
            field=models.BooleanField(null=True, verbose_name="có điều mới lúc tải lên"),
        ),
        migrations.AddField(
            model_name="rosterupload",
            name="has_news",
            field=models.BooleanField(null=True, verbose_name="có điều mới lúc tải lên"),
        ),
    ]
