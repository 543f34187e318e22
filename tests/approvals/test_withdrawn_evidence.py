"""Evidence that turned out to be wrong: taken out by its proposer before a filing, never after, and never unseen."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import User
from approvals import corrections, opinions
from approvals.cell_requests import acts_about
from approvals.evidence import clean_evidence
from approvals.mandates import CorrectionOutdated, CorrectionRefused
from approvals.models import Evidence
from approvals.request_pages import get_request, read_page
from approvals.workflow import State
from tests.approvals.papers import REASON, cleaned_picture, draft, entered_school, filed, picture, returned
from tests.approvals.test_request_pages import page_of, text

pytestmark = pytest.mark.django_db


def the_school():
    return entered_school()


def again(person):
    return User.objects.get(pk=person.pk)


def add(request, school, *names):
    """A picture of its own for each name."""
    for number, name in enumerate(names, start=1):
        size = (40 + number + 10 * request.evidence.count(), 40)
        corrections.attach(request, clean_evidence(name, picture(size=size)), by=school.lan)


def names_of(lines):
    return [each.name for each in lines]


def seen(school, request, person):
    return read_page(again(person), get_request(again(person), request.pk))


def test_the_proposer_withdraws_a_filed_file_while_more_is_asked_and_it_stays_on_record(school, client):
    request = returned(school)
    first = request.evidence.get()
    client.force_login(school.lan)
    assert "Rút tệp này" in text(client.get(page_of(request)))
    assert client.post(reverse("approvals:detach", args=[first.pk]), {"reason": REASON}).status_code == 302
    add(request, school, "đúng.jpg")
    corrections.file_request(request, reason=REASON, by=school.lan)
    page = seen(school, request, school.hoa)
    assert (names_of(page.evidence), names_of(page.withdrawn)) == (["đúng.jpg"], ["bài.jpg"])
    assert "Rút minh chứng" in [step.what for step in page.timeline]
    client.force_login(school.hoa)
    assert client.get(reverse("approvals:evidence", args=[first.pk])).status_code == 200
    assert "Minh chứng đã rút" in text(client.get(page_of(request)))
    told = acts_about(again(school.hoa), school.sheet(), school.pupils[0].pk, "TOAN", "mark")
    assert [(step.why, step.who) for step in told if step.act == "Rút minh chứng"] == [
        ("bài.jpg", school.lan.full_name)
    ]


def test_to_take_a_wrong_picture_out_is_an_answer_but_the_last_one_is_not_taken_out_for_nothing(school):
    request = filed(school)
    opinions.ask_for_more(request, note="Ảnh của em khác.", by=school.hoa)
    corrections.detach(request.evidence.get(), by=school.lan)
    with pytest.raises(CorrectionRefused, match="Kèm ít nhất một minh chứng"):
        corrections.file_request(request, reason=REASON, by=school.lan)
    add(request, school, "a.jpg", "b.jpg")
    corrections.file_request(request, reason=REASON, by=school.lan)
    opinions.ask_for_more(request, note="Bỏ ảnh b.", by=school.hoa)
    corrections.detach(request.evidence.get(name="b.jpg"), by=school.lan)
    assert corrections.file_request(request, reason=REASON, by=school.lan).state == State.FILED


def test_after_filing_nothing_is_taken_out_by_the_page_or_the_database(school):
    request = filed(school)
    file = request.evidence.get()
    with pytest.raises(CorrectionOutdated):
        corrections.detach(file, by=school.lan)
    with pytest.raises(IntegrityError, match="withdrawn once"), transaction.atomic():
        Evidence.objects.update(withdrawn_at=file.uploaded_at)
    opinions.ask_for_more(request, note="Rõ hơn.", by=school.hoa)
    corrections.detach(file, by=school.lan)
    with pytest.raises(CorrectionOutdated, match="đã bỏ ra khỏi phiếu rồi"):
        corrections.detach(file, by=school.lan)
    with pytest.raises(IntegrityError, match="withdrawn once"), transaction.atomic():
        Evidence.objects.update(withdrawn_at=None)
    with pytest.raises(IntegrityError, match="has no evidence"), transaction.atomic():
        type(request).objects.filter(pk=request.pk).update(state="filed")


def test_nobody_else_takes_a_file_out(school):
    file = returned(school).evidence.get()
    for person in (school.hoa, school.tuan, school.minh):
        with pytest.raises(PermissionDenied), transaction.atomic():
            corrections.detach(file, by=again(person))


def test_a_withdrawn_picture_can_be_sent_once_more(school):
    request = returned(school)
    corrections.detach(request.evidence.get(), by=school.lan)
    corrections.attach(request, cleaned_picture(), by=school.lan)
    assert request.evidence.standing().count() == 1


def test_five_new_files_go_with_each_filing_and_not_five_in_a_requests_whole_life(school):
    request = draft(school)
    five = [f"{number}.jpg" for number in range(5)]
    add(request, school, *five)
    with pytest.raises(CorrectionRefused, match="mỗi lần gửi phiếu kèm nhiều nhất 5 tệp"):
        add(request, school, "6.jpg")
    corrections.file_request(request, reason=REASON, by=school.lan)
    opinions.ask_for_more(request, note="Thêm trang sau.", by=school.hoa)
    add(request, school, *(f"sau-{name}" for name in five))
    with pytest.raises(CorrectionRefused, match="mỗi lần gửi phiếu kèm nhiều nhất 5 tệp"):
        add(request, school, "sau-6.jpg")
    assert request.evidence.standing().count() == 10
