"""The register of what was printed: who, when, which version, how many copies for whom, which correction outdated it.

A line is a finished print, of whatever kind, or a batch; a batch's classes have lines of their own only where one class
is looked for. What is of no class (an own book, a decision for the school) is not among those of a class.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet, Value

from accounts import permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from reports.amended_papers import Amended, amended_of_year
from reports.models import PrintBatch, PrintCopies, PrintJob
from reports.outdated import with_changes
from reports.print_jobs import BookRefused
from reports.superseded import Superseded, superseded_in
from students.models import SchoolClass, SchoolYear

NOT_FOLLOWED: Final = "Không theo dõi: số liệu lúc in"
WHO_NOTES: Final = "Số bản giấy do văn thư ghi vào sổ theo dõi in."


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Of which year, and what of it; None or "" is all."""

    year: SchoolYear
    book: str = ""
    period: str = ""
    school_class: SchoolClass | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A print or a batch with its copies and the requests that have changed a value in it since (of a decision's paper
    the decisions that amend it), each with the print that has the new value ("phiếu 12/2026, đã in lại: bản 19")."""

    printed: PrintJob | PrintBatch
    copies: tuple[PrintCopies, ...]
    requests: tuple[str, ...]
    is_outdated: bool
    audit_codes: str
    """The head of the audit chain; of a batch that of each class, «4A: …; 4B: …» where they differ."""

    @property
    def is_batch(self) -> bool:
        return isinstance(self.printed, PrintBatch)

    @property
    def number(self) -> str:
        return f"Đợt {self.printed.pk}" if self.is_batch else f"Bản {self.printed.pk}"

    @property
    def version(self) -> str:
        """The code at the foot where there is one for all pages, else the beginning of the content's hash."""
        code = "" if isinstance(self.printed, PrintBatch) else self.printed.print_code
        return code or self.printed.content_hash[:12]

    @property
    def pupils(self) -> int:
        printed = self.printed
        return (printed.pupils or 0) if isinstance(printed, PrintBatch) else printed.pupils_done

    @property
    def copies_made(self) -> int:
        return sum(each.count for each in self.copies)

    @property
    def is_followed(self) -> bool:
        """Of a report or list nobody looks whether its figures have changed since."""
        return self.printed.book != PrintJob.Book.REPORT

    @property
    def replaced_by(self) -> str:
        """ "phiếu 12/2026, đã in lại: bản 19", "nội dung đã thay đổi": why this paper is no longer right, else ""."""
        return "; ".join(self.requests or (["nội dung đã thay đổi"] if self.is_outdated else []))

    @property
    def standing(self) -> str:
        """The same of the register's file, which also says of which print nobody looks; "" of one that holds."""
        return self.replaced_by if self.is_followed else NOT_FOLLOWED


def places_of(narrowing: Narrowing) -> QuerySet[PrintJob, tuple[datetime, str, int]]:
    """(when, "job" or "batch", its number), newest first: to be paged, then read by `lines_of`."""
    jobs = PrintJob.objects.filter(
        Q(school_class__year=narrowing.year)
        | Q(decision__year=narrowing.year)
        | Q(school_year=narrowing.year),
        state=PrintJob.State.DONE,
    )
    batches = PrintBatch.objects.filter(year=narrowing.year, state=PrintBatch.State.DONE)
    if narrowing.book:
        jobs, batches = jobs.filter(book=narrowing.book), batches.filter(book=narrowing.book)
    if narrowing.period:
        jobs, batches = jobs.filter(period=narrowing.period), batches.filter(period=narrowing.period)
    if narrowing.school_class:
        jobs, batches = jobs.filter(school_class=narrowing.school_class), batches.none()
    else:
        jobs = jobs.filter(batch=None)
    chosen = [
        rows.order_by().annotate(what=Value(what)).values_list("finished_at", "what", "pk")
        for rows, what in ((jobs, "job"), (batches, "batch"))
    ]
    return chosen[0].union(chosen[1], all=True).order_by("-finished_at", "-pk")  # type: ignore[return-value]


def lines_of(places: Iterable[tuple[datetime | None, str, int]], year: SchoolYear) -> list[Line]:
    """In the order of the places. Thirteen statements at most, whatever their number."""
    wanted = [(what, pk) for _when, what, pk in places]
    rows = PrintJob.objects.select_related(
        *("school_class__year", "asked_by", "movement__student", "correction", "student", "batch"),
        *("decision__year", "decision__school_class", "teacher", "school_year"),
    )
    jobs = with_changes(rows).in_bulk([pk for what, pk in wanted if what == "job"])
    batches = PrintBatch.objects.select_related("year", "asked_by").in_bulk(
        [pk for what, pk in wanted if what == "batch"]
    )
    copies = _copies(jobs, batches)
    old = _superseded(year)
    classes: dict[int | None, list[PrintJob]] = defaultdict(list)
    of_batches = with_changes(PrintJob.objects.filter(batch__in=batches).select_related("school_class"))
    for each in of_batches.order_by("school_class"):
        classes[each.batch_id].append(each)
    lines = []
    for what, pk in wanted:
        if what == "job":
            job = jobs[pk]
            # Copies of a batch are copies of each of its classes.
            own = (*copies["job", pk], *copies["batch", job.batch_id or 0])
            lines.append(Line(job, own, old["job", pk], bool(job.is_outdated), job.audit_code))  # type: ignore[attr-defined]
        else:
            parts = classes[pk]
            is_outdated = any(each.is_outdated for each in parts)  # type: ignore[attr-defined]
            lines.append(
                Line(batches[pk], copies["batch", pk], old["batch", pk], is_outdated, _codes_of(parts))
            )
    return lines


def _codes_of(classes: Sequence[PrintJob]) -> str:
    codes = {each.audit_code for each in classes}
    if len(codes) <= 1:
        return "".join(codes)
    return "; ".join(f"{each.school_class.name}: {each.audit_code}" for each in classes if each.school_class)


def _copies(
    jobs: Mapping[int, PrintJob], batches: Iterable[int]
) -> Mapping[tuple[str, int], tuple[PrintCopies, ...]]:
    of_batches = {*batches, *(job.batch_id for job in jobs.values() if job.batch_id)}
    found: dict[tuple[str, int], tuple[PrintCopies, ...]] = defaultdict(tuple)
    rows = PrintCopies.objects.filter(Q(job__in=list(jobs)) | Q(batch__in=of_batches))
    for each in rows.select_related("noted_by"):
        key = ("job", each.job_id) if each.job_id else ("batch", each.batch_id or 0)
        found[key] += (each,)
    return found


def _superseded(year: SchoolYear) -> Mapping[tuple[str, int], tuple[str, ...]]:
    """The requests and the amending decisions, and what was printed since, by print and by the batch it is of."""
    found: dict[tuple[str, int], tuple[str, ...]] = defaultdict(tuple)
    rows: list[Superseded | Amended] = [*superseded_in(year), *amended_of_year(year)]
    for row in rows:
        told = row.by + (f", đã in lại: bản {row.renewed.pk}" if row.renewed else "")
        for key in (("job", row.job.pk), ("batch", row.job.batch_id or 0)):
            if told not in found[key]:
                found[key] += (told,)
    return found


def may_note(printed: PrintJob | PrintBatch, user: User) -> bool:
    """Whether the user may note paper copies of it: not who printed an own book or slips, but the office."""
    return permissions.may(user, _noted_with(printed))


def require_may_note(printed: PrintJob | PrintBatch, user: User) -> None:
    """Raises PermissionDenied."""
    permissions.require(user, _noted_with(printed), WHO_NOTES)


def _noted_with(printed: PrintJob | PrintBatch) -> Action:
    of_decision = isinstance(printed, PrintJob) and printed.decision_id
    return Action.PRINT_PAPERS if of_decision else Action.PRINT_BOOKS


def note_copies(printed: PrintJob | PrintBatch, *, count: int, recipient: str, by: User) -> PrintCopies:
    """Adds to the register how many paper copies were made. Raises PermissionDenied, BookRefused."""
    require_may_note(printed, by)
    if printed.state != "done":
        raise BookRefused("count", "Bản in chưa xong, chưa có bản giấy nào.")
    own = {"batch": printed} if isinstance(printed, PrintBatch) else {"job": printed}
    kind = "print_batch" if isinstance(printed, PrintBatch) else "print_job"
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        made = PrintCopies.objects.create(**own, count=count, recipient=recipient, noted_by=by)
        told = f" cho {recipient}" if recipient else ""
        act.says(f"Ghi {count} bản giấy{told}: {printed.title}", thing=f"{kind}:{printed.pk}")
    return made


def copies_of(printed: PrintJob | PrintBatch) -> Sequence[PrintCopies]:
    return list(printed.copies.select_related("noted_by"))


def all_lines(narrowing: Narrowing) -> Iterator[Line]:
    """For the Excel file."""
    yield from lines_of(places_of(narrowing), narrowing.year)
