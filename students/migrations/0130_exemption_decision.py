"""Number and day of the decision by which a pupil is not assessed (R33)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("students", "0120_uploads_without_news"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalstudent",
            name="exemption_decision_no",
            field=models.CharField(blank=True, max_length=60, verbose_name="số quyết định không đánh giá"),
        ),
        migrations.AddField(
            model_name="historicalstudent",
            name="exemption_decision_on",
            field=models.DateField(null=True, verbose_name="ngày quyết định không đánh giá"),
        ),
        migrations.AddField(
            model_name="student",
            name="exemption_decision_no",
            field=models.CharField(blank=True, max_length=60, verbose_name="số quyết định không đánh giá"),
        ),
        migrations.AddField(
            model_name="student",
            name="exemption_decision_on",
            field=models.DateField(null=True, verbose_name="ngày quyết định không đánh giá"),
        ),
    ]
