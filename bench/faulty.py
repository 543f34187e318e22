"""What is done to a running stack, step by step, and when its server did not answer meanwhile."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.stack import Stack


class NotHere(Exception):
    """This machine cannot do that to a stack; says what it lacks."""


Step = tuple[float, str, Callable[[], None]]
"""Seconds to wait, what it is, the act."""


@dataclass(slots=True)
class Outages:
    """When the server or its database did not answer, asked four times a second; seconds since the beginning."""

    stack: Stack
    begin: float
    spans: list[tuple[float, float]] = field(default_factory=list)
    is_over: bool = False

    def watch(self) -> None:
        since: float | None = None
        while not self.is_over:
            now = time.time() - self.begin
            if not self.stack.answers():
                since = now if since is None else since
            elif since is not None:
                self.spans.append((round(since, 1), round(now, 1)))
                since = None
            time.sleep(0.25)


@dataclass(slots=True)
class Faults(ABC):
    """What is done to the stack, in turn; `done` says when, in seconds since the beginning. `data`, `database`: where
    its PostgreSQL lies."""

    stack: Stack
    data: Path
    database: str
    begin: float = 0.0
    done: list[tuple[float, str]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @abstractmethod
    def steps(self) -> Sequence[Step]: ...

    def run(self) -> None:
        for wait, what, act in self.steps():
            time.sleep(wait)
            self.done.append((round(time.time() - self.begin, 1), what))
            try:
                act()
            except Exception as problem:  # noqa: BLE001 - the others are tried all the same; this one is told
                self.broken.append(f"{what}: {problem!r}")

    def found(self) -> dict[str, Any]:
        """What it has to tell besides."""
        return {}

    def start_what_has_ended(self) -> None:
        """As systemd and Docker do: a worker that has lost its database ends, some seconds later."""
        for name, process in list(self.stack.processes.items()):
            if name.startswith("worker") and process.poll() is not None:
                self.stack.start(name, "manage.py", "work")
