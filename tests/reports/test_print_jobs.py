"""A book is whole or it is not there: asked for, made, resumed after a kill, refused when it runs short."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import JobAborted
from procrastinate.job_context import AbortReason

from accounts import background, clock, disks
from gradebook.line_names import name_in
from gradebook.models import SubjectResult
from gradebook.regulation import Period
from reports import archives, kept_pages, pdf, print_jobs, print_views, tasks
from reports.book_content import Transcript
from reports.models import PrintJob
from reports.print_attempts import PrintGivenUp, PrintInterrupted
from reports.print_jobs import ask_for_book, progress_of, resume_stalled, run_job, with_life
from students.models import Enrolment
from tests.gradebook.school import School, close_window, make_school, open_window
from tests.reports.papers import as_confirmed
from tests.reports.school_books import add_past_years, approve, fill

BOOK = PrintJob.Book


@pytest.fixture(autouse=True)
def files(settings: object, tmp_path: Path) -> Path:
    """A folder of its own for the books and the kept pages of each test."""
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    return tmp_path


@pytest.fixture
def school(db: None) -> School:
    return make_school(pupils=3)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pupil code of each học bạ that was really drawn, in order."""
    codes: list[str] = []
    draw = pdf.render_transcript

    def noting(transcript: Transcript) -> bytes:
        codes.append(transcript.pupil_code)
        return draw(transcript)

    monkeypatch.setattr(pdf, "render_transcript", noting)
    return codes


def ask(school: School, book: str = BOOK.TRANSCRIPTS, period: str = Period.YEAR_END) -> PrintJob:
    return ask_for_book(book=book, school_class=school.class_4a, period=period, by=school.tuan)


def stop_after(count: int) -> Callable[[], bool]:
    """False for the first `count` times it is asked."""
    asked = iter(range(count))
    return lambda: next(asked, None) is None


def text_of(job: PrintJob) -> str:
    document = pypdfium2.PdfDocument(job.file.path)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def books(files: Path) -> list[str]:
    return sorted(path.name for path in files.glob("books/*"))


# -- Asking ------------------------------------------------------------------------------------------------


def test_print_and_place_in_the_queue_are_written_together(school: School) -> None:
    job = ask(school)
    (place,) = ProcrastinateJob.objects.all()
    assert (place.args, place.status) == ({"print_id": job.pk}, "todo")
    assert (job.state, job.period) == (PrintJob.State.WAITING, Period.YEAR_END)


def test_neither_print_nor_place_remains_of_a_transaction_that_fails(school: School) -> None:
    def ask_and_fail() -> None:
        with transaction.atomic():
            ask(school)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        ask_and_fail()
    assert not PrintJob.objects.exists()
    assert not ProcrastinateJob.objects.exists()


def test_two_clicks_make_one_book(school: School) -> None:
    assert ask(school) == ask(school)
    assert ask(school) != ask(school, BOOK.CLASS_TABLE)
    assert ProcrastinateJob.objects.count() == 2


def test_asking_again_after_the_book_is_done_makes_a_new_one(school: School) -> None:
    first = ask(school)
    run_job(first.pk)
    assert ask(school) != first


@pytest.mark.parametrize("name", ["lan", "minh", "dung", "bich", "hoa", "son"])
def test_only_the_clerk_asks_for_books(school: School, name: str) -> None:
    with pytest.raises(PermissionDenied, match="văn thư"):
        ask_for_book(book=BOOK.TRANSCRIPTS, school_class=school.class_4a, period="CN", by=school.people[name])
    assert not PrintJob.objects.exists()


def test_a_class_without_pupils_is_refused_with_the_remedy(school: School) -> None:
    Enrolment.objects.filter(school_class=school.class_4a).delete()
    with pytest.raises(print_jobs.BookRefused, match="Nạp danh sách") as refusal:
        ask(school)
    assert refusal.value.field == "school_class"


# -- Making ------------------------------------------------------------------------------------------------


def test_the_book_of_a_class_holds_every_value_of_the_database(school: School) -> None:
    fill(school.class_4a, school.pupils)
    job = ask(school)
    run_job(job.pk)
    job.refresh_from_db()

    assert (job.state, job.failure) == (PrintJob.State.DONE, "")
    assert (job.pupils_asked, job.pupils_done, job.lines_printed, job.pages) == (3, 3, 12, 18)
    text = "".join(text_of(job).split())
    for result in SubjectResult.objects.select_related("line"):
        mark = "" if result.mark is None else result.mark
        row = f"{name_in(school.class_4a, result.line.code)}{result.attainment}{mark}{result.comment}"
        assert "".join(row.split()) in text


def test_the_class_table_is_made_and_names_its_lock(school: School) -> None:
    open_window(school)
    close_window(school)
    fill(school.class_4a, school.pupils, Period.MID_TERM_1)
    job = ask(school, BOOK.CLASS_TABLE, Period.MID_TERM_1)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.failure, job.is_preview) == (PrintJob.State.DONE, "", False)
    assert (job.pupils_done, job.lines_printed) == (3, 12)
    assert "Đã khoá lúc" in text_of(job)


def test_a_book_is_final_when_every_year_of_every_pupil_is_approved(school: School) -> None:
    past = add_past_years(school, 1)[0]
    approve(past, school.pupils, by=school.bich, on=past.year.ends_on)
    approve(school.class_4a, school.pupils[:2], by=school.bich, on=school.year.starts_on)
    preview = ask(school)
    run_job(preview.pk)
    approve(school.class_4a, school.pupils[2:], by=school.bich, on=school.year.starts_on)
    final = ask(school)
    run_job(final.pk)
    preview.refresh_from_db()
    final.refresh_from_db()
    assert (preview.is_preview, final.is_preview) == (True, False)
    assert "BẢN XEM TRƯỚC" in text_of(preview)
    assert "BẢN XEM TRƯỚC" not in text_of(final)


def test_printing_again_after_one_correction_draws_one_pupil(school: School, drawn: list[str]) -> None:
    fill(school.class_4a, school.pupils)
    first = ask(school)
    run_job(first.pk)
    second = ask(school)
    run_job(second.pk)
    SubjectResult.objects.filter(student=school.pupils[1], line__code="TOAN").update(mark=5)
    third = ask(school)
    run_job(third.pk)
    for job in (first, second, third):
        job.refresh_from_db()
    codes = [f"HS{pupil.pk:06d}" for pupil in school.pupils]
    assert drawn == [*codes, codes[1]]
    assert first.content_hash == second.content_hash != third.content_hash
    # The foot alone tells the printings apart: each has the head of the audit chain of its time.
    assert first.audit_code != second.audit_code
    assert text_of(first).replace(first.audit_code, "") == text_of(second).replace(second.audit_code, "")
    assert text_of(first).count(f"Mã nhật kí: {first.audit_code}") >= 2 * len(codes)


def test_a_finished_print_is_left_alone(school: School, drawn: list[str]) -> None:
    job = ask(school)
    run_job(job.pk)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.attempts, len(drawn)) == (1, 3)


# -- Interrupted -------------------------------------------------------------------------------------------


def test_an_interrupted_book_goes_on_with_the_pages_that_are_missing(
    school: School, drawn: list[str], files: Path
) -> None:
    job = ask(school)
    with pytest.raises(PrintInterrupted):
        run_job(job.pk, should_stop=stop_after(2))
    job.refresh_from_db()
    assert (job.state, job.attempts, books(files)) == (PrintJob.State.WAITING, 0, [])
    assert len(drawn) == 2

    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == PrintJob.State.DONE
    assert len(drawn) == 3
    assert books(files) == [f"{job.pk}.pdf"]


def test_a_worker_told_to_stop_gives_the_book_back_at_once(school: School) -> None:
    job = ask(school)
    context = make_context(should_abort=True)
    with pytest.raises(JobAborted) as stop:
        tasks.print_book(context, print_id=job.pk)
    decision = tasks.PrintRetry().get_retry_decision(exception=stop.value, job=context.job)
    assert decision is not None


def make_context(*, should_abort: bool) -> JobContext:
    job = ProcrastinateJob.objects.get().procrastinate_job
    reason = AbortReason.SHUTDOWN if should_abort else None
    return JobContext(app=app, job=job, start_timestamp=0.0, abort_reason=lambda: reason)


def test_failures_are_tried_three_times_then_the_print_says_so(
    school: School, monkeypatch: pytest.MonkeyPatch, files: Path
) -> None:
    def broken_disk(*_args: object, **_options: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(pdf, "merge_into", broken_disk)
    job = ask(school)
    for expected in (PrintJob.State.WAITING, PrintJob.State.WAITING):
        with pytest.raises(OSError, match="Input/output"):
            run_job(job.pk)
        job.refresh_from_db()
        assert job.state == expected
    with pytest.raises(PrintGivenUp) as last:
        run_job(job.pk)
    job.refresh_from_db()
    assert job.state == PrintJob.State.FAILED
    assert "3 lần" in job.failure
    assert "In tiếp" in job.failure
    assert "OSError" not in job.failure
    assert books(files) == []
    place = ProcrastinateJob.objects.get().procrastinate_job
    assert tasks.PrintRetry().get_retry_decision(exception=last.value, job=place) is None


@pytest.mark.parametrize(
    "problem",
    [OSError(28, "No space left on device"), RuntimeError("qpdf: write failed: No space left on device")],
    ids=["system", "library"],
)
def test_a_full_disk_is_no_attempt_the_print_waits_says_so_and_goes_on_when_there_is_room(
    school: School, monkeypatch: pytest.MonkeyPatch, files: Path, problem: Exception
) -> None:
    def full_disk(*_args: object, **_options: object) -> None:
        raise problem

    job = ask(school)
    place = ProcrastinateJob.objects.get().procrastinate_job
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(pdf, "merge_into", full_disk)
        for _more_than_three in range(5):
            with pytest.raises(type(problem)):
                run_job(job.pk)
            job.refresh_from_db()
            assert (job.state, job.attempts) == (PrintJob.State.WAITING, 0)
        again = tasks.PrintRetry().get_retry_decision(exception=problem, job=place)
        assert again is not None
        assert again.retry_at is not None
        assert again.retry_at - clock.stamp() > timedelta(seconds=10)
        meanwhile.setattr(disks, "room_of", lambda _folder: disks.Room(total=10**9, free=0))
        meanwhile.setattr(print_views, "has_live_worker", lambda: True)
        client = Client()
        client.force_login(school.tuan)
        page = client.get(reverse("reports:print_job", args=[job.pk])).text
        assert "Máy chủ hết chỗ lưu nên chưa in được" in page
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == PrintJob.State.DONE
    assert len(books(files)) == 1


def test_a_book_that_kills_its_worker_each_time_is_given_up(school: School) -> None:
    job = ask(school)
    PrintJob.objects.filter(pk=job.pk).update(state=PrintJob.State.RUNNING, attempts=3)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == PrintJob.State.FAILED
    assert "dừng đột ngột 3 lần" in job.failure


def test_a_second_worker_may_not_touch_a_print_in_hand(school: School) -> None:
    job = ask(school)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [print_jobs.PRINTS.locks, job.pk])
        with pytest.raises(background.InOtherHands):
            run_job(job.pk)
        with other.cursor() as cursor:
            # Closing alone would let it go a moment later, when the server notices.
            cursor.execute("SELECT pg_advisory_unlock_all()")
    finally:
        other.close()
    job.refresh_from_db()
    assert (job.state, job.attempts) == (PrintJob.State.WAITING, 0)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == PrintJob.State.DONE


# -- Read back ---------------------------------------------------------------------------------------------


def test_a_book_that_lost_a_pupil_is_refused_and_not_published(
    school: School, monkeypatch: pytest.MonkeyPatch, files: Path
) -> None:
    merge_into = pdf.merge_into
    monkeypatch.setattr(pdf, "merge_into", lambda target, parts, **how: merge_into(target, parts[:-1], **how))
    job = ask(school)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == PrintJob.State.FAILED
    assert school.pupils[2].full_name in job.failure
    assert (job.file.name, books(files)) == ("", [])


def test_a_damaged_kept_page_is_found_and_drawn_anew_at_the_next_attempt(
    school: School, drawn: list[str], files: Path
) -> None:
    first = ask(school)
    run_job(first.pk)
    for page in files.glob("pages/*.pdf"):
        page.write_bytes(page.read_bytes()[:2000])
    second = ask(school)
    with pytest.raises(pikepdf.PdfError):
        run_job(second.pk)
    run_job(second.pk)
    second.refresh_from_db()
    assert second.state == PrintJob.State.DONE
    assert len(drawn) == 6


def test_a_failing_draft_leaves_what_was_there(files: Path) -> None:
    target = files / "books" / "1.pdf"
    with kept_pages.written_whole(target) as draft:
        draft.write_bytes(b"whole")

    def fail() -> None:
        with kept_pages.written_whole(target) as draft:
            draft.write_bytes(b"ha")
            raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - any
        fail()
    assert target.read_bytes() == b"whole"
    assert books(files) == ["1.pdf"]


def test_pages_no_book_has_used_for_long_are_taken_away(files: Path) -> None:
    pages = files / "pages"
    pages.mkdir()
    (pages / "new.pdf").write_bytes(b"")
    (pages / "old.pdf").write_bytes(b"")
    os.utime(pages / "old.pdf", (0, 0))
    assert kept_pages.forget_unused() == 1
    assert [page.name for page in pages.iterdir()] == ["new.pdf"]


# -- After a worker's death --------------------------------------------------------------------------------


def as_if_in_the_hands_of_a_worker(job: PrintJob, *, silent_for: float) -> None:
    """The queue's rows as they are while a worker prints, its last heartbeat so many seconds ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - make_interval(secs => %s)) RETURNING id",
            [silent_for],
        )
        (worker,) = cursor.fetchone()
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [worker])
    PrintJob.objects.filter(pk=job.pk).update(state=PrintJob.State.RUNNING, attempts=1)


def phase_of(job: PrintJob) -> str:
    shown = with_life(PrintJob.objects).get(pk=job.pk)
    return progress_of(shown, worker_is_alive=background.has_live_worker()).phase


def test_the_print_of_a_dead_worker_goes_back_to_the_queue(school: School) -> None:
    job = ask(school)
    as_if_in_the_hands_of_a_worker(job, silent_for=background.STALLED_AFTER_SECONDS + 1)
    assert phase_of(job) == "asleep"
    assert resume_stalled() == [job.pk]
    job.refresh_from_db()
    assert job.state == PrintJob.State.WAITING
    assert ProcrastinateJob.objects.get().status == "todo"
    assert resume_stalled() == []


def test_a_worker_whose_heart_stands_still_over_a_long_call_is_alive_while_it_holds_its_lock(
    school: School,
) -> None:
    job = ask(school)
    as_if_in_the_hands_of_a_worker(job, silent_for=background.STALLED_AFTER_SECONDS + 1)
    with print_jobs.PRINTS.alone_with(job.pk):
        assert (phase_of(job), background.has_live_worker()) == ("running", True)
    assert (phase_of(job), background.has_live_worker()) == ("asleep", False)


def test_the_print_of_a_living_worker_is_left_to_it(school: School) -> None:
    job = ask(school)
    as_if_in_the_hands_of_a_worker(job, silent_for=1)
    assert phase_of(job) == "running"
    assert resume_stalled() == []
    assert ProcrastinateJob.objects.get().status == "doing"


def test_a_print_that_lost_its_place_in_the_queue_gets_a_new_one(school: School) -> None:
    job = ask(school)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed'")
    assert resume_stalled() == [job.pk]
    assert ProcrastinateJob.objects.filter(status="todo").count() == 1
    assert resume_stalled() == []


def test_a_waiting_print_says_whether_anybody_is_there_to_print_it(school: School) -> None:
    job = ask(school)
    assert phase_of(job) == "asleep"
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert phase_of(job) == "waiting"


def test_a_waiting_print_says_what_else_the_workers_have_in_hand(school: School) -> None:
    job, client = ask(school), as_confirmed(school.tuan)
    address = reverse("reports:print_job", args=[job.pk])
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    in_turn = "được in ngay khi máy in nền xong các sổ đặt trước"
    assert in_turn in client.get(address).content.decode()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status, worker_id)"
            " SELECT 'print', %s, 0, '{}', 'doing', id FROM procrastinate_workers",
            [archives.TASK],
        )
    for headers in ({}, {"HX-Request": "true"}):
        page = client.get(address, headers=headers).content.decode()
        assert "Máy in nền đang làm việc khác (gói dữ liệu)" in page
        assert in_turn not in page


def test_numbers_of_pupils_and_pages_have_a_dot_between_the_thousands(school: School) -> None:
    job = ask(school)
    done = {"state": PrintJob.State.DONE, "pupils_asked": 1043, "pupils_done": 1043, "lines_printed": 3}
    for state in ({"state": PrintJob.State.RUNNING}, {**done, "pages": 7308, "file": "books/0.pdf"}):
        PrintJob.objects.filter(pk=job.pk).update(started_at=clock.now(), **state)
    page = as_confirmed(school.tuan).get(reverse("reports:print_job", args=[job.pk])).content.decode()
    assert "1.043 học sinh" in page
    assert "7.308 trang" in page
