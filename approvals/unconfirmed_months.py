"""Months of attendance that keep a class's figures from being confirmed (PLAN IV.3; rule R72).

The days absent are among the figures, and nobody vouches for those of a month that its homeroom teacher has not
confirmed: rolls may still be called, or were never called. Who confirms the figures is who confirms the month, late as
well as in time, so the way on is always open; a difference can be reported meanwhile. A month that is not over yet
cannot be confirmed by anybody, and keeps nobody.
"""

from collections.abc import Sequence

from approvals.models import ReconciliationReply
from students.attendance_months import MonthState, month_states, months_over, today
from students.calendar import YearCalendar


def unconfirmed_months(reply: ReconciliationReply) -> tuple[MonthState, ...]:
    """Up to the month of the check, oldest first; none for a teacher of lines.

    The reply comes with its round's year and its class. Four statements at most.
    """
    school_class, check = reply.school_class, reply.round
    if school_class is None:
        return ()
    now = today()
    months = [month for month in months_over(YearCalendar.of(check.year), now) if month <= check.month]
    states = month_states([school_class], months, now) if months else {}
    return tuple(state for month in months if (state := states[school_class.pk, month]).is_due)


def why_not_confirmed(months: Sequence[MonthState]) -> str:
    """«Điểm danh tháng 09/2026, tháng 10/2026 của lớp chưa xác nhận …»; "" for none."""
    if not months:
        return ""
    named = ", ".join(month.label for month in months)
    return (
        f"Điểm danh {named} của lớp chưa xác nhận nên số ngày nghỉ chưa chốt. Xác nhận điểm danh rồi xác nhận số liệu; "
        "số liệu sai thì báo sai khác."
    )
