"""What a stack has to show once the teachers have stopped: the print that was asked for, the audit chain."""

import time
from collections.abc import Callable
from typing import Any

from tests.stack import Stack

SECONDS_TO_PRINT = 120
PRINTED = "SELECT state, count(*) FROM reports_printjob WHERE batch_id = %s GROUP BY 1"
ANSWERED = "SELECT count(*) FROM reports_printbatch WHERE id = %s AND state = 'done'"


def printed(stack: Stack, batch: int, *, look_after: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """The states of the batch's prints once it is done, or when the time for it is over; `look_after` is called
    meanwhile."""
    deadline = time.monotonic() + SECONDS_TO_PRINT
    while time.monotonic() < deadline and stack.fetch(ANSWERED, batch) != [(1,)]:
        look_after()
        time.sleep(1)
    return {
        "is_done": stack.fetch(ANSWERED, batch) == [(1,)],
        "prints": dict(stack.fetch(PRINTED, batch)),
        "seconds": round(SECONDS_TO_PRINT - (deadline - time.monotonic())),
    }


def verified(stack: Stack) -> str:
    """The last line of `verify_audit`, or what is wrong after the word FAULT."""
    try:
        return stack.manage("verify_audit").strip().splitlines()[-1]
    except Exception as problem:  # noqa: BLE001 - a finding like the others
        return f"FAULT {problem!r} {getattr(problem, 'stdout', '')}"
