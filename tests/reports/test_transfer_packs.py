"""A pupil who goes to another school takes one file along: letter, results, movements, học bạ (PLAN IV.3)."""

import datetime
import unicodedata

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.models import AccessLogEntry
from gradebook.regulation import Period
from reports.transfer_packs import NOT_ASSESSED, read_pack
from students import movements
from students.models import Movement
from tests.gradebook.school import School, make_school
from tests.reports.school_books import add_past_years, add_profile, fill

pytestmark = pytest.mark.django_db
TO = {
    "destination_code": "02",
    "other_school": "Trường Tiểu học Hoa Sen",
    "other_province": "Thành phố Hà Nội",
    "decision_number": "07/GGT-THKĐ",
    "decision_date": datetime.date(2026, 11, 20),
}


@pytest.fixture
def school() -> School:
    return make_school(pupils=2)


def transfer(school: School, **said: object) -> Movement:
    movements.transfer_out(school.pupils[0], day=clock.today(), by=school.tuan, **TO | said)
    return stored()


def stored() -> Movement:
    return Movement.objects.select_related("student", "year", "from_class__year").latest("pk")


def as_clerk(school: School) -> Client:
    client = Client()
    client.force_login(school.tuan)
    return client


def text_of(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    pages = [document[place].get_textpage().get_text_range() for place in range(len(document))]
    document.close()
    return [" ".join(unicodedata.normalize("NFC", page).split()) for page in pages]


def test_one_click_gives_the_letter_the_results_and_the_transcript(school):
    fill(school.class_4a, school.pupils, Period.MID_TERM_1)
    add_profile(school.year, school.pupils[0])
    movement, client = transfer(school), as_clerk(school)
    file = reverse("reports:transfer_pack", args=[movement.pk])
    assert file in client.get(reverse("students:movement", args=[movement.pk])).text
    assert file in client.get(reverse("students:pupil_movements", args=[school.pupils[0].pk])).text
    answer = client.get(file)
    letter, *others = text_of(b"".join(answer))
    for words in (
        "UBND PHƯỜNG KIM ĐỒNG",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Số: 07/GGT-THKĐ",
        "ngày 20 tháng 11 năm 2026",
        "GIẤY GIỚI THIỆU CHUYỂN TRƯỜNG",
        school.pupils[0].full_name.upper(),
        "Trường Tiểu học Hoa Sen, Thành phố Hà Nội",
        "HIỆU TRƯỞNG",
        school.bich.full_name,
    ):
        assert words in letter
    whole = " ".join(others)
    for words in (
        "PHỤ LỤC",
        "Có phép: 3 ngày",
        "Không phép: 0,5 ngày",
        "Chuyển đi",
        "HỌC BẠ",
        "BẢN XEM TRƯỚC",
    ):
        assert words in whole
    assert AccessLogEntry.objects.filter(kind=AccessLogEntry.Kind.PRINT_DOWNLOADED).count() == 1


def test_every_line_taught_stands_in_it_with_what_is_entered_to_date(school):
    fill(school.class_4a, school.pupils, Period.MID_TERM_1)
    pack = read_pack(transfer(school))
    assert len(pack.subjects) == school.class_4a.year.lines.filter(grade_level=4).count()
    maths = next(row for row in pack.subjects if row.label == "Toán")
    assert maths.values[0]
    assert maths.values[1].isdigit()
    assert set(maths.values[2:]) == {""}
    ethics = next(row for row in pack.subjects if row.label == "Đạo đức")
    assert ethics.values[1::2] == (NOT_ASSESSED,) * 4
    assert len(pack.comments) == len(pack.subjects) + 3


def test_another_paper_than_the_letter_leaves_number_and_date_to_be_written(school):
    pack = read_pack(transfer(school, decision_number="15/QĐ-UBND"))
    assert (pack.number, pack.signature.day) == ("", None)


def test_statements_do_not_grow_with_results_and_years(school, django_assert_max_num_queries):
    add_past_years(school, 3)
    fill(school.class_4a, school.pupils, Period.MID_TERM_1)
    movement = transfer(school)
    with django_assert_max_num_queries(20):
        read_pack(movement)


def test_only_a_transfer_in_force_has_a_pack(school):
    movement, client = transfer(school), as_clerk(school)
    file = reverse("reports:transfer_pack", args=[movement.pk])
    movements.cancel(movement, reason="Ghi nhầm", by=school.tuan)
    assert client.get(file).status_code == 404
    assert file not in client.get(reverse("students:movement", args=[movement.pk])).text
