"""The register of corrections: its page for whoever sees requests, its workbook for the office (R69)."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import permissions
from accounts.confirmation import Lasting, require_password
from accounts.models import User
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.requests import SignedInRequest
from accounts.table_files import table_to_save
from approvals.correction_register import (
    HEADINGS,
    NAME,
    PERIODS,
    Choices,
    Entry,
    Narrowing,
    entries_of,
    narrowing_of,
    read_choices,
    table_rows,
)
from approvals.models import CorrectionRequest
from approvals.request_pages import WHO_READS
from approvals.workflow import State
from gradebook.year_end_views import year_in

PER_PAGE = 25
WHO_EXPORTS = "Sổ theo dõi sửa điểm do văn thư, Ban giám hiệu tải về, in ra."


@dataclass(frozen=True, slots=True)
class Asked:
    """The register as a request asked for it."""

    choices: Choices
    narrowing: Narrowing
    rows: QuerySet[CorrectionRequest]

    @property
    def title(self) -> str:
        year = self.narrowing.year
        return f"{NAME}, năm học {year.label}" if year else NAME


def read_asked(user: User, asked: Mapping[str, str]) -> Asked:
    """What an address asks for (`asked`, by name). Four statements; the rows are still to be read."""
    permissions.require_anywhere(user, Action.SEE_REQUEST, WHO_READS)
    year, years = year_in(asked)
    choices = read_choices(user, year, years)
    narrowing = narrowing_of(asked, year, choices)
    return Asked(choices, narrowing, entries_of(user, narrowing))


@never_cache
@require_safe
def correction_register(request: SignedInRequest) -> HttpResponse:
    """The requests that the person may see, in the order of their numbers, a page at a time."""
    asked = read_asked(request.user, request.GET.dict())
    page = Paginator(asked.rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "page": page,
        "entries": [Entry(each) for each in page.object_list],
        "periods": PERIODS,
        "states": [each for each in State if each is not State.DRAFT],
        "may_export": permissions.may(request.user, Action.PRINT_PAPERS),
    }
    return render(request, "approvals/correction_register.html", context)


@never_cache
@require_safe
@limited("correction_register_file", times=60, minutes=10, what="tải sổ theo dõi sửa điểm")
def correction_register_file(request: SignedInRequest) -> FileResponse:
    """The same as a workbook, a row for each cell; who took it is logged."""
    permissions.require(request.user, Action.PRINT_PAPERS, WHO_EXPORTS)
    asked = read_asked(request.user, request.GET.dict())
    require_password(
        request, f"Tải {asked.title[:1].lower()}{asked.title[1:]} ra Excel.", lasting=Lasting.EXPORTS
    )
    entries = [Entry(each) for each in asked.rows]
    year = asked.narrowing.year
    return table_to_save(
        request,
        title=asked.title,
        headings=HEADINGS,
        rows=table_rows(entries),
        name=f"so-theo-doi-sua-diem-{year.pk if year else 'chua-co-nam'}.xlsx",
        notes=(f"Phạm vi: {asked.narrowing.words}.",),
        detail=f"{asked.narrowing.words}: {len(entries)} phiếu",
    )
