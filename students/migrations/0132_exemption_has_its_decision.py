"""Nobody is left unassessed without a decision (R33)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("students", "0131_past_exemption_decisions")]

    operations = [
        migrations.AddConstraint(
            model_name="student",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("exemption_decision_no", ""),
                        ("exemption_decision_on__isnull", True),
                        ("is_exempt_from_assessment", False),
                    ),
                    models.Q(
                        ("exemption_decision_on__isnull", False),
                        ("is_exempt_from_assessment", True),
                        models.Q(("exemption_decision_no", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="student_exemption_has_its_decision",
            ),
        ),
    ]
