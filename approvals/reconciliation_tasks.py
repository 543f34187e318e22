"""What the monthly check asks of a person, for the menu and the start page."""

from collections.abc import Iterator

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.urls import reverse

from accounts import clock, permissions
from accounts.models import Post, User
from accounts.powers import Action
from accounts.start_page import Task
from approvals.models import ReconciliationReply, ReconciliationRound
from approvals.reconciliation_workflow import ReplyState, RoundState
from approvals.reconciliations import early_and_over, own_replies
from students.models import SchoolYear

MOST = 20


def replies_waiting_for(user: User) -> QuerySet[ReconciliationReply]:
    """Own answers to give, or anew once the month is over that was not when they were confirmed; for the clerk the
    differences to resolve. Then own differences that the clerk has resolved, until they are read, after the round has
    ended too."""
    own = Q(pk__in=own_replies(user).values("pk"))
    wanted = own & (Q(state=ReplyState.WAITING) | early_and_over())
    if permissions.may(user, Action.KEEP_RECONCILIATION):
        wanted |= Q(state=ReplyState.DIFFERS)
    is_unread = Q(read_at__isnull=True) | Q(read_at__lt=F("resolved_at"))
    told = own & Q(state=ReplyState.RESOLVED) & is_unread & ~Q(round__year__state=SchoolYear.State.CLOSED)
    return ReconciliationReply.objects.filter(wanted & Q(round__state=RoundState.OPEN) | told)


def reports_waiting_for(user: User) -> QuerySet[ReconciliationRound]:
    """Monthly reports that the principal has not opened."""
    if not permissions.has_post(user, Post.Kind.PRINCIPAL):
        return ReconciliationRound.objects.none()
    return ReconciliationRound.objects.filter(state=RoundState.CLOSED, read_at=None)


def rounds_to_close(user: User) -> QuerySet[ReconciliationRound]:
    """Rounds that the clerk can close: nothing differs, and everybody has answered or the day is past."""
    if not permissions.may(user, Action.KEEP_RECONCILIATION):
        return ReconciliationRound.objects.none()
    waiting = (Q(state=ReplyState.WAITING) | early_and_over()) & Q(round__due_on__gte=clock.today())
    unsettled = ReconciliationReply.objects.filter(Q(state=ReplyState.DIFFERS) | waiting)
    return ReconciliationRound.objects.filter(
        ~Exists(unsettled.filter(round=OuterRef("pk"))), state=RoundState.OPEN
    )


def reconciliation_tasks(user: User) -> Iterator[Task]:
    """The earliest day first. One statement."""
    replies = replies_waiting_for(user).order_by()
    rows = replies.values_list("pk", "state", "school_class__name", "round__month", "round__due_on")
    reports = reports_waiting_for(user).order_by()
    rounds = rounds_to_close(user).order_by()
    empty = Value("", output_field=CharField())
    of_rounds = ("pk", "state", empty, "month", "due_on")
    told = rows.union(reports.values_list(*of_rounds), rounds.values_list(*of_rounds), all=True)
    for pk, state, class_name, month, due_on in told.order_by("round__due_on", "pk")[:MOST]:
        about = f"số liệu tháng {month:%m/%Y}"
        whose = f"lớp {class_name}" if class_name else "các sổ môn học"
        due = f"hạn {due_on:%d/%m/%Y}"
        if state == RoundState.CLOSED:
            url = reverse("approvals:reconciliation_report", args=[pk])
            yield Task(f"Báo cáo tháng {month:%m/%Y} của văn thư", "", url, "waiting", "Chưa xem")
            continue
        if state == RoundState.OPEN:
            url = reverse("approvals:reconciliation", args=[pk])
            yield Task(f"Kết thúc đối chiếu {about}", "đã đủ để kết thúc", url, "waiting", "Chờ kết thúc")
            continue
        url = reverse("approvals:reconciliation_reply", args=[pk])
        if state == ReplyState.RESOLVED:
            yield Task(
                f"Văn thư đã giải quyết sai khác {about}, {whose}",
                "xem cách giải quyết",
                url,
                "ok",
                "Chưa xem",
            )
        elif state == ReplyState.DIFFERS:
            yield Task(f"Giải quyết sai khác {about}, {whose}", due, url, "warning", "Báo sai khác", due_on)
        else:
            is_late = due_on < clock.today()
            is_again = state == ReplyState.CONFIRMED
            kind, word = ("refused", "Quá hạn") if is_late else ("waiting", "Chưa trả lời")
            if is_again:
                word, due = "Xác nhận lại", f"tháng đã hết sau khi thầy cô xác nhận, {due}"
            yield Task(f"Đối chiếu {about}, {whose}", due, url, kind, word, due_on)
