"""A block pasted with its headings goes where these say, and its rows to the pupils that they name."""

import json

import pytest

from tests.gradebook.school import open_school

pytestmark = pytest.mark.django_db
the_school = open_school


def ask(client, school, rows, first=0):
    students = [pupil.pk for pupil in school.pupils[first:]]
    return client.post(
        f"/gradebook/sheets/{school.class_4a.pk}/TOAN/GHKI/?block=1",
        json.dumps({"rows": rows, "students": students}),
        content_type="application/json",
    )


def test_headings_name_the_columns_and_names_the_pupils(lan, school):
    one, other = school.pupils[2], school.pupils[0]
    rows = [
        ["STT", "Họ và tên", "Mức đạt được", "Ghi chú"],
        ["1", one.full_name, "T", "x"],
        ["2", other.full_name, "H", ""],
        ["3", "Không Ai Cả", "C", ""],
    ]
    block = ask(lan, school, rows).json()["block"]
    assert block["cells"] == [[one.pk, "TOAN", "attainment", "T"], [other.pk, "TOAN", "attainment", "H"]]
    assert "«Không Ai Cả» không có trong danh sách lớp 4A" in block["told"][1]
    assert any("«Ghi chú»" in words for words in block["told"])


def test_headings_alone_are_skipped_and_the_rows_go_down_from_the_cursor(lan, school):
    rows = [["Điểm KTĐK", "Nhận xét"], ["9", "Em giỏi."], ["8", ""]]
    cells = ask(lan, school, rows, first=1).json()["block"]["cells"]
    assert cells == [
        [school.pupils[1].pk, "TOAN", "mark", "9"],
        [school.pupils[1].pk, "TOAN", "comment", "Em giỏi."],
        [school.pupils[2].pk, "TOAN", "mark", "8"],
        [school.pupils[2].pk, "TOAN", "comment", ""],
    ]


def test_a_block_without_headings_is_left_as_it_lies_and_a_strangers_is_refused(client, lan, school):
    assert ask(lan, school, [["T", "9"], ["H", "8"]]).json() == {"block": None}
    named = ask(lan, school, [["1", school.pupils[1].full_name, "T"], ["2", "", "H"]]).json()["block"]
    assert (named["cells"], len(named["told"])) == ([], 1)
    assert ask(lan, school, "x").status_code == 400
    client.force_login(school.hoa)
    assert ask(client, school, [["Mức", "Điểm"], ["T", "9"]]).status_code == 403
