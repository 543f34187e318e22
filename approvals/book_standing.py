"""How the books of a period stand before their signature: the register of what is signed, owed and broken.

Whether a signature holds is computed from what the book holds now, for all books in one reading.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from accounts import permissions
from accounts.models import User
from accounts.powers import Action
from approvals.book_contents import Asked, confirmed_until, contents_of
from approvals.book_keys import BookKey, key_of
from approvals.book_looks import NEVER, Looks, looks_of
from approvals.models import BookSignature
from approvals.signature_rules import Ready, Seal, State, state_of
from approvals.signed_content import VERSION, Content
from gradebook.progress import NOTHING, Tally
from gradebook.progress_sheets import Holder, ProgressSheet, Sight, Standing, sheets_at
from gradebook.regulation import Period
from gradebook.sheets import SheetRef

CLASS_BOOK = "Sổ của lớp"


@dataclass(frozen=True, slots=True)
class Book:
    """A book of a period with its newest signature; `now` are its contents where they were asked for.

    `tally` of the class's book counts every sheet of the class. `is_own`: the reader signs it. `looks` are the reader's
    where the contents are at hand.
    """

    ref: SheetRef
    holder: Holder | None
    ready: Ready
    tally: Tally
    is_own: bool
    signature: BookSignature | None = None
    seal: Seal = Seal.NONE
    now: Content | None = None
    looks: Looks = NEVER

    @property
    def state(self) -> State:
        return state_of(self.ready, self.seal)

    @property
    def key(self) -> BookKey:
        return key_of(self.ref)

    @property
    def name(self) -> str:
        """«Toán», «Sổ của lớp»."""
        return self.ref.subject_label if self.ref.line else CLASS_BOOK

    @property
    def title(self) -> str:
        return title_of(self.ref)

    @property
    def url(self) -> str:
        return reverse("approvals:signature", args=self.key)

    @property
    def sheet_url(self) -> str:
        return reverse("gradebook:sheet", args=self.key)

    @property
    def token(self) -> str:
        """What a form sends back: the book, and the contents that its signer had before them."""
        return ".".join([*map(str, self.key), self.now.digest if self.now else ""])

    @property
    def may_be_signed(self) -> bool:
        return self.is_own and self.state.may_be_signed

    @property
    def looked_at(self) -> datetime.datetime | None:
        """When the reader last had the contents before them as they are now."""
        return self.looks.at(self.now.digest) if self.now else None

    @property
    def has_changed_since_look(self) -> bool:
        """Whether the reader has looked, but not at what stands there now."""
        return bool(self.looks.by_digest) and self.looked_at is None


def title_of(ref: SheetRef) -> str:
    """«Toán lớp 4A», «Sổ của lớp 4A»."""
    name = ref.school_class.name
    return f"{ref.subject_label} lớp {name}" if ref.line else f"{CLASS_BOOK} {name}"


def read_books(
    sight: Sight, periods: Collection[Period], *, only: Collection[BookKey] = (), to_sign: bool = True
) -> tuple[Book, ...]:
    """Every book in sight at these periods, or `only` some: by class, the lines in the books' order, the class's last.

    `to_sign`: those that the reader may sign bring their contents and the reader's looks. Ten statements at most beside
    those of the sight, whatever the number of books.
    """
    sheets = sheets_at(sight, periods)
    found = [
        _unsigned(sight.user, each, own)
        for period in periods
        for own in _by_class(sheets[period])
        for each in own
        if not only or key_of(each.ref) in only
    ]
    return sealed(found, signer=sight.user if to_sign else None)


def last_unsigned(sight: Sight, periods: Collection[Period]) -> Period | None:
    """The last of these periods, which come in their order, with a book by now to be signed that nobody has signed.

    Four statements at most, none without periods; contents are not read.
    """
    if not periods:
        return None
    sheets = sheets_at(sight, periods)
    due = {
        period: [
            each.ref
            for own in _by_class(sheets[period])
            for each in own
            if _unsigned(sight.user, each, own).ready in {Ready.GAPS, Ready.READY}
        ]
        for period in periods
    }
    signed = newest_signatures([ref for refs in due.values() for ref in refs])
    owed = [period for period, refs in due.items() if any(key_of(ref) not in signed for ref in refs)]
    return owed[-1] if owed else None


def _by_class(sheets: Iterable[ProgressSheet]) -> list[list[ProgressSheet]]:
    of_class: dict[int, list[ProgressSheet]] = defaultdict(list)
    for each in sheets:
        of_class[each.ref.school_class.pk].append(each)
    return list(of_class.values())


def _unsigned(user: User, sheet: ProgressSheet, of_class: Sequence[ProgressSheet]) -> Book:
    """The class's book is open while any of its sheets is, and whole when all are: whoever sees it sees them all."""
    ref = sheet.ref
    parts = [sheet] if ref.line else of_class
    tally = sum((each.tally for each in parts), NOTHING)
    has_gap = any(not each.tally.is_complete for each in parts)
    standings = {each.standing for each in parts}
    ready = Ready.GAPS if has_gap else Ready.READY
    if Standing.OPEN in standings:
        ready = Ready.OPEN
    elif standings == {Standing.SHUT} or not ref.school_class.pupils:  # type: ignore[attr-defined]  # annotated
        ready = Ready.SHUT
    is_own = permissions.may(user, Action.SIGN_BOOK, school_class=ref.school_class, line=ref.line)
    return Book(ref, sheet.holder, ready, tally, is_own)


def newest_signatures(refs: Iterable[SheetRef]) -> dict[BookKey, BookSignature]:
    """Of each of these books, without what was signed. One statement."""
    wanted = {key_of(ref) for ref in refs}
    rows: Any = BookSignature.objects.filter(
        school_class__in={class_id for class_id, _code, _period in wanted},
        period__in={period for _class, _code, period in wanted},
    )
    newest = rows.newest().select_related("line", "signer", "stands_in_for").defer("content")
    found = {(each.school_class_id, each.code, each.period): each for each in newest}
    return {key: each for key, each in found.items() if key in wanted}


def sealed(books: Sequence[Book], *, signer: User | None = None) -> tuple[Book, ...]:
    """With their signatures; contents are read of those signed, and of the own ones that the `signer` may sign."""
    signatures = newest_signatures([each.ref for each in books])
    asked = {
        each.key: asked_again(each.ref, signatures[each.key]) for each in books if each.key in signatures
    }
    mine = [each for each in books if signer and each.is_own and each.ready is Ready.READY]
    led = [each.ref.school_class for each in mine if each.ref.line is None]
    untils = confirmed_until(led) if led else {}
    fresh = {
        each.key: Asked(each.ref, (), "" if each.ref.line else untils.get(each.ref.school_class.pk, ""))
        for each in mine
    }
    contents = contents_of([*asked.values(), *fresh.values()])
    then = dict(zip(asked, contents, strict=False))
    now = dict(zip(fresh, contents[len(asked) :], strict=True))
    found = tuple(_with_seal(each, signatures.get(each.key), then, now) for each in books)
    if signer is None or not mine:
        return found
    looks = looks_of(signer, [each.ref for each in mine])
    return tuple(replace(each, looks=looks[each.key]) if each.key in looks else each for each in found)


def _with_seal(
    book: Book,
    signature: BookSignature | None,
    then: Mapping[BookKey, Content],
    now: Mapping[BookKey, Content],
) -> Book:
    if signature is None:
        return replace(book, now=now.get(book.key))
    seal = Seal.HOLDS if holds(signature, then[book.key]) else Seal.BROKEN
    return replace(book, signature=signature, seal=seal, now=now.get(book.key))


def asked_again(ref: SheetRef, signature: BookSignature) -> Asked:
    """The book as it was put together for the signature: with what it holds now."""
    until = signature.absent_until.isoformat() if signature.absent_until else ""
    return Asked(ref, signature.pupils, until)


def holds(signature: BookSignature, content: Content) -> bool:
    """`content`: what the book holds now, days absent counted as they were when it was signed."""
    return signature.version == VERSION and signature.digest == content.covering(signature.pupils).digest
