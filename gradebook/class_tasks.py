"""What waits for the leaders because a class has nobody: no homeroom teacher today, or none left to hand it over."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts import permissions
from accounts.clock import today
from accounts.models import User
from accounts.powers import Action
from gradebook.handover_writers import is_left_to_others, writers_of
from students.models import HomeroomAssignment, SchoolClass


@dataclass(frozen=True, slots=True)
class ClassTask:
    """One line of the start page; `word` says what is wanted."""

    title: str
    detail: str
    url: str
    word: str


def class_tasks(user: User) -> list[ClassTask]:
    """None for whoever may neither assign nor sign in place; else three statements at most."""
    found: list[ClassTask] = []
    if permissions.may(user, Action.ASSIGN):
        found += _without_teacher()
    if permissions.may(user, Action.SIGN_HANDOVER_IN_PLACE):
        found += _to_hand_over_in_place()
    return found


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
