"""The autosave of one pupil's page: cells of many sheets in one request, each sheet's by `save_results` as ever.

A sheet stands for itself: what one refuses, or its lock, keeps no other from being saved.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from accounts import permissions
from accounts.history import Source
from accounts.models import User
from accounts.powers import Action
from gradebook.entry import Change, Refused, SaveReport, preview_results, save_results
from gradebook.pupil_sheet import PupilSheet
from gradebook.regulation import Period
from gradebook.sheets import SheetRef

UNKNOWN = "Ô này không có ở trang của em. Tải lại trang để xem các ô nhập được."


@dataclass(frozen=True, slots=True)
class Part:
    """What became of the cells of one sheet; `ref` is None for those that the page does not have.

    Of a locked sheet the report also refuses each cell, with the sentence why.
    """

    period: str
    report: SaveReport
    ref: SheetRef | None = None


def save_periods(
    found: PupilSheet, wanted: Iterable[tuple[str, Change]], *, by: User, is_preview: bool = False
) -> list[Part]:
    """Writes (period, change) of each cell; raises PermissionDenied, before anything is written, for a foreign one."""
    by_sheet, strays = _sorted(found, wanted)
    _require_own(found, [found.sheets[number].ref for number in by_sheet], strays, by=by)
    parts = [Part(period, SaveReport(refused=[Refused(change, UNKNOWN)])) for period, change in strays]
    for number, changes in by_sheet.items():
        ref = found.sheets[number].ref
        report = (
            preview_results(ref, changes, by=by)
            if is_preview
            else save_results(ref, changes, by=by, source=Source.PAGE)
        )
        if report.locked:
            report = replace(report, refused=[Refused(change, report.locked) for change in changes])
        parts.append(Part(ref.period, report, ref))
    return parts


def locked_words(parts: Iterable[Part]) -> str:
    """Why nothing at all could be written, or ""."""
    sentences = [part.report.locked for part in parts]
    return sentences[0] if sentences and all(sentences) else ""


def _sorted(
    found: PupilSheet, wanted: Iterable[tuple[str, Change]]
) -> tuple[dict[int, list[Change]], list[tuple[str, Change]]]:
    """The changes by the number of their sheet, and those of no sheet that the page shows."""
    places = {
        (sheet.ref.period.value, column.item): number
        for number, sheet in enumerate(found.sheets)
        for column in sheet.columns
    }
    by_sheet: dict[int, list[Change]] = {}
    strays = []
    for period, change in wanted:
        number = places.get((period, change.item))
        if number is None:
            strays.append((period, change))
        else:
            by_sheet.setdefault(number, []).append(change)
    return by_sheet, strays


def _require_own(
    found: PupilSheet, refs: Sequence[SheetRef], strays: Sequence[tuple[str, Change]], *, by: User
) -> None:
    if strays or not refs:
        # A cell that the page does not show belongs to somebody else; the homeroom teacher sees them all.
        permissions.require(
            by,
            Action.ENTER_SHEET,
            "Trong các ô gửi lên có ô của sổ khác. Chỉ giáo viên được phân công mới nhập được sổ đó.",
            school_class=found.school_class,
        )
    for ref in refs:
        permissions.require(
            by,
            Action.ENTER_SHEET,
            f"Chỉ giáo viên được phân công mới nhập được sổ {ref.title}.",
            school_class=ref.school_class,
            line=ref.line,
        )


def open_doubts(found: PupilSheet) -> Iterator[tuple[Period, str, tuple[str, ...]]]:
    """(period, item, sentences) of every item that the person may type into, without sentences where all is well."""
    for sheet in found.sheets:
        if found.may_write(sheet):
            doubts = sheet.rows[0].doubts(sheet.ref)
            for item in dict.fromkeys(column.item for column in sheet.columns):
                yield sheet.ref.period, item, tuple(doubt.sentence for doubt in doubts.get(item, ()))
