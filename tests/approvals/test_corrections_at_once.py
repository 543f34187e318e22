"""Two people act on one request at the same moment: it is decided once and carried out once (rule R53)."""

import pytest
from django.core.exceptions import PermissionDenied

from approvals import corrections
from approvals.mandates import CorrectionRefused
from approvals.models import CorrectionRequest
from gradebook.models import SubjectResult
from tests.approvals.papers import REASON, cleaned_picture, draft, entered_school, filed
from tests.at_once import at_once


def outcome_of(act, outcomes):
    """Runs the act and notes whether it went through."""

    def run():
        try:
            act()
        except (CorrectionRefused, PermissionDenied) as refusal:
            outcomes.append(type(refusal).__name__)
        else:
            outcomes.append("done")

    return run


@pytest.mark.usefixtures("committed")
def test_a_request_carried_out_twice_at_once_is_written_once():
    school = entered_school()
    request = corrections.decide(filed(school), approve=True, note="", by=school.hoa)
    outcomes = []
    act = outcome_of(lambda: corrections.carry_out(request, by=school.tuan), outcomes)
    at_once(act, act, act)
    assert sorted(outcomes) == ["CorrectionOutdated", "CorrectionOutdated", "done"]
    result = SubjectResult.objects.get(student=school.pupils[0])
    assert result.mark == 9
    assert SubjectResult.history.filter(id=result.pk, source="correction").count() == 1


@pytest.mark.usefixtures("committed")
def test_requests_filed_at_once_get_numbers_of_their_own_and_leave_no_gap():
    school = entered_school()
    requests = [draft(school, value) for value in ("8", "9", "10")]
    for request in requests:
        corrections.attach(request, cleaned_picture(), by=school.lan)
    at_once(
        *(
            lambda request=request: corrections.file_request(request, reason=REASON, by=school.lan)
            for request in requests
        )
    )
    numbers = CorrectionRequest.objects.values_list("number", "state")
    assert sorted(numbers) == [(1, "filed"), (2, "filed"), (3, "filed")]


@pytest.mark.usefixtures("committed")
def test_a_request_approved_and_cancelled_at_once_ends_cancelled_and_nobody_is_left_in_doubt():
    school = entered_school()
    request = filed(school)
    outcomes = []
    at_once(
        outcome_of(lambda: corrections.decide(request, approve=True, note="", by=school.hoa), outcomes),
        outcome_of(lambda: corrections.cancel(request, note="Không cần nữa.", by=school.lan), outcomes),
    )
    final = CorrectionRequest.objects.get(pk=request.pk)
    # Cancelling an approved request is allowed, approving a cancelled one is not: it ends cancelled either way.
    assert final.state == "cancelled"
    assert sorted(outcomes) in (["done", "done"], ["CorrectionOutdated", "done"])


@pytest.mark.usefixtures("committed")
def test_of_two_requests_on_one_cell_approved_at_once_one_is_approved():
    school = entered_school()
    requests = [filed(school, value) for value in ("9", "5")]
    outcomes = []
    at_once(
        *(
            outcome_of(
                lambda request=request: corrections.decide(request, approve=True, note="", by=school.hoa),
                outcomes,
            )
            for request in requests
        )
    )
    assert sorted(outcomes) == ["CorrectionRefused", "done"]
    states = CorrectionRequest.objects.values_list("state", flat=True)
    assert sorted(states) == ["approved", "filed"]
