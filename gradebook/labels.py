"""A stored value that carries its words."""

from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """A stored value with the Vietnamese wording in which papers and pages say it."""

    _value_: str
    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def pairs(cls) -> list[tuple[str, str]]:
        """As a column or a form field wants its choices."""
        return [(each.value, each.label) for each in cls]
