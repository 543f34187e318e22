"""Keeping a report as it is: the one way in. What is kept is what its keeper had seen, and nothing changes it (R82)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db.models import Max

from accounts import clock, permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from gradebook.regulation import Period
from reports.figures import Report, as_text, from_text
from reports.lock_words import lock_words
from reports.models import KeptReport
from reports.report_kind import Moment, ReportKind
from students.models import SchoolYear

WHO_KEEPS = "Bản báo cáo do Hiệu trưởng, Phó Hiệu trưởng, văn thư chốt."
CHANGED = "Số liệu vừa thay đổi so với lúc mở trang. Xem lại số liệu rồi chốt."
LONGEST_REMARK = 4000
LONGEST_NOTE = 500


class KeepingRefused(Exception):
    """Nothing was kept; the text is for the user, `field` the one it is about or ""."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message, self.field = message, field


@dataclass(frozen=True, slots=True)
class Keeping:
    """What a person adds: a note, remarks by heading, and the digest of what they had before them."""

    seen: str
    note: str = ""
    remarks: Mapping[str, str] | None = None


def digest_of(report: Report) -> str:
    """64 hex digits, equal for equal reports."""
    return hashlib.sha256(as_text(report).encode()).hexdigest()


def keep_report(
    kind: ReportKind, moment: Moment, what: Keeping, *, by: User, source: Source = Source.PAGE
) -> KeptReport:
    """Reads the report once more and keeps it with the remarks. Raises PermissionDenied, KeepingRefused.

    The row of the year is held meanwhile, so that two who keep at once get two numbers.
    """
    permissions.require(by, Action.KEEP_REPORT, WHO_KEEPS)
    with acting(by, role=permissions.post_label(by), source=source) as act:
        SchoolYear.objects.select_for_update(no_key=True).get(pk=moment.year.pk)
        report = kind.read(moment)
        if digest_of(report) != what.seen:
            raise KeepingRefused(CHANGED)
        report = replace(report, remarks=_remarks(kind, what.remarks or {}))
        of = {
            "kind": kind.slug,
            "year": moment.year,
            "period": moment.period.value if moment.period else "",
            "day": moment.day,
        }
        before = KeptReport.objects.filter(kind=kind.slug, year=moment.year)
        last = before.aggregate(last=Max("number"))["last"] or 0
        kept = KeptReport.objects.create(
            **of,
            number=last + 1,
            title=f"{report.title}, {moment.words}"[:200],
            contents=as_text(report),
            digest=digest_of(report),
            lock_state=lock_words(moment),
            note=_within(what.note, LONGEST_NOTE, "note"),
            kept_by=by,
            role=permissions.post_label(by),
            kept_at=clock.now(),
        )
        act.says(f"Chốt {kept}", thing=f"kept_report:{kept.pk}")
    return kept


def report_of(kept: KeptReport) -> Report:
    """Exactly as it was."""
    return from_text(kept.contents)


def moment_of(kept: KeptReport) -> Moment:
    """For a copy with its year at hand."""
    return Moment(kept.year, Period(kept.period) if kept.period else None, kept.day)


def _remarks(kind: ReportKind, given: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Under the headings of the kind, in their order; those left empty stand there to be filled in by hand."""
    return tuple(
        (heading, _within(given.get(heading, ""), LONGEST_REMARK, heading)) for heading in kind.remarks
    )


def _within(text: str, most: int, field: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if len(text) > most:
        raise KeepingRefused(f"Phần này dài {len(text)} chữ, nhiều nhất {most}. Ghi ngắn lại.", field)
    return text
