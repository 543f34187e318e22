from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("reports", "0101_outbox_and_archives")]

    operations = [
        migrations.RemoveConstraint(model_name="printjob", name="print_of_a_pupil_is_a_transcript"),
        migrations.AddConstraint(
            model_name="printjob",
            constraint=models.CheckConstraint(
                condition=Q(student__isnull=True) | Q(book__in=["hocba", "phieu"], batch__isnull=True),
                name="print_of_a_pupil_is_a_transcript_or_a_slip",
            ),
        ),
    ]
