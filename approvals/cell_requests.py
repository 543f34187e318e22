"""What was done about a cell by requests for its correction: told in the story of the cell (PLAN IV; rule R56)."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from accounts.models import User
from approvals.models import CorrectionRequest, Evidence
from approvals.request_pages import visible_requests
from approvals.request_timeline import acts, withdrawals
from approvals.workflow import State
from gradebook.cell_history import Step
from gradebook.sheets import Field, SheetRef


def acts_about(user: User, ref: SheetRef, student_id: int, item: str, field: str) -> Iterator[Step]:
    """The acts of the requests that name the cell, as far as the person sees them, with who and when.

    Carrying out is none of them: it is the change of the cell itself. A repeat test stands behind its mark. One
    statement, three where there is such a request.
    """
    fields = [field, Field.REPEAT] if field == Field.MARK else [field]
    found = visible_requests(user).filter(
        items__student=student_id,
        items__item=item,
        items__field__in=fields,
        year=ref.school_class.year_id,
        line=ref.line,
        period=ref.period.value,
    )
    requests = {each.pk: each for each in found.distinct()}
    if not requests:
        return
    rows = CorrectionRequest.history.filter(id__in=requests).select_related("history_user")
    versions: dict[int, list[Any]] = defaultdict(list)
    for row in rows.order_by("history_id"):
        versions[row.id].append(row)
    files: dict[int, list[Evidence]] = defaultdict(list)
    gone = Evidence.objects.filter(request__in=requests, withdrawn_at__isnull=False)
    for each in gone.select_related("uploaded_by"):
        files[each.request_id].append(each)
    for pk, own in versions.items():
        told = [
            *acts([row for row in own if row.state != State.APPLIED]),
            *withdrawals(files[pk], own[0].acting_role),
        ]
        for at, step in told:
            yield Step(
                old="",
                new="",
                who=step.who,
                role=step.role,
                at=step.at,
                moment=at,
                source="",
                why=step.note,
                request_id=pk,
                window_id=None,
                act=step.what,
                paper=f"phiếu {requests[pk].label}",
            )
