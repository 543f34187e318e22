"""The registry of reports: every one that the index, the pages and the kept copies know."""

from collections.abc import Mapping

from reports import (
    attendance_report,
    list_kinds,
    movement_report,
    promotion_report,
    quality_report,
    start_of_year,
    statistics_kinds,
    summary_report,
)
from reports.report_kind import ReportKind

KINDS: tuple[ReportKind, ...] = (
    *statistics_kinds.KINDS,
    start_of_year.KIND,
    quality_report.KIND,
    promotion_report.KIND,
    summary_report.KIND,
    movement_report.KIND,
    movement_report.COUNTS,
    attendance_report.KIND,
    *list_kinds.KINDS,
)
_BY_SLUG: Mapping[str, ReportKind] = {kind.slug: kind for kind in KINDS}


def kind_of(slug: str) -> ReportKind | None:
    return _BY_SLUG.get(slug)
