"""When backups are asked for: daily, around every lock, around the roll-over; and never in the way of an act."""

import datetime

import pytest
from django.db import DatabaseError
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts import background, backups, clock
from accounts.models import AuditEntry, Backup
from gradebook.roll_over import propose_places
from gradebook.roll_over_apply import apply_roll_over, fingerprint
from gradebook.roll_over_classes import make_proposed_classes
from gradebook.roll_over_pupils import standing_of
from kimdong.backup.making import TryAgain
from kimdong.backup.planning import ask_for_what_is_due
from kimdong.tasks import BackupRetry
from students.models import Enrolment
from tests.backup_places import rule_below
from tests.gradebook.next_year import decide, make_ending
from tests.gradebook.school import close_window, make_school, open_window

pytestmark = pytest.mark.django_db
MORNING = datetime.datetime(2026, 11, 3, 7, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.BACKUPS = rule_below(tmp_path)


def asked():
    return list(Backup.objects.order_by("pk").values_list("reason", "about"))


def in_the_queue():
    jobs = ProcrastinateJob.objects.filter(task_name=backups.TASK, status="todo")
    return sorted(job.args["backup_id"] for job in jobs)


def test_once_a_day_from_its_hour_on(settings):
    night = datetime.datetime(2026, 11, 2, 17, 30, tzinfo=datetime.UTC)  # 00:30 of the third, in Việt Nam
    with clock.travelling(night):
        ask_for_what_is_due()
    assert asked() == []
    for moment in (MORNING, MORNING + datetime.timedelta(hours=3), MORNING + datetime.timedelta(days=1)):
        with clock.travelling(moment):
            ask_for_what_is_due()
            ask_for_what_is_due()
    assert asked() == [("daily", ""), ("daily", "")]
    assert in_the_queue() == sorted(Backup.objects.values_list("pk", flat=True))
    assert set(AuditEntry.objects.filter(table_name="accounts_backup").values_list("actor", "role")) == {
        ("system", "Máy sao lưu")
    }


def test_before_and_after_a_lock_that_comes_by_itself():
    window = open_window(make_school(), hours=5)
    for minutes in (-30, -10, -5, 1, 6):
        with clock.travelling(window.closes_at + datetime.timedelta(minutes=minutes)):
            ask_for_what_is_due()
    locks = [(reason, about) for reason, about in asked() if reason != "daily"]
    assert [reason for reason, _about in locks] == ["before_lock", "after_lock"]
    assert all("Giữa học kì I, khoá lúc" in about for _reason, about in locks)


def test_after_a_lock_by_an_order_that_takes_effect_at_once():
    school = make_school()
    open_window(school)
    close_window(school)
    ask_for_what_is_due()
    assert [reason for reason, _about in asked() if reason != "daily"] == ["after_lock"]


def test_an_opening_for_one_teacher_is_no_lock_of_the_books():
    school = make_school()
    window = open_window(school, hours=5, teacher=school.lan)
    with clock.travelling(window.closes_at + datetime.timedelta(minutes=1)):
        ask_for_what_is_due()
    assert [reason for reason, _about in asked() if reason != "daily"] == []


def test_before_and_after_the_roll_over():
    ending = make_ending()
    decide(ending)
    make_proposed_classes(ending.following, by=ending.clerk)
    propose_places(ending.following, by=ending.clerk)
    standing = standing_of(ending.following)
    left = [pupil.pk for pupil in standing.left_out]
    apply_roll_over(ending.following, by=ending.clerk, previewed=fingerprint(standing), leaving=left)
    assert [reason for reason, _about in asked()] == ["before_roll_over", "after_roll_over"]
    assert set(Backup.objects.values_list("asked_by", flat=True)) == {ending.clerk.pk}


def test_an_act_goes_on_when_no_backup_can_be_asked_for(monkeypatch):
    def fail(_kind, _pk):
        raise DatabaseError("the queue is gone")

    monkeypatch.setattr(background.Kind, "enqueue", fail)
    ending = make_ending()
    decide(ending)
    make_proposed_classes(ending.following, by=ending.clerk)
    propose_places(ending.following, by=ending.clerk)
    standing = standing_of(ending.following)
    left = [pupil.pk for pupil in standing.left_out]
    apply_roll_over(ending.following, by=ending.clerk, previewed=fingerprint(standing), leaving=left)
    assert Enrolment.objects.filter(school_class__year=ending.following).exists()
    assert asked() == []


def test_nothing_is_asked_for_where_no_place_is_set(settings):
    settings.BACKUPS = None
    ask_for_what_is_due()
    assert asked() == []


def test_a_backup_that_lost_its_place_in_the_queue_gets_another():
    backup = Backup.objects.create(reason="daily", occasion="daily 2026-11-03")
    assert backups.resume_stalled() == [backup.pk]
    assert backups.resume_stalled() == []
    assert in_the_queue() == [backup.pk]


def test_the_worker_looks_every_five_minutes_and_tries_a_failed_backup_again_after_5_and_35():
    assert [
        task.cron
        for task in app.periodic_registry.periodic_tasks.values()
        if task.task.name == "plan_backups"
    ] == ["*/5 * * * *"]

    def minutes(problem):
        decision = BackupRetry().get_retry_decision(exception=problem, job=None)
        return round((decision.retry_at - clock.stamp()).total_seconds() / 60, 2)

    assert [minutes(TryAgain(1)), minutes(TryAgain(2)), minutes(background.InOtherHands())] == [5, 35, 0.25]
