"""The rule set of a school year: the regulation's, with what the school has settled for that year (rule R1)."""

from dataclasses import replace

from gradebook.regulation import RuleSet, rules_for
from students.models import SchoolYear


def rules_of(year: SchoolYear) -> RuleSet:
    """Raises NotCovered before Thông tư 27/2020, as rules_for does."""
    return replace(rules_for(year.year), mark_floor=year.mark_floor)
