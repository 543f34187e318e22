"""Báo cáo tháng: the clerk's figures of a month to the principal, on paper (PLAN IV.3; Nghị định 30/2020)."""

from dataclasses import dataclass

from django.utils.timezone import localtime

from approvals.models import ReconciliationRound
from approvals.reconciliation_report import Section, stored_report
from students.paper_dates import long_date

TEMPLATE = "reports/print/monthly_report.html"


@dataclass(frozen=True, slots=True)
class MonthlyReport:
    """The figures as they were when the round was closed."""

    check: ReconciliationRound
    sections: tuple[Section, ...]

    @property
    def title(self) -> str:
        return f"Báo cáo tháng {self.check.month:%m/%Y}"

    @property
    def place_and_date(self) -> str:
        closed_at = self.check.closed_at
        return f"{self.check.year.place}, {long_date(localtime(closed_at).date() if closed_at else None)}"

    @property
    def number(self) -> str:
        return f"{self.check.month:%m}/BC-VT"


def read_monthly_paper(check: ReconciliationRound) -> MonthlyReport:
    """`check` is closed. No statement."""
    return MonthlyReport(check, stored_report(check.report))


def monthly_pdf(paper: MonthlyReport) -> bytes:
    # Only here, so that a web process that prints none does not load the typesetter (40 MB).
    from reports import pdf  # noqa: PLC0415

    context = {"paper": paper, "clerk": ("NGƯỜI LẬP BÁO CÁO", "VĂN THƯ")}
    return pdf.render(TEMPLATE, context, title=paper.title)
