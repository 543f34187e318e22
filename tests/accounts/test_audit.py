"""The two traces of every change, and what the database itself refuses (PLAN IV; rule R56)."""

import pytest
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils.timezone import localdate

from accounts.audit_chain import head_code, watched_tables
from accounts.history import Source, acting
from accounts.models import AuditEntry
from gradebook.models import SubjectResult
from gradebook.regulation import Period
from kimdong.watched import NOT_WATCHED, is_history, tables_of_ours, tables_without_watch
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
    call_command("verify_audit")


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


def tamper(statement, *values, table="accounts_auditentry"):
    """What a superuser could do: switch the guards off, write, switch them on again."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def faults():
    """What verify_audit says, line by line, without the heading; nothing for a whole chain."""
    try:
        call_command("verify_audit")
    except CommandError as error:
        return str(error).splitlines()[1:]
    return []


def day_of(entry):
    return f"ngày {localdate(entry.at):%d/%m/%Y}"


def entry_of(result):
    return AuditEntry.objects.get(table_name="gradebook_subjectresult", row_id=str(result.pk))


def test_a_link_rewritten_past_the_guard_is_located(school):
    entry = entry_of(result_of(school))
    tamper("UPDATE accounts_auditentry SET under = 'giấy tay' WHERE seq = %s", entry.seq)
    (fault,) = faults()
    assert (
        f"dòng nhật kí {entry.seq}, bảng gradebook_subjectresult, dòng {entry.row_id}, {day_of(entry)}"
        in fault
    )
    assert "đã bị sửa" in fault


def test_a_link_rewritten_with_a_fresh_hash_is_located_by_the_one_after(school):
    entry = entry_of(result_of(school))
    result_of(school, "8")
    tamper(
        "UPDATE accounts_auditentry e SET under = 'giấy tay', hash = sha256('made up') WHERE seq = %s",
        entry.seq,
    )
    assert len(faults()) == 2
    assert f"hoặc mã của dòng {entry.seq} ngay trước" in faults()[1]


def test_the_day_of_a_fault_is_the_schools(school):
    entry = AuditEntry.objects.order_by("-seq").first()
    tamper("UPDATE accounts_auditentry SET at = '2026-11-26 21:53+00' WHERE seq = %s", entry.seq)
    assert "27/11/2026" in faults()[0]
    assert "26/11/2026" not in faults()[0]


def test_links_taken_out_are_located_by_number_and_day(school):
    result_of(school)
    last = AuditEntry.objects.order_by("-seq").first()
    tamper("DELETE FROM accounts_auditentry WHERE seq IN (3, 4)")
    fault, day = faults()[0], f"{localdate(last.at):%d/%m/%Y}"
    assert f"2 dòng, từ 3 đến 4, đã bị xoá, sau {day} đến trước {day}" in fault


def test_a_tail_cut_off_does_not_fit_the_head(school):
    result = result_of(school)
    last = AuditEntry.objects.order_by("-seq").first()
    tamper("DELETE FROM accounts_auditentry WHERE seq = %s", last.seq)
    found = faults()
    assert f"dòng {last.seq} ở cuối chuỗi đã bị xoá" in found[0]
    assert any("gradebook_subjectresult" in line and f"dòng {result.pk}" in line for line in found[1:])


def test_a_link_put_in_behind_the_head_is_located(school):
    result_of(school)
    last = AuditEntry.objects.order_by("-seq").first()
    tamper(
        "INSERT INTO accounts_auditentry SELECT seq + 1, at, actor, role, source, under, table_name, row_id, action,"
        " old, new, hash FROM accounts_auditentry WHERE seq = %s",
        last.seq,
    )
    assert any(f"dòng {last.seq + 1} đã bị chèn vào" in line for line in faults())


def test_a_chain_computed_anew_no_longer_holds_the_code_on_a_printed_book(school):
    entry = entry_of(result_of(school))
    code = head_code()
    tamper("UPDATE accounts_auditentry SET under = 'giấy tay' WHERE seq = %s", entry.seq)
    tamper(COMPUTE_ANEW)
    call_command("verify_audit")
    with pytest.raises(CommandError, match=f"không có mã nhật kí {code}: chuỗi đã bị viết lại"):
        call_command("verify_audit", "--code", code)


COMPUTE_ANEW = """DO $$ DECLARE entry accounts_auditentry; previous bytea := ''; BEGIN
    FOR entry IN SELECT * FROM accounts_auditentry ORDER BY seq LOOP
        previous := audit_link(previous, entry);
        UPDATE accounts_auditentry SET hash = previous WHERE seq = entry.seq;
    END LOOP;
    UPDATE accounts_audithead SET hash = previous;
END $$"""


PUT_IN = """INSERT INTO gradebook_subjectresult (student_id, line_id, period, attainment, comment, version, mark,
    is_repeat_official, repeat_reason, brought)
SELECT student_id, line_id, 'GHKI', 'T', '', 1, 10, false, '', '' FROM gradebook_subjectresult WHERE id = %s"""


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (
            "UPDATE gradebook_subjectresult SET mark = 10 WHERE id = %s",
            "khác với dòng nhật kí mới nhất ở: mark",
        ),
        (
            "DELETE FROM gradebook_subjectresult WHERE id = %s",
            "đã mất khỏi bảng mà nhật kí không ghi việc xoá",
        ),
        (
            PUT_IN,
            "có trong bảng mà không có trong nhật kí",
        ),
    ],
)
def test_a_row_written_while_the_trigger_was_off_is_located(school, statement, says):
    result = result_of(school)
    tamper(statement, result.pk, table="gradebook_subjectresult")
    (fault,) = faults()
    assert "bảng gradebook_subjectresult" in fault
    assert says in fault


def test_a_guard_that_is_off_is_named(school):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE gradebook_traitresult DISABLE TRIGGER audit_update")
    (fault,) = faults()
    assert "bảng gradebook_traitresult: chốt bảo vệ đang bị tắt: audit_update" in fault


def test_a_watched_table_cannot_be_emptied_past_its_triggers(school):
    with (
        pytest.raises(DatabaseError, match="kept for ever"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE gradebook_traitresult CASCADE")


def test_a_password_changed_by_sql_is_told_without_the_password(school):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_user SET password = 'argon2$of somebody' WHERE id = %s", [school.hoa.pk]
        )
    entry = AuditEntry.objects.order_by("-seq").first()
    assert (entry.table_name, entry.row_id) == ("accounts_user", str(school.hoa.pk))
    assert "argon2" not in f"{entry.old}{entry.new}"
    assert entry.old["password"] != entry.new["password"]


def test_a_hash_made_anew_by_a_newer_hasher_is_the_systems_doing(school):
    with acting(None, role="Kiểm thử", source=Source.SYSTEM):
        school.hoa.password = make_password("mật khẩu của cô Hoa", hasher="argon2")
        school.hoa.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.actor', '', true)")
    assert school.hoa.check_password("mật khẩu của cô Hoa")
    entry = AuditEntry.objects.order_by("-seq").first()
    assert (entry.table_name, entry.actor) == ("accounts_user", "system")
    assert entry.old["password"] != entry.new["password"]


def test_a_log_in_is_no_link(school):
    before = AuditEntry.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET last_login = now() WHERE id = %s", [school.hoa.pk])
    assert AuditEntry.objects.count() == before


def test_a_row_is_told_in_one_time_zone_whoever_writes(school):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'America/New_York'")
        cursor.execute("SELECT set_config('app.actor', '', true)")
        cursor.execute("UPDATE accounts_user SET opened_at = opened_at WHERE id = %s", [school.hoa.pk])
        cursor.execute("UPDATE accounts_user SET phone = '0904 111 222' WHERE id = %s", [school.hoa.pk])
        cursor.execute("SET LOCAL timezone = 'UTC'")
    assert faults() == []


def test_every_table_of_ours_is_watched_or_named_with_a_reason(db):
    assert tables_without_watch() == []
    assert NOT_WATCHED.keys() < set(tables_of_ours())
    assert not NOT_WATCHED.keys() & {each.table for each in watched_tables()}


def test_every_watched_table_notes_insert_update_delete_and_every_history_table_refuses_them(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, array_agg(tgname::text) FROM pg_trigger"
            " WHERE tgname IN ('audit_insert', 'audit_update', 'audit_delete', 'history_keep') GROUP BY 1"
        )
        triggers = {table: set(names) for table, names in cursor.fetchall()}
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'history_keep' AND tgtype & 56 = 56"
        )
        kept = {table for (table,) in cursor.fetchall()}
    for table in set(tables_of_ours()) - NOT_WATCHED.keys():
        assert triggers[table] == {"audit_insert", "audit_update", "audit_delete", "history_keep"}, table
    for model in apps.get_models():
        if is_history(model):
            assert model._meta.db_table in kept
