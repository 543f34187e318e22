"""The request as our views get it: LoginRequiredMiddleware has let it through, django-htmx has looked at it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.http import HttpRequest, QueryDict
from django_htmx.middleware import HtmxDetails

from accounts.models import User

if TYPE_CHECKING:
    from accounts.idle_lock import Idleness


class SignedInRequest(HttpRequest):
    """A type only: says what the middleware has already made sure of.

    `other_tasks`: what the start page has counted for the menu around it, by the page of each line.
    """

    user: User
    htmx: HtmxDetails
    idle: "Idleness"
    other_tasks: Mapping[str, int]


def key_in(request: HttpRequest, name: str) -> int:
    """A row's key in the address; 0 for none, and for what is no key."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: an empty POST too is an answer, and a wrong one."""
    return request.POST if request.method == "POST" else None
