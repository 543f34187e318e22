from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0030_supplementary_assessment")]

    operations = [
        migrations.RemoveConstraint(model_name="correctionitem", name="correction_field_is_known"),
        migrations.AddConstraint(
            model_name="correctionitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    field__in=["attainment", "mark", "comment", "rating", "repeat", "absence"]
                ),
                name="correction_field_is_known",
            ),
        ),
    ]
