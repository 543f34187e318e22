"""`make bench`: medians, statements, bytes and memory against the running production server, on the demo school.

Prints a table of measured value and aim, and writes all to bench/results/latest.json. It asserts nothing about time.
"""

import argparse
import tempfile
import time
from pathlib import Path

from bench import books, gradebook, hundred, latest, rolls
from bench.inside import inside
from bench.rows import School
from kimdong import embedded_postgres
from tests import stack as stacks
from tests.open_rolls import open_rolls
from tests.stack import ROOT, Stack


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="one class only, no books of the whole school, no hundred schools",
    )
    quick = parser.parse_args().quick
    disturbed = gradebook.is_disturbed()
    with tempfile.TemporaryDirectory(prefix="kimdong-bench-") as folder:
        files = Path(folder)
        url = embedded_postgres.start(ROOT / ".bench" / "pg", "kimdong", durable=True)
        try:
            print("· loading the demo school", flush=True)
            begin = time.perf_counter()
            template = stacks.build_template(url, files / "template")
            results: dict[str, dict[str, object]] = {
                "demo": {"load_s": round(time.perf_counter() - begin, 1)}
            }
            with stacks.running(url, template, files / "run", name="bench") as stack:
                results |= run(stack, quick=quick)
            latest.keep(results)
            book = gradebook.compare(url, template, files / "gradebook", disturbed=disturbed)
            latest.keep({"gradebook": book})
            if not quick:
                pairs = hundred.compare(url, template, files)
                latest.keep({"hundred": pairs})
        finally:
            embedded_postgres.stop(ROOT / ".bench" / "pg")
    show(results)
    gradebook.show(book)
    if not quick:
        hundred.show(pairs)


def run(stack: Stack, *, quick: bool) -> dict[str, dict[str, object]]:
    """Every measurement, in order: permissions after all that needs the teachers' own assignments, which they take
    away; the roll-over last, for it ends the year.
    """
    print("· roll call", flush=True)
    results = rolls_of(stack)
    print("· progress of the school", flush=True)
    results |= inside(stack, "bench.progress")
    print("· statistics of the school", flush=True)
    results |= inside(stack, "bench.statistics")
    print("· signatures on the books", flush=True)
    results |= inside(stack, "bench.signatures")
    print("· permissions and the access log", flush=True)
    results |= inside(stack, "bench.permissions")
    print("· books of one class", flush=True)
    year_before = stack.fetch("SELECT min(year_id) FROM students_schoolclass")[0][0]
    school = [
        row[0] for row in stack.fetch("SELECT id FROM students_schoolclass WHERE year_id = %s", year_before)
    ]
    own = stack.fetch("SELECT id FROM students_schoolclass WHERE year_id = %s AND name = '5D'", year_before)[
        0
    ][0]
    results["thkqgd_class"] = books.print_books(stack, "thkqgd", "CN", [own])
    results["hocba_class"] = books.print_books(stack, "hocba", "CN", [own])
    results["hocba_class_again"] = books.print_books(stack, "hocba", "CN", [own])
    if not quick:
        print("· books of the whole school, two workers", flush=True)
        stack.start("worker2", "manage.py", "work")
        results["thkqgd_school"] = books.print_books(stack, "thkqgd", "CN", school)
        results["hocba_school"] = books.print_school(stack, year_before)
    print("· correction requests", flush=True)
    results |= inside(stack, "bench.corrections")
    print("· the school into the next year", flush=True)
    return results | inside(stack, "bench.roll_over")


def rolls_of(stack: Stack) -> dict[str, dict[str, object]]:
    """The medians of the roll call, and how many statements its pages take."""
    school = School(stack, 0)
    rows: dict[str, dict[str, object]] = {
        row.what: {"median_ms": row.median_ms} for row in rolls.measure(school)
    }
    path = open_rolls(stack, rolls.TEACHER)[0]
    return rows | inside(stack, "bench.rolls", path, rolls.TEACHER)


AIMS: tuple[tuple[str, str, str, str], ...] = (
    ("demo", "load_s", "loading the demo school, with migrations (s)", "60"),
    ("rolls", "open", "opening a roll: SQL statements", ""),
    ("roll call: opening a roll", "median_ms", "opening a roll: median (ms)", "50"),
    ("rolls", "save", "saving a roll: SQL statements", ""),
    ("roll call: saving a roll", "median_ms", "saving a roll: median (ms)", "50"),
    ("rolls", "month", "the month of a class: SQL statements", ""),
    ("roll call: the month of the class", "median_ms", "the month of a class: median (ms)", "100"),
    ("rolls", "year", "the year of a class: SQL statements", ""),
    ("progress", "read_statements", "progress of the school: SQL statements", "6"),
    ("progress", "read_ms", "progress of the school: median (ms)", "50"),
    ("progress", "page_statements", "… its page, the frame included: SQL statements", ""),
    ("progress", "page_ms", "… its page: median (ms)", ""),
    ("progress", "missing_ms", "… the names of what is missing, ten sheets (ms)", ""),
    ("statistics", "read_statements", "statistics of the school: SQL statements", "6"),
    ("statistics", "read_ms", "statistics of the school: median (ms)", ""),
    ("statistics", "page_statements", "… levels by line, the frame included: SQL statements", "12"),
    ("statistics", "page_ms", "… levels by line: median (ms)", "150"),
    ("statistics", "classes_ms", "… levels by class (ms)", "150"),
    ("statistics", "traits_ms", "… qualities and competencies (ms)", "150"),
    ("statistics", "results_ms", "… results of the year (ms)", "150"),
    ("statistics", "attendance_ms", "… attendance by class (ms)", "150"),
    ("statistics", "compare_ms", "… two years side by side (ms)", "150"),
    ("statistics", "pupils_ms", "… the pupils behind a number (ms)", ""),
    ("signatures", "signed", "signatures on the books of a period: signed", ""),
    ("signatures", "read_statements", "… all checked: SQL statements", "12"),
    ("signatures", "read_ms", "… all checked: median (ms)", "600"),
    ("signatures", "page_ms", "… the register's page: median (ms)", ""),
    ("progress", "readiness_statements", "… the report before closing: SQL statements", ""),
    ("progress", "readiness_ms", "… the report before closing (ms)", ""),
    ("corrections", "propose_statements", "a request of 35 cells, its draft: SQL statements", "15"),
    ("corrections", "propose_ms", "… its draft (ms)", ""),
    ("corrections", "file_ms", "… filing (ms)", "100"),
    ("corrections", "decide_ms", "… deciding (ms)", "100"),
    ("corrections", "apply_statements", "… carrying it out: SQL statements", ""),
    ("corrections", "apply_ms", "… carrying it out (ms)", "300"),
    ("corrections", "list_statements", "approver's list over 5,000 old requests: SQL statements", "7"),
    ("corrections", "list_ms", "approver's list over 5,000 old requests (ms)", "100"),
    ("corrections", "list_far_back_ms", "… a page of long ago (ms)", "100"),
    ("corrections", "tasks_ms", "… «Việc của tôi» of the approver (ms)", ""),
    ("few", "/", "«Việc của tôi», few assignments: SQL statements", ""),
    ("many", "/", "«Việc của tôi», 60 assignments: SQL statements", "the same"),
    ("log_100000", "newest", "access log of 100,000 lines, newest page (ms)", "100"),
    ("log_1000000", "newest", "access log of 1,000,000 lines, newest page (ms)", "100"),
    ("log_1000000", "person", "… lines of people of a name (ms)", "300"),
    ("log_1000000", "words", "… lines with frequent words (ms)", "300"),
    ("log_1000000", "rare_words", "… lines with rare words (ms)", "300"),
    ("log_1000000", "rare_address", "… lines from an address that has none (ms)", "300"),
    ("log_1000000", "far_back", "… a page of long ago (ms)", "100"),
    ("roll_over", "propose_s", "placing the school as proposed (s)", ""),
    ("roll_over", "lists_ms", "the lists of a grade (ms)", ""),
    ("roll_over", "apply_s", "845 pupils to next year's classes (s)", "5"),
    ("roll_over", "undo_s", "taking them back (s)", "5"),
    ("thkqgd_class", "seconds", "THKQGD of a class: from click to file (s)", ""),
    ("hocba_class", "seconds", "học bạ of a class: from click to file (s)", "3"),
    ("hocba_class", "cpu_seconds", "… CPU seconds of the workers", ""),
    ("hocba_class", "megabytes", "học bạ of a class (MB)", "1"),
    ("hocba_class_again", "seconds", "học bạ of a class again, unchanged (s)", "3"),
    ("thkqgd_school", "seconds", "THKQGD of the school, 30 classes (s)", ""),
    ("hocba_school", "seconds", "học bạ of the school, 1,049 pupils, bound into one file (s)", "60"),
    ("hocba_school", "cpu_seconds", "… CPU seconds of the workers", ""),
    ("hocba_school", "megabytes", "học bạ of the school (MB)", ""),
    ("hocba_school", "peak_mib", "peak memory of the biggest worker process (MiB)", "300"),
)


def show(results: dict[str, dict[str, object]]) -> None:
    """The table: what was measured, and the aim where the issue names one."""
    print(f"\n{'measured':<60}{'value':>12}{'aim ≤':>10}")
    for group, key, label, aim in AIMS:
        if group in results:
            print(f"{label:<60}{results[group][key]!s:>12}{aim:>10}")
    print(f"\nAll values: {latest.RESULTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
