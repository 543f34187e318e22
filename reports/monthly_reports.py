"""Báo cáo tháng: the clerk's figures of a month to the principal, on paper and as a workbook (PLAN IV.3)."""

import datetime
import io
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.timezone import localtime

from accounts import clock
from accounts.models import User
from accounts.tables import Heading, Page, Value, taken_by, write_book
from approvals.models import ReconciliationRound
from approvals.reconciliation_numbers import Numbers
from approvals.reconciliation_pages import read_monthly_report
from approvals.reconciliation_report import Section
from students.paper_dates import long_date

TEMPLATE = "reports/print/monthly_report.html"


@dataclass(frozen=True, slots=True)
class MonthlyReport:
    """The figures as they were when the round was closed; until then as they are, which the paper says."""

    check: ReconciliationRound
    sections: tuple[Section, ...]

    @property
    def title(self) -> str:
        return f"Báo cáo tháng {self.check.month:%m/%Y}"

    @property
    def place_and_date(self) -> str:
        return f"{self.check.year.place}, {long_date(localtime(self.taken_at).date())}"

    @property
    def taken_at(self) -> datetime.datetime:
        return self.check.closed_at or clock.now()

    @property
    def state(self) -> str:
        """Who sent it when, or that it is not sent yet."""
        at = clock.moment_label(self.taken_at)
        if self.check.closed_by is None:
            return f"Số liệu tạm lúc {at}: đợt đối chiếu chưa kết thúc, báo cáo chưa gửi Hiệu trưởng."
        return f"{self.check.closed_by.full_name} gửi lúc {at}."

    @property
    def clerk_name(self) -> str:
        """Who sent it; until then who opened the round."""
        return (self.check.closed_by or self.check.opened_by).full_name

    @property
    def number(self) -> str:
        return f"{self.check.month:%m}/BC-VT" if self.check.closed_at else "……/BC-VT"


def read_monthly_paper(check: ReconciliationRound, *, by: User) -> MonthlyReport:
    """No statement of a closed round; of an open one those of `read_sections`."""
    return MonthlyReport(check, read_monthly_report(by, check))


def monthly_workbook(paper: MonthlyReport, *, by: User) -> bytes:
    """A sheet a section."""
    above = (f"{paper.check.year.school_name} · {paper.title}", paper.state, taken_by(by))
    pages = [
        Page(
            _SHEETS.get(each.title, each.title),
            _headings(each.numbers),
            map(_values, each.numbers.rows),
            (each.title, *above),
        )
        for each in paper.sections
    ]
    if paper.check.summary:
        name = "Nhận xét chung"
        pages.append(Page(name, [Heading(name, 90)], [[paper.check.summary]], (name, *above)))
    output = io.BytesIO()
    write_book(pages, output)
    return output.getvalue()


_SHEETS = {"Cập nhật thông tin giáo viên, phân công": "Giáo viên, phân công"}
"""Of titles that are longer than the name of a sheet may be."""


def _headings(numbers: Numbers) -> list[Heading]:
    return [Heading(name, 44 if place == 0 else 26) for place, name in enumerate(numbers.headings)]


def _values(row: Sequence[str]) -> list[Value]:
    """A count as a number."""
    return [int(each) if each.isdecimal() else each for each in row]


def monthly_pdf(paper: MonthlyReport) -> bytes:
    # Only here, so that a web process that prints none does not load the typesetter (40 MB).
    from reports import pdf  # noqa: PLC0415

    context = {"paper": paper, "clerk": ("NGƯỜI LẬP BÁO CÁO", "VĂN THƯ")}
    return pdf.render(TEMPLATE, context, title=paper.title)
