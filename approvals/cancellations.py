"""That an approved request was cancelled, and why: told to who approved it and to the clerk until they open it."""

from django.db.models import Exists, OuterRef, Q

from accounts import clock, permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from approvals.models import CancellationReading, CorrectionRequest, CorrectionRequestQuerySet
from approvals.workflow import State
from students.models import SchoolYear


def cancelled_to_read(user: User) -> CorrectionRequestQuerySet:
    """Cancelled after they had been approved, and not opened by this person since: who approved, who consented, the
    clerk. Of a closed year nothing is news."""
    told = Q(decided_by=user) | Q(consent_by=user)
    if permissions.may(user, Action.APPLY_REQUEST):
        told = Q(decided_by__isnull=False)
    elif not (
        permissions.may(user, Action.DECIDE_REQUEST) or permissions.may(user, Action.CONSENT_TO_REQUEST)
    ):
        return CorrectionRequest.objects.none()
    readings = CancellationReading.objects.filter(request=OuterRef("pk"), person=user)
    cancelled = CorrectionRequest.objects.filter(
        told, ~Exists(readings), state=State.CANCELLED, decided_by__isnull=False
    )
    # Without words are those that the closing of their year ended, and those of before words were asked.
    return (
        cancelled.exclude(cancel_note="").exclude(year__state=SchoolYear.State.CLOSED).exclude(proposer=user)
    )


def mark_read(request: CorrectionRequest, *, by: User) -> None:
    """The person has opened the page of it; once."""
    if request.state != State.CANCELLED or not cancelled_to_read(by).filter(pk=request.pk).exists():
        return
    with acting(by, role=permissions.post_label(by), source=Source.PAGE, request_id=request.pk):
        CancellationReading.objects.bulk_create(
            [CancellationReading(request=request, person=by, read_at=clock.now())], ignore_conflicts=True
        )
