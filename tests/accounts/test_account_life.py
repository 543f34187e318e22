"""Accounts are closed, suspended and opened again; nobody acts on their own, nothing is deleted (rule R60)."""

import datetime

import pytest
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import ProtectedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import clock
from accounts.account_life import AccountRefused, close_account, create_account, reopen_account
from accounts.account_state import State, why_shut
from accounts.dates import Days
from accounts.models import AccessLogEntry, Post, User
from accounts.people_page import read_accounts
from gradebook.assignments import hand_over_assignment
from gradebook.leavers import end_service
from gradebook.models import SubjectResult
from students.models import HomeroomAssignment
from students.names import sort_key
from tests.accounts.slips import slip_for, use_slip
from tests.gradebook.school import PASSWORD, enter, open_window

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


def log_in(username, password=PASSWORD, client=None):
    told = {"username": username, "password": password}
    return (client or Client()).post(reverse("accounts:login"), told)


def close(school, person, last_day=None, by=None):
    return end_service(person, last_day=last_day or clock.today(), reason="Nghỉ hưu", by=by or school.tuan)


def test_a_leaver_gets_in_on_the_last_day_and_not_on_the_next(school):
    close(school, school.lan)
    client = Client()
    assert log_in("lan", client=client).status_code == 302
    with clock.travelling(clock.now() + DAY):
        assert client.get("/").status_code == 302, "the session of yesterday is over"
        answer = log_in("lan")
    assert f"Tài khoản đã đóng từ ngày {clock.today() + DAY:%d/%m/%Y}" in answer.content.decode()


def test_the_last_day_does_not_lie_before_a_day_on_which_the_account_was_used(school):
    """The record would be false, and what was done that day would be nobody's."""
    assert log_in("lan").status_code == 302
    with pytest.raises(AccountRefused, match=f"còn được dùng ngày {clock.today():%d/%m/%Y}") as refusal:
        close(school, school.lan, clock.today() - DAY)
    assert refusal.value.field == "last_day"
    close(school, school.lan, clock.today())


def test_why_an_account_is_shut_is_said_after_a_right_password_only(school):
    close(school, school.lan, clock.today() - DAY)
    assert "đã đóng" in log_in("lan").content.decode()
    wrong = log_in("lan", "sai mật khẩu").content.decode()
    assert "đã đóng" not in wrong
    assert "Tên đăng nhập hoặc mật khẩu chưa đúng" in wrong


def test_posts_homerooms_and_lessons_end_on_the_last_day_by_the_same_act(school):
    close(school, school.dung)
    close(school, school.lan)
    assert school.dung.posts.get().ends_on == clock.today()
    held = [*school.lan.homeroom_assignments.all(), *school.lan.teaching_assignments.all()]
    assert {each.ends_on for each in held} == {clock.today()}
    assert {each.history.latest().history_change_reason for each in held} == {"Đóng tài khoản"}


def test_the_days_a_leaver_still_had_as_a_substitute_go_back_to_the_regular_teacher(school):
    homeroom = school.lan.homeroom_assignments.get()
    for_ten_days = Days(clock.today(), clock.today() + 10 * DAY)
    hand_over_assignment(homeroom, to=school.thu, days=for_ten_days, reason="Nghỉ ốm", by=school.hoa)
    close(school, school.thu, clock.today() + 2 * DAY)
    with clock.travelling(clock.now() + 3 * DAY):
        assert (
            HomeroomAssignment.objects.held_on(clock.today()).get(school_class=school.class_4a).teacher
            == school.lan
        )


def test_what_a_leaver_did_stays_theirs_and_no_account_is_deleted(school):
    open_window(school)
    ref = school.sheet()
    enter(ref, school.pupils[0], "mark", "9", by=school.lan)
    close(school, school.lan, clock.today() - DAY)
    assert SubjectResult.objects.get().history.latest().history_user == school.lan
    with pytest.raises(ProtectedError):
        school.lan.delete()


def test_every_reference_to_a_person_protects_it():
    for relation in User._meta.related_objects:
        name = relation.related_model.__name__
        if name.startswith("Historical") or name in ("UserObjectPermission", "TOTPDevice", "StaticDevice"):
            continue
        assert relation.on_delete.__name__ == "PROTECT", name


def test_a_return_opens_the_account_but_gives_no_duty_back(school):
    close(school, school.lan, clock.today() - DAY)
    reopen_account(school.lan, reason="Trở lại công tác", by=school.tuan)
    assert log_in("lan").status_code == 302
    assert not school.lan.homeroom_assignments.held_on(clock.today()).exists()
    assert "Mở lại: Trở lại công tác" in school.lan.history.values_list("history_change_reason", flat=True)


def test_an_account_in_use_is_not_opened_again(school):
    with pytest.raises(AccountRefused):
        reopen_account(school.lan, reason="Thử", by=school.tuan)


def test_the_last_principal_is_not_closed_even_by_the_one_who_may(school):
    with pytest.raises(AccountRefused, match="luôn có Hiệu trưởng"):
        close(school, school.bich, by=school.hoa)
    Post.objects.filter(holder=school.bich).update(ends_on=clock.today())
    Post.objects.create(holder=school.hoa, kind="principal", starts_on=clock.today() + DAY)
    close(school, school.bich, by=User.objects.get(username="hoa"))


CLOSERS = {"lan": {"tuan"}, "tuan": {"hoa"}, "hoa": {"bich"}, "son": {"tuan"}}


@pytest.mark.parametrize(("subject", "allowed"), CLOSERS.items())
@pytest.mark.parametrize("act", [close_account, end_service])
def test_who_may_close_whom(school, subject, allowed, act):
    done = set()
    for name in school.people:
        person = User.objects.get(username=subject)
        try:
            act(person, last_day=clock.today(), reason="Thử", by=User.objects.get(username=name))
        except (PermissionDenied, AccountRefused):
            continue
        done.add(name)
    assert done == allowed


def test_somebody_about_to_become_principal_is_out_of_the_clerks_reach_already(school):
    Post.objects.create(holder=school.lan, kind="vice_principal", starts_on=clock.today() + 3 * DAY)
    with pytest.raises(PermissionDenied):
        slip_for(school.lan, school.tuan)


def test_unused_for_45_days_an_account_suspends_itself_and_says_so(school):
    with clock.travelling(clock.now() + 44 * DAY):
        assert why_shut(User.objects.get(username="lan")) == ""
    with clock.travelling(clock.now() + 45 * DAY):
        answer = log_in("lan")
        assert "tạm ngưng vì đã 45 ngày không đăng nhập" in answer.content.decode()
        assert {line.person.username for line in read_accounts(school.tuan, state=State.SUSPENDED)} == {
            name for name in school.people if name != "bich"
        }


def test_a_log_in_or_a_reopening_begins_the_45_days_anew(school):
    User.objects.filter(pk=school.lan.pk).update(last_login=clock.now() + 30 * DAY)
    with clock.travelling(clock.now() + 60 * DAY):
        assert why_shut(User.objects.get(username="lan")) == ""
    with clock.travelling(clock.now() + 90 * DAY):
        reopen_account(User.objects.get(username="lan"), reason="Nghỉ sinh xong", by=school.tuan)
        assert log_in("lan").status_code == 302


def test_a_suspended_account_is_not_opened_by_a_slip(school):
    with clock.travelling(clock.now() + 45 * DAY):
        code = slip_for(school.lan, school.tuan).code
        assert "tạm ngưng" in use_slip("lan", code).content.decode()


def test_a_new_account_has_no_password_no_post_and_cannot_be_entered(school):
    person = User(
        username="hong.nt", staff_code="CB99", full_name="Nguyễn Thị Hồng", sort_key=sort_key("Hồng")
    )
    create_account(person=person, by=school.tuan)
    assert not person.has_usable_password()
    assert not person.posts.exists()
    assert use_slip("hong.nt", slip_for(person, school.tuan).code).status_code == 302


def test_a_user_name_is_unique_against_both_names(school):
    school.dung.second_username = "khoitruong4"
    school.dung.save()
    person = User(username="khoitruong4", staff_code="CB99", full_name="Nguyễn Thị Hồng", sort_key="h")
    with pytest.raises(AccountRefused):
        create_account(person=person, by=school.tuan)


@pytest.mark.parametrize("name", ["lan", "bich", "hoa", "son", "dung"])
def test_only_the_clerk_creates_accounts(school, name):
    person = User(username="x", staff_code="X", full_name="X", sort_key="x")
    with pytest.raises(PermissionDenied):
        create_account(person=person, by=school.people[name])


@pytest.mark.parametrize("page", ["accounts:new_slip", "accounts:reopen", "gradebook:leaver"])
@pytest.mark.parametrize("subject", ["tuan", "bich", "hoa"])
def test_a_forged_request_of_the_clerk_against_self_or_leaders_is_refused_and_logged(school, page, subject):
    client = Client()
    client.force_login(school.tuan)
    told = {"seen": 0, "reason": "Thử", "last_day": clock.today(), "previewed": clock.today(), "close": 1}
    address = reverse(page, args=[school.people[subject].pk])
    assert client.post(address, told).status_code == 403
    assert AccessLogEntry.objects.latest("pk").kind == "refused"
    assert User.objects.get(username=subject).last_day is None


def test_the_bulk_form_takes_nobody_out_of_reach(school):
    client = Client()
    client.force_login(school.tuan)
    User.objects.update(password="!")
    told = {"person": [school.lan.pk, school.bich.pk]}
    client.force_login(User.objects.get(username="tuan"))
    assert client.post(reverse("accounts:slips"), told).status_code == 403


def test_the_bulk_form_voids_no_password_in_use(school):
    client = Client()
    client.force_login(school.tuan)
    client.post(reverse("accounts:slips"), {"person": [school.lan.pk]})
    assert log_in("lan").status_code == 302


def test_the_page_shows_what_ends_before_it_is_done_and_keeps_what_was_typed(school):
    client = Client()
    client.force_login(school.tuan)
    address = reverse("gradebook:leaver", args=[school.lan.pk])
    told = {"last_day": f"{clock.today():%Y-%m-%d}", "reason": "Chuyển trường"}
    shown = client.post(address, told).content.decode()
    assert "thôi chủ nhiệm lớp 4A" in shown
    assert "thôi dạy Toán lớp 4A" in shown
    assert User.objects.get(username="lan").last_day is None
    other_day = {**told, "close": "1", "previewed": "2020-01-01"}
    assert client.post(address, other_day).status_code == 200, "another day than the one shown is shown first"
    assert client.post(address, {**told, "close": "1", "previewed": told["last_day"]}).status_code == 302
    assert User.objects.get(username="lan").last_day == clock.today()
    nothing = client.post(address, {"last_day": "", "reason": "Chuyển trường"})
    assert nothing.status_code == 422
    assert "Chuyển trường" in nothing.content.decode()


def test_the_list_is_searched_without_tones_and_says_each_state_in_a_word(school):
    client = Client()
    client.force_login(school.tuan)
    page = client.get(reverse("accounts:people"), {"search": "dung pham"}).content.decode()
    assert "Phạm Quốc Dũng" in page
    assert "Đang dùng" in page
    assert "Nguyễn Thị Lan" not in page


@pytest.mark.parametrize("page", ["accounts:people", "accounts:person"])
def test_the_pages_ask_the_same_number_of_statements_for_few_and_for_many(school, page):
    client = Client()
    client.force_login(school.tuan)
    address = reverse(page, args=[school.lan.pk] if page == "accounts:person" else [])
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(address)
    User.objects.bulk_create(
        User(username=f"u{n}", staff_code=f"U{n}", full_name=f"Người {n}", sort_key=str(n)) for n in range(60)
    )
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few) <= 14


def test_the_preview_refuses_a_last_day_that_the_act_would_refuse(school):
    client = Client()
    client.force_login(school.tuan)
    User.objects.filter(pk=school.lan.pk).update(last_login=clock.now())
    yesterday = clock.today() - datetime.timedelta(days=1)
    answer = client.post(
        reverse("gradebook:leaver", args=[school.lan.pk]),
        {"last_day": f"{yesterday:%Y-%m-%d}", "reason": "Nghỉ"},
    )
    assert answer.status_code == 422
    assert "Tài khoản còn được dùng ngày" in answer.content.decode()


def test_the_overview_counts_accounts_by_their_state(school):
    User.objects.filter(pk=school.thu.pk).update(password=make_password(None))
    client = Client()
    client.force_login(school.bich)
    page = " ".join(client.get(reverse("accounts:overview")).content.decode().split())
    total = User.objects.count()
    assert f"{total} tài khoản, {total - 1} đang dùng, 1 chưa kích hoạt" in page
