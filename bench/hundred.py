"""One school against a hundred: each section measures both, and the ratio of the two should stay under 1.5.

A section is a small file with `measure(school) -> rows`; it is entered in SECTIONS, may ask only what one school's
people could ask, and is called several times. `python -m bench.hundred` runs this part of the bench alone and writes
its group of bench/results/latest.json.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import classes, latest, rolls, rosters, schools, search
from bench.rows import Row, School, Section
from kimdong import embedded_postgres
from tests import stack as stacks
from tests.stack import ROOT, Template

AIM, PASSES = 1.5, 4


SECTIONS: tuple[Section, ...] = (search.measure, classes.measure, rolls.measure, rosters.measure)


def compare(url: str, template: Template, files: Path) -> dict[str, dict[str, Any]]:
    """Every section on one school and on a hundred, in turn, PASSES times; of each thing the least median counts.

    In turn, for what else the machine does meanwhile would otherwise slow down one of the two.
    """
    with (
        _school(url, template, files / "one", name="one") as one,
        _school(url, template, files / "hundred", name="hundred", times=schools.multiply) as hundred,
    ):
        pairs: dict[str, dict[str, Any]] = {}
        for section in SECTIONS:
            print(f"· {section.__module__}", flush=True)
            of_one, of_hundred = _least(section, (one, hundred))
            pairs |= {what: _pair(row, of_hundred[what]) for what, row in of_one.items()}
        return pairs


@contextmanager
def _school(
    url: str, template: Template, files: Path, *, name: str, times: Callable[[str], None] | None = None
) -> Iterator[School]:
    files.mkdir(parents=True)
    with stacks.running(url, template, files, name=name) as stack:
        if times is not None:
            begin = time.perf_counter()
            times(stack.conninfo)
            print(f"· a hundred schools made in {time.perf_counter() - begin:.0f} s", flush=True)
        yield School(stack, stack.fetch("SELECT count(*) FROM students_student")[0][0])


def _least(section: Section, measured: Sequence[School]) -> list[dict[str, Row]]:
    """For each school its rows by what they measure."""
    least: list[dict[str, Row]] = [{} for _school in measured]
    for _pass in range(PASSES):
        for school, rows in zip(measured, least, strict=True):
            for row in section(school):
                known = rows.setdefault(row.what, row)
                if row.median_ms < known.median_ms:
                    rows[row.what] = row
    return least


def _pair(one: Row, hundred: Row) -> dict[str, Any]:
    ratio = round(hundred.median_ms / max(one.median_ms, 0.1), 2)
    return {"one": asdict(one), "hundred": asdict(hundred), "ratio": ratio}


def show(pairs: dict[str, dict[str, Any]]) -> None:
    """The table of ratios."""
    print(f"\n{'one school and a hundred: median (ms)':<60}{'one':>9}{'hundred':>9}{'ratio':>7}{'aim <':>7}")
    for what, pair in pairs.items():
        one, hundred = pair["one"], pair["hundred"]
        mark = "" if pair["ratio"] < AIM else "  ←"
        print(f"{what:<60}{one['median_ms']:>9}{hundred['median_ms']:>9}{pair['ratio']:>7}{AIM:>7}{mark}")
        if one["peak_mib"] is not None:
            print(f"{'  peak memory (MiB)':<60}{one['peak_mib']:>9}{hundred['peak_mib']:>9}")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="kimdong-bench-") as folder:
        files = Path(folder)
        url = embedded_postgres.start(ROOT / ".bench" / "pg", "kimdong", durable=True)
        try:
            print("· loading the demo school", flush=True)
            pairs = compare(url, stacks.build_template(url, files / "template"), files)
        finally:
            embedded_postgres.stop(ROOT / ".bench" / "pg")
    latest.keep({"hundred": pairs})
    show(pairs)


if __name__ == "__main__":
    main()
