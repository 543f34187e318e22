"""Corrections of a book's cells that were filed and are not in it yet: told before its signature (PLAN IV.5)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import User
from approvals.book_keys import BookKey, key_of
from approvals.models import CorrectionRequest
from approvals.request_pages import may_see_request
from approvals.workflow import OPEN_STATES, State
from gradebook.sheets import SheetRef

UNDER_WAY = OPEN_STATES - {State.DRAFT}


@dataclass(frozen=True, slots=True)
class Pending:
    """A request under way; `pk` where the reader may open it."""

    pk: int | None
    label: str
    state: str
    cells: int


def pending_of(user: User, refs: Collection[SheetRef]) -> dict[BookKey, tuple[Pending, ...]]:
    """By book, the oldest first; books without any are not there. One statement, none for no books.

    A line's book waits for those of its sheet; the class's book, which holds every sheet's levels and the days absent,
    for those of any sheet of the class and of its rolls.
    """
    if not refs:
        return {}
    of_classes = Q(school_class__in={ref.school_class.pk for ref in refs})
    of_periods = Q(period__in={ref.period.value for ref in refs}) | Q(roll_day__isnull=False)
    asked = CorrectionRequest.objects.filter(of_classes & of_periods, state__in=UNDER_WAY)
    requests = list(
        asked.select_related("school_class", "proposer__team", "year").with_cells().order_by("id")
    )
    found: dict[BookKey, list[Pending]] = defaultdict(list)
    for ref in refs:
        found[key_of(ref)] += _about(user, ref, requests)
    return {key: tuple(each) for key, each in found.items() if each}


def _about(user: User, ref: SheetRef, requests: Iterable[CorrectionRequest]) -> Iterable[Pending]:
    for each in requests:
        is_of_sheet = each.period == ref.period.value and (ref.line is None or each.line_id == ref.line.pk)
        is_of_roll = ref.line is None and each.roll_day is not None
        if each.school_class_id == ref.school_class.pk and (is_of_sheet or is_of_roll):
            pk = each.pk if may_see_request(user, each) else None
            yield Pending(pk, each.label, State(each.state).label, each.cells)  # type: ignore[attr-defined]  # annotated
