"""A staff list becomes people, posts, homerooms and teaching assignments of a year (PLAN III.1)."""

import pytest

from accounts.history import Source
from accounts.models import Post, User
from gradebook.models import TeachingAssignment
from gradebook.staffing import LoginNames, StaffRefused, carry_out_staff
from students.models import HomeroomAssignment
from students.staff_files import StaffRow

pytestmark = pytest.mark.django_db


def row(number, **values):
    return StaffRow(
        sheet="CB", row=number, code=f"MOI{number:02d}", full_name=f"Lê Thị Mới {number}", **values
    )


def carry_out(school, *rows):
    carry_out_staff(
        rows,
        school.year,
        names=lambda each: LoginNames(each.code.lower()),
        password_hash="!",
        source=Source.EXCEL,
    )


def test_a_subject_teacher_answers_for_the_lines_that_the_grade_has(school):
    carry_out(school, row(1, subjects=("Tin học", "Khoa học"), classes=("4A", "1A")))
    teacher = User.objects.get(username="moi01")
    taught = TeachingAssignment.objects.filter(teacher=teacher)
    assert sorted(taught.values_list("school_class__name", "line__code")) == [("4A", "KH"), ("4A", "TH")]
    assert not teacher.has_usable_password()


def test_what_somebody_else_answers_for_already_stays_theirs(school):
    carry_out(school, row(1, subjects=("Toán",), classes=("4A",), homeroom_class="4A"))
    assert not TeachingAssignment.objects.filter(teacher__username="moi01").exists()
    assert HomeroomAssignment.objects.get(school_class=school.class_4a).teacher == school.lan


def test_the_same_list_again_changes_nothing(school):
    rows = [row(1, post="Tổ trưởng", team="Tổ 1", subjects=("Khoa học",), classes=("4B",))]
    carry_out(school, *rows)
    counts = [model.objects.count() for model in (User, Post, TeachingAssignment)]
    carry_out(school, *rows)
    assert [model.objects.count() for model in (User, Post, TeachingAssignment)] == counts
    assert Post.objects.get(holder__username="moi01").team.grade_level == 1


def test_every_broken_row_is_named_and_nothing_is_written(school):
    with pytest.raises(StaffRefused) as refusal:
        carry_out(
            school,
            row(1),
            row(7, classes=("9Z",), subjects=("Toán",)),
            row(8, subjects=("Bùa chú",), classes=("4A",)),
        )
    assert refusal.value.lines == (
        "Hàng 7: chưa có lớp 9Z. Nạp danh sách học sinh trước.",
        "Hàng 8: không có môn «Bùa chú». Ghi tên môn theo chương trình.",
    )
    assert not User.objects.filter(username="moi01").exists()
