"""A bad environment stops the start with a sentence that names the variable and the remedy."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kimdong.environment import BadEnvironmentError, read_environment

GOOD = {
    "KIMDONG_MODE": "production",
    "KIMDONG_SECRET_KEY": "x" * 50,
    "KIMDONG_DATA_KEY": "d" * 50,
    "KIMDONG_HOSTS": "so.kimdong.example, kimdong.example",
    "KIMDONG_FILES": "/var/lib/kimdong",
    "KIMDONG_BEHIND_TLS": "1",
    "DATABASE_URL": "postgresql://kimdong:s%40cret@db:5433/school?sslmode=require",
}


def test_a_good_environment_is_read_whole():
    read = read_environment(GOOD)
    assert (read.mode, read.behind_tls, str(read.files)) == ("production", True, "/var/lib/kimdong")
    assert read.hosts == ("so.kimdong.example", "kimdong.example")
    assert read.database == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "school",
        "USER": "kimdong",
        "PASSWORD": "s@cret",
        "HOST": "db",
        "PORT": "5433",
    }
    assert read.connection_options == {"sslmode": "require"}


def test_a_socket_folder_stands_in_the_query():
    read = read_environment({**GOOD, "DATABASE_URL": "postgresql://kimdong@/school?host=%2Frun%2Fpg"})
    assert (read.database["HOST"], read.database["NAME"]) == ("/run/pg", "school")


def test_a_secret_may_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text("y" * 60 + "\n", encoding="utf-8")
    values = {**GOOD, "KIMDONG_SECRET_KEY": "", "KIMDONG_SECRET_KEY_FILE": str(tmp_path / "key")}
    assert read_environment(values).secret_key == "y" * 60


def test_pages_have_time_limits_in_the_database_and_commands_have_none():
    assert "options" not in read_environment(GOOD).connection_options
    told = read_environment({**GOOD, "KIMDONG_STATEMENT_SECONDS": "45"}).connection_options["options"]
    assert told == ("-c statement_timeout=45s -c lock_timeout=15s -c idle_in_transaction_session_timeout=45s")


def test_mail_is_off_until_a_server_is_named():
    assert read_environment(GOOD).mail is None
    named = {
        "KIMDONG_SMTP_URL": "smtp://hoso:m%40t@mail.example",
        "KIMDONG_MAIL_FROM": "hoso@kimdong.example",
    }
    mail = read_environment({**GOOD, **named}).mail
    assert (mail.host, mail.port, mail.user, mail.password, mail.hour) == (
        "mail.example",
        587,
        "hoso",
        "m@t",
        6,
    )
    with pytest.raises(BadEnvironmentError, match="Set KIMDONG_MAIL_FROM"):
        read_environment({**GOOD, "KIMDONG_SMTP_URL": "smtp://mail.example"})
    with pytest.raises(BadEnvironmentError, match="an hour of the day"):
        read_environment({**GOOD, **named, "KIMDONG_MAIL_HOUR": "25"})


def test_the_certificate_is_asked_for_at_the_name_that_people_type_unless_told():
    assert read_environment(GOOD).tls == ("so.kimdong.example", "so.kimdong.example", 443)
    told = read_environment({**GOOD, "KIMDONG_TLS_ADDRESS": "proxy:8443"}).tls
    assert told == ("so.kimdong.example", "proxy", 8443)
    assert read_environment({**GOOD, "KIMDONG_BEHIND_TLS": "0"}).tls is None
    with pytest.raises(BadEnvironmentError, match="KIMDONG_TLS_ADDRESS is 'proxy'"):
        read_environment({**GOOD, "KIMDONG_TLS_ADDRESS": "proxy"})


def test_what_counts_as_slow_and_who_may_measure_is_read_or_refused(tmp_path):
    read = read_environment(GOOD)
    assert (read.slow_ms, read.metrics_token) == (500, "")
    (tmp_path / "token").write_text("t" * 20 + "\n", encoding="utf-8")
    told = {"KIMDONG_SLOW_MS": "0", "KIMDONG_METRICS_TOKEN_FILE": str(tmp_path / "token")}
    read = read_environment({**GOOD, **told})
    assert (read.slow_ms, read.metrics_token) == (0, "t" * 20)
    with pytest.raises(BadEnvironmentError, match=r"KIMDONG_SLOW_MS is '0\.5'"):
        read_environment({**GOOD, "KIMDONG_SLOW_MS": "0.5"})
    with pytest.raises(BadEnvironmentError, match="KIMDONG_METRICS_TOKEN has 5 characters"):
        read_environment({**GOOD, "KIMDONG_METRICS_TOKEN": "short"})


BACKED_UP = {
    "KIMDONG_BACKUP_REPOSITORY": "/var/lib/kimdong/backups",
    "KIMDONG_BACKUP_SECOND": "sftp:backup@nas.example:/kimdong",
    "KIMDONG_BACKUP_PASSWORD_FILE": "/run/secrets/backup_password",
    "KIMDONG_BACKUP_PROOF_URL": "postgresql://kimdong_proof@db/postgres",
}


def test_backups_are_off_until_a_repository_is_named():
    assert read_environment(GOOD).backups is None
    rule = read_environment({**GOOD, **BACKED_UP}).backups
    assert (rule.repository, rule.second) == (
        "/var/lib/kimdong/backups",
        "sftp:backup@nas.example:/kimdong",
    )
    assert (str(rule.password_file), rule.hour) == ("/run/secrets/backup_password", 1)
    assert rule.keep["daily"] == "30"
    assert rule.proof_address() == "postgresql://kimdong_proof@db/postgres"


def test_the_address_for_proofs_may_be_in_a_file_that_only_the_worker_reads(tmp_path):
    named = {
        **BACKED_UP,
        "KIMDONG_BACKUP_PROOF_URL": "",
        "KIMDONG_BACKUP_PROOF_URL_FILE": str(tmp_path / "url"),
    }
    rule = read_environment({**GOOD, **named}).backups
    with pytest.raises(FileNotFoundError):
        rule.proof_address()
    (tmp_path / "url").write_text("postgresql://kimdong_proof@db/postgres\n", encoding="utf-8")
    assert rule.proof_address() == "postgresql://kimdong_proof@db/postgres"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("KIMDONG_BACKUP_REPOSITORY", "backups", "must be an absolute path or what restic takes"),
        ("KIMDONG_BACKUP_SECOND", "ftp://nas", "must be an absolute path or what restic takes"),
        ("KIMDONG_BACKUP_SECOND", "/var/lib/kimdong/backups", "must be another place"),
        ("KIMDONG_BACKUP_PASSWORD_FILE", "", "Set KIMDONG_BACKUP_PASSWORD_FILE"),
        ("KIMDONG_BACKUP_PASSWORD_FILE", "password", "must be an absolute path"),
        ("KIMDONG_BACKUP_PROOF_URL", "", "Set KIMDONG_BACKUP_PROOF_URL"),
        ("KIMDONG_BACKUP_PROOF_URL", "db", "must begin with postgresql://"),
        ("KIMDONG_BACKUP_KEEP", "daily=many milestones=2y", "has daily=many"),
        ("KIMDONG_BACKUP_KEEP", "hourly=3 daily=3 milestones=2y", "has hourly=3"),
        ("KIMDONG_BACKUP_KEEP", "daily=30", "needs within or daily, and milestones"),
        ("KIMDONG_BACKUP_HOUR", "24", "an hour of the day"),
    ],
)
def test_a_bad_word_about_backups_is_refused_with_its_name_and_remedy(name, value, words):
    with pytest.raises(BadEnvironmentError) as refusal:
        read_environment({**GOOD, **BACKED_UP, name: value})
    assert words in str(refusal.value)
    assert name in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("KIMDONG_MODE", "", "Set KIMDONG_MODE"),
        ("KIMDONG_MODE", "debug", "must be one of demo, test, production"),
        ("KIMDONG_SECRET_KEY", "short", "has 5 characters; it needs at least 50"),
        ("KIMDONG_DATA_KEY", "", "Set KIMDONG_DATA_KEY"),
        ("KIMDONG_DATA_KEY", f"{'d' * 50}\nshort", "Key 2 of KIMDONG_DATA_KEY has 5 characters"),
        ("KIMDONG_DATA_KEY", f"{'d' * 50} {'d' * 50}", "names a key twice"),
        ("KIMDONG_HOSTS", "", "Set KIMDONG_HOSTS"),
        ("KIMDONG_HOSTS", "*", "Set KIMDONG_HOSTS"),
        ("KIMDONG_HOSTS", "http://a.vn/", "has 'http://a.vn/'; write names alone"),
        ("KIMDONG_HOSTS", "a.vn:8000", "write names alone"),
        ("KIMDONG_SECRET_KEY_FILE", "/nope", "is /nope, which cannot be read (No such file or directory)"),
        ("KIMDONG_DATA_KEY", "x" * 50, "is the same as KIMDONG_SECRET_KEY"),
        ("KIMDONG_WEB_WORKERS", "zero", "must be a number of processes"),
        ("KIMDONG_WEB_WORKERS", "0", "must be 1 to 64 processes"),
        ("KIMDONG_WEB_WORKERS", "65", "must be 1 to 64 processes"),
        ("KIMDONG_BACKUP_SECOND", "/mnt/nas", "set, but KIMDONG_BACKUP_REPOSITORY is not"),
        ("KIMDONG_BACKUP_HOUR", "1", "set, but KIMDONG_BACKUP_REPOSITORY is not"),
        ("KIMDONG_BACKUP_KEEP", "daily=3 milestones=2y", "set, but KIMDONG_BACKUP_REPOSITORY is not"),
        ("KIMDONG_BIND", "abc", "must be an address and a port"),
        ("KIMDONG_BIND", "127.0.0.1:http", "must be an address and a port"),
        ("KIMDONG_ADDRESS", "https://[a.vn", "must be a scheme and a name"),
        ("KIMDONG_FILES", "files", "must be an absolute path"),
        ("KIMDONG_BEHIND_TLS", "yes", "must be 0 or 1"),
        ("KIMDONG_STATEMENT_SECONDS", "45s", "must be a number of seconds"),
        ("KIMDONG_SMTP_URL", "http://mail", "must begin with smtp://"),
        ("KIMDONG_SMTP_URL", "smtp://a.vn:port", "a name and the number of a port"),
        ("DATABASE_URL", "postgresql://kimdong@[db/school", "is no address"),
        ("DATABASE_URL", "sqlite:///school.db", "must begin with postgresql://"),
        ("DATABASE_URL", "postgresql://kimdong@db/", "names no database"),
        ("DATABASE_URL", "postgresql://kimdong@db:port/school", "has the port 'port'"),
        ("DATABASE_URL", "postgresql://kimdong@db:70000/school", "has the port '70000'"),
    ],
)
def test_a_bad_value_is_refused_with_its_name_and_remedy(name, value, words):
    with pytest.raises(BadEnvironmentError) as refusal:
        read_environment(
            {**GOOD, **({"KIMDONG_SECRET_KEY": ""} if name.endswith("_FILE") else {}), name: value}
        )
    assert words in str(refusal.value)
    assert name in str(refusal.value)


@pytest.mark.parametrize(
    "command", [["manage.py", "check"], ["-m", "gunicorn", "--config", "kimdong/gunicorn.py", "kimdong.wsgi"]]
)
def test_a_bad_value_ends_the_start_with_its_sentence_alone(command):
    done = subprocess.run(
        [sys.executable, *command],
        cwd=Path(__file__).resolve().parent.parent,
        env={**os.environ, **GOOD, "KIMDONG_WEB_WORKERS": "zero"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "Kim Dong does not start. KIMDONG_WEB_WORKERS is 'zero'; it must be a number of processes, for example: 2.\n"
    )


def test_a_web_server_listens_where_it_is_told_with_as_many_processes():
    read = read_environment(GOOD)
    assert (read.bind, read.web_workers) == ("127.0.0.1:8000", 2)
    told = {"KIMDONG_BIND": "unix:/run/kimdong/web.sock", "KIMDONG_WEB_WORKERS": "4"}
    read = read_environment({**GOOD, **told})
    assert (read.bind, read.web_workers) == ("unix:/run/kimdong/web.sock", 4)
    assert read_environment({**GOOD, "KIMDONG_BIND": "[::]:8000"}).bind == "[::]:8000"
