"""From approved decisions to next year's classes: ways, proposal, moves, application once, undoing (R13, R17, R42)."""

import datetime
import random
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts import clock
from accounts.history import Source, acting
from gradebook.models import PupilYearEnd, RollOverApplication, RollOverPlace, SubjectResult
from gradebook.outcomes import DecisionRefused, decide_promotion
from gradebook.roll_over import Move, PlacesChanged, RollOverRefused, move_pupils, propose_places
from gradebook.roll_over_apply import (
    RollOverChanged,
    apply_roll_over,
    fingerprint,
    obstacles,
    undo_roll_over,
)
from gradebook.roll_over_classes import make_proposed_classes, name_carried_up
from gradebook.roll_over_counts import new_counts, old_counts
from gradebook.roll_over_pupils import Way, standing_of
from gradebook.roll_over_waiting import Why, waiting_groups
from students.head_counts import count_heads
from students.models import Enrolment, Movement, RollCall, SchoolClass, Student
from students.movements import Seat, cancel, change_class, enrol_many, leave
from students.years import YearRefused, delete_class
from tests.gradebook.next_year import decide, make_ending
from tests.gradebook.school import add_pupils, leave_unassessed

pytestmark = pytest.mark.django_db


def the_school():
    return make_ending()


@pytest.fixture
def ending(school):
    return school


def placed(ending, **how):
    """Decided, with classes and everybody placed as proposed."""
    decide(ending, **how)
    make_proposed_classes(ending.following, by=ending.clerk)
    propose_places(ending.following, by=ending.clerk)
    return standing_of(ending.following)


def applied(ending, **how):
    standing = placed(ending, **how)
    apply(ending, leaving=[pupil.pk for pupil in standing.left_out])
    return standing_of(ending.following)


def apply(ending, *, leaving=()):
    """What is placed now, as it stands now."""
    previewed = fingerprint(standing_of(ending.following))
    return apply_roll_over(ending.following, by=ending.clerk, previewed=previewed, leaving=leaving)


def undo(application, *, by, reason="Nhầm"):
    return undo_roll_over(application, reason=reason, by=by)


def first_application():
    return RollOverApplication.objects.first()


def decided_late(ending, pupil):
    """The principal decides on the pupil whom the class's approval left out, and the clerk places them."""
    told = {"is_promoted": True, "note": "Đạt sau rèn luyện trong hè", "on": ending.school.year.ends_on}
    decide_promotion(pupil, ending.school.class_4a, by=ending.school.bich, **told)
    propose_places(ending.following, by=ending.clerk)


def ways(standing):
    return {way: standing.number(way) for way in Way if standing.number(way)}


def names_in(ending, name):
    seats = Enrolment.objects.filter(school_class=ending.made(name)).in_class_order()
    return [seat.student.full_name for seat in seats.select_related("student")]


def call_a_roll(school_class, day, *, by):
    with acting(by, role="Kiểm thử", source=Source.SYSTEM):
        RollCall.objects.create(
            school_class=school_class,
            day=day,
            session="morning",
            share=1,
            token=uuid.uuid4(),
            called_by=by,
            called_at=clock.now(),
        )


# -- Ways ----------------------------------------------------------------------------------------------------


def test_before_the_principal_has_approved_nobody_knows_where_a_pupil_goes(ending):
    standing = standing_of(ending.following)
    assert ways(standing) == {Way.UNDECIDED: 12}
    (obstacle,) = obstacles(standing)
    assert obstacle.startswith("12 học sinh chưa có kết quả lên lớp được Hiệu trưởng phê duyệt")


def test_each_pupil_goes_the_way_that_was_decided(ending):
    leaver, weak = ending.school.pupils[0], ending.school.pupils[1]
    leave(leaver, day=ending.school.year.day_for_roster(), leave_reason="01", by=ending.clerk)
    decide(ending, repeating=[weak])
    standing = standing_of(ending.following)
    assert ways(standing) == {Way.PROMOTED: 8, Way.REPEATING: 1, Way.COMPLETED: 2, Way.LEFT: 1}
    assert standing.by_id[weak.pk].note == "Chưa hoàn thành sau rèn luyện hè"
    assert standing.by_id[leaver.pk].note.startswith("Thôi học từ ngày")


@pytest.mark.parametrize(
    ("name", "grade", "carried"),
    [("1A", 1, "2A"), ("4.1", 4, "5.1"), ("1A1", 1, "2A1"), ("Hoa Mai", 2, "Hoa Mai"), ("3/11", 3, "4/11")],
)
def test_the_figure_of_the_grade_is_carried_up_in_the_name(name, grade, carried):
    assert name_carried_up(name, grade) == carried


def test_next_years_classes_carry_the_names_up_and_a_new_first_grade_comes_in(ending):
    make_proposed_classes(ending.following, by=ending.clerk)
    assert list(ending.following.classes.values_list("name", flat=True)) == ["1A", "2A", "5A", "5B"]


def test_old_classes_stay_together_and_a_repeater_goes_where_there_are_fewest(ending):
    SchoolClass.objects.create(year=ending.following, name="4A", grade_level=4)
    SchoolClass.objects.create(year=ending.following, name="4B", grade_level=4)
    weak = ending.school.pupils[1:3]
    standing = placed(ending, repeating=weak)
    where = {line.name: line.total for line in new_counts(standing)}
    assert where == {"1A": 0, "2A": 2, "4A": 1, "4B": 1, "5A": 3, "5B": 3}
    assert not obstacles(standing)


def test_the_head_count_of_every_old_class_is_the_sum_of_its_ways(ending):
    standing = placed(ending, repeating=ending.school.pupils[:1])
    for old in old_counts(standing):
        assert sum(old.by_way) == old.total


# -- Moves ---------------------------------------------------------------------------------------------------


def test_the_clerk_moves_a_pupil_to_another_class_of_the_grade(ending):
    standing = placed(ending)
    pupil = ending.school.pupils[0]
    to = ending.made("5B")
    seen = standing.by_id[pupil.pk].version
    assert move_pupils(ending.following, [Move(pupil.pk, to.pk, seen)], by=ending.clerk) == 1
    assert RollOverPlace.objects.get(student=pupil).to_class == to
    assert RollOverPlace.history.filter(student=pupil).count() == 2


def test_a_pupil_does_not_come_into_a_grade_that_does_not_follow(ending):
    standing = placed(ending)
    pupil = ending.school.pupils[0]
    move = Move(pupil.pk, ending.made("2A").pk, standing.by_id[pupil.pk].version)
    with pytest.raises(RollOverRefused, match="chỉ xếp được vào khối 5; lớp 2A thuộc khối 2"):
        move_pupils(ending.following, [move], by=ending.clerk)


def test_a_move_from_a_place_that_another_clerk_has_changed_is_refused_with_where_the_pupil_is(ending):
    standing = placed(ending)
    pupil, other = ending.school.pupils[:2]
    seen = standing.by_id[pupil.pk].version
    move_pupils(ending.following, [Move(pupil.pk, None, seen)], by=ending.clerk)
    both = [Move(each.pk, ending.made("5B").pk, seen) for each in (pupil, other)]
    with pytest.raises(PlacesChanged, match=f"Em {pupil.full_name} vừa được xếp ra khỏi lớp"):
        move_pupils(ending.following, both, by=ending.clerk)
    assert RollOverPlace.objects.get(student=other).to_class == ending.made("5A")


def test_nobody_but_the_clerk_places_applies_or_undoes(ending):
    previewed = fingerprint(applied(ending))
    for person in (ending.school.bich, ending.school.hoa, ending.school.lan):
        with pytest.raises(PermissionDenied):
            propose_places(ending.following, by=person)
        with pytest.raises(PermissionDenied):
            apply_roll_over(ending.following, by=person, previewed=previewed)
        with pytest.raises(PermissionDenied):
            undo(first_application(), by=person)


def test_a_class_that_the_draft_uses_is_not_deleted(ending):
    placed(ending)
    with pytest.raises(YearRefused, match="2 học sinh trong bản xếp lớp"):
        delete_class(ending.made("2A"), by=ending.clerk)


def test_the_database_keeps_a_place_within_its_year(ending):
    placed(ending)
    with pytest.raises(IntegrityError, match="another year"), transaction.atomic():
        RollOverPlace.objects.update(to_class=ending.school.class_4a)


# -- Applying ------------------------------------------------------------------------------------------------


def test_applying_seats_everybody_from_the_first_day_with_the_code_of_how_they_came(ending):
    weak = ending.school.pupils[1]
    SchoolClass.objects.create(year=ending.following, name="4C", grade_level=4)
    standing = applied(ending, repeating=[weak])
    assert standing.is_applied
    entry = dict(Movement.objects.filter(year=ending.following).values_list("student_id", "entry_code"))
    assert entry.pop(weak.pk) == "3"
    assert set(entry.values()) == {"4"}
    assert len(entry) == 9
    counted = count_heads(ending.following, ending.following.starts_on)
    assert counted.total.first == 10
    assert counted.total.adds_up
    assert {line.name: line.total for line in new_counts(standing)} == {
        "1A": 0,
        "2A": 2,
        "4C": 1,
        "5A": 4,
        "5B": 3,
    }


def test_it_is_applied_once(ending):
    applied(ending)
    with pytest.raises(RollOverRefused, match="Không còn học sinh nào của năm học trước chờ"):
        apply(ending)
    with pytest.raises(IntegrityError, match="applied"), transaction.atomic():
        RollOverPlace.objects.update(to_class=None)
    with pytest.raises(IntegrityError, match="undone once, and never changed"), transaction.atomic():
        RollOverApplication.objects.update(number=0)


def test_before_the_clerk_leaves_an_undecided_pupil_by_name_nothing_is_applied(ending):
    pupil, other = ending.school.pupils[:2]
    placed(ending, without=[pupil, other])
    with pytest.raises(
        RollOverRefused, match=rf"để lại 1 học sinh chưa có kết quả: {pupil.full_name} \(4A\)"
    ):
        apply(ending, leaving=[other.pk])
    assert not Movement.objects.filter(year=ending.following).exists()


# -- Some are decided later ----------------------------------------------------------------------------------


def test_one_undecided_pupil_holds_nobody_else_up_and_stays_on_record(ending):
    pupil = ending.school.pupils[0]
    standing = applied(ending, without=[pupil])
    assert Enrolment.objects.filter(school_class__year=ending.following).count() == 9
    assert standing.left_out == (standing.by_id[pupil.pk],)
    (made,) = standing.applications
    assert made.number == 9
    assert made.left_out.startswith(f"Lớp 4A: {pupil.full_name} (lớp đã phê duyệt, em thì chưa")


def test_why_a_pupil_waits_and_whom_to_ask_depends_on_what_is_missing(ending):
    exempt, late = ending.school.pupils[:2]
    leave_unassessed(exempt)
    of_1a = [seat.student for seat in Enrolment.objects.filter(school_class__name="1A")]
    decide(ending, without=[exempt, late, *of_1a])
    first, *of_4a = waiting_groups(standing_of(ending.following))
    principal = f"Hiệu trưởng {ending.school.bich.full_name}"
    assert (first.old_class.name, first.why, len(first.pupils)) == ("1A", Why.CLASS_NOT_APPROVED, 2)
    assert [(group.why, group.pupils[0].pk) for group in of_4a] == [
        (Why.NOT_AMONG_THE_APPROVED, late.pk),
        (Why.NOT_ASSESSED, exempt.pk),
    ]
    lan = f"giáo viên chủ nhiệm {ending.school.lan.full_name}"
    assert [group.ask for group in of_4a] == [(principal, lan), (principal,)]


def test_whoever_waits_for_the_summer_is_named_as_such(ending):
    pupil = ending.school.pupils[0]
    decide(ending, without=[pupil])
    with acting(None, role="Kiểm thử", source=Source.SYSTEM):
        PupilYearEnd.objects.create(
            school_class=ending.school.class_4a, student=pupil, confirmed_result="CHT", promotion="waits"
        )
    (group,) = waiting_groups(standing_of(ending.following))
    assert (group.why, group.pupils[0].pk) == (Why.SUMMER, pupil.pk)
    assert "chờ đánh giá bổ sung, rèn luyện trong hè" in group.words
    with pytest.raises(DecisionRefused, match="trang Kết quả năm học lớp 4A"):
        decided_late(ending, pupil)


def test_who_is_decided_later_comes_by_a_further_application_and_nobody_twice(ending):
    pupil = ending.school.pupils[0]
    applied(ending, without=[pupil])
    decided_late(ending, pupil)
    assert apply(ending).number == 1
    assert names_in(ending, "5A")[-1] == pupil.full_name
    counted = count_heads(ending.following, ending.following.starts_on)
    assert (counted.total.first, counted.total.adds_up) == (10, True)


def test_each_application_is_undone_for_itself(ending):
    pupil, classmate = ending.school.pupils[:2]
    applied(ending, without=[pupil])
    decided_late(ending, pupil)
    later = apply(ending)
    line = ending.following.lines.create(grade_level=5, code="TOAN")
    with acting(None, role="Kiểm thử", source=Source.SYSTEM):
        SubjectResult.objects.create(student=classmate, line=line, period="GHKI", attainment="T")
    assert undo(later, by=ending.clerk) == 1
    assert [each.pk for each in standing_of(ending.following).to_place] == [pupil.pk]
    with pytest.raises(RollOverRefused, match=f"của em {classmate.full_name}"):
        undo(first_application(), by=ending.clerk)
    with pytest.raises(RollOverRefused, match="đã hoàn tác rồi"):
        undo(later, by=ending.clerk)


def test_once_a_roll_has_been_called_late_comers_enter_on_the_day_itself(ending):
    pupil = ending.school.pupils[0]
    applied(ending, without=[pupil])
    decided_late(ending, pupil)
    day = ending.following.lessons_start_on
    with clock.travelling(clock.now().replace(year=day.year, month=day.month, day=day.day + 2)):
        call_a_roll(ending.made("5A"), day, by=ending.school.lan)
        assert standing_of(ending.following).entry_day == clock.today()
        made = apply(ending)
        assert pupil.enrolments.get(school_class__name="5A").starts_on == clock.today()
        assert undo(made, by=ending.clerk) == 1


def test_whose_admission_was_cancelled_alone_waits_for_the_next_application(ending):
    applied(ending)
    pupil = ending.school.pupils[0]
    cancel(Movement.objects.get(year=ending.following, student=pupil), reason="Nhầm lớp", by=ending.clerk)
    now = standing_of(ending.following)
    assert [each.number - each.still for each in now.applications] == [1]
    version = now.by_id[pupil.pk].version
    move_pupils(ending.following, [Move(pupil.pk, ending.made("5B").pk, version)], by=ending.clerk)
    assert apply(ending).number == 1
    assert pupil.full_name in names_in(ending, "5B")
    assert undo(first_application(), by=ending.clerk) == 9
    assert pupil.full_name in names_in(ending, "5B")


def test_what_was_not_shown_is_not_done(ending):
    standing = placed(ending)
    pupil = standing.by_id[ending.school.pupils[0].pk]
    move_pupils(ending.following, [Move(pupil.pk, ending.made("5B").pk, pupil.version)], by=ending.clerk)
    with pytest.raises(RollOverChanged):
        apply_roll_over(ending.following, by=ending.clerk, previewed=fingerprint(standing))


def test_a_pupil_whom_a_list_has_seated_already_keeps_that_class(ending):
    decide(ending)
    make_proposed_classes(ending.following, by=ending.clerk)
    pupil = ending.school.pupils[0]
    with acting(ending.clerk, role="Văn thư", source=Source.EXCEL):
        enrol_many([Seat(pupil, ending.made("5B"))], year=ending.following, by=ending.clerk, why="Danh sách")
    propose_places(ending.following, by=ending.clerk)
    standing = standing_of(ending.following)
    apply_roll_over(ending.following, by=ending.clerk, previewed=fingerprint(standing))
    assert Enrolment.objects.get(student=pupil, school_class__year=ending.following).school_class.name == "5B"
    counts = {line.name: (line.promoted, line.seated) for line in new_counts(standing_of(ending.following))}
    assert counts["5A"] == (4, 0)
    assert counts["5B"] == (3, 1)


# -- The decision on a pupil who was not assessed ------------------------------------------------------------


def test_the_principal_decides_on_a_pupil_who_is_not_assessed(ending):
    pupil = ending.school.pupils[0]
    leave_unassessed(pupil)
    made = decide_promotion(
        pupil,
        ending.school.class_4a,
        is_promoted=True,
        note="Theo kết quả thực hiện KHGDCN",
        by=ending.school.bich,
        on=ending.school.year.starts_on,
    )
    assert (made.result, made.is_promoted) == ("", True)
    assert standing_of(ending.following).by_id[pupil.pk].way is Way.PROMOTED


def test_no_decision_of_its_own_for_a_pupil_whose_class_waits_for_approval(ending):
    pupil = ending.school.pupils[0]
    how = {"is_promoted": True, "note": "Được lên lớp", "on": ending.school.year.starts_on}
    with pytest.raises(DecisionRefused, match="phê duyệt cả lớp trước"):
        decide_promotion(pupil, ending.school.class_4a, by=ending.school.bich, **how)
    with pytest.raises(PermissionDenied):
        decide_promotion(pupil, ending.school.class_4a, by=ending.clerk, **how)


# -- Undoing -------------------------------------------------------------------------------------------------


def test_undone_it_is_a_draft_again_with_the_same_places_and_can_be_applied_again(ending):
    applied(ending)
    before = names_in(ending, "5A")
    assert undo(first_application(), reason="Xếp nhầm lớp 5A", by=ending.clerk) == 10
    assert not Enrolment.objects.filter(school_class__year=ending.following).exists()
    cancelled = Movement.objects.filter(year=ending.following, cancel_reason="Xếp nhầm lớp 5A")
    assert cancelled.count() == 10
    assert Enrolment.history.filter(school_class__year=ending.following, history_type="-").count() == 10
    standing = standing_of(ending.following)
    assert not standing.unplaced
    assert apply(ending).number == 10
    assert names_in(ending, "5A") == before


def test_it_is_not_undone_once_a_mark_of_the_new_year_is_there(ending):
    applied(ending)
    pupil = ending.school.pupils[0]
    line = ending.following.lines.create(grade_level=5, code="TOAN")
    with acting(None, role="Kiểm thử", source=Source.SYSTEM):
        SubjectResult.objects.create(student=pupil, line=line, period="GHKI", attainment="T")
    with pytest.raises(RollOverRefused, match=f"Đã nhập kết quả Toán.*của em {pupil.full_name}"):
        undo(first_application(), by=ending.clerk)
    assert standing_of(ending.following).is_applied


def test_it_is_not_undone_once_a_pupil_has_gone_on_from_there(ending):
    applied(ending)
    pupil = ending.school.pupils[0]
    day = ending.following.lessons_start_on
    change_class(pupil, ending.made("5B"), day=day, by=ending.clerk)
    with pytest.raises(RollOverRefused, match=f"Em {pupil.full_name} đã có biến động «Chuyển lớp»"):
        undo(first_application(), by=ending.clerk)


def test_undoing_wants_a_reason(ending):
    applied(ending)
    with pytest.raises(RollOverRefused, match="Ghi lí do"):
        undo(first_application(), reason=" ", by=ending.clerk)


# -- Sums ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_each_old_pupil_goes_one_way_and_the_new_head_counts_add_up(ending, seed):
    chance = random.Random(seed)  # noqa: S311 - which pupils, not a secret
    for name in ("4C", "1B"):
        SchoolClass.objects.create(year=ending.following, name=name, grade_level=int(name[0]))
    everybody = list(Student.objects.order_by("pk"))
    day = ending.school.year.day_for_roster()
    leavers = chance.sample(everybody, 2)
    for pupil in leavers:
        leave(pupil, day=day, leave_reason="01", by=ending.clerk)
    rest = [
        pupil
        for pupil in everybody
        if pupil not in leavers and not pupil.enrolments.filter(school_class=ending.class_5a)
    ]
    repeating = chance.sample(rest, 3)
    standing = applied(ending, repeating=repeating)
    sat = set(
        Enrolment.objects.filter(school_class__year=ending.school.year).values_list("student", flat=True)
    )
    assert {pupil.pk for pupil in standing.pupils} == sat
    *classes, whole = old_counts(standing)
    ways = sum(standing.number(way) for way in Way)
    assert ways == len(sat) == whole.total == sum(old.total for old in classes)
    going_on = standing.number(Way.PROMOTED) + standing.number(Way.REPEATING)
    counted = count_heads(ending.following, ending.following.starts_on)
    assert (
        counted.total.first
        == counted.total.now.pupils
        == going_on
        == sum(c.total for c in new_counts(standing))
    )
    assert all(grade.total.adds_up for grade in counted.grades)


def test_reading_placing_applying_and_undoing_cost_the_same_for_a_few_and_for_many(
    ending, django_assert_num_queries
):
    with acting(None, role="Kiểm thử", source=Source.SYSTEM):
        add_pupils(ending.school.class_4a, 40)
        Enrolment.objects.update(ends_on=ending.school.year.ends_on)
    decide(ending)
    make_proposed_classes(ending.following, by=ending.clerk)
    with django_assert_num_queries(8):
        standing_of(ending.following)
    with django_assert_num_queries(21):
        propose_places(ending.following, by=ending.clerk)
    previewed = fingerprint(standing_of(ending.following))
    with django_assert_num_queries(29):
        made = apply_roll_over(ending.following, by=ending.clerk, previewed=previewed)
    with django_assert_num_queries(28):
        undo(made, by=ending.clerk)


def test_whoever_has_left_the_new_class_is_not_counted_in_it(ending):
    standing = applied(ending)
    before = {line.name: line.total for line in new_counts(standing)}
    pupil = next(each for each in standing.pupils if each.seat)
    leaves_on = ending.following.starts_on + datetime.timedelta(days=20)
    leave(pupil.student, day=leaves_on, leave_reason="01", by=ending.clerk)
    after = {line.name: line.total for line in new_counts(standing_of(ending.following))}
    name = standing.class_by_id[pupil.seat].name
    assert after == {**before, name: before[name] - 1}
