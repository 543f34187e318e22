"""Posts are given and taken by those who may, from day to day, and the school never lacks a principal (PLAN IV)."""

import datetime

import pytest
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from accounts import clock, permissions
from accounts.activation import ActivationRefused, activate, latest_slip, make_slips
from accounts.dates import Days
from accounts.held_powers import powers_of
from accounts.models import Post, Team, User
from accounts.posts import appoint, end_post, hand_over_post, undo_post
from accounts.powers import Action
from accounts.terms import TermRefused

DAY = datetime.timedelta(days=1)


def again(user):
    """The person as the next request sees them."""
    return User.objects.get(pk=user.pk)


def post_of(user, kind):
    return Post.objects.get(holder=user, kind=kind)


def give(school, holder, kind, *, by, first=None, last=None, team=None, reason="Quyết định số 12"):
    days = Days(first or clock.today(), last)
    return appoint(holder, kind, team=team, days=days, reason=reason, within=school.year.days, by=again(by))


def pass_on(school, post, to, *, by, first=None, last=None, reason="Quyết định số 13"):
    days = Days(first or clock.today(), last)
    return hand_over_post(post, to=to, days=days, reason=reason, within=school.year.days, by=again(by))


def test_the_principal_appoints_and_the_powers_come_with_the_first_day(school):
    give(school, school.dung, Post.Kind.CLERK, by=school.bich)
    give(school, school.son, Post.Kind.CLERK, by=school.bich, first=clock.today() + DAY)
    assert permissions.may(again(school.dung), Action.IMPORT_ROSTERS)
    assert not permissions.may(again(school.son), Action.IMPORT_ROSTERS)


def test_each_appointment_is_in_the_history_with_who_and_why(school):
    post = give(school, school.minh, Post.Kind.INSPECTOR, by=school.bich)
    record = post.history.get()
    assert (record.history_user, record.acting_role) == (school.bich, "Hiệu trưởng")
    assert record.history_change_reason == "Quyết định số 12"


@pytest.mark.parametrize("kind", ["principal", "vice_principal", "clerk", "inspector"])
@pytest.mark.parametrize("person", ["lan", "dung", "hoa", "tuan", "son"])
def test_nobody_but_the_principal_gives_the_posts_of_the_office(school, kind, person):
    with pytest.raises(PermissionDenied):
        give(school, school.minh, kind, by=getattr(school, person))


def test_the_vice_principal_appoints_heads_of_teams(school):
    team = Team.objects.create(name="Tổ 1", grade_level=1)
    give(school, school.ngoc, Post.Kind.GRADE_HEAD, by=school.hoa, team=team)
    assert powers_of(again(school.ngoc)).headed_grades == {1}


@pytest.mark.parametrize("name", ["Ban giám hiệu", "BAN GIÁM HIỆU", "BGH"])
def test_the_leadership_of_the_school_has_no_head_of_team(school, name):
    team = Team.objects.create(name=name)
    with pytest.raises(TermRefused, match="do Hiệu trưởng đứng đầu") as refusal:
        give(school, school.ngoc, Post.Kind.GRADE_HEAD, by=school.hoa, team=team)
    assert refusal.value.problems[0].field == "team"


def test_nobody_raises_their_own_powers(school):
    team = Team.objects.create(name="Tổ 1", grade_level=1)
    with pytest.raises(PermissionDenied, match="Không ai tự giao việc"):
        give(school, school.hoa, Post.Kind.GRADE_HEAD, by=school.hoa, team=team)
    with pytest.raises(PermissionDenied, match="Không ai tự giao việc"):
        give(school, school.bich, Post.Kind.CLERK, by=school.bich)


def test_a_team_has_one_head_and_the_refusal_names_who_until_when(school):
    team = Team.objects.get(name="Tổ 4")
    with pytest.raises(TermRefused, match="Phạm Quốc Dũng đang giữ từ 01/08") as refusal:
        give(school, school.lan, Post.Kind.GRADE_HEAD, by=school.hoa, team=team)
    assert refusal.value.problems[0].field == "starts_on"
    with pytest.raises(IntegrityError, match="post_one_head_of_a_team"), transaction.atomic():
        Post.objects.create(holder=school.lan, kind="grade_head", team=team, starts_on=clock.today())


def test_days_lie_in_the_year_and_a_day_gone_by_needs_a_reason(school):
    before, last = school.year.starts_on - DAY, school.year.ends_on
    with pytest.raises(TermRefused, match="nằm ngoài năm học"):
        give(school, school.dung, Post.Kind.CLERK, by=school.bich, first=before)
    with pytest.raises(TermRefused, match="Năm học kết thúc ngày"):
        give(school, school.dung, Post.Kind.CLERK, by=school.bich, last=last + DAY)
    with pytest.raises(TermRefused, match="Ghi lí do lùi ngày"):
        give(school, school.dung, Post.Kind.CLERK, by=school.bich, first=clock.today() - DAY, reason="")
    give(school, school.dung, Post.Kind.CLERK, by=school.bich, first=clock.today() - DAY)


def test_a_closed_account_gets_nothing(school):
    User.objects.filter(pk=school.minh.pk).update(is_active=False)
    with pytest.raises(TermRefused, match="đã đóng"):
        give(school, again(school.minh), Post.Kind.CLERK, by=school.bich)


def test_a_post_ends_with_its_last_day_and_needs_a_reason(school):
    post = post_of(school.son, Post.Kind.INSPECTOR)
    with pytest.raises(TermRefused, match="Chưa có lí do"):
        end_post(post, last_day=clock.today(), reason="", by=again(school.bich))
    end_post(post, last_day=clock.today() - DAY, reason="Hết đợt kiểm tra", by=again(school.bich))
    assert not permissions.has_post(again(school.son), Post.Kind.INSPECTOR)


# -- Substitutes -------------------------------------------------------------------------------------------


def test_the_clerks_post_goes_to_a_substitute_for_some_days_and_returns_by_itself(school):
    post, today = post_of(school.tuan, Post.Kind.CLERK), clock.today()
    pass_on(school, post, school.dung, by=school.bich, last=today + DAY)
    assert permissions.may(again(school.dung), Action.IMPORT_ROSTERS)
    assert not permissions.may(again(school.tuan), Action.IMPORT_ROSTERS)
    held = Post.objects.filter(kind="clerk").order_by("starts_on")
    assert [(each.holder, each.starts_on, each.ends_on, each.substitutes_for) for each in held] == [
        (school.tuan, school.year.starts_on, today - DAY, None),
        (school.dung, today, today + DAY, school.tuan),
        (school.tuan, today + 2 * DAY, None, None),
    ]


def test_a_substitution_that_has_not_begun_is_taken_back_without_a_trace_but_history(school):
    post, today = post_of(school.dung, Post.Kind.GRADE_HEAD), clock.today()
    new = pass_on(school, post, school.lan, by=school.hoa, first=today + DAY, last=today + 3 * DAY)
    undo_post(new, reason="Không đi công tác nữa", by=again(school.hoa))
    only = Post.objects.get(kind="grade_head")
    assert (only.holder, only.starts_on, only.ends_on) == (school.dung, school.year.starts_on, None)
    assert Post.history.filter(history_type="-", history_change_reason="Không đi công tác nữa").count() == 2


def test_a_substitution_that_ends_early_gives_the_days_left_back(school):
    post, today = post_of(school.dung, Post.Kind.GRADE_HEAD), clock.today()
    new = pass_on(school, post, school.lan, by=school.hoa, last=today + 5 * DAY)
    end_post(new, last_day=today, reason="Thầy Dũng về sớm", by=again(school.hoa))
    back = Post.objects.get(holder=school.dung, starts_on__gt=today)
    assert (back.starts_on, back.ends_on) == (today + DAY, None)


def test_a_substitute_does_not_pass_the_post_on(school):
    post, today = post_of(school.dung, Post.Kind.GRADE_HEAD), clock.today()
    new = pass_on(school, post, school.lan, by=school.hoa, last=today + 5 * DAY)
    with pytest.raises(TermRefused, match="Nguyễn Thị Lan đang làm thay"):
        pass_on(school, new, school.minh, by=school.hoa, last=today + DAY)


def test_a_post_given_by_mistake_is_taken_back_on_its_first_day(school):
    mistaken = give(school, school.dung, Post.Kind.VICE_PRINCIPAL, by=school.bich)
    undo_post(mistaken, reason="Chọn nhầm người", by=again(school.bich))
    assert not permissions.may(again(school.dung), Action.DECIDE_REQUEST)
    kept = Post.history.filter(holder=school.dung, kind="vice_principal").order_by("history_id")
    assert [(row.history_type, row.history_change_reason) for row in kept] == [
        ("+", "Quyết định số 12"),
        ("-", "Chọn nhầm người"),
    ]


# -- Those who keep and those who supervise ------------------------------------------------------------------


def test_the_clerk_is_neither_principal_nor_vice_principal_on_the_same_days(school):
    with pytest.raises(TermRefused, match="không ai vừa là văn thư vừa là"):
        give(school, school.tuan, Post.Kind.VICE_PRINCIPAL, by=school.bich)
    with pytest.raises(TermRefused, match="đang giữ «Phó Hiệu trưởng»"):
        pass_on(school, post_of(school.tuan, Post.Kind.CLERK), school.hoa, by=school.bich, last=clock.today())
    with pytest.raises(IntegrityError, match="post_clerk_is_no_leader"), transaction.atomic():
        Post.objects.create(holder=school.tuan, kind="vice_principal", starts_on=clock.today())


def test_the_vice_principal_may_stand_where_the_principal_stood(school):
    Post.objects.filter(holder=school.hoa).update(ends_on=None)
    pass_on(school, post_of(school.bich, Post.Kind.PRINCIPAL), school.hoa, by=school.bich)
    assert set(Post.objects.filter(holder=school.hoa).values_list("kind", flat=True)) == {
        "principal",
        "vice_principal",
    }


# -- The principal -----------------------------------------------------------------------------------------


def test_the_principals_post_ends_only_with_a_successor(school):
    post, tomorrow = post_of(school.bich, Post.Kind.PRINCIPAL), clock.today() + DAY
    with pytest.raises(PermissionDenied):
        end_post(post, last_day=clock.today(), reason="Nghỉ hưu", by=again(school.bich))
    successor = pass_on(school, post, school.hoa, by=school.bich, first=tomorrow)
    assert post_of(school.bich, "principal").ends_on == clock.today()
    assert (successor.holder, successor.starts_on, successor.ends_on) == (school.hoa, tomorrow, None)


def test_a_second_principal_may_not_end_the_firsts_post_either(school):
    post = post_of(school.bich, Post.Kind.PRINCIPAL)
    pass_on(school, post, school.hoa, by=school.bich)
    now = post_of(school.hoa, Post.Kind.PRINCIPAL)
    with pytest.raises(PermissionDenied):
        end_post(now, last_day=clock.today(), reason="Thử", by=again(school.bich))


def test_a_handing_over_that_has_not_begun_is_taken_back_and_the_principal_stays(school):
    post = post_of(school.bich, Post.Kind.PRINCIPAL)
    successor = pass_on(school, post, school.hoa, by=school.bich, first=clock.today() + DAY)
    undo_post(successor, reason="Quyết định bị thu hồi", by=again(school.bich))
    assert post_of(school.bich, Post.Kind.PRINCIPAL).ends_on is None


def test_the_principal_is_stood_in_for_and_the_post_returns_by_itself(school):
    post, today = post_of(school.bich, Post.Kind.PRINCIPAL), clock.today()
    pass_on(school, post, school.hoa, by=school.bich, last=today + DAY)
    assert permissions.may(again(school.hoa), Action.ISSUE_ORDER)
    assert not permissions.may(again(school.bich), Action.ISSUE_ORDER)
    held = Post.objects.filter(kind="principal").order_by("starts_on")
    assert [(each.holder, each.starts_on, each.ends_on) for each in held] == [
        (school.bich, school.year.starts_on, today - DAY),
        (school.hoa, today, today + DAY),
        (school.bich, today + 2 * DAY, None),
    ]


def test_whoever_stands_in_for_the_principal_decides_nothing_about_the_post_but_may_give_it_back(school):
    post, today = post_of(school.bich, Post.Kind.PRINCIPAL), clock.today()
    stand_in = pass_on(school, post, school.hoa, by=school.bich, last=today + 3 * DAY)
    returning = Post.objects.get(kind="principal", starts_on=today + 4 * DAY)
    for act in (
        lambda: pass_on(school, stand_in, school.lan, by=school.hoa),
        lambda: pass_on(school, returning, school.lan, by=school.hoa, first=returning.starts_on),
        lambda: undo_post(returning, reason="Thử", by=again(school.hoa)),
    ):
        with pytest.raises(PermissionDenied):
            act()
    end_post(stand_in, last_day=today, reason="Cô Bích về sớm", by=again(school.hoa))
    back = Post.objects.get(kind="principal", starts_on=today + DAY)
    assert (back.holder, back.ends_on) == (school.bich, None)


def test_a_stand_in_that_has_not_begun_is_taken_back_by_the_principal(school):
    post, today = post_of(school.bich, Post.Kind.PRINCIPAL), clock.today()
    later = pass_on(school, post, school.hoa, by=school.bich, first=today + DAY, last=today + 3 * DAY)
    undo_post(later, reason="Không đi công tác nữa", by=again(school.bich))
    only = Post.objects.get(kind="principal")
    assert (only.holder, only.ends_on) == (school.bich, None)


def test_the_principals_post_goes_to_nobody_who_cannot_log_in(school):
    post, today = post_of(school.bich, Post.Kind.PRINCIPAL), clock.today()
    User.objects.filter(pk=school.lan.pk).update(password=make_password(None))
    with pytest.raises(TermRefused, match="chưa kích hoạt tài khoản"):
        pass_on(school, post, again(school.lan), by=school.bich, first=today + DAY)
    User.objects.filter(pk=school.hoa.pk).update(last_day=today + 5 * DAY)
    with pytest.raises(TermRefused, match="đóng hết ngày"):
        pass_on(school, post, again(school.hoa), by=school.bich, first=today + DAY)


def test_a_slip_of_the_clerk_opens_no_account_that_has_risen(school):
    User.objects.filter(pk=school.son.pk).update(password=make_password(None))
    slip = make_slips([school.son], seen=latest_slip([school.son]), by=again(school.tuan))[0]
    give(school, school.son, Post.Kind.VICE_PRINCIPAL, by=school.bich)
    with pytest.raises(ActivationRefused):
        activate(username="son", code=slip.code, password="ba con mèo nằm trên mái nhà")


LAST_PRINCIPAL = [
    "UPDATE accounts_post SET ends_on = current_date WHERE kind = 'principal'",
    "UPDATE accounts_post SET starts_on = current_date + 2 WHERE kind = 'principal'",
    "UPDATE accounts_post SET kind = 'clerk' WHERE kind = 'principal'",
    "DELETE FROM accounts_post WHERE kind = 'principal'",
    "UPDATE accounts_user SET is_active = false WHERE username = 'bich'",
]


@pytest.mark.parametrize("statement", LAST_PRINCIPAL)
def test_the_database_keeps_the_last_principal_whatever_the_path(school, statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        with pytest.raises(IntegrityError, match="without a principal"), transaction.atomic():
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def test_the_database_lets_others_be_closed_and_a_successor_follow(school):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET is_active = false WHERE username = 'hoa'")
        cursor.execute("UPDATE accounts_post SET ends_on = current_date + 9 WHERE kind = 'principal'")
        cursor.execute(
            "INSERT INTO accounts_post (holder_id, kind, starts_on)"
            " SELECT id, 'principal', current_date + 10 FROM accounts_user WHERE username = 'lan'"
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
