"""Announcements: listed, told, read, withdrawn; their file on its way out."""

import io
import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import permissions
from accounts.file_answers import file_to_look_at, file_to_save
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from approvals.announcement_forms import AnnouncementForm
from approvals.announcement_pages import get_announcement, read_list, read_page
from approvals.announcements import (
    WHO_ANNOUNCES,
    AnnouncementRefused,
    Told,
    audience_of,
    mark_read,
    may_announce_to,
    teams_to_tell,
    tell,
    waiting_for,
    withdraw,
)
from approvals.evidence import download_name


@require_safe
def announcement_list(request: SignedInRequest) -> HttpResponse:
    """What was told to this person, newest first; leaders see all."""
    context = {
        "list": read_list(request),
        "may_announce": permissions.may_anywhere(request.user, Action.ANNOUNCE),
        "may_remind": permissions.may_anywhere(request.user, Action.REMIND_TEACHERS),
    }
    return render(request, "approvals/announcements.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("announcement", times=60, minutes=10, what="gửi thông báo", methods=("POST",))
def announcement_new(request: SignedInRequest) -> HttpResponse:
    permissions.require_anywhere(request.user, Action.ANNOUNCE, WHO_ANNOUNCES)
    teams, to_school = teams_to_tell(request.user), may_announce_to(request.user, None)
    if request.method != "POST":
        form = AnnouncementForm(initial={"token": uuid.uuid4()}, teams=teams, to_school=to_school)
        return render(request, "approvals/announcement_new.html", {"form": form})
    form = AnnouncementForm(request.POST, request.FILES, teams=teams, to_school=to_school)
    if form.is_valid():
        try:
            return _tell(request, form)
        except AnnouncementRefused as refusal:
            form.add_error(refusal.field or None, refusal.message)
    return render(request, "approvals/announcement_new.html", {"form": form}, status=422)


def _tell(request: SignedInRequest, form: AnnouncementForm) -> HttpResponse:
    values = form.cleaned_data
    told = Told(
        title=values["title"],
        text=values["text"],
        team=form.team,
        shown_until=values["shown_until"],
        file=values["file"],
    )
    announcement = tell(told, token=values["token"], by=request.user)
    count = audience_of(announcement).count()
    messages.success(
        request,
        f"Đã thông báo cho {announcement.to_whom}: hiện ở «Việc của tôi» của {count} người đến khi đã đọc.",
    )
    return redirect("approvals:announcement", announcement.pk)


@never_cache
@require_safe
def announcement_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """One announcement. For whom it waits it is read from here on."""
    announcement = get_announcement(request.user, pk)
    if waiting_for(request.user).filter(pk=pk).exists():
        mark_read(announcement, by=request.user)
        announcement = get_announcement(request.user, pk)
    return _show(request, announcement)


@require_POST
def announcement_read(request: SignedInRequest, pk: int) -> HttpResponse:
    """«Đã đọc» from the start page, where the announcement stands in full."""
    announcement = get_announcement(request.user, pk)
    try:
        mark_read(announcement, by=request.user)
    except AnnouncementRefused as refusal:
        messages.error(request, refusal.message)
    return redirect("approvals:tasks")


@require_POST
def announcement_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Takes it back with a reason. Missing reason, or withdrawn before: the page anew, nothing typed is lost."""
    announcement = get_announcement(request.user, pk)
    try:
        withdraw(announcement, reason=request.POST.get("reason", "")[:500], by=request.user)
    except AnnouncementRefused as refusal:
        status = 422 if refusal.field else 409
        return _show(request, get_announcement(request.user, pk), error=refusal.message, status=status)
    messages.success(
        request, "Đã thu hồi. Người đã đọc được báo kèm lí do; thông báo vẫn lưu trong danh sách."
    )
    return redirect("approvals:announcement", pk)


def _show(
    request: SignedInRequest, announcement: object, *, error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "page": read_page(request.user, announcement),
        "error": error,
        "typed": request.POST.get("reason", ""),
    }
    return render(request, "approvals/announcement.html", context, status=status)


@require_safe
@limited("announcement_file", times=600, minutes=10, what="mở tệp của thông báo")
def announcement_file(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The kept bytes, for those who may see the announcement; every look is logged."""
    found = get_announcement(request.user, pk)
    if not found.file:
        raise Http404("Thông báo này không kèm tệp.")
    try:
        with found.file.open("rb") as file:
            content = file.read()
    except FileNotFoundError as problem:
        raise Http404("Tệp không còn trên đĩa. Báo văn thư.") from problem
    log_access(request, AccessLogEntry.Kind.DOWNLOADED, target=f"Tệp của thông báo «{found.title}»")
    name = download_name(found.file_name, found.extension)
    if found.file_kind.startswith("image/"):
        return file_to_look_at(content, name, found.file_kind)
    return file_to_save(io.BytesIO(content), name, found.file_kind)
