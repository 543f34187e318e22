"""How a book of a period is named: in addresses, in forms, between modules."""

from gradebook.sheets import SheetRef

BookKey = tuple[int, str, str]
"""Class id, code, period."""


def key_of(ref: SheetRef) -> BookKey:
    return ref.school_class.pk, ref.code, ref.period.value
