"""Who may open what: one complete table, page by page, person by person (design.md, section 4).

A URL that is not in PAGES fails the suite. Cô Lan teaches Toán in 4A and is its homeroom teacher; the page or the thing
asked for is always 4A's, or Lan's own. Thầy Minh and cô Ngọc belong elsewhere; cô Thu teaches another line in 4A.

`allowed` is written out by hand and compared with the table that decides (accounts/powers.py): each checks the other.
Pages about a class are asked for again with another teacher's class and with one that was Lan's last year.
"""

import datetime
import pickle
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import pytest_django
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts import clock, confirmation, idle_lock
from accounts.models import (
    AccessLogEntry,
    Grant,
    GroupMembership,
    SignedInSession,
    Team,
    TrainingRecord,
    User,
)
from accounts.powers import RULES, Action, Role, Whose
from accounts.training import record_training
from approvals.announcements import Told, tell
from approvals.data_incidents import Found, record_incident
from approvals.data_incidents import Told as ToldOfIncident
from approvals.data_purposes import begin_register
from approvals.data_requests import Asked, record_request
from approvals.data_rules import RequestKind
from approvals.findings import note
from approvals.inquiries import Place, ask
from approvals.inquiry_workflow import Desk
from approvals.inspections import Wanted, open_inspection
from approvals.models import (
    Announcement,
    CorrectionRequest,
    DataIncident,
    DataRequest,
    Evidence,
    Finding,
    Inquiry,
    Inspection,
    KeptDocument,
    ProcessingPurpose,
    ReconciliationReply,
    ReconciliationRound,
    StaffDecision,
)
from approvals.reconciliations import open_round
from approvals.staff_decisions import Decision, record_decision
from gradebook.comment_bank import shipped
from gradebook.models import (
    BankComment,
    Commendation,
    EntryNotice,
    EntryOrder,
    ResultsDecision,
    RollOver,
    SubjectLine,
    TeachingAssignment,
)
from gradebook.regulation import Period
from reports.models import DataArchive, KeptReport, PrintBatch, PrintJob, SyncBatch
from students.models import (
    CalendarEntry,
    Enrolment,
    HomeroomAssignment,
    RosterRun,
    RosterUpload,
    SchoolClass,
    SchoolYear,
    Student,
    proposed_rule_set,
)
from tests.approvals.kept import the_board, the_plan
from tests.approvals.papers import draft, entered_school, filed
from tests.gradebook.school import CONFIRMED, School, grant_to, open_window
from tests.reports.kept import keep_movements
from tests.students.seats import seat

pytestmark = pytest.mark.django_db

EVERYBODY = frozenset({"lan", "minh", "thu", "dung", "ngoc", "bich", "hoa", "tuan", "son"})
OFFICE = frozenset({"bich", "hoa", "tuan", "son"})
LAN, CLERK, PRINCIPAL, VICE_PRINCIPAL = (frozenset({name}) for name in ("lan", "tuan", "bich", "hoa"))
LEADERS = frozenset({"bich", "hoa"})
PRINTS = frozenset({"bich", "hoa", "tuan"})
LANS_RECORD = PRINTS | {"lan"}
SHEET_4A = OFFICE | {"lan", "dung"}
CLASS_4A = SHEET_4A | {"thu"}
RECORDS_4A = PRINTS | {"lan"}
KEEPERS_4A = CLERK | {"lan"}
ATTENDANCE = SHEET_4A | {"minh", "ngoc"}
COMMENT_KEEPERS = frozenset({"hoa", "dung"})
REQUEST_4A = OFFICE | {"lan", "dung"}
STATISTICS = OFFICE | {"dung"}
# Cô Lan's question went to thầy Dũng, who heads her tổ.
INQUIRY = frozenset({"lan", "dung", "bich", "hoa", "tuan"})
TEACHERS = frozenset({"lan", "minh", "thu", "ngoc"})
RECORDERS = frozenset({"hoa", "tuan"})
DATA_KEEPERS = frozenset({"bich", "tuan"})


@dataclass(frozen=True, slots=True)
class Page:
    """A URL and method: `allowed` get `status`, everybody else who is logged in 403.

    `action` is the line of the table that opens it; None: open without a log-in.
    """

    name: str
    action: Action | None
    allowed: frozenset[str]
    method: str = "get"
    status: int = 200
    arguments: Callable[["Things"], list[Any]] = field(default=lambda _things: [])
    data: Mapping[str, Any] = field(default_factory=dict)
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Things:
    """One of each thing that a page may be about."""

    school: School
    draft: CorrectionRequest
    filed: CorrectionRequest
    evidence: Evidence
    order: EntryOrder
    print_job: PrintJob
    upload: RosterUpload
    run: RosterRun
    session: SignedInSession
    inquiry: Inquiry
    announcement: Announcement
    document: KeptDocument
    training: TrainingRecord
    grant: Grant
    membership: GroupMembership
    inspection: Inspection
    finding: Finding
    decision: StaffDecision
    round: ReconciliationRound
    reply: ReconciliationReply
    kept: KeptReport
    purpose: ProcessingPurpose
    data_request: DataRequest
    incident: DataIncident


def schools_comment(_things: Things) -> list[Any]:
    """For grade 4, which thầy Dũng heads."""
    told = {"subject": "TOAN", "level": "T", "text": "Em tính nhanh.", "first_grade": 4, "last_grade": 4}
    return [BankComment.objects.get_or_create(owner=None, **told)[0].pk]


def shipped_for_grade_4(_things: Things) -> list[Any]:
    return [next(entry.mark for entry in shipped() if entry.grades == "4"), "hide"]


def person(name: str) -> Callable[[Things], list[Any]]:
    return lambda things: [things.school.people[name].pk]


def admission(things: Things) -> list[Any]:
    return [things.school.pupils[0].movements.get().pk]


def lans_notice(things: Things) -> list[Any]:
    """What thầy Dũng told cô Lan of a window."""
    notice, _made = EntryNotice.objects.get_or_create(
        window=things.order.window,
        grade_level=4,
        kind="announce",
        day=clock.today(),
        defaults={"sent_by": things.school.dung},
    )
    return [notice.recipients.get_or_create(person=things.school.lan, missing=0)[0].pk]


def the_version(things: Things) -> list[Any]:
    return [things.document.versions.get().pk]


def levels(_things: Things) -> list[Any]:
    return ["muc-dat-duoc"]


OF_TOAN = {"period": "GHKI", "item": "TOAN", "column": "tat-ca", "group": "tat-ca"}


def a_report(_things: Things) -> list[Any]:
    return ["bien-dong-si-so"]


def draft_decision(things: Things) -> list[Any]:
    about = {"kind": "awards", "year": things.school.year, "state": "draft", "drafted_by": things.school.tuan}
    return [ResultsDecision.objects.get_or_create(**about)[0].pk]


def first_of_the_book(things: Things) -> list[Any]:
    return [things.print_job.pk, 1]


def an_archive(things: Things) -> list[Any]:
    return [DataArchive.objects.get_or_create(asked_by=things.school.bich)[0].pk]


def a_sync_batch(things: Things) -> list[Any]:
    told = {
        "new": 1,
        "changed": 0,
        "cancelled": 0,
        "held": 0,
        "digest": "0" * 64,
        "prepared_by": things.school.tuan,
        "role": "Văn thư",
        "prepared_at": clock.now(),
    }
    batch, _is_new = SyncBatch.objects.get_or_create(year=things.school.year, number=1, defaults=told)
    return [batch.pk]


def a_batch(things: Things) -> list[Any]:
    about = {"book": "hocba", "year": things.school.year, "period": "CN", "asked_by": things.school.tuan}
    return [PrintBatch.objects.get_or_create(**about)[0].pk]


def first_pupil(things: Things) -> list[Any]:
    return [things.school.pupils[0].pk]


def leaving(things: Things) -> list[Any]:
    return [things.school.pupils[0].pk, "left"]


def coming(_things: Things) -> list[Any]:
    return ["transferred_in"]


def class_4a(things: Things) -> list[Any]:
    return [things.school.class_4a.pk]


def first_in_4a(things: Things) -> list[Any]:
    return [things.school.class_4a.pk, things.school.pupils[0].pk]


def pupil_4a(*more: object) -> Callable[[Things], list[Any]]:
    return lambda things: [things.school.pupils[0].pk, *more]


def class_and_pupil_4a(things: Things) -> list[Any]:
    return [things.school.class_4a.pk, things.school.pupils[0].pk]


def praise_4a(things: Things) -> list[Any]:
    made = Commendation.objects.create(
        school_class=things.school.class_4a,
        student=things.school.pupils[0],
        kind="letter",
        text="Giúp bạn",
        given_on=clock.today(),
        recorded_by=things.school.lan,
    )
    return [made.pk]


def this_year(things: Things) -> list[Any]:
    return [things.school.year.pk]


def grade_4(things: Things) -> list[Any]:
    return [things.school.year.pk, 4]


def a_decision(things: Things) -> list[Any]:
    return [things.school.year.pk, things.school.pupils[0].pk]


def an_application(things: Things) -> list[Any]:
    """Lists of the year were written, with nobody in them."""
    school = things.school
    roll_over, _made = RollOver.objects.get_or_create(year=school.year)
    made = roll_over.applications.create(applied_at=clock.stamp(), applied_by=school.tuan, number=0)
    return [school.year.pk, made.pk]


def a_holiday(things: Things) -> list[Any]:
    year = things.school.year
    first = year.lessons_start_on
    return [
        CalendarEntry.objects.create(year=year, kind="off", name="Nghỉ", starts_on=first, ends_on=first).pk
    ]


def a_roll(things: Things) -> list[Any]:
    """Of a Thursday with lessons in the class's first month."""
    first = datetime.date(things.school.class_4a.year_id, 9, 10)
    thursday = first + datetime.timedelta(days=(3 - first.weekday()) % 7)
    return [things.school.class_4a.pk, thursday, "morning"]


def a_month(things: Things) -> list[Any]:
    return [things.school.class_4a.pk, datetime.date(things.school.class_4a.year_id, 9, 1)]


def seat_4a(things: Things) -> list[Any]:
    return [things.school.class_4a.pk, things.school.lines[4, "KH"].pk]


def homeroom_act(act: str) -> Callable[[Things], list[Any]]:
    return lambda things: ["homeroom", things.school.lan.homeroom_assignments.get().pk, act]


def clerks_post(things: Things) -> list[Any]:
    return ["post", things.school.tuan.posts.get().pk, "hand-over"]


def sheet_of(period: Period) -> Callable[[Things], list[Any]]:
    return lambda things: [things.school.class_4a.pk, "TOAN", period.value]


def cell_of(things: Things) -> list[Any]:
    return [*sheet_of(Period.MID_TERM_1)(things), things.school.pupils[0].pk, "TOAN", "attainment"]


def repeat_of(things: Things) -> list[Any]:
    return [*sheet_of(Period.END_TERM_1)(things), things.school.pupils[0].pk]


def of(name: str, *more: str) -> Callable[[Things], list[Any]]:
    return lambda things: [getattr(things, name).pk, *more]


def checked_class(things: Things) -> list[Any]:
    return [things.inspection.pk, things.school.class_4a.pk]


def checked_sheet(things: Things) -> list[Any]:
    return [*checked_class(things), "TOAN"]


def account_of(name: str) -> Callable[[Things], list[Any]]:
    return lambda things: [things.school.people[name].pk]


JSON = "application/json"
PAGES = (
    Page("healthz", None, EVERYBODY),
    Page("readyz", None, EVERYBODY),
    # Off; who has the token: tests/test_metrics.py.
    Page("metrics", None, EVERYBODY, status=404),
    Page("accounts:login", None, EVERYBODY, status=302),
    Page("gradebook:first_run", None, EVERYBODY, status=302),
    Page("accounts:logout", None, EVERYBODY, "post", 302),
    Page("accounts:code", None, EVERYBODY, status=302),
    Page("accounts:recovery_code", None, EVERYBODY, status=302),
    Page("accounts:second_factor_set_up", None, EVERYBODY),
    Page("accounts:me", Action.KEEP_OWN_SIGN_IN, EVERYBODY),
    Page("accounts:password", Action.KEEP_OWN_SIGN_IN, EVERYBODY),
    Page("accounts:password", Action.KEEP_OWN_SIGN_IN, EVERYBODY, "post", 422),
    Page("accounts:second_factor_codes", Action.KEEP_OWN_SIGN_IN, EVERYBODY, "post", 302, data=CONFIRMED),
    Page("accounts:second_factor_remove", Action.KEEP_OWN_SIGN_IN, EVERYBODY, status=302),
    Page("accounts:mail_digest", Action.KEEP_OWN_SIGN_IN, EVERYBODY, "post", 302, data={"mail": "off"}),
    Page("accounts:sessions", Action.KEEP_OWN_SIGN_IN, EVERYBODY),
    Page("accounts:session_end", Action.KEEP_OWN_SIGN_IN, LAN, "post", 302, of("session")),
    Page("accounts:sessions_end_others", Action.KEEP_OWN_SIGN_IN, EVERYBODY, "post", 302),
    Page("accounts:lock", Action.KEEP_OWN_SIGN_IN, EVERYBODY, "post", 302),
    Page("accounts:unlock", Action.KEEP_OWN_SIGN_IN, EVERYBODY, status=302),
    Page("accounts:unlock", Action.KEEP_OWN_SIGN_IN, EVERYBODY, "post", 302, data=CONFIRMED),
    Page("accounts:seen", Action.KEEP_OWN_SIGN_IN, EVERYBODY, "post", 204),
    Page("accounts:confirm", Action.KEEP_OWN_SIGN_IN, EVERYBODY, "post", 302, data=CONFIRMED),
    Page("accounts:access_log", Action.SEE_ACCESS_LOG, PRINCIPAL | VICE_PRINCIPAL),
    # The password is asked again before a bulk export.
    Page("accounts:access_log_file", Action.SEE_ACCESS_LOG, PRINCIPAL | VICE_PRINCIPAL, status=422),
    Page("approvals:audit", Action.SEE_AUDIT_TRAIL, PRINTS),
    Page("approvals:audit_file", Action.SEE_AUDIT_TRAIL, PRINTS, status=422),
    Page("approvals:audit_pupil", Action.SEE_AUDIT_TRAIL, PRINTS, arguments=first_pupil),
    Page("approvals:audit_class", Action.SEE_AUDIT_TRAIL, PRINTS, arguments=class_4a),
    Page("approvals:audit_person", Action.SEE_AUDIT_TRAIL, PRINTS, arguments=person("lan")),
    Page("approvals:audit_pupil_differences", Action.SEE_AUDIT_TRAIL, PRINTS, arguments=first_pupil),
    Page("approvals:audit_class_differences", Action.SEE_AUDIT_TRAIL, PRINTS, arguments=class_4a),
    Page("approvals:purposes", Action.SEE_DATA_PROTECTION, PRINTS),
    Page("approvals:purposes_begin", Action.KEEP_DATA_PROTECTION, DATA_KEEPERS, "post", 302),
    Page("approvals:purpose_new", Action.KEEP_DATA_PROTECTION, DATA_KEEPERS),
    Page("approvals:purpose_new", Action.KEEP_DATA_PROTECTION, DATA_KEEPERS, "post", 422),
    Page("approvals:purpose_edit", Action.KEEP_DATA_PROTECTION, DATA_KEEPERS, arguments=of("purpose")),
    Page("approvals:purpose_edit", Action.KEEP_DATA_PROTECTION, DATA_KEEPERS, "post", 422, of("purpose")),
    Page("approvals:purpose_end", Action.KEEP_DATA_PROTECTION, DATA_KEEPERS, "post", 422, of("purpose")),
    Page("approvals:data_help", Action.SEE_DATA_PROTECTION, PRINTS),
    Page("approvals:retention", Action.SEE_DATA_PROTECTION, PRINTS),
    # Without the password.
    Page(
        "approvals:retention_remove",
        Action.REMOVE_EXPIRED,
        PRINCIPAL,
        "post",
        422,
        lambda _things: ["nhat-ki-truy-cap"],
    ),
    Page("approvals:consents", Action.SEE_CONSENTS, LANS_RECORD | {"minh", "ngoc"}),
    Page("approvals:consent_class", Action.SEE_CONSENTS, RECORDS_4A, arguments=class_4a),
    # Nothing is chosen.
    Page("approvals:consent_class", Action.RECORD_CONSENTS, KEEPERS_4A, "post", 422, class_4a),
    Page("approvals:consent_pupil", Action.SEE_CONSENTS, RECORDS_4A, arguments=first_pupil),
    Page("approvals:consent_pupil", Action.RECORD_CONSENTS, KEEPERS_4A, "post", 422, first_pupil),
    # The password is asked again before a bulk export.
    Page("reports:consent_slips", Action.SEE_CONSENTS, RECORDS_4A, status=422, arguments=class_4a),
    Page("approvals:data_requests", Action.SEE_DATA_PROTECTION, PRINTS),
    Page("approvals:data_request_new", Action.KEEP_DATA_PROTECTION, DATA_KEEPERS),
    Page("approvals:data_request", Action.SEE_DATA_PROTECTION, PRINTS, arguments=of("data_request")),
    Page(
        "approvals:data_request_act",
        Action.KEEP_DATA_PROTECTION,
        DATA_KEEPERS,
        "post",
        302,
        of("data_request", "answer"),
        {"text": "Đã báo."},
    ),
    Page(
        "approvals:data_request_act",
        Action.DECIDE_DATA_REQUEST,
        PRINCIPAL,
        "post",
        302,
        of("data_request", "grant"),
        {"text": "Đồng ý."},
    ),
    # Not granted yet.
    Page("reports:person_file", Action.EXPORT_PERSON, DATA_KEEPERS, "post", 404, of("data_request")),
    Page("approvals:data_incidents", Action.SEE_DATA_PROTECTION, PRINTS),
    Page("approvals:data_incident_new", Action.KEEP_DATA_PROTECTION, DATA_KEEPERS),
    Page("approvals:data_incident_new", Action.KEEP_DATA_PROTECTION, DATA_KEEPERS, "post", 422),
    Page("approvals:data_incident", Action.SEE_DATA_PROTECTION, PRINTS, arguments=of("incident")),
    Page("approvals:data_incident_edit", Action.KEEP_DATA_PROTECTION, DATA_KEEPERS, arguments=of("incident")),
    Page(
        "approvals:data_incident_notify",
        Action.KEEP_DATA_PROTECTION,
        DATA_KEEPERS,
        "post",
        422,
        of("incident"),
    ),
    Page("approvals:data_incident_close", Action.DECIDE_DATA_REQUEST, PRINCIPAL, "post", 422, of("incident")),
    Page("reports:data_incident_paper", Action.SEE_DATA_PROTECTION, PRINTS, arguments=of("incident")),
    Page("accounts:powers", Action.SEE_HANDBOOK, EVERYBODY),
    Page("accounts:activate", None, EVERYBODY),
    Page("accounts:activate", None, EVERYBODY, "post", 422),
    Page("accounts:people", Action.SEE_ACCOUNTS, PRINTS),
    Page("accounts:person", Action.SEE_ACCOUNTS, PRINTS, arguments=account_of("lan")),
    Page("accounts:slips", Action.KEEP_ACCOUNT, PRINTS, "post", 302),
    Page("accounts:new_slip", Action.KEEP_ACCOUNT, CLERK, arguments=account_of("lan")),
    Page(
        "accounts:new_slip",
        Action.KEEP_ACCOUNT,
        CLERK,
        "post",
        200,
        account_of("lan"),
        {"seen": 0},
    ),
    Page("accounts:new_slip", Action.KEEP_ACCOUNT, PRINCIPAL, arguments=account_of("hoa")),
    Page("accounts:new_slip", Action.KEEP_ACCOUNT, VICE_PRINCIPAL, arguments=account_of("bich")),
    Page("accounts:release", Action.RELEASE_LOCK, CLERK, arguments=account_of("lan")),
    Page("accounts:release", Action.RELEASE_LOCK, CLERK, "post", 302, arguments=account_of("lan")),
    Page("accounts:second_factor_reset", Action.RESET_SECOND_FACTOR, CLERK, arguments=account_of("lan")),
    Page(
        "accounts:second_factor_reset", Action.KEEP_ACCOUNT, CLERK, "post", 302, arguments=account_of("lan")
    ),
    Page("accounts:reopen", Action.KEEP_ACCOUNT, CLERK, arguments=account_of("lan")),
    Page("accounts:reopen", Action.KEEP_ACCOUNT, CLERK, "post", 422, arguments=account_of("lan")),
    Page("accounts:admin_account", Action.SUPERVISE_CLERK, VICE_PRINCIPAL),
    Page(
        "accounts:rotate",
        Action.SUPERVISE_CLERK,
        VICE_PRINCIPAL,
        "post",
        200,
        account_of("tuan"),
        {"seen": 0},
    ),
    Page("accounts:admin_log", Action.SUPERVISE_CLERK, VICE_PRINCIPAL),
    Page("accounts:admin_log", Action.SUPERVISE_CLERK, VICE_PRINCIPAL, "post", 302),
    Page("gradebook:account_new", Action.CREATE_ACCOUNTS, CLERK),
    Page("gradebook:account_new", Action.CREATE_ACCOUNTS, CLERK, "post", 422),
    Page("gradebook:account_upload", Action.CREATE_ACCOUNTS, CLERK),
    Page("gradebook:account_upload", Action.CREATE_ACCOUNTS, CLERK, "post", 422),
    Page("gradebook:leaver", Action.KEEP_ACCOUNT, CLERK, arguments=account_of("lan")),
    Page("gradebook:leaver", Action.KEEP_ACCOUNT, CLERK, "post", 422, arguments=account_of("lan")),
    Page("approvals:tasks", Action.SEE_OWN_TASKS, EVERYBODY),
    Page("approvals:task_counts", Action.SEE_OWN_TASKS, EVERYBODY),
    Page("approvals:requests", Action.SEE_REQUEST, EVERYBODY),
    Page("approvals:request", Action.SEE_REQUEST, REQUEST_4A, arguments=of("filed")),
    Page("approvals:request", Action.SEE_DRAFT, LAN, arguments=of("draft")),
    Page("approvals:evidence", Action.SEE_REQUEST, REQUEST_4A, arguments=of("evidence")),
    Page(
        "approvals:propose",
        Action.PROPOSE_CORRECTION,
        LAN,
        "post",
        422,
        arguments=sheet_of(Period.MID_TERM_1),
    ),
    Page(
        "approvals:propose_pupil",
        Action.PROPOSE_CORRECTION,
        LAN,
        arguments=lambda things: [
            *sheet_of(Period.MID_TERM_1)(things),
            things.school.pupils[0].pk,
        ],
    ),
    # A day that has not come: the page says why nothing is to be corrected there.
    Page(
        "approvals:propose_roll",
        Action.PROPOSE_CORRECTION,
        LAN,
        arguments=lambda things: [things.school.class_4a.pk, things.school.year.ends_on, "morning"],
    ),
    Page(
        "approvals:propose_roll",
        Action.PROPOSE_CORRECTION,
        LAN,
        "post",
        422,
        arguments=lambda things: [things.school.class_4a.pk, things.school.year.ends_on, "morning"],
    ),
    Page(
        "approvals:propose_sessions",
        Action.PROPOSE_CORRECTION,
        LAN,
        arguments=lambda things: [
            things.school.class_4a.pk,
            things.school.year.ends_on,
            things.school.pupils[0].pk,
        ],
    ),
    Page(
        "approvals:attach",
        Action.PROPOSE_CORRECTION,
        LAN,
        "post",
        302,
        of("draft"),
        {"reason": "Ghi nhầm."},
    ),
    Page("approvals:detach", Action.PROPOSE_CORRECTION, LAN, "post", 409, of("evidence")),
    Page("approvals:request_act", Action.PROPOSE_CORRECTION, LAN, "post", 422, of("draft", "file")),
    Page(
        "approvals:request_act",
        Action.PROPOSE_CORRECTION,
        LAN,
        "post",
        302,
        of("filed", "cancel"),
        {"cancel_note": "Không cần nữa."},
    ),
    Page(
        "approvals:request_act",
        Action.DECIDE_REQUEST,
        VICE_PRINCIPAL,
        "post",
        302,
        of("filed", "approve"),
        CONFIRMED,
    ),
    Page(
        "approvals:request_act",
        Action.DECIDE_REQUEST,
        VICE_PRINCIPAL,
        "post",
        422,
        of("filed", "refuse"),
        CONFIRMED,
    ),
    Page("approvals:request_act", Action.OPINE_ON_REQUEST, {"dung"}, "post", 422, of("filed", "opine")),
    Page("approvals:request_act", Action.DECIDE_REQUEST, VICE_PRINCIPAL, "post", 422, of("filed", "return")),
    *(
        Page(
            "approvals:request_act",
            Action.CONSENT_TO_REQUEST,
            PRINCIPAL,
            "post",
            409,
            of("filed", act),
            CONFIRMED,
        )
        for act in ("consent", "decline")
    ),
    Page("approvals:request_act", Action.APPLY_REQUEST, CLERK, "post", 409, of("filed", "ask-consent")),
    Page(
        "approvals:request_act",
        Action.APPLY_REQUEST,
        CLERK,
        "post",
        409,
        of("filed", "apply"),
        CONFIRMED,
    ),
    Page("approvals:signatures", Action.SEE_SIGNATURES, EVERYBODY),
    Page("approvals:signature", Action.SEE_SIGNATURES, SHEET_4A, arguments=sheet_of(Period.MID_TERM_1)),
    Page("approvals:sign_books", Action.SIGN_BOOK, TEACHERS, "post", 422, data={"period": "GHKI"}),
    Page("reports:unsigned_books_paper", Action.SEE_SIGNATURES, EVERYBODY),
    # Of the last period that is locked: there, somebody owes a signature.
    Page("approvals:remind_signers", Action.REMIND_SIGNERS, LEADERS | frozenset({"dung"}), "post", 302),
    Page("approvals:inquiries", Action.SEE_INQUIRY, EVERYBODY),
    Page("approvals:inquiry_new", Action.ASK, EVERYBODY),
    Page("approvals:inquiry_new", Action.ASK, EVERYBODY, "post", 422),
    Page("approvals:inquiry", Action.SEE_INQUIRY, INQUIRY, arguments=of("inquiry")),
    Page(
        "approvals:inquiry_act",
        Action.HANDLE_INQUIRY,
        frozenset({"dung", "tuan"}),
        "post",
        302,
        of("inquiry", "accept"),
    ),
    Page("approvals:announcements", Action.SEE_ANNOUNCEMENT, EVERYBODY),
    Page("approvals:announcement", Action.SEE_ANNOUNCEMENT, INQUIRY, arguments=of("announcement")),
    Page(
        "approvals:announcement_file",
        Action.SEE_ANNOUNCEMENT,
        INQUIRY,
        status=404,
        arguments=of("announcement"),
    ),
    Page("approvals:announcement_new", Action.ANNOUNCE, frozenset({"bich", "dung"})),
    Page("approvals:announcement_new", Action.ANNOUNCE, frozenset({"bich", "dung"}), "post", 422),
    Page(
        "approvals:announcement_withdraw",
        Action.ANNOUNCE,
        frozenset({"bich", "dung"}),
        "post",
        422,
        of("announcement"),
    ),
    Page("approvals:announcement_read", Action.SEE_OWN_TASKS, LAN, "post", 302, arguments=of("announcement")),
    Page("gradebook:notice_read", Action.SEE_OWN_TASKS, LAN, "post", 302, arguments=lans_notice),
    Page("approvals:documents", Action.SEE_DOCUMENTS, EVERYBODY),
    Page("approvals:document", Action.SEE_DOCUMENTS, EVERYBODY, arguments=of("document")),
    Page("approvals:document_file", Action.SEE_DOCUMENTS, EVERYBODY, status=404, arguments=the_version),
    Page("approvals:document_new", Action.KEEP_DOCUMENTS, PRINTS, arguments=lambda _: ["other"]),
    Page("approvals:document_new", Action.KEEP_DOCUMENTS, PRINTS, "post", 422, lambda _: ["plan"]),
    Page("approvals:document_renew", Action.KEEP_DOCUMENTS, PRINTS, arguments=of("document")),
    Page("approvals:document_renew", Action.KEEP_DOCUMENTS, PRINTS, "post", 422, of("document")),
    # Of the plan, which has no paper of its own.
    Page(
        "reports:board_paper",
        Action.SEE_DOCUMENTS,
        EVERYBODY,
        status=404,
        arguments=lambda things: [the_plan(things.school).pk],
    ),
    Page("reports:order_paper", Action.SEE_ORDERS, EVERYBODY, arguments=of("order")),
    Page("approvals:inspections", Action.SEE_INSPECTION, EVERYBODY),
    Page("approvals:inspection_new", Action.INSPECT, LEADERS),
    Page("approvals:inspection_new", Action.INSPECT, LEADERS, "post", 422),
    Page("approvals:inspection", Action.INSPECT, LEADERS, arguments=of("inspection")),
    Page("approvals:inspection_class", Action.INSPECT, LEADERS, arguments=checked_class),
    Page("approvals:inspection_class", Action.INSPECT, LEADERS, "post", 302, checked_class),
    Page("approvals:inspection_sheet", Action.INSPECT, LEADERS, arguments=checked_sheet),
    Page("approvals:inspection_sheet", Action.INSPECT, LEADERS, "post", 422, checked_sheet),
    # A finding waits still.
    Page(
        "approvals:inspection_act",
        Action.INSPECT,
        LEADERS,
        "post",
        422,
        of("inspection", "close"),
        CONFIRMED,
    ),
    Page("approvals:finding", Action.SEE_INSPECTION, LEADERS | LAN, arguments=of("finding")),
    Page("approvals:finding_act", Action.ANSWER_FINDING, LAN, "post", 422, of("finding", "answer")),
    Page("approvals:finding_act", Action.INSPECT, LEADERS, "post", 422, of("finding", "close")),
    Page("approvals:staff_decisions", Action.SEE_STAFF_DECISION, EVERYBODY),
    Page("approvals:staff_decision_new", Action.DECIDE_ON_STAFF, PRINCIPAL),
    Page("approvals:staff_decision_new", Action.DECIDE_ON_STAFF, PRINCIPAL, "post", 422),
    Page("approvals:staff_decision", Action.SEE_STAFF_DECISION, LEADERS | LAN, arguments=of("decision")),
    Page(
        "approvals:staff_decision_revoke",
        Action.DECIDE_ON_STAFF,
        PRINCIPAL,
        "post",
        422,
        of("decision"),
        CONFIRMED,
    ),
    Page("reports:inspection_minutes", Action.INSPECT, LEADERS, status=404, arguments=of("inspection")),
    Page("approvals:reconciliations", Action.SEE_RECONCILIATION, EVERYBODY),
    Page("approvals:reconciliation_new", Action.KEEP_RECONCILIATION, CLERK),
    Page("approvals:reconciliation_new", Action.KEEP_RECONCILIATION, CLERK, "post", 422),
    Page("approvals:reconciliation", Action.SEE_MONTHLY_REPORT, PRINTS, arguments=of("round")),
    Page("approvals:reconciliation_close", Action.KEEP_RECONCILIATION, CLERK, "post", 422, of("round")),
    Page("approvals:reconciliation_report", Action.SEE_MONTHLY_REPORT, PRINTS, arguments=of("round")),
    Page("approvals:reconciliation_reply", Action.SEE_RECONCILIATION, PRINTS | LAN, arguments=of("reply")),
    Page(
        "approvals:reconciliation_reply_act",
        Action.ANSWER_RECONCILIATION,
        LAN,
        "post",
        409,
        of("reply", "confirm"),
    ),
    Page(
        "approvals:reconciliation_reply_act",
        Action.KEEP_RECONCILIATION,
        CLERK,
        "post",
        409,
        of("reply", "resolve"),
    ),
    Page("reports:monthly_report", Action.SEE_MONTHLY_REPORT, PRINTS, status=422, arguments=of("round")),
    Page(
        "reports:monthly_report_excel", Action.SEE_MONTHLY_REPORT, PRINTS, status=422, arguments=of("round")
    ),
    Page("accounts:guides", Action.SEE_HANDBOOK, EVERYBODY),
    Page("accounts:guide", Action.SEE_HANDBOOK, EVERYBODY, arguments=lambda _things: ["homeroom"]),
    Page("accounts:training", Action.SEE_TRAINING, OFFICE),
    Page("accounts:training", Action.RECORD_TRAINING, RECORDERS, "post", 422),
    Page(
        "accounts:training_person",
        Action.SEE_TRAINING,
        OFFICE,
        arguments=lambda things: [things.school.lan.pk],
    ),
    Page(
        "accounts:training_cancel", Action.RECORD_TRAINING, RECORDERS, "post", 422, arguments=of("training")
    ),
    Page("gradebook:orders", Action.SEE_ORDERS, EVERYBODY),
    Page("gradebook:order", Action.SEE_ORDERS, EVERYBODY, arguments=of("order")),
    Page(
        "gradebook:order_done",
        Action.CARRY_OUT_ORDER,
        frozenset({"hoa", "tuan"}),
        "post",
        302,
        arguments=of("order"),
    ),
    Page("gradebook:lock_calendar", Action.SEE_ORDERS, EVERYBODY),
    Page("gradebook:team_reminders", Action.REMIND_TEACHERS, frozenset({"dung"})),
    Page("gradebook:team_reminders", Action.REMIND_TEACHERS, frozenset({"dung"}), "post", 422),
    Page("gradebook:order_read", Action.SEE_ORDERS, EVERYBODY, "post", 302, of("order")),
    Page("gradebook:order_new", Action.ISSUE_ORDER, PRINCIPAL),
    Page("gradebook:order_new", Action.ISSUE_ORDER, PRINCIPAL, "post", 422),
    # The year that runs has none before it and nobody to place: refused with the reason, or shown empty.
    Page("gradebook:roll_overs", Action.SEE_ROLL_OVER, PRINTS),
    Page("gradebook:roll_over", Action.SEE_ROLL_OVER, PRINTS, arguments=this_year),
    Page("gradebook:roll_over_grade", Action.SEE_ROLL_OVER, PRINTS, arguments=grade_4),
    Page("gradebook:roll_over_grade", Action.ROLL_OVER, CLERK, "post", 422, arguments=grade_4),
    Page("gradebook:roll_over_classes", Action.ROLL_OVER, CLERK, "post", 422, arguments=this_year),
    Page("gradebook:roll_over_propose", Action.ROLL_OVER, CLERK, "post", 302, arguments=this_year),
    Page("gradebook:roll_over_list", Action.ROLL_OVER, CLERK, arguments=grade_4),
    Page("gradebook:roll_over_list", Action.ROLL_OVER, CLERK, "post", 422, arguments=grade_4),
    # The password is asked again before a bulk export, and before the act.
    Page("gradebook:roll_over_file", Action.ROLL_OVER, CLERK, status=422, arguments=grade_4),
    Page("gradebook:roll_over_apply", Action.ROLL_OVER, CLERK, arguments=this_year),
    Page("gradebook:roll_over_apply", Action.ROLL_OVER, CLERK, "post", 422, arguments=this_year),
    Page("gradebook:roll_over_undo", Action.ROLL_OVER, CLERK, arguments=an_application),
    Page("gradebook:roll_over_undo", Action.ROLL_OVER, CLERK, "post", 422, arguments=an_application),
    Page("gradebook:roll_over_decision", Action.APPROVE_OUTCOMES, PRINCIPAL, arguments=a_decision),
    Page(
        "gradebook:roll_over_decision", Action.APPROVE_OUTCOMES, PRINCIPAL, "post", 422, arguments=a_decision
    ),
    Page("gradebook:comments", Action.USE_COMMENTS, EVERYBODY),
    Page("gradebook:comment_suggestions", Action.USE_COMMENTS, EVERYBODY, arguments=lambda _: [4, "TOAN"]),
    Page("gradebook:comment_file", Action.USE_COMMENTS, EVERYBODY, arguments=lambda _: ["school"]),
    Page("gradebook:comment_new", Action.USE_COMMENTS, EVERYBODY),
    Page("gradebook:comment_new", Action.USE_COMMENTS, EVERYBODY, "post", 422),
    Page("gradebook:comment_new", Action.KEEP_COMMENTS, COMMENT_KEEPERS, data={"whose": "school"}),
    Page("gradebook:comment", Action.KEEP_COMMENTS, COMMENT_KEEPERS, arguments=schools_comment),
    Page("gradebook:comment", Action.KEEP_COMMENTS, COMMENT_KEEPERS, "post", 422, schools_comment),
    Page(
        "gradebook:comment_shipped", Action.KEEP_COMMENTS, COMMENT_KEEPERS, "post", 302, shipped_for_grade_4
    ),
    Page("gradebook:comment_upload", Action.USE_COMMENTS, EVERYBODY),
    Page("gradebook:comment_upload", Action.USE_COMMENTS, EVERYBODY, "post", 422),
    Page("gradebook:comment_upload", Action.KEEP_COMMENTS, COMMENT_KEEPERS, data={"whose": "school"}),
    Page("gradebook:old_years", Action.SEE_OUTCOMES, SHEET_4A, arguments=pupil_4a()),
    Page("gradebook:old_year", Action.KEEP_OLD_YEARS, CLERK, arguments=pupil_4a(2021, 3)),
    Page("gradebook:old_year", Action.KEEP_OLD_YEARS, CLERK, "post", 422, pupil_4a(2021, 3)),
    Page("gradebook:old_year_upload", Action.KEEP_OLD_YEARS, CLERK),
    Page("gradebook:old_year_upload", Action.KEEP_OLD_YEARS, CLERK, "post", 422),
    Page("gradebook:old_year_file", Action.KEEP_OLD_YEARS, CLERK, arguments=lambda _things: [3]),
    Page("gradebook:arrangements", Action.SEE_SENSITIVE, RECORDS_4A, arguments=pupil_4a()),
    Page("gradebook:arrangements", Action.ARRANGE_ASSESSMENT, CLERK, "post", 422, arguments=pupil_4a()),
    Page("gradebook:repeat", Action.SEE_SHEET, SHEET_4A, arguments=repeat_of),
    Page("gradebook:repeat", Action.ENTER_SHEET, LAN, "post", 422, arguments=repeat_of),
    Page("gradebook:progress", Action.SEE_PROGRESS, EVERYBODY),
    Page("gradebook:progress_file", Action.SEE_PROGRESS, EVERYBODY),
    Page("gradebook:progress_missing", Action.SEE_PROGRESS, EVERYBODY),
    Page("gradebook:progress_missing_file", Action.SEE_PROGRESS, EVERYBODY, status=422),
    Page("gradebook:readiness", Action.SEE_READINESS, OFFICE | {"dung"}),
    Page("gradebook:readiness_file", Action.SEE_READINESS, OFFICE | {"dung"}, status=422),
    Page("gradebook:pupil_sheet", Action.SEE_PUPIL, CLASS_4A, arguments=first_in_4a),
    Page(
        "gradebook:pupil_sheet",
        Action.ENTER_SHEET,
        LAN,
        "post",
        200,
        first_in_4a,
        {"c.CHKI.TOAN.attainment": "T"},
    ),
    Page("gradebook:pupil_sheet_past", Action.SEE_PUPIL, CLASS_4A, arguments=first_in_4a),
    Page("gradebook:sheet_past", Action.SEE_SHEET, SHEET_4A, arguments=sheet_of(Period.MID_TERM_1)),
    Page("gradebook:sheet", Action.SEE_SHEET, SHEET_4A, arguments=sheet_of(Period.MID_TERM_1)),
    Page("gradebook:sheet", Action.SEE_SHEET, SHEET_4A, arguments=sheet_of(Period.END_TERM_1)),
    Page(
        "gradebook:sheet",
        Action.ENTER_SHEET,
        LAN,
        "post",
        200,
        sheet_of(Period.END_TERM_1),
        {"changes": []},
        JSON,
    ),
    Page(
        "gradebook:sheet",
        Action.ENTER_SHEET,
        LAN,
        "post",
        423,
        sheet_of(Period.MID_TERM_1),
        {"changes": []},
        JSON,
    ),
    Page("gradebook:cell_history", Action.SEE_SHEET, SHEET_4A, arguments=cell_of),
    Page("gradebook:own_sheets", Action.ENTER_SHEET, TEACHERS),
    Page("gradebook:own_sheets", Action.ENTER_SHEET, TEACHERS, "post", 422),
    Page("gradebook:own_sheets_file", Action.ENTER_SHEET, TEACHERS),
    Page("gradebook:sheet_doubts", Action.SEE_SHEET, SHEET_4A, arguments=sheet_of(Period.MID_TERM_1)),
    Page(
        "gradebook:sheet_doubts",
        Action.ENTER_SHEET,
        LAN,
        "post",
        302,
        arguments=sheet_of(Period.MID_TERM_1),
    ),
    Page("gradebook:sheet_file", Action.SEE_SHEET, SHEET_4A, arguments=sheet_of(Period.MID_TERM_1)),
    Page("gradebook:sheet_upload", Action.ENTER_SHEET, LAN, arguments=sheet_of(Period.END_TERM_1)),
    Page(
        "gradebook:sheet_upload", Action.ENTER_SHEET, LAN, "post", 422, arguments=sheet_of(Period.END_TERM_1)
    ),
    Page(
        "gradebook:sheet_upload", Action.ENTER_SHEET, LAN, "post", 423, arguments=sheet_of(Period.MID_TERM_1)
    ),
    Page("accounts:overview", Action.SEE_OVERVIEW, LEADERS),
    Page("gradebook:staff", Action.SEE_STAFF, PRINTS),
    Page("gradebook:person", Action.SEE_PERSON, LANS_RECORD, arguments=person("lan")),
    Page("gradebook:person_edit", Action.EDIT_STAFF, CLERK, arguments=person("lan")),
    Page("gradebook:person_edit", Action.EDIT_STAFF, CLERK, "post", 422, arguments=person("lan")),
    Page("gradebook:person_appoint", Action.APPOINT_HEAD, LEADERS, arguments=person("lan")),
    Page("gradebook:person_appoint", Action.APPOINT_HEAD, LEADERS, "post", 422, arguments=person("lan")),
    Page("gradebook:stand_in", Action.ASSIGN, LEADERS, arguments=person("lan")),
    Page("gradebook:stand_in", Action.ASSIGN, LEADERS, "post", 422, arguments=person("lan")),
    Page("gradebook:class_staff", Action.SEE_STAFF, PRINTS),
    Page("gradebook:assignment_upload", Action.ASSIGN, LEADERS),
    Page("gradebook:assignment_upload", Action.ASSIGN, LEADERS, "post", 422),
    Page(
        "gradebook:assignment_file",
        Action.ASSIGN,
        LEADERS,
        arguments=lambda things: [things.school.year.pk, "present"],
    ),
    Page("gradebook:homeroom_seat", Action.ASSIGN, LEADERS, arguments=class_4a),
    Page("gradebook:line_seat", Action.ASSIGN, LEADERS, "post", 422, arguments=seat_4a),
    Page("gradebook:duty", Action.ASSIGN, LEADERS, arguments=homeroom_act("hand-over")),
    Page("gradebook:duty", Action.ASSIGN, LEADERS, "post", 422, arguments=homeroom_act("end")),
    Page("gradebook:duty", Action.ASSIGN, LEADERS, "post", 422, arguments=homeroom_act("undo")),
    Page("gradebook:duty", Action.APPOINT, PRINCIPAL, arguments=clerks_post),
    Page("gradebook:duty", Action.APPOINT, PRINCIPAL, "post", 422, arguments=clerks_post),
    Page("gradebook:grants", Action.GRANT, LEADERS),
    Page("gradebook:grant_new", Action.GRANT, LEADERS),
    Page("gradebook:grant_new", Action.GRANT, LEADERS, "post", 422),
    Page("gradebook:grant_withdraw", Action.GRANT, LEADERS, arguments=of("grant")),
    Page(
        "gradebook:grant_withdraw",
        Action.GRANT,
        LEADERS,
        "post",
        302,
        of("grant"),
        {"reason": "Xong."},
    ),
    Page("gradebook:groups", Action.GRANT, LEADERS),
    Page("gradebook:groups", Action.GRANT, LEADERS, "post", 302, data={"name": "Ban thi"}),
    Page("gradebook:group", Action.GRANT, LEADERS, arguments=lambda things: [things.membership.group_id]),
    Page("gradebook:group_leave", Action.GRANT, LEADERS, "post", 302, arguments=of("membership")),
    Page("students:classes", Action.SEE_OWN_TASKS, EVERYBODY),
    Page("students:class", Action.SEE_CLASS, CLASS_4A, arguments=lambda things: [things.school.class_4a.pk]),
    Page("students:search", Action.SEE_CLASS, EVERYBODY),
    Page("students:suggestions", Action.SEE_CLASS, EVERYBODY),
    Page("students:pupil", Action.SEE_PUPIL, CLASS_4A, arguments=pupil_4a()),
    Page("students:pupil_edit", Action.EDIT_RECORD, KEEPERS_4A, arguments=pupil_4a("family")),
    Page(
        "students:pupil_edit",
        Action.EDIT_RECORD,
        KEEPERS_4A,
        "post",
        422,
        pupil_4a("address"),
        {"phone": "gọi mẹ"},
    ),
    Page("students:pupil_edit", Action.KEEP_PUPIL_IDS, CLERK, arguments=pupil_4a("ids")),
    Page(
        "students:pupil_edit",
        Action.KEEP_PUPIL_IDS,
        CLERK,
        "post",
        302,
        pupil_4a("ids"),
        {"school_code": "HS-1"},
    ),
    Page("students:temporary_code", Action.KEEP_PUPIL_IDS, CLERK, "post", 302, pupil_4a()),
    Page("students:units", Action.EDIT_RECORD, CLERK | {"lan", "minh", "ngoc"}),
    Page("students:records", Action.SEE_SENSITIVE, PRINTS | {"lan", "minh", "ngoc"}),
    Page("students:class_records", Action.SEE_SENSITIVE, RECORDS_4A, arguments=class_4a),
    # The password is asked again before a bulk export.
    Page("reports:parent_slips", Action.SEE_SENSITIVE, RECORDS_4A, status=422, arguments=class_4a),
    Page("reports:parent_list", Action.SEE_SENSITIVE, RECORDS_4A, status=422, arguments=class_4a),
    Page("students:class_measures", Action.EDIT_RECORD, KEEPERS_4A, arguments=class_4a),
    Page("students:class_measures", Action.EDIT_RECORD, KEEPERS_4A, "post", 422, arguments=class_4a),
    Page("students:class_edit", Action.KEEP_CLASSES, CLERK, arguments=class_4a),
    Page("students:class_edit", Action.KEEP_CLASSES, CLERK, "post", 422, arguments=class_4a),
    Page("students:class_delete", Action.KEEP_CLASSES, CLERK, arguments=class_4a),
    Page("students:class_delete", Action.KEEP_CLASSES, CLERK, "post", 422, arguments=class_4a),
    Page("students:class_week", Action.PREPARE_YEAR, CLERK, arguments=class_4a),
    Page("students:class_week", Action.PREPARE_YEAR, CLERK, "post", 422, arguments=class_4a),
    Page("students:class_new", Action.KEEP_CLASSES, CLERK, arguments=this_year),
    Page("students:class_new", Action.KEEP_CLASSES, CLERK, "post", 422, arguments=this_year),
    Page("students:years", Action.SEE_YEAR, EVERYBODY),
    Page("students:year", Action.SEE_YEAR, EVERYBODY, arguments=this_year),
    Page("students:year_new", Action.PREPARE_YEAR, CLERK),
    Page("students:year_new", Action.PREPARE_YEAR, CLERK, "post", 422),
    Page("students:year_edit", Action.PREPARE_YEAR, CLERK, arguments=this_year),
    Page("students:year_edit", Action.PREPARE_YEAR, CLERK, "post", 422, arguments=this_year),
    Page("students:entry_new", Action.PREPARE_YEAR, CLERK, arguments=this_year),
    Page("students:entry_new", Action.PREPARE_YEAR, CLERK, "post", 422, arguments=this_year),
    Page("students:entry_remove", Action.PREPARE_YEAR, CLERK, arguments=a_holiday),
    Page("students:entry_remove", Action.PREPARE_YEAR, CLERK, "post", 422, arguments=a_holiday),
    Page("students:week", Action.PREPARE_YEAR, CLERK, arguments=this_year),
    Page("students:week", Action.PREPARE_YEAR, CLERK, "post", 422, arguments=this_year),
    Page("approvals:year_closing", Action.SEE_OPENING, PRINTS, arguments=this_year),
    # The year is not over; and it is open already.
    Page("approvals:year_close", Action.CLOSE_YEAR, PRINCIPAL, "post", 422, this_year, CONFIRMED),
    Page(
        "approvals:year_reopen",
        Action.CLOSE_YEAR,
        PRINCIPAL,
        "post",
        422,
        this_year,
        {"reason": "Công văn 12", **CONFIRMED},
    ),
    Page("gradebook:handovers", Action.SEE_HANDOVER, ATTENDANCE),
    Page("gradebook:handover", Action.SEE_HANDOVER, SHEET_4A, arguments=class_4a),
    Page("gradebook:handover", Action.WRITE_HANDOVER, LAN, "post", 302, class_4a),
    # Its teacher is here.
    Page("gradebook:handover_in_place", Action.SIGN_HANDOVER_IN_PLACE, VICE_PRINCIPAL, arguments=class_4a),
    Page("gradebook:handover_in_place", Action.SIGN_HANDOVER_IN_PLACE, VICE_PRINCIPAL, "post", 422, class_4a),
    Page("gradebook:handover_receive", Action.SEE_HANDOVER, SHEET_4A, arguments=class_4a),
    Page("gradebook:handover_receive", Action.RECEIVE_HANDOVER, LAN, "post", 422, class_4a, CONFIRMED),
    # Nothing is signed yet.
    Page("reports:handover_file", Action.SEE_HANDOVER, SHEET_4A, status=404, arguments=class_4a),
    Page("gradebook:year_ends", Action.SEE_OUTCOMES, ATTENDANCE),
    Page(
        "gradebook:year_end_list", Action.SEE_OUTCOMES, ATTENDANCE, arguments=lambda _things: ["khen-thuong"]
    ),
    # The password is asked again before a bulk export.
    Page(
        "reports:year_end_list_paper",
        Action.SEE_OUTCOMES,
        ATTENDANCE,
        status=422,
        arguments=lambda _things: ["khen-thuong"],
    ),
    Page(
        "reports:year_end_list_paper",
        Action.SEE_OUTCOMES,
        ATTENDANCE,
        "post",
        422,
        lambda _things: ["khen-thuong"],
    ),
    Page(
        "gradebook:year_end_list_file",
        Action.SEE_OUTCOMES,
        ATTENDANCE,
        status=422,
        arguments=lambda _things: ["khen-thuong"],
    ),
    Page("gradebook:year_end", Action.SEE_OUTCOMES, SHEET_4A, arguments=class_4a),
    Page("gradebook:year_end_pupil", Action.SEE_OUTCOMES, SHEET_4A, arguments=class_and_pupil_4a),
    Page("gradebook:year_end_pupil", Action.PROPOSE_OUTCOMES, LAN, "post", 422, class_and_pupil_4a),
    # Nothing is computed yet, so nothing can be confirmed or passed on.
    Page("gradebook:year_end_confirm", Action.PROPOSE_OUTCOMES, LAN, "post", 422, class_4a),
    Page("gradebook:year_end_complete", Action.PROPOSE_OUTCOMES, LAN, "post", 422, class_4a, CONFIRMED),
    Page(
        "gradebook:year_end_review", Action.REVIEW_OUTCOMES, VICE_PRINCIPAL, "post", 422, class_4a, CONFIRMED
    ),
    Page("gradebook:year_end_send_back", Action.REVIEW_OUTCOMES, VICE_PRINCIPAL, "post", 422, class_4a),
    Page("gradebook:year_end_approve", Action.APPROVE_OUTCOMES, PRINCIPAL, "post", 422, class_4a, CONFIRMED),
    Page("gradebook:year_end_exception", Action.APPROVE_OUTCOMES, PRINCIPAL, "post", 422, class_and_pupil_4a),
    Page("gradebook:year_end_reopen", Action.APPROVE_OUTCOMES, PRINCIPAL, "post", 422, class_and_pupil_4a),
    Page("gradebook:commend", Action.COMMEND, PRINCIPAL | LAN, arguments=class_and_pupil_4a),
    Page("gradebook:commend", Action.COMMEND, PRINCIPAL | LAN, "post", 422, class_and_pupil_4a),
    Page("gradebook:praise_take_back", Action.COMMEND, PRINCIPAL | LAN, arguments=praise_4a),
    Page("gradebook:opening", Action.SEE_OPENING, PRINTS, arguments=this_year),
    Page("gradebook:year_lines", Action.SEE_OPENING, PRINTS, arguments=this_year),
    Page("gradebook:year_lines", Action.PREPARE_YEAR, CLERK, "post", 302, arguments=this_year),
    Page("gradebook:year_rules", Action.PREPARE_YEAR, CLERK, "post", 422, this_year),
    Page("gradebook:year_warnings", Action.SEE_OPENING, PRINTS, arguments=this_year),
    Page("gradebook:year_warnings", Action.PREPARE_YEAR, CLERK, "post", 422, this_year),
    Page("gradebook:class_lines", Action.SEE_OPENING, PRINTS, arguments=this_year),
    Page("gradebook:class_lines", Action.PREPARE_YEAR, CLERK, "post", 302, arguments=this_year),
    # It is open already.
    Page(
        "gradebook:year_open", Action.OPEN_YEAR, PRINCIPAL, "post", 422, arguments=this_year, data=CONFIRMED
    ),
    Page("students:movements", Action.SEE_MOVEMENTS, OFFICE),
    Page("students:movements_file", Action.SEE_MOVEMENTS, OFFICE),
    Page("students:newcomer", Action.RECORD_MOVEMENTS, CLERK, arguments=coming),
    Page("students:newcomer", Action.RECORD_MOVEMENTS, CLERK, "post", 422, arguments=coming),
    # An admission: the clerk is told that only who goes to another school has one.
    Page("reports:transfer_pack", Action.PRINT_BOOKS, CLERK, "post", 404, arguments=admission),
    Page("students:head_counts", Action.SEE_MOVEMENTS, OFFICE),
    Page("students:head_counts_file", Action.SEE_MOVEMENTS, OFFICE, status=302),
    # Of no day: there is nothing to print.
    Page("reports:head_counts_paper", Action.SEE_MOVEMENTS, OFFICE, status=404),
    Page("students:movement", Action.SEE_MOVEMENTS, OFFICE, arguments=admission),
    Page("students:movement_cancel", Action.RECORD_MOVEMENTS, CLERK, "post", 422, arguments=admission),
    Page("students:pupil_movements", Action.SEE_MOVEMENTS, OFFICE, arguments=first_pupil),
    Page("students:movement_new", Action.RECORD_MOVEMENTS, CLERK, arguments=leaving),
    Page("students:movement_new", Action.RECORD_MOVEMENTS, CLERK, "post", 422, arguments=leaving),
    Page("students:attendance", Action.SEE_ATTENDANCE, ATTENDANCE),
    Page("students:late_attendance", Action.FOLLOW_ATTENDANCE, VICE_PRINCIPAL),
    Page("students:roll_today", Action.SEE_ATTENDANCE, SHEET_4A, status=302, arguments=class_4a),
    Page("students:roll", Action.SEE_ATTENDANCE, SHEET_4A, arguments=a_roll),
    Page("students:roll", Action.CALL_ROLL, LAN, "post", 422, arguments=a_roll),
    Page("students:class_attendance", Action.SEE_ATTENDANCE, SHEET_4A, arguments=class_4a),
    Page("gradebook:period_absences", Action.SEE_ATTENDANCE, SHEET_4A, arguments=class_4a),
    Page("students:attendance_month", Action.SEE_ATTENDANCE, SHEET_4A, arguments=a_month),
    Page("students:attendance_file", Action.SEE_ATTENDANCE, SHEET_4A, arguments=a_month),
    Page("students:attendance_confirm", Action.CALL_ROLL, LAN, arguments=a_month),
    Page("students:attendance_confirm", Action.CALL_ROLL, LAN, "post", 422, arguments=a_month),
    Page("students:import", Action.IMPORT_ROSTERS, CLERK),
    Page("students:import", Action.IMPORT_ROSTERS, CLERK, "post", 422),
    # The file of this upload is gone: the clerk is told so, nobody else gets as far.
    Page("students:upload", Action.IMPORT_ROSTERS, CLERK, status=410, arguments=of("upload")),
    Page(
        "students:upload_apply",
        Action.IMPORT_ROSTERS,
        CLERK,
        "post",
        302,
        arguments=of("upload"),
        data=CONFIRMED,
    ),
    Page(
        "students:roster_blank",
        Action.IMPORT_ROSTERS,
        CLERK,
        arguments=lambda things: [things.school.year.pk],
    ),
    # Without the password: whoever may is asked for it.
    Page(
        "students:roster_file",
        Action.EXPORT_ROSTERS,
        PRINTS,
        status=422,
        arguments=lambda things: [things.school.year.pk],
    ),
    Page(
        "students:run_cancel",
        Action.IMPORT_ROSTERS,
        CLERK,
        "post",
        302,
        arguments=of("run"),
    ),
    Page("reports:proof", Action.CHECK_PRINTS, EVERYBODY),
    Page("proof_of", Action.CHECK_PRINTS, EVERYBODY, status=404, arguments=lambda _world: ["AAAAAAAA"]),
    Page("reports:prints", Action.SEE_PRINTS, PRINTS),
    Page("reports:prints", Action.PRINT_BOOKS, CLERK, "post"),
    Page("reports:print_job", Action.SEE_PRINTS, PRINTS, arguments=of("print_job")),
    Page("reports:print_file", Action.SEE_PRINTS, PRINTS, status=404, arguments=of("print_job")),
    Page("reports:print_cancel", Action.PRINT_BOOKS, CLERK, "post", 302, of("print_job")),
    # Open still: only what was cancelled or has failed goes on, and that asks for the password.
    Page("reports:print_resume", Action.PRINT_BOOKS, CLERK, "post", 422, of("print_job")),
    Page("reports:copies", Action.PRINT_BOOKS, CLERK, "post", 422, of("print_job")),
    Page("reports:class_files", Action.SEE_PRINTS, PRINTS, status=404, arguments=of("print_job")),
    Page("reports:pupil_file", Action.SEE_PRINTS, PRINTS, status=404, arguments=first_of_the_book),
    Page("reports:batch", Action.SEE_PRINTS, PRINTS, arguments=a_batch),
    Page("reports:batch_file", Action.SEE_PRINTS, PRINTS, status=404, arguments=a_batch),
    Page("reports:batch_files", Action.SEE_PRINTS, PRINTS, status=404, arguments=a_batch),
    Page("reports:batch_files", Action.SEE_PRINTS, PRINTS, "post", 404, a_batch),
    Page("reports:batch_cancel", Action.PRINT_BOOKS, CLERK, "post", 302, a_batch),
    Page("reports:batch_resume", Action.PRINT_BOOKS, CLERK, "post", 422, a_batch),
    Page("reports:batch_copies", Action.PRINT_BOOKS, CLERK, "post", 422, a_batch),
    Page("reports:register", Action.SEE_PRINTS, PRINTS),
    Page("reports:register_file", Action.SEE_PRINTS, PRINTS, status=422),
    Page("reports:pupil_transcript", Action.PRINT_BOOKS, CLERK, "post", 422, first_pupil),
    # Nothing is chosen; the forms have what is the person's own, and everything for the clerk.
    Page("reports:own_prints", Action.PRINT_OWN_BOOK, CLERK | TEACHERS),
    Page("reports:own_book_print", Action.PRINT_OWN_BOOK, CLERK | TEACHERS, "post", 422),
    Page("reports:slips_print", Action.PRINT_SLIPS, CLERK | {"lan", "minh", "ngoc"}, "post", 422),
    # Without the password: whoever may is asked for it.
    Page("reports:correction_paper", Action.PRINT_REQUEST, PRINTS | LAN, status=422, arguments=of("filed")),
    Page("reports:correction_register_paper", Action.PRINT_PAPERS, PRINTS, status=422),
    Page("approvals:correction_register", Action.SEE_REQUEST, EVERYBODY),
    Page("approvals:correction_register_file", Action.PRINT_PAPERS, PRINTS, status=422),
    Page("reports:superseded", Action.PRINT_PAPERS, PRINTS, arguments=of("filed")),
    # Nothing of it is printed yet.
    Page("reports:reprint", Action.PRINT_BOOKS, CLERK, "post", 302, of("filed")),
    Page("gradebook:decisions", Action.DRAFT_DECISIONS, PRINTS),
    Page("gradebook:decision_new", Action.DRAFT_DECISIONS, PRINTS, "post", 422),
    Page("gradebook:decision", Action.DRAFT_DECISIONS, PRINTS, arguments=draft_decision),
    Page("gradebook:decision_issue", Action.APPROVE_OUTCOMES, PRINCIPAL, "post", 422, draft_decision),
    Page("gradebook:decision_withdraw", Action.APPROVE_OUTCOMES, PRINCIPAL, "post", 422, draft_decision),
    Page("gradebook:decision_drop", Action.DRAFT_DECISIONS, PRINTS, "post", 302, draft_decision),
    Page("reports:decision_print", Action.PRINT_PAPERS, PRINTS, "post", 422, draft_decision),
    Page("reports:amended", Action.PRINT_PAPERS, PRINTS, arguments=draft_decision),
    Page("reports:certificates_print", Action.PRINT_PAPERS, PRINTS, "post", 422, draft_decision),
    Page("reports:statistics_start", Action.SEE_STATISTICS, STATISTICS),
    Page("reports:statistics", Action.SEE_STATISTICS, STATISTICS, arguments=levels),
    Page("reports:statistics_file", Action.SEE_STATISTICS, STATISTICS, arguments=levels),
    Page("reports:statistics_compare", Action.SEE_STATISTICS, STATISTICS, arguments=levels),
    Page("reports:statistics_compare_file", Action.SEE_STATISTICS, STATISTICS, arguments=levels),
    Page("reports:statistics_pupils", Action.SEE_STATISTICS, STATISTICS, arguments=levels, data=OF_TOAN),
    # The password is asked again before names leave.
    Page(
        "reports:statistics_pupils_file",
        Action.SEE_STATISTICS,
        STATISTICS,
        status=422,
        arguments=levels,
        data=OF_TOAN,
    ),
    Page("reports:reports", Action.SEE_REPORTS, OFFICE),
    Page("reports:report", Action.SEE_REPORTS, OFFICE, arguments=a_report),
    Page("reports:report_excel", Action.SEE_REPORTS, OFFICE, arguments=a_report),
    Page("reports:report_paper", Action.SEE_REPORTS, OFFICE, arguments=a_report),
    Page("reports:report_paper", Action.SEE_REPORTS, OFFICE, "post", 302, a_report),
    Page("reports:report_form", Action.SEE_REPORTS, OFFICE, arguments=lambda _things: ["bieu-02-th-dn"]),
    # There is no list behind the figures of this one.
    Page("reports:report_pupils", Action.SEE_REPORTS, OFFICE, status=404, arguments=a_report),
    # Nothing says which figures were seen.
    Page("reports:report_keep", Action.KEEP_REPORT, PRINTS, "post", 422, a_report),
    Page("reports:kept_reports", Action.SEE_REPORTS, OFFICE),
    Page("reports:kept_report", Action.SEE_REPORTS, OFFICE, arguments=of("kept")),
    Page("reports:kept_report_differences", Action.SEE_REPORTS, OFFICE, arguments=of("kept")),
    Page("reports:kept_report_excel", Action.SEE_REPORTS, OFFICE, arguments=of("kept")),
    Page("reports:kept_report_paper", Action.SEE_REPORTS, OFFICE, arguments=of("kept")),
    Page("reports:kept_report_paper", Action.SEE_REPORTS, OFFICE, "post", 302, of("kept")),
    Page("reports:exports", Action.EXPORT_DATA, PRINTS),
    # Nothing is chosen.
    Page("reports:sector_file", Action.EXPORT_DATA, PRINTS, status=422),
    Page("reports:sync", Action.EXPORT_DATA, PRINTS),
    # Of no year.
    Page("reports:sync_prepare", Action.PREPARE_SYNC, CLERK, "post", 404),
    Page("reports:sync_batch", Action.EXPORT_DATA, PRINTS, arguments=a_sync_batch),
    # Without the password: whoever may is asked for it.
    Page("reports:sync_file", Action.EXPORT_DATA, PRINTS, status=422, arguments=a_sync_batch),
    Page("reports:sync_sent", Action.PREPARE_SYNC, CLERK, "post", 302, a_sync_batch),
    Page("accounts:backups", Action.SEE_BACKUPS, PRINTS),
    Page("accounts:backups", Action.MAKE_BACKUP, CLERK, "post", 302),
    Page("accounts:backups_help", Action.SEE_BACKUPS, PRINTS),
    Page("accounts:system", Action.SEE_SYSTEM_STATE, PRINTS),
    Page("reports:archives", Action.EXPORT_EVERYTHING, PRINCIPAL),
    # Without the password.
    Page("reports:archives", Action.EXPORT_EVERYTHING, PRINCIPAL, "post", 422),
    Page("reports:archive", Action.EXPORT_EVERYTHING, PRINCIPAL, arguments=an_archive),
    # Not made yet.
    Page("reports:archive_file", Action.EXPORT_EVERYTHING, PRINCIPAL, "post", 404, an_archive),
    Page("reports:archive_cancel", Action.EXPORT_EVERYTHING, PRINCIPAL, "post", 302, an_archive),
)
OPEN_TO_VISITORS = {"healthz": 200, "readyz": 200, "metrics": 404, "accounts:login": 200}
# Which of the office depends on the post of the account (accounts.account_keepers), tried for each in
# tests/accounts/test_activation.py.
BY_POST_OF_THE_ACCOUNT = {
    "accounts:new_slip",
    "accounts:release",
    "accounts:second_factor_reset",
    "accounts:reopen",
    "gradebook:leaver",
}


def the_school() -> School:
    """Toán GHKI of 4A entered and locked; cô Lan is one of thầy Dũng's tổ."""
    school = entered_school()
    open_window(school, Period.END_TERM_1)
    for person in (school.lan, school.dung):
        person.team = Team.objects.get(name="Tổ 4")
        person.save()
    return school


@pytest.fixture(scope="module")
def things_of_module(
    school_of_module: bytes, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[bytes]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield pickle.dumps(some_of_each(pickle.loads(school_of_module)))  # noqa: S301 - written by the fixture of it
        transaction.set_rollback(True)


@pytest.fixture
def things(things_of_module: bytes) -> Things:
    """A copy, so that no test sees what another has changed or remembered in it."""
    return pickle.loads(things_of_module)  # noqa: S301 - what the fixture above has written


@pytest.fixture(scope="module")
def logged_in_of_module(
    things_of_module: bytes, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[tuple[datetime.datetime, dict[str, str]]]:
    """When, and the key of each person's session."""
    people = pickle.loads(things_of_module).school.people  # noqa: S301 - what the fixture above has written
    with django_db_blocker.unblock(), transaction.atomic():
        keys = {name: session_of(person) for name, person in people.items()}
        yield clock.now(), keys
        transaction.set_rollback(True)


@pytest.fixture
def sessions(
    logged_in_of_module: tuple[datetime.datetime, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """Everybody logs in once, not for each of ten thousand requests. Each request is made as if right after that:
    no screen locks, no password grows old and no session is looked at anew, however long the file takes."""
    moment, keys = logged_in_of_module
    for part in (clock, confirmation, idle_lock):
        monkeypatch.setattr(part, "stamp", lambda: moment)
    return keys


def session_of(person: User) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def some_of_each(school: School) -> Things:
    request = filed(school)
    inspection = open_inspection(
        Wanted("planned", Period.MID_TERM_1, "Đối chiếu điểm.", [school.class_4a], ["TOAN"]),
        year=school.year,
        by=school.hoa,
    )
    check = open_round(school.year, clock.today().replace(day=1), due_on=clock.today(), by=school.tuan)
    return Things(
        school=school,
        draft=draft(school, "10", pupil=1),
        filed=request,
        evidence=request.evidence.get(),
        order=EntryOrder.objects.latest("pk"),
        print_job=PrintJob.objects.create(
            book=PrintJob.Book.CLASS_TABLE,
            school_class=school.class_4a,
            period=Period.MID_TERM_1,
            asked_by=school.tuan,
        ),
        upload=upload_of_gone_file(school),
        run=RosterRun.objects.create(upload=upload_of_gone_file(school), asked_by=school.tuan),
        session=SignedInSession.objects.create(user=school.lan, key_hash="0" * 64, device="Chrome"),
        grant=grant_to(school, school.ngoc, school.ngoc.teaching_assignments.get()),
        membership=GroupMembership.objects.create(
            group=Group.objects.create(name="Ban kiểm tra"), member=school.ngoc, starts_on=clock.today()
        ),
        inquiry=ask(
            kind=Inquiry.Kind.QUESTION,
            text="Dán cả cột được không?",
            urgency="",
            desk=Desk.GRADE_HEAD,
            place=Place(),
            token=uuid.uuid4(),
            by=school.lan,
        ),
        announcement=tell(
            Told("Họp tổ", "Chiều thứ Tư họp tổ.", team=school.lan.team),
            token=uuid.uuid4(),
            by=User.objects.get(pk=school.dung.pk),
        ),
        document=the_board(school).document,
        training=record_training(
            [school.lan], subject="Nhập sổ", trained_on=clock.today(), trainer="Cô Hoa", by=school.tuan
        )[0],
        inspection=inspection,
        finding=note(inspection, school.sheet(), [], text="Điểm sai.", due_on=clock.today(), by=school.hoa)[
            0
        ],
        decision=record_decision(
            Decision("commendation", school.lan, "Nhập đúng hạn.", "Giấy khen", "1/QĐ", clock.today()),
            by=school.bich,
        ),
        round=check,
        reply=check.replies.get(school_class=school.class_4a),
        kept=keep_movements(school),
        purpose=begin_register(by=school.tuan)[0],
        data_request=record_request(
            Asked(
                RequestKind.PROVIDE,
                school.pupils[0],
                "Bà Tư",
                "mẹ",
                "Căn cước",
                "Xin bản sao.",
                clock.today(),
            ),
            by=school.tuan,
        ),
        incident=record_incident(
            Found("Sáng nay", clock.now(), "Phụ huynh báo"),
            ToldOfIncident("Gửi nhầm danh sách.", "Họ tên.", 3, "Chưa thấy.", "Đã thu hồi.", "Văn thư"),
            by=school.tuan,
        ),
    )


def upload_of_gone_file(school: School) -> RosterUpload:
    return RosterUpload.objects.create(
        year=school.year,
        name="danh-sach.xlsx",
        file="uploads/gone.xlsx",
        size=1,
        sha256="0" * 64,
        uploaded_by=school.tuan,
    )


# Where each person stands before 4A and its sheet of Toán at GHKI, in the words of the table.
STANDS: Mapping[str, Mapping[Role, frozenset[Whose]]] = {
    "lan": {
        Role.HOMEROOM: frozenset({Whose.OWN_CLASS}),
        Role.SUBJECT: frozenset({Whose.TAUGHT_CLASS, Whose.OWN_SHEET}),
        Role.STAFF: frozenset({Whose.OWN}),
    },
    "thu": {Role.SUBJECT: frozenset({Whose.TAUGHT_CLASS})},
    "dung": {Role.GRADE_HEAD: frozenset({Whose.GRADE, Whose.TEAM})},
    "minh": {Role.HOMEROOM: frozenset(), Role.SUBJECT: frozenset()},
    "ngoc": {Role.HOMEROOM: frozenset(), Role.SUBJECT: frozenset()},
    "bich": {Role.PRINCIPAL: frozenset()},
    "hoa": {Role.VICE_PRINCIPAL: frozenset()},
    "tuan": {Role.CLERK: frozenset()},
    "son": {Role.INSPECTOR: frozenset()},
}
# Before another teacher's class, 1A, and before last year's 4A, which was Lan's; the office as above.
OFFICE_STANDS = {name: STANDS[name] for name in OFFICE}
STANDS_BEFORE_1A = {**OFFICE_STANDS, "ngoc": STANDS["lan"]}
# Thầy Dũng heads grade 4 today, and its former classes are his to read.
STANDS_BEFORE_LAST_YEAR = {**OFFICE_STANDS, "dung": STANDS["dung"]}


def opened_by_table(action: Action, stands: Mapping[str, Mapping[Role, frozenset[Whose]]]) -> set[str]:
    """Whom the table lets do it, for people who stand as told; everybody is STAFF with what is their own."""
    found = set()
    for person in EVERYBODY:
        held = {Role.STAFF: frozenset[Whose](), **stands.get(person, {})}
        for role, whose in RULES[action].who.items():
            if role in held and (whose == Whose.SCHOOL or whose in held[role]):
                found.add(person)
    return found


def answer(page: Page, things: Things, person: str, sessions: Mapping[str, str]) -> int:
    """The status that a person gets; what the request does is undone."""
    return asked(page, things, person, sessions)[0]


def asked(page: Page, things: Things, person: str | None, sessions: Mapping[str, str]) -> tuple[int, int]:
    """The same, and how many statements the page has asked about the person's powers."""
    client = Client()
    if person:
        client.cookies[settings.SESSION_COOKIE_NAME] = sessions[person]
    address = reverse(page.name, args=page.arguments(things))
    extra = {"content_type": page.content_type} if page.content_type else {}
    before = transaction.savepoint()
    with CaptureQueriesContext(connection) as captured:
        status = getattr(client, page.method)(address, dict(page.data), **extra).status_code
        own = f"= {things.school.people[person].pk}" if person else ""
        about_powers = sum(bool(ASKS.search(each["sql"])) and own in each["sql"] for each in captured)
    transaction.savepoint_rollback(before)
    return status, about_powers


def expected(page: Page, person: str | None) -> int:
    if person is None:
        return page.status if page.name == "accounts:activate" else OPEN_TO_VISITORS.get(page.name, 302)
    if person in page.allowed:
        return page.status
    return 403


def label(page: Page) -> str:
    return f"{page.method} {page.name} {page.status}"


# Open to everybody, and hold what is the person's own or what the person may see; tested beside each of them.
LISTS = {
    "approvals:consents",
    "approvals:announcements",
    "gradebook:year_ends",
    "gradebook:year_end_list",
    "gradebook:year_end_list_file",
    "reports:year_end_list_paper",
    "students:attendance",
    "gradebook:handovers",
    "approvals:requests",
    "approvals:signatures",
    "approvals:sign_books",
    "reports:unsigned_books_paper",
    "approvals:correction_register",
    "approvals:inquiries",
    "approvals:inspections",
    "approvals:staff_decisions",
    "approvals:reconciliations",
    "students:classes",
    "students:search",
    "students:suggestions",
    "students:records",
    "students:units",
    "approvals:tasks",
    "approvals:task_counts",
    "reports:own_prints",
    "reports:own_book_print",
    "reports:slips_print",
    "gradebook:progress",
    "gradebook:progress_file",
    "gradebook:progress_missing",
    "gradebook:progress_missing_file",
    "gradebook:own_sheets",
    "gradebook:own_sheets_file",
    "accounts:me",
    "accounts:mail_digest",
    "accounts:password",
    "accounts:second_factor_codes",
    "accounts:second_factor_remove",
    "accounts:sessions",
    "accounts:sessions_end_others",
    "accounts:lock",
    "accounts:unlock",
    "accounts:seen",
    "accounts:confirm",
}
ABOUT_A_CLASS = {
    "approvals:consent_class",
    "approvals:consent_pupil",
    "gradebook:year_end",
    "gradebook:year_end_pupil",
    "students:roll",
    "students:class_attendance",
    "gradebook:period_absences",
    "students:attendance_month",
    "students:attendance_confirm",
    "students:class",
    "students:pupil",
    "students:pupil_edit",
    "students:temporary_code",
    "students:class_records",
    "reports:parent_list",
    "reports:parent_slips",
    "reports:consent_slips",
    "students:class_measures",
    "gradebook:sheet",
    "gradebook:pupil_sheet",
    "gradebook:pupil_sheet_past",
    "gradebook:sheet_past",
    "gradebook:cell_history",
    "gradebook:arrangements",
    "gradebook:old_years",
    "gradebook:repeat",
    "gradebook:sheet_doubts",
    "gradebook:sheet_file",
    "gradebook:sheet_upload",
    "approvals:propose",
    "approvals:signature",
}


# A statement that reads the person's own powers says whose they are; what a page shows of others does not.
ASKS = re.compile(
    r'FROM "(?:accounts_post|accounts_grant|students_homeroom|gradebook_teaching|guardian_|auth_permission)\w*"'
)
# A person's own record shows the duties: there the same tables are what the page is about.
ABOUT_DUTIES = {"gradebook:person"}
MOST = 2


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_each_person_gets_what_the_table_says_and_powers_cost_two_statements_at_most(page, things, sessions):
    people = [*sorted(EVERYBODY), None]
    got = {person: asked(page, things, person, sessions) for person in people}
    assert {person: status for person, (status, _cost) in got.items()} == {
        person: expected(page, person) for person in people
    }
    if page.name not in ABOUT_DUTIES:
        assert {person: cost for person, (_status, cost) in got.items() if cost > MOST} == {}


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if page.action and page.name not in LISTS | BY_POST_OF_THE_ACCOUNT],
    ids=label,
)
def test_the_hand_written_list_and_the_table_that_decides_agree(page):
    assert opened_by_table(page.action, STANDS) == page.allowed


def in_another_class(things: Things) -> Things:
    """The same things of 1A, cô Ngọc's."""
    first = Enrolment.objects.roster(things.school.class_1a).first().student
    school = replace(things.school, class_4a=things.school.class_1a, pupils=[first])
    return replace(things, school=school)


def in_last_years_class(things: Things) -> Things:
    """The same things of the 4A that cô Lan led and taught Toán last year, with a pupil she had then."""
    now = things.school
    year = SchoolYear.objects.create(
        year=now.year.year - 1,
        rule_set=proposed_rule_set(now.year.year - 1),
        starts_on=now.year.starts_on - datetime.timedelta(days=365),
        first_term_ends_on=now.year.starts_on - datetime.timedelta(days=200),
        ends_on=now.year.starts_on - datetime.timedelta(days=1),
        school_name=now.year.school_name,
        parent_body=now.year.parent_body,
        ward=now.year.ward,
        province=now.year.province,
        place=now.year.place,
    )
    former = SchoolClass.objects.create(year=year, name="4A", grade_level=4)
    line = SubjectLine.objects.create(year=year, grade_level=4, code="TOAN")
    held = {"school_class": former, "teacher": now.lan, "starts_on": year.starts_on, "ends_on": year.ends_on}
    HomeroomAssignment.objects.create(**held)
    TeachingAssignment.objects.create(line=line, **held)
    pupil = Student.objects.create(full_name="Lê Văn Cũ", sort_key="cu", search_key="le van cu")
    seat([pupil], former, ends_on=year.ends_on)
    return replace(things, school=replace(now, class_4a=former, pupils=[pupil]))


@pytest.mark.parametrize(
    ("moved", "stands"),
    [(in_another_class, STANDS_BEFORE_1A), (in_last_years_class, STANDS_BEFORE_LAST_YEAR)],
    ids=["another's class", "a former class"],
)
@pytest.mark.parametrize("page", [page for page in PAGES if page.name in ABOUT_A_CLASS], ids=label)
def test_another_class_and_a_former_one_open_only_as_the_table_says(page, moved, stands, things, sessions):
    elsewhere = moved(things)
    if moved is in_last_years_class and RULES[page.action].stays_after_the_year:
        stands = {**stands, "lan": STANDS["lan"]}
    let_in = {person for person in EVERYBODY if answer(page, elsewhere, person, sessions) not in (403, 404)}
    assert let_in == opened_by_table(page.action, stands)


@pytest.mark.parametrize("person", sorted(EVERYBODY))
def test_the_menu_leads_only_where_the_person_gets_in(person, things):
    client = Client()
    client.force_login(things.school.people[person])
    menu = [entry["url"] for entry in client.get("/").context["menu"]]
    assert {url: client.get(url).status_code for url in menu} == dict.fromkeys(menu, 200)


def test_every_power_of_the_table_opens_a_page():
    """But one: what is passed on to the principal is decided on the page of the inquiry (test_inquiries)."""
    without_page = {Action.DECIDE_INQUIRY}
    assert {page.action for page in PAGES} - {None} == set(Action) - without_page


def names(patterns: list[URLPattern | URLResolver], space: str = "") -> set[str]:
    """The names of all URLs, with their app's namespace."""
    found = set()
    for each in patterns:
        if isinstance(each, URLResolver):
            found |= names(each.url_patterns, f"{each.namespace}:" if each.namespace else space)
        else:
            found.add(f"{space}{each.name}")
    return found


def test_every_url_is_in_the_table():
    assert names(get_resolver().url_patterns) == {page.name for page in PAGES}


def test_a_refusal_is_logged_with_who_asked_for_what(things):
    address = reverse("gradebook:sheet", args=sheet_of(Period.MID_TERM_1)(things))
    client = Client()
    client.force_login(things.school.minh)
    answer = client.get(address)
    entry = AccessLogEntry.objects.latest("pk")
    assert (entry.kind, entry.user, entry.path) == ("refused", things.school.minh, address)
    page = answer.content.decode()
    assert "giáo viên được phân công" in page
    assert "Tổ (khối) trưởng (khối mình phụ trách)" in page


def test_powers_end_with_the_assignment(things, sessions):
    """The day after: the same person, the same address, no way in."""
    page = next(page for page in PAGES if page.name == "gradebook:sheet")
    assert answer(page, things, "lan", sessions) == 200
    yesterday = things.school.year.starts_on
    things.school.lan.homeroom_assignments.update(ends_on=yesterday)
    things.school.lan.teaching_assignments.update(ends_on=yesterday)
    assert answer(page, things, "lan", sessions) == 403


def test_a_page_of_a_closed_account_is_shut(things, sessions):
    things.school.hoa.is_active = False
    things.school.hoa.save()
    page = next(page for page in PAGES if page.name == "approvals:tasks")
    assert answer(page, things, "hoa", sessions) == 302
