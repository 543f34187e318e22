"""The one way in for marks, levels, ratings and comments: page, autosave, Excel, correction, demo data.

Who, when, what, trace, in this order, inside one transaction (design.md, section 3):

    the period is shared and the sheet taken      windows.hold_period
    WHO    permissions.may_enter                  or the mandate's executor
    WHEN   windows.lock_state                     the database's clock
    WHAT   the sheet's columns, grading           a bad value is refused in its cell
    versions compared                             a newer value is handed back, never overwritten
    TRACE  values and history, in bulk
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from accounts import permissions
from accounts.clock import moment_label
from accounts.history import Source, acting, record_bulk
from accounts.models import User
from gradebook import grading
from gradebook.models import SubjectResult, TraitResult
from gradebook.regulation import Attainment, rules_for
from gradebook.sheets import Column, Field, SheetRef, stored_results, value_and_version
from gradebook.windows import hold_period, lock_state
from students.models import Enrolment

Result = SubjectResult | TraitResult
Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One touched cell: the text wanted, and what its writer saw: the row's version, or the cell's very text."""

    student_id: int
    item: str
    field: str
    value: str
    version: int
    seen: str | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """A cell as it now stands; `warnings` are sentences to show, never a refusal (rule R25)."""

    change: Change
    value: str
    version: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    change: Change
    message: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell as it is stored and as somebody would have it, both as text."""

    change: Change
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody wrote this cell meanwhile: both values, whose the stored one is and since when."""

    change: Change
    value: str
    version: int
    by: str
    at: str


@dataclass(slots=True)
class SaveReport:
    """What became of each change. `locked` is the sentence why nothing could be written, or ""."""

    saved: list[Saved] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    locked: str = ""

    @property
    def is_whole(self) -> bool:
        return not (self.locked or self.refused or self.conflicts)


class EntryRefusedError(Exception):
    """An all-or-nothing write could not be whole; nothing was written. `report` says which cells and why."""

    def __init__(self, report: SaveReport) -> None:
        super().__init__(report.locked or "; ".join(refusal.message for refusal in report.refused))
        self.report = report


class Mandate(Protocol):
    """The paper under which an approved correction may be carried out after the lock."""

    pk: int

    def check_execution(self, *, by: User, changes: Sequence[Change]) -> None:
        """Raises PermissionDenied unless `by` may write exactly these changes, once, now."""


def save_results(
    ref: SheetRef,
    changes: Sequence[Change],
    *,
    by: User,
    source: Source,
    under: Mandate | None = None,
    whole: bool = False,
    why: str = "",
) -> SaveReport:
    """Writes the touched cells of one sheet and their history; raises PermissionDenied for the wrong person.

    Cells are judged one by one: good ones are written, bad ones come back with their reason. With `whole` (Excel,
    corrections) nothing is written unless every cell can be: EntryRefusedError. `under` replaces the questions WHO
    and WHEN by the mandate's own. At most 12 statements, whatever the number of cells.
    """
    role = permissions.acting_role(by, ref.school_class, ref.line)
    request_id = under.pk if under else None
    paper = f"request:{request_id}" if under else ""
    with acting(by, role=role, source=source, under=paper, request_id=request_id):
        hold_period(
            ref.school_class.year_id, ref.period, (ref.school_class.pk, ref.line.pk if ref.line else 0)
        )
        window_id, locked = _may_write(ref, changes, by=by, under=under)
        report = SaveReport(locked=locked)
        if not locked:
            writes = _judge(ref, changes, report)
            if not (whole and not report.is_whole):
                _write(ref, writes, window_id=window_id, why=why)
        if whole and not report.is_whole:
            raise EntryRefusedError(report)
    return report


def _may_write(
    ref: SheetRef, changes: Sequence[Change], *, by: User, under: Mandate | None
) -> tuple[int | None, str]:
    """WHO and WHEN. The id of the open window, and the sentence why it is locked if it is."""
    if under is not None:
        under.check_execution(by=by, changes=changes)
        return None, ""
    permissions.require(
        permissions.may_enter(by, ref.school_class, ref.line),
        f"Chỉ giáo viên được phân công mới nhập được sổ {ref.title}.",
    )
    lock = lock_state(ref.school_class, ref.period)
    return (lock.window.pk, "") if lock.window else (None, lock.sentence)


def _judge(ref: SheetRef, changes: Sequence[Change], report: SaveReport) -> dict[Key, Result]:
    """WHAT, and whether it is still what the writer saw. Fills the report; returns the rows to write."""
    stored = stored_results(ref, [change.student_id for change in changes])
    seen = _Seen(ref, stored, changes)
    writes: dict[Key, Result] = {}
    accepted: list[tuple[Change, str]] = []
    for change, value in _good_values(ref, changes, report):
        key = (change.student_id, change.item)
        current, version = value_and_version(stored.get(key), change.field)
        if _is_stale(change, current, value, version, seen):
            report.conflicts.append(Conflict(change, current, version, *seen.last_writer(key)))
            continue
        accepted.append((change, value))
        if current != value:
            row = writes.setdefault(key, stored.get(key) or _blank(ref, change))
            setattr(row, change.field, _typed(change.field, value))
    for row in writes.values():
        row.version = row.version + 1 if row.pk else 1
    for change, value in accepted:
        row = writes.get((change.student_id, change.item)) or stored.get((change.student_id, change.item))
        report.saved.append(
            Saved(change, value, row.version if row else 0, _warnings(ref, row, change.field) if row else ())
        )
    return writes


def _good_values(
    ref: SheetRef, changes: Sequence[Change], report: SaveReport
) -> Iterator[tuple[Change, str]]:
    """Each change whose value may stand in its cell, with the value as stored; the others go to the report."""
    columns = {(column.item, column.field.value): column for column in ref.columns()}
    enrolled = set(
        Enrolment.objects.roster(ref.school_class)
        .filter(student_id__in={change.student_id for change in changes})
        .values_list("student_id", flat=True)
    )
    for change in _last_of_each_cell(changes):
        try:
            yield change, _checked(ref, columns.get((change.item, change.field)), change, enrolled)
        except grading.ValueRefused as refusal:
            report.refused.append(Refused(change, str(refusal)))


def _is_stale(change: Change, current: str, value: str, version: int, seen: "_Seen") -> bool:
    """Whether the cell has moved on since its writer saw it. A correction names the very text it saw (rule R53)."""
    if change.seen is not None:
        return current != change.seen
    return current != value and version != change.version and seen.changed_since(change, current)


def differences(ref: SheetRef, changes: Sequence[Change]) -> tuple[list[Difference], list[Refused]]:
    """The cells whose wanted value is good and not what is stored, and those whose value is bad. Writes nothing."""
    report = SaveReport()
    stored = stored_results(ref, [change.student_id for change in changes])
    found = []
    for change, value in _good_values(ref, changes, report):
        current, _version = value_and_version(stored.get((change.student_id, change.item)), change.field)
        if current != value:
            found.append(Difference(change, current, value))
    return found, report.refused


def _last_of_each_cell(changes: Iterable[Change]) -> Iterable[Change]:
    """A cell named twice in one write counts once, as last typed."""
    return {(change.student_id, change.item, change.field): change for change in changes}.values()


def _checked(ref: SheetRef, column: Column | None, change: Change, enrolled: set[int]) -> str:
    """The value as it will be stored, as text; raises grading.ValueRefused."""
    if change.student_id not in enrolled:
        raise grading.ValueRefused(f"Học sinh này không có trong danh sách lớp {ref.school_class.name}.")
    if column is None:
        raise grading.ValueRefused(
            f"{ref.period.label}: {ref.subject_label} khối {ref.school_class.grade_level} không có ô này."
        )
    text = change.value.strip()
    if not text:
        return ""
    rules = rules_for(ref.school_class.year_id)
    if column.field == Field.ATTAINMENT:
        return grading.check_attainment(text).value
    if column.field == Field.RATING:
        return grading.check_rating(text).value
    if column.field == Field.MARK:
        return str(grading.check_mark(text, rules))
    return grading.check_comment(text, rules)


def _typed(field_name: str, value: str) -> str | int | None:
    if field_name == Field.MARK:
        return int(value) if value else None
    return value


def _blank(ref: SheetRef, change: Change) -> Result:
    if ref.line is not None:
        return SubjectResult(student_id=change.student_id, line=ref.line, period=ref.period)
    return TraitResult(
        student_id=change.student_id, year_id=ref.school_class.year_id, period=ref.period, item=change.item
    )


def _warnings(ref: SheetRef, row: Result, field_name: str) -> tuple[str, ...]:
    """Level and mark that seldom go together (R25), and a mark of 0 (R23)."""
    if not isinstance(row, SubjectResult) or field_name == Field.COMMENT:
        return ()
    rules = rules_for(ref.school_class.year_id)
    attainment = Attainment(row.attainment) if row.attainment else None
    zero = grading.zero_warning(row.mark)
    return (*((zero,) if zero else ()), *grading.mark_warnings(attainment, row.mark, rules))


class _Seen:
    """What a writer saw: asks the history, once for all rows, only where a version differs."""

    def __init__(self, ref: SheetRef, stored: dict[Key, Result], changes: Sequence[Change]) -> None:
        self._rows = stored
        stale = {
            (change.student_id, change.item)
            for change in changes
            if (row := stored.get((change.student_id, change.item))) and row.version != change.version
        }
        self._past = _history_of(ref, [stored[key].pk for key in stale]) if stale else {}

    def changed_since(self, change: Change, current: str) -> bool:
        """Whether this very cell has another value now than at the version its writer saw."""
        row = self._rows.get((change.student_id, change.item))
        if row is None:
            return False
        then = self._past.get((row.pk, change.version))
        return value_and_version(then, change.field)[0] != current

    def last_writer(self, key: Key) -> tuple[str, str]:
        """Name and moment (hh:mm dd/mm/yyyy) of the newest version."""
        row = self._rows[key]
        return _writer(self._past.get((row.pk, row.version)))


def _history_of(ref: SheetRef, ids: list[int]) -> dict[tuple[int, int], Result]:
    model = SubjectResult if ref.line is not None else TraitResult
    rows = model.history.filter(id__in=ids).select_related("history_user").order_by("history_id")
    return {(row.id, row.version): row for row in rows}


def _writer(row: "Result | None") -> tuple[str, str]:
    if row is None:
        return "", ""
    return str(row.history_user or "Hệ thống"), moment_label(row.history_date)


_FIELDS = {
    SubjectResult: ["attainment", "mark", "comment", "version"],
    TraitResult: ["rating", "comment", "version"],
}
_UNIQUE = {SubjectResult: ["line", "period", "student"], TraitResult: ["student", "year", "period", "item"]}


def _write(ref: SheetRef, writes: dict[Key, Result], *, window_id: int | None, why: str) -> None:
    """Values in one statement, history in one for new rows and one for changed ones."""
    if not writes:
        return
    rows = list(writes.values())
    model = type(rows[0])
    new = [row for row in rows if row.pk is None]
    changed = [row for row in rows if row.pk is not None]
    model.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=_UNIQUE[model], update_fields=_FIELDS[model]
    )
    record_bulk(new, changed=False, why=why, window_id=window_id)
    record_bulk(changed, changed=True, why=why, window_id=window_id)
