"""Which cells keep a book from being signed, by name; of the class's book those of every sheet of the class."""

from collections.abc import Sequence

from approvals.book_keys import BookKey
from approvals.book_standing import Book
from gradebook.progress_sheets import Sight
from gradebook.sheet_gaps import SheetGaps, read_gaps
from gradebook.sheets import SheetRef

MOST_NAMED = 5


def gaps_of(books: Sequence[Book], sight: Sight) -> dict[BookKey, list[SheetGaps]]:
    """By book, of one period; a book without gaps has an empty list. Four statements, whatever their number."""
    parts = {book.key: _parts(book, sight) for book in books}
    refs = {(ref.school_class.pk, ref.code): ref for own in parts.values() for ref in own}
    found = {
        (each.ref.school_class.pk, each.ref.code): each
        for each in read_gaps(list(refs.values()), absent=sight.absent)
    }
    return {
        key: [gaps for ref in own if (gaps := found[ref.school_class.pk, ref.code]).pupils]
        for key, own in parts.items()
    }


def answered_of(book: Book, sight: Sight) -> tuple[str, ...]:
    """In a sentence each cell of the book that stays empty for a reason. Four statements."""
    return tuple(
        words for each in read_gaps(_parts(book, sight), absent=sight.absent) for words in each.answered
    )


def _parts(book: Book, sight: Sight) -> list[SheetRef]:
    if book.ref.line is not None:
        return [book.ref]
    return [
        SheetRef(sheet.school_class, sheet.line, book.ref.period)
        for sheet in sight.sheets
        if sheet.school_class.pk == book.ref.school_class.pk
    ]


def gap_words(gaps: Sequence[SheetGaps]) -> str:
    """«Còn 3 ô trống: Toán – Nguyễn Gia An (nhận xét); …»."""
    named = [
        f"{each.ref.subject_label} – {pupil.student.full_name} ({pupil.words})"
        for each in gaps
        for pupil in each.pupils
    ]
    rest = len(named) - MOST_NAMED
    more = f"; và {rest} chỗ khác" if rest > 0 else ""
    cells = sum(each.missing for each in gaps)
    return f"Còn {cells} ô trống: {'; '.join(named[:MOST_NAMED])}{more}."
