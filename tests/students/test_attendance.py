"""The roll: who may call it, when, once; what two people do; months that close; sums (rules R71-R73)."""

import datetime
import uuid
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import clock
from accounts.history import Source
from students.absences import Absences, absence_totals
from students.attendance import Call, MonthRefused, RollReport, call_roll, confirm_month, month_sums
from students.attendance_overview import attendance_tasks, read_follow_up
from students.models import Absence, AttendanceMonth, RollCall, SchoolClass, Student, WeekPattern, YearProfile
from tests.gradebook.school import CONFIRMED, School, add_pupils

pytestmark = pytest.mark.django_db


def first_wednesday(school: School, month: int = 11) -> datetime.date:
    first = datetime.date(school.year.year, month, 1)
    return first + datetime.timedelta(days=(2 - first.weekday()) % 7)


def at(day: datetime.date, hour: int = 7) -> object:
    return clock.travelling(
        clock.timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour, 30)))
    )


@pytest.fixture
def day(school: School) -> Iterator[datetime.date]:
    """A Wednesday in November, half past seven."""
    found = first_wednesday(school)
    with at(found):
        yield found


def test_the_classes_today_come_by_page_and_by_grade_in_constant_statements(school, day):
    client = Client()
    client.force_login(school.hoa)
    page = reverse("students:attendance")
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        assert "Khối 4" not in client.get(page).text
    for number in range(50):
        SchoolClass.objects.create(year=school.year, name=f"5N{number:02}", grade_level=5)
    with CaptureQueriesContext(connection) as many:
        first = client.get(page)
    assert len(first.context["overview"].lines) == 40
    assert "Trang 1 / 2" in " ".join(first.text.split())
    assert len(many) == len(few)
    of_grade = client.get(page, {"grade": "4"}).context["overview"]
    assert [each.school_class.name for each in of_grade.lines] == ["4A", "4B"]
    assert of_grade.grades == (1, 4, 5)


def call(
    day: datetime.date,
    absent: dict[Student, str] | None = None,
    *,
    session: str = "morning",
    version: int = 0,
    token: uuid.UUID | None = None,
) -> Call:
    kinds = {pupil.pk: kind for pupil, kind in (absent or {}).items()}
    return Call(day, session, kinds, version, token or uuid.uuid4())


def save(school: School, *calls: Call) -> RollReport:
    return call_roll(school.class_4a, calls, by=school.lan, source=Source.PAGE)


def sums(school: School, pupil: Student) -> Absences | None:
    return absence_totals([pupil.pk], until=school.year.year).get((pupil.pk, school.year.year))


def address(school: School, day: datetime.date, session: str = "morning") -> str:
    return reverse("students:roll", args=[school.class_4a.pk, day, session])


def form(school: School, absent: dict[Student, str] | None = None, **more: object) -> dict[str, object]:
    kinds = absent or {}
    fields = {f"a.{pupil.pk}": kinds.get(pupil, "") for pupil in school.pupils}
    return {**fields, "version": 0, "token": uuid.uuid4(), **more}


def client_of(school: School, name: str) -> Client:
    client = Client()
    client.force_login(school.people[name])
    return client


def test_a_roll_with_nobody_absent_is_on_record_and_differs_from_none(school, day):
    assert sums(school, school.pupils[0]) is None
    save(school, call(day))
    roll = RollCall.objects.get()
    assert (roll.called_by, roll.day, roll.session) == (school.lan, day, "morning")
    assert sums(school, school.pupils[0]) == Absences(Decimal(0), Decimal(0))


def test_half_days_count_half_and_whole_days_of_one_session_whole(school, day):
    thursday = day + datetime.timedelta(days=1)
    WeekPattern.objects.create(
        year=school.year, starts_on=thursday, mornings=[1, 2, 3, 4, 5], afternoons=[1, 2, 3]
    )
    an, binh = school.pupils[:2]
    with at(thursday):
        save(
            school,
            call(day, {an: "P", binh: "K"}),
            call(day, {an: "P"}, session="afternoon"),
            call(thursday, {binh: "P"}),
        )
    assert sums(school, an) == Absences(Decimal(1), Decimal(0))
    assert sums(school, binh) == Absences(Decimal(1), Decimal("0.5"))


def test_what_was_brought_from_elsewhere_comes_on_top(school, day):
    an = school.pupils[0]
    YearProfile.objects.create(student=an, year=school.year, absent_with_leave=2)
    assert sums(school, an) == Absences(Decimal(2), None)
    save(school, call(day, {an: "P"}))
    assert sums(school, an) == Absences(Decimal("2.5"), Decimal(0))


@pytest.mark.parametrize("name", ["minh", "thu", "dung", "bich", "hoa", "tuan", "son"])
def test_only_the_homeroom_teacher_calls_the_roll(school, day, name):
    with pytest.raises(PermissionDenied):
        call_roll(school.class_4a, [call(day)], by=school.people[name], source=Source.PAGE)
    assert not RollCall.objects.exists()


def test_no_roll_on_days_without_lessons_nor_before_the_day(school, day):
    saturday, tomorrow = day - datetime.timedelta(days=4), day + datetime.timedelta(days=1)
    report = save(school, call(saturday), call(tomorrow))
    assert ["lớp không học" in each.message for each in report.refused] == [True, False]
    assert "Chưa đến ngày" in report.refused[1].message
    assert not RollCall.objects.exists()


def test_a_pupil_of_another_class_is_refused(school, day):
    stranger = add_pupils(school.class_4b, 1)[0]
    report = save(school, call(day, {stranger: "P"}))
    assert "Danh sách lớp" in report.refused[0].message


def test_the_same_save_sent_twice_is_one(school, day):
    once = call(day, {school.pupils[0]: "P"})
    save(school, once)
    save(school, call(day, {school.pupils[1]: "K"}, version=1))
    again = save(school, once)
    assert again.saved[0].was_known
    assert again.saved[0].version == 1
    assert RollCall.objects.get().version == 2
    assert RollCall.history.count() == 2


def test_two_people_at_once_the_second_is_shown_what_differs(school, day):
    an, binh = school.pupils[:2]
    save(school, call(day, {an: "P"}))
    report = save(school, call(day, {binh: "K"}))
    assert report.conflicts[0].differences == {an.pk: ("P", ""), binh.pk: ("", "K")}
    assert list(Absence.objects.values_list("student", "kind")) == [(an.pk, "P")]


def test_two_who_say_the_same_do_not_conflict(school, day):
    save(school, call(day, {school.pupils[0]: "P"}))
    assert save(school, call(day, {school.pupils[0]: "P"})).is_whole
    assert RollCall.objects.get().version == 1


def test_a_second_save_from_a_phone_that_never_heard_of_the_first_is_no_conflict(school, day):
    first = call(day, {school.pupils[0]: "P"})
    save(school, first)
    later = Call(day, "morning", {school.pupils[1].pk: "K"}, 0, uuid.uuid4(), frozenset({first.token}))
    assert save(school, later).is_whole
    assert RollCall.objects.get().version == 2


def test_an_absence_taken_back_no_longer_counts_and_stays_in_the_history(school, day):
    an = school.pupils[0]
    save(school, call(day, {an: "K"}))
    save(school, call(day, version=1))
    assert sums(school, an) == Absences(Decimal(0), Decimal(0))
    assert list(Absence.history.order_by("history_id").values_list("kind", flat=True)) == ["K", ""]


def test_a_month_stays_open_until_the_third_of_the_next_and_locks_by_the_date(school):
    october = first_wednesday(school, 10)
    with at(datetime.date(school.year.year, 11, 3), 23):
        assert save(school, call(october)).is_whole
    with at(datetime.date(school.year.year, 11, 4), 0):
        report = save(school, call(october + datetime.timedelta(days=1)))
    assert "đã khoá sau ngày 03/11" in report.refused[0].message
    assert "phiếu đề nghị" in report.refused[0].message


def fill_october(school: School) -> None:
    first = datetime.date(school.year.year, 10, 1)
    days = [first + datetime.timedelta(days=number) for number in range(31)]
    calls = [call(day, session=session) for day in days for session in ("morning", "afternoon")]
    with at(datetime.date(school.year.year, 11, 1)):
        save(school, *calls)


def confirm(school: School, day: int) -> AttendanceMonth:
    october = datetime.date(school.year.year, 10, 1)
    with at(datetime.date(school.year.year, 11, day)):
        now = month_sums(school.class_4a, october)
        seen = (now.with_leave, now.without_leave, len(now.not_called))
        return confirm_month(school.class_4a, october, seen=seen, by=school.lan)


def test_a_whole_month_is_confirmed_in_time_and_closed_at_once(school):
    fill_october(school)
    confirm(school, 2)
    with at(datetime.date(school.year.year, 11, 2), 9):
        report = save(school, call(first_wednesday(school, 10), {school.pupils[0]: "P"}, version=1))
    assert "xác nhận lúc" in report.refused[0].message


def test_a_month_with_gaps_is_not_confirmed_in_time_but_late_with_its_gaps_on_record(school):
    with pytest.raises(MonthRefused, match="buổi chưa điểm danh"):
        confirm(school, 2)
    assert confirm(school, 5).not_called > 0


def test_sums_that_changed_meanwhile_are_shown_again(school):
    fill_october(school)
    with at(datetime.date(school.year.year, 11, 2)), pytest.raises(MonthRefused, match="vừa thay đổi"):
        confirm_month(
            school.class_4a,
            datetime.date(school.year.year, 10, 1),
            seen=(Decimal(9), Decimal(0), 0),
            by=school.lan,
        )


def test_whoever_missed_a_month_is_listed_to_the_vice_principal_from_day_four(school):
    fill_october(school)
    confirm(school, 2)
    october = datetime.date(school.year.year, 10, 1)
    with at(datetime.date(school.year.year, 11, 3)):
        assert october not in [each.state.month for each in read_follow_up().late]
    with at(datetime.date(school.year.year, 11, 4)):
        late = next(each for each in read_follow_up().late if each.state.month == october)
        assert [each.name for each in late.classes] == ["1A", "4B"]
        titles = [task.title for task in attendance_tasks(school.hoa)]
    assert f"2 lớp chưa xác nhận điểm danh tháng 10/{school.year.year}" in titles


def test_the_start_page_asks_for_each_session_whose_time_has_come(school, day):
    def asked() -> list[str]:
        titles = [task.title for task in attendance_tasks(school.lan)]
        return [title for title in titles if title.startswith("Điểm danh lớp 4A buổi")]

    morning, afternoon = (f"Điểm danh lớp 4A buổi {name} hôm nay" for name in ("sáng", "chiều"))
    assert asked() == [morning]
    with at(day, 13):
        assert asked() == [morning, afternoon]
    save(school, call(day))
    assert asked() == []
    with at(day, 13):
        assert asked() == [afternoon]
        save(school, call(day, session="afternoon"))
        assert asked() == []


def test_the_plain_form_saves_and_shows_who_called(school, day):
    client = client_of(school, "lan")
    answer = client.post(address(school, day), form(school, {school.pupils[0]: "P"}), follow=True)
    assert "vắng 1 (P 1, K 0)" in answer.content.decode()
    assert "Nguyễn Thị Lan" in answer.content.decode()


def test_the_script_gets_the_new_version_in_a_few_bytes(school, day):
    answer = client_of(school, "lan").post(
        address(school, day), form(school), headers={"accept": "application/json"}
    )
    assert answer.json()["version"] == 1
    assert "không ai vắng" in answer.json()["said"]


def test_a_conflict_shows_both_and_keeps_what_was_typed(school, day):
    save(school, call(day, {school.pupils[0]: "P"}))
    answer = client_of(school, "lan").post(address(school, day), form(school, {school.pupils[1]: "K"}))
    page = " ".join(answer.content.decode().split())
    assert answer.status_code == 409
    assert "Đang lưu: vắng có phép; của thầy cô: có mặt" in page
    assert "Đang lưu: có mặt; của thầy cô: vắng không phép" in page


def test_a_form_without_a_pupil_who_came_since_is_looked_at_again(school, day):
    fields = form(school)
    add_pupils(school.class_4a, 1)
    answer = client_of(school, "lan").post(address(school, day), fields)
    assert answer.status_code == 422
    assert "Còn 1 học sinh chưa được điểm danh" in answer.content.decode()


def test_the_month_shows_letters_halves_and_gaps_and_goes_out_as_excel(school, day):
    an, binh = school.pupils[:2]
    save(school, call(day, {an: "P", binh: "K"}), call(day, {an: "P"}, session="afternoon"))
    client = client_of(school, "hoa")
    place = [school.class_4a.pk, day.replace(day=1)]
    page = client.get(reverse("students:attendance_month", args=place)).context["page"]
    assert [row.cells[day.day - 1] for row in page.rows[:2]] == ["P", "Ks"]
    assert [(row.with_leave, row.without_leave) for row in page.rows[:2]] == [("1", "0"), ("0", "0,5")]
    assert page.days[day.day - 1].not_called == ()
    answer = client.get(reverse("students:attendance_file", args=place))
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)[:2] == b"PK"


def test_an_absence_of_the_afternoon_leads_to_the_roll_of_the_afternoon(school, day):
    pupil = school.pupils[0]
    save(school, call(day), call(day, {pupil: "P"}, session="afternoon"))
    place = [school.class_4a.pk, day.replace(day=1)]
    page = client_of(school, "lan").get(reverse("students:attendance_month", args=place)).text
    listed = page.split('class="month-list"')[1].split("</section>")[0]
    assert ": Pc<" in listed
    assert address(school, day, "afternoon") in listed
    assert address(school, day, "morning") not in listed


def test_on_a_telephone_the_month_lists_who_was_absent_with_the_days_and_nobody_else(school, day):
    an, binh = school.pupils[:2]
    save(school, call(day, {an: "P", binh: "K"}), call(day, {an: "P"}, session="afternoon"))
    place = [school.class_4a.pk, day.replace(day=1)]
    page = " ".join(
        client_of(school, "lan").get(reverse("students:attendance_month", args=place)).text.split()
    )
    listed = page.split('class="month-list"')[1].split("</section>")[0]
    assert f"T4 {day:%d/%m}: P<" in listed
    assert f"T4 {day:%d/%m}: Ks<" in listed
    assert "2 / 5 em có buổi vắng" in listed
    assert school.pupils[2].full_name not in listed


@pytest.mark.parametrize("page", ["roll", "class_attendance", "attendance_month"])
def test_the_menu_stands_on_attendance_wherever_the_days_of_a_class_are_shown(school, day, page):
    more = [day, "morning"] if page == "roll" else [day.replace(day=1)] if page == "attendance_month" else []
    shown = client_of(school, "lan").get(reverse(f"students:{page}", args=[school.class_4a.pk, *more]))
    assert [entry["label"] for entry in shown.context["menu"] if entry["active"]] == ["Điểm danh"]


def test_the_month_is_confirmed_on_its_page_with_the_password(school):
    fill_october(school)
    october = datetime.date(school.year.year, 10, 1)
    page = reverse("students:attendance_confirm", args=[school.class_4a.pk, october])
    client = client_of(school, "lan")
    fields = {"with_leave": "0", "without_leave": "0", "not_called": "0"}
    with at(datetime.date(school.year.year, 11, 2)):
        assert "Nghỉ có phép" in client.get(page).content.decode()
        assert client.post(page, fields).status_code == 422
        assert client.post(page, {**fields, **CONFIRMED}).status_code == 302
    assert AttendanceMonth.objects.get().confirmed_by == school.lan


def test_a_month_that_is_not_over_says_from_when_it_is_confirmed_and_which_sessions_lack_a_roll(school, day):
    page = reverse("students:attendance_confirm", args=[school.class_4a.pk, day.replace(day=1)])
    shown = " ".join(client_of(school, "lan").get(page).text.split())
    year = day.year
    assert f"xác nhận được từ ngày 01/12/{year} đến hết ngày 03/12/{year}" in shown
    assert f">sáng {day:%d/%m}</a>" in shown


@pytest.mark.parametrize("page", ["roll", "attendance_month", "class_attendance"])
def test_pages_cost_the_same_for_5_and_50_pupils(school, day, page):
    more = [day, "morning"] if page == "roll" else [day.replace(day=1)] if page == "attendance_month" else []
    where = reverse(f"students:{page}", args=[school.class_4a.pk, *more])
    client = client_of(school, "lan")
    save(school, call(day, dict.fromkeys(school.pupils, "P")))
    client.get(where)
    small = statements(client, where)
    pupils = add_pupils(school.class_4a, 45)
    save(school, call(day, dict.fromkeys([*school.pupils, *pupils], "P"), version=1))
    assert statements(client, where) == small


def statements(client: Client, where: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(where).status_code == 200
    return len(asked)


def cost_of_saving(school: School, school_class: SchoolClass, calls: list[Call]) -> int:
    with CaptureQueriesContext(connection) as asked:
        call_roll(school_class, calls, by=school.lan, source=Source.PAGE)
    return len(asked)


def test_calling_costs_the_same_for_5_and_50_pupils_and_for_a_month_of_rolls(school, day):
    save(school, call(day - datetime.timedelta(days=7)))  # reads the teacher's powers, once a request
    few = cost_of_saving(school, school.class_4a, [call(day, dict.fromkeys(school.pupils, "P"))])
    pupils = [*school.pupils, *add_pupils(school.class_4a, 45)]
    days = [day - datetime.timedelta(days=number) for number in (1, 2)]
    many = cost_of_saving(school, school.class_4a, [call(each, dict.fromkeys(pupils, "P")) for each in days])
    assert (few, many) == (14, 14)
