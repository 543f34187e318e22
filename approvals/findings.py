"""What an inspection finds: noted against cells, answered by the teacher, concluded (PLAN IV.2)."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Max, QuerySet

from accounts import clock, permissions
from accounts.history import Source, acting, record_bulk
from accounts.models import User
from accounts.powers import Action
from approvals.inspection_workflow import (
    FindingAct,
    FindingState,
    InspectionAct,
    InspectionActor,
    Verdict,
    finding_target,
    may_conclude,
)
from approvals.inspections import (
    InspectionOutdated,
    InspectionRefused,
    actors_of,
    check_words,
    held,
)
from approvals.models import Finding, FindingEntry, Inspection
from approvals.open_fixes import has_open_fix
from gradebook.grading import plain_text
from gradebook.models import TeachingAssignment
from gradebook.sheets import SheetRef, stored_results, value_and_version
from students.models import HomeroomAssignment

MOST_CELLS = 60
LONGEST = datetime.timedelta(days=60)


@dataclass(frozen=True, slots=True)
class CellSeen:
    """A cell as the inspector saw it: the number of its row's version tells whether it has changed since."""

    student_id: int
    item: str
    field: str
    version: int


def note(
    inspection: Inspection,
    ref: SheetRef,
    cells: Sequence[CellSeen],
    *,
    text: str,
    due_on: datetime.date | None,
    by: User,
) -> list[Finding]:
    """One finding for each cell with the value that stands in it, or one against the sheet where none is named.

    With `due_on` the teacher who answers for the sheet is asked to explain by that day. Raises InspectionOutdated
    where a cell has changed since it was seen, InspectionRefused, PermissionDenied.
    """
    words = plain_text(text)
    check_words(words, "nội dung ghi nhận")
    with acting(by, role=permissions.capacity(by, Action.INSPECT), source=Source.PAGE):
        inspection = held(inspection, InspectionAct.NOTE, by)
        _check_scope(inspection, ref, cells)
        teacher = responsible_for(ref)
        if teacher is not None and teacher.pk == by.pk:
            raise InspectionRefused(
                "Không ai kiểm tra sổ của chính mình: nhờ người khác trong Ban giám hiệu ghi nhận."
            )
        if due_on is not None:
            _check_due(due_on, teacher)
        values, now = _values(ref, cells), clock.now()
        number = inspection.findings.aggregate(last=Max("number"))["last"] or 0
        found = Finding.objects.bulk_create(
            Finding(
                inspection=inspection,
                number=number + offset,
                school_class=ref.school_class,
                line=ref.line,
                text=words,
                noted_by=by,
                noted_at=now,
                responsible=teacher,
                **cell,
            )
            for offset, cell in enumerate(values, start=1)
        )
        record_bulk(found, changed=False)
        if due_on is not None:
            _ask_all(found, due_on, now, by)
    return found


def _check_scope(inspection: Inspection, ref: SheetRef, cells: Sequence[CellSeen]) -> None:
    if ref.period != inspection.period or ref.code not in inspection.codes:
        raise InspectionRefused("Sổ này không thuộc đợt kiểm tra.")
    inside = inspection.classes.filter(school_class=ref.school_class).first()
    if inside is None:
        raise InspectionRefused("Lớp này không thuộc đợt kiểm tra.")
    columns = {(column.item, column.field.value) for column in ref.columns()}
    if any((each.item, each.field) not in columns or each.student_id not in inside.roster for each in cells):
        raise InspectionRefused("Có ô không thuộc sổ này. Mở lại trang rồi chọn lại.")
    if len(cells) > MOST_CELLS:
        raise InspectionRefused(
            f"Một lần ghi nhận nhiều nhất {MOST_CELLS} ô, đang chọn {len(cells)}. Chia ra vài lần."
        )


def responsible_for(ref: SheetRef) -> User | None:
    """Who answers for the sheet today. One statement."""
    of_class = {"school_class": ref.school_class}
    held_today: Any
    if ref.line is None:
        held_today = HomeroomAssignment.objects.held_on(clock.today()).filter(**of_class)
    else:
        held_today = TeachingAssignment.objects.held_on(clock.today()).filter(line=ref.line, **of_class)
    rows = held_today.select_related("teacher")
    return next((row.teacher for row in rows), None)


def _values(ref: SheetRef, cells: Sequence[CellSeen]) -> list[dict[str, object]]:
    """The columns of a finding for each cell, with what stands there now. One statement."""
    if not cells:
        return [{}]
    stored = stored_results(ref, [each.student_id for each in cells])
    values: list[dict[str, object]] = []
    for cell in cells:
        value, version = value_and_version(stored.get((cell.student_id, cell.item)), cell.field)
        if version != cell.version:
            raise InspectionOutdated(
                "Có ô vừa được sửa sau khi trang mở, nên chưa ghi nhận gì. Xem lại giá trị rồi ghi nhận lại."
            )
        values.append({"student_id": cell.student_id, "item": cell.item, "field": cell.field, "value": value})
    return values


def _check_due(due_on: datetime.date, teacher: User | None) -> None:
    if teacher is None:
        raise InspectionRefused(
            "Sổ này hiện không có người phụ trách nên chưa yêu cầu giải trình được.", "due_on"
        )
    today = clock.today()
    if not today <= due_on <= today + LONGEST:
        raise InspectionRefused(
            f"Hạn giải trình trong khoảng từ {today:%d/%m/%Y} đến {today + LONGEST:%d/%m/%Y}.", "due_on"
        )


def _ask_all(found: Sequence[Finding], due_on: datetime.date, now: datetime.datetime, by: User) -> None:
    for finding in found:
        finding.state, finding.due_on = FindingState.ASKED, due_on
    Finding.objects.bulk_update(found, ["state", "due_on"])
    record_bulk(found, changed=True)
    FindingEntry.objects.bulk_create(_entry(each, FindingAct.ASK, "", now, by) for each in found)


def _entry(finding: Finding, act: FindingAct, text: str, now: datetime.datetime, by: User) -> FindingEntry:
    return FindingEntry(finding=finding, act=act, by=by, role=_role(finding, act, by), at=now, text=text)


def _role(finding: Finding, act: FindingAct, by: User) -> str:
    """A teacher answers as that of the sheet, whatever other post the person has; the others inspect."""
    if act != FindingAct.ANSWER:
        return permissions.capacity(by, Action.INSPECT)
    return permissions.capacity(
        by,
        Action.ANSWER_FINDING,
        school_class=finding.school_class,
        line=finding.line,
        owner_id=finding.responsible_id,
    )


def ask(
    finding: Finding, *, due_on: datetime.date, text: str = "", together: bool = False, by: User
) -> list[Finding]:
    """Asks the teacher for an answer by a day; again, with a word on what is still open."""
    with acting(by, role=permissions.capacity(by, Action.INSPECT), source=Source.PAGE):
        found = _held(finding, FindingAct.ASK, by, together=together)
        _check_due(due_on, found[0].responsible)
        words = plain_text(text)
        if found[0].state == FindingState.ANSWERED:
            check_words(words, "điều cần giải trình thêm")
        return _move(found, FindingAct.ASK, words, by, due_on=due_on)


def answer(finding: Finding, *, text: str, together: bool = False, by: User) -> list[Finding]:
    """The teacher's answer in words."""
    with acting(by, role=_role(finding, FindingAct.ANSWER, by), source=Source.PAGE):
        found = _held(finding, FindingAct.ANSWER, by, together=together)
        words = plain_text(text)
        check_words(words, "phần giải trình")
        return _move(found, FindingAct.ANSWER, words, by)


def conclude(
    finding: Finding, *, verdict: Verdict, text: str, together: bool = False, by: User
) -> list[Finding]:
    """The inspector's verdict with its words; nobody is blamed unheard (`may_conclude`)."""
    with acting(by, role=permissions.capacity(by, Action.INSPECT), source=Source.PAGE):
        found = _held(finding, FindingAct.CLOSE, by, together=together)
        words = plain_text(text)
        for each in found:
            check_heard(each, verdict)
        check_words(words, "lời kết luận")
        return _move(found, FindingAct.CLOSE, words, by, verdict=verdict)


def waive(finding: Finding, *, text: str, by: User) -> list[Finding]:
    """Says why no request is needed any more, though the conclusion asks for one; after the inspection's end too.

    Raises InspectionRefused where none is asked for, or one is there.
    """
    with acting(by, role=permissions.capacity(by, Action.INSPECT), source=Source.PAGE):
        found = _held(finding, FindingAct.WAIVE, by, together=False)
        if not has_open_fix(found[0]):
            raise InspectionOutdated(
                f"Nội dung số {finding.number} không còn chờ phiếu đề nghị sửa nào: xem lại rồi làm tiếp."
            )
        words = plain_text(text)
        check_words(words, "lí do thôi yêu cầu")
        FindingEntry.objects.create(
            finding=finding,
            act=FindingAct.WAIVE,
            by=by,
            role=_role(finding, FindingAct.WAIVE, by),
            at=clock.now(),
            text=words,
        )
    return found


def concluded_together(finding: Finding) -> QuerySet[Finding]:
    """Findings that got their conclusion at one stroke with this one, itself among them; none until it is concluded."""
    stroke = FindingEntry.objects.filter(finding=finding, act=FindingAct.CLOSE)
    return Finding.objects.filter(
        inspection=finding.inspection_id,
        responsible=finding.responsible_id,
        entries__act=FindingAct.CLOSE,
        entries__at__in=stroke.values("at"),
    )


def mark_read(finding: Finding, *, by: User) -> None:
    """The teacher has opened the conclusion: it counts as told, with those that were given at one stroke with it."""
    if finding.responsible_id != by.pk or finding.state != FindingState.CLOSED or finding.read_at is not None:
        return
    if finding.school_class.year.is_closed:
        return
    with acting(by, role=_role(finding, FindingAct.ANSWER, by), source=Source.PAGE):
        unread = Finding.objects.filter(pk__in=concluded_together(finding).values("pk"), read_at=None)
        held = list(unread.select_for_update().order_by("pk"))
        for each in held:
            each.read_at = clock.now()
        Finding.objects.bulk_update(held, ["read_at"])
        record_bulk(held, changed=True)


def check_heard(finding: Finding, verdict: Verdict) -> None:
    """Raises InspectionRefused for a verdict that blames somebody unheard (`may_conclude`)."""
    is_overdue = finding.due_on is not None and finding.due_on < clock.today()
    if may_conclude(FindingState(finding.state), verdict, is_overdue=is_overdue):
        return
    raise InspectionRefused(
        "Giáo viên chưa giải trình và chưa hết hạn: lúc này chỉ kết luận được «Đúng quy định»."
        if finding.state == FindingState.ASKED
        else "Muốn kết luận vi phạm thì yêu cầu giáo viên giải trình trước.",
        "verdict",
    )


def _move(found: Sequence[Finding], act: FindingAct, words: str, by: User, **changed: Any) -> list[Finding]:
    """Three bulk statements, whatever the number of findings."""
    now = clock.now()
    for finding in found:
        target = finding_target(FindingState(finding.state), act, finding_actors(by, finding))
        finding.state = target or FindingState(finding.state)
        for name, value in changed.items():
            setattr(finding, name, value)
    Finding.objects.bulk_update(found, ["state", *changed])
    record_bulk(found, changed=True)
    FindingEntry.objects.bulk_create(_entry(each, act, words, now, by) for each in found)
    return list(found)


def alike(finding: Finding) -> QuerySet[Finding]:
    """Findings noted in the same words against the same sheet that stand as this one does, itself among them."""
    return Finding.objects.filter(
        inspection=finding.inspection_id,
        school_class=finding.school_class_id,
        line=finding.line_id,
        responsible=finding.responsible_id,
        text=finding.text,
        state=finding.state,
    )


def _held(finding: Finding, act: FindingAct, by: User, *, together: bool) -> list[Finding]:
    """The finding, or all that are alike, with the inspection's row and theirs locked, if the table has the move."""
    Inspection.objects.select_for_update().get(pk=finding.inspection_id)
    rows = Finding.objects.select_for_update(of=("self",)).select_related("inspection", "responsible")
    finding = rows.get(pk=finding.pk)
    parts = finding_actors(by, finding)
    if finding_target(FindingState(finding.state), act, parts) is not None:
        return list(rows.filter(pk__in=alike(finding).values("pk"))) if together else [finding]
    require_part(finding, act, by)
    raise InspectionOutdated(
        f"Nội dung số {finding.number} nay ở trạng thái «{finding.get_state_display()}»: xem lại rồi làm tiếp."
    )


def require_part(finding: Finding, act: FindingAct, by: User) -> None:
    """Raises PermissionDenied where the table has no such move for this person in any state."""
    parts = finding_actors(by, finding)
    if not any(finding_target(state, act, parts) for state in FindingState):
        raise PermissionDenied(
            "Giáo viên phụ trách sổ giải trình; người mở đợt kiểm tra và Hiệu trưởng kết luận."
        )


def finding_actors(user: User, finding: Finding) -> frozenset[InspectionActor]:
    """In which parts the user stands before the finding; it comes with its inspection."""
    parts = set(actors_of(user, finding.inspection))
    if permissions.may(user, Action.ANSWER_FINDING, owner_id=finding.responsible_id):
        parts.add(InspectionActor.RESPONSIBLE)
    return frozenset(parts)
