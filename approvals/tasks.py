"""«Việc của tôi»: what waits for a person, most urgent first, and all sheets of the year the person answers for.

A constant number of statements, whatever the number of sheets, windows and requests.
"""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from django.db.models import F
from django.urls import reverse
from django.utils.timezone import localdate, localtime

from accounts import permissions
from accounts.admin_account import Overdue, overdue_accounts
from accounts.backups import BackupTask, backup_tasks
from accounts.held_powers import powers_of
from accounts.models import User
from accounts.powers import Action, Role
from accounts.start_page import Task, print_tasks
from approvals.contested_cells import with_standing
from approvals.contradicted import contradicted_tasks
from approvals.data_tasks import data_tasks
from approvals.inquiry_list import InquiryLine, line_of
from approvals.inspection_tasks import inspection_tasks
from approvals.models import CorrectionRequest
from approvals.pending_corrections import gaps_asked_for
from approvals.reconciliation_tasks import reconciliation_tasks
from approvals.registers import register_of
from approvals.reopened_years import reopened_tasks
from approvals.request_pages import STATE_ICONS, STATE_KINDS, is_overdue
from approvals.signature_tasks import ReminderNotice, SignatureTask, read_signing
from approvals.to_read import inquiries_to_read, requests_to_read
from approvals.workflow import WRITABLE, State
from approvals.years_to_open import years_to_open
from gradebook.class_lines import lines_of_classes
from gradebook.class_tasks import ClassTask, class_tasks
from gradebook.deadlines import is_near, time_left, warning_kind
from gradebook.decision_tasks import amendment_tasks, decision_tasks
from gradebook.entry_notices import TeamNotice, read_team_notices, with_team_notices
from gradebook.late_comers import absent_at
from gradebook.lock_notices import LockNotice, read_lock_notices, with_lock_orders
from gradebook.models import EntryWindow, SubjectLine
from gradebook.own_notices import OwnNotice, read_own_notices
from gradebook.progress import Counts, Tally, count_entered, tally_of, with_pupil_counts
from gradebook.regulation import Period
from gradebook.scopes import place_of
from gradebook.sheets import SheetRef
from gradebook.spans import Span, longest_open, spans_at, with_cuts
from gradebook.year_end_tasks import supplementary_tasks, year_end_tasks
from students.attendance_overview import attendance_tasks
from students.models import SchoolClass
from students.records_due import RecordTask, record_tasks

Tallies: TypeAlias = Callable[[SheetRef], Tally]

MOST_REQUESTS = 20
MOST_INQUIRIES = 10

_WHAT_TO_DO = {
    State.DRAFT: "Ghi lí do, kèm minh chứng rồi gửi",
    State.FILED: "Xem minh chứng và phê chuẩn",
    State.RETURNED: "Bổ sung theo yêu cầu rồi gửi lại",
    State.AWAITING: "Đồng ý hoặc không, vì kết quả của lớp đã phê duyệt",
    State.APPROVED: "Ghi giá trị đã phê chuẩn vào sổ",
}
MAY_OPINE = "Có thể ghi ý kiến của tổ (không bắt buộc)"
OUTDATED_OWN = (
    "Giá trị đã đổi từ khi lập phiếu: huỷ phiếu, còn cần sửa thì lập phiếu mới theo giá trị đang lưu"
)
OUTDATED = "Giá trị đã đổi từ khi lập phiếu, không phê chuẩn được: từ chối để giáo viên lập phiếu mới"
_ANSWERED = {
    State.AWAITING: "Phó Hiệu trưởng đã phê chuẩn, còn chờ Hiệu trưởng đồng ý: mở phiếu để xem",
    State.APPROVED: "Đã phê chuẩn, văn thư sẽ ghi vào sổ: mở phiếu để xem",
    State.REFUSED: "Đọc lí do từ chối",
    State.APPLIED: "Đã ghi vào sổ: mở phiếu để xem",
}
CANCELLED = "Người lập đã huỷ phiếu sau khi được phê chuẩn: mở phiếu để đọc lí do"


@dataclass(frozen=True, slots=True)
class EntryTask:
    """An open sheet that still lacks cells."""

    title: str
    period: Period
    url: str
    tally: Tally
    closes_at: datetime.datetime
    closes_label: str
    left: datetime.timedelta

    @property
    def time_left(self) -> str:
        return time_left(self.left)

    @property
    def kind(self) -> str:
        return warning_kind(self.left)

    @property
    def due_on(self) -> datetime.date:
        return localdate(self.closes_at)


@dataclass(frozen=True, slots=True)
class GapTask:
    """An own sheet that was locked with empty cells, or emptied by a correction since: only a request fills them.

    `asked`: how many of the empty cells requests of this person that are still to be carried out would fill.
    """

    title: str
    period: Period
    url: str
    tally: Tally
    asked: int

    @property
    def to_do(self) -> str:
        if self.asked >= self.tally.missing:
            return "Đã có phiếu đề nghị sửa của thầy cô cho các ô trống, đang chờ"
        if self.asked:
            return (
                f"Phiếu đề nghị sửa của thầy cô đang chờ ghi {self.asked} ô; {self.tally.missing - self.asked} ô còn "
                "lại thì lập phiếu"
            )
        return "Sổ đã khoá: lập phiếu đề nghị sửa để ghi giá trị còn thiếu"

    @property
    def word(self) -> str:
        return f"Thiếu {self.tally.missing} ô"


@dataclass(frozen=True, slots=True)
class DeadlineWarning:
    """The lock is three days off or less, and these sheets of the person have gaps."""

    period: Period
    left: datetime.timedelta
    closes_label: str
    sheets: int
    missing: int

    @property
    def time_left(self) -> str:
        return time_left(self.left)

    @property
    def kind(self) -> str:
        return warning_kind(self.left)


@dataclass(frozen=True, slots=True)
class RequestTask:
    """A request whose next move is this person's, or the person's own one with an answer to read."""

    title: str
    to_do: str
    url: str
    state: State
    kind: str
    icon: str
    proposer: str
    cells: int
    since: datetime.datetime
    note: str
    due_on: datetime.date | None = None
    is_overdue: bool = False
    is_outdated: bool = False
    is_contested: bool = False
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class OwnCell:
    """One own sheet at one period."""

    period: Period
    url: str
    tally: Tally
    word: str
    kind: str

    @property
    def shows_tally(self) -> bool:
        """A period that has not begun says nothing by its zeros."""
        return self.kind != "neutral" or self.tally.entered > 0


@dataclass(frozen=True, slots=True)
class OwnSheet:
    title: str
    cells: tuple[OwnCell, ...]


@dataclass(frozen=True, slots=True)
class TasksPage:
    entries: tuple[EntryTask, ...]
    gaps: tuple[GapTask, ...]
    requests: tuple[RequestTask, ...]
    has_more_requests: bool
    inquiries: tuple[InquiryLine, ...]
    has_more_inquiries: bool
    own_sheets: tuple[OwnSheet, ...]
    overdue_accounts: tuple[Overdue, ...] = ()
    backups: tuple[BackupTask, ...] = ()
    attendance: tuple[Task, ...] = ()
    records: tuple[RecordTask, ...] = ()
    classes: tuple[ClassTask, ...] = ()
    year_end: tuple[Task, ...] = ()
    decisions: tuple[Task, ...] = ()
    years: tuple[Task, ...] = ()
    signatures: tuple[SignatureTask, ...] = ()
    waits_for_duties: bool = False
    notices: tuple[OwnNotice, ...] = ()
    deadlines: tuple[DeadlineWarning, ...] = ()
    team_notices: tuple[TeamNotice, ...] = ()
    lock_notices: tuple[LockNotice, ...] = ()
    signing_reminders: tuple[ReminderNotice, ...] = ()
    inspections: tuple[Task, ...] = ()
    figures: tuple[Task, ...] = ()
    personal_data: tuple[Task, ...] = ()
    prints: tuple[Task, ...] = ()

    @property
    def of_the_year_end(self) -> tuple[Task, ...]:
        """Under one heading: the steps of the classes, then the papers."""
        return (*self.year_end, *self.decisions)

    @property
    def is_idle(self) -> bool:
        return not (
            self.entries
            or self.gaps
            or self.requests
            or self.inquiries
            or self.overdue_accounts
            or self.backups
            or self.attendance
            or self.records
            or self.classes
            or self.of_the_year_end
            or self.years
            or self.signatures
            or self.inspections
            or self.figures
            or self.personal_data
            or self.prints
        )


def read_tasks(user: User) -> TasksPage:
    """One statement each for requests, inquiries, inspections and monthly checks; four for sheets if the person has
    any; up to five for substitutions and grants of the day; two for the decisions that wait for the principal. Of
    principal and clerk two for the years to open and to close again, two for their work on personal data; of the clerk
    one for the backups and three for what is to be printed again, more where something is.

    Seven more for the records, the year's end, the handovers to receive and the slips of whoever leads a class, two for
    a leader's classes at the year's end; one for the records of all classes until they are overdue, then four; three
    for classes that nobody leads, eleven for the books to sign of those who hold any, one more where a signature is
    owed.
    """
    refs, windows, tallies = _own_sheets(user)
    sheets = _with_spans(user, refs, windows)
    entries = _entries(sheets, tallies)
    again = supplementary_tasks(_open_again(user, refs, windows))
    with_gaps = {task.period for task in entries} | ({Period.SUPPLEMENTARY} if again else set())
    requests = _requests(user)
    signing = read_signing(user)
    inquiries = list(
        inquiries_to_read(user).select_related("asker", "team").order_by("asked_at")[: MOST_INQUIRIES + 1]
    )
    return TasksPage(
        entries=entries,
        gaps=_gaps(user, sheets, tallies),
        deadlines=_deadlines(entries),
        team_notices=read_team_notices(windows, with_gaps),
        lock_notices=read_lock_notices(windows, refs, user),
        requests=tuple(_request_task(each, user) for each in requests[:MOST_REQUESTS]),
        has_more_requests=len(requests) > MOST_REQUESTS,
        inquiries=tuple(line_of(each) for each in inquiries[:MOST_INQUIRIES]),
        has_more_inquiries=len(inquiries) > MOST_INQUIRIES,
        own_sheets=_own_table(sheets, tallies),
        overdue_accounts=tuple(overdue_accounts(user)),
        backups=tuple(backup_tasks(user)),
        attendance=tuple(attendance_tasks(user)),
        notices=tuple(read_own_notices(user)),
        waits_for_duties=powers_of(user).roles == {Role.STAFF},
        records=tuple(record_tasks(user)),
        classes=tuple(class_tasks(user)),
        signatures=signing.tasks,
        signing_reminders=signing.reminders,
        year_end=(
            *contradicted_tasks(user),
            *amendment_tasks(user),
            *year_end_tasks(user),
            *again,
        ),
        decisions=tuple(decision_tasks(user)),
        years=(*years_to_open(user), *reopened_tasks(user)),
        inspections=tuple(inspection_tasks(user)),
        figures=tuple(reconciliation_tasks(user)),
        personal_data=tuple(data_tasks(user)),
        prints=tuple(print_tasks(user)),
    )


def _own_sheets(user: User) -> tuple[list[SheetRef], list[Any], Tallies]:
    """Every sheet of the year that the person answers for today, at every period, and how far each is.

    By class; in a class in the order of the books, the homeroom sheet last.
    """
    powers = powers_of(user)
    class_ids = powers.taught_classes | powers.homeroom_classes
    if not class_ids:
        return [], [], partial(tally_of, counts=Counts())
    classes = {each.pk: each for each in with_pupil_counts(SchoolClass.objects.filter(pk__in=class_ids))}
    lines = lines_of_classes(powers.taught_classes)
    pairs: list[tuple[SchoolClass, SubjectLine | None]] = [
        *(
            (classes[class_id], line)
            for class_id, own in lines.items()
            for line in own
            if (class_id, line.pk) in powers.taught
        ),
        *((classes[class_id], None) for class_id in powers.homeroom_classes),
    ]
    pairs.sort(key=_place_in_the_books)
    year = max((each.year for each in classes.values()), key=lambda each: each.year)
    of_years = EntryWindow.objects.filter(year__in={each.year_id for each in classes.values()})
    windows = list(with_lock_orders(with_team_notices(with_cuts(of_years), user), user))
    refs = [SheetRef(school_class, line, period) for school_class, line in pairs for period in Period]
    absent = absent_at(classes.values(), windows)
    counts = count_entered(year, class_ids, absent=absent)
    return refs, windows, partial(tally_of, counts=counts, absent=absent)


def _open_again(
    user: User, refs: Iterable[SheetRef], windows: Sequence[Any]
) -> dict[SheetRef, datetime.date]:
    """The own sheets of the supplementary assessment that are open, with the day of their lock."""
    again = [
        SheetRef(ref.school_class, ref.line, Period.SUPPLEMENTARY)
        for ref in refs
        if ref.period is Period.YEAR_END
    ]
    return {
        ref: localdate(span.closes_at)
        for ref, spans in _with_spans(user, again, windows)
        if (span := longest_open(spans)) is not None
    }


def _place_in_the_books(pair: tuple[SchoolClass, SubjectLine | None]) -> tuple[int, str, bool, int]:
    school_class, line = pair
    return school_class.grade_level, school_class.name, line is None, line.line.position if line else 0


def _with_spans(
    user: User, refs: Iterable[SheetRef], windows: Sequence[Any]
) -> list[tuple[SheetRef, list[Span]]]:
    """Each sheet with the windows as they are for it; a personal one of this person's counts."""
    found = []
    for ref in refs:
        of_period = [window for window in windows if window.period == ref.period]
        found.append((ref, spans_at(of_period, place_of(ref.school_class, ref.code, {user.pk}))))
    return found


def _entries(sheets: Iterable[tuple[SheetRef, list[Span]]], tallies: Tallies) -> tuple[EntryTask, ...]:
    """Open sheets with cells to fill: the earliest lock first, then by class and in the order of the books."""
    found = []
    for ref, spans in sheets:
        span = longest_open(spans)
        tally = tallies(ref)
        if span is not None and not tally.is_complete:
            found.append(
                EntryTask(
                    title=ref.title,
                    period=ref.period,
                    url=_sheet_url(ref),
                    tally=tally,
                    closes_at=span.closes_at,
                    closes_label=span.closes_label,
                    left=span.closes_at - span.asked_at,
                )
            )
    return tuple(sorted(found, key=lambda task: task.closes_at))


def _gaps(user: User, sheets: Iterable[tuple[SheetRef, list[Span]]], tallies: Tallies) -> tuple[GapTask, ...]:
    """Locked sheets with empty cells, in the order of the books; not those that open again on a set day.

    One statement, none where nothing is missing.
    """
    behind = [
        ref
        for ref, spans in sheets
        if _is_locked(spans) and not tallies(ref).is_complete and not any(span.is_to_come for span in spans)
    ]
    asked = Counter(gaps_asked_for(user)) if behind else Counter()
    return tuple(
        GapTask(
            title=ref.title,
            period=ref.period,
            url=_sheet_url(ref),
            tally=tallies(ref),
            asked=asked[ref.school_class.pk, ref.line.pk if ref.line else None, ref.period.value],
        )
        for ref in behind
    )


def _is_locked(spans: Sequence[Span]) -> bool:
    return not longest_open(spans) and any(span.is_past for span in spans)


def _deadlines(entries: Iterable[EntryTask]) -> tuple[DeadlineWarning, ...]:
    """One warning for each period and hour of locking that is near; none for who has filled everything."""
    near: dict[tuple[Period, str], list[EntryTask]] = {}
    for task in entries:
        if is_near(task.left):
            near.setdefault((task.period, task.closes_label), []).append(task)
    return tuple(
        DeadlineWarning(period, tasks[0].left, label, len(tasks), sum(task.tally.missing for task in tasks))
        for (period, label), tasks in near.items()
    )


def _own_table(sheets: Sequence[tuple[SheetRef, list[Span]]], tallies: Tallies) -> tuple[OwnSheet, ...]:
    """Every own sheet at all periods, which follow one another in `sheets`."""
    size = len(Period)
    rows = [sheets[start : start + size] for start in range(0, len(sheets), size)]
    return tuple(
        OwnSheet(row[0][0].title, tuple(_own_cell(ref, spans, tallies) for ref, spans in row)) for row in rows
    )


def _own_cell(ref: SheetRef, spans: Sequence[Span], tallies: Tallies) -> OwnCell:
    word, kind = "Chưa mở", "neutral"
    if longest_open(spans):
        word, kind = "Đang mở", "open"
    elif _is_locked(spans):
        word, kind = "Đã khoá", "locked"
    return OwnCell(ref.period, _sheet_url(ref), tallies(ref), word, kind)


def _sheet_url(ref: SheetRef) -> str:
    return reverse("gradebook:sheet", args=[ref.school_class.pk, ref.code, ref.period.value])


def _requests(user: User) -> list[CorrectionRequest]:
    """What is due first, then what waits longest; one more than is shown, to know whether there are others."""
    found = with_standing(
        requests_to_read(user).select_related("school_class__year", "line", "proposer").with_cells()
    )
    return list(found.order_by(F("due_on").asc(nulls_last=True), "filed_at", "id")[: MOST_REQUESTS + 1])


def _request_task(request: Any, user: User) -> RequestTask:
    register = register_of(request)
    state = State(request.state)
    is_own = request.proposer_id == user.pk
    is_news = is_own and state in _ANSWERED and not request.is_outdated
    # Who may only say something, reads an answer or is free to cancel has no day to keep: it is that of the next one.
    is_optional = _is_optional(request, state, user)
    has_a_day = state in WRITABLE if is_own else not is_optional
    return RequestTask(
        title=f"Phiếu {request.label} · {register.title} · {register.moment}",
        to_do=_ANSWERED[state] if is_news else _to_do(request, state, user),
        url=reverse("approvals:request", args=[request.pk]),
        state=state,
        kind=STATE_KINDS[state],
        icon=STATE_ICONS[state],
        proposer=request.proposer.full_name,
        cells=request.cells,
        since=localtime(_since(request)),
        note=_task_note(request, state),
        due_on=request.due_on if has_a_day else None,
        is_overdue=has_a_day and is_overdue(request),
        is_outdated=request.is_outdated,
        is_contested=request.is_contested,
        is_optional=is_optional,
    )


def _to_do(request: Any, state: State, user: User) -> str:
    """A vice-principal decides; the head of the tổ, who is told of it too, may say something. Nobody goes on with one
    in which a value has moved on."""
    if state == State.CANCELLED:
        return CANCELLED
    if request.is_outdated:
        return OUTDATED_OWN if request.proposer_id == user.pk else OUTDATED
    return MAY_OPINE if _is_optional(request, state, user) else _WHAT_TO_DO[state]


def _is_optional(request: Any, state: State, user: User) -> bool:
    """Whether it stands among the tasks for an opinion alone, which nobody has to give."""
    return (
        state == State.FILED
        and request.proposer_id != user.pk
        and not permissions.may(user, Action.DECIDE_REQUEST)
    )


def _since(request: Any) -> datetime.datetime:
    returned = request.returned_at if request.state == State.RETURNED else None
    return (
        returned
        or request.applied_at
        or request.consent_at
        or request.decided_at
        or request.filed_at
        or request.created_at
    )


def _task_note(request: Any, state: State) -> str:
    """What the proposer has to read."""
    if state == State.RETURNED:
        return request.return_note
    if state == State.CANCELLED:
        return request.cancel_note
    return (request.consent_note or request.decision_note) if state == State.REFUSED else ""
