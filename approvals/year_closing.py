"""Closing a school year: what must be settled first, the act, and taking it back (rule R17; PLAN IV.1).

A closed year is read and printed, never changed: acts ask `SchoolYear.require_not_closed`, and behind them the database
refuses every change to its rows (`closed_year_guard`). What turns out to be wrong later is changed only after the
principal has opened the year again, with a reason that stays in the year's history.
"""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from accounts import clock, permissions
from accounts.clock import today
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action, Role
from accounts.terms import Problem
from approvals.contradicted import contradicted_names
from approvals.corrections import cancel_drafts
from approvals.inspection_workflow import InspectionState
from approvals.models import CorrectionRequest, Inspection, ReconciliationRound
from approvals.reconciliation_workflow import RoundState
from approvals.workflow import OPEN_STATES, State
from gradebook.decided_anew import decisions_to_amend
from gradebook.decision_rules import DecisionState
from gradebook.models import EntryWindow, ResultsDecision, YearOutcome
from gradebook.opening import Item
from students.attendance_months import begun_months
from students.calendar import YearCalendar
from students.models import AttendanceMonth, Enrolment, SchoolYear
from students.years import hold_year, refuse

PRINCIPAL, VICE_PRINCIPAL = Role.PRINCIPAL.label, Role.VICE_PRINCIPAL.label
MOST_NAMED = 6
WHO_CLOSES = "Năm học do Hiệu trưởng đóng và mở lại."


def closing_list(year: SchoolYear) -> list[Item]:
    """What is settled and what is not, each with who does it. Twelve statements; twelve more where pupils with an
    approved result were corrected, nine for each kind of decision that names one."""
    return [
        *(_last_day(year), _outcomes(year), _decisions(year), _windows(year), _requests(year)),
        *(_inspections(year), _rounds(year)),
        *(_months(year), _handovers(year)),
    ]


def close_year(year: SchoolYear, *, by: User) -> None:
    """From open to closed; refused with everything that is not settled yet. Kept in the year's history.

    Drafts of correction requests, which nobody but their proposers sees, are cancelled.
    """
    permissions.require(by, Action.CLOSE_YEAR, WHO_CLOSES)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE):
        held = hold_year(year)
        if not held.is_open:
            refuse(Problem("", f"Năm học {held.label} chưa mở nên chưa có gì để đóng."))
        unsettled = [item for item in closing_list(held) if item.missing and item.is_needed]
        refuse(*(Problem("", f"{item.title}: {item.missing} ({item.who} làm).") for item in unsettled))
        cancel_drafts(held)
        held.state = SchoolYear.State.CLOSED
        held.save(update_fields=["state"])


def reopen_year(year: SchoolYear, *, reason: str, by: User) -> None:
    """From closed back to open, for a reason that whoever inspects the school will read."""
    permissions.require(by, Action.CLOSE_YEAR, WHO_CLOSES)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE):
        held = SchoolYear.objects.select_for_update(no_key=True).get(pk=year.pk)
        if not held.is_closed:
            refuse(Problem("", f"Năm học {held.label} đang mở."))
        held.state = SchoolYear.State.OPEN
        held._change_reason = reason  # type: ignore[attr-defined]  # noqa: SLF001 - simple-history's documented name
        held.save(update_fields=["state"])


# -- The items ---------------------------------------------------------------------------------------------


def _last_day(year: SchoolYear) -> Item:
    return Item(
        "Ngày cuối của năm học",
        f"{year.ends_on:%d/%m/%Y}",
        "" if year.is_over else "năm học chưa hết",
        PRINCIPAL,
        reverse("students:year", args=[year.pk]),
        "Xem lịch",
    )


def _outcomes(year: SchoolYear) -> Item:
    approved = YearOutcome.objects.filter(student=OuterRef("student"), school_class=OuterRef("school_class"))
    seats = Enrolment.objects.filter(school_class__year=year, ended_by=None)
    counted = seats.annotate(is_approved=Exists(approved)).values_list("school_class__name", "is_approved")
    rows = counted.annotate(pupils=Count("pk")).order_by("school_class__name")
    total = sum(pupils for _name, _is_approved, pupils in rows)
    without = {name: pupils for name, is_approved, pupils in rows if not is_approved}
    named = ", ".join(f"{name} ({pupils})" for name, pupils in list(without.items())[:MOST_NAMED])
    more = f" và {len(without) - MOST_NAMED} lớp nữa" if len(without) > MOST_NAMED else ""
    missing = [f"chưa phê duyệt: {named}{more}"] if without else []
    if others := contradicted_names(year):
        rest = f" và {len(others) - MOST_NAMED} em nữa" if len(others) > MOST_NAMED else ""
        named = ", ".join(others[:MOST_NAMED])
        missing.append(f"kết quả tính lại khác kết quả đã phê duyệt, chờ xét lại: {named}{rest}")
    return Item(
        "Kết quả năm học, lên lớp",
        f"đã phê duyệt {total - sum(without.values())}/{total} học sinh",
        "; ".join(missing),
        PRINCIPAL,
        f"{reverse('gradebook:year_ends')}?year={year.pk}",
        "Xem kết quả",
    )


def _decisions(year: SchoolYear) -> Item:
    """An issued one that says of a pupil what no longer holds is amended first, a draft issued or dropped: of a closed
    year neither can be done."""
    wrong = decisions_to_amend(year)
    drafts = ResultsDecision.objects.filter(year=year, state=DecisionState.DRAFT).count()
    told = [f"{drafts} dự thảo chưa ban hành, chưa bỏ"] if drafts else []
    told += [
        f"{each.decision.label} chờ sửa đổi, thay thế ({', '.join((*each.decided, *each.undecided))})"
        for each in wrong
    ]
    return Item(
        "Quyết định về kết quả năm học",
        "mọi quyết định đúng với kết quả"
        if not wrong
        else f"{len(wrong)} quyết định nêu kết quả không còn đúng",
        "; ".join(told),
        PRINCIPAL,
        f"{reverse('gradebook:decisions')}?year={year.pk}",
        "Xem quyết định",
    )


def _windows(year: SchoolYear) -> Item:
    still = EntryWindow.objects.filter(year=year, closes_at__gt=clock.now()).count()
    return Item(
        "Đợt nhập",
        "mọi đợt đã khoá" if not still else f"{still} đợt chưa khoá",
        f"{still} đợt đang mở hoặc sắp mở" if still else "",
        PRINCIPAL,
        reverse("gradebook:orders"),
        "Xem lệnh",
    )


def _requests(year: SchoolYear) -> Item:
    is_draft = Q(state=State.DRAFT)
    counts = CorrectionRequest.objects.filter(year=year, state__in=OPEN_STATES).aggregate(
        still=Count("pk", filter=~is_draft), drafts=Count("pk", filter=is_draft)
    )
    still, drafts = counts["still"], counts["drafts"]
    found = f"{still} phiếu chưa kết thúc" if still else "mọi phiếu đã gửi đã kết thúc"
    return Item(
        "Phiếu đề nghị sửa",
        f"{found}; {drafts} phiếu nháp chưa gửi sẽ huỷ khi đóng" if drafts else found,
        f"{still} phiếu chờ bổ sung, chờ phê chuẩn, chờ đồng ý hoặc chờ thực hiện" if still else "",
        f"người lập phiếu, {VICE_PRINCIPAL}, {PRINCIPAL}, {Role.CLERK.label}",
        reverse("approvals:requests"),
        "Xem phiếu",
    )


def _inspections(year: SchoolYear) -> Item:
    still = Inspection.objects.filter(year=year, state=InspectionState.OPEN).count()
    return Item(
        "Kiểm tra hồ sơ",
        "mọi đợt đã kết thúc" if not still else f"{still} đợt chưa kết thúc",
        f"{still} đợt kiểm tra chưa kết thúc" if still else "",
        f"{PRINCIPAL}, {VICE_PRINCIPAL}",
        reverse("approvals:inspections"),
        "Xem kiểm tra",
    )


def _rounds(year: SchoolYear) -> Item:
    still = ReconciliationRound.objects.filter(year=year, state=RoundState.OPEN).count()
    return Item(
        "Đối chiếu số liệu",
        "mọi đợt đã kết thúc" if not still else f"{still} đợt chưa kết thúc",
        f"{still} đợt đối chiếu chưa kết thúc" if still else "",
        Role.CLERK.label,
        reverse("approvals:reconciliations"),
        "Xem đối chiếu",
    )


def _months(year: SchoolYear) -> Item:
    wanted = len(begun_months(YearCalendar.of(year), today())) * year.classes.count()
    # Any: the type checker does not know the column that `with_changes` adds.
    confirmed: Any = AttendanceMonth.objects.filter(school_class__year=year).with_changes()
    done = confirmed.filter(changes__len=0).count()
    return Item(
        "Điểm danh từng tháng",
        f"đã xác nhận {done}/{wanted} tháng của các lớp",
        f"{wanted - done} tháng chưa xác nhận hoặc phải xem lại" if done < wanted else "",
        Role.HOMEROOM.label,
        reverse("students:attendance"),
        "Xem điểm danh",
        is_needed=False,
    )


def _handovers(year: SchoolYear) -> Item:
    """A class that has not handed over by then cannot any more, unless the year is opened again."""
    signed = Count("pk", filter=Q(handover__signed_at__isnull=False))
    counts = year.classes.aggregate(classes=Count("pk"), signed=signed)
    left = counts["classes"] - counts["signed"]
    return Item(
        "Bàn giao lớp",
        f"đã kí {counts['signed']}/{counts['classes']} lớp",
        f"{left} lớp chưa kí; đóng rồi thì không ghi, không kí được nữa" if left else "",
        Role.HOMEROOM.label,
        reverse("gradebook:handovers"),
        "Xem bàn giao",
        is_needed=False,
    )
