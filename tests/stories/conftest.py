"""Fixtures of the browser stories: the running application and a Chromium to look at it."""

import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests import stack
from tests.browser import CHROMIUM, CHROMIUM_FLAGS
from tests.migrated_database import migrated_database
from tests.stories.people import log_in
from tests.stories.screens import places_in, stands_on_every_screen


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> stack.Template:
    """The demo school, loaded once a run: by the first worker that asks, while another that does waits."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    files = shared / "demo-school"
    known = shared / "demo-school.txt"
    with (shared / "demo-school.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not known.exists():
            files.mkdir()
            url = os.environ["DATABASE_URL"]
            known.write_text(stack.build_template(url, files, base=migrated_database(url)).database)
    return stack.Template(known.read_text(), files)


@pytest.fixture(scope="module")
def application(
    demo_template: stack.Template, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[stack.Stack]:
    """The application over a school of this module's own.

    A module with ALL_PROCESSES has as many as in production; the others do with one for the web, and print nothing.
    """
    name = request.module.__name__.rpartition(".")[2]
    has_all = getattr(request.module, "ALL_PROCESSES", False)
    with stack.running(
        os.environ["DATABASE_URL"],
        demo_template,
        Path(tmp_path_factory.mktemp(name)),
        name=name,
        worker=has_all,
        web_processes=None if has_all else 1,
    ) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for the stories of one file. While it lives, an event loop runs in this process, in which Django
    refuses its database: so it must be gone before tests of another kind."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def places(application: stack.Stack) -> dict[str, object]:
    return places_in(application)


@pytest.fixture(scope="module")
def page_of(chromium: Browser, application: stack.Stack) -> Iterator[Callable[[str], Page]]:
    """The page of a person, who logs in when first asked for."""
    known: dict[str, Page] = {}

    def find(username: str) -> Page:
        if username not in known:
            known[username] = log_in(chromium, application, username).page
        return known[username]

    yield find
    for page in known.values():
        page.context.close()


@pytest.fixture
def audit(
    application: stack.Stack, places: dict[str, object], page_of: Callable[[str], Page]
) -> Callable[[str, str], None]:
    """Opens an address of the demo school as a person and has it stand the audit."""

    def opened(username: str, address: str) -> None:
        page = page_of(username)
        answer = page.goto(application.address + address.format_map(places))
        assert answer is not None
        assert answer.status == 200
        stands_on_every_screen(page)

    return opened
