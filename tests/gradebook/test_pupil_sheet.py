"""One pupil's whole year on a page: who sees what of it, what may be typed there, what it costs."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gradebook.regulation import Period
from tests.gradebook.school import add_pupils, close_window, enter, open_school, open_window, value_of

pytestmark = pytest.mark.django_db


the_school = open_school


def address(school, pupil=None, school_class=None):
    pupil = pupil or school.pupils[0]
    return f"/gradebook/sheets/{(school_class or school.class_4a).pk}/pupils/{pupil.pk}/"


def text(response):
    return response.content.decode()


def fields(page):
    return set(re.findall(r'name="c\.([^"]+)"', page))


def test_every_line_quality_and_competency_of_the_four_periods_stands_on_one_page(lan, school):
    enter(school.sheet(), school.pupils[0], "mark", "9", by=school.lan)
    enter(school.sheet("NLPC"), school.pupils[0], "comment", "Em ngoan.", by=school.lan, item="quality")
    page = text(lan.get(address(school)))
    assert page.count('<th scope="row">') == 12 + 15 + 3
    assert page.count("<td data-label") == (12 + 15 + 3) * 4
    assert 'value="9"' in page
    assert "Em ngoan." in page


def test_fields_are_those_that_the_person_answers_for_in_the_open_period(lan, client, school):
    names = fields(text(lan.get(address(school))))
    assert {"GHKI.TOAN.mark", "GHKI.TV.comment", "GHKI.yeu_nuoc.rating", "GHKI.quality.comment"} <= names
    assert {name.split(".")[0] for name in names} == {"GHKI"}
    assert not any("NN1" in name for name in names)
    client.force_login(school.hoa)
    assert fields(text(client.get(address(school)))) == set()


def test_a_subject_teacher_sees_the_own_line_alone_and_no_absences(client, school):
    client.force_login(school.thu)
    page = text(client.get(address(school)))
    assert page.count('<th scope="row">') == 1
    assert "Ngoại ngữ 1" in page
    assert "Số ngày nghỉ" not in page


def test_lines_and_traits_are_saved_together_each_by_its_own_sheet(lan, school):
    first = school.pupils[0]
    typed = {"c.GHKI.TOAN.mark": "9", "c.GHKI.TOAN.attainment": "t", "c.GHKI.nhan_ai.rating": "đ"}
    page = lan.post(address(school), typed)
    assert page.status_code == 200
    assert "Đã lưu 3 ô." in text(page)
    assert value_of(school.sheet(), first) == "9"
    assert value_of(school.sheet("NLPC"), first, "rating", item="nhan_ai") == "Đ"


def test_one_refused_value_keeps_no_other_from_being_saved_and_stays_in_its_cell(lan, school):
    page = lan.post(address(school), {"c.GHKI.TOAN.mark": "11", "c.GHKI.TV.mark": "8"})
    assert page.status_code == 422
    assert 'name="c.GHKI.TOAN.mark" value="11"' in text(page)
    assert value_of(school.sheet("TV"), school.pupils[0]) == "8"
    assert value_of(school.sheet(), school.pupils[0]) == ""


def test_a_cell_written_elsewhere_meanwhile_asks_which_value_stays(lan, school):
    first = school.pupils[0]
    enter(school.sheet(), first, "mark", "8", by=school.lan)
    page = lan.post(address(school), {"c.GHKI.TOAN.mark": "9"})
    assert page.status_code == 409
    assert 'name="k.GHKI.TOAN.mark" value="1"' in text(page)
    assert value_of(school.sheet(), first) == "8"
    lan.post(address(school), {"c.GHKI.TOAN.mark": "9", "k.GHKI.TOAN.mark": "1"})
    assert value_of(school.sheet(), first) == "9"


def test_what_meets_the_lock_is_shown_above_with_the_way_to_a_request(lan, school):
    close_window(school)
    page = lan.post(address(school), {"c.GHKI.TOAN.mark": "9"})
    assert page.status_code == 423
    assert "«9»" in text(page)
    assert f"/gradebook/sheets/{school.class_4a.pk}/TOAN/GHKI/?propose=1" in text(page)


@pytest.mark.parametrize("name", ["thu", "hoa", "tuan"])
def test_a_cell_of_somebody_elses_sheet_is_refused_before_anything_is_written(client, school, name):
    client.force_login(school.people[name])
    typed = {"c.GHKI.NN1.attainment": "T", "c.GHKI.TOAN.mark": "9"}
    page = client.post(address(school), typed)
    assert page.status_code == 403
    assert value_of(school.sheet(), school.pupils[0]) == ""
    assert value_of(school.sheet("NN1"), school.pupils[0], "attainment") == ""


def test_a_pupil_of_another_class_is_not_found_and_no_class_opens_by_a_pupil(lan, school):
    assert lan.get(address(school, school_class=school.class_4b)).status_code == 403
    stranger = add_pupils(school.class_4b, 1)[0]
    assert lan.get(address(school, stranger)).status_code == 404


def test_the_pages_before_and_after_are_those_of_the_class_order(lan, school):
    page = text(lan.get(address(school, school.pupils[1])))
    assert f'href="{address(school, school.pupils[0])}"' in page
    assert f'href="{address(school, school.pupils[2])}"' in page


def test_the_class_and_the_pupils_page_lead_to_it(lan, school):
    for place in (
        f"/students/classes/{school.class_4a.pk}/",
        f"/students/pupils/{school.pupils[0].pk}/",
    ):
        assert f'href="{address(school)}"' in text(lan.get(place))


def test_the_page_costs_the_same_empty_and_full_for_5_and_50_pupils(lan, school):
    def statements():
        with CaptureQueriesContext(connection) as asked:
            lan.get(address(school))
        return len(asked)

    lan.get(address(school))
    few = statements()
    for code in ("TOAN", "TV"):
        for name, value in (("attainment", "T"), ("mark", "9"), ("comment", "Em học tốt.")):
            enter(school.sheet(code), school.pupils[0], name, value, by=school.lan)
    add_pupils(school.class_4a, 45)
    assert (few, statements()) == (12, 12)


def test_the_page_is_light(lan, school):
    assert len(lan.get(address(school)).content) <= 60_000


def test_other_periods_stay_read_only_while_one_is_open(lan, school):
    open_window(school, Period.END_TERM_1)
    names = fields(text(lan.get(address(school))))
    assert {name.split(".")[0] for name in names} == {"GHKI", "CHKI"}


def test_a_competency_that_does_not_fit_its_subject_is_pointed_out_at_both(lan, school):
    enter(school.sheet(), school.pupils[0], "attainment", "T", by=school.lan)
    enter(school.sheet("NLPC"), school.pupils[0], "rating", "C", item="tinh_toan", by=school.lan)
    assert text(lan.get(address(school))).count("Năng lực Tính toán C nhưng Toán T.") == 2


def test_the_page_says_until_when_it_may_be_typed_into(lan, school):
    assert re.search(r"GHKI:\s+mở đến", text(lan.get(address(school))))
    close_window(school)
    assert not re.search(r"GHKI:\s+mở đến", text(lan.get(address(school))))


# -- Autosave


def save(client, school, *cells, ask=""):
    """Posts (period, item, field, value, version) of each cell as the page's script does."""
    changes = [
        dict(zip(("period", "item", "field", "value", "version"), cell, strict=True)) for cell in cells
    ]
    return client.post(
        address(school) + ask, json.dumps({"changes": changes}), content_type="application/json"
    )


def places(cells):
    return [(cell["period"], cell["item"], cell["field"]) for cell in cells]


def test_the_script_finds_whose_page_it_is_and_numbers_the_columns_alike_in_every_row(lan, school):
    page = text(lan.get(address(school)))
    assert f'data-sheet="{school.class_4a.pk}.p{school.pupils[0].pk}"' in page
    assert 'data-labels="Mức GHKI|Điểm GHKI|Nhận xét GHKI|Mức CHKI' in page
    columns = dict(re.findall(r'name="c\.([^"]+)"[^>]*? data-column="(\d+)"', page))
    assert columns.keys() == fields(page)
    assert {number for name, number in columns.items() if name.endswith(".comment")} == {"2"}


def test_touched_cells_of_several_sheets_are_saved_in_one_request_each_in_its_own_sheet(lan, school):
    answer = save(
        lan,
        school,
        ("GHKI", "TOAN", "mark", "9", 0),
        ("GHKI", "quality", "comment", "Em ngoan.", 0),
        ("GHKI", "TV", "mark", "11", 0),
    ).json()
    assert places(answer["saved"]) == [("GHKI", "TOAN", "mark"), ("GHKI", "quality", "comment")]
    assert places(answer["refused"]) == [("GHKI", "TV", "mark")]
    assert "thang điểm" in answer["refused"][0]["message"]
    assert answer["entered"] == 2
    assert value_of(school.sheet(), school.pupils[0]) == "9"
    assert value_of(school.sheet("NLPC"), school.pupils[0], "comment", item="quality") == "Em ngoan."


def test_a_value_written_elsewhere_meanwhile_comes_back_with_whose_it_is(lan, school):
    enter(school.sheet(), school.pupils[0], "mark", "8", by=school.lan)
    (conflict,) = save(lan, school, ("GHKI", "TOAN", "mark", "9", 0)).json()["conflicts"]
    assert (conflict["value"], conflict["mine"], conflict["version"], conflict["own"]) == ("8", "9", 1, True)
    assert save(lan, school, ("GHKI", "TOAN", "mark", "9", 1)).json()["conflicts"] == []
    assert value_of(school.sheet(), school.pupils[0]) == "9"


def test_the_lock_of_one_period_refuses_its_cells_alone_with_the_way_to_a_request(lan, school):
    open_window(school, Period.END_TERM_1)
    close_window(school)
    cells = ("GHKI", "TOAN", "mark", "9", 0), ("CHKI", "TOAN", "mark", "8", 0)
    page = save(lan, school, *cells)
    answer = page.json()
    assert (page.status_code, places(answer["saved"])) == (200, [("CHKI", "TOAN", "mark")])
    assert answer["refused"][0]["message"].startswith("Đã khoá")
    assert answer["refused"][0]["propose"] == (f"/gradebook/sheets/{school.class_4a.pk}/TOAN/GHKI/?propose=1")
    whole = save(lan, school, cells[0])
    assert (whole.status_code, whole.json()["saved"]) == (423, [])
    assert whole.json()["locked"].startswith("Đã khoá")
    assert value_of(school.sheet(), school.pupils[0]) == ""


def test_what_one_sheet_says_of_anothers_values_is_told_after_each_save(lan, school):
    enter(school.sheet("NLPC"), school.pupils[0], "rating", "C", item="tinh_toan", by=school.lan)
    doubts = save(lan, school, ("GHKI", "TOAN", "attainment", "T", 0)).json()["doubts"]
    assert doubts["GHKI.tinh_toan"] == doubts["GHKI.TOAN"] == ["Năng lực Tính toán C nhưng Toán T."]
    doubts = save(lan, school, ("GHKI", "TOAN", "attainment", "C", 1)).json()["doubts"]
    assert doubts["GHKI.tinh_toan"] == doubts["GHKI.TOAN"] == []


def test_what_a_paste_would_do_is_asked_without_writing(lan, school):
    answer = save(lan, school, ("GHKI", "TOAN", "mark", "9", 0), ask="?preview=1").json()
    assert places(answer["saved"]) == [("GHKI", "TOAN", "mark")]
    assert value_of(school.sheet(), school.pupils[0]) == ""


@pytest.mark.parametrize("name", ["thu", "hoa", "tuan"])
def test_the_autosave_refuses_somebody_elses_cell_before_anything_is_written(client, school, name):
    client.force_login(school.people[name])
    cells = ("GHKI", "NN1", "attainment", "T", 0), ("GHKI", "TOAN", "mark", "9", 0)
    assert save(client, school, *cells).status_code == 403
    assert value_of(school.sheet("NN1"), school.pupils[0], "attainment") == ""


def test_a_cell_that_is_none_is_refused_and_a_body_that_is_none_not_read(lan, school):
    answer = save(lan, school, ("GHKI", "VUI", "mark", "9", 0), ("GHKI", "TOAN", "mark", "9", 0)).json()
    assert places(answer["refused"]) == [("GHKI", "VUI", "mark")]
    assert places(answer["saved"]) == [("GHKI", "TOAN", "mark")]
    bad = save(lan, school, (7, "TOAN", "mark", "9", 0))
    assert (bad.status_code, "«period»" in bad.json()["error"]) == (400, True)
