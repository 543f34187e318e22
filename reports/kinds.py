"""The registry of reports: every one that the index, the pages and the kept copies know."""

from collections.abc import Mapping

from reports import movement_report, statistics_kinds
from reports.report_kind import ReportKind

KINDS: tuple[ReportKind, ...] = (*statistics_kinds.KINDS, movement_report.KIND)
_BY_SLUG: Mapping[str, ReportKind] = {kind.slug: kind for kind in KINDS}


def kind_of(slug: str) -> ReportKind | None:
    return _BY_SLUG.get(slug)
