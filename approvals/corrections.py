"""After the lock: the acts on a correction request (PLAN IV; rules R51–R54, R58).

Each act takes the request's row, asks `workflow` whether the move exists for this person, and leaves its trace.
Carrying out writes through the one way in of its register (`approvals.registers`), like every other write.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from accounts import clock, permissions
from accounts.history import NO_LOCKS, Source, acting, record_bulk
from accounts.models import User
from accounts.powers import Action
from approvals.approved_results import YEAR_END
from approvals.consequences import follow, standing_before
from approvals.contested_cells import check_uncontested
from approvals.evidence import CleanFile
from approvals.mandates import CorrectionIncomplete, CorrectionOutdated, CorrectionRefused, check_move
from approvals.models import CorrectionItem, CorrectionRequest, Evidence
from approvals.moves import moved, role_of, take
from approvals.reason_codes import ReasonCode, codes_about
from approvals.registers import may_be_brought, register_of
from approvals.workflow import Act, State
from gradebook.entry import Change, typed_differences
from gradebook.grading import plain_text, says_something
from gradebook.sheets import SheetRef
from gradebook.windows import lock_state, whole_period_locks
from students.models import SchoolClass, SchoolYear
from students.years import hold_class, hold_year

MOST_OF_A_DOCUMENT = 200
DRAFTED = "Đã lập phiếu nháp, chỉ thầy cô thấy. Ghi lí do, kèm minh chứng rồi gửi: khi gửi, phiếu có số."
NOTHING_NEW = (
    "Phiếu chưa có gì mới từ khi được yêu cầu bổ sung. "
    "Thêm minh chứng ở dưới, hoặc ghi rõ hơn vào lí do này, rồi gửi lại."
)

MOVED_ON = (
    "Có ô đã đổi từ khi thầy cô mở trang, phiếu chưa được lập. Xem giá trị đang lưu ở từng ô, ghi lại nếu vẫn "
    "cần sửa."
)
NO_GAP_REASON = (
    "Phiếu xoá trống ô phải có của sổ đã khoá. Ghi vì sao ô này được để trống, hoặc huỷ phiếu và lập phiếu với giá trị "
    "đúng."
)


def propose(ref: SheetRef, changes: Sequence[Change], *, by: User) -> CorrectionRequest:
    """Makes a draft of the cells whose wanted value differs from the stored one, and notes both.

    Raises PermissionDenied for anyone but the responsible teacher, after the year whoever was it to its end;
    YearIsClosed; CorrectionRefused while the sheet is open, for a bad value or one that has moved on since the proposer
    saw it (with its cell), or when nothing differs.
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
        hold_year(ref.school_class.year)
        lock = lock_state(ref.school_class, ref.period, ref.code)
        if lock.is_open and permissions.is_responsible(by, ref.school_class, ref.line):
            raise CorrectionRefused("Sổ đang mở: sửa thẳng trên sổ, không cần phiếu đề nghị.")
        if not lock.is_over:
            raise CorrectionRefused(
                f"{lock.sentence.rstrip('.')}. Phiếu đề nghị chỉ sửa những gì đã nhập trong đợt đã khoá."
            )
        wanted, report = typed_differences(ref, changes)
        if report.conflicts:
            raise CorrectionRefused(MOVED_ON, report)
        if report.refused:
            raise CorrectionRefused("Có ô ghi chưa đúng, phiếu chưa được lập.", report)
        if not wanted:
            raise CorrectionRefused(
                "Chưa có ô nào khác với giá trị đang lưu. Ghi giá trị muốn sửa thành rồi lập phiếu.", report
            )
        cells = [
            CorrectionItem(
                student_id=each.change.student_id,
                item=each.change.item,
                field=each.change.field,
                old_value=each.old,
                new_value=each.new,
            )
            for each in wanted
        ]
        return new_draft(ref.school_class, cells, by=by, line=ref.line, period=ref.period)


def attach(request: CorrectionRequest, file: CleanFile, *, by: User) -> Evidence:
    """Adds one cleaned file to the proposer's own draft; the same content twice is kept once."""
    with acting(by, role=role_of(by, request), source=Source.PAGE, request_id=request.pk):
        request = take(request)
        check_move(request, Act.FILE, by)
        standing = request.evidence.standing()
        known = standing.filter(sha256=file.sha256).first()
        if known:
            return known
        of_this_filing = standing.filter(uploaded_at__gte=request.returned_at or request.created_at)
        if of_this_filing.count() >= settings.EVIDENCE_MAX_FILES:
            raise CorrectionRefused(
                f"Tệp «{file.name}» không thêm được: mỗi lần gửi phiếu kèm nhiều nhất "
                f"{settings.EVIDENCE_MAX_FILES} tệp minh chứng mới. Bỏ bớt tệp ở trên, hoặc ghép các trang "
                "thành một tệp PDF.",
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
    """Takes a file out of the proposer's request before it is filed, or filed again.

    What nobody else has seen goes from the disk too. What was filed before is withdrawn: it backs the request no more,
    and stays on record with its bytes, open to whoever sees the request (docs/decisions/0005).
    """
    request = evidence.request
    with acting(by, role=role_of(by, request), source=Source.PAGE, request_id=request.pk):
        request = take(request)
        check_move(request, Act.FILE, by)
        standing = request.evidence.standing().filter(pk=evidence.pk).first()
        if standing is None:
            raise CorrectionOutdated(f"Tệp «{evidence.name}» đã bỏ ra khỏi phiếu rồi.")
        if standing.was_filed:
            standing.withdrawn_at = clock.now()
            standing.save()
            return request
        storage, path = evidence.file.storage, str(evidence.file.name)
        evidence.delete()
        transaction.on_commit(lambda: storage.delete(path))
    return request


def keep_reason(
    request: CorrectionRequest,
    *,
    reason: str,
    document: str = "",
    code: str = "",
    gap_reason: str = "",
    by: User,
) -> CorrectionRequest:
    """Keeps what the proposer has typed so far on the draft; nothing moves.

    `gap_reason` says why cells that must be filled shall be empty. `document` names the paper of the former school,
    where the cells are results brought along from there. A `code` that the form does not offer is not kept.
    """
    with acting(by, role=role_of(by, request), source=Source.PAGE, request_id=request.pk):
        request = take(request)
        check_move(request, Act.FILE, by)
        known = code if code in _codes_of(request) else ""
        said = plain_text(reason), _document(request, document), known, plain_text(gap_reason)
        # What was filed once keeps its reason until there is another.
        may_keep = request.state == State.DRAFT or (says_something(reason) and known)
        if may_keep and (request.reason, request.document, request.reason_code, request.gap_reason) != said:
            request.reason, request.document, request.reason_code, request.gap_reason = said
            request.save()
    return request


def file_request(
    request: CorrectionRequest,
    *,
    reason: str,
    document: str = "",
    code: str = ReasonCode.OTHER,
    gap_reason: str = "",
    by: User,
) -> CorrectionRequest:
    """Draft, or asked for more → filed: needs a reason, its kind and evidence (rule R54); a reason more where it
    empties cells that must be filled. `document`, `gap_reason`: `keep_reason`.

    A draft gets the year's next number with it; who was asked for more answers with something that was not there.
    Raises CorrectionOutdated where a cell is no longer what it was when the draft was made: that is filed anew.
    """
    with acting(by, role=role_of(by, request), source=Source.PAGE, request_id=request.pk):
        if not request.was_filed:
            # While the next number is taken: two requests never share one. Before the request, as when the year closes.
            hold_year(request.school_class.year)
        request = moved(request, Act.FILE, by)
        _check_current(request)
        missing = missing_to_file(request, reason=reason, document=document, code=code, gap_reason=gap_reason)
        if missing:
            raise CorrectionIncomplete(missing)
        request.reason, request.document = plain_text(reason), _document(request, document)
        request.gap_reason = plain_text(gap_reason)
        request.reason_code, request.filed_at = code, clock.now()
        if not request.was_filed:
            last = CorrectionRequest.objects.filter(year=request.year_id).aggregate(last=Max("number"))[
                "last"
            ]
            request.number = (last or 0) + 1
        request.save()
    return request


def _check_current(request: CorrectionRequest) -> None:
    items = list(request.items.all())
    now = register_of(request).now(items)
    if any(now[item.pk] != item.old_value for item in items):
        raise CorrectionOutdated(
            "Có ô đã đổi giá trị từ khi lập phiếu nên phiếu chưa gửi được. "
            "Huỷ phiếu này và lập phiếu mới theo giá trị đang lưu."
        )


def missing_to_file(
    request: CorrectionRequest, *, reason: str, code: str, document: str = "", gap_reason: str = ""
) -> dict[str, str]:
    """What a request still needs before it is filed, by the form's field, all at once.

    Two statements, at most three where it was asked for more; one more where it empties a cell.
    """
    missing = {}
    if code not in _codes_of(request):
        missing["code"] = "Chọn loại sai sót rồi gửi lại."
    if not says_something(reason):
        missing["reason"] = "Ghi lí do sửa, ít nhất 3 chữ cái hoặc chữ số, rồi gửi lại."
    if not says_something(gap_reason) and _leaves_gaps(request):
        missing["gap_reason"] = NO_GAP_REASON
    files = list(request.evidence.values_list("uploaded_at", "withdrawn_at"))
    if all(withdrawn_at for _uploaded_at, withdrawn_at in files):
        missing["evidence"] = no_evidence(request)
    asked = request.returned_at
    # To take a wrong picture out is an answer too.
    if asked and not missing and all((withdrawn or uploaded) < asked for uploaded, withdrawn in files):
        then = request.history.filter(state=State.RETURNED, returned_at=asked).earliest("history_id")
        before = _said(then.reason, then.document, then.reason_code, then.gap_reason)
        if before == _said(reason, document, code, gap_reason):
            missing["reason"] = NOTHING_NEW
    return missing


def _codes_of(request: CorrectionRequest) -> list[ReasonCode]:
    return codes_about(roll=request.roll_day is not None)


def _leaves_gaps(request: CorrectionRequest) -> bool:
    """Whether it empties cells that the sheet asks for. One statement, one more where it empties any."""
    emptied = list(request.items.filter(new_value=""))
    return bool(emptied) and any(each.is_gap for each in register_of(request).foreseen(emptied).values())


def no_evidence(request: CorrectionRequest) -> str:
    return f"Kèm ít nhất một minh chứng ({register_of(request).proof} hoặc PDF) rồi gửi lại."


def _said(*texts: str) -> list[str]:
    """The words alone: a space more answers nothing."""
    return [" ".join(plain_text(text).split()) for text in texts]


def decide(request: CorrectionRequest, *, approve: bool, note: str, by: User) -> CorrectionRequest:
    """Filed → approved or refused by the vice-principal; a refusal needs its reason.

    Approved, it waits for the principal's consent where the principal has approved the class's results (rule R52).
    Of two requests on one cell only one is approved at a time.
    """
    with acting(by, role="Phó Hiệu trưởng", source=Source.PAGE, request_id=request.pk):
        request = moved(request, Act.APPROVE if approve else Act.REFUSE, by)
        if approve:
            if not request.evidence.standing().exists():
                raise CorrectionRefused(no_evidence(request), field="evidence")
            # First: what another has written is seen by the check of the values.
            check_uncontested(request)
            register_of(request).check_writable()
        if not approve and not says_something(note):
            raise CorrectionRefused(
                "Ghi lí do từ chối, ít nhất 3 chữ cái hoặc chữ số, để giáo viên biết vì sao.", field="note"
            )
        request.decided_by, request.decided_at, request.decision_note = by, clock.now(), plain_text(note)
        request.save()
    return request


def cancel(request: CorrectionRequest, *, note: str = "", by: User) -> CorrectionRequest:
    """Anything that has not come to its end → cancelled by its proposer; it stays on record.

    What was filed has a number and needs a reason; of what was approved, whoever approved it and the clerk are told
    (`approvals.cancellations`). A draft that never was filed takes no number, and stays out of the register.
    """
    with acting(by, role=role_of(by, request), source=Source.PAGE, request_id=request.pk):
        request = moved(request, Act.CANCEL, by)
        if request.was_filed and not says_something(note):
            raise CorrectionRefused(
                "Phiếu đã được phê chuẩn: ghi lí do huỷ (ít nhất 3 chữ cái hoặc chữ số) để người phê chuẩn và "
                "văn thư biết, rồi huỷ lại."
                if request.decided_by_id
                else f"Phiếu đã có số {request.label}: ghi lí do huỷ (ít nhất 3 chữ cái hoặc chữ số) để lưu cùng "
                "phiếu, rồi huỷ lại.",
                field="cancel_note",
            )
        request.cancel_note = plain_text(note) if says_something(note) else ""
        request.save()
    return request


def cancel_drafts(year: SchoolYear) -> None:
    """Within the act that closes the year, which holds it: what never was filed → cancelled, for nobody else could end
    it any more. Three statements, whatever their number."""
    drafts = list(CorrectionRequest.objects.select_for_update().filter(year=year, state=State.DRAFT))
    for draft in drafts:
        draft.state = State.CANCELLED
    CorrectionRequest.objects.bulk_update(drafts, ["state"])
    record_bulk(drafts, changed=True, why=f"Đóng năm học {year.label} khi phiếu chưa gửi.")


def carry_out(request: CorrectionRequest, *, by: User) -> CorrectionRequest:
    """Approved → applied by the clerk: writes exactly the approved values, all or none (rules R52, R53).

    Computes the year's results anew, re-opens the decisions that these contradict, where the principal has consented,
    and keeps on the request what followed (rule R55), with the signatures that no longer hold. Raises
    CorrectionOutdated with the cells whose value has changed since the request was filed, or whose pupil has left the
    class, and where consent has become needed meanwhile.
    """
    # The results of the class stand still meanwhile, its approval too: taken first, as whoever approves takes them.
    at_rest = whole_period_locks(request.year_id, YEAR_END) if request.period in YEAR_END else NO_LOCKS
    with acting(by, role="Văn thư", source=Source.CORRECTION, request_id=request.pk, holding=at_rest) as act:
        request = take(request)
        if request.period in YEAR_END:
            hold_class(request.school_class)
        check_move(request, Act.APPLY, by)
        register = register_of(request)
        before = standing_before(request)
        register.write(by=by, why=_why(request))
        request.state, request.due_on = check_move(request, Act.APPLY, by), None
        request.effects = "\n".join(follow(request, before))
        request.applied_by, request.applied_at = by, clock.now()
        request.save()
        act.says(
            f"Thực hiện phiếu đề nghị sửa số {request.label}: {register.title}",
            thing=f"request:{request.pk}",
        )
    return request


def _why(request: CorrectionRequest) -> str:
    """What the history of each cell says of the request."""
    brought = f", kết quả ở trường cũ theo {request.document}" if request.document else ""
    return f"Phiếu {request.label}{brought}: {request.reason}"


def _document(request: CorrectionRequest, typed: str) -> str:
    """The former school's paper in one line. Raises CorrectionRefused where nothing can come from such a school."""
    document = " ".join(plain_text(typed).split())
    if document and not may_be_brought(request):
        raise CorrectionRefused(
            "Chỉ ghi giấy tờ của trường cũ khi mọi ô còn trống và mọi em trong phiếu đã chuyển đến trong năm học này. "
            "Xoá ô này, hoặc lập phiếu khác cho các em đó.",
            field="document",
        )
    if len(document) > MOST_OF_A_DOCUMENT:
        raise CorrectionRefused(
            f"Tên giấy tờ dài quá {MOST_OF_A_DOCUMENT} chữ. Ghi ngắn lại: số, ngày, tên trường.",
            field="document",
        )
    return document


def new_draft(
    school_class: SchoolClass, cells: Sequence[CorrectionItem], *, by: User, **about: Any
) -> CorrectionRequest:
    """A draft of these cells, within the caller's act, which holds the year. Six statements, whatever their number.

    `about`: which register. Sent twice, the second finds the draft that the first has made.
    """
    hold_class(school_class)
    for draft in CorrectionRequest.objects.filter(
        school_class=school_class, proposer=by, state=State.DRAFT, **about
    ).prefetch_related("items"):
        if {_wanted(cell) for cell in draft.items.all()} == {_wanted(cell) for cell in cells}:
            return draft
    request = CorrectionRequest.objects.create(
        year=school_class.year,
        school_class=school_class,
        proposer=by,
        created_at=clock.now(),
        **about,
    )
    for cell in cells:
        cell.request = request
    record_bulk(CorrectionItem.objects.bulk_create(cells), changed=False)
    return request


def _wanted(cell: CorrectionItem) -> tuple[object, ...]:
    return cell.student_id, cell.item, cell.field, cell.old_value, cell.new_value
