"""Sheets as of any date and time: values by the history, pupils by the day, nothing to type."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import clock
from gradebook.past import read_past_sheet
from tests.gradebook.school import add_pupils, enter, open_school

pytestmark = pytest.mark.django_db


the_school = open_school


@pytest.fixture
def written(school):
    """9 was written, corrected to 8, and erased, 20 minutes after each other; asked for between."""
    moments = []
    for minutes, mark in ((50, "9"), (30, "8"), (10, "")):
        moment = clock.now() - datetime.timedelta(minutes=minutes)
        with clock.travelling(moment):
            enter(school.sheet(), school.pupils[0], "mark", mark, by=school.lan)
        moments.append(moment)
    return moments


def at(moment):
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M:%S}"


def past(school, tail="TOAN/GHKI/"):
    return f"/gradebook/sheets/{school.class_4a.pk}/{tail}past/"


def mark_at(school, moment):
    cells = read_past_sheet(school.sheet(), moment).rows[0].cells
    return next(cell.value for cell in cells if cell.column.field == "mark")


def test_a_cell_has_the_value_that_it_had_at_that_moment(school, written):
    second = datetime.timedelta(seconds=1)
    shown = [mark_at(school, moment + step) for moment in written for step in (-second, second)]
    assert shown == ["", "9", "9", "8", "8", ""]


def test_the_page_says_that_it_is_the_past_and_has_nothing_to_type(lan, school, written):
    page = lan.get(past(school), {"at": at(written[0] + datetime.timedelta(minutes=1))}).content.decode()
    assert "Đây là sổ trong quá khứ" in page
    assert '<td class="n">9</td>' in page
    assert 'name="c.' not in page
    assert "Lúc đó đã nhập 1/15 ô" in " ".join(page.split())


def test_the_pupils_are_those_who_sat_there_that_day(school):
    """One came today."""
    before = len(read_past_sheet(school.sheet(), clock.now()).rows)
    seat = school.pupils[0].enrolments.get()
    type(seat).objects.filter(pk=seat.pk).update(starts_on=clock.today())
    yesterday = clock.now() - datetime.timedelta(days=1)
    names = [row.student.full_name for row in read_past_sheet(school.sheet(), yesterday).rows]
    assert len(names) == before - 1
    assert school.pupils[0].full_name not in names


def test_the_homeroom_sheet_has_a_past_too(school):
    enter(school.sheet("NLPC"), school.pupils[0], "rating", "T", by=school.lan, item="nhan_ai")
    cells = read_past_sheet(school.sheet("NLPC"), clock.now()).rows[0].cells
    assert {cell.column.item: cell.value for cell in cells if cell.value} == {"nhan_ai": "T"}


def test_a_pupils_whole_year_has_a_past(lan, school, written):
    place = past(school, f"pupils/{school.pupils[0].pk}/")
    page = lan.get(place, {"at": at(written[1] + datetime.timedelta(minutes=1))}).content.decode()
    assert "Đây là sổ trong quá khứ" in page
    assert "<span>Điểm</span> 8</p>" in page
    assert 'name="c.' not in page


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("hôm qua", "Thời điểm chưa đúng"),
        ("", "Thời điểm chưa đúng"),
        ("2199-01-01T00:00", "chưa đến"),
        ("2001-01-01T00:00", "Năm học chưa bắt đầu"),
        ("0001-01-01T00:00", "Năm học chưa bắt đầu"),
    ],
)
def test_a_moment_that_cannot_be_is_told_with_what_was_typed(lan, school, asked, said):
    answer = lan.get(past(school), {"at": asked})
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_whoever_may_not_see_the_sheet_sees_no_past_of_it(client, school):
    client.force_login(school.minh)
    assert client.get(past(school)).status_code == 403
    assert client.get(past(school, f"pupils/{school.pupils[0].pk}/")).status_code == 403


def test_a_sheet_in_reading_asks_for_a_moment(lan, school):
    page = lan.get(f"/gradebook/sheets/{school.class_4a.pk}/TOAN/GHKI/?read=1").content.decode()
    assert f'action="{past(school)}"' in page


@pytest.mark.parametrize(("tail", "budget"), [("TOAN/GHKI/", 6), ("pupils/{pupil}/", 7)])
def test_the_past_costs_the_same_for_5_and_50_pupils_and_a_long_history(lan, school, tail, budget):
    place = past(school, tail.format(pupil=school.pupils[0].pk))
    start = at(clock.now())

    def statements():
        with CaptureQueriesContext(connection) as asked:
            assert lan.get(place, {"at": start}).status_code == 200
        return len(asked)

    statements()
    few = statements()
    for mark in ("9", "8", "7"):
        enter(school.sheet(), school.pupils[0], "mark", mark, by=school.lan)
    add_pupils(school.class_4a, 45)
    assert (few, statements()) == (budget, budget)
