"""Signing books and the register of who has not (PLAN IV.2 to IV.6)."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import permissions
from accounts.confirmation import require_password
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.requests import SignedInRequest
from approvals.book_keys import BookKey
from approvals.book_looks import note_look
from approvals.pending_corrections import pending_of
from approvals.request_pages import may_see_request
from approvals.signature_list import SignatureList, read_list
from approvals.signature_page import WHO_SEES, get_page
from approvals.signatures import WHO_SIGNS, SigningRefused, Wanted, sign_books
from approvals.signing_reminders import WHO_REMINDS, ReminderRefused, remind
from gradebook.regulation import Period

MOST_BOOKS = 400
SEEN = "seen"


@never_cache
@require_safe
@limited("signatures", times=240, minutes=10, what="xem sổ đã kí, chưa kí")
def signatures(request: SignedInRequest) -> HttpResponse:
    """The own books of a period to sign, and all in sight: signed, not signed, to be signed again."""
    permissions.require_anywhere(request.user, Action.SEE_SIGNATURES, WHO_SEES)
    return _show(request, request.GET)


def _show(
    request: SignedInRequest,
    query: QueryDict | dict[str, str],
    *,
    problems: SigningRefused | None = None,
    reminder_problem: str = "",
) -> HttpResponse:
    found = read_list(request.user, query)
    against = {each.key: each.why for each in problems.problems} if problems else {}
    ticked = _ticked(request, found, is_refused=problems is not None)
    context = {
        "list": found,
        "to_sign": [
            (book, book.key in ticked, against.get(book.key, ""), found.pending.get(book.key, ()))
            for book in found.to_sign
        ],
        "periods": list(Period),
        "problems": problems.problems if problems else (),
        "reminder_problem": reminder_problem,
    }
    status = 422 if problems or reminder_problem else 200
    return render(request, "approvals/signatures.html", context, status=status)


def _ticked(request: SignedInRequest, found: SignatureList, *, is_refused: bool) -> set[BookKey]:
    """What was ticked, after a refusal; those looked at for who asks so (`?tick=seen`); else only a single book."""
    if is_refused:
        return {_wanted(text).key for text in request.POST.getlist("book")[:MOST_BOOKS]}
    if request.GET.get("tick") == SEEN:
        return {book.key for book in found.to_sign if book.looked_at}
    return {book.key for book in found.to_sign} if len(found.to_sign) == 1 else set()


@require_POST
def remind_signers(request: SignedInRequest) -> HttpResponse:
    """Reminds everybody who owes a signature within what the page showed; each once a day at most."""
    permissions.require_anywhere(request.user, Action.REMIND_SIGNERS, WHO_REMINDS)
    try:
        sent = remind(request.POST, by=request.user)
    except ReminderRefused as refusal:
        return _show(request, request.POST, reminder_problem=str(refusal))
    messages.success(request, f"Đã nhắc {sent} giáo viên: hiện ở đầu trang «Việc của tôi» của từng người.")
    kept = {
        name: request.POST[name] for name in ("period", "team", "teacher", "class") if request.POST.get(name)
    }
    return redirect(f"{reverse('approvals:signatures')}?{urlencode(kept)}")


@never_cache
@require_safe
def signature(request: SignedInRequest, class_id: int, code: str, period: str) -> HttpResponse:
    """One book: how it stands, what has changed since it was signed, every signature given.

    Whoever may sign it reads its contents here, and that they did is kept.
    """
    page = get_page(request.user, class_id, code, period)
    visible = {
        change.request.pk
        for change in page.changes
        if change.request is not None and may_see_request(request.user, change.request)
    }
    if page.book.may_be_signed and page.book.now and request.method == "GET":
        note_look(page.book.ref, page.book.now, by=request.user)
    context = {
        "page": page,
        "visible_requests": visible,
        "pending": pending_of(request.user, [page.book.ref]).get(page.book.key, ()),
    }
    return render(request, "approvals/signature.html", context)


@never_cache
@require_POST
def sign(request: SignedInRequest) -> HttpResponse:
    """Signs the ticked books of one period, all or none, with the person's own password."""
    permissions.require_anywhere(request.user, Action.SIGN_BOOK, WHO_SIGNS)
    wanted = [_wanted(text) for text in request.POST.getlist("book")[:MOST_BOOKS]]
    period = _one_period(wanted, request.POST.get("period", ""))
    try:
        if wanted:
            require_password(
                request, f"Kí xác nhận {len(wanted)} sổ THKQGD {period.label}. Chữ kí được giữ vĩnh viễn."
            )
        signed = sign_books(wanted, period, by=request.user)
    except SigningRefused as refusal:
        return _show(request, {"period": period.value}, problems=refusal)
    messages.success(request, f"Đã kí {len(signed)} sổ THKQGD {period.label}.")
    return redirect(f"{reverse('approvals:signatures')}?period={period.value}")


def _wanted(text: str) -> Wanted:
    """From a form: «12.TOAN.GHKI.<digest>»."""
    class_id, _dot, rest = text.partition(".")
    code, _dot, rest = rest.partition(".")
    period, _dot, seen = rest.partition(".")
    if not (class_id.isascii() and class_id.isdigit() and len(class_id) < 10):
        raise Http404("Không có sổ này.")
    return Wanted((int(class_id), code, period), seen)


def _one_period(wanted: list[Wanted], asked: str) -> Period:
    periods = {each.key[2] for each in wanted} or {asked}
    if len(periods) != 1 or not periods <= set(Period):
        raise Http404("Mỗi lần kí sổ của một thời điểm đánh giá.")
    return Period(periods.pop())
