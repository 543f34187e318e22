"""The cells of a request that another open request names too: the one carried out first stops the other (R53)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, Exists, OuterRef, Q, Value, When

from accounts.models import User
from approvals.mandates import CorrectionRefused, place_of
from approvals.models import CorrectionItem, CorrectionRequest, CorrectionRequestQuerySet
from approvals.standing_values import has_moved_on, place_in_sql
from approvals.workflow import OPEN_STATES, State
from students.years import hold_class

UNDER_WAY = frozenset({State.AWAITING, State.APPROVED})
"""In which the vice-principal has said yes and nothing is written yet."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another open request, and the cells of this one that it names too."""

    request: CorrectionRequest
    items: tuple[CorrectionItem, ...]

    @property
    def is_under_way(self) -> bool:
        """Whether it has been approved: until it is carried out or cancelled the other cannot be."""
        return self.request.state in UNDER_WAY


def check_uncontested(request: CorrectionRequest) -> None:
    """Within the act that approves, which holds the request: raises CorrectionRefused where an approved one that is not
    carried out yet names a cell of this one. Of two approved at once the second waits for the first. Three statements.
    """
    hold_class(request.school_class)
    for rival in rivals_of(request, list(request.items.all())):
        if rival.is_under_way:
            other = rival.request
            raise CorrectionRefused(
                f"Phiếu {other.label} sửa cùng ô với phiếu này và đang ở trạng thái «{State(other.state).label}», nên "
                "chưa phê chuẩn được phiếu này. Chờ phiếu đó được thực hiện hoặc được huỷ rồi xét tiếp."
            )


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


def with_standing(requests: CorrectionRequestQuerySet) -> CorrectionRequestQuerySet:
    """Adds to each open one `is_outdated`, whether a value has moved on since it was made, and `is_contested`, whether
    another open one that was filed names one of its cells too; both are False of what has come to its end."""
    return requests.annotate(
        is_outdated=_while_open(has_moved_on()), is_contested=_while_open(_is_named_elsewhere())
    )


def _while_open(condition: Exists) -> Case:
    return Case(When(state__in=OPEN_STATES, then=condition), default=Value(value=False))


def _is_named_elsewhere() -> Exists:
    same = {
        name: OuterRef(name)
        for name in ("student", "field", "place", "request__school_class", "request__period")
    }
    others = (
        CorrectionItem.objects.annotate(place=place_in_sql())
        .filter(**same, request__state__in=OPEN_STATES, request__number__isnull=False)
        .exclude(request=OuterRef("request"))
    )
    own = CorrectionItem.objects.annotate(place=place_in_sql()).filter(request=OuterRef("pk"))
    return Exists(own.filter(Exists(others.order_by())).order_by())


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
