"""The books of a grade or the school: a print a class, one file for the printer, a file a pupil; cancelled, resumed."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts import clock
from accounts.models import AccessLogEntry, AuditEntry, User
from gradebook.models import SubjectResult
from gradebook.regulation import Period
from reports import kept_pages, pdf, print_attempts, print_help, pupil_files, whole_book
from reports.book_binding import read_manuscript
from reports.book_content import Transcript
from reports.models import PrintBatch, PrintJob
from reports.outdated import with_changes
from reports.print_batches import ask_for_batch, resume_stalled, run_batch, settle_of
from reports.print_control import cancel_batch, cancel_print, resume_batch, resume_print
from reports.print_jobs import AlreadyUnderWay, BookRefused, ask_for_book, ask_for_transcript, run_job
from reports.print_moves import MOVES
from reports.read_back import PrintRunShort
from reports.transcripts import pupil_code
from students.models import Enrolment, SchoolClass, Student
from tests.conforming import faults_of_file
from tests.gradebook.school import CONFIRMED, School, add_pupils, make_school
from tests.reports.papers import as_confirmed, pages_of
from tests.reports.school_books import fill

pytestmark = pytest.mark.django_db
BOOK = PrintJob.Book
STATES = [state.value for state in PrintJob.State]


@pytest.fixture(autouse=True)
def files(settings: object, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # type: ignore[attr-defined]
    return tmp_path


@pytest.fixture
def school() -> School:
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


def ask(school: School, grade_level: int | None = 4, book: str = BOOK.TRANSCRIPTS) -> PrintBatch:
    return ask_for_batch(
        book=book, year=school.year, grade_level=grade_level, period=Period.YEAR_END, by=school.tuan
    )


def work(batch: PrintBatch) -> PrintBatch:
    """What workers do with a batch, one class after another."""
    for job in batch.jobs.order_by("pk"):
        run_job(job.pk)
        settle_of(job.pk)
    run_batch(batch.pk)
    batch.refresh_from_db()
    return batch


def finished_class(school: School) -> PrintJob:
    fill(school.class_4a, school.pupils)
    job = ask_for_book(book=BOOK.TRANSCRIPTS, school_class=school.class_4a, period="CN", by=school.tuan)
    run_job(job.pk)
    job.refresh_from_db()
    return job


def codes_of(*classes: SchoolClass) -> list[str]:
    return [pupil_code(seat.student) for each in classes for seat in Enrolment.objects.roster(each)]


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# -- Asking ------------------------------------------------------------------------------------------------


def test_a_grade_or_the_school_is_a_print_a_class_each_in_the_queue(school: School) -> None:
    grade, whole = ask(school), ask(school, None)
    assert [job.school_class.name for job in grade.jobs.order_by("school_class")] == ["4A", "4B"]
    assert [job.school_class.name for job in whole.jobs.order_by("school_class")] == ["1A", "4A", "4B"]
    assert ProcrastinateJob.objects.count() == 5
    assert {job.period for job in whole.jobs.all()} == {Period.YEAR_END}


def test_the_same_batch_still_open_is_not_asked_for_twice(school: School) -> None:
    assert ask(school) == ask(school)
    assert PrintJob.objects.count() == 2


def test_a_class_without_pupils_is_not_printed_and_the_page_says_so(school: School) -> None:
    SchoolClass.objects.create(year=school.year, name="4C", grade_level=4)
    batch = ask(school)
    assert batch.jobs.count() == 2
    page = as_(school.tuan).get(reverse("reports:batch", args=[batch.pk])).content.decode()
    assert "Không in, vì chưa có học sinh" in page
    assert "4C" in page


def test_a_grade_without_pupils_is_refused_with_the_remedy(school: School) -> None:
    with pytest.raises(BookRefused, match="Nạp danh sách"):
        ask(school, 5)


@pytest.mark.parametrize("name", ["lan", "minh", "dung", "bich", "hoa", "son"])
def test_only_the_clerk_asks_cancels_and_goes_on(school: School, name: str) -> None:
    batch, person = ask(school), school.people[name]
    with pytest.raises(PermissionDenied):
        ask_for_batch(book=BOOK.TRANSCRIPTS, year=school.year, grade_level=1, period="CN", by=person)
    for act in (cancel_batch, resume_batch):
        with pytest.raises(PermissionDenied):
            act(batch, by=person)
    with pytest.raises(PermissionDenied):
        ask_for_transcript(school.pupils[0], school_class=school.class_4a, by=person)


def test_the_form_offers_school_grades_and_classes_and_leads_to_the_page_of_the_batch(school: School) -> None:
    client = as_(school.tuan)
    form = client.get(reverse("reports:prints")).content.decode()
    for offered in ("Toàn trường", "Cả khối 4", ">4A<"):
        assert offered in form
    typed = {"book": "hocba", "school_class": "khoi-4", "period": "GHKI", **CONFIRMED}
    answer = client.post(reverse("reports:prints"), typed, follow=True)
    batch = PrintBatch.objects.get()
    assert answer.redirect_chain == [(reverse("reports:batch", args=[batch.pk]), 302)]
    assert (batch.grade_level, batch.period, batch.asked_by) == (4, Period.YEAR_END, school.tuan)
    assert "Đã đặt in học bạ khối 4." in answer.content.decode()


# -- Binding -----------------------------------------------------------------------------------------------


def test_the_file_of_a_grade_has_every_pupil_of_every_class_in_order_with_a_bookmark_a_class(
    school: School,
) -> None:
    batch = work(ask(school))
    assert (batch.state, batch.failure, batch.pupils) == ("done", "", 6)
    jobs = list(batch.jobs.order_by("school_class"))
    texts = pages_of(batch.file.path)
    assert len(texts) == batch.pages == sum(job.pages for job in jobs)
    # As the classes' own files, page by page, the foot with each class's head of the audit chain included.
    assert texts == [text for job in jobs for text in pages_of(job.file.path)]
    with pikepdf.open(batch.file.path) as whole, whole.open_outline() as outline:
        assert [item.title for item in outline.root] == ["Lớp 4A", "Lớp 4B"]
        assert [len(item.children) for item in outline.root] == [3, 3]
        second = outline.root[1].destination[0].objgen
        assert [page.obj.objgen for page in whole.pages].index(second) == jobs[0].pages


def test_class_tables_of_a_grade_are_bound_too(school: School) -> None:
    batch = work(ask(school, book=BOOK.CLASS_TABLE))
    assert (batch.state, batch.failure, batch.pupils) == ("done", "", 6)
    words = " ".join(pages_of(batch.file.path))
    for code in codes_of(school.class_4a, school.class_4b):
        assert code in words


@pytest.mark.parametrize("book", [BOOK.TRANSCRIPTS, BOOK.CLASS_TABLE])
def test_the_file_of_a_grade_is_read_by_machine_and_kept_for_ever_as_those_of_its_classes(
    school: School, book: str
) -> None:
    batch = work(ask(school, book=book))
    assert faults_of_file(Path(batch.file.path)) == []
    jobs = [*batch.jobs.order_by("school_class")]
    with pikepdf.open(batch.file.path) as whole:
        assert whole.check_pdf_syntax() == []
        parts = list(whole.Root.StructTreeRoot.K[0].K)
        assert [str(part.S) for part in parts] == ["/Part", "/Part"]
        assert [_words_in(part) for part in parts] == [_words_of_file(job) for job in jobs]


def _words_of_file(job: PrintJob) -> list[str]:
    with pikepdf.open(job.file.path) as own:
        return _words_in(own.Root.StructTreeRoot.K[0])


def _words_in(element: Any) -> list[str]:
    """The kinds of all elements below, in order, each with the number of its page in the part."""
    found, pages, waiting = [], {}, [element]
    while waiting:
        each = waiting.pop()
        page = pages.setdefault(each.Pg.objgen, len(pages)) if "/Pg" in each else ""
        found.append(f"{each.S} {page}")
        kids = each.get("/K", [])
        kids = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
        waiting += [kid for kid in reversed(kids) if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]
    return found[1:]


def test_a_whole_that_lost_a_class_or_mixed_two_up_is_not_published(
    school: School, monkeypatch: pytest.MonkeyPatch, files: Path
) -> None:
    batch = ask(school)
    in_order = whole_book.bind

    def crosswise(target: Path, parts: list[whole_book.ClassFile], **how: Any) -> list[str]:
        in_order(target, parts[::-1], title=how["title"], metadata=how["metadata"])
        return whole_book.faults_of(target, parts)

    def short(target: Path, parts: list[whole_book.ClassFile], **how: Any) -> list[str]:
        in_order(target, parts[:1], title=how["title"], metadata=how["metadata"])
        return whole_book.faults_of(target, parts)

    monkeypatch.setattr(whole_book, "bind_apart", crosswise)
    work(batch)
    assert batch.state == "failed"
    assert "Lớp 4A: trang 1 không phải của học sinh" in batch.failure
    monkeypatch.setattr(whole_book, "bind_apart", short)
    resume_batch(batch, by=school.tuan)
    run_batch(batch.pk)
    batch.refresh_from_db()
    assert "tệp ghép có 18 trang, các lớp có 36" in batch.failure
    assert not list(files.glob("books/dot-*"))


def test_a_class_that_fails_fails_the_batch_by_name_and_going_on_prints_only_that_class(
    school: School, monkeypatch: pytest.MonkeyPatch, drawn: list[str]
) -> None:
    batch = ask(school)
    merge_into = pdf.merge_into

    def cut(target: Path, parts: list[Path], **how: str) -> None:
        merge_into(target, parts[:-1] if "4B" in how["title"] else parts, **how)

    monkeypatch.setattr(pdf, "merge_into", cut)
    work(batch)
    assert (batch.state, batch.file.name) == ("failed", "")
    assert "Chưa in được 1 lớp: 4B" in batch.failure
    page = as_(school.tuan).get(reverse("reports:batch", args=[batch.pk])).content.decode()
    assert "thiếu học bạ của" in page
    monkeypatch.setattr(pdf, "merge_into", merge_into)
    drawn.clear()
    resume_batch(batch, by=school.tuan)
    work(batch)
    assert batch.state == "done"
    # A part of a book that came out short may itself be damaged: those of 4B alone are drawn anew.
    assert drawn == codes_of(school.class_4b)


def test_printing_the_grade_again_draws_nothing_and_after_a_correction_one_pupil(
    school: School, drawn: list[str]
) -> None:
    fill(school.class_4a, school.pupils)
    first = work(ask(school))
    drawn.clear()
    second = work(ask(school))
    assert (first.content_hash, drawn) == (second.content_hash, [])
    SubjectResult.objects.filter(student=school.pupils[1], line__code="TOAN").update(mark=5)
    assert work(ask(school)).content_hash != first.content_hash
    assert drawn == [pupil_code(school.pupils[1])]


def test_a_batch_whose_last_worker_died_before_it_said_so_is_bound_all_the_same(school: School) -> None:
    batch = ask(school)
    for job in batch.jobs.all():
        run_job(job.pk)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded'")
    resume_stalled()
    assert [row.args for row in ProcrastinateJob.objects.filter(status="todo")] == [{"batch_id": batch.pk}]


def test_a_print_takes_the_same_statements_for_few_pupils_and_for_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    school = make_school(pupils=9)
    add_pupils(school.class_4b, 12)
    monkeypatch.setattr(print_attempts, "SECONDS_BETWEEN_NOTES", 3600.0)
    # What a process asks once in its life is left out.
    run_job(ask_for_transcript(school.pupils[0], school_class=school.class_4a, by=school.tuan).pk)
    counts = []
    for school_class in (school.class_4a, school.class_4b):
        job = ask_for_book(book=BOOK.TRANSCRIPTS, school_class=school_class, period="CN", by=school.tuan)
        with CaptureQueriesContext(connection) as asked:
            run_job(job.pk)
        counts.append(len(asked))
    # One of them asks which of the contents were printed before: of those nothing is written again. Another one asks
    # for years before Thông tư 27/2020.
    assert counts[0] == counts[1] <= 44


# -- With help -------------------------------------------------------------------------------------------


def in_hand(job: PrintJob) -> None:
    """A living worker has the print, another has nothing to do."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        (worker,) = cursor.fetchone()
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [worker])
    PrintJob.objects.filter(pk=job.pk).update(state="running", attempts=1)


def test_an_idle_worker_draws_from_the_last_pupil_until_it_meets_what_is_drawn(
    school: School, drawn: list[str]
) -> None:
    run_job(ask_for_transcript(school.pupils[0], school_class=school.class_4a, by=school.tuan).pk)
    drawn.clear()
    job = ask_for_book(book=BOOK.TRANSCRIPTS, school_class=school.class_4a, period="CN", by=school.tuan)
    assert print_help.help_print(job.pk) == 0
    in_hand(job)
    assert print_help.help_print(job.pk) == 2
    assert drawn == codes_of(school.class_4a)[:0:-1]


@pytest.mark.parametrize("pupils", [print_help.WORTH_HELP - 1, print_help.WORTH_HELP])
def test_help_is_asked_for_where_it_is_worth_it(pupils: int) -> None:
    school = make_school(pupils=pupils)
    job = ask_for_book(book=BOOK.TRANSCRIPTS, school_class=school.class_4a, period="CN", by=school.tuan)
    in_hand(job)
    print_help.ask_for_help(job, read_manuscript(job))
    asked = [row.args for row in ProcrastinateJob.objects.filter(status="todo")]
    assert asked == ([{"helped_print_id": job.pk}] if pupils >= print_help.WORTH_HELP else [])


# -- Cancelled and resumed ---------------------------------------------------------------------------------


def cancel_at(monkeypatch: pytest.MonkeyPatch, number: int, act: object) -> None:
    """Does something when so many pupils have been drawn; progress is noted at each."""
    monkeypatch.setattr(print_attempts, "SECONDS_BETWEEN_NOTES", 0.0)
    kept, seen = kept_pages.kept_page, iter(range(1, 1000))

    def counting(content: Transcript) -> Path:
        page = kept(content)
        if next(seen) == number:
            act()  # type: ignore[operator]
        return page

    monkeypatch.setattr(kept_pages, "kept_page", counting)


def test_a_print_cancelled_in_the_middle_stops_before_the_next_pupil_and_goes_on_where_it_was(
    school: School, monkeypatch: pytest.MonkeyPatch, drawn: list[str], files: Path
) -> None:
    job = ask_for_book(book=BOOK.TRANSCRIPTS, school_class=school.class_4a, period="CN", by=school.tuan)
    cancel_at(monkeypatch, 2, lambda: cancel_print(job, by=school.tuan))
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.cancelled_by, len(drawn)) == ("cancelled", school.tuan, 2)
    assert not list(files.glob("books/*"))
    resume_print(job, by=school.tuan)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.cancelled_by, job.cancelled_at) == ("waiting", 0, None, None)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.pupils_done) == ("done", 3)
    assert drawn == codes_of(school.class_4a)


def test_a_print_cancelled_while_it_is_bound_is_not_published(
    school: School, monkeypatch: pytest.MonkeyPatch, files: Path
) -> None:
    job = ask_for_book(book=BOOK.TRANSCRIPTS, school_class=school.class_4a, period="CN", by=school.tuan)
    merge_into = pdf.merge_into

    def meanwhile(*args: object, **how: object) -> None:
        merge_into(*args, **how)  # type: ignore[arg-type]
        cancel_print(job, by=school.tuan)

    monkeypatch.setattr(pdf, "merge_into", meanwhile)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.file.name) == ("cancelled", "")
    assert not list(files.glob("books/*"))


def test_the_worker_of_a_print_that_was_cancelled_and_resumed_meanwhile_lets_go_of_it(
    school: School, monkeypatch: pytest.MonkeyPatch, drawn: list[str]
) -> None:
    job = ask_for_book(book=BOOK.TRANSCRIPTS, school_class=school.class_4a, period="CN", by=school.tuan)

    def stop_and_go() -> None:
        cancel_print(job, by=school.tuan)
        resume_print(job, by=school.tuan)

    cancel_at(monkeypatch, 1, stop_and_go)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, len(drawn)) == ("waiting", 1)


def test_a_worker_that_fails_after_its_print_was_cancelled_and_resumed_fails_nothing(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ask_for_book(book=BOOK.TRANSCRIPTS, school_class=school.class_4a, period="CN", by=school.tuan)

    def meanwhile(*_args: object, **_how: object) -> None:
        cancel_print(job, by=school.tuan)
        resume_print(job, by=school.tuan)
        raise PrintRunShort(["thiếu một em"])

    monkeypatch.setattr(pdf, "merge_into", meanwhile)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.failure) == ("waiting", "")


def test_cancelling_a_batch_stops_its_open_classes_and_keeps_the_done_ones(
    school: School, drawn: list[str]
) -> None:
    batch = ask(school)
    first, second = batch.jobs.order_by("school_class")
    run_job(first.pk)
    settle_of(first.pk)
    cancel_batch(batch, by=school.tuan)
    run_job(second.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.cancelled_by) == ("cancelled", school.tuan)
    assert [job.state for job in batch.jobs.order_by("school_class")] == ["done", "cancelled"]
    drawn.clear()
    resume_batch(batch, by=school.tuan)
    work(batch)
    assert (batch.state, batch.cancelled_by) == ("done", None)
    assert drawn == codes_of(school.class_4b)
    said = [entry.new for entry in AuditEntry.objects.filter(table_name="reports_printbatch").order_by("seq")]
    assert [told["state"] for told in said] == ["waiting", "cancelled", "waiting", "running", "done"]


def test_a_class_of_a_batch_is_cancelled_with_the_batch_only(school: School) -> None:
    batch = ask(school)
    with pytest.raises(BookRefused, match=f"đợt in số {batch.pk}"):
        cancel_print(batch.jobs.first(), by=school.tuan)


def test_what_is_over_is_not_cancelled_and_what_is_open_or_done_not_resumed(school: School) -> None:
    job = finished_class(school)
    with pytest.raises(BookRefused, match="đã xong"):
        cancel_print(job, by=school.tuan)
    with pytest.raises(BookRefused, match="Chỉ in tiếp"):
        resume_print(job, by=school.tuan)
    batch = ask(school)
    with pytest.raises(AlreadyUnderWay, match="đang được in"):
        resume_batch(batch, by=school.tuan)


@pytest.mark.parametrize("what", ["print", "batch"])
def test_a_second_click_on_going_on_is_told_that_it_is_under_way(school: School, what: str) -> None:
    client = as_confirmed(school.tuan)
    asked = (
        ask(school)
        if what == "batch"
        else ask_for_book(book=BOOK.TRANSCRIPTS, school_class=school.class_4a, period="CN", by=school.tuan)
    )
    client.post(reverse(f"reports:{what}_cancel", args=[asked.pk]))
    resume = reverse(f"reports:{what}_resume", args=[asked.pk])
    assert "Đã đưa vào hàng chờ in tiếp" in client.post(resume, follow=True).content.decode()
    again = client.post(resume, follow=True).content.decode()
    assert "này đang được in, không cần bấm «In tiếp» lần nữa." in again
    assert "Chỉ in tiếp được" not in again
    resumed = AccessLogEntry.objects.filter(kind=AccessLogEntry.Kind.PRINT_ASKED, detail="In tiếp")
    assert resumed.count() == 1


@pytest.mark.parametrize("target", STATES)
@pytest.mark.parametrize("source", STATES)
def test_the_database_lets_states_follow_each_other_as_the_table_says(
    school: School, source: str, target: str
) -> None:
    now = clock.now()
    ends = {
        "failure": "Vì sao.",
        "pages": 2,
        "file": "books/0.pdf",
        "cancelled_by": school.tuan,
        "cancelled_at": now,
    }
    job = PrintJob.objects.create(
        book=BOOK.TRANSCRIPTS,
        school_class=school.class_4a,
        period="CN",
        asked_by=school.tuan,
        state=source,
        pupils_asked=1,
        pupils_done=1,
        **ends,
    )
    batch = PrintBatch.objects.create(
        book=BOOK.TRANSCRIPTS,
        year=school.year,
        period="CN",
        asked_by=school.tuan,
        state=source,
        finished_at=now,
        pupils=1,
        **ends,
    )
    for row in (job, batch):
        same = type(row).objects.filter(pk=row.pk)
        if source == target or (source, target) in MOVES:
            assert same.update(state=target) == 1
        else:
            with pytest.raises(DatabaseError, match="does not go"), transaction.atomic():
                same.update(state=target)


def test_the_buttons_cancel_and_go_on_and_both_are_on_record(school: School) -> None:
    batch, client = ask(school), as_confirmed(school.tuan)
    page = reverse("reports:batch", args=[batch.pk])
    assert "Huỷ cả đợt" in client.get(page).content.decode()
    client.post(reverse("reports:batch_cancel", args=[batch.pk]))
    told = client.get(page).content.decode()
    assert f"{school.tuan.full_name} đã huỷ lúc" in told
    assert "In tiếp" in told
    client.post(reverse("reports:batch_resume", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.state == "waiting"
    entry = AccessLogEntry.objects.filter(kind=AccessLogEntry.Kind.PRINT_ASKED).latest("pk")
    assert (entry.detail, entry.target) == ("In tiếp", batch.title)


def test_going_on_asks_for_the_password_as_asking_does(school: School) -> None:
    job = ask_for_book(book=BOOK.TRANSCRIPTS, school_class=school.class_4a, period="CN", by=school.tuan)
    client = as_(school.tuan)
    client.post(reverse("reports:print_cancel", args=[job.pk]))
    assert client.post(reverse("reports:print_resume", args=[job.pk])).status_code == 422
    job.refresh_from_db()
    assert job.state == "cancelled"


# -- One pupil ---------------------------------------------------------------------------------------------


def test_a_pupil_is_printed_alone_from_the_pupils_own_page(school: School) -> None:
    pupil, client = school.pupils[1], as_confirmed(school.tuan)
    page = client.get(reverse("students:pupil", args=[pupil.pk])).content.decode()
    address = reverse("reports:pupil_transcript", args=[pupil.pk])
    assert address in page
    assert address not in as_(school.lan).get(reverse("students:pupil", args=[pupil.pk])).content.decode()
    answer = client.post(address, {"school_class": school.class_4a.pk})
    job = PrintJob.objects.get()
    assert answer["Location"] == f"{reverse('reports:print_job', args=[job.pk])}?take=1"
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.failure, job.pupils_done, list(job.places)) == ("done", "", 1, [pupil_code(pupil)])
    file = client.get(reverse("reports:print_file", args=[job.pk]))
    assert pupil.full_name in pages_of(io.BytesIO(b"".join(file.streaming_content)))[0]


def test_a_pupils_print_is_outdated_by_the_pupil_alone(school: School) -> None:
    fill(school.class_4a, school.pupils)
    job = ask_for_transcript(school.pupils[0], school_class=school.class_4a, by=school.tuan)
    run_job(job.pk)

    def is_outdated() -> bool:
        return with_changes(PrintJob.objects.all()).get().is_outdated

    for pupil in (school.pupils[1], school.pupils[0]):
        assert not is_outdated()
        result = SubjectResult.objects.get(student=pupil, line__code="TOAN")
        result.comment = "Viết lại."
        result.save()
    assert is_outdated()


def test_a_pupil_who_never_sat_in_the_class_is_refused(school: School) -> None:
    with pytest.raises(BookRefused, match="không có tên ở lớp 1A"):
        ask_for_transcript(school.pupils[0], school_class=school.class_1a, by=school.tuan)


# -- A file a pupil ----------------------------------------------------------------------------------------


def own_pages(job: PrintJob, place: int) -> Iterator[str]:
    firsts = [each.first for each in pupil_files.pupils_of(job)] + [(job.pages or 0) + 1]
    yield from pages_of(job.file.path)[firsts[place - 1] - 1 : firsts[place] - 1]


def test_a_pupils_own_file_has_the_pages_of_the_book_with_the_same_foot_and_is_tagged(school: School) -> None:
    job = finished_class(school)
    client = as_confirmed(school.hoa)
    answer = client.get(reverse("reports:pupil_file", args=[job.pk, 2]))
    content = b"".join(answer.streaming_content)
    texts = pages_of(io.BytesIO(content))
    assert texts == list(own_pages(job, 2))
    assert job.audit_code in texts[0]
    with pikepdf.open(io.BytesIO(content)) as own:
        root = own.Root
        assert (str(root.Lang), bool(root.MarkInfo.Marked)) == ("vi", True)
        (part,) = root.StructTreeRoot.K[0].K
        assert len(root.StructTreeRoot.ParentTree.Nums) == 2 * sum(
            "/StructParents" in p.obj for p in own.pages
        )
        assert part.P.objgen == root.StructTreeRoot.K[0].objgen
        assert len(own.objects) < 2000
    pupil = school.pupils[1]
    assert pupil_code(pupil) in answer["Content-Disposition"].upper()
    entry = AccessLogEntry.objects.get(kind=AccessLogEntry.Kind.PRINT_DOWNLOADED)
    assert entry.user == school.hoa
    assert client.get(reverse("reports:pupil_file", args=[job.pk, 4])).status_code == 404


def test_the_zip_of_a_class_has_a_file_a_pupil_named_by_class_code_and_name(school: School) -> None:
    job = finished_class(school)
    answer = as_confirmed(school.tuan).get(reverse("reports:class_files", args=[job.pk]))
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as packed:
        assert packed.testzip() is None
        names = packed.namelist()
        assert len(names) == 3
        for place, (name, pupil) in enumerate(zip(names, school.pupils, strict=True), start=1):
            assert name.startswith(f"HocBa-4A-{pupil_code(pupil).lower()}-")
            assert name.isascii()
            assert pages_of(io.BytesIO(packed.read(name))) == list(own_pages(job, place))
    assert AccessLogEntry.objects.filter(kind=AccessLogEntry.Kind.PRINT_DOWNLOADED).count() == 1


def test_the_zip_of_a_batch_is_made_by_a_worker_once_it_is_asked_for(school: School) -> None:
    batch, client = work(ask(school)), as_confirmed(school.tuan)
    address, page = (reverse(f"reports:{name}", args=[batch.pk]) for name in ("batch_files", "batch"))
    assert client.get(address).status_code == 404
    assert "Chuẩn bị tệp từng em" in client.get(page).content.decode()
    client.post(address)
    client.post(address)
    assert ProcrastinateJob.objects.filter(task_name=pupil_files.TASK).count() == 1
    assert "Máy in nền đang chuẩn bị" in client.get(page).content.decode()
    pupil_files.make_batch_zip(batch.pk)
    answer = client.get(address)
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as packed:
        assert {name.partition("/")[0] for name in packed.namelist()} == {"4A", "4B"}
        assert len(packed.namelist()) == 6


# -- Their pages -------------------------------------------------------------------------------------------


def test_the_page_of_a_batch_shows_classes_and_pupils_done_and_asks_for_itself(school: School) -> None:
    batch = ask(school)
    first = batch.jobs.order_by("school_class")[0]
    run_job(first.pk)
    client, address = as_(school.bich), reverse("reports:batch", args=[batch.pk])
    page = client.get(address).content.decode()
    assert "1 / 2" in page
    assert "3 / 6" in page
    assert 'hx-trigger="every 2s"' in page
    part = client.get(f"{address}?seen=asleep", headers={"HX-Request": "true"})
    assert "HX-Refresh" not in part
    assert "<html" not in part.content.decode()
    assert client.get(f"{address}?seen=running", headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_the_list_shows_a_batch_as_one_line(school: School) -> None:
    ask(school)
    page = as_(school.tuan).get(reverse("reports:prints")).content.decode()
    assert page.count("Học bạ khối 4 ·") == 1
    assert "Học bạ lớp 4A" not in page


@pytest.mark.parametrize("classes", [1, 6])
def test_the_page_of_a_batch_takes_the_same_statements_for_few_classes_and_for_many(
    school: School, django_assert_num_queries: DjangoAssertNumQueries, classes: int
) -> None:
    for number in range(classes - 1):
        further = SchoolClass.objects.create(year=school.year, name=f"5{number}", grade_level=5)
        add_pupils(further, 1)
    further = SchoolClass.objects.create(year=school.year, name="5Z", grade_level=5)
    add_pupils(further, 1)
    address = reverse("reports:batch", args=[ask(school, 5).pk])
    client = as_(school.tuan)
    client.get(address)
    with django_assert_num_queries(7):
        client.get(address)


def test_the_page_tells_the_time_left_while_workers_have_classes_in_hand(school: School) -> None:
    batch = ask(school)
    first = batch.jobs.order_by("school_class")[0]
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        (worker,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE args ->> 'print_id' = %s",
            [worker, str(first.pk)],
        )
    PrintJob.objects.filter(pk=first.pk).update(
        state="running", attempts=1, pupils_asked=3, pupils_done=1, started_at=first.asked_at
    )
    page = as_(school.tuan).get(reverse("reports:batch", args=[batch.pk])).content.decode()
    assert "còn khoảng" in page
    assert "1 / 6" in page


@pytest.mark.parametrize("are_over", [False, True])
def test_all_pupils_of_the_batch_count_from_the_start_also_where_their_seats_have_an_end(
    school: School, are_over: bool
) -> None:
    if are_over:
        Enrolment.objects.update(ends_on=school.year.ends_on)
    batch = ask(school)
    client, address = as_(school.bich), reverse("reports:batch", args=[batch.pk])
    assert "0 / 6" in client.get(address).content.decode()
    first = batch.jobs.order_by("school_class")[0]
    PrintJob.objects.filter(pk=first.pk).update(
        state="running", attempts=1, pupils_asked=3, pupils_done=2, started_at=first.asked_at
    )
    assert "2 / 6" in client.get(address).content.decode()


def test_pages_of_a_school_book_are_those_of_the_classes_for_every_pupil(school: School) -> None:
    batch = work(ask(school, None))
    document = pypdfium2.PdfDocument(batch.file.path)
    pages = len(document)
    document.close()
    words = " ".join(pages_of(batch.file.path))
    assert pages == batch.pages
    for student in Student.objects.all():
        assert pupil_code(student) in words
