"""A full disk, the database's or that of the files: a page in Vietnamese that says so, and whom to tell.

A disk that really is full: `make soak` (bench/full_disk.py).
"""

import errno

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connection
from django.urls import reverse

from accounts import disks
from accounts.disks import Room
from kimdong import safe_answers

pytestmark = pytest.mark.django_db
FULL = "Máy chủ hết chỗ lưu"


def the_page(answer) -> tuple[int, str | None, bool, bool]:
    """Status, when to come again, whether the page tells that the disk is full, and whom to tell."""
    text = answer.content.decode()
    return answer.status_code, answer.headers.get("Retry-After"), FULL in text, "Báo ngay văn thư" in text


def test_a_database_without_room_is_told_as_what_it_is_and_not_as_busy(client):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;"
            "CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON accounts_signinfailures"
            " FOR EACH ROW EXECUTE FUNCTION no_room()"
        )
    client.raise_request_exception = False
    answer = client.post(reverse("accounts:login"), {"username": "ai.do", "password": "x"})
    assert the_page(answer) == (503, "15", True, True)
    assert "Máy chủ đang bận" not in answer.content.decode()


def write_to_a_full_disk(number: int) -> None:
    raise OSError(number, "No space left on device")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_no_room_for_a_file_is_told_alike(rf, number):
    try:
        write_to_a_full_disk(number)
    except OSError:
        assert the_page(safe_answers.server_error(rf.get("/"))) == (503, "15", True, True)


def test_a_file_that_is_missing_is_no_full_disk(rf):
    try:
        FileSystemStorage().open("khong-co")
    except OSError:
        assert the_page(safe_answers.server_error(rf.get("/")))[0] == 500


def test_a_server_without_room_for_files_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(disks, "room_of", lambda _folder: Room(10 * 1024**3, 5 * 1024**2))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (
        503,
        b"disk of the files: full, 5 MB left (KIMDONG_FILES)",
    )
