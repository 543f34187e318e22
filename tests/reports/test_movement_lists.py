"""Each number of the movement report opens the list of the pupils behind it (issue 7, part 7)."""

import datetime

import pytest
from django.urls import reverse

from accounts import clock
from gradebook.regulation import Period
from reports.movement_report import COUNTS, KIND
from reports.report_kind import CellKey, Moment
from students.models import SchoolClass, Student
from students.movement_rules import Kind
from tests.gradebook.school import make_school
from tests.pupils import rewrite
from tests.reports.test_print_pages import as_person
from tests.students.test_head_counts import DAY, try_one

pytestmark = pytest.mark.django_db


def the_school():
    """Of 4A one goes to 4B, one skips to 5A, one leaves; one of 4B belongs to a minority."""
    school = make_school(pupils=3)
    five = SchoolClass.objects.create(year=school.year, name="5A", grade_level=5)
    on = school.year.starts_on + 40 * DAY
    pupil, other, third = school.pupils
    try_one(school, Kind.CHANGED_CLASS, pupil, school.class_4b, on)
    try_one(school, Kind.SKIPPED_GRADE, other, five, on)
    try_one(school, Kind.LEFT, third, school.class_4a, on)
    rewrite(Student.objects.filter(pk=pupil.pk), ethnic_code="03", gender="female")
    return school


def moments(school):
    return [
        (KIND, Moment(school.year, Period.END_TERM_1)),
        (KIND, Moment(school.year, Period.YEAR_END)),
        (COUNTS, Moment(school.year, day=school.year.starts_on + 41 * DAY)),
    ]


def test_behind_every_number_stand_as_many_pupils(school):
    last = school.year.ends_on
    tried = 0
    with clock.travelling(datetime.datetime.combine(last, datetime.time(8), datetime.UTC)):
        for kind, moment in moments(school):
            for table in kind.read(moment).tables:
                for row in table.rows:
                    for column, figure in table.cells(row):
                        cell = CellKey(table.key, row.key, column.key)
                        assert len(kind.behind(moment, cell)) == figure, cell
                        tried += bool(figure)
    assert tried > 40


def test_the_list_says_by_which_movement_a_pupil_came_or_went(school):
    kind, moment = moments(school)[2]
    (line,) = kind.behind(moment, CellKey("days", "grade 4", "outward"))
    assert (line.full_name, line.class_name) == (school.pupils[1].full_name, "4A")
    assert line.why.startswith("Học vượt từ 4A sang 5A, ngày ")
    (line,) = kind.behind(moment, CellKey("days", "school", str(Kind.LEFT)))
    assert line.why.startswith("Thôi học, ngày ")


def test_the_page_of_the_report_leads_to_the_list_of_each_number(school):
    day = school.year.starts_on + 41 * DAY
    query = {"year": school.year.pk, "day": f"{day:%Y-%m-%d}"}
    client = as_person(school.hoa)
    page = client.get(reverse("reports:report", args=["si-so"]), query).content.decode()
    address = reverse("reports:report_pupils", args=["si-so"])
    assert f'href="{address}?' in page
    listed = client.get(address, {**query, "table": "days", "row": "class 4B", "column": "inward"})
    assert school.pupils[0].full_name in listed.content.decode()
    assert "Chuyển lớp từ 4A sang 4B" in listed.content.decode()
    nobody = client.get(address, {**query, "table": "days", "row": "class 9Z", "column": "inward"})
    assert nobody.status_code == 404
