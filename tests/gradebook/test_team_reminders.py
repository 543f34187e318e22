"""The head of a tổ announces and reminds; warnings before the lock reach those with gaps alone (PLAN IV.4)."""

import datetime
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts import clock
from accounts.models import Post, User
from gradebook.models import EntryNotice, EntryWindow
from gradebook.progress import count_entered
from gradebook.regulation import Period
from gradebook.sheets import Field
from gradebook.team_reminders import NoticeRefused, read_team_windows, send_notice
from tests.gradebook.school import enter, open_window

pytestmark = pytest.mark.django_db

HEAD = "Phạm Quốc Dũng, tổ (khối) trưởng khối 4,"


def text(response):
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def start_page(client, person):
    client.force_login(User.objects.get(pk=person.pk))
    return text(client.get(reverse("approvals:tasks")))


def send(school, window, kind, *, grade=4, note="", by=None):
    head = User.objects.get(pk=(by or school.dung).pk)
    return send_notice(window_id=window.pk, grade_level=grade, kind=kind, text=note, by=head)


def fill_ngoai_ngu(school, person):
    """Everything that cô Thu enters in grade 4."""
    for school_class in (school.class_4a, school.class_4b):
        ref = school.sheet("NN1", school_class=school_class)
        for enrolment in school_class.enrolments.all():
            enter(ref, enrolment.student, Field.ATTAINMENT, "T", by=person)
            enter(ref, enrolment.student, Field.COMMENT, "Em nghe hiểu tốt.", by=person)
    assert count_entered(school.year, [school.class_4a.pk]).entered(school.sheet("NN1")) == 10


def test_an_announcement_reaches_everybody_with_sheets_in_the_grade(school, client):
    window = open_window(school)
    notice = send(school, window, EntryNotice.Kind.ANNOUNCE, note="Nhập xong trước thứ Sáu.")
    reached = {each.person.username for each in notice.recipients.select_related("person")}
    assert reached == {"lan", "minh", "thu"}
    shown = start_page(client, school.thu)
    assert f"{HEAD} thông báo ngày {clock.today():%d/%m/%Y}: nhập Giữa học kì I" in shown
    assert "Nhập xong trước thứ Sáu." in shown
    assert HEAD not in start_page(client, school.ngoc)


def test_a_reminder_reaches_those_with_gaps_and_goes_away_when_all_is_entered(school, client):
    window = open_window(school)
    notice = send(school, window, EntryNotice.Kind.REMIND)
    missing = {each.person.username: each.missing for each in notice.recipients.select_related("person")}
    assert missing["thu"] == 16
    assert f"{HEAD} nhắc lúc" in start_page(client, school.thu)
    fill_ngoai_ngu(school, User.objects.get(pk=school.thu.pk))
    assert HEAD not in start_page(client, school.thu)
    with clock.travelling(clock.now() + datetime.timedelta(hours=1)):
        members = read_team_windows(User.objects.get(pk=school.dung.pk))[0].with_gaps
    assert "thu" not in {each.person.username for each in members}


def test_a_reminder_of_the_schools_window_stays_for_who_has_longer_by_an_order_of_their_own(school, client):
    window = open_window(school)
    open_window(school, hours=72, school_class=school.class_4a)
    send(school, window, EntryNotice.Kind.REMIND)
    assert f"{HEAD} nhắc lúc" in start_page(client, school.lan)


def test_a_teacher_ticks_it_off_and_the_head_sees_who_has_not(school, client):
    window = open_window(school)
    notice = send(school, window, EntryNotice.Kind.ANNOUNCE)
    copies = {each.person.username: each.pk for each in notice.recipients.select_related("person")}
    address = reverse("gradebook:notice_read", args=[copies["thu"]])
    client.force_login(school.lan)
    assert client.post(address).status_code == 403
    client.force_login(school.thu)
    assert address in client.get(reverse("approvals:tasks")).content.decode()
    assert address not in client.post(address, follow=True).content.decode()
    first = notice.recipients.get(pk=copies["thu"]).read_at
    client.post(address)
    assert notice.recipients.get(pk=copies["thu"]).read_at == first
    client.force_login(school.dung)
    shown = text(client.get(reverse("gradebook:team_reminders")))
    assert f"chưa đọc: {school.lan.full_name}, {school.minh.full_name}" in shown


def test_each_kind_goes_out_once_a_day_at_most(school):
    window = open_window(school, hours=72)
    send(school, window, EntryNotice.Kind.REMIND)
    send(school, window, EntryNotice.Kind.ANNOUNCE)
    with pytest.raises(NoticeRefused, match="Hôm nay đã gửi rồi"):
        send(school, window, EntryNotice.Kind.REMIND)
    with clock.travelling(clock.now() + datetime.timedelta(days=1)):
        send(school, window, EntryNotice.Kind.REMIND)
    assert EntryNotice.objects.count() == 3


def test_only_the_head_of_the_grade_sends(school):
    window = open_window(school)
    for person in ("lan", "bich", "hoa", "tuan"):
        with pytest.raises(PermissionDenied):
            send(school, window, EntryNotice.Kind.ANNOUNCE, by=school.people[person])
    with pytest.raises(PermissionDenied):
        send(school, window, EntryNotice.Kind.ANNOUNCE, grade=1)
    assert not EntryNotice.objects.exists()


def test_the_page_names_who_lacks_what_and_sends_with_a_word_of_the_heads_own(school, client):
    window = open_window(school)
    client.force_login(school.dung)
    address = reverse("gradebook:team_reminders")
    shown = text(client.get(address))
    assert "Ai còn thiếu gì (3 giáo viên)" in shown
    assert "Ngoại ngữ 1 · Lớp 4A thiếu 10 ô" in shown
    sent = {"window": window.pk, "grade": 4, "kind": "remind", "text": "Cố gắng hôm nay."}
    assert "Đã nhắc 3 giáo viên" in text(client.post(address, sent, follow=True))
    again = client.post(address, {**sent, "text": "Lần nữa."})
    assert again.status_code == 422
    assert "Lần nữa." in text(again)
    assert client.post(address, {**sent, "text": "a" * 501}).status_code == 422


def test_the_head_is_not_counted_among_those_to_remind(school, client):
    Post.objects.filter(kind=Post.Kind.GRADE_HEAD).update(holder=school.lan)
    open_window(school)
    client.force_login(school.lan)
    page = client.get(reverse("gradebook:team_reminders"))
    assert "Nhắc 2 người còn thiếu" in text(page)
    assert "3 người còn thiếu, kể cả thầy cô." in text(page)
    sent = {"window": EntryWindow.objects.get().pk, "grade": 4, "kind": "remind", "text": ""}
    again = client.post(reverse("gradebook:team_reminders"), sent, follow=True)
    assert "Đã nhắc 2 giáo viên" in text(again)
    assert re.search(r'value="remind"[^>]*\bdisabled', again.content.decode())


def test_the_page_takes_the_same_statements_for_one_window_and_for_many(
    school, client, django_assert_num_queries
):
    open_window(school)
    client.force_login(school.dung)
    address = reverse("gradebook:team_reminders")
    client.get(address)
    with django_assert_num_queries(11):
        client.get(address)
    for period in (Period.END_TERM_1, Period.MID_TERM_2):
        open_window(school, period)
    with django_assert_num_queries(11):
        client.get(address)


@pytest.mark.parametrize(("hours", "is_warned"), [(24 * 3 + 2, False), (24 * 3 - 1, True), (20, True)])
def test_who_has_gaps_is_warned_three_days_and_one_day_before_the_lock(school, client, hours, is_warned):
    open_window(school, hours=hours)
    assert ("là khoá sổ Giữa học kì I" in start_page(client, school.thu)) == is_warned
    sheet = reverse("gradebook:sheet", args=[school.class_4a.pk, "NN1", "GHKI"])
    kinds = re.findall(r'data-kind="(\w+)"\s+data-closes', client.get(sheet).content.decode())
    assert kinds == [{20: "warning"}.get(hours, "waiting") if is_warned else "open"]
    fill_ngoai_ngu(school, User.objects.get(pk=school.thu.pk))
    assert "là khoá sổ" not in start_page(client, school.thu)
    assert re.findall(r'data-kind="(\w+)"\s+data-closes', client.get(sheet).content.decode()) == ["open"]
