"""After the lock: the acts on a correction request (PLAN IV; rules R51–R54, R58).

Each act takes the request's row, asks `workflow` whether the move exists for this person, and leaves its trace.
Carrying out writes through `gradebook.entry.save_results`, like every other write of a mark.
"""

from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max

from accounts import clock, permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from approvals.evidence import CleanFile
from approvals.models import CorrectionItem, CorrectionRequest, Evidence
from approvals.workflow import Act, Actor, State, target_of
from gradebook.entry import Change, EntryRefusedError, SaveReport, differences, save_results
from gradebook.grading import plain_text
from gradebook.regulation import Period
from gradebook.sheets import SheetRef
from gradebook.windows import lock_state
from students.models import SchoolYear


class CorrectionRefused(Exception):
    """The act cannot be done; the message says why and what to do.

    `report` names the cells where it is theirs; `field` the form's field (reason, evidence, note) where one is.
    """

    def __init__(self, message: str, report: SaveReport | None = None, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.report = report
        self.field = field


class CorrectionOutdated(CorrectionRefused):
    """Somebody else was faster: the request, or a value it names, is no longer what the page showed."""


def sheet_of(request: CorrectionRequest) -> SheetRef:
    """The sheet whose cells the request names."""
    return SheetRef(request.school_class, request.line, Period(request.period))


def actors_of(user: User, request: CorrectionRequest) -> frozenset[Actor]:
    """In which parts the user stands before the request."""
    parts = set()
    if request.proposer_id == user.pk:
        parts.add(Actor.PROPOSER)
    if permissions.may(user, Action.DECIDE_REQUEST):
        parts.add(Actor.VICE_PRINCIPAL)
    if permissions.may(user, Action.APPLY_REQUEST):
        parts.add(Actor.CLERK)
    return frozenset(parts)


def propose(ref: SheetRef, changes: Sequence[Change], *, by: User) -> CorrectionRequest:
    """Makes a draft of the cells whose wanted value differs from the stored one, and notes both.

    Raises PermissionDenied for anyone but the responsible teacher; CorrectionRefused while the sheet is open, for
    a bad value (with its cell), or when nothing differs.
    """
    permissions.require(
        by,
        Action.PROPOSE_CORRECTION,
        f"Chỉ giáo viên được phân công mới đề nghị sửa được sổ {ref.title}.",
        school_class=ref.school_class,
        line=ref.line,
    )
    role = permissions.acting_role(by, ref.school_class, ref.line)
    with acting(by, role=role, source=Source.PAGE):
        # The year's row is held while the next number is taken: two drafts never share one.
        SchoolYear.objects.select_for_update(no_key=True).get(pk=ref.school_class.year_id)
        lock = lock_state(ref.school_class, ref.period)
        if lock.is_open:
            raise CorrectionRefused("Sổ đang mở: sửa thẳng trên sổ, không cần phiếu đề nghị.")
        if not lock.is_over:
            raise CorrectionRefused(
                f"{lock.sentence} Phiếu đề nghị chỉ sửa những gì đã nhập trong đợt đã khoá."
            )
        wanted, refused = differences(ref, changes)
        if refused:
            raise CorrectionRefused("Có ô ghi chưa đúng, phiếu chưa được lập.", SaveReport(refused=refused))
        if not wanted:
            raise CorrectionRefused(
                "Chưa có ô nào khác với giá trị đang lưu. Ghi giá trị muốn sửa thành rồi lập phiếu."
            )
        request = _new_draft(ref, by)
        for each in wanted:
            CorrectionItem.objects.create(
                request=request,
                student_id=each.change.student_id,
                item=each.change.item,
                field=each.change.field,
                old_value=each.old,
                new_value=each.new,
            )
    return request


def attach(request: CorrectionRequest, file: CleanFile, *, by: User) -> Evidence:
    """Adds one cleaned file to the proposer's own draft; the same content twice is kept once."""
    with acting(by, role=_role(by, request), source=Source.PAGE, request_id=request.pk):
        request = _take(request)
        check_move(request, Act.FILE, by)
        known = request.evidence.filter(sha256=file.sha256).first()
        if known:
            return known
        if request.evidence.count() >= settings.EVIDENCE_MAX_FILES:
            raise CorrectionRefused(
                f"Tệp «{file.name}» không thêm được: mỗi phiếu có nhiều nhất {settings.EVIDENCE_MAX_FILES} tệp "
                "minh chứng. Ghép các trang thành một tệp PDF hoặc lập phiếu khác.",
                field="evidence",
            )
        evidence = Evidence(
            request=request,
            name=file.name,
            kind=file.kind,
            size=len(file.content),
            sha256=file.sha256,
            uploaded_by=by,
            uploaded_at=clock.now(),
        )
        evidence.file.save(file.name, file.as_django_file(), save=False)
        evidence.save()
        return evidence


def detach(evidence: Evidence, *, by: User) -> CorrectionRequest:
    """Takes a file back out of the proposer's own draft, from the disk too; a filed request keeps all of its files."""
    request = evidence.request
    with acting(by, role=_role(by, request), source=Source.PAGE, request_id=request.pk):
        request = _take(request)
        check_move(request, Act.FILE, by)
        storage, path = evidence.file.storage, str(evidence.file.name)
        evidence.delete()
        transaction.on_commit(lambda: storage.delete(path))
    return request


def keep_reason(request: CorrectionRequest, *, reason: str, by: User) -> CorrectionRequest:
    """Keeps what the proposer has typed so far on the draft; nothing moves."""
    with acting(by, role=_role(by, request), source=Source.PAGE, request_id=request.pk):
        request = _take(request)
        check_move(request, Act.FILE, by)
        if request.reason != plain_text(reason):
            request.reason = plain_text(reason)
            request.save()
    return request


def file_request(request: CorrectionRequest, *, reason: str, by: User) -> CorrectionRequest:
    """Draft → filed: needs a reason and evidence (rule R54)."""
    with acting(by, role=_role(by, request), source=Source.PAGE, request_id=request.pk):
        request = _moved(request, Act.FILE, by)
        if not _says_something(reason):
            raise CorrectionRefused("Ghi lí do sửa rồi gửi lại.", field="reason")
        if not request.evidence.exists():
            raise CorrectionRefused(
                "Kèm ít nhất một minh chứng (ảnh bài kiểm tra hoặc PDF) rồi gửi lại.", field="evidence"
            )
        request.reason = plain_text(reason)
        request.filed_at = clock.now()
        request.save()
    return request


def decide(request: CorrectionRequest, *, approve: bool, note: str, by: User) -> CorrectionRequest:
    """Filed → approved or refused by the vice-principal; a refusal needs its reason."""
    with acting(by, role="Phó Hiệu trưởng", source=Source.PAGE, request_id=request.pk):
        request = _moved(request, Act.APPROVE if approve else Act.REFUSE, by)
        if approve:
            _check_still_writable(request)
        if not approve and not _says_something(note):
            raise CorrectionRefused("Ghi lí do từ chối để giáo viên biết cần bổ sung gì.", field="note")
        request.decided_by, request.decided_at, request.decision_note = by, clock.now(), plain_text(note)
        request.save()
    return request


def cancel(request: CorrectionRequest, *, by: User) -> CorrectionRequest:
    """Draft, filed or approved → cancelled by its proposer; it stays on record."""
    with acting(by, role=_role(by, request), source=Source.PAGE, request_id=request.pk):
        request = _moved(request, Act.CANCEL, by)
        request.save()
    return request


def carry_out(request: CorrectionRequest, *, by: User) -> CorrectionRequest:
    """Approved → applied by the clerk: writes exactly the approved values, all or none (rules R52, R53).

    Raises CorrectionOutdated with the cells whose value has changed since the request was filed, or whose pupil
    has left the class.
    """
    with acting(by, role="Văn thư", source=Source.CORRECTION, request_id=request.pk) as act:
        request = _take(request)
        changes = _approved_changes(request)
        why = f"Phiếu {request.label}: {request.reason}"
        try:
            save_results(
                sheet_of(request),
                changes,
                by=by,
                source=Source.CORRECTION,
                under=ApprovedRequest(request),
                whole=True,
                why=why,
            )
        except EntryRefusedError as refusal:
            raise CorrectionOutdated(_why_not_written(refusal.report), refusal.report) from refusal
        request = _moved(request, Act.APPLY, by)
        request.applied_by, request.applied_at = by, clock.now()
        request.save()
        act.says(
            f"Thực hiện phiếu đề nghị sửa số {request.label}: {sheet_of(request).title}",
            thing=f"request:{request.pk}",
        )
    return request


def _says_something(text: str) -> bool:
    """Whether a reason has words in it: dots and invisible characters are none."""
    return sum(character.isalnum() for character in plain_text(text)) >= 3


def _check_still_writable(request: CorrectionRequest) -> None:
    """A request whose cells have moved on is not approved: it could never be carried out."""
    changes = _approved_changes(request)
    still, _refused = differences(sheet_of(request), changes)
    now = {each.change: each.old for each in still}
    if any(now.get(change) != change.seen for change in changes):
        raise CorrectionOutdated(
            "Giá trị đang lưu không còn như lúc lập phiếu, phiếu này không thực hiện được nữa. "
            "Từ chối phiếu để giáo viên lập phiếu mới."
        )


def _why_not_written(report: SaveReport) -> str:
    if report.conflicts:
        return (
            "Giá trị đang lưu không còn như lúc lập phiếu nên chưa ghi gì. "
            "Giáo viên huỷ phiếu này và lập phiếu mới theo giá trị đang lưu."
        )
    reasons = " ".join(dict.fromkeys(refused.message for refused in report.refused))
    return f"Không ghi được vào sổ nên chưa ghi gì. {reasons}"


class ApprovedRequest:
    """The mandate under which `save_results` lets the clerk write after the lock: these cells, once."""

    def __init__(self, request: CorrectionRequest) -> None:
        self.pk = request.pk
        self._request = request

    def check_execution(self, *, by: User, changes: Sequence[Change]) -> None:
        """Raises PermissionDenied, CorrectionRefused unless `by` may write exactly these changes now."""
        check_move(self._request, Act.APPLY, by)
        if list(changes) != _approved_changes(self._request):
            raise PermissionDenied("Chỉ được ghi đúng các giá trị đã phê chuẩn.")


def _approved_changes(request: CorrectionRequest) -> list[Change]:
    return [
        Change(item.student_id, item.item, item.field, item.new_value, 0, seen=item.old_value)
        for item in request.items.all()
    ]


def _take(request: CorrectionRequest) -> CorrectionRequest:
    """The request anew, its row held until the transaction ends: two acts at once come one after the other."""
    return (
        CorrectionRequest.objects.select_for_update(of=("self",))
        .select_related("school_class__year", "line", "proposer")
        .get(pk=request.pk)
    )


def _moved(request: CorrectionRequest, act: Act, by: User) -> CorrectionRequest:
    """The request held, with the state the act leads to; not yet saved."""
    request = _take(request)
    request.state = check_move(request, act, by)
    return request


def check_move(request: CorrectionRequest, act: Act, by: User) -> State:
    """The target state; PermissionDenied when no state would let this person, CorrectionRefused when only this one."""
    parts = actors_of(by, request)
    target = target_of(State(request.state), act, parts)
    if target is not None:
        if act == Act.APPLY and by.pk == request.decided_by_id:
            raise PermissionDenied(
                "Người phê chuẩn không tự thực hiện phiếu: người đề nghị, phê chuẩn, thực hiện là ba người."
            )
        return target
    if any(target_of(state, act, parts) for state in State):
        raise CorrectionOutdated(
            f"Phiếu {request.label} nay ở trạng thái «{State(request.state).label}», không làm được việc này nữa."
        )
    raise PermissionDenied(
        "Giáo viên đề nghị, Phó Hiệu trưởng phê chuẩn, văn thư thực hiện; không ai tự duyệt phiếu của mình."
    )


def _role(by: User, request: CorrectionRequest) -> str:
    return permissions.acting_role(by, request.school_class, request.line)


def _new_draft(ref: SheetRef, by: User) -> CorrectionRequest:
    last = CorrectionRequest.objects.filter(year=ref.school_class.year).aggregate(last=Max("number"))["last"]
    return CorrectionRequest.objects.create(
        year=ref.school_class.year,
        number=(last or 0) + 1,
        school_class=ref.school_class,
        line=ref.line,
        period=ref.period,
        proposer=by,
        created_at=clock.now(),
    )
