"""The prints of decisions and of their certificates on which a pupil's line holds no more, and by what (R55).

What `reports.superseded` is for books: which pages are no longer to be handed out, and which later print is right.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from approvals.models import CorrectionRequest
from gradebook.models import ResultsDecision, ResultsDecisionLine, YearOutcome
from reports.models import PrintJob
from reports.page_places import words_of
from students.models import SchoolYear

MOST_LISTED: Final = 200
"""Of the latest prints: the page of the prints names no more at once."""
_DECIDED: Final = ("result", "award", "award_reason", "is_promoted", "promotion_note")
REOPENED: Final = "kết quả đã mở lại, chờ quyết định sửa đổi"
_Key = tuple[str, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Amended:
    """A print, and what came after it: the `decision` that amends it (or did and was withdrawn), else results re-opened
    or its own decision withdrawn.

    `pages` of its file on which the `pupils` stand, () where they are not known. `renewed` is the first print since.
    """

    job: PrintJob
    by: str
    at: datetime
    decision: ResultsDecision | None
    students: tuple[int, ...]
    classes: frozenset[int]
    pupils: tuple[str, ...]
    pages: tuple[int, ...]
    told: tuple[str, ...]
    renewed: PrintJob | None = None

    @property
    def where(self) -> str:
        if self.decision is None and not self.students:
            return "tất cả các trang"
        return words_of(self.pages) if self.pages else "trang của các em (bản in cũ không ghi số trang)"

    @property
    def is_certificates(self) -> bool:
        return self.job.book == PrintJob.Book.CERTIFICATES


def amended_of_job(job: PrintJob) -> list[Amended]:
    """Of one finished print; `job` comes with its decision. Three statements, one more where a line holds no more."""
    return _amended([job]) if job.decision_id and not job.is_preview else []


def amended_of_year(year: SchoolYear | None) -> list[Amended]:
    """Of the latest prints of a year's decisions. One statement, four more where there are any."""
    return _amended(list(_prints().filter(decision__year=year).order_by("-id")[:MOST_LISTED]))


def amended_by_decision(decision: ResultsDecision) -> list[Amended]:
    """The last prints of each paper before it that this decision amends. Five statements at most."""
    earlier = ResultsDecisionLine.objects.filter(replaced_by__decision=decision)
    rows = _amended(list(_prints().filter(decision__in=earlier.values("decision")).order_by("-id")))
    return last_of_each(row for row in rows if row.decision == decision)


def amended_after(request: CorrectionRequest) -> list[Amended]:
    """The last prints of each paper that hold a pupil of a request carried out since. Five statements at most.

    `request` comes with its items.
    """
    # The act that carries it out may re-open the result a moment before it is noted as carried out.
    since = request.decided_at
    if request.applied_at is None or since is None:
        return []
    pupils = {item.student_id for item in request.items.all()}
    lines = ResultsDecisionLine.objects.filter(student__in=pupils, school_class=request.school_class_id)
    printed = _prints().filter(decision__in=lines.values("decision"), started_at__lt=request.applied_at)
    rows = _amended(list(printed.order_by("-id")))
    return last_of_each(row for row in rows if row.at > since and pupils & set(row.students))


def _prints() -> QuerySet[PrintJob]:
    done = PrintJob.objects.filter(state=PrintJob.State.DONE, decision__isnull=False, is_preview=False)
    return done.select_related("decision__year", "decision__school_class", "school_class__year", "movement")


def last_of_each(rows: Iterable[Amended]) -> list[Amended]:
    """Of the prints of one paper with one fault, the newest."""
    found: dict[tuple[_Key, str], Amended] = {}
    for row in rows:
        key = (_key(row.job), row.by)
        if key not in found or row.job.pk > found[key].job.pk:
            found[key] = row
    return list(found.values())


def _key(job: PrintJob) -> _Key:
    return job.book, job.decision_id, job.school_class_id


def _amended(jobs: Sequence[PrintJob]) -> list[Amended]:
    """Two statements; one more where results were re-opened, one where a line holds no more."""
    if not jobs:
        return []
    decisions = {job.decision_id for job in jobs}
    later = _amending_lines(decisions)
    reopened = _reopened_lines(decisions)
    found: list[Amended] = []
    for job in jobs:
        found += _of(job, later[job.decision_id], reopened[job.decision_id])
    since = _prints_since(decisions) if found else []
    return [replace(row, renewed=next((each for each in since if _renews(each, row)), None)) for row in found]


def _of(
    job: PrintJob,
    later: Sequence[ResultsDecisionLine],
    reopened: Sequence[tuple[ResultsDecisionLine, datetime]],
) -> Iterator[Amended]:
    began, own = job.started_at, job.decision
    if began is None or own is None:
        return
    if own.withdrawn_at and own.withdrawn_at > began:
        yield Amended(job, f"{own.label} đã thu hồi", own.withdrawn_at, None, (), frozenset(), (), (), ())
        return
    by_decision: dict[int, list[ResultsDecisionLine]] = defaultdict(list)
    for line in later:
        if line.replaces and _came_after(line.decision, began) and _stands_on(job, line.replaces):
            by_decision[line.decision_id].append(line)
    for lines in by_decision.values():
        yield _by_decision(job, lines)
    amended = {line.replaces_id for line in later if line.decision.is_issued}
    opened = {
        line: at for line, at in reopened if at >= began and line.pk not in amended and _stands_on(job, line)
    }
    if opened:
        yield _row(job, list(opened), by=REOPENED, at=max(opened.values()), what=lambda _line: REOPENED)


def _came_after(amending: ResultsDecision, began: datetime) -> bool:
    """Whether it was issued, or withdrawn, since a print was begun."""
    if amending.is_issued:
        return amending.issued_at is not None and amending.issued_at > began
    was_there = amending.issued_at is not None and amending.issued_at <= began
    return was_there and amending.withdrawn_at is not None and amending.withdrawn_at > began


def _by_decision(job: PrintJob, lines: Sequence[ResultsDecisionLine]) -> Amended:
    """`lines` of one decision that amends lines of this print, or did."""
    decision = lines[0].decision
    at = decision.issued_at if decision.is_issued else decision.withdrawn_at
    assert at is not None  # noqa: S101 - the database keeps it
    by = decision.dated_label if decision.is_issued else f"{decision.label} đã thu hồi"
    row = _row(job, lines, by=by, at=at, what=lambda line: _what(job, line))
    return replace(row, decision=decision)


def _row(
    job: PrintJob,
    lines: Sequence[ResultsDecisionLine],
    *,
    by: str,
    at: datetime,
    what: Callable[[ResultsDecisionLine], str],
) -> Amended:
    students = dict.fromkeys(line.student_id for line in lines)
    names = dict.fromkeys(f"{line.student.full_name} ({line.school_class.name})" for line in lines)
    told = dict.fromkeys(f"{line.student.full_name}: {what(line)}" for line in lines)
    pages = {page for each in students for page in job.places.get(str(each), {}).get("", ())}
    classes = frozenset(line.school_class_id for line in lines)
    return Amended(
        job=job,
        by=by,
        at=at,
        decision=None,
        students=tuple(students),
        classes=classes,
        pupils=tuple(names),
        pages=tuple(sorted(pages)),
        told=tuple(told),
    )


def _what(job: PrintJob, line: ResultsDecisionLine) -> str:
    if not line.decision.is_issued:
        return "quyết định sửa đổi đã thu hồi, nội dung cũ lại có hiệu lực"
    if job.book == PrintJob.Book.CERTIFICATES:
        return (
            "thu hồi giấy khen" if line.is_struck else "giấy khen thay bằng giấy khen theo quyết định sửa đổi"
        )
    return "huỷ nội dung" if line.is_struck else "nội dung đã thay thế"


def _stands_on(job: PrintJob, line: ResultsDecisionLine) -> bool:
    if job.school_class_id not in (None, line.school_class_id):
        return False
    return not job.places or str(line.student_id) in job.places


def _amending_lines(decisions: Iterable[int | None]) -> Mapping[int | None, list[ResultsDecisionLine]]:
    """Of decisions that amend these, those withdrawn since too, by the amended one. One statement."""
    rows = ResultsDecisionLine.objects.filter(replaces__decision__in=decisions).select_related(
        "decision", "student", "school_class", "replaces"
    )
    found: dict[int | None, list[ResultsDecisionLine]] = defaultdict(list)
    for row in rows.order_by("decision__issued_at", "decision", "part", "position"):
        found[row.replaces.decision_id if row.replaces else None].append(row)
    return found


def _reopened_lines(
    decisions: Iterable[int | None],
) -> Mapping[int | None, list[tuple[ResultsDecisionLine, datetime]]]:
    """Lines of these whose result was re-opened and is not decided again in the same way, with when. Two statements."""
    same = {field: OuterRef(field) for field in ("student_id", "school_class_id", *_DECIDED)}
    lines = ResultsDecisionLine.objects.filter(decision__in=decisions, is_struck=False)
    taken_back = YearOutcome.history.filter(
        ~Exists(YearOutcome.objects.filter(**same)),
        history_type="-",
        student_id__in=lines.values("student"),
        school_class_id__in=lines.values("school_class"),
    )
    at = {
        (student, school_class): moment
        for student, school_class, moment in taken_back.order_by("history_date").values_list(
            "student_id", "school_class_id", "history_date"
        )
    }
    found: dict[int | None, list[tuple[ResultsDecisionLine, datetime]]] = defaultdict(list)
    if at:
        rows = lines.filter(Q(student__in={student for student, _class in at}))
        for row in rows.select_related("student", "school_class").order_by("part", "position"):
            if (row.student_id, row.school_class_id) in at:
                found[row.decision_id].append((row, at[row.student_id, row.school_class_id]))
    return found


def _prints_since(decisions: Iterable[int | None]) -> list[PrintJob]:
    """The first comes first. One statement."""
    return list(PrintJob.objects.filter(state=PrintJob.State.DONE, decision__in=decisions).order_by("id"))


def _renews(later: PrintJob, row: Amended) -> bool:
    """Whether it is a print of the same paper, made since, that has the classes of the row."""
    if (later.book, later.decision_id) != (row.job.book, row.job.decision_id):
        return False
    has_them = later.school_class_id in (None, row.job.school_class_id) or row.classes == {
        later.school_class_id
    }
    return has_them and later.started_at is not None and later.started_at > row.at
