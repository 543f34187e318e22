"""What the sheet would say of values before anybody writes them: its own warnings, and the gaps they would leave."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from gradebook.doubts import doubts_of, sentences
from gradebook.sheets import Field, SheetRef, value_and_version
from gradebook.standing import read_standing

Place = tuple[int, str, str]
"""(pupil, item, field)."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Of one cell with its new value. `is_gap`: it would be empty though the sheet asks for it (rules R32, R33)."""

    warnings: tuple[str, ...] = ()
    is_gap: bool = False


def foresee(ref: SheetRef, wanted: Mapping[Place, str]) -> Mapping[Place, Foreseen]:
    """`wanted`: the values as text, "" for emptied. The sentences are those that a save would answer (R23, R25, R26).

    One statement, six of the supplementary assessment; writes nothing.
    """
    standing = read_standing(ref)
    required = {(column.item, column.field.value) for column in ref.columns()}
    rows: dict[tuple[int, str], dict[str, str]] = defaultdict(dict)
    for pupil, item, _field in wanted:
        stored = standing.stored.get((pupil, item))
        rows[pupil, item] = {
            each.value: value_and_version(stored, each)[0] for each in Field if hasattr(stored, each)
        }
    for (pupil, item, field), value in wanted.items():
        rows[pupil, item][field] = value
    return {
        (pupil, item, field): Foreseen(
            ()
            if field == Field.COMMENT
            else sentences(doubts_of(ref, item, rows[pupil, item], standing.counterparts(pupil))),
            is_gap=not value
            and (item, field) in required
            and pupil in standing.names
            and standing.is_expected(pupil, item),
        )
        for (pupil, item, field), value in wanted.items()
    }
