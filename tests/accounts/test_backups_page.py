"""«Sao lưu»: the clerk sees whether the school's data is safe and what to do, and asks for a backup."""

import datetime
import re
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts import backups, clock
from accounts.backups import ask_for_backup
from accounts.models import AdminAction, Backup
from tests.backup_places import rule_below

pytestmark = pytest.mark.django_db
PAGE = "/accounts/backups/"


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    """A place for backups, and a worker that lives."""
    settings.BACKUPS = rule_below(tmp_path)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")


def the_worker_dies():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")


def proven(*, hours=1, **fields):
    moment = clock.now() - datetime.timedelta(hours=hours)
    told = {"second_at": moment, "occasion": f"daily {hours}", "made_at": moment, "started_at": moment}
    numbers = {"rows": 520761, "tables": 169, "files": 40, "files_tried": 40, "size": 1}
    return Backup.objects.create(
        **{
            "reason": "daily",
            "state": "proven",
            "snapshot": "ab" * 32,
            "audit_code": "1-AAAA-AAAA-AAAA",
            "proven_at": moment,
            "finished_at": moment,
            **told,
            **numbers,
            **fields,
        }
    )


def words(client, user, page=PAGE):
    client.force_login(user)
    main = client.get(page).content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_the_clerk_reads_that_all_is_well_and_how_it_was_proven(client, school):
    backup = proven()
    text = words(client, school.tuan)
    assert "Dữ liệu có an toàn không An toàn" in text
    assert f"(bản số {backup.pk})" in text
    assert "169 bảng, 520.761 dòng" in text
    assert "Phải làm gì" not in text


@pytest.mark.parametrize(
    ("fields", "standing", "to_do"),
    [
        (None, "Chưa an toàn", "Bấm «Sao lưu ngay»"),
        ({"hours": 37}, "Chưa an toàn", "Bấm «Sao lưu ngay»"),
        (
            {"second_at": None, "second_fault": "Không tới được kho."},
            "Cần thêm nơi thứ hai",
            "Bản chính vẫn dùng được",
        ),
        ({"second_at": None}, "Cần thêm nơi thứ hai", "Nơi thứ hai mới đặt, chưa có bản nào"),
        (
            {"forgotten_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)},
            "Chưa an toàn",
            "Sao lưu ngay",
        ),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(client, school, fields, standing, to_do):
    if fields is not None:
        proven(**fields)
    text = words(client, school.tuan)
    assert f"Dữ liệu có an toàn không {standing}" in text
    assert to_do in text


def test_a_fault_is_shown_until_a_later_backup_is_proven(client, school):
    now = clock.now()
    proven(hours=5)
    Backup.objects.create(
        reason="daily", occasion="daily x", state="failed", failure="Hết chỗ trên ổ đĩa.", started_at=now
    )
    assert "Hết chỗ trên ổ đĩa." in words(client, school.tuan)
    proven(hours=1, started_at=now + datetime.timedelta(minutes=1))
    text = words(client, school.tuan)
    assert "Dữ liệu có an toàn không An toàn" in text


def test_a_school_without_a_second_place_is_told(client, school, settings, tmp_path):
    settings.BACKUPS = replace(settings.BACKUPS, second="")
    proven()
    assert "mất máy chủ là mất cả bản sao lưu" in words(client, school.tuan)


def test_where_no_place_is_set_the_page_says_so_and_offers_nothing(client, school, settings):
    settings.BACKUPS = None
    text = words(client, school.tuan)
    assert "KIMDONG_BACKUP_REPOSITORY" in text
    assert "Chưa an toàn" in text
    answer = client.post(PAGE, follow=True)
    assert "chưa được đặt nơi sao lưu" in answer.content.decode()
    assert Backup.objects.count() == 0


def test_the_clerk_asks_once_and_it_is_on_record(client, school):
    client.force_login(school.tuan)
    client.post(PAGE)
    again = client.post(PAGE, follow=True)
    assert f"Đang sao lưu (bản số {Backup.objects.get().pk}), nên không làm thêm" in again.content.decode()
    backup = Backup.objects.get()
    assert (backup.reason, backup.asked_by) == ("asked", school.tuan)
    assert ProcrastinateJob.objects.filter(task_name=backups.TASK).count() == 1
    assert AdminAction.objects.filter(thing=f"backup:{backup.pk}").exists()
    assert "Đang chờ" in words(client, school.tuan)


def test_while_one_runs_the_page_says_to_wait_looks_again_by_itself_and_offers_no_button(client, school):
    Backup.objects.create(reason="daily", occasion="daily x", state="running", started_at=clock.now())
    client.force_login(school.tuan)
    page = client.get(PAGE).content.decode()
    assert "Đang sao lưu, chờ" in page
    assert 'hx-trigger="every 5s"' in page
    assert "</span>Sao lưu ngay" not in page
    client.post(PAGE)
    assert Backup.objects.count() == 1
    Backup.objects.update(state="failed", failure="Hết chỗ trên ổ đĩa.")
    assert "hx-trigger" not in client.get(PAGE).content.decode().split("<main", 1)[1]


def test_asking_while_a_failed_one_waits_to_be_tried_again_hurries_that_one_and_adds_none(client, school):
    client.force_login(school.tuan)
    client.post(PAGE)
    backup = Backup.objects.get()
    later = clock.stamp() + datetime.timedelta(minutes=35)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = %s", [later])
    Backup.objects.update(failure="Ổ đĩa của kho hết chỗ.", attempts=1, started_at=clock.now())
    assert f"bấm «Sao lưu ngay» để thử lại bản số {backup.pk} ngay" in words(client, school.tuan)
    for _press in range(2):
        answer = client.post(PAGE, follow=True).content.decode()
        assert f"Máy nền thử lại bản số {backup.pk} ngay" in answer
    assert Backup.objects.count() == 1
    [job] = ProcrastinateJob.objects.filter(task_name=backups.TASK)
    assert (job.status, job.scheduled_at) == ("todo", None)
    assert AdminAction.objects.filter(thing=f"backup:{backup.pk}", words__contains="thử lại").count() == 2


def test_asking_again_after_one_that_failed_for_good_makes_one_more(client, school):
    Backup.objects.create(reason="daily", occasion="daily x", state="failed", failure="Hết chỗ.", attempts=3)
    client.force_login(school.tuan)
    for _press in range(3):
        client.post(PAGE)
    assert Backup.objects.filter(reason="asked").count() == 1


def test_while_no_worker_lives_nothing_is_called_safe_or_under_way(client, school):
    proven()
    the_worker_dies()
    text = words(client, school.tuan)
    assert "Dữ liệu có an toàn không Máy nền đang không chạy" in text
    assert "An toàn" not in text
    assert "Nhờ người quản trị máy chủ khởi động lại máy nền (worker) trong hôm nay" in text
    answer = client.post(PAGE, follow=True).content.decode()
    backup = Backup.objects.get(state="waiting")
    assert f"Máy nền đang không chạy: bản sao lưu số {backup.pk} chờ máy nền chạy lại. Nhờ người" in answer
    assert "Máy nền sao lưu ngay" not in answer
    text = words(client, school.tuan)
    assert f"Lúc này Máy nền đang không chạy: bản sao lưu số {backup.pk} chờ máy nền chạy lại" in text
    assert "Đang sao lưu" not in text
    again = client.post(PAGE, follow=True).content.decode()
    assert f"Máy nền đang không chạy: bản sao lưu số {backup.pk} chờ máy nền chạy lại. Nhờ người" in again
    assert "Đang sao lưu" not in again
    assert Backup.objects.count() == 2


def test_without_a_worker_and_a_proven_backup_the_page_is_red_and_says_both(client, school):
    the_worker_dies()
    text = words(client, school.tuan)
    assert "Dữ liệu có an toàn không Chưa an toàn" in text
    assert "Máy nền đang không chạy, nên không sao lưu" in text


def test_the_page_names_the_rule_of_keeping_the_second_place_and_its_checksum(client, school, settings):
    settings.BACKUPS = replace(settings.BACKUPS, second="rest:https://kho:matkhau@may2.truong.vn/kimdong")
    proven()
    text = words(client, school.tuan)
    assert "mọi bản trong 14 ngày; mỗi ngày một bản, 30 ngày gần nhất; mỗi tuần một bản, 12 tuần" in text
    assert "bản trước và sau khi khoá sổ, khi lên lớp: 2 năm" in text
    assert "rest:https://may2.truong.vn/kimdong: đã có bản số" in text
    assert "ab" * 32 in text
    assert "ít nhất 20 sổ đã in" in text
    assert "matkhau" not in text
    assert "Hướng dẫn sao lưu, khôi phục" in text
    assert "Văn thư: mỗi tuần một phút" in words(client, school.tuan, f"{PAGE}help/")


def test_the_principal_looks_and_does_not_ask(client, school):
    proven()
    client.force_login(school.bich)
    assert "Sao lưu ngay" not in client.get(PAGE).content.decode()
    Backup.objects.update(forgotten_at=clock.now())
    assert "Nhờ văn thư bấm «Sao lưu ngay»" in words(client, school.bich)
    assert client.post(PAGE).status_code == 403
    with pytest.raises(PermissionDenied):
        ask_for_backup(by=school.bich)
    client.force_login(school.lan)
    assert client.get(PAGE).status_code == 403


def test_the_statements_of_the_page_do_not_grow(client, school, django_assert_num_queries):
    client.force_login(school.tuan)
    proven(hours=1)
    client.get(PAGE)
    with django_assert_num_queries(8):
        client.get(PAGE)
    for hours in range(2, 32):
        proven(hours=hours)
    with django_assert_num_queries(8):
        client.get(PAGE)


# -- The start page ----------------------------------------------------------------------------------------

TASK = "chưa có bản sao lưu mới đã khôi phục thử"


def test_after_36_hours_without_a_proven_backup_the_clerk_has_a_task(client, school):
    assert f"{TASK} Chưa có bản nào khôi phục thử đúng Chưa có bản nào" in words(client, school.tuan, "/")
    first = Backup.objects.create(reason="daily", occasion="daily x", state="running")
    text = words(client, school.tuan, "/")
    assert "chưa có bản sao lưu nào, đang làm bản đầu" in text
    assert "Quá 36 giờ" not in text
    assert "Chưa có bản nào, đang làm bản đầu" in words(client, school.tuan)
    Backup.objects.filter(pk=first.pk).update(state="failed", failure="Hết chỗ trên ổ đĩa.")
    assert TASK in words(client, school.tuan, "/")
    proven(hours=37)
    assert "Quá 36 giờ" in words(client, school.tuan, "/")
    assert TASK not in words(client, school.bich, "/")
    proven(hours=35)
    assert TASK not in words(client, school.tuan, "/")


def test_without_a_worker_no_first_backup_is_said_to_be_made(client, school):
    Backup.objects.create(reason="daily", occasion="daily x", state="waiting")
    the_worker_dies()
    text = words(client, school.tuan, "/")
    assert "Máy nền đang không chạy, trường chưa có bản sao lưu nào" in text
    assert "Nhờ người quản trị máy chủ khởi động lại máy nền (worker) trong hôm nay" in text
    assert "đang làm bản đầu" not in text.lower()
    proven(hours=37)
    text = words(client, school.tuan, "/")
    assert "Máy nền đang không chạy, dữ liệu của trường không được sao lưu" in text
    assert "Quá 36 giờ" in text


def test_in_production_without_a_place_the_clerk_has_the_task_too(client, school, settings):
    settings.BACKUPS = None
    assert TASK not in words(client, school.tuan, "/")
    settings.MODE = "production"
    assert TASK in words(client, school.tuan, "/")
