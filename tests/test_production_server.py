"""The production settings on the real server: what strangers see when something is wrong (PLAN III.1).

The server runs over a database without tables: whatever asks it for one is an error nobody has foreseen.
"""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.stack import ROOT, Stack, _free_port

SECRETS = ("Traceback", "psycopg", "django", "accounts_", "SELECT", "gunicorn", "/work/", "site-packages")
HOST = "so.kimdong.example"


def production(files: Path, port: int) -> dict[str, str]:
    """The variables of a server in production, over the tests' own database."""
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ},
        "KIMDONG_MODE": "production",
        "KIMDONG_SECRET_KEY": "a-key-for-this-test-only-0123456789-ABCDEFGHIJ-abcdefghij-!?",
        "KIMDONG_DATA_KEY": "tests-only-" + "0123456789" * 5,
        "KIMDONG_HOSTS": f"{HOST},127.0.0.1",
        "KIMDONG_FILES": str(files),
        "KIMDONG_BEHIND_TLS": "1",
        "KIMDONG_BIND": f"127.0.0.1:{port}",
        "KIMDONG_WEB_WORKERS": "1",
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    files = tmp_path_factory.mktemp("production")
    port = _free_port()
    environment = production(files, port)
    stack = Stack(f"http://127.0.0.1:{port}", "", files, environment)
    stack.manage("collectstatic", "--noinput", "--verbosity", "0")
    stack.start_web()
    yield stack
    stack.stop()


def ask(server: Stack, head: str, body: bytes = b"") -> tuple[int, dict[str, str], str]:
    """One request as it is written on the wire, all of it sent before anything is read."""
    place = urlsplit(server.address)
    with socket.create_connection((place.hostname, place.port), timeout=60) as connection:
        connection.sendall(head.replace("\n", "\r\n").encode() + b"\r\n" + body)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    headers, _blank, page = answer.partition(b"\r\n\r\n")
    first, *lines = headers.decode("latin-1").split("\r\n")
    named = {name.lower(): value for name, _colon, value in (line.partition(": ") for line in lines)}
    return int(first.split()[1]), named, page.decode("utf-8", "replace")


def head(method: str, path: str, **headers: str) -> str:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    given = {"Host": HOST, "X-Forwarded-Proto": "https", "Connection": "close", **named}
    return f"{method} {path} HTTP/1.1\n" + "".join(f"{name}: {value}\n" for name, value in given.items())


def test_the_deployment_check_finds_nothing_under_production_settings(server: Stack):
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(
        command, cwd=ROOT, env=server.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("request_head", "status", "words"),
    [
        (head("GET", "/khong-co/"), 404, "Không tìm thấy"),
        (head("GET", "/", Host="xau.example"), 400, "Máy chủ không hiểu yêu cầu này"),
        (head("GET", "/", Cookie="__Host-session=abcdefgh"), 500, "Máy chủ gặp lỗi"),
        # Refused for want of a token; the log of that has no table to go to.
        (head("POST", "/accounts/login/", Content_Length="0"), 500, "Máy chủ gặp lỗi"),
    ],
    ids=["404", "400", "500", "500 in a refusal"],
)
def test_an_error_page_is_vietnamese_and_shows_nothing_of_the_inside(server, request_head, status, words):
    got, headers, page = ask(server, request_head)
    assert (got, words in page) == (status, True)
    assert [word for word in SECRETS if word in page] == []
    assert headers.get("server") in (None, "kimdong")
    assert "x-powered-by" not in headers


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json"])
def test_a_body_that_is_too_large_gets_a_page_and_not_a_broken_connection(server, kind):
    size = 30 * 1024 * 1024
    status, headers, page = ask(
        server, head("POST", "/accounts/login/", Content_Type=kind, Content_Length=str(size)), b"x" * size
    )
    assert (status, headers["content-type"]) == (413, "text/html; charset=utf-8")
    assert "Nội dung gửi lên quá lớn" in page


def test_files_over_the_sum_of_all_evidence_get_the_same_page(server):
    size = 60 * 1024 * 1024
    kind = "multipart/form-data; boundary=x"
    request = head("POST", "/accounts/login/", Content_Type=kind, Content_Length=str(size))
    assert ask(server, request, b"x" * size)[0] == 413


@pytest.mark.parametrize(
    "request_head",
    [f"GET /{'x' * 9000} HTTP/1.1\nHost: {HOST}\n", "KHÔNG PHẢI HTTP\n", "GET / HTTP/1.1\nBad Header: x\n"],
    ids=["an address too long", "no HTTP", "a bad header"],
)
def test_what_never_reaches_django_gets_a_page_in_vietnamese_too(server, request_head):
    status, headers, page = ask(server, request_head)
    assert (status, headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert "Máy chủ không hiểu yêu cầu này" in page
    assert [word for word in (*SECRETS, "Invalid", "Header") if word in page] == []


def test_cookies_and_headers_keep_the_browser_within_bounds(server):
    status, headers, _page = ask(server, head("GET", "/accounts/activate/"))
    assert status == 200
    cookie = headers["set-cookie"]
    assert cookie.startswith("__Host-csrf=")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"))
    assert "Domain" not in cookie
    assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains; preload"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "data:" not in policy
    assert "default-src 'self'" in policy


def test_without_tls_everything_is_sent_to_tls(server):
    status, headers, _page = ask(server, head("GET", "/accounts/login/", X_Forwarded_Proto="http"))
    assert (status, headers["location"]) == (301, f"https://{HOST}/accounts/login/")


def test_a_server_over_a_database_without_tables_lives_and_is_not_ready(server: Stack):
    """Asked as the health check of the container asks: without TLS."""
    assert ask(server, head("GET", "/healthz", X_Forwarded_Proto="http"))[0] == 200
    status, _headers, text = ask(server, head("GET", "/readyz", X_Forwarded_Proto="http"))
    assert status == 503
    assert re.fullmatch(r"migrations: \d{3} not applied \(manage\.py migrate\)", text)
