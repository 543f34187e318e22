"""Corrections of a book's cells that were filed and are not in it yet: told before its signature (PLAN IV.5).

Not those in which a value has moved on: they can no longer be carried out (rule R53).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from approvals.book_keys import BookKey, key_of
from approvals.models import CorrectionItem, CorrectionRequest
from approvals.request_pages import may_see_request
from approvals.standing_values import has_moved_on
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
    asked = CorrectionRequest.objects.filter(of_classes & of_periods, ~has_moved_on(), state__in=UNDER_WAY)
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


def gaps_asked_for(user: User) -> list[tuple[int, int | None, str]]:
    """Class, line and period of each empty cell that an open request of this person, if carried out, fills: one each.

    Not of a cell that stays empty for a reason, and not of a request in which a value has moved on. One statement.
    """
    of_cell = {
        name: OuterRef(name) for name in ("student", "item", "field", "request__year", "request__period")
    }
    answered = CorrectionItem.objects.filter(**of_cell, new_value="", request__state=State.APPLIED)
    live = CorrectionRequest.objects.filter(
        ~has_moved_on(), proposer=user, state__in=OPEN_STATES, roll_day=None
    )
    items = CorrectionItem.objects.filter(request__in=live, old_value="").exclude(
        Exists(answered.exclude(request__gap_reason=""))
    )
    cells = items.order_by().values_list(
        *("request__school_class", "request__line", "request__period"), *("student", "item", "field")
    )
    return [(class_id, line_id, period) for class_id, line_id, period, *_cell in cells.distinct()]
