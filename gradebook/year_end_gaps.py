"""Empty cells of a class: at the year's end, where they keep the review back (R32, R47), and at the times before."""

from collections import defaultdict
from dataclasses import dataclass

from gradebook.class_lines import lines_of
from gradebook.late_comers import absent_at
from gradebook.models import EntryWindow
from gradebook.progress import Tally, count_entered, tally_of, with_pupil_counts
from gradebook.regulation import Period
from gradebook.sheet_gaps import cell_words, read_gaps
from gradebook.sheets import Column, SheetRef
from gradebook.spans import with_cuts
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
    """Every required year-end cell of the class that is empty, by pupil (R32, R47); what is exempt is none (R33), nor
    what stays empty for a reason (R53). Five statements.
    """
    return gaps_and_answers(school_class)[0]


def gaps_and_answers(school_class: SchoolClass) -> tuple[list[Gap], list[str]]:
    """With in a sentence each cell that stays empty for a reason. Five statements."""
    refs = [SheetRef(school_class, line, Period.YEAR_END) for line in lines_of(school_class)]
    refs.append(SheetRef(school_class, None, Period.YEAR_END))
    cells: dict[Student, list[str]] = defaultdict(list)
    places: dict[Student, int] = {}
    answered: list[str] = []
    for sheet in read_gaps(refs):
        answered += sheet.answered
        for pupil in sheet.pupils:
            places[pupil.student] = pupil.number
            cells[pupil.student] += [_cell_name(sheet.ref, column) for column in pupil.cells]
    in_order = sorted(cells, key=lambda each: places[each])
    return [Gap(student, tuple(cells[student])) for student in in_order], answered


def earlier_gaps(school_class: SchoolClass) -> list[str]:
    """In words each earlier time of the year at which cells are empty: a warning, for only the year's end counts.

    Four statements.
    """
    (counted,) = with_pupil_counts(SchoolClass.objects.filter(pk=school_class.pk))
    periods = [period for period in Period if period is not Period.YEAR_END]
    absent = absent_at([counted], list(with_cuts(EntryWindow.objects.filter(year=counted.year_id))))
    counts = count_entered(counted.year, [counted.pk], periods, absent=absent)
    lines = [*lines_of(school_class), None]
    found = []
    for period in periods:
        tallies = (tally_of(SheetRef(counted, line, period), counts, absent) for line in lines)
        whole = sum(tallies, start=Tally(0, 0))
        if not whole.is_complete:
            found.append(f"{period.label} còn {whole.missing}/{whole.required} ô trống")
    return found


def _cell_name(ref: SheetRef, column: Column) -> str:
    if ref.line is None:
        return column.label
    return f"{ref.line.line.short_name} ({cell_words(column)})"
