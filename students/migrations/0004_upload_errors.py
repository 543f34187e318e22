"""How much was to be mended in a list when it was sent, for the list of uploads."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("students", "0003_roster_upload"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalrosterupload",
            name="errors",
            field=models.PositiveIntegerField(null=True, verbose_name="chỗ phải sửa lúc tải lên"),
        ),
        migrations.AddField(
            model_name="rosterupload",
            name="errors",
            field=models.PositiveIntegerField(null=True, verbose_name="chỗ phải sửa lúc tải lên"),
        ),
    ]
