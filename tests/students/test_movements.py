"""Coming, going and changing class: by the clerk, in order of time, undone by a cancellation (rules R10–R14)."""

import datetime
import uuid
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied

from accounts import clock
from accounts.models import AdminAction
from gradebook.regulation import Period
from gradebook.sheets import HOMEROOM_CODE, Field
from students import movements
from students.models import (
    Absence,
    AttendanceMonth,
    Enrolment,
    Movement,
    RollCall,
    SchoolClass,
    SchoolYear,
    Student,
)
from students.movement_plans import Draft, against_cancelling, plan_movement, warnings_of_cancelling
from students.movement_rules import Kind
from students.movements import MovementChanged, MovementRefused
from tests.gradebook.next_year import prepare_after
from tests.gradebook.school import School, enter, open_window, resize, value_of
from tests.students.seats import seat

DAY = datetime.timedelta(days=1)
PAPER = {"decision_number": "15/QĐ-THKĐ", "decision_date": datetime.date(2026, 8, 1)}
FROM = {"other_school": "Trường Tiểu học Hoa Sen", "other_province": "Thành phố Hà Nội", **PAPER}
TO = {"destination_code": "02", **FROM}


def day(school: School, number: int) -> datetime.date:
    return school.year.starts_on + number * DAY


def seats(student: Student) -> list[tuple[str, datetime.date, datetime.date | None]]:
    rows = Enrolment.objects.filter(student=student).order_by("starts_on")
    return [
        (row.school_class.name, row.starts_on, row.ends_on) for row in rows.select_related("school_class")
    ]


def newcomer(name: str = "Lê Văn Tân") -> Student:
    return Student.objects.create(full_name=name, sort_key=name, search_key=name.lower())


def leave(school: School, number: int = 30) -> Movement:
    return movements.leave(school.pupils[0], day=day(school, number), leave_reason="01", by=school.tuan)


def refusal(act) -> str:
    with pytest.raises(MovementRefused) as caught:
        act()
    return str(caught.value)


def test_a_change_of_class_ends_one_seat_and_begins_the_next_the_day_after(school):
    pupil, on = school.pupils[0], day(school, 30)
    movement = movements.change_class(pupil, school.class_4b, day=on, by=school.tuan)
    assert seats(pupil) == [
        ("4A", school.year.starts_on, on - DAY),
        ("4B", on, school.year.ends_on),
    ]
    assert (movement.begun.school_class.name, movement.ended.school_class.name) == ("4B", "4A")
    assert movement.begun.position == 4
    assert movement.status == "Đang học"


def test_marks_follow_the_pupil_and_only_the_new_class_teacher_enters_them(school):
    open_window(school)
    pupil = school.pupils[0]
    enter(school.sheet(), pupil, Field.MARK, "9", by=school.lan)
    movements.change_class(pupil, school.class_4b, day=clock.today(), by=school.tuan)
    of_4b = school.sheet(school_class=school.class_4b)
    assert value_of(of_4b, pupil) == "9"
    assert enter(of_4b, pupil, Field.MARK, "10", by=school.minh).saved
    assert value_of(of_4b, pupil) == "10"
    refused = enter(school.sheet(), pupil, Field.MARK, "1", by=school.lan)
    assert refused.refused
    assert not refused.saved
    assert value_of(of_4b, pupil) == "10"
    assert pupil.subject_results.filter(period=Period.MID_TERM_1).count() == 1


def test_the_first_class_of_the_year_stays_that_of_the_first_seat(school):
    pupil = school.pupils[0]
    movements.change_class(pupil, school.class_4b, day=day(school, 30), by=school.tuan)
    movements.change_class(pupil, school.class_4a, day=day(school, 40), by=school.tuan)
    assert [name for name, *_days in seats(pupil)] == ["4A", "4B", "4A"]


def test_a_leaver_returns_under_a_decision(school):
    leave(school)
    movement = movements.return_to_school(
        school.pupils[0], school.class_4b, day=day(school, 40), by=school.tuan, **PAPER
    )
    assert [name for name, *_days in seats(school.pupils[0])] == ["4A", "4B"]
    assert movement.status == "Nghỉ học xin học lại kỳ 1"


def test_a_pupil_comes_from_another_school_and_one_goes_to_another(school):
    came = movements.transfer_in(newcomer(), school.class_4a, day=day(school, 50), by=school.tuan, **FROM)
    went = movements.transfer_out(school.pupils[0], day=day(school, 50), by=school.tuan, **TO)
    assert (came.status, went.status) == ("Chuyển đến kỳ 1", "Chuyển đi kỳ 1")
    assert (went.destination, went.decision) == ("Ngoài tỉnh", "15/QĐ-THKĐ ngày 01/08/2026")
    assert seats(came.student) == [("4A", came.day, school.year.ends_on)]


def test_a_pupil_skips_a_grade(school):
    higher = SchoolClass.objects.create(year=school.year, name="5A", grade_level=5)
    movements.skip_grade(school.pupils[0], higher, day=day(school, 30), by=school.tuan, **PAPER)
    assert [name for name, *_days in seats(school.pupils[0])] == ["4A", "5A"]


@pytest.mark.parametrize("person", ["bich", "hoa", "lan", "dung", "son"])
def test_only_the_clerk_records_and_cancels(school, person):
    movement = leave(school)
    by = school.people[person]
    with pytest.raises(PermissionDenied, match="văn thư"):
        movements.leave(school.pupils[1], day=day(school, 30), leave_reason="01", by=by)
    with pytest.raises(PermissionDenied, match="văn thư"):
        movements.cancel(movement, reason="Ghi nhầm", by=by)


def test_the_clerks_act_is_listed_and_in_the_history_under_its_name(school):
    movement = leave(school)
    assert AdminAction.objects.filter(thing=f"movement:{movement.pk}", words__contains="Thôi học").exists()
    (row,) = movement.history.all()
    assert (row.history_user, row.acting_role) == (school.tuan, "Văn thư")


@pytest.mark.parametrize(
    ("act", "data", "missing"),
    [
        ("leave", {}, "lí do thôi học"),
        ("transfer_out", {}, "nơi chuyển đi"),
        ("transfer_out", {**TO, "other_school": ""}, "tên trường"),
        ("transfer_out", {**TO, "other_province": ""}, "tỉnh"),
        ("transfer_out", {**TO, "decision_date": None}, "ngày kí"),
        ("record_death", {"decision_number": "3"}, "ngày kí"),
    ],
)
def test_nothing_is_recorded_without_what_the_kind_needs(school, act, data, missing):
    pupil = school.pupils[0]
    told = refusal(lambda: getattr(movements, act)(pupil, day=day(school, 30), by=school.tuan, **data))
    assert missing in told
    assert len(seats(pupil)) == 1


def test_a_movement_never_goes_behind_a_later_one(school):
    pupil = school.pupils[0]
    movements.change_class(pupil, school.class_4b, day=day(school, 30), by=school.tuan)
    for number in (10, 30):
        assert "đã có biến động «Chuyển lớp»" in refusal(lambda number=number: leave(school, number))


@pytest.mark.parametrize("number", [-1, 400])
def test_a_day_outside_every_year_is_refused(school, number):
    assert "không thuộc năm học nào" in refusal(lambda: leave(school, number))


def test_a_year_that_is_over_takes_no_movement_and_no_cancellation(school):
    movement = leave(school)
    after = datetime.datetime.combine(school.year.ends_on + DAY, datetime.time(9), tzinfo=datetime.UTC)
    with clock.travelling(after):
        assert "đã kết thúc" in refusal(
            lambda: movements.leave(school.pupils[1], day=day(school, 40), leave_reason="01", by=school.tuan)
        )
        assert "đã kết thúc" in refusal(lambda: movements.cancel(movement, reason="Nhầm", by=school.tuan))


def test_who_has_gone_does_not_go_again_and_who_is_here_does_not_come(school):
    leave(school)
    assert "không học ở lớp nào" in refusal(lambda: leave(school, 40))
    assert "đang học lớp 4A" in refusal(
        lambda: movements.transfer_in(
            school.pupils[1], school.class_4b, day=day(school, 40), by=school.tuan, **FROM
        )
    )


def test_a_dead_pupil_never_returns(school):
    pupil = school.pupils[0]
    movement = movements.record_death(pupil, day=day(school, 36), by=school.tuan)
    assert (movement.reason, movement.status) == ("Mất tích, đã mất", "Thôi học kỳ 1")
    back = refusal(
        lambda: movements.return_to_school(
            pupil, school.class_4a, day=day(school, 40), by=school.tuan, **PAPER
        )
    )
    assert "qua đời" in back


def test_a_missing_pupil_is_recorded_as_such_and_returns_when_found(school):
    pupil, on = school.pupils[0], day(school, 36)
    movement = movements.record(Draft(Kind.MISSING, pupil, on), by=school.tuan)
    assert (movement.get_kind_display(), movement.reason) == ("Mất tích", "Mất tích, đã mất")
    assert movement.status == "Thôi học kỳ 1"
    back = movements.return_to_school(pupil, school.class_4a, day=day(school, 40), by=school.tuan, **PAPER)
    assert back.status == "Nghỉ học xin học lại kỳ 1"


def test_a_class_of_another_grade_needs_another_kind(school):
    pupil, on = school.pupils[0], day(school, 30)
    assert "Học vượt" in refusal(
        lambda: movements.change_class(pupil, school.class_1a, day=on, by=school.tuan)
    )
    assert "lên khối 5" in refusal(
        lambda: movements.skip_grade(pupil, school.class_1a, day=on, by=school.tuan, **PAPER)
    )
    assert "Chọn lớp khác" in refusal(
        lambda: movements.change_class(pupil, school.class_4a, day=on, by=school.tuan)
    )


def test_who_never_left_does_not_return(school):
    pupil = school.pupils[0]
    movements.transfer_out(pupil, day=day(school, 30), by=school.tuan, **TO)
    assert "Chuyển đến" in refusal(
        lambda: movements.return_to_school(
            pupil, school.class_4a, day=day(school, 40), by=school.tuan, **PAPER
        )
    )


def test_a_cancelled_change_of_class_leaves_the_pupil_where_they_were(school):
    pupil = school.pupils[0]
    movement = movements.change_class(pupil, school.class_4b, day=day(school, 30), by=school.tuan)
    movements.cancel(movement, reason="Ghi nhầm học sinh", by=school.tuan)
    assert seats(pupil) == [("4A", school.year.starts_on, school.year.ends_on)]
    stored = Movement.objects.get(pk=movement.pk)
    assert (stored.cancelled_by, stored.cancel_reason) == (school.tuan, "Ghi nhầm học sinh")
    gone = Enrolment.history.filter(history_type="-").get()
    assert (gone.school_class, gone.history_user) == (school.class_4b, school.tuan)
    assert gone.history_change_reason == "Ghi nhầm học sinh"


def test_a_cancellation_asks_for_a_reason_and_works_once_and_from_the_last_backwards(school):
    first = movements.change_class(school.pupils[0], school.class_4b, day=day(school, 30), by=school.tuan)
    last = leave(school, 40)
    assert "lí do huỷ" in refusal(lambda: movements.cancel(last, reason="  ", by=school.tuan))
    assert "Huỷ biến động đó trước" in refusal(lambda: movements.cancel(first, reason="Nhầm", by=school.tuan))
    movements.cancel(last, reason="Nhầm", by=school.tuan)
    assert "đã huỷ rồi" in refusal(lambda: movements.cancel(last, reason="Nhầm", by=school.tuan))
    movements.cancel(first, reason="Nhầm", by=school.tuan)
    assert [name for name, *_days in seats(school.pupils[0])] == ["4A"]


def test_after_a_cancellation_the_same_day_takes_the_right_movement(school):
    movements.cancel(leave(school), reason="Nhầm loại", by=school.tuan)
    movements.transfer_out(school.pupils[0], day=day(school, 30), by=school.tuan, **TO)
    assert [each.kind for each in Movement.objects.in_force().filter(student=school.pupils[0])] == [
        Kind.ADMITTED,
        Kind.TRANSFERRED_OUT,
    ]


def test_an_arrival_under_which_marks_were_entered_is_not_cancelled(school):
    open_window(school)
    pupil = school.pupils[0]
    movement = Movement.objects.get(student=pupil)
    told = " ".join(warnings_of_cancelling(movement))
    assert f"Em không còn ở lớp nào từ ngày {movement.day:%d/%m/%Y}" in told
    assert "sĩ số các ngày từ đó đến nay sẽ thay đổi" in told
    assert against_cancelling(movement) is None
    enter(school.sheet(), pupil, Field.MARK, "8", by=school.lan)
    assert "đã nhập 1 kết quả" in refusal(lambda: movements.cancel(movement, reason="Nhầm", by=school.tuan))


def test_an_arrival_under_which_a_quality_was_rated_is_not_cancelled(school):
    open_window(school)
    pupil = school.pupils[0]
    enter(school.sheet(code=HOMEROOM_CODE), pupil, Field.RATING, "T", by=school.lan, item="yeu_nuoc")
    movement = Movement.objects.get(student=pupil)
    assert "đã nhập 1 kết quả" in refusal(lambda: movements.cancel(movement, reason="Nhầm", by=school.tuan))


def test_a_back_dated_movement_warns_of_marks_entered_meanwhile(school):
    open_window(school)
    enter(school.sheet(), school.pupils[0], Field.MARK, "9", by=school.lan)
    draft = Draft(Kind.CHANGED_CLASS, school.pupils[0], clock.today() - DAY, school.class_4b)
    plan = plan_movement(draft)
    assert any("đã nhập 1 kết quả học tập, rèn luyện của em ở lớp 4A" in each for each in plan.warnings)
    assert any("Rời lớp 4A" in each for each in plan.effects)


def test_a_back_dated_movement_warns_of_days_called_and_months_confirmed_meanwhile(school):
    pupil, teacher, then = school.pupils[0], school.lan, clock.today() - 3 * DAY
    call = RollCall.objects.create(
        school_class=school.class_4a,
        day=then,
        session="morning",
        share=1,
        token=uuid.uuid4(),
        called_by=teacher,
        called_at=clock.stamp(),
    )
    Absence.objects.create(roll_call=call, student=pupil, kind="K")
    AttendanceMonth.objects.create(
        school_class=school.class_4a,
        month=then.replace(day=1),
        with_leave=0,
        without_leave=1,
        not_called=0,
        confirmed_by=teacher,
        confirmed_at=clock.stamp(),
    )
    warnings = plan_movement(Draft(Kind.CHANGED_CLASS, pupil, then, school.class_4b)).warnings
    assert any("đã được ghi vắng 1 buổi" in each for each in warnings)
    assert any(f"tháng {then:%m/%Y} đã xác nhận" in each for each in warnings)
    arriving = plan_movement(Draft(Kind.TRANSFERRED_IN, newcomer(), then, school.class_4a, **FROM)).warnings
    assert any(f"Sổ điểm danh lớp 4A tháng {then:%m/%Y} đã xác nhận" in each for each in arriving)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"decision_number": "<b>", "decision_date": clock.today()}, "decision_number"),
        ({"decision_number": "9/QĐ", "decision_date": clock.today() + DAY}, "decision_date"),
        ({"leave_reason": "10"}, "leave_reason"),
    ],
)
def test_a_paper_that_cannot_be_is_refused_where_it_stands(school, wrong, field):
    draft = Draft(Kind.LEFT, school.pupils[0], clock.today(), **{"leave_reason": "01", **wrong})
    assert [each.field for each in plan_movement(draft).objections] == [field]


@pytest.mark.parametrize(
    ("said", "field", "told"),
    [
        ({"destination_code": "01"}, "destination_code", "chọn «Ngoài tỉnh»"),
        ({"other_province": "Hải Phòng"}, "destination_code", "chọn «Trong tỉnh»"),
        ({"other_province": "Tỉnh Hải Dương"}, "destination_code", "nay thuộc Thành phố Hải Phòng"),
        ({"destination_code": "03"}, "other_province", "ghi tên nước"),
        (
            {"destination_code": "01", "other_school": "TH Kim Đồng", "other_province": "TP Hải Phòng"},
            "other_school",
            "là trường mình",
        ),
    ],
)
def test_where_a_pupil_goes_must_fit_together(school, said, field, told):
    SchoolYear.objects.update(province="Thành phố Hải Phòng")
    plan = plan_movement(Draft(Kind.TRANSFERRED_OUT, school.pupils[0], day(school, 40), **{**TO, **said}))
    assert [each.field for each in plan.objections] == [field]
    assert told in plan.objections[0].message


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"other_province": "Xyz"}, "không phải tên tỉnh"),
        ({"destination_code": "03", "other_province": "Việt Nam"}, "ghi tên nước em đến"),
        ({"decision_date": datetime.date(2020, 1, 1)}, "từ trước năm học"),
    ],
)
def test_what_is_unusual_of_a_transfer_is_doubted_and_may_be_recorded(school, said, told):
    plan = plan_movement(Draft(Kind.TRANSFERRED_OUT, school.pupils[0], day(school, 40), **{**TO, **said}))
    assert not plan.objections
    assert [told in each for each in plan.warnings if "đã" not in each] == [True]


def test_a_school_of_our_name_in_another_province_is_another_school(school):
    draft = Draft(
        Kind.TRANSFERRED_OUT, school.pupils[0], day(school, 40), **{**TO, "other_school": "Tiểu học Kim Đồng"}
    )
    assert not plan_movement(draft).objections


def test_who_is_admitted_from_another_school_names_it(school):
    draft = Draft(Kind.ADMITTED, newcomer(), day(school, 40), school.class_4a, entry_code="1")
    assert [each.field for each in plan_movement(draft).objections] == ["other_school", "other_province"]
    come = {"other_school": FROM["other_school"], "other_province": FROM["other_province"]}
    admitted = movements.record(replace(draft, **come), by=school.tuan)
    assert admitted.other_school == "Trường Tiểu học Hoa Sen"


def test_a_newcomer_who_repeats_a_grade_is_asked_where_they_learned(school):
    draft = Draft(Kind.ADMITTED, newcomer(), day(school, 40), school.class_4a, entry_code="3")
    assert any("chọn «Chuyển từ trường khác»" in each for each in plan_movement(draft).warnings)


def test_a_paper_signed_after_its_effect_is_pointed_out(school):
    paper = {"decision_number": "9/QĐ-THKĐ", "decision_date": clock.today()}
    draft = Draft(Kind.LEFT, school.pupils[0], clock.today() - DAY, leave_reason="01", **paper)
    assert any("sau ngày có hiệu lực" in each for each in plan_movement(draft).warnings)


def test_a_crowded_class_is_allowed_with_a_warning(school):
    resize(school, 35)
    plan = plan_movement(Draft(Kind.TRANSFERRED_IN, newcomer(), day(school, 50), school.class_4a, **FROM))
    assert "Lớp 4A sẽ có 36 học sinh, quá 35." in plan.warnings
    assert not plan.objections


def test_what_is_recorded_is_what_was_shown_or_nothing(school):
    draft = Draft(Kind.CHANGED_CLASS, school.pupils[0], clock.today(), school.class_4b)
    shown = plan_movement(draft).fingerprint
    assert plan_movement(draft).fingerprint == shown
    movements.change_class(school.pupils[0], school.class_4b, day=day(school, 10), by=school.tuan)
    movements.change_class(school.pupils[0], school.class_4a, day=day(school, 20), by=school.tuan)
    with pytest.raises(MovementChanged):
        movements.record(draft, by=school.tuan, previewed=shown)
    movements.record(draft, by=school.tuan, previewed=plan_movement(draft).fingerprint)


def test_nothing_is_recorded_or_cancelled_in_a_closed_year(school):
    movement = leave(school)
    SchoolYear.objects.update(state="closed")
    assert "đã đóng" in refusal(
        lambda: movements.leave(school.pupils[1], day=day(school, 30), leave_reason="01", by=school.tuan)
    )
    assert "đã đóng" in refusal(lambda: movements.cancel(movement, reason="Ghi nhầm", by=school.tuan))


def test_the_status_follows_the_lesson_days_of_the_year(school):
    lessons = {
        "lessons_start_on": day(school, 35),
        "second_term_starts_on": school.year.first_term_ends_on + DAY,
        "lessons_end_on": school.year.ends_on - 30 * DAY,
    }
    SchoolYear.objects.filter(pk=school.year.pk).update(**lessons)
    summer = movements.transfer_out(school.pupils[0], day=day(school, 34), by=school.tuan, **TO)
    term = movements.transfer_out(school.pupils[1], day=day(school, 35), by=school.tuan, **TO)
    assert (summer.status, term.status) == ("Chuyển đi trong hè", "Chuyển đi kỳ 1")


def test_a_pupil_seated_for_next_year_is_told_what_to_undo_before_leaving_this_year(school):
    pupil, following = school.pupils[0], prepare_after(school.year, by=school.tuan)
    Enrolment.objects.filter(student=pupil).update(ends_on=school.year.ends_on)
    seat([pupil], SchoolClass.objects.create(year=following, name="5A", grade_level=5))
    told = refusal(lambda: movements.leave(pupil, day=day(school, 30), leave_reason="01", by=school.tuan))
    assert f"đã được xếp vào lớp 5A năm học {following.label}" in told
    assert "huỷ việc xếp lớp ấy rồi ghi lại ở đây" in told
