"""The database knows the table of a request's states too (`approvals.workflow.MOVES`; rules R52, R54): no other move,
whatever its path; what was filed stays as filed; nothing is approved without evidence, nothing of a class whose results
the principal has approved is carried out without the principal's consent; no request is deleted.
"""

from django.db import migrations

GUARDS = """
SELECT closed_year_guard('approvals_correctionrequest', 'r.year_id');
SELECT closed_year_guard('approvals_correctionitem', '(SELECT year_id FROM approvals_correctionrequest WHERE id = r.request_id)');
SELECT closed_year_guard('approvals_evidence', '(SELECT year_id FROM approvals_correctionrequest WHERE id = r.request_id)');

CREATE FUNCTION request_needs_consent(of_request bigint, of_class bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM gradebook_classyearend WHERE school_class_id = of_class AND state = 'approved')
        OR EXISTS (
            SELECT FROM gradebook_yearoutcome o JOIN approvals_correctionitem i ON i.student_id = o.student_id
            WHERE i.request_id = of_request AND o.school_class_id = of_class AND o.result <> ''
        )
$$;

CREATE FUNCTION request_guard() RETURNS trigger LANGUAGE plpgsql AS $$
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
        AND (OLD.reason_code, OLD.reason, OLD.document, OLD.gap_reason)
            IS DISTINCT FROM (NEW.reason_code, NEW.reason, NEW.document, NEW.gap_reason)
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
        AND NOT EXISTS (SELECT FROM approvals_evidence WHERE request_id = NEW.id AND withdrawn_at IS NULL)
    THEN
        RAISE EXCEPTION 'request % has no evidence', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'applied' AND NEW.consent_by_id IS NULL AND request_needs_consent(NEW.id, NEW.school_class_id) THEN
        RAISE EXCEPTION 'request % needs the consent of the principal', OLD.id USING ERRCODE = 'check_violation';
    END IF;

    IF OLD.cancel_note <> NEW.cancel_note AND NOT (OLD.state <> 'cancelled' AND NEW.state = 'cancelled') THEN
        RAISE EXCEPTION 'why request % was cancelled is written when it is, and once', OLD.id
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.number IS NOT NULL AND OLD.state <> 'cancelled' AND NEW.state = 'cancelled' AND NEW.cancel_note = '' THEN
        RAISE EXCEPTION 'request % was filed: it is not cancelled without a reason', OLD.id
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.opinion_at IS DISTINCT FROM NEW.opinion_at AND EXISTS (
        SELECT FROM approvals_historicalcorrectionrequest h WHERE h.id = OLD.id AND h.opinion_by_id = NEW.opinion_by_id)
    OR OLD.opinion_by_id IS NOT NULL AND OLD.opinion_by_id IS NOT DISTINCT FROM NEW.opinion_by_id
        AND (OLD.opinion, OLD.opinion_at) IS DISTINCT FROM (NEW.opinion, NEW.opinion_at)
    THEN
        RAISE EXCEPTION 'everybody gives one opinion on request %', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER request_guard BEFORE INSERT OR UPDATE OR DELETE ON approvals_correctionrequest
    FOR EACH ROW EXECUTE FUNCTION request_guard();

CREATE FUNCTION request_cell_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' OR (SELECT state FROM approvals_correctionrequest WHERE id = NEW.request_id) <> 'draft' THEN
        RAISE EXCEPTION 'the cells of a request are those of its draft' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER request_cell_guard BEFORE INSERT OR UPDATE OR DELETE ON approvals_correctionitem
    FOR EACH ROW EXECUTE FUNCTION request_cell_guard();

CREATE FUNCTION request_evidence_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held record;
BEGIN
    SELECT state, returned_at INTO held FROM approvals_correctionrequest
        WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.request_id ELSE NEW.request_id END;
    IF TG_OP = 'UPDATE' THEN
        IF (OLD.request_id, OLD.file, OLD.size, OLD.sha256, OLD.uploaded_by_id, OLD.uploaded_at)
            IS DISTINCT FROM (NEW.request_id, NEW.file, NEW.size, NEW.sha256, NEW.uploaded_by_id, NEW.uploaded_at)
        THEN
            RAISE EXCEPTION 'evidence stays as it was sent' USING ERRCODE = 'check_violation';
        END IF;
        IF OLD.withdrawn_at IS DISTINCT FROM NEW.withdrawn_at
            AND (OLD.withdrawn_at IS NOT NULL OR held.state <> 'returned')
        THEN
            RAISE EXCEPTION 'evidence is withdrawn once, while its request is asked for more'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF held.state NOT IN ('draft', 'returned')
        OR TG_OP = 'DELETE' AND held.state = 'returned' AND OLD.uploaded_at < held.returned_at
    THEN
        RAISE EXCEPTION 'the evidence of a filed request stays' USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER request_evidence_guard BEFORE INSERT OR UPDATE OR DELETE ON approvals_evidence
    FOR EACH ROW EXECUTE FUNCTION request_evidence_guard();

SELECT audit_watch('approvals_cancellationreading'), history_keep('approvals_cancellationreading'),
    closed_year_guard('approvals_cancellationreading',
        '(SELECT year_id FROM approvals_correctionrequest WHERE id = r.request_id)');
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0002_audit_chain")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
