"""The request as our views get it: LoginRequiredMiddleware has let it through, django-htmx has looked at it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class SignedInRequest(HttpRequest):
    """A type only: says what the middleware has already made sure of."""

    user: User
    htmx: HtmxDetails
