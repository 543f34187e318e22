"""Approved results that a correction has contradicted since: the principal's to decide on anew (rule R55)."""

from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts import permissions
from accounts.models import User
from accounts.powers import Action
from approvals.approved_results import YEAR_END
from approvals.models import CorrectionItem
from approvals.workflow import State
from gradebook.models import YearOutcome
from gradebook.year_end import read_rows
from gradebook.year_end_tasks import YearEndTask, class_words
from students.models import SchoolClass, SchoolYear


def contradicted_tasks(user: User) -> list[YearEndTask]:
    """One for each class. One statement for the principal, none for others; fifteen more where pupils with an approved
    result were corrected: only those are computed anew."""
    if not permissions.may(user, Action.APPROVE_OUTCOMES):
        return []
    corrected = _corrected()
    if not corrected:
        return []
    classes = SchoolClass.objects.filter(pk__in={class_id for class_id, _pupil in corrected})
    ordered = list(classes.select_related("year").order_by("year", "grade_level", "name"))
    found = []
    for year in {each.year_id for each in ordered}:
        of_year = [each for each in ordered if each.year_id == year]
        rows = read_rows(of_year, only={pupil for _class, pupil in corrected})
        for school_class in of_year:
            names = [
                row.student.full_name
                for row in rows
                if row.school_class.pk == school_class.pk and row.is_contradicted
            ]
            if names:
                found.append(_task(school_class, names))
    return found


def _corrected() -> set[tuple[int, int]]:
    """(class, pupil) of each request that was carried out on results the year was decided by."""
    decided = YearOutcome.objects.filter(
        student=OuterRef("student"), school_class=OuterRef("request__school_class")
    )
    items = CorrectionItem.objects.filter(
        Exists(decided.exclude(result="")),
        request__state=State.APPLIED,
        request__period__in=YEAR_END,
    ).exclude(request__year__state=SchoolYear.State.CLOSED)
    return set(items.values_list("request__school_class", "student"))


def _task(school_class: SchoolClass, names: list[str]) -> YearEndTask:
    return YearEndTask(
        f"Kết quả tính lại khác kết quả đã phê duyệt: {class_words(school_class)}",
        f"{', '.join(names)}: xem và mở lại quyết định",
        reverse("gradebook:year_end", args=[school_class.pk]),
        f"{len(names)} em",
        "warning",
    )
