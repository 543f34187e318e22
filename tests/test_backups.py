"""A school is backed up, proven and brought back on an empty machine, with the real PostgreSQL and the real restic."""

import datetime
import errno
import os
import secrets
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from psycopg import sql

from accounts import clock
from accounts.background import InOtherHands
from accounts.backups import BOOKS_TRIED, Standing, ask_for_backup, read_health
from accounts.history import Source, acting
from accounts.models import Backup, DiskReading
from accounts.sealed import unseal
from approvals.models import Evidence
from gradebook.models import SubjectResult
from kimdong.backup import BackupFailed, contents, making, postgres
from kimdong.backup.repository import Repository
from kimdong.embedded_postgres import APPLICATION_ROLE, OWNER_ROLE
from kimdong.version import VERSION
from students.models import Student
from tests.approvals.papers import entered_school, filed
from tests.backup_places import rule_below
from tests.gradebook.school import make_school


@pytest.fixture
def place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files" / "private"
    settings.MEDIA_ROOT.mkdir(parents=True)
    settings.BACKUPS = rule_below(tmp_path)
    return tmp_path


def made(by):
    backup = ask_for_backup(by=by)
    making.run_backup(backup.pk)
    return Backup.objects.get(pk=backup.pk)


def saved():
    """In the repository alone: neither proven nor anywhere else. Returns its code."""
    media = Path(settings.MEDIA_ROOT)
    repository = Repository(settings.BACKUPS.repository, settings.BACKUPS.password_file)
    with contents.workplace(media.parent / contents.PLACE) as place:
        making.take(media, place)
        return repository.save(media.parent, [media.name, contents.PLACE], left_out=[], tags=[]).snapshot


def everything_in(folder):
    return b"".join(path.read_bytes() for path in Path(folder).rglob("*") if path.is_file())


def databases():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, current_database() || '_proof_')"
        )
        return [name for (name,) in cursor.fetchall()]


# -- There and back ----------------------------------------------------------------------------------------


@contextmanager
def new_machine(folder):
    """An empty database and folder of another name; yields the database's address and the environment of its school."""
    server = {**postgres.address_of_the_school(), "user": OWNER_ROLE}
    name = f"kimdong_new_{secrets.token_hex(4)}"
    with psycopg.connect(**server, autocommit=True) as maintenance:
        maintenance.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        address = {**server, "dbname": name}
        yield (
            address,
            {
                **os.environ,
                "DATABASE_URL": postgres.url_of(address),
                "KIMDONG_FILES": str(folder),
                "KIMDONG_BACKUP_REPOSITORY": settings.BACKUPS.repository,
                "KIMDONG_BACKUP_SECOND": settings.BACKUPS.second,
                "KIMDONG_BACKUP_PASSWORD_FILE": str(settings.BACKUPS.password_file),
                "KIMDONG_BACKUP_PROOF_URL": settings.BACKUPS.proof,
            },
        )
    finally:
        with psycopg.connect(**server, autocommit=True) as maintenance:
            maintenance.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def restore(environment, *arguments):
    return subprocess.run(
        [sys.executable, "manage.py", "restore", *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_school_is_backed_up_proven_and_brought_back_on_an_empty_machine(committed, place):
    school = entered_school()
    filed(school)
    evidence = Evidence.objects.get()
    kept = Path(evidence.file.path).read_bytes()
    results = SubjectResult.objects.count()

    backup = made(school.tuan)
    assert (backup.state, backup.failure, backup.second_fault) == ("proven", "", "")
    assert (backup.files, backup.files_tried) == (1, 1)
    assert backup.made_at <= backup.second_at <= backup.proven_at
    assert read_health().standing == Standing.GOOD
    assert databases() == []
    assert [path.name for path in (place / "files").iterdir()] == ["private"]
    assert school.pupils[0].full_name.encode() not in everything_in(place / "repository")

    shutil.rmtree(place / "repository")  # the machine is gone, the second place is left
    with new_machine(place / "new") as (address, environment):
        done = restore(environment, "--from-second", "--snapshot", backup.snapshot[:8])
        assert done.returncode == 0, done.stdout + done.stderr
        for words in (
            f"reading backup {backup.snapshot[:8]}",
            "restoring the database",
            "granting",
            "comparing",
            f"of {timezone.localtime(backup.made_at):%H:%M %d/%m/%Y} (Asia/Ho_Chi_Minh), ",
            f"made by version {VERSION}, this is {VERSION}",
            "copying the backups of the second place to this machine",
            " s in all",
        ):
            assert words in done.stdout
        here = Repository(settings.BACKUPS.repository, settings.BACKUPS.password_file)
        assert backup.snapshot in here.snapshots()  # as «Sao lưu» lists it
        assert (place / "new" / "private" / evidence.file.name).read_bytes() == kept
        with psycopg.connect(**address) as reading:
            found = reading.execute(
                "SELECT count(*), count(*) FILTER (WHERE mark = 7) FROM gradebook_subjectresult"
            ).fetchone()
            rights = reading.execute(
                "SELECT has_table_privilege(%(role)s, 'gradebook_subjectresult', 'UPDATE'),"
                " has_table_privilege(%(role)s, 'gradebook_historicalsubjectresult', 'UPDATE'),"
                " has_schema_privilege(%(role)s, 'public', 'USAGE')",
                {"role": APPLICATION_ROLE},
            ).fetchone()
        assert found == (results, 1)
        assert rights == (True, False, True)

        again = restore(environment, "--from-second")
        assert again.returncode != 0
        assert "is not empty" in again.stderr
        assert "nothing was restored" in again.stderr


def test_a_school_that_is_there_is_replaced_only_when_told(committed, place):
    entered_school()
    code = saved()
    with new_machine(place / "new") as (address, environment):
        with psycopg.connect(**address) as writing:
            writing.execute("CREATE TABLE something (id int)")
        (place / "new" / "private").mkdir(parents=True)
        (place / "new" / "private" / "old.txt").write_text("old", encoding="utf-8")
        done = restore(environment, "--snapshot", code[:8], "--replace")
        assert done.returncode == 0, done.stdout + done.stderr
        with psycopg.connect(**address) as reading:
            tables = contents.read_tables(reading)
            assert "something" not in tables
            assert tables["students_student"][0] == 10
            usable = reading.execute("SELECT has_schema_privilege(%s, 'public', 'USAGE')", [APPLICATION_ROLE])
            assert usable.fetchone() == (True,)
        assert not (place / "new" / "private" / "old.txt").exists()


def test_a_school_brought_back_with_another_data_key_is_not_called_back_and_the_key_can_be_given_afterwards(
    committed, place
):
    school = entered_school()
    pupil = Student.objects.get(pk=school.pupils[0].pk)
    pupil.mother_phone = "0912345678"
    with acting(school.lan, role="GVCN 4A", source=Source.PAGE):
        pupil.save()
    saved()
    with new_machine(place / "new") as (address, environment):
        done = restore(environment | {"KIMDONG_DATA_KEY": "w" * 60})
        assert done.returncode != 0
        assert "The school is back" not in done.stdout
        assert "restored, but KIMDONG_DATA_KEY lacks the key" in done.stderr
        assert "Put the school's own data_key" in done.stderr
        assert "Traceback" not in done.stderr
        with psycopg.connect(**address) as reading:
            [phone] = reading.execute(
                "SELECT mother_phone FROM students_student WHERE mother_phone <> ''"
            ).fetchone()
        assert unseal(phone, "mother_phone") == "0912345678"


def test_a_backup_that_the_data_key_at_hand_does_not_open_is_not_proven(committed, place, settings):
    school = entered_school()
    pupil = Student.objects.get(pk=school.pupils[0].pk)
    pupil.mother_phone = "0912345678"
    with acting(school.lan, role="GVCN 4A", source=Source.PAGE):
        pupil.save()
    backup = ask_for_backup(by=school.tuan)
    settings.DATA_KEYS = ("w" * 60,)
    with pytest.raises(making.TryAgain):
        making.run_backup(backup.pk)
    backup.refresh_from_db()
    assert "khoá dữ liệu không mở được các cột đã mã hoá" in backup.failure
    assert backup.proven_at is None


def test_replacing_as_the_applications_role_is_refused_with_who_may(committed, place):
    saved()
    with new_machine(place / "new") as (address, environment):
        with psycopg.connect(**address) as writing:
            writing.execute("CREATE TABLE something (id int)")
        as_application = postgres.url_of({**address, "user": APPLICATION_ROLE})
        done = restore(environment | {"DATABASE_URL": as_application}, "--replace")
        assert done.returncode != 0
        assert f"{APPLICATION_ROLE} does not own" in done.stderr
        assert "owner_database_url" in done.stderr
        assert "Traceback" not in done.stderr
        with psycopg.connect(**address) as reading:
            assert reading.execute("SELECT count(*) FROM something").fetchone() == (0,)


# -- What is wrong is found --------------------------------------------------------------------------------


def flip_a_byte(pack):
    content = bytearray(pack.read_bytes())
    content[len(content) // 2] ^= 1
    pack.chmod(0o600)
    pack.write_bytes(content)


def test_a_damaged_repository_is_found_and_the_school_told(committed, place, client, settings):
    school = make_school()
    settings.BACKUPS = replace(settings.BACKUPS, second=str(place / "password" / "no-folder"))
    good = made(school.tuan)
    assert (good.state, good.second_at) == ("proven", None)
    assert "không làm được việc" in good.second_fault
    assert read_health().standing == Standing.SECOND_FAULTY
    pack = max((place / "repository" / "data").rglob("*"), key=lambda path: path.stat().st_size)
    flip_a_byte(pack)
    bad = ask_for_backup(by=school.tuan)
    with pytest.raises(making.TryAgain):
        making.run_backup(bad.pk)
    bad.refresh_from_db()
    assert (bad.state, bad.attempts) == ("waiting", 1)
    assert "bị hỏng" in bad.failure
    assert read_health().standing == Standing.FAULTY
    client.force_login(school.tuan)
    page = client.get("/accounts/backups/").content.decode()
    assert "Chưa an toàn" in page
    assert "bị hỏng" in page
    assert f"(bản số {good.pk})" in page

    pack.unlink()
    with pytest.raises(BackupFailed, match="bị hỏng"):
        # Its structure alone: of what is missing restic asks again and again for a minute before it gives up.
        Repository(settings.BACKUPS.repository, settings.BACKUPS.password_file).run("check")


def test_a_wrong_password_is_refused_and_after_three_tries_the_backup_failed(committed, place):
    school = make_school()
    rule = settings.BACKUPS
    Repository(rule.repository, rule.password_file).make()
    rule.password_file.write_text("mật khẩu khác\n", encoding="utf-8")
    backup = ask_for_backup(by=school.tuan)
    for _attempt in range(2):
        with pytest.raises(making.TryAgain):
            making.run_backup(backup.pk)
    making.run_backup(backup.pk)
    backup.refresh_from_db()
    assert (backup.state, backup.attempts) == ("failed", 3)
    assert "không mở được kho" in backup.failure
    assert not (place / "files" / ".backup").exists()


FULL = (
    "Ổ đĩa {} hết chỗ. Nhờ người quản trị máy chủ dọn bớt hoặc thêm chỗ trong hôm nay, rồi bấm «Sao lưu ngay»"
)
NO_LOCK = """write /b/locks/03a71c-tmp-1: no space left on device
github.com/restic/restic/internal/backend/local.(*Local).Save
\tgithub.com/restic/restic/internal/backend/local/local.go:170
main.glob..func2
\tgithub.com/restic/restic/cmd/restic/cmd_backup.go:74
runtime.main
\truntime/proc.go:250
runtime.goexit
\truntime/asm_amd64.s:1594
unable to create lock in backend
"""
"""What restic 0.14 says when its disk is full (but for more of the same stack)."""


def test_a_full_disk_of_the_backups_is_called_that_and_no_stack_is_shown(tmp_path):
    fault = str(Repository("/b", tmp_path)._failure("backup", NO_LOCK))
    assert fault.startswith(FULL.format("của kho sao lưu /b"))
    assert fault.endswith("Máy báo: write /b/locks/03a71c-tmp-1: no space left on device")
    packed = "Fatal: unable to save snapshot: write /tmp/restic-temp-pack-1: no space left on device"
    assert "Ổ đĩa của thư mục tạm (/tmp" in str(Repository("/b", tmp_path)._failure("backup", packed))
    restored = "restore: write /files/.restore/x: no space left on device"
    assert FULL.format("của tệp (KIMDONG_FILES)") in str(
        Repository("/b", tmp_path)._failure("restore", restored)
    )


def test_other_faults_keep_their_words_but_never_a_stack(tmp_path):
    refused = NO_LOCK.replace("no space left on device", "permission denied")
    fault = str(Repository("/b", tmp_path)._failure("backup", refused))
    assert "không làm được việc «backup»" in fault
    assert fault.endswith("Máy báo: write /b/locks/03a71c-tmp-1: permission denied")
    lines = "Load(<data/1>) returned error\nerror: pack 2 is bad\nFatal: repository contains errors"
    assert lines.replace("\n", " / ") in str(Repository("/b", tmp_path)._failure("prune", lines))


@pytest.mark.parametrize(
    ("program", "words", "disk"),
    [
        (
            "pg_dump",
            "pg_dump: error: could not write to output file: No space left on device",
            "của tệp (KIMDONG_FILES)",
        ),
        (
            "pg_restore",
            'pg_restore: error: ERROR:  could not extend file "base/5/1": No space left on device',
            "của cơ sở dữ liệu",
        ),
    ],
)
def test_of_a_full_disk_the_databases_programs_are_told_apart(program, words, disk):
    assert str(postgres._failure(program, words)).startswith(FULL.format(disk))


def test_a_full_disk_of_the_files_fails_a_backup_in_plain_words_and_the_room_is_measured_again(
    committed, place, monkeypatch
):
    school = make_school()

    def full(*_anything):
        raise OSError(errno.ENOSPC, "No space left on device", "/files/.backup/manifest.json")

    monkeypatch.setattr(contents.Manifest, "write", full)
    (place / "repository").mkdir()
    backup = ask_for_backup(by=school.tuan)
    with pytest.raises(making.TryAgain):
        making.run_backup(backup.pk)
    backup.refresh_from_db()
    assert backup.failure.startswith(FULL.format("của tệp (KIMDONG_FILES)"))
    reading = DiskReading.objects.get()
    assert reading.total
    assert reading.read_at >= backup.started_at


def test_one_that_failed_is_not_tried_again_once_a_later_one_that_is_kept_as_long_is_proven(committed, place):
    school = make_school()
    started = clock.stamp() - datetime.timedelta(minutes=5)
    told = {"state": "waiting", "failure": "Ổ đĩa hết chỗ.", "attempts": 1, "started_at": started}
    daily, lock = (
        Backup.objects.create(reason=reason, occasion=f"{reason} x", **told)
        for reason in ("daily", "after_lock")
    )
    asked = Backup.objects.create(reason="asked", asked_by=school.tuan)
    making.run_backup(asked.pk)
    making.run_backup(daily.pk)
    daily.refresh_from_db()
    assert (daily.state, daily.attempts, daily.snapshot) == ("failed", 1, "")
    assert f"Không thử lại nữa: bản số {asked.pk}, làm sau, đã khôi phục thử đúng." in daily.failure
    assert read_health().standing == Standing.GOOD
    making.run_backup(lock.pk)
    lock.refresh_from_db()
    assert lock.state == "proven"  # kept for two years: a daily one would not do


def test_values_that_did_not_come_back_are_named_by_their_table(committed, place, monkeypatch):
    school = make_school()
    run = postgres._run

    def changing(program, *arguments, address):
        run(program, *arguments, address=address)
        if program == "pg_restore":
            with psycopg.connect(**address) as scratch:
                scratch.execute("UPDATE students_schoolclass SET name = name || 'x'")

    monkeypatch.setattr(postgres, "_run", changing)
    backup = ask_for_backup(by=school.tuan)
    with pytest.raises(making.TryAgain):
        making.run_backup(backup.pk)
    backup.refresh_from_db()
    assert "bảng students_schoolclass có giá trị khác lúc sao lưu" in backup.failure
    assert backup.proven_at is None
    assert databases() == []


@pytest.mark.django_db
def test_the_scratch_database_is_gone_though_a_connection_was_left_there_and_so_are_those_of_killed_workers(
    place,
):
    server = postgres.address_in(settings.BACKUPS.proof_address())
    school = postgres.address_of_the_school()["dbname"]
    with psycopg.connect(**server, autocommit=True) as maintenance:
        maintenance.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(f"{school}_proof_killed")))
    with postgres.scratch_database(server, of=school) as scratch:
        assert databases() == [scratch["dbname"]]
        left = psycopg.connect(**scratch)
    assert databases() == []
    with pytest.raises(psycopg.OperationalError):
        left.execute("SELECT 1")
    left.close()


def test_rows_that_are_missing_are_counted():
    told = {"a": (2, "5"), "b": (1, "3"), "c": (0, "0")}
    assert contents.differences(told, told) == []
    assert contents.differences(told, {"a": (1, "2"), "b": (1, "4"), "d": (0, "0")}) == [
        "bảng a có 1 dòng, lúc sao lưu có 2 dòng",
        "bảng b có giá trị khác lúc sao lưu",
        "thiếu bảng c",
        "thừa bảng d",
    ]


def test_a_file_that_is_gone_or_another_is_named(tmp_path):
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").write_bytes(b"2")
    told = contents.sample_of([tmp_path / "a", tmp_path / "b"], tmp_path)
    assert contents.file_faults(told, tmp_path) == []
    (tmp_path / "a").unlink()
    (tmp_path / "b").write_bytes(b"3")
    assert contents.file_faults(told, tmp_path) == ["thiếu tệp a", "tệp b khác lúc sao lưu"]


def test_printed_books_are_always_among_the_files_that_are_compared(tmp_path):
    paths = []
    for folder, number in (("books", 30), ("evidence", 500)):
        (tmp_path / folder).mkdir()
        paths += [tmp_path / folder / str(each) for each in range(number)]
    for path in paths:
        path.write_bytes(b"1")
    told = contents.sample_of(paths, tmp_path)
    assert len(told) == contents.FILES_TRIED
    assert sum(name.startswith("books/") for name in told) >= BOOKS_TRIED
    assert len(contents.sample_of(paths[:3], tmp_path)) == 3


@pytest.mark.django_db
def test_a_file_that_is_no_longer_what_the_school_took_in_is_named(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    filed(entered_school())
    evidence = Evidence.objects.get()
    connection.ensure_connection()
    raw = connection.connection
    assert contents.unlike_recorded({evidence.file.name: evidence.sha256, "khác": "1"}, raw) == []
    [fault] = contents.unlike_recorded({evidence.file.name: "0" * 64}, raw)
    assert "không còn như lúc trường nhận" in fault


# -- Beside each other, and beside the school's work -------------------------------------------------------


def test_a_lock_that_a_killed_worker_left_in_the_repository_is_taken_away(place):
    rule = settings.BACKUPS
    repository = Repository(rule.repository, rule.password_file)
    repository.unlock()  # there is none yet
    repository.make()
    (place / "big").write_bytes(secrets.token_bytes(40 << 20))
    told = ["--repo", rule.repository, "--password-file", str(rule.password_file), "--limit-upload", "1000"]
    with subprocess.Popen(
        ["restic", *told, "--no-cache", "backup", "big"],
        cwd=place,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as killed:
        # Written beside its place first, by a name with "-tmp-": killed then, it leaves no lock.
        while all("-tmp-" in each.name for each in (place / "repository" / "locks").iterdir()):
            assert killed.poll() is None
            time.sleep(0.05)
        killed.kill()
    with pytest.raises(BackupFailed, match="lock was created"):
        repository.check(day=0)
    repository.unlock()
    repository.check(day=0)


def test_of_two_at_once_one_waits(committed, place):
    school = make_school()
    backup = ask_for_backup(by=school.tuan)
    with psycopg.connect(**postgres.address_of_the_school()) as other:
        other.execute("SELECT pg_advisory_lock(36, 0)")
        with pytest.raises(InOtherHands):
            making.run_backup(backup.pk)
    backup.refresh_from_db()
    assert (backup.state, backup.attempts) == ("waiting", 0)


@pytest.mark.django_db
def test_what_came_of_a_backup_stays(place):
    school = make_school()
    backup = Backup.objects.create(
        reason="asked", asked_by=school.tuan, state="failed", failure="hết chỗ", attempts=3
    )
    for refused in (
        lambda: Backup.objects.filter(pk=backup.pk).update(state="waiting"),
        lambda: Backup.objects.filter(pk=backup.pk)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            refused()
    making.run_backup(backup.pk)
    backup.refresh_from_db()
    assert backup.state == "failed"


def test_old_backups_are_let_go_of_by_the_rule_and_those_of_locks_by_theirs(place):
    rule = settings.BACKUPS
    repository = Repository(rule.repository, rule.password_file)
    repository.make()
    (place / "x").write_text("x", encoding="utf-8")
    days = [
        ("2025-01-10", "routine"),
        ("2025-01-11", "milestone"),
        ("2026-01-10", "routine"),
        ("2026-01-10", "routine"),
    ]
    for day, tag in days:
        told = [f"--time={day} 01:00:00", "--host=kimdong", "--tag=kimdong", f"--tag={tag}"]
        repository.run("backup", *told, "x", folder=place)
    before = [*repository.snapshots()]
    repository.forget({"daily": "1", "milestones": "2y"})
    kept = [*repository.snapshots()]
    assert len(before) == 4
    assert len(kept) == 2
    assert before[1] in kept  # the lock's
    assert {*kept} - {before[1]} <= {*before[2:]}  # the newest day's
