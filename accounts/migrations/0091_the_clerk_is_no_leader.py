"""Nobody keeps the administrator account and supervises it on the same days (PLAN IV.2, IV.3)."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField
from django.db import migrations, models
from django.db.models import Case, F, Func, Value, When


def from_to(low, high):
    return Func(
        Value(low), Value(high), Value("[]"), function="int8range", output_field=BigIntegerRangeField()
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0090_staff_codes_in_capitals")]
    operations = [
        migrations.AddConstraint(
            "post",
            ExclusionConstraint(
                name="post_clerk_is_no_leader",
                expressions=[
                    (Func(F("holder_id"), F("holder_id"), Value("[]"), function="int8range"), "&&"),
                    (
                        Case(
                            When(kind="principal", then=from_to(1, 1)),
                            When(kind="vice_principal", then=from_to(2, 2)),
                            default=from_to(1, 2),
                        ),
                        "&&",
                    ),
                    (
                        Func(
                            F("starts_on"),
                            F("ends_on"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                condition=models.Q(kind__in=["principal", "vice_principal", "clerk"]),
            ),
        ),
    ]
