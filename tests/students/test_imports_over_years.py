"""A list of a new year continues what the last one came to, and numbers belong to one pupil (R39–R42, R85)."""

import datetime

import pytest

from gradebook.models import YearOutcome
from students.imports import carry_out_roster
from students.models import Enrolment, SchoolClass, SchoolYear, Student, proposed_rule_set
from students.promotion import LastClass, against_the_grade, doubt_about_the_grade
from students.roster_planning import plan_roster
from students.roster_plans import Deed, RosterPlan
from tests.gradebook.school import School
from tests.students.rosters import listed, pupil
from tests.students.seats import seat

REGISTER = "Số đăng bộ"


def last_year(school: School, *, grade: int, is_promoted: bool | None, years_ago: int = 1) -> Student:
    """Seats pupil 1 in a class of an earlier year, with its outcome where one is approved."""
    start = school.year.year - years_ago
    year = SchoolYear.objects.create(
        year=start,
        rule_set=proposed_rule_set(start),
        starts_on=datetime.date(start, 8, 1),
        first_term_ends_on=datetime.date(start + 1, 1, 15),
        ends_on=datetime.date(start + 1, 7, 31),
        school_name="Trường Tiểu học Kim Đồng",
    )
    old = SchoolClass.objects.create(year=year, name=f"{grade}B", grade_level=grade)
    # Written by the import itself, then moved back by the years.
    carry_out_roster(listed(pupil(1)), school.year, by=school.tuan)
    Enrolment.objects.filter(student__moet_id="3100000001").update(
        school_class=old, starts_on=year.starts_on, ends_on=year.ends_on
    )
    student = Student.objects.get(moet_id="3100000001")
    if is_promoted is not None:
        YearOutcome.objects.create(
            student=student,
            school_class=old,
            result="HTT",
            is_promoted=is_promoted,
            approved_by=school.tuan,
            approved_on=datetime.date(start + 1, 5, 28),
        )
    return student


def planned(school: School, *rows: dict[str, object]) -> RosterPlan:
    return plan_roster(listed(*rows), school.year)


def reasons(plan: RosterPlan) -> list[str]:
    return [str(problem) for each in plan.refusals for problem in each.reasons]


def test_a_graduate_is_not_enrolled_again(school):
    last_year(school, grade=5, is_promoted=True)
    (reason,) = reasons(planned(school, pupil(1, cls="5C")))
    assert "cột E «Lớp»: học sinh đã hoàn thành chương trình tiểu học (lớp 5B năm học 2025 - 2026)" in reason
    assert "bỏ hàng này khỏi tệp" in reason
    assert "thì tải tệp khác lên" in reason


@pytest.mark.parametrize(
    ("is_promoted", "grade", "is_taken"),
    [
        *((True, 3, False), (True, 4, True), (True, 5, False), (True, 2, False)),
        *((False, 3, True), (False, 4, False)),
        *((None, 3, True), (None, 4, True), (None, 5, False), (None, 2, False)),
    ],
)
def test_the_grade_follows_from_last_years_outcome(school, is_promoted, grade, is_taken):
    last_year(school, grade=3, is_promoted=is_promoted)
    plan = planned(school, pupil(1, cls=f"{grade}D"))
    assert plan.can_be_carried_out == is_taken
    assert [each.deed for each in plan.rows] == [Deed.CHANGE if is_taken else Deed.REFUSE]
    if not is_taken:
        assert f"không phải khối {grade}" in reasons(plan)[0]


def test_a_pupil_kept_in_a_grade_that_nobody_has_decided_on_is_pointed_out(school):
    last_year(school, grade=5, is_promoted=None)
    plan = planned(school, pupil(1, cls="5C"))
    assert plan.can_be_carried_out
    (doubt,) = [problem for problem in plan.problems if "chưa được phê duyệt" in problem.message]
    assert (doubt.level, doubt.row) == ("warning", 2)


def test_who_sits_in_the_year_already_is_not_judged_by_last_year(school):
    student = last_year(school, grade=3, is_promoted=True)
    now = SchoolClass.objects.create(year=school.year, name="3D", grade_level=3)
    seat([student], now, starts_on=school.year.starts_on + datetime.timedelta(days=1))
    assert planned(school, pupil(1, cls="3D", job="Thợ mộc")).can_be_carried_out


def test_a_pupil_who_was_away_for_years_may_come_back_higher(school):
    last_year(school, grade=1, is_promoted=True, years_ago=3)
    assert planned(school, pupil(1, cls="4D")).can_be_carried_out
    assert "khối 2 đến khối 4" in reasons(planned(school, pupil(1, cls="5D")))[0]


def test_the_rule_speaks_of_every_grade_and_never_of_a_sixth():
    for grade in range(1, 6):
        unknown, promoted, kept = (LastClass(f"{grade}A", grade, 2025, each) for each in (None, True, False))
        assert against_the_grade(grade, unknown, 2026) is None
        assert doubt_about_the_grade(grade, unknown, 2026)
        assert against_the_grade(grade, kept, 2026) is None
        assert against_the_grade(grade, promoted, 2026)
        assert "khối 6" not in str([against_the_grade(1, each, 2026) for each in (unknown, promoted, kept)])


def test_a_register_number_of_another_pupil_is_refused_with_the_others_name(school):
    carry_out_roster(
        listed(pupil(1, name="Lê Minh Anh", **{REGISTER: "2026/0001"})), school.year, by=school.tuan
    )
    (reason,) = reasons(planned(school, pupil(2, **{REGISTER: "2026/0001"})))
    assert f"cột G «{REGISTER}»: số đăng bộ «2026/0001» là của Lê Minh Anh sinh 02/09/2020" in reason
    assert planned(school, pupil(1, name="Lê Minh Anh", **{REGISTER: "2026/0001"})).can_be_carried_out


def test_two_pupils_may_exchange_their_register_numbers_in_one_list(school):
    numbers = [pupil(number, **{REGISTER: f"2026/{number}"}) for number in (1, 2)]
    carry_out_roster(listed(*numbers), school.year, by=school.tuan)
    swapped = planned(school, pupil(1, **{REGISTER: "2026/2"}), pupil(2, **{REGISTER: "2026/1"}))
    assert [each.deed for each in swapped.rows] == [Deed.CHANGE, Deed.CHANGE]
    assert len(reasons(planned(school, pupil(1, **{REGISTER: "2026/2"})))) == 1


def test_a_row_written_twice_is_told_once(school):
    ids = {
        "Số định danh cá nhân": "031320000001",
        "Mã học sinh": "HS1",
        REGISTER: "2026/1",
        "Khối": "Khối 1",
    }
    row = pupil(1, **ids)
    for _stored in range(2):
        plan = planned(school, row, row)
        (reason,) = reasons(plan)
        assert "mã định danh Bộ GD&ĐT «3100000001», số định danh cá nhân" in reason
        assert "đã có ở hàng 2" in reason
        assert not [problem for problem in plan.problems if problem.level == "warning" and problem.row]
        carry_out_roster(listed(row), school.year, by=school.tuan)


def test_one_pupil_in_two_rows_without_ids_is_told_once(school):
    row = pupil(1, id=None)
    plan = planned(school, row, row)
    assert len(reasons(plan)) == 1
    assert [problem for problem in plan.problems if problem.row] == []


def test_a_wrong_grade_is_told_once(school):
    rows = (pupil(1, Khối="Khối 1"), pupil(2, Khối="Khối 2"), pupil(3, Khối="Khối 1"))
    for _stored in range(2):
        (reason,) = reasons(planned(school, *rows))
        assert "hàng 3, cột G «Khối»: lớp «1B» không thuộc khối 2" in reason
        carry_out_roster(listed(rows[0]), school.year, by=school.tuan)


def test_of_a_class_with_a_free_name_only_the_rows_with_the_rarer_grade_are_refused(school):
    rows = [pupil(number, cls="Hoa Sen", Khối=f"Khối {1 + (number == 1)}") for number in (1, 2, 3)]
    (reason,) = reasons(planned(school, *rows))
    assert "hàng 2" in reason
    assert "Một lớp chỉ thuộc một khối" in reason


def test_a_new_class_whose_name_does_not_begin_with_its_grade_is_allowed_with_a_warning(school):
    plan = planned(school, pupil(1, cls="Một X", Khối="Khối 1"), pupil(2, cls="Một X", Khối="Khối 1"))
    (warning,) = [problem for problem in plan.problems if problem.level == "warning"]
    assert "Lớp mới «Một X» thuộc khối 1 nhưng tên không bắt đầu bằng số 1" in warning.message
    assert plan.can_be_carried_out


@pytest.mark.parametrize("status", ["Chuyển đi", "Thôi học kỳ 1", "Chuyển đến kỳ 1"])
def test_a_movement_is_told_to_be_left_out_of_the_file(school, status):
    (reason,) = reasons(planned(school, pupil(1, **{"Trạng thái": status})))
    assert "danh sách này không ghi được: ghi ở trang Biến động sĩ số rồi tải tệp lên lại" in reason
