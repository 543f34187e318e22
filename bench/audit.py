"""`python -m bench.audit`: how long `manage.py verify_audit` takes at 100,000 and 1,000,000 links, or as many as named.

A migrated database with the small school of the tests; pupils and their results are added until the chain is long
enough, by triggers as always, each row with its history row. Every fifth link is a second change of a row.
"""

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import django
import psycopg
from psycopg import sql

from bench import latest
from kimdong import embedded_postgres
from tests.migrated_database import migrated_database, with_database
from tests.stack import environment

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "kimdong_audit"
SIZES = (100_000, 1_000_000)
AIM_SECONDS = {100_000: 5.0}
PUPILS_AT_ONCE = 500
RESULTS = """
INSERT INTO gradebook_subjectresult (student_id, line_id, period, attainment, mark, is_repeat_official, repeat_reason,
    comment, brought, version)
SELECT p, l.id, period, 'T', 8, false, '', 'Em tính nhanh, trình bày sạch, cần chú ý bài toán có lời văn.', '', 1
FROM unnest(%s::bigint[]) p, gradebook_subjectline l, unnest(ARRAY['GHKI', 'CHKI', 'GHKII', 'CN']) period
WHERE l.grade_level = 4"""
SECOND_TIME = (
    "UPDATE gradebook_subjectresult SET mark = 9, version = 2 WHERE student_id = ANY(%s) AND period = 'CN'"
)
HISTORY = """
INSERT INTO gradebook_historicalsubjectresult (id, student_id, line_id, period, attainment, mark, is_repeat_official,
    repeat_reason, comment, brought, version, history_date, history_type, history_user_id, acting_role, source)
SELECT id, student_id, line_id, period, attainment, mark, is_repeat_official, repeat_reason, comment, brought, version,
    now(), CASE version WHEN 1 THEN '+' ELSE '~' END, %s, 'Đo', 'system' FROM gradebook_subjectresult
WHERE student_id = ANY(%s) AND version = %s"""


def main(sizes: Sequence[int]) -> None:
    with tempfile.TemporaryDirectory(prefix="kimdong-bench-") as folder:
        url = embedded_postgres.start(ROOT / ".bench" / "pg", "kimdong", durable=True)
        try:
            os.environ.update(environment(url, DATABASE, Path(folder), port=0))
            _copy(url, migrated_database(url))
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kimdong.settings")
            django.setup()
            found = _measure(sizes)
        finally:
            embedded_postgres.stop(ROOT / ".bench" / "pg")
    latest.keep({"audit": found})


def _copy(url: str, migrated: str) -> None:
    with psycopg.connect(with_database(url, "postgres"), autocommit=True) as server:
        name, base = sql.Identifier(DATABASE), sql.Identifier(migrated)
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, base))


def _measure(sizes: Sequence[int]) -> dict[str, Any]:
    from django.core.management import call_command  # noqa: PLC0415 - after setup

    from tests.gradebook.school import make_school  # noqa: PLC0415 - as above

    school = make_school()
    found: dict[str, Any] = {}
    for size in sizes:
        links = _grow(school, size)
        row = {"links": links}
        for what, options in (("chain_only", ["--chain-only"]), ("with_tables", [])):
            begin = time.monotonic()
            call_command("verify_audit", *options)
            row[f"{what}_seconds"] = round(time.monotonic() - begin, 2)
        found[str(size)] = row | {"aim_seconds": AIM_SECONDS.get(size)}
        print(f"{size:>9}: {row}", flush=True)
    return found


def _grow(school: Any, size: int) -> int:
    """Adds pupils and results until the chain has `size` links; returns how many it has."""
    from django.db import connection  # noqa: PLC0415 - after setup

    from accounts.history import Source, acting, record_bulk  # noqa: PLC0415 - as above
    from accounts.models import AuditHead  # noqa: PLC0415 - as above
    from students.models import Student  # noqa: PLC0415 - as above

    while (links := AuditHead.objects.get().seq) < size:
        # 49 links a pupil and 12 changes.
        count = max(1, min(PUPILS_AT_ONCE, (size - links) // 61))
        with acting(school.hoa, role="Đo", source=Source.SYSTEM), connection.cursor() as cursor:
            named = (Student(full_name=f"Em {n}", sort_key=str(n), search_key=str(n)) for n in range(count))
            made = Student.objects.bulk_create(named)
            record_bulk(made, changed=False)
            pupils = [student.pk for student in made]
            for version, statement in enumerate((RESULTS, SECOND_TIME), start=1):
                cursor.execute(statement, [pupils])
                cursor.execute(HISTORY, [school.hoa.pk, pupils, version])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return links


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or SIZES)
