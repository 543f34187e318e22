"""The password asked again before binding acts, and what was typed kept while it is (rule R62)."""

import html
import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path, reverse

from accounts.confirmation import Lasting, password_asked
from accounts.models import AccessLogEntry
from accounts.powers import Action
from approvals.workflow import State
from gradebook.models import EntryOrder
from kimdong.urls import urlpatterns as school_pages
from reports.models import PrintJob
from tests.approvals.papers import applied, approved, entered_school, filed
from tests.gradebook.school import CONFIRMED, PASSWORD, value_of
from tests.gradebook.test_order_pages import shown_values, typed

pytestmark = pytest.mark.django_db

ORDER_NEW = reverse("gradebook:order_new")
PRINTS = reverse("reports:prints")
Kind = AccessLogEntry.Kind


def the_school():
    return entered_school()


def as_(user):
    client = Client()
    client.force_login(user)
    return client


def act_of(request, act):
    return reverse("approvals:request_act", args=[request.pk, act])


@password_asked("Đóng tài khoản của cô Lan.", of=Action.SEE_ACCOUNTS, lasting=Lasting.ACCOUNTS)
def close_an_account(request):
    return HttpResponse(f"{request.method} {sorted(request.POST)}")


urlpatterns = [*school_pages, path("made-for-this-test/", close_an_account)]


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(response.content.decode())).split())


def book(school):
    return {"book": PrintJob.Book.CLASS_TABLE, "school_class": school.class_4a.pk, "period": "GHKI"}


def wait_five_minutes(client):
    session = client.session
    session["confirmed_at"] = {kind: at - 300 for kind, at in session["confirmed_at"].items()}
    session.save()


# -- Each binding act --------------------------------------------------------------------------------------


@pytest.mark.parametrize("password", [{}, {"confirm_password": ""}, {"confirm_password": "sai"}])
@pytest.mark.parametrize("act", ["approve", "refuse"])
def test_a_request_is_decided_only_with_the_password(school, act, password):
    request = filed(school)
    client = as_(school.hoa)
    answer = client.post(act_of(request, act), {"note": "Ảnh mờ.", **password})
    assert answer.status_code == 422
    assert f"phiếu {request.label}" in text(answer)
    assert 'name="note" value="Ảnh mờ."' in answer.content.decode()
    request.refresh_from_db()
    assert request.state == State.FILED
    client.post(act_of(request, act), {"note": "Ảnh mờ.", **CONFIRMED})
    request.refresh_from_db()
    assert request.state in (State.APPROVED, State.REFUSED)
    assert request.decision_note == "Ảnh mờ."


def test_a_request_is_carried_out_only_with_the_password(school):
    request = approved(school, "9")
    client = as_(school.tuan)
    before = value_of(school.sheet(), school.pupils[0])
    assert client.post(act_of(request, "apply")).status_code == 422
    assert value_of(school.sheet(), school.pupils[0]) == before
    assert client.post(act_of(request, "apply"), CONFIRMED).status_code == 302
    assert value_of(school.sheet(), school.pupils[0]) == "9"


def test_the_password_of_one_act_does_not_do_for_the_next(school):
    first, second = filed(school), filed(school, pupil=1)
    client = as_(school.hoa)
    client.post(act_of(first, "approve"), {"note": "", **CONFIRMED})
    assert client.post(act_of(second, "approve"), {"note": ""}).status_code == 422


def test_filing_and_cancelling_ones_own_request_ask_for_no_password(school):
    assert (
        as_(school.lan).post(act_of(filed(school), "cancel"), {"cancel_note": "Không cần."}).status_code
        == 302
    )


def test_an_order_is_signed_only_with_the_password_and_looked_at_without(school):
    client = as_(school.bich)
    seen = client.post(ORDER_NEW, {**typed(), "look": "1"})
    assert seen.status_code == 200
    before = EntryOrder.objects.count()
    signing = {**shown_values(seen), "sign": "1"}
    asked = client.post(ORDER_NEW, signing)
    assert asked.status_code == 422
    assert "Kí và ban hành văn bản số 07/TB-THKĐ" in text(asked)
    assert f'name="previewed" value="{signing["previewed"]}"' in asked.content.decode()
    assert EntryOrder.objects.count() == before
    assert client.post(ORDER_NEW, {**signing, **CONFIRMED}).status_code == 302
    assert EntryOrder.objects.count() == before + 1


def test_the_forms_of_binding_acts_ask_for_the_password_at_once(school):
    request = filed(school)
    field = 'name="confirm_password"'
    page = reverse("approvals:request", args=[request.pk])
    assert as_(school.hoa).get(page).content.decode().count(field) == 1
    assert as_(school.lan).get(page).content.decode().count(field) == 0


# -- Exports: one password for five minutes ----------------------------------------------------------------


def test_books_are_asked_for_with_the_password_once_in_five_minutes(school):
    client = as_(school.tuan)
    assert client.post(PRINTS, book(school)).status_code == 422
    assert not PrintJob.objects.exists()
    assert client.post(PRINTS, {**book(school), **CONFIRMED}).status_code == 302
    assert client.post(PRINTS, {**book(school), "period": "CHKI"}).status_code == 302
    wait_five_minutes(client)
    assert client.post(PRINTS, {**book(school), "period": "CN"}).status_code == 422


def test_a_download_is_led_past_the_password_and_back(school, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    job = PrintJob.objects.create(
        **{**book(school), "school_class": school.class_4a},
        asked_by=school.tuan,
        state=PrintJob.State.DONE,
        pupils_asked=1,
        pupils_done=1,
        pages=1,
        file="books/1.pdf",
    )
    (tmp_path / "books").mkdir()
    (tmp_path / "books/1.pdf").write_bytes(b"%PDF-")
    address = reverse("reports:print_file", args=[job.pk])
    client = as_(school.hoa)
    asked = client.get(address)
    assert asked.status_code == 422
    assert "Tải về THKQGD-4A" in text(asked)
    sent = {"next": address, "lasting": "exports"}
    again = client.post(reverse("accounts:confirm"), {**sent, "confirm_password": "sai"}, follow=True)
    assert "Mật khẩu chưa đúng" in text(again)
    there = client.post(reverse("accounts:confirm"), {**sent, **CONFIRMED})
    assert there.url == address
    assert b"".join(client.get(address).streaming_content) == b"%PDF-"


def test_locking_the_screen_ends_the_five_minutes(school):
    client = as_(school.tuan)
    client.post(PRINTS, {**book(school), **CONFIRMED})
    client.post(reverse("accounts:lock"))
    client.post(reverse("accounts:unlock"), CONFIRMED)
    assert client.post(PRINTS, {**book(school), "period": "CHKI"}).status_code == 422


@pytest.mark.parametrize("lasting", ["", "everything", "exports\x00"])
def test_an_unknown_kind_of_confirmation_confirms_nothing(school, lasting):
    client = as_(school.tuan)
    client.post(reverse("accounts:confirm"), {"next": "/", "lasting": lasting, **CONFIRMED})
    assert set(client.session["confirmed_at"]) == {"accounts"}  # from the log-in itself


def test_confirming_never_leads_to_another_host(school):
    sent = {"next": "https://evil.example/", "lasting": "exports", **CONFIRMED}
    assert as_(school.tuan).post(reverse("accounts:confirm"), sent).url == "/"


# -- The decorator, for views that are an act as a whole ---------------------------------------------------


@pytest.mark.urls(__name__)
def test_a_decorated_view_shows_itself_and_asks_before_it_acts(school):
    client = as_(school.tuan)
    wait_five_minutes(client)
    assert client.get("/made-for-this-test/").content == b"GET []"
    asked = client.post("/made-for-this-test/", {"reason": "Nghỉ việc."})
    assert asked.status_code == 422
    assert "Đóng tài khoản của cô Lan." in text(asked)
    sent = {"reason": "Nghỉ việc.", **CONFIRMED}
    assert client.post("/made-for-this-test/", sent).content == b"POST ['reason']"
    assert client.post("/made-for-this-test/", {"reason": ""}).content == b"POST ['reason']"
    wait_five_minutes(client)
    assert client.post("/made-for-this-test/").status_code == 422


@pytest.mark.urls(__name__)
def test_five_minutes_of_one_kind_are_none_of_another(school):
    client = as_(school.tuan)
    wait_five_minutes(client)
    client.post(PRINTS, {**book(school), **CONFIRMED})
    assert client.post("/made-for-this-test/").status_code == 422


@pytest.mark.urls(__name__)
def test_who_may_not_do_it_is_refused_without_being_asked_for_a_password(school):
    refused = as_(school.lan).post("/made-for-this-test/", {"reason": "Nghỉ việc."})
    assert refused.status_code == 403
    assert "mật khẩu" not in text(refused)


# -- On record, and attacks --------------------------------------------------------------------------------


def test_each_confirmation_and_each_wrong_password_is_on_record(school):
    request = filed(school)
    client = as_(school.hoa)
    client.post(act_of(request, "approve"), {"confirm_password": "sai"})
    wrong = AccessLogEntry.objects.latest("pk")
    assert (wrong.kind, wrong.user) == (Kind.PASSWORD_WRONG, school.hoa)
    client.post(act_of(request, "approve"), CONFIRMED)
    right = AccessLogEntry.objects.latest("pk")
    assert (right.kind, right.user) == (Kind.PASSWORD_CONFIRMED, school.hoa)
    assert request.label in right.detail
    assert PASSWORD not in "".join(AccessLogEntry.objects.values_list("detail", flat=True))


def test_another_persons_password_confirms_nothing(school):
    school.bich.set_password("mật khẩu của hiệu trưởng")
    school.bich.save()
    request = filed(school)
    sent = {"confirm_password": "mật khẩu của hiệu trưởng", "username": "bich"}
    assert as_(school.hoa).post(act_of(request, "approve"), sent).status_code == 422
    request.refresh_from_db()
    assert request.state == State.FILED


def test_the_fifth_wrong_password_ends_the_session(school):
    request = filed(school)
    client = as_(school.hoa)
    answers = [
        client.post(act_of(request, "approve"), {"confirm_password": "sai"}).status_code for _each in range(5)
    ]
    assert answers == [422, 422, 422, 422, 429]
    assert "_auth_user_id" not in client.session


def test_a_replayed_form_does_nothing_a_second_time(school):
    request = applied(school, "9")
    assert as_(school.tuan).post(act_of(request, "apply"), CONFIRMED).status_code == 409


def test_who_may_not_or_comes_too_late_is_told_so_before_a_password_is_asked(school):
    request = filed(school)
    for name in ("bich", "tuan", "lan", "dung"):
        assert as_(school.people[name]).post(act_of(request, "approve")).status_code == 403
    assert as_(school.hoa).post(act_of(request, "apply")).status_code == 403
    assert as_(school.tuan).post(act_of(request, "apply")).status_code == 409
    assert as_(school.hoa).post(act_of(applied(school, "9", pupil=1), "approve")).status_code == 409


def test_who_may_not_is_refused_also_with_the_password(school):
    request = filed(school)
    assert as_(school.bich).post(act_of(request, "approve"), CONFIRMED).status_code == 403
    assert as_(school.bich).post(PRINTS, {**book(school), **CONFIRMED}).status_code == 403


ACCOUNT_ACTS = (
    ("tuan", "accounts:new_slip", "minh"),
    ("tuan", "accounts:reopen", "minh"),
    ("tuan", "accounts:release", "minh"),
    ("tuan", "accounts:second_factor_reset", "minh"),
    ("tuan", "accounts:slips", ""),
    ("tuan", "gradebook:account_new", ""),
    ("tuan", "gradebook:leaver", "minh"),
    ("tuan", "gradebook:person_edit", "minh"),
    ("hoa", "accounts:rotate", "tuan"),
    ("hoa", "gradebook:grant_new", ""),
    ("hoa", "gradebook:groups", ""),
    ("hoa", "gradebook:stand_in", "minh"),
    ("bich", "gradebook:person_appoint", "minh"),
)


@pytest.mark.parametrize(("person", "page", "concerned"), ACCOUNT_ACTS)
def test_changing_an_account_or_a_power_asks_for_the_password_five_minutes_after_the_last(
    school, person, page, concerned
):
    client = as_(school.people[person])
    wait_five_minutes(client)
    address = reverse(page, args=[school.people[concerned].pk] if concerned else [])
    answer = client.post(address, {"note": "gõ rồi"})
    assert answer.status_code == 422
    assert "Gõ lại mật khẩu để xác nhận" in answer.content.decode()
    assert "gõ rồi" in answer.content.decode()
