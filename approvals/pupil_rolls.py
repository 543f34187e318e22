"""From a closed month to the draft of a request on several sessions of one pupil (PLAN IV.5; rule R72)."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.requests import SignedInRequest
from approvals.chosen_answers import Chosen, read_chosen
from approvals.corrections import DRAFTED, new_draft
from approvals.mandates import CorrectionOutdated, CorrectionRefused
from approvals.models import CorrectionItem, CorrectionRequest
from approvals.registers import ABSENCE, session_words, shown_value
from approvals.roll_corrections import refuse_moved_on, require_proposer
from students.attendance import Place, standing_rolls, why_not_called
from students.attendance_months import MonthState, last_day_of, month_of, month_states, today
from students.calendar import YearCalendar
from students.models import Enrolment, SchoolClass, Student
from students.roll_page import KINDS
from students.roll_views import get_class
from students.years import hold_year


def propose_sessions(
    school_class: SchoolClass,
    student: Student,
    month: datetime.date,
    chosen: Chosen[Place],
    *,
    by: User,
) -> CorrectionRequest:
    """Makes a draft of the sessions in which the pupil's answer (P, K or "") shall differ from the one that stands.

    Raises PermissionDenied for anyone but the homeroom teacher; CorrectionOutdated where an answer has changed since
    the form showed it; CorrectionRefused while the month is open, or when nothing differs.
    """
    require_proposer(by, school_class)
    with acting(by, role=permissions.acting_role(by, school_class, None), source=Source.PAGE):
        hold_year(school_class.year)
        if against := why_not(school_class, month):
            raise CorrectionRefused(against)
        standing = answers_of(school_class, student, month)
        refuse_moved_on(session_words(place) for place in chosen.moved_on(standing))
        changes = chosen.changes(standing)
        if not changes:
            raise CorrectionRefused(
                "Chưa có buổi nào khác với điểm danh đang lưu. Chọn lại ở buổi cần sửa rồi lập phiếu."
            )
        days = [day for day, _session in changes]
        first = next(iter(changes))[1]
        is_one = len(changes) == 1
        cells = [
            CorrectionItem(
                student=student,
                item=session if is_one else f"{day}.{session}",
                field=ABSENCE,
                old_value=old,
                new_value=new,
            )
            for (day, session), (old, new) in changes.items()
        ]
        # Of a single session it is a request on its roll, as from the page of that roll.
        until = None if is_one else days[-1]
        return new_draft(school_class, cells, by=by, roll_day=days[0], roll_session=first, roll_until=until)


def why_not(school_class: SchoolClass, month: datetime.date) -> str:
    """Why the month is no matter of a request, or ""."""
    if school_class.year.is_closed:
        return f"Năm học {school_class.year.label} đã đóng: điểm danh chỉ còn để xem."
    state = _state(school_class, month)
    if state.is_open:
        return f"Điểm danh {state.label} còn mở: sửa thẳng trên trang điểm danh, không cần phiếu đề nghị."
    return ""


def _state(school_class: SchoolClass, month: datetime.date) -> MonthState:
    return month_states([school_class], [month], today())[school_class.pk, month]


def answers_of(school_class: SchoolClass, student: Student, month: datetime.date) -> dict[Place, str]:
    """The month's sessions so far in which the pupil sat in the class, in order, with what stands."""
    calendar = YearCalendar.of(school_class.year)
    state = _state(school_class, month)
    seats = list(Enrolment.objects.filter(school_class=school_class, student=student))
    places = [
        (day, str(session))
        for day in calendar.school_days(month, last_day_of(month), school_class)
        if any(seat.starts_on <= day and (seat.ends_on is None or day <= seat.ends_on) for seat in seats)
        for sessions in [calendar.sessions_of(day, school_class)]
        for session in sessions
        if not why_not_called(day, session, sessions, state, is_mandated=True)
    ]
    standing = standing_rolls(school_class, places)
    return {place: standing[place].absent.get(student.pk, "") for place in places}


@dataclass(frozen=True, slots=True)
class Line:
    """A session of the form: what stands, and what is chosen (P, K or "")."""

    field: str
    name: str
    stored: str
    chosen: str

    @property
    def standing(self) -> str:
        return shown_value(ABSENCE, self.stored)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: SignedInRequest, class_id: int, day: datetime.date, student_id: int) -> HttpResponse:
    """The pupil's answers of the month of that day, to choose what they should say; posted, the draft."""
    school_class = get_class(request.user, class_id)
    require_proposer(request.user, school_class)
    seat = Enrolment.objects.filter(school_class=school_class, student=student_id).select_related("student")
    found = seat.first()
    if found is None:
        raise Http404("Học sinh này không học lớp đó.")
    month = month_of(day)
    if request.method != "POST":
        return _show(request, school_class, found.student, month)
    chosen = read_chosen(request.POST, answers_of(school_class, found.student, month), KINDS, _field)
    try:
        draft = propose_sessions(school_class, found.student, month, chosen, by=request.user)
    except CorrectionRefused as refusal:
        status = 409 if isinstance(refusal, CorrectionOutdated) else 422
        return _show(
            request,
            school_class,
            found.student,
            month,
            refusal.message,
            typed=chosen.touched(),
            status=status,
        )
    messages.success(request, DRAFTED)
    return redirect("approvals:request", draft.pk)


def _field(place: Place) -> str:
    day, session = place
    return f"b.{day}.{session}"


def _show(
    request: SignedInRequest,
    school_class: SchoolClass,
    student: Student,
    month: datetime.date,
    problem: str = "",
    *,
    typed: Mapping[Place, str] = MappingProxyType({}),
    status: int = 200,
) -> HttpResponse:
    against = why_not(school_class, month)
    standing = {} if against else answers_of(school_class, student, month)
    chosen = {**standing, **typed}
    lines = [
        Line(_field(place), session_words(place), kind, chosen[place]) for place, kind in standing.items()
    ]
    context = {
        "school_class": school_class,
        "student": student,
        "month": month,
        "lines": lines,
        "problem": problem or against,
        "is_possible": not against,
    }
    return render(request, "approvals/propose_sessions.html", context, status=status)
