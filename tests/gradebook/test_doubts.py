"""Values that seldom go together, on one sheet and between two, and the reasons given for them."""

import json

import pytest

from gradebook.models import DoubtAnswer
from gradebook.sheets import read_rows
from tests.gradebook.school import close_window, enter, open_school

pytestmark = pytest.mark.django_db

PAIR = "Năng lực Tính toán C nhưng Toán T."
FIT = "T mà điểm 6: T thường đi với điểm từ 7 đến 10."


the_school = open_school


def address(school, code="TOAN"):
    return f"/gradebook/sheets/{school.class_4a.pk}/{code}/GHKI/"


def text(response):
    return response.content.decode()


def disagree(school):
    """Toán T, Tính toán Cần cố gắng: answers with what the second save says of it."""
    enter(school.sheet(), school.pupils[0], "attainment", "T", by=school.lan)
    return enter(school.sheet("NLPC"), school.pupils[0], "rating", "C", item="tinh_toan", by=school.lan)


def give(client, place, pupil, sentence, reason):
    body = {"student": pupil.pk, "sentence": sentence, "reason": reason}
    return client.post(f"{place}doubts/", json.dumps(body), content_type="application/json")


def test_a_competency_that_does_not_fit_its_subject_is_pointed_out_where_it_is_typed(school):
    (saved,) = disagree(school).saved
    assert saved.warnings == (PAIR,)
    (again,) = enter(school.sheet(), school.pupils[0], "attainment", "T", by=school.lan).saved
    assert again.warnings == (PAIR,)


def test_both_sheets_show_it_on_opening_at_the_mark_and_at_the_rating(lan, school):
    disagree(school)
    for code in ("TOAN", "NLPC"):
        page = text(lan.get(address(school, code)))
        assert page.count(PAIR) == 1
        assert "1 điều cần xem lại" in page


def test_a_line_without_a_competency_of_its_own_and_other_pupils_stay_quiet(school):
    disagree(school)
    rows = read_rows(school.sheet("TV")) + read_rows(school.sheet())[1:]
    assert [row.doubts(school.sheet()) for row in rows[len(school.pupils) :]] == [{}] * (
        len(school.pupils) - 1
    )
    assert rows[0].doubts(school.sheet("TV")) == {}


def test_the_clerk_switches_each_check_off_for_the_year_with_a_reason(client, school):
    disagree(school)
    enter(school.sheet(), school.pupils[0], "mark", "6", by=school.lan)
    page = f"/gradebook/years/{school.year.pk}/warnings/"
    client.force_login(school.tuan)

    def said():
        ref = school.sheet()
        return [doubt.sentence for doubt in read_rows(ref)[0].doubts(ref).get("TOAN", ())]

    assert said() == [FIT, PAIR]
    assert client.post(page, {"competency_pairs": "on", "reason": ""}).status_code == 422
    assert client.post(page, {"competency_pairs": "on", "reason": "Họp chuyên môn"}).status_code == 302
    assert said() == [PAIR]
    assert client.post(page, {"reason": "Họp chuyên môn"}).status_code == 302
    assert said() == []
    again = client.post(page, {"reason": "Họp chuyên môn"})
    assert again.status_code == 422
    assert "Chưa có gì để đổi" in text(again)
    client.force_login(school.hoa)
    assert text(client.get(page)).count("không nhắc") == 2
    assert school.year.history.first().history_change_reason == "Họp chuyên môn"


def test_the_reason_is_kept_with_who_and_when_and_shown_to_whoever_checks_on_both_sheets(client, school):
    disagree(school)
    client.force_login(school.lan)
    answer = give(client, address(school), school.pupils[0], PAIR, " Em mới học ở lớp phụ đạo.\n")
    assert answer.status_code == 200
    assert answer.json()["answer"].startswith("Lí do: Em mới học ở lớp phụ đạo. (Nguyễn Thị Lan, ")
    client.force_login(school.hoa)
    for code in ("TOAN", "NLPC"):
        page = text(client.get(address(school, code)))
        assert "Lí do: Em mới học ở lớp phụ đạo. (Nguyễn Thị Lan, " in page
        assert "1 điều cần xem lại</a><span>, 1 đã có lí do" in page
        listed = text(client.get(f"{address(school, code)}doubts/"))
        assert PAIR in listed
        assert "Em mới học ở lớp phụ đạo." in listed
        assert "<button" not in listed[listed.index("<main") : listed.index("</main")]
    kept = DoubtAnswer.history.get()
    assert (kept.history_user, kept.acting_role) == (school.lan, "GVCN 4A, môn Toán")


def test_what_is_odd_in_a_comment_is_counted_and_listed_for_the_teacher_and_whoever_checks(client, school):
    own, other = school.pupils[0], school.pupils[1]
    comment = f"Em {other.full_name} chăm học. {{tên}} đọc tốt."
    enter(school.sheet(), own, "comment", comment, by=school.lan)
    for person in (school.lan, school.hoa):
        client.force_login(person)
        page = text(client.get(address(school)))
        assert "2 điều cần xem lại" in page
        assert f"là tên bạn khác trong lớp ({other.full_name})" in page
        listed = text(client.get(f"{address(school)}doubts/"))
        assert "Nhận xét: Còn chỗ chưa điền: «{tên}»." in listed
        assert "Lưu lí do" not in listed
        assert ("sửa trong sổ" in listed) == (person == school.lan)


def test_once_a_value_changes_the_reason_goes_with_the_doubt_and_comes_back_with_it(lan, school):
    disagree(school)
    give(lan, address(school), school.pupils[0], PAIR, "Em mới học ở lớp phụ đạo.")
    ref = school.sheet("NLPC")
    enter(ref, school.pupils[0], "rating", "Đ", item="tinh_toan", by=school.lan)
    page = text(lan.get(address(school)))
    assert "Năng lực Tính toán Đ nhưng Toán T." in page
    assert "phụ đạo" not in page
    enter(ref, school.pupils[0], "rating", "C", item="tinh_toan", by=school.lan)
    assert "phụ đạo" in text(lan.get(address(school)))


def test_the_page_takes_reasons_without_script_also_after_the_lock_and_a_newer_one_replaces(lan, school):
    enter(school.sheet(), school.pupils[0], "attainment", "T", by=school.lan)
    enter(school.sheet(), school.pupils[0], "mark", "6", by=school.lan)
    close_window(school)
    place = f"{address(school)}doubts/"
    page = text(lan.get(place))
    name = page.split(f'name="r.{school.pupils[0].pk}.')[1].split('"')[0]
    field = f"r.{school.pupils[0].pk}.{name}"
    for reason in ("Em ốm hôm kiểm tra.", "", "Em ốm hôm kiểm tra, bài ở lớp đều tốt."):
        assert lan.post(place, {field: reason}).status_code == 302
    assert DoubtAnswer.objects.get().reason == "Em ốm hôm kiểm tra, bài ở lớp đều tốt."
    assert DoubtAnswer.history.count() == 2


def test_too_long_a_reason_comes_back_as_typed_with_the_remedy(lan, school):
    disagree(school)
    place = f"{address(school)}doubts/"
    field = (
        f"r.{school.pupils[0].pk}."
        + text(lan.get(place)).split(f'name="r.{school.pupils[0].pk}.')[1].split('"')[0]
    )
    answer = lan.post(place, {field: "dài " * 100})
    assert answer.status_code == 422
    assert "quá giới hạn 300: hãy bớt 99 kí tự" in text(answer)
    assert "dài dài dài" in text(answer)
    assert not DoubtAnswer.objects.exists()


def test_a_reason_for_what_is_no_longer_so_is_refused_in_words(lan, school):
    disagree(school)
    answer = give(lan, address(school), school.pupils[0], FIT, "Em ốm.")
    assert answer.status_code == 422
    assert "vừa thay đổi" in answer.json()["error"]
    assert give(lan, address(school), school.pupils[0], PAIR, " ").json()["error"] == "Chưa ghi lí do."
    for body in (b"{", b"[]", b'{"student": "x"}'):
        refused = lan.post(f"{address(school)}doubts/", body, content_type="application/json")
        assert refused.status_code == 422


def test_only_who_answers_for_the_sheet_gives_reasons(client, school):
    disagree(school)
    client.force_login(school.hoa)
    answer = give(client, address(school), school.pupils[0], PAIR, "Tôi nghĩ vậy.")
    assert answer.status_code == 403
    assert "Chỉ giáo viên được phân công" in answer.json()["error"]
    assert not DoubtAnswer.objects.exists()
