"""A decision on results amends lines of earlier ones: of the same kind, year and pupil, while those are in force."""

import django.db.models.deletion
from django.db import migrations, models

LISTS = """
CREATE OR REPLACE FUNCTION results_decision_lists() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM gradebook_resultsdecision WHERE id = NEW.decision_id) <> 'draft' THEN
        RAISE EXCEPTION 'the lists of decision % are closed', NEW.decision_id USING ERRCODE = 'check_violation';
    END IF;
    {what_it_amends}
    RETURN NEW;
END $$;
"""
AMENDING = LISTS.replace(
    "{what_it_amends}",
    """IF NEW.replaces_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM gradebook_resultsdecisionline earlier
            JOIN gradebook_resultsdecision issued ON issued.id = earlier.decision_id
            JOIN gradebook_resultsdecision own ON own.id = NEW.decision_id
        WHERE earlier.id = NEW.replaces_id AND issued.state = 'issued' AND NOT earlier.is_struck
            AND (issued.year_id, issued.kind) = (own.year_id, own.kind)
            AND (earlier.student_id, earlier.school_class_id) = (NEW.student_id, NEW.school_class_id)
    ) THEN
        RAISE EXCEPTION 'line % is not one of this pupil that decision % could amend', NEW.replaces_id, NEW.decision_id
            USING ERRCODE = 'check_violation';
    END IF;""",
)
AS_BEFORE = LISTS.replace("{what_it_amends}", "")


class Migration(migrations.Migration):
    dependencies = [
        ("gradebook", "0160_results_without_needless_indexes"),
        ("students", "0142_next_schools"),
    ]

    operations = [
        migrations.AddField(
            model_name="resultsdecisionline",
            name="is_struck",
            field=models.BooleanField(default=False, verbose_name="thôi có tên"),
        ),
        migrations.AddField(
            model_name="resultsdecisionline",
            name="replaces",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="gradebook.resultsdecisionline",
                verbose_name="thay thế dòng",
            ),
        ),
        migrations.AddConstraint(
            model_name="resultsdecisionline",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_struck", False), ("replaces__isnull", False), _connector="OR"),
                name="results_decision_strikes_what_was_issued",
            ),
        ),
        migrations.RunSQL(AMENDING, AS_BEFORE),
    ]
