"""«Tình trạng hệ thống»: the clerk reads whether what the system runs on does well, and what to do else."""

import datetime
import re
from collections import namedtuple
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone
from procrastinate.contrib.django import app

from accounts import certificates, disks, system_state
from accounts.certificates import Lifetime
from accounts.models import DiskReading
from students.models import Student
from tests.accounts.test_backups_page import proven, the_worker_dies
from tests.backup_places import rule_below

pytestmark = pytest.mark.django_db
PAGE = "/accounts/system/"
GB = 1024**3
Usage = namedtuple("Usage", "total used free")
FILES = "Ổ đĩa của tệp (minh chứng, sổ đã in)"
BACKUPS = "Ổ đĩa của kho sao lưu"
DATA_KEY = "Khoá dữ liệu (số định danh, điện thoại, dân tộc, khuyết tật)"
QUEUE = "Máy nền (in, nạp danh sách, sao lưu)"
ADDRESS = "Chứng chỉ của địa chỉ so.kimdong.example"
SIGNING = "Chứng chỉ kí số của trường"


@pytest.fixture(autouse=True)
def machine(settings, tmp_path, monkeypatch):
    """A machine with room, a place for backups and a worker that lives."""
    settings.BACKUPS = rule_below(tmp_path)
    settings.TLS = None
    settings.SIGNING = None
    has(monkeypatch, free=400)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")


def has(monkeypatch, *, free, total=500):
    monkeypatch.setattr(disks.shutil, "disk_usage", lambda _folder: Usage(total * GB, 0, free * GB))


def lines(client, user):
    """The words of each line under its name: state, value, what to do."""
    client.force_login(user)
    page = client.get(PAGE).content.decode()
    rows = re.findall(r"<tr>(.*?)</tr>", page.partition("<tbody>")[2], re.DOTALL)
    cells = [re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    told = [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in cells]
    return {name.replace("\xa0", " "): tuple(more) for name, *more in told}


@pytest.fixture
def read(client, school):
    return lambda: lines(client, school.tuan)


def heading(client):
    page = client.get(PAGE).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("<h1", 1)[1].split("</h1>")[0]).split())


def test_where_all_is_well_each_line_says_so_and_asks_for_nothing(client, school):
    proven()
    disks.note_room_for_backups()
    told = lines(client, school.tuan)
    assert {name: state for name, (state, *_rest) in told.items()} == {
        "Cơ sở dữ liệu": "Tốt",
        "Đồng hồ": "Tốt",
        DATA_KEY: "Tốt",
        FILES: "Tốt",
        BACKUPS: "Tốt",
        "Sao lưu": "An toàn",
        QUEUE: "Tốt",
        "Phiên bản phần mềm": "Đang chạy",
    }
    assert {to_do for _state, _value, to_do in told.values()} == {""}
    assert heading(client).endswith("Tình trạng hệ thống Tốt")
    assert "PostgreSQL 18" in told["Cơ sở dữ liệu"][1]
    assert re.search(r"trả lời trong \d+,\d ms; dữ liệu chiếm [\d,]+.[MG]B", told["Cơ sở dữ liệu"][1])


@pytest.mark.parametrize(
    ("room", "state", "to_do"),
    [
        ({"free": 51, "total": 500}, "Tốt", ""),
        ({"free": 49, "total": 500}, "Cần để ý", "trong tuần này"),
        ({"free": 4, "total": 20}, "Cần để ý", "trong tuần này"),
        ({"free": 14, "total": 500}, "Phải xử lí ngay", "trong hôm nay"),
    ],
    ids=["over 10 %", "under 10 %", "under 5 GB", "under 3 %"],
)
def test_a_disk_that_fills_up_is_told_in_time(read, monkeypatch, room, state, to_do):
    has(monkeypatch, **room)
    disks.note_room_for_backups()
    told = read()
    for name in (FILES, BACKUPS):
        assert told[name][0] == state
        assert to_do in told[name][2]


def test_the_backups_disk_is_measured_by_the_worker_and_an_old_reading_counts_for_nothing(client, school):
    assert lines(client, school.tuan)[BACKUPS][:2] == ("Không đọc được", "Do máy nền đo: chưa đo lần nào")
    disks.note_room_for_backups()
    read_at = timezone.localtime(DiskReading.objects.get().read_at)
    assert lines(client, school.tuan)[BACKUPS][1].endswith(f"(80,0 %), đo lúc {read_at:%H:%M %d/%m/%Y}")
    DiskReading.objects.update(read_at=timezone.now() - datetime.timedelta(hours=2))
    state, value, to_do = lines(client, school.tuan)[BACKUPS]
    assert state == "Không đọc được"
    assert "lần đo cuối" in value
    assert "máy nền có chạy không" in to_do


def test_a_folder_that_is_gone_and_a_repository_elsewhere_are_told_as_not_read(
    client, school, settings, monkeypatch
):
    def gone(_folder):
        raise FileNotFoundError

    monkeypatch.setattr(disks.shutil, "disk_usage", gone)
    proven()
    disks.note_room_for_backups()
    told = lines(client, school.tuan)
    assert told[FILES][:2] == told[BACKUPS][:2] == ("Không đọc được", "Thư mục không mở được")
    settings.BACKUPS = replace(settings.BACKUPS, repository="sftp:nas:/kimdong")
    assert lines(client, school.tuan)[BACKUPS][1] == "Kho ở máy khác, hệ thống không đo được"


def test_before_the_first_backup_has_made_its_folder_the_disk_is_told_as_not_measured(
    client, school, monkeypatch
):
    def not_yet(_folder):
        raise FileNotFoundError

    monkeypatch.setattr(disks.shutil, "disk_usage", not_yet)
    disks.note_room_for_backups()
    assert lines(client, school.tuan)[BACKUPS] == (
        "Không đọc được",
        "Do máy nền đo: chưa đo, đợi bản sao lưu đầu tiên",
        "",
    )


def test_a_data_key_that_does_not_open_the_sealed_columns_is_told_with_what_to_do(client, school, settings):
    Student.objects.filter(pk=school.pupils[0].pk).update(mother_phone="0912345678")
    settings.DATA_KEYS = ("w" * 60,)
    state, value, to_do = lines(client, school.tuan)[DATA_KEY]
    assert (state, value) == ("Phải xử lí ngay", "Không mở được các cột đã mã hoá")
    assert "tệp khoá dữ liệu cất trong két" in to_do
    assert "KIMDONG_DATA_KEY lacks the key" in to_do


def test_the_database_keeps_no_reading_with_more_room_than_there_is():
    with pytest.raises(IntegrityError):
        DiskReading.objects.create(place="backups", total=1, free=2, read_at=timezone.now())


def test_backups_are_told_in_the_words_of_their_page(client, school, settings):
    state, value, to_do = lines(client, school.tuan)["Sao lưu"]
    assert (state, value) == ("Chưa an toàn", "Chưa có bản nào khôi phục thử đúng")
    assert "«Sao lưu»" in to_do
    backup = proven()
    assert f"Bản số {backup.pk}, dữ liệu lúc" in lines(client, school.tuan)["Sao lưu"][1]
    settings.BACKUPS = None
    assert lines(client, school.tuan)["Sao lưu"][0] == "Chưa an toàn"
    assert BACKUPS not in lines(client, school.tuan)


def job(status, *, minutes, event):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('q', 't', %s) RETURNING id",
            [status],
        )
        number = cursor.fetchone()[0]
        cursor.execute("DELETE FROM procrastinate_events WHERE job_id = %s", [number])
        cursor.execute(
            "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, %s, now() - make_interval(mins => %s))",
            [number, event, minutes],
        )


def test_work_that_waits_or_failed_of_late_is_told(client, school):
    job("todo", minutes=3, event="deferred")
    assert lines(client, school.tuan)[QUEUE] == (
        "Tốt",
        "Đang chạy; 1 việc đang chờ, chờ lâu nhất 3 phút; 0 việc hỏng trong 24 giờ qua",
        "",
    )
    job("failed", minutes=26 * 60, event="failed")
    assert lines(client, school.tuan)[QUEUE][0] == "Tốt"
    job("failed", minutes=60, event="failed")
    state, value, to_do = lines(client, school.tuan)[QUEUE]
    assert state == "Cần để ý"
    assert "1 việc hỏng" in value
    assert "ERROR" in to_do
    job("todo", minutes=40, event="deferred")
    state, value, to_do = lines(client, school.tuan)[QUEUE]
    assert "2 việc đang chờ, chờ lâu nhất 40 phút" in value
    assert "chạy thêm một máy nền" in to_do


def test_work_for_a_later_hour_does_not_wait_yet(client, school):
    app.configure_task("back_up", schedule_in={"hours": 3}, allow_unknown=False).defer(backup_id=0)
    assert "Đang chạy; 0 việc đang chờ; 0 việc hỏng" in lines(client, school.tuan)[QUEUE][1]


def test_without_a_worker_no_line_waits_for_the_first_backup(client, school):
    disks.note_room_for_backups()
    DiskReading.objects.update(total=None, free=None)
    the_worker_dies()
    told = lines(client, school.tuan)
    assert told["Sao lưu"] == (
        "Chưa an toàn",
        "Chưa có bản nào khôi phục thử đúng; máy nền đang không chạy",
        "Nhờ người quản trị máy chủ khởi động lại máy nền (worker) trong hôm nay, rồi mở trang «Sao lưu».",
    )
    assert told[BACKUPS][1:] == (
        "Do máy nền đo: chưa đo, máy nền đang không chạy",
        "Nhờ người quản trị máy chủ khởi động lại máy nền (worker).",
    )
    proven()
    assert lines(client, school.tuan)["Sao lưu"][0] == "Máy nền đang không chạy"


def test_a_worker_that_is_gone_is_told_with_who_starts_it(client, school):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
    state, value, to_do = lines(client, school.tuan)[QUEUE]
    assert (state, value.split(";")[0]) == ("Phải xử lí ngay", "Không chạy")
    assert "khởi động lại máy nền" in to_do
    assert heading(client).endswith("Phải xử lí ngay")


DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("times", "state"),
    [
        ((90 * DAY, 30 * DAY), "Tốt"),
        ((90 * DAY, 10 * DAY), "Cần để ý"),
        ((90 * DAY, 2 * DAY), "Phải xử lí ngay"),
        ((90 * DAY, -DAY), "Phải xử lí ngay"),
        # Caddy's own authority: twelve hours, renewed when four are left.
        ((DAY / 2, DAY / 6), "Tốt"),
        ((DAY / 2, DAY / 12), "Cần để ý"),
    ],
)
def test_a_certificate_that_nobody_renews_is_told_in_time(read, settings, monkeypatch, times, state):
    life, left = times
    ends = timezone.now() + left
    settings.TLS = ("so.kimdong.example", "proxy", 443)
    monkeypatch.setattr(certificates, "served", lambda: Lifetime(ends - life, ends))
    told, value, to_do = read()[ADDRESS]
    assert told == state
    assert f"{timezone.localtime(ends):%H:%M %d/%m/%Y}" in value
    assert (to_do == "") == (state == "Tốt")


def test_a_certificate_that_cannot_be_asked_for_is_told_as_not_read(client, school, settings, monkeypatch):
    settings.TLS = ("so.kimdong.example", "proxy", 443)
    monkeypatch.setattr(certificates, "served", lambda: None)
    assert lines(client, school.tuan)[ADDRESS][0] == "Không đọc được"


def test_clocks_that_have_parted_are_told():
    apart = [system_state._clocks(datetime.timedelta(seconds=seconds)) for seconds in (-1, 30, -90)]
    assert [line.state.word for line in apart] == ["Tốt", "Cần để ý", "Phải xử lí ngay"]
    assert "lệch nhau 90,0 giây" in apart[2].value
    assert "NTP" in apart[2].to_do


def test_the_statements_of_the_page_do_not_grow(client, school, django_assert_num_queries):
    proven()
    disks.note_room_for_backups()
    client.force_login(school.tuan)
    client.get(PAGE)
    with django_assert_num_queries(12):
        client.get(PAGE)
    for hours in range(2, 32):
        proven(hours=hours)
        job("todo", minutes=hours, event="deferred")
    with django_assert_num_queries(12):
        client.get(PAGE)
