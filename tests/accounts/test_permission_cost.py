"""What asking for permissions costs does not grow with the number of assignments and grants.

That each page asks at most two statements about powers: tests/test_access.py, which opens them all.
"""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import clock
from accounts.models import User
from gradebook.models import SubjectLine, TeachingAssignment
from students.models import HomeroomAssignment, SchoolClass
from tests.test_access import (  # noqa: F401 - fixtures
    Things,
    the_school,
    things,
    things_of_module,
)

# ruff: noqa: F811 - the fixture `things` is that of test_access.py, and so is the school
pytestmark = pytest.mark.django_db


def statements(user: User, address: str) -> int:
    """Those of a page opened a second time."""
    client = Client()
    client.force_login(user)
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def give_assignments(things: Things, user: User, count: int) -> None:
    """Lines of other classes of grade 4 until the person has `count` more."""
    year, lines = things.school.year, list(SubjectLine.objects.filter(year=things.school.year, grade_level=4))
    letters = iter("CDEGHIKLMN")
    rows = []
    while len(rows) < count:
        school_class = SchoolClass.objects.create(year=year, name=f"4{next(letters)}", grade_level=4)
        rows += [
            TeachingAssignment(school_class=school_class, line=line, teacher=user, starts_on=year.starts_on)
            for line in lines
        ]
    TeachingAssignment.objects.bulk_create(rows[:count])


def test_own_tasks_take_as_many_statements_with_sixty_assignments_as_with_two(things):
    lan = things.school.lan
    few = statements(lan, "/")
    give_assignments(things, lan, 60)
    assert TeachingAssignment.objects.held_on(clock.today()).filter(teacher=lan).count() >= 60
    assert HomeroomAssignment.objects.held_on(clock.today()).filter(teacher=lan).count() == 1
    assert statements(User.objects.get(pk=lan.pk), "/") == few
