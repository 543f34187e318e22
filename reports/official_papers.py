"""Papers of the school in the form of Nghị định 30/2020: orders, the decision on the management board (R77)."""

from dataclasses import dataclass

from approvals.models import BoardMember, DocumentVersion, KeptDocument
from gradebook.models import EntryOrder
from gradebook.order_paper import OrderPaper, paper_of
from gradebook.year_rules import rules_of
from reports.book_content import Signature
from reports.signatories import read_signatories
from students.paper_dates import long_date

ORDER_TEMPLATE = "reports/print/order.html"
BOARD_TEMPLATE = "reports/print/board.html"
RECIPIENTS = ("Như Điều 3;", "BGH;", "Các tổ (khối);", "Lưu: VT.")


def order_pdf(order: EntryOrder) -> tuple[str, bytes]:
    """The order's title and its PDF, to be signed by hand and sealed."""
    # Only here, so that a web process that prints none does not load the typesetter (40 MB).
    from reports import pdf  # noqa: PLC0415

    paper: OrderPaper = paper_of(order)
    return paper.title, pdf.render(ORDER_TEMPLATE, {"paper": paper, "order": order}, title=paper.title)


@dataclass(frozen=True, slots=True)
class BoardPaper:
    """The decision that sets up the board, with its members in their order."""

    version: DocumentVersion
    members: tuple[BoardMember, ...]
    bases: tuple[str, ...]
    principal: Signature
    replaced_by: str

    @property
    def title(self) -> str:
        return f"Quyết định số {self.version.number}"

    @property
    def place_and_date(self) -> str:
        return f"{self.version.year.place}, {long_date(self.version.dated)}"

    @property
    def has_terms(self) -> bool:
        """Whether somebody's time on the board is not simply from the decision on."""
        return any(each.starts_on != self.version.dated or each.ends_on for each in self.members)


def read_board(version: DocumentVersion) -> BoardPaper:
    """Four statements."""
    members = version.members.select_related("person").order_by("place")
    signatories = read_signatories([])
    return BoardPaper(
        version=version,
        members=tuple(members),
        bases=(rules_of(version.year).bases_on(version.dated)[0], *_plan_of_the_time(version)),
        principal=signatories.principal(version.year, version.dated),
        replaced_by=_replaced_by(version),
    )


def _replaced_by(version: DocumentVersion) -> str:
    """The number of the decision in force; "" where it is this one, or its scan."""
    later = DocumentVersion.objects.filter(document=version.document_id, version__gt=version.version)
    newest = later.exclude(number=version.number, dated=version.dated).order_by("-version").first()
    return newest.number if newest else ""


def _plan_of_the_time(version: DocumentVersion) -> tuple[str, ...]:
    """The school's plan that stood when the decision was signed; none where none is kept."""
    plans = DocumentVersion.objects.filter(document__kind=KeptDocument.Kind.PLAN, dated__lte=version.dated)
    plan = plans.order_by("-dated", "-version").first()
    if plan is None:
        return ()
    return (f"Kế hoạch số {plan.number} {long_date(plan.dated)} của {version.year.school_name}",)


def board_pdf(paper: BoardPaper) -> bytes:
    # As in order_pdf.
    from reports import pdf  # noqa: PLC0415

    context = {"paper": paper, "recipients": RECIPIENTS}
    return pdf.render(BOARD_TEMPLATE, context, title=paper.title)
