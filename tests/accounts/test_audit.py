"""The two traces of every change, and what the database itself refuses (PLAN IV; rule R56)."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import AuditEntry
from gradebook.models import SubjectResult
from gradebook.regulation import Period
from tests.gradebook.school import enter, make_school, open_window

pytestmark = pytest.mark.django_db


def the_school():
    school = make_school()
    open_window(school, Period.END_TERM_1)
    return school


def result_of(school, mark="7"):
    """A stored mark of the first pupil of 4A in Toán, typed by cô Lan."""
    enter(school.sheet(period=Period.END_TERM_1), school.pupils[0], "mark", mark, by=school.lan)
    return SubjectResult.objects.get(student=school.pupils[0], period=Period.END_TERM_1)


def first_broken():
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_first_broken()")
        return cursor.fetchone()[0]


def test_a_mark_leaves_a_link_that_names_who_in_which_role_and_by_which_door(school):
    result = result_of(school)
    entry = AuditEntry.objects.filter(table_name="gradebook_subjectresult", row_id=str(result.pk)).get()
    assert (entry.actor, entry.role, entry.source, entry.action) == ("lan", "GVCN 4A, môn Toán", "page", "I")
    assert (entry.old, entry.new["mark"]) == (None, 7)


def test_a_change_by_plain_sql_is_in_the_chain_without_an_actor(school):
    result = result_of(school)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.actor', '', true)")
        cursor.execute("UPDATE gradebook_subjectresult SET mark = 10 WHERE id = %s", [result.pk])
    entry = AuditEntry.objects.order_by("-seq").first()
    assert (entry.actor, entry.action, entry.old["mark"], entry.new["mark"]) == ("", "U", 7, 10)
    assert first_broken() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_auditentry SET new = NULL",
        "DELETE FROM accounts_auditentry",
        "TRUNCATE accounts_auditentry",
        "UPDATE gradebook_historicalsubjectresult SET mark = 10",
        "DELETE FROM gradebook_historicalsubjectresult",
        "DELETE FROM students_historicalenrolment",
        "DELETE FROM approvals_historicalcorrectionrequest",
    ],
)
def test_nobody_updates_or_deletes_history(school, statement):
    result_of(school)
    with (
        pytest.raises(DatabaseError, match="kept for ever"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_whole_chain_is_reported_whole(school, capsys):
    result_of(school)
    call_command("verify_audit")
    assert f"{AuditEntry.objects.count()} dòng" in capsys.readouterr().out


def tamper(statement, *values):
    """What a superuser could do: switch the guard off, write, switch it on again."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_auditentry DISABLE TRIGGER history_keep")
        cursor.execute(statement, values)
        cursor.execute("ALTER TABLE accounts_auditentry ENABLE TRIGGER history_keep")


def test_a_link_rewritten_past_the_guard_is_found_and_named(school):
    result = result_of(school)
    entry = AuditEntry.objects.get(table_name="gradebook_subjectresult", row_id=str(result.pk))
    tamper("UPDATE accounts_auditentry SET new = jsonb_set(new, '{mark}', '10') WHERE seq = %s", entry.seq)
    with pytest.raises(
        CommandError, match=f"dòng {entry.seq}: bảng gradebook_subjectresult, dòng {result.pk}"
    ):
        call_command("verify_audit")


def test_a_link_taken_out_is_found(school):
    result_of(school)
    tamper("DELETE FROM accounts_auditentry WHERE seq = 3")
    assert first_broken() == 3


def test_a_tail_cut_off_does_not_fit_the_head(school):
    result_of(school)
    last = AuditEntry.objects.order_by("-seq").first().seq
    tamper("DELETE FROM accounts_auditentry WHERE seq = %s", last)
    assert first_broken() == last
