"""The history that people read, laid beside the chain: what somebody with a superuser's rights did to it is found."""

import pytest
from django.db import connection

from accounts.history import Source, acting
from accounts.models import AuditEntry
from accounts.passwords import record_change
from gradebook.models import SubjectResult
from tests.accounts.test_audit import (
    COMPUTE_ANEW,
    day_of,
    faults,
    result_of,
    tamper,
    the_school,  # noqa: F401 - the fixture `school_of_module` asks for it
)

pytestmark = pytest.mark.django_db

HISTORY = "gradebook_historicalsubjectresult"
PUT_IN = """INSERT INTO gradebook_historicalsubjectresult (id, student_id, line_id, period, attainment, mark,
    is_repeat_official, repeat_reason, comment, brought, version, history_date, history_type, history_user_id,
    acting_role, source)
SELECT id, student_id, line_id, period, attainment, 10, is_repeat_official, repeat_reason, comment, brought, version,
    history_date, '~', history_user_id, acting_role, source FROM gradebook_historicalsubjectresult WHERE id = %s"""


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (
            "DELETE FROM gradebook_historicalsubjectresult WHERE history_id = %s",
            "dòng lịch sử của lần ghi này đã bị xoá",
        ),
        (
            "UPDATE gradebook_historicalsubjectresult SET mark = 9 WHERE history_id = %s",
            "khác với dòng nhật kí ở: mark",
        ),
        (
            """UPDATE gradebook_historicalsubjectresult SET acting_role = 'GVCN 4B', history_user_id = (
                SELECT id FROM accounts_user WHERE username = 'minh') WHERE history_id = %s""",
            "khác với dòng nhật kí ở: người ghi, vai trò",
        ),
        (
            "UPDATE gradebook_historicalsubjectresult SET request_id = 7, source = 'correction' WHERE history_id = %s",
            "khác với dòng nhật kí ở: đường ghi, phiếu đề nghị",
        ),
    ],
)
def test_a_history_row_deleted_or_changed_while_the_guard_was_off_is_located(school, statement, says):
    """By the entry that it told of: its number, the row, the day, and who had written."""
    result = result_of(school)
    result_of(school, "8")
    entry = AuditEntry.objects.filter(table_name="gradebook_subjectresult").latest("seq")
    tamper(statement, SubjectResult.history.latest("history_id").pk, table=HISTORY)
    (fault,) = faults()
    assert f"dòng nhật kí {entry.seq}, bảng {HISTORY}, dòng {result.pk}, {day_of(entry)}" in fault
    assert "người ghi lan" in fault
    assert says in fault


def test_a_history_row_put_in_is_located_by_its_number(school):
    result = result_of(school)
    tamper(PUT_IN, result.pk, table=HISTORY)
    put_in = SubjectResult.history.latest("history_id").pk
    (fault,) = faults()
    assert f"bảng {HISTORY}, dòng {result.pk}, ngày " in fault
    assert f"dòng lịch sử {put_in} không có trong nhật kí" in fault


def test_a_deletion_taken_out_of_history_is_located(school):
    """Of a row that is gone, nothing but history and chain tell."""
    result = result_of(school)
    row = result.pk
    with acting(school.lan, role="GVCN 4A", source=Source.PAGE):
        result.delete()
    tamper("DELETE FROM gradebook_historicalsubjectresult WHERE history_type = '-'", table=HISTORY)
    (fault,) = faults()
    assert f"bảng {HISTORY}, dòng {row}, " in fault
    assert "dòng lịch sử của lần ghi này đã bị xoá" in fault


def test_each_of_several_history_rows_at_fault_is_named(school):
    for mark in "7", "8", "9", "10":
        result_of(school, mark)
    first, _second, third, _last = SubjectResult.history.order_by("history_id")
    tamper(
        "DELETE FROM gradebook_historicalsubjectresult WHERE history_id = %s", first.history_id, table=HISTORY
    )
    tamper(
        "UPDATE gradebook_historicalsubjectresult SET mark = 1 WHERE history_id = %s",
        third.history_id,
        table=HISTORY,
    )
    deleted, changed = faults()
    assert "đã bị xoá" in deleted
    assert f"dòng lịch sử {third.history_id} khác với dòng nhật kí ở: mark" in changed


def test_a_moment_moved_in_history_is_located_where_time_does_not_travel(school, settings):
    result_of(school)
    settings.MODE = "production"
    assert faults() == []
    tamper(
        "UPDATE gradebook_historicalsubjectresult SET history_date = history_date - interval '2 hours'",
        table=HISTORY,
    )
    (fault,) = faults()
    assert "khác với dòng nhật kí ở: thời điểm" in fault


def test_a_chain_computed_anew_with_another_name_in_it_contradicts_the_history(school):
    result = result_of(school)
    entry = AuditEntry.objects.latest("seq")
    tamper("UPDATE accounts_auditentry SET actor = 'minh' WHERE seq = %s", entry.seq)
    tamper(COMPUTE_ANEW)
    (fault,) = faults()
    assert f"dòng nhật kí {entry.seq}, bảng {HISTORY}, dòng {result.pk}" in fault
    assert "khác với dòng nhật kí ở: người ghi" in fault


def test_what_history_does_not_keep_needs_no_history_row(school):
    with acting(school.hoa, role="Phó Hiệu trưởng", source=Source.PAGE), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET password = 'x' WHERE id = %s", [school.hoa.pk])
    assert faults() == []


def test_a_deed_that_changes_no_told_column_may_stand_in_history_alone(school):
    """New spare codes: the history of the person says so, no value has changed."""
    with acting(school.hoa, role="Phó Hiệu trưởng", source=Source.PAGE):
        record_change(school.hoa, "Lập mã dự phòng mới", "second_factor_since")
        record_change(school.hoa, "Lập mã dự phòng mới", "second_factor_since")
    assert faults() == []


def test_after_an_act_within_another_the_outer_one_writes_under_its_own_name_again(school):
    with acting(None, role="Cài đặt", source=Source.SYSTEM, under="05/QĐ"):
        with acting(school.lan, role="GVBM", source=Source.PAGE):
            school.lan.phone = "0912345678"
            record_change(school.lan, "Điện thoại", "phone")
        school.lan.phone = "0912345679"
        record_change(school.lan, "Điện thoại", "phone")
    newest = AuditEntry.objects.filter(table_name="accounts_user").order_by("-seq")
    outer, inner = newest[:2]
    assert (inner.actor, inner.role, inner.source, inner.under) == ("lan", "GVBM", "page", "")
    assert (outer.actor, outer.role, outer.source, outer.under) == ("system", "Cài đặt", "system", "05/QĐ")
    assert faults() == []
