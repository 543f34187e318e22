"""What the queue runs of backups and of the machine; procrastinate finds this module by its name."""

from datetime import timedelta

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from accounts import clock
from accounts.backups import TASK
from accounts.disks import note_room_for_backups
from kimdong.backup.making import TryAgain, run_backup
from kimdong.backup.planning import ask_for_what_is_due

QUEUE = "backups"


MINUTES_AFTER_A_FAULT = (5, 35)
"""The second is longer than a lock lasts in the repository that a killed worker left and that looks alive."""


class BackupRetry(BaseRetryStrategy):
    """How often is counted by the backup itself; another one under way is waited for."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Some minutes after a fault; soon after anything else, such as another under way or a lost database."""
        wait = timedelta(seconds=15)
        if isinstance(exception, TryAgain):
            wait = timedelta(
                minutes=MINUTES_AFTER_A_FAULT[min(exception.attempt, len(MINUTES_AFTER_A_FAULT)) - 1]
            )
        return RetryDecision(retry_at=clock.stamp() + wait)


@app.task(name=TASK, queue=QUEUE, retry=BackupRetry())
def back_up(*, backup_id: int) -> None:
    """Make a backup and prove it."""
    run_backup(backup_id)


@app.periodic(cron="*/10 * * * *")
@app.task(name="measure_disks", queue=QUEUE, queueing_lock="measure_disks", pass_context=False)
def measure_disks(timestamp: int) -> None:
    """Note how much room the backups have, for the page of the system's state."""
    note_room_for_backups()


@app.periodic(cron="*/5 * * * *")
@app.task(name="plan_backups", queue=QUEUE, queueing_lock="plan_backups", pass_context=False)
def plan_backups(timestamp: int) -> None:
    """Ask for the backups that are due; all that keeps a school's data safe while nobody thinks of it."""
    ask_for_what_is_due()
