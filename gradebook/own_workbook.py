"""A file of many sheets, from the dry run to the writing: each sheet whole or not at all, whatever the others are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from accounts.history import Source
from accounts.models import User
from gradebook.entry import Change, EntryRefusedError, SaveReport, preview_results, save_results
from gradebook.own_sheets import again_of, own_refs, refs_at_hand, rows_of
from gradebook.regulation import Period
from gradebook.sealed_previews import PreviewLost
from gradebook.sheets import Row, SheetRef
from gradebook.windows import lock_state
from gradebook.workbook_desk import desk_of, key_of_sheet
from gradebook.workbook_forms import Wanted, name_of, seal_wanted, unseal_wanted, with_answers
from gradebook.workbook_page import Preview, build_preview
from gradebook.workbook_reading import read_workbook
from gradebook.workbook_rows import ReadSheet


class Fate(StrEnum):
    """What would become of a sheet of the file."""

    READY = "ready"
    CONFLICTS = "conflicts"
    REFUSED = "refused"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet of the file that would change.

    `locked`: why it is, which keeps `cells` out; `kept` has them as fields of a correction request.
    """

    ref: SheetRef
    fate: Fate
    preview: Preview | None = None
    token: str = ""
    locked: str = ""
    cells: int = 0
    kept: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        return name_of_sheet(self.ref)

    @property
    def title(self) -> str:
        return f"{self.ref.title} · {self.ref.period.label}"

    @property
    def place(self) -> tuple[int, str, str]:
        return self.ref.school_class.pk, self.ref.code, self.ref.period.value

    @property
    def may_apply(self) -> bool:
        return bool(self.token)


@dataclass(frozen=True, slots=True)
class WorkbookPreview:
    """The dry run of a file of many sheets.

    `unchanged` sheets hold already what the file says; `has_tables`: some page is one of the person's sheets.
    """

    file_name: str
    parts: tuple[SheetPart, ...]
    unchanged: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    has_tables: bool = True

    @property
    def ready(self) -> tuple[SheetPart, ...]:
        return tuple(part for part in self.parts if part.may_apply)

    @property
    def status(self) -> int:
        """Of the answer: the worst of what the sheets meet."""
        fates = {part.fate for part in self.parts}
        if Fate.REFUSED in fates or self.remarks or not self.has_tables:
            return 422
        if Fate.LOCKED in fates:
            return 423
        return 409 if Fate.CONFLICTS in fates else 200


def name_of_sheet(ref: SheetRef) -> str:
    """What stands for a sheet in the names of the form's fields."""
    return f"{ref.school_class.pk}-{ref.code}-{ref.period}"


def prefix_of(ref: SheetRef) -> str:
    """Cells of one pupil and line at two periods are two."""
    return f"{name_of_sheet(ref)}."


def preview_workbook(data: bytes, name: str, *, period: Period, by: User) -> WorkbookPreview:
    """What the file would change in which of the person's sheets; writes nothing. Raises WorkbookRefused.

    Six statements for all sheets, four more while supplementary assessments are open, and up to four for each that
    would change.
    """
    refs = {key_of_sheet(ref): ref for ref in refs_at_hand(by)}
    rows = rows_of(refs.values())
    read = read_workbook(data, name, desk_of(((ref, rows[ref]) for ref in refs.values()), period, by=by))
    parts, unchanged = [], []
    for key, sheet in read.sheets.items():
        ref = refs[key]
        part = _part(ref, rows[ref], sheet, name, by=by)
        if part is not None:
            parts.append(part)
        elif sheet.changes:
            unchanged.append(f"{ref.title} · {ref.period.label}")
    return WorkbookPreview(
        name, tuple(parts), tuple(unchanged), read.remarks, read.elsewhere, bool(read.sheets)
    )


def _part(
    ref: SheetRef, rows: Sequence[Row], sheet: ReadSheet, file_name: str, *, by: User
) -> SheetPart | None:
    new = list(_different(ref, rows, sheet.changes))
    if not new and not sheet.problems:
        return None
    report = preview_results(ref, sheet.changes, by=by)
    if report.locked:
        return _locked(ref, report.locked, new) if new else None
    return _shown(ref, rows, report, Wanted(file_name, sheet.changes, sheet.places), by=by, read=sheet)


def _different(ref: SheetRef, rows: Sequence[Row], changes: Iterable[Change]) -> Iterator[Change]:
    """The changes whose text is not what is stored."""
    stored = {
        (row.student.pk, cell.column.item, cell.column.field.value): cell.value
        for row in rows
        for cell in row.entry_cells(ref)
    }
    for change in changes:
        if stored.get((change.student_id, change.item, change.field)) != change.value:
            yield change


def _locked(ref: SheetRef, why: str, changes: Sequence[Change]) -> SheetPart:
    """A correction may be asked for where the sheet was open once."""
    is_over = lock_state(ref.school_class, ref.period, ref.code).is_over
    kept = tuple((f"c.{name_of(change)}", change.value) for change in changes) if is_over else ()
    return SheetPart(ref, Fate.LOCKED, locked=why, kept=kept, cells=len(changes))


def _shown(
    ref: SheetRef,
    rows: Sequence[Row],
    report: SaveReport,
    wanted: Wanted,
    *,
    by: User,
    read: ReadSheet | None = None,
    answers: Mapping[str, str] | None = None,
) -> SheetPart | None:
    preview = build_preview(
        ref, rows, report, wanted, read=read, answers=answers, prefix=prefix_of(ref), by_id=by.pk
    )
    if not preview.lines:
        return None
    fate = Fate.REFUSED if preview.refused else Fate.CONFLICTS if preview.conflicts else Fate.READY
    token = seal_wanted(preview.wanted, ref=ref, by=by) if preview.may_apply else ""
    return SheetPart(ref, fate, preview, token)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the sheets: titles with the number of cells, the parts that could not be written, and why."""

    sheets: tuple[tuple[str, int], ...]
    parts: tuple[SheetPart, ...]
    lost: str = ""
    file_name: str = ""

    @property
    def is_whole(self) -> bool:
        return not (self.parts or self.lost)


def write_workbook(posted: Mapping[str, str], *, by: User) -> Written:
    """Writes each sheet that the preview offered and the person left chosen: all of its cells, or none of them.

    A sheet that meets a lock or a newer value comes back to be looked at; those before and after it stand.
    """
    written, parts, lost, file_name = [], [], "", ""
    refs = own_refs(by)
    for ref in (*refs, *again_of(refs)):
        name = name_of_sheet(ref)
        if f"write.{name}" not in posted:
            continue
        try:
            wanted = unseal_wanted(posted.get(f"wanted.{name}", ""), ref=ref, by=by)
        except PreviewLost as problem:
            lost = str(problem)
            continue
        file_name = wanted.file_name
        changes = with_answers(wanted.changes, posted, prefix=prefix_of(ref))
        part = _write(ref, wanted, changes, posted, by=by)
        if part is None:
            written.append((f"{ref.title} · {ref.period.label}", len(changes)))
        else:
            parts.append(part)
    return Written(tuple(written), tuple(parts), lost, file_name)


def _write(
    ref: SheetRef, wanted: Wanted, changes: Sequence[Change], posted: Mapping[str, str], *, by: User
) -> SheetPart | None:
    """None when it is done, else the sheet as it stands now against the file."""
    why = f"Nạp từ tệp «{wanted.file_name}»"[:100]
    try:
        save_results(ref, changes, by=by, source=Source.EXCEL, whole=True, why=why)
    except EntryRefusedError as refusal:
        if refusal.report.locked:
            return _locked(ref, refusal.report.locked, wanted.changes)
        now = preview_results(ref, wanted.changes, by=by)
        return _shown(ref, rows_of([ref])[ref], now, wanted, by=by, answers=posted)
    return None
