"""Slips by which consents are asked for: read back from the PDF (Luật 91/2025 Điều 9, 10, 24; rule R66)."""

import datetime

import pytest
from django.urls import reverse

from accounts.clock import today
from accounts.models import AccessLogEntry
from approvals.data_purposes import begin_register
from approvals.models import ProcessingPurpose
from reports.consent_slips import _asked_for, read_consent_slips
from reports.read_back import squeezed
from students.models import Student
from tests.gradebook.school import CONFIRMED, add_pupils, make_school
from tests.reports.test_parent_papers import pages_of
from tests.students.test_year_pages import as_

pytestmark = pytest.mark.django_db
CHILD = "HỌC SINH (Tự kí, ghi rõ họ tên)"


def the_school():
    """The second pupil is six years old."""
    school = make_school(pupils=2)
    begin_register(by=school.tuan)
    Student.objects.filter(pk=school.pupils[1].pk).update(birth_year=today().year - 6)
    return school


def address(school):
    return reverse("reports:consent_slips", args=[school.class_4a.pk])


def fetched(client, school):
    """The file, after the password that a bulk export asks for."""
    assert client.get(address(school)).status_code == 422
    client.post(reverse("accounts:confirm"), {"next": address(school), "lasting": "exports", **CONFIRMED})
    return pages_of(client.get(address(school)).getvalue())


def test_each_pupil_has_a_slip_with_every_purpose_in_the_words_in_force_and_room_to_sign(school):
    pages = fetched(as_(school.lan), school)
    assert len(pages) == len(school.pupils)
    asked = ProcessingPurpose.objects.to_agree_to()
    for pupil, words in zip(school.pupils, pages, strict=True):
        assert f"Kính gửi cha mẹ (người giám hộ) em {pupil.full_name}." in words
        for purpose in asked:
            told = f"{purpose.title} Dữ liệu: {purpose.categories}. Ai nhận: {purpose.recipients}."
            assert squeezed(f"{told} Lưu: {purpose.kept_for}. Căn cứ: {purpose.basis}.") in squeezed(words)
            assert f"Lời áp dụng từ ngày {purpose.starts_on:%d/%m/%Y}" in words
        for expected in (
            school.year.school_name.upper(),
            "Độc lập - Tự do - Hạnh phúc",
            "Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15 (Điều 9, Điều 10, Điều 24)",
            "mục để trống là chưa đồng ý",
            "NGƯỜI ĐẠI DIỆN (Kí, ghi rõ họ tên)",
        ):
            assert squeezed(expected) in squeezed(words)
    for purpose in ProcessingPurpose.objects.in_force().filter(needs_consent=False):
        assert purpose.title not in pages[0]
    entry = AccessLogEntry.objects.filter(kind="bulk_exported").latest("pk")
    assert (entry.user, entry.detail) == (school.lan, "2 học sinh")


def test_a_child_of_seven_agrees_by_itself_and_a_younger_one_is_not_asked(school):
    older, younger = fetched(as_(school.lan), school)
    purposes = ProcessingPurpose.objects.to_agree_to().count()
    assert CHILD in older
    assert "em đã đủ 7 tuổi nên chính em cũng phải đồng ý" in older
    assert older.count("Không đồng ý") == 2 * purposes + 1  # and that nothing comes of it
    assert CHILD not in younger
    assert "Em chưa đủ 7 tuổi: chỉ người đại diện kí." in younger
    assert younger.count("Không đồng ý") == purposes + 1


def test_nothing_of_the_record_but_the_name_stands_on_a_slip(school):
    Student.objects.update(mother_name="Phạm Thị Mẹ", mother_phone="0987654321", home_address="Ngõ Kín")
    for words in fetched(as_(school.lan), school):
        assert not any(told in words for told in ("Phạm Thị Mẹ", "0987654321", "Ngõ Kín"))


def test_the_page_of_the_class_leads_to_its_slips_where_there_is_something_to_agree_to(school):
    page = reverse("approvals:consent_class", args=[school.class_4a.pk])
    assert address(school) in as_(school.lan).get(page).content.decode()
    ProcessingPurpose.objects.to_agree_to().update(
        state="ended", ends_on=today(), end_reason="Thôi làm các việc này."
    )
    assert address(school) not in as_(school.lan).get(page).content.decode()
    assert as_(school.lan).get(address(school)).status_code == 404


def test_a_class_without_pupils_has_no_slips(school):
    school.class_4a.enrolments.all().delete()
    assert as_(school.lan).get(address(school)).status_code == 404


@pytest.mark.parametrize("more", [0, 30])
def test_slips_are_read_in_two_statements_for_a_few_and_for_many(school, django_assert_num_queries, more):
    add_pupils(school.class_4a, more)
    with django_assert_num_queries(2):
        assert len(read_consent_slips(school.class_4a, printed_by="").slips) == len(school.pupils) + more


def test_words_that_end_with_a_full_stop_are_given_no_second_one():
    purpose = ProcessingPurpose(
        title="Ảnh của em",
        categories="ảnh chân dung.",
        recipients="cha mẹ trong lớp",
        kept_for="1 năm. ",
        basis="Điều 9.",
        starts_on=datetime.date(2026, 9, 5),
    )
    asked = _asked_for(purpose)
    assert asked.lines == ("Dữ liệu: ảnh chân dung.", "Ai nhận: cha mẹ trong lớp.", "Lưu: 1 năm.")
    assert asked.ground == "Căn cứ: Điều 9. Lời áp dụng từ ngày 05/09/2026."
