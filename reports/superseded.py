"""The printed books in which a value stood that a correction has changed since, and the pages to print again (R55)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from approvals.models import CorrectionItem, CorrectionRequest
from approvals.workflow import State
from gradebook.regulation import Period
from reports.models import PrintJob
from reports.page_places import Changed, words_of
from reports.transcripts import pupil_code
from students.models import Enrolment, SchoolYear

MOST_LISTED = 200
"""Of the latest: the page of the prints names no more at once."""
_ON_A_TABLE = frozenset({"attainment", "mark", "rating", "repeat"})
Key = tuple[str, int | None, str, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Superseded:
    """The last print of a book before a request was carried out; `pages` of its file, () where they are not known.

    `renewed`: the print that has the new value.
    """

    request: CorrectionRequest
    job: PrintJob
    pupils: tuple[str, ...]
    pages: tuple[int, ...]
    renewed: PrintJob | None

    @property
    def where(self) -> str:
        if self.pages:
            return words_of(self.pages)
        return "cả hồ sơ" if self.job.is_pack else "các trang của em (bản in cũ không ghi số trang)"


def changed_in(job: PrintJob, request: CorrectionRequest) -> Changed:
    """What the request has changed in a book; it comes with its class, year and items with their pupils."""
    codes = frozenset(pupil_code(item.student) for item in request.items.all())
    is_table = job.book == PrintJob.Book.CLASS_TABLE
    return Changed(codes, "" if is_table else request.school_class.year.label)


def applied_requests(year: SchoolYear | None) -> list[CorrectionRequest]:
    """The latest of a year that were carried out after their class was printed. Two statements."""
    before = PrintJob.objects.filter(
        school_class=OuterRef("school_class"),
        state=PrintJob.State.DONE,
        started_at__lt=OuterRef("applied_at"),
    )
    rows = CorrectionRequest.objects.filter(Exists(before), year=year, state=State.APPLIED)
    return list(_with_items(rows).order_by("-applied_at")[:MOST_LISTED])


def requests_after(job: PrintJob) -> list[CorrectionRequest]:
    """Those of the print's class that were carried out since it was begun. Two statements."""
    rows = CorrectionRequest.objects.filter(
        school_class=job.school_class_id, state=State.APPLIED, applied_at__gt=job.started_at
    )
    return list(_with_items(rows).order_by("-applied_at")[:MOST_LISTED])


def request_with_items(pk: int) -> CorrectionRequest:
    """Two statements."""
    return _with_items(CorrectionRequest.objects.all()).get(pk=pk)


def _with_items(rows: QuerySet[CorrectionRequest]) -> QuerySet[CorrectionRequest]:
    items = CorrectionItem.objects.select_related("student")
    return rows.select_related("school_class__year", "line").prefetch_related(
        Prefetch("items", queryset=items)
    )


def superseded_by(requests: Sequence[CorrectionRequest]) -> list[Superseded]:
    """For each request and book the last print with the old value. Two statements, whatever their number.

    Prints are of the request's class, and học bạ of the classes where its pupils sat later.
    """
    done = [each for each in requests if each.applied_at and each.state == State.APPLIED]
    if not done:
        return []
    later = _later_classes(done)
    prints = _prints_of(done, later)
    found = []
    for request in done:
        classes = {
            request.school_class_id,
            *(c for item in request.items.all() for c in later[item.student_id]),
        }
        old: dict[Key, PrintJob] = {}
        new: dict[Key, PrintJob] = {}
        for job in prints:  # oldest first
            if not _holds(job, request, classes):
                continue
            if job.started_at and request.applied_at and job.started_at >= request.applied_at:
                new.setdefault(_key(job), job)
            elif job.correction_id is None:
                old[_key(job)] = job
        found += [_superseded(request, job, new.get(key)) for key, job in old.items()]
    return found


def _superseded(request: CorrectionRequest, job: PrintJob, renewed: PrintJob | None) -> Superseded:
    names = dict.fromkeys(item.student.full_name for item in request.items.all())
    return Superseded(request, job, tuple(names), changed_in(job, request).pages_in(job.places), renewed)


def _later_classes(requests: Iterable[CorrectionRequest]) -> Mapping[int, set[int]]:
    """Where the pupils of the requests sat in later years, by the pupil."""
    pupils = {item.student_id for request in requests for item in request.items.all()}
    first = min(request.year_id for request in requests)
    seats = Enrolment.objects.filter(student__in=pupils, school_class__year__gt=first)
    found: dict[int, set[int]] = defaultdict(set)
    for student, school_class in seats.values_list("student", "school_class"):
        found[student].add(school_class)
    return found


def _prints_of(requests: Iterable[CorrectionRequest], later: Mapping[int, set[int]]) -> list[PrintJob]:
    known = list(requests)
    pupils = {item.student_id for request in known for item in request.items.all()}
    classes = {request.school_class_id for request in known}.union(*later.values())
    rows = PrintJob.objects.filter(
        Q(school_class__in=classes) | Q(movement__student__in=pupils), state=PrintJob.State.DONE
    )
    return list(
        rows.select_related("school_class__year", "movement__student", "correction", "student").order_by("id")
    )


def _key(job: PrintJob) -> Key:
    return job.book, job.school_class_id, job.period, job.movement_id, job.student_id


def _holds(job: PrintJob, request: CorrectionRequest, classes: set[int]) -> bool:
    """Whether the cells of the request stand in such a book, old or new."""
    if job.correction_id not in (None, request.pk):
        return False
    if job.student_id and all(item.student_id != job.student_id for item in request.items.all()):
        return False
    if job.book == PrintJob.Book.CLASS_TABLE:
        is_of_it = (job.school_class_id, job.period) == (request.school_class_id, request.period)
        return is_of_it and any(item.field in _ON_A_TABLE for item in request.items.all())
    if job.book == PrintJob.Book.TRANSFER_PACK:
        pupils = {item.student_id for item in request.items.all()}
        return job.movement is not None and job.movement.student_id in pupils
    is_in_transcripts = request.roll_day is not None or request.period == Period.YEAR_END
    return job.book == PrintJob.Book.TRANSCRIPTS and is_in_transcripts and job.school_class_id in classes
