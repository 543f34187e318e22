"""Who of last year is not decided on yet: why, and whom to ask; what the clerk leaves knowingly (rules R17, R42)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from accounts.clock import today
from accounts.models import Post
from accounts.powers import Role
from gradebook.earlier_decisions import to_decide_anew
from gradebook.models import YearOutcome
from gradebook.outcomes import waiting_for_summer
from gradebook.roll_over_pupils import Pupil, Standing
from students.models import HomeroomAssignment, SchoolClass


class Why(StrEnum):
    CLASS_NOT_APPROVED = "class"
    NOT_ASSESSED = "not_assessed"
    SUMMER = "summer"
    REOPENED = "reopened"
    NOT_AMONG_THE_APPROVED = "alone"


REASONS = {
    Why.CLASS_NOT_APPROVED: "kết quả năm học của lớp chưa được phê duyệt",
    Why.NOT_ASSESSED: "không đánh giá (kế hoạch giáo dục cá nhân), chờ quyết định riêng",
    Why.SUMMER: "chưa hoàn thành, chờ đánh giá bổ sung, rèn luyện trong hè",
    Why.REOPENED: "Hiệu trưởng mở lại quyết định, chờ xét và phê duyệt lại",
    Why.NOT_AMONG_THE_APPROVED: "lớp đã phê duyệt, em thì chưa: vào lớp sau, chờ quyết định riêng",
}


@dataclass(frozen=True, slots=True)
class WaitingGroup:
    """Pupils of one class who wait for the same; `ask` are the people who can say when."""

    old_class: SchoolClass
    why: Why
    pupils: tuple[Pupil, ...]
    ask: tuple[str, ...]

    @property
    def reason(self) -> str:
        return REASONS[self.why]

    @property
    def keys(self) -> str:
        """Of the pupils, as a form posts them."""
        return ",".join(str(pupil.pk) for pupil in self.pupils)

    @property
    def names(self) -> str:
        return ", ".join(pupil.name for pupil in self.pupils)

    @property
    def words(self) -> str:
        """What stays on record of an application that left them."""
        return f"Lớp {self.old_class.name}: {self.names} ({self.reason}; hỏi {'; '.join(self.ask)})"


def waiting_groups(standing: Standing) -> list[WaitingGroup]:
    """By class, then by what they wait for. Five statements; none when nobody waits."""
    if not standing.left_out:
        return []
    classes = {pupil.old_class.pk for pupil in standing.left_out}
    approved = set(
        YearOutcome.objects.filter(school_class__in=classes)
        .exclude(result="")
        .values_list("school_class", flat=True)
    )
    summer = set(waiting_for_summer(classes).values_list("student_id", flat=True))
    reopened = set(to_decide_anew(classes).values_list("student_id", flat=True))
    principal, teachers = _principal(), _last_homeroom_teachers(classes)

    def key(pupil: Pupil) -> tuple[int, str, Why]:
        return pupil.old_class.grade_level, pupil.old_class.name, _why(pupil, approved, summer, reopened)

    groups = []
    for (_grade, _name, why), pupils in groupby(sorted(standing.left_out, key=key), key=key):
        together = tuple(pupils)
        old = together[0].old_class
        ask = (principal, *teachers.get(old.pk, ())) if why is not Why.NOT_ASSESSED else (principal,)
        groups.append(WaitingGroup(old, why, together, ask))
    return groups


def _why(pupil: Pupil, approved: set[int], summer: set[int], reopened: set[int]) -> Why:
    """As `outcomes.against_deciding` sees it: on whom the principal decides alone, and whose class comes first."""
    if pupil.student.is_exempt_from_assessment:
        return Why.NOT_ASSESSED
    if pupil.pk in summer and pupil.old_class.pk in approved:
        return Why.SUMMER
    if pupil.pk in reopened:
        return Why.REOPENED
    return Why.NOT_AMONG_THE_APPROVED if pupil.old_class.pk in approved else Why.CLASS_NOT_APPROVED


def _principal() -> str:
    posts = Post.objects.held_on(today()).filter(kind=Post.Kind.PRINCIPAL).select_related("holder")
    names = [post.holder.full_name for post in posts]
    return f"{Role.PRINCIPAL.label} {names[0]}" if names else Role.PRINCIPAL.label


def _last_homeroom_teachers(classes: set[int]) -> Mapping[int, tuple[str]]:
    """Class id → whoever led the class last."""
    rows = (
        HomeroomAssignment.objects.filter(school_class__in=classes)
        .select_related("teacher")
        .order_by("starts_on")
    )
    return {row.school_class_id: (f"giáo viên chủ nhiệm {row.teacher.full_name}",) for row in rows}
