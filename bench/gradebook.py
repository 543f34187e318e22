"""The gradebook: pages and saves, a class of fifty in the browser, sixty teachers before the lock.

`python -m bench.gradebook` runs this part of the bench alone and writes its group of bench/results/latest.json.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import before_lock, latest, scrolling, sheets
from bench.inside import inside
from kimdong import embedded_postgres
from tests import stack as stacks
from tests.stack import ROOT, Template

QUIET = 0.3
"""Load average a core above which others are at work on the machine."""


@dataclass(frozen=True, slots=True)
class Aim:
    """At most so many; None where nobody has set one."""

    what: str
    statements: int | None = None
    bytes: int | None = None
    median_ms: float | None = None

    def ratio(self, found: Mapping[str, Any]) -> float | None:
        """Of the worst of what has an aim; above 1 it is missed."""
        ratios = [
            found[name] / aim
            for name in ("statements", "bytes", "median_ms")
            if (aim := getattr(self, name)) is not None and name in found
        ]
        return round(max(ratios), 2) if ratios else None


AIMS: dict[str, Aim] = {
    "open": Aim("open a sheet of 35", 10, 40_000, 20),
    "save_one": Aim("save one cell", 8),
    "save_column": Aim("save a column of 35", 12, None, 30),
    "paste": Aim("save 35 × 3 pasted cells", 12),
    "preview": Aim("preview of the 35 × 3 cells"),
    "homeroom_open": Aim("open the homeroom sheet of 35", 10),
    "homeroom_one": Aim("save one cell of it", 8),
    "homeroom_paste": Aim("save 35 × 15 pasted cells", 12),
    "pupil": Aim("open a pupil's sheet"),
    "progress": Aim("progress of the whole school", 6, None, 50),
    "at_once": Aim("8 sessions open a sheet at once"),
}


def compare(url: str, template: Template, files: Path, *, disturbed: bool) -> dict[str, Any]:
    """All of it on one school. The lock comes last: nothing can be saved after it."""
    with stacks.running(url, template, files, name="gradebook") as stack:
        print("· sheets, a pupil's page, the board", flush=True)
        found, asked = sheets.measure(stack)
        for name, counted in inside(stack, "bench.statements", text=json.dumps(asked)).items():
            found[name] |= counted
        print("· a class of fifty in Chromium", flush=True)
        target = sheets.find_target(stack)
        inside(stack, "bench.prepared", "fill_up", str(target.class_id), "50")
        browser = scrolling.measure(stack, target.teacher, target.sheet("NLPC"))
        print(f"· {before_lock.TEACHERS} teachers before the lock", flush=True)
        lock = before_lock.measure(
            stack,
            inside(stack, "bench.prepared", "teachers", str(before_lock.TEACHERS)),
            lambda seconds: inside(stack, "bench.prepared", "lock", str(seconds)),
        )
    return {"pages": found, "browser": browser, "lock": lock, "disturbed": disturbed}


def is_disturbed() -> bool:
    """Asked before the bench begins, which is no quiet neighbour itself."""
    return os.getloadavg()[0] > QUIET * (os.cpu_count() or 1)


def show(found: Mapping[str, Any]) -> None:
    """The tables: pages and saves with their aims, frames in the browser, the last minute before the lock."""
    said = "others were at work on the machine: times are too long" if found["disturbed"] else "quiet machine"
    print(f"\ngradebook ({said})")
    print(f"{'':<34}{'statements':>12}{'bytes':>16}{'median ms':>15}{'p95 ms':>9}{'ratio':>8}")
    for name, aim in AIMS.items():
        row = found["pages"][name]
        ratio = aim.ratio(row)
        mark = "  ←" if ratio is not None and ratio > 1 else ""
        print(
            f"{aim.what:<34}{_of(row.get('statements'), aim.statements):>12}{_of(row.get('bytes'), aim.bytes):>16}"
            f"{_of(row['median_ms'], aim.median_ms):>15}{row['p95_ms']:>9}{ratio or '':>8}{mark}"
        )
    print(f"requests per second, 8 sessions: {found['pages']['at_once']['requests_per_second']}")
    print(f"transactions of a paste: {found['pages']['paste']['transactions']} (aim 1)")
    scrolling.show(found["browser"])
    before_lock.show(found["lock"])


def _of(value: object, aim: object) -> str:
    """«8 / 10»: measured and aim."""
    return ("" if value is None else str(value)) + ("" if aim is None else f" / {aim}")


def main() -> None:
    disturbed = is_disturbed()
    with tempfile.TemporaryDirectory(prefix="kimdong-bench-") as folder:
        files = Path(folder)
        url = embedded_postgres.start(ROOT / ".bench" / "pg", "kimdong", durable=True)
        try:
            print("· loading the demo school", flush=True)
            template = stacks.build_template(url, files / "template")
            found = compare(url, template, files / "gradebook", disturbed=disturbed)
        finally:
            embedded_postgres.stop(ROOT / ".bench" / "pg")
    latest.keep({"gradebook": found})
    show(found)


if __name__ == "__main__":
    main()
