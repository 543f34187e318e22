"""What the bench of the gradebook needs beyond the demo school; runs inside Django over the stack's database.

`python -m bench.prepared teachers 60`       that many people who answer for sheets; prints whose sheet is where
`python -m bench.prepared fill_up CLASS 50`  that many pupils in a class
`python -m bench.prepared lock 70`           the principal locks the open period in that many seconds; prints the moment
`python -m bench.prepared print_all`         the clerk asks for the class tables of all classes; prints the batch
`python -m bench.prepared deliver_twice`     a print that waits or is at work stands in the queue a second time
"""

import datetime
import json
import os
import sys

import django

REASON = "Đo hiệu năng"


def teachers(wanted: str) -> list[tuple[str, list[str]]]:
    """(log-in name, addresses of the sheets in the open period). The demo has 49; others each take over a line."""
    from accounts.models import User  # noqa: PLC0415 - after setup
    from gradebook.windows import lock_states  # noqa: PLC0415 - as above
    from students.models import HomeroomAssignment, SchoolYear  # noqa: PLC0415 - as above

    year = SchoolYear.objects.latest("pk")
    homerooms = HomeroomAssignment.objects.filter(school_class__year=year).select_related(
        "school_class__year"
    )
    seats = list(homerooms.order_by("school_class__name"))
    locks = lock_states(seats[0].school_class)
    period = next(period for period, lock in locks.items() if lock.is_open)
    _add_teachers(int(wanted) - len(_held(year.pk)), seats)
    names = dict(User.objects.values_list("pk", "username"))
    return [
        (names[pk], [f"/gradebook/sheets/{class_id}/{code}/{period}/" for class_id, code in sheets])
        for pk, sheets in sorted(_held(year.pk).items())
    ]


def _held(year: int) -> dict[int, list[tuple[int, str]]]:
    """(class, code) of the sheets by the person who answers for them today."""
    from accounts.clock import today  # noqa: PLC0415 - after setup
    from gradebook.models import TeachingAssignment  # noqa: PLC0415 - as above
    from gradebook.sheets import HOMEROOM_CODE  # noqa: PLC0415 - as above
    from students.models import HomeroomAssignment  # noqa: PLC0415 - as above

    held: dict[int, list[tuple[int, str]]] = {}
    taught = TeachingAssignment.objects.held_on(today()).filter(school_class__year_id=year)
    for teacher, *sheet in taught.order_by("line__code").values_list(
        "teacher_id", "school_class_id", "line__code"
    ):
        held.setdefault(teacher, []).append((sheet[0], sheet[1]))
    led = HomeroomAssignment.objects.held_on(today()).filter(school_class__year_id=year)
    for teacher, class_id in led.values_list("teacher_id", "school_class_id"):
        held.setdefault(teacher, []).append((class_id, HOMEROOM_CODE))
    return held


def _add_teachers(missing: int, seats: list) -> None:
    """Each takes Đạo đức over from another homeroom teacher."""
    from django.contrib.auth.hashers import make_password  # noqa: PLC0415 - after setup

    from accounts.clock import stamp, today  # noqa: PLC0415 - as above
    from accounts.dates import Days  # noqa: PLC0415 - as above
    from accounts.models import User  # noqa: PLC0415 - as above
    from gradebook.assignments import hand_over_assignment  # noqa: PLC0415 - as above
    from gradebook.models import TeachingAssignment  # noqa: PLC0415 - as above
    from kimdong.demo.accounts import PASSWORD  # noqa: PLC0415 - as above

    by = User.objects.get(username="phohieutruong")
    for number, seat in enumerate(seats[: max(missing, 0)], start=1):
        new = User.objects.create(
            username=f"gvbm.daoduc.{number}",
            staff_code=f"DO{number:03d}",
            full_name=f"Giáo viên Đạo đức {number}",
            password=make_password(PASSWORD),
            password_changed_at=stamp(),
        )
        taught = TeachingAssignment.objects.held_on(today()).get(
            school_class=seat.school_class, line__code="DD"
        )
        hand_over_assignment(taught, to=new, days=Days(today()), reason=REASON, by=by)


def fill_up(class_id: str, wanted: str) -> int:
    """How many pupils the class has now."""
    from accounts.history import Source, acting  # noqa: PLC0415 - after setup
    from students.models import Enrolment, SchoolClass  # noqa: PLC0415 - as above
    from tests.gradebook.school import add_pupils  # noqa: PLC0415 - as above

    seats = Enrolment.objects.filter(school_class_id=class_id)
    with acting(None, role=REASON, source=Source.SYSTEM):
        add_pupils(SchoolClass.objects.get(pk=class_id), int(wanted) - seats.count())
    return seats.count()


def lock(seconds: str) -> str:
    """By an order signed now for a moment to come; the moment by the database's clock."""
    from accounts import clock  # noqa: PLC0415 - after setup
    from accounts.models import User  # noqa: PLC0415 - as above
    from gradebook.models import EntryOrder, EntryWindow  # noqa: PLC0415 - as above
    from gradebook.orders import issue_order  # noqa: PLC0415 - as above

    now = clock.now()
    window = EntryWindow.objects.filter(opens_at__lte=now, closes_at__gt=now).latest("closes_at")
    order = EntryOrder(
        number="99/TB-THKĐ",
        dated=clock.today(),
        kind=EntryOrder.Kind.LOCK,
        year_id=window.year_id,
        period=window.period,
        text=REASON,
        opens_at=now + datetime.timedelta(seconds=int(seconds)),
    )
    return issue_order(order=order, by=User.objects.get(username="hieutruong")).opens_at.isoformat()


def print_all() -> int:
    """The class tables of the last finished period, of all classes, asked for by the clerk; the number of the batch."""
    from accounts.models import User  # noqa: PLC0415 - after setup
    from reports.models import PrintBatch  # noqa: PLC0415 - as above
    from reports.print_batches import ask_for_batch  # noqa: PLC0415 - as above
    from students.models import SchoolYear  # noqa: PLC0415 - as above

    clerk = User.objects.get(username="vanthu")
    year = SchoolYear.objects.latest("pk")
    return ask_for_batch(
        book=PrintBatch.Book.CLASS_TABLE, year=year, grade_level=None, period="GHKI", by=clerk
    ).pk


def deliver_twice() -> int:
    """The number of a print that waits or is at work, and is now in the queue a second time, without its locks."""
    from procrastinate.contrib.django import app  # noqa: PLC0415 - after setup
    from procrastinate.contrib.django.models import ProcrastinateJob  # noqa: PLC0415 - as above

    job = ProcrastinateJob.objects.filter(task_name="print_book", status__in=["doing", "todo"]).latest(
        "status"
    )
    app.configure_task(job.task_name, queue=job.queue_name, allow_unknown=False).defer(**job.args)
    return int(job.args["print_id"])


ACTS = {each.__name__: each for each in (teachers, fill_up, lock, print_all, deliver_twice)}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kimdong.settings")
    django.setup()
    print(json.dumps(ACTS[sys.argv[1]](*sys.argv[2:])))
