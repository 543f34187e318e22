"""What of a request the principal has approved already: then the principal's consent is needed too (rule R52)."""

from django.db.models import Q, QuerySet

from approvals.models import CorrectionRequest
from gradebook.models import ClassYearEnd, YearOutcome
from gradebook.regulation import Period
from gradebook.year_end_rules import State as YearEndState

YEAR_END = (Period.YEAR_END, Period.SUPPLEMENTARY)


def needs_consent(request: CorrectionRequest) -> bool:
    """Whether the class's results, or those of a pupil of the request, are approved, and the principal did not consent.

    The database asks the same when a request is carried out (migration 0041). One statement, if any.
    """
    if request.consent_by_id is not None:
        return False
    classes = ClassYearEnd.objects.filter(school_class=request.school_class_id, state=YearEndState.APPROVED)
    decided = _decided(request).values("pk")
    return classes.values("pk").union(decided).exists()


def approved_results(request: CorrectionRequest) -> tuple[str, ...]:
    """The pupils whose approved result the request may contradict. One statement, if any."""
    if request.period not in YEAR_END:
        return ()
    found = _decided(request).select_related("student").order_by("pk")
    return tuple(outcome.student.full_name for outcome in found)


def _decided(request: CorrectionRequest) -> QuerySet[YearOutcome]:
    return YearOutcome.objects.filter(
        ~Q(result=""), school_class=request.school_class_id, student__in=request.items.values("student")
    )
