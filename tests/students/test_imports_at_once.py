"""Two clerks' windows carrying out lists at the same moment, each on a connection of its own (rule R85)."""

import pytest

from students.imports import RosterChanged, carry_out_roster
from students.models import Enrolment, SchoolClass, Student
from students.roster_planning import plan_roster
from students.roster_plans import Deed
from tests.at_once import at_once
from tests.gradebook.school import make_school
from tests.students.rosters import listed, pupil


@pytest.mark.usefixtures("committed")
def test_of_two_imports_of_one_list_at_once_the_second_plans_on_what_the_first_wrote():
    school = make_school()
    rows = [pupil(number) for number in range(1, 21)]
    done = []

    def carry_out():
        done.append(carry_out_roster(listed(*rows), school.year, by=school.tuan).counts)

    at_once(carry_out, carry_out)
    assert sorted(done, key=lambda counts: counts[Deed.KEEP]) == [{Deed.CREATE: 20}, {Deed.KEEP: 20}]
    assert SchoolClass.objects.filter(name="1B").count() == 1
    assert Student.objects.filter(moet_id__startswith="31").count() == 20
    positions = Enrolment.objects.filter(school_class__name="1B").values_list("position", flat=True)
    assert sorted(positions) == list(range(1, 21))


@pytest.mark.usefixtures("committed")
def test_of_two_that_previewed_the_same_only_one_is_carried_out():
    school = make_school()
    file = listed(pupil(1), pupil(2))
    seen = plan_roster(file, school.year).fingerprint
    outcomes = []

    def carry_out():
        try:
            carry_out_roster(file, school.year, by=school.tuan, previewed=seen)
            outcomes.append("done")
        except RosterChanged as changed:
            outcomes.append(changed.plan.counts)

    at_once(carry_out, carry_out)
    assert len(outcomes) == 2
    assert "done" in outcomes
    assert {Deed.KEEP: 2} in outcomes
