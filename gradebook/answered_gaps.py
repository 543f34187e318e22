"""Cells that an applied request for correction emptied, with a reason: answered, and so not missing (R32, R53).

Requests are of the app above: they are reached by the pupil, without an import.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from gradebook.paper_numbers import request_label
from gradebook.regulation import Period
from students.models import Student

Cell = tuple[int, str, str]
"""Pupil id, code of line, trait or group, field."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Why a cell is empty; `number` is that of the request in the year that starts in `year`."""

    reason: str
    number: int
    year: int

    @property
    def words(self) -> str:
        return f"{self.reason} (phiếu {request_label(self.number, self.year)})"


def answers_of(pupils: Collection[int], periods: Collection[Period]) -> dict[Period, dict[Cell, Answer]]:
    """Of these pupils, by period the newest answer of each cell; it may have been filled since. One statement."""
    path = "correctionitem__request__"
    emptied = Student.objects.filter(
        pk__in=pupils,
        correctionitem__new_value="",
        correctionitem__request__state="applied",
        correctionitem__request__period__in=periods,
        correctionitem__request__gap_reason__gt="",
    )
    rows = emptied.order_by(f"{path}applied_at").values_list(
        *(f"{path}period", "pk", "correctionitem__item", "correctionitem__field"),
        *(f"{path}gap_reason", f"{path}number", f"{path}year_id"),
    )
    found: dict[Period, dict[Cell, Answer]] = defaultdict(dict)
    for period, pupil, item, field, reason, number, year in rows:
        found[Period(period)][pupil, item, field] = Answer(reason, number, year)
    return found
