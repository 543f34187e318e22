"""The guides of the roles with their handbook, and the reader's own training beside them (PLAN III.2)."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import permissions
from accounts.guides import GUIDES, PICTURE_HEIGHT, PICTURE_WIDTH, Guide, guide_of
from accounts.handbook import handbook_of, pages_of
from accounts.held_powers import powers_of
from accounts.powers import Action, Role
from accounts.requests import SignedInRequest


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step as the page shows it; `picture` is a static file."""

    number: int
    title: str
    words: str
    link: str
    picture: str


@require_safe
def guides(request: SignedInRequest) -> HttpResponse:
    """All guides, those of the reader's own roles first, and what the reader was trained in."""
    permissions.require(request.user, Action.SEE_HANDBOOK)
    mine = powers_of(request.user).roles
    context = {
        "mine": [guide for guide in GUIDES if guide.role in mine],
        "others": [guide for guide in GUIDES if guide.role not in mine],
        "records": request.user.trainings.select_related("recorded_by", "cancelled_by"),
    }
    return render(request, "accounts/guides.html", context)


@require_safe
def guide(request: SignedInRequest, role: str) -> HttpResponse:
    """One role's guide and handbook; everybody may read every one."""
    permissions.require(request.user, Action.SEE_HANDBOOK)
    found = guide_of(role)
    if found is None:
        raise Http404(f"Không có hướng dẫn «{role}».")
    roles = powers_of(request.user).roles
    context = {
        "guide": found,
        "steps": _shown(found),
        "chapters": handbook_of(found.role),
        "for_everybody": handbook_of(Role.STAFF),
        "is_own": found.role in roles,
        "own_pages": pages_of(roles),
        "width": PICTURE_WIDTH,
        "height": PICTURE_HEIGHT,
    }
    return render(request, "accounts/guide.html", context)


def _shown(found: Guide) -> list[ShownStep]:
    return [
        ShownStep(number, step.title, step.words, step.link, found.picture(step))
        for number, step in enumerate(found.steps, start=1)
    ]
