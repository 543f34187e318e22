"""A closed year is read and printed, never changed; the principal closes it and opens it again (rule R17)."""

import datetime
import re

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, models, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import clock
from accounts.history import Source, acting
from accounts.models import User
from approvals import year_closing
from approvals.mandates import CorrectionRefused
from approvals.models import CorrectionRequest
from approvals.tasks import read_tasks
from approvals.year_closing import close_year, closing_list, reopen_year
from gradebook.decided_anew import ToAmend
from gradebook.decision_rules import DecisionKind
from gradebook.decisions import draft_decision
from gradebook.models import ResultsDecision, SubjectResult, YearOutcome
from students.models import Enrolment, HomeroomAssignment, SchoolYear, YearIsClosed, YearProfile
from students.years import YearRefused
from tests.approvals.papers import draft, entered_school, filed
from tests.gradebook.school import CONFIRMED
from tests.students.test_attendance import at

pytestmark = pytest.mark.django_db

# What hangs on a year and may still be written when it is closed, and why.
NOT_GUARDED = {
    "reports.PrintJob": "books of past years are printed for as long as the school stands",
    "reports.PrintBatch": "the same: books of many classes",
    "reports.PrintCopies": "the same: on how much paper; never changed",
    "reports.PrintedPart": "the same: what they said; never changed",
    "reports.KeptReport": "a report of a past year may be asked for and kept after it; no copy is ever changed",
    "reports.SyncBatch": "what a past year was goes to the sector after it; no batch is ever changed",
    "reports.SyncRecord": "the same: written with its batch alone",
    "reports.SyncSending": "the same: that it was sent; never changed",
    "approvals.BookLook": "that somebody has read a book, of whatever year; never changed, and no signature follows",
    "students.RosterUpload": "a file that somebody sent; what it would write is guarded",
    "students.RosterRun": "the same",
    "approvals.StaffDecision": "what was found in a year may be decided upon after it; its own trigger keeps it",
    "approvals.DocumentVersion": "a paper that comes late is kept with the year it is of; no version is ever changed",
    "approvals.BoardMember": "the same: they are written with their version alone",
    "students.SchoolYear": "its own trigger keeps it (school_year_moves)",
}


def the_school():
    return entered_school()


@pytest.fixture
def over(school):
    """The day after the year's last, everybody's outcome approved, nothing left open."""
    with acting(school.bich, role="Hiệu trưởng", source=Source.PAGE):
        YearOutcome.objects.bulk_create(
            YearOutcome(
                student_id=seat.student_id,
                school_class_id=seat.school_class_id,
                result="HTT",
                is_promoted=True,
                approved_by=school.bich,
                approved_on=school.year.ends_on,
            )
            for seat in Enrolment.objects.filter(school_class__year=school.year, ended_by=None)
        )
    with at(school.year.ends_on + datetime.timedelta(days=1)):
        yield school.year


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def text(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def state_of(year):
    return SchoolYear.objects.get(pk=year.pk).state


def test_a_year_that_is_not_settled_is_not_closed_and_each_thing_is_named(school):
    request = filed(school)
    with pytest.raises(YearRefused) as refused:
        close_year(school.year, by=school.bich)
    said = str(refused.value)
    for words in ("năm học chưa hết", "chưa phê duyệt: 1A", "1 phiếu chờ bổ sung, chờ phê chuẩn"):
        assert words in said
    assert request.state == "filed"
    assert state_of(school.year) == "open"


def test_drafts_that_nobody_filed_hold_nothing_up_and_are_cancelled_as_the_page_says(school, over):
    request = draft(school)
    bich = client_of(school.bich)
    told = text(bich.get(reverse("approvals:year_closing", args=[over.pk])))
    assert "mọi phiếu đã gửi đã kết thúc; 1 phiếu nháp chưa gửi sẽ huỷ khi đóng" in told
    bich.post(reverse("approvals:year_close", args=[over.pk]), CONFIRMED)
    request.refresh_from_db()
    assert (request.state, request.number, state_of(over)) == ("cancelled", None, "closed")
    shown = text(client_of(school.lan).get(reverse("approvals:request", args=[request.pk])))
    assert f"Đóng năm học {over.label} khi phiếu chưa gửi." in shown


def test_the_principal_closes_the_year_and_opens_it_again_for_a_reason_that_stays(school, over):
    page = reverse("approvals:year_closing", args=[over.pk])
    bich = client_of(school.bich)
    assert "Đóng năm học" in text(bich.get(page))
    bich.post(reverse("approvals:year_close", args=[over.pk]), CONFIRMED)
    assert state_of(over) == "closed"
    bich.post(reverse("approvals:year_reopen", args=[over.pk]), {"reason": "Công văn 12/PGD", **CONFIRMED})
    assert state_of(over) == "open"
    shown = text(bich.get(reverse("students:year", args=[over.pk])))
    assert "Đóng năm học" in shown
    assert "Công văn 12/PGD" in shown


def test_a_year_is_not_closed_over_a_decision_that_says_what_no_longer_holds(school, over, monkeypatch):
    decision = ResultsDecision(number="01/QĐ-THKĐ", kind="awards", year=over, dated=over.ends_on)
    wrong = ToAmend(decision, ("Nguyễn An (4A)",), ())
    monkeypatch.setattr(year_closing, "decisions_to_amend", lambda year: [wrong] if year == over else [])
    page = text(client_of(school.bich).get(reverse("approvals:year_closing", args=[over.pk])))
    assert "1 quyết định nêu kết quả không còn đúng" in page
    with pytest.raises(YearRefused) as refusal:
        close_year(over, by=school.bich)
    assert "01/QĐ-THKĐ" in str(refusal.value.problems)
    assert "Nguyễn An (4A)" in str(refusal.value.problems)


def test_a_year_is_not_closed_over_a_draft_of_a_decision_which_nobody_could_issue_then(school, over):
    draft_decision(DecisionKind.RESULTS, over, None, by=school.tuan)
    with pytest.raises(YearRefused, match="1 dự thảo chưa ban hành, chưa bỏ"):
        close_year(over, by=school.bich)


def test_a_year_is_not_opened_again_without_a_reason(school, over):
    close_year(over, by=school.bich)
    answer = client_of(school.bich).post(reverse("approvals:year_reopen", args=[over.pk]), CONFIRMED)
    assert answer.status_code == 422
    assert state_of(over) == "closed"


def test_nobody_but_the_principal_closes_or_opens_again(school, over):
    for person in (school.hoa, school.tuan, school.lan):
        with pytest.raises(PermissionDenied):
            close_year(over, by=person)
        with pytest.raises(PermissionDenied):
            reopen_year(over, reason="Vì thế", by=person)


def test_months_that_nobody_confirmed_are_told_but_hold_nothing_up(school, over):
    months = closing_list(over)[-2]
    assert "tháng chưa xác nhận" in months.missing
    close_year(over, by=school.bich)


def test_classes_that_have_not_handed_over_are_told_before_the_year_closes(school, over):
    handovers = closing_list(over)[-1]
    assert "3 lớp chưa kí" in handovers.missing
    page = client_of(school.bich).get(reverse("approvals:year_closing", args=[over.pk]))
    assert "đóng rồi thì không ghi, không kí được nữa" in page.text


def test_no_mark_of_a_closed_year_is_corrected(school, over):
    waiting = draft(school)
    CorrectionRequest.objects.filter(pk=waiting.pk).update(state="cancelled")
    close_year(over, by=school.bich)
    with pytest.raises((CorrectionRefused, YearIsClosed)):
        draft(school, "10")


def test_the_database_itself_refuses_a_change_of_a_closed_year(school, over):
    YearProfile.objects.create(student=school.pupils[0], year=over)
    close_year(over, by=school.bich)
    for rows, change in (
        (SubjectResult.objects.all(), {"mark": 10}),
        (YearProfile.objects.all(), {"height_cm": 130}),
        (YearOutcome.objects.all(), {"is_promoted": False}),
        (HomeroomAssignment.objects.all(), {"ends_on": over.starts_on}),
    ):
        with pytest.raises(IntegrityError, match="is closed"), transaction.atomic():
            assert rows.update(**change)


def test_a_page_whose_act_meets_a_closed_year_says_so(school, over):
    close_year(over, by=school.bich)
    answer = client_of(school.lan).post(
        reverse("students:attendance_confirm", args=[school.class_4a.pk, datetime.date(over.year, 11, 1)]),
        {"with_leave": "0", "without_leave": "0", "not_called": "0", **CONFIRMED},
    )
    assert answer.status_code in (409, 422)


def test_the_locked_sheet_of_a_closed_year_offers_no_request(school, over):
    sheet = reverse("gradebook:sheet", args=[school.class_4a.pk, "TOAN", "GHKI"])
    assert "propose" in client_of(school.lan).get(sheet).content.decode()
    close_year(over, by=school.bich)
    assert "propose" not in client_of(school.lan).get(sheet).content.decode()


def test_every_table_that_hangs_on_a_year_is_guarded_or_named_with_a_reason():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'closed_year_update'")
        guarded = {name for (name,) in cursor.fetchall()}
    hanging = _hanging_on_a_year()
    open_ones = {model._meta.label for model in hanging if model._meta.db_table not in guarded}
    assert open_ones <= set(NOT_GUARDED)
    assert len(guarded) > 15


def _hanging_on_a_year():
    """Our models with a way of foreign keys to the year, history apart."""
    ours = [
        model
        for label in ("students", "gradebook", "approvals", "reports")
        for model in apps.get_app_config(label).get_models()
        if not model.__name__.startswith("Historical")
    ]
    found = {SchoolYear}
    while True:
        more = {
            model
            for model in ours
            if model not in found
            and any(
                isinstance(field, models.ForeignKey) and field.related_model in found
                for field in model._meta.fields
            )
        }
        if not more:
            return found
        found |= more


# -- Opened again ------------------------------------------------------------------------------------------


def years_of(person):
    return read_tasks(User.objects.get(pk=person.pk)).years


def test_a_reopened_year_is_a_task_of_principal_and_clerk_until_it_is_closed_again(school, over):
    close_year(over, by=school.bich)
    assert not years_of(school.bich)
    reopen_year(over, reason="Công văn 12/SGDĐT yêu cầu sửa kết quả một em.", by=school.bich)
    (task,) = years_of(school.bich)
    today = clock.today()
    assert task.title == f"Năm học {over.label} đang mở lại"
    for words in (
        f"mở lại từ {timezone.localtime(clock.now()):%H:%M} {today:%d/%m/%Y}, {school.bich.full_name}",
        "lí do: Công văn 12/SGDĐT yêu cầu sửa kết quả một em.",
        "sửa xong thì đóng lại",
    ):
        assert words in task.detail
    assert (task.due_on, task.kind) == (today + datetime.timedelta(days=14), "warning")
    (of_clerk,) = years_of(school.tuan)
    assert "báo Hiệu trưởng đóng lại" in of_clerk.detail
    assert not any(years_of(person) for person in (school.hoa, school.lan, school.son))
    assert "lí do: Công văn 12/SGDĐT" in text(client_of(school.bich).get("/"))
    page = client_of(school.tuan).get(reverse("approvals:year_closing", args=[over.pk]))
    assert "Năm học này mở lại từ" in text(page)
    with clock.travelling(clock.now() + datetime.timedelta(days=15)):
        assert years_of(school.bich)[0].word == "Quá hạn"
    close_year(over, by=school.bich)
    assert not years_of(school.bich)


def test_a_year_that_never_was_closed_is_not_reopened(school, over):
    assert not years_of(school.bich)
    page = client_of(school.bich).get(reverse("approvals:year_closing", args=[over.pk]))
    assert "mở lại từ" not in text(page)
