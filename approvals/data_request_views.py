"""Requests about personal data: listed by their days, written down, moved along (rule R67)."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock, permissions
from accounts.models import User
from accounts.powers import Action
from accounts.requests import SignedInRequest, key_in, posted
from accounts.words import folded
from approvals.data_forms import RequestForm, first_request
from approvals.data_refusals import DataOutdated, DataRefused
from approvals.data_requests import WHO_KEEPS, acts_for, move_request, record_request
from approvals.data_rules import RIGHTS_ARTICLE, TAKES_A_COPY
from approvals.data_tasks import days_words, due_of
from approvals.data_withdrawals import still_agreed
from approvals.data_workflow import OPEN_REQUESTS, TAKEN_BY_COPY, RequestAct
from approvals.models import DataRequest
from students.models import Student
from students.search import find_pupils

PER_PAGE = 25
LONGEST_KEY = 19
MOST_FOUND = 20
WHO_SEES = "Sổ yêu cầu về dữ liệu cá nhân mở cho Ban giám hiệu, văn thư."
ACTS = {
    RequestAct.ANSWER: ("Phản hồi tiếp nhận", "Đã báo cho người yêu cầu thế nào, ngày nào", "primary"),
    RequestAct.GRANT: ("Chấp nhận", "Ý kiến, giao ai làm gì", "primary"),
    RequestAct.REFUSE: ("Từ chối", "Lí do từ chối, căn cứ", "danger"),
    RequestAct.CARRY_OUT: ("Đã thực hiện", "Đã làm gì, trả lời thế nào, ngày nào", "primary"),
    RequestAct.CANCEL: ("Người yêu cầu rút", "Rút vì sao, ngày nào", "secondary"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A request in the list, with the word of its next day."""

    request: DataRequest
    word: str
    kind: str


@never_cache
@require_safe
def data_requests(request: SignedInRequest) -> HttpResponse:
    """All requests, newest first. Two statements."""
    permissions.require(request.user, Action.SEE_DATA_PROTECTION, WHO_SEES)
    rows = DataRequest.objects.select_related("student", "person")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": [_line(each) for each in page.object_list],
        "may_keep": permissions.may(request.user, Action.KEEP_DATA_PROTECTION),
        "article": RIGHTS_ARTICLE,
    }
    return render(request, "approvals/data_requests.html", context)


def _line(found: DataRequest) -> Line:
    if found.state not in OPEN_REQUESTS:
        return Line(found, "", "")
    day, today = due_of(found), clock.today()
    return Line(found, days_words(day, today), "refused" if day < today else "warning")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def data_request_new(request: SignedInRequest) -> HttpResponse:
    """`?pupil=` or `?person=` is whose data it is about; until one is known the page looks for `?q=`."""
    permissions.require(request.user, Action.KEEP_DATA_PROTECTION, WHO_KEEPS)
    subject = _subject(request)
    if subject is None:
        return render(request, "approvals/data_request_whose.html", _found(request))
    form = RequestForm(posted(request), initial=first_request(subject))
    if request.method == "POST" and form.is_valid():
        try:
            made = record_request(form.asked(subject), by=request.user)
        except DataRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, f"Đã ghi {made.label}. Hạn phản hồi {made.answer_due_on:%d/%m/%Y}.")
            return redirect("approvals:data_request", made.pk)
    context = {"form": form, "subject": subject, "query": request.GET.urlencode(), "article": RIGHTS_ARTICLE}
    return render(request, "approvals/data_request_new.html", context, status=422 if form.errors else 200)


def _subject(request: SignedInRequest) -> Student | User | None:
    if pupil := key_in(request, "pupil"):
        return get_object_or_404(Student, pk=pupil)
    if person := key_in(request, "person"):
        return get_object_or_404(User, pk=person)
    return None


def _found(request: SignedInRequest) -> dict[str, Any]:
    text = request.GET.get("q", "").strip()
    if not text:
        return {"text": text}
    words = folded(text).split()
    staff = [each for each in User.objects.order_by("sort_key") if _fits(each, words)]
    pupils = find_pupils(text, by=request.user, most=MOST_FOUND)
    return {"text": text, "staff": staff[:MOST_FOUND], "pupils": pupils.pupils, "has_more": pupils.has_more}


def _fits(person: User, words: list[str]) -> bool:
    name = f"{folded(person.full_name)} {(person.staff_code or '').lower()}".split()
    return all(any(part.startswith(word) for part in name) for word in words)


def get_data_request(user: User, pk: int) -> DataRequest:
    """Fetch and check in one call."""
    permissions.require(user, Action.SEE_DATA_PROTECTION, WHO_SEES)
    rows = DataRequest.objects.select_related(
        "student", "person", "recorded_by", "answered_by", "decided_by", "closed_by"
    )
    return get_object_or_404(rows, pk=pk)


@never_cache
@require_safe
def data_request(request: SignedInRequest, pk: int) -> HttpResponse:
    return _show(request, get_data_request(request.user, pk))


@require_POST
def data_request_act(request: SignedInRequest, pk: int, act: str) -> HttpResponse:
    """One move. Stale: 409 with what stands now; without words: 422, nothing typed is lost."""
    found = get_data_request(request.user, pk)
    if act not in set(RequestAct):
        raise Http404(f"Không có việc «{act}».")
    try:
        moved = move_request(
            found,
            RequestAct(act),
            text=request.POST.get("text", ""),
            kept=_kept(request),
            by=request.user,
        )
    except DataRefused as refusal:
        status = 409 if isinstance(refusal, DataOutdated) else 422
        return _show(
            request, get_data_request(request.user, pk), error=refusal.message, act=act, status=status
        )
    messages.success(request, f"{moved.label}: {moved.get_state_display().lower()}.")
    return redirect("approvals:data_request", pk)


def _kept(request: SignedInRequest) -> set[int]:
    """The purposes that are ticked as not asked for."""
    ticked = (each for each in request.POST.getlist("kept") if each.isascii() and each.isdecimal())
    return {int(each) for each in ticked if len(each) < LONGEST_KEY}


def _show(
    request: SignedInRequest, found: DataRequest, *, error: str = "", act: str = "", status: int = 200
) -> HttpResponse:
    acts = acts_for(found, request.user)
    takes_copy = found.kind in TAKES_A_COPY and found.state in TAKEN_BY_COPY
    context = {
        "found": found,
        "line": _line(found),
        "acts": [
            {"name": each.value, "label": label, "help": words, "look": look}
            for each in acts
            for label, words, look in [ACTS[each]]
        ],
        "error": error,
        "standing": still_agreed(found) if RequestAct.CARRY_OUT in acts else [],
        "kept": _kept(request),
        "wrong_act": act,
        "typed": request.POST.get("text", ""),
        "article": RIGHTS_ARTICLE,
        "may_export": takes_copy and permissions.may(request.user, Action.EXPORT_PERSON),
    }
    return render(request, "approvals/data_request.html", context, status=status)
