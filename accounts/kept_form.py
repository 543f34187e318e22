"""A form whose sending waits for the password: what was typed stands in hidden fields, files are chosen again."""

from dataclasses import dataclass

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.own_password import FIELD, is_own_password

NOT_KEPT = frozenset({FIELD, "csrfmiddlewaretoken"})


@dataclass(frozen=True, slots=True)
class LostFiles:
    """A field of files: a page cannot hold them, so they are named and chosen once more."""

    field: str
    names: list[str]


def ask_password(
    request: HttpRequest, *, heading: str, about: str, submit: str, status: int, way_back: str = ""
) -> HttpResponse:
    """The page that sends the same form to the same address again, together with the password."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    context = {
        "heading": heading,
        "about": about,
        "submit": submit,
        "action": request.get_full_path(),
        "kept": [
            (name, value) for name, values in request.POST.lists() if name not in NOT_KEPT for value in values
        ],
        "lost_files": [
            LostFiles(name, [str(file.name) for file in files]) for name, files in request.FILES.lists()
        ],
        "is_wrong": is_own_password(request) is False,
        "way_back": way_back,
    }
    return render(request, "accounts/password_again.html", context, status=status)


def is_page(request: HttpRequest) -> bool:
    """Whether a browser waits for a page, not a script, a picture or htmx for a piece."""
    headers = request.headers
    # Browsers send Sec-Fetch-Dest over TLS only; our scripts say by themselves that they want no page.
    is_by_script = (
        "application/json" in (headers.get("Accept"), request.content_type) or "HX-Request" in headers
    )
    return headers.get("Sec-Fetch-Dest", "document") == "document" and not is_by_script


def own_address(request: HttpRequest, address: str | None, *, otherwise: str = "/") -> str:
    """The address if it is one of ours, else the start page: no way out to another host."""
    is_ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if address and is_ours else otherwise
