"""From the roll of a closed month to the draft of a request (PLAN IV.5; rule R72): form, act and page."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from accounts.requests import SignedInRequest
from approvals.chosen_answers import Chosen, read_chosen
from approvals.corrections import DRAFTED, new_draft
from approvals.mandates import CorrectionOutdated, CorrectionRefused
from approvals.models import CorrectionItem, CorrectionRequest
from approvals.registers import ABSENCE, shown_value
from students.attendance import standing_roll, why_not_called
from students.attendance_months import month_of, month_states, today
from students.calendar import Session, YearCalendar
from students.models import SchoolClass
from students.roll_page import KINDS, field_of, roster_on
from students.roll_views import get_class
from students.years import hold_year

WHO_PROPOSES = "Chỉ giáo viên chủ nhiệm lớp {name} đề nghị sửa điểm danh của lớp này."


def propose_roll(
    school_class: SchoolClass,
    day: datetime.date,
    session: str,
    chosen: Chosen[int],
    *,
    by: User,
) -> CorrectionRequest:
    """Makes a draft of the answers (pupil id → P, K or "") that differ from the roll as it stands, and notes both.

    Raises PermissionDenied for anyone but the homeroom teacher; CorrectionOutdated where the roll has changed since the
    form showed it; CorrectionRefused while the month is open, for a session without lessons, or when nothing differs.
    """
    require_proposer(by, school_class)
    with acting(by, role=permissions.acting_role(by, school_class, None), source=Source.PAGE):
        hold_year(school_class.year)
        problem = why_not_proposed(school_class, day, session)
        if problem:
            raise CorrectionRefused(problem)
        absent = standing_roll(school_class, day, session).absent
        names = {seat.student_id: seat.student.full_name for seat in roster_on(school_class, day)}
        standing = {pupil: absent.get(pupil, "") for pupil in names}
        refuse_moved_on(names[pupil] for pupil in chosen.moved_on(standing))
        changes = chosen.changes(standing)
        if not changes:
            raise CorrectionRefused(
                "Chưa có em nào khác với điểm danh đang lưu. Chọn lại ở em cần sửa rồi lập phiếu."
            )
        cells = [
            CorrectionItem(student_id=pupil, item=session, field=ABSENCE, old_value=old, new_value=new)
            for pupil, (old, new) in changes.items()
        ]
        return new_draft(school_class, cells, by=by, roll_day=day, roll_session=session)


def refuse_moved_on(names: Iterable[str]) -> None:
    """Raises CorrectionOutdated for what has changed since the form showed it, by name."""
    told = list(names)
    if told:
        raise CorrectionOutdated(
            f"Điểm danh đã đổi từ khi thầy cô mở trang ở: {', '.join(told)}. Trang đã hiện số liệu mới, các ô thầy "
            "cô chọn còn giữ: xem lại rồi lập phiếu."
        )


def require_proposer(user: User, school_class: SchoolClass) -> None:
    permissions.require(
        user,
        Action.PROPOSE_CORRECTION,
        WHO_PROPOSES.format(name=school_class.name),
        school_class=school_class,
        line=None,
    )


def why_not_proposed(school_class: SchoolClass, day: datetime.date, session: str) -> str:
    """Why the roll of this session is no matter of a request, or ""."""
    if school_class.year.is_closed:
        return f"Năm học {school_class.year.label} đã đóng: điểm danh chỉ còn để xem."
    state = month_states([school_class], [month_of(day)], today())[school_class.pk, month_of(day)]
    sessions = YearCalendar.of(school_class.year).sessions_of(day, school_class)
    problem = why_not_called(day, session, sessions, state, is_mandated=True)
    if problem:
        return problem
    if state.is_open:
        return f"Điểm danh {state.label} còn mở: sửa thẳng trên trang điểm danh, không cần phiếu đề nghị."
    return ""


@dataclass(frozen=True, slots=True)
class Line:
    """A pupil of the form: what stands, and what is chosen (P, K or "")."""

    pupil: int
    number: int
    field: str
    name: str
    stored: str
    chosen: str

    @property
    def standing(self) -> str:
        return shown_value(ABSENCE, self.stored)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: SignedInRequest, class_id: int, day: datetime.date, session: str) -> HttpResponse:
    """The roll as it stands, to choose what it should say; posted, the draft, or the form again with the reason."""
    school_class = get_class(request.user, class_id)
    require_proposer(request.user, school_class)
    if request.method != "POST":
        return _show(request, school_class, day, session)
    pupils = [seat.student_id for seat in roster_on(school_class, day)]
    chosen = read_chosen(request.POST, pupils, KINDS, field_of)
    try:
        draft = propose_roll(school_class, day, session, chosen, by=request.user)
    except CorrectionRefused as refusal:
        status = 409 if isinstance(refusal, CorrectionOutdated) else 422
        return _show(
            request, school_class, day, session, refusal.message, typed=chosen.touched(), status=status
        )
    messages.success(request, DRAFTED)
    return redirect("approvals:request", draft.pk)


def _show(
    request: SignedInRequest,
    school_class: SchoolClass,
    day: datetime.date,
    session: str,
    problem: str = "",
    *,
    typed: Mapping[int, str] = MappingProxyType({}),
    status: int = 200,
) -> HttpResponse:
    against = why_not_proposed(school_class, day, session)
    standing = standing_roll(school_class, day, session).absent
    chosen = {**standing, **typed}
    lines = [
        Line(
            seat.student_id,
            number,
            field_of(seat.student_id),
            seat.student.full_name,
            standing.get(seat.student_id, ""),
            chosen.get(seat.student_id, ""),
        )
        for number, seat in enumerate(roster_on(school_class, day), start=1)
    ]
    context = {
        "school_class": school_class,
        "day": day,
        "session": Session(session),
        "lines": lines,
        "problem": problem or against,
        "is_possible": not against,
    }
    return render(request, "approvals/propose_roll.html", context, status=status)
