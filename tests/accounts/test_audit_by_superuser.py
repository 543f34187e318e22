"""Tampering as it would be done: by the superuser, on a connection of his own that wakes no trigger."""

import psycopg
import pytest
from django.db import connection

from gradebook.models import SubjectResult
from gradebook.regulation import Period
from kimdong.embedded_postgres import SUPERUSER
from tests.accounts.test_audit import faults, the_school
from tests.accounts.test_audit_history import HISTORY, PUT_IN
from tests.gradebook.school import enter


@pytest.mark.usefixtures("committed")
def test_history_rows_deleted_changed_and_put_in_by_a_superuser_are_located():
    school = the_school()
    for pupil in school.pupils[:3]:
        enter(school.sheet(period=Period.END_TERM_1), pupil, "mark", "7", by=school.lan)
    deleted, changed, doubled = SubjectResult.objects.order_by("pk").values_list("pk", flat=True)
    assert faults() == []
    options = connection.get_connection_params()
    with psycopg.connect(
        dbname=options["dbname"], host=options["host"], user=SUPERUSER, autocommit=True
    ) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute("DELETE FROM gradebook_historicalsubjectresult WHERE id = %s", [deleted])
        superuser.execute("UPDATE gradebook_historicalsubjectresult SET mark = 9 WHERE id = %s", [changed])
        superuser.execute(PUT_IN, [doubled])
    found = faults()
    assert len(found) == 3
    for row, says in (
        (deleted, "dòng lịch sử của lần ghi này đã bị xoá"),
        (changed, "khác với dòng nhật kí ở: mark"),
        (doubled, "không có trong nhật kí"),
    ):
        (fault,) = (line for line in found if f"bảng {HISTORY}, dòng {row}, " in line)
        assert says in fault
