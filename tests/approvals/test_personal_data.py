"""Personal data: the register of purposes, consents, requests, incidents, what is past its time (domain.md 7.1)."""

import datetime
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils.timezone import localtime

from accounts import clock
from accounts.models import AccessLogEntry, AuditEntry, User
from approvals.data_consents import (
    ConsentClash,
    Giver,
    Said,
    Slip,
    Word,
    read_classes,
    record_slips,
    record_word,
)
from approvals.data_incidents import Found, Notice, Told, close_incident, notify, record_incident, tell_more
from approvals.data_purposes import (
    begin_for_new_school,
    begin_register,
    in_force_on,
    missing_standards,
    purposes_to_agree_to,
    reword_purpose,
)
from approvals.data_refusals import DataOutdated, DataRefused
from approvals.data_requests import Asked, move_request, record_request
from approvals.data_rules import NOTIFIED, STANDARD_PURPOSES, PurposeText, RequestKind
from approvals.data_workflow import RequestAct
from approvals.expired import count_expired, remove_expired
from approvals.models import Consent, DataIncident, DataRequest, ProcessingPurpose
from approvals.retention import ACCESS_LOG, ROSTER_FILES
from approvals.tasks import read_tasks
from students.models import RosterUpload, SchoolYear, Student
from tests.gradebook.school import CONFIRMED, make_school

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
PHOTO, PUBLIC = "anh-hoat-dong", "cong-khai"


def the_school():
    """The register is begun. The pupils of 4A are nine and older; the first has a mother on record."""
    school = make_school()
    begin_register(by=school.tuan)
    Student.objects.filter(pk=school.pupils[0].pk).update(mother_name="Trần Thị Tư")
    return school


def again(person):
    return User.objects.get(pk=person.pk)


def text(response):
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def as_(client, person):
    client.force_login(person)
    return client


def purpose(code):
    return ProcessingPurpose.objects.in_force().get(code=code)


def slip_of(pupil, *, said=True, child=None, seen=0, signer="Trần Thị Tư (mẹ)"):
    told = {each.pk: said for each in purposes_to_agree_to()}
    by_child = told if child is None else dict.fromkeys(told, child)
    return Slip(pupil.pk, signer, seen, told, by_child)


def handed_in(school, *slips, by=None):
    return record_slips(
        school.class_4a, slips, said_on=clock.today(), paper="Hồ sơ lớp 4A", by=again(by or school.lan)
    )


def word(code, said, *, giver=Giver.REPRESENTATIVE, on=None):
    return Word(purpose(code), giver, said, "Trần Thị Tư (mẹ)", on or clock.today(), "Đơn ở văn phòng")


def of_4a(school):
    return read_classes([school.class_4a])[0]


def words_of_first(school):
    return {cell.purpose.code: cell.word for cell in of_4a(school).pupils[0].cells}


# -- The register ------------------------------------------------------------------------------------------


def test_a_new_school_begins_with_the_purposes_of_a_primary_school_and_none_twice(school):
    assert {each.code for each in in_force_on(clock.today())} == {each.code for each in STANDARD_PURPOSES}
    assert missing_standards() == []
    assert begin_for_new_school() == []


def test_what_the_law_asks_of_a_school_needs_no_consent_and_photos_do(school):
    assert not purpose("ho-so-hoc-ba").needs_consent
    assert {each.code for each in purposes_to_agree_to()} == {PHOTO, PUBLIC, "kenh-nhan-tin", "suc-khoe"}


def told(title="Chụp ảnh thẻ"):
    return PurposeText(PHOTO, title, "Ảnh thẻ", "Đồng ý", "Văn thư", "Hết năm học", needs_consent=True)


def test_a_purpose_that_is_reworded_keeps_its_old_line_and_asks_for_consents_anew(school):
    handed_in(school, slip_of(school.pupils[0]))
    old = purpose(PHOTO)
    with clock.travelling(clock.now() + 2 * DAY):
        reword_purpose(old, told(), why="Chỉ còn ảnh thẻ", by=school.bich)
        assert words_of_first(school)[PHOTO] == "Chưa có phiếu"
        register = {each.code: each.title for each in in_force_on(clock.today())}
        assert register[PHOTO] == "Chụp ảnh thẻ"
    assert {each.code: each.title for each in in_force_on(clock.today())}[PHOTO] == old.title
    assert Consent.objects.filter(purpose=old).count() == 2


def test_the_second_of_two_who_reword_at_once_is_told(school):
    old = purpose(PHOTO)
    reword_purpose(old, told(), why="Chỉ còn ảnh thẻ", by=school.bich)
    with pytest.raises(DataOutdated):
        reword_purpose(old, told("Ảnh khác"), why="Sửa lời", by=school.tuan)
    assert purpose(PHOTO).title == "Chụp ảnh thẻ"


# -- Consents ----------------------------------------------------------------------------------------------


def test_a_class_hands_in_its_slips_at_once_and_the_page_names_who_is_missing(school, client):
    as_(client, school.lan)
    page = reverse("approvals:consent_class", args=[school.class_4a.pk])
    first, second = school.pupils[:2]
    data = {"said_on": clock.today().isoformat(), "paper": "Hồ sơ lớp 4A"}
    for pupil, choice, signer in ((first, "all", "Trần Thị Tư (mẹ)"), (second, "each", None)):
        data[f"slip-{pupil.pk}"] = choice
        data[f"signer-{pupil.pk}"] = signer or "Người đại diện khác (tên trên phiếu)"
        data[f"seen-{pupil.pk}"] = "0"
    data[f"by-{second.pk}-{purpose(PHOTO).pk}"] = "on"
    data[f"child-{second.pk}-{purpose(PHOTO).pk}"] = "on"
    shown = text(client.post(page, data, follow=True))
    assert "Đã ghi phiếu của 2 em lớp 4A" in shown
    assert "3 em còn thiếu phiếu" in shown
    assert school.pupils[2].full_name in shown.split("Còn thiếu của ai")[1].split("Có phiếu trong tay")[0]
    rows = {
        pupil.student.pk: {cell.purpose.code: cell.word for cell in pupil.cells}
        for pupil in of_4a(school).pupils
    }
    assert set(rows[first.pk].values()) == {"Được phép"}
    assert rows[second.pk] == {**dict.fromkeys(rows[second.pk], "Không đồng ý"), PHOTO: "Được phép"}


def test_a_row_without_a_signer_is_named_nothing_is_written_and_what_was_chosen_stays(school, client):
    as_(client, school.lan)
    first, second = school.pupils[:2]
    data = {"said_on": clock.today().isoformat(), "paper": "Hồ sơ lớp 4A"}
    for pupil in (first, second):
        data |= {f"slip-{pupil.pk}": "all", f"seen-{pupil.pk}": "0"}
    data[f"signer-{second.pk}"] = "Người đại diện khác (tên trên phiếu)"
    answer = client.post(reverse("approvals:consent_class", args=[school.class_4a.pk]), data)
    assert answer.status_code == 422
    assert f"Dòng chưa đúng: {first.full_name}. Chưa ghi phiếu nào." in text(answer)
    assert answer.content.decode().count('<option value="all" selected>') == 2
    assert Consent.objects.count() == 0


def test_from_seven_on_the_childs_no_weighs_as_much_as_the_representatives(school):
    handed_in(school, slip_of(school.pupils[0], said=True, child=False))
    assert set(words_of_first(school).values()) == {"Không đồng ý"}


def test_a_younger_child_is_not_asked_until_the_birthday(school):
    pupil = school.pupils[0]
    born = clock.today() - 7 * 365 * DAY + 30 * DAY
    Student.objects.filter(pk=pupil.pk).update(
        birth_year=born.year, birth_month=born.month, birth_day=born.day
    )
    handed_in(school, slip_of(pupil))
    assert set(words_of_first(school).values()) == {"Được phép"}
    assert set(Consent.objects.values_list("giver", flat=True)) == {Giver.REPRESENTATIVE}
    with pytest.raises(DataRefused, match="chưa đủ 7 tuổi"):
        record_word(
            pupil, word(PHOTO, Said.GIVEN, giver=Giver.CHILD), school_class=school.class_4a, by=school.lan
        )
    with clock.travelling(clock.now() + 60 * DAY):
        assert set(words_of_first(school).values()) == {"Thiếu ý kiến học sinh"}


def test_a_withdrawal_is_a_new_row_and_the_consent_stays_on_record(school, client):
    pupil = school.pupils[0]
    handed_in(school, slip_of(pupil))
    as_(client, school.lan)
    page = reverse("approvals:consent_pupil", args=[pupil.pk])
    data = {
        "purpose": purpose(PHOTO).pk,
        "giver": "representative",
        "said": "withdrawn",
        "signer": "Trần Thị Tư (mẹ)",
        "said_on": clock.today().isoformat(),
        "paper": "Đơn ở văn phòng",
    }
    shown = text(client.post(page, data, follow=True))
    assert "Đã rút lại" in shown
    said = Consent.objects.filter(purpose=purpose(PHOTO), giver=Giver.REPRESENTATIVE).order_by("id")
    assert list(said.values_list("said", flat=True)) == ["given", "withdrawn"]
    assert words_of_first(school)[PHOTO] == "Đã rút lại"
    assert words_of_first(school)[PUBLIC] == "Được phép"


def test_what_was_never_given_cannot_be_withdrawn_on_the_page_nor_in_the_database(school):
    pupil = school.pupils[0]
    withdrawal = word(PHOTO, Said.WITHDRAWN)
    with pytest.raises(DataRefused, match="Chưa có đồng ý nào"):
        record_word(pupil, withdrawal, school_class=school.class_4a, by=school.lan)
    row = Consent(
        student=pupil,
        purpose=purpose(PHOTO),
        giver="child",
        said="withdrawn",
        signer="x",
        said_on=clock.today(),
        paper="x",
        recorded_by=school.lan,
    )
    with pytest.raises(DatabaseError, match="nothing was given"), transaction.atomic():
        row.save()


@pytest.mark.parametrize(
    "statement", ["UPDATE approvals_consent SET said = 'refused'", "DELETE FROM approvals_consent"]
)
def test_the_database_keeps_every_consent_as_it_was(school, statement):
    handed_in(school, slip_of(school.pupils[0]))
    with (
        pytest.raises(DatabaseError, match="kept for ever"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_who_saves_slips_that_somebody_else_has_written_meanwhile_is_told_and_nothing_is_written(school):
    handed_in(school, slip_of(school.pupils[0]), by=school.tuan)
    with pytest.raises(ConsentClash):
        handed_in(school, slip_of(school.pupils[0], said=False), slip_of(school.pupils[1]))
    assert set(words_of_first(school).values()) == {"Được phép"}
    assert not Consent.objects.filter(student=school.pupils[1]).exists()


def test_another_class_is_closed_to_a_homeroom_teacher_and_marks_no_slip(school, client):
    with pytest.raises(PermissionDenied):
        handed_in(school, slip_of(school.pupils[0]), by=school.minh)
    assert (
        as_(client, school.minh)
        .get(reverse("approvals:consent_class", args=[school.class_4a.pk]))
        .status_code
        == 403
    )
    assert client.get(reverse("approvals:consent_pupil", args=[school.pupils[0].pk])).status_code == 403


def test_the_clerk_sees_every_class_and_a_homeroom_teacher_the_own(school, client):
    page = reverse("approvals:consents")
    assert [line.school_class.name for line in as_(client, school.tuan).get(page).context["lines"]] == [
        "1A",
        "4A",
        "4B",
    ]
    assert [line.school_class.name for line in as_(client, school.lan).get(page).context["lines"]] == ["4A"]


@pytest.mark.parametrize("pupils", [1, 5])
def test_a_class_of_slips_takes_the_same_statements_for_one_pupil_and_for_five(
    school, django_assert_num_queries, pupils
):
    slips = [slip_of(pupil) for pupil in school.pupils[:pupils]]
    by = again(school.lan)
    with django_assert_num_queries(8):
        record_slips(school.class_4a, slips, said_on=clock.today(), paper="Hồ sơ lớp 4A", by=by)


@pytest.mark.parametrize("more", [0, 2])
def test_the_page_of_a_class_takes_the_same_statements_with_slips_and_without(
    school, client, django_assert_num_queries, more
):
    for pupil in school.pupils[:more]:
        handed_in(school, slip_of(pupil))
    as_(client, school.lan)
    client.get(reverse("approvals:consent_class", args=[school.class_4a.pk]))
    with django_assert_num_queries(9):
        client.get(reverse("approvals:consent_class", args=[school.class_4a.pk]))


# -- Requests ----------------------------------------------------------------------------------------------


def asked(school, kind=RequestKind.PROVIDE, *, subject=None, received=None, by=None):
    about = Asked(
        kind,
        subject or school.pupils[0],
        "Trần Thị Tư",
        "mẹ",
        "Căn cước, xem trực tiếp",
        "Xin bản sao dữ liệu của con.",
        received or clock.today(),
    )
    return record_request(about, by=again(by or school.tuan))


def tasks_of(person):
    return [(task.title.split(":")[0], task.word) for task in read_tasks(again(person)).personal_data]


def test_a_request_goes_from_the_register_to_the_answer_and_says_who_did_what(school, client):
    found = asked(school)
    as_(client, school.tuan)
    act = lambda name: reverse("approvals:data_request_act", args=[found.pk, name])  # noqa: E731
    client.post(act("answer"), {"text": "Đã gọi điện báo."})
    assert client.post(act("grant"), {"text": "Đồng ý"}).status_code == 403
    as_(client, school.bich).post(act("grant"), {"text": "Đồng ý, giao tận tay."})
    shown = text(as_(client, school.tuan).post(act("carry_out"), {"text": "Đã giao bản sao."}, follow=True))
    assert "Đã thực hiện, đã trả lời" in shown
    for words in ("Đã gọi điện báo.", "Đồng ý, giao tận tay.", "Đã giao bản sao.", school.bich.full_name):
        assert words in shown


def test_a_move_without_words_is_refused_in_place_and_a_stale_one_is_told(school, client):
    found = asked(school)
    as_(client, school.tuan)
    answer = client.post(reverse("approvals:data_request_act", args=[found.pk, "answer"]), {"text": " . "})
    assert (answer.status_code, "Chưa ghi phản hồi cho người yêu cầu" in text(answer)) == (422, True)
    move_request(found, RequestAct.ANSWER, text="Đã báo.", by=school.tuan)
    stale = client.post(
        reverse("approvals:data_request_act", args=[found.pk, "answer"]), {"text": "Báo lần nữa"}
    )
    assert (stale.status_code, "vừa có người làm trước" in text(stale)) == (409, True)
    assert "Báo lần nữa" not in DataRequest.objects.get().answer


def test_a_request_is_found_by_name_and_written_down_for_a_pupil_and_for_staff(school, client):
    as_(client, school.tuan)
    page = reverse("approvals:data_request_new")
    found = client.get(page, {"q": school.pupils[0].full_name}).content.decode()
    assert f"?pupil={school.pupils[0].pk}" in found
    assert f"?person={school.lan.pk}" in client.get(page, {"q": school.lan.full_name}).content.decode()
    told = {
        "kind": "access",
        "requester": "Cô Lan",
        "relation": "chính mình",
        "identity": "Quen biết, trực tiếp",
        "text": "Xem hồ sơ của tôi.",
        "received_on": clock.today().isoformat(),
    }
    client.post(f"{page}?person={school.lan.pk}", told)
    assert DataRequest.objects.get().subject == school.lan.full_name
    assert client.post(f"{page}?person={school.lan.pk}", {**told, "text": ""}).status_code == 422


def test_numbers_of_a_year_have_no_gap_and_no_double(school):
    assert [asked(school).number for _ in range(3)] == [1, 2, 3]


def test_the_next_step_is_a_task_of_whoever_takes_it_and_overdue_ones_of_both(school):
    found = asked(school)
    label = f"{found.label} (cung cấp bản sao dữ liệu)"
    assert [title for title, _ in tasks_of(school.tuan)] == [label]
    move_request(found, RequestAct.ANSWER, text="Đã báo.", by=school.tuan)
    assert tasks_of(school.tuan) == []
    assert tasks_of(school.bich) == [(label, "Còn 10 ngày")]
    with clock.travelling(clock.now() + 12 * DAY):
        assert tasks_of(school.tuan) == tasks_of(school.bich) == [(label, "Quá hạn 2 ngày")]
    assert tasks_of(school.hoa) == []


def test_a_request_cannot_be_received_tomorrow(school):
    with pytest.raises(DataRefused, match="chưa tới"):
        asked(school, received=clock.today() + DAY)


# -- Incidents ---------------------------------------------------------------------------------------------

KNOWN = Told(
    "Gửi nhầm danh sách lớp.", "Họ tên, số điện thoại.", 34, "Chưa thấy.", "Đã yêu cầu xoá.", "Văn thư"
)


def incident(school, *, hours=1):
    found = Found("Sáng nay, thư điện tử", clock.now() - hours * HOUR, "Phụ huynh báo")
    return record_incident(found, KNOWN, by=again(school.tuan))


def test_the_clock_of_72_hours_runs_from_the_discovery_on_the_start_page(school):
    incident(school, hours=40)
    assert [word for _title, word in tasks_of(school.bich)] == ["Còn 31 giờ"]
    with clock.travelling(clock.now() + 33 * HOUR):
        assert [word for _title, word in tasks_of(school.tuan)] == ["Quá hạn 2 giờ"]


def test_a_notice_after_72_hours_wants_a_reason_on_the_page_and_in_the_database(school, client):
    found = incident(school, hours=80)
    as_(client, school.tuan)
    page = reverse("approvals:data_incident_notify", args=[found.pk])
    now = f"{localtime(clock.stamp()):%Y-%m-%dT%H:%M}"
    data = {"to": NOTIFIED, "at": now, "how": "12/CV-THKĐ", "late_reason": ""}
    refused = client.post(page, data)
    assert (refused.status_code, "Chưa ghi lí do thông báo muộn" in text(refused)) == (422, True)
    with pytest.raises(DatabaseError, match="late_has_a_reason"), transaction.atomic():
        DataIncident.objects.filter(pk=found.pk).update(
            state="notified", notified_at=clock.now(), notified_by=school.tuan, notified_to="A05"
        )
    shown = text(client.post(page, {**data, "late_reason": "Chờ xác minh số người."}, follow=True))
    assert "Thông báo muộn" in shown
    assert tasks_of(school.tuan) == []


def test_what_becomes_known_is_added_until_the_end_and_the_history_keeps_what_was_said(school):
    found = incident(school)
    tell_more(found, Told(**_grown()), by=again(school.tuan))
    assert [row.people for row in found.history.order_by("history_id")] == [34, 40]
    notify(found, Notice(NOTIFIED, clock.now(), "12/CV-THKĐ"), by=again(school.tuan))
    with pytest.raises(PermissionDenied):
        close_incident(found, conclusion="Xong.", by=again(school.tuan))
    close_incident(found, conclusion="Đã xoá, không phát tán.", by=again(school.bich))
    with pytest.raises(DataOutdated):
        tell_more(found, Told(**_grown()), by=again(school.tuan))
    with pytest.raises(DatabaseError, match="is closed"), transaction.atomic():
        DataIncident.objects.filter(pk=found.pk).update(people=1)


def _grown():
    return {
        "what": KNOWN.what,
        "categories": KNOWN.categories,
        "people": 40,
        "consequences": KNOWN.consequences,
        "measures": KNOWN.measures,
        "contact": KNOWN.contact,
    }


# -- What is past its time ---------------------------------------------------------------------------------


def old_line(school, *, days):
    at = clock.now() - days * DAY
    return AccessLogEntry.objects.create(kind="signed_in", user=school.lan, username="lan", at=at)


def test_the_principal_removes_lines_of_the_access_log_older_than_a_year_and_no_others(school, client):
    old, young = old_line(school, days=370), old_line(school, days=300)
    page = reverse("approvals:retention")
    assert "Xoá phần quá hạn" not in text(as_(client, school.tuan).get(page))
    as_(client, school.bich)
    assert "Xoá phần quá hạn" in text(client.get(page))
    client.post(reverse("approvals:retention_remove", args=[ACCESS_LOG]), CONFIRMED)
    assert not AccessLogEntry.objects.filter(pk=old.pk).exists()
    assert AccessLogEntry.objects.filter(pk=young.pk).exists()
    assert AccessLogEntry.objects.filter(
        kind="password_confirmed", detail__contains="quá thời hạn lưu"
    ).exists()


def test_a_loaded_list_goes_when_its_year_is_closed_and_its_row_stays(school):
    name = default_storage.save("uploads/old.xlsx", ContentFile(b"PK"))
    row = RosterUpload.objects.create(
        year=school.year, name="ds.xlsx", file=name, size=2, sha256="0" * 64, uploaded_by=school.tuan
    )
    assert count_expired()[ROSTER_FILES] == 0
    SchoolYear.objects.filter(pk=school.year.pk).update(state=SchoolYear.State.CLOSED)
    assert count_expired()[ROSTER_FILES] == 1
    assert remove_expired(ROSTER_FILES, by=school.bich) == 1
    assert not default_storage.exists(name)
    assert RosterUpload.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("code", ["hoc-ba", "nhat-ki-thay-doi", "so-dang-bo"])
def test_what_is_kept_for_ever_cannot_be_removed(school, code):
    with pytest.raises(DataRefused, match="phải giữ"):
        remove_expired(code, by=school.bich)


def test_the_chain_tells_of_every_row_about_personal_data(school):
    handed_in(school, slip_of(school.pupils[0]))
    asked(school)
    incident(school)
    told = set(AuditEntry.objects.values_list("table_name", flat=True))
    assert {
        "approvals_processingpurpose",
        "approvals_consent",
        "approvals_datarequest",
        "approvals_dataincident",
    } <= told
