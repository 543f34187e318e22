"""The search box: a page that works without script, and the suggestions under the box as one types."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import permissions
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.requests import SignedInRequest
from students.search import Found, find_pupils

MOST_ON_PAGE, MOST_SUGGESTIONS = 50, 8
WHY = (
    "Tìm học sinh dành cho người có lớp để xem: chủ nhiệm, dạy lớp, tổ (khối) trưởng, văn thư, Ban giám hiệu."
)


@require_safe
@never_cache
@limited("search", times=300, minutes=10, what="tìm học sinh")
def search(request: SignedInRequest) -> HttpResponse:
    """What was found. A single pupil with a page to open opens at once: Enter in the box is all it takes."""
    permissions.require_anywhere(request.user, Action.SEE_CLASS, WHY)
    text = request.GET.get("q", "").strip()
    answer = find_pupils(text, by=request.user, most=MOST_ON_PAGE)
    if len(answer.pupils) == 1 and (page := _page_of(answer.pupils[0])):
        return redirect(page)
    context = {"text": text, "lines": _lines(answer.pupils), "has_more": answer.has_more}
    return render(request, "students/search.html", context)


@require_safe
@never_cache
@limited("suggest", times=1500, minutes=10, what="tìm học sinh")
def suggestions(request: SignedInRequest) -> HttpResponse:
    """The options of the list under the box; without the frame, which would cost its own statements."""
    permissions.require_anywhere(request.user, Action.SEE_CLASS, WHY)
    answer = find_pupils(request.GET.get("q", ""), by=request.user, most=MOST_SUGGESTIONS)
    # Who has no page is told of on the page of the search.
    lines = [
        (pupil, page or f"{reverse('students:search')}?{urlencode({'q': pupil.name})}")
        for pupil, page in _lines(answer.pupils)
    ]
    context = {"lines": lines, "has_more": answer.has_more}
    return HttpResponse(render_to_string("students/_suggestions.html", context))


def _lines(pupils: Sequence[Found]) -> list[tuple[Found, str]]:
    """Each pupil with the address of the page that shows them, if any."""
    return [(pupil, _page_of(pupil)) for pupil in pupils]


def _page_of(pupil: Found) -> str:
    """The pupil's own page; of one who sits elsewhere by now, that of the class that the searcher knows them from.

    "" where that class's list no longer has them either.
    """
    if pupil.opens:
        return reverse("students:pupil", args=[pupil.pk])
    return "" if pupil.left_on else reverse("students:class", args=[pupil.class_id])
