"""«Sao lưu»: are the school's data safe, since when, what to do; and a backup at once (PLAN IV.3)."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.background import has_live_worker
from accounts.backup_words import keep_words, place_name
from accounts.backups import (
    ASLEEP,
    BOOKS_TRIED,
    NOT_SET,
    OPEN,
    WAKE_IT,
    WHO_BACKS_UP,
    BackupRefused,
    ask_for_backup,
    listed_backups,
    read_health,
    waits_for_the_worker,
)
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.requests import SignedInRequest

SHOWN = 30


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("backup_ask", times=20, minutes=60, what="yêu cầu sao lưu", methods=("POST",))
def backups(request: SignedInRequest) -> HttpResponse:
    """How things stand and the backups so far; a POST asks for one."""
    permissions.require(request.user, Action.SEE_BACKUPS)
    if request.method == "POST":
        return _ask(request)
    page = Paginator(listed_backups(), SHOWN).get_page(request.GET.get("page"))
    context = {
        "health": read_health(),
        "not_set": NOT_SET,
        "page": page,
        "is_set": settings.BACKUPS is not None,
        "has_second": settings.BACKUPS is not None and bool(settings.BACKUPS.second),
        "hour": settings.BACKUPS.hour if settings.BACKUPS else None,
        "is_open": any(backup.state in OPEN for backup in page),
        "under_way": next((backup for backup in page if backup.is_under_way), None),
        "keep": keep_words(settings.BACKUPS.keep) if settings.BACKUPS else "",
        "books_tried": BOOKS_TRIED,
        "second": place_name(settings.BACKUPS.second) if settings.BACKUPS else "",
        "is_awake": has_live_worker(),
        "asleep": ASLEEP,
        "wake_it": WAKE_IT,
        "may_ask": permissions.may(request.user, Action.MAKE_BACKUP),
    }
    return render(request, "accounts/backups.html", context)


def _ask(request: SignedInRequest) -> HttpResponse:
    permissions.require(request.user, Action.MAKE_BACKUP, WHO_BACKS_UP)
    try:
        backup = ask_for_backup(by=request.user)
    except BackupRefused as refusal:
        messages.warning(request, str(refusal))
    else:
        if not has_live_worker():
            messages.warning(request, waits_for_the_worker(backup))
        else:
            what = f"thử lại bản số {backup.pk} ngay" if backup.failure else "sao lưu ngay"
            messages.success(request, f"Máy nền {what}. Trang này tự ghi khi xong: «Đã thử, đúng».")
    return redirect("accounts:backups")


@require_safe
def backups_help(request: SignedInRequest) -> HttpResponse:
    """What the clerk and whoever looks after the server do about backups: docs/sao-luu.md as a page."""
    permissions.require(request.user, Action.SEE_BACKUPS)
    return render(request, "accounts/backups_help.html")
