"""Everything the school has in one archive: whole, without secrets, the principal's alone, taken away after a week."""

import datetime
import hashlib
import io
import json
import zipfile
from contextlib import nullcontext
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob
from python_calamine import CalamineWorkbook

from accounts import clock
from accounts.audit_chain import head_code
from accounts.models import AccessLogEntry, AuditEntry, SignedInSession, User
from approvals.models import Evidence
from gradebook.models import SubjectResult
from gradebook.regulation import Period
from kimdong.version import VERSION
from reports import archive_writing, archives, print_attempts
from reports.archive_rows import read_names, readable
from reports.archive_tables import (
    BOOKS,
    DRAWN_FILES,
    FILES,
    LEFT_OUT,
    ONLY_JSON,
    RESULTS,
    SECRETS,
    columns_of,
    history_books,
    is_history,
    label_of,
    tables_in,
)
from reports.archives import (
    ArchiveRefused,
    ask_for_archive,
    cancel_archive,
    forget_old,
    is_there,
    resume_stalled,
    run_archive,
)
from reports.models import DataArchive
from reports.print_attempts import PrintInterrupted
from students.models import Student
from tests.approvals.papers import entered_school, filed
from tests.gradebook.school import CONFIRMED, add_pupils, make_school
from tests.pupils import rewrite
from tests.reports.school_books import fill

pytestmark = pytest.mark.django_db
PLACE = "/reports/exports/archives/"


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "archives").mkdir()
    return tmp_path


@pytest.fixture
def school():
    found = make_school(pupils=3)
    fill(found.class_4a, found.pupils, Period.MID_TERM_1)
    return found


def packed(tmp_path, told=lambda _done: None):
    target = tmp_path / "goi.zip"
    archive_writing.write_archive(target, made_by="Người lập: cô Bích", made_at=clock.stamp(), told=told)
    return zipfile.ZipFile(target)


def manifest_of(archive):
    return json.loads(archive.read("manifest.json"))


def rows_of(archive, table):
    return [json.loads(line) for line in archive.read(f"json/{table}.jsonl").splitlines()]


def book_of(archive, name):
    return CalamineWorkbook.from_filelike(io.BytesIO(archive.read(f"excel/{name}.xlsx")))


def sheet_of(archive, name, sheet):
    """Rows by heading; two lines and the headings stand above."""
    lines = book_of(archive, name).get_sheet_by_name(sheet).to_python()
    return [dict(zip(lines[2], line, strict=True)) for line in lines[3:]]


# -- What is in it -----------------------------------------------------------------------------------------


def test_every_model_is_in_the_archive_or_named_with_its_reason():
    known = {label_of(model) for model in apps.get_models(include_auto_created=True)}
    inside = {label_of(model) for model in tables_in()}
    assert known - inside == LEFT_OUT.keys()
    assert all(LEFT_OUT.values())
    assert all(ONLY_JSON.values())


def test_every_table_has_a_workbook_but_those_named_with_a_reason():
    shown = {sheet.model for book in (*BOOKS, *history_books()) for sheet in book.sheets} | RESULTS.keys()
    assert {label_of(model) for model in tables_in()} - shown == ONLY_JSON.keys()


def test_every_column_that_names_a_file_says_whether_the_file_goes_along():
    columns = {
        f"{label_of(model)}.{column.name}"
        for model in tables_in()
        if not is_history(model)
        for column in columns_of(model)
        if isinstance(column, models.FileField)
    }
    assert columns == FILES.keys() | DRAWN_FILES.keys()


def test_every_column_has_a_word_of_the_schools(school):
    names = read_names()
    raw = set()
    for book in (*BOOKS, *history_books()):
        for sheet in book.sheets:
            found = {heading.name for heading in readable(sheet, names).headings}
            raw |= {name for name in found if "_" in name}
            assert all(found)
    assert raw == set()


def test_the_lines_of_json_are_the_rows_as_they_are_stored(school, tmp_path):
    with packed(tmp_path) as archive:
        pupils = rows_of(archive, "students_student")
        results = rows_of(archive, "gradebook_subjectresult")
        history = rows_of(archive, "students_historicalstudent")
    assert [each["id"] for each in pupils] == sorted(Student.objects.values_list("pk", flat=True))
    stored = Student.objects.get(pk=school.pupils[0].pk)
    told = next(each for each in pupils if each["id"] == stored.pk)
    assert (told["full_name"], told["birth_year"]) == (stored.full_name, stored.birth_year)
    assert len(results) == SubjectResult.objects.count() == 36
    assert len(history) == Student.history.count()


def test_the_workbooks_say_it_in_the_schools_words(school, tmp_path):
    rewrite(
        Student.objects.filter(pk=school.pupils[0].pk),
        ethnic_code="02",
        gender="female",
        national_id="001320000007",
        mother_name="=Lê Thị Tư",
    )
    with packed(tmp_path) as archive:
        pupils = sheet_of(archive, "02-hoc-sinh-gia-dinh", "Học sinh")
        families = sheet_of(archive, "02-hoc-sinh-gia-dinh", "Gia đình")
        marks = sheet_of(archive, f"06-ket-qua-{school.year.pk}", "Môn học GHKI")
        assigned = sheet_of(archive, "05-phan-cong", "Giảng dạy")
    first = next(row for row in pupils if row["Số định danh cá nhân"] == "001320000007")
    assert (first["Dân tộc"], first["Giới tính"]) == ("Tày", "Nữ")
    assert "Họ và tên mẹ" not in first
    assert "=Lê Thị Tư" in [row["Họ và tên mẹ"] for row in families]
    assert {row["Học sinh"] for row in marks} == {pupil.full_name for pupil in school.pupils}
    assert {"Toán", "Tiếng Việt"} <= {row["Môn"] for row in marks}
    assert f"4A ({school.year.label})" in {row["Lớp"] for row in assigned}


def test_the_manifest_binds_every_part_by_rows_and_sha256(school, tmp_path):
    with packed(tmp_path) as archive:
        told = manifest_of(archive)
        for part in (*told["bang"], *told["excel"]):
            assert hashlib.sha256(archive.read(part["tep"])).hexdigest() == part["sha256"], part["tep"]
        for table in told["bang"]:
            assert archive.read(table["tep"]).count(b"\n") == table["so_dong"]
        named = {part["tep"] for part in (*told["bang"], *told["excel"], *told["tep"])}
        assert set(archive.namelist()) == named | {"manifest.json", "DOC-TRUOC.txt"}
        assert archive.testzip() is None
    assert told["dau_nhat_ki"] == head_code()
    assert told["phan_mem"] == f"Kim Đồng {VERSION}"
    newest = max(file.stem for file in (settings.BASE_DIR / "reports" / "migrations").glob("0*.py"))
    assert told["phien_ban_luoc_do"]["reports"] == newest


def test_each_sheet_has_as_many_rows_as_the_table(school, tmp_path):
    with packed(tmp_path) as archive:
        told = manifest_of(archive)
        rows = {table["model"]: table["so_dong"] for table in told["bang"]}
        for book in (*BOOKS, *history_books()):
            counts = next(each for each in told["excel"] if each["tep"] == f"excel/{book.file}.xlsx")["trang"]
            assert counts == {sheet.title: rows[sheet.model] for sheet in book.sheets}
            opened = book_of(archive, book.file)
            assert len(opened.sheet_names) == len(book.sheets)
            heights = [len(opened.get_sheet_by_index(place).to_python()) - 3 for place in range(len(counts))]
            assert heights == list(counts.values())


def test_a_table_longer_than_a_sheet_goes_on_in_another(school, tmp_path, monkeypatch):
    monkeypatch.setattr(archive_writing, "MOST_ROWS", 20)
    with packed(tmp_path) as archive:
        book = book_of(archive, f"06-ket-qua-{school.year.pk}")
        parts = [name for name in book.sheet_names if name.startswith("Môn học GHKI") and "GHKII" not in name]
        assert parts == ["Môn học GHKI", "Môn học GHKI (2)"]
        assert [len(book.get_sheet_by_name(name).to_python()) - 3 for name in parts] == [20, 16]


def test_no_secret_is_in_it(school, tmp_path):
    SignedInSession.objects.create(user=school.lan, key_hash="f0e1" * 16, device="Chrome")
    secrets = [user.password.encode() for user in User.objects.all()] + [b"f0e1" * 16]
    assert all(secrets)
    with packed(tmp_path) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            if name.endswith(".xlsx"):
                with zipfile.ZipFile(io.BytesIO(content)) as book:
                    content = b"".join(book.read(each) for each in book.namelist())
            assert not any(secret in content for secret in secrets), name
        assert rows_of(archive, "accounts_signedinsession")[0]["device"] == "Chrome"
        assert manifest_of(archive)["cot_bi_mat_khong_co"] == SECRETS


def test_evidence_goes_along_and_what_is_gone_is_said_to_be(tmp_path):
    school = entered_school()
    evidence = filed(school).evidence.get()
    content = Path(evidence.file.path).read_bytes()
    with packed(tmp_path) as archive:
        assert archive.read(f"tep/{evidence.file.name}") == content
        told = manifest_of(archive)["tep"]
    assert told[0]["sha256"] == hashlib.sha256(content).hexdigest()
    evidence.file.storage.delete(evidence.file.name)
    with packed(tmp_path) as archive:
        told = manifest_of(archive)["tep"]
    assert [each for each in told if "khong_con" in each] == [
        {"tep": f"tep/{evidence.file.name}", "loai": "minh chứng", "khong_con": True}
    ]
    assert Evidence.objects.count() == 1


def test_the_statements_do_not_grow_with_the_rows(school, tmp_path):
    def statements():
        with CaptureQueriesContext(connection) as made:
            packed(tmp_path).close()
        return len(made)

    packed(tmp_path).close()
    few = statements()
    fill(school.class_4a, add_pupils(school.class_4a, 30), Period.MID_TERM_1)
    assert statements() == few


# -- The work ----------------------------------------------------------------------------------------------


@pytest.fixture
def beside(monkeypatch):
    """The second connection of the real worker sees nothing of a test's transaction: the first stands in for it."""
    monkeypatch.setattr(archives.connections, "create_connection", lambda _alias: _Open(connection))


class _Open:
    def __init__(self, real):
        self.cursor = real.cursor

    def close(self):
        """The test goes on with it."""


def make(school):
    archive = ask_for_archive(by=school.bich)
    run_archive(archive.pk)
    return DataArchive.objects.get(pk=archive.pk)


def test_a_worker_makes_what_the_principal_asked_for(school, beside):
    archive = make(school)
    assert (archive.state, archive.failure, archive.progress) == ("done", "", 1000)
    content = Path(archive.file.path).read_bytes()
    assert (hashlib.sha256(content).hexdigest(), len(content)) == (archive.content_hash, archive.size)
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        told = manifest_of(opened)
    assert sum(table["so_dong"] for table in told["bang"]) == archive.rows
    assert told["nguoi_lap"] == f"Người lập: {school.bich.full_name}"
    assert is_there(archive)


def test_two_wishes_are_one_and_its_place_in_the_queue_is_one(school):
    assert ask_for_archive(by=school.bich) == ask_for_archive(by=school.bich)
    assert ProcrastinateJob.objects.filter(task_name="make_archive").count() == 1


def test_progress_is_told_and_a_cancel_stops_it(school, beside, monkeypatch):
    monkeypatch.setattr(archives, "SECONDS_BETWEEN_NOTES", 0.0)
    # The cancel comes from elsewhere: it is not undone with what the worker read.
    monkeypatch.setattr(archives, "_one_moment", nullcontext)
    archive = ask_for_archive(by=school.bich)
    seen = []

    def stop():
        seen.append(DataArchive.objects.get(pk=archive.pk).progress)
        if len(seen) == 4:
            cancel_archive(archive, by=school.bich)
        return False

    run_archive(archive.pk, should_stop=stop)
    archive.refresh_from_db()
    assert len(seen) == 4
    assert seen == sorted(seen)
    assert 0 < seen[-1] < 1000
    assert (archive.state, archive.cancelled_by, archive.file.name) == ("cancelled", school.bich, "")
    with pytest.raises(ArchiveRefused):
        cancel_archive(archive, by=school.bich)


def test_a_worker_that_is_told_to_stop_gives_it_back(school, beside, files):
    archive = ask_for_archive(by=school.bich)
    with pytest.raises(PrintInterrupted):
        run_archive(archive.pk, should_stop=lambda: True)
    archive.refresh_from_db()
    assert (archive.state, archive.attempts) == ("waiting", 0)
    assert list((files / "archives").iterdir()) == []


def test_one_that_has_lost_its_place_in_the_queue_gets_another(school):
    archive = ask_for_archive(by=school.bich)
    ProcrastinateJob.objects.all()._raw_delete("default")
    assert resume_stalled() == [archive.pk]


def test_what_fails_three_times_says_so_and_the_next_can_be_asked_for(school, beside, monkeypatch):
    def broken(*_args, **_told):
        raise OSError("Input/output error")

    monkeypatch.setattr(archives, "write_archive", broken)
    archive = ask_for_archive(by=school.bich)
    for problem in (OSError, OSError, print_attempts.PrintGivenUp):
        with pytest.raises(problem):
            run_archive(archive.pk)
    archive.refresh_from_db()
    assert archive.state == "failed"
    assert "lập gói khác" in archive.failure
    assert ask_for_archive(by=school.bich).pk != archive.pk


def test_the_database_knows_the_moves_and_that_a_done_one_is_whole(school, beside):
    archive = make(school)
    for wrong in ({"state": "waiting"}, {"content_hash": ""}, {"rows": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            DataArchive.objects.filter(pk=archive.pk).update(**wrong)


def test_how_far_it_is_does_not_fill_the_audit_chain_and_what_came_of_it_is_there(
    school, beside, monkeypatch
):
    monkeypatch.setattr(archives, "SECONDS_BETWEEN_NOTES", 0.0)
    archive = make(school)
    told = AuditEntry.objects.filter(table_name="reports_dataarchive").order_by("seq")
    assert [(entry.action, entry.new["state"]) for entry in told] == [
        ("I", "waiting"),
        ("U", "running"),
        ("U", "done"),
    ]
    assert told.last().new["content_hash"] == archive.content_hash


def test_the_file_is_taken_away_after_a_week(school, beside, files):
    archive = make(school)
    assert forget_old() == 0
    DataArchive.objects.filter(pk=archive.pk).update(finished_at=clock.stamp() - datetime.timedelta(days=7))
    archive.refresh_from_db()
    assert not is_there(archive)
    assert forget_old() == 1
    assert list((files / "archives").iterdir()) == []
    assert DataArchive.objects.get(pk=archive.pk).state == "done"


# -- Pages -------------------------------------------------------------------------------------------------


def test_the_principal_alone_may_and_each_time_with_the_password(client, school, beside):
    for person in (school.hoa, school.tuan, school.lan):
        with pytest.raises(PermissionDenied):
            ask_for_archive(by=person)
        client.force_login(person)
        assert client.get(PLACE).status_code == 403
    client.force_login(school.bich)
    assert client.post(PLACE).status_code == 422
    assert not DataArchive.objects.exists()
    answer = client.post(PLACE, CONFIRMED, follow=True)
    assert "Đang chờ" in answer.content.decode() or "Máy in nền không chạy" in answer.content.decode()
    archive = DataArchive.objects.get()
    run_archive(archive.pk)
    address = f"{PLACE}{archive.pk}/file/"
    assert client.post(address).status_code == 422
    taken = client.post(address, CONFIRMED)
    content = b"".join(taken.streaming_content)
    archive.refresh_from_db()
    assert hashlib.sha256(content).hexdigest() == archive.content_hash
    assert taken["Content-Disposition"].endswith(f'-goi-{archive.pk}.zip"')
    assert client.post(address).status_code == 422
    line = AccessLogEntry.objects.filter(kind="bulk_exported").latest("pk")
    assert archive.content_hash in line.detail


def test_the_page_says_what_is_in_it_and_what_is_not(client, school):
    client.force_login(school.bich)
    page = client.get(PLACE).content.decode()
    assert "Học sinh, gia đình" in page
    assert "mật khẩu đã băm" in page
    assert LEFT_OUT["students.PupilWords"] in page


def test_a_file_that_is_gone_is_said_to_be_gone(client, school, beside):
    archive = make(school)
    archive.file.storage.delete(archive.file.name)
    client.force_login(school.bich)
    assert "đã xoá khỏi máy chủ" in client.get(f"{PLACE}{archive.pk}/").content.decode()
    assert client.post(f"{PLACE}{archive.pk}/file/", CONFIRMED).status_code == 404


def test_progress_comes_by_itself_and_a_change_of_phase_brings_the_page(client, school):
    archive = ask_for_archive(by=school.bich)
    client.force_login(school.bich)
    address = f"{PLACE}{archive.pk}/"
    page = client.get(address).content.decode()
    assert 'hx-trigger="every 2s"' in page
    same = client.get(f"{address}?seen=asleep", headers={"HX-Request": "true"})
    assert "HX-Refresh" not in same
    client.post(f"{address}cancel/")
    changed = client.get(f"{address}?seen=asleep", headers={"HX-Request": "true"})
    assert changed["HX-Refresh"] == "true"
    assert "Không có tệp nào được giữ lại" in client.get(address).content.decode()


def test_the_pages_have_their_budgets_of_statements(client, school, django_assert_num_queries):
    archive = ask_for_archive(by=school.bich)
    client.force_login(school.bich)
    client.get(PLACE)
    with django_assert_num_queries(5):
        client.get(PLACE)
    with django_assert_num_queries(5):
        client.get(f"{PLACE}{archive.pk}/")
