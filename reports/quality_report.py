"""Báo cáo chất lượng giáo dục at the end of term I and of the year, by grade and for the school (domain 2.7 B; R79)."""

from collections import Counter
from collections.abc import Iterator

from gradebook.regulation import LINES, TRAITS, Attainment, Award, Period, Rating, YearResult
from reports.figures import ROUNDED, Report, Table, exceeding, uneven_rows
from reports.pupils_counted import PARTS, PEOPLE, SECRET_COLUMNS, Seated, lacking_words, pupil_lines
from reports.quality_results import (
    ASSESSED,
    BANDS,
    COMPLETED,
    LAST_GRADE,
    LATE,
    LEFT,
    LOWEST_BAND,
    NONE,
    NOT_COMPLETED,
    OTHER_REASON,
    PRIMARY,
    PROMOTED,
    PUPILS,
    RESULT,
    STAYING,
    UNASSESSED,
    WAITING,
    Results,
    band_key,
    contradicted_sentence,
    contradicted_words,
    due_key,
    earlier_words,
    gap_sentence,
    level_key,
    marked_key,
    read_results_of,
    term_days,
    trait_key,
    undecided,
)
from reports.report_kind import CellKey, Group, Moment, PupilLine, ReportKind
from reports.tallies import SHARE, Line, Tally, rows_of, with_shares

COLUMNS = with_shares(PEOPLE)
SCHOOL = "school"
NOT_ENTERED = "Chưa nhập"
_REASONS = (
    ("poverty", "Hoàn cảnh kinh tế khó khăn"),
    ("ability", "Học lực yếu, kém"),
    ("distance", "Xa trường, đi lại khó khăn"),
    ("disaster", "Thiên tai, dịch bệnh"),
    (OTHER_REASON, "Nguyên nhân khác"),
)
_OF_WHOM = (
    "«Được đánh giá» là số em đã có mức (điểm, kết quả). Mỗi tỉ lệ tính trên số em cùng cột: mức, điểm, kết quả giáo "
    "dục, khen thưởng trên số em được đánh giá; được đánh giá và chưa nhập trên số em phải đánh giá nội dung ấy (có "
    "học, không được miễn); hoàn thành chương trình tiểu học trên số em lớp 5; các dòng khác trên sĩ số. "
    + ROUNDED
)


def read(moment: Moment) -> Report:
    """Statements as `read_results_of`."""
    return report_of(read_results_of(moment))


def report_of(results: Results) -> Report:
    tally = results.tally()
    tables = tuple(tables_of(results, tally))
    return Report(
        kind=KIND.slug,
        title="Báo cáo chất lượng giáo dục",
        moment=results.moment.words,
        tables=tables,
        notes=tuple(_notes(results)),
        faults=tuple(_faults(results, tally, tables)),
    )


def tables_of(results: Results, tally: Tally[Seated]) -> Iterator[Table]:
    """The school, then grade by grade."""
    yield _table(results, SCHOOL, "Toàn trường", results.grades, tally)
    for grade in results.grades:
        of_grade = tally.only(lambda pupil, grade=grade: pupil.grade == grade)  # type: ignore[misc]
        yield _table(results, f"grade {grade}", f"Khối {grade}", (grade,), of_grade)


def behind(moment: Moment, cell: CellKey) -> tuple[PupilLine, ...]:
    tally = read_results_of(moment).tally()
    if cell.table != SCHOOL:
        tally = tally.only(lambda pupil: f"grade {pupil.grade}" == cell.table)
    return pupil_lines(tally.behind(cell.row, cell.column), cell.column)


def tells_secrets(cell: CellKey) -> bool:
    return cell.column in SECRET_COLUMNS or cell.row == UNASSESSED


def _table(results: Results, key: str, title: str, grades: tuple[int, ...], tally: Tally[Seated]) -> Table:
    counted = Counter(row for fact in tally.facts for row in fact.rows)
    lines = (line for line in _lines(results, grades) if not _is_idle(line, counted))
    return Table(
        key,
        title,
        COLUMNS,
        rows_of(lines, COLUMNS, tally),
        row_head="Nội dung",
        note=_standing(results, grades),
    )


def _is_idle(line: Line, counted: Counter[str]) -> bool:
    """Rows that say what is still to come stand there only as long as something is."""
    return (line.key.endswith(NONE) or line.key == LATE) and not counted[line.key]


def _lines(results: Results, grades: tuple[int, ...]) -> Iterator[Line]:
    yield Line(PUPILS, "Sĩ số", PUPILS, number="1", is_heading=True)
    yield Line(ASSESSED, "Số học sinh thuộc diện đánh giá", PUPILS, 1)
    yield Line(UNASSESSED, "Khuyết tật không đánh giá", PUPILS, 1)
    yield Line(LATE, "Vào trường sau khi khoá sổ, không có kết quả", PUPILS, 1)
    yield from _subjects(results, grades)
    yield from _traits(results, grades)
    if results.is_year_end:
        yield from _year(grades)
    first, last = term_days(results.moment)
    term = "học kì II" if results.is_year_end else "học kì I"
    yield Line(
        LEFT, f"Bỏ học trong {term} ({first:%d/%m/%Y} – {last:%d/%m/%Y})", PUPILS, number="7", is_heading=True
    )
    yield from (Line(f"{LEFT} {key}", label, LEFT, 1) for key, label in _REASONS)


def _subjects(results: Results, grades: tuple[int, ...]) -> Iterator[Line]:
    yield Line("#subjects", "Môn học, hoạt động giáo dục", number="2", is_heading=True)
    taught, tested = results.codes_of(grades), results.tested_in(grades)
    for line in LINES:
        if line.code not in taught:
            continue
        code = line.code
        yield Line(code, f"{line.short_name}: được đánh giá", due_key(code), is_heading=True, level=1)
        for level in Attainment:
            yield Line(level_key(code, level.value), f"{level.label} ({level.value})", code, 2)
        yield Line(level_key(code, NONE), f"{NOT_ENTERED} mức đạt được", due_key(code), 2)
        if code in tested:
            yield Line(
                marked_key(code), f"{line.short_name}: có điểm KTĐK", due_key(code), is_heading=True, level=1
            )
            for band in BANDS:
                words = "Điểm dưới 5" if band == LOWEST_BAND else f"Điểm {band}"
                yield Line(band_key(code, band), words, marked_key(code), 2)
            yield Line(band_key(code, NONE), f"{NOT_ENTERED} điểm", due_key(code), 2)


def _traits(results: Results, grades: tuple[int, ...]) -> Iterator[Line]:
    yield Line("#traits", "Phẩm chất, năng lực", number="3", is_heading=True)
    wanted = results.traits_of(grades)
    for trait in TRAITS:
        if trait.code not in wanted:
            continue
        key = trait_key(trait.code)
        yield Line(key, f"{trait.name}: được đánh giá", due_key(key), is_heading=True, level=1)
        for rating in Rating:
            yield Line(level_key(key, rating.value), f"{rating.label} ({rating.value})", key, 2)
        yield Line(level_key(key, NONE), NOT_ENTERED, due_key(key), 2)


def _year(grades: tuple[int, ...]) -> Iterator[Line]:
    yield Line(RESULT, "Đánh giá kết quả giáo dục: được đánh giá", ASSESSED, number="4", is_heading=True)
    for result in YearResult:
        yield Line(f"{RESULT} {result.value}", result.label, RESULT, 1)
    yield Line(undecided(RESULT), "Chưa có kết quả", ASSESSED, 1)
    yield Line("#awards", "Khen thưởng", number="5", is_heading=True)
    for award in Award:
        yield Line(f"award {award.value}", award.label, RESULT, 1)
    yield Line("praise surprise", "Khen thưởng đột xuất", PUPILS, 1)
    yield Line("praise higher", "Khen thưởng của cấp trên", PUPILS, 1)
    yield Line("#completion", "Hoàn thành chương trình, lên lớp", number="6", is_heading=True)
    yield Line(COMPLETED, "Hoàn thành chương trình lớp học", PUPILS, 1)
    yield Line(NOT_COMPLETED, "Chưa hoàn thành chương trình lớp học", PUPILS, 1)
    yield Line(undecided(COMPLETED), "Chưa có kết quả", PUPILS, 1)
    if LAST_GRADE in grades:
        yield Line(PRIMARY, "Hoàn thành chương trình tiểu học (lớp 5)", due_key(PRIMARY), 1)
    yield Line(PROMOTED, "Lên lớp (lớp 5: hết cấp)", PUPILS, 1)
    yield Line(STAYING, "Ở lại lớp", PUPILS, 1)
    yield Line(WAITING, "Chờ kiểm tra lại, rèn luyện trong hè", PUPILS, 1)
    yield Line(undecided(PROMOTED), "Chưa có kết quả xét lên lớp", PUPILS, 1)


def _standing(results: Results, grades: tuple[int, ...]) -> str:
    """Whether parts 4 to 6 are the principal's decisions yet."""
    if not results.is_year_end:
        return ""
    own = [each.row for each in results.pupils if each.seated.grade in grades and each.row is not None]
    left = sum(1 for row in own if row.decided is None)
    if not left and (words := contradicted_words(results, grades)):
        return f"Mục 4–6: {words}; các số theo lần phê duyệt cũ."
    if not left:
        return "Mục 4–6: đã được Hiệu trưởng phê duyệt."
    return (
        f"Mục 4–6: chưa phê duyệt {left}/{len(own)} em; của các em ấy là kết quả hệ thống tính, giáo viên chủ nhiệm đề "
        "nghị."
    )


def _notes(results: Results) -> Iterator[str]:
    yield from earlier_words(results)
    yield from lacking_words([each.seated for each in results.pupils])
    exempt = [each for each in results.pupils if each.is_assessed and each.terms.exempt]
    if exempt:
        yield f"{len(exempt)} em được miễn một số nội dung theo quyết định: không tính ở các nội dung ấy."
    yield results.moment.early or f"Số học sinh tính đến ngày {results.moment.last_day:%d/%m/%Y}."
    yield _OF_WHOM


def _faults(results: Results, tally: Tally[Seated], tables: tuple[Table, ...]) -> Iterator[str]:
    school, *of_grades = tables
    yield from contradicted_sentence(school.title, results)
    for grade in results.grades:
        own = tally.only(lambda pupil, grade=grade: pupil.grade == grade)  # type: ignore[misc]
        yield from gap_sentence(f"Khối {grade}", own)
        yield from contradicted_sentence(f"Khối {grade}", results, (grade,))
    for table in tables:
        yield from _uneven(table)
        for part, whole in PARTS:
            yield from exceeding(table, part, whole)
    for row in (PUPILS, ASSESSED):
        total = sum(int(each.figure(row, "all") or 0) for each in of_grades)
        if total != school.figure(row, "all"):
            yield f"Toàn trường: «{school.row(row).name}» không bằng tổng các khối ({total})."


def _uneven(table: Table) -> Iterator[str]:
    there = {row.key for row in table.rows}
    for whole, parts in _SUMS:
        own = [part for part in parts if part in there]
        if whole in there and own:
            yield from uneven_rows(table, whole, own)


_SUMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (PUPILS, (ASSESSED, UNASSESSED, LATE)),
    *((line.code, tuple(level_key(line.code, level) for level in Attainment)) for line in LINES),
    *((marked_key(line.code), tuple(band_key(line.code, band) for band in BANDS)) for line in LINES),
    *(
        (trait_key(trait.code), tuple(level_key(trait_key(trait.code), each) for each in Rating))
        for trait in TRAITS
    ),
    (RESULT, tuple(f"{RESULT} {each.value}" for each in YearResult)),
    (ASSESSED, (RESULT, undecided(RESULT))),
    (PUPILS, (COMPLETED, NOT_COMPLETED, undecided(COMPLETED))),
    (PUPILS, (PROMOTED, STAYING, WAITING, undecided(PROMOTED))),
    (LEFT, tuple(f"{LEFT} {key}" for key, _label in _REASONS)),
)

KIND = ReportKind(
    slug="chat-luong",
    title="Báo cáo chất lượng giáo dục",
    about="Môn học, phẩm chất, năng lực, kết quả năm học, khen thưởng, lên lớp, bỏ học; theo khối và toàn trường.",
    group=Group.REQUIRED,
    read=read,
    periods=(Period.END_TERM_1, Period.YEAR_END),
    behind=behind,
    has_list=lambda cell: not cell.column.endswith(SHARE),
    tells_secrets=tells_secrets,
    is_long=True,
)
