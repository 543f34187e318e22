"""The outbox for the sector database: what goes, what waits, versions that grow only with the content (R90, R91)."""

import json
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import reports
from accounts.audit_chain import broken_links
from accounts.models import AccessLogEntry, AuditEntry
from gradebook.models import YearOutcome
from gradebook.regulation import Period
from reports.models import SyncBatch, SyncRecord, SyncSending
from reports.sync_files import BatchDamaged, batch_file
from reports.sync_outbox import NothingToSend, mark_sent, prepare_batch, read_pending
from reports.sync_reading import gather
from students.models import Enrolment, Student
from tests.gradebook.school import CONFIRMED, add_pupils, close_window, make_school, open_window
from tests.pupils import rewrite
from tests.reports.json_schema import faults
from tests.reports.school_books import approve, fill

pytestmark = pytest.mark.django_db
PLACE = "/reports/exports/sync/"
SCHEMA = json.loads(
    (Path(reports.__file__).parent / "data" / "du-lieu-gui-csdl-nganh.schema.json").read_text(
        encoding="utf-8"
    )
)
WHOLE = {
    "ethnic_code": "01",
    "mother_name": "Lê Thị Tư",
    "mother_birth_year": 1987,
    "gender": "female",
}


@pytest.fixture
def school():
    """GHKI of 4A entered and locked; every record of a pupil has what the sector's database asks for."""
    found = make_school(pupils=3)
    complete()
    open_window(found, Period.MID_TERM_1)
    fill(found.class_4a, found.pupils, Period.MID_TERM_1)
    close_window(found, Period.MID_TERM_1)
    return found


def complete():
    for number, pupil in enumerate(Student.objects.order_by("pk")):
        rewrite(
            Student.objects.filter(pk=pupil.pk),
            **WHOLE,
            moet_id=f"00000000{number:02d}",
            national_id=f"00132000{number:04d}",
        )


def events(batch):
    return {
        record_id: (event, version)
        for record_id, event, version in batch.records.values_list("record_id", "event", "version")
    }


def name_of(school, kind, pupil=0, period=""):
    words = [kind, str(school.year.pk), str(school.pupils[pupil].pk), *([period] if period else [])]
    return "-".join(words)


def read_back(batch):
    return json.loads(batch_file(batch))


# -- What goes, what waits ---------------------------------------------------------------------------------


def test_the_first_batch_has_everything_new_at_version_1(school):
    batch = prepare_batch(school.year, by=school.tuan)
    assert set(events(batch).values()) == {("NEW", 1)}
    counts = dict.fromkeys(SyncRecord.Kind.values, 0)
    for kind in batch.records.values_list("kind", flat=True):
        counts[kind] += 1
    assert counts == {"truong": 1, "lop": 3, "hocsinh": 8, "ketqua": 3, "hocba": 0}
    assert (batch.number, batch.new, batch.changed, batch.cancelled) == (1, 15, 0, 0)


def test_every_record_is_as_the_schema_says(school):
    fill(school.class_4a, school.pupils)
    approve(school.class_4a, school.pupils, by=school.bich, on=school.year.starts_on)
    batch = prepare_batch(school.year, by=school.tuan)
    found = read_back(batch)
    assert list(faults(found, SCHEMA, SCHEMA)) == []
    assert {each["loai"] for each in found["banghi"]} == set(SyncRecord.Kind.values)


def test_the_page_names_the_codes_of_the_school_that_are_not_kept(client, school):
    client.force_login(school.tuan)
    page = " ".join(client.get(PLACE).content.decode().split())
    assert "<strong>mã trường</strong> (<code>matruong</code>)" in page
    assert "<strong>mã định danh tổ chức</strong> (<code>maddtc</code>)" in page


def test_periods_that_were_never_open_are_named_on_the_page_and_in_the_envelope(client, school):
    batch = prepare_batch(school.year, by=school.tuan)
    assert read_back(batch)["chuamo"] == ["CHKI", "GHKII", "CN"]
    client.force_login(school.tuan)
    for address in (reverse("reports:sync"), reverse("reports:sync_batch", args=[batch.pk])):
        page = client.get(address).content.decode()
        assert "Cuối học kì I, Giữa học kì II, Cuối năm học" in page
        assert "Giữa học kì I, " not in page
    for period in Period:
        open_window(school, period)
    Student.objects.filter(pk=school.pupils[0].pk).update(full_name="Nguyễn Văn Khác")
    later = prepare_batch(school.year, by=school.tuan)
    assert "chuamo" not in read_back(later)
    assert list(faults(read_back(later), SCHEMA, SCHEMA)) == []
    assert "Chưa từng mở nhập" not in client.get(reverse("reports:sync")).content.decode()


def test_the_schema_refuses_what_it_should(school):
    found = read_back(prepare_batch(school.year, by=school.tuan))
    found["banghi"][0]["phienban"] = 0
    assert any("0 < 1" in fault for fault in faults(found, SCHEMA, SCHEMA))
    found["banghi"][0] |= {"phienban": 1, "sukien": "DELETE"}
    assert any("DELETE" in fault for fault in faults(found, SCHEMA, SCHEMA))


def test_a_pupil_and_a_result_say_what_is_stored(school):
    found = {
        each["idbanghi"]: each for each in read_back(prepare_batch(school.year, by=school.tuan))["banghi"]
    }
    pupil = Student.objects.get(pk=school.pupils[0].pk)
    told = found[name_of(school, "hocsinh")]["dulieu"]
    assert (told["hovaten"], told["mahocsinh"], told["sodinhdanh"]) == (
        pupil.full_name,
        pupil.moet_id,
        pupil.national_id,
    )
    assert (told["gioitinh"], told["matrangthaihientai"], told["makhoi"]) == (2, "01", "04")
    assert told["me"]["hovaten"] == "Lê Thị Tư"
    assert told["nhommau"] is None
    result = found[name_of(school, "ketqua", period="GHKI")]["dulieu"]
    stored = pupil.subject_results.get(line__code="TOAN", period="GHKI")
    toan = next(each for each in result["diemmon"] if each["tenmonhoc"] == "Toán")
    assert toan == {
        "mamonhoc": "01",
        "tenmonhoc": "Toán",
        "mucdatduoc": stored.attainment,
        "diem": stored.mark,
        "nhanxet": stored.comment,
    }
    assert len(result["diemmon"]) == 12
    assert len(result["phamchatnangluc"]) == 15
    assert result["danhgiaketqua"] is None


def test_results_wait_until_their_books_are_locked(school):
    open_window(school, Period.END_TERM_1)
    fill(school.class_4a, school.pupils, Period.END_TERM_1)
    pending = read_pending(school.year)
    assert pending.counts["ketqua"] == {"NEW": 3, "held": 3}
    assert pending.gathered.unlocked == 3
    close_window(school, Period.END_TERM_1)
    assert read_pending(school.year).counts["ketqua"] == {"NEW": 6}


def test_the_years_end_and_the_transcript_wait_until_the_principal_has_approved(school):
    fill(school.class_4a, school.pupils)
    pending = read_pending(school.year)
    assert pending.counts["hocba"] == {"held": 3}
    assert pending.gathered.unapproved == 3
    approve(school.class_4a, school.pupils[:1], by=school.bich, on=school.year.starts_on)
    found = {
        each["idbanghi"]: each["dulieu"]
        for each in read_back(prepare_batch(school.year, by=school.tuan))["banghi"]
    }
    told = found[name_of(school, "hocba")]
    assert (told["danhgiaketqua"], told["madanhhieu"]) == ("Hoàn thành tốt", "HSTB")
    assert (told["duoclenlop"], told["dahthanhctrinhlophoc"], told["dahthanhctrinhtieuhoc"]) == (1, 1, 0)
    assert (told["chucvugiamhieu"], told["nguoipheduyet"]) == ("HIỆU TRƯỞNG", school.bich.full_name)
    assert [each["tenlop"] for each in told["quatrinhhoctap"]] == ["4A"]
    assert name_of(school, "hocba", 1) not in found
    assert name_of(school, "ketqua", 1, "CN") not in found


def test_of_a_pupil_who_lacks_what_must_be_there_nothing_goes_and_the_page_leads_to_the_record(
    client, school
):
    pupil = school.pupils[0]
    rewrite(Student.objects.filter(pk=pupil.pk), ethnic_code="", mother_birth_year=None)
    found = gather(school.year)
    assert ("hocsinh", name_of(school, "hocsinh")) in found.held
    assert ("ketqua", name_of(school, "ketqua", period="GHKI")) in found.held
    client.force_login(school.tuan)
    page = client.get(PLACE).content.decode()
    assert "Hồ sơ còn thiếu điều bắt buộc: 1 em" in page
    assert reverse("students:pupil", args=[pupil.pk]) in page
    assert "dân tộc; năm sinh của mẹ" in page


def test_without_a_personal_number_only_the_transcript_waits(school):
    fill(school.class_4a, school.pupils)
    approve(school.class_4a, school.pupils, by=school.bich, on=school.year.starts_on)
    Student.objects.filter(pk=school.pupils[0].pk).update(national_id=None)
    found = gather(school.year)
    assert ("hocba", name_of(school, "hocba")) in found.held
    assert ("hocsinh", name_of(school, "hocsinh")) in found.ready
    assert [each.is_whole for each in found.lacking] == [True]


# -- Versions ----------------------------------------------------------------------------------------------


def test_two_changes_make_versions_2_and_3_and_nothing_else_goes(school):
    prepare_batch(school.year, by=school.tuan)
    pupil = name_of(school, "hocsinh")
    for version, phone in ((2, "0912345678"), (3, "0912345679")):
        Student.objects.filter(pk=school.pupils[0].pk).update(phone=phone)
        batch = prepare_batch(school.year, by=school.tuan)
        assert events(batch) == {pupil: ("UPDATE", version)}
        assert read_back(batch)["banghi"][0]["dulieu"]["dienthoai"] == phone


def test_preparing_without_a_change_prepares_nothing(school):
    prepare_batch(school.year, by=school.tuan)
    with pytest.raises(NothingToSend):
        prepare_batch(school.year, by=school.tuan)
    assert SyncBatch.objects.count() == 1


def test_what_is_no_longer_there_is_cancelled_softly_and_comes_back_at_a_higher_version(school):
    prepare_batch(school.year, by=school.tuan)
    seat = Enrolment.objects.get(student=school.pupils[0])
    kept = {
        name: getattr(seat, name) for name in ("student", "school_class", "position", "starts_on", "ends_on")
    }
    kept |= {"began_by": seat.began_by}
    seat.delete()
    batch = prepare_batch(school.year, by=school.tuan)
    gone = {name_of(school, "hocsinh"), name_of(school, "ketqua", period="GHKI")}
    assert events(batch) == dict.fromkeys(gone, ("CANCEL", 2))
    assert read_back(batch)["banghi"][0]["dulieu"]["hovaten"] == school.pupils[0].full_name
    assert list(faults(read_back(batch), SCHEMA, SCHEMA)) == []
    Enrolment.objects.create(**kept)
    assert events(prepare_batch(school.year, by=school.tuan)) == dict.fromkeys(gone, ("NEW", 3))


def test_a_result_that_is_opened_again_stays_as_it_was_sent_and_is_not_cancelled(school):
    prepare_batch(school.year, by=school.tuan)
    open_window(school, Period.MID_TERM_1)
    with pytest.raises(NothingToSend):
        prepare_batch(school.year, by=school.tuan)
    assert read_pending(school.year).counts["ketqua"] == {"held": 3}


def test_an_approval_that_is_withdrawn_holds_the_transcript_back(school):
    fill(school.class_4a, school.pupils)
    approve(school.class_4a, school.pupils, by=school.bich, on=school.year.starts_on)
    prepare_batch(school.year, by=school.tuan)
    YearOutcome.objects.filter(student=school.pupils[0]).delete()
    with pytest.raises(NothingToSend):
        prepare_batch(school.year, by=school.tuan)


# -- The file, what is kept --------------------------------------------------------------------------------


def test_what_is_taken_again_is_the_same_bytes_even_when_the_school_has_changed(client, school):
    batch = prepare_batch(school.year, by=school.tuan)
    before = batch_file(batch)
    Student.objects.update(full_name="Khác Hẳn", phone="0912345678")
    assert batch_file(SyncBatch.objects.get()) == before
    client.force_login(school.bich)
    address = f"{PLACE}{batch.pk}/file/"
    assert client.get(address).status_code == 422
    client.post(reverse("accounts:confirm"), {**CONFIRMED, "lasting": "exports", "next": address})
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == before
    assert f"csdl-nganh-{school.year.pk}-dot-1.json" in answer["Content-Disposition"]
    assert "15 bản ghi" in AccessLogEntry.objects.filter(kind="bulk_exported").latest("pk").detail


def test_times_have_no_zone_and_are_vietnamese(school):
    batch = prepare_batch(school.year, by=school.tuan)
    stamp = read_back(batch)["banghi"][0]["thoigiancapnhat"]
    assert len(stamp) == 19
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_char(prepared_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD\"T\"HH24:MI:SS')"
            " FROM reports_syncbatch"
        )
        assert cursor.fetchone()[0] == stamp


@pytest.mark.parametrize("model", [SyncBatch, SyncRecord, SyncSending])
def test_the_database_refuses_to_change_or_remove_what_was_prepared(school, model):
    batch = prepare_batch(school.year, by=school.tuan)
    mark_sent(batch, by=school.tuan)
    field = {SyncBatch: "held", SyncRecord: "version", SyncSending: "batch_id"}[model]
    for change in (lambda: model.objects.update(**{field: 7}), lambda: model.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_each_version_of_a_record_is_written_once(school):
    batch = prepare_batch(school.year, by=school.tuan)
    first = batch.records.first()
    again = {"batch": batch, "kind": first.kind, "record_id": first.record_id, "event": first.event}
    with pytest.raises(DatabaseError, match="version_once"), transaction.atomic():
        SyncRecord.objects.create(**again, version=1, content="{}")


def test_a_file_that_is_no_longer_what_was_prepared_does_not_go_out(school):
    batch = prepare_batch(school.year, by=school.tuan)
    batch.digest = "0" * 64
    with pytest.raises(BatchDamaged):
        batch_file(batch)


def test_a_batch_is_in_the_audit_chain_with_its_digest(school):
    batch = prepare_batch(school.year, by=school.tuan)
    entry = AuditEntry.objects.filter(table_name="reports_syncbatch").latest("seq")
    assert entry.new["digest"] == batch.digest
    assert entry.actor == school.tuan.username
    assert list(broken_links()) == []


# -- Who, pages --------------------------------------------------------------------------------------------


def test_the_clerk_alone_prepares_and_notes_that_it_was_sent(school):
    for person in (school.bich, school.hoa, school.lan):
        with pytest.raises(PermissionDenied):
            prepare_batch(school.year, by=person)
    batch = prepare_batch(school.year, by=school.tuan)
    with pytest.raises(PermissionDenied):
        mark_sent(batch, by=school.bich)


def test_the_clerk_prepares_sees_the_numbers_and_notes_the_sending(client, school):
    client.force_login(school.tuan)
    page = client.get(PLACE).content.decode()
    assert "Chuẩn bị dữ liệu gửi CSDL ngành" in page
    answer = client.post(f"{PLACE}prepare/", {"year": school.year.pk}, follow=True)
    assert "15 bản ghi: 15 mới, 0 thay đổi, 0 huỷ" in answer.content.decode()
    batch = SyncBatch.objects.get()
    sent = client.post(f"{PLACE}{batch.pk}/sent/", {"note": "Nạp lên trang của Sở"}, follow=True)
    page = sent.content.decode()
    assert "Nạp lên trang của Sở" in page
    assert school.tuan.full_name in page
    again = client.post(f"{PLACE}prepare/", {"year": school.year.pk}, follow=True)
    assert "Không có gì mới, thay đổi hay huỷ" in again.content.decode()
    assert "Đã gửi" in again.content.decode()


def test_a_note_that_is_too_long_is_refused_at_its_place_and_kept(client, school):
    batch = prepare_batch(school.year, by=school.tuan)
    client.force_login(school.tuan)
    answer = client.post(f"{PLACE}{batch.pk}/sent/", {"note": "x" * 301})
    assert answer.status_code == 422
    assert "x" * 301 in answer.content.decode()
    assert not SyncSending.objects.exists()


def test_the_statements_do_not_grow_with_the_pupils(school):
    def statements():
        with CaptureQueriesContext(connection) as made:
            read_pending(school.year)
        return len(made)

    few = statements()
    fill(school.class_4a, add_pupils(school.class_4a, 30), Period.MID_TERM_1)
    rewrite(Student.objects.filter(mother_name=""), **WHOLE)
    assert statements() == few == 15


def test_the_pages_have_their_budgets_of_statements(client, school, django_assert_num_queries):
    batch = prepare_batch(school.year, by=school.tuan)
    client.force_login(school.tuan)
    client.get(PLACE)
    with django_assert_num_queries(23):
        client.get(PLACE)
    with django_assert_num_queries(6):
        client.get(f"{PLACE}{batch.pk}/")
