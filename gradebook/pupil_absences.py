"""Days absent of one pupil by term and year, as the page of the pupil's year tells them (rule R73)."""

from dataclasses import dataclass

from gradebook.period_absences import TERMS
from students.absences import Absences, absence_totals, absences_within, days_label
from students.models import SchoolClass, Student


@dataclass(frozen=True, slots=True)
class AbsenceLine:
    label: str
    absences: Absences

    @property
    def with_leave(self) -> str:
        return days_label(self.absences.with_leave)

    @property
    def without_leave(self) -> str:
        return days_label(self.absences.without_leave)


def read_pupil_absences(school_class: SchoolClass, student: Student) -> list[AbsenceLine]:
    """The terms and the year; empty where no roll was ever called, which is not none absent. Four statements."""
    year = absence_totals([student.pk], until=school_class.year_id).get((student.pk, school_class.year_id))
    if year is None:
        return []
    spans = dict(zip(TERMS, school_class.year.terms, strict=False))
    sums = absences_within([student.pk], spans)
    terms = [AbsenceLine(term, sums.get((student.pk, term), Absences())) for term in spans]
    return [*terms, AbsenceLine("Cả năm", year)]
