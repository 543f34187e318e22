"""The lists of a year's end as reports: what is kept, compared with what is now, put on paper (domain 2.7 C, R82)."""

from functools import partial
from itertools import groupby

from gradebook.decision_lists import with_decisions
from gradebook.regulation import Period
from gradebook.year_end import Row as Pupil
from gradebook.year_end import read_rows
from gradebook.year_end_list_views import NOTE
from gradebook.year_end_lists import LISTS, Kind, PupilList, pupil_list
from reports.figures import Column, Report, Row, Table
from reports.report_kind import Group, Moment, ReportKind
from students.models import SchoolClass

NAMES = "Họ và tên"
_WHERE = (Column("class", ("Lớp",), is_words=True), Column("birth", ("Ngày sinh",), is_words=True))


def list_slug(kind: Kind) -> str:
    return f"danh-sach-{kind.value}"


def read_list(kind: Kind, moment: Moment) -> Report:
    """The list of the whole school, a table a grade. Statements independent of pupils and classes."""
    classes = list(SchoolClass.objects.filter(year=moment.year).order_by("grade_level", "name"))
    for each in classes:
        each.year = moment.year
    pupils = with_decisions(pupil_list(kind, read_rows(classes)), moment.year.pk)
    columns = (
        *_WHERE,
        *(Column(f"own{n}", (name,), is_words=True) for n, name in enumerate(pupils.headings)),
    )
    numbered = enumerate(pupils.rows, start=1)
    tables = tuple(
        Table(
            f"grade {grade}",
            f"Khối {grade}",
            columns,
            tuple(_row(number, row, pupils) for number, row in rows),
            row_head=NAMES,
        )
        for grade, rows in groupby(numbered, key=lambda each: each[1].school_class.grade_level)
    )
    return Report(list_slug(kind), LISTS[kind].title, moment.words, tables or (_empty(columns),), (NOTE,))


def _row(number: int, pupil: Pupil, pupils: PupilList) -> Row:
    told = (words for _heading, words in pupils.told(pupil))
    return Row(
        f"{pupil.student.pk}-{pupil.school_class.pk}",
        pupil.student.full_name,
        number=str(number),
        words=(pupil.school_class.name, pupil.student.birth_label, *told),
    )


def _empty(columns: tuple[Column, ...]) -> Table:
    return Table("none", "Chưa có em nào", columns, (), row_head=NAMES)


KINDS = tuple(
    ReportKind(
        slug=list_slug(kind),
        title=LISTS[kind].title,
        about=LISTS[kind].about,
        group=Group.LISTS,
        read=partial(read_list, kind),
        periods=(Period.YEAR_END,),
        is_long=True,
        is_list=True,
    )
    for kind in Kind
)
