"""`/metrics`: off until a token is set; then numbers of how the system does, and nobody's name."""

import os
import re
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from accounts import disks
from kimdong import request_counts
from kimdong.metrics import Metric
from kimdong.request_counts import count, totals
from kimdong.version import VERSION
from tests.accounts.test_backups_page import proven
from tests.accounts.test_system_page import job
from tests.approvals.papers import filed, with_entries
from tests.backup_places import rule_below

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-this-test-only"


def ask(client, token=TOKEN):
    return client.get("/metrics", headers={"Authorization": f"Bearer {token}"} if token else {})


def numbers(client):
    """Each sample's value by its name and labels."""
    answer = ask(client)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    samples = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in samples)}


@pytest.fixture
def measured(settings, tmp_path, monkeypatch):
    settings.METRICS_TOKEN = TOKEN
    settings.BACKUPS = rule_below(tmp_path)
    Path(settings.BACKUPS.repository).mkdir()
    (tmp_path / "counts").mkdir()
    monkeypatch.setenv("KIMDONG_COUNTS", str(tmp_path / "counts"))
    monkeypatch.setattr(request_counts, "_kept", {})


def test_without_a_token_set_there_is_no_such_page(client):
    assert ask(client).status_code == 404
    assert ask(client, "").status_code == 404


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN[:-1], TOKEN + "x", "ünïcode"])
def test_whoever_does_not_show_the_token_learns_nothing(client, measured, token):
    answer = ask(client, token)
    assert (answer.status_code, answer.content) == (401, b"")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_the_numbers_are_those_of_the_moment(client, school, measured):
    filed(with_entries(school))
    proven(hours=2)
    job("todo", minutes=3, event="deferred")
    job("failed", minutes=3, event="failed")
    disks.note_room_for_backups()
    client.force_login(school.lan)
    told = numbers(client)
    assert told['kimdong_queue_jobs{state="waiting"}'] == 1
    assert told["kimdong_queue_failed_jobs"] == 1
    assert 180 <= told["kimdong_queue_oldest_seconds"] < 240
    assert told["kimdong_worker_alive"] == 0
    assert told["kimdong_backup_healthy"] == 1
    assert 7200 <= told["kimdong_backup_age_seconds"] < 7260
    assert 7200 <= told["kimdong_backup_proof_age_seconds"] < 7260
    assert told["kimdong_open_correction_requests"] == 1
    assert told["kimdong_sessions"] == 1
    assert told["kimdong_database_bytes"] > 1_000_000
    for place in ("files", "backups"):
        free, total = (told[f'kimdong_disk_{what}_bytes{{place="{place}"}}'] for what in ("free", "total"))
        assert 0 < free <= total


def test_no_label_is_a_persons(client, school, measured):
    """Every label that there may be, written out: a new one is looked at."""
    client.force_login(school.lan)
    disks.note_room_for_backups()
    client.get("/")
    labels = set(re.findall(r'(\w+)="([^"]*)"', ask(client).content.decode()))
    assert labels == {
        ("version", VERSION),
        *(("state", word) for word in ("waiting", "later", "running")),
        *(("place", word) for word in ("files", "backups")),
        *(("status", word) for word in request_counts.CLASSES),
    }


def test_without_a_proven_backup_there_is_no_age(client, measured):
    told = numbers(client)
    assert told["kimdong_backup_healthy"] == 0
    assert not [name for name in told if name.startswith("kimdong_backup_age")]


def test_asking_costs_few_statements(client, school, measured, django_assert_num_queries):
    proven()
    with django_assert_num_queries(8):
        ask(client)


def test_requests_are_counted_by_class_of_status(client, measured):
    client.get("/khong-co/")
    client.get("/healthz")
    client.get("/healthz")
    told = numbers(client)
    assert told['kimdong_requests_total{status="2xx"}'] == 2
    assert told['kimdong_requests_total{status="4xx"}'] == 1
    assert told['kimdong_requests_total{status="5xx"}'] == 0
    assert told['kimdong_request_seconds_total{status="2xx"}'] > 0


def test_counts_of_all_processes_are_added_up_and_stay_when_one_ends(measured):
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as others:
        assert len({*others.map(_count_ten, range(8))} | {os.getpid()}) >= 2
    count(503, 1.5)
    assert totals() == {
        "1xx": (0, 0),
        "2xx": (80, 20.0),
        "3xx": (0, 0),
        "4xx": (0, 0),
        "5xx": (1, 1.5),
    }


def _count_ten(_number):
    for _each in range(10):
        count(200, 0.25)
    return os.getpid()


def test_where_nobody_measures_nothing_is_counted(monkeypatch):
    monkeypatch.delenv("KIMDONG_COUNTS", raising=False)
    count(200, 1)
    assert totals() == {}


def test_a_metric_is_written_as_prometheus_reads_it():
    metric = Metric(
        "kimdong_x", "What it is.", [({"state": "a", "place": "b"}, 1.5), ({}, 2)], kind="counter"
    )
    assert list(metric.lines()) == [
        "# HELP kimdong_x What it is.",
        "# TYPE kimdong_x counter",
        'kimdong_x{state="a",place="b"} 1.5',
        "kimdong_x 2",
    ]
