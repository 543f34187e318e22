"""The rule set of a year on its page: whole, with sources, drawn from the functions that apply it."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gradebook import rules_page
from gradebook.regulation import SOURCES, rule_set
from gradebook.rules_page import rule_sections
from students.models import SchoolYear
from tests.gradebook.school import make_school

NOW = SchoolYear(year=2026, rule_set="2026")


def rows(code, year=NOW):
    return {row[0]: row[1:] for row in section(code, year).rows}


def section(code, year=NOW):
    return next(each for each in rule_sections(year) if each.code == code)


def test_every_section_names_its_source_and_every_source_is_of_a_section():
    named = {each.source for each in rule_sections(NOW)}
    assert named | {SOURCES["lines"], SOURCES["tests"]} == set(SOURCES.values())


def test_the_results_of_article_9_stand_with_the_lowest_values_that_allow_them():
    assert rows("result") == {
        "Hoàn thành xuất sắc": ("T", "T", "từ 9"),
        "Hoàn thành tốt": ("T", "T", "từ 7"),
        "Hoàn thành": ("T hoặc H", "T hoặc Đ", "từ 5"),
        "Chưa hoàn thành": ("có môn C", "có nội dung C", "có điểm từ 0 đến 4"),
    }


def test_the_page_follows_the_rule_set_of_its_year(monkeypatch):
    strict = replace(rule_set("2026"), pass_mark=6, mark_floor=1, optional_lines_count=True)
    monkeypatch.setattr(rules_page, "rules_of", lambda _year: strict)
    assert rows("result")["Chưa hoàn thành"][2] == "có điểm từ 1 đến 5"
    assert rows("norm")["H – Hoàn thành"] == ("6 đến 6",)
    assert "Môn tự chọn được tính." in " ".join(section("result").notes)


def test_grades_1_and_2_have_no_technology_and_no_informatics():
    traits = rows("traits-specific")
    assert traits["Công nghệ"] == ("không", "không", "có", "có", "có")
    assert traits["Cộng"] == ("5", "5", "7", "7", "7")


def test_awards_completion_and_supplementary_assessment_say_what_the_functions_do():
    awards = rows("awards")
    assert awards["Hoàn thành xuất sắc"] == ("Học sinh Xuất sắc", "không")
    assert "tập thể lớp công nhận" in awards["Hoàn thành tốt"][1]
    assert awards["Hoàn thành"] == ("–", "–")
    assert rows("completion")["Chưa hoàn thành"] == ("không", "không")
    assert rows("reassessment")["Điểm KTĐK cuối năm"] == ("có điểm từ 0 đến 4",)


def test_the_four_ways_to_assess_a_disabled_pupil_are_told_apart():
    assert list(rows("disability")) == ["Bình thường", "Điều chỉnh", "Miễn", "Không đánh giá"]


@pytest.mark.django_db
def test_the_vice_principal_reads_them_all_on_the_page_of_the_year(client):
    school = make_school()
    client.force_login(school.hoa)
    place = f"/gradebook/years/{school.year.pk}/lines/"
    client.get(place)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(place).content.decode()
    for each in rule_sections(school.year):
        assert f'<h2 id="rule-{each.code}">{each.title}</h2>' in page
    assert "Căn cứ: Thông tư 27/2020/TT-BGDĐT, Điều 9." in page
    assert len(asked) == 9
