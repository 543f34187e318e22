"""The register of signatures as its page shows it: own books to sign, and every book in sight with who has not."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from accounts.models import User
from accounts.powers import Action
from approvals.book_standing import Book, read_books
from approvals.request_list import Filter
from approvals.signature_rules import State
from approvals.signature_tasks import owed_period
from gradebook.progress_sheets import read_sight
from gradebook.regulation import Period

PER_PAGE = 60
OWED, SIGNED, BROKEN, LATER = "owed", "signed", "broken", "later"
_GROUPS = (
    (OWED, "Còn phải kí", lambda state: state.is_owed),
    (BROKEN, "Cần kí lại", lambda state: state.has_broken),
    (SIGNED, "Đã kí, còn hiệu lực", lambda state: state is State.SIGNED),
    (LATER, "Chưa mở, đang mở", lambda state: state in {State.SHUT, State.OPEN}),
)
ALL = "all"


@dataclass(frozen=True, slots=True)
class SignatureList:
    """`own` are the reader's books; `page` those in sight that the filters leave."""

    period: Period
    own: tuple[Book, ...]
    page: Page
    filters: tuple[Filter, ...]
    classes: tuple[tuple[int, str], ...]
    class_id: int | None
    chosen: str
    total: int
    signed: int

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
        return self.total > len(self.own)


def read_list(user: User, query: Mapping[str, str]) -> SignatureList:
    """`?period=`, `?state=`, `?class=` choose; unknown values mean what is asked most. Thirteen statements at most.

    Without a period it is the first of which the reader owes a signature, for which `owed_period` asks before.
    """
    asked_period = _period(query.get("period", "")) or owed_period(user) or ""
    sight = read_sight(user, Action.SEE_SIGNATURES)
    period = sight.chosen_period(asked_period)
    if period is Period.SUPPLEMENTARY:
        period = Period.YEAR_END
    books = read_books(sight, [period])
    class_id = next((pk for pk in _class_ids(books) if str(pk) == query.get("class")), None)
    here = [each for each in books if class_id in (None, each.ref.school_class.pk)]
    groups = {key: [each for each in here if test(each.state)] for key, _label, test in _GROUPS}
    groups[ALL] = here
    asked = query.get("state", "")
    chosen = asked if asked in groups else OWED
    labels = [(key, label) for key, label, _test in _GROUPS] + [(ALL, "Tất cả")]
    return SignatureList(
        period=period,
        own=tuple(each for each in books if each.is_own),
        page=Paginator(groups[chosen], PER_PAGE).get_page(query.get("page")),
        filters=tuple(Filter(label, key, len(groups[key]), key == chosen) for key, label in labels),
        classes=tuple({each.ref.school_class.pk: each.ref.school_class.name for each in books}.items()),
        class_id=class_id,
        chosen=chosen,
        total=len(here),
        signed=len(groups[SIGNED]),
    )


def _period(asked: str) -> str:
    return asked if asked in set(Period) else ""


def _class_ids(books: tuple[Book, ...]) -> list[int]:
    return list(dict.fromkeys(each.ref.school_class.pk for each in books))
