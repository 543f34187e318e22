"""What ends a start with one sentence: a bad environment, what it names and this machine has not, no database.

Looked at once a start, by `manage.py` and by gunicorn's first process; its workers read the environment alone.
"""

import importlib.util
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import psycopg

from accounts.disk_errors import NO_ROOM_ERRORS
from kimdong.environment import BadEnvironmentError, Environment, read_environment

NEED_THE_DATABASE: Final = frozenset(
    {
        "first_run",
        "grant_application_role",
        "load_demo",
        "migrate",
        "reseal",
        "restore",
        "send_digests",
        "verify_audit",
        "work",
    }
)
SECONDS_TO_ANSWER: Final = 10


def environment_or_exit(values: Mapping[str, str]) -> Environment:
    """As read_environment; a bad value ends the process with its sentence alone, without the way there."""
    try:
        environment = read_environment(values)
        if environment.mode == "production":
            _refuse_an_unusable_folder(environment.files)
        if environment.signing is not None:
            _refuse_an_unusable_certificate(*environment.signing)
    except BadEnvironmentError as problem:
        raise SystemExit(f"Kim Dong does not start. {problem}") from None
    return environment


def _refuse_an_unusable_folder(folder: Path) -> None:
    """Makes it where it is not there yet, and writes there without leaving anything behind.

    A disk without room is let pass: pages are to be read meanwhile, and the system says itself that it is full.
    """
    try:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as problem:
        why = "it is no folder" if folder.exists() else f"it cannot be made: {problem.strerror}"
        raise _unusable(folder, why) from problem
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as problem:
        if problem.errno not in NO_ROOM_ERRORS:
            raise _unusable(folder, f"it cannot be written: {problem.strerror}") from problem


def _unusable(folder: Path, why: str) -> BadEnvironmentError:
    return BadEnvironmentError(
        f"KIMDONG_FILES is {folder}, but {why}; name a folder that this process may write, for example: "
        "/var/lib/kimdong/files."
    )


def _refuse_an_unusable_certificate(certificate: Path, password: str) -> None:
    """What signing needs is imported only where a certificate is named: it takes a tenth of a second."""
    if any(importlib.util.find_spec(name) is None for name in ("cryptography", "pyhanko")):
        raise BadEnvironmentError(
            "KIMDONG_SIGNING_CERTIFICATE is set, but pyHanko, which signs, is not installed: pip install "
            "--require-hashes --requirement requirements-signing.txt, or take the variable away."
        )
    from cryptography.hazmat.primitives.serialization import pkcs12  # noqa: PLC0415

    try:
        key, found, _others = pkcs12.load_key_and_certificates(certificate.read_bytes(), password.encode())
    except OSError as problem:
        raise BadEnvironmentError(
            f"KIMDONG_SIGNING_CERTIFICATE is {certificate}, which cannot be read ({problem.strerror}); let this "
            "process read it."
        ) from problem
    except ValueError as problem:
        why = (
            "which KIMDONG_SIGNING_PASSWORD (or the file of KIMDONG_SIGNING_PASSWORD_FILE) does not open"
            if "password" in str(problem).lower()
            else "which is no PKCS #12 file (.p12, .pfx) of a certificate with its key"
        )
        raise BadEnvironmentError(f"KIMDONG_SIGNING_CERTIFICATE is {certificate}, {why}.") from problem
    if key is None or found is None:
        raise BadEnvironmentError(
            f"KIMDONG_SIGNING_CERTIFICATE is {certificate}, which holds no certificate with its key."
        )


def database_or_exit(environment: Environment) -> None:
    """Ends the process with a sentence that names host, port and database where it is not let in. One connection."""
    settings = environment.database
    names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password", "NAME": "dbname"}
    told = {name: settings[key] for key, name in names.items() if settings[key]}
    told = {"connect_timeout": str(SECONDS_TO_ANSWER), **told, **environment.connection_options}
    try:
        psycopg.connect(**told).close()  # type: ignore[arg-type]  # all of it text, as libpq takes it
    except psycopg.OperationalError as problem:
        host, port = settings["HOST"] or "of the local socket", settings["PORT"] or "5432"
        user = settings["USER"] or "of the system"
        raise SystemExit(
            f"Kim Dong does not start. The database {settings['NAME']} (host {host}, port {port}, user {user}) does "
            f"not let it in: {_reason(problem)}. See whether PostgreSQL runs there, and whether DATABASE_URL (or the "
            "file of DATABASE_URL_FILE) has the right host, port, database, user and password."
        ) from None


def _reason(problem: psycopg.OperationalError) -> str:
    """The server's own words, or the first attempt's."""
    lines = [line.strip(" -") for line in str(problem).splitlines() if "failed:" in line or "FATAL:" in line]
    told = next((line for line in lines if not line.startswith("Multiple")), str(problem).strip())
    return (
        told.rpartition("FATAL:")[2].strip() if "FATAL:" in told else told.rpartition("failed: ")[2].strip()
    )
