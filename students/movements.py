"""The one way in for every movement and every seat: acts of the clerk (PLAN IV.3; rules R10–R14).

Seats (`Enrolment`) follow from movements: each names the one that began it and, where it did not simply end with its
year, the one that ended it. Lists come in through `enrol_many`, which takes the same few statements for any length.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db import connection
from django.db.models import Max

from accounts import clock, permissions
from accounts.history import CLERK_ROLE, Source, acting, record_bulk, record_deleted
from accounts.models import User
from accounts.powers import Action
from students.models import Enrolment, Movement, SchoolClass, SchoolYear, Student
from students.movement_plans import Draft, MovementPlan, Objection, against_cancelling, goes_on, plan_movement
from students.movement_rules import (
    FROM_ANOTHER_SCHOOL,
    STATUS_ON_ARRIVAL_IN_SUMMER,
    Kind,
    Season,
    entry_code_of,
    season_of,
    status_code,
)

WHO_RECORDS = "Biến động sĩ số do văn thư ghi nhận."


class MovementRefused(Exception):
    """Nothing was written; `objections` say at which field why not, and the remedy."""

    def __init__(self, objections: Sequence[Objection]) -> None:
        super().__init__(" ".join(each.message for each in objections))
        self.objections = tuple(objections)


class MovementChanged(Exception):
    """It would now do something else than was shown; `plan` is what it would do now."""

    def __init__(self, plan: MovementPlan) -> None:
        super().__init__("Dữ liệu đã thay đổi từ lúc xem trước, nên chưa ghi gì. Xem lại rồi xác nhận.")
        self.plan = plan


@dataclass(frozen=True, slots=True)
class Seat:
    """A pupil and the class in which a list puts them from the year's first day.

    `from_elsewhere`: the list says that the pupil came from another school in the summer.
    """

    student: Student
    school_class: SchoolClass
    from_elsewhere: bool = False


def enrol_many(
    seats: Sequence[Seat], *, year: SchoolYear, by: User, why: str, first: datetime.date | None = None
) -> list[Movement]:
    """Admits pupils to classes of the year from its first day, or from `first`, to its last, behind those seated (R92).

    Within the caller's act, which holds the year's lock (`lock_year`). Six statements, whatever the number. Raises
    PermissionDenied; a pupil who has a seat in these days already is for the caller to refuse, and the database does.
    """
    permissions.require(by, Action.RECORD_MOVEMENTS, WHO_RECORDS)
    if not seats:
        return []
    last_grades = _last_grades(seats, year)
    day = first or year.starts_on
    movements = [_admission(seat, year, day, by, last_grades.get(seat.student.pk)) for seat in seats]
    record_bulk(Movement.objects.bulk_create(movements), changed=False, why=why)
    positions = _next_positions(seats)
    enrolments = [
        Enrolment(
            student=movement.student,
            school_class=movement.to_class,
            position=positions[movement.student_id],
            starts_on=movement.day,
            ends_on=year.ends_on,
            began_by=movement,
        )
        for movement in movements
    ]
    record_bulk(Enrolment.objects.bulk_create(enrolments), changed=False, why=why)
    return movements


def cancel_many(movements: Sequence[Movement], *, by: User, why: str) -> None:
    """Takes back admissions as `enrol_many` writes them: each is cancelled with who, when and why, its seat is gone.

    Within the caller's act, which holds the year's lock and has asked whether they may be. Six statements, whatever
    the number; MovementRefused, with nothing written, when a pupil has a later movement in force.
    """
    permissions.require(by, Action.RECORD_MOVEMENTS, WHO_RECORDS)
    later = later_movement(movements)
    if later:
        raise MovementRefused([Objection("", goes_on(later))])
    seats = list(Enrolment.objects.filter(began_by__in=movements))
    record_deleted(seats, why=why)
    # Not QuerySet.delete(): simple-history would add a row of its own for each, one by one.
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM students_enrolment WHERE id = ANY(%s)", [[seat.pk for seat in seats]])
    stamp = clock.stamp()
    for movement in movements:
        movement.cancelled_at, movement.cancelled_by, movement.cancel_reason = stamp, by, why
    Movement.objects.filter(pk__in=[each.pk for each in movements]).update(
        cancelled_at=stamp, cancelled_by=by, cancel_reason=why
    )
    record_bulk(movements, changed=True, why=why)


def later_movement(movements: Sequence[Movement]) -> Movement | None:
    """The first movement in force by which one of these pupils went on after the one given."""
    days = {movement.student_id: movement.day for movement in movements}
    others = Movement.objects.in_force().exclude(pk__in=[each.pk for each in movements])
    rows = others.filter(student_id__in=days, day__gte=min(days.values())) if days else others.none()
    in_time = rows.select_related("student").order_by("day", "pk")
    return next((each for each in in_time if each.day > days[each.student_id]), None)


def lock_year(year: SchoolYear) -> SchoolYear:
    """Movements of one year come one after the other: each is judged on what the one before has written."""
    return SchoolYear.objects.select_for_update(no_key=True).get(pk=year.pk)


def _admission(
    seat: Seat, year: SchoolYear, day: datetime.date, by: User, last_grade: int | None
) -> Movement:
    ordinary = entry_code_of(seat.school_class.grade_level, last_grade)
    return Movement(
        kind=Kind.ADMITTED,
        student=seat.student,
        year=year,
        day=day,
        to_class=seat.school_class,
        entry_code=FROM_ANOTHER_SCHOOL if seat.from_elsewhere else ordinary,
        status_code=STATUS_ON_ARRIVAL_IN_SUMMER
        if seat.from_elsewhere
        else status_code(Kind.ADMITTED, Season.TERM_1),
        recorded_at=clock.stamp(),
        recorded_by=by,
    )


def _last_grades(seats: Iterable[Seat], year: SchoolYear) -> dict[int, int]:
    """Pupil id → grade of the last class before the year."""
    before = Enrolment.objects.filter(
        student_id__in=[seat.student.pk for seat in seats], school_class__year_id__lt=year.pk
    )
    rows = before.order_by("student_id", "-starts_on").distinct("student_id")
    return dict(rows.values_list("student_id", "school_class__grade_level"))


def _next_positions(seats: Iterable[Seat]) -> dict[int, int]:
    """Pupil id → place behind those who have one, in the Vietnamese order of names among the new."""
    new: dict[int, list[Student]] = defaultdict(list)
    for seat in seats:
        new[seat.school_class.pk].append(seat.student)
    taken = Enrolment.objects.filter(school_class__in=new).values_list("school_class")
    lasts: dict[int, int] = defaultdict(int, taken.annotate(last=Max("position")))
    return {
        student.pk: lasts[class_id] + place
        for class_id, students in new.items()
        for place, student in enumerate(sorted(students, key=attrgetter("sort_key")), start=1)
    }


# -- One pupil ---------------------------------------------------------------------------------------------


def record(draft: Draft, *, by: User, source: Source = Source.PAGE, previewed: str | None = None) -> Movement:
    """Writes the movement, ends the pupil's seat by it, begins the new one behind the class; the clerk alone.

    `previewed` is the fingerprint of the plan that was shown. Raises PermissionDenied; MovementRefused and
    MovementChanged with nothing written.
    """
    permissions.require(by, Action.RECORD_MOVEMENTS, WHO_RECORDS)
    with acting(by, role=CLERK_ROLE, source=source) as act:
        for year in SchoolYear.objects.filter(starts_on__lte=draft.day, ends_on__gte=draft.day):
            lock_year(year)
        plan = plan_movement(draft)
        if plan.objections or plan.year is None:
            raise MovementRefused(plan.objections)
        if previewed is not None and previewed != plan.fingerprint:
            raise MovementChanged(plan)
        movement = _write(plan, plan.year, by)
        act.says(
            f"Ghi biến động «{movement.get_kind_display()}» của em {draft.student.full_name} từ ngày "
            f"{draft.day:%d/%m/%Y}",
            thing=f"movement:{movement.pk}",
        )
    return movement


def cancel(movement: Movement, *, reason: str, by: User, source: Source = Source.PAGE) -> Movement:
    """Takes the pupil's last movement back: what it began is gone, what it ended goes on; the clerk alone.

    The movement stays, with who cancelled it, when and why; so does the seat in its history. Raises PermissionDenied;
    MovementRefused with nothing written.
    """
    permissions.require(by, Action.RECORD_MOVEMENTS, WHO_RECORDS)
    with acting(by, role=CLERK_ROLE, source=source) as act:
        lock_year(movement.year)
        stored = Movement.objects.select_related("year", "student").get(pk=movement.pk)
        against = against_cancelling(stored)
        if against or not reason.strip():
            raise MovementRefused(
                [Objection("", against) if against else Objection("reason", "Ghi lí do huỷ.")]
            )
        _take_back(stored, why=reason.strip())
        stored.cancelled_at, stored.cancelled_by, stored.cancel_reason = clock.stamp(), by, reason.strip()
        stored.save(update_fields=["cancelled_at", "cancelled_by", "cancel_reason"])
        act.says(
            f"Huỷ biến động «{stored.get_kind_display()}» từ ngày {stored.day:%d/%m/%Y} của em "
            f"{stored.student.full_name}: {stored.cancel_reason}",
            thing=f"movement:{stored.pk}",
        )
    return stored


def admit(student: Student, to_class: SchoolClass, *, day: datetime.date, by: User, **data: Any) -> Movement:
    """A pupil enters the school for the first time; `data` as in Draft: entry_code."""
    return record(Draft(Kind.ADMITTED, student, day, to_class, **data), by=by)


def transfer_in(
    student: Student, to_class: SchoolClass, *, day: datetime.date, by: User, **data: Any
) -> Movement:
    """A pupil comes from another school; `data`: other_school, other_province and the decision."""
    return record(Draft(Kind.TRANSFERRED_IN, student, day, to_class, **data), by=by)


def return_to_school(
    student: Student, to_class: SchoolClass, *, day: datetime.date, by: User, **data: Any
) -> Movement:
    """A pupil who had left asks to learn again; `data`: the decision."""
    return record(Draft(Kind.RETURNED, student, day, to_class, **data), by=by)


def change_class(
    student: Student, to_class: SchoolClass, *, day: datetime.date, by: User, **data: Any
) -> Movement:
    """A pupil goes on in another class of the grade; results stay with the pupil (rule R12)."""
    return record(Draft(Kind.CHANGED_CLASS, student, day, to_class, **data), by=by)


def skip_grade(
    student: Student, to_class: SchoolClass, *, day: datetime.date, by: User, **data: Any
) -> Movement:
    """A pupil goes on in the next grade within the year; `data`: the decision."""
    return record(Draft(Kind.SKIPPED_GRADE, student, day, to_class, **data), by=by)


def transfer_out(student: Student, *, day: datetime.date, by: User, **data: Any) -> Movement:
    """A pupil goes to another school; `data`: destination_code, other_school, other_province and the decision."""
    return record(Draft(Kind.TRANSFERRED_OUT, student, day, **data), by=by)


def leave(student: Student, *, day: datetime.date, by: User, **data: Any) -> Movement:
    """A pupil stops learning; `data`: leave_reason."""
    return record(Draft(Kind.LEFT, student, day, **data), by=by)


def record_death(student: Student, *, day: datetime.date, by: User, **data: Any) -> Movement:
    """A pupil has died."""
    return record(Draft(Kind.DIED, student, day, **data), by=by)


def _write(plan: MovementPlan, year: SchoolYear, by: User) -> Movement:
    draft, seat = plan.draft, plan.seat
    movement = Movement(
        kind=draft.kind,
        student=draft.student,
        year=year,
        day=draft.day,
        from_class=seat.school_class if seat else None,
        to_class=draft.to_class,
        status_code=status_code(draft.kind, _season(year, draft.day)),
        recorded_at=clock.stamp(),
        recorded_by=by,
        **draft.data,
    )
    movement.save()
    if seat:
        seat.ends_on, seat.ended_by = draft.day - datetime.timedelta(days=1), movement
        seat.save(update_fields=["ends_on", "ended_by"])
    if draft.to_class:
        _begin(movement, draft.to_class, year)
    return movement


def _season(year: SchoolYear, day: datetime.date) -> Season:
    return season_of(
        day,
        begins=year.lessons_start_on,
        first_term_ends_on=year.first_term_ends_on,
        ends=year.lessons_end_on,
    )


def _begin(movement: Movement, school_class: SchoolClass, year: SchoolYear) -> None:
    taken = Enrolment.objects.filter(school_class=school_class).aggregate(last=Max("position"))
    Enrolment.objects.create(
        student=movement.student,
        school_class=school_class,
        position=(taken["last"] or 0) + 1,
        starts_on=movement.day,
        ends_on=year.ends_on,
        began_by=movement,
    )


def _take_back(movement: Movement, *, why: str) -> None:
    """The seat that it began first: the one that goes on would overlap with it."""
    for begun in Enrolment.objects.filter(began_by=movement):
        begun._change_reason = why  # type: ignore[attr-defined]  # noqa: SLF001 - simple-history's own way to hand the reason on
        begun.delete()
    for ended in Enrolment.objects.filter(ended_by=movement):
        ended.ends_on, ended.ended_by = movement.year.ends_on, None
        ended._change_reason = why  # type: ignore[attr-defined]  # noqa: SLF001 - as above
        ended.save(update_fields=["ends_on", "ended_by"])
