"""A request to withdraw consents is carried out once they are withdrawn: what of it still stands (rules R66, R67)."""

from collections.abc import Collection, Sequence

from approvals.data_consents import Said, pupil_consents
from approvals.data_purposes import purposes_to_agree_to
from approvals.data_refusals import DataRefused
from approvals.data_rules import RequestKind
from approvals.models import Consent, DataRequest, ProcessingPurpose
from students.models import Student


def still_agreed(request: DataRequest) -> list[ProcessingPurpose]:
    """What the pupil of a request to withdraw is still agreed to for, by whomever, with no withdrawal since.

    Two statements; none for another request.
    """
    if request.kind != RequestKind.WITHDRAW or request.student is None:
        return []
    (found,) = pupil_consents([request.student], purposes_to_agree_to())
    said = {
        cell.purpose: {each.said for each in (cell.representative, cell.child) if each}
        for cell in found.cells
    }
    return [purpose for purpose, words in said.items() if Said.GIVEN in words and Said.WITHDRAWN not in words]


def check_withdrawn(request: DataRequest, kept: Collection[int]) -> Sequence[ProcessingPurpose]:
    """What stands because the request did not ask for it: `kept`, by number, as who carries it out says.

    The pupil is held until the transaction ends. Raises DataRefused where more stands, or where nothing was withdrawn.
    """
    if request.student_id is not None:
        Student.objects.select_for_update(no_key=True).get(pk=request.student_id)
    standing = still_agreed(request)
    if stands := [each for each in standing if each.pk not in kept]:
        raise DataRefused(
            f"Chưa ghi rút lại: {quoted(stands)}. Ghi lời rút lại ở phiếu đồng ý của em trước; mục mà yêu cầu này "
            "không xin rút thì đánh dấu ở dưới.",
            "kept",
        )
    withdrawn = Consent.objects.filter(student=request.student_id, said=Said.WITHDRAWN)
    if standing and not withdrawn.exists():
        raise DataRefused(
            "Chưa có lời rút lại nào của em được ghi. Ghi ở phiếu đồng ý của em trước; người yêu cầu thôi rút thì chọn "
            "«Người yêu cầu rút».",
            "kept",
        )
    return standing


def quoted(purposes: Collection[ProcessingPurpose]) -> str:
    """«Chụp ảnh …», «Công khai …»."""
    return ", ".join(f"«{each.title}»" for each in purposes)
