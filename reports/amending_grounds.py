"""What a decision that amends another rests on: the requests carried out since, and the results approved anew (R55)."""

import datetime
from collections.abc import Collection, Iterable

from django.utils.timezone import localdate

from accounts.clock import stamp
from approvals.approved_results import YEAR_END
from approvals.models import CorrectionItem
from approvals.workflow import State
from gradebook.decision_lists import Line
from gradebook.models import ResultsDecision, YearOutcome


def grounds_of_amending(decision: ResultsDecision, lines: Iterable[Line]) -> tuple[str, ...]:
    """Between the earlier decision and this one, of the pupils whose lines it amends. Two statements, if any."""
    earlier = [line for line in lines if line.replaces is not None]
    since = [line.replaces.decision.issued_at for line in earlier if line.replaces]
    begins = min((each for each in since if each), default=None)
    if begins is None:
        return ()
    span = begins, decision.issued_at or stamp()
    pupils = {(line.student.pk, line.school_class.pk): line.student.full_name for line in earlier}
    return (*_requests(pupils, span), *_approvals(pupils, span))


def _requests(
    pupils: Collection[tuple[int, int]], span: tuple[datetime.datetime, datetime.datetime]
) -> Iterable[str]:
    items = CorrectionItem.objects.filter(
        student__in={student for student, _class in pupils},
        request__state=State.APPLIED,
        request__period__in=YEAR_END,
        request__applied_at__range=span,
    )
    rows = items.select_related("request").order_by("request__applied_at", "request")
    found = {
        row.request.pk: row.request for row in rows if (row.student_id, row.request.school_class_id) in pupils
    }
    for request in found.values():
        yield f"Phiếu đề nghị sửa số {request.label}, thực hiện ngày {localdate(request.applied_at):%d/%m/%Y}"


def _approvals(
    pupils: dict[tuple[int, int], str], span: tuple[datetime.datetime, datetime.datetime]
) -> Iterable[str]:
    """Of each pupil the day of the newest approval; the history keeps those that were re-opened since."""
    made = YearOutcome.history.filter(
        history_type="+", history_date__range=span, student__in={student for student, _class in pupils}
    )
    days: dict[tuple[int, int], datetime.date] = {}
    for student, school_class, day in made.order_by("history_date").values_list(
        "student_id", "school_class_id", "approved_on"
    ):
        if (student, school_class) in pupils:
            days[student, school_class] = day
    for place, day in days.items():
        yield f"kết quả được phê duyệt lại ngày {day:%d/%m/%Y} của {pupils[place]}"
