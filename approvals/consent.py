"""The principal's consent to a correction of what the principal has approved already (PLAN IV.1; rules R52, R55)."""

from accounts import clock
from accounts.history import Source, acting
from accounts.models import User
from approvals.mandates import CorrectionRefused
from approvals.models import CorrectionRequest
from approvals.moves import moved
from approvals.registers import register_of
from approvals.workflow import Act
from gradebook.grading import plain_text, says_something


def answer(request: CorrectionRequest, *, consents: bool, note: str, by: User) -> CorrectionRequest:
    """Awaiting → approved, or refused for a reason, by the principal.

    To consent is to agree that the decisions on these pupils are re-opened where the correction changes their results:
    `approvals.consequences` does it when the clerk carries the request out.
    """
    with acting(by, role="Hiệu trưởng", source=Source.PAGE, request_id=request.pk):
        request = moved(request, Act.CONSENT if consents else Act.DECLINE, by)
        if consents:
            register_of(request).check_writable()
        if not consents and not says_something(note):
            raise CorrectionRefused(
                "Ghi lí do không đồng ý, ít nhất 3 chữ cái hoặc chữ số, để giáo viên biết.", field="note"
            )
        request.consent_by, request.consent_at, request.consent_note = by, clock.now(), plain_text(note)
        request.save()
    return request


def ask_consent(request: CorrectionRequest, *, by: User) -> CorrectionRequest:
    """Approved → awaiting, by the clerk: the principal approved the class's results after the vice-principal's word."""
    with acting(by, role="Văn thư", source=Source.PAGE, request_id=request.pk) as act:
        request = moved(request, Act.ASK_CONSENT, by)
        request.save()
        act.says(f"Chuyển phiếu {request.label} để Hiệu trưởng đồng ý", thing=f"request:{request.pk}")
    return request
