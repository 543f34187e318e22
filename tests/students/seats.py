"""Seats for tests, written past the acts: each with the admission that began it, recorded on its day."""

import datetime
from collections.abc import Sequence

from django.utils import timezone

from students.models import Enrolment, Movement, SchoolClass, Student
from students.movement_rules import Kind


def seat(
    students: Sequence[Student],
    school_class: SchoolClass,
    *,
    starts_on: datetime.date | None = None,
    ends_on: datetime.date | None = None,
    position: int = 1,
    entry_code: str = "4",
) -> list[Enrolment]:
    """Seats the pupils in a class from `position` on; from the year's first day unless told otherwise."""
    day = starts_on or school_class.year.starts_on
    admissions = Movement.objects.bulk_create(
        Movement(
            kind=Kind.ADMITTED,
            student=student,
            year_id=school_class.year_id,
            day=day,
            to_class=school_class,
            entry_code=entry_code,
            status_code="01",
            recorded_at=timezone.make_aware(datetime.datetime.combine(day, datetime.time())),
        )
        for student in students
    )
    return Enrolment.objects.bulk_create(
        Enrolment(
            student=admission.student,
            school_class=school_class,
            position=place,
            starts_on=day,
            ends_on=ends_on,
            began_by=admission,
        )
        for place, admission in enumerate(admissions, start=position)
    )
