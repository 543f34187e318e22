"""Books as background work: asked for by the clerk, made by a worker, resumed when that worker is killed.

Asking writes the print and its place in the queue in one transaction. A worker holds an advisory lock on the
print while it works, so two never print one book; each start counts as an attempt before anything else is
done, so that a book which kills its worker cannot do so for ever. The queue itself: accounts.background.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from accounts import background, clock, permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from approvals.models import CorrectionRequest
from gradebook.decided_anew import marked_lines
from gradebook.decision_lists import classes_of
from gradebook.decision_rules import DecisionKind, DecisionState
from gradebook.models import ResultsDecision
from gradebook.regulation import NotCovered, Period, check_covered
from gradebook.regulation_2016 import is_old_year
from gradebook.year_rules import rules_of
from reports import print_attempts
from reports.models import PrintBatch, PrintJob
from reports.own_books import nothing_held
from reports.paper_wishes import Of, PaperWish
from reports.papers import seconds_for
from reports.print_attempts import PrintCancelled, Printed, note
from reports.print_help import ask_for_help
from reports.print_moves import OPEN as OPEN_STATES
from reports.sheet_holders import sheets_held
from students.models import Enrolment, Movement, SchoolClass, SchoolYear, Student

WHO_PRINTS: Final = "Chỉ văn thư đặt in sổ và học bạ (kế hoạch, mục IV.3)."
TASK: Final = "print_book"
QUEUE: Final = "prints"
SECONDS_OF_ONE_WISH: Final = 5.0
"""The same person asking for the same open book within this time means the same wish."""
PRINTS: Final = background.Kind(TASK, key="print_id", locks=28)
WHO_SEES_PAPERS: Final = "Báo cáo, danh sách chỉ người được xem mới in được."
LONGEST_TITLE: Final = 200
MOST_NAMED: Final = 6
"""Classes in the title of a decision's print."""
_PAPERS_SEEN_WITH: Final = {
    Of.REPORT: Action.SEE_REPORTS,
    Of.KEPT_REPORT: Action.SEE_REPORTS,
    Of.LIST: Action.SEE_OUTCOMES,
    Of.CORRECTIONS: Action.PRINT_PAPERS,
    Of.PARENT_SLIPS: Action.SEE_SENSITIVE,
    Of.PARENT_LIST: Action.SEE_SENSITIVE,
    Of.CONSENT_SLIPS: Action.SEE_CONSENTS,
}
IN_PARTS: Final = (PrintJob.Book.SLIPS, PrintJob.Book.OWN_BOOK)


class BookRefused(Exception):
    """The book cannot be asked for; `field` names the form's field, the message what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class AlreadyUnderWay(BookRefused):
    """What was asked for is being done: a second click, nothing to mend."""


# -- Asking ------------------------------------------------------------------------------------------------


def ask_for_book(*, book: str, school_class: SchoolClass, period: str, by: User) -> PrintJob:
    """Writes a print and its place in the queue, both or neither; a học bạ is always of the year's end.

    The same book still waiting is given back instead, and so is one that the same person asked for a moment ago
    and a worker has just begun: two clicks make one book. Raises PermissionDenied, BookRefused.
    """
    permissions.require(by, Action.PRINT_BOOKS, WHO_PRINTS)
    if book == PrintJob.Book.TRANSCRIPTS:
        period = Period.YEAR_END
    _check(school_class, book=book)
    what = f"{PrintJob.Book(book).label} lớp {school_class.name}"
    return _ask(_of_a_class(book, school_class, period), what, by=by)


def _of_a_class(book: str, school_class: SchoolClass, period: str) -> dict[str, Any]:
    """Of the class alone: not its part of a batch, of one pupil, of a request."""
    alone = dict.fromkeys(("batch", "student", "correction"))
    return {"book": book, "school_class": school_class, "period": period, **alone}


def ask_for_transcript(student: Student, *, school_class: SchoolClass, by: User) -> PrintJob:
    """The same for the học bạ of one pupil up to the year of a class where the pupil sits.

    Raises PermissionDenied, BookRefused.
    """
    permissions.require(by, Action.PRINT_BOOKS, WHO_PRINTS)
    check_covered_class(school_class, book=PrintJob.Book.TRANSCRIPTS)
    if not Enrolment.objects.filter(school_class=school_class, student=student).exists():
        raise BookRefused("student", f"Em {student.full_name} không có tên ở lớp {school_class.name}.")
    wanted = _of_a_class(PrintJob.Book.TRANSCRIPTS, school_class, Period.YEAR_END) | {"student": student}
    return _ask(wanted, f"học bạ của em {student.full_name}, lớp {school_class.name}", by=by)


def ask_for_slips(
    *, school_class: SchoolClass, period: str, student: Student | None = None, by: User
) -> PrintJob:
    """The same for the slips of a class's pupils at a period, or of one: by the clerk or the class's homeroom teacher.

    Raises PermissionDenied, BookRefused.
    """
    why = "Phiếu kết quả do văn thư hoặc giáo viên chủ nhiệm của lớp in."
    permissions.require(by, Action.PRINT_SLIPS, why, school_class=school_class)
    _check(school_class)
    wanted = _of_a_class(PrintJob.Book.SLIPS, school_class, period)
    if student is None:
        return _ask(wanted, f"phiếu kết quả lớp {school_class.name}", by=by)
    if not Enrolment.objects.roster(school_class).filter(student=student).exists():
        raise BookRefused("student", f"Em {student.full_name} không còn ở lớp {school_class.name}.")
    what = f"phiếu kết quả của em {student.full_name}, lớp {school_class.name}"
    return _ask(wanted | {"student": student}, what, by=by)


def ask_for_own_books(
    teachers: Sequence[User], *, year: SchoolYear, period: Period, by: User
) -> list[PrintJob]:
    """The same for own books of teachers, one print each, all or none: by the clerk, or a teacher for the own one.

    Raises PermissionDenied, BookRefused.
    """
    why = "Sổ THKQGD cá nhân do văn thư in; thầy cô chỉ in được sổ của mình."
    for teacher in teachers:
        permissions.require(by, Action.PRINT_OWN_BOOK, why, owner_id=teacher.pk)
    only = teachers[0] if len(teachers) == 1 else None
    holders = {held.teacher.pk for held in sheets_held(year, period, teacher=only)}
    for teacher in teachers:
        if teacher.pk not in holders:
            raise BookRefused("whom", nothing_held(teacher, period))
    wanted = {"book": PrintJob.Book.OWN_BOOK, "school_year": year, "period": period}
    with transaction.atomic():
        return [
            _ask(wanted | {"teacher": each}, f"sổ THKQGD cá nhân của {each.full_name}", by=by)
            for each in teachers
        ]


def ask_for_reprint(
    request: CorrectionRequest, *, book: str, school_class: SchoolClass, period: str, by: User
) -> PrintJob:
    """Only those pages of a book that a request has changed, to be put in the place of the old ones (rule R55).

    Raises PermissionDenied, BookRefused.
    """
    permissions.require(by, Action.PRINT_BOOKS, WHO_PRINTS)
    _check(school_class, book=book)
    pupils = Enrolment.objects.roster(school_class).values("student")
    if not request.items.filter(student__in=pupils).exists():
        raise BookRefused(
            "school_class", f"Các em trong phiếu không còn ở lớp {school_class.name}: in lại cả sổ."
        )
    wanted = _of_a_class(book, school_class, period) | {"correction": request}
    return _ask(
        wanted,
        f"trang thay theo phiếu {request.label}: {PrintJob.Book(book).label} lớp {school_class.name}",
        by=by,
    )


def ask_for_pack(movement: Movement, *, by: User) -> PrintJob:
    """The same for the transfer pack of a pupil who goes to another school; `movement` comes with pupil and class.

    Raises PermissionDenied, BookRefused.
    """
    permissions.require(by, Action.PRINT_BOOKS, "Hồ sơ chuyển trường do văn thư in.")
    school_class = movement.from_class
    if school_class is None or not movement.has_transfer_pack:
        raise BookRefused("movement", "Chỉ biến động «Chuyển đi» còn hiệu lực mới có hồ sơ chuyển trường.")
    check_covered_class(school_class)
    wanted = {"book": PrintJob.Book.TRANSFER_PACK, "school_class": school_class, "movement": movement}
    what = f"hồ sơ chuyển trường của em {movement.student.full_name}"
    return _ask(wanted | {"period": Period.YEAR_END}, what, by=by)


def ask_for_paper(
    decision: ResultsDecision, *, book: str, school_class: SchoolClass | None = None, by: User
) -> PrintJob:
    """The same for a decision on results, draft or issued, or for the certificates that follow from one.

    Certificates may be those of one class. Raises PermissionDenied, BookRefused.
    """
    permissions.require(by, Action.PRINT_PAPERS, "Quyết định, giấy khen do văn thư, Ban giám hiệu in.")
    if decision.state == DecisionState.DROPPED:
        raise BookRefused("decision", "Dự thảo này đã bỏ, không in.")
    if book == PrintJob.Book.CERTIFICATES:
        _check_certificates(decision, school_class)
    listed = _listed_classes(decision)
    if school_class is None:
        school_class = listed[0] if len(listed) == 1 else decision.school_class
    wanted = {
        "book": book,
        "decision": decision,
        "school_class": school_class,
        "period": Period.YEAR_END,
        "paper_title": "" if school_class else _in_words(listed, of=decision),
    }
    return _ask(wanted, f"{PrintJob.Book(book).label}: {decision}", by=by)


def _listed_classes(decision: ResultsDecision) -> list[SchoolClass]:
    """Those with a pupil on its lists, in order; of a draft, whose lists may change, none."""
    listed = SchoolClass.objects.filter(pk__in=decision.lines.values("school_class"))
    return list(listed.select_related("year").order_by("grade_level", "name"))


def _in_words(listed: Sequence[SchoolClass], *, of: ResultsDecision) -> str:
    """«lớp 2A, 2B»; «12 lớp» where they are many; "" of none, and of all in the decision's scope."""
    if not listed or len(listed) == len(classes_of(of)):
        return ""
    if len(listed) > MOST_NAMED:
        return f"{len(listed)} lớp"
    return f"lớp {', '.join(each.name for each in listed)}"


def ask_for_report(wish: PaperWish, *, year: SchoolYear, title: str, by: User) -> PrintJob:
    """The same for a report or list that is too long to be drawn while its reader waits, as its asker sees it.

    While it is open, begun or not, it is given back. Raises PermissionDenied.
    """
    wanted = {
        "book": PrintJob.Book.REPORT,
        "school_year": year,
        "period": Period.YEAR_END,
        "paper": wish.plain(),
        "paper_title": title[:LONGEST_TITLE],
    }
    permissions.require_anywhere(by, _PAPERS_SEEN_WITH[Of(wish.of)], WHO_SEES_PAPERS)
    return _ask(wanted, f"{title[:1].lower()}{title[1:]}", by=by)


def _check_certificates(decision: ResultsDecision, school_class: SchoolClass | None) -> None:
    """A certificate names the number and the day of a decision that is in force."""
    if decision.kind != DecisionKind.AWARDS or not decision.is_issued:
        raise BookRefused(
            "decision", "Giấy khen chỉ in theo quyết định khen thưởng Hiệu trưởng đã ban hành, còn hiệu lực."
        )
    if school_class is not None and not decision.lines.filter(school_class=school_class).exists():
        raise BookRefused("school_class", f"Lớp {school_class.name} không có em nào trong quyết định này.")
    lines = [
        line
        for line in marked_lines(decision)
        if school_class is None or line.school_class.pk == school_class.pk
    ]
    if all(line.since or line.is_struck for line in lines):
        raise BookRefused(
            "decision",
            "Kết quả của các em đã mở lại sau khi ban hành, không còn đúng như quyết định này: in giấy khen theo quyết "
            "định mới.",
        )


def _ask(wanted: dict[str, Any], what: str, *, by: User) -> PrintJob:
    """`what` in words for the history."""
    with transaction.atomic():
        _hold(wanted)
        # A report tells at its head when it was read, so one that is being drawn will do; of a book values may have
        # changed since it was begun.
        is_same = Q(state__in=OPEN_STATES) if wanted.get("paper") else _not_begun() | _just_asked(by)
        same = PrintJob.objects.filter(is_same, **wanted).first()
        if same is not None:
            return same
        job = PrintJob(**wanted, asked_by=by)
        action, thing = asked_with(job)
        with acting(by, role=permissions.capacity(by, action, **thing), source=Source.PAGE) as act:
            job.save(force_insert=True)
            PRINTS.enqueue(job.pk)
            act.says(f"Đặt in {what}", thing=f"print_job:{job.pk}")
        return job


def asked_with(job: Printed) -> tuple[Action, dict[str, Any]]:
    """The power that such a print is asked for with, and over what; a print comes with its class."""
    if isinstance(job, PrintBatch):
        return Action.PRINT_BOOKS, {}
    if job.book == PrintJob.Book.REPORT:
        return _PAPERS_SEEN_WITH[Of(job.paper["of"])], {}
    if job.book == PrintJob.Book.OWN_BOOK:
        return Action.PRINT_OWN_BOOK, {"owner_id": job.teacher_id}
    if job.book == PrintJob.Book.SLIPS:
        return Action.PRINT_SLIPS, {"school_class": job.school_class}
    return (Action.PRINT_PAPERS if job.decision_id else Action.PRINT_BOOKS), {}


def _hold(wanted: dict[str, Any]) -> None:
    """Two wishes for one print come one after the other."""
    if wanted.get("decision") is not None:
        ResultsDecision.objects.select_for_update(no_key=True).get(pk=wanted["decision"].pk)
    elif wanted.get("teacher") is not None:
        User.objects.select_for_update(no_key=True).get(pk=wanted["teacher"].pk)
    elif wanted.get("paper"):
        SchoolYear.objects.select_for_update(no_key=True).get(pk=wanted["school_year"].pk)
    else:
        SchoolClass.objects.select_for_update(no_key=True).get(pk=wanted["school_class"].pk)


def _not_begun() -> Q:
    return Q(state=PrintJob.State.WAITING, attempts=0)


def _just_asked(by: User) -> Q:
    moment_ago = Now() - timedelta(seconds=SECONDS_OF_ONE_WISH)
    return Q(asked_by=by, state__in=OPEN_STATES, asked_at__gte=moment_ago)


def check_covered_class(school_class: SchoolClass, *, book: str = "") -> None:
    """Học bạ have pages for the years of Thông tư 22/2016 too. Raises BookRefused."""
    is_old = is_old_year(school_class.year_id, school_class.grade_level)
    if book == PrintJob.Book.TRANSCRIPTS and is_old:
        return
    try:
        check_covered(school_class.year_id, school_class.grade_level, rules=rules_of(school_class.year))
    except NotCovered as problem:
        raise BookRefused("school_class", str(problem)) from problem


def _check(school_class: SchoolClass, *, book: str = "") -> None:
    check_covered_class(school_class, book=book)
    if not Enrolment.objects.roster(school_class).exists():
        raise BookRefused(
            "school_class",
            f"Lớp {school_class.name} năm học {school_class.year.label} chưa có học sinh. "
            "Nạp danh sách lớp trước khi in.",
        )


# -- Working -----------------------------------------------------------------------------------------------


def run_job(print_id: int, *, should_stop: Callable[[], bool] = lambda: False) -> None:
    """Makes the book of a print, from the start or from where a killed worker left it.

    Pages already drawn are kept and not drawn again. Ends with the book whole, checked and published, or with
    the print saying why not; a print that is over is left alone. Raises InOtherHands when another worker has it,
    PrintInterrupted when `should_stop`, PrintGivenUp after the last attempt; any other error means: try again.
    """
    with PRINTS.alone_with(print_id):
        job = PrintJob.objects.select_related(
            *("school_class__year", "student", "batch"),
            *("movement__student", "movement__year", "movement__from_class__year"),
            *("decision__year", "decision__school_class", "decision__issued_by", "correction"),
            *("teacher", "school_year", "asked_by"),
        ).get(pk=print_id)
        if print_attempts.begin(job, pupils_done=0):
            with print_attempts.Attempt(job):
                _make(job, should_stop)


def _make(job: PrintJob, should_stop: Callable[[], bool]) -> None:
    # Only here, so that the web server does not load the typesetter (40 MB a process).
    from reports import (  # noqa: PLC0415
        book_binding,
        decision_binding,
        pack_binding,
        parts_binding,
        report_binding,
    )
    from reports.printed_parts import keep_parts  # noqa: PLC0415 - as above

    binding: Any = book_binding
    if job.decision is not None:
        binding = decision_binding
    elif job.is_pack:
        binding = pack_binding
    elif job.book == PrintJob.Book.REPORT:
        binding = report_binding
    elif job.book in IN_PARTS:
        binding = parts_binding
    manuscript = binding.read_manuscript(job)
    progress = print_attempts.ProgressNotes(job)
    note(job, pupils_asked=manuscript.pupils, lines_printed=manuscript.lines)
    if job.book == PrintJob.Book.TRANSCRIPTS:
        ask_for_help(job, manuscript)
    stop_if_asked = print_attempts.stopping(should_stop)
    parts = binding.draw_pages(manuscript, progressed=progress.heard, stop_if_asked=stop_if_asked)
    name = f"books/{job.pk}.pdf"
    bound = binding.bind(manuscript, parts, name=name)
    done = {
        "state": PrintJob.State.DONE,
        "pupils_done": manuscript.pupils,
        "pages": bound.pages,
        "places": bound.places,
        "file": name,
        "content_hash": manuscript.content_hash,
        "print_code": manuscript.print_code,
        "audit_code": manuscript.audit_code,
        "is_preview": manuscript.is_preview,
        **manuscript.lacks,
        "finished_at": Now(),
        "failure": "",
    }
    try:
        with transaction.atomic():
            note(job, **done)
            keep_parts(job, manuscript.parts)
    except PrintCancelled:
        default_storage.delete(name)
        raise


def resume_stalled() -> list[int]:
    """The prints of dead workers, and those that have lost their place in the queue."""
    return print_attempts.resume_stalled(PRINTS, PrintJob, lost=Q())


# -- How far it is -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    """A print as its page shows it. `phase`: asleep (no worker runs at all), waiting, running, done, failed,
    cancelled.
    """

    job: PrintJob
    phase: str
    seconds_left: int | None

    @property
    def is_open(self) -> bool:
        return self.phase in ("asleep", "waiting", "running")

    @property
    def time_left(self) -> str:
        """The time left in words; "" while nothing can be said."""
        return "" if self.seconds_left is None else in_words(self.seconds_left)

    @property
    def seconds_taken(self) -> int | None:
        """How long the attempt that made the book took, at least one second."""
        if self.job.started_at is None or self.job.finished_at is None:
            return None
        return max(1, round((self.job.finished_at - self.job.started_at).total_seconds()))


def in_words(seconds: int) -> str:
    return f"{seconds} giây" if seconds < 90 else f"{round(seconds / 60)} phút"


def with_life(prints: QuerySet[PrintJob]) -> QuerySet[PrintJob]:
    """Adds `is_in_hand`: whether a worker that is alive has the print now."""
    return prints.annotate(is_in_hand=PRINTS.in_live_hands())


def progress_of(job: PrintJob, *, worker_is_alive: bool) -> Progress:
    """`job` comes from `with_life`. Says "running" only of a print that somebody alive has in hand."""
    if job.state not in OPEN_STATES:
        return Progress(job, job.state, None)
    if job.state == PrintJob.State.RUNNING and job.is_in_hand:  # type: ignore[attr-defined]
        return Progress(job, "running", _seconds_left(job))
    return Progress(job, "waiting" if worker_is_alive else "asleep", None)


def _seconds_left(job: PrintJob) -> int | None:
    """A report is drawn in one go, so by the number of its lines."""
    if job.started_at is None:
        return None
    spent = (clock.stamp() - job.started_at).total_seconds()
    if job.paper and job.lines_printed:
        return max(1, round(seconds_for(job.lines_printed) - spent))
    if not job.pupils_asked or not job.pupils_done:
        return None
    return max(1, round(spent / job.pupils_done * (job.pupils_asked - job.pupils_done)))
