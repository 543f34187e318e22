"""Approved results that a correction has contradicted since: the principal's to decide on anew (rule R55).

Of a pupil who sits in a class of the next year by the old decision the clerk takes that seat back first; where results
were entered there it stays, and the clerk moves the pupil by the new decision, from a later day.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts import permissions
from accounts.models import User
from accounts.powers import Action
from accounts.start_page import Task
from approvals.approved_results import YEAR_END
from approvals.models import CorrectionItem
from approvals.workflow import State
from gradebook.models import YearOutcome
from gradebook.outcomes import seat_words, seats_in_the_way
from gradebook.rooted_seats import Misplaced, misplaced_pupils
from gradebook.year_end import Row, read_rows
from gradebook.year_end_tasks import class_words
from students.models import Movement, SchoolClass, SchoolYear
from students.movement_rules import Kind


@dataclass(frozen=True, slots=True)
class _Contradicted:
    """The pupils of a class, and by pupil id the seats that keep their decisions from being re-opened."""

    school_class: SchoolClass
    rows: tuple[Row, ...]
    in_the_way: Mapping[int, Movement]


def contradicted_tasks(user: User) -> list[Task]:
    """Of the principal one for each class, of the clerk one for each seat to take back and for each pupil to move.

    One statement for these two, one more for the clerk, none for others; eighteen more where pupils with an approved
    result were corrected: only those are computed anew.
    """
    decides = permissions.may(user, Action.APPROVE_OUTCOMES)
    seats = permissions.may(user, Action.RECORD_MOVEMENTS)
    if not (decides or seats):
        return []
    found = list(_contradicted())
    tasks = [_to_reopen(each) for each in found] if decides else []
    if not seats:
        return tasks
    back = [task for each in found for task in _to_take_back(each)]
    return [*tasks, *back, *map(_to_move, misplaced_pupils())]


def contradicted_names(year: SchoolYear) -> list[str]:
    """«Nguyễn Gia An (4A)» of each pupil of an open year whose result is computed otherwise than it was approved.

    One statement, twelve more where pupils with an approved result were corrected.
    """
    return [
        f"{row.student.full_name} ({each.school_class.name})"
        for each in _contradicted(year)
        for row in each.rows
    ]


def _contradicted(only: SchoolYear | None = None) -> Iterator[_Contradicted]:
    """`only` one year."""
    corrected = _corrected(only)
    if not corrected:
        return
    classes = SchoolClass.objects.filter(pk__in={class_id for class_id, _pupil in corrected})
    ordered = list(classes.select_related("year").order_by("year", "grade_level", "name"))
    for year in {each.year_id for each in ordered}:
        of_year = [each for each in ordered if each.year_id == year]
        pupils = {pupil for _class, pupil in corrected}
        rows = [row for row in read_rows(of_year, only=pupils) if row.is_contradicted]
        in_the_way = seats_in_the_way([(row.student, row.school_class, row.final.result) for row in rows])
        for school_class in of_year:
            own = tuple(row for row in rows if row.school_class.pk == school_class.pk)
            if own:
                yield _Contradicted(school_class, own, in_the_way)


def _corrected(only: SchoolYear | None) -> set[tuple[int, int]]:
    """(class, pupil) of each request that was carried out on results the year was decided by."""
    decided = YearOutcome.objects.filter(
        student=OuterRef("student"), school_class=OuterRef("request__school_class")
    )
    items = CorrectionItem.objects.filter(
        Exists(decided.exclude(result="")),
        request__state=State.APPLIED,
        request__period__in=YEAR_END,
    ).exclude(request__year__state=SchoolYear.State.CLOSED)
    if only is not None:
        items = items.filter(request__year=only)
    return set(items.values_list("request__school_class", "student"))


def _to_reopen(found: _Contradicted) -> Task:
    seated = [row for row in found.rows if row.student.pk in found.in_the_way]
    free = [row.student.full_name for row in found.rows if row.student.pk not in found.in_the_way]
    told = [f"{', '.join(free)}: xem và mở lại quyết định"] if free else []
    told += [
        f"{row.student.full_name}: chờ văn thư gỡ chỗ ở {seat_words(found.in_the_way[row.student.pk])}, rồi mở lại"
        for row in seated
    ]
    return Task(
        f"Kết quả tính lại khác kết quả đã phê duyệt: {class_words(found.school_class)}",
        "; ".join(told),
        reverse("gradebook:year_end", args=[found.school_class.pk]),
        "warning",
        f"{len(found.rows)} em",
    )


def _to_take_back(found: _Contradicted) -> Iterator[Task]:
    for row in found.rows:
        seat = found.in_the_way.get(row.student.pk)
        if seat is not None:
            yield Task(
                f"Gỡ chỗ của em {row.student.full_name} ở {seat_words(seat)}",
                f"Kết quả {class_words(found.school_class)} tính lại khác quyết định lên lớp: huỷ biến động vào lớp "
                "của riêng em, hoặc hoàn tác lần ghi danh sách lớp; rồi Hiệu trưởng mở lại quyết định",
                reverse("students:movement", args=[seat.pk]),
                "warning",
                "Chờ gỡ chỗ",
            )


def _to_move(found: Misplaced) -> Task:
    kind = Kind.SKIPPED_GRADE if found.is_promoted else Kind.CHANGED_CLASS
    decided = "được lên lớp" if found.is_promoted else "không được lên lớp"
    return Task(
        f"Đổi lớp cho em {found.student.full_name}, đang học lớp {found.seat.name}",
        f"Theo quyết định về năm trước ở lớp {found.old_class}, em {decided}: ghi biến động «{kind.label}» vào một lớp "
        f"khối {found.grade}, có số và ngày quyết định của Hiệu trưởng; kết quả đã nhập ở lớp {found.seat.name} giữ "
        "trong lịch sử của em",
        reverse("students:movement_new", args=[found.student.pk, kind.value]),
        "warning",
        "Chờ đổi lớp",
    )
