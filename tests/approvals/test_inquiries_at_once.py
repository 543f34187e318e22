"""Several people ask or answer at the same moment: each question has a number of its own and is answered once."""

import uuid

import pytest

from approvals.inquiries import InquiryRefused, Place, ask, move
from approvals.inquiry_workflow import Desk, InquiryAct
from approvals.models import Inquiry, InquiryEntry
from tests.at_once import at_once
from tests.gradebook.school import make_school

pytestmark = pytest.mark.usefixtures("committed")


def asking(person, token):
    def run():
        ask(
            kind=Inquiry.Kind.QUESTION,
            text="Dán cả cột được không?",
            urgency="",
            desk=Desk.CLERK,
            place=Place(),
            token=token,
            by=person,
        )

    return run


def test_the_same_form_sent_twice_at_once_is_one_inquiry_and_two_people_get_two_numbers():
    school = make_school()
    twice = asking(school.lan, uuid.uuid4())
    at_once(twice, twice, asking(school.minh, uuid.uuid4()), asking(school.thu, uuid.uuid4()))
    assert sorted(Inquiry.objects.values_list("number", flat=True)) == [1, 2, 3]
    assert Inquiry.objects.filter(asker=school.lan).count() == 1


def test_answered_and_closed_at_once_it_has_one_end():
    school = make_school()
    asking(school.lan, uuid.uuid4())()
    inquiry = Inquiry.objects.get()
    refused = []

    def answer():
        try:
            move(inquiry, InquiryAct.ANSWER, text="Được.", by=school.tuan)
        except InquiryRefused as refusal:
            refused.append(refusal)

    at_once(answer, answer, lambda: move(inquiry, InquiryAct.CLOSE, by=school.lan))
    inquiry.refresh_from_db()
    assert inquiry.state == "closed"
    assert InquiryEntry.objects.filter(act="answer").count() == 2 - len(refused) <= 1
