"""A teacher's round trip through Excel: take the sheet, fill it in, look at the dry run, write it; and the lock."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessLogEntry
from gradebook.models import SubjectResult, TraitResult
from tests.gradebook.mark_files import cells_of, described, filled, typed
from tests.gradebook.school import close_window, enter, make_school, open_window, resize, value_of
from tests.students.workbook_making import DATA

pytestmark = pytest.mark.django_db


def the_school():
    school = make_school()
    open_window(school)
    return school


def address(school, code="TOAN", period="GHKI", tail="upload/", school_class=None):
    return f"/gradebook/sheets/{(school_class or school.class_4a).pk}/{code}/{period}/{tail}"


def text(response) -> str:
    """What stands on the page, without the frame."""
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def download(client, school, code="TOAN") -> bytes:
    return b"".join(client.get(address(school, code, tail="excel/")).streaming_content)


def send(client, school, data, code="TOAN", name="4A toán.xlsx"):
    return client.post(address(school, code), {"file": SimpleUploadedFile(name, data)})


def press(client, school, preview, code="TOAN", **answers):
    """Presses «Ghi vào sổ» on a preview; answers to conflicts by the field's name."""
    token = re.search(r'name="wanted" value="([^"]+)"', preview.content.decode())[1]
    return client.post(address(school, code), {"wanted": token, **answers})


# -- Download


def test_whoever_may_see_the_sheet_takes_it_as_a_workbook_and_the_log_has_it(client, school):
    enter(school.sheet(), school.pupils[0], "mark", "9", by=school.lan)
    client.force_login(school.tuan)
    response = client.get(address(school, tail="excel/"))
    assert response["Content-Disposition"] == f'attachment; filename="4A-TOAN-GHKI-{school.year.pk}.xlsx"'
    assert cells_of(b"".join(response.streaming_content))[1][6] == 9
    entry = AccessLogEntry.objects.latest("pk")
    assert (entry.kind, entry.user) == ("downloaded", school.tuan)


def test_the_sheet_leads_to_both_for_its_teacher_and_to_the_download_for_those_who_look(client, lan, school):
    links = (address(school, tail="excel/"), address(school))
    assert [f'href="{link}"' in lan.get(address(school, tail="")).content.decode() for link in links] == [
        True,
        True,
    ]
    client.force_login(school.tuan)
    assert [f'href="{link}"' in client.get(address(school, tail="")).content.decode() for link in links] == [
        True,
        False,
    ]


# -- Dry run and writing


def test_a_filled_in_download_is_shown_old_to_new_and_written_when_confirmed(lan, school):
    first, second = school.pupils[:2]
    enter(school.sheet(), first, "attainment", "H", by=school.lan)
    data = filled(download(lan, school), F2="T", G2=9, H3="- Em cần cố gắng", F4="hoàn thành tốt")
    preview = send(lan, school, data)
    shown = text(preview)
    assert preview.status_code == 200
    assert "Ghi 4 ô của 3 học sinh: 3 ô đang trống, 1 ô thay giá trị cũ." in shown
    assert f"{first.full_name} Trang «Toán», hàng 2, cột F «Mức đạt được»" in shown
    assert "H → T" in shown
    assert "(trống) → - Em cần cố gắng" in shown
    assert value_of(school.sheet(), first, "attainment") == "H"

    done = press(lan, school, preview)
    assert (done.status_code, done.url) == (302, address(school, tail=""))
    assert "Đã ghi 4 ô từ tệp «4A toán.xlsx»" in text(lan.get(done.url))
    assert value_of(school.sheet(), first, "attainment") == "T"
    assert value_of(school.sheet(), first) == "9"
    assert value_of(school.sheet(), second, "comment") == "- Em cần cố gắng"
    assert value_of(school.sheet(), school.pupils[2], "attainment") == "T"


def test_the_history_says_that_it_came_from_which_file(lan, school):
    press(lan, school, send(lan, school, filled(download(lan, school), G2=9)))
    row = SubjectResult.history.get()
    assert (row.source, row.acting_role, row.history_user) == ("excel", "GVCN 4A, môn Toán", school.lan)
    assert row.history_change_reason == "Nạp từ tệp «4A toán.xlsx»"
    assert row.window_id is not None


def test_a_homeroom_sheet_goes_the_same_way(lan, school):
    data = filled(download(lan, school, "NLPC"), F2="T", G2="D", K2="Em ngoan.")
    preview = send(lan, school, data, "NLPC")
    assert "Ghi 3 ô của 1 học sinh" in text(preview)
    press(lan, school, preview, "NLPC")
    stored = {(row.item, row.rating, row.comment) for row in TraitResult.objects.all()}
    assert stored == {("yeu_nuoc", "T", ""), ("nhan_ai", "Đ", ""), ("quality", "", "Em ngoan.")}


def test_a_download_sent_back_as_it_was_has_nothing_to_write(lan, school):
    enter(school.sheet(), school.pupils[0], "comment", "=1+1", by=school.lan)
    enter(school.sheet(), school.pupils[1], "mark", "0", by=school.lan)
    preview = send(lan, school, download(lan, school))
    assert "2 ô có giá trị trong tệp «4A toán.xlsx» đã đúng như vậy" in text(preview)
    assert 'name="wanted"' not in preview.content.decode()


def test_an_emptied_cell_leaves_the_stored_value_alone(lan, school):
    enter(school.sheet(), school.pupils[0], "mark", "7", by=school.lan)
    preview = send(lan, school, filled(download(lan, school), G2=None, F2="T"))
    assert "Ghi 1 ô của 1 học sinh" in text(preview)
    press(lan, school, preview)
    assert value_of(school.sheet(), school.pupils[0]) == "7"


def test_bad_cells_are_named_with_row_column_reason_and_remedy_and_nothing_can_be_written(lan, school):
    response = send(lan, school, filled(download(lan, school), F2="T", F3="Đạt", G4=8.5, G5=11))
    shown = text(response)
    assert response.status_code == 422
    assert "3 chỗ phải sửa, nên chưa ô nào được ghi" in shown
    assert f"{school.pupils[1].full_name} Trang «Toán», hàng 3, cột F «Mức đạt được»" in shown
    assert "hãy ghi T (Hoàn thành tốt), H (Hoàn thành), C (Chưa hoàn thành)" in shown
    assert "Điểm KTĐK “8.5” là số thập phân" in shown
    assert "“11” nằm ngoài thang điểm: hãy ghi số nguyên từ 0 đến 10" in shown
    assert 'name="wanted"' not in response.content.decode()
    assert not SubjectResult.objects.exists()


def test_a_mark_where_the_matrix_has_none_is_refused_not_dropped(client, school):
    client.force_login(school.thu)
    data = typed(described(school.pupils[0], level="T", mark=9))
    response = send(client, school, data, "NN1")
    assert response.status_code == 422
    assert "Ngoại ngữ 1 khối 4 không có ô này" in text(response)


def test_a_level_and_mark_that_do_not_fit_are_pointed_out_and_may_be_written(lan, school):
    preview = send(lan, school, filled(download(lan, school), F2="H", G2=9))
    assert text(preview).count("thường đi với điểm từ 5 đến 6") == 1
    assert press(lan, school, preview).status_code == 302


def test_a_class_that_gets_one_value_and_one_comment_is_pointed_out(lan, school):
    cells = {
        f"{letter}{row}": value for row in range(2, 7) for letter, value in (("F", "T"), ("H", "Em ngoan."))
    }
    preview = send(lan, school, filled(download(lan, school), **cells))
    assert "cả 5 em cùng «T»" in text(preview)
    assert "5 trên 5 em có cùng một nhận xét «Em ngoan.»" in text(preview)
    cells["F6"] = "H"
    assert "cả 5 em" not in text(send(lan, school, filled(download(lan, school), **cells)))


def test_a_refused_text_is_shown_by_its_beginning(lan, school):
    response = send(lan, school, filled(download(lan, school), H2="dài " * 700))
    assert response.status_code == 422
    assert "dài " * 60 not in text(response)


def test_the_part_of_another_sheet_is_named_with_where_it_is_read(lan, school):
    row = described(school.pupils[0], level="T")
    response = send(lan, school, typed(row | {"Lớp": "4A"}, row | {"Lớp": "4B"}))
    assert response.status_code == 200
    assert "Tệp còn kết quả của sổ khác, không đọc ở đây: lớp 4B." in text(response)
    assert 'href="/gradebook/sheets/"' in response.content.decode()


def test_a_row_of_nobody_is_refused_with_its_place(lan, school):
    response = send(lan, school, typed(described(school.pupils[0], level="T", STT=1), {"Mức đạt được": "H"}))
    assert response.status_code == 422
    assert "(chưa nhận ra học sinh) Trang «Sheet1», hàng 3, cột C «Mức đạt được»" in text(response)


def test_a_file_of_another_class_is_refused_with_words(client, lan, school):
    data = filled(download(lan, school), F2="T")
    client.force_login(school.minh)
    place = address(school, school_class=school.class_4b)
    response = client.post(place, {"file": SimpleUploadedFile("4A.xlsx", data)})
    assert response.status_code == 422
    assert "Tệp là của lớp 4A, còn đây là sổ Toán · Lớp 4B" in text(response)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Tệp rỗng. Chọn lại tệp kết quả."),
        (b"STT,T\n", "Tệp là văn bản (CSV)"),
        ((DATA / "workbooks" / "pass_protected.xlsx").read_bytes(), "mật khẩu"),
        ((DATA / "workbooks" / "xlsx-corrupted.xlsx").read_bytes(), "Tệp bị hỏng"),
        (b"PK\x03\x04" + bytes(10 * 1024 * 1024), "Tệp quá lớn (10,0 MB); nhiều nhất 10 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_remedy(lan, school, content, words):
    response = send(lan, school, content)
    assert response.status_code == 422
    assert words in text(response)


def test_no_file_at_all_is_said(lan, school):
    response = lan.post(address(school))
    assert response.status_code == 422
    assert "Chưa chọn tệp" in text(response)


# -- Values entered meanwhile


def test_a_cell_entered_since_the_download_is_a_conflict_and_the_answer_decides(lan, school):
    first, second = school.pupils[:2]
    enter(school.sheet(), first, "mark", "7", by=school.lan)
    data = filled(download(lan, school), G2=9, G3=8)
    enter(school.sheet(), first, "mark", "6", by=school.lan)
    enter(school.sheet(), second, "mark", "5", by=school.lan)
    preview = send(lan, school, data)
    assert preview.status_code == 409
    assert re.search(r"Chính thầy cô đã ghi «6» lúc \d\d:\d\d:\d\d [\d/]+; tệp ghi «9»", text(preview))

    unanswered = press(lan, school, preview)
    assert unanswered.status_code == 409
    assert "Chưa ô nào được ghi" in text(unanswered)
    assert (value_of(school.sheet(), first), value_of(school.sheet(), second)) == ("6", "5")

    names = (f"k.{pupil.pk}.TOAN.mark" for pupil in (first, second))
    done = press(lan, school, unanswered, **dict(zip(names, ("2", "theirs"), strict=True)))
    assert done.status_code == 302
    assert (value_of(school.sheet(), first), value_of(school.sheet(), second)) == ("9", "5")


def test_one_answered_conflict_stays_answered_when_another_is_not(lan, school):
    first, second = school.pupils[:2]
    data = filled(download(lan, school), G2=9, G3=8)
    for pupil in (first, second):
        enter(school.sheet(), pupil, "mark", "6", by=school.lan)
    again = press(lan, school, send(lan, school, data), **{f"k.{first.pk}.TOAN.mark": "theirs"})
    assert re.findall(r'name="(k[^"]+)"[^>]*\schecked', again.content.decode()) == [f"k.{first.pk}.TOAN.mark"]


def test_a_cell_nobody_touched_in_excel_does_not_bring_the_old_value_back(lan, school):
    first = school.pupils[0]
    enter(school.sheet(), first, "mark", "7", by=school.lan)
    data = filled(download(lan, school), F2="T")
    enter(school.sheet(), first, "mark", "6", by=school.lan)
    preview = send(lan, school, data)
    assert preview.status_code == 200
    assert "Ghi 1 ô của 1 học sinh" in text(preview)
    press(lan, school, preview)
    assert value_of(school.sheet(), first) == "6"
    assert value_of(school.sheet(), first, "attainment") == "T"


@pytest.mark.parametrize("with_key", [True, False])
def test_a_cell_entered_between_preview_and_writing_is_a_conflict(lan, school, with_key):
    first = school.pupils[0]
    data = filled(download(lan, school), G2=9) if with_key else typed(described(first, mark=9))
    preview = send(lan, school, data)
    enter(school.sheet(), first, "mark", "6", by=school.lan)
    response = press(lan, school, preview)
    assert response.status_code == 409
    assert "đã ghi «6»" in text(response)
    assert value_of(school.sheet(), first) == "6"


def test_one_stale_cell_keeps_every_cell_out(lan, school):
    preview = send(lan, school, filled(download(lan, school), G2=9, G3=8))
    enter(school.sheet(), school.pupils[0], "mark", "6", by=school.lan)
    press(lan, school, preview)
    assert value_of(school.sheet(), school.pupils[1]) == ""


def test_a_button_pressed_twice_writes_once(lan, school):
    preview = send(lan, school, filled(download(lan, school), G2=9))
    assert press(lan, school, preview).status_code == press(lan, school, preview).status_code == 302
    assert SubjectResult.history.count() == 1


# -- The lock


def test_after_the_lock_a_file_is_refused_with_the_sentence_why(lan, school):
    data = filled(download(lan, school), G2=9)
    order = close_window(school)
    response = send(lan, school, data)
    assert response.status_code == 423
    assert f"theo văn bản số {order.number}. Chưa ô nào của tệp được ghi." in text(response)
    assert 'name="wanted"' not in response.content.decode()
    assert not SubjectResult.objects.exists()


def test_a_preview_made_before_the_lock_cannot_be_written_after_it(lan, school):
    preview = send(lan, school, filled(download(lan, school), G2=9, F2="T"))
    order = close_window(school)
    response = press(lan, school, preview)
    assert response.status_code == 423
    assert "Đã khoá từ" in text(response)
    assert f"theo văn bản số {order.number}. Chưa ô nào của tệp được ghi." in text(response)
    assert not SubjectResult.objects.exists()
    assert not SubjectResult.history.exists()


def test_what_the_lock_kept_out_becomes_a_correction_request_with_one_click(lan, school):
    enter(school.sheet(), school.pupils[0], "mark", "7", by=school.lan)
    preview = send(lan, school, filled(download(lan, school), G2=9))
    close_window(school)
    page = press(lan, school, preview).content.decode()
    action = re.search(r'action="([^"]+propose[^"]*)"', page)[1]
    kept = dict(re.findall(r'type="hidden" name="(c\.[^"]+)" value="([^"]*)"', page))
    assert kept == {f"c.{school.pupils[0].pk}.TOAN.mark": "9"}
    proposed = lan.post(action, kept, follow=True)
    assert proposed.status_code == 200
    assert school.pupils[0].full_name in text(proposed)


def test_before_the_period_opens_the_page_says_so_and_offers_no_file_field(lan, school):
    place = address(school, period="CHKI")
    page = lan.get(place)
    assert page.status_code == 200
    assert "Chưa mở. Hiệu trưởng chưa ban hành lệnh mở nhập Cuối học kì I." in text(page)
    assert "Chưa ô nào" not in text(page)
    assert 'type="file"' not in page.content.decode()
    assert lan.post(place).status_code == 423


# -- Who


@pytest.mark.parametrize("name", ["minh", "thu", "dung", "hoa", "tuan", "bich"])
def test_only_the_responsible_teacher_uploads(client, lan, school, name):
    data = filled(download(lan, school), G2=9)
    preview = send(lan, school, data)
    client.force_login(school.people[name])
    assert client.get(address(school)).status_code == 403
    assert send(client, school, data).status_code == 403
    assert press(client, school, preview).status_code == 403
    assert not SubjectResult.objects.exists()


def test_a_preview_is_good_for_its_sheet_and_person_only(client, lan, school):
    preview = send(lan, school, filled(download(lan, school), G2=9))
    other_sheet = press(lan, school, preview, code="TV")
    school.class_4a.teaching_assignments.filter(line__code="TOAN").update(teacher=school.minh)
    client.force_login(school.minh)
    other_person = press(client, school, preview)
    for response in (other_sheet, other_person):
        assert response.status_code == 422
        assert "Bản xem trước này không còn dùng được" in response.content.decode()
    assert not SubjectResult.objects.exists()


@pytest.mark.parametrize("token", ["", "x", "e30:1tXk5T:AAAA"])
def test_values_we_did_not_sign_are_not_written(lan, school, token):
    response = lan.post(address(school), {"wanted": token})
    assert response.status_code == 422
    assert "Chọn lại tệp" in response.content.decode()


# -- Budget


def statements_of(act) -> int:
    with CaptureQueriesContext(connection) as statements:
        act()
    return len(statements)


@pytest.mark.parametrize("pupils", [1, 35])
@pytest.mark.parametrize("code", ["TOAN", "NLPC"])
def test_download_preview_and_writing_take_the_same_statements_for_one_pupil_and_a_class(
    school, client, pupils, code
):
    resize(school, pupils)
    client.force_login(school.lan)
    data = download(client, school, code)
    for row in range(2, pupils + 2):
        data = filled(data, **{f"F{row}": "T"})
    previews = []
    counted = (
        statements_of(lambda: download(client, school, code)),
        statements_of(lambda: previews.append(send(client, school, data, code))),
        statements_of(lambda: press(client, school, previews[0], code)),
    )
    # One each for the limit of requests.
    # The dry run asks roster, values and lock twice: for the page, and as writing would.
    assert counted == (8, 11, 10)
