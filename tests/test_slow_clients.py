"""Clients that send a request bit by bit, many of them: everybody else is answered at once, and they in the end."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.migrated_database import migrated_database, with_database
from tests.stack import Stack, _free_port, _recreate, environment
from tests.test_busy_database import answer

MANY = 40
FORM = b"username=ai.do&password=" + b"x" * 3000
HEAD = (
    b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3024\r\n\r\n"
)
REQUEST = HEAD + FORM


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One process of four threads."""
    url, files, port = os.environ["DATABASE_URL"], tmp_path_factory.mktemp("slow"), _free_port()
    name = f"{urlsplit(url).path[1:]}_slow"
    _recreate(url, name, template=migrated_database(url))
    told = environment(url, name, files, port=port) | {"KIMDONG_WEB_WORKERS": "1"}
    stack = Stack(f"http://127.0.0.1:{port}", with_database(url, name), files, told)
    stack.manage("collectstatic", "--noinput", "--verbosity", "0")
    stack.start_web()
    yield stack
    stack.stop()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def clients(server: Stack, first: bytes) -> Iterator[list[socket.socket]]:
    """Many connections that have sent the beginning of a request."""
    place = urlsplit(server.address)
    with ExitStack() as opened:
        many = [
            opened.enter_context(socket.create_connection((place.hostname, place.port), timeout=30))
            for _each in range(MANY)
        ]
        for each in many:
            each.sendall(first)
        yield many


def status_of(client: socket.socket) -> bytes:
    return client.recv(65536).partition(b"\r\n")[0]


@pytest.mark.parametrize(
    "sent", [0, 1, 60, len(HEAD) - 2, len(HEAD), len(REQUEST) - 1], ids="{} bytes of it".format
)
def test_whoever_is_slow_keeps_nobody_waiting_and_is_answered_when_the_request_is_whole(server, sent):
    with clients(server, REQUEST[:sent]) as slow:
        time.sleep(0.3)
        begin = time.monotonic()
        assert [answer(server, "/healthz")[0] for _each in range(8)] == [200] * 8
        assert time.monotonic() - begin < 3
        for each in slow[:3]:
            each.sendall(REQUEST[sent:])
        assert {status_of(each) for each in slow[:3]} == {b"HTTP/1.1 403 Forbidden"}


def test_whoever_goes_away_in_the_middle_is_forgotten(server):
    with clients(server, REQUEST[:100]) as slow:
        for each in slow:
            each.shutdown(socket.SHUT_WR)
        assert {each.recv(65536) for each in slow} == {b""}
    assert answer(server, "/healthz")[0] == 200


def test_whoever_asks_first_whether_to_send_the_body_is_told_at_once(server):
    asking = HEAD.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n")
    with clients(server, asking) as many:
        assert status_of(many[0]) == b"HTTP/1.1 100 Continue"


def test_two_requests_in_one_piece_are_both_answered(server):
    two = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 2
    with clients(server, two) as quick:
        time.sleep(1)
        assert quick[0].recv(65536).count(b"HTTP/1.1 200 OK") == 2
