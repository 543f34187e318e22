import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0002_what_a_book_lacks"),
        ("students", "0090_confirmed_again"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="printjob",
            name="movement",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="print_jobs",
                to="students.movement",
                verbose_name="biến động",
            ),
        ),
        migrations.AlterField(
            model_name="printjob",
            name="book",
            field=models.CharField(
                choices=[
                    ("thkqgd", "Sổ THKQGD của lớp"),
                    ("hocba", "Học bạ của lớp"),
                    ("chuyen", "Hồ sơ chuyển trường"),
                ],
                max_length=10,
                verbose_name="loại sổ",
            ),
        ),
        migrations.AddConstraint(
            model_name="printjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("book", "chuyen"), ("movement__isnull", False)),
                    models.Q(models.Q(("book", "chuyen"), _negated=True), ("movement__isnull", True)),
                    _connector="OR",
                ),
                name="print_of_a_movement_is_a_pack",
            ),
        ),
    ]
