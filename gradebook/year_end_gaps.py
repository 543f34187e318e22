"""The cells of a class's year-end sheets that must be there before the vice-principal's review (rules R32, R47)."""

from collections import defaultdict
from dataclasses import dataclass

from gradebook.class_lines import lines_of
from gradebook.regulation import Period
from gradebook.sheet_gaps import cell_words, read_gaps
from gradebook.sheets import Column, SheetRef
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
    cells: dict[Student, list[str]] = defaultdict(list)
    places: dict[Student, int] = {}
    for sheet in read_gaps(refs):
        for pupil in sheet.pupils:
            places[pupil.student] = pupil.number
            cells[pupil.student] += [_cell_name(sheet.ref, column) for column in pupil.cells]
    return [Gap(student, tuple(cells[student])) for student in sorted(cells, key=lambda each: places[each])]


def _cell_name(ref: SheetRef, column: Column) -> str:
    if ref.line is None:
        return column.label
    return f"{ref.line.line.short_name} ({cell_words(column)})"
