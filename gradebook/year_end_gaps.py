"""Empty cells of a class at the year's end and at the times before: they keep the review back (R32, R47)."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from gradebook.class_lines import lines_of
from gradebook.late_comers import absent_at
from gradebook.models import EntryWindow
from gradebook.progress import with_pupil_counts
from gradebook.regulation import Period
from gradebook.scopes import place_of
from gradebook.sheet_gaps import SheetGaps, cell_words, read_gaps
from gradebook.sheets import Column, SheetRef
from gradebook.spans import spans_at, with_cuts
from students.models import SchoolClass, Student


@dataclass(frozen=True, slots=True)
class Gap:
    """A pupil and the cells that are empty at a time: of levels, marks, ratings and comments alike."""

    period: Period
    student: Student
    cells: tuple[str, ...]

    @property
    def words(self) -> str:
        return f"{self.period.label}, {self.student.full_name}: {', '.join(self.cells)}"


@dataclass(frozen=True, slots=True)
class YearGaps:
    """Of a class: its gaps by time and pupil, in a sentence each cell that stays empty for a reason, and the times
    that no order ever opened for some of its sheets: nobody could enter them, and nothing is missing there.
    """

    gaps: tuple[Gap, ...]
    answered: tuple[str, ...]
    unopened: tuple[Period, ...]

    @property
    def by_period(self) -> list[tuple[Period, list[Gap]]]:
        return [(period, list(found)) for period, found in groupby(self.gaps, key=lambda gap: gap.period)]

    @property
    def unopened_words(self) -> str:
        return ", ".join(period.label for period in self.unopened)


def read_year_gaps(school_class: SchoolClass) -> YearGaps:
    """Every required cell of the year that is empty (R32, R47); what is exempt is none (R33), nor what stays empty for
    a reason (R53), nor, at a time before the year's end, what was locked before the pupil came. Seven statements.
    """
    (counted,) = with_pupil_counts(SchoolClass.objects.filter(pk=school_class.pk))
    windows = list(with_cuts(EntryWindow.objects.filter(year=school_class.year_id, teacher=None)))
    lines = (*lines_of(school_class), None)
    refs = [SheetRef(school_class, line, period) for period in Period for line in lines]
    opened = [ref for ref in refs if ref.period is Period.YEAR_END or _was_opened(ref, windows)]
    absent = {
        period: pupils
        for period, pupils in absent_at([counted], windows).items()
        if period != Period.YEAR_END
    }
    sheets = read_gaps(opened, absent=absent)
    shut = {ref.period for ref in refs if ref not in opened}
    return YearGaps(
        tuple(_gaps(sheets)),
        tuple(f"{sheet.ref.period.label}, {words}" for sheet in sheets for words in sheet.answered),
        tuple(sorted(shut, key=lambda period: period.order)),
    )


def _was_opened(ref: SheetRef, windows: Iterable[EntryWindow]) -> bool:
    """By an order for more than one teacher alone."""
    of_period = [window for window in windows if window.period == ref.period]
    spans = spans_at(of_period, place_of(ref.school_class, ref.code))
    return any(span.is_open or span.is_past for span in spans)


def _gaps(sheets: Iterable[SheetGaps]) -> Iterable[Gap]:
    cells: dict[tuple[Period, Student], list[str]] = {}
    places: dict[Student, int] = {}
    for sheet in sheets:
        for pupil in sheet.pupils:
            places[pupil.student] = pupil.number
            found = cells.setdefault((sheet.ref.period, pupil.student), [])
            found += [_cell_name(sheet.ref, column) for column in pupil.cells]
    for period, student in sorted(cells, key=lambda each: (each[0].order, places[each[1]])):
        yield Gap(period, student, tuple(cells[period, student]))


def _cell_name(ref: SheetRef, column: Column) -> str:
    if ref.line is None:
        return column.label
    return f"{ref.line.line.short_name} ({cell_words(column)})"
