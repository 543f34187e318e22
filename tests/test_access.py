"""Who may open what: one complete table, page by page, person by person (design.md, section 4).

A URL that is not in PAGES fails the suite. Cô Lan teaches Toán in 4A and is its homeroom teacher; the page or the thing
asked for is always 4A's, or Lan's own. Thầy Minh and cô Ngọc belong elsewhere; cô Thu teaches another line in 4A.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import AccessLogEntry
from approvals.models import CorrectionRequest, Evidence
from gradebook.models import EntryOrder
from gradebook.regulation import Period
from reports.models import PrintJob
from students.models import RosterUpload
from tests.approvals.papers import draft, entered_school, filed
from tests.gradebook.school import CONFIRMED, School, open_window

pytestmark = pytest.mark.django_db

EVERYBODY = frozenset({"lan", "minh", "thu", "dung", "ngoc", "bich", "hoa", "tuan", "son"})
OFFICE = frozenset({"bich", "hoa", "tuan", "son"})
LAN, CLERK, PRINCIPAL, VICE_PRINCIPAL = (frozenset({name}) for name in ("lan", "tuan", "bich", "hoa"))
PRINTS = frozenset({"bich", "hoa", "tuan"})
SHEET_4A = OFFICE | {"lan", "dung"}
CLASS_4A = SHEET_4A | {"thu"}
REQUEST_4A = OFFICE | {"lan", "dung"}


@dataclass(frozen=True, slots=True)
class Page:
    """A URL and method: `allowed` get `status`; who may know of the thing gets 403, who may not gets 404."""

    name: str
    allowed: frozenset[str]
    method: str = "get"
    status: int = 200
    knows: frozenset[str] = EVERYBODY
    arguments: Callable[["Things"], list[Any]] = field(default=lambda _things: [])
    data: Mapping[str, Any] = field(default_factory=dict)
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Things:
    """One of each thing that a page may be about."""

    school: School
    draft: CorrectionRequest
    filed: CorrectionRequest
    evidence: Evidence
    order: EntryOrder
    print_job: PrintJob
    upload: RosterUpload


def sheet_of(period: Period) -> Callable[[Things], list[Any]]:
    return lambda things: [things.school.class_4a.pk, "TOAN", period.value]


def cell_of(things: Things) -> list[Any]:
    return [*sheet_of(Period.MID_TERM_1)(things), things.school.pupils[0].pk, "TOAN", "mark"]


def of(name: str, *more: str) -> Callable[[Things], list[Any]]:
    return lambda things: [getattr(things, name).pk, *more]


JSON = "application/json"
PAGES = (
    Page("healthz", EVERYBODY),
    Page("accounts:login", EVERYBODY, status=302),
    Page("accounts:logout", EVERYBODY, "post", 302),
    Page("accounts:lock", EVERYBODY, "post", 302),
    Page("accounts:unlock", EVERYBODY, status=302),
    Page("accounts:unlock", EVERYBODY, "post", 302, data=CONFIRMED),
    Page("accounts:seen", EVERYBODY, "post", 204),
    Page("accounts:confirm", EVERYBODY, "post", 302, data=CONFIRMED),
    Page("approvals:tasks", EVERYBODY),
    Page("approvals:requests", EVERYBODY),
    Page("approvals:request", REQUEST_4A, knows=REQUEST_4A, arguments=of("filed")),
    Page("approvals:evidence", REQUEST_4A, knows=REQUEST_4A, arguments=of("evidence")),
    Page("approvals:propose", LAN, "post", 422, arguments=sheet_of(Period.MID_TERM_1)),
    Page("approvals:attach", LAN, "post", 302, REQUEST_4A, of("draft"), {"reason": "Ghi nhầm."}),
    Page("approvals:detach", LAN, "post", 409, REQUEST_4A, of("evidence")),
    Page("approvals:request_act", LAN, "post", 422, REQUEST_4A, of("draft", "file")),
    Page("approvals:request_act", LAN, "post", 302, REQUEST_4A, of("filed", "cancel")),
    Page("approvals:request_act", VICE_PRINCIPAL, "post", 302, REQUEST_4A, of("filed", "approve"), CONFIRMED),
    Page("approvals:request_act", VICE_PRINCIPAL, "post", 422, REQUEST_4A, of("filed", "refuse"), CONFIRMED),
    Page("approvals:request_act", CLERK, "post", 409, REQUEST_4A, of("filed", "apply"), CONFIRMED),
    Page("gradebook:orders", EVERYBODY),
    Page("gradebook:order", EVERYBODY, arguments=of("order")),
    Page("gradebook:order_new", PRINCIPAL),
    Page("gradebook:order_new", PRINCIPAL, "post", 422),
    Page("gradebook:progress", OFFICE | {"dung"}),
    Page("gradebook:sheet", SHEET_4A, arguments=sheet_of(Period.MID_TERM_1)),
    Page("gradebook:sheet", SHEET_4A, arguments=sheet_of(Period.END_TERM_1)),
    Page("gradebook:sheet", LAN, "post", 200, EVERYBODY, sheet_of(Period.END_TERM_1), {"changes": []}, JSON),
    Page("gradebook:sheet", LAN, "post", 423, EVERYBODY, sheet_of(Period.MID_TERM_1), {"changes": []}, JSON),
    Page("gradebook:cell_history", SHEET_4A, arguments=cell_of),
    Page("gradebook:sheet_file", SHEET_4A, arguments=sheet_of(Period.MID_TERM_1)),
    Page("gradebook:sheet_upload", LAN, arguments=sheet_of(Period.END_TERM_1)),
    Page("gradebook:sheet_upload", LAN, "post", 422, arguments=sheet_of(Period.END_TERM_1)),
    Page("gradebook:sheet_upload", LAN, "post", 423, arguments=sheet_of(Period.MID_TERM_1)),
    Page("students:classes", EVERYBODY),
    Page("students:class", CLASS_4A, arguments=lambda things: [things.school.class_4a.pk]),
    Page("students:import", CLERK),
    Page("students:import", CLERK, "post", 422),
    # The file of this upload is gone: the clerk is told so, nobody else gets as far.
    Page("students:upload", CLERK, status=410, arguments=of("upload")),
    Page("students:upload_apply", CLERK, "post", 302, arguments=of("upload"), data=CONFIRMED),
    Page("reports:prints", PRINTS),
    Page("reports:prints", CLERK, "post"),
    Page("reports:print_job", PRINTS, arguments=of("print_job")),
    Page("reports:print_file", PRINTS, status=404, arguments=of("print_job")),
)
OPEN_TO_VISITORS = {"healthz": 200, "accounts:login": 200}


@pytest.fixture
def things() -> Things:
    school = entered_school()
    open_window(school, Period.END_TERM_1)
    request = filed(school)
    return Things(
        school=school,
        draft=draft(school, "10", pupil=1),
        filed=request,
        evidence=request.evidence.get(),
        order=EntryOrder.objects.latest("pk"),
        print_job=PrintJob.objects.create(
            book=PrintJob.Book.CLASS_TABLE,
            school_class=school.class_4a,
            period=Period.MID_TERM_1,
            asked_by=school.tuan,
        ),
        upload=RosterUpload.objects.create(
            year=school.year,
            name="danh-sach.xlsx",
            file="uploads/gone.xlsx",
            size=1,
            sha256="0" * 64,
            uploaded_by=school.tuan,
        ),
    )


def answer(page: Page, things: Things, person: str | None) -> int:
    """The status that a person gets; what the request does is undone."""
    client = Client()
    if person:
        client.force_login(things.school.people[person])
    address = reverse(page.name, args=page.arguments(things))
    extra = {"content_type": page.content_type} if page.content_type else {}
    before = transaction.savepoint()
    status = getattr(client, page.method)(address, dict(page.data), **extra).status_code
    transaction.savepoint_rollback(before)
    return status


def expected(page: Page, person: str | None) -> int:
    if person is None:
        return OPEN_TO_VISITORS.get(page.name, 302)
    if person in page.allowed:
        return page.status
    return 403 if person in page.knows else 404


def label(page: Page) -> str:
    return f"{page.method} {page.name} {page.status}"


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_each_person_gets_what_the_table_says(page, things):
    people = [*sorted(EVERYBODY), None]
    got = {person: answer(page, things, person) for person in people}
    assert got == {person: expected(page, person) for person in people}


def names(patterns: list[URLPattern | URLResolver], space: str = "") -> set[str]:
    """The names of all URLs, with their app's namespace."""
    found = set()
    for each in patterns:
        if isinstance(each, URLResolver):
            found |= names(each.url_patterns, f"{each.namespace}:" if each.namespace else space)
        else:
            found.add(f"{space}{each.name}")
    return found


def test_every_url_is_in_the_table():
    assert names(get_resolver().url_patterns) == {page.name for page in PAGES}


def test_a_refusal_is_logged_with_who_asked_for_what(things):
    address = reverse("gradebook:sheet", args=sheet_of(Period.MID_TERM_1)(things))
    client = Client()
    client.force_login(things.school.minh)
    answer = client.get(address)
    entry = AccessLogEntry.objects.latest("pk")
    assert (entry.kind, entry.user, entry.path) == ("refused", things.school.minh, address)
    assert "giáo viên được phân công" in answer.content.decode()


def test_powers_end_with_the_assignment(things):
    """The day after: the same person, the same address, no way in."""
    page = next(page for page in PAGES if page.name == "gradebook:sheet")
    assert answer(page, things, "lan") == 200
    yesterday = things.school.year.starts_on
    things.school.lan.homeroom_assignments.update(ends_on=yesterday)
    things.school.lan.teaching_assignments.update(ends_on=yesterday)
    assert answer(page, things, "lan") == 403


def test_a_page_of_a_closed_account_is_shut(things):
    things.school.bich.is_active = False
    things.school.bich.save()
    page = next(page for page in PAGES if page.name == "approvals:tasks")
    assert answer(page, things, "bich") == 302
