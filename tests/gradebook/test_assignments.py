"""Classes and lines are assigned, handed to substitutes and taken back; the powers follow by themselves (PLAN IV)."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts import clock, permissions
from accounts.dates import Days
from accounts.models import AuditEntry, User
from accounts.powers import Action
from accounts.terms import TermRefused
from gradebook.assignments import assign, end_assignment, hand_over_assignment, undo_assignment
from gradebook.models import TeachingAssignment
from students.models import HomeroomAssignment

DAY = datetime.timedelta(days=1)


def again(user):
    """The person as the next request sees them."""
    return User.objects.get(pk=user.pk)


def give(
    school, teacher, line=None, *, school_class=None, by=None, first=None, last=None, reason="Phân công"
):
    return assign(
        teacher,
        school_class or school.class_4a,
        line,
        days=Days(first or clock.today(), last),
        reason=reason,
        by=again(by or school.hoa),
    )


def substitute(school, row, to, *, first=None, last=None, by=None, reason="Nghỉ ốm"):
    days = Days(first or clock.today(), last)
    return hand_over_assignment(row, to=to, days=days, reason=reason, by=again(by or school.hoa))


def homeroom(school):
    return HomeroomAssignment.objects.get(school_class=school.class_4a, teacher=school.lan)


def may_enter(user, school, line=None):
    return permissions.is_responsible(again(user), school.class_4a, line)


def test_a_line_nobody_teaches_is_assigned_and_can_be_entered_from_the_first_day(school):
    line = school.lines[4, "KH"]
    give(school, school.minh, line, first=clock.today() + DAY)
    assert not may_enter(school.minh, school, line)
    give(school, school.thu, school.lines[4, "TH"])
    assert may_enter(school.thu, school, school.lines[4, "TH"])


def test_what_somebody_holds_is_refused_with_who_and_until_when(school):
    with pytest.raises(TermRefused, match="Chủ nhiệm lớp 4A: Nguyễn Thị Lan đang giữ từ 01/08"):
        give(school, school.minh)
    with pytest.raises(TermRefused, match="Toán lớp 4A: Nguyễn Thị Lan đang giữ"):
        give(school, school.minh, school.lines[4, "TOAN"])


def test_a_line_of_another_grade_does_not_belong_to_the_class(school):
    with pytest.raises(TermRefused, match="không có môn học này"):
        give(school, school.minh, school.lines[1, "TOAN"])


@pytest.mark.parametrize("person", ["lan", "dung", "tuan", "son"])
def test_only_the_leaders_assign(school, person):
    with pytest.raises(PermissionDenied):
        give(school, school.minh, school.lines[4, "KH"], by=getattr(school, person))
    with pytest.raises(PermissionDenied):
        substitute(school, homeroom(school), school.minh, by=getattr(school, person))
    with pytest.raises(PermissionDenied):
        end_assignment(
            homeroom(school), last_day=clock.today(), reason="Thử", by=again(getattr(school, person))
        )


def test_the_vice_principal_does_not_assign_to_herself(school):
    with pytest.raises(PermissionDenied, match="Không ai tự giao việc"):
        give(school, school.hoa, school.lines[4, "KH"])
    with pytest.raises(PermissionDenied, match="Không ai tự giao việc"):
        substitute(school, homeroom(school), school.hoa)
    substitute(school, homeroom(school), school.hoa, by=school.bich, last=clock.today())
    assert may_enter(school.hoa, school)


def test_a_substitute_enters_on_the_days_and_the_class_returns_by_itself(school):
    today = clock.today()
    substitute(school, homeroom(school), school.minh, last=today)
    assert may_enter(school.minh, school)
    assert not may_enter(school.lan, school)
    with clock.travelling(clock.now() + DAY):
        assert may_enter(school.lan, school)
        assert not may_enter(school.minh, school)


def test_the_regular_teacher_goes_on_reading_class_and_sheets_while_a_substitute_holds_them(school):
    """What others did in one's class in the meantime must be seen; only entering passes to the substitute."""
    line = TeachingAssignment.objects.get(teacher=school.thu, school_class=school.class_4a)
    substitute(school, homeroom(school), school.minh, last=clock.today())
    substitute(school, line, school.minh, last=clock.today())
    lan, thu, class_4a = again(school.lan), again(school.thu), school.class_4a
    for action in (Action.SEE_CLASS, Action.SEE_PUPIL, Action.SEE_SHEET):
        assert permissions.may(lan, action, school_class=class_4a)
        assert permissions.reach_of(lan, action).has(class_4a)
        assert permissions.may_anywhere(lan, action)
        assert not permissions.may(thu, action, school_class=school.class_1a, line=line.line)
    assert permissions.may_see_sheet(thu, class_4a, line.line)
    for action in (Action.ENTER_SHEET, Action.PROPOSE_CORRECTION, Action.EDIT_RECORD, Action.SEE_SENSITIVE):
        assert not permissions.may(lan, action, school_class=class_4a)
    assert not permissions.is_responsible(thu, class_4a, line.line)
    client = Client()
    client.force_login(lan)
    for page in (
        reverse("students:class", args=[class_4a.pk]),
        reverse("gradebook:sheet", args=[class_4a.pk, "NLPC", "GHKI"]),
    ):
        assert client.get(page).status_code == 200


def test_a_class_handed_over_for_good_is_not_read_any_longer(school):
    substitute(school, homeroom(school), school.minh)
    assert not permissions.may_see_sheet(again(school.lan), school.class_4a, None)


def test_the_intervals_of_a_substitution_meet_without_gap_or_overlap(school):
    first, last = clock.today() + 3 * DAY, clock.today() + 7 * DAY
    substitute(school, homeroom(school), school.minh, first=first, last=last)
    held = HomeroomAssignment.objects.filter(school_class=school.class_4a).order_by("starts_on")
    assert [(each.teacher, each.starts_on, each.ends_on) for each in held] == [
        (school.lan, school.year.starts_on, first - DAY),
        (school.minh, first, last),
        (school.lan, last + DAY, None),
    ]


def test_a_substitution_to_come_or_begun_today_is_taken_back_and_an_older_one_is_not(school):
    later = substitute(
        school, homeroom(school), school.minh, first=clock.today() + DAY, last=clock.today() + 2 * DAY
    )
    undo_assignment(later, reason="Cô Lan không nghỉ", by=again(school.hoa))
    assert (homeroom(school).starts_on, homeroom(school).ends_on) == (school.year.starts_on, None)
    now = substitute(school, homeroom(school), school.minh, last=clock.today() + DAY)
    undo_assignment(now, reason="Chọn nhầm người", by=again(school.hoa))
    assert (homeroom(school).teacher, homeroom(school).ends_on) == (school.lan, None)
    first = homeroom(school)
    with pytest.raises(TermRefused, match="bắt đầu trước hôm nay"):
        undo_assignment(first, reason="Thử", by=again(school.hoa))


def test_two_substitutions_one_after_the_other_give_back_each_its_own_days(school):
    today = clock.today()
    substitute(school, homeroom(school), school.minh, first=today + DAY, last=today + 2 * DAY)
    rest = HomeroomAssignment.objects.get(school_class=school.class_4a, starts_on=today + 3 * DAY)
    second = substitute(school, rest, school.thu, first=today + 3 * DAY, last=today + 4 * DAY)
    undo_assignment(second, reason="Thử", by=again(school.hoa))
    held = HomeroomAssignment.objects.filter(school_class=school.class_4a).order_by("starts_on")
    assert [(each.teacher, each.ends_on) for each in held] == [
        (school.lan, today),
        (school.minh, today + 2 * DAY),
        (school.lan, None),
    ]


def test_a_class_handed_over_for_good_has_its_new_teacher_from_that_day(school):
    substitute(school, homeroom(school), school.minh)
    assert may_enter(school.minh, school)
    assert homeroom(school).ends_on == clock.today() - DAY
    assert HomeroomAssignment.objects.get(teacher=school.minh, ends_on=None, school_class=school.class_4a)


def test_days_outside_the_assignment_or_for_the_same_person_are_refused(school):
    with pytest.raises(TermRefused, match="nằm ngoài năm học"):
        substitute(school, homeroom(school), school.minh, first=school.year.starts_on - DAY)
    with pytest.raises(TermRefused, match="đang giữ việc này"):
        substitute(school, homeroom(school), school.lan, last=clock.today())
    with pytest.raises(TermRefused, match="Năm học kết thúc ngày"):
        substitute(school, homeroom(school), school.minh, last=school.year.ends_on + DAY)
    with pytest.raises(TermRefused, match="Chưa có lí do"):
        substitute(school, homeroom(school), school.minh, last=clock.today(), reason="")


def test_every_step_is_in_the_history_and_in_the_chain(school):
    before = AuditEntry.objects.count()
    new = substitute(school, homeroom(school), school.minh, last=clock.today())
    record = new.history.get()
    assert (record.history_user, record.history_change_reason) == (school.hoa, "Nghỉ ốm")
    assert record.acting_role == "Phó Hiệu trưởng"
    links = AuditEntry.objects.order_by("seq")[before:]
    assert {link.actor for link in links} == {"hoa"}
    assert {link.table_name for link in links} == {"students_homeroomassignment"}


def test_the_database_knows_no_substitute_without_an_end_or_for_oneself(school):
    row = homeroom(school)
    with pytest.raises(IntegrityError, match="homeroom_substitution_is_whole"), transaction.atomic():
        HomeroomAssignment.objects.filter(pk=row.pk).update(substitutes_for=school.minh)
    with pytest.raises(IntegrityError, match="homeroom_substitution_is_whole"), transaction.atomic():
        HomeroomAssignment.objects.filter(pk=row.pk).update(
            substitutes_for=school.lan, ends_on=school.year.ends_on
        )
