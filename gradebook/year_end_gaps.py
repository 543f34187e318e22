"""Empty cells of a class: at the year's end, where they keep the review back (R32, R47), and at the times before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gradebook.class_lines import lines_of
from gradebook.computed_results import seats_of
from gradebook.exemptions import terms_of
from gradebook.models import SubjectResult, TraitResult
from gradebook.progress import Tally, count_entered, tally_of, with_pupil_counts
from gradebook.regulation import Period
from gradebook.sheets import Field, SheetRef
from students.models import SchoolClass, Student


@dataclass(frozen=True, slots=True)
class Gap:
    """A pupil and the year-end cells that are empty: of levels, marks, ratings and comments alike."""

    student: Student
    cells: tuple[str, ...]

    @property
    def words(self) -> str:
        return f"{self.student.full_name}: {', '.join(self.cells)}"


def gaps_of(school_class: SchoolClass) -> list[Gap]:
    """Every required year-end cell of the class that is empty, by pupil (R32, R47); what is exempt is none (R33).

    Four statements.
    """
    refs = [SheetRef(school_class, line, Period.YEAR_END) for line in lines_of(school_class)]
    refs.append(SheetRef(school_class, None, Period.YEAR_END))
    columns = [
        (column, _cell_name(ref, column.field, column.label)) for ref in refs for column in ref.columns()
    ]
    seats = seats_of([school_class])
    filled = _filled(school_class, [seat.student for seat in seats])
    found = []
    for seat in seats:
        terms = terms_of(seat, Period.YEAR_END)
        empty = [
            name
            for column, name in columns
            if not terms.against(column.item) and (seat.student_id, column.item, column.field) not in filled
        ]
        if empty:
            found.append(Gap(seat.student, tuple(empty)))
    return found


def earlier_gaps(school_class: SchoolClass) -> list[str]:
    """In words each earlier time of the year at which cells are empty: a warning, for only the year's end counts.

    Three statements.
    """
    (counted,) = with_pupil_counts(SchoolClass.objects.filter(pk=school_class.pk).select_related("year"))
    periods = [period for period in Period if period is not Period.YEAR_END]
    counts = count_entered(counted.year, [counted.pk], periods)
    lines = [*lines_of(school_class), None]
    found = []
    for period in periods:
        tallies = (tally_of(SheetRef(counted, line, period), counts) for line in lines)
        whole = sum(tallies, start=Tally(0, 0))
        if not whole.is_complete:
            found.append(f"{period.label} còn {whole.missing}/{whole.required} ô trống")
    return found


def _cell_name(ref: SheetRef, field: Field, label: str) -> str:
    if ref.line is None:
        return label
    return f"{ref.line.line.short_name} ({label[:1].lower()}{label[1:]})"


def _filled(school_class: SchoolClass, pupils: Iterable[Student]) -> set[tuple[int, str, str]]:
    """(pupil, item, field) of each cell that holds something. Two statements."""
    filled: set[tuple[int, str, str]] = set()
    subjects = SubjectResult.objects.filter(
        student__in=pupils,
        line__year=school_class.year_id,
        line__grade_level=school_class.grade_level,
        period=Period.YEAR_END,
    )
    fields: Mapping[str, str] = {"attainment": Field.ATTAINMENT, "mark": Field.MARK, "comment": Field.COMMENT}
    for row in subjects.values("student_id", "line__code", *fields):
        for name, kind in fields.items():
            if row[name] not in ("", None):
                filled.add((row["student_id"], row["line__code"], kind))
    traits = TraitResult.objects.filter(student__in=pupils, year=school_class.year_id, period=Period.YEAR_END)
    for pupil, item, rating, comment in traits.values_list("student_id", "item", "rating", "comment"):
        if rating:
            filled.add((pupil, item, Field.RATING))
        if comment:
            filled.add((pupil, item, Field.COMMENT))
    return filled
