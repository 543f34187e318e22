"""Kept copies of reports for tests."""

from accounts.models import User
from gradebook.regulation import Period
from reports.kept_reports import Keeping, digest_of, keep_report
from reports.models import KeptReport
from reports.movement_report import KIND
from reports.report_kind import Moment
from tests.gradebook.school import School


def term_1(school: School) -> Moment:
    return Moment(school.year, Period.END_TERM_1)


def keep_movements(school: School, *, by: User | None = None, note: str = "") -> KeptReport:
    """Biến động sĩ số of term I, kept by the clerk or somebody else as it is now."""
    moment = term_1(school)
    return keep_report(KIND, moment, Keeping(digest_of(KIND.read(moment)), note), by=by or school.tuan)
