"""Words on a filed request that do not end it: the team head's opinion, what the vice-principal still wants (R52)."""

from accounts import clock
from accounts.history import Source, acting
from accounts.models import User
from approvals.mandates import CorrectionRefused
from approvals.models import CorrectionRequest
from approvals.moves import moved
from approvals.workflow import Act
from gradebook.grading import plain_text, says_something


def give_opinion(request: CorrectionRequest, *, opinion: str, by: User) -> CorrectionRequest:
    """The head of the proposer's tổ says what they think; it holds nothing up, and the one who decides reads it.

    A later opinion stands in the place of an earlier one, which the history keeps.
    """
    with acting(by, role="Tổ (khối) trưởng", source=Source.PAGE, request_id=request.pk):
        request = moved(request, Act.OPINE, by)
        if not says_something(opinion):
            raise CorrectionRefused("Ghi ý kiến rồi gửi lại.", field="opinion")
        request.opinion_by, request.opinion_at, request.opinion = by, clock.now(), plain_text(opinion)
        request.save()
    return request


def ask_for_more(request: CorrectionRequest, *, note: str, by: User) -> CorrectionRequest:
    """Filed → returned by the vice-principal, with what is wanted; the proposer adds it and files again."""
    with acting(by, role="Phó Hiệu trưởng", source=Source.PAGE, request_id=request.pk):
        request = moved(request, Act.RETURN, by)
        if not says_something(note):
            raise CorrectionRefused("Ghi cần bổ sung gì để giáo viên biết mà làm.", field="note")
        request.returned_by, request.returned_at, request.return_note = by, clock.now(), plain_text(note)
        request.save()
    return request
