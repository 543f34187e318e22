"""Words on a filed request that do not end it: the team head's opinion, what the vice-principal still wants (R52)."""

from accounts import clock
from accounts.history import Source, acting
from accounts.models import User
from approvals.mandates import CorrectionOutdated, CorrectionRefused
from approvals.models import CorrectionRequest
from approvals.moves import moved
from approvals.workflow import Act
from gradebook.grading import plain_text, says_something


def give_opinion(request: CorrectionRequest, *, opinion: str, by: User) -> CorrectionRequest:
    """The head of the proposer's tổ says what they think; it holds nothing up, and the one who decides reads it.

    Each says it once. Whoever heads the tổ later may say something too: it stands in the place of the earlier opinion,
    which the history keeps.
    """
    with acting(by, role="Tổ (khối) trưởng", source=Source.PAGE, request_id=request.pk):
        request = moved(request, Act.OPINE, by)
        if has_opined(request, by):
            raise CorrectionOutdated(
                "Thầy cô đã ghi ý kiến về phiếu này; mỗi người ghi một lần và ý kiến đã ghi không sửa được. Cần nói "
                "thêm thì trao đổi trực tiếp với Phó Hiệu trưởng."
            )
        if not says_something(opinion):
            raise CorrectionRefused(
                "Ghi ý kiến, ít nhất 3 chữ cái hoặc chữ số, rồi gửi lại.", field="opinion"
            )
        request.opinion_by, request.opinion_at, request.opinion = by, clock.now(), plain_text(opinion)
        request.save()
    return request


def has_opined(request: CorrectionRequest, person: User) -> bool:
    """Whether this person has given an opinion on it before, also one that stands no more. One statement at most."""
    if request.opinion_by_id is None:
        return False
    return request.opinion_by_id == person.pk or request.history.filter(opinion_by=person.pk).exists()


def ask_for_more(request: CorrectionRequest, *, note: str, by: User) -> CorrectionRequest:
    """Filed → returned by the vice-principal, with what is wanted; the proposer adds it and files again."""
    with acting(by, role="Phó Hiệu trưởng", source=Source.PAGE, request_id=request.pk):
        request = moved(request, Act.RETURN, by)
        if not says_something(note):
            raise CorrectionRefused(
                "Ghi cần bổ sung gì, ít nhất 3 chữ cái hoặc chữ số, để giáo viên biết mà làm.", field="note"
            )
        request.returned_by, request.returned_at, request.return_note = by, clock.now(), plain_text(note)
        request.save()
    return request
