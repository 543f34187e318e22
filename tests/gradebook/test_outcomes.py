"""The year of a class on its way to the principal: GVCN → Phó Hiệu trưởng → Hiệu trưởng (R35, R39 to R42, R45, R47)."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts import clock
from approvals import corrections
from gradebook.models import ClassYearEnd, PupilYearEnd, SubjectResult, YearOutcome
from gradebook.outcomes import OutcomesIncomplete, against_deciding, approve_outcomes
from gradebook.regulation import Period
from gradebook.year_end import read_class
from gradebook.year_end_gaps import read_year_gaps
from gradebook.year_end_rules import Promotion, State
from gradebook.year_end_steps import (
    Saying,
    YearEndRefused,
    confirm_class,
    decide_exception,
    review_class,
    say_of_pupils,
    send_back,
)
from tests.gradebook.school import certify, change_of, close_window, enter, exempt, open_window
from tests.gradebook.year_end import (
    approve,
    complete,
    confirm,
    ended_school,
    go_through,
    put,
    review,
    say,
    teach,
)

pytestmark = pytest.mark.django_db
PLAN = "Phụ đạo Tiếng Việt trong hè"


def the_school():
    return ended_school()


def fail(school, pupil, mark="4"):
    put(school, pupil, "TV", mark=int(mark), attainment="C")


def test_results_and_titles_follow_the_regulation_and_the_class(school):
    first, second = school.pupils
    say(school, second, lines=("TOAN",), traits=("cham_chi",), is_recognised=True)
    assert confirm(school) == 1
    outcomes = go_through(school)
    assert (outcomes[first.pk].result, outcomes[first.pk].award) == ("HTXS", "HSXS")
    assert (outcomes[second.pk].result, outcomes[second.pk].award) == ("HTT", "HSTB")
    assert outcomes[second.pk].award_reason == "Toán, Chăm chỉ"


def test_named_and_not_recognised_by_the_class_gets_no_title(school):
    say(school, school.pupils[1], lines=("TOAN",))
    confirm(school)
    assert go_through(school)[school.pupils[1].pk].award == ""


def test_only_whoever_completed_well_is_named(school):
    with pytest.raises(YearEndRefused, match="Hoàn thành tốt"):
        say(school, school.pupils[0], lines=("TOAN",), is_recognised=True)


def test_the_result_is_a_proposal_until_the_homeroom_teacher_confirms_it(school):
    with pytest.raises(YearEndRefused, match="Chưa xác nhận kết quả"):
        complete(school)
    confirm(school)
    complete(school)
    assert read_class(school.class_1a).state is State.COMPLETED


def test_what_was_computed_otherwise_since_must_be_confirmed_again(school):
    confirm(school)
    complete(school)
    review(school)
    put(school, school.pupils[0], "TOAN", mark=8)
    with pytest.raises(YearEndRefused, match="xác nhận lại"):
        approve(school)
    assert not YearOutcome.objects.exists()


def test_the_principal_is_refused_before_the_review_and_the_vice_principal_before_the_class_is_complete(
    school,
):
    confirm(school)
    with pytest.raises(YearEndRefused, match="giáo viên chủ nhiệm còn đang xét"):
        review(school)
    complete(school)
    with pytest.raises(YearEndRefused, match="chờ Phó Hiệu trưởng rà soát"):
        approve(school)


def test_the_review_is_refused_while_a_cell_is_empty_a_comment_too_and_names_it(school):
    confirm(school)
    complete(school)
    put(school, school.pupils[0], "DD", comment="")
    put(school, school.pupils[0], "quality", comment="")
    with pytest.raises(YearEndRefused) as refusal:
        review(school)
    (problem,) = refusal.value.problems
    assert problem.startswith(f"Cuối năm học, {school.pupils[0].full_name}: Đạo đức (nhận xét), Nhận xét")
    assert len(read_year_gaps(school.class_1a).gaps) == 1


def test_what_a_pupil_is_exempt_from_is_no_gap_and_decides_nothing(school):
    pupil = certify(school.pupils[0])
    put(school, pupil, "GDTC", attainment="", comment="")
    assert [gap.student for gap in read_year_gaps(school.class_1a).gaps] == [pupil]
    exempt(school, pupil, "GDTC", period=Period.YEAR_END, school_class=school.class_1a)
    assert read_year_gaps(school.class_1a).gaps == ()
    confirm(school)
    assert go_through(school)[pupil.pk].result == "HTXS"


def test_a_blank_that_comes_after_the_review_stops_the_approval_by_name(school):
    confirm(school)
    complete(school)
    review(school)
    put(school, school.pupils[0], "DD", attainment="")
    with pytest.raises(OutcomesIncomplete) as refusal:
        approve(school)
    assert refusal.value.gaps == {school.pupils[0].full_name: ["Đạo đức"]}


@pytest.mark.parametrize(
    ("step", "who"),
    [
        (lambda school, by: confirm_class(school.class_1a, by=by), "lan"),
        (lambda school, by: review_class(school.class_1a, by=by), "bich"),
        (lambda school, by: approve_outcomes(school.class_1a, by=by, on=clock.today()), "hoa"),
    ],
    ids=["confirm", "review", "approve"],
)
def test_each_step_is_one_persons(school, step, who):
    with pytest.raises(PermissionDenied):
        step(school, school.people[who])


def test_sent_back_the_homeroom_teacher_reads_why_and_completes_again(school):
    confirm(school)
    complete(school)
    with pytest.raises(YearEndRefused, match="Ghi lí do"):
        send_back(school.class_1a, reason=" ", by=school.hoa)
    send_back(school.class_1a, reason="Xem lại nhận xét", by=school.hoa)
    record = ClassYearEnd.objects.get()
    assert (record.state, record.return_reason, record.returned_by) == (
        "open",
        "Xem lại nhận xét",
        school.hoa,
    )
    complete(school)
    review(school)
    with pytest.raises(PermissionDenied):
        send_back(school.class_1a, reason="Muộn rồi", by=school.hoa)
    send_back(school.class_1a, reason="Bổ sung đề cử", by=school.bich)
    assert read_class(school.class_1a).state is State.OPEN


def test_while_it_is_with_somebody_else_the_homeroom_teacher_changes_nothing(school):
    confirm(school)
    complete(school)
    with pytest.raises(YearEndRefused, match="chờ Phó Hiệu trưởng"):
        say(school, school.pupils[0], seen=1)


def test_two_tabs_do_not_overwrite_each_other(school):
    say(school, school.pupils[1], lines=("TOAN",), is_recognised=True)
    with pytest.raises(YearEndRefused, match="vừa được ghi ở nơi khác"):
        say(school, school.pupils[1])


# -- The exception (R39) -----------------------------------------------------------------------------------


def ask(school, pupil, wanted="HTXS", reason="Ốm khi kiểm tra Toán", **more):
    say(school, pupil, wanted=wanted, reason=reason, **more)
    confirm(school)
    complete(school)
    review(school)


def test_an_exception_wants_a_reason_and_the_principals_decision_and_stays_marked(school):
    pupil = school.pupils[1]
    with pytest.raises(YearEndRefused, match="phải có lí do"):
        say(school, pupil, wanted="HTXS")
    ask(school, pupil)
    with pytest.raises(YearEndRefused, match="quyết định về đề nghị ngoại lệ trước"):
        approve(school)
    decide_exception(school.class_1a, pupil, is_granted=True, note="Đồng ý", by=school.bich)
    made = approve(school)[pupil.pk]
    assert (made.result, made.award, made.exception_reason) == ("HTXS", "HSXS", "Ốm khi kiểm tra Toán")


def test_a_refused_exception_leaves_the_computed_result(school):
    pupil = school.pupils[1]
    ask(school, pupil)
    decide_exception(school.class_1a, pupil, is_granted=False, note="Không đủ căn cứ", by=school.bich)
    made = approve(school)[pupil.pk]
    assert (made.result, made.exception_reason) == ("HTT", "")


def test_only_the_principal_decides_on_an_exception(school):
    ask(school, school.pupils[1])
    with pytest.raises(PermissionDenied):
        decide_exception(school.class_1a, school.pupils[1], is_granted=True, note="Được", by=school.hoa)


# -- Not completed (R40 to R42) ----------------------------------------------------------------------------


def test_whoever_did_not_complete_goes_up_with_a_plan_or_stays_for_a_reason(school):
    weak = school.pupils[0]
    fail(school, weak)
    for promotion, wanted in (
        (Promotion.PROMOTED, "kế hoạch giúp đỡ"),
        (Promotion.STAYS, "phải có lí do"),
        ("", "Chọn"),
    ):
        with pytest.raises(YearEndRefused, match=wanted):
            say(school, weak, promotion=promotion)
    say(school, weak, promotion=Promotion.PROMOTED, promotion_note=PLAN)
    confirm(school)
    made = go_through(school)[weak.pk]
    assert (made.result, made.is_promoted, made.promotion_note) == ("CHT", True, PLAN)


def test_confirming_the_whole_class_does_not_decide_on_whoever_did_not_complete(school):
    fail(school, school.pupils[0])
    confirm(school)
    with pytest.raises(YearEndRefused, match="chờ đánh giá bổ sung, đề nghị lên lớp hay ở lại lớp"):
        complete(school)


def wait_for_summer(school):
    weak = school.pupils[0]
    fail(school, weak)
    put(school, weak, "cham_chi", rating="C")
    say(school, weak, promotion=Promotion.WAITS)
    confirm(school)
    return weak, go_through(school)


def test_whoever_waits_for_the_summer_is_left_out_and_cannot_be_decided_on_alone(school):
    weak, made = wait_for_summer(school)
    assert list(made) == [school.pupils[1].pk]
    assert [row.student for row in read_class(school.class_1a).waiting] == [weak]
    assert "chờ đánh giá bổ sung" in against_deciding(weak, school.class_1a)
    with pytest.raises(YearEndRefused, match="vẫn chờ đánh giá bổ sung"):
        complete(school)


def again(school, code, field, value, *, pupil=None, item=""):
    ref = school.sheet(code, Period.SUPPLEMENTARY, school.class_1a)
    return enter(ref, pupil or school.pupils[0], field, value, by=school.ngoc, item=item)


def test_assessed_again_in_summer_the_original_stays_and_the_result_is_computed_anew(school):
    weak, _made = wait_for_summer(school)
    teach(school, "TV")
    assert again(school, "TV", "mark", "6").locked.startswith("Chưa mở")
    open_window(school, Period.SUPPLEMENTARY)
    assert again(school, "TV", "mark", "6").is_whole
    assert again(school, "TV", "attainment", "H").is_whole
    row = read_class(school.class_1a).row_of(weak.pk)
    assert [item.name for item in row.failing] == ["Phẩm chất Chăm chỉ"]
    assert again(school, "NLPC", "rating", "Đ", item="cham_chi").is_whole
    original = SubjectResult.objects.get(student=weak, line=school.lines[1, "TV"], period="CN")
    assert (original.mark, original.attainment) == (4, "C")
    with pytest.raises(YearEndRefused, match="xác nhận lại"):
        complete(school)
    confirm(school)
    made = go_through(school)
    assert list(made) == [weak.pk]
    assert (made[weak.pk].original_result, made[weak.pk].result, made[weak.pk].is_promoted) == (
        "CHT",
        "HT",
        True,
    )


def test_only_what_failed_is_assessed_again_and_nothing_else_is_on_its_sheet(school):
    weak, _made = wait_for_summer(school)
    open_window(school, Period.SUPPLEMENTARY)
    sheet = school.sheet("NLPC", Period.SUPPLEMENTARY, school.class_1a)
    report = enter(sheet, weak, "rating", "T", by=school.ngoc, item="nhan_ai")
    assert "không thuộc nội dung phải đánh giá bổ sung" in report.refused[0].message
    report = again(school, "NLPC", "rating", "T", pupil=school.pupils[1], item="cham_chi")
    assert "không thuộc nội dung" in report.refused[0].message
    report = again(school, "NLPC", "rating", "T", item="cham_chi")
    assert (report.entered, report.required) == (1, 1)


def test_still_failing_after_the_summer_a_pupil_is_decided_on(school):
    weak, _made = wait_for_summer(school)
    said = PupilYearEnd.objects.get(student=weak)
    say(
        school,
        weak,
        seen=said.version,
        promotion=Promotion.STAYS,
        promotion_note="Chưa đọc được đoạn văn ngắn",
    )
    made = go_through(school)[weak.pk]
    assert (made.result, made.is_promoted, made.promotion_note) == (
        "CHT",
        False,
        "Chưa đọc được đoạn văn ngắn",
    )


# -- The database and the cost -----------------------------------------------------------------------------


def test_the_database_refuses_a_title_that_the_result_does_not_carry(school):
    confirm(school)
    go_through(school)
    with pytest.raises(IntegrityError, match="outcome_hsxs_needs_htxs"), transaction.atomic():
        YearOutcome.objects.filter(result="HTT").update(award="HSXS")


def test_the_database_knows_no_approval_without_the_steps_before_it(school):
    confirm(school)
    complete(school)
    with pytest.raises(IntegrityError, match="year_end_reviewed_after_it_was_complete"), transaction.atomic():
        ClassYearEnd.objects.update(state="approved", approved_by=school.bich)


def test_a_class_is_read_in_fourteen_statements_whatever_its_number_of_pupils(
    school, django_assert_num_queries
):
    with django_assert_num_queries(14):
        read_class(school.class_1a)


def test_of_several_pupils_all_is_said_or_nothing(school):
    first, second = school.pupils
    good, wrong = Saying(lines=("TOAN",), is_recognised=True), Saying(wanted="HTXS", reason="Tốt")
    with pytest.raises(YearEndRefused, match="trùng với kết quả hệ thống tính"):
        say_of_pupils(school.class_1a, {second: (good, 0), first: (wrong, 0)}, by=school.ngoc)
    assert not PupilYearEnd.objects.exists()
    say_of_pupils(school.class_1a, {second: (good, 0)}, by=school.ngoc)
    assert PupilYearEnd.history.get().history_user == school.ngoc


def test_a_value_assessed_again_is_corrected_by_a_request_after_its_lock_as_any_other(school):
    weak, _made = wait_for_summer(school)
    teach(school, "TV")
    open_window(school, Period.SUPPLEMENTARY)
    again(school, "TV", "mark", "5")
    close_window(school, Period.SUPPLEMENTARY)
    sheet = school.sheet("TV", Period.SUPPLEMENTARY, school.class_1a)
    request = corrections.propose(sheet, [change_of(sheet, weak, "mark", "6")], by=school.ngoc)
    assert (request.period, request.items.get().old_value) == ("BS", "5")


# -- What is on its way to the principal is shut to the teachers -------------------------------------------


def typed(school, mark):
    sheet = school.sheet("TOAN", Period.YEAR_END, school.class_1a)
    return enter(sheet, school.pupils[0], "mark", mark, by=school.ngoc)


def test_a_class_that_was_completed_is_shut_to_entry_until_it_is_sent_back_though_the_window_is_open(school):
    open_window(school, Period.YEAR_END)
    assert typed(school, "9").is_whole
    confirm(school)
    complete(school)
    assert "đang chờ Phó Hiệu trưởng rà soát" in typed(school, "10").locked
    review(school)
    assert "đang chờ Hiệu trưởng phê duyệt" in typed(school, "10").locked
    send_back(school.class_1a, reason="Xem lại môn Toán", by=school.bich)
    assert typed(school, "10").is_whole


def test_after_the_approval_a_mark_of_the_year_is_changed_by_a_request_alone(school):
    open_window(school, Period.YEAR_END)
    confirm(school)
    go_through(school)
    assert "đã được Hiệu trưởng phê duyệt: cần sửa thì lập phiếu" in typed(school, "9").locked
    sheet = school.sheet("TOAN", Period.YEAR_END, school.class_1a)
    change = change_of(sheet, school.pupils[0], "mark", "9")
    assert corrections.propose(sheet, [change], by=school.ngoc).items.get().new_value == "9"


def test_the_original_of_a_pupil_who_waits_for_the_summer_stays_shut_after_the_approval(school):
    open_window(school, Period.YEAR_END)
    weak, _made = wait_for_summer(school)
    teach(school, "TV")
    sheet = school.sheet("TV", Period.YEAR_END, school.class_1a)
    assert "phê duyệt" in enter(sheet, weak, "mark", "9", by=school.ngoc).locked


def test_of_a_pupil_decided_on_after_the_summer_nothing_more_is_assessed_again(school):
    weak, _made = wait_for_summer(school)
    teach(school, "TV")
    open_window(school, Period.SUPPLEMENTARY)
    for field, value in (("mark", "6"), ("attainment", "H")):
        again(school, "TV", field, value)
    again(school, "NLPC", "rating", "Đ", item="cham_chi")
    confirm(school)
    complete(school)
    assert "rà soát" in again(school, "TV", "mark", "7").locked
    review(school)
    approve(school)
    report = again(school, "TV", "mark", "7")
    assert "đã được Hiệu trưởng phê duyệt" in report.refused[0].message
    assert weak.pk in {change.change.student_id for change in report.refused}
