"""The books of several schools drawn by a pool of workers: two hosts, a worker on each for every school.

A process that shares nothing with the others but database and folder of files stands for a host. The queue's own means
share out the jobs: a row of a job is taken by `FOR UPDATE SKIP LOCKED` (procrastinate_fetch_job_v2). A trigger writes
down each time that a job is taken, and by which worker, so that what is done twice is seen.
"""

import time
from collections.abc import Sequence
from typing import Any

import psutil
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bench.inside import inside
from tests.stack import Stack

HOSTS, SCHOOLS, BOOKS = 2, 3, 8
PATIENCE = 300  # seconds
WORKER = "host{}"

WATCH = """
CREATE TABLE bench_taken (job bigint, worker bigint, at timestamptz DEFAULT clock_timestamp());
CREATE FUNCTION bench_note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO public.bench_taken (job, worker) VALUES (NEW.id, NEW.worker_id);
    RETURN NULL;
END $$;
CREATE TRIGGER bench_note AFTER UPDATE OF status ON procrastinate_jobs
    FOR EACH ROW WHEN (NEW.status = 'doing' AND OLD.status = 'todo' AND NEW.task_name = 'print_book')
    EXECUTE FUNCTION bench_note();
"""
CLASSES = (
    "SELECT id FROM students_schoolclass WHERE year_id = (SELECT min(year_id) FROM students_schoolclass)"
    " ORDER BY grade_level, name LIMIT %s"
)
DONE = "SELECT count(*) FROM reports_printjob WHERE id = ANY(%s) AND state = 'done'"
SERVED = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
TAKEN = "SELECT job, count(*) FROM bench_taken GROUP BY 1"
BY_WORKER = "SELECT worker, count(DISTINCT job) FROM bench_taken GROUP BY 1 ORDER BY 2 DESC"


def draw(stacks: Sequence[Stack], superuser: str) -> dict[str, Any]:
    """Asks for BOOKS books in each of the first SCHOOLS schools, then starts the hosts; waits for the last book."""
    schools = list(stacks[:SCHOOLS])
    asked: dict[str, list[int]] = {}
    for stack in schools:
        _watch(stack, superuser)
        classes = ",".join(str(row[0]) for row in stack.fetch(CLASSES, BOOKS))
        asked[stack.address] = inside(stack, "bench.books", "ask", "thkqgd", "CN", classes)
    before, begin = _connections(superuser), time.perf_counter()
    for stack in schools:
        for host in range(HOSTS):
            stack.start(WORKER.format(host), "manage.py", "work")
    while not all(_are_done(stack, asked[stack.address]) for stack in schools):
        if time.perf_counter() - begin > PATIENCE:
            break
        time.sleep(0.5)
    seconds = time.perf_counter() - begin
    held = _connections(superuser) - before
    return {
        "hosts": HOSTS,
        "seconds": round(seconds, 1),
        "connections_a_worker": round(held / (HOSTS * len(schools)), 1),
        "worker_mib": round(_worker_bytes(schools) / 2**20),
        "schools": [_school(stack, asked[stack.address]) for stack in schools],
    }


def _watch(stack: Stack, superuser: str) -> None:
    database = conninfo_to_dict(stack.conninfo)["dbname"]
    with psycopg.connect(make_conninfo(superuser, dbname=str(database)), autocommit=True) as connection:
        connection.execute(WATCH)
        connection.execute("GRANT SELECT ON bench_taken TO PUBLIC")


def _connections(superuser: str) -> int:
    with psycopg.connect(superuser) as connection:
        [held] = connection.execute(SERVED).fetchone()  # type: ignore[misc]
    return int(held)


def _are_done(stack: Stack, prints: list[int]) -> bool:
    return stack.fetch(DONE, prints) == [(len(prints),)]


def _school(stack: Stack, prints: list[int]) -> dict[str, Any]:
    taken = dict(stack.fetch(TAKEN))
    return {
        "asked": len(prints),
        "done": stack.fetch(DONE, prints)[0][0],
        "taken": len(taken),
        "taken_twice": sum(1 for times in taken.values() if times > 1),
        "by_worker": [number for _worker, number in stack.fetch(BY_WORKER)],
    }


def _worker_bytes(schools: Sequence[Stack]) -> float:
    """The mean of a worker that has drawn; what several share is counted once."""
    workers = [stack.processes[WORKER.format(host)] for stack in schools for host in range(HOSTS)]
    return sum(psutil.Process(each.pid).memory_full_info().pss for each in workers) / len(workers)


def faults(found: dict[str, Any]) -> list[str]:
    """What must not be: a book not drawn, a job taken twice."""
    return [
        f"school {place}: {school}"
        for place, school in enumerate(found["schools"], start=1)
        if (school["done"], school["taken"], school["taken_twice"]) != (school["asked"], school["asked"], 0)
    ]


def show(found: dict[str, Any]) -> None:
    took, size, held = found["seconds"], found["worker_mib"], found["connections_a_worker"]
    print(f"\nbooks by {found['hosts']} hosts, a worker a school on each: {took} s")
    print(f"  a worker that has drawn: {size} MiB, {held} connections")
    for place, school in enumerate(found["schools"], start=1):
        shares = " + ".join(map(str, school["by_worker"]))
        print(f"  school {place}: {school['done']} of {school['asked']} books, taken by workers: {shares}")
    print("\n".join(f"✗ {each}" for each in faults(found)) or "✓ every book drawn, no job taken twice")
