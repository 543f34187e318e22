"""What of the retention table is past its time, and its removal by the principal, on record for ever (rule R70)."""

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
from approvals.models import ExpiredRemoval
from approvals.retention import ACCESS_LOG, BY_CODE, ROSTER_FILES, Retained, access_log_kept_from
from students.models import RosterUpload, SchoolYear

WHO_REMOVES: Final = "Phần quá thời hạn lưu do Hiệu trưởng quyết định xoá."


def count_expired() -> Mapping[str, int]:
    """How much is past its time, by the table's code. Two statements, and a look at the disk a file."""
    return {
        ACCESS_LOG: _lines_before(_first_day_kept()).count(),
        ROSTER_FILES: len(_on_the_disk(_old_lists())),
    }


def removable_line(code: str) -> Retained:
    """The line of the table. Raises DataRefused for one that the regulation does not let go."""
    line = BY_CODE.get(code)
    if line is None or not line.is_removable:
        raise DataRefused("Phần này phải giữ, không xoá được.")
    return line


def remove_expired(code: str, *, by: User) -> ExpiredRemoval:
    """Removes what is past its time of one line of the table and writes down how much it was.

    Lines of the access log go; of a list that was loaded the file goes and its row, with the file's fingerprint, stays.
    Raises Refused; DataRefused for what the regulation does not let go, or where nothing is past its time.
    """
    permissions.require(by, Action.REMOVE_EXPIRED, WHO_REMOVES)
    line = removable_line(code)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        removal = _remove_lines(line, by) if code == ACCESS_LOG else _remove_files(line, by)
        act.says(f"Xoá {removal.count} {line.unit} quá thời hạn lưu: {line.what}")
    return removal


def _first_day_kept() -> datetime.date:
    return access_log_kept_from(clock.today())


def _lines_before(day: datetime.date) -> QuerySet[AccessLogEntry]:
    return AccessLogEntry.objects.filter(at__lt=make_aware(datetime.datetime.combine(day, datetime.time())))


def _old_lists() -> QuerySet[RosterUpload]:
    return RosterUpload.objects.filter(year__state=SchoolYear.State.CLOSED).exclude(file="")


def _on_the_disk(lists: QuerySet[RosterUpload]) -> list[RosterUpload]:
    return [row for row in lists if default_storage.exists(str(row.file))]


def _remove_lines(line: Retained, by: User) -> ExpiredRemoval:
    day = _first_day_kept()
    found = _lines_before(day)
    count = int(found._raw_delete(found.db))  # noqa: SLF001 - nothing hangs on a line: one statement
    return _note(line, count, by, kept_from=day)


def _remove_files(line: Retained, by: User) -> ExpiredRemoval:
    """Each file is counted by one removal alone: a second one waits for the lists, and finds the files gone."""
    found = _on_the_disk(_old_lists().select_for_update(of=("self",)))
    removal = _note(line, len(found), by)
    for row in found:
        default_storage.delete(str(row.file))
    return removal


def _note(line: Retained, count: int, by: User, *, kept_from: datetime.date | None = None) -> ExpiredRemoval:
    if not count:
        raise DataRefused("Không có gì quá thời hạn lưu.")
    return ExpiredRemoval.objects.create(
        code=line.code,
        what=line.what,
        period=line.period,
        basis=line.basis,
        day=clock.today(),
        kept_from=kept_from,
        count=count,
        unit=line.unit,
        removed_by=by,
    )
