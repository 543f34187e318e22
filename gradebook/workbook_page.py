"""What the upload page shows of a file: each cell old → new, in conflict, or refused with its place in the file."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gradebook.entry import Change, Saved, SaveReport
from gradebook.sheets import Field, Row, SheetRef, columns_of
from gradebook.workbook_columns import file_columns
from gradebook.workbook_forms import Wanted, name_of
from gradebook.workbook_rows import CellKey, Place, ReadSheet

# As many pupils with one comment are worth a word, and as much of a refused text is shown.
FEWEST_ALIKE = 5
MOST_SHOWN = 160


class LineKind(StrEnum):
    """What would become of a cell."""

    REFUSED = "refused"
    CONFLICT = "conflict"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One cell. A conflict also has whose the stored value is, since when, its version, and the answer chosen."""

    kind: LineKind
    place: str
    pupil: str = ""
    column: str = ""
    old: str = ""
    new: str = ""
    remarks: tuple[str, ...] = ()
    name: str = ""
    by: str = ""
    at: str = ""
    version: int = 0
    answer: str = ""
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """The dry run: refused first, then conflicts, then changes in the order of the sheet.

    `wanted` is what a second step may write: changes at the version shown, conflicts at the version of the file.
    """

    file_name: str
    refused: tuple[PreviewLine, ...]
    conflicts: tuple[PreviewLine, ...]
    changes: tuple[PreviewLine, ...]
    warnings: tuple[str, ...]
    unused: tuple[str, ...]
    unchanged: int
    wanted: Wanted
    elsewhere: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[PreviewLine, ...]:
        return (*self.refused, *self.conflicts, *self.changes)

    @property
    def may_apply(self) -> bool:
        return not self.refused and bool(self.conflicts or self.changes)

    @property
    def headline(self) -> str:
        """What pressing the button writes, in a sentence."""
        pupils = len({line.pupil for line in self.changes})
        new = sum(1 for line in self.changes if not line.old)
        counts = ((new, "ô đang trống"), (len(self.changes) - new, "ô thay giá trị cũ"))
        parts = ", ".join(f"{count} {what}" for count, what in counts if count)
        return f"Ghi {len(self.changes)} ô của {pupils} học sinh: {parts}."


def build_preview(
    ref: SheetRef,
    rows: Sequence[Row],
    report: SaveReport,
    wanted: Wanted,
    *,
    read: ReadSheet | None = None,
    answers: Mapping[str, str] | None = None,
    prefix: str = "",
    by_id: int | None = None,
) -> Preview:
    """The dry run of a file; `report` is what saving `wanted` would answer. No statement.

    `read` is what the file holds besides; `by_id` the account that looks, to tell own writes from a colleague's.
    """
    problems = read.problems if read else ()
    shown = _Shown(ref, rows, wanted, answers or {}, prefix)
    refused = [
        PreviewLine(
            LineKind.REFUSED,
            problem.place,
            new=shortened(problem.value),
            remarks=(_sentence(problem.message),),
        )
        for problem in problems
        if problem.level == "error"
    ]
    refused += [
        shown.line(LineKind.REFUSED, each.change, new=shortened(each.change.value), remarks=(each.message,))
        for each in report.refused
    ]
    conflicts = tuple(
        shown.line(
            LineKind.CONFLICT,
            each.change,
            by=each.by,
            at=each.at,
            version=each.version,
            is_own=each.by_id is not None and each.by_id == by_id,
        )
        for each in report.conflicts
    )
    changed = [each for each in report.saved if each.value != shown.old(each.change)]
    return Preview(
        file_name=wanted.file_name,
        refused=tuple(refused),
        conflicts=conflicts,
        changes=tuple(
            shown.line(LineKind.CHANGE, each.change, new=each.value, remarks=shown.not_yet_said(each))
            for each in changed
        ),
        warnings=(
            *(str(problem) for problem in problems if problem.level == "warning"),
            *same_for_all(ref, rows, changed),
        ),
        unused=read.unused if read else (),
        unchanged=len(report.saved) - len(changed),
        wanted=Wanted(
            wanted.file_name,
            (
                *(shown.at_shown_version(each.change, each.value) for each in changed),
                *(each.change for each in report.conflicts),
            ),
            wanted.places,
        ),
        elsewhere=read.elsewhere if read else (),
    )


def same_for_all(ref: SheetRef, rows: Sequence[Row], changed: Sequence[Saved]) -> Iterator[str]:
    """A sentence for each column of the file that would give a whole class one value, or most of it one comment."""
    new = {_key(each.change): each.value for each in changed}
    touched = {(item, field) for _pupil, item, field in new}
    for index, column in enumerate(columns_of(ref, rows)):
        if (column.item, column.field.value) not in touched:
            continue
        values = [
            new.get((row.student.pk, column.item, column.field.value), row.cells[index].value) for row in rows
        ]
        value, times = Counter(value for value in values if value).most_common(1)[0]
        if times < FEWEST_ALIKE:
            continue
        if column.field == Field.COMMENT and 2 * times > len(rows):
            yield (
                f"Cột «{column.label}»: {times} trên {len(rows)} em có cùng một nhận xét «{shortened(value)}». Nhận "
                "xét nên nói riêng từng em."
            )
        elif column.field != Field.COMMENT and times == len(rows):
            yield f"Cột «{column.label}»: cả {times} em cùng «{value}». Xem lại có đúng không."


def shortened(text: str) -> str:
    """The beginning of a long text, for a message."""
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN].rstrip()}…"


class _Shown:
    """Cells of a file by name, beside what the sheet holds."""

    def __init__(
        self, ref: SheetRef, rows: Sequence[Row], wanted: Wanted, answers: Mapping[str, str], prefix: str
    ) -> None:
        self._prefix = prefix
        self._places = wanted.places
        self._answers = answers
        self._said: dict[int, set[str]] = {}
        self._labels = {
            (each.item, each.field.value): each.label for each in (*file_columns(ref), *ref.entry_columns())
        }
        self._pupils = {row.student.pk: row.student.full_name for row in rows}
        self._cells = {
            (row.student.pk, cell.column.item, cell.column.field.value): cell
            for row in rows
            for cell in row.entry_cells(ref)
        }

    def old(self, change: Change) -> str:
        cell = self._cells.get(_key(change))
        return cell.value if cell else ""

    def not_yet_said(self, saved: Saved) -> tuple[str, ...]:
        """A warning on level and mark comes with both cells; once a pupil is enough."""
        said = self._said.setdefault(saved.change.student_id, set())
        fresh = tuple(sentence for sentence in saved.warnings if sentence not in said)
        said.update(fresh)
        return fresh

    def at_shown_version(self, change: Change, value: str) -> Change:
        return Change(change.student_id, change.item, change.field, value, self._cells[_key(change)].version)

    def line(
        self,
        kind: LineKind,
        change: Change,
        *,
        new: str | None = None,
        remarks: tuple[str, ...] = (),
        by: str = "",
        at: str = "",
        version: int = 0,
        is_own: bool = False,
    ) -> PreviewLine:
        name = f"{self._prefix}{name_of(change)}"
        return PreviewLine(
            kind=kind,
            place=_place_label(self._places.get(_key(change))),
            pupil=self._pupils.get(change.student_id, ""),
            column=self._labels.get((change.item, change.field), ""),
            old=self.old(change),
            new=change.value if new is None else new,
            remarks=remarks,
            name=name,
            by=by,
            at=at,
            version=version,
            answer=self._answers.get(f"k.{name}", ""),
            is_own=is_own,
        )


def _key(change: Change) -> CellKey:
    return change.student_id, change.item, change.field


def _place_label(place: Place | None) -> str:
    return place.problem("", "").place if place else ""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
