"""The rule set is data of the year: proposed from its number, kept once somebody has worked by it (domain.md 0.1)."""

import ast
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from gradebook.models import EntryWindow
from gradebook.opening import checklist
from gradebook.regulation import RULE_SETS, NotCovered, rules_for
from gradebook.rule_choice import choose_rule_set
from gradebook.year_rules import rules_of
from students.models import SchoolYear, YearIsClosed, proposed_rule_set
from students.models.years import RULE_SET_CODES
from students.years import YearRefused
from tests.gradebook.next_year import prepare_after
from tests.gradebook.school import School, enter, open_window
from tests.students.test_year_pages import as_, text

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def following(school) -> SchoolYear:
    return prepare_after(school.year, by=school.tuan)


def choose(school: School, year: SchoolYear, code: str = "2020", reason: str = "Công văn 15") -> None:
    choose_rule_set(year, code, reason=reason, by=school.tuan)
    year.refresh_from_db()


def test_the_codes_of_the_years_are_those_of_the_regulation():
    assert tuple(rules.code for rules in RULE_SETS) == RULE_SET_CODES


@pytest.mark.parametrize("year", [2020, 2024, 2025, 2026, 2030])
def test_a_year_is_proposed_the_newest_rules_of_its_time(year):
    assert proposed_rule_set(year) == rules_for(year).code


def test_a_year_that_is_prepared_gets_the_rules_of_its_time_and_the_guided_page_shows_them(school, following):
    assert following.rule_set == "2026"
    (item,) = [each for each in checklist(following) if each.title == "Bộ quy định"]
    assert (item.found, item.word) == ("Thông tư 27/2020/TT-BGDĐT, Điều lệ 15/2026", "Đủ")
    assert item.found in text(as_(school.bich).get(reverse("gradebook:opening", args=[following.pk])))


def test_another_rule_set_changes_what_every_page_says_of_the_year(school, following):
    choose(school, following)
    assert "28/2020" in rules_of(following).legal_bases[0]
    (item,) = [each for each in checklist(following) if each.title == "Bộ quy định"]
    assert item.missing == "khác bộ đề xuất theo năm học: Thông tư 27/2020/TT-BGDĐT, Điều lệ 15/2026"
    page = text(as_(school.hoa).get(reverse("gradebook:year_lines", args=[following.pk])))
    assert "Thông tư số 28/2020/TT-BGDĐT" in page


def test_the_clerk_changes_it_on_the_page_of_lines_with_a_reason_that_stays(school, following):
    clerk, address = as_(school.tuan), reverse("gradebook:year_rules", args=[following.pk])
    answer = clerk.post(address, {"rule_set": "2020", "reason": " "})
    assert answer.status_code == 422
    assert "Chưa ghi" in text(answer)
    assert clerk.post(address, {"rule_set": "2020", "reason": "Công văn 15"}).status_code == 302
    page = text(clerk.get(reverse("students:year", args=[following.pk])))
    assert "Sửa bộ quy định" in page
    assert "Công văn 15" in page


def test_it_is_kept_once_a_window_of_the_year_exists(school):
    open_window(school)
    with pytest.raises(YearRefused, match="đã có đợt nhập: bộ quy định không đổi được nữa"):
        choose(school, school.year)
    page = text(as_(school.tuan).get(reverse("gradebook:year_lines", args=[school.year.pk])))
    assert "Năm học đã có đợt nhập" in page
    assert "Đổi bộ quy định" not in page
    with pytest.raises(IntegrityError, match="keeps its rule set"), transaction.atomic():
        SchoolYear.objects.update(rule_set="2020")


def test_it_is_kept_once_a_result_of_the_year_exists(school):
    open_window(school, "CHKI")
    enter(school.sheet(period="CHKI"), school.pupils[0], "mark", "9", by=school.lan)
    with pytest.raises(IntegrityError, match="keeps its rule set"), transaction.atomic():
        SchoolYear.objects.update(rule_set="2020")
    assert EntryWindow.objects.exists()


def test_only_another_rule_set_of_the_years_time_can_be_chosen(school, following):
    with pytest.raises(YearRefused, match="đang theo bộ này"):
        choose(school, following, code="2026")
    with pytest.raises(YearRefused, match="không có bộ quy định đó"):
        choose(school, following, code="1999")
    for code in ("", "2027"):
        with pytest.raises(IntegrityError, match="rule_set_was_there"), transaction.atomic():
            SchoolYear.objects.filter(pk=following.pk).update(rule_set=code)


def test_a_closed_year_keeps_its_rule_set(school):
    SchoolYear.objects.filter(pk=school.year.pk).update(state="closed")
    with pytest.raises(YearIsClosed):
        choose(school, school.year)


def test_a_year_before_the_circular_has_none():
    with pytest.raises(NotCovered, match="Năm học 2019 - 2020 chưa áp dụng"):
        rules_of(SchoolYear(year=2019, rule_set=proposed_rule_set(2019)))


def test_nobody_asks_the_regulation_by_the_number_of_a_year_alone():
    """`rules_for` proposes; what holds is stored. Two places may ask what is proposed."""
    askers = set()
    for app in ("gradebook", "approvals", "reports", "kimdong"):
        for file in (ROOT / app).rglob("*.py"):
            source = file.read_text(encoding="utf-8")
            if "rules_for" in source and any(
                isinstance(node, ast.Name) and node.id == "rules_for" for node in ast.walk(ast.parse(source))
            ):
                askers.add(file.name)
    assert askers == {"opening.py", "line_views.py"}
