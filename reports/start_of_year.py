"""Biểu 02-TH-ĐN, báo cáo thống kê kỳ đầu năm học: its parts on classes and pupils (domain 2.7 A; R78, R80, R81)."""

import csv
import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gradebook.class_lines import lines_of_classes
from reports.figures import Column, Figure, Report, Row, Table, exceeding, uneven_columns, uneven_rows
from reports.pupils_counted import (
    ALL,
    GIRLS,
    MINORITY,
    MINORITY_GIRLS,
    Seated,
    classes_of,
    lacking_words,
    policy_words,
    pupil_lines,
    seated_in,
)
from reports.report_kind import CellKey, Group, Moment, PupilLine, ReportKind
from reports.tallies import Fact, Tally
from students.calendar import YearCalendar
from students.models import Movement, SchoolClass, SchoolYear, YearProfile
from students.movement_rules import REPEATING, SELECTED, Kind

ROWS = Path(__file__).parent / "data" / "bieu_02_th_dn.csv"
EXAMINED = "2"
NEW = (SELECTED, EXAMINED)
CLASSES, PUPILS = "II", "III"
TOTAL, PUBLIC, PRIVATE = "total", "public", "private"
_OF_WHOM = (ALL, GIRLS, MINORITY, MINORITY_GIRLS)
_HEADS = (("Tổng số",), ("Nữ",), ("Dân tộc thiểu số", "Tổng"), ("Dân tộc thiểu số", "Nữ"))
_KINDS = ((TOTAL, "Tổng số"), (PUBLIC, "Công lập"), (PRIVATE, "Tư thục"))
CLASS_COLUMNS = tuple(Column(key, (head,)) for key, head in _KINDS)
PUPIL_COLUMNS = tuple(
    Column(f"{key} {whom}", (head, *heads))
    for key, head in _KINDS
    for whom, heads in zip(_OF_WHOM, _HEADS, strict=True)
)
DISABILITIES: Mapping[str, str] = {"03": "62", "02": "63", "05": "64", "01": "65", "04": "66"}
"""The form's codes by those of the sector's list; "06" (khác) has no row."""
NEVER_RECORDED = frozenset({"38", "39", "75", "76", "77"})
OF_OTHER_SCHOOLS = frozenset({"34", "35", *(str(code) for code in range(67, 73))})
NOT_OF_MINORITIES = frozenset({"76"})
"""The form crosses out the columns of minorities: all of these pupils are of one."""
SECRET_ROWS = frozenset({"60", "61", *DISABILITIES.values(), "74"})
_OTHER_SCHOOLS = (
    "Trường công lập, không phải trường phổ thông dân tộc bán trú hay trường chuyên biệt: cột Tư thục và các mã 34, "
    "35, 67–72 ghi 0."
)
_NEWCOMERS = (
    "Mã 57: học sinh lớp 1 vào trường trong năm học này theo hình thức trúng tuyển, xét tuyển. Mã 58: vào lớp theo "
    "hình thức lưu ban."
)
NOTES = (
    "Tuổi tính theo năm: năm bắt đầu năm học trừ năm sinh.",
    _OTHER_SCHOOLS,
    "Mã 33, 59: lớp có ngày học cả buổi sáng và buổi chiều theo lịch học đã ghi của năm học.",
    _NEWCOMERS,
    "Mã 38, 39, 75–77: hệ thống chưa ghi nhận; nhà trường điền khi nộp.",
)


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row of the form, word for word, and where it stands in the workbook."""

    part: str
    sheet: str
    line: int
    number: str
    label: str
    unit: str
    code: str

    @property
    def key(self) -> str:
        return self.code or f"#{self.line}"

    @property
    def level(self) -> int:
        return 2 if self.label.startswith("+") else int(self.label.startswith("-"))


@cache
def form_rows(part: str) -> tuple[FormRow, ...]:
    with ROWS.open(encoding="utf-8", newline="") as lines:
        return tuple(
            FormRow(
                part, row["sheet"], int(row["line"]), row["number"], row["label"], row["unit"], row["code"]
            )
            for row in csv.DictReader(lines)
            if row["part"] == part
        )


@dataclass(frozen=True, slots=True)
class _Beside:
    """What the rows ask besides class and record; `has_week`: somebody recorded when there are lessons."""

    new: frozenset[int]
    repeating: frozenset[int]
    boarding: Mapping[int, str]
    informatics: frozenset[int]
    two_sessions: frozenset[int]
    has_week: bool


def read(moment: Moment) -> Report:
    """Of the moment's day. Seven statements, whatever the number of pupils."""
    year, day = moment.year, moment.last_day
    classes = classes_of(year)
    pupils = seated_in(classes, day)
    beside = _beside(year, classes, day)
    tables = (_class_table(classes, pupils, beside), _pupil_table(tally_of(pupils, year, beside), pupils))
    return Report(
        kind=KIND.slug,
        title="Báo cáo thống kê giáo dục tiểu học, kỳ đầu năm học",
        moment=f"Biểu 02-TH-ĐN, có đến {moment.words}",
        tables=tables,
        notes=(*lacking_words(pupils), *_notes(moment, pupils, beside), *NOTES),
        faults=tuple(_faults(tables, pupils)),
    )


def behind(moment: Moment, cell: CellKey) -> tuple[PupilLine, ...]:
    """Seven statements."""
    kind, _space, whom = cell.column.partition(" ")
    if kind == PRIVATE:
        return ()
    classes = classes_of(moment.year)
    pupils = seated_in(classes, moment.last_day)
    found = tally_of(pupils, moment.year, _beside(moment.year, classes, moment.last_day)).behind(
        cell.row, whom
    )
    if cell.row == "74":
        return tuple(line for each in found for line in pupil_lines([each], why=policy_words(each.student)))
    about = "disabled" if cell.row in SECRET_ROWS - {"60"} else whom
    return pupil_lines(found, about)


def _beside(year: SchoolYear, classes: list[SchoolClass], day: datetime.date) -> _Beside:
    """Five statements."""
    entered = Movement.objects.in_force().filter(
        year=year, kind=Kind.ADMITTED, entry_code__in=[*NEW, REPEATING]
    )
    by_code: dict[str, set[int]] = {code: set() for code in (*NEW, REPEATING)}
    for pupil, code in entered.values_list("student_id", "entry_code"):
        by_code[code].add(pupil)
    lines = lines_of_classes([each.pk for each in classes])
    calendar = YearCalendar.of(year)
    patterns = {each.pk: calendar.pattern_on(day, each) for each in classes}
    return _Beside(
        new=frozenset().union(*(by_code[code] for code in NEW)),
        repeating=frozenset(by_code[REPEATING]),
        boarding=dict(YearProfile.objects.filter(year=year).values_list("student_id", "boarding")),
        informatics=frozenset(pk for pk, own in lines.items() if any(line.code == "TH" for line in own)),
        two_sessions=frozenset(
            pk for pk, week in patterns.items() if set(week.mornings) & set(week.afternoons)
        ),
        has_week=bool(calendar.patterns),
    )


def tally_of(pupils: Iterable[Seated], year: SchoolYear, beside: _Beside) -> Tally[Seated]:
    return Tally(
        tuple(
            Fact(
                each,
                frozenset(_rows_of(each, year, beside)),
                each.columns,
                frozenset(_unknown_rows(each, beside)),
                each.unknown_columns,
            )
            for each in pupils
        )
    )


def _rows_of(pupil: Seated, year: SchoolYear, beside: _Beside) -> Iterator[str]:
    """The codes of the rows in which a pupil stands."""
    yield "37"
    yield str(39 + pupil.grade)
    if pupil.student.birth_year:
        age = year.pk - pupil.student.birth_year
        yield "45" if age < 6 else "51" if age > 10 else str(40 + age)
        if age == 5 + pupil.grade:
            yield str(51 + pupil.grade)
    yield from (code for code, holds in _by_record(pupil, beside) if holds)


def _by_record(pupil: Seated, beside: _Beside) -> Iterator[tuple[str, bool]]:
    """3.5 and 3.6: rows that hold or not, whatever the others do."""
    record, class_id = pupil.student, pupil.school_class.pk
    yield "57", record.pk in beside.new and pupil.grade == 1
    yield "58", record.pk in beside.repeating
    yield "59", class_id in beside.two_sessions and beside.has_week
    yield "60", pupil.is_of_minority and beside.boarding.get(record.pk) == YearProfile.Boarding.DAY
    yield "61", bool(record.disability_code)
    if code := DISABILITIES.get(record.disability_code):
        yield code, True
    yield "73", class_id in beside.informatics
    yield "74", bool(record.policy_code)


def _unknown_rows(pupil: Seated, beside: _Beside) -> Iterator[str]:
    if not pupil.student.birth_year:
        yield from (str(code) for code in range(45, 52))
        yield str(51 + pupil.grade)
    if not beside.has_week:
        yield "59"
    may_be_of_minority = pupil.is_of_minority or not pupil.student.ethnic_code
    boarding = beside.boarding.get(pupil.student.pk)
    if (
        may_be_of_minority
        and boarding in (None, YearProfile.Boarding.DAY)
        and not (boarding and pupil.is_of_minority)
    ):
        yield "60"


def _class_table(classes: list[SchoolClass], pupils: tuple[Seated, ...], beside: _Beside) -> Table:
    """Classes with a pupil on the day."""
    filled = {each.school_class.pk for each in pupils}
    counted = [each for each in classes if each.pk in filled]
    known: dict[str, Figure] = {
        "27": len(counted),
        **{str(27 + grade): sum(1 for each in counted if each.grade_level == grade) for grade in range(1, 6)},
        "33": sum(1 for each in counted if each.pk in beside.two_sessions) if beside.has_week else None,
        "36": sum(1 for each in counted if each.combined_with),
    }
    rows = []
    for row in form_rows(CLASSES):
        figure: Figure = 0 if row.code in OF_OTHER_SCHOOLS else known.get(row.code)
        rows.append(_row(row, (figure, figure, 0) if row.code else ()))
    return Table(CLASSES, "II. Lớp", CLASS_COLUMNS, tuple(rows))


def _pupil_table(tally: Tally[Seated], pupils: tuple[Seated, ...]) -> Table:
    rows = []
    nobody = _nobody_recorded(pupils)
    for row in form_rows(PUPILS):
        own: list[Figure] = [tally.figure(row.code, whom) for whom in _OF_WHOM]
        if row.code in NEVER_RECORDED | nobody:
            own = [None] * len(_OF_WHOM)
        rows.append(_row(row, (*own, *own, *(0 for _whom in _OF_WHOM)) if row.code else ()))
    return Table(PUPILS, "III. Học sinh", PUPIL_COLUMNS, tuple(rows))


def _nobody_recorded(pupils: tuple[Seated, ...]) -> frozenset[str]:
    """Rows of what is recorded of not one pupil of the school: then nobody has written it down, it is not known."""
    found: set[str] = set()
    if not any(each.student.disability_code for each in pupils):
        found |= {"61", *DISABILITIES.values()}
    if not any(each.student.policy_code for each in pupils):
        found.add("74")
    return frozenset(found)


def _row(row: FormRow, figures: tuple[Figure, ...]) -> Row:
    crossed: tuple[str, ...] = ()
    if row.code in NOT_OF_MINORITIES:
        crossed = tuple(column.key for column in PUPIL_COLUMNS if MINORITY in column.key)
    return Row(
        row.key,
        row.label,
        figures,
        code=row.code,
        unit=row.unit,
        number=row.number,
        level=row.level,
        is_heading=bool(row.number),
        not_asked=crossed,
    )


def _notes(moment: Moment, pupils: tuple[Seated, ...], beside: _Beside) -> Iterator[str]:
    if moment.early:
        yield moment.early
    if others := sum(1 for each in pupils if each.student.disability_code == "06"):
        yield f"{others} em khuyết tật khác không có dòng riêng trong mẫu: tính ở mã 61, không ở mã 62–66."
    if not beside.has_week:
        yield "Chưa ghi lịch học trong tuần của năm học nên mã 33, 59 chưa có số liệu."
    lacking = sum(1 for each in pupils if each.student.pk not in beside.boarding)
    if lacking:
        yield f"{lacking}/{len(pupils)} em chưa có phần hồ sơ theo năm (bán trú): mã 60 chỉ tính các em đã có."
    for code, what in (("61", "khuyết tật"), ("74", "diện chính sách")):
        if code in _nobody_recorded(pupils):
            yield f"Chưa em nào của trường được ghi {what}: để «…»; nếu thật sự không có em nào thì ghi 0 khi nộp."


def _faults(tables: tuple[Table, Table], pupils: tuple[Seated, ...]) -> Iterator[str]:
    classes, table = tables
    yield from uneven_rows(classes, "27", tuple(str(code) for code in range(28, 33)))
    yield from uneven_columns(classes, TOTAL, (PUBLIC, PRIVATE))
    yield from uneven_rows(table, "37", tuple(str(code) for code in range(40, 45)))
    if all(each.student.birth_year for each in pupils):
        yield from uneven_rows(table, "37", tuple(str(code) for code in range(45, 52)))
    if not any(each.student.disability_code == "06" for each in pupils):
        yield from uneven_rows(table, "61", tuple(DISABILITIES.values()))
    for whom in _OF_WHOM:
        yield from uneven_columns(table, f"{TOTAL} {whom}", (f"{PUBLIC} {whom}", f"{PRIVATE} {whom}"))
    for part, whole in ((GIRLS, ALL), (MINORITY, ALL), (MINORITY_GIRLS, GIRLS), (MINORITY_GIRLS, MINORITY)):
        yield from exceeding(table, f"{TOTAL} {part}", f"{TOTAL} {whole}")


def tells_secrets(cell: CellKey) -> bool:
    return cell.row in SECRET_ROWS or MINORITY in cell.column


def the_30_september(year: SchoolYear) -> datetime.date:
    return datetime.date(year.pk, 9, 30)


def form_of(moment: Moment, report: Report) -> bytes:
    # Only here: the workbook is read from the disk by whoever takes it.
    from reports.start_of_year_form import fill  # noqa: PLC0415

    return fill(moment, report)


KIND = ReportKind(
    slug="bieu-02-th-dn",
    title="Biểu 02-TH-ĐN: thống kê đầu năm học",
    about="Số lớp, số học sinh theo lớp, độ tuổi, nữ, dân tộc, khuyết tật, chính sách; theo mẫu của Bộ, có đến 30/9.",
    group=Group.REQUIRED,
    read=read,
    first_day=the_30_september,
    behind=behind,
    has_list=lambda cell: cell.table == PUPILS,
    tells_secrets=tells_secrets,
    form=form_of,
)
