import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0096_audit_located")]
    operations = [
        migrations.CreateModel(
            name="MailDigest",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="mail_digest",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("is_off", models.BooleanField(default=False, verbose_name="không nhận thư nhắc việc")),
                ("sent_on", models.DateField(null=True)),
            ],
        ),
    ]
