"""The request as our views get it: LoginRequiredMiddleware has let it through, django-htmx has looked at it."""

from django.http import HttpRequest, QueryDict
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class SignedInRequest(HttpRequest):
    """A type only: says what the middleware has already made sure of."""

    user: User
    htmx: HtmxDetails


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: what was sent, an empty form too; nothing on a GET."""
    return request.POST if request.method == "POST" else None
