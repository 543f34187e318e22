"""The screen that locks itself, and everything that was typed still there afterwards (rule R62)."""

import datetime
import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import clock, lockout
from accounts.models import AccessLogEntry
from accounts.session_notes import change_session
from approvals.workflow import State
from gradebook.sheets import Field
from tests.approvals.papers import draft, filed, with_entries
from tests.gradebook.school import CONFIRMED, PASSWORD, open_window, value_of

pytestmark = pytest.mark.django_db

MINUTE = 60
LOCK, UNLOCK, SEEN = (reverse(f"accounts:{name}") for name in ("lock", "unlock", "seen"))
ORDER_NEW = reverse("gradebook:order_new")
BY_SCRIPT = {"Accept": "application/json"}
Kind = AccessLogEntry.Kind


@pytest.fixture
def lan(school, client):
    client.force_login(school.lan)
    return client


@pytest.fixture
def principal(school):
    client = Client()
    client.force_login(school.bich)
    return client


def later(client, seconds, *names):
    """So much time has passed since the session was last seen (or since what `names` say)."""
    session = client.session
    for name in names or ("seen_at",):
        session[name] -= seconds
    session.save()


def is_locked(client):
    answer = client.get("/")
    return answer.status_code == 302 and answer.url.startswith(UNLOCK)


def sheet_address(school):
    return reverse("gradebook:sheet", args=[school.class_4a.pk, "TOAN", "GHKI"])


def hidden_fields(response):
    """What the page would send, as a browser reads it: names may come more than once."""
    page = response.content.decode()
    form = page[page.index(f'action="{response.wsgi_request.get_full_path()}"') :].split("</form>")[0]
    found = re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]*)"[^>]*value="([^"]*)"', form)
    return [(name, html.unescape(value)) for name, value in found if name != "csrfmiddlewaretoken"]


def send_again(client, response, password=PASSWORD):
    fields = {}
    for name, value in hidden_fields(response):
        fields.setdefault(name, []).append(value)
    return client.post(response.wsgi_request.get_full_path(), {**fields, "confirm_password": password})


# -- When --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "locks"), [(14, False), (15, True), (600, True)])
def test_the_screen_locks_after_fifteen_minutes_without_a_sign_of_life(lan, minutes, locks):
    later(lan, minutes * MINUTE)
    assert is_locked(lan) is locks


def test_the_time_that_counts_is_the_servers(lan):
    with clock.travelling(clock.now() + datetime.timedelta(minutes=16)):
        assert is_locked(lan)


def test_every_page_that_is_opened_begins_the_time_anew(lan):
    for _each in range(4):
        later(lan, 14 * MINUTE)
        assert not is_locked(lan)


def test_typing_on_an_open_page_begins_the_time_anew_each_time(lan):
    later(lan, 14 * MINUTE)
    assert lan.post(SEEN, headers=BY_SCRIPT).status_code == 204
    later(lan, 30)
    lan.post(SEEN, headers=BY_SCRIPT)
    later(lan, 14 * MINUTE + 45)
    assert not is_locked(lan)


def test_administrative_pages_lock_after_five_minutes_and_the_others_stay_open(principal):
    later(principal, 5 * MINUTE)
    answer = principal.get(ORDER_NEW)
    assert answer.url.startswith(UNLOCK)
    assert "Trang quản trị đã khoá" in principal.get(answer.url).content.decode()
    assert principal.get("/").status_code == 200
    # The page just opened was a sign of life, but no password.
    assert principal.get(ORDER_NEW).status_code == 302
    assert principal.post(f"{UNLOCK}?next={ORDER_NEW}", CONFIRMED).url == ORDER_NEW
    assert principal.get(ORDER_NEW).status_code == 200


def test_each_page_tells_its_script_when_it_locks(principal):
    assert 'data-idle="900"' in principal.get("/").content.decode()
    page = principal.get(ORDER_NEW).content.decode()
    assert 'data-idle="300"' in page
    assert "data-administrative" in page


def test_a_session_that_does_not_know_when_it_was_seen_is_locked(lan):
    session = lan.session
    del session["seen_at"]
    session.save()
    assert is_locked(lan)


def test_a_session_ends_after_twelve_hours_however_busy(lan):
    later(lan, 12 * 60 * MINUTE, "began_at")
    answer = lan.get("/")
    assert answer.url.startswith(reverse("accounts:login"))
    assert "_auth_user_id" not in lan.session


@pytest.mark.parametrize("page", ["approvals:tasks", "gradebook:orders", "students:classes"])
def test_an_ordinary_page_reads_the_session_once_and_writes_nothing(lan, page):
    with CaptureQueriesContext(connection) as statements:
        assert lan.get(reverse(page)).status_code == 200
    of_session = [each["sql"] for each in statements if "django_session" in each["sql"]]
    assert [sql.split()[0] for sql in of_session] == ["SELECT"]
    assert not [each for each in statements if each["sql"].startswith("SAVEPOINT")]


def test_a_page_under_way_does_not_undo_the_lock(lan):
    """Its session was read before the lock fell, and its sign of life is written after."""
    late = RequestFactory().get("/")
    late.session = lan.session
    assert "locked" not in late.session
    lan.post(LOCK)
    change_session(late.session, lambda session: session.update({"seen_at": clock.stamp().timestamp()}))
    assert is_locked(lan)


# -- Locking by hand ---------------------------------------------------------------------------------------


def test_the_button_locks_at_once_and_leads_back_after_the_password(lan, school):
    answer = lan.post(LOCK, {"next": sheet_address(school)})
    assert is_locked(lan)
    page = lan.get(answer.url).content.decode()
    assert "Nguyễn Thị Lan" in page
    assert "<nav" not in page
    assert lan.post(answer.url, CONFIRMED).url == sheet_address(school)
    assert not is_locked(lan)
    assert AccessLogEntry.objects.latest("pk").kind == Kind.UNLOCKED


def test_signs_of_life_do_not_open_a_locked_screen(lan):
    lan.post(LOCK)
    assert lan.post(SEEN, headers=BY_SCRIPT).status_code == 401
    assert is_locked(lan)


def test_a_page_that_only_locks_the_administrative_ones_leaves_the_rest(principal):
    assert principal.post(LOCK, {"only": "administrative"}, headers=BY_SCRIPT).status_code == 204
    assert principal.get("/").status_code == 200
    assert principal.get(ORDER_NEW).status_code == 302


def test_logging_out_is_always_possible(lan):
    lan.post(LOCK)
    assert lan.post(reverse("accounts:logout")).url == reverse("accounts:login")


def test_logging_in_anew_opens_everything(lan, school):
    lan.post(LOCK)
    lan.post(reverse("accounts:logout"))
    lan.force_login(school.lan)
    assert not is_locked(lan)


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_unlocking_never_leads_to_another_host(lan, elsewhere):
    lan.post(LOCK)
    assert lan.post(f"{UNLOCK}?next={elsewhere}", CONFIRMED).url == "/"


# -- Scripts, polling --------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [BY_SCRIPT, {"HX-Request": "true"}, {"Sec-Fetch-Dest": "image"}])
def test_scripts_htmx_and_pictures_are_told_in_json_that_the_screen_is_locked(lan, headers):
    lan.post(LOCK)
    answer = lan.get("/", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["locked_session"] is True
    assert "Gõ mật khẩu" in answer.json()["error"]


def test_asking_in_the_background_keeps_nobody_awake(lan):
    later(lan, 14 * MINUTE)
    assert lan.get("/", headers={"X-Background": "1"}).status_code == 200
    later(lan, 2 * MINUTE)
    assert is_locked(lan)


def test_the_header_of_the_background_opens_nothing(lan):
    later(lan, 16 * MINUTE)
    assert lan.get("/", headers={"X-Background": "1", "HX-Request": "true"}).status_code == 401


def test_the_autosave_of_a_locked_session_writes_nothing_and_after_the_password_it_does(lan, school):
    open_window(school)
    change = {"student": school.pupils[0].pk, "item": "TOAN", "field": "mark", "value": "9", "version": 0}
    later(lan, 16 * MINUTE)

    def save():
        body = {"changes": [change]}
        return lan.post(sheet_address(school), body, content_type="application/json").status_code

    assert save() == 401
    assert value_of(school.sheet(), school.pupils[0]) == ""
    assert lan.post(UNLOCK, CONFIRMED, headers=BY_SCRIPT).status_code == 204
    assert save() == 200
    assert value_of(school.sheet(), school.pupils[0]) == "9"


# -- What was typed ----------------------------------------------------------------------------------------


def test_a_form_sent_to_a_locked_screen_waits_for_the_password_and_arrives_as_typed(lan, school):
    open_window(school)
    comment = 'Em "tiến bộ" rõ\r\n<b>& chăm</b>.'
    name = f"{school.pupils[0].pk}.TOAN.{Field.COMMENT}"
    later(lan, 16 * MINUTE)
    waiting = lan.post(
        sheet_address(school),
        {f"c.{name}": comment, f"v.{school.pupils[0].pk}.TOAN": "0", "many": ["1", "2"]},
    )
    assert waiting.status_code == 401
    assert [value for key, value in hidden_fields(waiting) if key == "many"] == ["1", "2"]
    assert dict(hidden_fields(waiting))[f"c.{name}"] == comment
    assert value_of(school.sheet(), school.pupils[0], Field.COMMENT) == ""
    assert send_again(lan, waiting).status_code == 200
    assert value_of(school.sheet(), school.pupils[0], Field.COMMENT) == comment.replace("\r\n", "\n")


def test_a_wrong_password_keeps_what_was_typed(lan, school):
    lan.post(LOCK)
    waiting = lan.post(sheet_address(school), {"c.1.TOAN.comment": "Em chăm học."})
    wrong = send_again(lan, waiting, "sai mật khẩu")
    assert "Mật khẩu chưa đúng" in wrong.content.decode()
    assert hidden_fields(wrong) == [("c.1.TOAN.comment", "Em chăm học.")]
    assert "sai mật khẩu" not in wrong.content.decode()


def test_files_are_named_and_chosen_again(school, client):
    with_entries(school)
    request = draft(school, "10")
    client.force_login(school.lan)
    client.post(LOCK)
    address = reverse("approvals:attach", args=[request.pk])
    file = SimpleUploadedFile("bài kiểm tra.jpg", b"...")
    waiting = client.post(address, {"reason": "Ghi nhầm.", "files": [file]})
    assert hidden_fields(waiting) == [("reason", "Ghi nhầm.")]
    page = waiting.content.decode()
    assert "Chọn lại bài kiểm tra.jpg" in page
    assert re.search(r'type="file"[^>]*name="files"', page)
    assert 'enctype="multipart/form-data"' in page


def test_a_binding_act_sent_to_a_locked_screen_is_not_asked_for_its_password_twice(school, client):
    with_entries(school)
    request = filed(school)
    client.force_login(school.hoa)
    client.post(LOCK)
    act = reverse("approvals:request_act", args=[request.pk, "approve"])
    assert client.post(act, {"note": "", **CONFIRMED}).status_code == 302
    request.refresh_from_db()
    assert request.state == State.APPROVED


# -- Guessing ----------------------------------------------------------------------------------------------


def test_five_wrong_passwords_end_the_session(lan):
    lan.post(LOCK)
    answers = [lan.post(UNLOCK, {"confirm_password": "sai"}) for _each in range(5)]
    assert [each.status_code for each in answers] == [422, 422, 422, 422, 429]
    assert "Gõ sai mật khẩu 5 lần" in answers[-1].content.decode()
    assert "_auth_user_id" not in lan.session
    assert AccessLogEntry.objects.filter(kind=Kind.PASSWORD_WRONG, username="lan").count() == 5


def test_wrong_passwords_at_the_screen_and_at_the_log_in_lock_the_account_together(lan, school):
    lan.post(LOCK)
    for _each in range(3):
        lan.post(UNLOCK, {"confirm_password": "sai"})
    answers = [guess_elsewhere() for _each in range(2)]
    assert answers == [422, 429]
    assert lockout.locked_until(school.lan)


def test_the_fifth_wrong_password_at_the_screen_shuts_the_log_in_too(lan):
    lan.post(LOCK)
    for _each in range(5):
        lan.post(UNLOCK, {"confirm_password": "sai"})
    assert guess_elsewhere(PASSWORD) == 429


def test_who_guesses_elsewhere_does_not_end_the_session_of_the_person_who_is_in(lan, school):
    for _each in range(5):
        guess_elsewhere()
    lan.post(LOCK)
    for _each in range(6):
        assert lan.post(UNLOCK, CONFIRMED).status_code == 429
    assert is_locked(lan)
    lockout.release_lock(school.lan, by=school.tuan)
    assert lan.post(UNLOCK, CONFIRMED).status_code == 302
    assert not is_locked(lan)


def test_a_slip_now_and_then_does_not_add_up_to_a_lock(lan, school):
    for _each in range(6):
        lan.post(LOCK)
        lan.post(UNLOCK, {"confirm_password": "sai"})
        assert lan.post(UNLOCK, CONFIRMED).status_code == 302
    assert lockout.locked_until(school.lan) is None


def guess_elsewhere(typed="sai"):
    told = {"username": "lan", "password": typed}
    return Client().post(reverse("accounts:login"), told).status_code


def test_the_right_password_begins_the_count_anew(lan):
    lan.post(LOCK)
    for password in ("sai", "sai", PASSWORD, "sai", "sai", "sai", "sai"):
        lan.post(UNLOCK, {"confirm_password": password})
    assert "_auth_user_id" in lan.session


def test_the_dialog_is_told_why_in_json(lan):
    lan.post(LOCK)

    def tries():
        return lan.post(UNLOCK, {"confirm_password": "sai"}, headers=BY_SCRIPT)

    assert "chưa đúng" in tries().json()["error"]
    for _each in range(3):
        tries()
    last = tries()
    assert last.status_code == 429
    assert "bị khoá" in last.json()["error"]


def test_nobody_elses_password_opens_the_screen(lan, school):
    school.minh.set_password("mật khẩu của thầy Minh")
    school.minh.save()
    lan.post(LOCK)
    answer = lan.post(UNLOCK, {"confirm_password": "mật khẩu của thầy Minh", "username": "minh"})
    assert answer.status_code == 422
    assert is_locked(lan)


def test_an_account_closed_meanwhile_is_not_unlocked(lan, school):
    lan.post(LOCK)
    school.lan.is_active = False
    school.lan.save()
    assert lan.post(UNLOCK, CONFIRMED).url.startswith(reverse("accounts:login"))


def test_unlocking_needs_a_token_of_our_own_page(school):
    client = Client(enforce_csrf_checks=True)
    client.force_login(school.lan)
    assert client.post(UNLOCK, CONFIRMED).status_code == 403
