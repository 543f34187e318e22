"""A long list is carried out by a worker: seen on its way, once, and whole or not at all (PLAN IV.3; R85)."""

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from students.imports import carry_out_roster
from students.models import RosterRun, RosterUpload, Student
from students.roster_files import read_roster
from students.roster_runs import (
    ROWS_AT_ONCE,
    RunInterrupted,
    ask_for_run,
    cancel_run,
    carry_out_run,
    resume_stalled,
)
from students.uploads import UploadRefused, keep_upload, plan_of
from tests.gradebook.school import CONFIRMED
from tests.students.rosters import as_bytes, listed, pupil

STATE = RosterRun.State
LONG = ROWS_AT_ONCE + 1


@pytest.fixture
def clerk(client, school):
    client.force_login(school.tuan)
    return client


def text(response) -> str:
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def kept(school, count=3) -> RosterUpload:
    content = as_bytes(*(pupil(number) for number in range(1, count + 1)))
    roster = read_roster(content, "danh-sach.xlsx", school_year=school.year.pk)
    return keep_upload(
        name="danh-sach.xlsx", content=content, roster=roster, year=school.year, by=school.tuan
    )


def asked(school, upload) -> RosterRun:
    return ask_for_run(upload, previewed=plan_of(upload).fingerprint, by=school.tuan)


def written() -> int:
    return Student.objects.filter(moet_id__startswith="31").count()


def test_a_long_list_goes_to_the_worker_and_its_page_says_how_far_it_is(school, clerk):
    content = as_bytes(*(pupil(number) for number in range(1, LONG + 1)))
    sent = clerk.post(
        "/students/import/", {"year": school.year.pk, "file": SimpleUploadedFile("cả trường.xlsx", content)}
    )
    shown = clerk.get(sent.url).content.decode()
    previewed = re.search(r'name="previewed" value="(\w+)"', shown)[1]
    upload = RosterUpload.objects.get()
    apply = reverse("students:upload_apply", args=[upload.pk])
    waiting = clerk.post(apply, {"previewed": previewed, **CONFIRMED}, follow=True)
    assert "Đang chờ máy chạy nền" in text(waiting)
    assert "Hiện không có máy chạy nền nào đang làm việc" in text(waiting)
    assert "Đang nạp" in text(clerk.get("/students/import/"))
    assert written() == 0
    run = RosterRun.objects.get()
    (place,) = ProcrastinateJob.objects.all()
    assert (place.args, place.task_name, place.status) == ({"run_id": run.pk}, "carry_out_list", "todo")
    carry_out_run(run.pk)
    assert "Đã nạp" in text(clerk.get(sent.url))
    assert written() == LONG
    upload.refresh_from_db()
    assert (upload.applied_by, upload.created) == (school.tuan, LONG)


def test_the_part_of_the_page_that_asks_for_itself_makes_the_page_come_anew_when_the_phase_changes(
    school, clerk
):
    upload = kept(school)
    page = reverse("students:upload", args=[upload.pk])
    run = asked(school, upload)
    poll = {"headers": {"HX-Request": "true"}}
    assert "HX-Refresh" not in clerk.get(f"{page}?seen=asleep", **poll)
    assert clerk.get(f"{page}?seen=running", **poll)["HX-Refresh"] == "true"
    carry_out_run(run.pk)
    assert clerk.get(f"{page}?seen=asleep", **poll)["HX-Refresh"] == "true"


def test_two_clicks_make_one_run_and_a_run_is_carried_out_once(school):
    upload = kept(school)
    run = asked(school, upload)
    assert asked(school, upload) == run
    carry_out_run(run.pk)
    carry_out_run(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempts, run.done) == (STATE.DONE, 1, run.total)
    assert written() == 3
    with pytest.raises(UploadRefused, match="đã được nạp lúc"):
        ask_for_run(upload, previewed="x", by=school.tuan)


@pytest.mark.parametrize("person", ["bich", "hoa", "lan"])
def test_only_the_clerk_asks_for_a_run_and_stops_one(school, person):
    upload = kept(school)
    with pytest.raises(PermissionDenied, match="văn thư"):
        ask_for_run(upload, previewed="x", by=school.people[person])
    with pytest.raises(PermissionDenied, match="văn thư"):
        cancel_run(asked(school, upload), by=school.people[person])


def test_what_changed_since_the_preview_ends_the_run_and_is_said_above_the_new_dry_run(school, clerk):
    upload = kept(school)
    run = asked(school, upload)
    carry_out_roster(listed(pupil(2)), school.year, by=school.tuan)
    carry_out_run(run.pk)
    run.refresh_from_db()
    assert run.state == STATE.FAILED
    shown = text(clerk.get(reverse("students:upload", args=[upload.pk])))
    assert "Lần nạp trước không thành" in shown
    assert "đã thay đổi từ lúc xem trước, nên chưa ghi gì" in shown
    assert "Thêm 2 học sinh mới, giữ nguyên 1 học sinh." in shown
    assert written() == 1


def test_a_worker_told_to_stop_gives_the_list_back_with_nothing_written(school):
    run = asked(school, kept(school))
    orders = iter((False, False, False, True))
    with pytest.raises(RunInterrupted):
        carry_out_run(run.pk, should_stop=lambda: next(orders))
    run.refresh_from_db()
    assert (run.state, run.attempts, written()) == (STATE.WAITING, 0, 0)
    carry_out_run(run.pk)
    assert written() == 3


def test_a_list_that_kills_its_workers_is_given_up_after_three(school):
    run = asked(school, kept(school))
    RosterRun.objects.filter(pk=run.pk).update(state=STATE.RUNNING, attempts=3)
    carry_out_run(run.pk)
    run.refresh_from_db()
    assert run.state == STATE.FAILED
    assert "dừng đột ngột 3 lần" in run.failure
    assert written() == 0


def test_a_run_without_a_place_in_the_queue_gets_one_again(school):
    run = asked(school, kept(school))
    ProcrastinateJob.objects.all().delete()
    assert resume_stalled() == [run.pk]
    assert resume_stalled() == []
    assert ProcrastinateJob.objects.get().args == {"run_id": run.pk}


def test_a_run_that_waits_is_stopped_from_its_page(school, clerk):
    upload = kept(school)
    run = asked(school, upload)
    answer = clerk.post(reverse("students:run_cancel", args=[run.pk]), follow=True)
    assert "Đã dừng. Chưa ghi dòng nào." in answer.content.decode()
    carry_out_run(run.pk)
    assert written() == 0
    assert (
        "đã dừng từ trước"
        in clerk.post(reverse("students:run_cancel", args=[run.pk]), follow=True).content.decode()
    )
