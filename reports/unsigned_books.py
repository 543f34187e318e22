"""Who has not signed which books of a period, on paper, in the form of Nghị định 30/2020 (PLAN IV.4 to IV.6)."""

from dataclasses import dataclass

from accounts import clock, permissions
from accounts.clock import moment_label
from accounts.models import User
from accounts.powers import Action
from approvals.signature_register import Owing, Register
from reports.book_content import Signature
from reports.signatories import read_signatories
from students.models import SchoolYear
from students.paper_dates import long_date

TEMPLATE = "reports/print/unsigned_books.html"


@dataclass(frozen=True, slots=True)
class UnsignedPaper:
    """The teachers with what they owe, and what stands around them; `where` names what the list is narrowed to."""

    year: SchoolYear
    period: str
    where: str
    owing: tuple[Owing, ...]
    place_and_date: str
    as_of: str
    principal: Signature

    @property
    def teachers(self) -> int:
        return sum(each.holder is not None for each in self.owing)

    @property
    def books(self) -> int:
        return sum(len(each.books) for each in self.owing)


def read_unsigned_paper(register: Register, year: SchoolYear, *, of: User) -> UnsignedPaper:
    """Of what this person follows. Two statements."""
    today = clock.today()
    everything = permissions.reach_of(of, Action.SEE_SIGNATURES).whole_school
    return UnsignedPaper(
        year,
        register.period.label,
        register.scope.label or ("toàn trường" if everything else f"các sổ {of.full_name} theo dõi"),
        register.owing,
        f"{year.place}, {long_date(today)}",
        moment_label(clock.now()),
        read_signatories([]).principal(year, today),
    )


def unsigned_pdf(paper: UnsignedPaper) -> bytes:
    # Only here, so that a web process that prints none does not load the typesetter (40 MB).
    from reports import pdf  # noqa: PLC0415

    return pdf.render(TEMPLATE, {"paper": paper}, title=f"Sổ THKQGD chưa kí, {paper.period}")
