"""What the vice-principal opens beyond a post opens exactly that, to read, and ends by itself (PLAN IV.2)."""

import datetime

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from guardian.models import GroupObjectPermission, UserObjectPermission
from guardian.shortcuts import assign_perm

from accounts import clock, permissions
from accounts.dates import Days
from accounts.grants import GrantRefused, grant, withdraw
from accounts.groups import add_member, end_membership, make_group
from accounts.held_powers import powers_of
from accounts.models import Grant, SystemPart, Team, User
from accounts.powers import CLASS_GRANT, TABLE, Action
from accounts.terms import TermRefused
from gradebook.models import SubjectLine, TeachingAssignment
from gradebook.regulation import Period
from students.models import SchoolClass
from tests.gradebook.school import grant_to, open_window

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def again(user):
    """The person as the next request sees them."""
    return User.objects.get(pk=user.pk)


def as_(user):
    client = Client()
    client.force_login(user)
    return client


def sees(user, school_class, line=None):
    return permissions.may_see_sheet(again(user), school_class, line)


def part(code):
    return SystemPart.objects.get(code=code)


def toan(school_class):
    return TeachingAssignment.objects.select_related("line", "school_class__year").get(
        school_class=school_class, line__code="TOAN"
    )


def given(school, to, target, *, by=None, first=None, last=None, reason="Dự giờ"):
    days = Days(first or clock.today(), last or clock.today() + 7 * DAY)
    return grant(
        to=to, target=target, days=days, reason=reason, within=school.year.days, by=again(by or school.hoa)
    )


# -- What a grant opens ------------------------------------------------------------------------------------


def test_a_class_opens_in_lists_sheets_and_progress_and_stays_shut_to_writing(school):
    open_window(school, Period.MID_TERM_1)
    grant_to(school, school.ngoc, school.class_4a)
    client = as_(school.ngoc)
    path = reverse("gradebook:sheet", args=[school.class_4a.pk, "TOAN", "GHKI"])
    assert "4A" in client.get(reverse("students:classes")).content.decode()
    assert "4B" not in client.get(reverse("students:classes")).content.decode()
    page = client.get(path)
    assert page.status_code == 200
    assert 'name="c.' not in page.content.decode()
    assert client.post(path, {"changes": []}, content_type="application/json").status_code == 403
    board = client.get(reverse("gradebook:progress"))
    assert [row.class_name for grade in board.context["board"].grades for row in grade.rows] == ["1A", "4A"]
    assert not permissions.may(again(school.ngoc), Action.SEE_SENSITIVE, school_class=school.class_4a)


def test_the_part_of_the_progress_opens_the_whole_school_to_who_sees_the_own(school):
    def seen():
        board = as_(school.thu).get(reverse("gradebook:progress")).context["board"]
        return {row.class_name for grade in board.grades for row in grade.rows}

    assert seen() == {"4A", "4B"}
    grant_to(school, school.thu, part("progress"))
    assert seen() == {"1A", "4A", "4B"}


def test_an_assignment_opens_its_own_sheets_and_no_others(school):
    grant_to(school, school.ngoc, toan(school.class_4a))
    assert sees(school.ngoc, school.class_4a, school.lines[4, "TOAN"])
    assert not sees(school.ngoc, school.class_4a, school.lines[4, "TV"])
    assert not sees(school.ngoc, school.class_4a)
    assert not sees(school.ngoc, school.class_4b, school.lines[4, "TOAN"])
    page = as_(school.ngoc).get(reverse("students:class", args=[school.class_4a.pk]))
    assert [sheet.code for sheet in page.context["sheets"]] == ["TOAN"]
    assert not permissions.is_responsible(again(school.ngoc), school.class_4a, school.lines[4, "TOAN"])


@pytest.mark.parametrize(
    ("code", "page"),
    [
        ("prints", "reports:prints"),
        ("access_log", "accounts:access_log"),
        ("training", "accounts:training"),
    ],
)
def test_a_part_opens_its_page_and_stands_in_the_menu(school, code, page):
    address = reverse(page)
    assert as_(school.thu).get(address).status_code == 403
    grant_to(school, school.thu, part(code))
    answer = as_(school.thu).get(address)
    assert answer.status_code == 200
    assert address in [entry["url"] for entry in answer.context["menu"]]


def test_the_prints_are_opened_to_look_at_not_to_order(school):
    grant_to(school, school.thu, part("prints"))
    assert as_(school.thu).post(reverse("reports:prints")).status_code == 403


def test_the_training_is_opened_to_look_at_not_to_record(school):
    grant_to(school, school.thu, part("training"))
    page = as_(school.thu).get(reverse("accounts:training"))
    assert 'name="trainer"' not in page.content.decode()
    assert as_(school.thu).post(reverse("accounts:training")).status_code == 403


def test_each_part_that_can_be_granted_is_named_by_a_rule():
    assert set(SystemPart.objects.values_list("code", flat=True)) == {r.part for r in TABLE if r.part}


def test_no_grant_reaches_a_power_to_act():
    """Nothing that writes can be granted: the table names grants for looking only."""
    grantable = {rule.action for rule in TABLE if rule.is_grantable}
    assert grantable == {
        *(Action.SEE_CLASS, Action.SEE_PUPIL, Action.SEE_SHEET, Action.SEE_PROGRESS),
        *(Action.SEE_PRINTS, Action.SEE_TRAINING, Action.SEE_ACCESS_LOG),
    }


# -- To whom -----------------------------------------------------------------------------------------------


def test_a_team_has_it_together_and_who_leaves_the_team_loses_it(school):
    team = Team.objects.get(name="Tổ 4")
    User.objects.filter(pk=school.thu.pk).update(team=team)
    grant_to(school, team, school.class_1a)
    assert sees(school.thu, school.class_1a)
    assert not sees(school.minh, school.class_1a)
    User.objects.filter(pk=school.thu.pk).update(team=None)
    assert not sees(school.thu, school.class_1a)


def test_a_group_has_it_as_long_as_each_belongs_to_it(school):
    group = make_group(name="Ban kiểm tra hồ sơ", by=again(school.hoa))
    days = Days(clock.today(), clock.today() + DAY)
    member = add_member(
        group=group, member=school.ngoc, days=days, within=school.year.days, by=again(school.hoa)
    )
    grant_to(school, group, school.class_4a)
    assert sees(school.ngoc, school.class_4a)
    assert not sees(school.lan, school.class_1a)
    end_membership(member, by=again(school.hoa))
    assert not sees(school.ngoc, school.class_4a)


def test_nobody_without_a_team_gets_what_is_granted_to_somebody_else(school):
    grant_to(school, school.ngoc, school.class_4a)
    assert not sees(school.minh, school.class_4a)


# -- Until when --------------------------------------------------------------------------------------------


def test_it_begins_and_ends_on_its_days_by_itself(school):
    given(school, school.ngoc, school.class_4a, first=clock.today() + DAY, last=clock.today() + 2 * DAY)
    moment = clock.now()
    opened = []
    for days in range(4):
        with clock.travelling(moment + days * DAY):
            opened.append(sees(school.ngoc, school.class_4a))
    assert opened == [False, True, True, False]


def test_guardians_row_without_a_grant_gives_nothing(school):
    assign_perm(CLASS_GRANT, school.ngoc, school.class_4a)
    assert not sees(school.ngoc, school.class_4a)
    assert not again(school.ngoc).has_perm(CLASS_GRANT, school.class_4a)


def test_a_grant_without_guardians_row_gives_nothing(school):
    grant_to(school, school.ngoc, school.class_4a)
    UserObjectPermission.objects.all().delete()
    assert not sees(school.ngoc, school.class_4a)


def test_withdrawn_it_ends_at_once_with_who_and_why_and_guardians_row_goes(school):
    opened = grant_to(school, school.ngoc, school.class_4a)
    with pytest.raises(GrantRefused, match="Ghi lí do thu hồi"):
        withdraw(opened, reason="", by=again(school.hoa))
    withdraw(opened, reason="Hết việc", by=again(school.bich))
    assert not sees(school.ngoc, school.class_4a)
    assert (opened.withdrawn_by, opened.withdrawal_reason) == (school.bich, "Hết việc")
    assert not UserObjectPermission.objects.exists()
    with pytest.raises(GrantRefused, match="vừa được người khác thu hồi"):
        withdraw(opened, reason="Nữa", by=again(school.hoa))


def test_rows_that_outlived_their_grant_are_swept_by_the_next_act(school):
    with clock.travelling(clock.now()):
        grant_to(school, school.ngoc, school.class_4a, days=1)
        grant_to(school, Team.objects.get(name="Tổ 4"), school.class_1a, days=1)
    with clock.travelling(clock.now() + 3 * DAY):
        given(school, school.thu, school.class_1a)
    assert list(UserObjectPermission.objects.values_list("user", flat=True)) == [school.thu.pk]
    assert not GroupObjectPermission.objects.exists()


def test_each_grant_is_in_the_history(school):
    opened = grant_to(school, school.ngoc, school.class_4a)
    record = opened.history.get()
    assert (record.history_user, record.acting_role) == (school.hoa, "Phó Hiệu trưởng")


# -- What is refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["lan", "dung", "tuan", "son"])
def test_only_the_leaders_grant_and_withdraw(school, person):
    opened = grant_to(school, school.ngoc, school.class_4a)
    with pytest.raises(PermissionDenied):
        given(school, school.minh, school.class_4a, by=getattr(school, person))
    with pytest.raises(PermissionDenied):
        withdraw(opened, reason="Thử", by=again(getattr(school, person)))


def test_nobody_grants_to_themselves_nor_to_a_circle_they_are_in(school):
    team = Team.objects.get(name="Tổ 4")
    User.objects.filter(pk=school.hoa.pk).update(team=team)
    group = make_group(name="Ban thi", by=again(school.hoa))
    days = Days(clock.today(), clock.today() + DAY)
    with pytest.raises(PermissionDenied, match="của chính mình"):
        add_member(group=group, member=school.hoa, days=days, within=school.year.days, by=again(school.hoa))
    add_member(group=group, member=school.hoa, days=days, within=school.year.days, by=again(school.bich))
    with pytest.raises(PermissionDenied, match="của chính mình"):
        given(school, school.hoa, school.class_4a)
    for circle in (team, group):
        with pytest.raises(GrantRefused, match="có chính mình"):
            given(school, circle, school.class_4a)
    given(school, school.hoa, school.class_4a, by=school.bich)


def test_what_one_grants_never_counts_for_oneself(school):
    """Also by the round-about way of joining the team afterwards, the post being gone."""
    team = Team.objects.get(name="Tổ 4")
    grant_to(school, team, school.class_1a)
    User.objects.filter(pk=school.hoa.pk).update(team=team)
    school.hoa.posts.all().delete()
    assert not sees(school.hoa, school.class_1a)


def test_the_database_refuses_a_grant_to_oneself_or_to_nobody_or_without_end(school):
    opened = grant_to(school, school.ngoc, school.class_4a)
    for values, constraint in (
        ({"person": school.hoa}, "grant_is_not_to_oneself"),
        ({"person": None}, "grant_has_one_grantee"),
        ({"team": Team.objects.get(name="Tổ 4")}, "grant_has_one_grantee"),
        ({"ends_on": None}, "ends_on"),
        ({"reason": ""}, "grant_has_a_reason"),
        ({"withdrawn_at": clock.now()}, "grant_withdrawal_is_whole"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Grant.objects.filter(pk=opened.pk).update(**values)


def test_days_are_from_today_to_the_end_of_the_year(school):
    today, last = clock.today(), school.year.ends_on
    with pytest.raises(GrantRefused, match="Ngày bắt đầu đã qua"):
        given(school, school.ngoc, school.class_4a, first=today - DAY)
    with pytest.raises(GrantRefused, match="nhất đến hết năm học"):
        given(school, school.ngoc, school.class_4a, last=last + DAY)
    with pytest.raises(GrantRefused, match="trước ngày bắt đầu"):
        given(school, school.ngoc, school.class_4a, last=today - DAY)
    with pytest.raises(GrantRefused, match="Ghi lí do cấp quyền"):
        given(school, school.ngoc, school.class_4a, reason="")


def test_the_same_again_is_refused_with_its_days(school):
    grant_to(school, school.ngoc, school.class_4a)
    with pytest.raises(GrantRefused, match="Đã cấp quyền này từ"):
        given(school, school.ngoc, school.class_4a)


def test_a_group_name_is_taken_once(school):
    make_group(name="Ban thi", by=again(school.hoa))
    with pytest.raises(TermRefused, match="Đã có nhóm"):
        make_group(name="ban thi", by=again(school.bich))
    assert Group.objects.count() == 1


# -- What it costs -----------------------------------------------------------------------------------------


def statements_for(person, address):
    with CaptureQueriesContext(connection) as captured:
        assert as_(person).get(address).status_code == 200
    return len(captured)


def test_powers_are_one_statement_for_sixty_grants_as_for_two(school, django_assert_num_queries):
    grant_to(school, school.ngoc, part("progress"))
    grant_to(school, school.ngoc, school.class_4a)
    guest = again(school.ngoc)
    with django_assert_num_queries(1):
        few = powers_of(guest).grants
    tasks = statements_for(school.ngoc, "/")
    lines = SubjectLine.objects.filter(year=school.year, grade_level=4)
    for number in range(30):
        other = SchoolClass.objects.create(year=school.year, name=f"4.{number}", grade_level=4)
        taught = TeachingAssignment.objects.create(
            school_class=other, line=lines[0], teacher=school.lan, starts_on=school.year.starts_on
        )
        grant_to(school, school.ngoc, other)
        grant_to(school, school.ngoc, taught)
    guest = again(school.ngoc)
    with django_assert_num_queries(1):
        many = powers_of(guest).grants
    assert (len(few.classes), len(many.classes), len(many.sheets)) == (1, 31, 30)
    assert statements_for(school.ngoc, "/") == tasks
