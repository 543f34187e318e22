"""The page of a mark sheet: what it shows to whom, its budget, its plain form, its autosave, the story of a cell."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessLogEntry
from gradebook.models import SubjectResult
from gradebook.regulation import Period
from tests.gradebook.school import close_window, enter, make_school, open_window, resize, value_of

pytestmark = pytest.mark.django_db

COMMENT = (
    "Em đọc trôi chảy, hiểu nội dung bài và biết vận dụng vào thực tế; cần rèn thêm chữ viết, trình bày sạch "
    "đẹp hơn và mạnh dạn phát biểu trước lớp."
)


def the_school():
    school = make_school()
    open_window(school)
    return school


def address(school, code="TOAN", period="GHKI", school_class=None):
    return f"/gradebook/sheets/{(school_class or school.class_4a).pk}/{code}/{period}/"


def autosave(client, place, *cells):
    keys = ("student", "item", "field", "value", "version")
    changes = [dict(zip(keys, cell, strict=True)) for cell in cells]
    return client.post(place, json.dumps({"changes": changes}), content_type="application/json")


def text(response):
    return response.content.decode()


# -- Opening


def test_the_teacher_finds_the_pupils_in_class_order_with_a_field_for_each_cell(lan, school):
    page = text(lan.get(address(school)))
    names = re.findall(r'scope="row" id="s\d+">([^<]+)<', page)
    assert names == [pupil.full_name for pupil in school.pupils]
    first = school.pupils[0].pk
    for field in ("attainment", "mark", "comment"):
        assert f'name="c.{first}.TOAN.{field}"' in page
    assert "Mở đến" in page
    assert "Đã nhập 0/15 ô" in page


def test_only_cells_of_the_test_matrix_are_columns(client, school):
    client.force_login(school.ngoc)
    page = text(client.get(address(school, school_class=school.class_1a)))
    assert "Mức đạt được" in page
    assert "Điểm KTĐK" not in page


def test_the_homeroom_sheet_has_every_quality_and_competency_and_three_comments(lan, school):
    page = text(lan.get(address(school, "NLPC")))
    assert len(re.findall(r'<th\s[^>]*id="h\d', page)) == 18
    assert "Giải quyết vấn đề và sáng tạo" in page


@pytest.mark.parametrize("name", ["dung", "bich", "hoa", "tuan", "son"])
def test_those_who_only_look_get_text_and_no_field(client, school, name):
    enter(school.sheet(), school.pupils[0], "mark", "9", by=school.lan)
    client.force_login(school.people[name])
    page = text(client.get(address(school)))
    assert ">9</a>" in page
    assert 'name="c.' not in page


def test_a_colleague_is_refused_told_who_could_and_the_log_has_it(client, school):
    client.force_login(school.minh)
    response = client.get(address(school))
    assert response.status_code == 403
    assert "chỉ mở cho giáo viên được phân công" in text(response)
    assert AccessLogEntry.objects.filter(kind="refused", user=school.minh).count() == 1


@pytest.mark.parametrize(
    "tail", ["TOAN/HK9/", "XYZ/GHKI/", "TNXH/GHKI/", "TOAN/ghki/", "TOAN/GHKI/history/1/TOAN/nonsense/"]
)
def test_an_unknown_line_period_or_cell_is_not_found(lan, school, tail):
    assert lan.get(f"/gradebook/sheets/{school.class_4a.pk}/{tail}").status_code == 404
    assert lan.get(f"/gradebook/sheets/{10**30}/TOAN/GHKI/").status_code == 404


def test_the_tabs_lead_to_ones_own_sheets_and_on_anothers_to_all_one_may_see(client, lan, school):
    def tabs(code):
        page = client.get(f"/gradebook/sheets/{school.class_4a.pk}/{code}/GHKI/").content.decode()
        found = re.search(r'aria-label="Sổ khác ở lớp 4A">(.*?)</nav>', page, re.DOTALL)
        return re.findall(r"/([A-Z0-9]+)/GHKI/", found[1]) if found else []

    assert tabs("TOAN") == ["TV", "TOAN", "NLPC"]
    assert tabs("AN") == [
        "TV",
        "TOAN",
        "NN1",
        "LSDL",
        "KH",
        "TH",
        "CN",
        "DD",
        "GDTC",
        "AN",
        "MT",
        "HDTN",
        "NLPC",
    ]
    client.force_login(school.bich)
    assert len(tabs("TOAN")) == 13


def test_the_tabs_say_which_period_is_open_locked_or_to_come(lan, school):
    open_window(school, Period.END_TERM_1)
    close_window(school, Period.END_TERM_1)
    page = re.sub(r"<[^>]+>", " ", text(lan.get(address(school))))
    states = re.findall(r"\b(GHKI|CHKI|GHKII|CN)\s+(mở|khoá|chưa mở)", " ".join(page.split()))
    assert states == [("GHKI", "mở"), ("CHKI", "khoá"), ("GHKII", "chưa mở"), ("CN", "chưa mở")]


def test_a_stored_level_and_mark_that_do_not_fit_are_pointed_out_on_opening(lan, school):
    enter(school.sheet(), school.pupils[0], "attainment", "H", by=school.lan)
    enter(school.sheet(), school.pupils[0], "mark", "9", by=school.lan)
    assert "thường đi với điểm từ 5 đến 6" in text(lan.get(address(school)))


def test_all_that_is_pointed_out_is_one_line_that_opens_without_script(lan, school):
    for pupil in school.pupils:
        enter(school.sheet(), pupil, "attainment", "H", by=school.lan)
        enter(school.sheet(), pupil, "mark", "9", by=school.lan)
        enter(school.sheet(), pupil, "comment", "Em ngoan.", by=school.lan)
    fold = re.search(
        r"<details[^>]* data-notices[^>]*>(.*?)</details>", text(lan.get(address(school))), re.DOTALL
    )[1]
    summary, opened = fold.split("</summary>")
    assert "Điều cần xem lại (7)" in summary
    assert "Cả lớp cùng một giá trị" in summary
    assert opened.count("<li>") == 2
    assert "5 điều cần xem lại</a>" in opened


def test_a_subject_teacher_goes_from_class_to_class_in_the_same_line_with_one_statement_more(client, school):
    client.force_login(school.thu)
    client.get(address(school, "NN1"))
    with CaptureQueriesContext(connection) as statements:
        page = text(client.get(address(school, "NN1")))
    assert len(statements) == 8
    classes = re.search(r'<nav aria-label="Ngoại ngữ 1 ở các lớp tôi dạy">(.*?)</nav>', page, re.DOTALL)[1]
    assert re.findall(r'href="([^"]+)"[^>]*>(\w+)<', classes) == [
        (address(school, "NN1"), "4A"),
        (address(school, "NN1", school_class=school.class_4b), "4B"),
    ]


def test_who_teaches_a_line_in_one_class_is_offered_no_other(lan, school):
    assert "ở các lớp tôi dạy" not in text(lan.get(address(school)))


def test_a_way_to_the_history_is_named_by_value_column_and_pupil(lan, school):
    pupil = school.pupils[0]
    enter(school.sheet(), pupil, "mark", "8", by=school.lan)
    enter(school.sheet(), pupil, "comment", "Em ngoan.", by=school.lan)
    page = text(lan.get(address(school) + "?read=1"))
    said = {key: " ".join(words.split()) for key, words in re.findall(r'id="([\w.]+)"[^>]*>([^<]+)<', page)}
    names = [
        " ".join(said[key] for key in keys.split())
        for keys in re.findall(r'<a [^>]*aria-labelledby="([^"]+)"', page)
    ]
    assert names == [
        f"8 Lịch sử Điểm KTĐK {pupil.full_name}",
        f"Lịch sử Nhận xét {pupil.full_name}",
    ]


@pytest.mark.parametrize("pupils", [1, 5, 35, 50])
@pytest.mark.parametrize("code", ["TOAN", "NLPC"])
def test_a_sheet_opens_in_the_same_eight_statements(school, client, pupils, code):
    resize(school, pupils)
    client.force_login(school.lan)
    client.get(address(school, code))
    with CaptureQueriesContext(connection) as statements:
        assert client.get(address(school, code)).status_code == 200
    # Session, user, class and lines, powers, roster, values, windows, frame.
    assert len(statements) == 7


@pytest.mark.parametrize("doubtful", [0, 18])
@pytest.mark.parametrize("tail", ["", "?read=1"])
def test_35_pupils_with_long_comments_and_doubtful_marks_stay_under_40_kilobytes(
    school, client, doubtful, tail
):
    resize(school, 35)
    pupils = school.pupils
    rows = [
        SubjectResult(
            student=pupil,
            line=school.lines[4, "TOAN"],
            period="GHKI",
            attainment="H" if number < doubtful else "T",
            mark=9,
            comment=COMMENT,
            version=12,
        )
        for number, pupil in enumerate(pupils)
    ]
    SubjectResult.objects.bulk_create(rows)
    client.force_login(school.lan)
    page = client.get(address(school) + tail).content
    assert page.count("Em đọc trôi chảy".encode()) == 35
    assert page.count("H mà điểm 9: H thường đi với điểm từ 5 đến 6.".encode()) == doubtful
    assert len(page) <= 40_000


# -- Autosave


def test_autosave_answers_with_each_cell_and_the_progress(lan, school):
    first, second = school.pupils[0].pk, school.pupils[1].pk
    response = autosave(
        lan,
        address(school),
        (first, "TOAN", "attainment", "h", 0),
        (first, "TOAN", "mark", "9", 0),
        (second, "TOAN", "mark", "11", 0),
    )
    answer = response.json()
    assert response.status_code == 200
    assert [(cell["field"], cell["value"], cell["version"]) for cell in answer["saved"]] == [
        ("attainment", "H", 1),
        ("mark", "9", 1),
    ]
    assert "thường đi với" in answer["saved"][1]["warnings"][0]
    assert [(cell["student"], cell["value"]) for cell in answer["refused"]] == [(second, "11")]
    assert "ngoài thang điểm" in answer["refused"][0]["message"]
    assert (answer["entered"], answer["required"], answer["locked"]) == (2, 15, "")
    assert answer["server_time"]


def test_autosave_hands_back_a_colleagues_value_with_name_and_time(lan, school):
    pupil = school.pupils[0]
    enter(school.sheet(), pupil, "mark", "8", by=school.lan)
    answer = autosave(lan, address(school), (pupil.pk, "TOAN", "mark", "7", 0)).json()
    (conflict,) = answer["conflicts"]
    assert (conflict["mine"], conflict["value"], conflict["version"]) == ("7", "8", 1)
    assert (conflict["by"], conflict["own"]) == ("Nguyễn Thị Lan", True)
    assert re.fullmatch(r"\d\d:\d\d:\d\d \d\d/\d\d/\d{4}", conflict["at"])
    assert value_of(school.sheet(), pupil) == "8"


def test_autosave_after_the_lock_writes_nothing_and_says_by_which_order(lan, school):
    order = close_window(school)
    response = autosave(lan, address(school), (school.pupils[0].pk, "TOAN", "mark", "9", 0))
    assert response.status_code == 423
    assert order.number in response.json()["locked"]
    assert not SubjectResult.objects.exists()


def test_autosave_by_someone_else_is_refused_in_words_and_logged(client, school):
    client.force_login(school.hoa)
    response = autosave(client, address(school), (school.pupils[0].pk, "TOAN", "mark", "9", 0))
    assert response.status_code == 403
    assert "Chỉ giáo viên được phân công" in response.json()["error"]
    assert AccessLogEntry.objects.filter(kind="refused", user=school.hoa).exists()


@pytest.mark.parametrize(
    "body",
    [
        b" ",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"changes": 7}',
        b'{"changes": [7]}',
        b'{"changes": [{"student": "1", "item": "TOAN", "field": "mark", "value": "9", "version": 0}]}',
        b'{"changes": [{"student": true, "item": "TOAN", "field": "mark", "value": "9", "version": 0}]}',
        b'{"changes": [{"student": 1, "item": "TOAN", "field": "mark", "value": 9, "version": 0}]}',
        b'{"changes": [{"student": 1, "item": "TOAN", "field": "mark", "value": "9"}]}',
        b"[" * 100_000,
        json.dumps({"changes": [{}] * 2001}).encode(),
    ],
)
def test_what_the_script_never_sends_is_turned_away_in_vietnamese(lan, school, body):
    response = lan.post(address(school), body, content_type="application/json")
    assert response.status_code == 400
    assert re.search("Tải lại trang|Chia nhỏ", response.json()["error"])


def test_strange_but_well_formed_cells_are_refused_one_by_one(lan, school):
    pk = school.pupils[0].pk
    response = autosave(
        lan,
        address(school),
        (10**30, "TOAN", "mark", "9", 0),
        (pk, "TOAN\x00", "mark", "9", 0),
        (pk, "TOAN", "mark", "\ud800", 0),
        (pk, "TOAN", "attainment", "\x00", 10**30),
    )
    assert response.status_code == 200
    assert len(response.json()["refused"]) == 4


def work_of(statements):
    return [query["sql"] for query in statements if "SAVEPOINT" not in query["sql"]]


@pytest.mark.parametrize("pupils", [5, 35])
@pytest.mark.parametrize(("code", "field"), [("TOAN", "mark"), ("TOAN", "attainment"), ("NLPC", "rating")])
def test_one_cell_is_saved_in_eight_statements(school, client, pupils, code, field):
    resize(school, pupils)
    client.force_login(school.lan)
    item, value = ("tinh_toan", "T") if code == "NLPC" else (code, "T" if field == "attainment" else "9")
    autosave(client, address(school, code), (school.pupils[1].pk, item, field, value, 0))
    with CaptureQueriesContext(connection) as statements:
        answer = autosave(client, address(school, code), (school.pupils[0].pk, item, field, value, 0)).json()
    assert len(answer["saved"]) == 1
    # Session, user, powers, class; actor and locks, windows, what stands, values with history.
    assert len(work_of(statements)) == 7


def test_35_times_3_cells_pasted_over_new_and_old_rows_are_one_transaction_of_eight_statements(
    school, client
):
    resize(school, 35)
    client.force_login(school.lan)
    autosave(client, address(school), (school.pupils[0].pk, "TOAN", "mark", "5", 0))
    cells = [
        (pupil.pk, "TOAN", field, value, 1 if pupil == school.pupils[0] else 0)
        for pupil in school.pupils
        for field, value in (("attainment", "T"), ("mark", "9"), ("comment", "Em tính nhanh."))
    ]
    with CaptureQueriesContext(connection) as statements:
        answer = autosave(client, address(school), *cells).json()
    assert len(answer["saved"]) == 105
    assert sum("SAVEPOINT" in query["sql"] and "RELEASE" not in query["sql"] for query in statements) == 1
    assert len(work_of(statements)) == 7
    assert SubjectResult.history.filter(history_type="+").count() == 35
    assert SubjectResult.history.filter(history_type="~").count() == 1


def test_what_is_about_to_be_pasted_is_judged_and_nothing_is_written(lan, school):
    pupil = school.pupils[0]
    enter(school.sheet(), pupil, "mark", "8", by=school.lan)
    cells = [(pupil.pk, "TOAN", "mark", "7", 0), (school.pupils[1].pk, "TOAN", "mark", "11", 0)]
    answer = autosave(lan, f"{address(school)}?preview=1", *cells).json()
    assert [conflict["value"] for conflict in answer["conflicts"]] == ["8"]
    assert "ngoài thang điểm" in answer["refused"][0]["message"]
    assert value_of(school.sheet(), pupil) == "8"
    close_window(school)
    assert autosave(lan, f"{address(school)}?preview=1", *cells).status_code == 423


def test_autosave_says_what_is_to_be_pointed_out_about_the_sheet(lan, school):
    cells = [(pupil.pk, "TOAN", "mark", "9", 0) for pupil in school.pupils]
    answer = autosave(lan, address(school), *cells).json()
    assert answer["remarks"] == [
        "Cả lớp cùng một giá trị: Điểm KTĐK 9. Hãy xem lại.",
        "Sắp khoá sổ mà cả cột còn trống: Mức đạt được, Nhận xét.",
    ]
    assert "Cả lớp cùng một giá trị" in text(lan.get(address(school)))


# -- The plain form


def form_of(page):
    """What a browser without script would post: every field of the sheet."""
    fields = dict(re.findall(r'<input (?:type="hidden" )?name="([cv]\.[^"]+)" value="([^"]*)"', page))
    fields |= dict(re.findall(r'<textarea name="(c\.[^"]+)"[^>]*>\n([^<]*)</textarea>', page))
    return fields


def test_the_plain_form_saves_what_was_typed_and_marks_it(lan, school):
    pupil = school.pupils[0]
    fields = form_of(text(lan.get(address(school))))
    fields |= {f"c.{pupil.pk}.TOAN.mark": "9", f"c.{pupil.pk}.TOAN.comment": "Dòng một\r\nDòng hai"}
    response = lan.post(address(school), fields)
    assert response.status_code == 200
    assert "Đã lưu 2 ô" in text(response)
    assert text(response).count('data-state="saved"') == 2
    assert value_of(school.sheet(), pupil, "comment") == "Dòng một\nDòng hai"


def test_a_bad_cell_comes_back_as_typed_with_its_reason_beside_and_the_good_one_is_saved(lan, school):
    first, second = school.pupils[:2]
    fields = form_of(text(lan.get(address(school))))
    fields |= {f"c.{first.pk}.TOAN.mark": "8,5", f"c.{second.pk}.TOAN.mark": "9"}
    response = lan.post(address(school), fields)
    page = text(response)
    assert response.status_code == 422
    cell = re.search(rf'<input name="c\.{first.pk}\.TOAN\.mark"[^>]*>', page)[0]
    assert 'value="8,5"' in cell
    assert 'aria-invalid="true"' in cell
    assert f'aria-describedby="n.{first.pk}.TOAN.mark"' in cell
    assert re.search(rf'id="n\.{first.pk}\.TOAN\.mark">.*?số thập phân', page)
    assert value_of(school.sheet(), second) == "9"


def test_the_plain_form_sends_along_in_one_field_at_which_versions_it_was_made(lan, school):
    pupil = school.pupils[0]

    def post_as_opened(mark, after=None):
        versions = re.search(r'name="v" value="([^"]*)"', text(lan.get(address(school))))[1]
        if after:
            enter(school.sheet(), pupil, "mark", after, by=school.lan)
        answer = lan.post(address(school), {f"c.{pupil.pk}.TOAN.mark": mark, "v": versions})
        return versions, answer.status_code

    assert post_as_opened("8") == ("", 200)
    assert post_as_opened("9") == (f"{pupil.pk}.TOAN.1", 200)
    assert post_as_opened("7", after="10") == (f"{pupil.pk}.TOAN.2", 409)


def test_a_conflict_in_the_plain_form_shows_both_values_and_waits_for_the_choice(lan, school):
    pupil, ref = school.pupils[0], school.sheet()
    enter(ref, pupil, "mark", "7", by=school.lan)
    fields = form_of(text(lan.get(address(school))))
    enter(ref, pupil, "mark", "8", by=school.lan)
    name = f"{pupil.pk}.TOAN.mark"
    response = lan.post(address(school), fields | {f"c.{name}": "6"})
    page = text(response)
    assert response.status_code == 409
    assert "Chính thầy cô đã ghi «8» ở thẻ khác lúc" in page
    assert "ở đây là «6». Chọn một:" in page
    assert "chọn một trong hai giá trị" in page
    again = form_of(page)
    assert lan.post(address(school), again).status_code == 409
    assert value_of(ref, pupil) == "8"
    assert lan.post(address(school), again | {f"k.{name}": "theirs"}).status_code == 200
    assert value_of(ref, pupil) == "8"
    keep = re.search(rf'name="k\.{re.escape(name)}" value="(\d+)"', page)[1]
    assert lan.post(address(school), again | {f"k.{name}": keep}).status_code == 200
    assert value_of(ref, pupil) == "6"


def test_a_whole_form_posted_late_undoes_nothing_that_a_colleague_entered(lan, school):
    first, second = school.pupils[:2]
    ref = school.sheet()
    fields = form_of(text(lan.get(address(school))))
    enter(ref, first, "mark", "8", by=school.lan)
    response = lan.post(address(school), fields | {f"c.{second.pk}.TOAN.mark": "9"})
    assert response.status_code == 200
    assert (value_of(ref, first), value_of(ref, second)) == ("8", "9")


def test_a_form_posted_after_the_lock_keeps_every_value_and_leads_to_a_correction_request(lan, school):
    pupil = school.pupils[0]
    fields = form_of(text(lan.get(address(school))))
    order = close_window(school)
    response = lan.post(address(school), fields | {f"c.{pupil.pk}.TOAN.mark": "9"})
    page = text(response)
    assert response.status_code == 423
    assert order.number in page
    assert f'name="c.{pupil.pk}.TOAN.mark" value="9"' in page
    assert f'action="/approvals/propose/{school.class_4a.pk}/TOAN/GHKI/"' in page
    assert "Lập phiếu đề nghị sửa từ các giá trị đã gõ" in page
    assert not SubjectResult.objects.exists()


def test_a_plain_post_by_someone_else_is_refused(client, school):
    client.force_login(school.hoa)
    name = f"c.{school.pupils[0].pk}.TOAN.mark"
    assert client.post(address(school), {name: "9"}).status_code == 403


# -- After the lock


def test_a_locked_sheet_is_read_only_and_offers_the_correction_to_its_teacher_alone(client, school):
    close_window(school)
    for name, offered in (("lan", True), ("hoa", False), ("tuan", False)):
        client.force_login(school.people[name])
        page = text(client.get(address(school)))
        assert 'name="c.' not in page
        assert ("Đề nghị sửa điểm</a>" in page) is offered
        assert "Đã khoá từ" in page


def test_the_proposing_mode_posts_the_same_fields_to_the_correction_request(client, school):
    close_window(school)
    client.force_login(school.lan)
    page = text(client.get(address(school) + "?propose=1"))
    assert f'action="/approvals/propose/{school.class_4a.pk}/TOAN/GHKI/"' in page
    assert f'name="c.{school.pupils[0].pk}.TOAN.mark"' in page
    assert "Giá trị đã gõ" not in page
    assert "Gõ giá trị đúng vào các ô cần sửa" in page
    client.force_login(school.hoa)
    assert 'name="c.' not in text(client.get(address(school) + "?propose=1"))


# -- The story of a cell


def test_the_history_of_a_cell_names_every_value_with_who_and_when(lan, school):
    pupil, ref = school.pupils[0], school.sheet()
    enter(ref, pupil, "mark", "7", by=school.lan)
    enter(ref, pupil, "mark", "9", by=school.lan)
    place = f"{address(school)}history/{pupil.pk}/TOAN/mark/"
    page = text(lan.get(place))
    assert pupil.full_name in page
    assert '<span class="was">7</span> → <span class="now">9</span>' in page
    assert "Nguyễn Thị Lan, GVCN 4A, môn Toán" in page
    part = text(lan.get(place, headers={"HX-Request": "true"}))
    assert "<html" not in part
    assert '<span class="now">9</span>' in part


def test_the_history_is_closed_to_a_colleague_and_silent_on_pupils_of_other_classes(client, school):
    stranger = school.class_4b.enrolments.first().student
    client.force_login(school.lan)
    assert client.get(f"{address(school)}history/{stranger.pk}/TOAN/mark/").status_code == 404
    client.force_login(school.minh)
    assert client.get(f"{address(school)}history/{school.pupils[0].pk}/TOAN/mark/").status_code == 403
