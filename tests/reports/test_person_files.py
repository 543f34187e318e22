"""The copy of one person's data: all of it, in words and as stored, and of nobody else (NĐ 356/2025 Điều 5)."""

import io
import json
import zipfile

import pytest
from django.apps import apps
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts import clock
from accounts.models import AccessLogEntry, User
from approvals.data_requests import Asked, move_request, record_request
from approvals.data_rules import RequestKind
from approvals.data_workflow import RequestAct
from gradebook.sheets import Field
from reports.archive_tables import LEFT_OUT, is_history, label_of
from reports.person_tables import NOT_OF_PUPIL, NOT_OF_STAFF, OF_PUPIL, OF_STAFF
from reports.read_back import squeezed, text_of
from students.models import Student
from tests.approvals.test_personal_data import incident
from tests.gradebook.school import CONFIRMED, enter, open_school

pytestmark = pytest.mark.django_db


def the_school():
    school = open_school()
    Student.objects.filter(pk=school.pupils[0].pk).update(
        mother_name="Trần Thị Tư", mother_phone="0912345678"
    )
    for pupil, mark in zip(school.pupils[:2], ("9", "4"), strict=True):
        enter(school.sheet(), pupil, Field.MARK, mark, by=school.lan)
    return school


def granted(school, subject, kind=RequestKind.PROVIDE):
    about = Asked(kind, subject, "Trần Thị Tư", "mẹ", "Căn cước", "Xin bản sao.", clock.today())
    found = record_request(about, by=User.objects.get(pk=school.tuan.pk))
    return move_request(found, RequestAct.GRANT, text="Đồng ý.", by=User.objects.get(pk=school.bich.pk))


def taken(client, person, found):
    client.force_login(person)
    answer = client.post(reverse("reports:person_file", args=[found.pk]), CONFIRMED)
    return zipfile.ZipFile(io.BytesIO(answer.getvalue()))


def test_a_pupils_copy_holds_record_marks_and_history_and_nobody_elses(school, client):
    first, second = school.pupils[:2]
    packed = taken(client, school.tuan, granted(school, first))
    stored = json.loads(packed.read("du-lieu.json"))["bang"]
    assert [row["id"] for row in stored["students_student"]] == [first.pk]
    assert {row["student_id"] for row in stored["gradebook_subjectresult"]} == {first.pk}
    assert stored["gradebook_historicalsubjectresult"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(packed.read("du-lieu.xlsx")))
    words = {
        str(cell)
        for name in book.sheet_names
        for row in book.get_sheet_by_name(name).to_python()
        for cell in row
    }
    assert {"Học sinh", "Gia đình", "Kết quả môn học", "Chỗ trong lớp"} <= set(book.sheet_names)
    assert {"Trần Thị Tư", "0912345678"} <= words
    everything = packed.read("du-lieu.json").decode() + " ".join(words)
    assert '"veil"' not in everything  # of no meaning to anybody but the database
    assert first.full_name in everything
    assert second.full_name not in everything
    assert "không gửi lên mạng" in packed.read("DOC-TRUOC.txt").decode()


def test_a_teachers_copy_holds_duties_and_no_pupil_and_no_password(school, client):
    packed = taken(client, school.bich, granted(school, school.lan))
    stored = json.loads(packed.read("du-lieu.json"))["bang"]
    assert [row["id"] for row in stored["accounts_user"]] == [school.lan.pk]
    assert {row["teacher_id"] for row in stored["gradebook_teachingassignment"]} == {school.lan.pk}
    assert not any("password" in row for row in stored["accounts_user"])
    assert school.pupils[0].full_name not in packed.read("du-lieu.json").decode()


def test_it_is_taken_under_a_granted_request_alone_with_the_password_and_on_record(school, client):
    found = granted(school, school.pupils[0])
    client.force_login(school.tuan)
    page = reverse("reports:person_file", args=[found.pk])
    assert client.post(page).status_code == 422
    assert client.post(page, CONFIRMED).status_code == 200
    entry = AccessLogEntry.objects.filter(kind="bulk_exported").get()
    assert (entry.user, found.label in entry.target) == (school.tuan, True)
    other = granted(school, school.pupils[0], RequestKind.DELETE)
    assert client.post(reverse("reports:person_file", args=[other.pk]), CONFIRMED).status_code == 404


def test_every_table_that_points_at_a_person_says_whose_it_is():
    pupils, staff = set(), set()
    for model in apps.get_models(include_auto_created=True):
        if is_history(model):
            continue
        targets = {field.remote_field.model for field in model._meta.concrete_fields if field.remote_field}
        if Student in targets:
            pupils.add(label_of(model))
        if User in targets:
            staff.add(label_of(model))
    assert pupils | {"students.Student"} == OF_PUPIL.keys() | NOT_OF_PUPIL.keys()
    assert staff | {"accounts.User"} == OF_STAFF.keys() | NOT_OF_STAFF
    assert (OF_PUPIL.keys() | OF_STAFF.keys()) & LEFT_OUT.keys() == set()


def test_the_notice_of_an_incident_prints_in_the_form_of_a_school_paper(school, client):
    found = incident(school, hours=2)
    client.force_login(school.bich)
    words = text_of(client.get(reverse("reports:data_incident_paper", args=[found.pk])).getvalue())
    for part in (
        school.year.school_name.upper(),
        "THÔNG BÁO",
        "Điều 23 Luật Bảo vệ dữ liệu cá nhân",
        "Gửi nhầm danh sách lớp.",
        "Số người bị ảnh hưởng: 34",
        "Chậm nhất 72 giờ",
        school.bich.full_name,
    ):
        assert squeezed(part) in words
