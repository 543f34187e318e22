"""What is told until it is read, and what is kept for ever.

When the teacher concerned has read what an inspection concluded: written after its end too, and nothing else.
Conclusions of before, which were told to nobody, wait to be read as well; those of a closed year do not.

Who was reminded of books to sign: once a day and person, under the audit chain, never changed.

Nobody gives two opinions on a request.

That nothing is done about a violation, and why: a decision upon staff of a kind of its own.

Why a filed request was cancelled, and who has read it of those who approved it. Evidence that was filed and is withdrawn: kept, and no longer
evidence.
"""

from importlib import import_module

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

GUARD = r"""
DROP TRIGGER moves_only ON approvals_finding;
SELECT moves_only('approvals_finding', 'noted',
    'noted>asked noted>closed asked>answered asked>closed answered>asked answered>closed', 'state due_on verdict',
    'read_at');
DROP TRIGGER while_open ON approvals_finding;
CREATE TRIGGER while_open BEFORE INSERT ON approvals_finding
    FOR EACH ROW EXECUTE FUNCTION while_open_refuse('approvals_inspection', 'inspection_id');
CREATE TRIGGER while_open_but_for_reading BEFORE UPDATE ON approvals_finding FOR EACH ROW
    WHEN ((to_jsonb(OLD) - 'read_at') IS DISTINCT FROM (to_jsonb(NEW) - 'read_at'))
    EXECUTE FUNCTION while_open_refuse('approvals_inspection', 'inspection_id');
"""
UNREAD = r"""
DROP TRIGGER while_open_but_for_reading ON approvals_finding;
DROP TRIGGER while_open ON approvals_finding;
SELECT while_open('approvals_finding', 'approvals_inspection', 'inspection_id');
DROP TRIGGER moves_only ON approvals_finding;
SELECT moves_only('approvals_finding', 'noted',
    'noted>asked noted>closed asked>answered asked>closed answered>asked answered>closed', 'state due_on verdict', '');
"""
_BEFORE: str = import_module("approvals.migrations.0059_gap_reasons_and_resolutions_read").WITH_ITS_GAPS
_HEAD, _TAIL = _BEFORE.rsplit("    RETURN NEW;\n", 1)
CHECKS = r"""
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
"""
REQUESTS = f"{_HEAD}{CHECKS}{_TAIL}".replace(
    "FROM approvals_evidence WHERE request_id = NEW.id",
    "FROM approvals_evidence WHERE request_id = NEW.id AND withdrawn_at IS NULL",
)
_FIRST: str = import_module("approvals.migrations.0041_requests_are_guarded").GUARDS
_, _, _OF_EVIDENCE = _FIRST.partition("CREATE FUNCTION request_evidence_guard")
EVIDENCE_BEFORE = (
    f"CREATE OR REPLACE FUNCTION request_evidence_guard{_OF_EVIDENCE.partition('CREATE TRIGGER')[0]}"
)
EVIDENCE = r"""
CREATE OR REPLACE FUNCTION request_evidence_guard() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""
CANCELLATIONS_READ = """
SELECT audit_watch('approvals_cancellationreading'), history_keep('approvals_cancellationreading'),
    closed_year_guard('approvals_cancellationreading',
        '(SELECT year_id FROM approvals_correctionrequest WHERE id = r.request_id)');
"""
REMINDERS_KEPT = """
SELECT audit_watch('approvals_signingreminder'), history_keep('approvals_signingreminder'),
    closed_year_guard('approvals_signingreminder', 'r.year_id');
"""

_KNOWN = models.Q(("kind__in", ["violation", "commendation"])) | models.Q(
    ("finding__isnull", False), ("kind", "no_action")
)
_HAS_NUMBER = models.Q(
    models.Q(("kind", "no_action"), _negated=True), models.Q(("number", ""), _negated=True)
)
_WHOLE = (
    models.Q(("content", ""), _negated=True)
    & models.Q(("measure", ""), _negated=True)
    & (models.Q(("kind", "no_action"), ("number", "")) | _HAS_NUMBER)
)
KINDS = [("violation", "Xử lí vi phạm"), ("commendation", "Khen thưởng"), ("no_action", "Không xử lí")]
FITTING = r"""
CREATE FUNCTION staff_decision_fits_its_finding() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    said text := (SELECT verdict FROM approvals_finding WHERE id = NEW.finding_id);
BEGIN
    IF NEW.kind = 'commendation' AND said = 'violation' THEN
        RAISE EXCEPTION 'finding % is a violation: nobody is commended for it', NEW.finding_id
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind = 'no_action' AND said IS DISTINCT FROM 'violation' THEN
        RAISE EXCEPTION 'finding % is no violation to let rest', NEW.finding_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER staff_decision_fits_its_finding BEFORE INSERT ON approvals_staffdecision
    FOR EACH ROW EXECUTE FUNCTION staff_decision_fits_its_finding();
"""
UNFITTING = r"""
DROP TRIGGER staff_decision_fits_its_finding ON approvals_staffdecision;
DROP FUNCTION staff_decision_fits_its_finding();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0059_gap_reasons_and_resolutions_read"),
        ("students", "0142_next_schools"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField("finding", "read_at", models.DateTimeField(null=True)),
        migrations.AddField("historicalfinding", "read_at", models.DateTimeField(null=True)),
        migrations.RunSQL(GUARD, UNREAD),
        migrations.CreateModel(
            name="SigningReminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "period",
                    models.CharField(
                        choices=[
                            ("GHKI", "Giữa học kì I"),
                            ("CHKI", "Cuối học kì I"),
                            ("GHKII", "Giữa học kì II"),
                            ("CN", "Cuối năm học"),
                        ],
                        max_length=6,
                        verbose_name="thời điểm",
                    ),
                ),
                ("books", models.PositiveIntegerField(verbose_name="số sổ chưa kí")),
                ("role", models.CharField(max_length=60, verbose_name="tư cách")),
                (
                    "sent_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="nhắc lúc"
                    ),
                ),
                ("day", models.DateField(verbose_name="ngày nhắc")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signing_reminders",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signing_reminders",
                        to="students.schoolyear",
                    ),
                ),
            ],
            options={
                "ordering": ("-sent_at", "-id"),
                "constraints": [
                    models.UniqueConstraint(fields=("person", "day"), name="signing_reminder_once_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(("period__in", ["GHKI", "CHKI", "GHKII", "CN"])),
                        name="signing_reminder_period_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("books__gte", 1)), name="signing_reminder_is_about_books"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("person", models.F("sent_by")), _negated=True),
                        name="signing_reminder_is_to_another",
                    ),
                ],
            },
        ),
        migrations.RunSQL(REMINDERS_KEPT, migrations.RunSQL.noop),
        *(
            migrations.AddField(
                model,
                "cancel_note",
                models.TextField(blank=True, default="", max_length=1000, verbose_name="lí do huỷ"),
                preserve_default=False,
            )
            for model in ("correctionrequest", "historicalcorrectionrequest")
        ),
        *(
            migrations.AddField(
                model, "withdrawn_at", models.DateTimeField(null=True, verbose_name="rút lúc")
            )
            for model in ("evidence", "historicalevidence")
        ),
        migrations.AddIndex(
            "correctionrequest",
            models.Index(
                condition=models.Q(
                    ("decided_by__isnull", False),
                    ("state", "cancelled"),
                    models.Q(("cancel_note", ""), _negated=True),
                ),
                fields=["decided_by"],
                name="request_cancelled_after_all",
            ),
        ),
        migrations.RemoveConstraint("evidence", "evidence_once_a_request"),
        migrations.AddConstraint(
            "evidence",
            models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("request", "sha256"),
                name="evidence_once_a_request",
            ),
        ),
        migrations.RunSQL(REQUESTS, _BEFORE),
        migrations.RunSQL(EVIDENCE, EVIDENCE_BEFORE),
        migrations.CreateModel(
            name="CancellationReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "read_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cancellation_readings",
                        to="approvals.correctionrequest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("request", "person"), name="cancellation_read_once")
                ],
            },
        ),
        migrations.RunSQL(CANCELLATIONS_READ, migrations.RunSQL.noop),
        *(
            migrations.AlterField(model, name, field)
            for model in ("staffdecision", "historicalstaffdecision")
            for name, field in (
                ("kind", models.CharField(choices=KINDS, max_length=12, verbose_name="loại")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="số quyết định")),
            )
        ),
        *(
            migrations.RemoveConstraint("staffdecision", name)
            for name in ("staff_decision_once", "staff_decision_kind_is_known", "staff_decision_is_whole")
        ),
        migrations.AddConstraint(
            "staffdecision",
            models.UniqueConstraint(
                condition=models.Q(("number", ""), _negated=True),
                fields=("number", "dated", "person", "kind"),
                name="staff_decision_once",
            ),
        ),
        migrations.AddConstraint(
            "staffdecision",
            models.UniqueConstraint(
                condition=models.Q(("kind", "no_action"), ("state", "in_force")),
                fields=("finding",),
                name="staff_decision_lets_a_finding_rest_once",
            ),
        ),
        migrations.AddConstraint(
            "staffdecision", models.CheckConstraint(condition=_KNOWN, name="staff_decision_kind_is_known")
        ),
        migrations.AddConstraint(
            "staffdecision", models.CheckConstraint(condition=_WHOLE, name="staff_decision_is_whole")
        ),
        migrations.RunSQL(FITTING, UNFITTING),
    ]
