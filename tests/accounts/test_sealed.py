"""Sealed columns: what lies on the disk tells nothing, pages and lookups do not notice (docs/decisions/0201; R63)."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from accounts import audit_chain
from accounts.audit_history import history_out_of_step
from accounts.history import Source, acting
from accounts.models import AuditEntry, User
from accounts.resealing import sealed_columns
from accounts.sealed import SealBroken, seal, unseal
from approvals.audit_trail import in_words
from students.models import Student
from tests.gradebook.school import make_school

pytestmark = pytest.mark.django_db
NUMBER, PHONE = "031220001234", "0912345678"
OLD, NEW = "o" * 60, "n" * 60


def the_school():
    """The first pupil has an identity number and a mother with a telephone, written by an act."""
    school = make_school()
    write(school, national_id=NUMBER, mother_phone=PHONE)
    return school


def write(school, **values):
    pupil = Student.objects.get(pk=school.pupils[0].pk)
    for name, value in values.items():
        setattr(pupil, name, value)
    with acting(User.objects.get(pk=school.lan.pk), role="GVCN 4A", source=Source.PAGE):
        pupil.save()


def stored(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_what_was_sealed_is_opened_again_and_the_same_text_is_the_same_in_one_column_only():
    sealed = seal("Hải Phòng 🌸", "phone")
    assert unseal(sealed, "phone") == "Hải Phòng 🌸"
    assert seal("Hải Phòng 🌸", "phone") == sealed
    assert seal("Hải Phòng 🌸", "email") != sealed
    assert seal("", "phone") == ""


@pytest.mark.parametrize("place", [1, 12, 30])
def test_a_changed_letter_or_another_column_is_no_value(place):
    sealed = seal(PHONE, "phone")
    letter = "0" if sealed[place] != "0" else "1"
    with pytest.raises(SealBroken):
        unseal(sealed[:place] + letter + sealed[place + 1 :], "phone")
    with pytest.raises(SealBroken):
        unseal(sealed, "mother_phone")


def test_neither_record_nor_history_nor_chain_holds_the_plain_text(school):
    tables = stored("SELECT to_jsonb(t)::text FROM students_student t")
    tables += stored("SELECT to_jsonb(t)::text FROM students_historicalstudent t")
    tables += stored("SELECT coalesce(new, old)::text FROM accounts_auditentry WHERE table_name ~ 'student'")
    everything = json.dumps(tables)
    assert school.pupils[0].full_name.encode("ascii", "backslashreplace").decode() in everything
    assert (NUMBER in everything, PHONE in everything) == (False, False)


def test_code_reads_looks_up_and_keeps_apart_as_before(school):
    found = Student.objects.get(national_id=NUMBER)
    assert (found.pk, found.mother_phone) == (school.pupils[0].pk, PHONE)
    assert Student.objects.filter(mother_phone__in=["0900000000", PHONE]).count() == 1
    assert found.history.latest().national_id == NUMBER
    with pytest.raises(IntegrityError), transaction.atomic():
        Student.objects.filter(pk=school.pupils[1].pk).update(national_id=NUMBER)


def test_the_search_finds_a_pupil_by_the_whole_number_also_without_its_zero(school, client):
    client.force_login(school.tuan)
    for typed in (NUMBER, NUMBER[1:]):
        answer = client.get(reverse("students:search"), {"q": typed})
        assert answer.url == reverse("students:pupil", args=[school.pupils[0].pk])


def test_the_trail_of_changes_shows_what_was_written_to_whoever_may_read_it(school, client):
    client.force_login(school.bich)
    page = client.get(reverse("approvals:audit_pupil", args=[school.pupils[0].pk])).content.decode()
    assert PHONE in page
    assert "~" + seal(PHONE, "mother_phone")[1:9] not in page


@pytest.mark.parametrize("value", [NUMBER, "~0123abcd.short"])
def test_the_database_refuses_plain_text_and_an_identity_number_of_another_length(school, value):
    refused = pytest.raises(DatabaseError, match="national_id_is_sealed")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE students_student SET national_id = %s", [value])
    with refused, transaction.atomic():
        Student.objects.filter(pk=school.pupils[1].pk).update(national_id="12345")


def test_a_new_key_seals_all_rows_anew_and_the_trail_keeps_being_read_by_the_former(school, settings, capsys):
    watched = next(each for each in audit_chain.watched_tables() if each.table == "students_student")
    # The school of the tests is written past the acts: what is found of that stays the same.
    before = [(fault.row, fault.what) for fault in history_out_of_step(watched)]
    former = settings.DATA_KEYS[0]
    settings.DATA_KEYS = (NEW, former)
    assert Student.objects.get(pk=school.pupils[0].pk).mother_phone == PHONE
    call_command("reseal")
    assert "để đọc nhật kí cũ" in capsys.readouterr().out
    assert list(audit_chain.rows_out_of_step(watched)) == []
    assert [(fault.row, fault.what) for fault in history_out_of_step(watched)] == before
    assert list(audit_chain.guards_off()) == []
    assert AuditEntry.objects.latest("seq").under == "reseal"
    entry = AuditEntry.objects.filter(under="reseal", table_name="students_student").latest("seq")
    [line] = in_words([entry])
    assert (line.under, line.changes) == ("mã hoá lại bằng khoá dữ liệu mới", ())
    settings.DATA_KEYS = (NEW,)
    # The former key was stolen and is gone: what stands under it is no evidence, and no fault.
    assert [(fault.row, fault.what) for fault in history_out_of_step(watched)] == before
    found = Student.objects.get(national_id=NUMBER)
    assert (found.mother_phone, found.history.latest().mother_phone) == (PHONE, PHONE)


def test_without_the_former_key_nothing_is_sealed_anew_and_the_remedy_is_said(school, settings):
    settings.DATA_KEYS = (OLD,)
    with pytest.raises(CommandError, match="Add the former key"):
        call_command("reseal")
    assert stored("SELECT count(*) FROM accounts_auditentry WHERE under = 'reseal'") == [(0,)]


def test_the_sealed_columns_are_those_of_the_decision():
    assert {column for _key, columns in sealed_columns().values() for column in columns} == {
        *("national_id", "phone", "email", "father_phone", "mother_phone", "guardian_phone"),
        *("ethnic_code", "religion_code", "policy_code", "disability_code", "disability_level"),
        *("disability_certificate_no", "disability_certificate_on", "content"),
    }
