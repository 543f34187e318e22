"""What was removed once its time was over: watched by the audit chain, and neither changed nor deleted by anybody."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

GUARDS = """
SELECT history_keep('approvals_expiredremoval');
SELECT audit_watch('approvals_expiredremoval');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0011_consents_of_one_day"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="ExpiredRemoval",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, verbose_name="dòng của bảng thời hạn lưu")),
                ("what", models.CharField(max_length=300, verbose_name="dữ liệu")),
                ("period", models.CharField(max_length=200, verbose_name="giữ bao lâu")),
                ("basis", models.CharField(max_length=300, verbose_name="theo")),
                ("day", models.DateField(verbose_name="tính đến ngày")),
                ("kept_from", models.DateField(null=True, verbose_name="giữ lại từ ngày")),
                ("count", models.PositiveIntegerField(verbose_name="số đã xoá")),
                ("unit", models.CharField(max_length=20, verbose_name="đơn vị")),
                (
                    "removed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="xoá lúc"
                    ),
                ),
                (
                    "removed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người xoá",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(count__gt=0), name="expired_removal_removed_something"
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(what="")
                        & ~models.Q(period="")
                        & ~models.Q(basis="")
                        & ~models.Q(unit=""),
                        name="expired_removal_is_told_whole",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
