"""What of the retention table is past its time, and its removal by the principal (rule R70)."""

import datetime
from collections.abc import Mapping
from typing import Final

from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.utils.timezone import make_aware

from accounts import clock, permissions
from accounts.history import Source, acting
from accounts.models import AccessLogEntry, User
from accounts.powers import Action
from approvals.data_refusals import DataRefused
from approvals.retention import ACCESS_LOG, BY_CODE, ROSTER_FILES, access_log_kept_from
from students.models import RosterUpload, SchoolYear

WHO_REMOVES: Final = "Phần quá thời hạn lưu do Hiệu trưởng quyết định xoá."


def count_expired() -> Mapping[str, int]:
    """How much is past its time, by the table's code. Two statements, and a look at the disk a file."""
    return {ACCESS_LOG: _old_lines().count(), ROSTER_FILES: len(_old_files())}


def remove_expired(code: str, *, by: User) -> int:
    """Removes what is past its time of one line of the table; returns how much.

    Lines of the access log go; of a list that was loaded the file goes and its row, with the file's fingerprint, stays.
    Raises Refused; DataRefused for what the regulation does not let go, or where nothing is past its time.
    """
    permissions.require(by, Action.REMOVE_EXPIRED, WHO_REMOVES)
    line = BY_CODE.get(code)
    if line is None or not line.is_removable:
        raise DataRefused("Phần này phải giữ, không xoá được.")
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        count = _remove_lines() if code == ACCESS_LOG else _remove_files()
        if not count:
            raise DataRefused("Không có gì quá thời hạn lưu.")
        act.says(f"Xoá {count} mục quá thời hạn lưu: {line.what}")
    return count


def _old_lines() -> QuerySet[AccessLogEntry]:
    first = make_aware(datetime.datetime.combine(access_log_kept_from(clock.today()), datetime.time()))
    return AccessLogEntry.objects.filter(at__lt=first)


def _old_files() -> list[RosterUpload]:
    """Those of closed years that are still on the disk."""
    rows = RosterUpload.objects.filter(year__state=SchoolYear.State.CLOSED).exclude(file="")
    return [row for row in rows if default_storage.exists(str(row.file))]


def _remove_lines() -> int:
    found = _old_lines()
    return int(found._raw_delete(found.db))  # noqa: SLF001 - nothing hangs on a line: one statement


def _remove_files() -> int:
    found = _old_files()
    for row in found:
        default_storage.delete(str(row.file))
    return len(found)
