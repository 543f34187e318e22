"""The embedded server of demo and tests: started by real commands, killed for real."""

import os
import subprocess
import sys
import uuid
from pathlib import Path

import psutil
import psycopg
import pytest

from kimdong import embedded_postgres

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def data_dir(tmp_path):
    folder = tmp_path / "pg"
    yield folder
    embedded_postgres.stop(folder)


def _command(act: str, data_dir: Path) -> str:
    """What `python -m kimdong.embedded_postgres` prints; it runs and ends in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "kimdong.embedded_postgres",
        act,
        "--data",
        data_dir,
        "--database",
        "school",
    ]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def _ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
        return row[0] if row else None


def _server(data_dir: Path) -> psutil.Process:
    return psutil.Process(int((data_dir / "postmaster.pid").read_text().splitlines()[0]))


def _has_ended(process: psutil.Process) -> bool:
    """A process that only waits for init to take note of it has ended, too."""
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_the_server_outlives_the_command_that_started_it_and_ends_with_stop(data_dir):
    url = _command("start", data_dir)
    server = _server(data_dir)
    assert _ask(url, "SELECT current_database()") == "school"
    assert _command("url", data_dir) == url
    assert _command("stop", data_dir) == ""
    assert _has_ended(server)
    assert _command("stop", data_dir) == ""  # and once more, with nothing left to do


def test_a_second_start_finds_the_same_server_and_its_data(data_dir):
    url = embedded_postgres.start(data_dir, "school")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'Đặng Thị Ánh' AS name")
    server = _server(data_dir)
    assert embedded_postgres.start(data_dir, "school") == url
    assert _server(data_dir) == server
    assert _ask(url, "SELECT upper(name) FROM kept") == "ĐẶNG THỊ ÁNH"


def test_the_server_starts_after_kill_9_even_if_its_number_belongs_to_another_program(data_dir):
    url = embedded_postgres.start(data_dir, "school")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
    _server(data_dir).kill()
    stale = (data_dir / "postmaster.pid").read_text().splitlines()
    (data_dir / "postmaster.pid").write_text("\n".join([str(os.getpid()), *stale[1:]]) + "\n")
    assert embedded_postgres.start(data_dir, "school") == url
    assert _ask(url, "SELECT number FROM kept") == 1


def test_stop_never_ends_a_program_that_took_over_the_number(data_dir):
    embedded_postgres.start(data_dir, "school")
    server = _server(data_dir)
    server.kill()
    with subprocess.Popen(["sleep", "60"]) as other:
        (data_dir / "postmaster.pid").write_text(f"{other.pid}\n")
        embedded_postgres.stop(data_dir)
        assert other.poll() is None
        other.kill()


@pytest.mark.parametrize("folder", ["d" * 120, "một, hai"])
def test_the_server_starts_where_its_socket_path_would_not_do(tmp_path, folder):
    data_dir = tmp_path / folder / "pg"
    try:
        assert _ask(embedded_postgres.start(data_dir, "school"), "SELECT 1") == 1
    finally:
        embedded_postgres.stop(data_dir)


def test_the_owner_of_the_database_is_no_superuser(data_dir):
    url = embedded_postgres.start(data_dir, "school")
    assert _ask(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    assert _ask(url, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'school'") == "kimdong"


def test_commits_wait_for_the_disk_unless_the_data_is_for_tests(data_dir):
    assert _ask(embedded_postgres.start(data_dir, "school"), "SHOW fsync") == "on"
    embedded_postgres.stop(data_dir)
    assert _ask(embedded_postgres.start(data_dir, "school", durable=False), "SHOW fsync") == "off"


def test_a_folder_with_other_things_in_it_is_refused(tmp_path):
    (tmp_path / "holiday.jpg").write_bytes(uuid.uuid4().bytes)
    with pytest.raises(embedded_postgres.EmbeddedPostgresError, match="not empty"):
        embedded_postgres.start(tmp_path, "school")
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]


def test_data_of_another_postgresql_is_refused_with_the_remedy(tmp_path):
    (tmp_path / "PG_VERSION").write_text("16\n")
    with pytest.raises(
        embedded_postgres.EmbeddedPostgresError, match=r"made by PostgreSQL 16.*delete the folder"
    ):
        embedded_postgres.start(tmp_path, "school")
