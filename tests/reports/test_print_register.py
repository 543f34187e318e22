"""The register of prints: a line a print with its version, its paper copies and what has outdated it."""

import html
import io
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts import clock
from accounts.models import AccessLogEntry
from gradebook.decisions import draft_decision
from reports.models import PrintBatch, PrintCopies, PrintJob
from reports.paper_wishes import Of, PaperWish
from reports.print_jobs import BookRefused
from reports.print_register import note_copies
from tests.approvals.papers import applied, with_entries
from tests.gradebook.school import School, make_school
from tests.reports.papers import as_confirmed
from tests.reports.school_books import add_past_years
from tests.reports.test_superseded import as_if_printed
from tests.reports.test_transfer_packs import transfer

pytestmark = pytest.mark.django_db
REGISTER = reverse("reports:register")


@pytest.fixture(autouse=True)
def files(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


def the_school() -> School:
    return make_school(pupils=2)


def as_if_bound(school: School) -> PrintBatch:
    """A finished batch of 4A alone, without its files."""
    batch = PrintBatch.objects.create(
        book="thkqgd",
        year=school.year,
        grade_level=4,
        period="GHKI",
        asked_by=school.tuan,
        state="done",
        finished_at=clock.now(),
        pupils=2,
        pages=1,
        file="books/dot-0.pdf",
        content_hash="ab" * 32,
    )
    PrintJob.objects.filter(pk=as_if_printed(school).pk).update(batch=batch)
    return batch


def page_of(client: Client, **narrowing: object) -> str:
    return client.get(REGISTER, narrowing).content.decode()


def test_copies_are_noted_with_for_whom_and_stand_in_the_register(school: School) -> None:
    job, client = as_if_printed(school), as_confirmed(school.tuan)
    answer = client.post(
        reverse("reports:copies", args=[job.pk]), {"count": "2", "recipient": "Lưu tủ văn phòng"}, follow=True
    )
    assert "Đã ghi 2 bản giấy" in answer.content.decode()
    client.post(reverse("reports:copies", args=[job.pk]), {"count": "1", "recipient": "Cô Lan"})
    assert [(made.count, made.recipient, made.noted_by) for made in job.copies.all()] == [
        (2, "Lưu tủ văn phòng", school.tuan),
        (1, "Cô Lan", school.tuan),
    ]
    page = page_of(client)
    assert "3 bản" in page
    assert "2: Lưu tủ văn phòng" in page


@pytest.mark.parametrize(
    ("count", "message"),
    [
        ("", "Gõ số bản giấy đã in, ví dụ 2."),
        ("hai", "Số bản giấy là một số nguyên, ví dụ 2."),
        ("0", "Số bản giấy ít nhất là 1."),
        ("1000", "Số bản giấy nhiều nhất là 999"),
    ],
)
def test_a_wrong_number_is_refused_at_its_place_and_what_was_typed_is_kept(
    school: School, count: str, message: str
) -> None:
    job, batch = as_if_printed(school), as_if_bound(school)
    for address in (
        reverse("reports:copies", args=[job.pk]),
        reverse("reports:batch_copies", args=[batch.pk]),
    ):
        answer = as_confirmed(school.tuan).post(address, {"count": count, "recipient": "Cô Lan"})
        assert answer.status_code == 422
        assert message in answer.content.decode()
        assert 'value="Cô Lan"' in answer.content.decode()
    assert not PrintCopies.objects.exists()


def test_a_teacher_sees_how_many_copies_of_the_own_book_there_are_and_no_form(school: School) -> None:
    job = finished(school, "canhan", teacher=school.lan, school_year=school.year)
    note_copies(job, count=3, recipient="Tổ 4", by=school.tuan)
    address = reverse("reports:print_job", args=[job.pk])
    page = as_confirmed(school.lan).get(address).content.decode()
    assert "3 bản" in page
    assert "Ghi vào sổ theo dõi in" not in page
    assert "Ghi vào sổ theo dõi in" in as_confirmed(school.tuan).get(address).content.decode()
    posted = as_confirmed(school.lan).post(reverse("reports:copies", args=[job.pk]), {"count": "1"})
    assert posted.status_code == 403


def test_after_a_wrong_number_the_page_of_a_print_is_otherwise_as_it_was(school: School) -> None:
    job, client = as_if_printed(school), as_confirmed(school.tuan)
    refused = client.post(reverse("reports:copies", args=[job.pk]), {"count": "0"}).content.decode()
    trail = refused[refused.index("breadcrumb") : refused.index("</nav>", refused.index("breadcrumb"))]
    assert ">In sổ, học bạ<" in trail
    assert "In sổ cá nhân, phiếu kết quả" not in trail


def test_the_leaders_read_the_register_and_note_nothing(school: School) -> None:
    job = as_if_printed(school)
    for person in (school.bich, school.hoa):
        client = as_confirmed(person)
        assert "Sổ THKQGD lớp 4A" in page_of(client)
        assert client.post(reverse("reports:copies", args=[job.pk]), {"count": "1"}).status_code == 403
        with pytest.raises(PermissionDenied):
            note_copies(job, count=1, recipient="", by=person)


def test_copies_are_of_what_is_done_and_never_changed(school: School) -> None:
    job = as_if_printed(school)
    made = note_copies(job, count=1, recipient="", by=school.tuan)
    for change in (made.delete, lambda: PrintCopies.objects.update(count=5)):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    waiting = PrintJob.objects.create(
        book="hocba", school_class=school.class_4a, period="CN", asked_by=school.tuan
    )
    with pytest.raises(BookRefused, match="chưa xong"):
        note_copies(waiting, count=1, recipient="", by=school.tuan)
    with pytest.raises(DatabaseError, match="not done"), transaction.atomic():
        PrintCopies.objects.create(job=waiting, count=1, noted_by=school.tuan)


def test_a_batch_is_one_line_and_a_class_looked_for_shows_its_part_with_the_copies_of_the_batch(
    school: School,
) -> None:
    batch, client = as_if_bound(school), as_confirmed(school.tuan)
    client.post(reverse("reports:batch_copies", args=[batch.pk]), {"count": "4"})
    page = page_of(client)
    assert "Sổ THKQGD khối 4" in page
    assert "Sổ THKQGD lớp 4A" not in page
    of_class = page_of(client, school_class=school.class_4a.pk)
    assert "Sổ THKQGD lớp 4A" in of_class
    assert "4 bản" in of_class
    assert "Không có lần in nào" in page_of(client, school_class=school.class_4b.pk)
    assert "Không có lần in nào" in page_of(client, book="hocba")
    assert "Không có lần in nào" in page_of(client, period="CN")


def test_a_print_that_a_correction_has_outdated_names_the_request(school: School) -> None:
    with_entries(school)
    as_if_printed(school)
    client = as_confirmed(school.hoa)
    assert ">Còn đúng<" in page_of(client)
    request = applied(school)
    page = page_of(client)
    assert f"phiếu {request.label}" in page
    assert ">Còn đúng<" not in page


def test_the_excel_file_has_the_same_lines_and_taking_it_is_logged(school: School) -> None:
    job = as_if_printed(school)
    note_copies(job, count=2, recipient="=HYPERLINK()", by=school.tuan)
    answer = as_confirmed(school.bich).get(reverse("reports:register_file"))
    rows = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.values
    told = next(row for row in rows if row[0] == f"Bản {job.pk}")
    assert told[1] == job.title
    assert (told[9], told[10]) == (2, "2 bản: =HYPERLINK()")
    entry = AccessLogEntry.objects.get(kind=AccessLogEntry.Kind.BULK_EXPORTED)
    assert "Sổ theo dõi in" in entry.target


def finished(school: School, book: str, **what: object) -> PrintJob:
    """Of a kind that has no file here; `what` says of whom it is."""
    now = clock.now()
    return PrintJob.objects.create(
        **{"book": book, "period": "CN", "asked_by": school.tuan, "state": "done", **what},
        started_at=now,
        finished_at=now,
        pupils_asked=1,
        pupils_done=1,
        pages=2,
        file="books/0.pdf",
        content_hash=f"{len(book):02d}" * 32,
    )


def one_of_each_kind(school: School) -> dict[str, PrintJob]:
    pupil = school.pupils[0]
    leaving = transfer(school)
    decision = draft_decision("awards", school.year, school.class_4a, by=school.tuan)
    of_class = {"school_class": school.class_4a}
    return {
        "Sổ THKQGD lớp 4A": finished(school, "thkqgd", **of_class),
        "Học bạ lớp 4A": finished(school, "hocba", **of_class),
        f"Học bạ của em {pupil.full_name}": finished(school, "hocba", student=pupil, **of_class),
        "Phiếu kết quả lớp 4A": finished(school, "phieu", **of_class),
        f"Sổ THKQGD cá nhân · {school.lan.full_name}": finished(
            school, "canhan", teacher=school.lan, school_year=school.year
        ),
        f"Hồ sơ chuyển trường · {pupil.full_name}": finished(school, "chuyen", movement=leaving, **of_class),
        f"{decision} · {decision.title}": finished(school, "quyetdinh", decision=decision),
        f"Giấy khen · {decision}": finished(school, "giaykhen", decision=decision),
        "Biến động sĩ số": finished(
            school,
            "baocao",
            school_year=school.year,
            paper=PaperWish(Of.REPORT, "bien-dong-si-so", "", "bien-dong").plain(),
            paper_title="Biến động sĩ số, Cuối học kì I",
        ),
    }


def test_every_kind_of_finished_print_has_a_line_with_its_copies_and_is_found_by_its_kind(
    school: School,
) -> None:
    prints, client = one_of_each_kind(school), as_confirmed(school.tuan)
    assert {job.book for job in prints.values()} == set(PrintJob.Book.values), "no kind is left out here"
    for number, job in enumerate(prints.values(), start=1):
        note_copies(job, count=100 + number, recipient="", by=school.tuan)
    rows = rows_of(client)
    for number, (title, job) in enumerate(prints.items(), start=1):
        assert title in html.unescape(page_of(client, book=job.book))
        told = rows[f"Bản {job.pk}"]
        assert title in str(told[1])
        assert (told[3], told[4], told[9]) == (school.tuan.full_name, job.content_hash[:12], 100 + number)
    assert len(rows) == len(prints)


def test_the_own_books_of_another_year_stand_in_the_register_of_that_year(school: School) -> None:
    past = add_past_years(school, 1)[0].year
    job = finished(school, "canhan", teacher=school.lan, school_year=past)
    client = as_confirmed(school.tuan)
    assert job.title not in page_of(client)
    assert job.title in page_of(client, year=past.pk)


def rows_of(client: Client) -> dict[str, tuple[object, ...]]:
    """Of the Excel file, by the number of the print."""
    answer = client.get(reverse("reports:register_file"))
    rows = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.values  # type: ignore[union-attr]
    return {str(row[0]): row for row in rows if str(row[0]).startswith(("Bản ", "Đợt "))}


def test_what_was_printed_again_after_a_correction_is_named(school: School) -> None:
    with_entries(school)
    as_if_printed(school)
    request = applied(school)
    renewed = as_if_printed(school)
    assert f"phiếu {request.label}, đã in lại: bản {renewed.pk}" in page_of(as_confirmed(school.hoa))


@pytest.mark.parametrize("prints", [1, 8])
def test_the_register_takes_the_same_statements_for_few_prints_and_for_many(
    school: School, django_assert_num_queries: DjangoAssertNumQueries, prints: int
) -> None:
    for _time in range(prints):
        as_if_printed(school)
        as_if_bound(school)
        finished(school, "canhan", teacher=school.lan, school_year=school.year)
    client = as_confirmed(school.tuan)
    client.get(REGISTER)
    with django_assert_num_queries(14):
        client.get(REGISTER)
