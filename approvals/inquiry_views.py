"""Questions and incidents: listed, asked from any page, shown, and moved along."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import permissions
from accounts.powers import Action
from accounts.requests import SignedInRequest
from approvals.inquiries import InquiryOutdated, InquiryRefused, Place, ask, head_of, mark_read, move
from approvals.inquiry_forms import InquiryForm
from approvals.inquiry_list import get_inquiry, read_list, read_page
from approvals.inquiry_workflow import Desk, InquiryAct
from approvals.models import Inquiry
from approvals.page_places import local_path, page_name

DONE = {
    InquiryAct.ACCEPT: "Đã tiếp nhận. Người hỏi thấy trạng thái này trong danh sách.",
    InquiryAct.ANSWER: "Đã gửi trả lời. Người hỏi được báo ở «Việc của tôi».",
    InquiryAct.HAND_OVER: "Đã chuyển văn thư.",
    InquiryAct.REFER: "Đã chuyển Hiệu trưởng.",
    InquiryAct.SEND_OUT: "Đã ghi nhận việc gửi đơn vị kĩ thuật.",
    InquiryAct.NOTE: "Đã ghi phần bổ sung.",
    InquiryAct.ASK_AGAIN: "Đã gửi câu hỏi thêm.",
    InquiryAct.CLOSE: "Đã đóng. Nội dung vẫn lưu trong danh sách.",
}


@require_safe
def inquiry_list(request: SignedInRequest) -> HttpResponse:
    """The questions and incidents this person may see, newest first."""
    return render(request, "approvals/inquiries.html", {"list": read_list(request)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def inquiry_new(request: SignedInRequest) -> HttpResponse:
    """`?page=` is where the person came from, `?kind=` what the link said; both may be changed or missing."""
    permissions.require(request.user, Action.ASK)
    head = head_of(request.user)
    if request.method != "POST":
        return _show_form(request, InquiryForm(initial=_initial(request, has_head=bool(head)), head=head))
    form = InquiryForm(request.POST, head=head)
    if not form.is_valid():
        return _show_form(request, form, status=422)
    values = form.cleaned_data
    browser = request.headers.get("user-agent", "")[:300].replace("\x00", "")
    inquiry = ask(
        kind=values["kind"],
        text=values["text"],
        urgency=values["urgency"],
        desk=Desk(values["desk"]),
        place=Place(values["page"], page_name(values["page"]), browser),
        token=values["token"],
        by=request.user,
    )
    messages.success(request, f"Đã gửi. {inquiry.label}: có trả lời thì báo ở trang «Việc của tôi».")
    return redirect("approvals:inquiry", inquiry.pk)


def _initial(request: SignedInRequest, *, has_head: bool) -> dict[str, object]:
    """A question goes to the grade head, an incident to the clerk, until the person chooses otherwise."""
    is_incident = request.GET.get("kind") == Inquiry.Kind.INCIDENT
    return {
        "kind": Inquiry.Kind.INCIDENT if is_incident else Inquiry.Kind.QUESTION,
        "urgency": Inquiry.Urgency.NORMAL,
        "desk": Desk.GRADE_HEAD if has_head and not is_incident else Desk.CLERK,
        "page": local_path(request.GET.get("page", "")),
        "token": uuid.uuid4(),
    }


def _show_form(request: SignedInRequest, form: InquiryForm, *, status: int = 200) -> HttpResponse:
    path = local_path(str(form["page"].value() or ""))
    context = {"form": form, "path": path, "page_name": page_name(path) if path else ""}
    return render(request, "approvals/inquiry_new.html", context, status=status)


@never_cache
@require_safe
def inquiry_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """One inquiry with what was done and what this person can do now; for the asker it is read from here on."""
    inquiry = get_inquiry(request.user, pk)
    if inquiry.asker_id == request.user.pk and inquiry.is_unread:
        mark_read(inquiry, by=request.user)
    return _show(request, inquiry)


@require_POST
def inquiry_act(request: SignedInRequest, pk: int, act: str) -> HttpResponse:
    """One move of the workflow. Stale: 409 with the state it has now; without words: 422, nothing typed is lost."""
    inquiry = get_inquiry(request.user, pk)
    if act not in set(InquiryAct):
        raise Http404(f"Không có việc «{act}».")
    try:
        move(inquiry, InquiryAct(act), text=request.POST.get("text", ""), by=request.user)
    except InquiryRefused as refusal:
        status = 409 if isinstance(refusal, InquiryOutdated) else 422
        return _show(request, get_inquiry(request.user, pk), error=refusal.message, status=status)
    messages.success(request, DONE[InquiryAct(act)])
    return redirect("approvals:inquiry", pk)


def _show(request: SignedInRequest, inquiry: Inquiry, *, error: str = "", status: int = 200) -> HttpResponse:
    context = {
        "page": read_page(request.user, inquiry),
        "error": error,
        "typed": request.POST.get("text", ""),
    }
    return render(request, "approvals/inquiry.html", context, status=status)
