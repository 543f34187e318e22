"""Attendance beyond one roll: the classes today, a class's year and month, its file, its confirmation (R71-R73)."""

import datetime
import io
from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.confirmation import require_password
from accounts.file_answers import file_to_save
from accounts.held_powers import powers_of
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from accounts.tables import XLSX
from students.absences import days_label
from students.attendance import WHO_CALLS, MonthRefused, Seen, confirm_again, confirm_month, month_sums
from students.attendance_file import month_workbook
from students.attendance_month_page import read_month, read_year
from students.attendance_months import MonthState, month_states, today
from students.attendance_overview import read_follow_up, read_overview
from students.confirmed_months import read_changes, records_of
from students.models import SchoolClass, Session
from students.roll_views import get_class
from students.stranded_absences import stranded_in


@never_cache
@require_safe
def attendance(request: SignedInRequest) -> HttpResponse:
    """The classes that the person may see, as they stand today."""
    permissions.require_anywhere(
        request.user, Action.SEE_ATTENDANCE, "Thầy cô không chủ nhiệm lớp nào nên không có sổ điểm danh."
    )
    grade = request.GET.get("grade", "")
    overview = read_overview(request.user, grade=grade, page=request.GET.get("page", ""))
    context = {
        "overview": overview,
        "grade": grade,
        "led_before": bool(powers_of(request.user).past_homerooms),
    }
    return render(request, "students/attendance.html", context)


@never_cache
@require_safe
def late_attendance(request: SignedInRequest) -> HttpResponse:
    """Months that locked without a confirmation, or changed after it, for the vice-principal."""
    permissions.require(request.user, Action.FOLLOW_ATTENDANCE)
    return render(request, "students/late_attendance.html", {"page": read_follow_up()})


@never_cache
@require_safe
def class_attendance(request: SignedInRequest, pk: int) -> HttpResponse:
    """Days absent by months, terms and year."""
    school_class = get_class(request.user, pk)
    return render(request, "students/class_attendance.html", {"page": read_year(request.user, school_class)})


@never_cache
@require_safe
def attendance_month(request: SignedInRequest, pk: int, month: datetime.date) -> HttpResponse:
    """Pupils by days, to read and to print."""
    school_class = get_class(request.user, pk)
    return render(
        request, "students/attendance_month.html", {"page": read_month(request.user, school_class, month)}
    )


@require_safe
def attendance_file(request: SignedInRequest, pk: int, month: datetime.date) -> HttpResponseBase:
    """The same as an Excel file."""
    school_class = get_class(request.user, pk)
    page = read_month(request.user, school_class, month)
    log_access(
        request,
        AccessLogEntry.Kind.BULK_EXPORTED,
        target=f"Điểm danh lớp {school_class.name} {page.state.label}",
    )
    name = f"diem-danh-{school_class.name}-{month:%Y-%m}.xlsx"
    return file_to_save(io.BytesIO(month_workbook(page, by=request.user)), name, XLSX)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attendance_confirm(request: SignedInRequest, pk: int, month: datetime.date) -> HttpResponse:
    """The sums first, then the password, then the month is closed; one that has changed since, confirmed anew."""
    school_class = get_class(request.user, pk)
    permissions.require(
        request.user,
        Action.CALL_ROLL,
        WHO_CALLS.format(name=school_class.name),
        school_class=school_class,
    )
    state = month_states([school_class], [month], today())[school_class.pk, month]
    if request.method != "POST":
        return _show_confirm(request, school_class, state)
    require_password(request, f"Xác nhận điểm danh {state.label} của lớp {school_class.name}.")
    try:
        _confirm(request, school_class, state)
    except MonthRefused as refusal:
        return _show_confirm(request, school_class, state, str(refusal), status=409)
    messages.success(request, f"Đã xác nhận điểm danh {state.label} của lớp {school_class.name}.")
    return redirect("students:attendance_month", pk, month)


def _confirm(request: SignedInRequest, school_class: SchoolClass, state: MonthState) -> None:
    if state.is_confirmed:
        changes = [int(pk) for pk in request.POST.getlist("change") if pk.isdecimal()]
        confirm_again(school_class, state.month, seen=_seen(request), changes=changes, by=request.user)
    else:
        confirm_month(school_class, state.month, seen=_seen(request), by=request.user)


def _show_confirm(
    request: SignedInRequest,
    school_class: SchoolClass,
    state: MonthState,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    sums = month_sums(school_class, state.month)
    context = {
        "school_class": school_class,
        "state": state,
        "sums": sums,
        "not_called": [(day, session, Session(session).label) for day, session in sums.not_called],
        "with_leave": days_label(sums.with_leave),
        "without_leave": days_label(sums.without_leave),
        "problem": problem,
        "changes": read_changes([state]).get((school_class.pk, state.month), ()),
        "records": records_of(state.confirmation),
        "stranded": stranded_in(school_class, state.month),
    }
    return render(request, "students/attendance_confirm.html", context, status=status)


def _seen(request: SignedInRequest) -> Seen:
    """The sums that stood on the page; what is no number was not on it."""
    try:
        return (
            Decimal(request.POST.get("with_leave", "-1")),
            Decimal(request.POST.get("without_leave", "-1")),
            int(request.POST.get("not_called", "-1")),
        )
    except (InvalidOperation, ValueError):
        return Decimal(-1), Decimal(-1), -1
