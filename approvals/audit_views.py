"""The pages of the audit trail, for the leaders and the clerk (PLAN IV; rules R56, R57, R69)."""

import datetime
from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import audit_chain, clock, permissions
from accounts.confirmation import Lasting, require_password
from accounts.idle_lock import administrative
from accounts.models import AccessLogEntry, User
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest, key_in
from accounts.table_files import table_to_save
from approvals import audit_differences
from approvals.audit_forms import CodeForm, MomentsForm, TrailFilterForm
from approvals.audit_trail import (
    HEADINGS,
    MOST_EXPORTED,
    NO_DRAFTS,
    PARTS,
    Wanted,
    export_rows,
    read_trail,
)
from students.models import SchoolClass, Student

TITLE = "Nhật kí thay đổi"
DIFFERENCES_PER_PAGE = 100


@administrative
@never_cache
@require_safe
@limited("audit_trail", times=120, minutes=5, what="xem nhật kí thay đổi")
def audit(request: SignedInRequest) -> HttpResponse:
    """Of the whole school, today's unless other days are asked for; and whether a printed book's code still holds."""
    _require(request)
    today = clock.today()
    asked = {name: value for name, value in request.GET.items() if name != "code"}
    asked = asked or {"since": str(today), "until": str(today)}
    return _story(request, asked, {"heading": TITLE, **_code(request)})


@administrative
@never_cache
@require_safe
@limited("audit_trail", times=120, minutes=5, what="xem nhật kí thay đổi")
def audit_pupil(request: SignedInRequest, pk: int) -> HttpResponse:
    _require(request)
    pupil = get_object_or_404(Student, pk=pk)
    log_access(
        request, AccessLogEntry.Kind.PROFILES_VIEWED, target=f"Nhật kí thay đổi của em {pupil.full_name}"
    )
    return _story(
        request,
        {**request.GET.dict(), "pupil": pk},
        {"heading": f"{TITLE} · {pupil.full_name}", "pupil": pupil},
    )


@administrative
@never_cache
@require_safe
@limited("audit_trail", times=120, minutes=5, what="xem nhật kí thay đổi")
def audit_class(request: SignedInRequest, pk: int) -> HttpResponse:
    _require(request)
    school_class = _class(pk)
    log_access(
        request, AccessLogEntry.Kind.PROFILES_VIEWED, target=f"Nhật kí thay đổi của lớp {school_class.name}"
    )
    return _story(
        request,
        {**request.GET.dict(), "school_class": pk},
        {"heading": f"{TITLE} · Lớp {school_class.name}", "school_class": school_class},
    )


@administrative
@never_cache
@require_safe
@limited("audit_trail", times=120, minutes=5, what="xem nhật kí thay đổi")
def audit_person(request: SignedInRequest, pk: int) -> HttpResponse:
    """What somebody did, not what was done about them."""
    _require(request)
    person = get_object_or_404(User, pk=pk)
    return _story(
        request,
        {**request.GET.dict(), "person": pk},
        {"heading": f"{TITLE} · {person.full_name} đã làm", "person": person},
    )


@administrative
@require_safe
@limited("audit_trail_file", times=20, minutes=10, what="xuất nhật kí thay đổi")
def audit_file(request: SignedInRequest) -> HttpResponseBase:
    """The lines of any of these pages as an Excel file; too many are refused with the remedy, never cut in silence."""
    _require(request)
    form = TrailFilterForm(request.GET)
    rows = list(export_rows(request.user, form.wanted)) if form.is_valid() else []
    if len(rows) > MOST_EXPORTED:
        form.add_error("since", _too_many(MOST_EXPORTED))
    if form.errors:
        return _show(request, form, {"heading": TITLE}, status=422)
    about = _about(form.wanted)
    require_password(request, f"Xuất {len(rows)} dòng nhật kí thay đổi ra Excel.", lasting=Lasting.EXPORTS)
    return table_to_save(
        request,
        title=TITLE,
        headings=HEADINGS,
        rows=rows,
        name=f"nhat-ki-thay-doi-{clock.today():%Y-%m-%d}.xlsx",
        notes=[about, NO_DRAFTS, f"Mã nhật kí: {audit_chain.head_code()}"],
        detail=f"{len(rows)} dòng; {about}",
    )


@administrative
@never_cache
@require_safe
@limited("audit_trail", times=120, minutes=5, what="xem nhật kí thay đổi")
def audit_pupil_differences(request: SignedInRequest, pk: int) -> HttpResponseBase:
    _require(request)
    pupil = get_object_or_404(Student, pk=pk)
    return _differences(request, Wanted(pupil=pupil), f"em {pupil.full_name}", {"pupil": pupil})


@administrative
@never_cache
@require_safe
@limited("audit_trail", times=120, minutes=5, what="xem nhật kí thay đổi")
def audit_class_differences(request: SignedInRequest, pk: int) -> HttpResponseBase:
    _require(request)
    school_class = _class(pk)
    return _differences(
        request, Wanted(school_class=school_class), f"lớp {school_class.name}", {"school_class": school_class}
    )


def _require(request: SignedInRequest) -> None:
    permissions.require(
        request.user,
        Action.SEE_AUDIT_TRAIL,
        "Nhật kí thay đổi của toàn trường dành cho Ban giám hiệu và văn thư. Thầy cô xem lịch sử từng ô ở sổ của mình.",
    )


def _class(pk: int) -> SchoolClass:
    return get_object_or_404(SchoolClass.objects.select_related("year"), pk=pk)


def _too_many(most: int) -> str:
    return f"Có hơn {f'{most:,}'.replace(',', '.')} dòng. Chọn khoảng thời gian hẹp hơn, hoặc một phần."


def _story(request: SignedInRequest, asked: dict[str, Any], context: dict[str, Any]) -> HttpResponse:
    form = TrailFilterForm(asked)
    if not form.is_valid():
        return _show(request, form, context, status=422)
    before = key_in(request, "before")
    page = read_trail(request.user, form.wanted, before=before)
    return _show(request, form, {**context, "page": page, "before": before})


def _show(
    request: HttpRequest, form: TrailFilterForm, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "no_drafts": NO_DRAFTS, **context}
    return render(request, "approvals/audit.html", context, status=status)


def _code(request: HttpRequest) -> dict[str, Any]:
    """Asked for with `code` in the address; then only that is answered."""
    if "code" not in request.GET:
        return {"code_form": CodeForm()}
    form = CodeForm(request.GET)
    return {
        "code_form": form,
        "code_holds": audit_chain.is_in_chain(form.cleaned_data["code"]) if form.is_valid() else None,
    }


def _about(wanted: Wanted) -> str:
    """What the file was filtered by, so that it does not pass for the whole chain."""
    chosen = [
        f"học sinh: {wanted.pupil.full_name}" if wanted.pupil else "",
        f"lớp: {wanted.school_class.name}" if wanted.school_class else "",
        f"người làm: {wanted.person.full_name}" if wanted.person else "",
        f"từ ngày {wanted.since:%d/%m/%Y}" if wanted.since else "",
        f"đến ngày {wanted.until:%d/%m/%Y}" if wanted.until else "",
        f"phần: {PARTS[wanted.part][0]}" if wanted.part else "",
        "chỉ dòng ghi ngoài ứng dụng" if wanted.only_outside else "",
    ]
    return f"Lọc theo {'; '.join(each for each in chosen if each)}" if any(chosen) else "Toàn bộ nhật kí"


# -- Between two moments -----------------------------------------------------------------------------------


def _differences(
    request: SignedInRequest, wanted: Wanted, words: str, context: dict[str, Any]
) -> HttpResponseBase:
    log_access(
        request, AccessLogEntry.Kind.PROFILES_VIEWED, target=f"Thay đổi giữa hai thời điểm của {words}"
    )
    form = MomentsForm(request.GET if "first" in request.GET else _today())
    found: list[audit_differences.Difference] | None = None
    if form.is_valid():
        first, last = form.moments
        try:
            found = audit_differences.read_differences(
                request.user,
                replace(wanted, **{name: form.cleaned_data[name] for name in ("part", "line", "period")}),
                first,
                last,
            )
        except audit_differences.TooMuch:
            form.add_error("first", _too_many(audit_differences.MOST_ENTRIES))
    if found is not None and "file" in request.GET:
        return _differences_file(request, form, found, words)
    page = None if found is None else Paginator(found, DIFFERENCES_PER_PAGE).get_page(request.GET.get("page"))
    context |= {"form": form, "page": page, "words": words}
    return render(
        request, "approvals/audit_differences.html", context, status=200 if found is not None else 422
    )


def _today() -> dict[str, str]:
    """From midnight until now: what the form begins with."""
    now = timezone.localtime(clock.stamp())
    midnight = now.replace(hour=0, minute=0)
    end = now + datetime.timedelta(minutes=1)
    return {"first": f"{midnight:%Y-%m-%dT%H:%M}", "last": f"{end:%Y-%m-%dT%H:%M}"}


def _differences_file(
    request: SignedInRequest, form: MomentsForm, found: list[audit_differences.Difference], words: str
) -> HttpResponseBase:
    first, last = (clock.moment_label(moment) for moment in form.moments)
    note = f"Thay đổi của {words} từ {first} đến {last}"
    require_password(request, f"Xuất {len(found)} thay đổi ra Excel.", lasting=Lasting.EXPORTS)
    return table_to_save(
        request,
        title="Thay đổi giữa hai thời điểm",
        headings=audit_differences.HEADINGS,
        rows=audit_differences.export_rows(found),
        name=f"thay-doi-{clock.today():%Y-%m-%d}.xlsx",
        notes=[note, NO_DRAFTS, f"Mã nhật kí: {audit_chain.head_code()}"],
        detail=f"{len(found)} dòng; {note}",
    )
