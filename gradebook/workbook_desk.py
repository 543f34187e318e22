"""The sheets that a mark file may be read for: one, or all that a person answers for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from accounts.models import User
from gradebook.comment_codes import CommentCodes
from gradebook.regulation import Period
from gradebook.sheets import HOMEROOM_CODE, Column, Row, SheetRef
from gradebook.workbook_columns import file_columns
from gradebook.workbook_words import class_key

SheetKey = tuple[str, str, Period]
"""(key of the class's name, code, period)."""


def key_of_sheet(ref: SheetRef) -> SheetKey:
    return class_key(ref.school_class.name), ref.code, ref.period


@dataclass(frozen=True)
class Desk:
    """`rows` are the sheets' own, as stored now; `period` is what a file means that names none; `codes_of_comments`
    says what a code stands for to who reads the file."""

    refs: Mapping[SheetKey, SheetRef]
    rows: Mapping[SheetKey, Sequence[Row]]
    period: Period
    codes_of_comments: CommentCodes
    trusts_names: bool = False
    """Whether a name that one pupil of the class has is enough: what is pasted is looked at name by name."""

    @cached_property
    def classes(self) -> Mapping[str, str]:
        """Key of a class → its name."""
        return {key[0]: ref.school_class.name for key, ref in self.refs.items()}

    @cached_property
    def class_keys(self) -> Mapping[int, str]:
        return {ref.school_class.pk: key[0] for key, ref in self.refs.items()}

    @cached_property
    def codes(self) -> frozenset[str]:
        return frozenset(code for _class, code, _period in self.refs)

    @cached_property
    def periods(self) -> frozenset[Period]:
        return frozenset(period for _class, _code, period in self.refs)

    @cached_property
    def traits(self) -> tuple[Column, ...]:
        """The columns of the homeroom sheets on the desk, each once."""
        found = {
            column.key: column
            for ref in self.refs.values()
            if ref.line is None
            for column in file_columns(ref)
        }
        return tuple(found.values())

    @cached_property
    def only(self) -> SheetRef | None:
        """The sheet, where it is one."""
        return next(iter(self.refs.values())) if len(self.refs) == 1 else None

    @property
    def only_class(self) -> str:
        return next(iter(self.classes)) if len(self.classes) == 1 else ""

    def only_code(self, class_name_key: str) -> str:
        """The line that a file means which names none: the only one in the class, or the only sheet."""
        if self.only is not None:
            return self.only.code
        codes = {code for name, code, _period in self.refs if name == class_name_key} - {HOMEROOM_CODE}
        return codes.pop() if len(codes) == 1 else ""


def desk_of(refs: Iterable[tuple[SheetRef, Sequence[Row]]], period: Period, *, by: User) -> Desk:
    """The sheets with their rows, laid out."""
    laid = [(key_of_sheet(ref), ref, rows) for ref, rows in refs]
    return Desk(
        {key: ref for key, ref, _rows in laid},
        {key: rows for key, _ref, rows in laid},
        period,
        CommentCodes(by),
    )
