"""Who may move a request, and the mandate under which an approved one is carried out (rules R51, R52)."""

import datetime
import uuid
from collections.abc import Mapping, Sequence

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils import timezone

from accounts import clock, permissions
from accounts.held_powers import powers_of
from accounts.models import Post, User
from accounts.powers import Action
from approvals.approved_results import needs_consent
from approvals.models import CorrectionItem, CorrectionRequest
from approvals.workflow import MOVES, Act, Actor, State, parts_left, target_of
from gradebook.entry import Change, SaveReport
from students.attendance import Call, Place, standing_rolls

ONLY_APPROVED = "Chỉ được ghi đúng các giá trị đã phê chuẩn."


class CorrectionRefused(Exception):
    """The act cannot be done; the message says why and what to do.

    `report` names the cells where it is theirs; `field` the form's field (reason, evidence, note) where one is.
    """

    def __init__(self, message: str, report: SaveReport | None = None, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.report = report
        self.field = field

    @property
    def by_field(self) -> dict[str, list[str]]:
        """What is wrong, by the form's field; "" for the whole."""
        return {self.field: [self.message]}


class CorrectionIncomplete(CorrectionRefused):
    """Something is missing at one or more fields of the form: all of it is told at once."""

    def __init__(self, missing: Mapping[str, str]) -> None:
        super().__init__(" ".join(missing.values()), field=next(iter(missing)))
        self._missing = dict(missing)

    @property
    def by_field(self) -> dict[str, list[str]]:
        return {field: [message] for field, message in self._missing.items()}


class CorrectionOutdated(CorrectionRefused):
    """Somebody else was faster: the request, or a value it names, is no longer what the page showed."""


def actors_of(user: User, request: CorrectionRequest) -> frozenset[Actor]:
    """In which parts the user stands before the request. Needs its proposer and class at hand."""
    parts = {
        actor
        for actor, person in (
            (Actor.PROPOSER, request.proposer_id),
            (Actor.APPROVER, request.decided_by_id),
            (Actor.CONSENTER, request.consent_by_id),
        )
        if person == user.pk
    }
    if heads_proposer(user, request):
        parts.add(Actor.TEAM_HEAD)
    if permissions.may(user, Action.DECIDE_REQUEST):
        parts.add(Actor.VICE_PRINCIPAL)
    if permissions.may(user, Action.CONSENT_TO_REQUEST):
        parts.add(Actor.PRINCIPAL)
    if permissions.may(user, Action.APPLY_REQUEST):
        parts.add(Actor.CLERK)
    return frozenset(parts)


def heads_proposer(user: User, request: CorrectionRequest) -> bool:
    """Whether the user heads the proposer's tổ; of a proposer who is in none, that of the class's grade."""
    if request.proposer.team_id is None:
        return request.school_class.grade_level in powers_of(user).headed_grades
    return permissions.may(user, Action.OPINE_ON_REQUEST, team_id=request.proposer.team_id)


def proposer_was_head(request: CorrectionRequest) -> bool:
    """Whether the proposer headed the own tổ on the day of filing, today of a draft: then there is no other head to say
    anything. One statement. Needs the proposer and the class at hand."""
    filed = request.filed_at
    posts = Post.objects.held_on(timezone.localdate(filed) if filed else clock.today())
    team = request.proposer.team_id
    own = Q(team=team) if team else Q(team__grade_level=request.school_class.grade_level)
    return posts.filter(own, holder=request.proposer_id, kind=Post.Kind.GRADE_HEAD).exists()


def check_move(request: CorrectionRequest, act: Act, by: User) -> State:
    """The target state; PermissionDenied when no state would let this person, CorrectionRefused when only this one."""
    parts = actors_of(by, request)
    is_needed = act in _ASK_FOR_CONSENT and needs_consent(request)
    target = target_of(State(request.state), act, parts, needs_consent=is_needed)
    if target is not None:
        return target
    if (
        act == Act.APPLY
        and request.state == State.APPROVED
        and is_needed
        and Actor.CLERK in parts_left(parts)
    ):
        raise CorrectionOutdated(
            "Kết quả năm học của lớp đã được Hiệu trưởng phê duyệt từ sau khi phiếu được phê chuẩn. Chuyển phiếu để "
            "Hiệu trưởng đồng ý rồi mới ghi vào sổ."
        )
    if any(target_of(state, act, parts, needs_consent=either) for state in State for either in (True, False)):
        raise CorrectionOutdated(
            f"Phiếu {request.label} nay ở trạng thái «{State(request.state).label}», không làm được việc này nữa."
        )
    raise PermissionDenied(_why_not(act, parts))


_ASK_FOR_CONSENT = frozenset(move.act for move in MOVES if move.if_needed is not None)


def _why_not(act: Act, parts: frozenset[Actor]) -> str:
    if act == Act.APPLY and Actor.CLERK in parts and Actor.PROPOSER not in parts:
        return "Người phê chuẩn không tự thực hiện phiếu: người đề nghị, phê chuẩn, thực hiện là ba người."
    if act == Act.OPINE:
        return "Ý kiến về phiếu là của tổ (khối) trưởng phụ trách tổ của người đề nghị, không phải phiếu của mình."
    return (
        "Giáo viên đề nghị, Phó Hiệu trưởng phê chuẩn, Hiệu trưởng đồng ý khi đã phê duyệt kết quả của lớp, văn thư "
        "thực hiện; không ai tự duyệt phiếu của mình."
    )


def approved_changes(request: CorrectionRequest) -> list[Change]:
    """The cells as the request names them: what stood there at filing, and what shall stand there."""
    return [
        Change(item.student_id, item.item, item.field, item.new_value, 0, seen=item.old_value)
        for item in request.items.all()
    ]


class ApprovedRequest:
    """The mandate under which `save_results` lets the clerk write after the lock: these cells, once."""

    def __init__(self, request: CorrectionRequest) -> None:
        self.pk = request.pk
        self._request = request

    def check_execution(self, *, by: User, changes: Sequence[Change]) -> None:
        """Raises PermissionDenied, CorrectionRefused unless `by` may write exactly these changes now."""
        check_move(self._request, Act.APPLY, by)
        if list(changes) != approved_changes(self._request):
            raise PermissionDenied(ONLY_APPROVED)


class ApprovedRoll:
    """The same under which `call_roll` does: the rolls as they stand with the approved answers put into them, once."""

    def __init__(self, request: CorrectionRequest) -> None:
        self.pk = request.pk
        self._request = request

    def check_execution(self, *, by: User, calls: Sequence[Call]) -> None:
        """Raises PermissionDenied, CorrectionRefused unless `by` may write exactly these rolls now."""
        check_move(self._request, Act.APPLY, by)
        if list(calls) != calls_of(self._request):
            raise PermissionDenied(ONLY_APPROVED)


def place_of(request: CorrectionRequest, item: CorrectionItem) -> Place:
    """The session that a cell of a roll is about: `2026-10-05.morning`, or a session of the request's own day."""
    day, _dot, session = item.item.rpartition(".")
    if day:
        return datetime.date.fromisoformat(day), session
    if request.roll_day is None:
        raise ValueError(f"Request {request.pk} is about no roll.")
    return request.roll_day, session


def calls_of(request: CorrectionRequest) -> list[Call]:
    """The rolls that the request asks for: as they stand, with the approved answers put into them.

    Two statements. Raises CorrectionOutdated where an answer is not what it was at filing.
    """
    items: dict[Place, list[CorrectionItem]] = {}
    for item in request.items.all():
        items.setdefault(place_of(request, item), []).append(item)
    standing = standing_rolls(request.school_class, items)
    return [_call(request, standing[place], items[place]) for place in sorted(items)]


def _call(request: CorrectionRequest, standing: Call, items: Sequence[CorrectionItem]) -> Call:
    absent = dict(standing.absent)
    for item in items:
        if standing.absent.get(item.student_id, "") != item.old_value:
            raise CorrectionOutdated(
                "Điểm danh đang lưu không còn như lúc lập phiếu nên chưa ghi gì. Giáo viên huỷ phiếu này và lập phiếu "
                "mới theo điểm danh đang lưu."
            )
        absent[item.student_id] = item.new_value
    return Call(
        day=standing.day,
        session=standing.session,
        absent={student: kind for student, kind in absent.items() if kind},
        version=standing.version,
        token=uuid.uuid5(uuid.NAMESPACE_URL, f"request:{request.pk}:{standing.day}:{standing.session}"),
    )
