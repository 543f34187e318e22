"""What the page of a mark sheet shows: the sheet, what became of a save, and which way it can be used now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.urls import reverse

from gradebook.comment_remarks import alike_remarks, comment_remarks
from gradebook.doubts import Doubt
from gradebook.entry import Change, SaveReport
from gradebook.regulation import Period, RuleSet
from gradebook.sheet_checks import Pupil, remarks_on
from gradebook.sheet_forms import cell_name
from gradebook.sheets import Cell, Column, Field, Row, Sheet
from gradebook.year_rules import rules_of


class Mode(StrEnum):
    """READ: text, each cell with a way to its history. EDIT: saves. PROPOSE: fills in a correction request."""

    READ = "read"
    EDIT = "edit"
    PROPOSE = "propose"


class NoteKind(StrEnum):
    """What is said of a cell; the value is the state that style and script know it by."""

    SAVED = "saved"
    REFUSED = "refused"
    CONFLICT = "conflict"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence on one cell, shown under its row; a conflict also has both values, and whose the other is.

    `is_own`: the other value is the person's own, written in another tab or on another computer.
    """

    kind: NoteKind
    name: str
    label: str
    text: str = ""
    mine: str = ""
    theirs: str = ""
    version: int = 0
    by: str = ""
    at: str = ""
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class ShownDoubt:
    """A sentence on a cell's values or comment, and the reason given for them, "" for none."""

    sentence: str
    answer: str


@dataclass(frozen=True, slots=True)
class ShownCell:
    """`name` as in the form's fields; `head` numbers the column; `path` leads to the cell's history.

    Where a typed value could not be saved, `note` says why, `value` is the typed one, `stored` what the database
    holds and `seen` the version that the typed one rests on. `doubts` is what looks odd in the stored values, or in
    the comment: a sign in the cell, the sentences when the cell is pointed at or has the focus. `word` stands where
    a decision says that there is no value, `why` names it; a value of before is shown in its stead, closed like the
    word. `tag` says what is particular of a value: brought, tested again, kept though it does not count.
    """

    name: str
    value: str
    kind: str
    head: int
    path: str
    state: str = ""
    note: Note | None = None
    stored: str = ""
    seen: str = ""
    doubts: tuple[ShownDoubt, ...] = ()
    word: str = ""
    why: str = ""
    tag: str = ""

    @property
    def shown(self) -> str:
        return self.value or self.word

    @property
    def is_answered(self) -> bool:
        return all(doubt.answer for doubt in self.doubts)


@dataclass(frozen=True, slots=True)
class ShownRow:
    """`beside` stands by the name: what is adjusted for the pupil, and how (KHGDCN), or that values do not count."""

    key: str
    number: str
    name: str
    birth: str
    gender: str
    cells: tuple[ShownCell, ...]
    versions: tuple[str, ...]
    has_no_gender: bool
    notes: tuple[Note, ...]
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    number: int
    label: str
    kind: str

    @property
    def is_long(self) -> bool:
        """Gets a wider column, else the head of the table would take the height of two pupils."""
        return self.kind == "rating" and len(self.label) > LONGEST_IN_A_NARROW_COLUMN


@dataclass(frozen=True, slots=True)
class Tab:
    """A way to another period, another sheet of the class, or the same line of another class."""

    label: str
    url: str
    is_current: bool
    state: str = ""
    icon: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A save through the plain form: what was typed, by cell name, what became of it, and by which account."""

    report: SaveReport
    typed: Mapping[str, str]
    seen: Mapping[tuple[int, str, str], int] = field(default_factory=dict)
    by_id: int | None = None


@dataclass(frozen=True, slots=True)
class SheetPage:
    """Everything the template needs, in the order it stands there."""

    sheet: Sheet
    mode: Mode
    address: str
    rows: tuple[ShownRow, ...]
    headings: tuple[Heading, ...]
    groups: tuple[tuple[str, int], ...]
    periods: tuple[Tab, ...]
    own_sheets: tuple[Tab, ...]
    own_classes: tuple[Tab, ...]
    rules: RuleSet
    propose_url: str
    counts: Mapping[str, int]
    alike: tuple[str, ...]
    remarks: tuple[str, ...] = ()

    @property
    def versions(self) -> str:
        """What the form sends along of all rows, in one field: a field each would be a third of the page's weight."""
        return " ".join(version for row in self.rows for version in row.versions)

    @property
    def doubtful(self) -> int:
        """Sentences in the sheet on what looks odd."""
        return sum(len(cell.doubts) for row in self.rows for cell in row.cells)

    @property
    def answered(self) -> int:
        return sum(1 for row in self.rows for cell in row.cells for doubt in cell.doubts if doubt.answer)

    @property
    def notices(self) -> int:
        """All that is pointed out above the table: of the sheet, of a column, of single values."""
        return len(self.remarks) + len(self.alike) + self.doubtful

    @property
    def first_notice(self) -> str:
        """What the fold says while it is closed; "" where it is of single values alone."""
        return next(iter((*self.remarks, *self.alike)), "")

    @property
    def is_editable(self) -> bool:
        return self.mode != Mode.READ

    @property
    def width(self) -> int:
        """Columns of the table, for the rows that hold notes."""
        return len(self.headings) + 4

    @property
    def no_mark(self) -> str:
        """Why the sheet of a line has no column for marks: not applicable, which is not the same as not entered."""
        ref = self.sheet.ref
        if ref.line is None or ref.has_mark:
            return ""
        return (
            f"{ref.line.line.name} khối {ref.school_class.grade_level} không có bài kiểm tra định kì ở thời điểm này, "
            "nên sổ không có cột điểm KTĐK."
        )

    @property
    def key(self) -> str:
        return self.sheet.ref.key


LONGEST_IN_A_NARROW_COLUMN = 20
UNCOUNTED = "không tính"
_KINDS = {Field.ATTAINMENT: "level", Field.RATING: "rating", Field.MARK: "mark", Field.COMMENT: "comment"}


def build_page(sheet: Sheet, *, mode: Mode, propose_url: str, outcome: Outcome | None = None) -> SheetPage:
    """The page of a sheet, after a plain save with its outcome. No statement."""
    ref = sheet.ref
    notes = dict(_notes(sheet, outcome)) if outcome else {}
    remarks = comment_remarks(sheet)
    return SheetPage(
        sheet=sheet,
        mode=mode,
        address=_address(sheet, ref.code, ref.period),
        rows=tuple(_row(sheet, row, outcome, notes, remarks) for row in sheet.rows),
        headings=tuple(
            Heading(number, column.label, _KINDS[column.field]) for number, column in enumerate(sheet.columns)
        ),
        groups=_groups(sheet.columns),
        periods=tuple(_period_tabs(sheet)),
        own_sheets=tuple(
            Tab(label, _address(sheet, code, ref.period), code == ref.code)
            for code, label in sheet.own_sheets
        ),
        own_classes=tuple(
            Tab(name, _address(sheet, ref.code, ref.period, class_id), class_id == ref.school_class.pk)
            for class_id, name in sheet.own_classes
        ),
        rules=rules_of(ref.school_class.year),
        propose_url=propose_url,
        counts=_counts(outcome),
        alike=alike_remarks(sheet),
        remarks=remarks_on(sheet.columns, _pupils(sheet), sheet.lock.left),
    )


def _pupils(sheet: Sheet) -> list[Pupil]:
    return [
        Pupil(row.student.full_name, tuple(cell.value if cell.is_expected else None for cell in row.cells))
        for row in sheet.rows
    ]


def _address(sheet: Sheet, code: str, period: str, class_id: int | None = None) -> str:
    return reverse("gradebook:sheet", args=[class_id or sheet.ref.school_class.pk, code, str(period)])


def _row(
    sheet: Sheet,
    row: Row,
    outcome: Outcome | None,
    notes: Mapping[str, Note],
    remarks: Mapping[str, Sequence[str]],
) -> ShownRow:
    places = _places_of_doubts(sheet.columns)
    doubts = row.doubts(sheet.ref)
    cells = tuple(
        _cell(
            row,
            cell,
            number,
            outcome,
            notes.get(cell_name(row, cell)),
            doubts=shown_doubts(doubts.get(cell.column.item, ()), row)
            if cell.column.field in places
            else tuple(ShownDoubt(sentence, "") for sentence in remarks.get(cell_name(row, cell), ())),
        )
        for number, cell in enumerate(row.cells)
    )
    return ShownRow(
        key=str(row.student.pk),
        number=str(row.number),
        name=row.student.full_name,
        birth=row.student.birth_label,
        gender="Nữ" if row.student.gender == row.student.Gender.FEMALE else "",
        has_no_gender=row.student.gender == row.student.Gender.UNKNOWN,
        cells=cells,
        versions=tuple(
            f"{row.student.pk}.{item}.{version}" for item, version in row.versions.items() if version
        ),
        notes=tuple(cell.note for cell in cells if cell.note),
        beside=_beside(sheet, row),
    )


def _beside(sheet: Sheet, row: Row) -> str:
    if row.terms.is_not_assessed and any(cell.value for cell in row.cells):
        return "không đánh giá: giữ, không tính"
    adjusted = _adjusted(sheet, row)
    return f"điều chỉnh: {adjusted}" if adjusted else ""


def _adjusted(sheet: Sheet, row: Row) -> str:
    names = {column.item: column.label for column in sheet.columns if column.field == Field.RATING}
    own = {column.item for column in sheet.columns} & row.terms.adjusted.keys()
    return "; ".join(
        f"{names[item]}: {row.terms.adjusted[item]}" if item in names else row.terms.adjusted[item]
        for item in sorted(own)
    )


def tag_of(cell: Cell) -> str:
    """In two words, under the value."""
    if cell.word:
        return UNCOUNTED if cell.value else ""
    if cell.repeat:
        is_official = cell.repeat.is_official
        return f"lần đầu: {cell.first_mark}" if is_official else f"KT lại: {cell.repeat.mark}"
    return "trường cũ" if cell.is_brought and cell.value else ""


def _cell(
    row: Row,
    cell: Cell,
    number: int,
    outcome: Outcome | None,
    note: Note | None,
    *,
    doubts: tuple[ShownDoubt, ...],
) -> ShownCell:
    name = cell_name(row, cell)
    is_unsaved = note is not None and note.kind != NoteKind.SAVED
    is_typed = outcome is not None and is_unsaved and cell.is_expected
    typed = outcome.typed.get(name, cell.value) if outcome and is_typed else cell.value
    column = cell.column
    seen = outcome.seen.get((row.student.pk, column.item, column.field.value)) if outcome else None
    return ShownCell(
        name=name,
        value=typed,
        kind=_KINDS[column.field],
        head=number,
        path=f"history/{row.student.pk}/{column.item}/{column.field.value}/",
        state=note.kind.value if note and (is_unsaved or not doubts) else "",
        note=note if is_unsaved else None,
        stored=cell.value,
        seen="" if seen is None or not is_unsaved else str(seen),
        doubts=() if is_unsaved else doubts,
        word=cell.word,
        why=cell.why,
        tag=tag_of(cell),
    )


def _notes(sheet: Sheet, outcome: Outcome) -> Iterator[tuple[str, Note]]:
    """By cell name: what the save did with each cell that it was asked to write."""
    labels = {(column.item, column.field.value): column.label for column in sheet.ref.entry_columns()}
    report = outcome.report
    if report.locked:
        stored = {cell_name(row, cell): cell for row in sheet.rows for cell in row.entry_cells(sheet.ref)}
        for name, text in outcome.typed.items():
            if text != stored[name].value:
                yield (
                    name,
                    Note(
                        NoteKind.CHANGED,
                        name,
                        stored[name].column.label,
                        "Chưa lưu vì sổ đã khoá; còn giữ ở đây.",
                    ),
                )
    for saved in report.saved:
        name = _name(saved.change)
        yield name, Note(NoteKind.SAVED, name, labels[saved.change.item, saved.change.field])
    for refused in report.refused:
        name = _name(refused.change)
        label = labels[refused.change.item, refused.change.field]
        yield name, Note(NoteKind.REFUSED, name, label, refused.message)
    for conflict in report.conflicts:
        name = _name(conflict.change)
        yield (
            name,
            Note(
                NoteKind.CONFLICT,
                name,
                labels[conflict.change.item, conflict.change.field],
                mine=conflict.change.value,
                theirs=conflict.value,
                version=conflict.version,
                by=conflict.by,
                at=conflict.at,
                is_own=conflict.by_id is not None and conflict.by_id == outcome.by_id,
            ),
        )


def _name(change: Change) -> str:
    return f"{change.student_id}.{change.item}.{change.field}"


def _places_of_doubts(columns: tuple[Column, ...]) -> frozenset[Field]:
    """Where the sign stands: at the mark, or at the level of a line that has none; at each rating."""
    fields = {column.field for column in columns}
    return frozenset({Field.MARK if Field.MARK in fields else Field.ATTAINMENT, Field.RATING})


def shown_doubts(doubts: tuple[Doubt, ...], row: Row) -> tuple[ShownDoubt, ...]:
    return tuple(
        ShownDoubt(doubt.sentence, answer.words if (answer := row.answers.get(doubt)) else "")
        for doubt in doubts
    )


def _groups(columns: tuple[Column, ...]) -> tuple[tuple[str, int], ...]:
    """(group, number of columns) from left to right; empty for the sheet of a line."""
    counted: dict[str, int] = {}
    for column in columns:
        counted[column.group] = counted.get(column.group, 0) + 1
    return tuple(counted.items()) if any(counted) else ()


def _period_tabs(sheet: Sheet) -> Iterator[Tab]:
    for period, lock in sheet.locks.items():
        is_current = period == sheet.ref.period
        if period is Period.SUPPLEMENTARY and not (is_current or lock.is_open or lock.is_over):
            continue
        state, icon = (
            ("mở", "unlock") if lock.is_open else ("khoá", "lock") if lock.is_over else ("chưa mở", "clock")
        )
        yield Tab(
            period.value,
            _address(sheet, sheet.ref.code, period),
            is_current,
            state,
            icon,
            f"{period.label}. {lock.sentence}",
        )


def _counts(outcome: Outcome | None) -> dict[str, int]:
    if outcome is None:
        return {}
    report = outcome.report
    return {
        "saved": len(report.saved),
        "refused": len(report.refused),
        "conflicts": len(report.conflicts),
    }
