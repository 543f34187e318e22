"""Papers by which parents check the record: read back from the PDF (PLAN IV.5; R65, R68, R69)."""

import datetime
import unicodedata

import pypdfium2
import pytest
from django.urls import reverse

from accounts.clock import today
from accounts.models import AccessLogEntry
from reports.parent_papers import read_papers
from tests.gradebook.school import CONFIRMED, add_pupils, make_school
from tests.students.test_year_pages import as_

pytestmark = pytest.mark.django_db
SECRETS = {
    "ethnic_code": "02",
    "religion_code": "02",
    "policy_code": "08",
    "disability_code": "03",
    "mother_name": "Phạm Thị Mẹ",
    "mother_phone": "0987654321",
    "home_address": "Số 9 ngõ Kín",
}
SHOWN = ("Tày", "Công giáo", "hộ nghèo", "Khuyết tật nhìn", "Phạm Thị Mẹ", "0987654321", "ngõ Kín")


def the_school():
    school = make_school(pupils=2)
    pupil = school.pupils[0]
    for name, value in SECRETS.items():
        setattr(pupil, name, value)
    pupil.save()
    return school


def pages_of(content):
    """The words of each page, in one Unicode form and with single spaces."""
    document = pypdfium2.PdfDocument(content)
    pages = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return [" ".join(unicodedata.normalize("NFC", words).split()) for words in pages]


def fetched(client, name, school):
    """The file, after the password that a bulk export asks for."""
    file = reverse(f"reports:{name}", args=[school.class_4a.pk])
    assert client.get(file).status_code == 422
    client.post(reverse("accounts:confirm"), {"next": file, "lasting": "exports", **CONFIRMED})
    pages = pages_of(client.get(file).getvalue())
    entry = AccessLogEntry.objects.filter(kind="bulk_exported").latest("pk")
    assert (entry.user, entry.detail) == (school.lan, f"{len(school.pupils)} học sinh")
    assert "kiểm tra thông tin học sinh lớp 4A" in entry.target
    return pages


def test_each_pupil_has_a_page_of_their_own_to_check_and_sign_that_tells_of_nobody_else(school):
    pages = fetched(as_(school.lan), "parent_slips", school)
    assert len(pages) == len(school.pupils)
    for pupil, words in zip(school.pupils, pages, strict=True):
        assert f"em {pupil.full_name}. Xin đối chiếu" in words
    assert all(words in pages[0] for words in SHOWN)
    assert not any(words in pages[1] for words in SHOWN)
    for expected in (
        school.year.school_name.upper(),
        "Độc lập - Tự do - Hạnh phúc",
        "Họ và tên mẹ chưa có",
        "GIÁO VIÊN CHỦ NHIỆM",
        "CHA MẸ (NGƯỜI GIÁM HỘ)",
        f"in ngày {today():%d/%m/%Y}, người in: {school.lan.full_name}",
    ):
        assert expected in pages[1]


def test_the_list_that_goes_round_names_everybody_and_tells_nothing_sensitive(school):
    (words,) = fetched(as_(school.lan), "parent_list", school)
    assert all(pupil.full_name in words for pupil in school.pupils)
    assert f"Danh sách có {len(school.pupils)} học sinh." in words
    assert not any(secret in words for secret in SHOWN)


@pytest.mark.parametrize(("days", "is_named"), [(7, True), (0, True), (-1, False)])
def test_the_day_by_which_it_comes_back_is_named_while_it_is_still_to_come(school, days, is_named):
    due = today() + datetime.timedelta(days)
    school.class_4a.year.records_due_on = due
    assert read_papers(school.class_4a, printed_by="").due_on == (due if is_named else None)


def test_a_class_without_pupils_has_no_papers(school):
    school.class_4a.enrolments.all().delete()
    file = reverse("reports:parent_slips", args=[school.class_4a.pk])
    assert as_(school.lan).get(file).status_code == 404


@pytest.mark.parametrize("more", [0, 30])
def test_papers_are_read_in_four_statements_for_a_few_and_for_many(school, django_assert_num_queries, more):
    add_pupils(school.class_4a, more)
    with django_assert_num_queries(4):
        assert len(read_papers(school.class_4a, printed_by="").slips) == len(school.pupils) + more
