"""What the sections of `bench.hundred` give and are given; apart from it, so that a section imports no other."""

from collections.abc import Callable
from dataclasses import dataclass, field

import psutil

from bench.measure import median_ms
from bench.web import Session
from tests.stack import Stack

WARM_UP, ROUNDS = 3, 15


@dataclass(frozen=True, slots=True)
class Row:
    """One measured thing: what, its median, and the most memory a process held where that matters."""

    what: str
    median_ms: float
    peak_mib: int | None = None


@dataclass(slots=True)
class School:
    """A running application to measure, one school or a hundred; people log in at the first asking."""

    stack: Stack
    pupils: int
    sessions: dict[str, Session] = field(default_factory=dict)

    def session(self, username: str) -> Session:
        if username not in self.sessions:
            self.sessions[username] = Session(self.stack.address)
            self.sessions[username].log_in(username)
        return self.sessions[username]

    def time_page(self, what: str, username: str, path: str, *, status: int = 200) -> Row:
        """A page opened again and again by one person."""
        session = self.session(username)
        session.connection = None  # the server has closed one that lay idle while others were measured
        answers = [session.get(path) for _round in range(WARM_UP + ROUNDS)][WARM_UP:]
        if {answer.status for answer in answers} != {status}:
            raise RuntimeError(f"{path}: HTTP {answers[-1].status}")
        return Row(what, median_ms([answer.seconds for answer in answers]))

    def web_mib(self) -> int:
        """Resident memory of the biggest web process."""
        master = psutil.Process(self.stack.processes["web"].pid)
        everyone = [master, *master.children(recursive=True)]
        return max(process.memory_info().rss for process in everyone) // 2**20


Section = Callable[[School], list[Row]]
