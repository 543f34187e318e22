"""The page on which the head of a tổ announces the windows of the grade and reminds those with gaps (PLAN IV.4)."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import permissions
from accounts.powers import Action
from accounts.requests import SignedInRequest
from gradebook.entry_notices import mark_notice_read
from gradebook.models import EntryNotice, EntryNoticeRecipient
from gradebook.team_reminders import WHO_REMINDS, NoticeRefused, read_team_windows, send_notice


class NoticeForm(forms.Form):
    """Which window and grade, whether to announce or to remind, and what the head adds."""

    window = forms.IntegerField(widget=forms.HiddenInput)
    grade = forms.IntegerField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=EntryNotice.Kind.choices)
    text = forms.CharField(
        label="Lời nhắn thêm",
        required=False,
        max_length=500,
        error_messages={
            "max_length": "Lời nhắn dài %(show_value)d chữ, nhiều nhất %(limit_value)d. Ghi ngắn lại.",
            "null_characters_not_allowed": "Có kí tự không đọc được. Xoá rồi gõ lại.",
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def team_reminders(request: SignedInRequest) -> HttpResponse:
    permissions.require_anywhere(request.user, Action.REMIND_TEACHERS, WHO_REMINDS)
    if request.method == "POST":
        return _send(request)
    return _show(request)


def _show(request: SignedInRequest, *, problem: str = "", form: NoticeForm | None = None) -> HttpResponse:
    context = {
        "windows": read_team_windows(request.user),
        "problem": problem,
        "typed": form["text"].value() if form else "",
        "typed_for": f"{form['window'].value()}.{form['grade'].value()}" if form else "",
    }
    return render(request, "gradebook/team_reminders.html", context, status=422 if problem else 200)


def _send(request: SignedInRequest) -> HttpResponse:
    form = NoticeForm(request.POST)
    if not form.is_valid():
        named = form.errors.get("text") or ["Chưa gửi được. Tải lại trang rồi gửi lại."]
        return _show(request, problem=str(named[0]), form=form)
    values = form.cleaned_data
    try:
        notice = send_notice(
            window_id=values["window"],
            grade_level=values["grade"],
            kind=values["kind"],
            text=values["text"].strip(),
            by=request.user,
        )
    except NoticeRefused as refusal:
        return _show(request, problem=str(refusal), form=form)
    reached = notice.recipients.count()
    done = "Đã thông báo cho" if notice.kind == EntryNotice.Kind.ANNOUNCE else "Đã nhắc"
    messages.success(request, f"{done} {reached} giáo viên: hiện ở đầu trang «Việc của tôi» của từng người.")
    return redirect("gradebook:team_reminders")


@require_POST
def notice_read(request: SignedInRequest, pk: int) -> HttpResponse:
    """«Đã đọc» from the start page."""
    try:
        mark_notice_read(pk, by=request.user)
    except EntryNoticeRecipient.DoesNotExist as problem:
        raise Http404("Không có lời nhắn này.") from problem
    return redirect("approvals:tasks")
