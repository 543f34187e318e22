"""The application as it runs for real: PostgreSQL, gunicorn and a worker process, over a copy of the demo school.

Web server and worker log in to the database as in production: as a role that owns nothing.

The demo school is loaded once a run into a template database, from which each stack gets a copy of its own in about
a second. Browser tests, attacks by direct request and the bench drive it through its address.
"""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from kimdong.embedded_postgres import APPLICATION_ROLE
from tests.migrated_database import with_database

ROOT = Path(__file__).resolve().parent.parent
SECONDS_TO_ANSWER = 60
SECONDS_TO_STOP = 20


@dataclass(slots=True)
class Stack:
    """A running application. `conninfo` reaches its database, `files` is its KIMDONG_FILES folder."""

    address: str
    conninfo: str
    files: Path
    environment: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def fetch(self, statement: str, *values: object) -> list[tuple]:
        """The rows of one SQL statement: a look past the application."""
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            return connection.execute(statement, values).fetchall()  # type: ignore[call-overload]

    def manage(self, *arguments: str) -> str:
        """The output of a manage.py command in the stack's environment."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def start(self, name: str, *command: str) -> None:
        """Starts one process under a name; its output goes to a file beside the stack's files."""
        with (self.files / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def start_web(self, *options: str) -> None:
        """`options`: of gunicorn, before those of its settings."""
        self.start("web", "-m", "gunicorn", "--config", "kimdong/gunicorn.py", *options, "kimdong.wsgi")
        self._wait_for_web()

    def start_worker(self) -> None:
        self.start("worker", "manage.py", "work")

    def kill(self, name: str) -> None:
        """kill -9: the process has no say."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def stop(self) -> None:
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()

    def _wait_for_web(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while time.monotonic() < deadline and self.processes["web"].poll() is None:
            if self.answers():
                return
            time.sleep(0.1)
        raise RuntimeError((self.files / "web.log").read_text(encoding="utf-8")[-3000:])

    def answers(self) -> bool:
        """Whether the web server and its database do, now."""
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=3)
        try:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            return answer.status in (200, 503) and b"database:" not in answer.read()
        except OSError:
            return False
        finally:
            connection.close()


@dataclass(frozen=True, slots=True)
class Template:
    """A loaded school to copy: its database and its files (evidence, collected static files)."""

    database: str
    files: Path


def build_template(url: str, files: Path, *, base: str = "template1") -> Template:
    """Loads the demo school into a fresh database of the server at `url`, copied from `base`.

    PostgreSQL's own is migrated first; any other has been.
    """
    name = f"{conninfo_to_dict(url)['dbname']}_school"
    _recreate(url, name, template=base)
    loader = Stack("", _with_database(url, name), files, environment(url, name, files, port=0))
    if base == "template1":
        loader.manage("migrate", "--verbosity", "0")
    if has_application_role(url):
        loader.manage("grant_application_role")
        loader.environment["DATABASE_URL"] = as_the_application(loader.environment["DATABASE_URL"])
    loader.manage("load_demo")
    loader.manage("collectstatic", "--noinput", "--verbosity", "0")
    return Template(name, files)


@contextmanager
def running(
    url: str,
    template: Template,
    files: Path,
    *,
    name: str,
    worker: bool = True,
    web_processes: int | None = None,
    told: Mapping[str, str] | None = None,
) -> Iterator[Stack]:
    """A stack over its own copy of the template database, stopped and dropped at the end.

    `web_processes`: as many as in production unless told. `told`: what its processes find in their environment besides.
    """
    database = f"{template.database}_{name}"
    _recreate(url, database, template=template.database)
    shutil.copytree(template.files / "private", files / "private")
    shutil.copytree(template.files / "static", files / "static", copy_function=os.link)
    port = _free_port()
    stack = Stack(
        f"http://127.0.0.1:{port}",
        _with_database(url, database),
        files,
        environment(url, database, files, port=port),
    )
    if has_application_role(url):
        stack.environment["DATABASE_URL"] = as_the_application(stack.environment["DATABASE_URL"])
    stack.environment |= told or {}
    if web_processes is not None:
        stack.environment["KIMDONG_WEB_WORKERS"] = str(web_processes)
    try:
        stack.start_web()
        if worker:
            stack.start_worker()
        yield stack
    finally:
        stack.stop()
        _drop(url, database)


def environment(url: str, database: str, files: Path, *, port: int) -> dict[str, str]:
    """The settings' variables, as `make demo` sets them."""
    kept: Mapping[str, str] = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TMPDIR")}
    return {
        **kept,
        "KIMDONG_MODE": "demo",
        "KIMDONG_SECRET_KEY": "only-for-the-tests-of-the-running-application-0123456789",
        "KIMDONG_FILES": str(files),
        "KIMDONG_BIND": f"127.0.0.1:{port}",
        "DATABASE_URL": with_database(url, database),
        "PYTHONUNBUFFERED": "1",
    }


def has_application_role(url: str) -> bool:
    """Not on a server of somebody's own, named by DATABASE_URL: there the application is the owner."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION_ROLE]).fetchone()
        return found is not None


def as_the_application(url: str) -> str:
    """As in production: web server, worker and the demo's loader own nothing."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"{APPLICATION_ROLE}@{parts.netloc.rpartition('@')[2]}").geturl()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _with_database(url: str, name: str) -> str:
    return make_conninfo(url, dbname=name)


def _recreate(url: str, name: str, *, template: str) -> None:
    _drop(url, name)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


def _drop(url: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
