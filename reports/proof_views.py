"""«Kiểm tra bản in»: a code typed or scanned, and whether that print is the current one."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import permissions
from accounts.models import User
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.requests import SignedInRequest
from reports.proof import Proof, normal_code, read_proof

MOST_CHANGES = 100
NOT_A_CODE = "Mã bản in có 8 chữ và số, như 7K3M-9QXD: xem ở chân trang của bản in."
NOT_KNOWN = "Không có bản in nào mang mã này: gõ lại cho đúng; nếu vẫn không có, bản giấy không do hệ thống này in ra."


@never_cache
@require_safe
def proof(request: SignedInRequest) -> HttpResponse:
    """The field for a code (?code=)."""
    permissions.require(request.user, Action.CHECK_PRINTS)
    typed = request.GET.get("code", "")
    if not typed.strip():
        return render(request, "reports/proof.html", {"typed": ""})
    code = normal_code(typed)
    if code:
        return redirect("proof_of", code.replace("-", ""))
    return render(request, "reports/proof.html", {"typed": typed, "error": NOT_A_CODE}, status=422)


@never_cache
@require_safe
@limited("proof", times=120, minutes=10, what="kiểm tra bản in", methods=("GET",))
def proof_of(request: SignedInRequest, code: str) -> HttpResponse:
    """What the square code of a print opens."""
    permissions.require(request.user, Action.CHECK_PRINTS)
    known = normal_code(code)
    found = read_proof(known) if known else None
    if found is None:
        missing = {"typed": known or code, "error": NOT_KNOWN if known else NOT_A_CODE}
        return render(request, "reports/proof.html", missing, status=404)
    context = {
        "typed": known,
        "proof": found,
        "may_see_prints": permissions.may(request.user, Action.SEE_PRINTS),
        "may_see_words": _may_see_words(request.user, found),
        "changes": found.changed[:MOST_CHANGES],
        "more": max(0, len(found.changed) - MOST_CHANGES),
    }
    return render(request, "reports/proof.html", context)


def _may_see_words(user: User, found: Proof) -> bool:
    """Values are for those who may open the print, or the class's sheet; everybody else is told whether it holds.

    Those learn which kind of book it is and of when: neither of whom, nor in how many places it has changed.
    """
    if found.job.teacher is not None:
        return found.job.teacher == user or permissions.may(user, Action.SEE_PRINTS)
    return permissions.may(user, Action.SEE_PRINTS) or permissions.may_see_sheet(
        user, found.job.school_class, None
    )
