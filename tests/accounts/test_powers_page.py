"""The page «Ai được làm gì» says what the table says, and points out the reader's own powers (PLAN III.1)."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.powers import RULES, TABLE, Action, Role, Whose, who_could
from tests.gradebook.school import make_school

pytestmark = pytest.mark.django_db


def page_of(person):
    client = Client()
    client.force_login(person)
    return " ".join(client.get(reverse("accounts:powers")).content.decode().split())


def row_of(page, words):
    """The cells of the row whose heading begins with the words."""
    row = next(row for row in re.findall(r"<tr>.*?</tr>", page) if words in row)
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<td.*?</td>", row)]


def test_each_power_stands_on_the_page_with_whose_things_it_covers():
    page = page_of(make_school().lan)
    for rule in TABLE:
        shown = row_of(page, rule.words[0].upper() + rule.words[1:])
        for role, cell in zip(Role, shown[:-2], strict=True):
            whose = rule.who.get(role) or rule.who.get(Role.STAFF)
            assert cell == (whose.label if whose else "– không"), rule.action
        assert shown[-1] == f"Căn cứ: {rule.plan_sections}"


def test_on_a_phone_roles_that_may_do_the_same_share_a_line():
    page = page_of(make_school().lan)
    assert row_of(page, "Xem việc chờ mình")[-2] == "Mọi người có tài khoản: của chính mình"
    own = row_of(page, "Đọc câu hỏi, sự cố và trả lời")[-2]
    assert own.startswith("Hiệu trưởng, Phó Hiệu trưởng, Văn thư: toàn trường")
    assert "Mọi người khác: của chính mình" in own


def test_the_readers_own_columns_stand_out():
    school = make_school()
    assert re.search(r"<th[^>]* data-mine> Giáo viên chủ nhiệm", page_of(school.lan))
    assert not re.search(r"<th[^>]* data-mine> Giáo viên chủ nhiệm", page_of(school.thu))


def test_nobody_but_the_teacher_of_the_sheet_enters_marks():
    assert dict(RULES[Action.ENTER_SHEET].who) == {
        Role.HOMEROOM: Whose.OWN_SHEET,
        Role.SUBJECT: Whose.OWN_SHEET,
    }


def test_a_refusal_names_roles_and_whose_things():
    assert who_could(Action.DECIDE_REQUEST) == "Phó Hiệu trưởng"
    assert who_could(Action.ENTER_SHEET) == ("Giáo viên chủ nhiệm, Giáo viên bộ môn (sổ mình được phân công)")
    assert who_could(Action.SEE_CLASS).endswith("người được Phó Hiệu trưởng cấp quyền")
