"""The notice of a breach of personal data on paper (Luật 91/2025 Điều 23; NĐ 356/2025 Điều 28; Nghị định 30/2020)."""

import datetime
import re
from dataclasses import dataclass

from django.utils.timezone import localdate

from accounts.clock import today
from approvals.data_rules import NOTIFIED, is_late_notice, notify_by
from approvals.models import DataIncident
from reports.book_content import Signature
from reports.signatories import read_signatories
from students.models import SchoolYear
from students.paper_dates import long_date

TEMPLATE = "reports/print/data_incident.html"
RECIPIENTS = (f"{NOTIFIED};", "UBND phường (xã);", "Lưu: VT.")
NO_NUMBER = "……/……"
_NUMBER = re.compile(r"\d+(?:/\d{4})?/[^\W\d][^\s,;]*")


class NoYearError(Exception):
    """The school has no year yet whose heading a paper could bear."""


@dataclass(frozen=True, slots=True)
class IncidentPaper:
    """All that stands on the paper."""

    incident: DataIncident
    year: SchoolYear
    principal: Signature

    @property
    def title(self) -> str:
        return f"Thông báo {self.incident.label.lower()}"

    @property
    def number(self) -> str:
        """«14/CV-THKĐ» of «14/CV-THKĐ, gửi qua bưu điện»; dots, to be filled in by hand, while none is written down."""
        found = _NUMBER.search(self.incident.notice)
        return found.group().rstrip(".") if found else NO_NUMBER

    @property
    def day(self) -> datetime.date:
        """Of the notice; of one that is still to be sent today."""
        at = self.incident.notified_at
        return localdate(at) if at else today()

    @property
    def place_and_date(self) -> str:
        return f"{self.year.place}, {long_date(self.day)}"

    @property
    def notify_by(self) -> datetime.datetime:
        return notify_by(self.incident.discovered_at)

    @property
    def recipient(self) -> str:
        return self.incident.notified_to or NOTIFIED

    @property
    def was_late(self) -> bool:
        at = self.incident.notified_at
        return at is not None and is_late_notice(self.incident.discovered_at, at)


def read_incident_paper(incident: DataIncident) -> IncidentPaper:
    """With the heading of the current year, in a new school of the one being prepared. Raises NoYearError.

    Three statements, one more while no year has begun.
    """
    year = SchoolYear.objects.current() or SchoolYear.objects.order_by("-year").first()
    if year is None:
        raise NoYearError
    day = localdate(incident.notified_at) if incident.notified_at else today()
    return IncidentPaper(incident, year, read_signatories([]).principal(year, day))


def incident_pdf(paper: IncidentPaper) -> bytes:
    # Only here, so that a web process that prints none does not load the typesetter (40 MB).
    from reports import pdf  # noqa: PLC0415

    context = {"paper": paper, "recipients": RECIPIENTS}
    return pdf.render(TEMPLATE, context, title=paper.title)
