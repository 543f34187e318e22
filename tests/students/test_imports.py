"""A clerk's list becomes pupils in classes, all or nothing, and never a guess (PLAN IV.3; rules R14, R15, R85)."""

import dataclasses
import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from students.imports import RosterChanged, RosterRefused, carry_out_roster
from students.models import Enrolment, SchoolClass, SchoolYear, Student, proposed_rule_set
from students.roster_files import RosterFile, read_roster
from students.roster_planning import plan_roster
from students.roster_plans import Deed, RosterPlan
from tests.gradebook.school import School
from tests.students.rosters import listed, pupil
from tests.students.workbook_making import DATA, workbook

pytestmark = pytest.mark.django_db
WHOLE_SCHOOL = "danh-sach-hoc-sinh-csdl.xlsx"
ID = "Mã định danh Bộ GD&ĐT"


def carried_out(school: School, *rows: dict[str, object]) -> RosterPlan:
    return carry_out_roster(listed(*rows), school.year, by=school.tuan)


def deeds(plan: RosterPlan) -> list[Deed]:
    return [each.deed for each in plan.rows]


def changes(plan: RosterPlan) -> list[tuple[str, str, str]]:
    return [(change.label, change.old, change.new) for each in plan.rows for change in each.changes]


def reasons(school: School, *rows: dict[str, object]) -> list[str]:
    """Why the list is refused, with the places; checks that the refusal leaves nothing behind."""
    before = (Student.objects.count(), SchoolClass.objects.count(), Enrolment.objects.count())
    with pytest.raises(RosterRefused) as caught:
        carried_out(school, *rows)
    assert (Student.objects.count(), SchoolClass.objects.count(), Enrolment.objects.count()) == before
    plan = caught.value.plan
    return [str(problem) for each in plan.refusals for problem in each.reasons] + [
        str(problem) for problem in plan.loose_errors
    ]


def seats(name: str) -> list[tuple[int, str]]:
    roster = Enrolment.objects.filter(school_class__name=name).in_class_order()
    return list(roster.values_list("position", "student__full_name"))


def test_a_list_opens_its_classes_and_seats_its_pupils_in_vietnamese_order(school):
    plan = carried_out(
        school,
        pupil(1, name="Trần Văn Ước"),
        pupil(2, name="Lê Thị Đào"),
        pupil(3, name="Lê Thị Dung"),
        pupil(4, name="Phạm An", cls="2B"),
    )
    assert plan.new_classes == (("1B", 1), ("2B", 2))
    assert seats("1B") == [(1, "Lê Thị Dung"), (2, "Lê Thị Đào"), (3, "Trần Văn Ước")]
    assert seats("2B") == [(1, "Phạm An")]
    assert SchoolClass.objects.get(name="2B").grade_level == 2
    first = Enrolment.objects.get(student__full_name="Phạm An")
    assert (first.starts_on, first.ends_on) == (school.year.starts_on, school.year.ends_on)


@pytest.mark.parametrize("name", ["1-B", "1 B (cô Hoa)", "1В"])  # the last one is Cyrillic
def test_a_class_written_otherwise_is_not_opened_beside_the_one_that_is_meant(school, name):
    carried_out(school, pupil(1))
    plan = plan_roster(listed(pupil(2, cls=name)), school.year)
    assert not plan.can_be_carried_out
    assert "chỉ có «1B» viết gần giống. Ghi «1B»" in str(plan.rows[0].reasons)
    assert plan.new_classes == ()


def test_a_row_that_says_less_of_a_pupil_whom_another_row_means_is_no_second_pupil(school):
    carried_out(school, pupil(1, name="Lê Như Ảnh", birth="05/09/2019"))
    rows = (
        pupil(1, name="Lê Như Ảnh", birth="05/09/2019"),
        pupil(2, name="Lê Như Ảnh", birth="2019", id=None),
    )
    assert deeds(plan_roster(listed(*rows), school.year)) == [Deed.KEEP, Deed.REFUSE]


def test_newcomers_sit_behind_those_already_seated(school):
    carried_out(school, pupil(1, name="Trần Văn Ước"))
    carried_out(school, pupil(1, name="Trần Văn Ước"), pupil(2, name="Phạm An"))
    assert seats("1B") == [(1, "Trần Văn Ước"), (2, "Phạm An")]


def test_nothing_is_written_by_planning(school):
    before = (Student.objects.count(), SchoolClass.objects.count(), AuditEntry.objects.count())
    plan = plan_roster(listed(pupil(1)), school.year)
    assert deeds(plan) == [Deed.CREATE]
    assert (Student.objects.count(), SchoolClass.objects.count(), AuditEntry.objects.count()) == before


def test_the_same_file_twice_changes_nothing(school):
    rows = (pupil(1), pupil(2, id=None), pupil(3, birth="2020", id=None), pupil(4, birth=None))
    carried_out(school, *rows)
    audited = AuditEntry.objects.count()
    plan = carried_out(school, *rows)
    assert deeds(plan) == [Deed.KEEP] * 4
    assert not plan.changes_anything
    new = AuditEntry.objects.order_by("seq")[audited:]
    assert [entry.table_name for entry in new] == ["accounts_adminaction"], "only that it was done"


def test_an_absent_column_and_an_empty_cell_leave_what_is_stored(school):
    carried_out(school, pupil(1, job="Thợ mộc"), pupil(2, job="Giáo viên"))
    plan = carried_out(school, pupil(1, job=None), pupil(2, job=None, **{"Giới tính": None}))
    assert deeds(plan) == [Deed.KEEP, Deed.KEEP]
    without = {key: value for key, value in pupil(1).items() if key != "Giới tính"}
    assert deeds(carried_out(school, without)) == [Deed.KEEP]
    assert set(Student.objects.filter(moet_id__startswith="31").values_list("father_job", "gender")) == {
        ("Thợ mộc", "male"),
        ("Giáo viên", "male"),
    }


def test_a_change_is_told_field_by_field_in_words_and_kept_in_the_history(school):
    carried_out(school, pupil(1, **{"Dân tộc": "Kinh"}))
    row = pupil(1, birth="03/10/2020", **{"Giới tính": "Nữ", "Dân tộc": "Tày"})
    plan = plan_roster(listed(row), school.year)
    assert set(changes(plan)) == {
        ("ngày sinh", "02/09/2020", "03/10/2020"),
        ("giới tính", "Nam", "Nữ"),
        ("dân tộc", "01 Kinh", "02 Tày"),
    }
    assert changes(carried_out(school, row)) == changes(plan)
    student = Student.objects.get(moet_id="3100000001")
    assert (student.birth_label, student.gender, student.ethnic_code) == ("03/10/2020", "female", "02")
    newest, oldest = student.history.order_by("-history_id")
    assert (newest.gender, newest.history_type, newest.history_user) == ("female", "~", school.tuan)
    assert (oldest.gender, oldest.history_type, oldest.source) == ("male", "+", "excel")


def test_a_birth_date_that_says_less_does_not_take_away_what_is_known(school):
    carried_out(school, pupil(1))
    assert deeds(carried_out(school, pupil(1, birth="2020"))) == [Deed.KEEP]
    assert deeds(carried_out(school, pupil(1, birth="09/2020"))) == [Deed.KEEP]
    assert changes(carried_out(school, pupil(1, birth="2019"))) == [("ngày sinh", "02/09/2020", "2019")]


def test_ids_are_text_and_keep_their_leading_zeros(school):
    number = {"Số định danh cá nhân": "001320000007"}
    carried_out(school, pupil(1, id="0100000007", **number))
    student = Student.objects.get(moet_id="0100000007")
    assert student.national_id == "001320000007"
    assert deeds(carried_out(school, pupil(1, id=100000007, **number))) == [Deed.KEEP]


def test_a_broken_row_keeps_all_out_and_every_broken_row_is_named(school):
    told = reasons(
        school,
        pupil(1),
        pupil(2, birth="31/02/2020"),
        pupil(3, name=None),
        pupil(4, id="12"),
        pupil(5, name="Trần Văn 5"),
    )
    assert [line.split(":")[0] for line in told] == [
        "Trang «Sheet1», hàng 3, cột C «Ngày sinh»",
        f"Trang «Sheet1», hàng 5, cột F «{ID}»",
        "Trang «Sheet1», hàng 6, cột B «Họ và tên»",
        "Trang «Sheet1», hàng 4, cột B «Họ và tên»",
    ]
    assert not Student.objects.filter(moet_id__startswith="31").exists()


def test_a_row_is_matched_by_name_and_birth_date_and_gets_the_id_it_lacked(school):
    carried_out(school, pupil(1, id=None))
    plan = carried_out(school, pupil(1))
    assert changes(plan) == [("mã định danh Bộ GD&ĐT", "", "3100000001")]
    assert Student.objects.filter(full_name=pupil(1)["Họ và tên"]).count() == 1


def test_where_the_tone_mark_stands_and_capitals_do_not_make_another_pupil(school):
    carried_out(school, pupil(1, name="Lê Thị Hòa", id=None))
    plan = plan_roster(listed(pupil(1, name="lê Thị Hoà", id=None)), school.year)
    assert changes(plan) == [("họ và tên", "Lê Thị Hòa", "lê Thị Hoà")]


def test_a_name_in_capitals_is_warned_of_when_new_and_never_replaces_the_one_in_small_letters(school):
    plan = carried_out(school, pupil(1, name="ĐẶNG THỊ Ê-BAN H'NĂM"))
    (warning,) = (str(problem) for problem in plan.problems if "chữ hoa" in str(problem))
    assert "cột B «Họ và tên»: họ tên viết toàn chữ hoa" in warning
    assert "«Đặng Thị Ê-ban H'Năm»" in warning
    carried_out(school, pupil(2, name="Lê Thị Hòa"))
    plan = plan_roster(listed(pupil(2, name="LÊ THỊ HOÀ")), school.year)
    assert (deeds(plan), plan.problems) == ([Deed.KEEP], ())


def test_an_id_with_another_name_and_another_gender_is_warned_of(school):
    carried_out(school, pupil(1, name="Lê Nguyệt Anh", **{"Giới tính": "Nữ"}))
    plan = plan_roster(listed(pupil(1, name="Nguyễn Văn Khác")), school.year)
    assert any("cả họ tên và giới tính đều khác hồ sơ" in str(problem) for problem in plan.problems)


def test_twins_of_one_name_are_spoken_of_once_and_not_when_the_list_comes_again(school):
    twins = [pupil(number, name="Hoàng Song Sinh", birth="05/09/2020") for number in (1, 2)]
    assert [problem.level for problem in carried_out(school, *twins).problems] == ["warning"]
    assert plan_roster(listed(*twins), school.year).problems == ()


def test_twins_whose_names_differ_by_a_tone_mark_stay_two(school):
    twins = [pupil(1, name=f"Lê Minh {given}", birth="05/09/2020", id=None) for given in ("Anh", "Ánh")]
    carried_out(school, *twins)
    assert deeds(carried_out(school, *twins)) == [Deed.KEEP, Deed.KEEP]
    assert sorted(name for _place, name in seats("1B")) == ["Lê Minh Anh", "Lê Minh Ánh"]


def test_a_twin_that_comes_later_is_new_by_an_id_and_without_one_refused_though_the_other_has_a_row_too(
    school,
):
    anh = pupil(1, name="Lê Minh Anh", birth="05/09/2020", id=None)
    twin = pupil(2, name="Lê Minh Ánh", birth="05/09/2020")
    carried_out(school, anh)
    assert deeds(plan_roster(listed(anh, twin), school.year)) == [Deed.KEEP, Deed.CREATE]
    (reason,) = reasons(school, anh, twin | {ID: None})
    assert "có thể là học sinh đã có: Lê Minh Anh sinh 05/09/2020" in reason
    assert "ghi mã định danh Bộ GD&ĐT" in reason


@pytest.mark.parametrize(
    "row",
    [
        pupil(1, name="Lê Minh Ánh", birth="05/09/2020", id=None),
        pupil(1, name="Lê Minh Anh", birth="2020", id=None),
        pupil(1, name="Lê Minh Anh", birth="09/2020", id="3100000099"),
    ],
    ids=["tone", "year only", "year only with a new id"],
)
def test_a_row_that_may_be_a_stored_pupil_but_not_for_certain_is_never_written(school, row):
    carried_out(school, pupil(1, name="Lê Minh Anh", birth="05/09/2020", id=None))
    (reason,) = reasons(school, row)
    assert "có thể là học sinh đã có: Lê Minh Anh sinh 05/09/2020" in reason


def test_two_stored_pupils_of_one_name_and_birth_date_are_told_apart_by_id_only(school):
    alike = {"name": "Lê Minh Anh", "birth": "05/09/2020"}
    carried_out(school, pupil(1, **alike), pupil(2, **alike))
    (reason,) = reasons(school, pupil(1, **alike, id=None) | {ID: None})
    assert "có 2 học sinh cùng họ tên và ngày sinh" in reason
    assert deeds(carried_out(school, pupil(2, **alike))) == [Deed.KEEP]


def test_ids_of_two_pupils_in_one_row_are_ambiguous(school):
    code = {"Mã học sinh": "HS2"}
    carried_out(school, pupil(1), pupil(2, **code))
    (reason,) = reasons(school, pupil(1, **code))
    assert "các mã trên hàng này thuộc những học sinh khác nhau" in reason


def test_an_id_is_not_believed_when_name_and_birth_date_are_somebody_elses(school):
    carried_out(school, pupil(1, name="Lê Minh Anh", birth="05/09/2020"))
    (reason,) = reasons(school, pupil(1, name="Trần Quốc Bảo", birth="06/10/2020"))
    assert f"cột F «{ID}»" in reason
    assert "là của Lê Minh Anh sinh 05/09/2020" in reason
    assert changes(plan_roster(listed(pupil(1, name="Lê Minh Ánh", birth="06/10/2020")), school.year))


def test_a_row_without_id_and_birth_date_is_refused_since_it_could_not_be_found_again(school):
    (reason,) = reasons(school, pupil(1, id=None, birth=None))
    assert "không có mã và không có ngày sinh" in reason


def test_one_pupil_in_two_rows_is_refused_stored_or_new(school):
    first = pupil(1)
    (reason,) = reasons(school, first, pupil(2, name=first["Họ và tên"], birth=first["Ngày sinh"], id=None))
    assert "cùng chỉ một học sinh với hàng 2" in reason
    carried_out(school, first)
    (reason,) = reasons(school, first, pupil(2, name=first["Họ và tên"], birth=first["Ngày sinh"], id=None))
    assert "hàng 3" in reason
    assert "cùng chỉ một học sinh với hàng 2" in reason


def test_a_known_name_is_not_shortened_while_a_column_that_may_hold_the_rest_is_unread(school):
    carried_out(school, pupil(1, name="Đặng Thị Ê-ban H'Năm"))
    short = pupil(1, name="Đặng H'Năm", **{"Tên thánh": "Anna"})
    (reason,) = reasons(school, short)
    assert "họ tên thiếu «Thị Ê-ban» so với hồ sơ" in reason
    assert "cột «Tên thánh» không rõ" in reason


def test_a_known_name_that_would_lose_words_is_warned_of(school):
    carried_out(school, pupil(1, name="Đặng Thị Ê-ban H'Năm"), pupil(2, name="Lê Thị Hoa"))
    plan = plan_roster(listed(pupil(1, name="ĐẶNG H’Năm"), pupil(2, name="Lê Thị Hoà")), school.year)
    (warning,) = (str(problem) for problem in plan.problems if "sẽ mất" in str(problem))
    assert "hàng 2, cột B «Họ và tên»: họ tên sẽ mất «Thị Ê-ban» so với hồ sơ" in warning


def test_a_pupil_of_another_class_is_refused_with_a_word_on_movements(school):
    carried_out(school, pupil(1))
    (reason,) = reasons(school, pupil(1, cls="1A"), pupil(2, cls="1A"))
    assert "đang học lớp 1B năm học này. Chuyển lớp là biến động sĩ số" in reason
    assert "cột E «Lớp»" in reason


@pytest.mark.parametrize("status", ["Chuyển đi", "Thôi học kỳ 1", "Bỏ học", "Tạm nghỉ", "Chuyển đi trong hè"])
def test_a_pupil_who_left_is_not_seated_in_silence(school, status):
    (reason,) = reasons(school, pupil(1, **{"Trạng thái": status}))
    assert f"trạng thái «{status}»: học sinh không còn học" in reason
    assert "biến động sĩ số" in reason
    carried_out(school, pupil(1))
    (reason,) = reasons(school, pupil(1, **{"Trạng thái": status}))
    assert "cột G «Trạng thái»" in reason


@pytest.mark.parametrize("status", ["Chuyển đến kỳ 1", "Chuyển đến", "Nghỉ học xin học lại kỳ 2"])
def test_a_pupil_who_came_within_the_year_is_a_movement_unless_seated_already(school, status):
    (reason,) = reasons(school, pupil(1, **{"Trạng thái": status}))
    assert "vào lớp giữa năm là biến động sĩ số" in reason
    carried_out(school, pupil(1))
    assert deeds(carried_out(school, pupil(1, **{"Trạng thái": status}))) == [Deed.KEEP]


@pytest.mark.parametrize("status", ["Đang học", "01", "Chuyển đến trong hè", None])
def test_a_pupil_of_the_whole_year_is_seated(school, status):
    carried_out(school, pupil(1, **{"Trạng thái": status}))
    assert len(seats("1B")) == 1


def test_a_pupil_who_has_left_the_class_does_not_come_back_by_a_list(school):
    carried_out(school, pupil(1))
    gone = school.year.starts_on + datetime.timedelta(days=1)
    Enrolment.objects.filter(student__moet_id="3100000001").update(ends_on=gone)
    if school.year.day_for_roster() <= gone:
        pytest.fail("The school's year is too young for this test: it begins in August, tests run later.")
    (reason,) = reasons(school, pupil(1))
    assert f"đã rời lớp 1B từ ngày {gone + datetime.timedelta(days=1):%d/%m/%Y}" in reason
    assert deeds(carried_out(school, pupil(1, **{"Trạng thái": "Chuyển đi"}))) == [Deed.KEEP]


def test_a_seat_of_last_year_without_an_end_is_refused_before_the_database_must(school):
    year = school.year.year - 1
    before = SchoolYear.objects.create(
        year=year,
        rule_set=proposed_rule_set(year),
        starts_on=datetime.date(year, 8, 1),
        first_term_ends_on=datetime.date(year + 1, 1, 15),
        ends_on=datetime.date(year + 1, 7, 31),
        school_name="Trường Tiểu học Kim Đồng",
    )
    old_class = SchoolClass.objects.create(year=before, name="1C", grade_level=1)
    carried_out(school, pupil(1, cls="1A"))
    Enrolment.objects.filter(student__moet_id="3100000001").update(
        school_class=old_class, starts_on=before.starts_on, ends_on=None
    )
    (reason,) = reasons(school, pupil(1, cls="1A"))
    assert f"còn trong lớp 1C của năm học {before.label}" in reason


def test_a_class_keeps_the_grade_it_has(school):
    carried_out(school, pupil(1, cls="Hoa Sen", Khối="Khối 2"))
    (reason,) = reasons(school, pupil(2, cls="Hoa Sen", Khối="Khối 3"))
    assert "lớp Hoa Sen đang thuộc khối 2" in reason


def test_the_list_of_another_year_is_refused(school):
    other = school.year.year - 1
    plan = plan_roster(listed(pupil(1), above=f"Năm học {other} - {other + 1}"), school.year)
    assert not plan.can_be_carried_out
    assert "khác năm học đang nạp" in str(plan.loose_errors[0])


def test_a_year_that_is_over_takes_no_list(school):
    SchoolYear.objects.filter(pk=school.year.pk).update(
        starts_on=datetime.date(2020, 8, 1),
        lessons_start_on=datetime.date(2020, 9, 7),
        first_term_ends_on=datetime.date(2021, 1, 15),
        second_term_starts_on=datetime.date(2021, 1, 18),
        lessons_end_on=datetime.date(2021, 5, 28),
        ends_on=datetime.date(2021, 7, 31),
    )
    school.year.refresh_from_db()
    assert "đã kết thúc" in reasons(school, pupil(1))[0]


def test_late_pupils_of_a_class_are_warned_of_but_not_kept_out(school):
    plan = carried_out(school, pupil(1, cls="4A"), pupil(2))
    (warning,) = [problem for problem in plan.problems if problem.level == "warning"]
    assert "Lớp 4A đã có trong năm học; 1 học sinh mới" in warning.message


@pytest.mark.parametrize("person", ["bich", "hoa", "lan", "dung", "son"])
def test_only_the_clerk_takes_in_lists(school, person):
    with pytest.raises(PermissionDenied, match="văn thư"):
        carry_out_roster(listed(pupil(1)), school.year, by=school.people[person])
    assert not SchoolClass.objects.filter(name="1B").exists()


def test_what_is_done_is_what_was_shown_or_nothing(school):
    file = listed(pupil(1), pupil(2))
    shown = plan_roster(file, school.year).fingerprint
    assert plan_roster(listed(pupil(1), pupil(2)), school.year).fingerprint == shown
    carried_out(school, pupil(2))
    with pytest.raises(RosterChanged) as caught:
        carry_out_roster(file, school.year, by=school.tuan, previewed=shown)
    assert deeds(caught.value.plan) == [Deed.CREATE, Deed.KEEP]
    assert len(seats("1B")) == 1
    carry_out_roster(file, school.year, by=school.tuan, previewed=caught.value.plan.fingerprint)
    assert len(seats("1B")) == 2


def test_every_row_written_is_in_the_audit_chain_under_the_clerks_name(school):
    before = AuditEntry.objects.count()
    carry_out_roster(listed(pupil(1)), school.year, by=school.tuan, under="roster_upload:7")
    new = AuditEntry.objects.order_by("seq")[before:]
    assert [(entry.table_name, entry.action) for entry in new] == [
        ("students_schoolclass", "I"),
        ("students_student", "I"),
        ("students_movement", "I"),
        ("students_enrolment", "I"),
        ("accounts_adminaction", "I"),
    ]
    assert {(entry.actor, entry.role, entry.source, entry.under) for entry in new} == {
        ("tuan", "Văn thư", "excel", "roster_upload:7")
    }


@pytest.mark.parametrize("count", [5, 50])
def test_plan_and_apply_take_the_same_statements_for_any_length(school, count):
    new = listed(*(pupil(number) for number in range(1, count + 1)))
    jobs = listed(*(pupil(number, job="Thợ mộc") for number in range(1, count + 1)))
    counted = [
        statements(lambda: plan_roster(new, school.year)),
        statements(lambda: carry_out_roster(new, school.year, by=school.tuan)),
        statements(lambda: plan_roster(jobs, school.year)),
        statements(lambda: carry_out_roster(jobs, school.year, by=school.tuan)),
        statements(lambda: carry_out_roster(jobs, school.year, by=school.tuan)),
    ]
    # Known pupils cost two: where they sit and sat, and what last year came to; a known class who else sits there.
    assert counted == [2, 19, 5, 13, 11]


def statements(act) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def test_a_new_pupil_whose_name_differs_from_another_rows_by_tones_alone_is_pointed_out(school):
    carried_out(school, pupil(1, name="Lê Như Ảnh", birth="05/09/2020"))
    rows = [
        pupil(1, name="Lê Như Ảnh", birth="05/09/2020"),
        pupil(2, name="Lê Như Anh", birth="05/09/2020", id="", **{"Mã học sinh": "HS-2"}),
        pupil(3, name="Lê Như Ánh", birth="06/09/2020", id=""),
    ]
    told = [str(each) for each in plan_roster(listed(*rows), school.year).problems]
    (doubt,) = [each for each in told if "chỉ khác dấu" in each]
    assert "hàng 2 (Lê Như Ảnh)" in doubt


def test_the_list_of_a_whole_school_is_planned_and_taken_in_and_changes_nothing_the_second_time(school):
    data = (DATA / "demo" / WHOLE_SCHOOL).read_bytes()
    file = read_roster(data, WHOLE_SCHOOL, school_year=school.year.year)
    plan = plan_roster(_without_taken_classes(file), school.year)
    assert plan.counts == {Deed.CREATE: 1049}
    carry_out_roster(_without_taken_classes(file), school.year, by=school.tuan)
    assert Enrolment.objects.filter(school_class__name__startswith="X").count() == 1049
    again = plan_roster(_without_taken_classes(file), school.year)
    assert again.counts == {Deed.KEEP: 1049}


def _without_taken_classes(file: RosterFile) -> RosterFile:
    """The same list with class names that the test school does not have ("X1A")."""
    rows = (dataclasses.replace(row, class_name=f"X{row.class_name}") for row in file.rows)
    return dataclasses.replace(file, rows=tuple(rows))


def test_a_sheet_named_after_a_grade_makes_no_class_of_that_name(school):
    rows = [("STT", "Họ và tên", "Ngày sinh"), (1, "Trần Thị Bình", "06/09/2019")]
    file = read_roster(workbook(("Lớp 1", rows)), "danh-sach.xlsx")
    with pytest.raises(RosterRefused) as caught:
        carry_out_roster(file, school.year, by=school.tuan)
    assert "chỉ suy từ tên trang hoặc tiêu đề" in str(caught.value.plan.refusals[0].reasons[0])
    assert not SchoolClass.objects.filter(name="1").exists()
