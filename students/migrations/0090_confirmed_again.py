import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("students", "0080_rule_set_of_a_year"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="attendancemonth",
            name="confirmed_again_at",
            field=models.DateTimeField(null=True, verbose_name="xác nhận lại lúc"),
        ),
        migrations.AddField(
            model_name="attendancemonth",
            name="confirmed_again_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="historicalattendancemonth",
            name="confirmed_again_at",
            field=models.DateTimeField(null=True, verbose_name="xác nhận lại lúc"),
        ),
        migrations.AddField(
            model_name="historicalattendancemonth",
            name="confirmed_again_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="attendancemonth",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_again_at__isnull", True), ("confirmed_again_by__isnull", True)),
                    models.Q(("confirmed_again_at__isnull", False), ("confirmed_again_by__isnull", False)),
                    _connector="OR",
                ),
                name="attendance_month_confirmed_again_by_somebody",
            ),
        ),
    ]
