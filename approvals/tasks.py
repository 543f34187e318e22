"""«Việc của tôi»: what waits for a person, most urgent first, and all sheets of the year the person answers for.

A constant number of statements, whatever the number of sheets, windows and requests.
"""

from dataclasses import dataclass

from accounts.admin_account import Overdue, overdue_accounts
from accounts.backups import BackupTask, backup_tasks
from accounts.held_powers import powers_of
from accounts.models import User
from accounts.powers import Role
from accounts.start_page import Task, print_tasks
from approvals.contradicted import contradicted_tasks
from approvals.data_tasks import data_tasks
from approvals.inquiry_list import InquiryLine, line_of
from approvals.inspection_tasks import inspection_tasks
from approvals.reconciliation_tasks import reconciliation_tasks
from approvals.reopened_years import reopened_tasks
from approvals.request_tasks import RequestTask, read_requests, request_task
from approvals.sheet_tasks import (
    DeadlineWarning,
    EntryTask,
    GapTask,
    OwnSheet,
    deadline_warnings,
    entry_tasks,
    gap_tasks,
    open_again,
    own_table,
    read_own_sheets,
    with_spans,
)
from approvals.signature_tasks import ReminderNotice, SignatureTask, read_signing
from approvals.to_read import inquiries_to_read
from approvals.years_to_open import years_to_open
from gradebook.class_tasks import ClassTask, class_tasks
from gradebook.decision_tasks import amendment_tasks, decision_tasks
from gradebook.entry_notices import TeamNotice, read_team_notices
from gradebook.lock_notices import LockNotice, read_lock_notices
from gradebook.own_notices import OwnNotice, read_own_notices
from gradebook.regulation import Period
from gradebook.year_end_tasks import supplementary_tasks, year_end_tasks
from students.attendance_overview import attendance_tasks
from students.records_due import RecordTask, record_tasks

MOST_REQUESTS = 20
MOST_INQUIRIES = 10


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
    refs, windows, tallies = read_own_sheets(user)
    sheets = with_spans(user, refs, windows)
    entries = entry_tasks(sheets, tallies)
    again = supplementary_tasks(open_again(user, refs, windows))
    with_gaps = {task.period for task in entries} | ({Period.SUPPLEMENTARY} if again else set())
    requests = read_requests(user, MOST_REQUESTS + 1)
    signing = read_signing(user)
    inquiries = list(
        inquiries_to_read(user).select_related("asker", "team").order_by("asked_at")[: MOST_INQUIRIES + 1]
    )
    return TasksPage(
        entries=entries,
        gaps=gap_tasks(user, sheets, tallies),
        deadlines=deadline_warnings(entries),
        team_notices=read_team_notices(windows, with_gaps),
        lock_notices=read_lock_notices(windows, refs, user),
        requests=tuple(request_task(each, user) for each in requests[:MOST_REQUESTS]),
        has_more_requests=len(requests) > MOST_REQUESTS,
        inquiries=tuple(line_of(each) for each in inquiries[:MOST_INQUIRIES]),
        has_more_inquiries=len(inquiries) > MOST_INQUIRIES,
        own_sheets=own_table(sheets, tallies),
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
