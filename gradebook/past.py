"""A sheet as it stood at a moment: values from the history, the roster of that day. Read only.

What was written at or before the moment counts, by the history's own clock; a row deleted by then is gone. The
columns are those of the year's rules, which do not change once anything is entered.
"""

import datetime
from collections import defaultdict
from typing import Any

from django.utils.timezone import localdate

from accounts.models import User
from gradebook.class_lines import Lines
from gradebook.models import SubjectResult, TraitResult
from gradebook.pupil_sheet import PupilSheet, by_period, sheets_of
from gradebook.sheets import Seat, Sheet, SheetRef, columns_of, find_sheet, require_may_see, rows_from
from students.models import Enrolment, SchoolClass, Student


def get_past_ref(user: User, class_id: int, code: str, period: str) -> SheetRef:
    """Whoever may see the sheet today may see what it was. One statement."""
    ref = find_sheet(class_id, code, period)
    require_may_see(user, ref)
    return ref


def read_past_sheet(ref: SheetRef, moment: datetime.datetime) -> Sheet:
    """Two statements, whatever the class and however long its history.

    Of the supplementary assessment the pupils and columns with a value: what was owed then is not computed again.
    """
    seats = list(roster_at(ref.school_class, moment))
    stored = _stored_at(ref, [seat.student_id for seat in seats], moment)
    owed: dict[int, set[str]] = defaultdict(set)
    for pupil, item in stored:
        owed[pupil].add(item)
    rows = rows_from(
        ref,
        [Seat(each.student, owed=owed[each.student_id] if ref.is_supplementary else None) for each in seats],
        stored,
    )
    return Sheet(ref=ref, columns=columns_of(ref, rows), rows=rows, locks={}, is_responsible=False)


def read_past_pupil(
    user: User, school_class: SchoolClass, lines: Lines, student: Student, moment: datetime.datetime
) -> PupilSheet:
    """The pupil's whole year as it stood, as far as the person may see it. Two statements."""
    codes = {line.pk: line.code for line in lines}
    stored = by_period(
        student,
        rows_at(SubjectResult, moment, student_id=student.pk, line_id__in=list(codes)),
        rows_at(TraitResult, moment, student_id=student.pk, year_id=school_class.year_id),
        codes,
    )
    sheets = sheets_of(user, school_class, student, lines=lines, stored=stored)
    return PupilSheet(school_class, student, sheets, is_on_roster=False)


def roster_at(school_class: SchoolClass, moment: datetime.datetime) -> Any:
    """Who sat in the class on that day, or on the nearest day of the year, in today's class order."""
    year = school_class.year
    day = min(max(localdate(moment), year.starts_on), year.ends_on)
    seats = Enrolment.objects.filter(school_class=school_class).held_on(day)
    return seats.select_related("student").in_class_order()


def _stored_at(
    ref: SheetRef, student_ids: list[int], moment: datetime.datetime
) -> dict[tuple[int, str], Any]:
    """By (pupil, item), like `sheets.stored_results`."""
    where = {"period": ref.period.value, "student_id__in": student_ids}
    if ref.line is not None:
        rows = rows_at(SubjectResult, moment, line_id=ref.line.pk, **where)
        return {(row.student_id, ref.code): row for row in rows}
    rows = rows_at(TraitResult, moment, year_id=ref.school_class.year_id, **where)
    return {(row.student_id, row.item): row for row in rows}


def rows_at(model: Any, moment: datetime.datetime, **where: Any) -> list[Any]:
    """Of each stored row the last history row up to the moment, which has the row's fields. One statement."""
    until = model.history.filter(history_date__lte=moment, **where)
    last = until.order_by("id", "-history_id").distinct("id")
    return [row for row in last if row.history_type != "-"]
