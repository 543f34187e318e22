"""Signing books: the one act, for one book or for all of a period that a person answers for (PLAN IV.5, IV.6).

the period is taken            no save, correction or order comes between reading and signing
WHO    permissions.require     whoever holds the class or line on the day, a substitute too
WHEN   locked, no cell empty   the gaps are named
WHAT   the contents seen       opened by the signer as they stand; what has changed since is not signed unseen
TRACE  the signature           append-only, under the audit chain
"""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts import clock, permissions
from accounts.held_powers import powers_of
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action, Role, who_could
from approvals.book_gaps import gap_words, gaps_of
from approvals.book_keys import BookKey
from approvals.book_standing import Book, read_books
from approvals.models import BookSignature
from approvals.signature_rules import Ready, Seal
from approvals.signed_content import VERSION
from gradebook.models import TeachingAssignment
from gradebook.progress_sheets import read_led_and_taught
from gradebook.regulation import Period
from gradebook.scopes import HOMEROOM
from gradebook.sheet_gaps import SheetGaps
from gradebook.windows import whole_period_locks
from students.models import HomeroomAssignment, SchoolYear

WHO_SIGNS = (
    "Sổ môn học do giáo viên dạy môn đó kí, sổ của lớp do giáo viên chủ nhiệm kí; dạy thay, chủ nhiệm thay thì người "
    "thay kí trong những ngày mình giữ lớp, giữ môn."
)
CHANGED = "Nội dung vừa thay đổi so với lúc mở trang. Xem lại sổ rồi kí."
NOT_LOOKED_AT = "Thầy cô chưa xem nội dung sổ như hiện nay. Mở «Xem nội dung» của sổ này, đọc rồi kí."
NOT_LOCKED = {
    Ready.SHUT: "Thời điểm này chưa mở cho sổ.",
    Ready.OPEN: "Sổ đang mở. Chỉ kí khi đã khoá.",
}
SIGNED_ALREADY = "Đã có chữ kí còn hiệu lực, không kí thêm lần nữa."


@dataclass(frozen=True, slots=True)
class Wanted:
    """A book to be signed, and the digest of the contents that its signer had before them."""

    key: BookKey
    seen: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a book cannot be signed; `url` leads to where that can be put right, `key` says which book."""

    title: str
    why: str
    url: str
    key: BookKey | None = None


class SigningRefused(Exception):
    """Nothing was signed; `problems` has every reason."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{each.title}: {each.why}" for each in problems))
        self.problems = tuple(problems)


def sign_books(
    wanted: Sequence[Wanted], period: Period, *, by: User, source: Source = Source.PAGE
) -> list[BookSignature]:
    """Signs all of these books of a period or none. Some twenty statements, whatever their number.

    Raises PermissionDenied for a book of somebody else, SigningRefused with what stands against each.
    """
    year = SchoolYear.objects.current()
    if year is None or not wanted:
        raise SigningRefused([Problem("Chưa chọn sổ nào", "Chọn ít nhất một sổ rồi kí.", "")])
    locks = whole_period_locks(year.pk, [period.value])
    with acting(by, role=_role_of(wanted, by), source=source, holding=locks):
        sight = read_led_and_taught(by)
        found = read_books(sight, [period], only={each.key for each in wanted})
        books = {each.key: each for each in found if each.is_own}
        if not all(each.key in books for each in wanted):
            raise permissions.Refused(WHO_SIGNS, who_could(Action.SIGN_BOOK))
        gaps = gaps_of(list(books.values()), sight)
        problems = [
            Problem(books[each.key].title, why, books[each.key].url, each.key)
            for each in wanted
            if (why := _against(books[each.key], each.seen, gaps[each.key]))
        ]
        if problems:
            raise SigningRefused(problems)
        return _write(list(books.values()), by)


def _role_of(wanted: Sequence[Wanted], by: User) -> str:
    """As what these are signed together, whatever other post the person has; each signature names its class."""
    led = powers_of(by).homeroom_classes
    roles = {Role.HOMEROOM if each.key[0] in led else Role.SUBJECT for each in wanted}
    return ", ".join(role.label for role in (Role.HOMEROOM, Role.SUBJECT) if role in roles)


def _against(book: Book, seen: str, gaps: Sequence[SheetGaps]) -> str:
    """Why the book cannot be signed; "" where it can."""
    if book.ref.school_class.year.is_closed:
        return "Năm học đã đóng, không kí được nữa."
    if book.ready in NOT_LOCKED:
        return NOT_LOCKED[book.ready]
    if gaps:
        return gap_words(gaps)
    if book.seal is Seal.HOLDS:
        return SIGNED_ALREADY
    if book.now is None or book.now.digest != seen:
        return CHANGED
    return "" if book.looked_at else NOT_LOOKED_AT


def _write(books: Sequence[Book], by: User) -> list[BookSignature]:
    moment = clock.now()
    in_place_of = _in_place_of(by)
    return BookSignature.objects.bulk_create(
        BookSignature(
            school_class=book.ref.school_class,
            line=book.ref.line,
            period=book.ref.period.value,
            number=book.signature.number + 1 if book.signature else 1,
            signer=by,
            role=permissions.acting_role(by, book.ref.school_class, book.ref.line),
            stands_in_for_id=in_place_of.get(book.key[:2]),
            signed_at=moment,
            version=VERSION,
            content=book.now.text,
            digest=book.now.digest,
            pupils=sorted(book.now.rows),
            absent_until=book.now.absent_day,
        )
        for book in books
        if book.now is not None
    )


def _in_place_of(by: User) -> dict[tuple[int, str], int]:
    """By class and code, for whom the person stands in today. None for who does not, else two statements."""
    if not powers_of(by).is_substitution:
        return {}
    held = {"teacher": by, "substitutes_for__isnull": False}
    lines = TeachingAssignment.objects.held_on(clock.today()).filter(**held)
    classes = HomeroomAssignment.objects.held_on(clock.today()).filter(**held)
    found = {
        (class_id, code): person
        for class_id, code, person in lines.values_list("school_class", "line__code", "substitutes_for")
    }
    return found | {
        (class_id, HOMEROOM): person
        for class_id, person in classes.values_list("school_class", "substitutes_for")
    }
