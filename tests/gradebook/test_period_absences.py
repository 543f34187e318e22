"""Days absent by period of assessment, term and year, and what the books print of them (PLAN IV.5; rule R73)."""

import datetime
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import make_aware

from accounts import clock
from accounts.history import Source
from gradebook.models import EntryOrder, EntryWindow
from gradebook.period_absences import read_period_absences, spans_of
from reports.transcripts import transcript_of
from students.attendance import Call, call_roll
from students.models import YearProfile
from tests.gradebook.school import School, add_pupils
from tests.students.test_attendance import at

pytestmark = pytest.mark.django_db


def day(school: School, month: int, number: int) -> datetime.date:
    return datetime.date(school.year.year + (month < 8), month, number)


def open_until(school: School, period: str, closes: datetime.date, *, number: str, **scope: object) -> None:
    """An order of the past, written as it stands: no order can be signed for days that are over."""
    moment = make_aware(datetime.datetime.combine(closes, datetime.time(17)))
    times = {"opens_at": moment - datetime.timedelta(days=5), "closes_at": moment}
    order = EntryOrder.objects.create(
        number=number,
        dated=closes,
        kind=EntryOrder.Kind.OPEN,
        year=school.year,
        period=period,
        text="Mở nhập.",
        signed_by=school.bich,
        signed_at=clock.stamp(),
        **times,
        **scope,
    )
    EntryWindow.objects.create(order=order, year=school.year, period=period, **times, **scope)


@pytest.fixture
def ill(school) -> School:
    """The first pupil: a day with leave on each side of the first lock of GHKI, half a day without in term II."""
    open_until(school, "GHKI", day(school, 11, 6), number="1/QĐ")
    open_until(school, "GHKI", day(school, 11, 20), number="2/QĐ", school_class=school.class_4a)
    pupil = school.pupils[0].pk
    for when, sessions, kind in (
        (day(school, 11, 6), ("morning", "afternoon"), "P"),
        (day(school, 11, 9), ("morning", "afternoon"), "P"),
        (day(school, 2, 3), ("morning",), "K"),
    ):
        moved = when if when.isoweekday() < 6 else when - datetime.timedelta(days=2)
        with at(moved, 17):
            calls = [Call(moved, session, {pupil: kind}, 0, uuid.uuid4()) for session in sessions]
            assert call_roll(school.class_4a, calls, by=school.lan, source=Source.PAGE).is_whole
    return school


def sums(school: School) -> dict[str, tuple[str, str]]:
    page = read_period_absences(school.class_4a)
    return dict(zip([each.label for each in page.columns], page.rows[0].labels, strict=True))


def test_the_halves_of_a_term_meet_on_the_day_of_the_first_lock(ill):
    spans = spans_of(ill.class_4a)
    assert spans["GHKI"].last == day(ill, 11, 6)
    assert spans["CHKI"].first == day(ill, 11, 7)
    assert (spans["GHKI"].first, spans["CHKI"].last) == (spans["Học kì I"].first, spans["Học kì I"].last)


def test_the_periods_of_a_term_add_up_to_the_term_and_the_terms_to_the_year(ill):
    assert sums(ill) == {
        "GHKI": ("1", "0"),
        "CHKI": ("1", "0"),
        "Học kì I": ("2", "0"),
        "Học kì II": ("0", "0,5"),
        "Cả năm": ("2", "0,5"),
    }


def test_the_transcript_prints_the_year_that_the_page_shows_with_what_was_brought_along(ill):
    YearProfile.objects.create(student=ill.pupils[0], year=ill.year, absent_with_leave=3)
    assert sums(ill)["Cả năm"] == ("5", "0,5")
    year = transcript_of(ill.pupils[0], ill.year).years[-1]
    assert (year.absent_with_permission, year.absent_without_permission) == ("5", "0,5")


def test_a_term_whose_middle_no_order_has_opened_is_not_divided_and_says_so(ill):
    client = Client()
    client.force_login(ill.lan)
    page = " ".join(client.get(reverse("gradebook:period_absences", args=[ill.class_4a.pk])).text.split())
    assert "Chưa có lệnh mở nhập Giữa học kì II nên học kì đó chưa chia được." in page
    assert "Chưa có lệnh mở nhập Giữa học kì I nên" not in page


def test_a_class_whose_rolls_were_never_called_has_no_total_which_is_not_none_absent(school):
    assert sums(school)["Cả năm"] == ("", "")


def test_the_page_costs_the_same_for_5_and_50_pupils(ill):
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            read_period_absences(ill.class_4a)
        return len(asked)

    few = statements()
    add_pupils(ill.class_4a, 45)
    assert (few, statements()) == (6, 6)
