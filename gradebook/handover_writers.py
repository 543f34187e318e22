"""Who writes and signs the handover of a class (PLAN IV.2, IV.5; rule R17).

Its homeroom teacher, also after the year; the vice-principal in place of one who has left.
"""

from collections.abc import Iterable

from django.db.models import F

from accounts import clock
from accounts.account_state import is_closed
from accounts.models import User
from students.models import HomeroomAssignment, SchoolClass


def writers_of(classes: Iterable[SchoolClass]) -> dict[int, User]:
    """By class: its homeroom teacher of today, of a year that is over the last one. One statement.

    Agrees with «past homeroom» in accounts.permissions.
    """
    rows = HomeroomAssignment.objects.filter(
        school_class__in=[each.pk for each in classes],
        starts_on__lte=clock.today(),
        school_class__year__ends_on__gte=F("starts_on"),
    )
    last = rows.order_by("school_class_id", "-starts_on").distinct("school_class_id")
    return {
        row.school_class_id: row.substitutes_for or row.teacher
        for row in last.select_related("teacher", "substitutes_for")
    }


def is_left_to_others(school_class: SchoolClass, writer: User | None) -> bool:
    """Whether the vice-principal writes in place: the year is over, and its teacher has left or there was none."""
    return school_class.year.ends_on < clock.today() and (writer is None or is_closed(writer))


def why_not_in_place(school_class: SchoolClass) -> str:
    """Why nobody may sign in place of the homeroom teacher of the class; "" where the vice-principal may."""
    if school_class.year.ends_on >= clock.today():
        return (
            "Năm học chưa kết thúc: bàn giao do giáo viên chủ nhiệm của lớp kí. Chủ nhiệm vắng hoặc đã nghỉ thì Phó "
            "Hiệu trưởng giao người chủ nhiệm thay."
        )
    teacher = writers_of([school_class]).get(school_class.pk)
    if teacher is None or is_left_to_others(school_class, teacher):
        return ""
    return (
        f"{teacher.full_name} chủ nhiệm lớp {school_class.name} đến hết năm học và vẫn dùng tài khoản: mục «Bàn "
        "giao lớp» của thầy cô ấy còn mở để ghi và kí."
    )
