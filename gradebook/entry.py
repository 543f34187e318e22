"""The one way in for marks, levels, ratings and comments: page, autosave, Excel, correction, demo data.

Who, when, what, trace, in this order, inside one transaction (design.md, section 3):

    the period is shared and the sheet taken      windows.period_locks
    WHO    permissions.require                    or the mandate's executor
    WHEN   windows.lock_state                     the database's clock
    WHAT   the sheet's columns, grading           a bad value is refused in its cell
    versions compared                             a newer value is handed back, never overwritten
    TRACE  values and history, in one statement
    WHEN   the moment of that statement            what was written after the lock is taken back
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from accounts import permissions
from accounts.clock import moment_label
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from gradebook import grading
from gradebook.doubts import doubts_of, sentences
from gradebook.models import SubjectResult, TraitResult
from gradebook.regulation import RuleSet
from gradebook.repeat_tests import read_repeat
from gradebook.result_rows import write_results
from gradebook.sheet_checks import Pupil, remarks_on
from gradebook.sheets import NOT_OWED, Column, Field, SheetRef, value_and_version
from gradebook.standing import Result, Standing, read_standing
from gradebook.windows import LockState, lock_state, period_locks
from gradebook.year_rules import rules_of

Key = tuple[int, str]

DECIDED = "Kết quả năm học của em này đã được Hiệu trưởng phê duyệt: cần sửa thì lập phiếu đề nghị sửa."


@dataclass(frozen=True, slots=True)
class Change:
    """One touched cell: the text wanted, and what its writer saw: the row's version, or the cell's very text.

    `is_typed` is False for a cell of a plain form, which sends along what nobody touched.
    """

    student_id: int
    item: str
    field: str
    value: str
    version: int
    seen: str | None = None
    is_typed: bool = True


@dataclass(frozen=True, slots=True)
class Saved:
    """A cell as it now stands; `warnings` are sentences to show, never a refusal (rule R25).

    `is_next`: this write made the version, right after the one its writer saw, so that whoever saw the row's
    other cells at that version has seen them as they are now.
    """

    change: Change
    value: str
    version: int
    warnings: tuple[str, ...] = ()
    is_next: bool = False


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
    """Somebody wrote this cell meanwhile: both values, whose the stored one is and since when.

    `by_id` is the writer's account, so that a page can tell a colleague from the person's own other tab.
    """

    change: Change
    value: str
    version: int
    by: str
    at: str
    by_id: int | None = None


@dataclass(slots=True)
class SaveReport:
    """What became of each change. `locked` is the sentence why nothing could be written, or "".

    `entered` of `required` cells of the whole sheet hold a value after this write; both 0 while locked. `remarks`
    are sentences on the sheet as a whole. `untouched` were sent along by a plain form that showed another value than
    the stored one: typed by nobody.
    """

    saved: list[Saved] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    locked: str = ""
    entered: int = 0
    required: int = 0
    remarks: tuple[str, ...] = ()
    untouched: list[Change] = field(default_factory=list)

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
    and WHEN by the mandate's own. At most 5 statements, whatever the number of cells.
    """
    role = permissions.acting_role(by, ref.school_class, ref.line)
    request_id = under.pk if under else None
    sheet = (ref.school_class.pk, ref.line.pk if ref.line else 0)
    locks = period_locks(ref.school_class.year_id, ref.period, sheet)
    try:
        with acting(by, role=role, source=source, request_id=request_id, holding=locks):
            lock = _may_write(ref, changes, by=by, under=under)
            report = SaveReport(locked=lock.sentence if lock and not lock.is_open else "")
            if not report.locked:
                writes = _judge(ref, changes, report, lock, is_brought=source == Source.FORMER_SCHOOL)
                if not (whole and not report.is_whole):
                    _write(list(writes.values()), lock, why=why)
    except _LockedMeanwhileError:
        report = SaveReport(locked=lock_state(ref.school_class, ref.period, ref.code).sentence)
    if whole and not report.is_whole:
        raise EntryRefusedError(report)
    return report


class _LockedMeanwhileError(Exception):
    """The window closed between the question and the write; what was written is taken back."""


def _write(rows: Sequence[Result], lock: LockState | None, *, why: str) -> None:
    window = lock.window if lock else None
    written_at = write_results(rows, window_id=window.pk if window else None, why=why)
    if window and written_at and written_at >= window.closes_at:
        raise _LockedMeanwhileError


def preview_results(ref: SheetRef, changes: Sequence[Change], *, by: User) -> SaveReport:
    """What `save_results` would answer now, asked in the same order; writes nothing. Raises PermissionDenied."""
    lock = _may_write(ref, changes, by=by, under=None)
    report = SaveReport(locked=lock.sentence if lock and not lock.is_open else "")
    if not report.locked:
        _judge(ref, changes, report, lock)
    return report


def _may_write(
    ref: SheetRef, changes: Sequence[Change], *, by: User, under: Mandate | None
) -> LockState | None:
    """WHO and WHEN. None under a mandate, which no lock holds up."""
    if under is not None:
        under.check_execution(by=by, changes=changes)
        return None
    permissions.require(
        by,
        Action.ENTER_SHEET,
        f"Chỉ giáo viên được phân công mới nhập được sổ {ref.title}.",
        school_class=ref.school_class,
        line=ref.line,
    )
    return lock_state(ref.school_class, ref.period, ref.code)


def _judge(
    ref: SheetRef,
    changes: Sequence[Change],
    report: SaveReport,
    lock: LockState | None,
    *,
    is_brought: bool = False,
) -> dict[Key, Result]:
    """WHAT, and whether it is still what the writer saw. Fills the report; returns the rows to write.

    `is_brought`: the values come from a former school.
    """
    standing = read_standing(ref)
    stored = standing.stored
    seen = _Seen(ref, stored, changes)
    writes: dict[Key, Result] = {}
    accepted: list[tuple[Change, str]] = []
    for change, value, current, version in _beside_stored(ref, changes, standing, report):
        key = (change.student_id, change.item)
        if seen.is_untouched(change, value):
            accepted.append((change, current))
        elif _is_stale(change, current, value, version, seen):
            report.conflicts.append(Conflict(change, current, version, *seen.last_writer(change, current)))
        elif lock is not None and current != value and change.student_id in standing.decided:
            report.refused.append(Refused(change, DECIDED))
        else:
            accepted.append((change, value))
            if current != value:
                row = writes.setdefault(key, stored.get(key) or _blank(ref, change))
                _put(ref, row, change.field, value, is_brought=is_brought)
    for row in writes.values():
        row.version = row.version + 1 if row.pk else 1
    now = replace(standing, stored={**stored, **writes})
    for change, value in accepted:
        report.saved.append(_saved(ref, change, value, now, writes))
    _look_over(ref, now, report, lock)
    return writes


def _saved(ref: SheetRef, change: Change, value: str, now: Standing, writes: Mapping[Key, Result]) -> Saved:
    key = (change.student_id, change.item)
    row = now.stored.get(key)
    if row is None:
        return Saved(change, value, 0)
    is_next = key in writes and row.version == change.version + 1
    return Saved(change, value, row.version, _warnings(ref, row, change, now), is_next)


def _look_over(ref: SheetRef, now: Standing, report: SaveReport, lock: LockState | None) -> None:
    """What the sheet as a whole has come to: how full it is, exempt cells left out (R32), and what to point out."""
    columns = ref.columns()
    pupils = [
        Pupil(
            name,
            tuple(
                value_and_version(now.stored.get((pk, column.item)), column.field)[0]
                if now.is_expected(pk, column.item)
                else None
                for column in columns
            ),
        )
        for pk, name in now.names.items()
    ]
    expected = [value for pupil in pupils for value in pupil.values if value is not None]
    report.entered, report.required = sum(1 for value in expected if value), len(expected)
    report.remarks = remarks_on(columns, pupils, lock.left if lock else None)


def _beside_stored(
    ref: SheetRef, changes: Sequence[Change], standing: Standing, report: SaveReport
) -> Iterator[tuple[Change, str, str, int]]:
    """Of each change that `_good_values` lets stand also what is stored in its cell, and the version."""
    for change, value in _good_values(ref, changes, standing, report):
        row = standing.stored.get((change.student_id, change.item))
        yield change, value, *value_and_version(row, change.field)


def _good_values(
    ref: SheetRef, changes: Sequence[Change], standing: Standing, report: SaveReport
) -> Iterator[tuple[Change, str]]:
    """Each change whose value may stand in its cell, with the value as stored; the others go to the report."""
    columns = {(column.item, column.field.value): column for column in ref.entry_columns()}
    for change in _last_of_each_cell(changes):
        try:
            value = _checked(ref, columns.get((change.item, change.field)), change, standing)
            _check_repeat(standing.stored.get((change.student_id, change.item)), change.field, value)
            yield change, value
        except grading.ValueRefused as refusal:
            report.refused.append(Refused(change, str(refusal)))


def _is_stale(change: Change, current: str, value: str, version: int, seen: "_Seen") -> bool:
    """Whether the cell has moved on since its writer saw it. A correction names the very text it saw (rule R53)."""
    if change.seen is not None:
        return current != change.seen
    return current != value and version != change.version and seen.changed_since(change, current)


def differences(ref: SheetRef, changes: Sequence[Change]) -> tuple[list[Difference], list[Refused]]:
    """The cells with a good value that is not the stored one, and those with a bad one. Writes nothing."""
    report = SaveReport()
    standing = read_standing(ref)
    found = []
    for change, value, current, _version in _beside_stored(ref, changes, standing, report):
        if current != value:
            found.append(Difference(change, current, value))
    return found, report.refused


def typed_differences(ref: SheetRef, changes: Sequence[Change]) -> tuple[list[Difference], SaveReport]:
    """The same of what somebody has typed over what they saw: of a cell that has moved on since, a conflict. Writes
    nothing; the report has what is refused, in conflict, untouched. Three statements at most."""
    report = SaveReport()
    standing = read_standing(ref)
    seen = _Seen(ref, standing.stored, changes)
    found = []
    for change, value, current, version in _beside_stored(ref, changes, standing, report):
        if seen.is_untouched(change, value):
            report.untouched.append(change)
        elif _is_stale(change, current, value, version, seen):
            report.conflicts.append(Conflict(change, current, version, *seen.last_writer(change, current)))
        elif current != value:
            found.append(Difference(change, current, value))
    return found, report


def _last_of_each_cell(changes: Iterable[Change]) -> Iterable[Change]:
    """A cell named twice in one write counts once, as last typed."""
    return {(change.student_id, change.item, change.field): change for change in changes}.values()


def _checked(ref: SheetRef, column: Column | None, change: Change, standing: Standing) -> str:
    """The value as it will be stored, as text; raises grading.ValueRefused."""
    if change.student_id not in standing.names:
        raise grading.ValueRefused(f"Học sinh này không có trong danh sách lớp {ref.school_class.name}.")
    if column is None:
        raise grading.ValueRefused(
            f"{ref.period.label}: {ref.subject_label} khối {ref.school_class.grade_level} không có ô này."
        )
    if not standing.has_cell(change.student_id, change.item):
        raise grading.ValueRefused(NOT_OWED)
    text = change.value.strip()
    if not text:
        return ""
    against = standing.terms[change.student_id].against(change.item)
    if against:
        raise grading.ValueRefused(against)
    return _CHECKS[column.field](text, rules_of(ref.school_class.year))


_CHECKS: Mapping[Field, Callable[[str, RuleSet], str]] = {
    Field.ATTAINMENT: lambda text, _rules: grading.check_attainment(text).value,
    Field.RATING: lambda text, _rules: grading.check_rating(text).value,
    Field.MARK: lambda text, rules: str(grading.check_mark(text, rules)),
    Field.REPEAT: lambda text, rules: str(read_repeat(text, rules)),
    Field.COMMENT: grading.check_comment,
}


def _check_repeat(row: Result | None, field_name: str, value: str) -> None:
    """A repeat test stands beside a first one (rule R28). Raises grading.ValueRefused."""
    result = row if isinstance(row, SubjectResult) else SubjectResult()
    if field_name == Field.REPEAT and value and result.mark is None:
        raise grading.ValueRefused("Chưa có điểm KTĐK lần đầu. Nhập điểm lần đầu rồi ghi điểm kiểm tra lại.")
    if field_name == Field.MARK and not value and result.repeat:
        raise grading.ValueRefused(
            "Ô này có điểm kiểm tra lại nên không xoá trống được. Xoá điểm kiểm tra lại trước."
        )


def _put(ref: SheetRef, row: Result, field_name: str, value: str, *, is_brought: bool) -> None:
    """Writes a checked value into the row, and whether it came from a former school."""
    typed: Any = value
    if field_name == Field.MARK:
        typed = int(value) if value else None
    elif field_name == Field.REPEAT:
        typed = read_repeat(value, rules_of(ref.school_class.year)) if value else None
    setattr(row, field_name, typed)
    written = Field.MARK.value if field_name == Field.REPEAT else field_name
    brought = set(row.brought.split()) - {written}
    row.brought = " ".join(sorted(brought | {written} if is_brought and value else brought))


def _blank(ref: SheetRef, change: Change) -> Result:
    if ref.line is not None:
        return SubjectResult(student_id=change.student_id, line=ref.line, period=ref.period)
    return TraitResult(
        student_id=change.student_id, year_id=ref.school_class.year_id, period=ref.period, item=change.item
    )


def _warnings(ref: SheetRef, row: Result, change: Change, now: Standing) -> tuple[str, ...]:
    if change.field == Field.COMMENT:
        return ()
    values = {each.value: value_and_version(row, each)[0] for each in Field if hasattr(row, each)}
    return sentences(doubts_of(ref, change.item, values, now.counterparts(change.student_id)))


class _Seen:
    """What a writer saw: asks the history, once for all rows, only where a version differs."""

    def __init__(self, ref: SheetRef, stored: Mapping[Key, Result], changes: Sequence[Change]) -> None:
        self._rows = stored
        # History rows have the fields of the row and who and when besides.
        self._past: dict[int, dict[int, Any]] = {}
        ids = {
            row.pk
            for change in changes
            if (row := stored.get((change.student_id, change.item)))
            and (row.version != change.version or change.seen is not None)
        }
        if ids:
            self._past = _history_of(ref, ids)

    def is_untouched(self, change: Change, value: str) -> bool:
        """Whether a cell of a row that moved on holds just what its writer saw there: sent along, not typed."""
        if change.is_typed or (change.student_id, change.item) not in self._rows:
            return False
        return self._then(change) == value

    def changed_since(self, change: Change, current: str) -> bool:
        """Whether this very cell has another value now than at the version its writer saw."""
        return (change.student_id, change.item) in self._rows and (self._then(change) or "") != current

    def last_writer(self, change: Change, current: str) -> tuple[str, str, int | None]:
        """Who gave the cell its value, when (hh:mm:ss dd/mm/yyyy), by which account: not the row's last writer."""
        row = self._rows.get((change.student_id, change.item))
        found = None
        for _version, past in sorted(self._past.get(row.pk, {}).items(), reverse=True) if row else ():
            if value_and_version(past, change.field)[0] != current:
                break
            found = past
        return _writer(found)

    def _then(self, change: Change) -> str | None:
        """The cell at the version its writer saw: "" before the row's first, None if history has no such version."""
        if change.version == 0:
            return ""
        past = self._past.get(self._rows[change.student_id, change.item].pk, {}).get(change.version)
        return None if past is None else value_and_version(past, change.field)[0]


def _history_of(ref: SheetRef, ids: Collection[int]) -> dict[int, dict[int, Any]]:
    """History rows by the row's id and version. One statement."""
    model = SubjectResult if ref.line is not None else TraitResult
    found: dict[int, dict[int, Any]] = {}
    for row in model.history.filter(id__in=ids).select_related("history_user").order_by("history_id"):
        found.setdefault(row.id, {})[row.version] = row
    return found


def _writer(row: Any) -> tuple[str, str, int | None]:
    if row is None:
        return "", "", None
    return str(row.history_user or "Hệ thống"), moment_label(row.history_date), row.history_user_id
