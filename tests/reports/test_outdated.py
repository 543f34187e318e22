"""A print of a book that has changed since says so, on its page and in the list; any other says nothing."""

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.history import Source, acting
from gradebook.line_choices import choose_class_lines, choose_lines
from gradebook.models import YearOutcome
from gradebook.regulation import Period
from reports.models import PrintJob
from reports.outdated import body_in_sql, with_changes
from reports.print_jobs import ask_for_book, run_job
from students.models import Enrolment, HomeroomAssignment, Student
from tests.gradebook.school import School, certify, close_window, enter, exempt, make_school, open_window
from tests.reports.school_books import add_profile, approve
from tests.reports.test_print_pages import as_person, both_pages, files, kept

__all__ = ["files", "kept"]
pytestmark = pytest.mark.django_db
BOOK = PrintJob.Book


def the_school() -> School:
    """The pupils of 4A have a history, as the import of a roster gives them one."""
    school = make_school(pupils=2)
    open_window(school)
    certify(school.pupils[0])
    for pupil in school.pupils:
        saved(pupil)
    return school


def printed(school: School, book: str = BOOK.CLASS_TABLE, period: str = Period.MID_TERM_1) -> PrintJob:
    job = ask_for_book(book=book, school_class=school.class_4a, period=period, by=school.tuan)
    run_job(job.pk)
    return job


def is_outdated(job: PrintJob) -> bool:
    return with_changes(PrintJob.objects.filter(pk=job.pk)).get().is_outdated  # type: ignore[attr-defined]


def saved(row: object, **fields: object) -> None:
    with acting(None, role="Kiểm thử", source=Source.SYSTEM):
        for name, value in fields.items():
            setattr(row, name, value)
        row.save()  # type: ignore[attr-defined]


def test_page_and_list_say_that_the_book_has_changed_and_what_to_do(school: School, files: Path) -> None:
    enter(school.sheet("TOAN"), school.pupils[0], "mark", "7", by=school.lan)
    job = printed(school)
    job.refresh_from_db()
    assert not is_outdated(job)
    enter(school.sheet("TOAN"), school.pupils[0], "mark", "9", by=school.lan)
    page, listed = both_pages(school, job)
    assert "Sổ đã thay đổi sau bản in này: in lại trước khi kí." in page
    assert f"Bản in ghi sổ như lúc {timezone.localtime(job.started_at):%H:%M %d/%m/%Y}." in page
    assert "in lại trước khi kí" in page
    assert "Sổ đã thay đổi sau bản in này" in listed
    again = printed(school)
    assert is_outdated(job)
    assert not is_outdated(again)


CHANGES: dict[str, Callable[[School], object]] = {
    "a level": lambda school: enter(school.sheet(), school.pupils[1], "attainment", "T", by=school.lan),
    "a rating": lambda school: enter(
        school.sheet("NLPC"), school.pupils[1], "rating", "T", by=school.lan, item="yeu_nuoc"
    ),
    "a name": lambda school: saved(school.pupils[0], full_name="Nguyễn Thị Đổi Tên"),
    "the order": lambda school: saved(Enrolment.objects.get(student=school.pupils[0]), position=9),
    "the teacher": lambda school: saved(
        HomeroomAssignment.objects.get(school_class=school.class_4a), teacher=school.minh
    ),
    "the lock": close_window,
    "a line of the grade": lambda school: choose_lines(school.year, {4: ["TDT"]}, by=school.tuan),
    "a line of the class": lambda school: choose_class_lines(
        school.year, {(school.class_4a.pk, "TDT"): True}, by=school.tuan
    ),
    "an exemption": lambda school: exempt(school, school.pupils[0], "NN1", period=Period.MID_TERM_1),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_whatever_stands_in_the_table_makes_it_old(
    school: School, change: Callable[[School], object]
) -> None:
    job = printed(school)
    change(school)
    assert is_outdated(job)


NO_CHANGES: dict[str, Callable[[School], object]] = {
    "a comment": lambda school: enter(
        school.sheet("TOAN"), school.pupils[0], "comment", "Tốt.", by=school.lan
    ),
    "a telephone": lambda school: saved(school.pupils[0], phone="0912345678"),
    "a size": lambda school: add_profile(school.year, school.pupils[0]),
    "another class": lambda school: saved(
        Student.objects.filter(enrolments__school_class=school.class_4b)[0], full_name="Lê Văn Khác"
    ),
    "another period": lambda school: open_window(school, Period.END_TERM_1),
    "another class's window": lambda school: open_window(school, school_class=school.class_4b),
    "another class's line": lambda school: choose_class_lines(
        school.year, {(school.class_4b.pk, "TDT"): True}, by=school.tuan
    ),
    "nothing": lambda school: None,
}


@pytest.mark.parametrize("change", NO_CHANGES.values(), ids=NO_CHANGES.keys())
def test_what_does_not_stand_in_the_table_leaves_it_as_it_is(
    school: School, change: Callable[[School], object]
) -> None:
    job = printed(school)
    change(school)
    assert not is_outdated(job)


def test_comments_and_outcomes_of_the_years_end_make_transcripts_old(school: School) -> None:
    open_window(school, Period.YEAR_END)
    approve(school.class_4a, school.pupils, by=school.bich, on=school.year.starts_on)
    job = printed(school, BOOK.TRANSCRIPTS, Period.YEAR_END)
    enter(school.sheet("TOAN"), school.pupils[0], "comment", "Tốt.", by=school.lan)
    assert not is_outdated(job)
    enter(school.sheet("TOAN", Period.YEAR_END), school.pupils[0], "comment", "Tốt.", by=school.lan)
    assert is_outdated(job)

    again = printed(school, BOOK.TRANSCRIPTS, Period.YEAR_END)
    saved(YearOutcome.objects.all()[0], approved_on=school.year.starts_on + datetime.timedelta(days=1))
    assert is_outdated(again)


def test_a_book_that_is_not_finished_cannot_be_old(school: School) -> None:
    job = ask_for_book(book=BOOK.CLASS_TABLE, school_class=school.class_4a, period="GHKI", by=school.tuan)
    saved(school.pupils[0], full_name="Nguyễn Thị Đổi Tên")
    assert not is_outdated(job)


def test_many_prints_take_one_statement(
    school: School, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        printed(school)
    with django_assert_num_queries(1):
        assert len(with_changes(PrintJob.objects.all())) == 3
    assert as_person(school.tuan).get("/reports/prints/").status_code == 200


def test_the_function_in_the_database_is_the_one_that_is_written_down_here(db: None) -> None:
    """Where this fails, add a migration that calls `outdated.create_function`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'print_has_changed'")
        assert cursor.fetchall() == [(body_in_sql(),)]
