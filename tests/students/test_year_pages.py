"""The pages of school years: the clerk keeps calendar and classes; everybody reads the calendar (R1, R2, R8)."""

import datetime
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.models import AdminAction
from gradebook.models import TeachingAssignment
from students.calendar import YearCalendar
from students.models import CalendarEntry, Enrolment, HomeroomAssignment, RollCall, SchoolClass, SchoolYear
from tests.gradebook.school import CONFIRMED, School, make_school

pytestmark = pytest.mark.django_db


def the_school() -> School:
    return make_school(pupils=2)


def as_(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def day(year: SchoolYear, month: int, date: int) -> datetime.date:
    """A day of the school year."""
    return datetime.date(year.year if month >= 8 else year.year + 1, month, date)


def iso(year: SchoolYear, month: int, date: int) -> str:
    return day(year, month, date).isoformat()


def open_year_data(number: int) -> dict[str, str]:
    """What may still change once the year is open."""
    fixed = ("year", "starts_on", "ends_on", "mark_floor")
    return {key: value for key, value in year_data(number).items() if key not in fixed}


def year_data(number: int) -> dict[str, str]:
    first, following = str(number), str(number + 1)
    return {
        "year": first,
        "starts_on": f"{first}-08-01",
        "lessons_start_on": f"{first}-09-06",
        "first_term_ends_on": f"{following}-01-09",
        "second_term_starts_on": f"{following}-01-10",
        "lessons_end_on": f"{following}-05-28",
        "ends_on": f"{following}-07-31",
        "school_name": "Trường Tiểu học Kim Đồng",
        "parent_body": "UBND phường Kim Đồng",
        "ward": "Phường Kim Đồng",
        "province": "Tỉnh Thử Nghiệm",
        "place": "Kim Đồng",
        "mark_floor": "0",
    }


# -- A new year --------------------------------------------------------------------------------------------


def test_the_clerk_prepares_next_year_and_it_is_not_yet_anybodys_year(school):
    number = school.year.year + 1
    answer = as_(school.tuan).post(reverse("students:year_new"), year_data(number))
    assert answer.url == reverse("gradebook:opening", args=[number])
    made = SchoolYear.objects.get(pk=number)
    assert made.state == "preparing"
    assert CalendarEntry.objects.filter(year=made, kind="national").exists()
    assert YearCalendar.of(made).pattern_on(made.starts_on).mornings == [1, 2, 3, 4, 5]
    with clock.travelling(clock.now() + datetime.timedelta(days=366)):
        assert SchoolYear.objects.current() == school.year
    assert AdminAction.objects.latest("pk").words == f"Lập năm học {made.label}"


def test_the_form_proposes_the_year_after_the_last_one(school):
    page = text(as_(school.tuan).get(reverse("students:year_new")))
    assert f'value="{school.year.year + 1}"' in page
    assert 'value="UBND phường Kim Đồng"' in page


def test_days_that_do_not_follow_each_other_are_named_where_they_stand_and_nothing_is_lost(school):
    data = year_data(school.year.year + 1) | {"second_term_starts_on": f"{school.year.year + 2}-01-05"}
    answer = as_(school.tuan).post(reverse("students:year_new"), data)
    assert answer.status_code == 422
    assert "Ngày bắt đầu học kì II phải sau ngày 09/01" in text(answer)
    assert 'value="UBND phường Kim Đồng"' in text(answer)
    assert SchoolYear.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"year": "2030"}, "bắt đầu trong năm 2030"),
        ({"lessons_end_on": ""}, "Chưa có ngày kết thúc học kì II"),
        ({"school_name": ""}, "Chưa ghi. Gõ vào ô này."),
        ({"starts_on": "xx"}, "Ngày chưa đúng"),
        ({"ends_on": "31/07/2031"}, "dài nhất là một năm"),
    ],
)
def test_a_wrong_year_is_refused_with_the_remedy(school, change, words):
    answer = as_(school.tuan).post(reverse("students:year_new"), year_data(school.year.year + 1) | change)
    assert answer.status_code == 422
    assert words in text(answer)


def test_the_same_year_is_not_made_twice(school):
    answer = as_(school.tuan).post(reverse("students:year_new"), year_data(school.year.year))
    assert answer.status_code == 422
    assert "đã được lập" in text(answer)


def test_an_open_year_changes_only_with_a_reason_and_the_history_names_what_changed(school):
    address = reverse("students:year_edit", args=[school.year.pk])
    data = open_year_data(school.year.year)
    assert "Ghi lí do sửa" in text(as_(school.tuan).post(address, data))
    as_(school.tuan).post(address, data | {"reason": "Công văn số 12"})
    school.year.refresh_from_db()
    assert school.year.lessons_end_on == day(school.year, 5, 28)
    page = text(as_(school.hoa).get(reverse("students:year", args=[school.year.pk])))
    assert "Công văn số 12" in page
    assert f"→ {school.year.lessons_end_on:%d/%m/%Y}" in page
    assert "Bùi Anh Tuấn, Văn thư" in page


def test_moving_a_term_away_from_rolls_that_were_called_says_so_and_asks_the_password(school):
    first = school.year.lessons_start_on
    RollCall.objects.create(
        school_class=school.class_4a, day=first, session="morning", share=1, token=uuid.uuid4(),
        called_by=school.lan, called_at=clock.now(),
    )  # fmt: skip
    data = open_year_data(school.year.year)
    data |= {"lessons_start_on": f"{first + datetime.timedelta(days=7):%d/%m/%Y}", "reason": "Công văn số 12"}
    address = reverse("students:year_edit", args=[school.year.pk])
    asked = text(as_(school.tuan).post(address, data))
    assert "Đã điểm danh 1 buổi của 1 lớp vào những ngày sẽ không còn thuộc học kì nào" in asked
    assert as_(school.tuan).post(address, data | CONFIRMED).status_code == 302


def test_a_closed_year_is_only_to_be_read(school):
    SchoolYear.objects.update(state="closed")
    clerk = as_(school.tuan)
    page = text(clerk.get(reverse("students:year", args=[school.year.pk])))
    assert "Đã đóng · chỉ xem" in page
    assert "Sửa ngày, tiêu đề" not in page
    answer = clerk.post(
        reverse("students:class_new", args=[school.year.pk]),
        {"name": "5D", "grade_level": "5", "foreign_language": "01"},
    )
    assert answer.status_code == 422
    assert "đã đóng: số liệu của năm học này chỉ còn để xem và in" in text(answer)


# -- The calendar ------------------------------------------------------------------------------------------


def test_everybody_reads_the_calendar_and_only_the_office_its_history(school):
    CalendarEntry.objects.create(
        year=school.year,
        kind="off",
        name="Nghỉ bão",
        starts_on=day(school.year, 9, 8),
        ends_on=day(school.year, 9, 9),
    )
    address = reverse("students:year", args=[school.year.pk])
    page = text(as_(school.ngoc).get(address))
    assert f"09/09/{school.year.year}</span> · Nghỉ bão" in page
    assert "Đã làm" not in page
    assert "Ngày nghỉ, học bù</a>" not in page
    assert "Đã làm" in text(as_(school.bich).get(address))


def test_a_holiday_of_the_school_and_the_day_made_up_for_it(school):
    address = reverse("students:entry_new", args=[school.year.pk])
    april = YearCalendar.of(school.year).school_days(day(school.year, 4, 1), day(school.year, 4, 30))
    monday = next(each for each in april if each.isoweekday() == 1)
    tuesday = (monday + datetime.timedelta(days=1)).isoformat()
    saturday = monday + datetime.timedelta(days=5)
    with clock.travelling(clock.now().replace(year=school.year.year, month=11, day=25)):
        off = {"kind": "off", "name": "Nghỉ hội trường", "starts_on": monday.isoformat(), "ends_on": ""}
        assert as_(school.tuan).post(address, off).status_code == 302
        assert "đã ghi rồi" in text(as_(school.tuan).post(address, off))
        made_up = {"kind": "make_up", "name": "Học bù", "starts_on": saturday.isoformat(), "taught_as": "1"}
        assert as_(school.tuan).post(address, made_up).status_code == 302
        vain = as_(school.tuan).post(address, made_up | {"starts_on": tuesday})
    assert "vốn có học" in text(vain)
    calendar = YearCalendar.of(school.year)
    assert not calendar.is_school_day(monday)
    assert calendar.is_school_day(saturday)


def test_a_past_day_is_changed_only_with_a_reason(school):
    address = reverse("students:entry_new", args=[school.year.pk])
    past = {"kind": "off", "name": "Nghỉ bão", "starts_on": iso(school.year, 9, 8)}
    with clock.travelling(clock.now().replace(year=school.year.year, month=11, day=25)):
        assert "Ghi lí do, ví dụ số công văn cho nghỉ" in text(as_(school.tuan).post(address, past))
        assert as_(school.tuan).post(address, past | {"reason": "Công văn 7"}).status_code == 302
        entry = CalendarEntry.objects.get()
        remove = reverse("students:entry_remove", args=[entry.pk])
        assert as_(school.tuan).post(remove).status_code == 422
        assert as_(school.tuan).post(remove, {"reason": "Ghi nhầm"}).status_code == 302
    assert not CalendarEntry.objects.exists()
    assert "Ghi nhầm" in text(as_(school.hoa).get(reverse("students:year", args=[school.year.pk])))


def test_a_class_gets_a_week_of_its_own_and_the_days_before_stay(school):
    address = reverse("students:class_week", args=[school.class_4a.pk])
    data = {
        "starts_on": iso(school.year, 11, 2),
        "mornings": ["1", "2", "3", "4", "5"],
        "afternoons": ["1", "3"],
    }
    assert "Ngày áp dụng đã qua" in text(as_(school.tuan).post(address, data))
    sunday = {"starts_on": iso(school.year, 12, 21), "mornings": ["7"]}
    assert "Có buổi học Chủ nhật" in text(as_(school.tuan).post(address, sunday))
    data["reason"] = "Thông báo số 8 về thời khoá biểu"
    assert as_(school.tuan).post(address, data).status_code == 302
    assert as_(school.tuan).post(address, data | {"afternoons": ["2"]}).status_code == 302
    calendar = YearCalendar.of(school.year)
    assert calendar.pattern_on(day(school.year, 11, 1), school.class_4a).afternoons == [1, 2, 3, 4, 5]
    assert calendar.pattern_on(day(school.year, 11, 2), school.class_4a).afternoons == [2]
    page = text(as_(school.lan).get(reverse("students:year", args=[school.year.pk])))
    assert "Riêng lớp 4A" in page
    assert "sáng T2 đến T6, chiều T3 (6 buổi/tuần)" in page


def test_a_week_without_a_session_is_refused(school):
    address = reverse("students:week", args=[school.year.pk])
    answer = as_(school.tuan).post(address, {"starts_on": iso(school.year, 11, 2)})
    assert answer.status_code == 422
    assert "Chưa có buổi học nào" in text(answer)


# -- Classes -----------------------------------------------------------------------------------------------


def test_a_class_is_made_with_all_that_is_known_of_it(school):
    address = reverse("students:class_new", args=[school.year.pk])
    data = {
        "name": " 5D ",
        "grade_level": "5",
        "site": "Thôn Đông",
        "foreign_language": "03",
        "is_semi_boarding": "on",
        "combined_with": ["4"],
    }
    assert as_(school.tuan).post(address, data).status_code == 302
    made = SchoolClass.objects.get(name="5D")
    assert (made.grade_level, made.site, made.combined_with, made.is_semi_boarding) == (
        5,
        "Thôn Đông",
        [4],
        True,
    )
    assert made.get_foreign_language_display() == "Tiếng Pháp"
    page = text(as_(school.hoa).get(reverse("students:class", args=[made.pk])))
    assert "Lớp ghép với khối 4 · Điểm trường Thôn Đông · Bán trú" in page


def test_the_vice_principal_reads_what_the_clerk_did_with_years_and_classes(school):
    clerk = as_(school.tuan)
    clerk.post(
        reverse("students:class_new", args=[school.year.pk]),
        {"name": "5D", "grade_level": "5", "foreign_language": "01"},
    )
    clerk.post(
        reverse("students:week", args=[school.year.pk]),
        {"starts_on": iso(school.year, 11, 2), "mornings": ["1", "2", "3", "4", "5"], "reason": "Học 1 buổi"},
    )
    page = text(as_(school.hoa).get(reverse("accounts:admin_log")))
    assert f"Lập lớp 5D năm học {school.year.label}" in page
    assert reverse("students:class", args=[SchoolClass.objects.get(name="5D").pk]) in page
    assert f"Đặt buổi học toàn trường từ 02/11/{school.year.year}" in page


def test_a_name_that_is_taken_is_refused_whatever_its_capitals(school):
    address = reverse("students:class_new", args=[school.year.pk])
    odd = {"name": "2A", "grade_level": "1", "foreign_language": "01"}
    assert "bắt đầu bằng số của khối 2" in text(as_(school.tuan).post(address, odd, follow=True))
    answer = as_(school.tuan).post(address, {"name": "4a", "grade_level": "4", "foreign_language": "01"})
    assert answer.status_code == 422
    assert "đã có lớp 4A" in text(answer)


def test_a_renamed_class_keeps_its_former_name_in_the_history(school):
    address = reverse("students:class_edit", args=[school.class_4a.pk])
    data = {"name": "4A1", "grade_level": "4", "foreign_language": "01", "reason": "Quyết định 15"}
    with_history = SchoolClass.objects.get(pk=school.class_4a.pk)
    assert as_(school.tuan).post(address, data).status_code == 302
    assert SchoolClass.objects.get(pk=with_history.pk).name == "4A1"
    latest = SchoolClass.history.filter(id=with_history.pk).latest("history_id")
    assert (latest.history_change_reason, latest.history_user) == ("Quyết định 15", school.tuan)
    assert "Tên trước đây: 4A." in text(as_(school.tuan).get(address))
    assert Enrolment.objects.filter(school_class=with_history.pk).count() == 2


def test_a_class_with_pupils_is_neither_deleted_nor_moved_to_another_grade(school):
    edit = reverse("students:class_edit", args=[school.class_4a.pk])
    moved = as_(school.tuan).post(edit, {"name": "4A", "grade_level": "5", "foreign_language": "01"})
    assert "Không đổi khối được: lớp đã có 2 học sinh, phân công chủ nhiệm" in text(moved)
    deleted = as_(school.tuan).post(reverse("students:class_delete", args=[school.class_4a.pk]))
    assert deleted.status_code == 422
    assert "Không xoá lớp 4A được" in text(deleted)
    assert SchoolClass.objects.filter(pk=school.class_4a.pk, grade_level=4).exists()


def test_a_class_made_by_mistake_is_deleted(school):
    made = SchoolClass.objects.create(year=school.year, name="4Z", grade_level=4)
    assert as_(school.tuan).post(reverse("students:class_delete", args=[made.pk])).status_code == 302
    assert not SchoolClass.objects.filter(name="4Z").exists()
    assert SchoolClass.history.filter(name="4Z", history_type="-").exists()


@pytest.mark.parametrize("person", ["lan", "dung", "hoa", "bich", "son"])
def test_nobody_but_the_clerk_makes_or_changes_a_class(school, person):
    for address in (
        reverse("students:class_new", args=[school.year.pk]),
        reverse("students:class_edit", args=[school.class_4a.pk]),
        reverse("students:class_delete", args=[school.class_4a.pk]),
    ):
        assert as_(school.people[person]).post(address, {"name": "4Q"}).status_code == 403


def test_a_closed_year_is_not_offered_for_a_pupil_list(school):
    address = reverse("students:import")
    offered = f'<option value="{school.year.pk}"'
    assert offered in text(as_(school.tuan).get(address))
    SchoolYear.objects.update(state="closed")
    assert offered not in text(as_(school.tuan).get(address))


# -- Cost --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [0, 40])
def test_the_page_of_a_year_costs_the_same_for_any_number_of_days_and_classes(
    school, more, django_assert_num_queries
):
    first = day(school.year, 9, 1)
    for number in range(more):
        on = first + datetime.timedelta(days=number)
        CalendarEntry.objects.create(year=school.year, kind="off", name="Nghỉ", starts_on=on, ends_on=on)
        SchoolClass.objects.create(year=school.year, name=f"2.{number}", grade_level=2)
    client = as_(school.tuan)
    address = reverse("students:year", args=[school.year.pk])
    client.get(address)
    with django_assert_num_queries(9):
        client.get(address)
    assert not TeachingAssignment.objects.filter(school_class__name__startswith="2.").exists()
    assert HomeroomAssignment.objects.count() == 3
