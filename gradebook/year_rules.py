"""The rules of a school year: its rule set, with what the school has settled for that year (rule R1; domain.md 0.1).

Whoever asks what the regulation says of a year asks here; its number alone does not tell.
"""

from dataclasses import replace
from functools import cache

from gradebook.regulation import GRADES, Line, RuleSet, lines_for, optional_lines_for, rule_set, too_early
from students.models import SchoolYear


def rules_of(year: SchoolYear) -> RuleSet:
    """Raises NotCovered for a year before Thông tư 27/2020: it has no rule set."""
    if not year.rule_set:
        raise too_early(year.year)
    return _settled(
        year.rule_set, year.mark_floor, year.warns_on_level_and_mark, year.warns_on_competency_pairs
    )


@cache
def _settled(code: str, mark_floor: int, level_and_mark: bool, competency_pairs: bool) -> RuleSet:
    return replace(
        rule_set(code),
        mark_floor=mark_floor,
        warns_on_level_and_mark=level_and_mark,
        warns_on_competency_pairs=competency_pairs,
    )


def grades_of(year: SchoolYear) -> tuple[int, ...]:
    """The grades to which the circular applies in this year: all five since 2024."""
    rules = rules_of(year)
    return tuple(grade for grade in GRADES if rules.roadmap[grade] <= year.year)


def compulsory_lines(year: SchoolYear) -> dict[int, tuple[Line, ...]]:
    """By grade (rule R3)."""
    return {grade: lines_for(year.year, grade, rules=rules_of(year)) for grade in grades_of(year)}


def optional_lines(year: SchoolYear) -> dict[int, tuple[Line, ...]]:
    """By grade, those that the school may choose (rule R4)."""
    return {grade: optional_lines_for(year.year, grade, rules=rules_of(year)) for grade in grades_of(year)}
