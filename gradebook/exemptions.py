"""How each pupil of a class is assessed at a period: read along with the roster, in its own statement (rule R33).

Not entered, not applicable (`SheetRef.columns` has no such cell), exempt and brought from a former school are four
different things; here is what is exempt, and what is adjusted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from gradebook.json_rows import JsonRows
from gradebook.models import Arrangement
from gradebook.regulation import Period
from students.models import Enrolment, SchoolClass, Student

EXEMPT = "Miễn"
NOT_ASSESSED = "Không đánh giá"
_TOLD = ("item", "period", "kind", "adjusted", "decision_no", "decision_on")


@dataclass(frozen=True, slots=True)
class Terms:
    """How one pupil is assessed at a period: by exempt item its decision in words, by adjusted item what is."""

    is_not_assessed: bool = False
    decisions: Mapping[str, str] = field(default_factory=dict)
    adjusted: Mapping[str, str] = field(default_factory=dict)

    def against(self, item: str) -> str:
        """Why the pupil has no value in an item's cells; "" where one is expected."""
        if self.is_not_assessed:
            return "Em không đánh giá, theo quyết định của Hiệu trưởng: không nhập kết quả cho em."
        decision = self.decisions.get(item)
        return f"Em được {decision[0].lower()}{decision[1:]} Không nhập kết quả." if decision else ""

    @property
    def exempt(self) -> frozenset[str]:
        return frozenset(self.decisions)

    def word(self, item: str) -> str:
        """What stands in an item's cells instead of a value."""
        if self.is_not_assessed:
            return NOT_ASSESSED
        return EXEMPT if item in self.decisions else ""


USUAL = Terms()


def seats_with_terms(school_class: SchoolClass) -> QuerySet[Enrolment]:
    """The roster, each seat with what `terms_of` needs. No statement more than the roster's own."""
    return with_arrangements(Enrolment.objects.roster(school_class))


def with_arrangements(seats: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    told = Arrangement.objects.filter(
        student=OuterRef("student_id"), year=OuterRef("school_class__year_id")
    ).values(told=JSONObject(**dict(zip(_TOLD, _TOLD, strict=True))))
    return seats.annotate(arranged=JsonRows(told), is_not_assessed=F("student__is_exempt_from_assessment"))


def terms_of(seat: Any, period: Period) -> Terms:
    """Of a seat from `with_arrangements`."""
    if not seat.arranged and not seat.is_not_assessed:
        return USUAL
    return _terms(seat.arranged, period, is_not_assessed=seat.is_not_assessed)


def terms_of_pupil(student: Student, year_id: int) -> Mapping[Period, Terms]:
    """Of one pupil in a year, at each period. One statement."""
    told = list(Arrangement.objects.filter(student=student, year_id=year_id).values(*_TOLD))
    for each in told:
        each["decision_on"] = each["decision_on"].isoformat() if each["decision_on"] else None
    return {
        period: _terms(told, period, is_not_assessed=student.is_exempt_from_assessment) for period in Period
    }


def _terms(told: Iterable[Mapping[str, Any]], period: Period, *, is_not_assessed: bool) -> Terms:
    standing = in_force(told, period)
    return Terms(
        is_not_assessed,
        {item: _why(each) for item, each in standing.items() if each["kind"] == Arrangement.Kind.EXEMPT},
        {
            item: each["adjusted"]
            for item, each in standing.items()
            if each["kind"] == Arrangement.Kind.ADJUSTED
        },
    )


def in_force(told: Iterable[Mapping[str, Any]], period: Period) -> dict[str, Mapping[str, Any]]:
    """By item, the last arrangement that began by the period."""
    begun = [each for each in told if Period(each["period"]).order <= period.order]
    return {each["item"]: each for each in sorted(begun, key=lambda each: Period(each["period"]).order)}


def count_exempt(told: Iterable[Mapping[str, Any]], period: Period, columns: Iterable[Any]) -> int:
    """Exempt cells of a sheet; `told` are the arrangements of its pupils, each with its `student`."""
    of_pupils: dict[int, list[Mapping[str, Any]]] = {}
    for each in told:
        of_pupils.setdefault(each["student"], []).append(each)
    items = [column.item for column in columns]
    return sum(
        items.count(item)
        for own in of_pupils.values()
        for item, standing in in_force(own, period).items()
        if standing["kind"] == Arrangement.Kind.EXEMPT
    )


def _why(told: Mapping[str, Any]) -> str:
    year, month, day = told["decision_on"].split("-")
    return f"Miễn theo Quyết định số {told['decision_no']} ngày {day}/{month}/{year} của Hiệu trưởng."
