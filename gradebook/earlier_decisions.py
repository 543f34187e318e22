"""Decisions on a pupil's year that the principal has re-opened since: their history is all that is left (rule R55)."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import localtime

from accounts.history import Source
from gradebook.models import YearOutcome
from gradebook.regulation import Award, YearResult

Key = tuple[int, int]


def earlier_decisions(class_ids: Collection[int]) -> Mapping[Key, tuple[str, ...]]:
    """(class, pupil) → in words what was decided, why and by whom it was re-opened; the last first. One statement."""
    found: dict[Key, list[str]] = defaultdict(list)
    rows = _taken_back(class_ids).select_related("history_user").order_by("-history_id")
    for row in rows:
        found[row.school_class_id, row.student_id].append(_words(row))
    return {key: tuple(words) for key, words in found.items()}


def to_decide_anew(class_ids: Collection[int]) -> QuerySet[Any]:
    """The re-opened decisions in whose place none stands yet."""
    standing = YearOutcome.objects.filter(
        student=OuterRef("student_id"), school_class=OuterRef("school_class_id")
    )
    return _taken_back(class_ids).exclude(Exists(standing))


def reopened(class_ids: Collection[int]) -> set[Key]:
    """(class, pupil) of every decision that was re-opened, whatever stands in its place. One statement."""
    return set(_taken_back(class_ids).values_list("school_class_id", "student_id"))


def _taken_back(class_ids: Collection[int]) -> QuerySet[Any]:
    history: QuerySet[Any] = YearOutcome.history.filter(history_type="-", school_class__in=class_ids)
    return history


def _words(row: Any) -> str:
    award = f", {Award(row.award).label}" if row.award else ""
    way = "được lên lớp" if row.is_promoted else "ở lại lớp"
    day = f"{localtime(row.history_date):%d/%m/%Y}"
    is_by_request = row.source == Source.CORRECTION
    opened = f"mở lại ngày {day}" if is_by_request else f"{row.history_user} mở lại ngày {day}"
    return (
        f"Đã phê duyệt ngày {row.approved_on:%d/%m/%Y}: {YearResult(row.result).label}{award}, {way}; "
        f"{opened}: {row.history_change_reason}"
    )
