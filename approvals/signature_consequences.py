"""Which signatures on books a request takes the ground from: foreseen before it is carried out, and named then."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.clock import moment_label
from approvals.book_contents import contents_of
from approvals.book_keys import key_of
from approvals.book_standing import asked_again, holds, newest_signatures, title_of
from approvals.mandates import place_of
from approvals.models import BookSignature, CorrectionItem, CorrectionRequest
from gradebook.regulation import Period
from gradebook.sheets import Field, SheetRef


@dataclass(frozen=True, slots=True)
class Signed:
    """A book with the newest of its signatures."""

    ref: SheetRef
    signature: BookSignature

    @property
    def words(self) -> str:
        """«Chữ kí sổ Toán lớp 4A, Giữa học kì I, của Nguyễn Thị Lan (10:05 12/11/2026)»."""
        title = title_of(self.ref)
        book = f"sổ {title}" if self.ref.line else f"{title[:1].lower()}{title[1:]}"
        signature = self.signature
        at = moment_label(signature.signed_at)
        return f"Chữ kí {book}, {self.ref.period.label}, của {signature.signer.full_name} ({at})"


def signed_books(request: CorrectionRequest) -> tuple[Signed, ...]:
    """The books that hold cells of the request and whose signature is good so far. Eight statements at most."""
    items = list(request.items.all())
    touched = _touched(request, items)
    signatures = newest_signatures(touched)
    first = min((place_of(request, item)[0] for item in items), default=None) if request.roll_day else None
    found = [
        Signed(ref, signature)
        for ref in touched
        if (signature := signatures.get(key_of(ref))) and _tells_of(signature, first)
    ]
    return tuple(each for each, is_good in zip(found, _hold(found), strict=True) if is_good)


def foreseen_signatures(request: CorrectionRequest) -> tuple[str, ...]:
    """For those who decide. Eight statements at most."""
    return tuple(f"{each.words}: không còn hiệu lực, cần kí lại." for each in signed_books(request))


def withdrawn(signed: Sequence[Signed]) -> list[str]:
    """Of those that were good before the values were written, which are no longer. Six statements, if any."""
    return [
        f"{each.words} không còn hiệu lực: cần kí lại."
        for each, is_good in zip(signed, _hold(signed), strict=True)
        if not is_good
    ]


def _hold(signed: Sequence[Signed]) -> list[bool]:
    now = contents_of([asked_again(each.ref, each.signature) for each in signed])
    return [holds(each.signature, content) for each, content in zip(signed, now, strict=True)]


def _touched(request: CorrectionRequest, items: Sequence[CorrectionItem]) -> list[SheetRef]:
    """The line's book and that of the class, which has no comments on lines; of a roll the class's books."""
    school_class = request.school_class
    if request.roll_day:
        return [SheetRef(school_class, None, period) for period in Period]
    refs = [SheetRef(school_class, request.line, Period(request.period))]
    if request.line and any(item.field != Field.COMMENT for item in items):
        refs.append(SheetRef(school_class, None, Period(request.period)))
    return refs


def _tells_of(signature: BookSignature, day: datetime.date | None) -> bool:
    """Whether days absent are signed until the day or later; of cells (no day) always."""
    until = signature.absent_until
    return day is None or (until is not None and day <= until)
