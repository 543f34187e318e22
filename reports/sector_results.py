"""Results as the sector's mark files have them: a row a pupil and line, or a row a pupil (domain.md 6)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.tables import Value
from gradebook.class_lines import lines_of_classes
from gradebook.exemptions import Terms, terms_of, with_arrangements
from gradebook.models import SubjectLine, SubjectResult, TraitResult
from gradebook.regulation import LINES, Line, Period, TraitGroup
from reports.sector_codes import PERIODS
from reports.sector_pupils import code_of_pupil
from students.models import Enrolment, SchoolClass, SchoolYear

MIDDLE_OF: Mapping[Period, Period] = {
    Period.MID_TERM_1: Period.MID_TERM_1,
    Period.END_TERM_1: Period.MID_TERM_1,
    Period.MID_TERM_2: Period.MID_TERM_2,
    Period.YEAR_END: Period.MID_TERM_2,
}
END_OF: Mapping[Period, Period] = {
    Period.MID_TERM_1: Period.END_TERM_1,
    Period.END_TERM_1: Period.END_TERM_1,
    Period.MID_TERM_2: Period.YEAR_END,
    Period.YEAR_END: Period.YEAR_END,
}


@dataclass(frozen=True, slots=True)
class Seats:
    """The pupils of some classes on the day that their sheets show, in the books' order, and each class's lines."""

    rows: Sequence[Any]
    lines: Mapping[int, Mapping[str, SubjectLine]]

    @property
    def taught(self) -> tuple[Line, ...]:
        """The lines that any of the classes has, in the books' order."""
        codes = {code for lines in self.lines.values() for code in lines}
        return tuple(line for line in LINES if line.code in codes)


def read_seats(year: SchoolYear, classes: Sequence[SchoolClass]) -> Seats:
    """Two statements, whatever the classes."""
    seats = Enrolment.objects.filter(school_class__in=classes).held_on(year.day_for_roster())
    order = ("school_class__grade_level", "school_class__name", "position", "student__sort_key", "student_id")
    rows = list(with_arrangements(seats.select_related("student", "school_class")).order_by(*order))
    lines = lines_of_classes([each.pk for each in classes])
    return Seats(rows, {pk: {line.code: line for line in own} for pk, own in lines.items()})


def mark_rows(seats: Seats, periods: Sequence[Period]) -> dict[str, list[dict[str, Value]]]:
    """By line: a row a pupil of the classes that have it. Of two periods the first is the term's middle. One statement.

    Where the pupil is exempt, or not assessed, the cells are empty: the sector's file has no word for it.
    """
    pupils = [seat.student_id for seat in seats.rows]
    lines = {line.pk for own in seats.lines.values() for line in own.values()}
    stored = {
        (result.student_id, result.line_id, result.period): result
        for result in SubjectResult.objects.filter(student__in=pupils, line__in=lines, period__in=periods)
    }
    found: dict[str, list[dict[str, Value]]] = {line.code: [] for line in seats.taught}
    for seat in seats.rows:
        for code, line in seats.lines[seat.school_class_id].items():
            rows = found[code]
            results = [
                _assessed(stored.get((seat.student_id, line.pk, period)), terms_of(seat, period), code)
                for period in periods
            ]
            row = _about(seat, len(rows) + 1) | _last(results[-1])
            if len(periods) > 1:
                row |= {"middle_attainment": results[0].attainment, "middle_comment": results[0].comment}
            rows.append(row | {"period": PERIODS[periods[-1]]})
    return found


def trait_rows(seats: Seats, period: Period) -> Iterator[dict[str, Value]]:
    """A row a pupil with the comments on the three groups. One statement."""
    pupils = [seat.student_id for seat in seats.rows]
    years = {seat.school_class.year_id for seat in seats.rows}
    groups = tuple(group.value for group in TraitGroup)
    stored = {
        (result.student_id, result.item): result.comment
        for result in TraitResult.objects.filter(
            student__in=pupils, year__in=years, period=period, item__in=groups
        )
    }
    for number, seat in enumerate(seats.rows, start=1):
        comments = {group: stored.get((seat.student_id, group), "") for group in groups}
        if terms_of(seat, period).is_not_assessed:
            comments = dict.fromkeys(groups, "")
        yield {**_about(seat, number), **comments, "period": PERIODS[period]}


def _assessed(result: SubjectResult | None, terms: Terms, code: str) -> SubjectResult:
    return SubjectResult() if result is None or terms.word(code) else result


def _last(result: SubjectResult) -> dict[str, Value]:
    return {"attainment": result.attainment, "mark": result.mark, "comment": result.comment}


def _about(seat: Any, number: int) -> dict[str, Value]:
    student = seat.student
    return {
        "ordinal": number,
        "class_name": seat.school_class.name,
        "code": code_of_pupil(student),
        "moet_id": student.moet_id or "",
        "full_name": student.full_name,
        "birth_date": student.birth_label,
    }
