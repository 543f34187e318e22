"""A worker stopped or killed while it writes a list leaves nothing of it; each on a connection of its own (R85)."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from django.conf import settings
from django.db import connection

from accounts.background import InOtherHands
from students.models import RosterRun, SchoolClass
from students.roster_runs import RUNS, cancel_run, carry_out_run
from tests.gradebook.school import make_school
from tests.students.test_roster_runs import STATE, asked, kept, written


@pytest.mark.usefixtures("committed")
def test_a_run_stopped_while_the_worker_writes_leaves_nothing():
    school = make_school()
    run = asked(school, kept(school))
    steps = []

    def cancel_in_the_last_step() -> bool:
        steps.append(RosterRun.objects.get(pk=run.pk).step)
        if len(steps) == 4:
            stopping.start()
            while RosterRun.objects.get(pk=run.pk).state != STATE.FAILED:
                pass
        return False

    def cancel() -> None:
        try:
            cancel_run(run, by=school.tuan)
        finally:
            connection.close()

    stopping = threading.Thread(target=cancel)
    carry_out_run(run.pk, should_stop=cancel_in_the_last_step)
    stopping.join(timeout=30)
    run.refresh_from_db()
    assert (run.state, written()) == (STATE.FAILED, 0)
    assert "đã dừng việc nạp" in run.failure
    assert steps == ["", "Đọc tệp", "Đối chiếu với hồ sơ đã lưu", "Ghi hồ sơ học sinh"]


HANGS_IN_THE_LAST_STEP = """
import django, sys, time; django.setup()
from students.roster_runs import carry_out_run
asked = iter(range(9))
def hang():
    if next(asked) == 3:
        print("written, not committed", flush=True)
        time.sleep(60)
    return False
carry_out_run(int(sys.argv[1]), should_stop=hang)
"""


def as_another_process(run: RosterRun) -> subprocess.Popen:
    known = connection.get_connection_params()
    query = "&".join(f"{key}={known[key]}" for key in ("host", "user", "port", "password") if known.get(key))
    return subprocess.Popen(
        [sys.executable, "-c", HANGS_IN_THE_LAST_STEP, str(run.pk)],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "kimdong.settings",
            "DATABASE_URL": f"postgresql:///{known['dbname']}?{query}",
        },
        stdout=subprocess.PIPE,
        text=True,
    )


def wait_until_the_server_has_let_go(run: RosterRun) -> None:
    """PostgreSQL learns a moment after the kill that nobody is at the other end; the queue tries again meanwhile."""
    for _attempt in range(200):
        try:
            with RUNS.alone_with(run.pk):
                return
        except InOtherHands:
            time.sleep(0.05)
    raise AssertionError("the server still holds the dead worker's lock after 10 seconds")


@pytest.mark.usefixtures("committed")
def test_a_worker_killed_in_the_last_step_leaves_nothing_and_the_next_one_does_it_once():
    school = make_school()
    run = asked(school, kept(school))
    with as_another_process(run) as worker:
        assert worker.stdout.readline() == "written, not committed\n"
        run.refresh_from_db()
        assert (run.state, run.step, run.done) == (STATE.RUNNING, "Ghi hồ sơ học sinh", 2)
        worker.send_signal(signal.SIGKILL)
    wait_until_the_server_has_let_go(run)
    assert written() == 0
    assert not SchoolClass.objects.filter(name="1B").exists()
    carry_out_run(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempts, written()) == (STATE.DONE, 2, 3)
