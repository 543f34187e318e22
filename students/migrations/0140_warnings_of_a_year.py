from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("students", "0132_exemption_has_its_decision"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalschoolyear",
            name="warns_on_competency_pairs",
            field=models.BooleanField(db_default=True, default=True, verbose_name="môn học và năng lực"),
        ),
        migrations.AddField(
            model_name="historicalschoolyear",
            name="warns_on_level_and_mark",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="mức đạt được và điểm KTĐK"
            ),
        ),
        migrations.AddField(
            model_name="schoolyear",
            name="warns_on_competency_pairs",
            field=models.BooleanField(db_default=True, default=True, verbose_name="môn học và năng lực"),
        ),
        migrations.AddField(
            model_name="schoolyear",
            name="warns_on_level_and_mark",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="mức đạt được và điểm KTĐK"
            ),
        ),
    ]
