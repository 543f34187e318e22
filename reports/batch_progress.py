"""How far a batch is: its classes, its pupils, and the time that is left."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts import clock
from reports.models import PrintBatch, PrintJob
from reports.outdated import with_changes
from reports.print_jobs import Progress, in_words, progress_of, with_life
from reports.print_moves import OPEN, RESUMABLE
from students.models import Enrolment, SchoolClass, SchoolYear

BINDING = "binding"
BATCHES_LISTED = 20


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """`phase`: asleep (no worker runs at all), waiting, running, binding, done, failed, cancelled.

    `classes` in their order; `left_out`: classes in its scope that have no pupils, so no print.
    """

    batch: PrintBatch
    phase: str
    classes: tuple[Progress, ...]
    left_out: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.batch.state in OPEN

    @property
    def is_resumable(self) -> bool:
        return self.batch.state in RESUMABLE

    @property
    def classes_done(self) -> int:
        return sum(each.phase == "done" for each in self.classes)

    @property
    def pupils_done(self) -> int:
        return sum(each.job.pupils_done for each in self.classes)

    @property
    def pupils(self) -> int:
        return sum(_pupils(each.job) for each in self.classes)

    @property
    def is_outdated(self) -> bool:
        """Of a finished batch on its own page: something in one of its classes has changed since."""
        return any(getattr(each.job, "is_outdated", False) for each in self.classes)

    @property
    def time_left(self) -> str:
        """In words; "" while nothing can be said.

        The pace of a worker is that of the classes done or in hand, and as many work as have a class in hand.
        """
        seconds = drawn = 0.0
        for each in self.classes:
            job = each.job
            if job.started_at and job.pupils_done and each.phase in ("done", "running"):
                seconds += ((job.finished_at or clock.stamp()) - job.started_at).total_seconds()
                drawn += job.pupils_done
        workers = sum(each.phase == "running" for each in self.classes)
        if not drawn or not workers:
            return ""
        return in_words(max(1, round(seconds / drawn * (self.pupils - self.pupils_done) / workers)))


def _pupils(job: PrintJob) -> int:
    return job.pupils_asked or job.roster_count  # type: ignore[attr-defined]


def jobs_of(batches: Sequence[PrintBatch], year: SchoolYear | None) -> QuerySet[PrintJob]:
    """With what `batch_progress` shows of them; adds `roster_count`, for classes that no worker has read yet.

    The batches are of that year: counted is who sits in the class on the day that its sheets show.
    """
    seats = Enrolment.objects.filter(school_class=OuterRef("school_class")).order_by()
    if year is not None:
        seats = seats.held_on(year.day_for_roster())
    count = seats.values("school_class").annotate(count=Count("pk")).values("count")
    jobs = PrintJob.objects.filter(batch__in=batches).annotate(
        roster_count=Coalesce(Subquery(count, output_field=IntegerField()), 0)
    )
    return with_life(jobs.select_related("school_class__year", "batch").order_by("school_class"))


def batch_progress(batch: PrintBatch, *, worker_is_alive: bool) -> BatchProgress:
    """Two statements."""
    jobs = jobs_of([batch], batch.year)
    if batch.state == PrintBatch.State.DONE:
        jobs = with_changes(jobs)
    classes = tuple(progress_of(job, worker_is_alive=worker_is_alive) for job in jobs)
    scope = SchoolClass.objects.filter(year=batch.year).exclude(
        pk__in=[each.job.school_class_id for each in classes]
    )
    if batch.grade_level:
        scope = scope.filter(grade_level=batch.grade_level)
    left_out = tuple(scope.values_list("name", flat=True))
    return BatchProgress(batch, _phase(batch, classes, worker_is_alive), classes, left_out)


def latest_batches(year: SchoolYear | None, *, worker_is_alive: bool) -> list[BatchProgress]:
    """The latest of a year, newest first. Two statements."""
    rows = PrintBatch.objects.filter(year=year).select_related("year", "asked_by")
    batches = list(rows[:BATCHES_LISTED])
    jobs: dict[int | None, list[Progress]] = defaultdict(list)
    for job in jobs_of(batches, year):
        jobs[job.batch_id].append(progress_of(job, worker_is_alive=worker_is_alive))
    return [
        BatchProgress(batch, _phase(batch, jobs[batch.pk], worker_is_alive), tuple(jobs[batch.pk]))
        for batch in batches
    ]


def _phase(batch: PrintBatch, classes: Sequence[Progress], worker_is_alive: bool) -> str:
    if batch.state not in OPEN:
        return batch.state
    if batch.state == PrintBatch.State.RUNNING or all(each.phase == "done" for each in classes):
        return BINDING if worker_is_alive else "asleep"
    if any(each.phase == "running" for each in classes):
        return "running"
    return "waiting" if worker_is_alive else "asleep"
