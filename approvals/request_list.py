"""The list of correction requests with its filters, in a constant number of statements."""

import datetime
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.urls import reverse

from accounts import clock, permissions
from accounts.models import User
from accounts.requests import SignedInRequest
from approvals.contested_cells import with_standing
from approvals.models import CorrectionRequestQuerySet
from approvals.registers import register_of
from approvals.request_pages import STATE_ICONS, STATE_KINDS, is_overdue, visible_requests
from approvals.to_read import requests_to_read
from approvals.workflow import State
from students.models import SchoolClass, SchoolYear

PER_PAGE = 25
WHOSE = (("Tất cả", ""), ("Chờ tôi", "waiting"), ("Của tôi", "mine"), ("Quá hạn", "overdue"))


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request in the list; `cells` is the number of cells it names."""

    pk: int
    label: str
    state: State
    class_name: str
    subject: str
    moment_of: str
    proposer: str
    cells: int
    moment: datetime.datetime
    year_label: str
    due_on: datetime.date | None
    is_overdue: bool
    is_outdated: bool
    is_contested: bool

    @property
    def kind(self) -> str:
        return STATE_KINDS[self.state]

    @property
    def icon(self) -> str:
        return STATE_ICONS[self.state]


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice of the list, as a link: its words, value, how many it would show, whether it is chosen."""

    label: str
    value: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FormerYear:
    """A year that is over and not closed, with the way to the sheets that the person answered for to its end."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class RequestList:
    page: Page
    lines: tuple[RequestLine, ...]
    states: tuple[Filter, ...]
    whose: tuple[Filter, ...]
    state: str
    who: str
    former: tuple[FormerYear, ...] = ()


def read_list(request: SignedInRequest) -> RequestList:
    """`?state=` and `?who=` (mine, waiting, overdue) narrow the list; unknown values mean all.

    Four statements; one more for whoever answered for a sheet of a year that is over.
    """
    user = request.user
    visible = visible_requests(user)
    who = request.GET.get("who", "")
    state = request.GET.get("state", "")
    waiting = Q(pk__in=requests_to_read(user).values("pk"))
    people = {"waiting": waiting, "mine": Q(proposer=user), "overdue": Q(due_on__lt=clock.today())}
    own = visible.filter(people[who]) if who in people else visible
    chosen = own.filter(state=state) if state in set(State) else own
    counts = dict(own.order_by().values_list("state").annotate(n=Count("*")))
    sums = visible.aggregate(
        all=Count("*"), **{key: Count("pk", filter=value) for key, value in people.items()}
    )
    total = counts.get(state, 0) if state in set(State) else sum(counts.values())
    paginator = Paginator(_list_rows(chosen), PER_PAGE)
    paginator.count = total  # known already: one statement less
    page = paginator.get_page(request.GET.get("page"))
    return RequestList(
        page,
        tuple(_line(each) for each in page.object_list),
        _state_filters(counts, state),
        tuple(
            Filter(label, value, sums[value or "all"], value == (who if who in people else ""))
            for label, value in WHOSE
        ),
        state,
        who,
        _former_years(user),
    )


def _former_years(user: User) -> tuple[FormerYear, ...]:
    """The last first. A single class is opened at once."""
    ids = permissions.former_classes(user)
    if not ids:
        return ()
    classes = SchoolClass.objects.filter(pk__in=ids).exclude(year__state=SchoolYear.State.CLOSED)
    of_year: dict[SchoolYear, list[int]] = defaultdict(list)
    for each in classes.select_related("year").order_by("-year"):
        of_year[each.year].append(each.pk)
    return tuple(
        FormerYear(
            year.label,
            reverse("students:class", args=own)
            if len(own) == 1
            else f"{reverse('students:classes')}?year={year.pk}",
        )
        for year, own in of_year.items()
    )


def _list_rows(chosen: CorrectionRequestQuerySet) -> CorrectionRequestQuerySet:
    rows = chosen.select_related("school_class__year", "line", "proposer").with_cells()
    return with_standing(rows).order_by("-id")


def _state_filters(counts: Mapping[str, int], chosen: str) -> tuple[Filter, ...]:
    every = Filter("Mọi trạng thái", "", sum(counts.values()), chosen not in set(State))
    return (every, *(Filter(s.label, s.value, counts.get(s.value, 0), s.value == chosen) for s in State))


def _line(request: Any) -> RequestLine:
    register = register_of(request)
    return RequestLine(
        pk=request.pk,
        label=request.label,
        state=State(request.state),
        class_name=request.school_class.name,
        subject=register.subject,
        moment_of=register.moment,
        proposer=request.proposer.full_name,
        cells=request.cells,
        moment=request.filed_at or request.created_at,
        year_label=request.school_class.year.label,
        due_on=request.due_on,
        is_overdue=is_overdue(request),
        is_outdated=request.is_outdated,
        is_contested=request.is_contested,
    )
