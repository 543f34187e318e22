"""The log of the real server in production: an error with a pupil's name in it leaves the name nowhere.

A trigger makes the error: whatever writes the access log meets two rows of one name, as a form with a pupil's name
that nobody has foreseen would.
"""

import json
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
import pytest

from tests.migrated_database import migrated_database, with_database
from tests.stack import Stack, _free_port, _recreate
from tests.test_production_server import ask, head, production

TOKEN = "a-token-of-this-test-only"
PUPIL = "Nguyễn Thị Ngọc Ánh"
TRAP = """
CREATE TABLE trial (full_name text UNIQUE);
CREATE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO trial VALUES ('Nguyễn Thị Ngọc Ánh'), ('Nguyễn Thị Ngọc Ánh'); RETURN NEW; END $$;
CREATE TRIGGER trap BEFORE INSERT ON accounts_accesslogentry FOR EACH ROW EXECUTE FUNCTION trap();
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    url, files, port = os.environ["DATABASE_URL"], tmp_path_factory.mktemp("log"), _free_port()
    name = f"{urlsplit(url).path[1:]}_log"
    _recreate(url, name, template=migrated_database(url))
    address = with_database(url, name)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(TRAP)
    more = {"KIMDONG_METRICS_TOKEN": TOKEN, "KIMDONG_WEB_WORKERS": "2"}
    told = {**production(files, port), "DATABASE_URL": address, **more}
    stack = Stack(f"http://127.0.0.1:{port}", address, files, told)
    stack.manage("collectstatic", "--noinput", "--verbosity", "0")
    stack.start_web()
    yield stack
    stack.stop()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _counts(stack: Stack) -> set[Path]:
    """The folders in which the processes of this web server count."""
    server = stack.processes["web"].pid
    processes = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="utf-8").split()
    places = (Path("/dev/shm"), Path(tempfile.gettempdir()))  # noqa: S108 - where gunicorn.py has them
    return {
        file.parent
        for place in places
        for process in processes
        for file in place.glob(f"kimdong-counts-*/{process}")
    }


def test_an_error_with_a_pupils_name_in_it_is_logged_without_the_name(server: Stack):
    body = f"full_name={quote(PUPIL)}".encode()
    form = "application/x-www-form-urlencoded"
    wanted = head(
        "POST", f"/accounts/login/?q={quote(PUPIL)}", Content_Type=form, Content_Length=str(len(body))
    )
    status, headers, page = ask(server, wanted, body)
    assert status == 500
    code = headers["x-request-id"]
    assert code in page  # for whoever reports the error
    log = (server.files / "web.log").read_text(encoding="utf-8")
    for written in (PUPIL, quote(PUPIL), json.dumps(PUPIL)[1:-1], PUPIL.split(maxsplit=1)[0], "Ng%E1%BB%8Dc"):
        assert written not in log
    lines = [json.loads(line) for line in log.splitlines()]
    error, request = [line for line in lines if line.get("request_id") == code]
    assert (error["level"], error["path"]) == ("ERROR", "/accounts/login/")
    assert "csrf_failure" in error["traceback"]
    assert "23505 duplicate key value violates unique constraint" in error["traceback"]
    assert (request["logger"], request["method"]) == ("kimdong.requests", "POST")
    assert (request["status"], request["path"], request["user"]) == (500, "/accounts/login/", None)
    assert request["ms"] >= 0


def test_what_is_no_http_and_what_the_server_itself_says_are_lines_of_the_same_shape(server: Stack):
    ask(server, "KHÔNG PHẢI HTTP\n")
    lines = [json.loads(line) for line in (server.files / "web.log").read_text(encoding="utf-8").splitlines()]
    assert {"time", "level", "logger", "message"} <= set.intersection(*map(set, lines))
    assert "Request that is no HTTP" in " ".join(line["message"] for line in lines)
    assert "Listening at" in " ".join(line["message"] for line in lines)


def test_a_scanner_that_asks_for_another_name_leaves_one_warning_and_no_traceback(server: Stack):
    before = len((server.files / "web.log").read_text(encoding="utf-8").splitlines())
    wanted = "GET /.env HTTP/1.1\nHost: scanned.example\nX-Forwarded-Proto: https\nConnection: close\n"
    assert ask(server, wanted)[0] == 400
    lines = (server.files / "web.log").read_text(encoding="utf-8").splitlines()[before:]
    told = [line for line in map(json.loads, lines) if line["logger"] != "kimdong.requests"]
    assert [(line["level"], line["logger"]) for line in told] == [
        ("WARNING", "django.security.DisallowedHost")
    ]
    assert "scanned.example" in told[0]["message"]
    assert "traceback" not in told[0]


def test_requests_of_all_processes_are_counted_for_whoever_shows_the_token(server: Stack):
    shown = head("GET", "/metrics", Authorization=f"Bearer {TOKEN}")
    assert ask(server, head("GET", "/metrics"))[0] == 401
    before = _answered(ask(server, shown)[2])
    for _each in range(20):
        ask(server, head("GET", "/healthz"))
    after = _answered(ask(server, shown)[2])
    assert after - before == 21  # those and the first look, which could not count itself
    assert len(_counts(server)) == 1
    assert TOKEN not in (server.files / "web.log").read_text(encoding="utf-8")


def _answered(text: str) -> int:
    return int(re.search(r'^kimdong_requests_total\{status="2xx"\} (\d+)$', text, re.MULTILINE)[1])


def test_the_counts_are_gone_when_the_server_is(server: Stack):
    ask(server, head("GET", "/healthz"))
    (folder,) = _counts(server)
    server.stop()
    assert not folder.exists()
    server.start_web()
