"""Why a request empties cells that must be filled, and when a teacher has read how a reported difference was resolved.

The reason stays once the request is filed, as the other does. A resolution is read after its round has ended too;
those of before count as read by now.
"""

import django.utils.timezone
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
        END IF;
        IF NEW.number IS NOT NULL THEN
            RAISE EXCEPTION 'a draft has no number' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'filed'), ('draft', 'cancelled'),
        ('filed', 'approved'), ('filed', 'awaiting'), ('filed', 'returned'), ('filed', 'refused'), ('filed', 'cancelled'),
        ('returned', 'filed'), ('returned', 'refused'), ('returned', 'cancelled'),
        ('awaiting', 'approved'), ('awaiting', 'refused'), ('awaiting', 'cancelled'),
        ('approved', 'applied'), ('approved', 'awaiting'), ('approved', 'cancelled')
    ) OR OLD.state IN ('refused', 'applied', 'cancelled')
        AND (to_jsonb(OLD) - 'read_at') IS DISTINCT FROM (to_jsonb(NEW) - 'read_at') THEN
        RAISE EXCEPTION 'request % does not go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.number IS DISTINCT FROM NEW.number AND NOT (OLD.number IS NULL AND OLD.state = 'draft' AND NEW.state = 'filed')
    THEN
        RAISE EXCEPTION 'request % gets its number when it is filed, and keeps it', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF (OLD.year_id, OLD.school_class_id, OLD.line_id, OLD.period, OLD.roll_day, OLD.roll_session,
            OLD.roll_until, OLD.proposer_id, OLD.created_at)
        IS DISTINCT FROM
        (NEW.year_id, NEW.school_class_id, NEW.line_id, NEW.period, NEW.roll_day, NEW.roll_session,
            NEW.roll_until, NEW.proposer_id, NEW.created_at)
    THEN
        RAISE EXCEPTION 'request % stays about what it is about', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state NOT IN ('draft', 'returned')
{the_reason_stays}    THEN
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
WITH_ITS_GAPS = GUARD.replace(
    "{the_reason_stays}",
    """        AND (OLD.reason_code, OLD.reason, OLD.document, OLD.gap_reason)
            IS DISTINCT FROM (NEW.reason_code, NEW.reason, NEW.document, NEW.gap_reason)
""",
)
WITHOUT = GUARD.replace(
    "{the_reason_stays}",
    """        AND (OLD.reason_code, OLD.reason, OLD.document)
            IS DISTINCT FROM (NEW.reason_code, NEW.reason, NEW.document)
""",
)
READ_AT_ANY_TIME = r"""
DROP TRIGGER moves_only ON approvals_reconciliationreply;
DROP TRIGGER while_open ON approvals_reconciliationreply;
SELECT moves_only('approvals_reconciliationreply', 'waiting',
    'waiting>confirmed waiting>differs confirmed>differs resolved>differs differs>resolved waiting>lapsed',
    'state numbers words answered_by_id answered_at resolution resolved_by_id resolved_at', 'read_at');
CREATE TRIGGER while_open BEFORE INSERT ON approvals_reconciliationreply FOR EACH ROW
    EXECUTE FUNCTION while_open_refuse('approvals_reconciliationround', 'round_id');
CREATE TRIGGER while_open_but_to_read BEFORE UPDATE ON approvals_reconciliationreply FOR EACH ROW
    WHEN (to_jsonb(OLD) - 'read_at' IS DISTINCT FROM to_jsonb(NEW) - 'read_at')
    EXECUTE FUNCTION while_open_refuse('approvals_reconciliationround', 'round_id');
"""
READ_NEVER = r"""
DROP TRIGGER while_open_but_to_read ON approvals_reconciliationreply;
DROP TRIGGER while_open ON approvals_reconciliationreply;
DROP TRIGGER moves_only ON approvals_reconciliationreply;
SELECT moves_only('approvals_reconciliationreply', 'waiting',
    'waiting>confirmed waiting>differs confirmed>differs resolved>differs differs>resolved waiting>lapsed',
    'state numbers words answered_by_id answered_at resolution resolved_by_id resolved_at', '');
SELECT while_open('approvals_reconciliationreply', 'approvals_reconciliationround', 'round_id');
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0058_book_looks")]
    operations = [
        *(
            migrations.AddField(
                name,
                "gap_reason",
                models.TextField(blank=True, default="", max_length=500, verbose_name="lí do để trống"),
                preserve_default=False,
            )
            for name in ("correctionrequest", "historicalcorrectionrequest")
        ),
        migrations.RunSQL(WITH_ITS_GAPS, WITHOUT),
        migrations.AddField(
            "reconciliationreply",
            "read_at",
            models.DateTimeField(default=django.utils.timezone.now, null=True),
            preserve_default=False,
        ),
        migrations.AddField("historicalreconciliationreply", "read_at", models.DateTimeField(null=True)),
        migrations.RunSQL(READ_AT_ANY_TIME, READ_NEVER),
    ]
