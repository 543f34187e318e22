"""After a correction: the prints that held the old value, their pages, and one click to print those again (R55)."""

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse
from openpyxl import load_workbook

from accounts import clock
from approvals.models import CorrectionItem, CorrectionRequest
from gradebook.models import SubjectResult, YearOutcome
from gradebook.regulation import Period
from reports.models import PrintJob
from reports.page_places import words_of
from reports.print_jobs import ask_for_book, ask_for_own_books, ask_for_slips
from reports.superseded import _holds, request_with_items, superseded_by
from reports.transcripts import pupil_code
from tests.approvals.papers import applied, entered_school
from tests.conforming import faults_of_file
from tests.reports.papers import as_confirmed, pages_of, printed
from tests.reports.school_books import add_past_years, approve, fill

pytestmark = pytest.mark.django_db
FOOT = re.compile(r"Trang \d+/\d+")
BOOK = PrintJob.Book


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


def the_school():
    return entered_school(pupils=2)


def book(school, kind=BOOK.CLASS_TABLE, period=Period.MID_TERM_1):
    return printed(ask_for_book(book=kind, school_class=school.class_4a, period=period, by=school.tuan))


def as_if_printed(school, kind=BOOK.CLASS_TABLE, period=Period.MID_TERM_1):
    """A finished print without its file: all pupils on page 1."""
    places = {pupil_code(pupil): {"": [1]} for pupil in school.pupils}
    now = clock.now()
    return PrintJob.objects.create(
        book=kind,
        school_class=school.class_4a,
        period=period,
        asked_by=school.tuan,
        state="done",
        started_at=now,
        finished_at=now,
        pupils_asked=2,
        pupils_done=2,
        pages=1,
        file="books/0.pdf",
        places=places,
    )


def corrected_at_the_year_end(school, pupil, mark, value="9"):
    """As a request that was carried out leaves it; how it comes to that is tried in tests/approvals."""
    request = applied(school, value)
    line = school.lines[4, "TOAN"]
    SubjectResult.objects.filter(student=pupil, line=line, period=Period.YEAR_END).update(mark=mark)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        _guard(cursor, "DISABLE")
        CorrectionRequest.objects.filter(pk=request.pk).update(period=Period.YEAR_END)
        CorrectionItem.objects.filter(request=request).update(student=pupil)
        _guard(cursor, "ENABLE")
    return request


def _guard(cursor, how):
    """Of what was filed and carried out."""
    cursor.execute(f"ALTER TABLE approvals_correctionrequest {how} TRIGGER request_guard")
    cursor.execute(f"ALTER TABLE approvals_correctionitem {how} TRIGGER request_cell_guard")


def rows_of(request):
    return superseded_by([request_with_items(request.pk)])


def test_pages_are_named_as_a_reader_names_them():
    assert words_of([4, 5, 12]) == "trang 4–5, 12"
    assert words_of([1]) == "trang 1"


def test_the_class_table_of_that_period_is_named_with_its_page_and_no_other_book(school):
    old = book(school)
    as_if_printed(school, period=Period.MID_TERM_2)
    as_if_printed(school, BOOK.TRANSCRIPTS)
    (row,) = rows_of(applied(school))
    assert (row.job, row.pupils, row.renewed) == (old, (school.pupils[0].full_name,), None)
    assert row.where == "trang 2–4"
    assert "BẢN XEM TRƯỚC" not in row.where


def test_of_each_page_of_the_class_table_it_is_said_what_differs_there(school):
    old = book(school)
    request = applied(school)
    (row,) = rows_of(request)
    pages = [words.replace(" ", "") for words in pages_of(old.file.path)]
    said = {page: words for told in row.told for page, words in pages_told(told)}
    assert set(said) == set(row.pages)
    for page, words in said.items():
        shown = pages[page - 1]
        assert ("dòng của em" in words) == (school.pupils[0].full_name.replace(" ", "") in shown), page
        assert ("tổng số các mức" in words) == ("Sốlượngmức" in shown), page
        assert ("bảng kí xác nhận" in words) == ("Kíxácnhậnsổmônhọc" in shown), page
        assert ("thống kê của lớp" in words) == (page > 2), page
    listed = as_confirmed(school.tuan).get(reverse("reports:superseded", args=[request.pk])).content.decode()
    assert [told in listed for told in row.told] == [True] * len(row.told)
    PrintJob.objects.filter(pk=old.pk).update(
        places={code: pages for code, pages in old.places.items() if len(code) == 1 or code[0] != "*"}
    )
    (row,) = rows_of(request)
    assert row.told[-1].endswith(": tổng số các mức, bảng kí xác nhận, thống kê của lớp")


def pages_told(told):
    """«trang 3–4: …» as (3, …), (4, …)."""
    pages, _colon, words = told.removeprefix("trang ").partition(": ")
    for run in pages.split(", "):
        first, _dash, last = run.partition("–")
        yield from ((page, words) for page in range(int(first), int(last or first) + 1))


def own_book_of(school, teacher, period=Period.MID_TERM_1):
    (job,) = ask_for_own_books([teacher], year=school.year, period=period, by=school.tuan)
    return printed(job)


def test_the_own_book_with_the_sheet_and_the_slip_of_the_pupil_are_named_with_their_pages(school):
    own = own_book_of(school, school.lan)
    own_book_of(school, school.thu)  # has no sheet of Toán
    slips = printed(ask_for_slips(school_class=school.class_4a, period=Period.MID_TERM_1, by=school.tuan))
    request = applied(school, pupil=1)
    rows = {row.job: row for row in rows_of(request)}
    assert set(rows) == {own, slips}
    shown = pages_of(own.file.path)
    for page, words in enumerate(shown, start=1):
        is_of_it = page in own.places["*front"][""] or page in own.places["Toán, lớp 4A"][""]
        assert (page in rows[own].pages) == is_of_it
        assert page not in own.places["Toán, lớp 4A"][""] or not words or "TOÁN – LỚP 4A" in words
    assert [told.partition(": ")[2] for told in rows[own].told] == [
        "bìa, danh sách các sổ với tình trạng kí xác nhận",
        "sổ Toán, lớp 4A",
    ]
    of_pupil = [
        words for words in (pages_of(slips.file.path)[page - 1] for page in rows[slips].pages) if words
    ]
    assert all(school.pupils[1].full_name in words for words in of_pupil[:1])
    assert not any(school.pupils[0].full_name in words for words in of_pupil)
    assert [told.partition(": ")[2] for told in rows[slips].told] == ["phiếu của em"]
    # The clerk prints them anew from there; of the own book the whole file, which then has the new value.
    client = as_confirmed(school.tuan)
    page = client.get(reverse("reports:superseded", args=[request.pk])).content.decode()
    assert f"{reverse('reports:own_book_print')}?year={school.year.pk}" in page
    assert f"{reverse('reports:slips_print')}?year={school.year.pk}" in page
    assert f'name="whom" value="gv-{school.lan.pk}"' in page
    new = own_book_of(school, school.lan)
    assert {row.job: row.renewed for row in rows_of(request)} == {own: new, slips: None}
    assert (
        f"phiếu {request.label}" in client.get(reverse("reports:print_job", args=[own.pk])).content.decode()
    )
    assert f"phiếu {request.label}" in client.get(reverse("reports:prints")).content.decode()
    # Of the slips that of the pupil alone, which then stands for the page of the old file.
    assert f'name="student" value="{school.pupils[1].pk}"' in page
    of_one = {"school_class": school.class_4a, "period": Period.MID_TERM_1, "by": school.tuan}
    alone = printed(ask_for_slips(student=school.pupils[1], **of_one))
    assert {row.job: row.renewed for row in rows_of(request)} == {own: new, slips: alone}


def test_the_teacher_reads_on_the_own_print_which_request_has_changed_it_without_a_way_that_is_shut(school):
    own = own_book_of(school, school.thu)
    slips = printed(ask_for_slips(school_class=school.class_4a, period=Period.MID_TERM_1, by=school.tuan))
    request = applied(school)
    client = as_confirmed(school.lan)
    page = client.get(reverse("reports:print_job", args=[slips.pk])).content.decode()
    assert f"{request.label}" in page
    assert reverse("approvals:request", args=[request.pk]) not in page
    assert (
        request.label
        not in as_confirmed(school.thu).get(reverse("reports:print_job", args=[own.pk])).content.decode()
    )


def test_a_later_period_tells_of_an_earlier_one_its_levels_and_marks_but_not_its_comments(school):
    later, earlier = (
        PrintJob(book=BOOK.SLIPS, school_class=school.class_4a, period=period)
        for period in (Period.END_TERM_1, Period.MID_TERM_1)
    )
    request = request_with_items(applied(school).pk)
    assert [holds_cells(job, request) for job in (later, earlier)] == [True, True]
    for item in request.items.all():
        item.field = "comment"
    assert [holds_cells(job, request) for job in (later, earlier)] == [False, True]
    request.period = Period.MID_TERM_2
    assert [holds_cells(job, request) for job in (later, earlier)] == [False, False]


def holds_cells(job, request):
    return _holds(job, request, {request.school_class_id})


def test_the_pages_of_that_year_of_that_pupil_are_named_in_the_transcripts(school):
    add_past_years(school, 1)
    fill(school.class_4a, school.pupils)
    old = book(school, BOOK.TRANSCRIPTS)
    table = as_if_printed(school, period=Period.YEAR_END)
    request = corrected_at_the_year_end(school, school.pupils[1], 10)
    rows = {row.job: row for row in rows_of(request)}
    assert set(rows) == {old, table}
    pages = pages_of(old.file.path)
    year = school.year.label
    for number, words in enumerate(pages, start=1):
        is_of_it = school.pupils[1].full_name in words and f"năm {school.year.pk} của" in words
        assert (number in rows[old].pages) == is_of_it, (number, year)
    assert len(rows[old].pages) == 2


def test_one_click_prints_exactly_those_pages_with_the_new_value(school):
    fill(school.class_4a, school.pupils)
    old = book(school, BOOK.TRANSCRIPTS)
    request = corrected_at_the_year_end(school, school.pupils[1], 10)
    client = as_confirmed(school.tuan)
    page = client.get(reverse("reports:superseded", args=[request.pk])).content.decode()
    assert f"bản in số {old.pk}" in page
    told = {"book": "hocba", "school_class": school.class_4a.pk, "period": Period.YEAR_END}
    answer = client.post(reverse("reports:reprint", args=[request.pk]), told)
    job = PrintJob.objects.latest("pk")
    assert answer.url == reverse("reports:print_job", args=[job.pk]) + "?take=1"
    assert job.correction == request
    printed(job)
    (row,) = rows_of(request)
    assert (row.job, row.renewed) == (old, job)
    new, before = pages_of(job.file.path), pages_of(old.file.path)
    assert len(new) == len(row.pages) == 2
    assert all(school.pupils[1].full_name in words for words in new)
    assert not any(school.pupils[0].full_name in words for words in new)
    # Same page numbers at the foot, so that they take the place of the old ones.
    feet = [FOOT.findall(words)[-1] for words in new]
    assert feet == [FOOT.findall(before[at - 1])[-1] for at in row.pages]
    assert any("10 Nhận xét Toán" in words for words in new)
    assert "trang thay theo phiếu" in client.get(reverse("reports:prints")).content.decode()
    assert faults_of_file(Path(job.file.path)) == []


def test_the_clerk_s_page_lists_what_is_to_print_again_until_it_is_printed(school):
    old = as_if_printed(school)
    request = applied(school)
    client = as_confirmed(school.tuan)
    heading = "Trang phải in lại sau khi sửa điểm"
    assert heading in client.get(reverse("reports:prints")).content.decode()
    assert (
        f"phiếu {request.label}" in client.get(reverse("reports:print_job", args=[old.pk])).content.decode()
    )
    as_if_printed(school)
    assert heading not in client.get(reverse("reports:prints")).content.decode()
    (row,) = rows_of(request)
    assert row.renewed is not None


def test_only_the_clerk_prints_them_again_and_only_what_there_was(school):
    as_if_printed(school)
    request = applied(school)
    told = {"book": "thkqgd", "school_class": school.class_4a.pk, "period": Period.MID_TERM_1}
    address = reverse("reports:reprint", args=[request.pk])
    assert as_confirmed(school.hoa).post(address, told).status_code == 403
    client = as_confirmed(school.tuan)
    for wrong in (
        {},
        {**told, "period": "X"},
        {**told, "period": Period.MID_TERM_2},
        {**told, "school_class": "9" * 20},
    ):
        page = client.post(address, wrong, follow=True).content.decode()
        assert "Không có bản in nào của sổ này" in page
    assert PrintJob.objects.filter(correction=request).count() == 0


def test_the_locked_book_without_a_pupil_who_came_after_the_lock_has_no_page_of_that_pupil(school):
    old = as_if_printed(school)
    places = {pupil_code(school.pupils[1]): {"": [1]}, "*": {"": [1]}}
    PrintJob.objects.filter(pk=old.pk).update(places=places)
    assert rows_of(applied(school)) == []


def final(job):
    PrintJob.objects.filter(pk=job.pk).update(is_preview=False)
    job.refresh_from_db()
    return job


def test_a_preview_does_not_count_as_the_reprint_of_a_final_page(school):
    old = final(as_if_printed(school))
    as_if_printed(school)  # a preview, which takes no page's place in the book
    request = applied(school)
    as_if_printed(school)
    (row,) = rows_of(request)
    assert (row.job, row.renewed) == (old, None)
    client = as_confirmed(school.tuan)
    page = client.get(reverse("reports:superseded", args=[request.pk])).content.decode()
    assert "Có giá trị cũ" in page
    assert "Đã in lại" not in page
    new = final(as_if_printed(school))
    (row,) = rows_of(request)
    assert (row.job, row.renewed) == (old, new)


def test_of_a_transcript_the_pupil_s_own_sheet_says_whether_it_is_a_preview(school):
    _first, second = school.pupils
    fill(school.class_4a, school.pupils)
    approve(school.class_4a, [second], by=school.hoa, on=school.year.starts_on)
    old = book(school, BOOK.TRANSCRIPTS)
    request = corrected_at_the_year_end(school, second, 10)
    YearOutcome.objects.filter(student=second).delete()
    preview = book(school, BOOK.TRANSCRIPTS)
    assert (old.is_preview, preview.is_preview) == (True, True), "the first pupil's results are not approved"
    (row,) = rows_of(request)
    assert (row.job, row.renewed) == (old, None)
    approve(school.class_4a, [second], by=school.hoa, on=school.year.starts_on)
    new = book(school, BOOK.TRANSCRIPTS)
    assert rows_of(request)[0].renewed == new


def test_pages_printed_again_by_a_later_request_carry_the_value_of_the_earlier_one_too(school):
    old = book(school)
    first = applied(school)
    second = applied(school, "8", pupil=1)
    told = {"book": "thkqgd", "school_class": school.class_4a.pk, "period": Period.MID_TERM_1}
    as_confirmed(school.tuan).post(reverse("reports:reprint", args=[second.pk]), told)
    new = printed(PrintJob.objects.latest("pk"))
    assert new.correction == second
    for request in (first, second):
        (row,) = rows_of(request)
        assert (row.job, row.renewed) == (old, new), request.label


def test_pages_of_another_pupil_printed_again_do_not(school):
    fill(school.class_4a, school.pupils)
    book(school, BOOK.TRANSCRIPTS)
    first = corrected_at_the_year_end(school, school.pupils[0], 10)
    second = corrected_at_the_year_end(school, school.pupils[1], 10, "8")
    told = {"book": "hocba", "school_class": school.class_4a.pk, "period": Period.YEAR_END}
    as_confirmed(school.tuan).post(reverse("reports:reprint", args=[second.pk]), told)
    new = printed(PrintJob.objects.latest("pk"))
    assert [row.renewed for row in (*rows_of(first), *rows_of(second))] == [None, new]


def test_a_print_from_before_pages_were_kept_still_counts(school):
    old = as_if_printed(school)
    PrintJob.objects.filter(pk=old.pk).update(places={})
    (row,) = rows_of(applied(school))
    assert row.pages == ()
    assert "không ghi số trang" in row.where


def test_the_page_of_the_request_fetches_the_list_and_works_without_script(school):
    as_if_printed(school)
    request = applied(school)
    client = as_confirmed(school.tuan)
    address = reverse("reports:superseded", args=[request.pk])
    assert (
        f'hx-get="{address}"' in client.get(reverse("approvals:request", args=[request.pk])).content.decode()
    )
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<main" not in part
    assert "In lại trang 1" in part


def test_where_nothing_was_printed_before_it_is_said_that_nothing_is_to_be_printed_again(school):
    request = applied(school)
    client = as_confirmed(school.tuan)
    address = reverse("reports:superseded", args=[request.pk])
    page = client.get(address).content.decode()
    assert "Không có trang nào phải in lại" in page
    assert "Văn thư in lại đúng các trang đã nêu" not in page
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "Không có trang nào phải in lại" in part


def test_many_corrections_ask_no_more_of_the_database_than_one(school, django_assert_num_queries):
    as_if_printed(school)
    one = applied(school)
    requests = [
        request_with_items(each.pk) for each in (one, applied(school, "8"), applied(school, "6", pupil=1))
    ]
    with django_assert_num_queries(3):
        superseded_by(requests[:1])
    with django_assert_num_queries(3):
        superseded_by(requests)


def corrected_a_year_before(school):
    """A request of 3A's year end is carried out after 4A's học bạ, which has the pages of that year, was printed."""
    past = add_past_years(school, 1)[0]
    fill(school.class_4a, school.pupils)
    old = book(school, BOOK.TRANSCRIPTS)
    request = corrected_at_the_year_end(school, school.pupils[1], 10)
    with connection.cursor() as cursor:
        _guard(cursor, "DISABLE")
        CorrectionRequest.objects.filter(pk=request.pk).update(year=past.year, school_class=past)
        _guard(cursor, "ENABLE")
    return old, CorrectionRequest.objects.get(pk=request.pk)


def test_a_correction_of_an_earlier_year_is_named_wherever_the_later_transcripts_stand(school):
    old, request = corrected_a_year_before(school)
    client = as_confirmed(school.tuan)
    places = {
        "register": reverse("reports:register"),
        "print": reverse("reports:print_job", args=[old.pk]),
        "prints": reverse("reports:prints"),
    }
    (row,) = rows_of(request)
    for name, address in places.items():
        page = client.get(address).content.decode()
        assert f"phiếu {request.label}" in page, name
        assert name == "register" or f"In lại {row.where}" in page, name
    assert f"phiếu {request.label}" in str(excel_line(client, old))
    told = {"book": "hocba", "school_class": school.class_4a.pk, "period": Period.YEAR_END}
    client.post(reverse("reports:reprint", args=[request.pk]), told)
    new = printed(PrintJob.objects.latest("pk"))
    assert f"năm {request.year_id} của" in " ".join(pages_of(new.file.path))
    said = f"phiếu {request.label}, đã in lại: bản {new.pk}"
    assert said in client.get(places["register"]).content.decode()
    assert said in str(excel_line(client, old))
    page = client.get(places["print"]).content.decode()
    assert f"Bản in số {new.pk}" in page
    assert "Đã in lại" in page
    assert f"phiếu {request.label} ·" not in client.get(places["prints"]).content.decode()


def excel_line(client, job):
    """What the register's file says of the print, last cell."""
    answer = client.get(reverse("reports:register_file"))
    rows = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.values
    return next(row[-1] for row in rows if row[0] == f"Bản {job.pk}")


def test_a_correction_of_an_earlier_year_of_a_pupil_elsewhere_is_not_named_there(school):
    _old, request = corrected_a_year_before(school)
    other = PrintJob.objects.create(
        book=BOOK.TRANSCRIPTS,
        school_class=school.class_4b,
        period=Period.YEAR_END,
        asked_by=school.tuan,
        state="done",
        started_at=request.applied_at - timedelta(minutes=1),
        finished_at=clock.now(),
        pupils_asked=1,
        pupils_done=1,
        pages=1,
        file="books/0.pdf",
    )
    page = as_confirmed(school.tuan).get(reverse("reports:print_job", args=[other.pk])).content.decode()
    assert request.label not in page
