"""All sheets of a teacher as one workbook: out, filled in, looked at, back in; each sheet whole or not at all."""

import io
import re
from typing import Any

import openpyxl
import pytest
import python_calamine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessLogEntry
from gradebook.models import SubjectResult
from tests.gradebook.school import close_window, enter, open_school, open_window, value_of
from tests.students.workbook_making import workbook

pytestmark = pytest.mark.django_db

PLACE = "/gradebook/sheets/"


the_school = open_school


def text(response) -> str:
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def download(client, *periods) -> bytes:
    answer = client.get(f"{PLACE}excel/", {"period": list(periods)})
    return b"".join(answer.streaming_content)


def filled(data: bytes, **pages: Any) -> bytes:
    """The file with cells typed over, by page (_ for a space) and name."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for title, cells in pages.items():
        for name, value in cells.items():
            book[title.replace("_", " ")][name] = value
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def send(client, data, period="GHKI"):
    return client.post(PLACE, {"file": SimpleUploadedFile("các sổ.xlsx", data), "period": period})


def press(client, preview, *, without=(), **answers):
    """Presses «Ghi vào sổ» with every sheet chosen but those in `without`."""
    page = preview.content.decode()
    tokens = dict(re.findall(r'name="(wanted\.[^"]+)" value="([^"]+)"', page))
    chosen = {name.replace("wanted.", "write."): "on" for name in tokens}
    chosen = {name: value for name, value in chosen.items() if not any(part in name for part in without)}
    return client.post(PLACE, {"apply": "1", **tokens, **chosen, **answers})


def pupil_row(pupil, *cells):
    return [pupil.full_name, pupil.birth_label, *cells]


WHO = ["Họ và tên", "Ngày sinh"]


# -- Out


def test_the_workbook_has_a_page_a_class_line_and_period_of_those_asked_for(client, school):
    client.force_login(school.thu)
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(download(client, "GHKI", "CHKI")))
    assert book.sheet_names == [
        "4A Ngoại ngữ 1 GHKI",
        "4A Ngoại ngữ 1 CHKI",
        "4B Ngoại ngữ 1 GHKI",
        "4B Ngoại ngữ 1 CHKI",
    ]
    second = book.get_sheet_by_name("4B Ngoại ngữ 1 CHKI").to_python()
    assert (second[1][1], second[1][-2], len(second)) == ("4B", "Cuối học kì I", 4)
    assert len(openpyxl.load_workbook(io.BytesIO(download(client))).sheetnames) == 8


def test_its_pages_are_the_files_of_the_sheets_and_the_log_says_who_took_them(lan, school):
    enter(school.sheet("TV"), school.pupils[0], "attainment", "T", by=school.lan)
    pages = openpyxl.load_workbook(io.BytesIO(download(lan, "GHKI")))
    of_one = lan.get(f"{PLACE}{school.class_4a.pk}/TV/GHKI/excel/")
    alone = openpyxl.load_workbook(io.BytesIO(b"".join(of_one.streaming_content)))
    assert list(pages["4A Tiếng Việt GHKI"].values) == list(alone.worksheets[0].values)
    entry = AccessLogEntry.objects.filter(kind="downloaded").earliest("pk")
    assert (entry.user, entry.target) == (school.lan, "3 sổ của các lớp 4A")


def test_the_page_offers_what_is_open_and_the_start_page_leads_there(lan, school):
    page = lan.get(PLACE)
    assert re.findall(r'value="(\w+)"\s+checked', page.content.decode()) == ["GHKI"]
    assert "3 sổ, 3 sổ đang mở đến" in text(page)
    assert f'href="{PLACE}"' in lan.get("/").content.decode()


def test_who_enters_no_sheet_is_told_so(client, school):
    client.force_login(school.tuan)
    assert client.get(PLACE).status_code == client.get(f"{PLACE}excel/").status_code == 403


# -- Back in


def test_every_sheet_of_the_file_is_shown_old_to_new_and_written_when_confirmed(lan, school):
    first = school.pupils[0]
    enter(school.sheet(), first, "attainment", "H", by=school.lan)
    data = filled(
        download(lan, "GHKI"),
        **{"4A_Toán_GHKI": {"F2": "T", "G2": 9}, "4A_Tiếng_Việt_GHKI": {"F3": "H"}},
        **{"4A_Phẩm_chất_và_năng_lực_GHKI": {"F2": "T"}},
    )
    preview = send(lan, data)
    shown = text(preview)
    assert preview.status_code == 200
    assert (
        "Toán · Lớp 4A · Giữa học kì I : Ghi 2 ô của 1 học sinh: 1 ô đang trống, 1 ô thay giá trị cũ."
        in shown
    )
    assert "H → T" in shown
    assert not SubjectResult.objects.filter(attainment="T").exists()

    done = press(lan, preview)
    assert done.status_code == 302
    said = text(lan.get(done.url))
    assert "Đã ghi 2 ô vào sổ Toán · Lớp 4A · Giữa học kì I." in said
    assert value_of(school.sheet(), first) == "9"
    assert value_of(school.sheet("TV"), school.pupils[1], "attainment") == "H"
    assert SubjectResult.history.latest("history_id").source == "excel"


def test_a_refused_cell_keeps_its_sheet_out_and_no_other(lan, school):
    data = filled(
        download(lan, "GHKI"), **{"4A_Toán_GHKI": {"G2": 11, "F2": "T"}, "4A_Tiếng_Việt_GHKI": {"G2": 8}}
    )
    preview = send(lan, data)
    assert preview.status_code == 422
    assert "1 chỗ phải sửa, nên chưa ô nào của sổ này được ghi" in text(preview)
    press(lan, preview)
    assert value_of(school.sheet(), school.pupils[0], "attainment") == ""
    assert value_of(school.sheet("TV"), school.pupils[0]) == "8"


def test_a_sheet_that_is_not_chosen_is_left_alone(lan, school):
    data = filled(download(lan, "GHKI"), **{"4A_Toán_GHKI": {"G2": 9}, "4A_Tiếng_Việt_GHKI": {"G2": 8}})
    press(lan, send(lan, data), without=["TOAN"])
    assert (value_of(school.sheet(), school.pupils[0]), value_of(school.sheet("TV"), school.pupils[0])) == (
        "",
        "8",
    )


def test_a_conflict_is_answered_in_its_own_sheet(lan, school):
    first = school.pupils[0]
    open_window(school, "CHKI")
    data = filled(download(lan, "GHKI", "CHKI"), **{"4A_Toán_GHKI": {"G2": 9}, "4A_Toán_CHKI": {"G2": 8}})
    for period in ("GHKI", "CHKI"):
        enter(school.sheet(period=period), first, "mark", "6", by=school.lan)
    preview = send(lan, data)
    assert preview.status_code == 409
    assert "Chính thầy cô đã ghi «6»" in text(preview)
    names = re.findall(r'name="(k\.[^"]+)"\s+value="1"', preview.content.decode())
    assert len(names) == 2
    mine, theirs = sorted(names, key=lambda name: "GHKI" not in name)
    assert press(lan, preview, **{mine: "1"}).status_code == 409
    assert (value_of(school.sheet(), first), value_of(school.sheet(period="CHKI"), first)) == ("9", "6")
    again = send(lan, data)
    assert press(lan, again, **{theirs: "theirs"}).status_code == 302
    assert value_of(school.sheet(period="CHKI"), first) == "6"


def test_a_locked_sheet_says_why_and_offers_a_request_while_the_open_one_is_written(lan, school):
    open_window(school, "CHKI")
    data = filled(download(lan, "GHKI", "CHKI"), **{"4A_Toán_GHKI": {"G2": 9}, "4A_Toán_CHKI": {"G2": 8}})
    order = close_window(school)
    preview = send(lan, data)
    assert preview.status_code == 423
    assert f"theo văn bản số {order.number}. 1 ô của tệp khác với sổ, chưa ô nào được ghi." in text(preview)
    assert f'name="c.{school.pupils[0].pk}.TOAN.mark" value="9"' in preview.content.decode()
    press(lan, preview)
    assert value_of(school.sheet(), school.pupils[0]) == ""
    assert value_of(school.sheet(period="CHKI"), school.pupils[0]) == "8"


def test_a_sheet_locked_between_preview_and_writing_is_not_written(lan, school):
    preview = send(lan, filled(download(lan, "GHKI"), **{"4A_Toán_GHKI": {"G2": 9}}))
    close_window(school)
    response = press(lan, preview)
    assert response.status_code == 423
    assert "Lập phiếu đề nghị sửa từ 1 ô" in text(response)
    assert not SubjectResult.objects.exists()


def test_what_was_taken_and_not_touched_says_there_is_nothing_to_write(lan, school):
    enter(school.sheet(), school.pupils[0], "mark", "7", by=school.lan)
    preview = send(lan, download(lan, "GHKI"))
    assert preview.status_code == 200
    assert "Không có gì để ghi" in text(preview)


def test_a_preview_is_good_for_its_person_only(client, lan, school):
    preview = send(lan, filled(download(lan, "GHKI"), **{"4A_Toán_GHKI": {"G2": 9}}))
    client.force_login(school.thu)
    assert press(client, preview).status_code == 422
    assert not SubjectResult.objects.exists()


# -- Other systems' shapes


def test_a_page_a_line_of_one_class_is_read_for_each(lan, school):
    first = school.pupils[0]
    pages = [
        (title, [[*WHO, "Mức đạt được"], pupil_row(first, "T")])
        for title in ("Toán", "Tiếng Việt", "Âm nhạc")
    ]
    preview = send(lan, workbook(*pages))
    assert "«Âm nhạc»" in text(preview)
    press(lan, preview)
    assert [value_of(school.sheet(code), first, "attainment") for code in ("TOAN", "TV")] == ["T", "T"]


def test_a_flat_table_of_two_classes_and_two_periods_is_read_for_each(client, school):
    open_window(school, "CHKI")
    client.force_login(school.thu)
    other = school.class_4b.enrolments.first().student
    rows = [
        ["STT", "Lớp", *WHO, "Mức đạt được", "Thời điểm đánh giá"],
        [1, "4A", *pupil_row(school.pupils[0], "T", "Giữa học kì I")],
        [2, "4A", *pupil_row(school.pupils[0], "H", "Cuối học kỳ I năm học 2026-2027")],
        [3, "Lớp 4B", *pupil_row(other, "C", "GHKI")],
        [4, "5A", *pupil_row(other, "C", "GHKI")],
    ]
    preview = send(client, workbook(("Sheet1", rows)))
    assert "lớp 5A" in text(preview)
    press(client, preview)
    got = [
        value_of(school.sheet("NN1", period, school_class), pupil, "attainment")
        for period, school_class, pupil in (
            ("GHKI", school.class_4a, school.pupils[0]),
            ("CHKI", school.class_4a, school.pupils[0]),
            ("GHKI", school.class_4b, other),
        )
    ]
    assert got == ["T", "H", "C"]


def test_a_page_a_class_and_the_period_chosen_for_a_file_that_names_none(client, school):
    open_window(school, "CHKI")
    client.force_login(school.thu)
    other = school.class_4b.enrolments.first().student
    pages = [
        (title, [[*WHO, "Điểm KTĐK"], pupil_row(pupil, 8)])
        for title, pupil in (("4A", school.pupils[0]), ("Lớp 4B", other))
    ]
    press(client, send(client, workbook(*pages), "CHKI"))
    assert value_of(school.sheet("NN1", "CHKI"), school.pupils[0]) == "8"
    assert value_of(school.sheet("NN1", "CHKI", school.class_4b), other) == "8"


def test_a_table_whose_line_or_class_nobody_tells_is_not_guessed(client, lan, school):
    response = send(lan, workbook(("Sheet1", [[*WHO, "Mức đạt được"], pupil_row(school.pupils[0], "T")])))
    assert "môn học chưa rõ" in text(response)
    client.force_login(school.thu)
    response = send(client, workbook(("Sheet1", [[*WHO, "Mức đạt được"], pupil_row(school.pupils[0], "T")])))
    assert "lớp chưa rõ" in text(response)
    assert response.status_code == 422


# -- Budget


def statements_of(act) -> int:
    with CaptureQueriesContext(connection) as statements:
        act()
    return len(statements)


def test_taking_all_sheets_and_looking_at_a_file_without_news_cost_the_same_whatever_their_number(
    client, school
):
    """Cô Thu has eight sheets of two classes, cô Lan twelve of one, homeroom sheets among them: a table more."""
    counted = []
    for person in (school.thu, school.lan):
        client.force_login(person)
        data = download(client)
        counted.append(
            (statements_of(lambda: download(client)), statements_of(lambda data=data: send(client, data)))
        )
    assert counted == [(9, 14), (10, 15)]


def test_each_sheet_that_would_change_costs_four_statements_more(lan, school):
    data = download(lan, "GHKI")
    one = filled(data, **{"4A_Toán_GHKI": {"G2": 9}})
    two = filled(one, **{"4A_Tiếng_Việt_GHKI": {"G2": 9}})
    costs = [statements_of(lambda file=file: send(lan, file)) for file in (data, one, two)]
    assert costs[2] - costs[1] <= costs[1] - costs[0] <= 4
