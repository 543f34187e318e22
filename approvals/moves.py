"""One step of a request along its table: the row held, the move asked for, the new state and its due day."""

from accounts import clock, permissions
from accounts.models import User
from approvals.due import due_on
from approvals.mandates import check_move
from approvals.models import CorrectionRequest
from approvals.workflow import Act, State


def take(request: CorrectionRequest) -> CorrectionRequest:
    """The request anew, its row held until the transaction ends: two acts at once come one after the other.

    Raises YearIsClosed: before it closed, all of its requests had come to their end.
    """
    taken = (
        CorrectionRequest.objects.select_for_update(of=("self",))
        .select_related("school_class__year", "line", "proposer")
        .get(pk=request.pk)
    )
    taken.school_class.year.require_not_closed()
    return taken


def moved(request: CorrectionRequest, act: Act, by: User) -> CorrectionRequest:
    """The request held, with the state the act leads to; not yet saved. Raises CorrectionRefused, PermissionDenied."""
    request = take(request)
    state = check_move(request, act, by)
    if state != request.state:
        request.state = state
        request.due_on = due_on(State(state), clock.today(), request.school_class.year)
    return request


def role_of(by: User, request: CorrectionRequest) -> str:
    """The capacity that the history names."""
    return permissions.acting_role(by, request.school_class, request.line)
