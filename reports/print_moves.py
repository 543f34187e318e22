"""From which state to which a print, and a batch of them, may go: one table for both, pure.

`reports.print_jobs` and `reports.print_batches` move along it and the database knows the same moves (migration
`print_batches`); what is done stays as it is.
"""

from typing import Final

MOVES: Final = (
    ("waiting", "running"),
    ("waiting", "failed"),
    ("waiting", "cancelled"),
    # The worker was told to stop, or is gone: back to the queue.
    ("running", "waiting"),
    ("running", "done"),
    ("running", "failed"),
    ("running", "cancelled"),
    # «In tiếp»
    ("failed", "waiting"),
    ("cancelled", "waiting"),
)
OPEN: Final = ("waiting", "running")
"""A worker has it or will have it; only these can be cancelled."""
RESUMABLE: Final = ("failed", "cancelled")


def may_go(source: str, target: str) -> bool:
    return source == target or (source, target) in MOVES
