"""The daily mail about waiting tasks, and the tasks in the order of their days."""

import datetime
from dataclasses import fields

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts import clock
from accounts.guides import GUIDES
from accounts.models import MailDigest, User
from accounts.powers import Role
from approvals.digest_tasks import cron_of
from approvals.digests import KINDS, NO_TASKS, digest_of, send_digests
from approvals.due_tasks import due_tasks, nearest
from approvals.tasks import TasksPage, read_tasks
from gradebook.regulation import Period
from kimdong.environment import Mail
from students.models import SchoolYear
from tests.gradebook.school import enter, make_school, open_window

pytestmark = pytest.mark.django_db
SERVER = Mail("mail.example", 587, "", "", False, "hoso@kimdong.example", 6)


def the_school():
    """An entry period is open for two days; cô Lan has an address and has entered a mark, cô Thu has none."""
    school = make_school()
    open_window(school, Period.END_TERM_1, hours=50)
    enter(school.sheet(period=Period.END_TERM_1), school.pupils[0], "mark", "3", by=school.lan)
    User.objects.filter(pk=school.lan.pk).update(email="lan@kimdong.example")
    return school


@pytest.fixture
def with_mail(settings):
    settings.MAIL = SERVER
    settings.START_PAGE = "https://so.kimdong.example/"


def test_a_teacher_with_waiting_tasks_gets_one_mail_a_day_with_numbers_days_and_the_way(school, with_mail):
    assert (send_digests(), send_digests()) == (1, 0)
    (letter,) = mail.outbox
    assert letter.to == ["lan@kimdong.example"]
    assert "3 sổ đang mở chưa nhập đủ" in letter.body
    assert "Hạn gần nhất: " in letter.body
    assert "https://so.kimdong.example/" in letter.body


def test_no_pupil_and_no_mark_stands_in_it(school, with_mail):
    send_digests()
    (letter,) = mail.outbox
    for pupil in school.pupils:
        assert pupil.full_name not in letter.subject + letter.body
    assert "4A" not in letter.body


def test_the_next_day_it_comes_again(school, with_mail):
    send_digests()
    with clock.travelling(timezone.now() + datetime.timedelta(days=1)):
        assert send_digests() == 1


def test_whoever_has_turned_it_off_gets_none_until_it_is_on_again(school, with_mail, client):
    client.force_login(User.objects.get(pk=school.lan.pk))
    assert "Thôi nhận thư nhắc việc" in client.get(reverse("accounts:me")).content.decode()
    client.post(reverse("accounts:mail_digest"), {"mail": "off"})
    assert send_digests() == 0
    assert "đang tắt" in client.get(reverse("accounts:me")).content.decode()
    client.post(reverse("accounts:mail_digest"), {"mail": "on"})
    assert send_digests() == 1


def test_nobody_without_an_address_or_an_open_account_gets_one(school, with_mail):
    User.objects.filter(pk=school.lan.pk).update(is_active=False)
    assert send_digests() == 0
    assert mail.outbox == []


def test_nothing_is_sent_when_nothing_waits(school, with_mail):
    User.objects.filter(pk=school.son.pk).update(email="son@kimdong.example")
    assert digest_of(User.objects.get(pk=school.son.pk)) is None


def test_what_the_server_refuses_is_tried_again(school, with_mail, settings):
    settings.EMAIL_BACKEND = "tests.approvals.test_digests.RefusingBackend"
    assert send_digests() == 0
    assert not MailDigest.objects.filter(sent_on__isnull=False).exists()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_digests() == 1


class RefusingBackend:
    def __init__(self, **_options):
        pass

    def send_messages(self, _messages):
        raise ConnectionRefusedError("no server")


def test_without_a_mail_server_there_is_neither_mail_nor_a_switch(school, client):
    with pytest.raises(CommandError, match="KIMDONG_SMTP_URL"):
        call_command("send_digests")
    client.force_login(User.objects.get(pk=school.lan.pk))
    page = client.get(reverse("accounts:me")).content.decode()
    assert "Nhà trường chưa bật thư nhắc việc hằng ngày" in page
    assert reverse("accounts:mail_digest") not in page


def test_who_has_no_address_is_told_whom_to_give_one(school, with_mail, client):
    client.force_login(User.objects.get(pk=school.thu.pk))
    page = " ".join(client.get(reverse("accounts:me")).content.decode().split())
    assert "chưa có địa chỉ thư điện tử: báo văn thư ghi vào" in page
    assert reverse("accounts:mail_digest") not in page


def test_the_guides_of_the_leaders_and_of_the_clerk_say_how_it_is_turned_on():
    saying = {guide.role for guide in GUIDES for step in guide.steps if "KIMDONG_SMTP_URL" in step.words}
    assert saying == {Role.PRINCIPAL, Role.VICE_PRINCIPAL, Role.CLERK}


def test_the_hour_is_the_schools():
    assert (cron_of(6), cron_of(7)) == ("0 23 * * *", "0 0 * * *")


def test_every_kind_of_task_has_its_words():
    kinds = {each.name for each in fields(TasksPage) if str(each.type).startswith("tuple")}
    assert kinds - NO_TASKS <= KINDS.keys()


def test_tasks_with_a_day_come_in_the_order_of_their_days_and_overdue_ones_say_so(school, client):
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    SchoolYear.objects.update(records_due_on=yesterday)
    lan = User.objects.get(pk=school.lan.pk)
    found = due_tasks(read_tasks(lan))
    assert [task.due_on for task in found] == sorted(task.due_on for task in found)
    (late,) = [task for task in found if task.due_on == yesterday]
    assert (late.word, late.is_overdue) == ("Quá hạn 1 ngày", True)
    overdue = sum(task.is_overdue for task in found)
    assert f"Quá hạn: {overdue} việc" in digest_of(lan).text
    client.force_login(lan)
    assert "Đến hạn trước" in client.get(reverse("approvals:tasks")).content.decode()


def test_sheets_alone_are_not_listed_twice(school):
    thu = User.objects.get(pk=school.thu.pk)
    assert due_tasks(read_tasks(thu))
    assert nearest(read_tasks(thu)) == []
