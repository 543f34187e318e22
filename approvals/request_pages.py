"""What the page of one correction request shows, in a constant number of statements, and who may see it."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q
from django.shortcuts import get_object_or_404

from accounts import clock, permissions
from accounts.held_powers import powers_of
from accounts.models import User
from accounts.powers import Action, who_could
from approvals.approved_results import approved_results, needs_consent
from approvals.consequences import foreseen
from approvals.contested_cells import Rival, rivals_of
from approvals.mandates import actors_of, heads_proposer
from approvals.models import CorrectionItem, CorrectionRequest, CorrectionRequestQuerySet, Evidence
from approvals.opinions import has_opined
from approvals.registers import Register, Writer, may_be_brought, register_of, shown_value
from approvals.request_timeline import Step, timeline
from approvals.workflow import OPEN_STATES, Act, State, acts_open_to

STATE_KINDS: Mapping[State, str] = {
    State.DRAFT: "neutral",
    State.FILED: "waiting",
    State.RETURNED: "waiting",
    State.AWAITING: "waiting",
    State.APPROVED: "waiting",
    State.REFUSED: "refused",
    State.APPLIED: "ok",
    State.CANCELLED: "locked",
}
STATE_ICONS: Mapping[State, str] = {
    State.DRAFT: "pencil",
    State.FILED: "send",
    State.RETURNED: "arrow-left",
    State.AWAITING: "hourglass-split",
    State.APPROVED: "clipboard-check",
    State.REFUSED: "x-circle",
    State.APPLIED: "check-circle",
    State.CANCELLED: "dash-circle",
}
NEXT_STEPS: Mapping[State, str] = {
    State.DRAFT: "Giáo viên ghi lí do, kèm minh chứng rồi gửi phiếu.",
    State.FILED: "Phó Hiệu trưởng xem minh chứng, phê chuẩn, từ chối hoặc yêu cầu bổ sung.",
    State.RETURNED: "Giáo viên bổ sung theo yêu cầu rồi gửi lại phiếu.",
    State.AWAITING: "Hiệu trưởng đã phê duyệt kết quả năm học của lớp nên cần đồng ý trước khi văn thư ghi vào sổ.",
    State.APPROVED: "Văn thư ghi các giá trị đã phê chuẩn vào sổ.",
    State.REFUSED: "Phiếu đã kết thúc. Cần sửa nữa thì giáo viên lập phiếu mới từ trang sổ.",
    State.APPLIED: "Phiếu đã kết thúc.",
    State.CANCELLED: "Phiếu đã kết thúc.",
}


WHO_READS = "Phiếu đề nghị và minh chứng chỉ mở cho người lập phiếu và người xét."
WHO_READS_DRAFTS = "Phiếu này còn là nháp, chưa gửi: chỉ mở cho người lập phiếu."


def visible_requests(user: User) -> CorrectionRequestQuerySet:
    """The requests of which `may_see_request` says yes."""
    reach = permissions.reach_of(user, Action.SEE_REQUEST)
    was_filed = Q(number__isnull=False)
    if reach.whole_school:
        return CorrectionRequest.objects.filter(was_filed | Q(proposer=user))
    of_teams = Q(proposer__team__in=powers_of(user).headed_teams)
    of_grades = Q(school_class__grade_level__in=reach.grades)
    return CorrectionRequest.objects.filter(was_filed & (of_grades | of_teams) | Q(proposer=user))


def may_see_request(user: User, request: CorrectionRequest) -> bool:
    """Whoever the table lets, and the head of the proposer's tổ; what never was filed is its proposer's alone.

    Needs the request's class and proposer at hand.
    """
    if not request.was_filed:
        return permissions.may(user, Action.SEE_DRAFT, owner_id=request.proposer_id)
    return permissions.may(
        user, Action.SEE_REQUEST, school_class=request.school_class, owner_id=request.proposer_id
    ) or heads_proposer(user, request)


def require_request(user: User, request: CorrectionRequest) -> None:
    """Raises Refused unless `may_see_request`."""
    if may_see_request(user, request):
        return
    if not request.was_filed:
        raise permissions.Refused(WHO_READS_DRAFTS, "Người lập phiếu")
    raise permissions.Refused(WHO_READS, who_could(Action.SEE_REQUEST))


def get_request(user: User, pk: int) -> CorrectionRequest:
    """Fetch and check in one call. Raises Http404, PermissionDenied."""
    request = get_object_or_404(
        CorrectionRequest.objects.select_related(
            "school_class__year",
            "line",
            "proposer__team",
            "decided_by",
            "applied_by",
            "opinion_by",
            "returned_by",
            "consent_by",
        ),
        pk=pk,
    )
    require_request(user, request)
    return request


# -- One request -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CellLine:
    """One cell of the request: at filing, wanted, and now; `changed_by` and `changed_at` if it moved meanwhile.

    `name` as in the sheet, `value` the wanted one as it is stored. `warnings` are what the sheet says of the wanted
    value, `is_gap` that it leaves empty what the sheet asks for, while the request is open.
    """

    number: int
    name: str
    value: str
    student: str
    pupil_code: str
    subject: str
    content: str
    old: str
    new: str
    now: str
    is_stale: bool
    changed_by: str
    changed_at: str
    history_url: str
    warnings: tuple[str, ...] = ()
    is_gap: bool = False


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    pk: int
    name: str
    is_picture: bool
    size: int
    uploaded_at: datetime.datetime
    may_go: bool
    was_filed: bool
    withdrawn_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class RivalLine:
    """Another open request for cells of this one; `pk` where the reader may open it."""

    pk: int | None
    label: str
    state: State
    cells: str
    is_under_way: bool


@dataclass(frozen=True, slots=True)
class Due:
    """By when whoever is next should act."""

    due_on: datetime.date | None
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class RequestPage:
    """One request as its page shows it to one person; `acts` are those the workflow offers this person now.

    `withdrawn` is evidence that was filed and backs the request no more.
    """

    request: CorrectionRequest
    register: Register
    state: State
    cells: tuple[CellLine, ...]
    evidence: tuple[EvidenceLine, ...]
    withdrawn: tuple[EvidenceLine, ...]
    timeline: tuple[Step, ...]
    acts: tuple[str, ...]
    proposer_duty: str
    is_own: bool
    may_be_brought: bool
    approved_results: tuple[str, ...] = ()
    foreseen: tuple[str, ...] = ()
    rivals: tuple[RivalLine, ...] = ()
    needs_consent: bool = False
    propose_anew: str = ""
    sees_prints: bool = False

    @property
    def effects(self) -> list[str]:
        """What followed when it was carried out."""
        return self.request.effects.splitlines()

    @property
    def due(self) -> Due:
        return Due(self.request.due_on, is_overdue(self.request))

    @property
    def kind(self) -> str:
        return STATE_KINDS[self.state]

    @property
    def icon(self) -> str:
        return STATE_ICONS[self.state]

    @property
    def next_step(self) -> str:
        return NEXT_STEPS[self.state]

    @property
    def is_stale(self) -> bool:
        return any(cell.is_stale for cell in self.cells)

    @property
    def has_gaps(self) -> bool:
        return any(cell.is_gap for cell in self.cells)

    @property
    def is_stuck(self) -> bool:
        """Whether it can no longer be carried out: a value has moved on since it was made (rule R53)."""
        return self.is_stale and self.is_open

    @property
    def taken_over(self) -> str:
        """The sheet whose kept values need not be offered to their writer again: they are on their way, or there."""
        sent = {State.FILED, State.RETURNED, State.AWAITING, State.APPROVED, State.APPLIED}
        return self.register.sheet_key if self.is_own and self.state in sent else ""

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def may_apply(self) -> bool:
        return Act.APPLY in self.acts and not self.is_stale


def is_overdue(request: CorrectionRequest) -> bool:
    return request.due_on is not None and request.due_on < clock.today()


def read_page(user: User, request: CorrectionRequest) -> RequestPage:
    """Seven statements, whatever the number of cells and files; one more while it is open, where a cell has moved on,
    where consent may be needed and where a book may be signed (then seven); nine where it is about the year's end; two
    on a draft.
    """
    register = register_of(request)
    state = State(request.state)
    steps = list(request.history.select_related("history_user").order_by("history_id"))
    items = list(request.items.select_related("student"))
    evidence = list(request.evidence.select_related("uploaded_by").order_by("id"))
    is_needed = state in {State.FILED, State.APPROVED} and needs_consent(request)
    acts = acts_open_to(state, actors_of(user, request), needs_consent=is_needed)
    files = [_evidence_line(each, acts) for each in evidence]
    is_decided_on = state in {State.FILED, State.AWAITING, State.APPROVED}
    return RequestPage(
        request=request,
        register=register,
        state=state,
        cells=_cells(register, request, items),
        evidence=tuple(each for each in files if each.withdrawn_at is None),
        withdrawn=tuple(each for each in files if each.withdrawn_at is not None),
        timeline=timeline(steps, evidence),
        acts=tuple(act.value for act in acts if act != Act.OPINE or not has_opined(request, user)),
        proposer_duty=steps[0].acting_role if steps else "",
        is_own=request.proposer_id == user.pk,
        approved_results=approved_results(request) if state in OPEN_STATES else (),
        may_be_brought=Act.FILE in acts and may_be_brought(request),
        foreseen=foreseen(request) if is_decided_on else (),
        rivals=tuple(_rival_line(user, register, each) for each in rivals_of(request, items, reader=user)),
        needs_consent=is_needed,
        propose_anew=register.propose_anew(items),
        sees_prints=permissions.may_anywhere(user, Action.SEE_PRINTS),
    )


def _rival_line(user: User, register: Register, rival: Rival) -> RivalLine:
    cells = ", ".join(f"{item.student.full_name} ({register.words_of(item)[1]})" for item in rival.items)
    other = rival.request
    pk = other.pk if may_see_request(user, other) else None
    return RivalLine(pk, other.label, State(other.state), cells, rival.is_under_way)


def _cells(
    register: Register, request: CorrectionRequest, items: Sequence[CorrectionItem]
) -> tuple[CellLine, ...]:
    now = register.now(items)
    expected = "new_value" if request.state == State.APPLIED else "old_value"
    watched = State(request.state) in OPEN_STATES or request.state == State.APPLIED
    stale = [item for item in items if watched and now[item.pk] != getattr(item, expected)]
    writers = register.writers(stale)
    foreseen = register.foreseen(items) if State(request.state) in OPEN_STATES else {}
    lines = (
        _cell_line(number, item, register=register, now=now[item.pk], writer=writers.get(item.pk))
        for number, item in enumerate(items, start=1)
    )
    return tuple(
        replace(line, warnings=seen.warnings, is_gap=seen.is_gap) if (seen := foreseen.get(item.pk)) else line
        for line, item in zip(lines, items, strict=True)
    )


def _cell_line(
    number: int, item: CorrectionItem, *, register: Register, now: str, writer: Writer | None
) -> CellLine:
    """`writer` is given for a cell that has moved on since filing."""
    who, at = writer or ("", "")
    subject, content = register.words_of(item)
    return CellLine(
        number=number,
        name=f"{item.student_id}.{item.item}.{item.field}",
        value=item.new_value,
        student=item.student.full_name,
        pupil_code=item.student.school_code or item.student.moet_id or "",
        subject=subject,
        content=content,
        old=shown_value(item.field, item.old_value),
        new=shown_value(item.field, item.new_value),
        now=shown_value(item.field, now),
        is_stale=writer is not None,
        changed_by=who,
        changed_at=at,
        history_url=register.history_of(item),
    )


def _evidence_line(evidence: Evidence, acts: Collection[Act]) -> EvidenceLine:
    """What is not filed, or not again, may go; what was filed once leaves its trace."""
    return EvidenceLine(
        evidence.pk,
        evidence.name,
        evidence.kind != Evidence.Kind.PDF,
        evidence.size,
        evidence.uploaded_at,
        may_go=Act.FILE in acts and evidence.withdrawn_at is None,
        was_filed=evidence.was_filed,
        withdrawn_at=evidence.withdrawn_at,
    )
