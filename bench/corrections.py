"""Correction requests of 35 cells filed, decided and carried out, and the approver's list over 5,000 old ones.

`python -m bench.corrections` runs inside Django over a stack's database and prints one line of JSON. Cleaning a file of
evidence is not among what is measured: it is a process of its own. What it writes stays.
"""

import json
import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import django

from bench.measure import median_ms

if TYPE_CHECKING:
    from approvals.models import CorrectionRequest
    from gradebook.sheets import SheetRef

ROUNDS, OLD, CELLS_OF_AN_OLD_ONE = 5, 5000, 3
Step = tuple[str, int, float]
LISTS = {
    "list": "/approvals/requests/",
    "list_waiting": "/approvals/requests/?who=waiting",
    "list_far_back": "/approvals/requests/?page=150",
    "tasks": "/",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kimdong.settings")
    django.setup()
    print(json.dumps({"corrections": measure()}))


def measure() -> dict[str, object]:
    ref = _locked_sheet()
    found: dict[str, object] = {}
    samples: dict[str, list[float]] = {}
    for number in range(ROUNDS + 1):
        for name, statements, seconds in _one_request(ref):
            found[f"{name}_statements"] = statements
            if number:  # the first warms up
                samples.setdefault(name, []).append(seconds)
    found |= {f"{name}_ms": median_ms(of_step) for name, of_step in samples.items()}
    _make_old_ones(ref)
    for name, path in LISTS.items():
        found[f"{name}_statements"], found[f"{name}_ms"] = _page("phohieutruong", path)
    return found


def _locked_sheet() -> "SheetRef":
    """Toán of a full class of the highest grades, at the last period that is locked and of a year still open."""
    from gradebook.models import SubjectLine  # noqa: PLC0415 - after setup
    from gradebook.sheets import SheetRef  # noqa: PLC0415 - as above
    from gradebook.windows import lock_states  # noqa: PLC0415 - as above
    from students.models import SchoolClass  # noqa: PLC0415 - as above

    classes = SchoolClass.objects.exclude(year__state="closed").filter(name="4E").select_related("year")
    for school_class in classes.order_by("-year_id"):
        line = SubjectLine.objects.get(year=school_class.year, grade_level=4, code="TOAN")
        locked = [period for period, lock in lock_states(school_class, "TOAN").items() if lock.is_over]
        if locked:
            return SheetRef(school_class, line, locked[-1])
    raise RuntimeError("No period of the demo is locked.")


def _one_request(ref: "SheetRef") -> list[Step]:
    """From the typed cells to the book: (step, statements, seconds) of each."""
    from accounts import clock  # noqa: PLC0415 - after setup
    from accounts.models import User  # noqa: PLC0415 - as above
    from approvals import consent, corrections  # noqa: PLC0415 - as above
    from approvals.evidence import CleanFile  # noqa: PLC0415 - as above
    from gradebook.models import TeachingAssignment  # noqa: PLC0415 - as above

    people = {name: User.objects.get(username=name) for name in ("hieutruong", "phohieutruong", "vanthu")}
    held = TeachingAssignment.objects.filter(school_class=ref.school_class, line=ref.line)
    teacher = held.held_on(clock.today()).get().teacher
    made, proposed = _timed("propose", lambda: corrections.propose(ref, _changes(ref), by=teacher))
    corrections.attach(made, CleanFile("bai.jpg", "image/jpeg", b"evidence"), by=teacher)
    _made, filed = _timed("file", lambda: corrections.file_request(made, reason="Đo hiệu năng", by=teacher))
    approved, decided = _timed(
        "decide", lambda: corrections.decide(made, approve=True, note="", by=people["phohieutruong"])
    )
    if approved.state == "awaiting":
        consent.answer(made, consents=True, note="", by=people["hieutruong"])
    _made, applied = _timed("apply", lambda: corrections.carry_out(made, by=people["vanthu"]))
    return [proposed, filed, decided, applied]


def _changes(ref: "SheetRef") -> list[Any]:
    """Every pupil's level, from one value to another."""
    from gradebook.entry import Change  # noqa: PLC0415 - after setup
    from gradebook.sheets import stored_results  # noqa: PLC0415 - as above
    from students.models import Enrolment  # noqa: PLC0415 - as above

    pupils = list(Enrolment.objects.roster(ref.school_class).values_list("student_id", flat=True))
    stored: Any = stored_results(ref, pupils)
    return [
        Change(pupil, "TOAN", "attainment", "H" if row.attainment == "T" else "T", row.version)
        for (pupil, _item), row in stored.items()
    ]


def _timed(name: str, act: Callable[[], "CorrectionRequest"]) -> tuple["CorrectionRequest", Step]:
    from django.db import connection  # noqa: PLC0415 - after setup
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - as above

    with CaptureQueriesContext(connection) as asked:
        begin = time.perf_counter()
        made = act()
        seconds = time.perf_counter() - begin
    return made, (name, len(asked), seconds)


def _make_old_ones(ref: "SheetRef") -> None:
    """Requests that came to their end, written in bulk: as drafts with cells and evidence, then moved along."""
    from django.db.models import F  # noqa: PLC0415 - after setup

    from accounts import clock  # noqa: PLC0415 - as above
    from accounts.history import Source, acting  # noqa: PLC0415 - as above
    from accounts.models import User  # noqa: PLC0415 - as above
    from approvals.models import CorrectionItem, CorrectionRequest, Evidence  # noqa: PLC0415 - as above
    from students.models import Enrolment  # noqa: PLC0415 - as above

    people = {name: User.objects.get(username=name) for name in ("gvcn.4a", "phohieutruong", "vanthu")}
    pupils = list(Enrolment.objects.roster(ref.school_class).values_list("student_id", flat=True))
    now = clock.now()
    with acting(None, role="Đo hiệu năng", source=Source.SYSTEM):
        made = CorrectionRequest.objects.bulk_create(
            CorrectionRequest(
                year=ref.school_class.year,
                school_class=ref.school_class,
                line=ref.line,
                period=ref.period,
                proposer=people["gvcn.4a"],
                created_at=now,
            )
            for _number in range(OLD)
        )
        CorrectionItem.objects.bulk_create(
            CorrectionItem(
                request=each, student_id=pupil, item="TOAN", field="attainment", old_value="H", new_value="T"
            )
            for each in made
            for pupil in pupils[:CELLS_OF_AN_OLD_ONE]
        )
        Evidence.objects.bulk_create(
            Evidence(
                request=each,
                name="bai.jpg",
                kind="image/jpeg",
                file=f"evidence/{each.pk}/none.jpg",
                size=1,
                sha256="0" * 64,
                uploaded_by=people["gvcn.4a"],
                uploaded_at=now,
            )
            for each in made
        )
        old = CorrectionRequest.objects.filter(pk__in=[each.pk for each in made])
        old.update(state="filed", number=F("pk") + 10_000, reason="Nhầm.", reason_code="other", filed_at=now)
        old.update(state="approved", decided_by=people["phohieutruong"], decided_at=now)
        old.filter(pk__lt=made[OLD // 2].pk).update(state="cancelled", cancel_note="Nhầm.")
        old.filter(state="approved").update(state="applied", applied_by=people["vanthu"], applied_at=now)


def _page(username: str, path: str) -> tuple[int, float]:
    from django.db import connection  # noqa: PLC0415 - after setup
    from django.test import Client  # noqa: PLC0415 - as above
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - as above

    from accounts.models import User  # noqa: PLC0415 - as above

    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username=username))
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
        statements = len(asked)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    seconds = []
    for _round in range(ROUNDS * 2):
        begin = time.perf_counter()
        client.get(path)
        seconds.append(time.perf_counter() - begin)
    return statements, median_ms(seconds)


if __name__ == "__main__":
    main()
