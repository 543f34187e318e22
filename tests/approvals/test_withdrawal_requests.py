"""A request to withdraw consents ends as carried out once they are withdrawn (NĐ 356/2025 Điều 5; rules R66, R67)."""

import pytest
from django.urls import reverse

from approvals.data_consents import Said
from approvals.data_requests import move_request
from approvals.data_rules import RequestKind
from approvals.data_workflow import RequestAct
from tests.approvals.test_personal_data import (
    PHOTO,
    PUBLIC,
    again,
    as_,
    asked,
    handed_in,
    purpose,
    recorded,
    slip_of,
    text,
    word,
)
from tests.approvals.test_personal_data import the_school as begun

pytestmark = pytest.mark.django_db


def the_school():
    return begun()


def granted(school, kind=RequestKind.WITHDRAW, subject=None):
    found = asked(school, kind, subject=subject)
    return move_request(found, RequestAct.GRANT, text="Đồng ý.", by=again(school.bich))


def ended(client, school, found, kept=()):
    page = reverse("approvals:data_request_act", args=[found.pk, "carry_out"])
    data = {"text": "Đã gỡ ảnh, báo phụ huynh.", "kept": [purpose(code).pk for code in kept]}
    answer = as_(client, school.tuan).post(page, data)
    found.refresh_from_db()
    return answer


def withdraw(school, *codes):
    for code in codes:
        recorded(school, word(code, Said.WITHDRAWN), by=school.tuan)


def test_it_is_refused_while_consents_stand_and_names_them_and_the_way(school, client):
    handed_in(school, slip_of(school.pupils[0]))
    withdraw(school, PUBLIC)
    found = granted(school)
    answer = ended(client, school, found)
    assert (answer.status_code, found.state) == (422, "granted")
    shown = text(answer)
    assert f"Chưa ghi rút lại: «{purpose(PHOTO).title}», " in shown
    assert f"«{purpose(PUBLIC).title}»" not in shown
    consents = reverse("approvals:consent_pupil", args=[school.pupils[0].pk])
    assert f'<a href="{consents}">Mở phiếu đồng ý của em</a>' in answer.content.decode()
    assert "Đã gỡ ảnh, báo phụ huynh.</textarea>" in answer.content.decode()


def test_what_the_request_did_not_ask_for_may_stand_and_the_reply_says_so(school, client):
    handed_in(school, slip_of(school.pupils[0]))
    others = ("kenh-nhan-tin", "suc-khoe", PUBLIC)
    found = granted(school)
    answer = ended(client, school, found, kept=others)
    assert (answer.status_code, found.state) == (422, "granted")
    assert answer.content.decode().count("checked") == 3
    withdraw(school, PHOTO)
    assert (ended(client, school, found, kept=others).status_code, found.state) == (302, "done")
    assert found.reply.startswith("Đã gỡ ảnh, báo phụ huynh.\nYêu cầu không xin rút: «")
    assert purpose(PUBLIC).title in found.reply
    assert purpose(PHOTO).title not in found.reply


def test_not_everything_may_stand_where_nothing_was_withdrawn(school, client):
    handed_in(school, slip_of(school.pupils[0]))
    found = granted(school)
    answer = ended(client, school, found, kept=(PHOTO, PUBLIC, "kenh-nhan-tin", "suc-khoe"))
    assert (answer.status_code, found.state) == (422, "granted")
    assert "Chưa có lời rút lại nào của em được ghi" in text(answer)


def test_once_all_is_withdrawn_or_nothing_ever_was_given_it_ends(school, client):
    handed_in(school, slip_of(school.pupils[0]))
    withdraw(school, PHOTO, PUBLIC, "kenh-nhan-tin", "suc-khoe")
    for subject in school.pupils[:2]:
        found = granted(school, subject=subject)
        assert (ended(client, school, found).status_code, found.state) == (302, "done")
        assert found.reply == "Đã gỡ ảnh, báo phụ huynh."


def test_another_request_and_one_of_the_staff_end_as_before(school, client):
    handed_in(school, slip_of(school.pupils[0]))
    for found in (granted(school, RequestKind.OBJECT), granted(school, subject=school.lan)):
        assert (ended(client, school, found).status_code, found.state) == (302, "done")
