"""A database with all migrations applied, kept on the test server under a name made from them: tests copy it.

Applying the migrations takes some twenty seconds, copying their result a third of one; so a run after the first, and
every worker but the first, starts at once. Other files of migrations make another name.

`python -m tests.migrated_database` makes it beforehand, as `make test` does; else one worker would wait
while another makes it.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "kimdong_migrated_"


def migrated_database(url: str) -> str:
    """The name of the database to copy on the server at `url`; made when missing, by one process at a time."""
    name = PREFIX + _fingerprint()
    lock = Path(tempfile.gettempdir()) / f"{name}.lock"
    with lock.open("w") as turn, psycopg.connect(url, autocommit=True) as server:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not _exists(server, name):
            _make(server, url, name)
    return name


def _fingerprint() -> str:
    """Of every migration, ours and those of the packages, whose versions uv.lock pins."""
    ours = sorted(ROOT.glob("*/migrations/*.py"))
    digest = hashlib.sha256()
    for path in (*ours, ROOT / "uv.lock"):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _exists(server: psycopg.Connection[tuple[str]], name: str) -> bool:
    return bool(server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())


def _make(server: psycopg.Connection[tuple[str]], url: str, name: str) -> None:
    """Under another name until it is whole: a run that is broken off leaves nothing half made behind."""
    making = f"{name}_making"
    for old in (making, *_outdated(server)):
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(old)))
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(making)))
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": with_database(url, making)},
        check=True,
    )
    server.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(making), sql.Identifier(name))
    )


def _outdated(server: psycopg.Connection[tuple[str]]) -> list[str]:
    found = server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
    return [row[0] for row in found]


def with_database(url: str, name: str) -> str:
    """The address of another database of the same server."""
    head, _slash, rest = url.rpartition("/")
    _old, _mark, query = rest.partition("?")
    return f"{head}/{name}?{query}" if query else f"{head}/{name}"


if __name__ == "__main__":
    from tests import embedded_database  # starts the server, and says in DATABASE_URL where

    try:
        migrated_database(os.environ["DATABASE_URL"])
    finally:
        embedded_database.pytest_unconfigure()
