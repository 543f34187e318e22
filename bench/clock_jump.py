"""The clock of web server and worker jumps a day ahead, and a day back; the database's stays right.

By a library between these processes and the system's clock (wall_clock.c): this machine's own clock is others' too.
"""

import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

from bench.faulty import Faults, NotHere, Step
from bench.web import Session

TEACHER, PAGE = "gvcn.4e", "/"
DAY = 24 * 3600
# Of two that write at the same moment, the second in the chain may have begun first.
WRONG_ORDER = """
    SELECT count(*) FROM (SELECT at < lag(at) OVER (ORDER BY seq) - interval '30 seconds' AS is_back
                          FROM accounts_auditentry) AS chain
    WHERE is_back"""
WRONG_TIMES = """
    SELECT count(*) FROM (
        SELECT history_date FROM gradebook_historicalsubjectresult WHERE history_id > %s
        UNION ALL SELECT history_date FROM gradebook_historicaltraitresult WHERE history_id > %s
        UNION ALL SELECT at FROM accounts_accesslogentry WHERE id > %s
    ) AS written (at) WHERE at NOT BETWEEN to_timestamp(%s) AND clock_timestamp()"""
NEWEST = """
    SELECT (SELECT coalesce(max(history_id), 0) FROM gradebook_historicalsubjectresult),
           (SELECT coalesce(max(history_id), 0) FROM gradebook_historicaltraitresult),
           (SELECT coalesce(max(id), 0) FROM accounts_accesslogentry)"""


@dataclass(frozen=True, slots=True)
class Hands:
    """Of the clock: a file that says how many seconds it is off. The library lies beside it."""

    file: Path

    def set(self, off: int) -> None:
        new = self.file.with_suffix(".new")
        new.write_text(f"{off}\n", encoding="ascii")
        new.rename(self.file)

    def environment(self) -> dict[str, str]:
        """For the processes whose clock it is. Raises NotHere without a compiler."""
        library = self.file.with_suffix(".so")
        try:
            built = subprocess.run(
                [
                    "cc",
                    "-O1",
                    "-shared",
                    "-fPIC",
                    "-o",
                    library,
                    Path(__file__).with_name("wall_clock.c"),
                    "-ldl",
                ],
                check=False,
                capture_output=True,
                text=True,
            )
        except FileNotFoundError as problem:
            raise NotHere("no C compiler: scripts/bootstrap soak") from problem
        if built.returncode:
            raise NotHere(built.stderr)
        self.set(0)
        return {"LD_PRELOAD": str(library), "KIMDONG_BENCH_CLOCK": str(self.file)}


@dataclass(slots=True)
class ClockJump(Faults):
    """`seen`: what a teacher who logs in is shown at each time."""

    hands: Hands = field(kw_only=True)
    seen: Counter[tuple[int, str]] = field(default_factory=Counter)
    before: tuple[int, int, int] = (0, 0, 0)

    def steps(self) -> Sequence[Step]:
        return (
            (0, "the clock is right", self.note_what_is_there),
            (7, "web and worker a day ahead", lambda: self.be_off(DAY)),
            (12, "right again", lambda: self.be_off(0)),
            (8, "a day back", lambda: self.be_off(-DAY)),
            (12, "right again", lambda: self.be_off(0)),
        )

    def note_what_is_there(self) -> None:
        (self.before,) = self.stack.fetch(NEWEST)

    def be_off(self, off: int) -> None:
        self.hands.set(off)
        time.sleep(1)
        self.seen[off, self._logged_in()] += 1

    def _logged_in(self) -> str:
        session = Session(self.stack.address)
        try:
            session.log_in(TEACHER)
            return f"HTTP {session.get(PAGE).status}"
        except (OSError, HTTPException, RuntimeError) as problem:
            return repr(problem)

    def found(self) -> dict[str, Any]:
        wrong_order, wrong_times = (
            self.stack.fetch(WRONG_ORDER)[0][0],
            self.stack.fetch(WRONG_TIMES, *self.before, self.begin - 5)[0][0],
        )
        for number, words in (
            (wrong_order, "audit lines out of order"),
            (wrong_times, "rows with a wrong time"),
        ):
            if number:
                self.broken.append(f"{number} {words}")
        refused = [(off, what) for off, what in self.seen if what != "HTTP 200"]
        self.broken += [f"log-in with the clock off by {off} s: {what}" for off, what in refused]
        return {
            "log-ins with the clock off by, in seconds": [
                [*what, number] for what, number in self.seen.items()
            ],
            "audit lines out of order": wrong_order,
            "rows with a wrong time": wrong_times,
        }
