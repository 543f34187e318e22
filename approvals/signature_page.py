"""One book and its signatures: how it stands, what is empty, what has changed since, every signature ever given."""

from collections import Counter
from dataclasses import dataclass

from django.http import Http404

from accounts import permissions
from accounts.models import User
from accounts.powers import Action
from approvals.book_gaps import answered_of, gaps_of
from approvals.book_keys import key_of
from approvals.book_reading import Reading, reading_of
from approvals.book_standing import Book, read_books, sealed
from approvals.models import BookSignature
from approvals.signature_changes import Changed, changes_of
from approvals.signature_rules import Ready
from gradebook.progress import NOTHING
from gradebook.progress_sheets import read_class, read_led_and_taught
from gradebook.regulation import Period
from gradebook.sheet_gaps import SheetGaps
from gradebook.sheets import SheetRef, find_sheet
from students.models import SchoolYear

WHO_SEES = (
    "Chữ kí của sổ mở cho giáo viên giữ sổ, giáo viên chủ nhiệm của lớp, tổ (khối) trưởng của khối, văn thư, người "
    "kiểm tra và Ban giám hiệu."
)


@dataclass(frozen=True, slots=True)
class SignaturePage:
    """`signatures` newest first. `answered` says of each empty cell that is none to fill why it is empty.

    `reading` are the contents, and `own` the reader's books of the period, where the reader may sign this one now.
    """

    book: Book
    gaps: tuple[SheetGaps, ...]
    changes: tuple[Changed, ...]
    signatures: tuple[BookSignature, ...]
    is_current_year: bool
    answered: tuple[str, ...] = ()
    reading: Reading | None = None
    own: tuple[Book, ...] = ()

    @property
    def to_sign(self) -> tuple[Book, ...]:
        return tuple(book for book in self.own if book.may_be_signed)

    @property
    def number(self) -> int:
        """Which of those to sign this is, from 1."""
        return [book.key for book in self.to_sign].index(self.book.key) + 1

    @property
    def next(self) -> Book | None:
        """The next book to sign that the reader has not looked at as it is now; this one is being looked at."""
        later, earlier = self.to_sign[self.number :], self.to_sign[: self.number - 1]
        return next((book for book in (*later, *earlier) if not book.looked_at), None)

    @property
    def summary(self) -> str:
        """What there is to sign, in figures: «33 học sinh · mức đạt được: T 20, H 12, C 1»; "" where nobody signs."""
        if self.book.now is None:
            return ""
        cells = [(key, value) for row in self.book.now.rows.values() for key, value in row.items()]
        said = [f"{len(self.book.now.rows)} học sinh"]
        for field, word in (("attainment", "mức môn học"), ("rating", "mức phẩm chất, năng lực")):
            counts = Counter(value for key, value in cells if key.endswith(f".{field}"))
            if counts:
                told = ", ".join(
                    f"{level} {counts[level]}" for level in ("T", "H", "Đ", "C") if counts[level]
                )
                said.append(f"{word}: {told}")
        for field, word in (("mark", "điểm KTĐK"), ("comment", "nhận xét")):
            number = sum(key.endswith(f".{field}") for key, _value in cells)
            if number:
                said.append(f"{number} {word}")
        return " · ".join(said)


def get_page(user: User, class_id: int, code: str, period: str) -> SignaturePage:
    """Fetch and check in one call. Raises Http404, PermissionDenied."""
    ref = find_sheet(class_id, code, period)
    if ref.period is Period.SUPPLEMENTARY:
        raise Http404("Đánh giá bổ sung không có sổ THKQGD riêng để kí.")
    permissions.require(user, Action.SEE_SIGNATURES, WHO_SEES, school_class=ref.school_class, line=ref.line)
    is_current = ref.school_class.year == SchoolYear.objects.current()
    book, gaps, answered = _of_today(user, ref) if is_current else _of_the_past(ref)
    signatures = BookSignature.objects.filter(
        school_class=ref.school_class, line=ref.line, period=ref.period.value
    ).select_related("signer", "stands_in_for", "line")
    found = tuple(signatures.order_by("-number"))
    changes = changes_of(ref, found[0]) if book.state.has_broken else ()
    if not book.may_be_signed:
        return SignaturePage(book, gaps, changes, found, is_current, answered)
    own = [each for each in read_books(read_led_and_taught(user), [ref.period]) if each.is_own]
    return SignaturePage(book, gaps, changes, found, is_current, answered, reading_of(book), tuple(own))


def _of_today(user: User, ref: SheetRef) -> tuple[Book, tuple[SheetGaps, ...], tuple[str, ...]]:
    sight = read_class(user, ref.school_class.pk)
    (book,) = read_books(sight, [ref.period], only={key_of(ref)})
    gaps = gaps_of([book], sight)[book.key] if book.ready is Ready.GAPS else []
    return book, tuple(gaps), answered_of(book, sight)


def _of_the_past(ref: SheetRef) -> tuple[Book, tuple[SheetGaps, ...], tuple[str, ...]]:
    """Of another year only the signatures: nobody signs there any more."""
    (book,) = sealed([Book(ref, None, Ready.SHUT, NOTHING, is_own=False)])
    return book, (), ()
