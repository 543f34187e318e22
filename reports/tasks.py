"""What the queue runs; procrastinate finds this module by its name."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job

from reports import print_jobs


class PrintRetry(BaseRetryStrategy):
    """When to try a print again; how often is counted by the print itself, which also sees killed workers."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """At once after an orderly stop, soon after a failure, never after the last attempt."""
        if isinstance(exception, print_jobs.PrintGivenUp):
            return None
        wait = timedelta(seconds=0 if isinstance(exception, JobAborted) else 2)
        return RetryDecision(retry_at=timezone.now() + wait)


@app.task(name=print_jobs.TASK, queue=print_jobs.QUEUE, retry=PrintRetry(), pass_context=True)
def print_book(context: JobContext, *, print_id: int) -> Any:
    """Make the book of a print; a worker that is told to stop gives it back to the queue."""
    try:
        print_jobs.run_job(print_id, should_stop=context.should_abort)
    except print_jobs.PrintInterrupted as stop:
        raise JobAborted from stop
