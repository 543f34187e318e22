"""Years before Thông tư 27/2020 come in by one way: of one pupil from a form, of many from a file (PLAN IV.3; R58).

The clerk copies what a signed học bạ on paper says, and names that paper: nothing is assessed here, nothing computed. A
record is never deleted; correcting one needs a reason, raises its version and leaves the former values in the history.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.db.models import QuerySet

from accounts import permissions
from accounts.clock import moment_label
from accounts.history import CLERK_ROLE, Source, acting, record_bulk
from accounts.models import User
from accounts.powers import Action
from gradebook.grading import says_something
from gradebook.models import OldYearLine, OldYearRecord
from gradebook.models.old_years import OLD_YEAR_FIELDS
from gradebook.old_year_cells import Change, changes, texts_of
from gradebook.regulation import year_label
from gradebook.regulation_2016 import OLD_LINES, OLD_TRAITS, OldResult, OldYear, blank_in, check_old_year
from students.models import Enrolment, Student

WHO_KEEPS: Final = "Kết quả các năm học trước Thông tư 27/2020 do văn thư chép từ học bạ giấy."
_LEAST_OF_A_REASON: Final = "Ghi lí do sửa, ít nhất 3 chữ cái hoặc chữ số."
_LONGEST_REASON: Final = 300
_YOUNGEST: Final = 4
"""With the grade: the age of somebody a year early in it."""
_RATINGS: Final = tuple(trait.code for trait in OLD_TRAITS)
_WRITTEN: Final = (*OLD_YEAR_FIELDS, *_RATINGS, "version", "reason")


class OldYearRefused(Exception):
    """Nothing was written; `field` is the cell or «reason», "" the whole page."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class OldYearChanged(Exception):
    """Somebody has written the same since it was read; nothing was written."""


class Deed(StrEnum):
    """What becomes of a year page; `kind` and `icon` are how its state looks (_state.html)."""

    NEW = "new"
    CORRECTED = "corrected"
    SAME = "same"

    @property
    def label(self) -> str:
        return {"new": "Ghi mới", "corrected": "Sửa", "same": "Giữ nguyên"}[self.value]

    @property
    def kind(self) -> str:
        return {"new": "open", "corrected": "warning", "same": "neutral"}[self.value]

    @property
    def icon(self) -> str:
        return {"new": "plus-lg", "corrected": "pencil", "same": "circle"}[self.value]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a pupil's year page is to say."""

    student: Student
    told: OldYear

    @property
    def doubt(self) -> str:
        """A sentence on a pupil who was too young for the grade (R80: 6 in grade 1): said, for papers have errors."""
        born = self.student.birth_year
        if born is None or self.told.year - born >= self.told.grade_level + _YOUNGEST:
            return ""
        return (
            f"Em {self.student.full_name} sinh năm {born}, năm học {year_label(self.told.year)} mới "
            f"{max(0, self.told.year - born)} tuổi: xem lại có đúng em, đúng năm học, khối {self.told.grade_level}."
        )


@dataclass(frozen=True, slots=True)
class Step:
    """What writing a page would do. `record` is the one that is there, `changes` heading, old and new text of what
    differs; `refusal` says why it may not be written."""

    wanted: Wanted
    record: OldYearRecord | None
    changes: tuple[Change, ...]
    refusal: str = ""

    @property
    def deed(self) -> Deed:
        if self.record is None:
            return Deed.NEW
        return Deed.CORRECTED if self.changes else Deed.SAME

    @property
    def blanks(self) -> list[str]:
        return blank_in(self.wanted.told)

    @property
    def doubt(self) -> str:
        return self.wanted.doubt

    @property
    def year_label(self) -> str:
        return year_label(self.wanted.told.year)


@dataclass(frozen=True, slots=True)
class Plan:
    steps: tuple[Step, ...]

    @property
    def refused(self) -> list[Step]:
        return [step for step in self.steps if step.refusal]

    def of(self, deed: Deed) -> list[Step]:
        return [step for step in self.steps if step.deed == deed and not step.refusal]

    @property
    def writes(self) -> bool:
        return bool(self.of(Deed.NEW) or self.of(Deed.CORRECTED)) and not self.refused

    @property
    def fingerprint(self) -> str:
        """Differs once writing would do something else than was shown."""
        told = [
            (
                *(step.wanted.student.pk, step.wanted.told.year, step.wanted.told.grade_level),
                *(step.record and step.record.version, step.refusal, step.wanted.told.is_struck),
                texts_of(step.wanted.told),
            )
            for step in self.steps
        ]
        return hashlib.sha256(repr(told).encode()).hexdigest()


# -- Reading -----------------------------------------------------------------------------------------------


def records_of(students: Iterable[int]) -> QuerySet[OldYearRecord]:
    """With their rows, by year. Two statements."""
    return OldYearRecord.objects.filter(student__in=students).prefetch_related("lines").order_by("year")


def plan(wanted: Sequence[Wanted]) -> Plan:
    """What writing these pages would do now. Three statements, whatever their number."""
    ids = {each.student.pk for each in wanted}
    known = {(record.student_id, record.year): record for record in records_of(ids)}
    sat = Enrolment.objects.filter(student__in=ids).select_related("school_class").order_by("starts_on")
    seats = {(each.student_id, each.school_class.year_id): each.school_class.grade_level for each in sat}
    return Plan(tuple(_step(each, known.get((each.student.pk, each.told.year)), seats) for each in wanted))


def _step(wanted: Wanted, record: OldYearRecord | None, seats: Mapping[tuple[int, int], int]) -> Step:
    differing = changes(record.told, wanted.told) if record else ()
    return Step(wanted, record, tuple(differing), _refusal(wanted, seats))


def _refusal(wanted: Wanted, seats: Mapping[tuple[int, int], int]) -> str:
    """The circular of the year was asked before, cell by cell; this is about the pupil."""
    told = wanted.told
    check_old_year(told.year, told.grade_level)
    sat_in = seats.get((wanted.student.pk, told.year), told.grade_level)
    if sat_in != told.grade_level and not told.is_struck:
        return (
            f"Năm học {year_label(told.year)} em có tên ở lớp thuộc khối {sat_in} trong hệ thống, không phải khối "
            f"{told.grade_level}. Kiểm tra lại năm học và khối."
        )
    return ""


# -- Writing -----------------------------------------------------------------------------------------------


def save_old_year(wanted: Wanted, *, seen: int, reason: str = "", by: User) -> Deed:
    """Records or corrects the year page of one pupil; `seen` is the version that the person saw, 0 for none.

    Raises PermissionDenied, OldYearRefused, OldYearChanged; nothing is written then.
    """
    permissions.require(by, Action.KEEP_OLD_YEARS, WHO_KEEPS)
    with acting(by, role=CLERK_ROLE, source=Source.PAGE) as act:
        _hold([wanted])
        (step,) = plan([wanted]).steps
        if (step.record.version if step.record else 0) != seen:
            raise OldYearChanged(
                "Trang năm học này vừa được ghi ở nơi khác sau khi mở trang này, chưa lưu gì. Bản đang lưu ghi ở "
                "dưới; xem lại rồi lưu lần nữa."
            )
        _carry_out([step], reason)
        name = wanted.student.full_name
        act.says(
            f"{step.deed.label} kết quả năm học {step.year_label} của {name}, theo {wanted.told.source_paper}",
            thing=f"pupil:{wanted.student.pk}",
        )
    return step.deed


def take_in_old_years(wanted: Sequence[Wanted], *, previewed: str, reason: str, by: User) -> Plan:
    """Carries out just what the dry run with that fingerprint showed. As many statements for hundreds as for one.

    Raises PermissionDenied, OldYearRefused, OldYearChanged; nothing is written then.
    """
    permissions.require(by, Action.KEEP_OLD_YEARS, WHO_KEEPS)
    with acting(by, role=CLERK_ROLE, source=Source.EXCEL) as act:
        _hold(wanted)
        found = plan(wanted)
        if found.fingerprint != previewed:
            raise OldYearChanged(
                "Có trang năm học vừa được ghi hoặc sửa sau khi xem trước, chưa nạp gì. Xem lại bản mới dưới đây rồi "
                "nạp lần nữa."
            )
        _carry_out(found.steps, reason)
        act.says(
            f"Nạp kết quả các năm học trước Thông tư 27 từ tệp: ghi mới {len(found.of(Deed.NEW))}, sửa "
            f"{len(found.of(Deed.CORRECTED))}",
        )
    return found


def _hold(wanted: Sequence[Wanted]) -> None:
    """Two writers for one pupil come one after the other."""
    ids = sorted({each.student.pk for each in wanted})
    list(Student.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))


def _carry_out(steps: Sequence[Step], reason: str) -> None:
    """Two statements for what is new and two for what is corrected, each with its history."""
    for step in steps:
        if step.refusal:
            raise OldYearRefused(step.refusal)
    corrected = [step for step in steps if step.deed == Deed.CORRECTED]
    why = reason.strip()
    if corrected and not says_something(why):
        raise OldYearRefused(_LEAST_OF_A_REASON, "reason")
    if len(why) > _LONGEST_REASON:
        raise OldYearRefused(f"Lí do dài {len(why)} kí tự, nhiều nhất {_LONGEST_REASON}.", "reason")
    _record([step.wanted for step in steps if step.deed == Deed.NEW])
    _correct(corrected, why)


def _record(wanted: Sequence[Wanted]) -> None:
    records = [_filled(OldYearRecord(student=each.student), each.told) for each in wanted]
    OldYearRecord.objects.bulk_create(records)
    record_bulk(records, changed=False)
    lines = [
        _line_filled(OldYearLine(record=record, student=each.student, code=line.code), each.told)
        for record, each in zip(records, wanted, strict=True)
        for line in OLD_LINES
    ]
    OldYearLine.objects.bulk_create(lines)
    record_bulk(lines, changed=False)


def _correct(steps: Sequence[Step], why: str) -> None:
    """Of the rows those alone that differ."""
    records, lines = [], []
    for step in steps:
        record, told = step.record, step.wanted.told
        if record is None:
            continue
        differing = [
            line
            for line in record.lines.all()
            if OldResult(line.attainment, line.mark, line.comment) != told.lines[line.code]
        ]
        record.version, record.reason = record.version + 1, why
        records.append(_filled(record, told))
        for line in differing:
            line.version = record.version
            lines.append(_line_filled(line, told))
    OldYearRecord.objects.bulk_update(records, _WRITTEN)
    record_bulk(records, changed=True, why=why)
    OldYearLine.objects.bulk_update(lines, ["attainment", "mark", "comment", "version"])
    record_bulk(lines, changed=True, why=why)


def _filled(record: OldYearRecord, told: OldYear) -> OldYearRecord:
    for name in OLD_YEAR_FIELDS:
        setattr(record, name, getattr(told, name))
    for code in _RATINGS:
        setattr(record, code, told.ratings.get(code, ""))
    return record


def _line_filled(line: OldYearLine, told: OldYear) -> OldYearLine:
    result = told.lines.get(line.code, OldResult())
    line.attainment, line.mark, line.comment = result.attainment, result.mark, result.comment
    return line


# -- What it was before ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Writing:
    """One writing of a page: who, as what, when, by which door, why; `changes` as of a step, () of the first."""

    who: str
    role: str
    at: str
    source: str
    why: str
    changes: tuple[Change, ...]


def writings_of(student: Student) -> dict[int, list[Writing]]:
    """By the id of the record, newest first. Two statements."""
    rows = OldYearRecord.history.filter(student_id=student.pk).select_related("history_user")
    lines: dict[int, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for line in OldYearLine.history.filter(student_id=student.pk).order_by("version"):
        lines[line.record_id][line.code].append(line)
    found: dict[int, list[Writing]] = defaultdict(list)
    before: dict[int, OldYear] = {}
    for row in rows.order_by("version"):
        told = _told_at(row, lines[row.id])
        differing = changes(before[row.id], told) if row.id in before else ()
        before[row.id] = told
        found[row.id].insert(0, _writing(row, tuple(differing)))
    return found


def _told_at(row: Any, lines: Mapping[str, Sequence[Any]]) -> OldYear:
    """What the page said as of a history row; its rows as last written by then."""
    then = {
        code: next((each for each in reversed(written) if each.version <= row.version), None)
        for code, written in lines.items()
    }
    results = {
        code: OldResult(each.attainment, each.mark, each.comment) for code, each in then.items() if each
    }
    own = {name: getattr(row, name) for name in OLD_YEAR_FIELDS}
    return OldYear(**own, lines=results, ratings={code: getattr(row, code) for code in _RATINGS})


def _writing(row: Any, differing: tuple[Change, ...]) -> Writing:
    return Writing(
        who=str(row.history_user or "Hệ thống"),
        role=row.acting_role,
        at=moment_label(row.history_date),
        source=Source(row.source).label if row.source else "Ngoài ứng dụng",
        why=row.reason,
        changes=differing,
    )
