"""The books that wait for a person's signature: those of a period together, those to be signed again each by itself."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.timezone import localtime

from accounts.held_powers import powers_of
from accounts.models import User
from accounts.start_page import Task
from approvals.book_standing import Book, read_books
from approvals.models import SigningReminder
from gradebook.progress_sheets import Sight, Standing, read_led_and_taught, whole
from gradebook.regulation import Period

MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class SignatureTask(Task):
    """A line for so many `books`."""

    books: int = 1


@dataclass(frozen=True, slots=True)
class ReminderNotice:
    """The last reminder of a period of which the person still owes signatures."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Signing:
    """What the start page says of a person's books."""

    tasks: tuple[SignatureTask, ...] = ()
    reminders: tuple[ReminderNotice, ...] = ()


def read_signing(user: User) -> Signing:
    """Nothing for who holds no book; two statements until a period is locked, then nine more at most, and one for the
    reminders of who owes a signature."""
    if not _holds_books(user):
        return Signing()
    sight = read_led_and_taught(user)
    books = _locked_books(sight)
    due: dict[Period, list[Book]] = defaultdict(list)
    again = []
    for book in books:
        if not book.may_be_signed:
            continue
        if book.state.has_broken:
            again.append(_again(book))
        else:
            due[book.ref.period].append(book)
    owed = {book.ref.period for book in books if book.is_own and book.state.is_owed}
    return Signing(
        (*again, *(_due(period, each, sight) for period, each in due.items())),
        tuple(_reminders(user, books[0].ref.school_class.year_id, owed)) if owed else (),
    )


def owed_period(user: User) -> Period | None:
    """The first period of which a book waits for this person's signature. Statements as `read_signing`."""
    if not _holds_books(user):
        return None
    books = _locked_books(read_led_and_taught(user))
    return next((book.ref.period for book in books if book.may_be_signed), None)


def _reminders(user: User, year: int, owed: Collection[Period]) -> Iterator[ReminderNotice]:
    """Of each of these periods the last."""
    sent = SigningReminder.objects.filter(person=user, year=year, period__in=[each.value for each in owed])
    for each in sent.select_related("sent_by").order_by("period", "-day").distinct("period"):
        yield ReminderNotice(
            f"{each.sent_by.full_name}, {each.role}, nhắc lúc {localtime(each.sent_at):%H:%M %d/%m/%Y}: "
            f"{each.books} sổ THKQGD {Period(each.period).label} của thầy cô chưa có chữ kí.",
            _page_of(Period(each.period)),
        )


def _page_of(period: Period) -> str:
    return f"{reverse('approvals:signatures')}?period={period.value}"


def _holds_books(user: User) -> bool:
    powers = powers_of(user)
    return bool(powers.taught or powers.homeroom_classes)


def _locked_books(sight: Sight) -> list[Book]:
    """Of the periods that are locked, in their order; without their contents."""
    periods = locked_periods(sight)
    return list(read_books(sight, periods, to_sign=False)) if periods else []


def locked_periods(sight: Sight) -> list[Period]:
    """Those in which any sheet in sight is locked, in their order."""
    locked = {
        period for (period, *_sheet), standing in sight.standings.items() if standing == Standing.LOCKED
    }
    return [period for period in Period if period in locked]


def _again(book: Book) -> SignatureTask:
    return SignatureTask(
        f"Kí lại sổ THKQGD {book.ref.period.label}: {book.title}",
        "Nội dung đã thay đổi sau khi kí: xem ô nào, theo phiếu nào, rồi kí lại",
        book.url,
        "warning",
        "Cần kí lại",
    )


def _due(period: Period, books: list[Book], sight: Sight) -> SignatureTask:
    (first, *others) = books
    title = f"Kí sổ THKQGD {period.label}"
    url = _page_of(period)
    if not others:
        return SignatureTask(f"{title}: {first.title}", _since(period, sight), first.url, "waiting", "Chờ kí")
    names = [book.title for book in books[:MOST_NAMED]]
    rest = len(books) - len(names)
    told = ", ".join(names) + (f" và {rest} sổ khác" if rest else "")
    detail, word = f"{told}. {_since(period, sight)}", f"{len(books)} sổ chờ kí"
    return SignatureTask(title, detail, url, "waiting", word, books=len(books))


def _since(period: Period, sight: Sight) -> str:
    """No order says until when a book is to be signed: said is since when it can be."""
    spans = [whole(window) for window in sight.of_period(period)]
    past = [span.closes_at for span in spans if span.is_past]
    return f"Khoá từ {localtime(max(past)):%H:%M %d/%m/%Y}" if past else "Đã khoá"
