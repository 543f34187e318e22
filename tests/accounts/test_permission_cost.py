"""What asking for permissions costs: at most two statements a page, whatever the number of assignments and grants."""

import re
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import clock
from accounts.models import User
from gradebook.models import SubjectLine, TeachingAssignment
from students.models import HomeroomAssignment, SchoolClass
from tests.test_access import (  # noqa: F401 - fixtures
    PAGES,
    Things,
    label,
    the_school,
    things,
    things_of_module,
)

# ruff: noqa: F811 - the fixture `things` is that of test_access.py, and so is the school
pytestmark = pytest.mark.django_db
TABLES = "accounts_post|accounts_grant|students_homeroom|gradebook_teaching|guardian_|auth_permission"
# A statement that reads the person's own powers says whose they are; what a page shows of others does not.
ASKS = re.compile(rf'FROM "(?:{TABLES})\w*"')
# A person's own record shows the duties: there the same tables are what the page is about.
ABOUT_DUTIES = {"gradebook:person"}
GETS = [
    page
    for page in PAGES
    if page.method == "get" and page.status == 200 and page.action and page.name not in ABOUT_DUTIES
]
MOST = 2


def statements(user: User, address: str) -> tuple[int, int]:
    """(those about permissions, all) of a page opened a second time."""
    client = logged_in(user)
    client.get(address)
    return opened(client, user, address)


def opened(client: Client, user: User, address: str) -> tuple[int, int]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    asked = [each["sql"] for each in captured if ASKS.search(each["sql"]) and f"= {user.pk}" in each["sql"]]
    return len(asked), len(captured)


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("page", GETS, ids=label)
def test_permissions_cost_a_page_at_most_two_statements(page, things):
    address = f"{reverse(page.name, args=page.arguments(things))}?{urlencode(page.data)}"
    for name in sorted(page.allowed):
        person = things.school.people[name]
        assert (name, opened(logged_in(person), person, address)[0]) <= (name, MOST)


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
