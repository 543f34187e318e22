"""A database that is slow, blocked or gone: a page in Vietnamese that says so, and back to work by itself.

On the real web server: one that reaches no database, and one with a small time limit of its own.
"""

import http.client
import os
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.migrated_database import migrated_database, with_database
from tests.stack import Stack, _free_port, _recreate, environment

BUSY = "Máy chủ đang bận"


def answer(stack: Stack, path: str) -> tuple[int, str | None, str]:
    """Status, when to come again, page."""
    with closing(http.client.HTTPConnection(urlsplit(stack.address).netloc, timeout=60)) as connection:
        connection.request("GET", path)
        got = connection.getresponse()
        return got.status, got.getheader("Retry-After"), got.read().decode()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """An empty school, three seconds a statement, one for a lock."""
    url, files, port = os.environ["DATABASE_URL"], tmp_path_factory.mktemp("busy"), _free_port()
    name = f"{urlsplit(url).path[1:]}_busy"
    _recreate(url, name, template=migrated_database(url))
    told = environment(url, name, files, port=port)
    limits = {"KIMDONG_WEB_WORKERS": "1", "KIMDONG_STATEMENT_SECONDS": "3"}
    stack = Stack(f"http://127.0.0.1:{port}", with_database(url, name), files, {**told, **limits})
    stack.manage("collectstatic", "--noinput", "--verbosity", "0")
    stack.start_web()
    yield stack
    stack.stop()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_a_page_that_waits_for_a_lock_gives_up_and_says_when_to_come_again(server: Stack):
    with psycopg.connect(server.conninfo) as somebody:
        somebody.execute("LOCK TABLE accounts_user IN ACCESS EXCLUSIVE MODE")
        status, again, page = answer(server, "/accounts/login/")
    assert (status, again) == (503, "15")
    assert BUSY in page
    assert "accounts_user" not in page
    assert answer(server, "/accounts/login/")[0] == 302


def test_connections_that_the_database_has_closed_harm_no_page(server: Stack):
    assert answer(server, "/readyz")[0] == 200
    with psycopg.connect(server.conninfo, autocommit=True) as somebody:
        closed = somebody.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()
    assert closed is not None
    assert closed[0] > 0
    assert [answer(server, "/accounts/login/")[0] for _page in range(5)] == [302] * 5


def test_without_a_database_the_page_says_so_and_the_next_one_after_its_return_is_there(server: Stack):
    """As between the stop of PostgreSQL and its start: it takes no connections of the application."""
    name = psycopg.conninfo.conninfo_to_dict(server.conninfo)["dbname"]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as superior:
        superior.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        superior.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        status, again, page = answer(server, "/accounts/login/")
        superior.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    assert (status, again) == (503, "15")
    assert BUSY in page
    assert answer(server, "/accounts/login/")[0] == 302
