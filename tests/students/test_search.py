"""Finding a pupil: who is found by what, by whom, in which order, at what cost (issue 4 part 7; R92, R93)."""

import datetime
import json
import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.clock import today
from students import search
from students.models import Enrolment, SchoolClass, SchoolYear, Student, proposed_rule_set
from students.names import search_key, sort_key
from students.search import find_pupils
from tests.gradebook.school import add_pupils, grant_to
from tests.students.seats import seat

pytestmark = pytest.mark.django_db
TEXT = Path(__file__).parents[1] / "data" / "text"
SEARCH, SUGGESTIONS = "/students/search/", "/students/search/suggestions/"


def put(school_class: SchoolClass | None, name: str, **fields: object) -> Student:
    """A pupil of that name, who sits in the class from the start of its year."""
    pupil = Student.objects.create(
        full_name=name, sort_key=sort_key(name), search_key=search_key(name), **fields
    )
    if school_class:
        seat([pupil], school_class, position=40)
    return pupil


def names(text: str, by: object) -> list[str]:
    return [found.name for found in find_pupils(text, by=by, most=50).pupils]


def test_a_pupil_is_found_by_name_in_any_order_by_id_and_by_class(school):
    put(
        school.class_4a,
        "Đặng Thuỷ Hường",
        moet_id="3100009999",
        national_id="031219009999",
        school_code="HS-7788",
        register_no="2026/0999",
    )
    by_name = ("Đặng Thuỷ Hường", "dang thuy huong", "ĐẶNG THỦY", "huong dang", "hu thu da", "thủy")
    by_id = ("3100009999", "031219009999", "HS-7788", "2026/0999", "9999", "009999 huong")
    by_class = ("4a huong", "huong 4A", "hường lớp 4a")
    found = {typed: names(typed, school.tuan) for typed in (*by_name, *by_id, *by_class)}
    assert found == {key: ["Đặng Thuỷ Hường"] for key in found}


def test_what_does_not_fit_finds_nobody(school):
    put(school.class_4a, "Đặng Thuỷ Hường", national_id="031219009999")
    typed = (
        "",
        "   ",
        "-",
        "uong",
        "dang van",
        "4b huong",
        "0312190099",
        "999",
        "00999",
        "' & !:*",
        "99'9:*|9",
    )
    assert [names(each, school.tuan) for each in typed] == [[]] * len(typed)


def test_an_id_that_lost_its_leading_zero_is_found(school):
    put(school.class_4a, "Lê Thị Sương", moet_id="0123456789", national_id="031219009999")
    assert names("123456789", school.tuan) == names("31219009999", school.tuan) == ["Lê Thị Sương"]


def test_a_single_letter_is_a_whole_name_and_not_a_beginning(school):
    put(school.class_4a, "Lê Ý")
    put(school.class_4a, "Lê Yên")
    assert names("y", school.tuan) == ["Lê Ý"]


def test_a_name_with_an_apostrophe_is_found_by_whole_and_parts(school):
    put(school.class_4a, "H'Lan Niê")
    for typed in ("h'lan", "H’Lan", "hlan", "lan niê", "h lan"):
        assert names(typed, school.tuan) == ["H'Lan Niê"], typed


def test_a_class_is_meant_exactly_before_its_name_is_a_beginning(school):
    put(SchoolClass.objects.create(year=school.year, name="4A1", grade_level=4), "Vũ Sáu")
    assert "Vũ Sáu" not in names("4a", school.tuan)
    assert names("4a sau", school.tuan) == []
    assert names("4a1", school.tuan) == ["Vũ Sáu"]
    assert len(names("4", school.tuan)) == 5 + 3 + 1


def test_every_name_of_the_collation_vectors_is_found_and_stands_in_the_vietnamese_order(school):
    ordered = ["Dương Văn An", "Đinh Văn An", "Nguyễn Bảo An", "Đặng Anh", "Bùi Thị Ảnh", "Trần Thị Ánh"]
    ordered += [
        "Lê Hoàng Ân",
        "Nguyễn Thị Dạ",
        "Vũ Đình Đạt",
        "Hoàng Thị Oanh",
        "Lê Ô",
        "Mai Thị Ơn",
        "Trần Ý",
    ]
    for name in reversed(ordered):
        put(school.class_1a, f"Xyz {name}")
    assert names("xyz", school.tuan) == [f"Xyz {name}" for name in ordered]


def test_the_database_folds_each_vector_as_the_search_does(school):
    vectors = json.loads((TEXT / "tone_vectors.json").read_text(encoding="utf-8"))
    texts = {
        text
        for group in ("tone_mark_new_style", "normalize_y", "remove_tone_mark")
        for _, *pair in vectors[group]
        for text in pair
    }
    with connection.cursor() as cursor:
        for text in filter(str.strip, texts):
            plain = re.sub(r"['’-]", " ", search_key(text)).split()
            cursor.execute("SELECT tsvector_to_array(students_words(%s, NULL, NULL, ''))", [text])
            assert set(plain) <= set(cursor.fetchone()[0]), text


def test_a_rename_by_any_way_is_found_by_the_new_name_alone(school):
    pupil = put(school.class_4a, "Đặng Thuỷ Hường")
    Student.objects.filter(pk=pupil.pk).update(full_name="Đặng Thuỷ Quỳnh")
    assert names("quynh dang", school.tuan) == ["Đặng Thuỷ Quỳnh"]
    assert names("huong dang", school.tuan) == []


def test_each_finds_only_pupils_of_classes_that_they_may_see(school):
    for school_class in (school.class_4a, school.class_4b, school.class_1a):
        put(school_class, f"Quách {school_class.name}")
    seen = {"lan": {"4A"}, "thu": {"4A", "4B"}, "dung": {"4A", "4B"}, "ngoc": {"1A"}, "minh": {"4B"}}
    seen |= {key: {"4A", "4B", "1A"} for key in ("tuan", "bich", "hoa", "son")}
    found = {person: set(names("quach", school.people[person])) for person in school.people}
    assert found == {person: {f"Quách {name}" for name in classes} for person, classes in seen.items()}


def test_a_grant_opens_the_search_of_that_class_too(school):
    put(school.class_4a, "Quách Tĩnh")
    assert names("quach", school.ngoc) == []
    grant_to(school, school.ngoc, school.class_4a)
    del school.ngoc._powers
    assert names("quach", school.ngoc) == ["Quách Tĩnh"]


def test_a_pupil_who_moved_is_shown_with_the_class_of_today_and_the_one_known_to_the_searcher(school):
    pupil = put(school.class_4a, "Quách Tĩnh")
    day = today()
    Enrolment.objects.filter(student=pupil).update(ends_on=day - datetime.timedelta(days=1))
    seat([pupil], school.class_4b, starts_on=day, position=9)
    (seen,) = find_pupils("quach", by=school.lan, most=50).pupils
    assert (seen.class_label, seen.known_from, seen.is_former) == ("4B", "4A", False)
    (seen,) = find_pupils("quach 4b", by=school.tuan, most=50).pupils
    assert (seen.class_label, seen.known_from) == ("4B", "")
    assert names("quach 4a", school.tuan) == ["Quách Tĩnh"]


def test_who_is_written_with_the_marks_typed_stands_first(school):
    for name in ("Phan Thanh Anh", "Lê Hoà", "Nguyễn Đắc Thành", "Trần Thạnh Hoa"):
        put(school.class_4a, name)
    assert names("thành", school.tuan)[0] == "Nguyễn Đắc Thành"
    assert names("hòa", school.tuan)[0] == "Lê Hoà"
    assert sorted(names("thanh", school.tuan)) == sorted(names("thành", school.tuan))


def moved(school, name: str) -> Student:
    """A pupil who went from 4A to 4B today."""
    pupil = put(school.class_4a, name)
    Enrolment.objects.filter(student=pupil).update(ends_on=today() - datetime.timedelta(days=1))
    seat([pupil], school.class_4b, starts_on=today(), position=9)
    return pupil


def test_a_pupil_who_left_the_searchers_class_leads_to_no_list_without_them(client, school):
    moved(school, "Quách Tĩnh")
    client.force_login(school.lan)
    answer = client.get(SEARCH, {"q": "quach tinh"})
    assert answer.status_code == 200
    assert "row-link" not in answer.text
    assert f"em đã rời lớp ấy từ ngày {today():%d/%m/%Y}" in " ".join(answer.text.split())
    assert f'data-href="{SEARCH}?q=Qu%C3%A1ch' in client.get(SUGGESTIONS, {"q": "quach"}).text


def test_who_knows_a_pupil_from_before_may_narrow_by_the_class_of_today(school):
    moved(school, "Quách Tĩnh")
    put(school.class_4b, "Quách Phù")
    assert names("4b quach", school.lan) == names("4b", school.lan) == ["Quách Tĩnh"]
    assert names("1a quach", school.lan) == []


def test_namesakes_born_on_one_day_are_told_apart_by_their_codes(client, school):
    for number in (1, 2):
        put(school.class_4a, "Quách Song", birth_year=2016, moet_id=f"310000999{number}")
    put(school.class_4a, "Quách Một", birth_year=2016, moet_id="3100009993")
    client.force_login(school.lan)
    shown = client.get(SEARCH, {"q": "quach"}).text
    assert ("3100009991" in shown, "3100009992" in shown, "3100009993" in shown) == (True, True, False)
    assert "mã 3100009992" in client.get(SUGGESTIONS, {"q": "quach"}).text


def test_former_pupils_are_found_and_marked(client, school):
    start = school.year.year - 1
    before = SchoolYear.objects.create(
        year=start,
        rule_set=proposed_rule_set(start),
        starts_on=datetime.date(start, 8, 1),
        first_term_ends_on=datetime.date(start + 1, 1, 15),
        ends_on=datetime.date(start + 1, 7, 31),
    )
    put(SchoolClass.objects.create(year=before, name="5C", grade_level=5), "Quách Tĩnh")
    gone = put(school.class_4a, "Quách Phù")
    Enrolment.objects.filter(student=gone).update(ends_on=today() - datetime.timedelta(days=1))
    found = find_pupils("quach", by=school.tuan, most=50).pupils
    assert [(each.name, each.class_label, each.is_former) for each in found] == [
        ("Quách Phù", "4A", True),
        ("Quách Tĩnh", f"5C ({before.label})", True),
    ]
    client.force_login(school.tuan)
    assert client.get(SEARCH, {"q": "quach"}).content.decode().count("Đã rời trường") == 2


def test_the_page_lists_and_says_when_there_are_more(client, school):
    add_pupils(school.class_4a, 60)
    client.force_login(school.lan)
    page = client.get(SEARCH, {"q": "4a"}).content.decode()
    assert page.count("row-link") == 50
    assert "Có hơn 50 học sinh" in page
    assert "Không tìm thấy học sinh nào" in client.get(SEARCH, {"q": "zzz"}).content.decode()
    assert "Gõ từ hai chữ trở lên" in client.get(SEARCH, {"q": "đ"}).content.decode()
    assert 'name="q" value="' in client.get(SEARCH, {"q": "<script>"}).content.decode()
    assert "<script>alert" not in client.get(SEARCH, {"q": "<script>alert"}).content.decode()


def test_a_single_pupil_opens_at_once_where_the_searcher_may_read(client, school):
    pupil = put(school.class_4a, "Quách Tĩnh", moet_id="3100009999")
    client.force_login(school.thu)
    answer = client.get(SEARCH, {"q": "3100009999"})
    assert answer.url == f"/students/pupils/{pupil.pk}/"
    assert "Quách Tĩnh" in client.get(answer.url).content.decode()


def test_suggestions_are_options_with_birth_date_and_class(client, school):
    put(school.class_4a, "Quách Tĩnh", birth_year=2016, birth_month=9, birth_day=5)
    client.force_login(school.lan)
    shown = client.get(SUGGESTIONS, {"q": "quach"})
    text = " ".join(re.sub(r"<[^>]+>", " ", shown.content.decode()).split())
    assert text == "Quách Tĩnh 4A 05/09/2016"
    assert "no-store" in shown["Cache-Control"]


def test_nobody_without_a_class_has_the_box_or_the_page(client, school):
    school.lan.homeroom_assignments.update(ends_on=school.year.starts_on)
    school.lan.teaching_assignments.update(ends_on=school.year.starts_on)
    client.force_login(school.lan)
    assert client.get(SEARCH, {"q": "an"}).status_code == 403
    assert client.get(SUGGESTIONS, {"q": "an"}).status_code == 403
    assert "data-pupil-search" not in client.get("/").content.decode()


@pytest.mark.parametrize(("pupils", "grants"), [(1, 0), (60, 60)])
def test_a_search_takes_the_same_statements_for_few_and_many_pupils_and_grants(school, pupils, grants):
    for number in range(grants):
        each = SchoolClass.objects.create(year=school.year, name=f"1N{number}", grade_level=1)
        put(each, f"Quách {number}")
        grant_to(school, school.lan, each)
    for number in range(pupils):
        put(school.class_4a, f"Quách Số {number}")
    find_pupils("quach", by=school.lan, most=50)
    with CaptureQueriesContext(connection) as captured:
        assert find_pupils("quach 4a", by=school.lan, most=50).pupils
    assert len(captured) == 4


def test_words_of_few_are_found_behind_the_first_of_all_by_everybody_who_may_see_them(school, monkeypatch):
    monkeypatch.setattr(search, "LOOKED_THROUGH", 3)
    add_pupils(school.class_1a, 40)
    put(school.class_4a, "Zyx Nguyễn")
    for person in (school.dung, school.tuan, school.lan):
        assert names("zyx", person) == ["Zyx Nguyễn"]
        assert names("nguyen", person)[-1] == "Zyx Nguyễn"
        with CaptureQueriesContext(connection) as captured:
            assert names("nguyen", person)
        assert len(captured) <= 5
    assert names("zyx", school.ngoc) == []


def test_classes_of_a_name_too_many_to_begin_with_are_still_meant(school, monkeypatch):
    monkeypatch.setattr(search, "FEW_CLASSES", 0)
    monkeypatch.setattr(search, "LOOKED_THROUGH", 3)
    put(school.class_4a, "Zyx Nguyễn")
    assert names("4 zyx", school.tuan) == names("4a zyx", school.dung) == ["Zyx Nguyễn"]
    assert names("4b zyx", school.tuan) == names("1a zyx", school.tuan) == []
    assert len(names("4", school.tuan)) == 5 + 3 + 1


def test_a_pupil_without_a_class_is_found_by_those_alone_who_see_the_whole_school(school):
    put(None, "Zyx Nguyễn", national_id="031219009999")
    for typed in ("zyx", "031219009999", "zyx 031219009999"):
        assert names(typed, school.tuan) == ["Zyx Nguyễn"], typed
        assert names(typed, school.dung) == names(typed, school.lan) == [], typed
    assert names("031219009999 031219009998", school.tuan) == names("zy x 031219009999", school.tuan) == []


def test_ids_and_name_are_found_as_they_are_now_whichever_way_they_were_changed(school):
    pupil = put(school.class_4a, "Quách Tĩnh", moet_id="3100009999")
    Student.objects.filter(pk=pupil.pk).update(moet_id="3100001234")
    assert names("3100001234", school.tuan) == names("1234", school.tuan) == ["Quách Tĩnh"]
    assert names("3100009999", school.tuan) == names("9999", school.tuan) == []


@pytest.mark.parametrize(
    ("typed", "index", "without"),
    [
        ("quach", "pupil_by_words", ("seqscan", "indexscan", "indexonlyscan")),
        ("nguyen", "pupil_words_in_order", ("seqscan", "sort")),
    ],
)
def test_the_search_uses_the_indexes_of_narrow_rows(school, typed, index, without):
    """Ways that a school of nine pupils makes look cheaper, whatever its statistics say just now, are shut."""
    with connection.cursor() as cursor:
        for way in without:
            cursor.execute(f"SET LOCAL enable_{way} = off")
    with CaptureQueriesContext(connection) as captured:
        find_pupils(typed, by=school.tuan, most=1)
    asked = [each["sql"] for each in captured if "students_pupilwords" in each["sql"]][-1]
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + asked)
        assert index in str(cursor.fetchall())
