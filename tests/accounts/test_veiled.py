"""Veiled columns: of two pupils nothing is alike on the disk, and nobody looks for a pupil by them (0201; R63)."""

import datetime
import importlib
import json

import pytest
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Length

from accounts.audit_chain import rows_out_of_step, watched_tables
from accounts.audit_history import history_out_of_step
from accounts.history import Source, acting
from accounts.models import AuditEntry, User
from accounts.seal_check import fault, statement
from accounts.sealed import SealBroken, seal, unseal, veil
from approvals.audit_words import value_words
from students.models import Enrolment, Student
from tests.gradebook.school import CERTIFIED, certify, make_school

pytestmark = pytest.mark.django_db
MIGRATION = importlib.import_module("students.migrations.0007_veiled_columns")
COLUMNS = tuple(MIGRATION.ROOMS)
SALT, OTHER = b"s" * 16, b"t" * 16


def the_school():
    """The first pupil of 4A has a certificate, the second has none, and one more act changed the first's telephone."""
    school = make_school()
    write(school, 0, ethnic_code="54", religion_code="11", policy_code="06", **CERTIFIED)
    write(school, 1, ethnic_code="54")
    write(school, 0, phone="0912345678")
    return school


def write(school, place, **values):
    pupil = Student.objects.get(pk=school.pupils[place].pk)
    for name, value in values.items():
        setattr(pupil, name, value)
    with acting(User.objects.get(pk=school.lan.pk), role="GVCN 4A", source=Source.PAGE):
        pupil.save()


def fetched(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def stored(column, table="students_student"):
    return [value for (value,) in fetched(f"SELECT {column} FROM {table}")]  # noqa: S608 - our own names


def test_a_veiled_text_is_opened_again_and_tells_neither_its_length_nor_its_like():
    texts = [veil(text, "ethnic_code", salt=SALT, room=8) for text in ("", "1", "01", "Đà")]
    assert [unseal(each, "ethnic_code") for each in texts] == ["", "1", "01", "Đà"]
    assert len({len(each) for each in texts}) == 1
    assert veil("01", "ethnic_code", salt=SALT, room=8) == texts[2]
    assert veil("01", "ethnic_code", salt=OTHER, room=8) != texts[2]


@pytest.mark.parametrize("place", [1, 12, 30, 50])
def test_a_changed_letter_or_another_column_is_no_value(place):
    text = veil("01", "ethnic_code", salt=SALT, room=8)
    letter = "0" if text[place] != "0" else "1"
    for broken, column in (
        (text[:place] + letter + text[place + 1 :], "ethnic_code"),
        (text, "religion_code"),
    ):
        with pytest.raises(SealBroken):
            unseal(broken, column)
    with pytest.raises(SealBroken):
        unseal(text.replace(":", "."), "ethnic_code")


@pytest.mark.parametrize("column", COLUMNS)
def test_of_no_two_pupils_a_column_is_alike_and_all_are_of_one_length(school, column):
    values = stored(column)
    assert len(set(values)) == len(values) == Student.objects.count() > 4
    assert len({len(value) for value in values}) == 1


def test_code_reads_them_as_before_and_history_and_chain_keep_what_did_not_change(school):
    pupil = Student.objects.get(pk=school.pupils[0].pk)
    assert {name: getattr(pupil, name) for name in CERTIFIED} == CERTIFIED
    assert Student.objects.get(pk=school.pupils[1].pk).disability_certificate_on is None
    last, before = pupil.history.all()[:2]
    assert (last.phone, before.phone, last.disability_code) == ("0912345678", "", "05")
    for column in COLUMNS:
        (now,) = stored(column, f"students_student WHERE id = {pupil.pk}")
        assert stored(column, f"students_historicalstudent WHERE id = {pupil.pk}").count(now) == 2
    entry = AuditEntry.objects.filter(table_name="students_student").latest("seq")
    assert {name for name, value in entry.new.items() if value != entry.old[name]} == {"phone"}


def test_nobody_looks_for_a_pupil_by_them(school):
    refused = pytest.raises(FieldError, match="is veiled")
    for asked in (
        Q(ethnic_code="54"),
        ~Q(disability_code=""),
        Q(ethnic_code__in=["54"]),
        Q(disability_certificate_on__isnull=True),
        Q(disability_certificate_on__year=2022),
        Q(religion_code__startswith="1"),
    ):
        with refused:
            list(Student.objects.filter(asked))
    with refused:
        list(Enrolment.objects.filter(student__policy_code="06"))
    for counted in (
        Student.objects.values("ethnic_code").annotate(Count("pk")),
        Enrolment.objects.values_list("student__disability_code").distinct(),
    ):
        with refused:
            list(counted)
    with refused:
        Student.objects.filter(pk=school.pupils[0].pk).update(ethnic_code="01")
    with refused:
        Student.objects.bulk_update([school.pupils[0]], ["ethnic_code"])


def test_whole_rows_are_counted_and_told_apart_as_ever(school):
    counted = Student.objects.annotate(seats=Count("enrolments")).order_by("pk")
    assert {each.seats for each in counted} == {1}
    seats = Enrolment.objects.select_related("student").annotate(others=Count("school_class__enrolments"))
    assert {each.student.ethnic_code for each in seats} == {"", "54"}
    assert Student.objects.filter(enrolments__isnull=False).distinct().count() == Student.objects.count()


@pytest.mark.parametrize(
    "asked",
    [
        lambda: Student.objects.order_by("ethnic_code"),
        lambda: Student.objects.annotate(long=Length("ethnic_code")),
        lambda: Student.objects.filter(full_name=F("ethnic_code")),
        lambda: Enrolment.objects.values("school_class").annotate(Count("student__disability_code")),
    ],
)
def test_what_the_database_would_count_or_sort_by_them_it_refuses(asked):
    with pytest.raises(ProgrammingError, match="a_veiled_column_is_only_read"), transaction.atomic():
        list(asked())


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("ethnic_code", "54"),
        ("disability_code", ""),
        ("disability_certificate_on", None),
        ("religion_code", seal("11", "religion_code")),
        ("policy_code", veil("06", "policy_code", salt=SALT, room=28)),
    ],
)
def test_the_database_refuses_what_is_not_veiled(school, column, value):
    with pytest.raises(DatabaseError, match=f"{column}_is_veiled"), transaction.atomic():
        fetched(f"UPDATE students_student SET {column} = %s", value)  # noqa: S608 - our own names


def test_history_is_checked_like_the_record(db):
    found = stored("conname", "pg_constraint WHERE conrelid = 'students_historicalstudent'::regclass")
    assert {f"historicalstudent_{column}_is_veiled" for column in COLUMNS} <= set(found)


def test_the_trail_shows_the_words_and_nothing_for_nothing(school):
    first, second = (
        AuditEntry.objects.filter(table_name="students_student", row_id=str(pupil.pk)).latest("seq").new
        for pupil in school.pupils[:2]
    )
    words = {name: value_words("students_student", name, first[name]) for name in COLUMNS}
    assert (words["disability_level"], words["disability_certificate_no"]) == ("Nặng", "12/GXN")
    assert words["disability_certificate_on"] == "04/03/2022"
    assert {value_words("students_student", name, second[name]) for name in COLUMNS} == {"Rơ-măm", ""}


def test_a_new_key_veils_all_rows_anew_and_what_was_equal_stays_so(school, settings):
    watched = next(each for each in watched_tables() if each.table == "students_student")
    before = [(each.row, each.what) for each in history_out_of_step(watched)]
    old, former = stored("ethnic_code"), settings.DATA_KEYS[0]
    settings.DATA_KEYS = ("n" * 60, former)
    call_command("reseal")
    assert not set(old) & set(stored("ethnic_code"))
    assert (
        len(set(stored("disability_code", f"students_historicalstudent WHERE id = {school.pupils[0].pk}")))
        <= 2
    )
    assert list(rows_out_of_step(watched)) == []
    assert [(each.row, each.what) for each in history_out_of_step(watched)] == before
    settings.DATA_KEYS = ("n" * 60,)
    pupil = Student.objects.get(pk=school.pupils[0].pk)
    assert (pupil.ethnic_code, pupil.disability_certificate_on) == ("54", datetime.date(2022, 3, 4))
    assert fault(fetched(statement())) == ""
    assert [(each.row, each.what) for each in history_out_of_step(watched)] == before
    settings.DATA_KEYS = (former,)
    assert "lacks the key" in fault(fetched(statement()))


def test_history_that_is_veiled_now_agrees_with_entries_of_the_chain_from_before(school):
    watched = next(each for each in watched_tables() if each.table == "students_student")
    before = [(each.row, each.what) for each in history_out_of_step(watched)]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_auditentry DISABLE TRIGGER USER")
        for place, number, day in ((0, "12/GXN", "2022-03-04"), (1, "", None)):
            plain = {
                "ethnic_code": "54",
                "disability_certificate_no": number,
                "disability_certificate_on": day,
            }
            cursor.execute(
                "UPDATE accounts_auditentry SET new = new || %s::jsonb WHERE row_id = %s AND source = 'page'"
                " AND table_name = 'students_student'",
                [json.dumps(plain), str(school.pupils[place].pk)],
            )
            assert cursor.rowcount == (2, 1)[place]
    assert [(each.row, each.what) for each in history_out_of_step(watched)] == before


def test_rows_from_before_are_veiled_by_the_migration_with_one_salt_for_a_pupil(school):
    certify(school.pupils[2])
    pupil = school.pupils[0]
    told = {name: getattr(Student.objects.get(pk=pupil.pk), name) for name in COLUMNS}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, key in MIGRATION.TABLES.items():
            lay_bare(cursor, table, key)
        assert stored("ethnic_code").count("54") == 2
        # As a migration begins: all rows are new to it, once it has written the tables anew.
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for each in (*MIGRATION.ONE_SALT.strip().split(";\n"), None, *MIGRATION.checks()):
            cursor.execute(each) if each else MIGRATION.veil_rows()
    assert {name: getattr(Student.objects.get(pk=pupil.pk), name) for name in COLUMNS} == told
    salts = stored("DISTINCT veil", f"students_historicalstudent WHERE id = {pupil.pk}")
    assert salts == stored("veil", f"students_student WHERE id = {pupil.pk}")
    assert pupil.history.latest().disability_certificate_no == "12/GXN"


def lay_bare(cursor, table, key):
    """As the rows were before the migration, once its columns are texts."""
    wanted = ", ".join(COLUMNS)
    rows = fetched(f"SELECT {key}, {wanted} FROM {table}")  # noqa: S608 - our own names
    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for column in COLUMNS:
        named = f"{table.removeprefix('students_')}_{column}_is_veiled"
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {named}")
    places = ", ".join(["%s"] * len(COLUMNS))
    for row_key, *values in rows:
        plain = [unseal(value, column) for column, value in zip(COLUMNS, values, strict=True)]
        cursor.execute(
            f"UPDATE {table} SET ({wanted}, veil) = ({places}, gen_random_uuid()) WHERE {key} = %s",  # noqa: S608
            [*plain, row_key],
        )
    cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
