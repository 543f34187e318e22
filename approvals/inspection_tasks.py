"""What inspections ask of a person: to answer, to conclude, to read a conclusion or a decision, to file a request; for
the menu and the start page."""

import datetime
from collections.abc import Iterator

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat
from django.urls import reverse

from accounts import clock, permissions
from accounts.models import User
from accounts.powers import Action
from accounts.start_page import Task
from approvals.inspection_workflow import FindingAct, FindingState, Verdict
from approvals.models import Finding, FindingEntry, StaffDecision
from approvals.open_fixes import fixes_waiting_for
from gradebook.regulation import line_by_code
from students.models import SchoolYear

MOST = 20
TO_DECIDE = "to_decide"
TO_READ = "to_read"
TO_FIX = "to_fix"


def findings_waiting_for(user: User) -> QuerySet[Finding]:
    """Findings whose next move is this person's: to answer as the teacher, to conclude as who leads the inspection."""
    wanted = Q(responsible=user, state=FindingState.ASKED)
    if permissions.may(user, Action.INSPECT):
        wanted |= Q(inspection__opened_by=user, state=FindingState.ANSWERED)
    return Finding.objects.filter(wanted)


def unread_decisions(user: User) -> QuerySet[StaffDecision]:
    return StaffDecision.objects.filter(person=user, read_at=None, state=StaffDecision.State.IN_FORCE)


def unread_conclusions(user: User) -> QuerySet[Finding]:
    """What was concluded of the person's own sheets and not opened yet: one for all that were concluded at one stroke.

    Of a closed year nothing is news.
    """
    closing = FindingEntry.objects.filter(act=FindingAct.CLOSE)
    unread = {"responsible": user, "state": FindingState.CLOSED, "read_at": None}
    earlier = closing.filter(
        **{f"finding__{name}": value for name, value in unread.items()},
        finding__inspection=OuterRef("inspection"),
        finding__lt=OuterRef("pk"),
        at=OuterRef("concluded_at"),
    )
    found = Finding.objects.filter(**unread).exclude(inspection__year__state=SchoolYear.State.CLOSED)
    own = closing.filter(finding=OuterRef("pk")).values("at")[:1]
    return found.alias(concluded_at=Subquery(own)).filter(~Exists(earlier))


def violations_waiting_for(user: User) -> QuerySet[Finding]:
    """Violations that were concluded, for whoever decides upon staff: one for a person and an inspection.

    From the verdict on, whether the inspection goes on or has been closed, until a decision in force deals with any of
    them as a violation, or lets it rest for a reason: that settles all.
    """
    if not permissions.may(user, Action.DECIDE_ON_STAFF):
        return Finding.objects.none()
    found = Finding.objects.filter(verdict=Verdict.VIOLATION, responsible__isnull=False).exclude(
        responsible=user
    )
    same = {"inspection": OuterRef("inspection"), "responsible": OuterRef("responsible")}
    earlier = Finding.objects.filter(**same, verdict=Verdict.VIOLATION, pk__lt=OuterRef("pk"))
    decided = StaffDecision.objects.filter(
        finding__inspection=OuterRef("inspection"),
        person=OuterRef("responsible"),
        kind__in=[StaffDecision.Kind.VIOLATION, StaffDecision.Kind.NO_ACTION],
        state=StaffDecision.State.IN_FORCE,
    )
    return found.filter(~Exists(earlier), ~Exists(decided))


def inspection_tasks(user: User) -> Iterator[Task]:
    """The earliest day first. One statement."""
    findings = findings_waiting_for(user).order_by()
    violations = violations_waiting_for(user).order_by()
    conclusions = unread_conclusions(user).order_by()
    decisions = unread_decisions(user).order_by()
    fixes = fixes_waiting_for(user).order_by()
    columns = ("line__code", "school_class__name", "due_on")
    rows = findings.values_list("pk", "state", *columns).union(
        violations.values_list("pk", Value(TO_DECIDE, output_field=CharField()), *columns),
        conclusions.values_list("pk", Concat(Value(TO_READ), "verdict"), *columns),
        fixes.values_list("pk", Value(TO_FIX, output_field=CharField()), *columns),
        decisions.values_list("pk", "kind", "number", Value("", output_field=CharField()), "dated"),
        all=True,
    )
    for pk, what, code, class_name, day in rows.order_by("due_on", "pk")[:MOST]:
        if what in set(FindingState):
            yield _finding_task(pk, FindingState(what), code, class_name, day)
        elif what == TO_DECIDE:
            yield _violation_task(pk, code, class_name)
        elif what == TO_FIX:
            yield _fix_task(pk, code, class_name)
        elif what.startswith(TO_READ):
            yield _conclusion_task(pk, Verdict(what.removeprefix(TO_READ)), code, class_name)
        else:
            yield Task(
                f"{StaffDecision.Kind(what).label}: quyết định {f'số {code}' if code else 'của Hiệu trưởng'}",
                f"ngày {day:%d/%m/%Y}",
                reverse("approvals:staff_decision", args=[pk]),
                "waiting",
                "Chưa đọc",
            )


def _sheet(code: str | None, class_name: str) -> str:
    """«Toán lớp 4A»; without a line the homeroom sheet."""
    return f"{line_by_code(code).name if code else 'Phẩm chất và năng lực'} lớp {class_name}"


def _violation_task(pk: int, code: str | None, class_name: str) -> Task:
    return Task(
        f"Xem xét xử lí vi phạm: {_sheet(code, class_name)}",
        "đã kết luận vi phạm: ghi quyết định xử lí, hoặc ghi «Không xử lí» kèm lí do",
        f"{reverse('approvals:staff_decision_new')}?finding={pk}",
        "waiting",
        "Chờ quyết định",
    )


def _fix_task(pk: int, code: str | None, class_name: str) -> Task:
    return Task(
        f"Lập phiếu sửa theo kết luận kiểm tra: {_sheet(code, class_name)}",
        "việc này hết khi phiếu đề nghị sửa đã gửi, hoặc người kiểm tra thôi yêu cầu",
        reverse("approvals:finding", args=[pk]),
        "warning",
        "Phải sửa",
    )


def _conclusion_task(pk: int, verdict: Verdict, code: str | None, class_name: str) -> Task:
    return Task(
        f"Đọc kết luận kiểm tra: {_sheet(code, class_name)}",
        f"kết luận: {verdict.label}",
        reverse("approvals:finding", args=[pk]),
        "waiting",
        "Chưa đọc",
    )


def _finding_task(
    pk: int, state: FindingState, code: str | None, class_name: str, due_on: datetime.date | None
) -> Task:
    url = reverse("approvals:finding", args=[pk])
    if state == FindingState.ANSWERED or due_on is None:
        title = f"Kết luận nội dung kiểm tra: {_sheet(code, class_name)}"
        return Task(title, "giáo viên đã giải trình", url, "waiting", state.label)
    is_late = due_on < clock.today()
    return Task(
        f"Giải trình nội dung kiểm tra: {_sheet(code, class_name)}",
        f"hạn {due_on:%d/%m/%Y}",
        url,
        "refused" if is_late else "warning",
        "Quá hạn" if is_late else state.label,
        due_on,
    )
