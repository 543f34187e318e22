from django.db import migrations, models

PERIODS = [
    ("GHKI", "Giữa học kì I"),
    ("CHKI", "Cuối học kì I"),
    ("GHKII", "Giữa học kì II"),
    ("CN", "Cuối năm học"),
    ("BS", "Đánh giá bổ sung"),
]
KNOWN = models.Q(("period__in", ("GHKI", "CHKI", "GHKII", "CN", "BS")))


class Migration(migrations.Migration):
    dependencies = [("gradebook", "0133_commendations_kept")]

    operations = [
        migrations.RemoveConstraint(model_name="doubtanswer", name="doubt_answer_period_is_known"),
        migrations.AlterField(
            model_name="doubtanswer",
            name="period",
            field=models.CharField(choices=PERIODS, max_length=6),
        ),
        migrations.AlterField(
            model_name="historicaldoubtanswer",
            name="period",
            field=models.CharField(choices=PERIODS, max_length=6),
        ),
        migrations.AddConstraint(
            model_name="doubtanswer",
            constraint=models.CheckConstraint(condition=KNOWN, name="doubt_answer_period_is_known"),
        ),
    ]
