"""The web server's worker with two seconds of patience in place of thirty, so that a test need not wait for it."""

from kimdong import web_worker

web_worker.SECONDS_WITHOUT_PROGRESS = 2
Worker = web_worker.Worker
