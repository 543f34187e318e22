"""A report on its way out: the lines above a workbook, the paper in the form of Nghị định 30/2020."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.timezone import localtime

from accounts import clock, permissions
from accounts.models import User
from reports.book_content import Signature
from reports.figures import LEGEND, Report, ShownTable, shown
from reports.list_papers import paper_of_list
from reports.models import KeptReport
from reports.papers import Paper
from reports.report_kind import Moment
from reports.signatories import read_signatories
from students.models import SchoolYear
from students.paper_dates import long_date

TEMPLATE = "reports/print/figures.html"
WIDE = 14
"""Columns from which on a table wants the paper across."""
RECIPIENTS = ("Như trên;", "Ban giám hiệu;", "Lưu: VT.")
NOT_KEPT = "Bản in từ số liệu đang thay đổi, chưa chốt."


@dataclass(frozen=True, slots=True)
class ReportPaper:
    """A report with what stands around it on paper."""

    report: Report
    tables: tuple[ShownTable, ...]
    year: SchoolYear
    place_and_date: str
    state: str
    principal: Signature
    is_across: bool

    @property
    def number(self) -> str:
        """Left open, for the clerk's register."""
        return f"……/BC-{self.year.paper_code}"

    @property
    def addressee(self) -> str:
        return addressee(self.year.parent_body)

    @property
    def legend(self) -> str:
        return LEGEND


def addressee(body: str) -> str:
    """In a sentence: «UBND PHƯỜNG KIẾN AN», as the heading has it, is «UBND phường Kiến An»; small letters stay."""
    if not body.isupper():
        return body
    words = body.title()
    for kind in _KINDS:
        words = re.sub(rf"\b{kind.title()}\b", kind, words)
    words = re.sub(r"\b(Ubnd|Gd&Đt)\b", lambda found: found[0].upper(), words)
    return words[:1].upper() + words[1:]


_KINDS = (
    *("ủy ban nhân dân", "uỷ ban nhân dân", "phường", "xã", "đặc khu", "quận", "huyện", "thị xã"),
    *("thành phố", "tỉnh"),
)


def lines_above(
    moment: Moment, lock_state: str, *, by: User, kept: KeptReport | None = None
) -> Sequence[str]:
    """Of the school, of the copy, and who took the file when."""
    taken = f"{by.full_name} ({permissions.post_label(by)}), lúc {clock.moment_label(clock.stamp())}"
    return (
        f"{moment.year.school_name} · {moment.year.parent_body}",
        lock_state,
        kept_words(kept) if kept else NOT_KEPT,
        f"Người xuất: {taken}",
    )


def kept_words(kept: KeptReport) -> str:
    """ "Bản 2, chốt lúc 10:15:00 05/01/2027, Phạm Thị Hoa (Phó Hiệu trưởng). Mã nội dung: 5f3a09c2."."""
    return (
        f"Bản {kept.number}, chốt lúc {clock.moment_label(kept.kept_at)}, {kept.kept_by.full_name} ({kept.role}). "
        f"Mã nội dung: {kept.short_digest}."
    )


def report_paper(moment: Moment, report: Report, *, lock_state: str, kept: KeptReport | None = None) -> Paper:
    """Two statements. The date under the motto is that of the copy, else today's."""
    day = localtime(kept.kept_at).date() if kept else clock.today()
    state = f"{lock_state} {kept_words(kept) if kept else NOT_KEPT}"
    if report.is_list:
        return paper_of_list(moment, report, state=state, day=day)
    tables = tuple(shown(table) for table in report.tables)
    paper = ReportPaper(
        report=report,
        tables=tables,
        year=moment.year,
        place_and_date=f"{moment.year.place}, {long_date(day)}",
        state=state,
        principal=read_signatories([]).principal(moment.year, day),
        is_across=any(table.width >= WIDE for table in tables),
    )
    return Paper(
        TEMPLATE,
        {"paper": paper, "recipients": RECIPIENTS},
        title=f"{report.title}, {report.moment}",
        lines=report.lines,
        cells=report.cells,
        pupils=0,
        told=(report.title.upper(), *(row.label for table in report.tables for row in table.rows)),
    )
