"""Opening a school year: a list of what is missing and who does it; the principal opens it once it is whole."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.history import Source, acting
from accounts.models import AccessLogEntry
from accounts.permissions import Refused
from gradebook.opening import checklist, open_year
from gradebook.regulation import Period
from gradebook.sheets import Field
from gradebook.staffing import prepare_lines
from students.calendar import national_holidays
from students.models import CalendarEntry, HomeroomAssignment, SchoolClass, SchoolYear
from students.years import YearRefused, change_year, prepare_year
from tests.gradebook.school import CONFIRMED, School, enter, make_school, open_window, value_of
from tests.students.test_year_pages import as_, day, text

pytestmark = pytest.mark.django_db
LOOKED_AT = {**CONFIRMED, "is_looked_at": "on"}


def the_school() -> School:
    return make_school(pupils=2)


@pytest.fixture
def following(school) -> SchoolYear:
    """Next year as the clerk has just made it: days and heading lines, nothing else."""
    now = school.year
    number = now.year + 1
    return prepare_year(
        SchoolYear(
            year=number,
            starts_on=now.starts_on.replace(year=number),
            lessons_start_on=now.lessons_start_on.replace(year=number),
            first_term_ends_on=now.first_term_ends_on.replace(year=number + 1),
            second_term_starts_on=now.second_term_starts_on.replace(year=number + 1),
            lessons_end_on=now.lessons_end_on.replace(year=number + 1),
            ends_on=now.ends_on.replace(year=number + 1),
            school_name=now.school_name,
            parent_body=now.parent_body,
            ward=now.ward,
            province=now.province,
            place=now.place,
        ),
        by=school.tuan,
    )


def make_whole(school: School, year: SchoolYear, classes: int = 1) -> None:
    """Lines, classes and homeroom teachers."""
    with acting(school.tuan, role="Văn thư", source=Source.PAGE):
        prepare_lines(year)
    for number in range(1, classes + 1):
        made = SchoolClass.objects.create(year=year, name=f"4.{number}", grade_level=4)
        HomeroomAssignment.objects.create(school_class=made, teacher=school.lan, starts_on=year.starts_on)


def state_of(year: SchoolYear) -> dict[str, str]:
    return {item.title: item.word for item in checklist(year)}


def test_a_year_just_made_lacks_lines_classes_and_teachers(following):
    assert state_of(following) == {
        "Ngày của hai học kì": "Đủ",
        "Tên trường, tiêu đề văn bản": "Đủ",
        "Ngày nghỉ, ngày học bù": "Nên làm",
        "Bộ quy định": "Đủ",
        "Môn học": "Còn thiếu",
        "Lớp": "Còn thiếu",
        "Giáo viên chủ nhiệm": "Còn thiếu",
        "Phân công giảng dạy": "Nên làm",
        "Học sinh trong các lớp": "Nên làm",
        "Xếp lớp": "Nên làm",
        "Năm học trước": "Nên làm",
    }


def test_the_page_says_what_is_missing_who_does_it_and_leads_there(school, following):
    make_whole(school, following, classes=2)
    without = SchoolClass.objects.create(year=following, name="1A1", grade_level=1)
    page = text(as_(school.tuan).get(reverse("gradebook:opening", args=[following.pk])))
    assert "Thiếu: chưa có ở lớp 1A1. Người làm: Hiệu trưởng, Phó Hiệu trưởng." in page
    assert f"year={following.pk}&amp;class={without.pk}" in page
    assert "chưa có lớp của khối 2, 3, 5" in page
    assert "chưa có học sinh ở lớp 1A1, 4.1, 4.2" in page
    assert "Khi đủ, Hiệu trưởng mở năm học ở trang này." in page


def test_the_principal_opens_a_whole_year_with_the_password_and_it_stands_in_the_history(school, following):
    make_whole(school, following)
    principal = as_(school.bich)
    address = reverse("gradebook:year_open", args=[following.pk])
    assert principal.post(address).status_code == 422
    assert not SchoolYear.objects.get(pk=following.pk).is_open
    assert principal.post(address, LOOKED_AT).url == reverse("students:year", args=[following.pk])
    assert SchoolYear.objects.get(pk=following.pk).is_open
    assert AccessLogEntry.objects.filter(kind="password_confirmed", user=school.bich).exists()
    page = text(principal.get(reverse("students:year", args=[following.pk])))
    assert "Mở năm học" in page
    assert "Hoàng Ngọc Bích, Hiệu trưởng" in page


def test_what_should_be_done_first_is_named_at_the_button_and_must_have_been_looked_at(school, following):
    make_whole(school, following)
    principal = as_(school.bich)
    page = text(principal.get(reverse("gradebook:opening", args=[following.pk])))
    assert "Học sinh trong các lớp: chưa có học sinh ở lớp 4.1." in page
    assert "ngày nữa mới tới ngày đầu năm học" in page
    answer = principal.post(reverse("gradebook:year_open", args=[following.pk]), CONFIRMED)
    assert answer.status_code == 422
    assert "đánh dấu «Đã xem»" in text(answer)
    assert not SchoolYear.objects.get(pk=following.pk).is_open


def test_a_year_with_something_missing_is_not_opened_and_every_reason_is_given(school, following):
    answer = as_(school.bich).post(reverse("gradebook:year_open", args=[following.pk]), CONFIRMED)
    assert answer.status_code == 422
    assert "môn học, hoạt động bắt buộc chưa được đặt (Văn thư làm)" in text(answer)
    assert "chưa có lớp để phân công (Hiệu trưởng, Phó Hiệu trưởng làm)" in text(answer)
    assert SchoolYear.objects.get(pk=following.pk).state == "preparing"


@pytest.mark.parametrize("person", ["tuan", "hoa", "lan"])
def test_nobody_but_the_principal_opens_a_year(school, following, person):
    make_whole(school, following)
    address = reverse("gradebook:year_open", args=[following.pk])
    assert as_(school.people[person]).post(address, CONFIRMED).status_code == 403
    with pytest.raises(Refused):
        open_year(following, is_looked_at=True, by=school.people[person])


def test_an_opened_year_becomes_the_current_one_on_its_first_day(school, following):
    make_whole(school, following)
    open_year(following, is_looked_at=True, by=school.bich)
    assert SchoolYear.objects.current() == school.year
    midnight = clock.now().replace(year=following.year, month=8, day=2)
    with clock.travelling(midnight):
        assert SchoolYear.objects.current() == following


def test_an_open_year_is_not_opened_again(school):
    with pytest.raises(YearRefused, match="đã mở rồi"):
        open_year(school.year, is_looked_at=True, by=school.bich)


def test_the_checklist_costs_the_same_for_one_class_and_for_thirty(
    school, following, django_assert_num_queries
):
    make_whole(school, following)
    with django_assert_num_queries(8):
        checklist(following)
    for number in range(2, 31):
        SchoolClass.objects.create(year=following, name=f"5.{number}", grade_level=5)
    with django_assert_num_queries(8):
        checklist(following)


# -- The rule set (rule R1) ----------------------------------------------------------------------


def test_the_rule_set_of_a_year_is_that_of_the_year_and_not_of_today(school):
    page = text(as_(school.hoa).get(reverse("gradebook:year_lines", args=[school.year.pk])))
    assert "Thông tư số 27/2020/TT-BGDĐT" in page
    assert "Lịch sử và Địa lí" in page
    before = SchoolYear.objects.create(
        year=2024,
        rule_set="2020",
        starts_on=day(SchoolYear(year=2024), 8, 1),
        first_term_ends_on=day(SchoolYear(year=2024), 1, 15),
        ends_on=day(SchoolYear(year=2024), 7, 31),
    )
    page = text(as_(school.hoa).get(reverse("gradebook:year_lines", args=[before.pk])))
    assert "Thông tư số 28/2020/TT-BGDĐT" in page
    assert "15/2026" not in page


def test_the_lowest_mark_that_a_year_allows_is_the_years_own(school):
    SchoolYear.objects.update(mark_floor=1)
    open_window(school, Period.END_TERM_1)
    ref = school.sheet(period=Period.END_TERM_1)
    report = enter(ref, school.pupils[0], Field.MARK, "0", by=school.lan)
    assert "số nguyên từ 1 đến 10" in str(report)
    assert value_of(ref, school.pupils[0]) == ""
    enter(ref, school.pupils[0], Field.MARK, "1", by=school.lan)
    assert value_of(ref, school.pupils[0]) == "1"
    page = text(as_(school.hoa).get(reverse("gradebook:year_lines", args=[school.year.pk])))
    assert "số nguyên từ 1 đến 10" in page


def test_what_the_school_settles_in_the_rules_is_fixed_when_the_year_opens(school, following):
    following.mark_floor = 1
    change_year(following, fields=["mark_floor"], reason="", by=school.tuan)
    make_whole(school, following)
    open_year(following, is_looked_at=True, by=school.bich)
    following.refresh_from_db()
    following.mark_floor = 0
    with pytest.raises(YearRefused, match="không đổi được nữa"):
        change_year(following, fields=["mark_floor"], reason="Nghị quyết", by=school.tuan)


def test_public_holidays_of_the_school_year_come_with_it(following):
    assert CalendarEntry.objects.filter(year=following, kind="national").count() == len(
        national_holidays(following)
    )


def test_assignments_of_a_year_being_prepared_are_made_on_its_own_page(school, following):
    make_whole(school, following)
    client: Client = as_(school.hoa)
    page = text(client.get(f"{reverse('gradebook:class_staff')}?year={following.pk}"))
    assert "Phân công lớp 4.1" in page
    assert "đang chuẩn bị" in page
    assert "Phân công lớp 4.1" not in text(client.get(reverse("gradebook:class_staff")))
