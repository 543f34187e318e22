"""Codes that differ by capitals alone are one person's."""

from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = [("accounts", "0080_more_parts_to_open")]
    operations = [
        migrations.RunSQL(
            "UPDATE accounts_user SET staff_code = upper(staff_code) WHERE staff_code <> upper(staff_code)",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            "user",
            models.CheckConstraint(
                condition=models.Q(staff_code=Upper(models.F("staff_code"))),
                name="user_staff_code_in_capitals",
            ),
        ),
    ]
