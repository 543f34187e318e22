"""After each entry round and every 60 days the administrator's password is changed by the vice-principal (rule R61)."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import clock
from accounts.activation import SlipsRefused, latest_slip
from accounts.admin_account import rotate_password
from accounts.history import Source
from accounts.models import ActivationSlip, AdminAction, PasswordRotation, Post, SupervisionMark, User
from accounts.rotation import rotation_due
from gradebook.entry import save_results
from gradebook.regulation import Period
from gradebook.windows import last_round_closed
from tests.accounts.slips import NEW_PASSWORD, slip_for, use_slip
from tests.gradebook.school import PASSWORD, change_of, close_window, open_window, value_of

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
MINUTE = datetime.timedelta(minutes=1)


def log_in(username, password=PASSWORD):
    told = {"username": username, "password": password}
    return Client().post(reverse("accounts:login"), told)


def rotate(school, holder=None, by=None):
    holder = User.objects.get(pk=(holder or school.tuan).pk)
    return rotate_password(holder, seen=latest_slip([holder]), by=by or school.hoa)


def end_a_round(school, period=Period.MID_TERM_1, **scope):
    open_window(school, period, **scope)
    close_window(school, period, **scope)


def test_a_round_that_closes_shuts_the_clerk_out_and_says_what_to_do(school):
    assert log_in("tuan").status_code == 302
    end_a_round(school)
    page = log_in("tuan").content.decode()
    assert "đợt nhập Giữa học kì I năm học" in page
    assert "Phó Hiệu trưởng đổi ở trang «Tài khoản quản trị»" in page
    assert "đợt nhập" not in log_in("tuan", "sai").content.decode()
    assert log_in("lan").status_code == 302


def test_a_class_let_in_for_some_hours_more_is_no_round(school):
    end_a_round(school, school_class=school.class_4a)
    assert last_round_closed() is None
    assert rotation_due(school.tuan) is None


def test_a_window_called_off_before_it_opened_is_no_round(school):
    window = open_window(school)
    order = window.order
    type(window).objects.filter(pk=window.pk).update(closes_at=window.opens_at, locked_by=order)
    assert last_round_closed() is None


def test_a_window_that_runs_out_by_itself_ends_the_round(school):
    open_window(school, hours=1)
    with clock.travelling(clock.now() + 30 * MINUTE):
        assert rotation_due(school.tuan) is None
    with clock.travelling(clock.now() + 61 * MINUTE):
        assert rotation_due(school.tuan).cause == "round"


def test_sixty_days_after_the_last_change_it_is_due_again(school):
    rotate(school)
    with clock.travelling(clock.now() + 59 * DAY):
        assert rotation_due(school.tuan) is None
    with clock.travelling(clock.now() + 60 * DAY):
        assert "đã đủ 60 ngày" in rotation_due(school.tuan).words


def test_a_session_in_use_ends_within_a_minute_of_the_closing(school):
    client = Client()
    client.force_login(school.tuan)
    assert client.get("/").status_code == 200
    end_a_round(school)
    with clock.travelling(clock.now() + MINUTE):
        answer = client.get("/")
        assert (answer.status_code, answer.headers["Location"]) == (302, reverse("accounts:login"))
        assert "phải đổi trước khi dùng tiếp" in client.get(reverse("accounts:login")).content.decode()
        assert client.get("/").status_code == 302


@pytest.mark.parametrize("name", ["lan", "hoa", "tuan"])
def test_asking_costs_an_ordinary_request_no_statement(school, name):
    client = Client()
    client.force_login(school.people[name])
    client.get("/accounts/powers/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/accounts/powers/")
    assert not [
        each for each in asked if "entrywindow" in each["sql"] and "school_class_id" in each["sql"][-90:]
    ]
    assert not [each for each in asked if "passwordrotation" in each["sql"]]


def test_the_change_voids_the_password_is_recorded_and_the_slip_opens_the_account(school):
    end_a_round(school)
    slip = rotate(school)
    assert log_in("tuan").status_code == 422
    kept = PasswordRotation.objects.get()
    assert (kept.holder, kept.by, kept.cause) == (school.tuan, school.hoa, "round")
    assert kept.round.startswith("Giữa học kì I")
    assert use_slip("tuan", slip.code).status_code == 302
    assert log_in("tuan", NEW_PASSWORD).status_code == 302


def test_a_round_that_closes_before_the_slip_is_used_asks_for_another_change(school):
    slip = rotate(school)
    end_a_round(school)
    assert "phải đổi" in use_slip("tuan", slip.code).content.decode()


def test_two_presses_change_the_password_once(school):
    rotate_password(school.tuan, seen=0, by=school.hoa)
    with pytest.raises(SlipsRefused):
        rotate_password(school.tuan, seen=0, by=school.hoa)
    assert PasswordRotation.objects.count() == 1


@pytest.mark.parametrize("name", ["tuan", "lan", "bich", "son"])
def test_nobody_but_the_vice_principal_changes_it(school, name):
    with pytest.raises(PermissionDenied):
        rotate(school, by=school.people[name])


def test_of_two_clerks_each_is_due_and_each_is_changed(school):
    Post.objects.create(holder=school.dung, kind="clerk", starts_on=clock.today())
    end_a_round(school)
    rotate(school)
    school.dung._powers = None
    assert rotation_due(school.tuan) is None
    assert rotation_due(school.dung) is not None
    page = logged_in(school.hoa).get(reverse("accounts:admin_account")).content.decode()
    assert "Phạm Quốc Dũng" in page


def logged_in(person):
    client = Client()
    client.force_login(person)
    return client


def test_what_is_due_waits_on_the_vice_principals_first_page_and_nobody_elses(school):
    end_a_round(school)
    assert "Đổi mật khẩu quản trị cho Bùi Anh Tuấn" in logged_in(school.hoa).get("/").content.decode()
    assert "Đổi mật khẩu quản trị" not in logged_in(school.bich).get("/").content.decode()


def test_the_record_of_changes_cannot_be_altered(school):
    rotate(school)
    for act in (PasswordRotation.objects.all().delete, lambda: PasswordRotation.objects.update(cause="wish")):
        with pytest.raises(Exception, match="kept for ever"), transaction.atomic():
            act()


# -- The clerk and the marks -------------------------------------------------------------------------------


def test_the_clerk_has_no_way_to_a_mark_but_an_approved_request(school):
    open_window(school)
    ref = school.sheet()
    pupil = school.pupils[0]
    client = logged_in(school.tuan)
    place = [school.class_4a.pk, "TOAN", Period.MID_TERM_1.value]
    sheet = reverse("gradebook:sheet", args=place)
    cell = {"student": pupil.pk, "item": "TOAN", "field": "mark", "value": "10", "version": 0}
    assert client.post(sheet, {"changes": [cell]}, content_type="application/json").status_code == 403
    assert client.post(sheet, {f"c.{pupil.pk}.TOAN.mark": "10"}).status_code == 403
    assert client.post(reverse("gradebook:sheet_upload", args=place), {"wanted": "x"}).status_code == 403
    assert client.post(reverse("approvals:propose", args=place)).status_code == 403
    with pytest.raises(PermissionDenied):
        save_results(ref, [change_of(ref, pupil, "mark", "10")], by=school.tuan, source=Source.PAGE)
    assert value_of(ref, pupil) == ""


# -- The log of acts ---------------------------------------------------------------------------------------


def test_each_act_of_the_clerk_is_listed_in_words_with_the_way_to_the_thing(school):
    slip_for(school.lan, school.tuan)
    page = logged_in(school.hoa).get(reverse("accounts:admin_log")).content.decode()
    assert "Làm phiếu kích hoạt cho Nguyễn Thị Lan (lan)" in page
    assert reverse("accounts:person", args=[school.lan.pk]) in page


def test_what_the_clerk_downloads_is_listed_too_and_what_others_do_is_not(school):
    open_window(school)
    address = reverse("gradebook:sheet_file", args=[school.class_4a.pk, "TOAN", Period.MID_TERM_1.value])
    logged_in(school.tuan).get(address)
    logged_in(school.lan).get(address)
    rows = logged_in(school.hoa).get(reverse("accounts:admin_log")).context["lines"]
    assert [(line.who, line.kind) for line in rows] == [("Bùi Anh Tuấn", "Tải xuống, truy cập")]


def test_an_act_that_fails_leaves_no_line(school):
    with pytest.raises(PermissionDenied):
        slip_for(school.bich, school.tuan)
    assert not AdminAction.objects.exists()


def test_the_log_is_filtered_by_day_and_kind_and_survives_odd_addresses(school):
    slip_for(school.lan, school.tuan)
    client = logged_in(school.hoa)
    address = reverse("accounts:admin_log")

    def shown(**asked):
        return len(client.get(address, asked).context["lines"])

    today = f"{clock.today():%Y-%m-%d}"
    assert (shown(day=today), shown(day="2020-01-01"), shown(kind="Tài khoản")) == (1, 0, 1)
    assert (shown(kind="In sổ, học bạ"), shown(kind="Việc khác"), shown(kind="Tải xuống, truy cập")) == (
        0,
        0,
        0,
    )
    assert shown(day="x", kind="y", page="z") == 1


def test_the_log_asks_the_same_number_of_statements_for_few_and_for_many(school):
    client = logged_in(school.hoa)
    address = reverse("accounts:admin_log")
    slip_for(school.lan, school.tuan)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for _each in range(60):
        slip_for(school.lan, school.tuan)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few) <= 9


def test_the_vice_principal_notes_up_to_where_she_has_looked(school):
    slip_for(school.lan, school.tuan)
    client = logged_in(school.hoa)
    address = reverse("accounts:admin_log")
    newest = client.get(address).context["newest"]
    client.post(address, {"seen_to": newest.isoformat()})
    assert SupervisionMark.objects.get().by == school.hoa
    page = client.get(address).content.decode()
    assert "Võ Thị Hoa đã xem đến" in page
    assert "Mới" not in page.split("<tbody>")[1].split("</tbody>")[0]
    for odd in ("", "2026-99-99T00:00", "x", "2026-01-01T00:00:00"):
        assert client.post(address, {"seen_to": odd}).status_code == 302
    client.post(address, {"seen_to": "2999-01-01T00:00:00+00:00"})
    assert SupervisionMark.objects.first().seen_to <= clock.now(), "what is yet to come cannot have been seen"
    assert ActivationSlip.objects.count() == 1
