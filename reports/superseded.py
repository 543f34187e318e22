"""The printed books in which a value stood that a correction has changed since, and the pages to print again (R55)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import Exists, JSONField, OuterRef, Prefetch, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.timezone import localdate

from approvals.models import CorrectionItem, CorrectionRequest
from approvals.workflow import State
from gradebook.regulation import Period
from gradebook.sheets import SheetRef
from reports.models import PrintedPart, PrintJob
from reports.page_places import Changed, sheet_label, words_of
from reports.periods_so_far import so_far
from reports.printed_words import PREVIEW, STATE
from reports.transcripts import pupil_code
from students.models import Enrolment, SchoolYear

MOST_LISTED = 200
"""Of the latest: the page of the prints names no more at once."""
_WITH_EARLIER_YEARS: Final = (PrintJob.Book.TRANSCRIPTS, PrintJob.Book.TRANSFER_PACK)
_ON_A_TABLE = frozenset({"attainment", "mark", "rating", "repeat"})
Key = tuple[str, int | None, str, int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Superseded:
    """The last print of a book before a request was carried out; `pages` of its file, () where they are not known.

    The last final one, if there is any: a preview takes no page's place in the book. `told` says what differs on which
    pages, `renewed` is the print that has the new value, for a final one a final one.
    """

    request: CorrectionRequest
    job: PrintJob
    pupils: tuple[str, ...]
    pages: tuple[int, ...]
    told: tuple[str, ...]
    renewed: PrintJob | None

    @property
    def is_in_part(self) -> bool:
        """Whether those pages alone are printed again; own books and slips are as a whole."""
        return bool(self.pages) and self.job.book not in {PrintJob.Book.OWN_BOOK, PrintJob.Book.SLIPS}

    @property
    def only_pupil(self) -> int | None:
        """Whose slip alone is printed again: a class's file has one pupil changed."""
        pupils = {item.student_id for item in self.request.items.all()}
        return pupils.pop() if self.job.book == PrintJob.Book.SLIPS and len(pupils) == 1 else None

    @property
    def by(self) -> str:
        return f"phiếu {self.request.label}"

    @property
    def where(self) -> str:
        if self.pages:
            return words_of(self.pages)
        return "cả hồ sơ" if self.job.is_pack else "các trang của em (bản in cũ không ghi số trang)"


def changed_in(job: PrintJob, request: CorrectionRequest) -> Changed:
    """What the request has changed in a book; it comes with its class, year and items with their pupils."""
    if job.book == PrintJob.Book.OWN_BOOK:
        label = _sheet_of(request)
        return Changed(frozenset({label}), "", f"sổ {label}")
    codes = frozenset(pupil_code(item.student) for item in request.items.all())
    whose = "của em" if len(codes) == 1 else "của các em"
    if job.book == PrintJob.Book.CLASS_TABLE:
        return Changed(codes, "", f"dòng {whose}")
    if job.book == PrintJob.Book.SLIPS:
        return Changed(codes, "", f"phiếu {whose}")
    return Changed(codes, request.school_class.year.label)


def _sheet_of(request: CorrectionRequest) -> str:
    ref = SheetRef(request.school_class, request.line, Period(request.period))
    return sheet_label(ref.subject_label, request.school_class.name)


def applied_requests(year: SchoolYear | None) -> list[CorrectionRequest]:
    """The latest carried out after a book of the year was printed that holds what they changed. Two statements.

    Those of the year itself, and those of earlier years whose pupils' học bạ was printed in this one.
    """
    if year is None:
        return []
    before = PrintJob.objects.filter(state=PrintJob.State.DONE, started_at__lt=OuterRef("applied_at"))
    of_its_class = before.filter(
        Q(school_class=OuterRef("school_class")) | Q(school_year=OuterRef("year")),
    )
    later = before.filter(
        book__in=_WITH_EARLIER_YEARS,
        school_class__year=year,
        school_class__enrolments__student__correctionitem__request=OuterRef("pk"),
    )
    rows = CorrectionRequest.objects.filter(
        Q(Exists(of_its_class), year=year) | Q(Exists(later), year__lt=year), state=State.APPLIED
    )
    return list(_with_items(rows).order_by("-applied_at")[:MOST_LISTED])


def superseded_in(year: SchoolYear | None) -> list[Superseded]:
    """What the requests of a year outdated, in whatever year it was printed, and what of this year's prints those of
    earlier years did. Statements as `applied_requests` and `superseded_by`."""
    return [
        row
        for row in superseded_by(applied_requests(year))
        if year is not None and year.pk in {row.request.year_id, row.job.year.pk}
    ]


def requests_after(job: PrintJob) -> list[CorrectionRequest]:
    """Those carried out since the print was begun: of its class (of an own book, its year), and where it holds học bạ
    those of earlier years of pupils who sat in the class. Two statements."""
    of = Q(year=job.school_year_id) if job.school_year_id else Q(school_class=job.school_class_id)
    if job.book in _WITH_EARLIER_YEARS:
        of_pupils = CorrectionItem.objects.filter(
            request=OuterRef("pk"), student__enrolments__school_class=job.school_class_id
        )
        of |= Q(Exists(of_pupils), year__lt=job.year)
    rows = CorrectionRequest.objects.filter(of, state=State.APPLIED, applied_at__gt=job.started_at)
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
    """For each request and book the last print with the old value. Three statements, whatever their number, two more
    where pages were printed again by a request that is not among these.

    Prints are of the request's class, học bạ of the classes where its pupils sat later, own books of any teacher.
    """
    done = [each for each in requests if each.applied_at and each.state == State.APPLIED]
    if not done:
        return []
    later = _later_classes(done)
    prints = _prints_of(done, later)
    standing = _Standing(prints, done)
    found = []
    for request in done:
        classes = {
            request.school_class_id,
            *(c for item in request.items.all() for c in later[item.student_id]),
        }
        old: dict[Key, PrintJob] = {}
        new: dict[Key, list[PrintJob]] = defaultdict(list)
        for job in prints:  # oldest first
            if not _holds(job, request, classes):
                continue
            key = _key(job)
            if job.started_at and request.applied_at and job.started_at >= request.applied_at:
                new[key].append(job)
            elif job.correction_id is None and (
                key not in old
                or standing.is_preview(old[key], request)
                or not standing.is_preview(job, request)
            ):
                old[key] = job
        found += [_superseded(request, job, new, standing) for job in old.values()]
    return found


class _Standing:
    """What is known of some prints: which are previews, and which pages those of another request have renewed."""

    def __init__(self, prints: Sequence[PrintJob], requests: Sequence[CorrectionRequest]) -> None:
        """A statement; two more where a print is of none of these requests."""
        self._requests = {each.pk: each for each in requests}
        others = {each.correction_id for each in prints if each.correction_id} - self._requests.keys()
        if others:
            rows = _with_items(CorrectionRequest.objects.filter(pk__in=others))
            self._requests |= {each.pk: each for each in rows}
        pupils = {item.student_id for each in requests for item in each.items.all()}
        self._own: dict[tuple[int, int], Mapping[str, str]] = {}
        parts = PrintedPart.objects.filter(job__in=prints, student__in=pupils)
        for job, student, states in parts.annotate(states=_STATES_OF_A_PART).values_list(
            "job", "student", "states"
        ):
            self._own[job, student] = states

    def is_preview(self, job: PrintJob, request: CorrectionRequest) -> bool:
        """Of the request's pupils in a book where each has a sheet; else, or where that was not kept, of the print."""
        pupils = {item.student_id for item in request.items.all()}
        own = [self._own[job.pk, pupil] for pupil in pupils if (job.pk, pupil) in self._own]
        if not own:
            return job.is_preview
        of_year = f"{request.school_class.year.label} · {STATE}"
        return any(states.get(of_year, states.get(STATE, "")).startswith(PREVIEW) for states in own)

    def renews(self, job: PrintJob, row: Superseded) -> bool:
        """Whether all pages of the row stand in a print made after the request: by itself, or by another one."""
        if self.is_preview(job, row.request) and not self.is_preview(row.job, row.request):
            return False
        if job.correction_id in (None, row.request.pk):
            return True
        printed = changed_in(row.job, self._requests[job.correction_id]).pages_in(row.job.places)
        return bool(row.pages) and set(row.pages) <= set(printed)


_STATES_OF_A_PART: Final = RawSQL(
    "SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each_text("
    "(SELECT words FROM reports_printedcontent WHERE id = reports_printedpart.content_id)) WHERE key LIKE %s",
    (f"%{STATE}",),
    JSONField(),
)
"""How far each year of a học bạ was, or the slip."""


def _superseded(
    request: CorrectionRequest, job: PrintJob, new: Mapping[Key, Sequence[PrintJob]], standing: _Standing
) -> Superseded:
    """`new` are the prints since."""
    names = dict.fromkeys(item.student.full_name for item in request.items.all())
    changed = changed_in(job, request)
    pages, told = changed.pages_in(job.places), changed.told_in(job.places)
    row = Superseded(request, job, tuple(names), pages, told, None)
    since = new.get(_key(job), ())
    of_one = new.get(_key(job, row.only_pupil), ()) if row.only_pupil else ()
    return replace(
        row, renewed=next((each for each in (*since, *of_one) if standing.renews(each, row)), None)
    )


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
        Q(school_class__in=classes)
        | Q(movement__student__in=pupils)
        | Q(school_year__in={request.year_id for request in known}),
        state=PrintJob.State.DONE,
    )
    beside = ("school_class__year", "movement__student", "correction", "student", "teacher", "school_year")
    return list(rows.select_related(*beside).order_by("id"))


def _key(job: PrintJob, student: int | None = None) -> Key:
    """Which paper it is; `student`: as that pupil's alone."""
    whose = student or job.student_id
    return job.book, job.school_class_id, job.period, job.movement_id, whose, job.teacher_id


def _holds(job: PrintJob, request: CorrectionRequest, classes: set[int]) -> bool:
    """Whether the cells of the request stand in such a book, old or new."""
    if job.student_id and all(item.student_id != job.student_id for item in request.items.all()):
        return False
    if job.book == PrintJob.Book.CLASS_TABLE:
        is_of_it = (job.school_class_id, job.period) == (request.school_class_id, request.period)
        own = [
            item for item in request.items.all() if not job.places or pupil_code(item.student) in job.places
        ]
        return is_of_it and any(item.field in _ON_A_TABLE for item in own)
    if job.book == PrintJob.Book.OWN_BOOK:
        is_of_it = request.roll_day is None and job.school_year_id == request.year_id
        return is_of_it and _tells_of(job, request) and _sheet_of(request) in job.places
    if job.book == PrintJob.Book.SLIPS:
        is_of_it = job.school_class_id == request.school_class_id
        return is_of_it and (_counts(job, request) if request.roll_day else _tells_of(job, request))
    if job.book == PrintJob.Book.TRANSFER_PACK:
        pupils = {item.student_id for item in request.items.all()}
        return job.movement is not None and job.movement.student_id in pupils
    is_in_transcripts = request.roll_day is not None or request.period == Period.YEAR_END
    return job.book == PrintJob.Book.TRANSCRIPTS and is_in_transcripts and job.school_class_id in classes


def _tells_of(job: PrintJob, request: CorrectionRequest) -> bool:
    """Own books and slips have the levels and marks of the periods so far, and the comments of their own."""
    if job.period == request.period:
        return True
    is_earlier = request.period in so_far(Period(job.period))
    return is_earlier and any(item.field in _ON_A_TABLE for item in request.items.all())


def _counts(job: PrintJob, request: CorrectionRequest) -> bool:
    """Whether a slip can count an absence of the day: printed since then, and not of a term that was over."""
    day, year = request.roll_day, request.school_class.year
    if day is None or job.started_at is None or localdate(job.started_at) < day:
        return False
    over_on = year.first_term_ends_on if job.period in {Period.MID_TERM_1, Period.END_TERM_1} else None
    return over_on is None or day <= over_on
