"""The lists of a year's end on paper, in the form of Nghị định 30/2020 (domain 2.7 C)."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from accounts import clock
from gradebook.year_end_list_views import NOTE, ShownList
from gradebook.year_end_lists import LISTS
from reports.book_content import Signature
from reports.figures import Report
from reports.papers import Paper
from reports.report_kind import Moment
from reports.signatories import read_signatories
from students.models import SchoolYear
from students.paper_dates import long_date

TEMPLATE = "reports/print/pupil_list.html"
NARROW = 14
"""Characters up to which a column is narrow; the others share what the paper has left."""

_NARROW = {name for each in LISTS.values() for name, width, _read in each.columns if width <= NARROW}
_FIRST = (("TT", "c-no"), ("Lớp", "c-class"), ("Họ và tên", "c-name"), ("Ngày sinh", "c-birth"))


@dataclass(frozen=True, slots=True)
class ListPaper:
    """A list with what stands around it; `headings` are those of the columns, each with the class of its width.

    `where` says of which classes or moment it is, `notes` what the list says of itself. It bears no number; its sheet
    is across always, so nothing has to be said of it.
    """

    year: SchoolYear
    name: str
    where: str
    headings: tuple[tuple[str, str], ...]
    lines: tuple[tuple[str, ...], ...]
    place_and_date: str
    principal: Signature
    notes: tuple[str, ...]
    number: str = ""
    is_across: bool = False


def list_paper(shown: ShownList) -> Paper:
    """As a page shows it. Two statements."""
    lines = tuple(
        (
            str(number),
            row.school_class.name,
            row.student.full_name,
            row.student.birth_label,
            *(words for _heading, words in shown.pupils.told(row)),
        )
        for number, row in enumerate(shown.pupils.rows, start=1)
    )
    today = clock.today()
    paper = ListPaper(
        year=shown.year,
        name=shown.pupils.title,
        where=f"Năm học {shown.year.label} · {shown.where}",
        headings=_headings(shown.pupils.headings),
        lines=lines,
        place_and_date=f"{shown.year.place}, {long_date(today)}",
        principal=read_signatories([]).principal(shown.year, today),
        notes=(NOTE,),
    )
    return _paper(paper, title=shown.title)


def paper_of_list(moment: Moment, report: Report, *, state: str, day: datetime.date) -> Paper:
    """One that is kept, or of the whole school; `state` says which copy it is, `day` bears its date. Two statements."""
    paper = ListPaper(
        year=moment.year,
        name=report.title,
        where=report.moment,
        headings=_headings(tuple(column.words for column in report.tables[0].columns[2:])),
        lines=tuple(
            (row.number, row.words[0], row.label, *row.words[1:])
            for table in report.tables
            for row in table.rows
        ),
        place_and_date=f"{moment.year.place}, {long_date(day)}",
        principal=read_signatories([]).principal(moment.year, day),
        notes=(state, *report.notes),
    )
    return _paper(paper, title=f"{report.title}, {report.moment}")


def _headings(own: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """`own`: those behind the ones that every list has."""
    return (*_FIRST, *((each, "c-narrow" if each in _NARROW else "c-words") for each in own))


def _paper(paper: ListPaper, *, title: str) -> Paper:
    return Paper(
        TEMPLATE,
        {"paper": paper},
        title=title,
        lines=len(paper.lines),
        cells=len(paper.lines) * len(paper.headings),
        pupils=len(paper.lines),
        told=(paper.name.upper(), *(name for _number, _class, name, *_rest in paper.lines)),
    )
