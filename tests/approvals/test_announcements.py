"""The principal tells the school, the head of a tổ the tổ; who has read it is known (PLAN IV.1, IV.4)."""

import datetime
import re
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts import clock
from accounts.models import AccessLogEntry, AuditEntry, Team
from approvals.announcement_workflow import (
    AnnouncementAct,
    AnnouncementActor,
    AnnouncementState,
    target_of,
)
from approvals.announcements import (
    AnnouncementRefused,
    Told,
    mark_read,
    may_see,
    tell,
    visible_to,
    waiting_for,
    withdraw,
)
from approvals.models import Announcement, AnnouncementReading
from tests.approvals.kept import again
from tests.approvals.papers import picture
from tests.gradebook.school import make_school

pytestmark = pytest.mark.django_db
LIST = "approvals:announcements"
NEW = "approvals:announcement_new"


def the_school():
    """Cô Lan and cô Thu are in thầy Dũng's tổ, cô Ngọc in another."""
    school = make_school(pupils=1)
    for person, team in (
        (school.lan, "Tổ 4"),
        (school.thu, "Tổ 4"),
        (school.dung, "Tổ 4"),
        (school.ngoc, "Tổ 1"),
    ):
        person.team = Team.objects.get_or_create(name=team)[0]
        person.save()
    return school


def told(school, by=None, *, team=None, title="Họp hội đồng", text="Chiều thứ Tư họp hội đồng.", **more):
    values = Told(title=title, text=text, team=team, **more)
    return tell(values, token=uuid.uuid4(), by=again(by or school.bich))


def told_team(school, **more):
    return told(school, school.dung, team=school.dung.team, title="Họp tổ", **more)


def typed(**changed):
    return {
        "to": "school",
        "title": "Nộp kế hoạch",
        "text": "Trước thứ Sáu.",
        "token": uuid.uuid4(),
        **changed,
    }


def text(response):
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def page(client, person, announcement):
    client.force_login(person)
    return text(client.get(reverse("approvals:announcement", args=[announcement.pk])))


def start_page(client, person):
    client.force_login(person)
    return client.get(reverse("approvals:tasks"))


# -- To whom it is told ------------------------------------------------------------------------------------


def test_what_the_principal_tells_the_school_waits_for_everybody_but_herself(school, client):
    announcement = told(school)
    waiting = {name for name, person in school.people.items() if waiting_for(again(person)).exists()}
    # Ông Sơn visits to inspect: he may read it, and nothing waits for him.
    assert waiting == set(school.people) - {"bich", "son"}
    shown = text(start_page(client, school.lan))
    assert "Thông báo chưa đọc" in shown
    assert "Chiều thứ Tư họp hội đồng." in shown
    assert "Hoàng Ngọc Bích, Hiệu trưởng" in shown
    elsewhere = client.get(reverse("accounts:powers")).context
    assert elsewhere["waiting"]["count"] == 1
    menu = {entry["label"]: entry["count"] for entry in elsewhere["menu"]}
    assert (menu["Thông báo"], menu["Việc của tôi"]) == (1, 1)
    assert announcement.title in page(client, school.son, announcement)


def test_what_a_head_tells_reaches_the_to_alone(school, client):
    told_team(school)
    waiting = {name for name, person in school.people.items() if waiting_for(again(person)).exists()}
    assert waiting == {"lan", "thu"}
    assert "Họp tổ" not in text(start_page(client, school.ngoc))


def test_the_lists_hold_what_the_pages_let_in(school):
    announcements = [told(school), told_team(school), told(school, team=school.ngoc.team)]
    for person in school.people.values():
        user = again(person)
        seen = {each.pk for each in announcements if may_see(user, each)}
        assert set(visible_to(user).values_list("pk", flat=True)) == seen, person.username


@pytest.mark.parametrize("person", ["lan", "hoa", "tuan", "son"])
def test_nobody_else_announces(school, person):
    with pytest.raises(PermissionDenied):
        told(school, school.people[person])
    assert not Announcement.objects.exists()


def test_a_head_announces_to_the_own_to_alone(school):
    for team in (None, school.ngoc.team):
        with pytest.raises(PermissionDenied):
            told(school, school.dung, team=team)


# -- Written, with a file ----------------------------------------------------------------------------------


def test_the_form_announces_with_a_cleaned_file_that_the_addressee_opens(school, client):
    client.force_login(school.bich)
    file = SimpleUploadedFile("lịch <họp>.jpg", picture(comment=b"secret"))
    answer = client.post(reverse(NEW), typed(file=file), follow=True)
    assert "Đã thông báo cho Toàn trường" in text(answer)
    announcement = Announcement.objects.get()
    client.force_login(school.lan)
    taken = client.get(reverse("approvals:announcement_file", args=[announcement.pk]))
    assert taken["Content-Type"] == "image/jpeg"
    assert taken["Content-Disposition"].startswith("inline")
    assert b"secret" not in taken.content
    assert AccessLogEntry.objects.filter(kind="downloaded", user=school.lan).exists()


def test_the_file_of_a_to_is_not_for_others(school, client):
    announcement = told_team(school)
    client.force_login(school.ngoc)
    for name in ("approvals:announcement", "approvals:announcement_file"):
        assert client.get(reverse(name, args=[announcement.pk])).status_code == 403


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"title": " … "}, "Tiêu đề chưa có chữ nào"),
        ({"text": ""}, "Chưa có nội dung"),
        ({"to": "team:999"}, "Nơi nhận chưa đúng"),
        ({"shown_until": "2020-01-01"}, "Ngày này đã qua"),
        ({"file": b"MZ"}, "không phải ảnh JPEG, PNG hoặc tệp PDF"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(school, client, changed, says):
    client.force_login(school.bich)
    if "file" in changed:
        changed = {"file": SimpleUploadedFile("a.pdf", changed["file"])}
    answer = client.post(reverse(NEW), {**typed(), **changed})
    assert answer.status_code == 422
    assert says in text(answer)
    assert "Trước thứ Sáu." in text(answer) or "text" in changed
    assert not Announcement.objects.exists()


def test_a_form_sent_twice_is_one_announcement(school, client):
    client.force_login(school.bich)
    sent = typed()
    for _each in range(2):
        assert client.post(reverse(NEW), sent).status_code == 302
    assert Announcement.objects.count() == 1


# -- Read --------------------------------------------------------------------------------------------------


def test_opening_it_is_reading_it_once(school, client):
    announcement = told(school)
    assert "Đã đọc" in page(client, school.lan, announcement)
    first = AnnouncementReading.objects.get()
    page(client, school.lan, announcement)
    assert AnnouncementReading.objects.get().read_at == first.read_at
    assert first.person == school.lan
    assert "Thông báo chưa đọc" not in text(start_page(client, school.lan))


def test_a_short_one_is_ticked_off_on_the_start_page_and_a_long_one_opened(school, client):
    announcement = told(school)
    long = told(school, title="Dài", text="Một câu dài. " * 40)
    shown = start_page(client, school.lan).content.decode()
    assert reverse("approvals:announcement_read", args=[announcement.pk]) in shown
    assert reverse("approvals:announcement_read", args=[long.pk]) not in shown
    client.post(reverse("approvals:announcement_read", args=[announcement.pk]))
    assert list(waiting_for(again(school.lan))) == [long]


def test_the_author_sees_who_has_read_it_and_who_has_not(school, client):
    announcement = told_team(school)
    page(client, school.lan, announcement)
    shown = page(client, school.dung, announcement)
    assert "1/2 người đã đọc" in shown
    unread, read = shown.split("Đã đọc (1)")
    assert school.thu.full_name in unread
    assert school.lan.full_name in read
    assert "người đã đọc" not in page(client, school.thu, announcement)
    assert "2/2 người đã đọc" in page(client, school.bich, announcement)


def test_whoever_it_was_not_told_to_reads_it_for_nobody(school):
    announcement = told_team(school)
    for person in (school.dung, school.ngoc):
        with pytest.raises(PermissionDenied):
            mark_read(announcement, by=again(person))


def test_after_its_last_day_it_waits_for_nobody(school, client):
    told(school, shown_until=clock.today())
    assert waiting_for(again(school.lan)).exists()
    with clock.travelling(clock.now() + datetime.timedelta(days=1)):
        assert not waiting_for(again(school.lan)).exists()
        client.force_login(school.lan)
        assert "Hết hạn" in text(client.get(reverse(LIST)))


# -- Withdrawn ---------------------------------------------------------------------------------------------


def test_it_is_withdrawn_with_a_reason_and_stays_in_the_list(school, client):
    announcement = told(school)
    client.force_login(school.bich)
    address = reverse("approvals:announcement_withdraw", args=[announcement.pk])
    missing = client.post(address, {"reason": " . "})
    assert missing.status_code == 422
    assert "Chưa ghi lí do" in text(missing)
    assert "Đã thu hồi" in text(client.post(address, {"reason": "Đổi giờ họp."}, follow=True))
    assert client.post(address, {"reason": "Nữa."}).status_code == 409
    assert "Thông báo chưa đọc" not in text(start_page(client, school.lan))
    assert "Đã thu hồi" in text(client.get(reverse(LIST)))
    assert "Đổi giờ họp." in page(client, school.lan, announcement)
    assert not AnnouncementReading.objects.exists()
    assert AuditEntry.objects.filter(table_name="approvals_announcement", action="U", actor="bich").exists()


def test_who_had_read_it_is_told_once_that_it_was_withdrawn_and_why(school, client):
    announcement = told(school)
    page(client, school.lan, announcement)
    withdraw(announcement, reason="Đổi giờ họp.", by=again(school.bich))
    waiting = {name for name, person in school.people.items() if waiting_for(again(person)).exists()}
    assert waiting == {"lan"}
    shown = text(start_page(client, school.lan))
    assert "Hoàng Ngọc Bích thu hồi" in shown
    assert "Đổi giờ họp." in shown
    assert "Chiều thứ Tư họp hội đồng." not in shown
    assert client.get(reverse("accounts:powers")).context["waiting"]["count"] == 1
    answer = client.post(reverse("approvals:announcement_read", args=[announcement.pk]), follow=True)
    assert "Đổi giờ họp." not in text(answer)
    assert "lí do thu hồi: Đổi giờ họp." in text(client.get(reverse(LIST)))
    assert "1/" in page(client, school.bich, announcement)


def test_opening_what_was_withdrawn_is_reading_that_too(school, client):
    announcement = told(school)
    page(client, school.lan, announcement)
    withdraw(announcement, reason="Đổi giờ họp.", by=again(school.bich))
    client.force_login(school.lan)
    assert "Họp hội đồng" in text(client.get(reverse(LIST), {"who": "unread"}))
    assert "Đổi giờ họp." in page(client, school.lan, announcement)
    assert not waiting_for(again(school.lan)).exists()
    assert AnnouncementReading.objects.count() == 2


def test_of_a_withdrawal_of_ones_own_nobody_is_told(school):
    announcement = told(school, school.dung, team=school.dung.team)
    school.bich.team = school.dung.team
    school.bich.save()
    mark_read(announcement, by=again(school.bich))
    withdraw(announcement, reason="Nhầm tổ.", by=again(school.bich))
    assert not waiting_for(again(school.bich)).exists()


@pytest.mark.parametrize(
    ("person", "may_withdraw"),
    [("dung", True), ("bich", True), ("lan", False), ("hoa", False), ("tuan", False), ("ngoc", False)],
)
def test_the_author_and_the_principal_withdraw_it(school, person, may_withdraw):
    announcement = told_team(school)
    user = again(school.people[person])
    if may_withdraw:
        assert withdraw(announcement, reason="Nhầm tổ.", by=user).is_withdrawn
    else:
        with pytest.raises(PermissionDenied):
            withdraw(announcement, reason="Nhầm tổ.", by=user)


STATES, ACTS, ACTORS = AnnouncementState, AnnouncementAct, AnnouncementActor
LEGAL = {
    (STATES.SHOWN, ACTS.READ, ACTORS.READER): STATES.SHOWN,
    (STATES.WITHDRAWN, ACTS.READ, ACTORS.READER): STATES.WITHDRAWN,
    (STATES.SHOWN, ACTS.WITHDRAW, ACTORS.AUTHOR): STATES.WITHDRAWN,
    (STATES.SHOWN, ACTS.WITHDRAW, ACTORS.PRINCIPAL): STATES.WITHDRAWN,
}


def test_the_table_has_these_moves_and_no_other():
    for state in STATES:
        for act in ACTS:
            for actor in ACTORS:
                assert target_of(state, act, frozenset({actor})) == LEGAL.get((state, act, actor))


def test_what_was_withdrawn_is_read_and_withdrawn_no_more(school):
    announcement = withdraw(told(school), reason="Nhầm.", by=again(school.bich))
    with pytest.raises(AnnouncementRefused):
        mark_read(announcement, by=again(school.lan))
    with pytest.raises(AnnouncementRefused):
        withdraw(announcement, reason="Nữa.", by=again(school.bich))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE approvals_announcement SET text = 'khác' WHERE id = {shown}",
        "UPDATE approvals_announcement SET state = 'withdrawn' WHERE id = {shown}",
        (
            "UPDATE approvals_announcement SET state = 'shown', withdrawn_by_id = NULL, withdrawn_at = NULL,"
            " withdrawal_reason = '' WHERE id = {withdrawn}"
        ),
        "UPDATE approvals_announcement SET withdrawal_reason = 'khác' WHERE id = {withdrawn}",
        "DELETE FROM approvals_announcement WHERE id = {withdrawn}",
        "UPDATE approvals_announcementreading SET read_at = now()",
        "DELETE FROM approvals_announcementreading",
        "INSERT INTO approvals_announcementreading (announcement_id, person_id) VALUES ({withdrawn}, {lan})",
        (
            "INSERT INTO approvals_announcementreading (announcement_id, person_id, state)"
            " VALUES ({withdrawn}, {lan}, 'withdrawn')"
        ),
        (
            "INSERT INTO approvals_announcementreading (announcement_id, person_id, state)"
            " VALUES ({shown}, {lan}, 'withdrawn')"
        ),
        "INSERT INTO approvals_announcementreading (announcement_id, person_id) VALUES ({shown}, {bich})",
    ],
)
def test_the_database_refuses_it_too(school, statement):
    shown = told(school)
    mark_read(shown, by=again(school.lan))
    withdrawn = withdraw(told(school), reason="Nhầm.", by=again(school.bich))
    ids = {"shown": shown.pk, "withdrawn": withdrawn.pk, "lan": school.lan.pk, "bich": school.bich.pk}
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(**ids))


# -- Cost --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_takes_the_same_statements_for_one_and_for_many(
    school, client, django_assert_num_queries, count
):
    for _each in range(count):
        told(school)
    client.force_login(school.lan)
    with django_assert_num_queries(6):
        client.get(reverse(LIST))
