"""The register of signatures as its page shows it: own books to sign, and every book in sight with who has not."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from accounts import permissions
from accounts.models import User
from accounts.powers import Action
from approvals.book_keys import BookKey
from approvals.book_standing import Book
from approvals.models import SigningReminder
from approvals.pending_corrections import Pending, pending_of
from approvals.request_list import Filter
from approvals.signature_register import Owing, Register, Scope, read_register
from approvals.signature_rules import State
from approvals.signing_reminders import last_reminders, to_remind
from gradebook.regulation import Period

PER_PAGE = 60
TEACHERS_PER_PAGE = 40
OWED, SIGNED, BROKEN, LATER = "owed", "signed", "broken", "later"
_GROUPS = (
    (OWED, "Còn phải kí", lambda state: state.is_owed),
    (BROKEN, "Cần kí lại", lambda state: state.has_broken),
    (SIGNED, "Đã kí, còn hiệu lực", lambda state: state is State.SIGNED),
    (LATER, "Chưa mở, đang mở", lambda state: state in {State.SHUT, State.OPEN}),
)
ALL = "all"


@dataclass(frozen=True, slots=True)
class OwingLine:
    """A teacher who owes signatures, with the last reminder of the period."""

    owing: Owing
    reminded: SigningReminder | None


@dataclass(frozen=True, slots=True)
class SignatureList:
    """`own` are the reader's books with the `pending` requests for corrections; `page` what the filters leave: teachers
    with what they owe (`by_teacher`), or books. `to_remind`: how many people a reminder would reach now."""

    register: Register
    own: tuple[Book, ...]
    pending: Mapping[BookKey, tuple[Pending, ...]]
    page: Page
    lines: tuple[OwingLine, ...]
    filters: tuple[Filter, ...]
    chosen: str
    signed: int
    owed: int
    may_remind: bool
    to_remind: int

    @property
    def period(self) -> Period:
        return self.register.period

    @property
    def scope(self) -> Scope:
        return self.register.scope

    @property
    def total(self) -> int:
        return len(self.register.here)

    @property
    def by_teacher(self) -> bool:
        return self.chosen == OWED

    @property
    def first_unseen(self) -> Book | None:
        """Of those to sign, the first that the reader has not looked at as it is now."""
        return next((book for book in self.to_sign if not book.looked_at), None)

    @property
    def has_seen(self) -> bool:
        return any(book.looked_at for book in self.to_sign)

    @property
    def to_sign(self) -> tuple[Book, ...]:
        return tuple(book for book in self.own if book.may_be_signed)

    @property
    def follows(self) -> bool:
        """Whether the reader sees books of others."""
        return len(self.register.books) > len(self.own)


def read_list(user: User, query: Mapping[str, str]) -> SignatureList:
    """`?state=` chooses beside what `read_register` does. Two statements more: the reminders of whoever is shown as
    owing, the requests for corrections of the reader's books to sign."""
    register = read_register(user, query)
    here = register.here
    groups = {key: [each for each in here if test(each.state)] for key, _label, test in _GROUPS}
    groups[ALL] = list(here)
    asked = query.get("state", "")
    chosen = asked if asked in groups else OWED
    labels = [(key, label) for key, label, _test in _GROUPS] + [(ALL, "Tất cả")]
    own = tuple(each for each in register.books if each.is_own)
    owing = register.owing
    shown = Paginator(owing, TEACHERS_PER_PAGE) if chosen == OWED else Paginator(groups[chosen], PER_PAGE)
    may_remind = permissions.may_anywhere(user, Action.REMIND_SIGNERS)
    reminders = last_reminders(register, owing)
    page = shown.get_page(query.get("page"))
    lines = [each for each in page if isinstance(each, Owing)]
    return SignatureList(
        register=register,
        own=own,
        pending=pending_of(user, [book.ref for book in own if book.may_be_signed]),
        page=page,
        lines=tuple(
            OwingLine(each, reminders.get(each.holder.pk) if each.holder else None) for each in lines
        ),
        filters=tuple(Filter(label, key, len(groups[key]), key == chosen) for key, label in labels),
        chosen=chosen,
        signed=len(groups[SIGNED]),
        owed=len(groups[OWED]),
        may_remind=may_remind,
        to_remind=len(to_remind(owing, reminders, by=user)) if may_remind else 0,
    )
