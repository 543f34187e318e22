"""Books worth signing: the small school with a period complete and locked, and its teachers' signatures."""

from accounts.models import User
from approvals.book_looks import note_look
from approvals.book_standing import Book, read_books
from approvals.models import BookSignature
from approvals.signatures import Wanted, sign_books
from gradebook.progress_sheets import read_led_and_taught
from gradebook.regulation import Period
from tests.gradebook.school import School, close_window, make_school, open_window
from tests.reports.school_books import fill

GHKI = Period.MID_TERM_1


def complete_school(*, pupils: int = 3, period: Period = GHKI) -> School:
    """Every cell of 4A is filled at GHKI and the period is locked; 4B and 1A are empty."""
    school = make_school(pupils=pupils)
    open_window(school, period)
    fill(school.class_4a, school.pupils, period)
    close_window(school, period)
    return school


def own_books(person: User, period: Period = GHKI) -> dict[str, Book]:
    """By title, as the person finds them."""
    person = User.objects.get(pk=person.pk)
    return {book.title: book for book in read_books(read_led_and_taught(person), [period]) if book.is_own}


def look(person: User, *titles: str, period: Period = GHKI) -> None:
    """The person reads these of the own books as they stand, where there is something to sign."""
    books = own_books(person, period)
    for title in titles:
        if now := books[title].now:
            note_look(books[title].ref, now, by=person)


def sign(person: User, *titles: str, period: Period = GHKI) -> list[BookSignature]:
    """The person reads and signs these of the own books as they stand."""
    look(person, *titles, period=period)
    books = own_books(person, period)
    wanted = [
        Wanted(books[title].key, books[title].now.digest if books[title].now else "") for title in titles
    ]
    return sign_books(wanted, period, by=User.objects.get(pk=person.pk))
