"""The lists of a year's end on paper, in the form of Nghị định 30/2020 (domain 2.7 C)."""

from dataclasses import dataclass

from accounts import clock
from gradebook.year_end_list_views import NOTE, ShownList
from reports.book_content import Signature
from reports.papers import Paper
from reports.signatories import read_signatories
from students.paper_dates import long_date

TEMPLATE = "reports/print/pupil_list.html"
NARROW = 14
"""Characters up to which a column is narrow; the others share what the paper has left."""

_FIRST = (("TT", "c-no"), ("Lớp", "c-class"), ("Họ và tên", "c-name"), ("Ngày sinh", "c-birth"))


@dataclass(frozen=True, slots=True)
class ListPaper:
    """A list with what stands around it; `headings` are those of the columns, each with the class of its width."""

    shown: ShownList
    headings: tuple[tuple[str, str], ...]
    lines: tuple[tuple[str, ...], ...]
    place_and_date: str
    principal: Signature
    note: str


def list_paper(shown: ShownList) -> Paper:
    """Two statements."""
    own = shown.pupils.sheet_headings[5:]
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
        shown,
        (*_FIRST, *((each.name, "c-narrow" if each.width <= NARROW else "c-words") for each in own)),
        lines,
        f"{shown.year.place}, {long_date(today)}",
        read_signatories([]).principal(shown.year, today),
        NOTE,
    )
    return Paper(
        TEMPLATE,
        {"paper": paper},
        title=shown.title,
        lines=len(lines),
        cells=cells_of(shown),
        pupils=len(lines),
        told=(shown.pupils.title.upper(), *(name for _number, _class, name, *_rest in lines)),
    )


def cells_of(shown: ShownList) -> int:
    return len(shown.pupils.rows) * (len(_FIRST) + len(shown.pupils.headings))
