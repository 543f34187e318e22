"""Fixtures of all tests."""

import gc
import os
import pickle
from collections.abc import Generator, Iterator
from importlib import import_module

import pytest
import pytest_django
from django.apps import apps
from django.conf import settings
from django.contrib.auth import login
from django.db import connection, transaction
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from accounts import clock
from accounts.models import User
from accounts.session_store import SessionStore
from reports import pdf_archive
from tests.conforming import faults_of
from tests.gradebook.school import School, make_school
from tests.migrated_database import migrated_database

pytest_plugins = ["tests.hypothesis_profile"]

# Some modules ask what day it is while they are collected, when no database may be asked: it is on this machine.
clock.remember(timezone.now())

_KEEPING = """DO $$ DECLARE kept regclass; BEGIN
    FOR kept IN SELECT tgrelid FROM pg_trigger WHERE tgname = 'history_keep' LOOP
        EXECUTE format('ALTER TABLE %%s %s TRIGGER history_keep', kept);
    END LOOP;
END $$"""

# Those that take more than half a minute.
LONG_STORIES = {
    "test_main_story",
    "test_screens_of_work",
    "test_screens_of_people",
    "test_screens_of_pupils",
    "test_sheet_safety",
    "test_sheet_typing",
    "test_guides",
}


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected lives as long as the run: to look for garbage in it, again and again, takes a third of the
    time of collecting, and goes on through all tests.

    In these, a query makes hundreds of objects that live for a moment: garbage is looked for a thirtieth as often.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's files spread evenly among the others: while one worker waits for a page, the other computes.

    The first of them loads the demo school for all, a minute and more: the second worker begins with the longest file
    that can do without, and goes on with others for a while. The longest stories come first, so that no worker is
    alone with one at the end.
    """
    files = list(dict.fromkeys(item.path for item in items))
    first = [path for path in files if path.name == "test_access.py"]
    stories = [path for path in files if "stories" in path.parts]
    stories.sort(key=lambda path: path.stem not in LONG_STORIES)
    others = [path for path in files if path not in {*first, *stories}]
    places = {
        **{path: (number - 0.5) / len(others) for number, path in enumerate(others, start=1)},
        **{path: 0.2 + 0.8 * number / len(stories) for number, path in enumerate(stories)},
        **dict.fromkeys(stories[:1], 0.0),
        **dict.fromkeys(first, 0.0),
    }
    # The first story before test_access.py, which has its place; else in the order in which they were shuffled.
    items.sort(key=lambda item: (places[item.path], item.path in first))


@pytest.fixture(autouse=True, scope="session")
def _one_session_a_log_in() -> Iterator[None]:
    """`force_login` of a client that has no session stores one only to delete it for that of the log-in: a twelfth of
    what test_access.py costs. It may as well begin with one that is not stored."""
    as_in_django = Client._login

    def at_once(client: Client, user: User, backend: str | None = None) -> None:
        if settings.SESSION_COOKIE_NAME in client.cookies:
            as_in_django(client, user, backend)
            return
        request = HttpRequest()
        request.session = SessionStore()
        login(request, user, backend)
        request.session.save()
        client._set_login_cookies(request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "_login", at_once)
        yield


@pytest.fixture(autouse=True, scope="session")
def _time_is_known() -> None:
    """A process asks the database once, with its first page: no budget should depend on which test is first."""
    clock.remember(timezone.now())


@pytest.fixture(autouse=True, scope="session")
def _papers_conform() -> Iterator[None]:
    """Every paper that any test draws is put before the validator; books: tests/reports/test_conformance.py."""
    as_drawn = pdf_archive.declared

    def validated(drawn: bytes, title: str) -> bytes:
        paper = as_drawn(drawn, title)
        assert faults_of(paper) == [], title
        return paper

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf_archive, "declared", validated)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The test database begins as a copy of one that is migrated already."""
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated_database(os.environ["DATABASE_URL"])


@pytest.fixture
def _history_kept_again(django_db_setup, django_db_blocker):
    """After the emptying: tables of history refuse it as before, and the rows that come with migrations are back."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(_KEEPING % "ENABLE")
        # Not among the tables that Django empties, as they are not its own; the next test has the same keys.
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
        cursor.execute("INSERT INTO accounts_audithead (id, seq, hash) VALUES (1, 0, ''::bytea)")
        import_module("accounts.migrations.0003_powers_are_guarded").name_the_parts(apps, None)


@pytest.fixture
def committed(_history_kept_again, transactional_db):
    """Other connections see what the test writes; afterwards even the tables that refuse it are emptied."""
    yield
    with connection.cursor() as cursor:
        cursor.execute(_KEEPING % "DISABLE")


@pytest.fixture(scope="module")
def school_of_module(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[bytes]:
    """The school of a file's tests, written once, in a transaction around them all; each test undoes what it does.

    A file that wants another one has a function `the_school`. Files whose tests commit make their own.
    """
    make = getattr(request.module, "the_school", make_school)
    with django_db_blocker.unblock(), transaction.atomic():
        yield pickle.dumps(make())
        transaction.set_rollback(True)


@pytest.fixture
def school(school_of_module: bytes, db: None) -> School:
    """A copy, so that no test sees what another has changed or remembered in it."""
    return pickle.loads(school_of_module)  # noqa: S301 - what the fixture above has written
