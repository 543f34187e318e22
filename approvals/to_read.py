"""Requests, questions and incidents that wait for a person: the menu counts them, the start page lists them."""

from django.db.models import Q, QuerySet

from accounts import permissions
from accounts.held_powers import powers_of
from accounts.models import User
from accounts.powers import Action
from approvals.cancellations import cancelled_to_read
from approvals.inquiries import waiting_for
from approvals.models import CorrectionRequest, CorrectionRequestQuerySet, Inquiry
from approvals.standing_values import has_moved_on
from approvals.workflow import OPEN_STATES, WRITABLE, State


def requests_waiting_for(user: User) -> QuerySet[CorrectionRequest]:
    """Requests whose next move is this person's: to finish and file, to decide, to consent to, to carry out.

    One in which a value has moved on can no longer be carried out (rule R53): it leaves the clerk, and is its
    proposer's to cancel; whoever decides may refuse it.

    An opinion is nobody's duty: the head of the tổ is told of those still without one.
    """
    wanted = Q(proposer=user, state__in=WRITABLE) | Q(has_moved_on(), proposer=user)
    powers = powers_of(user)
    if powers.headed_teams:
        of_grades = Q(proposer__team=None, school_class__grade_level__in=powers.headed_grades)
        headed = Q(proposer__team__in=powers.headed_teams) | of_grades
        wanted |= Q(state=State.FILED, opinion_by=None) & headed & ~Q(proposer=user) & ~Q(has_moved_on())
    if permissions.may(user, Action.DECIDE_REQUEST):
        wanted |= Q(state=State.FILED) & ~Q(proposer=user)
    if permissions.may(user, Action.CONSENT_TO_REQUEST):
        wanted |= Q(state=State.AWAITING) & ~Q(proposer=user) & ~Q(decided_by=user)
    if permissions.may(user, Action.APPLY_REQUEST):
        wanted |= (
            Q(state=State.APPROVED)
            & ~Q(has_moved_on())
            & ~Q(proposer=user)
            & ~Q(decided_by=user)
            & (Q(consent_by=None) | ~Q(consent_by=user))
        )
    # Named besides, so that the index of what waits is enough: most requests have come to their end.
    return CorrectionRequest.objects.filter(wanted, state__in=OPEN_STATES)


def requests_to_read(user: User) -> CorrectionRequestQuerySet:
    """Requests that wait for this person's act, own ones with an answer that the person has not opened yet, and those
    cancelled after the person had approved them, or was to carry them out."""
    news = CorrectionRequest.objects.with_news_for(user.pk)
    parts = [requests_waiting_for(user), news, cancelled_to_read(user)]
    first, *others = (part.order_by().values("pk") for part in parts)
    # Each by its own index, which one condition with an OR would not use.
    return CorrectionRequest.objects.filter(pk__in=first.union(*others))


def inquiries_to_read(user: User) -> QuerySet[Inquiry]:
    """Questions and incidents that wait for this person's act, and own ones with news."""
    handled = Q(pk__in=waiting_for(user).values("pk"))
    news = Q(pk__in=Inquiry.objects.with_news_for(user.pk).values("pk"))
    return Inquiry.objects.filter(handled | news)
