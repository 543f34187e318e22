"""Which report of which moment an address names: the same for its page, its files and a worker that draws it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts import permissions
from accounts.models import User
from accounts.powers import Action
from reports.figures import Report
from reports.kept_reports import moment_of, report_of
from reports.kinds import kind_of
from reports.lock_words import lock_words
from reports.models import KeptReport
from reports.papers import Paper
from reports.report_files import report_paper
from reports.report_forms import MomentForm
from reports.report_kind import Moment, ReportKind
from students.models import SchoolYear
from students.years import NoYearYet

WHO_SEES = "Thống kê, báo cáo của trường mở cho Ban giám hiệu, văn thư và người kiểm tra."


@dataclass(frozen=True, slots=True)
class Asked:
    """A report of a moment, as an address names it."""

    kind: ReportKind
    moment: Moment

    def read(self) -> Report:
        return self.kind.read(self.moment)


def get_kind(user: User, slug: str) -> ReportKind:
    """Fetch and check in one call. Raises PermissionDenied, Http404."""
    permissions.require(user, Action.SEE_REPORTS, WHO_SEES)
    kind = kind_of(slug)
    if kind is None:
        raise Http404("Không có báo cáo này.")
    return kind


def get_kept(user: User, pk: int) -> KeptReport:
    """Fetch and check in one call; with its year and its keeper. Raises PermissionDenied, Http404."""
    permissions.require(user, Action.SEE_REPORTS, WHO_SEES)
    return get_object_or_404(KeptReport.objects.select_related("year", "kept_by"), pk=pk)


def asked_report(user: User, slug: str, data: Mapping[str, str]) -> Asked:
    """Raises PermissionDenied, Http404."""
    kind = get_kind(user, slug)
    form = moment_form(kind, data)
    if not form.is_valid():
        raise Http404("Không có báo cáo của thời điểm này.")
    return Asked(kind, form.moment)


def moment_form(kind: ReportKind, asked: Mapping[str, str]) -> MomentForm:
    """What the address asks for; of what it leaves out the current year, its period that is shown first, its day."""
    # What is counted at a period is assessed by a rule set; a year before the first has none.
    years = [each for each in SchoolYear.objects.all() if kind.first_day or each.rule_set]
    if not years:
        raise NoYearYet
    data = dict(asked)
    if "year" not in data:
        data["year"] = str((SchoolYear.objects.current() or years[0]).pk)
    year = next((each for each in years if str(each.pk) == data["year"]), None)
    if kind.first_day and year and not data.get("day"):
        data["day"] = f"{kind.first_day(year):%Y-%m-%d}"
    if kind.periods and not data.get("period"):
        data["period"] = kind.periods[-1].value
    return MomentForm(data, kind=kind, years=years)


def only_table(found: Report, key: str) -> Report:
    """The whole report, or with the one table of that key. Raises Http404."""
    if not key:
        return found
    try:
        return found.only(key)
    except KeyError:
        raise Http404("Báo cáo không có bảng này.") from None


def paper_of(asked: Asked, table: str = "") -> Paper:
    """As it is now, with room to write what a copy would have in words. Raises Http404."""
    found = replace(asked.read(), remarks=tuple((heading, "") for heading in asked.kind.remarks))
    return report_paper(asked.moment, only_table(found, table), lock_state=lock_words(asked.moment))


def paper_of_kept(kept: KeptReport, table: str = "") -> Paper:
    """As it was. Raises Http404."""
    found = only_table(report_of(kept), table)
    return report_paper(moment_of(kept), found, lock_state=kept.lock_state, kept=kept)
