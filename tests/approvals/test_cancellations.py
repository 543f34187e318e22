"""A filed request is cancelled with a reason; of an approved one whoever approved it and the clerk read it."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from accounts.models import User
from approvals import consent, corrections
from approvals.mandates import CorrectionRefused
from approvals.models import CancellationReading, CorrectionRequest
from approvals.request_pages import get_request, read_page
from approvals.tasks import read_tasks
from approvals.workflow import State
from students.models import SchoolYear
from tests.approvals.papers import approved, awaiting, draft, entered_school, filed
from tests.approvals.test_request_pages import act_of, page_of, text

pytestmark = pytest.mark.django_db
WHY = "Em đã nộp lại bài, điểm cũ đúng."


def the_school():
    return entered_school()


def again(person):
    return User.objects.get(pk=person.pk)


def told(person):
    return [(task.title.split(" · ")[0], task.note) for task in read_tasks(again(person)).requests]


def test_an_approved_request_is_not_cancelled_without_a_reason(school, client):
    request = approved(school)
    client.force_login(school.lan)
    answer = client.post(act_of(request, "cancel"), {"cancel_note": " . "})
    assert answer.status_code == 422
    assert "ghi lí do huỷ (ít nhất 3 chữ cái hoặc chữ số) để người phê chuẩn và văn thư biết" in text(answer)
    assert '<details class="cancel" open>' in answer.content.decode()
    with pytest.raises(CorrectionRefused, match="ghi lí do huỷ"):
        corrections.cancel(request, by=school.lan)
    with pytest.raises(IntegrityError, match="not cancelled without a reason"), transaction.atomic():
        CorrectionRequest.objects.update(state="cancelled")
    assert client.post(act_of(request, "cancel"), {"cancel_note": WHY}).status_code == 302
    request.refresh_from_db()
    assert (request.state, request.cancel_note) == (State.CANCELLED, WHY)
    with pytest.raises(IntegrityError), transaction.atomic():
        CorrectionRequest.objects.update(cancel_note="Khác.")


def test_what_is_filed_has_a_number_and_is_not_cancelled_without_a_reason(school, client):
    request = filed(school)
    client.force_login(school.lan)
    answer = client.post(act_of(request, "cancel"), {"cancel_note": " "})
    assert answer.status_code == 422
    assert f"Phiếu đã có số {request.label}: ghi lí do huỷ" in text(answer)
    assert "không bắt buộc" not in text(answer).split("Lí do huỷ")[-1]
    with pytest.raises(IntegrityError, match="not cancelled without a reason"), transaction.atomic():
        CorrectionRequest.objects.update(state="cancelled")
    assert client.post(act_of(request, "cancel"), {"cancel_note": WHY}).status_code == 302
    assert WHY in text(client.get(page_of(request)))


def test_a_draft_is_cancelled_without_words_and_of_what_nobody_approved_nobody_is_told(school):
    corrections.cancel(draft(school), by=school.lan)
    corrections.cancel(filed(school, "8"), note=WHY, by=school.lan)
    assert [told(person) for person in (school.hoa, school.tuan)] == [[], []]


def test_approver_and_clerk_read_the_reason_until_each_has_opened_the_request(school, client):
    request = approved(school)
    corrections.cancel(request, note=WHY, by=school.lan)
    news = [(f"Phiếu {request.label}", WHY)]
    assert [told(person) for person in (school.hoa, school.tuan, school.bich, school.lan)] == [
        news,
        news,
        [],
        [],
    ]
    client.force_login(school.hoa)
    menu = {each["url"]: each["count"] for each in client.get(reverse("accounts:powers")).context["menu"]}
    assert menu[reverse("approvals:requests")] == 1
    assert WHY in text(client.get("/"))
    assert WHY in text(client.get(page_of(request)))
    assert [told(person) for person in (school.hoa, school.tuan)] == [[], news]
    client.get(page_of(request))
    assert CancellationReading.objects.count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        CancellationReading.objects.all().delete()


def test_the_principal_is_told_of_what_the_principal_consented_to(school):
    request = consent.answer(awaiting(school), consents=True, note="", by=again(school.bich))
    corrections.cancel(request, note=WHY, by=school.lan)
    assert told(school.bich) == [(f"Phiếu {request.label}", WHY)]


def test_the_history_keeps_the_reason(school):
    request = corrections.cancel(approved(school), note=WHY, by=school.lan)
    newest = read_page(again(school.hoa), get_request(again(school.hoa), request.pk)).timeline[0]
    assert (newest.what, newest.note) == ("Huỷ phiếu", WHY)


def test_of_a_closed_year_no_cancellation_is_news(school):
    corrections.cancel(approved(school), note=WHY, by=school.lan)
    SchoolYear.objects.filter(pk=school.year.pk).update(state=SchoolYear.State.CLOSED)
    assert told(school.hoa) == []
