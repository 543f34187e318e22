"""Biến động sĩ số of a term and of the year, by class, grade and school (R13): `students.head_counts` as a report."""

import datetime
from collections.abc import Iterator

from gradebook.regulation import Period
from reports.figures import Column, Report, Row, Table, exceeding
from reports.movement_lists import pupils_between, tells_secrets
from reports.report_kind import CellKey, Group, Moment, PupilLine, ReportKind
from students.head_counts import COMING, GOING, HeadCount, SchoolCount, count_heads
from students.models import SchoolYear

_COMING_HEADS = ("Nhập học", "Chuyển đến", "Học lại")
_GOING_HEADS = ("Chuyển đi", "Thôi học", "Mất tích", "Qua đời")
COLUMNS = (
    Column("first", ("Đầu kì",)),
    *(Column(str(kind), ("Tăng", head)) for kind, head in zip(COMING, _COMING_HEADS, strict=True)),
    *(Column(str(kind), ("Giảm", head)) for kind, head in zip(GOING, _GOING_HEADS, strict=True)),
    Column("inward", ("Trong trường", "Vào từ lớp khác")),
    Column("outward", ("Trong trường", "Sang lớp khác")),
    Column("pupils", ("Cuối kì", "Sĩ số")),
    Column("girls", ("Cuối kì", "Nữ")),
    Column("minority", ("Cuối kì", "Dân tộc thiểu số", "Tổng")),
    Column("minority_girls", ("Cuối kì", "Dân tộc thiểu số", "Nữ")),
    Column("disabled", ("Cuối kì", "Khuyết tật")),
)
DAYS = "days"
HOW_IT_ADDS_UP = (
    "Đầu kì + tăng − giảm + vào từ lớp khác − sang lớp khác = sĩ số cuối kì. Của khối và toàn trường, chuyển lớp bên "
    "trong không tính."
)


def read(moment: Moment) -> Report:
    """Of the end of term I that term, of the year's end both and the whole year. Four statements a table."""
    tables = tuple(_table(moment.year, *part) for part in _parts(moment))
    faults = [fault for table in tables for fault in _faults(table)]
    return Report(
        kind=KIND.slug,
        title="Báo cáo biến động sĩ số",
        moment=moment.words,
        tables=tables,
        notes=tuple(each for each in (moment.early, HOW_IT_ADDS_UP) if each),
        faults=tuple(faults),
    )


def report_between(year: SchoolYear, first: datetime.date, last: datetime.date) -> Report:
    """Of any two days of the year. Four statements."""
    table = _table(year, DAYS, "Sĩ số", first, last)
    return Report(
        kind=COUNTS.slug,
        title="Báo cáo sĩ số",
        moment=f"ngày {last:%d/%m/%Y}, năm học {year.label}",
        tables=(table,),
        notes=(HOW_IT_ADDS_UP,),
        faults=tuple(_faults(table)),
    )


def _read_day(moment: Moment) -> Report:
    return report_between(moment.year, moment.year.starts_on, moment.last_day)


def _parts(moment: Moment) -> Iterator[tuple[str, str, datetime.date, datetime.date]]:
    """Key, words, first and last day; none that has not begun."""
    year, today = moment.year, moment.last_day
    second = year.second_term_starts_on or year.first_term_ends_on + datetime.timedelta(days=1)
    yield "term1", "Học kì I", year.starts_on, min(year.first_term_ends_on, today)
    if moment.period == Period.YEAR_END and second <= today:
        # The days between the terms are the second term's: nobody who comes or goes then is lost.
        after = year.first_term_ends_on + datetime.timedelta(days=1)
        yield "term2", "Học kì II", after, today
        yield "year", "Cả năm học", year.starts_on, today


def _table(year: SchoolYear, key: str, words: str, first: datetime.date, last: datetime.date) -> Table:
    counted = count_heads(year, last, since=first)
    title = f"{words}, từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}"
    return Table(key, title, COLUMNS, tuple(_rows(counted)), row_head="Lớp, khối")


def _rows(counted: SchoolCount) -> Iterator[Row]:
    for grade in counted.grades:
        for line in grade.classes:
            yield _row(f"class {line.label}", line, level=1)
        yield _row(f"grade {grade.grade_level}", grade.total)
    yield _row("school", counted.total)


def _row(key: str, line: HeadCount, *, level: int = 0) -> Row:
    moved = tuple(line.moved[kind] for kind in (*COMING, *GOING))
    figures = (line.first, *moved, line.inward, line.outward, line.now.pupils, *line.now.of_whom)
    return Row(key, line.label, figures, level=level, is_heading=level == 0)


def _faults(table: Table) -> Iterator[str]:
    for row in table.rows:
        known = dict(zip((column.key for column in table.columns), row.figures, strict=True))
        count = {key: int(figure or 0) for key, figure in known.items()}
        come = sum(count[kind] for kind in COMING) + count["inward"]
        gone = sum(count[kind] for kind in GOING) + count["outward"]
        if count["first"] + come - gone != count["pupils"]:
            yield (
                f"{table.title}, dòng «{row.name}»: đầu kì {count['first']} + {come} − {gone} không bằng sĩ số "
                f"{count['pupils']}."
            )
    for part, whole in (("girls", "pupils"), ("minority", "pupils"), ("minority_girls", "minority")):
        yield from exceeding(table, part, whole)


def _behind(moment: Moment, cell: CellKey) -> tuple[PupilLine, ...]:
    """() of a part of the year that has not begun."""
    spans = {key: (first, last) for key, _words, first, last in _parts(moment)}
    if cell.table not in spans:
        return ()
    return pupils_between(moment.year, *spans[cell.table], cell)


def _behind_day(moment: Moment, cell: CellKey) -> tuple[PupilLine, ...]:
    return pupils_between(moment.year, moment.year.starts_on, moment.last_day, cell)


KIND = ReportKind(
    slug="bien-dong-si-so",
    title="Biến động sĩ số",
    about="Đầu kì, tăng, giảm, cuối kì của từng lớp, khối và toàn trường, theo học kì và cả năm.",
    group=Group.SUMMARY,
    read=read,
    periods=(Period.END_TERM_1, Period.YEAR_END),
    behind=_behind,
    tells_secrets=tells_secrets,
)

COUNTS = ReportKind(
    slug="si-so",
    title="Sĩ số một ngày",
    about="Từ đầu năm học đến ngày chọn: đầu năm, tăng, giảm, sĩ số của từng lớp, khối và toàn trường.",
    group=Group.SUMMARY,
    read=_read_day,
    first_day=SchoolYear.day_for_roster,
    behind=_behind_day,
    tells_secrets=tells_secrets,
)
