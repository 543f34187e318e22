"""Praise at any time of the year: đột xuất, thư khen, and awards of higher levels as text (TT27 Điều 13; rule R45)."""

import datetime
from enum import StrEnum

from accounts import permissions
from accounts.clock import today
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from gradebook.models import Commendation
from gradebook.year_end_steps import YearEndRefused
from students.models import Enrolment, SchoolClass, Student

WHO_COMMENDS = "Khen thưởng học sinh do giáo viên chủ nhiệm của lớp hoặc Hiệu trưởng ghi."
WHO_REWARDS = (
    "Khen thưởng đột xuất do Hiệu trưởng quyết định; giáo viên gửi thư khen, ghi khen thưởng của cấp trên."
)


class Praise(StrEnum):
    """What it is; the words are those of the model's choices."""

    SURPRISE = "surprise"
    LETTER = "letter"
    HIGHER = "higher"


def kinds_for(user: User) -> list[tuple[str, str]]:
    """The kinds that this person may record: an award on the spot is the principal's alone."""
    may_reward = permissions.may(user, Action.APPROVE_OUTCOMES)
    return [each for each in Commendation.KINDS if may_reward or each[0] != Praise.SURPRISE]


def commend(
    school_class: SchoolClass, student: Student, *, kind: str, text: str, on: datetime.date, by: User
) -> Commendation:
    """Records that a pupil of the class was praised; at any time, whatever the results.

    Raises PermissionDenied, YearIsClosed; YearEndRefused.
    """
    permissions.require(by, Action.COMMEND, WHO_COMMENDS, school_class=school_class)
    if kind == Praise.SURPRISE:
        permissions.require(by, Action.APPROVE_OUTCOMES, WHO_REWARDS)
    school_class.year.require_not_closed()
    if not Enrolment.objects.filter(school_class=school_class, student=student).exists():
        raise YearEndRefused(f"Em {student.full_name} không học lớp {school_class.name}.")
    if not school_class.year.starts_on <= on <= today():
        raise YearEndRefused("Ngày khen nằm trong năm học và không sau hôm nay: sửa ngày.")
    with acting(by, role=_role(by, school_class), source=Source.PAGE):
        return Commendation.objects.create(
            school_class=school_class, student=student, kind=kind, text=text, given_on=on, recorded_by=by
        )


def take_back(commendation: Commendation, *, reason: str, by: User) -> None:
    """Records that it was written by mistake; the line stays in the history, with the reason.

    Raises PermissionDenied, YearIsClosed; YearEndRefused.
    """
    permissions.require(by, Action.COMMEND, WHO_COMMENDS, school_class=commendation.school_class)
    if commendation.kind == Praise.SURPRISE:
        permissions.require(by, Action.APPROVE_OUTCOMES, WHO_REWARDS)
    commendation.school_class.year.require_not_closed()
    if not reason.strip():
        raise YearEndRefused("Ghi lí do rút lại.")
    with acting(by, role=_role(by, commendation.school_class), source=Source.PAGE):
        commendation.taken_back_for = reason.strip()
        commendation.save()


def _role(by: User, school_class: SchoolClass) -> str:
    return permissions.capacity(by, Action.COMMEND, school_class=school_class)
