"""A request gets its number when it is filed for the first time, and keeps it; what never was filed has none.

Drafts that had one lose it. They were never filed: no paper bears it. In the audit chain this is the system's doing.
"""

from django.db import migrations, models

GUARD = r"""
CREATE OR REPLACE FUNCTION request_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'request % stays on record', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'a request begins as a draft, not %', NEW.state USING ERRCODE = 'check_violation';
        END IF;{on_insert}
        RETURN NEW;
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'filed'), ('draft', 'cancelled'),
        ('filed', 'approved'), ('filed', 'awaiting'), ('filed', 'returned'), ('filed', 'refused'), ('filed', 'cancelled'),
        ('returned', 'filed'), ('returned', 'refused'), ('returned', 'cancelled'),
        ('awaiting', 'approved'), ('awaiting', 'refused'), ('awaiting', 'cancelled'),
        ('approved', 'applied'), ('approved', 'awaiting'), ('approved', 'cancelled')
    ) OR OLD.state IN ('refused', 'applied', 'cancelled') THEN
        RAISE EXCEPTION 'request % does not go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;{on_update}
    IF (OLD.year_id, {number_before}OLD.school_class_id, OLD.line_id, OLD.period, OLD.roll_day, OLD.roll_session,
            OLD.roll_until, OLD.proposer_id, OLD.created_at)
        IS DISTINCT FROM
        (NEW.year_id, {number_after}NEW.school_class_id, NEW.line_id, NEW.period, NEW.roll_day, NEW.roll_session,
            NEW.roll_until, NEW.proposer_id, NEW.created_at)
    THEN
        RAISE EXCEPTION 'request % stays about what it is about', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state NOT IN ('draft', 'returned')
        AND (OLD.reason_code, OLD.reason, OLD.document) IS DISTINCT FROM (NEW.reason_code, NEW.reason, NEW.document)
    THEN
        RAISE EXCEPTION 'request % was filed: its reason stays', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.decided_by_id IS DISTINCT FROM NEW.decided_by_id
        AND NOT (OLD.state IN ('filed', 'returned') AND NEW.state IN ('approved', 'awaiting', 'refused'))
    OR OLD.consent_by_id IS DISTINCT FROM NEW.consent_by_id
        AND NOT (OLD.state = 'awaiting' AND NEW.state IN ('approved', 'refused'))
    OR OLD.state = 'awaiting' AND NEW.state IN ('approved', 'refused') AND NEW.consent_by_id IS NULL
    OR OLD.applied_by_id IS DISTINCT FROM NEW.applied_by_id AND NEW.state <> 'applied'
    THEN
        RAISE EXCEPTION 'who decided request % is written when it is decided, and once', OLD.id
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state IN ('filed', 'awaiting', 'approved')
        AND NOT EXISTS (SELECT FROM approvals_evidence WHERE request_id = NEW.id)
    THEN
        RAISE EXCEPTION 'request % has no evidence', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'applied' AND NEW.consent_by_id IS NULL AND request_needs_consent(NEW.id, NEW.school_class_id) THEN
        RAISE EXCEPTION 'request % needs the consent of the principal', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
NUMBERED_WHEN_FILED = GUARD.format(
    on_insert="""
        IF NEW.number IS NOT NULL THEN
            RAISE EXCEPTION 'a draft has no number' USING ERRCODE = 'check_violation';
        END IF;""",
    on_update="""
    IF OLD.number IS DISTINCT FROM NEW.number AND NOT (OLD.number IS NULL AND OLD.state = 'draft' AND NEW.state = 'filed')
    THEN
        RAISE EXCEPTION 'request % gets its number when it is filed, and keeps it', OLD.id USING ERRCODE = 'check_violation';
    END IF;""",
    number_before="",
    number_after="",
)
NUMBERED_AS_A_DRAFT = GUARD.format(
    on_insert="", on_update="", number_before="OLD.number, ", number_after="NEW.number, "
)

_BY_THE_SYSTEM = """
SELECT set_config('app.actor', 'system', true), set_config('app.role', 'Quản trị', true),
    set_config('app.source', 'system', true), set_config('app.under', '', true);
ALTER TABLE approvals_correctionrequest DISABLE TRIGGER request_guard;
ALTER TABLE approvals_correctionrequest DISABLE TRIGGER closed_year_update;
{change};
ALTER TABLE approvals_correctionrequest ENABLE TRIGGER request_guard;
ALTER TABLE approvals_correctionrequest ENABLE TRIGGER closed_year_update;
"""
TAKE = _BY_THE_SYSTEM.format(
    change="UPDATE approvals_correctionrequest SET number = NULL WHERE filed_at IS NULL"
)
GIVE = _BY_THE_SYSTEM.format(
    change="""
UPDATE approvals_correctionrequest r SET number = given.number FROM (
    SELECT d.id, row_number() OVER (PARTITION BY d.year_id ORDER BY d.id) + coalesce((
        SELECT max(f.number) FROM approvals_correctionrequest f WHERE f.year_id = d.year_id), 0) AS number
    FROM approvals_correctionrequest d WHERE d.number IS NULL
) given WHERE r.id = given.id"""
)


class Migration(migrations.Migration):
    dependencies = [("approvals", "0054_reconciliations_kept")]
    operations = [
        migrations.AlterField(
            model_name="correctionrequest",
            name="number",
            field=models.PositiveIntegerField(null=True, verbose_name="số phiếu"),
        ),
        # Taken back, the history keeps its rows without a number: nobody changes them.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE approvals_historicalcorrectionrequest ALTER COLUMN number DROP NOT NULL",
                    migrations.RunSQL.noop,
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="historicalcorrectionrequest",
                    name="number",
                    field=models.PositiveIntegerField(null=True, verbose_name="số phiếu"),
                )
            ],
        ),
        migrations.RunSQL(TAKE, GIVE),
        migrations.RunSQL(NUMBERED_WHEN_FILED, NUMBERED_AS_A_DRAFT),
        migrations.AddConstraint(
            model_name="correctionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("filed_at__isnull", True), ("number__isnull", True)),
                    models.Q(("filed_at__isnull", False), ("number__isnull", False)),
                    _connector="OR",
                ),
                name="request_is_numbered_when_filed",
            ),
        ),
    ]
