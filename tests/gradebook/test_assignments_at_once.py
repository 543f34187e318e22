"""Two people assign the same work at the same moment, each on a connection of their own."""

import pytest

from accounts.terms import TermRefused
from gradebook.models import TeachingAssignment
from tests.at_once import at_once
from tests.gradebook.school import make_school
from tests.gradebook.test_assignments import give


@pytest.mark.usefixtures("committed")
def test_two_who_assign_the_same_line_at_once_make_one_and_the_other_is_told_who():
    school = make_school()
    line, told = school.lines[4, "KH"], []

    def assigning(teacher, by):
        def act():
            try:
                give(school, teacher, line, by=by)
            except TermRefused as refusal:
                told.append(str(refusal))

        return act

    at_once(assigning(school.minh, school.hoa), assigning(school.thu, school.bich))
    assert TeachingAssignment.objects.filter(school_class=school.class_4a, line=line).count() == 1
    assert len(told) == 1
    assert "Khoa học lớp 4A" in told[0]
