"""What the queue runs; procrastinate finds this module by its name."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job

from accounts import clock
from accounts.disks import is_no_room
from reports import archives, print_batches, print_help, print_jobs, pupil_files
from reports.print_attempts import PrintGivenUp, PrintInterrupted
from reports.worker_memory import give_back

AFTER_A_FAULT: Final = timedelta(seconds=2)
WITHOUT_ROOM: Final = timedelta(seconds=15)


class PrintRetry(BaseRetryStrategy):
    """When to try a print again; how often is counted by the print itself, which also sees killed workers."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """At once after an orderly stop, soon after a failure, never after the last attempt; for want of room later."""
        if isinstance(exception, PrintGivenUp):
            return None
        if isinstance(exception, JobAborted):
            return RetryDecision(retry_at=clock.stamp())
        return RetryDecision(
            retry_at=clock.stamp() + (WITHOUT_ROOM if is_no_room(exception) else AFTER_A_FAULT)
        )


@contextmanager
def given_back_if_stopped() -> Iterator[None]:
    """A worker that is told to stop gives what it has in hand back to the queue."""
    try:
        yield
    except PrintInterrupted as stop:
        raise JobAborted from stop


@app.task(name=print_jobs.TASK, queue=print_jobs.QUEUE, retry=PrintRetry(), pass_context=True)
def print_book(context: JobContext, *, print_id: int) -> Any:
    """Make the book of a print; a worker that is told to stop gives it back to the queue."""
    try:
        with given_back_if_stopped():
            print_jobs.run_job(print_id, should_stop=context.should_abort)
    finally:
        print_batches.settle_of(print_id)
        give_back()


@app.task(name=print_batches.TASK, queue=print_jobs.QUEUE, retry=PrintRetry(), pass_context=True)
def bind_batch(context: JobContext, *, batch_id: int) -> Any:
    """Bind the books of a batch into one file, the last step of it."""
    with given_back_if_stopped():
        print_batches.run_batch(batch_id, should_stop=context.should_abort)


@app.task(name=pupil_files.TASK, queue=print_jobs.QUEUE, retry=PrintRetry())
def pack_pupil_files(*, packed_batch_id: int) -> Any:
    """Pack the files of all pupils of a batch, once somebody has asked for them."""
    pupil_files.make_batch_zip(packed_batch_id)


@app.task(name=print_help.TASK, queue=print_jobs.QUEUE, pass_context=True)
def help_print(context: JobContext, *, helped_print_id: int) -> Any:
    """Draw the last pupils of a class while another worker draws the first."""
    try:
        print_help.help_print(helped_print_id, should_stop=context.should_abort)
    finally:
        give_back()


@app.task(name=archives.TASK, queue=print_jobs.QUEUE, retry=PrintRetry(), pass_context=True)
def make_archive(context: JobContext, *, archive_id: int) -> Any:
    """Pack everything the school has into one file."""
    try:
        with given_back_if_stopped():
            archives.run_archive(archive_id, should_stop=context.should_abort)
    finally:
        give_back()
