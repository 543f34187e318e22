"""Every PDF carries the hashes of its contents and the head of the audit chain, as the register has them (issue 7)."""

import io
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from openpyxl import load_workbook

from gradebook.decisions import draft_decision
from gradebook.regulation import Period
from reports import print_batches
from reports.models import PrintBatch, PrintJob
from reports.paper_wishes import Of, PaperWish
from reports.pdf_archive import marks_in
from reports.print_jobs import (
    ask_for_book,
    ask_for_own_books,
    ask_for_pack,
    ask_for_paper,
    ask_for_report,
    ask_for_slips,
    run_job,
)
from reports.print_marks import Marks
from tests.conforming import faults_of, faults_of_file
from tests.gradebook.school import School, make_school
from tests.reports.papers import as_confirmed, printed
from tests.reports.school_books import fill
from tests.reports.test_transfer_packs import transfer

pytestmark = pytest.mark.django_db
BOOK = PrintJob.Book


@pytest.fixture(autouse=True)
def files(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


def the_school() -> School:
    made = make_school(pupils=2)
    fill(made.class_4a, made.pupils)
    return made


def asked(school: School, book: str) -> PrintJob:
    of_class = {"school_class": school.class_4a, "by": school.tuan}
    match book:
        case BOOK.SLIPS:
            return ask_for_slips(**of_class, period=Period.YEAR_END)
        case BOOK.OWN_BOOK:
            return ask_for_own_books([school.lan], year=school.year, period=Period.YEAR_END, by=school.tuan)[
                0
            ]
        case BOOK.TRANSFER_PACK:
            return ask_for_pack(transfer(school), by=school.tuan)
        case BOOK.DECISION:
            decision = draft_decision("awards", school.year, school.class_4a, by=school.tuan)
            return ask_for_paper(decision, book=book, by=school.tuan)
        case BOOK.REPORT:
            wish = PaperWish(Of.REPORT, "bien-dong-si-so", "period=CHKI", "bien-dong-si-so")
            return ask_for_report(wish, year=school.year, title="Biến động sĩ số", by=school.tuan)
    return ask_for_book(**of_class, book=book, period=Period.YEAR_END)


@pytest.mark.parametrize("book", [each for each in BOOK if each != BOOK.CERTIFICATES])
def test_a_print_carries_its_hash_those_of_its_parts_and_the_head_of_the_chain_and_still_conforms(
    school: School, book: str
) -> None:
    job = printed(asked(school, book))
    hashes = job.parts.order_by("place").values_list("content__content_hash", flat=True)
    assert job.audit_code
    assert marks_in(Path(job.file.path)) == Marks(job.content_hash, (job.audit_code,), tuple(hashes))
    assert faults_of_file(Path(job.file.path)) == []


def test_the_file_of_one_pupil_carries_the_hash_of_that_pupils_part(school: School, tmp_path: Path) -> None:
    job = printed(asked(school, BOOK.SLIPS))
    answer = as_confirmed(school.tuan).get(reverse("reports:pupil_file", args=[job.pk, 2]))
    own = tmp_path / "own.pdf"
    own.write_bytes(b"".join(answer.streaming_content))
    digest = job.parts.get(student=school.pupils[1]).content.content_hash
    assert marks_in(own) == Marks(digest, (job.audit_code,), (digest,))
    assert faults_of(own.read_bytes()) == []


def test_a_batch_carries_the_hash_and_the_head_of_each_class_and_so_does_the_register(school: School) -> None:
    def batch_of_4() -> PrintBatch:
        batch = print_batches.ask_for_batch(
            book="hocba", year=school.year, grade_level=4, period=Period.YEAR_END, by=school.tuan
        )
        for job in batch.jobs.order_by("pk"):
            run_job(job.pk)
        print_batches.settle(batch.pk)
        print_batches.run_batch(batch.pk)
        batch.refresh_from_db()
        return batch

    for batch in (batch_of_4(), batch_of_4()):  # the second is copied, not bound
        jobs = list(batch.jobs.order_by("school_class"))
        told = marks_in(Path(default_storage.path(batch.file.name)))
        assert told == Marks(
            batch.content_hash,
            tuple(job.audit_code for job in jobs),
            tuple(job.content_hash for job in jobs),
        )
        answer = as_confirmed(school.tuan).get(reverse("reports:register_file"))
        rows = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.values  # type: ignore[union-attr]
        told_of_batch = next(row for row in rows if row[0] == f"Đợt {batch.pk}")
        assert all(job.audit_code in str(told_of_batch[5]) for job in jobs)
