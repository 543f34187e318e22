"""Who belongs to the groups of the statistics that stand veiled in the database (docs/decisions/0201).

Opened here, and told to the one statement that counts, as the numbers of the pupils.
"""

from collections.abc import Sequence
from typing import Any, Final

from reports.statistics_matters import OPEN_GROUPS, Whom
from students.head_counts import NOT_A_MINORITY
from students.models import Enrolment, Student

# Conditions on a pupil `s`, with what `read_groups` gives; the second is NULL where no ethnic group is recorded (R81).
IS_DISABLED: Final = "s.id = ANY(%(disabled)s::bigint[])"
IS_OF_MINORITY: Final = (
    "CASE WHEN s.id <> ALL(%(of_unknown_group)s::bigint[]) THEN s.id = ANY(%(of_minority)s::bigint[]) END"
)


def read_groups(classes: Sequence[Any], *, of: Whom | None = None) -> dict[str, list[int]]:
    """The parameters of the conditions, of all who ever sat in the classes. One statement; none where `of` is a group
    that is not veiled, which asks neither."""
    found: dict[str, list[int]] = {"disabled": [], "of_minority": [], "of_unknown_group": []}
    if of in OPEN_GROUPS:
        return found
    seated = Enrolment.objects.filter(school_class__in=[each.pk for each in classes]).values("student")
    pupils = Student.objects.filter(pk__in=seated).order_by()
    for pk, ethnic_code, disability_code in pupils.values_list("pk", "ethnic_code", "disability_code"):
        if disability_code:
            found["disabled"].append(pk)
        if not ethnic_code:
            found["of_unknown_group"].append(pk)
        elif ethnic_code not in NOT_A_MINORITY:
            found["of_minority"].append(pk)
    return found
