"""The roll of a class on a telephone: a plain form, which a script sends again when there is a network (R71)."""

import datetime
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.history import Source
from accounts.models import User
from accounts.powers import Action
from accounts.requests import SignedInRequest
from students.attendance import WHO_CALLS, Call, Conflict, call_roll
from students.attendance_months import today
from students.calendar import YearCalendar
from students.models import Absence, SchoolClass
from students.roll_page import LOOKS_BACK, RollPage, field_of, read_roll, roster_on, session_now

MOST_TOKENS = 50


def get_class(user: User, pk: int) -> SchoolClass:
    """Fetch and check in one call: a class whose attendance the person may see."""
    school_class = get_object_or_404(SchoolClass.objects.select_related("year"), pk=pk)
    permissions.require(
        user,
        Action.SEE_ATTENDANCE,
        f"Điểm danh lớp {school_class.name} dành cho giáo viên chủ nhiệm, tổ (khối) trưởng khối "
        f"{school_class.grade_level}, văn thư và Ban giám hiệu.",
        school_class=school_class,
    )
    return school_class


@require_safe
def roll_today(request: SignedInRequest, pk: int) -> HttpResponse:
    """To the roll of today, or of the last school day where today is none."""
    school_class = get_class(request.user, pk)
    calendar = YearCalendar.of(school_class.year)
    day = min(today(), school_class.year.ends_on)
    days = calendar.school_days(day - LOOKS_BACK, day, school_class)
    if not days:
        return redirect("students:class_attendance", pk)
    return redirect("students:roll", pk, days[-1], session_now(calendar.sessions_of(days[-1], school_class)))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def roll(request: SignedInRequest, pk: int, day: datetime.date, session: str) -> HttpResponse:
    """One roll: shown, and called by POST."""
    school_class = get_class(request.user, pk)
    if request.method == "POST":
        return _call(request, school_class, day, session)
    page = read_roll(request.user, school_class, day, session)
    if "like" in request.GET and page.may_follow_other:
        page = page.like_other()
    return _show(request, page)


def _show(
    request: SignedInRequest,
    page: RollPage,
    problem: str = "",
    conflict: Conflict | None = None,
    status: int = 200,
) -> HttpResponse:
    """Each page has a token of its own: what is sent from it is one save, however often it arrives."""
    context = {"page": page, "token": uuid.uuid4(), "problem": problem, "conflict": conflict}
    return render(request, "students/roll.html", context, status=status)


@dataclass(frozen=True, slots=True)
class Typed:
    """A roll as it was sent, and what is wrong with it, or ""."""

    call: Call
    problem: str


def _call(
    request: SignedInRequest, school_class: SchoolClass, day: datetime.date, session: str
) -> HttpResponse:
    """WHO first: what is wrong with a stranger's form is none of their business."""
    permissions.require(
        request.user,
        Action.CALL_ROLL,
        WHO_CALLS.format(name=school_class.name),
        school_class=school_class,
    )
    pupils = [seat.student_id for seat in roster_on(school_class, day)]
    typed = _typed(request.POST, pupils, day, session)
    if typed.problem:
        return _show_again(request, school_class, typed.call, typed.problem)
    report = call_roll(school_class, [typed.call], by=request.user, source=Source.PAGE)
    if report.conflicts:
        return _show_again(request, school_class, typed.call, conflict=report.conflicts[0])
    if report.refused:
        return _show_again(request, school_class, typed.call, report.refused[0].message)
    return _saved(request, school_class, typed.call, report.saved[0].version)


def _typed(data: QueryDict, pupils: list[int], day: datetime.date, session: str) -> Typed:
    """Every pupil of the day's list must be answered for: one who is new since the page was made is to be looked at."""
    version = data.get("version", "")
    answers = {pupil: data.get(field_of(pupil)) for pupil in pupils}
    kinds = {pupil: kind for pupil, kind in answers.items() if kind in Absence.Kind.values}
    call = Call(
        day=day,
        session=session,
        absent={pupil: kind for pupil, kind in kinds.items() if kind},
        version=int(version) if version.isdecimal() else 0,
        token=_tokens(data.get("token", ""))[0],
        after=frozenset(_tokens(data.get("after", ""))),
    )
    missing = len(pupils) - len(kinds)
    gone = {key for key in data if key.startswith("a.")} - {field_of(pupil) for pupil in pupils}
    if missing:
        return Typed(
            call, f"Còn {missing} học sinh chưa được điểm danh trong lần gửi này. Xem lại cả lớp rồi lưu."
        )
    if gone:
        return Typed(call, "Danh sách lớp đã thay đổi từ lúc mở trang. Xem lại cả lớp rồi lưu.")
    return Typed(call, "")


def _tokens(text: str) -> list[uuid.UUID]:
    """At least one: a form that names none is a save of its own."""
    found = []
    for word in text.split(",")[:MOST_TOKENS]:
        with suppress(ValueError):
            found.append(uuid.UUID(word))
    return found or [uuid.uuid4()]


def _show_again(
    request: SignedInRequest,
    school_class: SchoolClass,
    call: Call,
    problem: str = "",
    conflict: Conflict | None = None,
) -> HttpResponse:
    """The roll as it was sent, beside what stands now: nothing typed is lost, the next save is a new one."""
    page = read_roll(request.user, school_class, call.day, call.session, typed=call.absent, conflict=conflict)
    status = 409 if conflict else 422
    return _show(request, page, problem, conflict, status)


def _saved(request: SignedInRequest, school_class: SchoolClass, call: Call, version: int) -> HttpResponse:
    """To the script the new version in a few bytes; to a plain form the page again."""
    said = _said(call)
    if request.accepts("text/html"):
        messages.success(request, said)
        return redirect("students:roll", school_class.pk, call.day, call.session)
    return JsonResponse({"version": version, "said": said})


def _said(call: Call) -> str:
    absent: Mapping[int, str] = call.absent
    at = f"{localtime():%H:%M}"
    if not absent:
        return f"Đã điểm danh lúc {at}: không ai vắng."
    leave = sum(kind == Absence.Kind.WITH_LEAVE for kind in absent.values())
    return f"Đã điểm danh lúc {at}: vắng {len(absent)} (P {leave}, K {len(absent) - leave})."
