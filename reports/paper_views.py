"""A report or a list on paper: a short one drawn while its reader waits, of a long one a print is asked for."""

import io
from collections.abc import Callable
from typing import Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from accounts.confirmation import Lasting, require_password
from accounts.file_answers import file_to_save
from accounts.models import AccessLogEntry
from accounts.rate_limit import Limit
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from reports.paper_wishes import PaperWish
from reports.papers import Paper
from reports.print_jobs import ask_for_report
from reports.printed_files import page_of
from students.models import SchoolYear

DRAWN: Final = Limit("paper_drawn", times=120, minutes=10, what="in báo cáo, danh sách")
"""Of what is drawn or asked for; the page that asks, of a long paper, is looked at as often as any other page."""


def paper_answer(
    request: SignedInRequest,
    wish: PaperWish,
    read: Callable[[], Paper],
    *,
    year: SchoolYear,
    title: str,
    detail: str = "",
    logged_as: AccessLogEntry.Kind = AccessLogEntry.Kind.PRINT_DOWNLOADED,
) -> HttpResponseBase:
    """GET: the file, or of a long paper the page that asks for a print. POST: the print.

    `read` is called for a GET alone. Who took or asked for it is logged, and counted by `DRAWN`.
    """
    if wish.tells_of_pupils:
        require_password(request, f"Tải {title[:1].lower()}{title[1:]} bản in.", lasting=Lasting.EXPORTS)
    if request.method == "POST":
        return DRAWN.refusal(request) or _ask(request, wish, year=year, title=title)
    paper = read()
    if paper.is_long:
        return render(request, "reports/long_paper.html", {"wish": wish, "title": title, "paper": paper})
    if refusal := DRAWN.refusal(request):
        return refusal
    log_access(
        request,
        logged_as,
        target=title,
        target_path=wish.page,
        detail=detail,
    )
    return file_to_save(io.BytesIO(paper.drawn()), f"{wish.name}.pdf", "application/pdf")


def _ask(request: SignedInRequest, wish: PaperWish, *, year: SchoolYear, title: str) -> HttpResponse:
    job = ask_for_report(wish, year=year, title=title, by=request.user)
    log_access(request, AccessLogEntry.Kind.PRINT_ASKED, target=job.title, target_path=page_of(job))
    return redirect(f"{page_of(job)}?take")
