"""The teachers' signatures on the books of a class, for its printed table."""

from collections.abc import Mapping, Sequence

from approvals.book_standing import Book, sealed
from approvals.signature_rules import Ready, Seal
from gradebook.class_lines import Lines
from gradebook.line_names import name_in
from gradebook.models import TeachingAssignment
from gradebook.progress import NOTHING
from gradebook.regulation import Period
from gradebook.sheets import SheetRef
from reports.seal_content import BookSeal, SealState
from students.models import SchoolClass

_STATES = {
    Seal.NONE: SealState.UNSIGNED,
    Seal.HOLDS: SealState.HOLDS,
    Seal.BROKEN: SealState.BROKEN,
}


def seals_of(
    school_class: SchoolClass,
    period: Period,
    lines: Lines,
    *,
    names: Mapping[str, str],
    homeroom_teacher: str,
) -> tuple[tuple[BookSeal, ...], BookSeal]:
    """Of each line's book, by the `names` of the class's table and in their order, and of the class's book.

    Two statements, eight where one is signed.
    """
    places = {code: place for place, code in enumerate(names)}
    in_order = sorted(lines, key=lambda line: places[line.code])
    refs = [SheetRef(school_class, line, period) for line in (*in_order, None)]
    books = sealed([Book(ref, None, Ready.READY, NOTHING, is_own=False) for ref in refs])
    teachers = _teachers(school_class)
    found = [
        _seal(book, names[book.ref.code], teachers.get(book.ref.code, ""))
        if book.ref.line
        else _seal(book, book.name, homeroom_teacher)
        for book in books
    ]
    return tuple(found[:-1]), found[-1]


def seals_of_sheets(refs: Sequence[SheetRef], teacher: str) -> list[BookSeal]:
    """Of sheets of one teacher, in their order; that of qualities and competencies is signed with the class's book.

    Statements as above, whatever the number of sheets.
    """
    books = sealed([Book(ref, None, Ready.READY, NOTHING, is_own=False) for ref in refs])
    return [
        _seal(book, name_in(book.ref.school_class, book.ref.code) if book.ref.line else book.name, teacher)
        for book in books
    ]


def _teachers(school_class: SchoolClass) -> dict[str, str]:
    """By line who answers for it on the day that the class's papers show."""
    held = TeachingAssignment.objects.held_on(school_class.year.day_for_roster())
    rows = held.filter(school_class=school_class).values_list("line__code", "teacher__full_name")
    return dict(rows)


def _seal(book: Book, name: str, teacher: str) -> BookSeal:
    signature = book.signature
    if signature is None:
        return BookSeal(name, SealState.UNSIGNED, teacher)
    return BookSeal(
        book=name,
        state=_STATES[book.seal],
        name=signature.signer.full_name,
        role=signature.role.split()[0],
        stands_in_for=signature.stands_in_for.full_name if signature.stands_in_for else "",
        signed_at=signature.signed_at,
        digest=signature.short_digest,
    )
