"""Approved results that a correction has contradicted since: what rests on them is not final (rules R55, R74)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from typing import Final

from django.db.models import Exists, OuterRef

from approvals.approved_results import YEAR_END
from approvals.models import CorrectionItem
from approvals.workflow import State
from gradebook.models import YearOutcome
from gradebook.year_end import read_rows
from students.models import SchoolClass, SchoolYear

_MOST_NAMED: Final = 6
"""Classes."""


def contradicted_outcomes(outcomes: Collection[YearOutcome]) -> set[int]:
    """Of these, each with its class at hand, the ids of those computed otherwise since they were approved.

    One statement where no correction was carried out on any; else fourteen for each year concerned.
    """
    by_pupil = {(each.student_id, each.school_class_id): each for each in outcomes if each.result}
    items = CorrectionItem.objects.filter(
        student__in={student for student, _class in by_pupil},
        request__state=State.APPLIED,
        request__period__in=YEAR_END,
    )
    corrected = by_pupil.keys() & set(items.values_list("student", "request__school_class"))
    by_year: dict[int, set[int]] = defaultdict(set)
    for key in corrected:
        by_year[by_pupil[key].school_class.year_id].add(key[1])
    found = set()
    for year, class_ids in by_year.items():
        classes = list(SchoolClass.objects.filter(pk__in=class_ids, year=year).select_related("year"))
        for row in read_rows(classes, only={student for student, _class in corrected}):
            if row.is_contradicted and row.decided is not None:
                found.add(row.decided.pk)
    return found


def contradicted_classes(year: SchoolYear) -> list[str]:
    """The class of each such result of a year, by name. One statement; as above where anything was corrected."""
    corrected = CorrectionItem.objects.filter(
        student=OuterRef("student"),
        request__school_class=OuterRef("school_class"),
        request__state=State.APPLIED,
        request__period__in=YEAR_END,
    )
    own = YearOutcome.objects.filter(Exists(corrected), school_class__year=year)
    outcomes = list(own.select_related("school_class"))
    found = contradicted_outcomes(outcomes) if outcomes else set()
    return sorted(each.school_class.name for each in outcomes if each.pk in found)


def waiting_words(classes: Iterable[str]) -> str:
    """«2 em đã phê duyệt có kết quả tính lại khác, chờ phê duyệt lại (3A: 1 em, 3D: 1 em)»; "" of nobody.

    `classes`: the class of each pupil, in order.
    """
    counted = Counter(classes)
    if not counted:
        return ""
    named = [f"{name}: {count} em" for name, count in counted.items()][:_MOST_NAMED]
    if more := len(counted) - len(named):
        named.append(f"và {more} lớp khác")
    total = sum(counted.values())
    return f"{total} em đã phê duyệt có kết quả tính lại khác, chờ phê duyệt lại ({', '.join(named)})"
