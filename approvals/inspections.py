"""Inspections: the acts (PLAN IV.1, IV.2). Each asks `inspection_workflow` and takes the inspection's row.

Who leads the inspection acts on it, and the principal on any; what is found has its acts in `approvals.findings`.
"""

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Max

from accounts import clock, permissions
from accounts.history import Source, acting
from accounts.models import Post, User
from accounts.powers import Action
from approvals.inspection_workflow import (
    FindingState,
    InspectionAct,
    InspectionActor,
    InspectionState,
    inspection_target,
)
from approvals.models import Finding, InspectedClass, InspectedPupil, Inspection
from approvals.sampling import draw
from gradebook.grading import plain_text, says_something
from students.models import Enrolment, SchoolClass, SchoolYear, Student
from students.years import hold_year

MOST_LETTERS = 2000
WHO_INSPECTS = "Kiểm tra hồ sơ do Hiệu trưởng, Phó Hiệu trưởng mở và kết luận."


class InspectionRefused(Exception):
    """The act cannot be done; the message says why and what to do. `field` names where it was typed."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class InspectionOutdated(InspectionRefused):
    """Somebody else was faster: it no longer stands as the page showed it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an inspection is to look at; `drawn_per_class` None: every pupil of the classes."""

    kind: str
    period: str
    purpose: str
    classes: Sequence[SchoolClass]
    codes: Sequence[str]
    drawn_per_class: int | None = None


def open_inspection(wanted: Wanted, *, year: SchoolYear, by: User) -> Inspection:
    """Opens a check of the classes' sheets and draws its pupils by a seed of the server's. Five bulk statements.

    Raises Refused for anyone but the leaders, YearIsClosed.
    """
    permissions.require(by, Action.INSPECT, WHO_INSPECTS)
    with acting(by, role=permissions.capacity(by, Action.INSPECT), source=Source.PAGE):
        hold_year(year)
        last = Inspection.objects.filter(year=year).aggregate(last=Max("number"))["last"]
        inspection = Inspection.objects.create(
            year=year,
            number=(last or 0) + 1,
            kind=wanted.kind,
            period=wanted.period,
            purpose=plain_text(wanted.purpose),
            codes=list(wanted.codes),
            drawn_per_class=wanted.drawn_per_class,
            seed=secrets.token_hex(8) if wanted.drawn_per_class else "",
            opened_by=by,
            opened_at=clock.now(),
        )
        rosters = _rosters(year, wanted.classes)
        InspectedClass.objects.bulk_create(
            InspectedClass(inspection=inspection, school_class=each, roster=rosters[each.pk])
            for each in wanted.classes
        )
        InspectedPupil.objects.bulk_create(_drawn(inspection, rosters))
    return inspection


def _rosters(year: SchoolYear, classes: Iterable[SchoolClass]) -> dict[int, list[int]]:
    """The pupils of today by class, in class order. One statement."""
    found: dict[int, list[int]] = {each.pk: [] for each in classes}
    seats = Enrolment.objects.filter(school_class__in=found).held_on(year.day_for_roster())
    for class_id, student_id in seats.in_class_order().values_list("school_class_id", "student_id"):
        found[class_id].append(student_id)
    return found


def _drawn(inspection: Inspection, rosters: dict[int, list[int]]) -> list[InspectedPupil]:
    number = inspection.drawn_per_class
    if number is None:
        return []
    return [
        InspectedPupil(inspection=inspection, school_class_id=class_id, student_id=student_id, is_drawn=True)
        for class_id, roster in rosters.items()
        for student_id in draw(inspection.seed, class_id, roster, number)
    ]


def choose_pupils(
    inspection: Inspection, school_class: SchoolClass, students: Collection[int], *, by: User
) -> int:
    """Adds pupils of the class to those looked at, beside the drawn ones; answers how many are new."""
    with acting(by, role=permissions.capacity(by, Action.INSPECT), source=Source.PAGE):
        inspection = held(inspection, InspectionAct.CHOOSE, by)
        inside = inspection.classes.filter(school_class=school_class).first()
        if inside is None:
            raise InspectionRefused("Lớp này không thuộc đợt kiểm tra.")
        known = set(inspection.pupils.values_list("student_id", flat=True))
        new = Student.objects.filter(pk__in=set(students) & set(inside.roster) - known)
        added = InspectedPupil.objects.bulk_create(
            InspectedPupil(inspection=inspection, school_class=school_class, student=each, is_drawn=False)
            for each in new
        )
    return len(added)


def end_inspection(inspection: Inspection, act: InspectionAct, *, text: str, by: User) -> Inspection:
    """Closes a check whose findings are all concluded, or cancels one without any; `text` is the conclusion or why."""
    words = plain_text(text)
    with acting(by, role=permissions.capacity(by, Action.INSPECT), source=Source.PAGE):
        inspection = held(inspection, act, by)
        inspection.state = inspection_target(
            InspectionState(inspection.state), act, actors_of(by, inspection)
        ) or InspectionState(inspection.state)
        _check_end(inspection, act, words)
        inspection.conclusion = words
        inspection.closed_by, inspection.closed_at = by, clock.now()
        inspection.save()
    return inspection


def _check_end(inspection: Inspection, act: InspectionAct, words: str) -> None:
    findings = Finding.objects.filter(inspection=inspection)
    if act == InspectionAct.CANCEL and findings.exists():
        raise InspectionRefused(
            "Đợt đã có nội dung ghi nhận nên không huỷ được. Kết luận từng nội dung rồi kết thúc."
        )
    waiting = findings.exclude(state=FindingState.CLOSED).count()
    if waiting:
        raise InspectionRefused(
            f"Còn {waiting} nội dung chưa kết luận. Kết luận hết rồi mới kết thúc đợt kiểm tra."
        )
    check_words(
        words, "kết luận của đợt kiểm tra" if act == InspectionAct.CLOSE else "lí do huỷ", "conclusion"
    )


def check_words(words: str, what: str, field: str = "text") -> None:
    """Raises InspectionRefused for words that say nothing or too much."""
    if not says_something(words):
        raise InspectionRefused(
            f"Chưa ghi {what}. Ghi cho người đọc hiểu, ít nhất 3 chữ cái hoặc chữ số, rồi gửi lại.", field
        )
    if len(words) > MOST_LETTERS:
        raise InspectionRefused(
            f"Phần ghi dài {len(words)} chữ, nhiều nhất {MOST_LETTERS}. Bớt đi rồi gửi lại.", field
        )


def held(inspection: Inspection, act: InspectionAct, by: User) -> Inspection:
    """The inspection with its row locked, if the table has this move for the person now.

    Raises PermissionDenied when there is no such move in any state, InspectionOutdated when only in this one.
    """
    inspection = Inspection.objects.select_for_update().get(pk=inspection.pk)
    parts = actors_of(by, inspection)
    if inspection_target(InspectionState(inspection.state), act, parts) is not None:
        return inspection
    if any(inspection_target(state, act, parts) for state in InspectionState):
        raise InspectionOutdated(
            f"{inspection.label} nay ở trạng thái «{inspection.get_state_display()}», không ghi thêm được nữa."
        )
    raise PermissionDenied("Người mở đợt kiểm tra và Hiệu trưởng mới ghi nhận, kết luận đợt này.")


def actors_of(user: User, inspection: Inspection) -> frozenset[InspectionActor]:
    """In which parts the user stands before the inspection today."""
    if not permissions.may(user, Action.INSPECT):
        return frozenset()
    parts = {InspectionActor.LEADER} if inspection.opened_by_id == user.pk else set()
    if permissions.has_post(user, Post.Kind.PRINCIPAL):
        parts.add(InspectionActor.PRINCIPAL)
    return frozenset(parts)
