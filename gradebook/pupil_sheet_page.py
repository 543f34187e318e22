"""What the page of one pupil's year shows: a block of lines and one of each group of traits, a slot a period."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.urls import reverse

from gradebook.entry import Change
from gradebook.pupil_sheet import PupilSheet, Written, field_name
from gradebook.regulation import Period, RuleSet, TraitGroup
from gradebook.sheet_page import Note, NoteKind, ShownDoubt, shown_doubts, tag_of
from gradebook.sheets import HOMEROOM_CODE, Cell, Field, Sheet, SheetRef
from gradebook.year_rules import rules_of

Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class ShownCell:
    """`name` as in the form's fields; where a typed value was not saved, `value` is the typed one, `stored` what the
    database holds and `seen` the version that the typed one rests on. `label` tells the cell from every other one of
    the page; `column` numbers what stands one below the other: the periods, in each level, mark and comment."""

    name: str
    kind: str
    short: str
    label: str
    column: int
    value: str
    path: str
    stored: str = ""
    note: Note | None = None
    seen: str = ""
    word: str = ""
    why: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """An item at a period; `versions` are (name, version) of what is stored, sent along by the form. `warnings` say
    what looks odd in the stored values: of the mark, or of the level where there is none."""

    period: Period
    cells: tuple[ShownCell, ...]
    versions: tuple[tuple[str, str], ...]
    is_editable: bool
    warnings: tuple[ShownDoubt, ...] = ()

    @property
    def sign(self) -> str:
        """The name of the cell that the warnings are of."""
        kinds = {cell.kind: cell.name for cell in self.cells}
        return kinds.get("mark") or kinds.get("level") or kinds.get("rating") or ""

    @property
    def is_empty(self) -> bool:
        return not any(cell.value or cell.word for cell in self.cells)

    @property
    def notes(self) -> list[Note]:
        return [cell.note for cell in self.cells if cell.note]


@dataclass(frozen=True, slots=True)
class ShownItem:
    name: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A table: the lines, or a group of traits with its comment in the last row."""

    code: str
    title: str
    items: tuple[ShownItem, ...]


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A typed value that found its sheet locked: said above the tables, for its cell takes no value any more."""

    where: str
    value: str
    propose_url: str


@dataclass(frozen=True, slots=True)
class PupilPage:
    """`labels` name the columns of cells, `lines` the class's sheets by code and subject, for the script."""

    blocks: tuple[Block, ...]
    rules: RuleSet
    labels: str = ""
    lines: str = ""
    homeroom: str = HOMEROOM_CODE
    counts: Mapping[str, int] = field(default_factory=dict)
    unsaved: tuple[Unsaved, ...] = ()
    locked: str = ""


_KINDS = {Field.ATTAINMENT: "level", Field.RATING: "rating", Field.MARK: "mark", Field.COMMENT: "comment"}
_COLUMNS = ("Mức", "Điểm", "Nhận xét")
_SHORT = {Field.ATTAINMENT: "Mức", Field.MARK: "Điểm", Field.COMMENT: "Nhận xét", Field.RATING: "Mức"}


def build_pupil_page(
    found: PupilSheet, *, written: Iterable[Written] = (), by_id: int | None = None
) -> PupilPage:
    """The page, after a save with what became of it. No statement."""
    written = list(written)
    notes = {place: note for each in written for place, note in _notes(each, by_id)}
    typed = {place: text for each in written for place, text in _typed(each)}
    seen = {_place(each, change): change.version for each in written for change in each.changes}
    shown = _Shown(found, notes, typed, seen)
    return PupilPage(
        blocks=tuple(shown.blocks()),
        rules=rules_of(found.school_class.year),
        labels="|".join(f"{short} {period}" for period in found.periods for short in _COLUMNS),
        lines="|".join(dict.fromkeys(f"{each.ref.code} {each.ref.subject_label}" for each in found.sheets)),
        counts=_counts(written),
        unsaved=tuple(unsaved for each in written for unsaved in _unsaved(each)),
        locked=next((each.report.locked for each in written if each.report.locked), ""),
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """The sheets laid out by item, with what a save left to say of single cells."""

    found: PupilSheet
    notes: Mapping[Place, Note]
    typed: Mapping[Place, str]
    seen: Mapping[Place, int]

    def blocks(self) -> Iterator[Block]:
        lines: dict[str, list[Sheet]] = {}
        for sheet in self.found.sheets:
            lines.setdefault(sheet.ref.code, []).append(sheet)
        homeroom = [sheet for sheet in self.found.sheets if sheet.ref.line is None]
        subjects = [self._line(sheets) for sheets in lines.values() if sheets[0].ref.line is not None]
        if subjects:
            yield Block("mon", "Môn học, hoạt động giáo dục", tuple(subjects))
        for group in TraitGroup if homeroom else ():
            yield Block(group.value, group.label, tuple(self._traits(homeroom, group)))

    def _line(self, sheets: list[Sheet]) -> ShownItem:
        name = sheets[0].ref.subject_label
        return ShownItem(
            name, self._slots({each.ref.period: (each, each.rows[0].cells) for each in sheets}, name)
        )

    def _traits(self, sheets: list[Sheet], group: TraitGroup) -> Iterator[ShownItem]:
        for column in sheets[0].columns:
            if column.group == group.label:
                of_column = {
                    each.ref.period: (each, (cell,))
                    for each in sheets
                    for cell in each.rows[0].cells
                    if cell.column.key == column.key
                }
                yield ShownItem(column.label, self._slots(of_column, column.label))

    def _slots(
        self, found: Mapping[Period, tuple[Sheet, tuple[Cell, ...]]], item_name: str
    ) -> tuple[Slot, ...]:
        """One for each column of the page; without cells where the item has none then."""
        return tuple(
            self._slot(*found[period], item_name)
            if period in found
            else Slot(period, (), (), is_editable=False)
            for period in self.found.periods
        )

    def _slot(self, sheet: Sheet, cells: tuple[Cell, ...], item_name: str) -> Slot:
        period = sheet.ref.period
        versions = {cell.column.item: cell.version for cell in cells if cell.version}
        return Slot(
            period=period,
            cells=tuple(self._cell(sheet, cell, item_name) for cell in cells),
            versions=tuple((f"{period}.{item}", str(version)) for item, version in versions.items()),
            is_editable=self.found.may_write(sheet),
            warnings=_warnings(sheet, cells),
        )

    def _cell(self, sheet: Sheet, cell: Cell, item_name: str) -> ShownCell:
        period, column = sheet.ref.period, cell.column
        place = (period.value, column.item, column.field.value)
        note = self.notes.get(place)
        path = f"history/{self.found.student.pk}/{column.item}/{column.field.value}/"
        label = item_name if column.label == item_name else f"{column.label} {item_name}"
        return ShownCell(
            name=field_name(*place),
            kind=_KINDS[column.field],
            short=_SHORT[column.field],
            label=f"{label}, {period}",
            column=self.found.periods.index(period) * len(_COLUMNS) + _COLUMNS.index(_SHORT[column.field]),
            value=self.typed.get(place, cell.value) if note else cell.value,
            stored=cell.value,
            path=f"{sheet_address(sheet.ref)}{path}",
            note=note,
            seen=str(self.seen.get(place, "")) if note else "",
            word="" if cell.value else cell.word,
            why=cell.why,
            tag=tag_of(cell),
        )


def sheet_address(ref: SheetRef) -> str:
    """Of the whole class's sheet."""
    return reverse("gradebook:sheet", args=[ref.school_class.pk, ref.code, ref.period.value])


def propose_address(ref: SheetRef) -> str:
    """Where a correction of a locked sheet is begun."""
    return f"{sheet_address(ref)}?propose=1"


def _warnings(sheet: Sheet, cells: tuple[Cell, ...]) -> tuple[ShownDoubt, ...]:
    """What looks odd in the stored values (R23, R25, R26), in this sheet and between it and the pupil's others."""
    row = sheet.rows[0]
    doubts = row.doubts(sheet.ref)
    items = dict.fromkeys(cell.column.item for cell in cells)
    return tuple(doubt for item in items for doubt in shown_doubts(doubts.get(item, ()), row))


# -- After a save ------------------------------------------------------------------------------------------


def _place(written: Written, change: Change) -> Place:
    return written.sheet.ref.period.value, change.item, change.field


def _label(written: Written, change: Change) -> str:
    columns = {
        (column.item, column.field.value): column.label for column in written.sheet.ref.entry_columns()
    }
    return columns.get((change.item, change.field), change.item)


def _typed(written: Written) -> Iterator[tuple[Place, str]]:
    for change in written.changes:
        yield _place(written, change), change.value


def _notes(written: Written, by_id: int | None) -> Iterator[tuple[Place, Note]]:
    for refused in written.report.refused:
        change = refused.change
        place = _place(written, change)
        yield (
            place,
            Note(NoteKind.REFUSED, field_name(*place), _label(written, change), refused.message),
        )
    for conflict in written.report.conflicts:
        change = conflict.change
        place = _place(written, change)
        yield (
            place,
            Note(
                NoteKind.CONFLICT,
                field_name(*place),
                _label(written, change),
                mine=change.value,
                theirs=conflict.value,
                version=conflict.version,
                by=conflict.by,
                at=conflict.at,
                is_own=conflict.by_id is not None and conflict.by_id == by_id,
            ),
        )


def _unsaved(written: Written) -> Iterator[Unsaved]:
    if written.report.locked:
        for change in written.changes:
            ref = written.sheet.ref
            where = f"{ref.subject_label}, {ref.period}: {_label(written, change)}"
            yield Unsaved(where, change.value, propose_address(ref))


def _counts(written: list[Written]) -> dict[str, int]:
    reports = [each.report for each in written]
    return {
        "saved": sum(len(report.saved) for report in reports),
        "refused": sum(len(report.refused) for report in reports),
        "conflicts": sum(len(report.conflicts) for report in reports),
    }
