"""Findings concluded «phải sửa theo phiếu đề nghị» of which no request is filed, or was carried out (PLAN IV.2)."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import User
from approvals.inspection_workflow import FindingAct, FindingState, Verdict
from approvals.models import CorrectionRequest, Finding, FindingEntry
from approvals.workflow import State
from students.models import SchoolYear

_NO_REQUEST = (State.DRAFT, State.CANCELLED, State.REFUSED)


def is_open_fix() -> Q:
    """Of a finding: concluded so, not waived, and since it was noted no request was filed that covers its cell; for a
    whole sheet none about that sheet. A draft is none yet; one cancelled or refused is none: nothing was mended."""
    about_sheet = (
        CorrectionRequest.objects.exclude(state__in=_NO_REQUEST)
        .alias(line_asked=Coalesce("line_id", 0))
        .filter(
            school_class=OuterRef("school_class"),
            line_asked=Coalesce(OuterRef("line_id"), 0),
            period=OuterRef("inspection__period"),
            created_at__gte=OuterRef("noted_at"),
        )
    )
    about_cell = about_sheet.filter(
        items__student=OuterRef("student"), items__item=OuterRef("item"), items__field=OuterRef("field")
    )
    waived = FindingEntry.objects.filter(finding=OuterRef("pk"), act=FindingAct.WAIVE)
    is_asked_for = Q(Exists(about_cell)) | Q(Exists(about_sheet), student=None)
    return Q(~Exists(waived), verdict=Verdict.TO_FIX, state=FindingState.CLOSED) & ~is_asked_for


def has_open_fix(finding: Finding) -> bool:
    """The same of one finding. One statement, none of another verdict."""
    return finding.verdict == Verdict.TO_FIX and Finding.objects.filter(is_open_fix(), pk=finding.pk).exists()


def fixes_waiting_for(user: User) -> QuerySet[Finding]:
    """Of the person's own sheets, once the conclusion was read: one for all of a sheet and an inspection.

    Of a closed year nothing waits.
    """
    own = Finding.objects.filter(is_open_fix(), responsible=user, read_at__isnull=False)
    earlier = own.alias(line_key=Coalesce("line_id", 0)).filter(
        inspection=OuterRef("inspection"),
        school_class=OuterRef("school_class"),
        line_key=Coalesce(OuterRef("line_id"), 0),
        pk__lt=OuterRef("pk"),
    )
    return own.exclude(inspection__year__state=SchoolYear.State.CLOSED).filter(~Exists(earlier))
