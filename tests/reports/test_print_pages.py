"""The pages of the prints: who may ask, who may look, what they say while a book is made and after."""

import datetime
import re
from pathlib import Path

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import AccessLogEntry, User
from gradebook.regulation import Period
from reports.models import PrintJob
from reports.print_jobs import ask_for_book, run_job
from reports.print_views import file_name
from reports.whole_files import KEPT
from students.models import HomeroomAssignment, SchoolClass
from tests.gradebook.school import CONFIRMED, School, close_window, make_school, open_window
from tests.reports.school_books import add_past_years, fill
from tests.reports.test_print_jobs import as_if_in_the_hands_of_a_worker

pytestmark = pytest.mark.django_db

PRINTS = reverse("reports:prints")
BOOK = PrintJob.Book
THOSE_WHO_SEE = ("tuan", "bich", "hoa")
THOSE_WHO_DO_NOT = ("lan", "minh", "thu", "dung", "ngoc", "son")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages that a test has drawn are found again by those after it, as the school finds its own: here it is told
    who may have a print, not how it is drawn."""
    return tmp_path_factory.mktemp(KEPT)


@pytest.fixture(autouse=True)
def files(settings: object, tmp_path: Path, kept: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    (tmp_path / KEPT).symlink_to(kept)
    # whitenoise warns of a missing folder, and warnings are errors here.
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # type: ignore[attr-defined]
    return tmp_path


@pytest.fixture
def school() -> School:
    return make_school(pupils=2)


def as_person(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def confirmed(client: Client) -> Client:
    """Has just given the password for exports."""
    client.post(reverse("accounts:confirm"), {"lasting": "exports", "next": "/", **CONFIRMED})
    return client


def finished(school: School, book: str = BOOK.CLASS_TABLE, period: str = Period.MID_TERM_1) -> PrintJob:
    job = ask_for_book(book=book, school_class=school.class_4a, period=period, by=school.tuan)
    run_job(job.pk)
    job.refresh_from_db()
    return job


def words(html: bytes) -> str:
    """The text of a page without tags, white space made single."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode()).split())


def wanted(school: School, **other: object) -> dict[str, object]:
    return {
        "book": BOOK.TRANSCRIPTS,
        "school_class": school.class_4a.pk,
        "period": "GHKI",
        **CONFIRMED,
        **other,
    }


# -- Who ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", THOSE_WHO_DO_NOT)
def test_others_see_neither_list_nor_print_nor_file(school: School, name: str) -> None:
    job = finished(school)
    client = as_person(school.people[name])
    for address in (
        PRINTS,
        reverse("reports:print_job", args=[job.pk]),
        reverse("reports:print_file", args=[job.pk]),
    ):
        answer = client.get(address)
        assert answer.status_code == 403
        assert "văn thư và Ban giám hiệu" in words(answer.content)
    assert (
        AccessLogEntry.objects.filter(kind=AccessLogEntry.Kind.REFUSED, user=school.people[name]).count() == 3
    )
    assert not AccessLogEntry.objects.filter(kind=AccessLogEntry.Kind.PRINT_DOWNLOADED).exists()


@pytest.mark.parametrize("name", [*THOSE_WHO_DO_NOT, "bich", "hoa"])
def test_others_than_the_clerk_cannot_ask_by_a_direct_post(school: School, name: str) -> None:
    answer = as_person(school.people[name]).post(PRINTS, wanted(school))
    assert answer.status_code == 403
    assert not PrintJob.objects.exists()


@pytest.mark.parametrize("name", THOSE_WHO_SEE)
def test_the_office_takes_the_file_of_whoever_asked_and_that_is_logged(school: School, name: str) -> None:
    job = finished(school)
    answer = confirmed(as_person(school.people[name])).get(reverse("reports:print_file", args=[job.pk]))
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == Path(job.file.path).read_bytes()
    entry = AccessLogEntry.objects.get(kind=AccessLogEntry.Kind.PRINT_DOWNLOADED)
    assert (entry.user, entry.detail) == (school.people[name], file_name(job))


def test_visitors_are_sent_to_the_login(school: School) -> None:
    answer = Client().get(PRINTS)
    assert answer.status_code == 302
    assert reverse("accounts:login") in answer["Location"]


def test_the_form_is_the_clerks_alone(school: School) -> None:
    assert "Đặt in một sổ" in words(as_person(school.tuan).get(PRINTS).content)
    page = words(as_person(school.bich).get(PRINTS).content)
    assert "Đặt in một sổ" not in page
    assert "Chưa in sổ nào" in page


# -- Asking ------------------------------------------------------------------------------------------------


def test_asking_leads_to_the_page_of_the_print(school: School) -> None:
    answer = as_person(school.tuan).post(PRINTS, wanted(school), follow=True)
    job = PrintJob.objects.get()
    assert answer.redirect_chain == [(reverse("reports:print_job", args=[job.pk]), 302)]
    assert (job.book, job.period, job.asked_by) == (BOOK.TRANSCRIPTS, Period.YEAR_END, school.tuan)
    assert "Đã đặt in học bạ của lớp 4A" in words(answer.content)
    answer = as_person(school.tuan).post(PRINTS, wanted(school, book=BOOK.CLASS_TABLE), follow=True)
    assert "Đã đặt in sổ THKQGD của lớp 4A" in words(answer.content)


@pytest.mark.parametrize(
    ("book", "target", "words_of_it"),
    [
        ("thkqgd", "4A", "sổ THKQGD của lớp 4A giữa học kì I năm học {year}, tất cả học sinh của lớp."),
        ("hocba", "4A", "học bạ của lớp 4A năm học {year}, tất cả học sinh của lớp."),
        ("thkqgd", "khoi-4", "sổ THKQGD khối 4 giữa học kì I năm học {year}, tất cả các lớp"),
    ],
)
def test_the_page_that_asks_for_the_password_says_of_which_period_and_year(
    school: School, book: str, target: str, words_of_it: str
) -> None:
    whom = school.class_4a.pk if target == "4A" else target
    posted = {"book": book, "school_class": whom, "period": "GHKI"}
    page = words(as_person(school.tuan).post(PRINTS, posted, follow=True).content)
    assert f"Đặt in {words_of_it.format(year=school.year.label)}" in page
    assert not PrintJob.objects.exists()


def test_clicking_again_at_once_leads_to_the_book_that_has_just_begun(school: School) -> None:
    client = as_person(school.tuan)
    first = client.post(PRINTS, wanted(school))["Location"]
    job = PrintJob.objects.get()
    PrintJob.objects.update(state=PrintJob.State.RUNNING, attempts=1)
    assert client.post(PRINTS, wanted(school))["Location"] == first
    PrintJob.objects.update(asked_at=job.asked_at - datetime.timedelta(seconds=6))
    assert client.post(PRINTS, wanted(school))["Location"] != first


def test_the_form_begins_with_the_period_open_for_the_whole_school(school: School) -> None:
    def chosen() -> str:
        html = as_person(school.tuan).get(PRINTS).content.decode()
        return re.search(r'<option value="(\w+)" selected', html)[1]  # type: ignore[index]

    open_window(school, Period.END_TERM_1)
    open_window(school, Period.MID_TERM_1)
    assert chosen() == Period.MID_TERM_1
    close_window(school, Period.MID_TERM_1)
    open_window(school, Period.YEAR_END, school_class=school.class_4b)
    assert chosen() == Period.END_TERM_1
    close_window(school, Period.END_TERM_1)
    assert chosen() in {Period.END_TERM_1, Period.MID_TERM_1}


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("book", "", "Chọn sổ THKQGD hoặc học bạ."),
        ("book", "khac", "Không có loại sổ này."),
        ("school_class", "", "Chọn lớp cần in."),
        ("school_class", "999999", "Lớp này không thuộc năm học đang xem."),
        ("period", "HKIII", "Không có thời điểm đánh giá này."),
    ],
)
def test_a_wrong_field_is_named_with_its_remedy_and_what_was_chosen_is_kept(
    school: School, field: str, value: str, message: str
) -> None:
    answer = as_person(school.tuan).post(PRINTS, wanted(school, book=BOOK.CLASS_TABLE) | {field: value})
    assert answer.status_code == 422
    assert message in words(answer.content)
    assert "Chưa đặt in được. Xin sửa các mục sau" in words(answer.content)
    assert "Chưa lưu được" not in words(answer.content)
    if field != "school_class":
        assert f'<option value="{school.class_4a.pk}" selected>4A</option>' in answer.content.decode()
    assert not PrintJob.objects.exists()


def test_a_class_without_pupils_is_refused_in_its_field(school: School) -> None:
    SchoolClass.objects.create(year=school.year, name="4C", grade_level=4)
    empty = SchoolClass.objects.get(name="4C")
    answer = as_person(school.tuan).post(PRINTS, wanted(school, school_class=empty.pk))
    assert answer.status_code == 422
    assert "Lớp 4C năm học" in words(answer.content)


def test_books_of_a_past_year_are_asked_for_from_its_own_list(school: School) -> None:
    (past,) = add_past_years(school, 1)
    client = as_person(school.tuan)
    assert client.post(PRINTS, wanted(school, school_class=past.pk)).status_code == 422
    assert (
        client.post(f"{PRINTS}?year={past.year_id}", wanted(school, school_class=past.pk)).status_code == 302
    )
    assert "Học bạ lớp 3A" in words(client.get(f"{PRINTS}?year={past.year_id}").content)
    assert "Học bạ lớp 3A" not in words(client.get(PRINTS).content)


# -- While it is made --------------------------------------------------------------------------------------


def page_of(school: School, job: PrintJob, **headers: str) -> object:
    return as_person(school.tuan).get(reverse("reports:print_job", args=[job.pk]), headers=headers)


def test_a_print_nobody_works_on_says_so(school: School) -> None:
    job = ask_for_book(book=BOOK.TRANSCRIPTS, school_class=school.class_4a, period="CN", by=school.tuan)
    html = page_of(school, job).content  # type: ignore[attr-defined]
    assert "Đang chờ máy in nền" in words(html)
    assert "Hiện không có máy in nền nào đang chạy." in words(html)
    assert 'hx-trigger="every 1s"' in html.decode()
    assert "<noscript>" in html.decode()


def test_a_print_in_hand_shows_pupils_done_and_time_left(school: School) -> None:
    job = ask_for_book(book=BOOK.TRANSCRIPTS, school_class=school.class_4a, period="CN", by=school.tuan)
    as_if_in_the_hands_of_a_worker(job, silent_for=1)
    PrintJob.objects.filter(pk=job.pk).update(pupils_asked=35, pupils_done=7, started_at=job.asked_at)
    page = words(page_of(school, job).content)  # type: ignore[attr-defined]
    assert "7 / 35" in page
    assert "còn khoảng" in page


def test_a_print_whose_worker_died_is_not_said_to_be_printing(school: School) -> None:
    job = ask_for_book(book=BOOK.TRANSCRIPTS, school_class=school.class_4a, period="CN", by=school.tuan)
    as_if_in_the_hands_of_a_worker(job, silent_for=60)
    page = words(page_of(school, job).content)  # type: ignore[attr-defined]
    assert "Đang chờ máy in nền" in page
    assert "tiếp từ chỗ dở" in page
    assert "Đang in " not in page


def test_the_progress_asks_for_the_whole_page_when_the_phase_changes(school: School) -> None:
    job = finished(school)
    address = reverse("reports:print_job", args=[job.pk])
    client = as_person(school.tuan)
    changed = client.get(f"{address}?seen=running", headers={"HX-Request": "true"})
    assert changed["HX-Refresh"] == "true"
    same = client.get(f"{address}?seen=done", headers={"HX-Request": "true"})
    assert "HX-Refresh" not in same
    assert "<html" not in same.content.decode()
    assert "hx-get" not in same.content.decode()


def test_an_unfinished_print_has_no_file(school: School) -> None:
    job = ask_for_book(book=BOOK.TRANSCRIPTS, school_class=school.class_4a, period="CN", by=school.tuan)
    client = as_person(school.tuan)
    assert client.get(reverse("reports:print_file", args=[job.pk])).status_code == 404
    assert "Tải PDF" not in words(client.get(PRINTS).content)


# -- After -------------------------------------------------------------------------------------------------


def test_a_finished_print_says_what_was_counted_and_offers_the_file(school: School) -> None:
    fill(school.class_4a, school.pupils)
    job = finished(school, BOOK.TRANSCRIPTS, Period.YEAR_END)
    page = page_of(school, job).content  # type: ignore[attr-defined]
    assert "2 học sinh · 12 môn học và hoạt động · 12 trang, đã đối chiếu đủ." in words(page)
    assert "Bản xem trước" in words(page)
    assert reverse("reports:print_file", args=[job.pk]) in page.decode()
    assert reverse("reports:print_file", args=[job.pk]) in as_person(school.tuan).get(PRINTS).content.decode()


def test_a_failed_print_says_why_and_how_to_go_on(school: School) -> None:
    job = ask_for_book(book=BOOK.TRANSCRIPTS, school_class=school.class_4a, period="CN", by=school.tuan)
    PrintJob.objects.filter(pk=job.pk).update(state="failed", failure="Bản in không đủ: thiếu một em.")
    html = page_of(school, job).content  # type: ignore[attr-defined]
    assert "Bản in không đủ: thiếu một em." in words(html)
    assert "In lại" in words(html)
    assert "hx-get" not in html.decode()


def test_the_file_comes_with_a_plain_name_for_private_use_only(school: School) -> None:
    open_window(school)
    close_window(school)
    job = finished(school)
    answer = confirmed(as_person(school.tuan)).get(reverse("reports:print_file", args=[job.pk]))
    year = school.year.label.replace(" ", "")
    assert (
        answer["Content-Disposition"] == f'attachment; filename="THKQGD-4A-GHKI-{year}-ban-in-{job.pk}.pdf"'
    )
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "private" in answer["Cache-Control"]
    answer.close()


@pytest.mark.parametrize(
    ("book", "class_name", "is_preview", "name"),
    [
        (BOOK.CLASS_TABLE, "4A", False, "THKQGD-4A-GHKI-2026-2027-ban-in-18.pdf"),
        (BOOK.CLASS_TABLE, "4A", True, "THKQGD-4A-GHKI-2026-2027-xem-truoc-ban-in-18.pdf"),
        (BOOK.TRANSCRIPTS, "Lớp 4/Đ ½", False, "HocBa-LOP-4-D-2026-2027-ban-in-18.pdf"),
        (BOOK.TRANSCRIPTS, "../../etc", False, "HocBa-ETC-2026-2027-ban-in-18.pdf"),
    ],
)
def test_file_names_hold_plain_letters_only(book: str, class_name: str, is_preview: bool, name: str) -> None:
    school_class = SchoolClass(name=class_name, year_id=2026)
    job = PrintJob(pk=18, book=book, school_class=school_class, period="GHKI", is_preview=is_preview)
    assert file_name(job) == name


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_takes_the_same_statements_for_one_print_and_for_many(
    school: School, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    PrintJob.objects.bulk_create(
        PrintJob(book=BOOK.TRANSCRIPTS, school_class=school.class_4a, period="CN", asked_by=school.tuan)
        for _ in range(count)
    )
    client = as_person(school.tuan)
    client.get(PRINTS)
    with django_assert_num_queries(13):
        answer = client.get(PRINTS)
    assert words(answer.content).count("Học bạ lớp 4A") == count


# -- Before it is signed -----------------------------------------------------------------------------------


def both_pages(school: School, job: PrintJob) -> tuple[str, str]:
    return words(page_of(school, job).content), words(as_person(school.tuan).get(PRINTS).content)  # type: ignore[attr-defined]


def test_a_table_with_blank_cells_says_how_many_before_it_is_signed(school: School) -> None:
    open_window(school)
    close_window(school)
    HomeroomAssignment.objects.filter(school_class=school.class_4a).delete()
    job = finished(school)
    assert not job.is_preview
    page, listed = both_pages(school, job)
    assert "Còn 58 ô chưa nhập" in page
    assert "Chưa phân công giáo viên chủ nhiệm" in page
    assert "Còn 58 ô chưa nhập" in listed
    assert "Chưa phân công GVCN" in listed


def test_a_full_table_says_nothing_of_the_kind(school: School) -> None:
    open_window(school)
    close_window(school)
    fill(school.class_4a, school.pupils, Period.MID_TERM_1)
    for page in both_pages(school, finished(school)):
        assert "ô chưa nhập" not in page
        assert "Chưa phân công" not in page
        assert "Sổ đã thay đổi" not in page


def test_the_page_shows_the_code_and_the_hash_of_the_paper(school: School) -> None:
    job = finished(school)
    document = pypdfium2.PdfDocument(job.file.path)
    paper = document[0].get_textpage().get_text_range()
    document.close()
    page = words(page_of(school, job).content)  # type: ignore[attr-defined]
    for shown in (job.print_code, job.content_hash):
        assert len(shown) > 8
        assert shown in page
        assert shown in paper


def test_the_page_of_transcripts_says_where_their_codes_stand(school: School) -> None:
    job = finished(school, BOOK.TRANSCRIPTS, Period.YEAR_END)
    assert "Mỗi học sinh một mã, ghi ở chân trang học bạ của em" in both_pages(school, job)[0]


def test_a_preview_says_whether_the_period_was_ever_opened(school: School) -> None:
    unopened = finished(school)
    open_window(school, Period.END_TERM_1)
    opened = finished(school, period=Period.END_TERM_1)
    assert "thời điểm đánh giá này chưa mở" in both_pages(school, unopened)[0]
    assert "thời điểm đánh giá này chưa khoá" in both_pages(school, opened)[0]
