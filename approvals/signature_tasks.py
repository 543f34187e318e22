"""The books that wait for a person's signature: those of a period together, those to be signed again each by itself."""

from collections import defaultdict
from dataclasses import dataclass

from django.urls import reverse
from django.utils.timezone import localtime

from accounts import permissions
from accounts.models import User
from approvals.book_standing import Book, read_books
from gradebook.progress_sheets import Sight, Standing, read_led_and_taught, whole
from gradebook.regulation import Period

MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class SignatureTask:
    """One line of the start page, for so many `books`."""

    title: str
    detail: str
    url: str
    word: str
    kind: str
    books: int = 1


def signature_tasks(user: User) -> list[SignatureTask]:
    """None for who holds no book; two statements until a period is locked, then nine more at most."""
    if not _holds_books(user):
        return []
    sight = read_led_and_taught(user)
    due: dict[Period, list[Book]] = defaultdict(list)
    again = []
    for book in _to_sign(sight):
        if book.state.has_broken:
            again.append(_again(book))
        else:
            due[book.ref.period].append(book)
    return [*again, *(_due(period, books, sight) for period, books in due.items())]


def owed_period(user: User) -> Period | None:
    """The first period of which a book waits for this person's signature. Statements as `signature_tasks`."""
    if not _holds_books(user):
        return None
    return next((book.ref.period for book in _to_sign(read_led_and_taught(user))), None)


def _holds_books(user: User) -> bool:
    powers = permissions.powers_of(user)
    return bool(powers.taught or powers.homeroom_classes)


def _to_sign(sight: Sight) -> list[Book]:
    """In the order of the periods; without their contents."""
    locked = {
        period for (period, *_sheet), standing in sight.standings.items() if standing == Standing.LOCKED
    }
    periods = [period for period in Period if period in locked]
    if not periods:
        return []
    return [book for book in read_books(sight, periods, to_sign=False) if book.may_be_signed]


def _again(book: Book) -> SignatureTask:
    return SignatureTask(
        f"Kí lại sổ THKQGD {book.ref.period.label}: {book.title}",
        "Nội dung đã thay đổi sau khi kí: xem ô nào, theo phiếu nào, rồi kí lại",
        book.url,
        "Cần kí lại",
        "warning",
    )


def _due(period: Period, books: list[Book], sight: Sight) -> SignatureTask:
    (first, *others) = books
    title = f"Kí sổ THKQGD {period.label}"
    url = f"{reverse('approvals:signatures')}?period={period.value}"
    if not others:
        return SignatureTask(f"{title}: {first.title}", _since(period, sight), first.url, "Chờ kí", "waiting")
    names = [book.title for book in books[:MOST_NAMED]]
    rest = len(books) - len(names)
    told = ", ".join(names) + (f" và {rest} sổ khác" if rest else "")
    detail, word = f"{told}. {_since(period, sight)}", f"{len(books)} sổ chờ kí"
    return SignatureTask(title, detail, url, word, "waiting", len(books))


def _since(period: Period, sight: Sight) -> str:
    """No order says until when a book is to be signed: said is since when it can be."""
    spans = [whole(window) for window in sight.of_period(period)]
    past = [span.closes_at for span in spans if span.is_past]
    return f"Khoá từ {localtime(max(past)):%H:%M %d/%m/%Y}" if past else "Đã khoá"
