"""Prints of decisions and certificates: marked when a later decision amends them, naming page, pupil and by what."""

from pathlib import Path

import pytest
from django.urls import reverse

from approvals import consent, corrections
from gradebook.decisions import draft_decision, withdraw_decision
from gradebook.regulation import Period
from reports.amended_papers import amended_of_job
from reports.models import PrintJob
from reports.outdated import with_changes
from reports.print_jobs import ask_for_paper
from tests.approvals.test_consent import about
from tests.gradebook.school import open_window
from tests.gradebook.test_decisions import approved, issued, lower, say_anew, words
from tests.gradebook.year_end import confirm, ended_school, go_through
from tests.reports.papers import as_confirmed, pages_of, printed

pytestmark = pytest.mark.django_db
BOOK = PrintJob.Book


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


def the_school():
    return ended_school()


def papers_of(decision, school):
    return [
        printed(ask_for_paper(decision, book=book, by=school.tuan))
        for book in (BOOK.DECISION, BOOK.CERTIFICATES)
    ]


def is_outdated(job):
    return with_changes(PrintJob.objects.filter(pk=job.pk)).get().is_outdated


def page_of(job, school):
    return words(as_confirmed(school.tuan).get(reverse("reports:print_job", args=[job.pk])))


def take_back(school):
    """The first pupil gets no title any more: a second decision only strikes the pupil off."""
    lower(school)
    confirm(school)
    go_through(school)
    return issued(school, number="46/QĐ-THKĐ")


def test_a_print_of_a_decision_that_was_amended_names_page_pupil_and_decision(school):
    first = issued(approved(school))
    decision, certificates = papers_of(first, school)
    other = school.pupils[1]
    assert not is_outdated(decision)
    assert not is_outdated(certificates)
    assert "không còn đúng" not in page_of(certificates, school)
    second = take_back(school)
    pupil = school.pupils[0]
    assert is_outdated(decision)
    assert is_outdated(certificates)
    told = page_of(certificates, school)
    assert "Có nội dung không còn đúng" in told
    assert f"{second.dated_label} · {pupil.full_name} (1A) · trang 1 của bản in số {certificates.pk}" in told
    assert f"{pupil.full_name}: thu hồi giấy khen" in told
    assert other.full_name not in told
    told = page_of(decision, school)
    assert f"{second.dated_label} · {pupil.full_name} (1A) · trang 2 của bản in số {decision.pk}" in told
    assert f"{pupil.full_name}: huỷ nội dung" in told


def test_a_new_print_leaves_the_pupil_out_and_is_named_as_the_one_that_is_right(school):
    first = issued(approved(school))
    _decision, old = papers_of(first, school)
    take_back(school)
    _decision, new = papers_of(first, school)
    (paper,) = pages_of(new.file.path)
    assert school.pupils[1].full_name in paper
    assert not is_outdated(new)
    assert f"Bản in số {new.pk} Đã in lại" in page_of(old, school)
    assert amended_of_job(new) == []
    PrintJob.objects.filter(pk=old.pk).update(school_class=None)  # as it was printed by an earlier version
    assert f"Bản in số {new.pk} Đã in lại" in page_of(old, school)


def test_the_page_of_the_amending_decision_and_the_list_of_prints_and_the_register_name_the_print(school):
    first = issued(approved(school))
    _decision, certificates = papers_of(first, school)
    second = take_back(school)
    client = as_confirmed(school.tuan)
    path = reverse("reports:amended", args=[second.pk])
    assert path in client.get(reverse("gradebook:decision", args=[second.pk])).content.decode()
    assert path not in client.get(reverse("gradebook:decision", args=[first.pk])).content.decode()
    for page in (client.get(path), client.get(reverse("reports:prints"))):
        told = words(page)
        assert f"trang 1 của bản in số {certificates.pk}" in told
        assert "Có nội dung cũ" in told
    assert second.dated_label in words(client.get(reverse("reports:register")))


def test_the_page_of_the_request_names_the_certificate_that_its_correction_made_wrong(school):
    open_window(school, Period.YEAR_END)
    first = issued(approved(school))
    _decision, certificates = papers_of(first, school)
    request = consent.answer(about(school, "7"), consents=True, note="", by=school.bich)
    corrections.carry_out(request, by=school.tuan)
    client, page = as_confirmed(school.tuan), reverse("reports:superseded", args=[request.pk])
    told = words(client.get(page))
    pupil = school.pupils[0].full_name
    assert f"{pupil} (1A) · trang 1 của bản in số {certificates.pk}" in told
    assert f"{pupil}: kết quả đã mở lại, chờ quyết định sửa đổi" in told
    confirm(school)
    go_through(school)
    second = issued(school, number="46/QĐ-THKĐ")
    told = words(client.get(page))
    assert f"{second.dated_label} · {pupil} (1A) · trang 1 của bản in số {certificates.pk}" in told
    assert school.pupils[1].full_name not in told


def test_a_result_that_was_re_opened_marks_the_print_before_there_is_a_decision(school):
    first = issued(approved(school))
    _decision, certificates = papers_of(first, school)
    lower(school)
    assert is_outdated(certificates)
    told = page_of(certificates, school)
    assert f"{school.pupils[0].full_name}: kết quả đã mở lại, chờ quyết định sửa đổi" in told
    say_anew(school)
    assert is_outdated(certificates)


def test_a_print_without_the_pupil_of_a_result_that_was_open_stays_right_when_the_decision_comes(school):
    first = issued(approved(school))
    lower(school)
    certificates = printed(ask_for_paper(first, book=BOOK.CERTIFICATES, by=school.tuan))
    say_anew(school)
    issued(school, number="46/QĐ-THKĐ")
    assert not is_outdated(certificates)


def test_a_withdrawn_decision_marks_its_prints_and_those_it_had_amended(school):
    first = issued(approved(school))
    second = take_back(school)
    (amending, amended) = (
        printed(ask_for_paper(each, book=BOOK.DECISION, by=school.tuan)) for each in (second, first)
    )
    withdraw_decision(second, reason="Sai tên", by=school.bich)
    assert is_outdated(amending)
    assert is_outdated(amended)
    assert f"{school.pupils[0].full_name}: quyết định sửa đổi đã thu hồi" in page_of(amended, school)
    assert "Quyết định số 46/QĐ-THKĐ đã thu hồi · tất cả các trang" in page_of(amending, school)


def test_the_print_of_a_decision_for_the_school_names_the_classes_that_it_lists(school):
    approved(school)
    draft = draft_decision("awards", school.year, None, by=school.tuan)
    job = ask_for_paper(draft, book=BOOK.DECISION, by=school.tuan)
    assert "· toàn trường " in job.title
    only = issued(school)
    for book in (BOOK.DECISION, BOOK.CERTIFICATES):
        assert "· lớp 1A " in ask_for_paper(only, book=book, by=school.tuan).title
