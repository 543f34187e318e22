"""The statistics of the whole school as reports: to be kept as they are, printed, and held against what is so since."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import TypeVar

from gradebook.regulation import Period
from reports import attendance_tables, statistics_tables
from reports.absence_counts import count_absences
from reports.figures import Report, Table
from reports.report_kind import CellKey, Group, Moment, PupilLine, ReportKind
from reports.statistics_lists import read_pupils
from reports.statistics_matters import OPEN_GROUPS, RESULT, Matter, Whom
from reports.statistics_scope import BY_CLASS, BY_ITEM, SCHOOL, Asked, Where, asked_of_school
from reports.statistics_tables import place_of
from reports.value_counts import count

COLUMNS_OF_A_SHEET = 20
SCHOOL_TABLE, GRADE_TABLE, CLASS_TABLE = "truong", "khoi-", "lop"
COUNTED = (
    "Đếm học sinh của lớp vào ngày lớp khoá sổ lần cuối (chưa khoá: ngày lập). % tính trên số được đánh giá."
)
_ABOUT = {
    Matter.LEVELS: "Mức T, H, C của từng môn học, hoạt động: toàn trường và từng khối.",
    Matter.MARKS: "Số bài kiểm tra định kì ở mỗi điểm 10, 9, 8, 7, 6, 5, dưới 5: toàn trường và từng khối.",
    Matter.TRAITS: "Mức T, Đ, C của từng phẩm chất, năng lực: toàn trường và từng khối.",
    Matter.RESULTS: "Kết quả, hoàn thành chương trình, lên lớp, khen thưởng của từng lớp, khối, toàn trường.",
    Matter.ATTENDANCE: "Số ngày nghỉ có phép, không phép của từng lớp, khối, toàn trường, theo học kì và cả năm.",
}
_PERIODS = {
    Matter.RESULTS: (Period.YEAR_END,),
    Matter.ATTENDANCE: (Period.END_TERM_1, Period.YEAR_END),
}


def _asked(matter: Matter, moment: Moment) -> Asked:
    by = BY_CLASS if matter in (Matter.RESULTS, Matter.ATTENDANCE) else BY_ITEM
    return asked_of_school(matter, moment.year, moment.period or Period.YEAR_END, by=by)


def read(matter: Matter, moment: Moment) -> Report:
    """Four statements; of attendance five."""
    asked = _asked(matter, moment)
    tables = _absences(asked) if matter is Matter.ATTENDANCE else _counted(asked)
    return Report(
        kind=slug_of(matter),
        title=f"Thống kê {matter.label[:1].lower()}{matter.label[1:]}",
        moment=moment.words,
        tables=tuple(tables),
        notes=() if matter is Matter.ATTENDANCE else (COUNTED,),
    )


def _counted(asked: Asked) -> Iterator[Table]:
    tallies = count(asked.question())
    parts = list(_parts(statistics_tables.places_for(asked)))
    for key, title, where in _scopes(asked):
        lines = statistics_tables.lines_for(replace(asked, where=where))
        for number, places in enumerate(parts):
            yield statistics_tables.table_of(
                _named(key, title, number, places), tallies, lines, places, asked.row_head
            )


P = TypeVar("P", statistics_tables.Place, attendance_tables.Place)


def _parts(places: Sequence[P]) -> Iterator[list[P]]:
    """As many columns together as a sheet of paper takes: all pupils first, what they are counted in not mixed with
    what follows from it, then the groups."""
    part: list[P] = []
    for _key, run in groupby(
        places, key=lambda place: (place.group, place.group is Whom.ALL and _is_rest(place))
    ):
        own = list(run)
        if part and (part[0].group is Whom.ALL or len(part) + len(own) > COLUMNS_OF_A_SHEET):
            yield part
            part = []
        part += own
    if part:
        yield part


def _is_rest(place: statistics_tables.Place | attendance_tables.Place) -> bool:
    """Of a year's end: not the result itself, but what follows from it."""
    return place.counted.item not in ("", RESULT)


def _named(key: str, title: str, number: int, places: Sequence[P]) -> tuple[str, str]:
    """The first part has the name of the scope alone."""
    if not number:
        return key, title
    if places[0].group is Whom.ALL:
        return f"{key}.{number}", f"{title}: chương trình, lên lớp, khen thưởng"
    words = ", ".join(dict.fromkeys(place.group.label.lower() for place in places))
    return f"{key}.{number}", f"{title}: {words}"


def _scopes(asked: Asked) -> Iterator[tuple[str, str, Where]]:
    if asked.by == BY_CLASS:
        yield CLASS_TABLE, "Theo lớp, khối", SCHOOL
        return
    yield SCHOOL_TABLE, "Toàn trường", SCHOOL
    for grade in asked.grades:
        yield f"{GRADE_TABLE}{grade}", f"Khối {grade}", Where(grade)


def _absences(asked: Asked) -> Iterator[Table]:
    """Of the end of term I that term, of the year's end the terms and the year."""
    spans = [each for each in attendance_tables.spans_of(asked.year) if not each.is_month]
    if asked.period is not Period.YEAR_END:
        spans = [each for each in spans if each.key == attendance_tables.TERMS[0][0]]
    found = count_absences(asked.classes, {each.key: each.days for each in spans})
    parts = list(_parts(attendance_tables.places_for(asked.groups)))
    for span in spans:
        lines = attendance_tables.lines_for(asked, spans, span)
        for number, places in enumerate(parts):
            name = _named(span.key, span.label, number, places)
            yield attendance_tables.table_of(name, found, lines, places, asked.row_head)


def behind(matter: Matter, moment: Moment, cell: CellKey) -> tuple[PupilLine, ...]:
    """Who stands behind a figure. Raises Http404 for a figure without pupils."""
    asked = _asked(matter, moment)
    place = place_of(cell.column)
    query = {"column": place.counted.key, "group": place.group.value} if place else {}
    table = cell.table.partition(".")[0]
    if table.startswith(GRADE_TABLE):
        asked = replace(asked, where=Where(int(table.removeprefix(GRADE_TABLE))))
    if asked.by == BY_CLASS:
        asked = replace(asked, where=_where_of(asked, cell.row))
        query["span"] = table if matter is Matter.ATTENDANCE else ""
    else:
        asked = replace(asked, item=cell.row)
    return tuple(
        PupilLine(each.pk, each.school_class.name, each.name, each.birth_label, each.value)
        for each in read_pupils(asked, query).pupils
    )


def _where_of(asked: Asked, row: str) -> Where:
    kind, _space, key = row.partition(" ")
    if kind == "khoi":
        return Where(int(key))
    return Where(school_class=next((each for each in asked.classes if str(each.pk) == key), None))


def tells_secrets(cell: CellKey) -> bool:
    place = place_of(cell.column)
    return place is not None and place.group not in OPEN_GROUPS


def slug_of(matter: Matter) -> str:
    return f"thong-ke-{matter.value}"


def _kind(matter: Matter) -> ReportKind:
    reads: Callable[[Moment], Report] = partial(read, matter)
    return ReportKind(
        slug=slug_of(matter),
        title=f"Thống kê {matter.label[:1].lower()}{matter.label[1:]}",
        about=_ABOUT[matter],
        group=Group.STATISTICS,
        read=reads,
        periods=_PERIODS.get(matter, tuple(Period)),
        behind=partial(behind, matter),
        has_list=lambda cell: place_of(cell.column) is not None,
        tells_secrets=tells_secrets,
        is_long=True,
    )


KINDS = tuple(_kind(matter) for matter in Matter)
