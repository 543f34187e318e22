"""Takes away two indexes of the results that others make needless, one of which misled the planner."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gradebook", "0159_order_numbers_kept"),
        ("students", "0142_next_schools"),
    ]

    operations = [
        migrations.AlterField(
            model_name="subjectresult",
            name="line",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="results",
                to="gradebook.subjectline",
            ),
        ),
        migrations.AlterField(
            model_name="traitresult",
            name="year",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="trait_results",
                to="students.schoolyear",
            ),
        ),
    ]
