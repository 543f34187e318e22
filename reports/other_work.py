"""What the workers have in hand that is no book: whoever waits for a print is told why it has not begun."""

from typing import Final

from procrastinate.contrib.django.models import ProcrastinateJob

from accounts import backups
from reports import archives, pupil_files
from students import roster_runs

_WORDS: Final = {
    archives.TASK: "gói dữ liệu",
    backups.TASK: "sao lưu",
    pupil_files.TASK: "tệp từng học sinh",
    roster_runs.TASK: "nạp danh sách học sinh",
}


def other_work_in_hand() -> str:
    """ "gói dữ liệu, sao lưu"; "" where the workers print, or rest. One statement."""
    rows = ProcrastinateJob.objects.filter(status="doing", task_name__in=_WORDS)
    return ", ".join(_WORDS[task] for task in sorted(set(rows.values_list("task_name", flat=True))))
