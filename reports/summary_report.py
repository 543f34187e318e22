"""Sơ kết học kì I, tổng kết năm học: the figures of the school in one report, with room for the principal's words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from accounts.dates import Days as Dates
from gradebook.regulation import LINES, TRAITS, Attainment, Award, Period, Rating, YearResult
from reports import attendance_report, promotion_report
from reports.absence_counts import WHOLE_YEAR, Absences, count_absences
from reports.attendance_report import Days, Span, days_of, plain_days
from reports.figures import ROUNDED, Column, Figure, Report, Row, Table, exceeding, share, uneven_columns
from reports.pupils_counted import ALL, PARTS, PEOPLE, SECRET_COLUMNS, Seated, lacking_words, pupil_lines
from reports.quality_results import (
    COMPLETED,
    LOWEST_BAND,
    NONE,
    PRIMARY,
    PUPILS,
    RESULT,
    Results,
    band_key,
    contradicted_sentence,
    contradicted_words,
    earlier_words,
    gap_sentence,
    level_key,
    read_results_of,
    trait_key,
    undecided,
)
from reports.report_kind import CellKey, Group, Moment, PupilLine, ReportKind
from reports.statistics_matters import LEAVE, OTHER
from reports.tallies import SHARE, Tally
from students.head_counts import HeadCount, count_heads
from students.models import SchoolClass
from students.movement_rules import Kind

SCALE, MOVEMENTS, ATTENDANCE = "scale", "movements", "attendance"
SUBJECTS, TRAIT_LEVELS, RESULTS, AWARDS = "subjects", "traits", "results", "awards"
REMARKS = ("Đặc điểm tình hình", "Ưu điểm", "Hạn chế, nguyên nhân", "Phương hướng, nhiệm vụ thời gian tới")
SCALE_COLUMNS = (Column("classes", ("Số lớp",)), *PEOPLE)
MOVEMENT_COLUMNS = (
    Column("first", ("Đầu kì",)),
    Column("coming", ("Tăng",)),
    Column("going", ("Giảm", "Cộng")),
    Column("left", ("Giảm", "Trong đó thôi học")),
    Column("inside", ("Chuyển khối",)),
    Column("now", ("Cuối kì",)),
)
BAND_GROUPS = (("9–10", (10, 9)), ("7–8", (8, 7)), ("5–6", (6, 5)), ("Dưới 5", (LOWEST_BAND,)))
BANDS = {f"mark {head}": bands for head, bands in BAND_GROUPS}
ASSESSED, NO_MARK = "assessed", f"mark {NONE}"
NOT_ENTERED = "Chưa nhập"
WITH_BROUGHT = (
    "Số ngày vắng của năm học gồm cả số ngày ghi ngoài sổ điểm danh, như trong học bạ; tỉ lệ chuyên cần chỉ tính các "
    "buổi đã điểm danh."
)


def _level_columns(
    levels: Iterable[tuple[str, str]],
    assessed: str = ASSESSED,
    missing: tuple[str, str] = (NONE, NOT_ENTERED),
) -> Iterator[Column]:
    """Whoever has a level, the levels with their shares of these, and who has none yet."""
    yield Column(assessed, ("Được đánh giá",))
    for key, head in levels:
        yield Column(key, (head, "SL"))
        yield Column(f"{key}{SHARE}", (head, "%"), is_share=True)
    yield Column(missing[0], (missing[1],))


SUBJECT_COLUMNS = (
    *_level_columns((each.value, each.label) for each in Attainment),
    *(Column(key, ("Điểm KTĐK", key.removeprefix("mark "))) for key in BANDS),
    Column(NO_MARK, ("Điểm KTĐK", NOT_ENTERED)),
)
MARK_COLUMNS = (*BANDS, NO_MARK)
UNDECIDED = (undecided(RESULT), "Chưa có kết quả")
TRAIT_COLUMNS = tuple(_level_columns((each.value, each.label) for each in Rating))
RESULT_COLUMNS = (
    *_level_columns(((f"{RESULT} {each.value}", each.label) for each in YearResult), RESULT, UNDECIDED),
    Column(COMPLETED, ("Hoàn thành chương trình", "Lớp học")),
    Column(PRIMARY, ("Hoàn thành chương trình", "Tiểu học")),
)
AWARD_COLUMNS = (
    *_level_columns(
        (
            (f"award {Award.HSXS.value}", "Học sinh Xuất sắc"),
            (f"award {Award.HSTB.value}", "Học sinh Tiêu biểu"),
        ),
        RESULT,
        UNDECIDED,
    ),
    Column("praise surprise", ("Khen đột xuất",)),
    Column("praise higher", ("Cấp trên khen",)),
)


@dataclass(frozen=True, slots=True)
class _Part:
    """A row of the tables by grade: the school or one grade."""

    key: str
    label: str
    grades: tuple[int, ...]
    tally: Tally[Seated]

    @property
    def is_school(self) -> bool:
        return self.key == "school"


def read(moment: Moment) -> Report:
    """Thirteen statements at the end of term I, twenty-five at the year's end, whatever the number of pupils."""
    results = read_results_of(moment)
    parts = _parts(results)
    school = parts[-1]
    tables = [
        _scale(results, parts),
        _movements(moment),
        _attendance(results),
        _subjects(results, school.tally),
        _traits(results, school.tally),
    ]
    if results.is_year_end:
        note = contradicted_words(results)
        tables += [
            replace(table, note=f"{note}; các số theo lần phê duyệt cũ." if note else "")
            for table in (
                _by_grade(
                    RESULTS, "Đánh giá kết quả giáo dục, hoàn thành chương trình", RESULT_COLUMNS, parts
                ),
                _by_grade(AWARDS, "Khen thưởng", AWARD_COLUMNS, parts),
                promotion_report.table_of(results),
            )
        ]
    return Report(
        kind=KIND.slug,
        title="Báo cáo tổng kết năm học" if results.is_year_end else "Báo cáo sơ kết học kì I",
        moment=moment.words,
        tables=tuple(tables),
        notes=tuple(_notes(results)),
        faults=(*_faults(school.tally, tables), *contradicted_sentence("Toàn trường", results)),
    )


def behind(moment: Moment, cell: CellKey) -> tuple[PupilLine, ...]:
    results = read_results_of(moment)
    if cell.table == promotion_report.TABLE:
        return pupil_lines(promotion_report.tally_of(results).behind(cell.row, cell.column))
    tally = results.tally()
    if cell.table in (SUBJECTS, TRAIT_LEVELS):
        rows = _source_rows(cell.row, cell.column)
        found = [each for row in rows for each in tally.behind(row, ALL)]
        return pupil_lines(sorted(found, key=_class_order))
    grade = cell.row.removeprefix("grade ")
    if cell.row != "school":
        tally = tally.only(lambda pupil: str(pupil.grade) == grade)
    if cell.table == SCALE:
        return pupil_lines(tally.behind(PUPILS, cell.column), cell.column)
    return pupil_lines(tally.behind(cell.column, ALL))


def has_list(cell: CellKey) -> bool:
    is_counted_otherwise = cell.table in (MOVEMENTS, ATTENDANCE) or cell.column == "classes"
    return not (is_counted_otherwise or cell.column.endswith(SHARE))


def _class_order(pupil: Seated) -> tuple[int, str, int]:
    return pupil.grade, pupil.school_class.name, pupil.seat.position


def _source_rows(row: str, column: str) -> tuple[str, ...]:
    """The rows of the quality report that a figure is counted from."""
    if column == ASSESSED:
        return (row,)
    if column in BANDS:
        return tuple(band_key(row, band) for band in BANDS[column])
    return (level_key(row, column),)


def _parts(results: Results) -> tuple[_Part, ...]:
    tally = results.tally()
    of_grades = (
        _Part(
            f"grade {grade}",
            f"Khối {grade}",
            (grade,),
            tally.only(lambda pupil, grade=grade: pupil.grade == grade),  # type: ignore[misc]
        )
        for grade in results.grades
    )
    return (*of_grades, _Part("school", "Toàn trường", results.grades, tally))


def _by_grade(key: str, title: str, columns: Sequence[Column], parts: Sequence[_Part]) -> Table:
    rows = []
    for part in parts:
        figures = tuple(_figure(part.tally, column) for column in columns)
        rows.append(Row(part.key, part.label, figures, is_heading=part.is_school))
    return Table(key, title, tuple(columns), tuple(rows), row_head="Khối")


def _figure(tally: Tally[Seated], column: Column) -> Figure:
    """Shares are of those assessed."""
    own = tally.figure(column.key.removesuffix(SHARE), ALL)
    return share(own, tally.figure(RESULT, ALL)) if column.is_share else own


def _scale(results: Results, parts: Sequence[_Part]) -> Table:
    filled = {each.seated.school_class.pk: each.seated.grade for each in results.pupils}
    rows = []
    for part in parts:
        classes = sum(1 for grade in filled.values() if grade in part.grades)
        people = (part.tally.figure(PUPILS, column.key) for column in PEOPLE)
        rows.append(Row(part.key, part.label, (classes, *people), is_heading=part.is_school))
    day = results.moment.last_day
    return Table(
        SCALE, f"Quy mô lớp, học sinh ngày {day:%d/%m/%Y}", SCALE_COLUMNS, tuple(rows), row_head="Khối"
    )


def _movements(moment: Moment) -> Table:
    counted = count_heads(moment.year, moment.last_day)
    rows = [_moved(f"grade {each.grade_level}", each.total) for each in counted.grades]
    rows.append(_moved("school", counted.total, is_total=True))
    title = f"Biến động sĩ số từ {counted.since:%d/%m/%Y} đến {counted.day:%d/%m/%Y}"
    return Table(MOVEMENTS, title, MOVEMENT_COLUMNS, tuple(rows), row_head="Khối")


def _moved(key: str, line: HeadCount, *, is_total: bool = False) -> Row:
    figures = (
        line.first,
        line.coming,
        line.going,
        line.moved[Kind.LEFT],
        line.inward - line.outward,
        line.now.pupils,
    )
    return Row(key, line.label, figures, is_heading=is_total)


def _attendance(results: Results) -> Table:
    year, last = results.moment.year, results.moment.last_day
    first = year.lessons_start_on or year.starts_on
    span = Span(ATTENDANCE, f"Chuyên cần từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}", first, last)
    found = days_of(year, (span,))[span.key]
    whole = {WHOLE_YEAR: Dates(year.starts_on, year.ends_on)} if results.is_year_end else {}
    of_year = count_absences(results.classes, whole)
    rows = []
    for grade in results.grades:
        own = [each for each in results.classes if each.grade_level == grade]
        rows.append(Row(f"grade {grade}", f"Khối {grade}", _attended(own, found, of_year)))
    rows.append(Row("school", "Toàn trường", _attended(results.classes, found, of_year), is_heading=True))
    return Table(
        ATTENDANCE,
        span.title,
        attendance_report.COLUMNS,
        tuple(rows),
        row_head="Khối",
        note=WITH_BROUGHT if results.is_year_end else "",
    )


def _attended(
    classes: Sequence[SchoolClass], found: Mapping[int, Days], of_year: Absences
) -> tuple[Figure, ...]:
    """Of the whole year the days that the học bạ and the statistics have: also those that no roll here tells."""
    rolls = sum((found.get(each.pk, Days()) for each in classes), Days()).figures
    leave, other = (of_year.days(classes, WHOLE_YEAR, kind) for kind in (LEAVE, OTHER))
    if not leave + other:
        return rolls
    called, due, *_absent, rate = rolls
    return called, due, *(plain_days(each) for each in (leave, other, leave + other)), rate


def _subjects(results: Results, tally: Tally[Seated]) -> Table:
    taught, tested = results.codes_of(results.grades), results.tested_in(results.grades)
    rows = []
    for line in LINES:
        if line.code in taught:
            not_asked = () if line.code in tested else MARK_COLUMNS
            rows.append(
                Row(
                    line.code,
                    line.short_name,
                    tuple(_level_figure(tally, line.code, column) for column in SUBJECT_COLUMNS),
                    not_asked=not_asked,
                )
            )
    return Table(
        SUBJECTS, "Môn học, hoạt động giáo dục", SUBJECT_COLUMNS, tuple(rows), row_head="Môn học, hoạt động"
    )


def _traits(results: Results, tally: Tally[Seated]) -> Table:
    wanted = results.traits_of(results.grades)
    rows = tuple(
        Row(
            trait_key(each.code),
            each.name,
            tuple(_level_figure(tally, trait_key(each.code), column) for column in TRAIT_COLUMNS),
        )
        for each in TRAITS
        if each.code in wanted
    )
    return Table(TRAIT_LEVELS, "Phẩm chất, năng lực", TRAIT_COLUMNS, rows, row_head="Phẩm chất, năng lực")


def _level_figure(tally: Tally[Seated], code: str, column: Column) -> Figure:
    """Of several bands together; a zero that is unknown in one of them is unknown."""
    counts = [tally.figure(row, ALL) for row in _source_rows(code, column.key.removesuffix(SHARE))]
    total = sum(int(count) for count in counts if count is not None)
    if not total and None in counts:
        return None
    return share(total, tally.figure(code, ALL)) if column.is_share else total


def _notes(results: Results) -> Iterator[str]:
    if results.moment.early:
        yield results.moment.early
    yield from earlier_words(results)
    yield from lacking_words([each.seated for each in results.pupils])
    if results.is_year_end:
        own = [each.row for each in results.pupils if each.row is not None]
        if left := sum(1 for row in own if row.decided is None):
            yield (
                f"Chưa phê duyệt {left}/{len(own)} em: kết quả giáo dục, khen thưởng, lên lớp của các em ấy là kết quả "
                "hệ thống tính, giáo viên chủ nhiệm đề nghị."
            )
    yield (
        "«Được đánh giá» là số em đã có mức, kết quả; tỉ lệ tính trên số ấy. «×»: môn không có bài KTĐK ở thời điểm "
        f"này. {ROUNDED}"
    )


def _faults(tally: Tally[Seated], tables: Iterable[Table]) -> Iterator[str]:
    yield from gap_sentence("Toàn trường", tally)
    for table in tables:
        if table.key == SCALE:
            for part, whole in PARTS:
                yield from exceeding(table, part, whole)
        elif table.key in _LEVELS:
            yield from uneven_columns(table, *_LEVELS[table.key])


_LEVELS = {
    SUBJECTS: (ASSESSED, tuple(each.value for each in Attainment)),
    TRAIT_LEVELS: (ASSESSED, tuple(each.value for each in Rating)),
    RESULTS: (RESULT, tuple(f"{RESULT} {each.value}" for each in YearResult)),
}

KIND = ReportKind(
    slug="so-ket-tong-ket",
    title="Sơ kết học kì I, tổng kết năm học",
    about="Quy mô, biến động, chuyên cần, kết quả học tập và rèn luyện của toàn trường, kèm nhận xét của Hiệu trưởng.",
    group=Group.SUMMARY,
    read=read,
    periods=(Period.END_TERM_1, Period.YEAR_END),
    behind=behind,
    has_list=has_list,
    tells_secrets=lambda cell: cell.column in SECRET_COLUMNS,
    remarks=REMARKS,
)
