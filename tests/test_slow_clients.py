"""Slow clients, many of them. Who sends a request bit by bit is answered in the end, and everybody else at once; who
stops taking an answer loses it, and the thread serves others."""

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
THREADS = 4
BIG, BOOK = 40_000_000, 1_500_000
"""Bytes: much more than all buffers between server and client hold; what a slow line takes in some seconds."""
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
    (files / "static/big.bin").write_bytes(bytes(BIG))
    (files / "static/book.bin").write_bytes(bytes(BOOK))
    stack.start_web("--worker-class", "tests.impatient_worker.Worker")
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


# -- Slow readers ------------------------------------------------------------------------------------------


@contextmanager
def readers(server: Stack, count: int, path: str) -> Iterator[list[socket.socket]]:
    """Connections that have asked for a file, with as little room of their own as the kernel allows."""
    place = urlsplit(server.address)
    with ExitStack() as opened:
        many = []
        for _each in range(count):
            client = opened.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(30)
            client.connect((place.hostname, place.port))
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
            many.append(client)
        yield many


def is_answered(server: Stack, *, within: float) -> bool:
    place = urlsplit(server.address)
    with socket.create_connection((place.hostname, place.port), timeout=within) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        try:
            return status_of(client) == b"HTTP/1.1 200 OK"
        except TimeoutError:
            return False


@pytest.mark.parametrize("taken", [0, 3], ids="{} bytes at a time".format)
def test_whoever_stops_taking_a_big_file_gives_its_thread_back(server, taken):
    with readers(server, 2 * THREADS, "/static/big.bin") as stopped:
        time.sleep(0.5)
        assert not is_answered(server, within=0.5)  # they have every thread
        until = time.monotonic() + 10
        while not (is_free := is_answered(server, within=0.5)) and time.monotonic() < until:
            for each in stopped:
                each.recv(taken)
        assert is_free
        log = (server.files / "web.log").read_text(encoding="utf-8")
        assert "Gave up 127.0.0.1, which took nothing of its answer." in log
        assert "Traceback" not in log


def test_whoever_takes_a_file_slowly_without_stopping_gets_the_whole_of_it(server):
    with readers(server, 1, "/static/book.bin") as (client,):
        begin, taken = time.monotonic(), 0
        while some := client.recv(4096):
            taken += len(some)
            time.sleep(len(some) / 200_000)
        assert taken > BOOK
        assert time.monotonic() - begin > 6  # three times the patience
