"""The records of the year's classes by their day: who is late, what is missing, whose task it is (PLAN IV.5)."""

import datetime
from dataclasses import replace

import pytest
from django.urls import reverse

from accounts.clock import today
from students.class_records import read_class
from students.records_due import Due, record_tasks
from tests.gradebook.school import add_pupils, make_school
from tests.students.test_year_pages import as_, text, year_data

pytestmark = pytest.mark.django_db


def the_school():
    return make_school(pupils=2)


def due_in(school, days):
    school.year.records_due_on = today() + datetime.timedelta(days)
    school.year.save()


def overview(school, person):
    return text(as_(person).get(reverse("students:records")))


@pytest.mark.parametrize(
    ("days", "word", "row"),
    [(3, "Còn 3 ngày", "Còn thiếu"), (0, "Hạn hôm nay", "Còn thiếu"), (-5, "Quá hạn 5 ngày", "Quá hạn")],
)
def test_the_vice_principal_sees_each_class_that_lacks_something_with_the_day_and_whom_to_remind(
    school, days, word, row
):
    due_in(school, days)
    page = overview(school, school.hoa)
    assert "<strong>3/3 lớp</strong> còn hồ sơ thiếu" in page
    assert f"{today() + datetime.timedelta(days):%d/%m/%Y}" in page
    assert word in page
    assert page.count(f">{row}</span>") == 3
    assert school.lan.full_name in page


def test_a_year_without_the_day_says_so_and_the_clerk_is_led_to_set_it(school):
    edit = reverse("students:year_edit", args=[school.year.pk])
    assert "Năm học chưa đặt hạn hoàn thành hồ sơ." in overview(school, school.hoa)
    assert edit not in overview(school, school.hoa)
    assert edit in overview(school, school.tuan)


def test_the_clerk_sets_the_day_within_the_year(school):
    address = reverse("students:year_edit", args=[school.year.pk])
    fixed = ("year", "starts_on", "ends_on", "mark_floor")
    data = {name: value for name, value in year_data(school.year.year).items() if name not in fixed}
    late = data | {"records_due_on": f"{school.year.year + 2}-10-05", "reason": "Kế hoạch năm học"}
    answer = as_(school.tuan).post(address, late)
    assert answer.status_code == 422
    assert "Hạn nằm ngoài năm học" in text(answer)
    as_(school.tuan).post(address, late | {"records_due_on": f"{school.year.year}-10-05"})
    school.year.refresh_from_db()
    assert Due.of(school.year).day == datetime.date(school.year.year, 10, 5)


def test_completing_the_records_is_a_task_of_the_homeroom_teacher_alone(school):
    due_in(school, 3)
    (task,) = record_tasks(school.lan)
    assert task.title == "Hoàn thành hồ sơ lớp 4A: 2/2 em còn thiếu"
    assert task.detail.startswith(f"hạn {school.year.records_due_on:%d/%m/%Y}; thiếu nhiều nhất: ")
    assert record_tasks(school.thu) == record_tasks(school.hoa) == []
    assert task.title in text(as_(school.lan).get(reverse("approvals:tasks")))


def test_the_vice_principal_has_a_task_once_the_day_is_over_that_names_classes_and_teachers(
    school, django_assert_num_queries
):
    due_in(school, 0)
    assert record_tasks(school.hoa) == []
    due_in(school, -5)
    add_pupils(school.class_4a, 10)
    record_tasks(school.hoa)
    with django_assert_num_queries(4):
        (task,) = record_tasks(school.hoa)
    assert task.title == "3 lớp chưa hoàn thành hồ sơ học sinh"
    assert f"4A ({school.lan.full_name})" in task.detail
    page = text(as_(school.hoa).get(reverse("approvals:tasks")))
    assert task.title in page
    assert "Quá hạn 5 ngày" in page
    assert record_tasks(school.dung) == []


def test_ids_that_only_the_clerk_writes_are_no_task_of_the_teachers(school):
    lacking = read_class(school.class_4a)
    assert any(gap.is_the_clerks for pupil in lacking.pupils for gap in pupil.gaps)
    only_ids = [
        replace(pupil, gaps=tuple(gap for gap in pupil.gaps if gap.is_the_clerks)) for pupil in lacking.pupils
    ]
    assert replace(lacking, pupils=tuple(only_ids)).lacking_for_teacher == 0
    assert "mã định danh" not in record_tasks(school.lan)[0].detail


def test_the_task_costs_the_same_for_a_few_and_for_many(school, django_assert_num_queries):
    record_tasks(school.lan)
    for more in (0, 30):
        add_pupils(school.class_4a, more)
        with django_assert_num_queries(4):
            record_tasks(school.lan)
