"""A học bạ, and a class's book, are final only as the principal has approved them, however asked for (R55, R74)."""

from pathlib import Path

import pytest
from django.urls import reverse

from approvals import consent, corrections
from gradebook.models import YearOutcome
from gradebook.outcomes import reopen_outcome
from gradebook.regulation import Period
from reports import pdf, promotion_report, quality_report, read_back
from reports.class_tables import class_table
from reports.kept_reports import Keeping, digest_of, keep_report
from reports.lock_words import lock_words
from reports.models import PrintJob
from reports.report_kind import Moment
from reports.transcripts import transcript_of, transcripts_of
from students.models import SchoolClass, SchoolYear
from tests.approvals.papers import cleaned_picture
from tests.gradebook.school import change_of, close_window, open_window
from tests.gradebook.year_end import confirm, ended_school, go_through, put
from tests.reports.papers import as_confirmed, pages_of, printed

pytestmark = pytest.mark.django_db
PREVIEW = "BẢN XEM TRƯỚC"


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


def asked_for(school):
    """By a request of the clerk's, past the page."""
    told = {"book": "hocba", "school_class": school.class_1a.pk, "period": "CN"}
    as_confirmed(school.tuan).post(reverse("reports:prints"), told)
    return printed(PrintJob.objects.latest("pk"))


def test_before_the_approval_every_page_of_the_year_says_that_it_is_none_and_names_no_result():
    school = ended_school()
    confirm(school)
    job = asked_for(school)
    assert job.is_preview
    pages = pages_of(job.file.path)
    assert sum(PREVIEW in words for words in pages) == 2 * len(school.pupils)
    assert not any("Đánh giá kết quả giáo dục: Hoàn thành" in words for words in pages)


def test_after_the_approval_it_is_final():
    school = ended_school()
    confirm(school)
    go_through(school)
    job = asked_for(school)
    assert not job.is_preview
    assert not any(PREVIEW in words for words in pages_of(job.file.path))


def contradicted_school():
    """1A is approved; the first pupil was corrected by a request, and what stands now gives another result."""
    school = ended_school()
    open_window(school, Period.YEAR_END)
    confirm(school)
    go_through(school)
    sheet = school.sheet("TOAN", Period.YEAR_END, school.class_1a)
    change = change_of(sheet, school.pupils[0], "comment", "Em rất chăm.")
    request = corrections.propose(sheet, [change], by=school.ngoc)
    corrections.attach(request, cleaned_picture(), by=school.ngoc)
    corrections.file_request(request, reason="Ghi thiếu nhận xét.", by=school.ngoc)
    corrections.decide(request, approve=True, note="", by=school.hoa)
    consent.answer(request, consents=True, note="", by=school.bich)
    corrections.carry_out(request, by=school.tuan)
    put(school, school.pupils[0], "TOAN", mark=7)
    return school


def test_a_result_that_a_correction_has_contradicted_is_not_final_until_it_is_decided_anew():
    school = contradicted_school()
    assert YearOutcome.objects.filter(student=school.pupils[0]).exists()
    first, second = transcripts_of(school.class_1a)
    assert (first.years[-1].is_preview, second.years[-1].is_preview) == (True, False)
    assert transcript_of(school.pupils[0], school.year).years[-1].result == ""
    reopen_outcome(school.class_1a, school.pupils[0], reason="Theo phiếu", by=school.bich)
    confirm(school)
    go_through(school)
    assert [book.years[-1].is_preview for book in transcripts_of(school.class_1a)] == [False, False]


def class_book(school):
    return class_table(SchoolClass.objects.select_related("year").get(pk=school.class_1a.pk), Period.YEAR_END)


def test_the_class_book_leaves_such_a_result_blank_and_uncounted_names_the_pupil_and_is_a_preview():
    school = contradicted_school()
    close_window(school, Period.YEAR_END)
    table = class_book(school)
    outcomes = [place for place, column in enumerate(table.columns) if column.kind == "outcome"]
    assert [table.rows[0].cells[place] for place in outcomes] == [""] * len(outcomes)
    assert all(sum(count for _value, count in counts) <= 1 for _heading, counts in table.outcome_summary)
    assert table.pupils_without_outcome == 1
    drawn = pdf.render_class_table(table)
    read_back.check_class_table(drawn, table)
    pages = read_back.page_texts(drawn)
    told = f"Chờ phê duyệt lại: {school.pupils[0].full_name}."
    assert sum(read_back.squeezed(told) in read_back.squeezed(page) for page in pages) == 2
    assert all(PREVIEW in page for page in pages)

    reopen_outcome(school.class_1a, school.pupils[0], reason="Theo phiếu", by=school.bich)
    table = class_book(school)
    assert (table.is_preview, table.contradicted) == (True, (school.pupils[0].full_name,))
    assert table.preview_reason == "có kết quả chờ phê duyệt lại"
    confirm(school)
    go_through(school)
    table = class_book(school)
    assert (table.is_preview, table.contradicted, table.pupils_without_outcome) == (False, (), 0)


def test_a_class_with_a_result_that_is_being_decided_anew_is_not_counted_as_approved():
    school = contradicted_school()
    moment = Moment(school.year, Period.YEAR_END)
    classes = school.year.classes.count()
    assert f"1/{classes} lớp đã được phê duyệt kết quả năm học" in lock_words(moment)
    reopen_outcome(school.class_1a, school.pupils[0], reason="Theo phiếu", by=school.bich)
    said = lock_words(moment)
    assert f"0/{classes} lớp đã được phê duyệt kết quả năm học; 1 em lớp 1A đang xét lại" in said
    assert "Mục 4–6: chưa phê duyệt 1/2 em" in quality_report.read(moment).table("grade 1").note
    report = promotion_report.read(moment)
    assert "Chưa xét" not in str(report)
    assert any("Chưa phê duyệt 9/10 em" in note for note in report.notes)
    confirm(school)
    go_through(school)
    assert f"1/{classes} lớp đã được phê duyệt kết quả năm học" in lock_words(moment)
    assert "đang xét lại" not in lock_words(moment)


def test_a_report_says_when_kept_and_on_its_page_who_waits_for_a_new_approval_and_that_the_year_is_reopened():
    school = contradicted_school()
    for state in (SchoolYear.State.CLOSED, SchoolYear.State.OPEN):
        school.year.state = state
        school.year.save()
    moment = Moment(school.year, Period.YEAR_END)
    seen = digest_of(quality_report.read(moment))
    kept = keep_report(quality_report.KIND, moment, Keeping(seen), by=school.bich)
    told = "1 em đã phê duyệt có kết quả tính lại khác, chờ phê duyệt lại (1A: 1 em)"
    assert f"{told}; năm học đang mở lại từ " in kept.lock_state
    address = reverse("reports:report", args=["chat-luong"])
    page = as_confirmed(school.bich).get(address, {"period": "CN"}).content.decode()
    assert page.index("chưa nên kí:") < page.index(f"<li>Toàn trường: {told}.")
    assert f"<li>Khối 1: {told}." in page
