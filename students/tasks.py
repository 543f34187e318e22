"""What the queue runs of this app; procrastinate finds this module by its name."""

from datetime import timedelta

from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job

from accounts import clock
from students import roster_runs


class RunRetry(BaseRetryStrategy):
    """When to try a list again; how often is counted by the run itself, which also sees killed workers."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """At once after an orderly stop, soon after a failure, never after the last attempt."""
        if isinstance(exception, roster_runs.RunGivenUp):
            return None
        wait = timedelta(seconds=0 if isinstance(exception, JobAborted) else 2)
        return RetryDecision(retry_at=clock.stamp() + wait)


@app.task(name=roster_runs.TASK, queue=roster_runs.QUEUE, retry=RunRetry(), pass_context=True)
def carry_out_list(context: JobContext, *, run_id: int) -> None:
    """Carry out the list of a run; a worker that is told to stop gives it back to the queue."""
    try:
        roster_runs.carry_out_run(run_id, should_stop=context.should_abort)
    except roster_runs.RunInterrupted as stop:
        raise JobAborted from stop
