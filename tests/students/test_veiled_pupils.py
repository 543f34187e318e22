"""No table says of which group a pupil is, whatever has been done with the record (docs/decisions/0201; R63)."""

import datetime
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.models import User
from approvals.data_requests import Asked, move_request, record_request
from approvals.data_rules import RequestKind
from approvals.data_workflow import RequestAct
from gradebook.regulation import Period
from kimdong.demo import records as demo_records
from reports import print_jobs
from reports.kept_reports import Keeping, digest_of, keep_report
from reports.kinds import KINDS
from reports.models import PrintJob
from reports.report_kind import Moment
from reports.sync_outbox import prepare_batch
from students import movements
from students.imports import RosterRefused, carry_out_roster
from students.models import RosterUpload, Student
from students.models.pupils import RecordUnsound
from students.record_sections import CODES
from students.records import RecordRefused, change_record, file_of
from tests.gradebook.school import CONFIRMED, School, close_window, exempt, make_school, open_window
from tests.pupils import rewrite
from tests.reports.school_books import fill
from tests.students.rosters import as_bytes, listed, pupil

pytestmark = pytest.mark.django_db
DAY = datetime.date(2021, 11, 30)
RARE = {
    "ethnic_code": "39",
    "religion_code": "10",
    "policy_code": "06",
    "disability_code": "05",
    "disability_level": "extreme",
    "disability_certificate_no": "8812/GXN-KD",
    "disability_certificate_on": DAY,
}
"""Whose words and codes nothing else in the school of the test has."""
_WORDS = {"extreme", "Đặc biệt nặng", "8812/GXN-KD", f"{DAY:%Y-%m-%d}", f"{DAY:%d/%m/%Y}", f"{DAY}"}
PRINTED = "reports_printedcontent"
_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"


def the_school() -> School:
    """GHKI of 4A entered and locked; the records have what the sector's database asks for, of nobody anything rare."""
    found = make_school(pupils=3)
    for number, each in enumerate(Student.objects.order_by("pk")):
        rewrite(
            Student.objects.filter(pk=each.pk),
            ethnic_code="01",
            mother_name="Lê Thị Tư",
            mother_birth_year=1987,
            gender="female",
            moet_id=f"00000000{number:02d}",
            national_id=f"00132000{number:04d}",
        )
    open_window(found, Period.MID_TERM_1)
    fill(found.class_4a, found.pupils[1:], Period.MID_TERM_1)
    return found


def as_(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def rows_that_tell() -> dict[str, list[str]]:
    """By table the rows of the whole database in which a rare word stands, or a pupil with a rare code for itself."""
    codes = {value for name, value in RARE.items() if name in CODES}
    words = _WORDS | {CODES[name]().names[value] for name, value in RARE.items() if name in CODES}
    names = set(Student.objects.values_list("full_name", flat=True))
    found: dict[str, list[str]] = {}
    for (table,) in fetched(_TABLES):
        for (row,) in fetched(f"SELECT to_jsonb(t)::text FROM {table} t"):  # noqa: S608 - the database's own names
            told = set(_texts(json.loads(row)))
            is_of_pupil = '"student_id"' in row or bool(told & names)
            if (codes & told and is_of_pupil) or any(word in text for text in told for word in words):
                found.setdefault(table, []).append(row)
    return found


def _texts(value: Any) -> Iterator[str]:
    """The texts in a row, and those in JSON that is kept as a text."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)
    elif isinstance(value, str):
        yield value
        if value[:1] in ("{", "["):
            yield from _texts(json.loads(value))


def fetched(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def by_list(school: School) -> None:
    """The clerk sends a list, looks at what it would do, and carries it out; then one that is refused."""
    cells = {
        "Dân tộc": "La Ha",
        "Tôn giáo": "Đạo tứ ấn hiếu nghĩa",
        "Diện chính sách": "06",
        "Loại khuyết tật": "Khuyết tật trí tuệ",
        "Mức độ khuyết tật": "Đặc biệt nặng",
        "Số giấy xác nhận khuyết tật": RARE["disability_certificate_no"],
        "Ngày cấp giấy xác nhận khuyết tật": "30/11/2021",
    }
    client = as_(school.tuan)
    for row in (pupil(1, **cells), pupil(1, **cells | {"Loại khuyết tật": "", "Năm sinh cha": 2019})):
        file = SimpleUploadedFile("danh sách.xlsx", as_bytes(row))
        client.post(reverse("students:import"), {"year": school.year.pk, "file": file})
        page = reverse("students:upload", args=[RosterUpload.objects.latest("pk").pk])
        shown = re.search(r'name="previewed" value="(\w+)"', client.get(page).text)
        if shown:
            apply = reverse("students:upload_apply", args=[RosterUpload.objects.latest("pk").pk])
            client.post(apply, {"previewed": shown[1], **CONFIRMED})


def by_page(school: School, pk: int) -> None:
    """The homeroom teacher types it into the record, section by section; what is refused first, is mended."""
    client = as_(school.lan)
    for section in ("person", "support"):
        address = reverse("students:pupil_edit", args=[pk, section])
        form = client.get(address).context["form"]
        sent = {name: form[name].value() or "" for name in form.fields}
        given = {name: value for name, value in RARE.items() if name in form.fields}
        assert given
        wrong = {"disability_code": ""} if section == "support" else {"full_name": ""}
        assert client.post(address, sent | given | wrong).status_code == 422
        assert client.post(address, sent | given).status_code == 302


def test_a_record_that_went_everywhere_stands_in_no_table_but_the_printed_book(school, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    first = school.pupils[0]
    assert rows_that_tell() == {}
    by_list(school)
    by_page(school, first.pk)
    kept = Student.objects.get(pk=first.pk)
    assert {name: getattr(kept, name) for name in RARE} == RARE
    assert Student.objects.get(moet_id="3100000001").disability_certificate_on == DAY
    exempt(school, kept, "TOAN")
    leaders, clerk = as_(school.bich), as_(school.tuan)
    for reader in (leaders, clerk):
        reader.get(reverse("students:pupil", args=[first.pk]))
        reader.get(reverse("students:class", args=[school.class_4a.pk]))
    assert (
        RARE["disability_certificate_no"]
        in leaders.get(reverse("approvals:audit_pupil", args=[first.pk])).text
    )
    close_window(school, Period.MID_TERM_1)
    prepare_batch(school.year, by=school.tuan)
    copy_of_the_data(school, first, clerk)
    for kind in KINDS:
        keep(school, kind)
    assert rows_that_tell() == {}
    print_the_books_of(school, first)
    told = rows_that_tell()
    assert set(told) == {PRINTED}
    assert "La Ha" in "".join(told[PRINTED])


def copy_of_the_data(school: School, student: Student, clerk: Client) -> None:
    about = Asked(
        RequestKind.PROVIDE, student, "Trần Thị Tư", "mẹ", "Căn cước", "Xin bản sao.", clock.today()
    )
    found = record_request(about, by=school.tuan)
    move_request(found, RequestAct.GRANT, text="Đồng ý.", by=school.bich)
    answer = clerk.post(reverse("reports:person_file", args=[found.pk]), CONFIRMED)
    assert answer.getvalue()[:2] == b"PK"


def keep(school: School, kind: Any) -> None:
    """A copy of the report as it is now, if there is anything in it yet."""
    moment = (
        Moment(school.year, day=clock.today()) if kind.is_of_a_day else Moment(school.year, kind.periods[0])
    )
    report = kind.read(moment)
    keep_report(kind, moment, Keeping(digest_of(report)), by=school.tuan)


def print_the_books_of(school: School, student: Student) -> None:
    """The pack of a pupil who goes to another school: letter, results, học bạ."""
    movements.transfer_out(
        student,
        by=school.tuan,
        day=clock.today(),
        destination_code="02",
        other_school="Trường Tiểu học Hoa Sen",
        other_province="Thành phố Hà Nội",
        decision_number="15/QĐ",
        decision_date=clock.today(),
    )
    movement = student.movements.latest("pk")
    as_(school.tuan).post(reverse("reports:transfer_pack", args=[movement.pk]), CONFIRMED)
    print_jobs.run_job(PrintJob.objects.get(movement=movement).pk)


# -- A disability names its kind, by whichever door ----------------------------------------------------------

UNSOUND = [
    {"disability_level": "mild"},
    {"disability_certificate_no": "12/GXN"},
    {"disability_certificate_on": DAY},
]


@pytest.mark.parametrize("wrong", UNSOUND)
def test_the_page_refuses_a_disability_without_its_kind_with_a_remedy(school, wrong):
    student = Student.objects.get(pk=school.pupils[0].pk)
    with pytest.raises(RecordRefused, match="chọn loại khuyết tật"):
        change_record(file_of(student), wrong, version="0-0", by=school.lan)


@pytest.mark.parametrize("wrong", UNSOUND)
def test_a_list_refuses_it_and_writes_nothing(school, wrong):
    headings = {
        "disability_level": "Mức độ khuyết tật",
        "disability_certificate_no": "Số giấy xác nhận khuyết tật",
        "disability_certificate_on": "Ngày cấp giấy xác nhận khuyết tật",
    }
    said = {"disability_level": "Nhẹ", "disability_certificate_on": "30/11/2021"}
    ((name, value),) = wrong.items()
    with pytest.raises(RosterRefused):
        carry_out_roster(
            listed(pupil(1, **{headings[name]: said.get(name, value)})), school.year, by=school.tuan
        )
    assert not Student.objects.filter(moet_id="3100000001").exists()


@pytest.mark.parametrize(
    "wrong", [*UNSOUND, {"disability_level": "hơi nặng"}, {"is_exempt_from_assessment": True}]
)
def test_saving_refuses_it_one_by_one_and_in_bulk(school, wrong):
    student = Student.objects.get(pk=school.pupils[0].pk)
    for name, value in wrong.items():
        setattr(student, name, value)
    with pytest.raises(RecordUnsound):
        student.save()
    with pytest.raises(RecordUnsound):
        student.save(update_fields=list(wrong))
    with pytest.raises(RecordUnsound):
        rewrite(Student.objects.filter(pk=student.pk), **wrong)
    with pytest.raises(RecordUnsound):
        Student.objects.create(full_name="Lê An", sort_key="a", search_key="a", **wrong)
    assert issubclass(RecordUnsound, IntegrityError)


def test_the_demo_is_written_by_the_same_door(school, monkeypatch):
    def fill_wrongly(seat: Any, *_: Any) -> None:
        seat.student.disability_level = "mild"

    monkeypatch.setattr(demo_records, "_fill", fill_wrongly)
    with pytest.raises(RecordUnsound), transaction.atomic():
        demo_records.complete_records(school.year, 1)
    assert {each.disability_level for each in Student.objects.all()} == {""}
