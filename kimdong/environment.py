"""Reads the environment once, and refuses a bad value with a sentence that says what to do.

Pure: takes a mapping, returns a frozen value, imports no Django.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

MODES = ("demo", "test", "production")
SECRET_LENGTH = 50
TOKEN_LENGTH = 20
MOST_WEB_WORKERS = 64
_SMTP_EXAMPLE = "smtp://user:password@mail.kimdong.edu.vn:587"
REMOTE_REPOSITORIES = ("sftp:", "s3:", "rest:", "b2:", "azure:", "gs:", "swift:", "rclone:")
"""What restic takes besides a folder."""
_HOST = re.compile(r"\*|\.?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]+\]")
KEPT_BACKUPS = "within=14d daily=30 weekly=12 monthly=24 yearly=10 milestones=2y"
_KEEP_COUNTS = ("daily", "weekly", "monthly", "yearly")
_KEEP_SPANS = ("within", "milestones")


class BadEnvironmentError(Exception):
    """The environment lacks a value or holds a bad one; the message names the variable and the remedy."""


@dataclass(frozen=True, slots=True)
class Environment:
    mode: str
    secret_key: str
    data_keys: tuple[str, ...]
    hosts: tuple[str, ...]
    address: str
    files: Path
    behind_tls: bool
    database: dict[str, str]
    connection_options: dict[str, str]
    mail: "Mail | None"
    backups: "Backups | None"
    signing: tuple[Path, str] | None
    tls: tuple[str, str, int] | None
    slow_ms: int
    metrics_token: str
    bind: str
    web_workers: int


@dataclass(frozen=True, slots=True)
class Mail:
    """The server that takes mail from us, and the daily mail about waiting tasks. None: no mail is ever sent."""

    host: str
    port: int
    user: str
    password: str
    is_tls_from_the_start: bool
    sender: str
    hour: int


@dataclass(frozen=True, slots=True)
class Backups:
    """Where backups go, how they are locked, which are kept. None: none is made.

    `second` is "" where there is no second place. `proof` is the address of a role that may create databases and sees
    none of the school's; or `proof_file` has it, which the worker alone can read. `keep`: what restic's forget is told,
    by the words of KEPT_BACKUPS. Repositories are locked by the content of `password_file`.
    """

    repository: str
    second: str
    password_file: Path
    proof: str
    proof_file: Path | None
    keep: Mapping[str, str]
    hour: int

    def proof_address(self) -> str:
        """Raises OSError where this process may not read it."""
        return self.proof if self.proof_file is None else self.proof_file.read_text(encoding="utf-8").strip()


def read_environment(values: Mapping[str, str]) -> Environment:
    """Parses and checks the variables of the table in README; raises BadEnvironmentError."""
    mode = _required(values, "KIMDONG_MODE", "demo, test or production")
    if mode not in MODES:
        raise BadEnvironmentError(f"KIMDONG_MODE is {mode!r}; it must be one of {', '.join(MODES)}.")
    behind_tls = values.get("KIMDONG_BEHIND_TLS", "0")
    if behind_tls not in ("0", "1"):
        raise BadEnvironmentError(f"KIMDONG_BEHIND_TLS is {behind_tls!r}; it must be 0 or 1.")
    database, options = _database(
        _required(values, "DATABASE_URL", "postgresql://user:password@host/database")
    )
    options |= _time_outs(values, options)
    hosts = _hosts(values, mode)
    return Environment(
        mode=mode,
        secret_key=_secret(values),
        data_keys=_data_keys(values, mode),
        hosts=hosts,
        address=_address(values, hosts, is_secure=behind_tls == "1"),
        files=_files(values),
        behind_tls=behind_tls == "1",
        database=database,
        connection_options=options,
        mail=_mail(values),
        backups=_backups(values),
        signing=_signing(values),
        tls=_tls(values, hosts) if behind_tls == "1" else None,
        slow_ms=_number(
            values, "KIMDONG_SLOW_MS", "500", "milliseconds, for example: 500 (0: none is logged)"
        ),
        metrics_token=_metrics_token(values),
        bind=_bind(values),
        web_workers=_web_workers(values),
    )


def _time_outs(values: Mapping[str, str], options: Mapping[str, str]) -> dict[str, str]:
    """How long PostgreSQL lets a connection run a statement, wait for a lock, do nothing within a transaction.

    Unset for commands and workers, which take the time they need; gunicorn.py sets it for pages. Nothing where
    DATABASE_URL has ?options= of its own.
    """
    seconds = _number(values, "KIMDONG_STATEMENT_SECONDS", "0", "seconds, for example: 45 (0: no limit)")
    if not seconds or "options" in options:
        return {}
    limits = {
        "statement_timeout": seconds,
        "lock_timeout": max(1, seconds // 3),
        "idle_in_transaction_session_timeout": seconds,
    }
    return {"options": " ".join(f"-c {name}={limit}s" for name, limit in limits.items())}


def _mail(values: Mapping[str, str]) -> Mail | None:
    """Off unless KIMDONG_SMTP_URL is set."""
    if not values.get("KIMDONG_SMTP_URL") and not values.get("KIMDONG_SMTP_URL_FILE"):
        return None
    url = _split(_required(values, "KIMDONG_SMTP_URL", _SMTP_EXAMPLE))
    if url is None or url.scheme not in ("smtp", "smtps") or not url.hostname:
        raise BadEnvironmentError(
            "KIMDONG_SMTP_URL must begin with smtp:// (TLS by STARTTLS) or smtps:// and end with a name, or a name and "
            f"the number of a port, for example: {_SMTP_EXAMPLE}."
        )
    sender = _required(values, "KIMDONG_MAIL_FROM", "hoso@kimdong.edu.vn")
    if "@" not in sender:
        raise BadEnvironmentError(f"KIMDONG_MAIL_FROM is {sender!r}; it must be a mail address.")
    return Mail(
        host=url.hostname,
        port=url.port or (465 if url.scheme == "smtps" else 587),
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        is_tls_from_the_start=url.scheme == "smtps",
        sender=sender,
        hour=_hour(values, "KIMDONG_MAIL_HOUR", "6"),
    )


def _backups(values: Mapping[str, str]) -> Backups | None:
    """Off unless KIMDONG_BACKUP_REPOSITORY is set. Files named here may be the worker's alone to read."""
    repository = values.get("KIMDONG_BACKUP_REPOSITORY", "").strip()
    if not repository:
        _refuse_backups_that_go_nowhere(values)
        return None
    second = values.get("KIMDONG_BACKUP_SECOND", "").strip()
    for name, place in (("KIMDONG_BACKUP_REPOSITORY", repository), ("KIMDONG_BACKUP_SECOND", second)):
        if place and not place.startswith(("/", *REMOTE_REPOSITORIES)):
            raise BadEnvironmentError(
                f"{name} is {place!r}; it must be an absolute path or what restic takes, for example: "
                "sftp:backup@nas.kimdong.edu.vn:/kimdong or s3:https://s3.example.vn/kimdong."
            )
    if second == repository:
        raise BadEnvironmentError(
            "KIMDONG_BACKUP_SECOND must be another place than KIMDONG_BACKUP_REPOSITORY."
        )
    proof_file = values.get("KIMDONG_BACKUP_PROOF_URL_FILE", "").strip()
    proof = "" if proof_file else _required(values, "KIMDONG_BACKUP_PROOF_URL", "postgresql://…")
    if proof and not proof.startswith(("postgresql://", "postgres://")):
        raise BadEnvironmentError("KIMDONG_BACKUP_PROOF_URL must begin with postgresql://.")
    return Backups(
        repository=repository,
        second=second,
        password_file=_backup_password(values),
        proof=proof,
        proof_file=Path(proof_file) if proof_file else None,
        keep=_kept_backups(values.get("KIMDONG_BACKUP_KEEP", "").strip() or KEPT_BACKUPS),
        hour=_hour(values, "KIMDONG_BACKUP_HOUR", "1"),
    )


def _refuse_backups_that_go_nowhere(values: Mapping[str, str]) -> None:
    for name in ("KIMDONG_BACKUP_SECOND", "KIMDONG_BACKUP_HOUR", "KIMDONG_BACKUP_KEEP"):
        if values.get(name, "").strip():
            raise BadEnvironmentError(
                f"{name} is set, but KIMDONG_BACKUP_REPOSITORY is not, so no backup would be made; set it too, or take "
                f"{name} away."
            )


def _backup_password(values: Mapping[str, str]) -> Path:
    named = _required(values, "KIMDONG_BACKUP_PASSWORD_FILE", "/etc/kimdong/backup-password")
    if not Path(named).is_absolute():
        raise BadEnvironmentError(f"KIMDONG_BACKUP_PASSWORD_FILE is {named}; it must be an absolute path.")
    return Path(named)


def _kept_backups(rule: str) -> Mapping[str, str]:
    keep = dict(part.partition("=")[::2] for part in rule.split())
    for name, value in keep.items():
        is_count = name in _KEEP_COUNTS and value.isdecimal() and int(value) > 0
        is_span = name in _KEEP_SPANS and re.fullmatch(r"(\d+[ymdh])+", value)
        if not is_count and not is_span:
            raise BadEnvironmentError(
                f"KIMDONG_BACKUP_KEEP has {name}={value}; write it as, for example: {KEPT_BACKUPS}."
            )
    if not keep.keys() & {"within", "daily"} or "milestones" not in keep:
        raise BadEnvironmentError(
            f"KIMDONG_BACKUP_KEEP needs within or daily, and milestones, for example: {KEPT_BACKUPS}."
        )
    return keep


def _hour(values: Mapping[str, str], name: str, unless_set: str) -> int:
    hour = values.get(name, unless_set)
    if not hour.isdecimal() or int(hour) > 23:
        raise BadEnvironmentError(f"{name} is {hour!r}; it must be an hour of the day, 0 to 23.")
    return int(hour)


def _signing(values: Mapping[str, str]) -> tuple[Path, str] | None:
    """The certificate (PKCS #12) that finished books are signed by, and its password. Off unless one is named."""
    named = values.get("KIMDONG_SIGNING_CERTIFICATE", "").strip()
    if not named:
        return None
    certificate = Path(named)
    if not certificate.is_file():
        raise BadEnvironmentError(f"KIMDONG_SIGNING_CERTIFICATE is {named}; there is no such file.")
    return certificate, _required(
        values, "KIMDONG_SIGNING_PASSWORD", "the password of the certificate's file"
    )


def _tls(values: Mapping[str, str], hosts: Sequence[str]) -> tuple[str, str, int]:
    """The name that people type, and host and port where its certificate is asked for."""
    told = values.get("KIMDONG_TLS_ADDRESS", "").strip() or f"{hosts[0]}:443"
    host, _colon, port = told.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise BadEnvironmentError(
            f"KIMDONG_TLS_ADDRESS is {told!r}; it must be a name and a port, for example: proxy:443."
        )
    return hosts[0], host, int(port)


def _number(values: Mapping[str, str], name: str, unless_set: str, of_what: str) -> int:
    told = values.get(name, unless_set).strip()
    if not told.isascii() or not told.isdigit():
        raise BadEnvironmentError(f"{name} is {told!r}; it must be a number of {of_what}.")
    return int(told)


def _metrics_token(values: Mapping[str, str]) -> str:
    """Off, which is "", unless one is set."""
    if not values.get("KIMDONG_METRICS_TOKEN") and not values.get("KIMDONG_METRICS_TOKEN_FILE"):
        return ""
    token = _required(values, "KIMDONG_METRICS_TOKEN", f"{TOKEN_LENGTH} or more random characters")
    if len(token) < TOKEN_LENGTH:
        raise BadEnvironmentError(
            f"KIMDONG_METRICS_TOKEN has {len(token)} characters; it needs at least {TOKEN_LENGTH}."
        )
    return token


def _required(values: Mapping[str, str], name: str, example: str) -> str:
    value = values.get(name, "").strip()
    if not value and values.get(f"{name}_FILE"):
        value = _content(f"{name}_FILE", Path(values[f"{name}_FILE"]))
    if not value:
        raise BadEnvironmentError(f"Set {name} (or {name}_FILE), for example: {example}.")
    return value


def _content(name: str, file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        why = problem.strerror if isinstance(problem, OSError) else "it is no text in UTF-8"
        raise BadEnvironmentError(
            f"{name} is {file}, which cannot be read ({why}); name a file that this process may read."
        ) from problem


def _split(url: str) -> SplitResult | None:
    """None where the port is no number, or the rest is no address."""
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        return None
    return parts


def _bind(values: Mapping[str, str]) -> str:
    """Where gunicorn listens: host and port, or a socket."""
    told = values.get("KIMDONG_BIND", "").strip() or "127.0.0.1:8000"
    host, _colon, port = told.rpartition(":")
    is_socket = told.startswith("unix:/")
    if not is_socket and (not _HOST.fullmatch(host) or not port.isdecimal() or int(port) > 65535):
        raise BadEnvironmentError(
            f"KIMDONG_BIND is {told!r}; it must be an address and a port, or a socket, for example: 127.0.0.1:8000 "
            "or unix:/run/kimdong/web.sock."
        )
    return told


def _web_workers(values: Mapping[str, str]) -> int:
    number = _number(values, "KIMDONG_WEB_WORKERS", "2", "processes, for example: 2")
    if not 1 <= number <= MOST_WEB_WORKERS:
        raise BadEnvironmentError(
            f"KIMDONG_WEB_WORKERS is {number}; it must be 1 to {MOST_WEB_WORKERS} processes, for example: 2."
        )
    return number


def _secret(values: Mapping[str, str]) -> str:
    key = _required(values, "KIMDONG_SECRET_KEY", f"{SECRET_LENGTH} or more random characters")
    if len(key) < SECRET_LENGTH:
        raise BadEnvironmentError(
            f"KIMDONG_SECRET_KEY has {len(key)} characters; it needs at least {SECRET_LENGTH}."
        )
    return key


def _data_keys(values: Mapping[str, str], mode: str) -> tuple[str, ...]:
    """The keys of the sealed columns, the one to seal with first; outside production the secret key, unless set."""
    is_set = values.get("KIMDONG_DATA_KEY") or values.get("KIMDONG_DATA_KEY_FILE")
    if not is_set and mode != "production":
        return (_secret(values),)
    wanted = (
        f"a key of {SECRET_LENGTH} or more random characters; after a change the former ones on further lines"
    )
    keys = tuple(_required(values, "KIMDONG_DATA_KEY", wanted).split())
    for number, key in enumerate(keys, start=1):
        if len(key) < SECRET_LENGTH:
            raise BadEnvironmentError(
                f"Key {number} of KIMDONG_DATA_KEY has {len(key)} characters; it needs at least {SECRET_LENGTH}."
            )
    if len(set(keys)) < len(keys):
        raise BadEnvironmentError("KIMDONG_DATA_KEY names a key twice; leave one of them out.")
    if mode == "production" and _secret(values) in keys:
        raise BadEnvironmentError(
            "KIMDONG_DATA_KEY is the same as KIMDONG_SECRET_KEY; take another one: the secret key is changed when it "
            "leaks, and the sealed columns would be lost with it."
        )
    return keys


def _hosts(values: Mapping[str, str], mode: str) -> tuple[str, ...]:
    hosts = tuple(host.strip() for host in values.get("KIMDONG_HOSTS", "").split(",") if host.strip())
    if mode == "production" and (not hosts or "*" in hosts):
        raise BadEnvironmentError(
            "Set KIMDONG_HOSTS to the names people type, for example: so.kimdong.edu.vn."
        )
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise BadEnvironmentError(
                f"KIMDONG_HOSTS has {host!r}; write names alone, without http:// and port, for example: "
                "so.kimdong.edu.vn."
            )
    return hosts or ("localhost", "127.0.0.1", "testserver")


def _address(values: Mapping[str, str], hosts: Sequence[str], *, is_secure: bool) -> str:
    """What the square codes of prints begin with: the first name that people type, unless told otherwise."""
    told = values.get("KIMDONG_ADDRESS", "").strip().rstrip("/")
    if not told:
        return f"{'https' if is_secure else 'http'}://{hosts[0]}"
    address = _split(told)
    if (
        address is None
        or address.scheme not in ("http", "https")
        or not address.hostname
        or address.path
        or address.query
    ):
        raise BadEnvironmentError(
            f"KIMDONG_ADDRESS is {told!r}; it must be a scheme and a name, for example: https://hoso.kimdong.edu.vn."
        )
    return told


def _files(values: Mapping[str, str]) -> Path:
    folder = Path(_required(values, "KIMDONG_FILES", "/var/lib/kimdong/files"))
    if not folder.is_absolute():
        raise BadEnvironmentError(f"KIMDONG_FILES is {folder}; it must be an absolute path.")
    return folder


def _database(url: str) -> tuple[dict[str, str], dict[str, str]]:
    """Django's connection settings and libpq's further options; a socket folder may stand in ?host=."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise BadEnvironmentError(
            "DATABASE_URL must begin with postgresql:// (PostgreSQL is the only engine)."
        )
    try:
        parts = dict(conninfo_to_dict(url))
    except ProgrammingError as problem:
        raise BadEnvironmentError(
            "DATABASE_URL is no address that PostgreSQL's library takes: postgresql://user:password@host:5432/database,"
            " with signs other than letters and digits in the password written as %40 and the like."
        ) from problem
    settings = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": str(parts.pop("dbname", "")),
        "USER": str(parts.pop("user", "")),
        "PASSWORD": str(parts.pop("password", "")),
        "HOST": str(parts.pop("host", "")),
        "PORT": str(parts.pop("port", "")),
    }
    options = {key: str(value) for key, value in parts.items() if value is not None}
    # Of several hosts each may have its own.
    for port in settings["PORT"].split(",") if settings["PORT"] else ():
        if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
            raise BadEnvironmentError(
                f"DATABASE_URL has the port {port!r}; it must be a number from 1 to 65535, for example: "
                "postgresql://user:password@host:5432/database."
            )
    if not settings["NAME"]:
        raise BadEnvironmentError("DATABASE_URL names no database: postgresql://user:password@host/database.")
    return settings, options
