"""What waits because of a class: for its teacher the receipt of what was handed over to it; for the leaders what nobody
else does, where there is no homeroom teacher today or none left to hand the class over."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts import permissions
from accounts.clock import today
from accounts.models import User
from accounts.powers import Action
from gradebook.handover_writers import is_left_to_others, writers_of
from gradebook.handovers import receipts_awaited
from students.models import HomeroomAssignment, SchoolClass


@dataclass(frozen=True, slots=True)
class ClassTask:
    """One line of the start page; `word` says what is wanted."""

    title: str
    detail: str
    url: str
    word: str


def class_tasks(user: User) -> list[ClassTask]:
    """One statement for whoever leads a class; three at most for whoever may assign and sign in place; else none."""
    found = list(_to_receive(permissions.reach_of(user, Action.RECEIVE_HANDOVER).classes))
    if permissions.may(user, Action.ASSIGN):
        found += _without_teacher()
    if permissions.may(user, Action.SIGN_HANDOVER_IN_PLACE):
        found += _to_hand_over_in_place()
    return found


def _to_receive(class_ids: Collection[int]) -> Iterator[ClassTask]:
    """The own classes to which last year's have handed over pupils, until the receipt is confirmed."""
    for (pk, name), old_names in receipts_awaited(class_ids).items():
        yield ClassTask(
            f"Tiếp nhận bàn giao của lớp {', '.join(old_names)}",
            f"học sinh nay học lớp {name}",
            reverse("gradebook:handover_receive", args=[pk]),
            "Chờ tiếp nhận",
        )


def _without_teacher() -> Iterator[ClassTask]:
    """Classes of a year under way in which nobody may call the roll or complete a record today."""
    day = today()
    held = HomeroomAssignment.objects.held_on(day).filter(school_class=OuterRef("pk"))
    classes = SchoolClass.objects.filter(
        ~Exists(held), year__state="open", year__starts_on__lte=day, year__ends_on__gte=day
    )
    for each in classes.order_by("grade_level", "name"):
        yield ClassTask(
            f"Lớp {each.name} hôm nay không có giáo viên chủ nhiệm",
            "không ai điểm danh, ghi hồ sơ, nhận xét phẩm chất và năng lực của lớp",
            f"{reverse('gradebook:class_staff')}?year={each.year_id}&class={each.pk}",
            "Cần phân công",
        )


def _to_hand_over_in_place() -> Iterator[ClassTask]:
    """Classes of a year that is over, not closed, whose homeroom teacher has left without signing the handover."""
    over = SchoolClass.objects.filter(year__ends_on__lt=today()).exclude(year__state="closed")
    waiting = over.exclude(handover__signed_at__isnull=False).select_related("year")
    unsigned = list(waiting.order_by("grade_level", "name"))
    writers = writers_of(unsigned) if unsigned else {}
    for each in unsigned:
        writer = writers.get(each.pk)
        if is_left_to_others(each, writer):
            who = f"{writer.full_name} đã rời trường" if writer else "lớp không có giáo viên chủ nhiệm"
            yield ClassTask(
                f"Kí bàn giao lớp {each.name} thay giáo viên chủ nhiệm",
                f"{who}; lớp của năm học đã kết thúc",
                reverse("gradebook:handover_in_place", args=[each.pk]),
                "Chờ kí thay",
            )
