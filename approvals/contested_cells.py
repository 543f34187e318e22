"""The cells of a request that another open request names too: the one carried out first stops the other (R53)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from approvals.mandates import place_of
from approvals.models import CorrectionItem, CorrectionRequest
from approvals.workflow import OPEN_STATES, State


@dataclass(frozen=True, slots=True)
class Rival:
    """Another open request, and the cells of this one that it names too."""

    request: CorrectionRequest
    items: tuple[CorrectionItem, ...]


def rivals_of(
    request: CorrectionRequest, items: Sequence[CorrectionItem], *, reader: User | None = None
) -> tuple[Rival, ...]:
    """Oldest first; none once the request has come to its end. Drafts are told to their proposer, as `reader`, alone.

    One statement, if any.
    """
    if request.state not in OPEN_STATES:
        return ()
    own = {_cell(request, item): item for item in items}
    found: dict[int, list[CorrectionItem]] = defaultdict(list)
    requests = {}
    for other in _others(request, items, reader):
        item = own.get(_cell(other.request, other))
        if item is not None:
            requests[other.request_id] = other.request
            found[other.request_id].append(item)
    return tuple(Rival(requests[pk], tuple(found[pk])) for pk in sorted(found))


def is_overtaken() -> Exists:
    """Of a request: whether one of its cells was given another value by a request carried out since it was made."""
    written = (
        CorrectionItem.objects.filter(
            Q(request__roll_day=None) | Q(request__roll_day=OuterRef("request__roll_day")),
            request__state=State.APPLIED,
            request__school_class=OuterRef("request__school_class"),
            request__period=OuterRef("request__period"),
            request__applied_at__gt=OuterRef("request__created_at"),
            student=OuterRef("student"),
            item=OuterRef("item"),
            field=OuterRef("field"),
        )
        .exclude(new_value=OuterRef("old_value"))
        .order_by()
    )
    return Exists(CorrectionItem.objects.filter(Exists(written), request=OuterRef("pk")).order_by())


def _others(
    request: CorrectionRequest, items: Sequence[CorrectionItem], reader: User | None
) -> list[CorrectionItem]:
    found = CorrectionItem.objects.filter(
        Q(request__number__isnull=False) | Q(request__proposer=reader),
        student__in={item.student_id for item in items},
        request__school_class=request.school_class_id,
        request__line=request.line_id,
        request__period=request.period,
        request__state__in=OPEN_STATES,
    )
    return list(
        found.exclude(request=request.pk)
        .select_related("request__proposer", "request__school_class")
        .order_by("id")
    )


def _cell(request: CorrectionRequest, item: CorrectionItem) -> tuple[int, object, str]:
    """The same for the same cell; of a roll by day and session, however the request names them."""
    place = place_of(request, item) if request.roll_day else item.item
    return item.student_id, place, item.field
