"""What became of a request is told to its proposer until the proposer has opened it (PLAN IV.5, IV.6)."""

from accounts import clock
from accounts.history import Source, acting
from accounts.models import User
from approvals.models import CorrectionRequest
from approvals.moves import role_of, take


def mark_read(request: CorrectionRequest, *, by: User) -> None:
    """The proposer has opened the page: what was answered up to now counts as told. Nothing else moves."""
    with acting(by, role=role_of(by, request), source=Source.PAGE, request_id=request.pk):
        request = take(request)
        if request.proposer_id == by.pk and request.is_unread:
            request.read_at = clock.now()
            request.save()
