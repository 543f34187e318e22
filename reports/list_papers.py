"""The lists of a year's end on paper, in the form of Nghị định 30/2020 (domain 2.7 C)."""

from dataclasses import dataclass

from accounts import clock
from gradebook.year_end_list_views import NOTE, ShownList
from reports.book_content import Signature
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


def read_list_paper(shown: ShownList) -> ListPaper:
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
    return ListPaper(
        shown,
        (*_FIRST, *((each.name, "c-narrow" if each.width <= NARROW else "c-words") for each in own)),
        lines,
        f"{shown.year.place}, {long_date(today)}",
        read_signatories([]).principal(shown.year, today),
        NOTE,
    )


def list_pdf(paper: ListPaper) -> bytes:
    # Only here, so that a web process that prints none does not load the typesetter (40 MB).
    from reports import pdf  # noqa: PLC0415

    return pdf.render(TEMPLATE, {"paper": paper}, title=paper.shown.title)
