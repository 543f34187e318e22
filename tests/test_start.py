"""What a start finds wrong with the machine or the database ends it with one sentence: no way there, no long line."""

import errno
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from django.core.management import get_commands

from kimdong import start
from kimdong.backup import postgres
from tests.accounts.test_certificates import KEY, certificate
from tests.test_environment import GOOD

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "đúng"
NOBODY = 65534


@pytest.fixture
def good(tmp_path):
    """An environment of production whose folder can be made."""
    return {**GOOD, "KIMDONG_FILES": str(tmp_path / "new" / "files")}


@pytest.fixture
def signed(good, tmp_path):
    file = tmp_path / "school.p12"
    lock = serialization.BestAvailableEncryption(PASSWORD.encode())
    file.write_bytes(pkcs12.serialize_key_and_certificates(b"school", KEY, certificate(), None, lock))
    return {**good, "KIMDONG_SIGNING_CERTIFICATE": str(file), "KIMDONG_SIGNING_PASSWORD": PASSWORD}


def refusal(environment):
    with pytest.raises(SystemExit) as end:
        start.environment_or_exit(environment)
    sentence = str(end.value)
    assert sentence.startswith("Kim Dong does not start. ")
    assert "\n" not in sentence
    return sentence


def test_a_good_environment_starts_and_its_folder_is_made(signed):
    assert start.environment_or_exit(signed).files.is_dir()


@pytest.mark.parametrize(
    ("folder", "words"),
    [("/etc/hostname", "but it is no folder"), ("/proc/nope/files", "but it cannot be made")],
)
def test_a_folder_of_files_that_is_none_or_cannot_be_made_is_refused(good, folder, words):
    told = refusal({**good, "KIMDONG_FILES": folder})
    assert f"KIMDONG_FILES is {folder}, {words}" in told
    assert "name a folder that this process may write" in told


@pytest.fixture
def read_only_folder():
    """Of another than who starts, where the tests run as root, whom no folder refuses."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o555)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    yield folder
    if is_root:
        os.seteuid(0)
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_folder_of_files_that_is_there_but_not_writable_is_refused(good, read_only_folder):
    told = refusal({**good, "KIMDONG_FILES": str(read_only_folder)})
    assert f"KIMDONG_FILES is {read_only_folder}, but it cannot be written: Permission denied; name a" in told


def test_a_folder_that_was_tried_has_no_file_left_in_it(good):
    assert list(start.environment_or_exit(good).files.iterdir()) == []


def test_a_full_disk_does_not_keep_a_school_from_its_pages(good, monkeypatch):
    def full(**_where):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(start.tempfile, "TemporaryFile", full)
    assert start.environment_or_exit(good).files.is_dir()


def test_a_certificate_that_is_no_pkcs_12_is_refused(signed, tmp_path):
    (tmp_path / "school.p12").write_text("not a certificate", encoding="utf-8")
    assert "school.p12, which is no PKCS #12 file" in refusal(signed)


def test_a_certificate_that_its_password_does_not_open_is_refused(signed):
    told = refusal({**signed, "KIMDONG_SIGNING_PASSWORD": "sai"})
    assert (
        "which KIMDONG_SIGNING_PASSWORD (or the file of KIMDONG_SIGNING_PASSWORD_FILE) does not open" in told
    )
    assert "sai" not in told.split()


def test_a_certificate_without_a_key_is_refused(signed, tmp_path):
    lock = serialization.BestAvailableEncryption(PASSWORD.encode())
    without = pkcs12.serialize_key_and_certificates(None, None, certificate(), None, lock)
    (tmp_path / "school.p12").write_bytes(without)
    assert "holds no certificate with its key" in refusal(signed)


def test_a_certificate_where_what_signs_is_not_installed_is_refused(signed, monkeypatch):
    monkeypatch.setattr(start.importlib.util, "find_spec", lambda name: None if name == "pyhanko" else name)
    told = refusal(signed)
    assert "pyHanko, which signs, is not installed" in told
    assert "requirements-signing.txt" in told


def test_without_a_certificate_nothing_of_signing_is_imported(good):
    program = (
        "import os, sys; from kimdong.start import environment_or_exit; environment_or_exit(os.environ);"
        " print('cryptography' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, **good},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False\n"


# -- The database ------------------------------------------------------------------------------------------


def manage(command, good, url):
    return subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=ROOT,
        env={**os.environ, **good, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("command", ["migrate", "first_run", "work", "restore"])
def test_a_database_that_does_not_answer_ends_a_command_with_one_sentence(good, command):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        done = manage(command, good, f"postgresql://kimdong:s3cret@127.0.0.1:{port}/school")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"Kim Dong does not start. The database school (host 127.0.0.1, port {port}, user kimdong) does not let it in: "
        "Connection refused. See whether PostgreSQL runs there, and whether DATABASE_URL (or the file of "
        "DATABASE_URL_FILE) has the right host, port, database, user and password.\n"
    )


def test_a_host_that_nobody_knows_and_a_database_that_is_not_there_are_told_by_the_reason(good, db):
    unknown = manage("migrate", good, "postgresql://kimdong@nowhere.invalid/school")
    assert "(host nowhere.invalid, port 5432, user kimdong)" in unknown.stderr
    assert unknown.stderr.count("\n") == 1
    address = {**postgres.address_of_the_school(), "dbname": "no_such_school"}
    missing = manage("migrate", good, postgres.url_of(address))
    assert 'does not let it in: database "no_such_school" does not exist. See' in missing.stderr
    assert missing.stderr.count("\n") == 1


def test_every_command_of_ours_is_asked_for_its_database():
    ours = ("accounts", "approvals", "gradebook", "kimdong", "reports", "students")
    assert {name for name, app in get_commands().items() if app in ours} == start.NEED_THE_DATABASE
