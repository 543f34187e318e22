"""What waits for a person at the year's end: classes to confirm, to review, to approve; pupils to assess again."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts import permissions
from accounts.clock import now_in_sql
from accounts.models import User
from accounts.powers import Action
from accounts.start_page import Task
from gradebook.computed_results import again_of, inputs_of, seats_of
from gradebook.earlier_decisions import to_decide_anew
from gradebook.grading import failing_items
from gradebook.models import ClassYearEnd, EntryWindow
from gradebook.outcomes import waiting_for_summer
from gradebook.regulation import Period
from gradebook.sheets import SheetRef
from gradebook.year_end_rules import State
from students.models import SchoolClass, SchoolYear


def year_end_tasks(user: User) -> list[Task]:
    """Of the homeroom teacher when the year's end has been opened, of the leaders when a class has come to them.

    One statement for whoever leads a class or led one to the end of its year, one for a leader; none for the others.
    """
    return [*_to_confirm(user), *_to_pass_on(user)]


def _to_confirm(user: User) -> list[Task]:
    own = permissions.reach_of(user, Action.PROPOSE_OUTCOMES).classes
    if not own:
        return []
    record = ClassYearEnd.objects.filter(school_class=OuterRef("pk"))
    classes: Any = (
        SchoolClass.objects.filter(pk__in=own)
        .exclude(year__state=SchoolYear.State.CLOSED)
        .select_related("year")
        .annotate(
            outcome_state=Coalesce(Subquery(record.values("state")[:1]), Value(State.OPEN.value)),
            reason=Coalesce(Subquery(record.values("return_reason")[:1]), Value("")),
            has_begun=Exists(_begun(Period.YEAR_END).filter(line_code="", teacher=None)),
            is_again=Exists(_begun(Period.SUPPLEMENTARY)),
            has_reopened=Exists(to_decide_anew(own).filter(school_class=OuterRef("pk"))),
            has_waiting=Exists(waiting_for_summer(own).filter(school_class=OuterRef("pk"))),
        )
        .order_by("grade_level", "name")
    )
    found = []
    for each in classes:
        url = reverse("gradebook:year_end", args=[each.pk])
        if each.outcome_state == State.OPEN and (each.has_begun or each.reason):
            detail = (
                f"Trả lại: {each.reason}"
                if each.reason
                else "Xác nhận từng em, lập danh sách, gửi Phó Hiệu trưởng"
            )
            word, kind = ("Bị trả lại", "warning") if each.reason else ("Chờ xác nhận", "open")
            found.append(Task(f"Xét kết quả năm học {class_words(each)}", detail, url, kind, word))
        elif each.outcome_state == State.APPROVED and each.has_reopened:
            detail = "Hiệu trưởng mở lại quyết định về học sinh của lớp"
            found.append(
                Task(f"Xét lại kết quả năm học {class_words(each)}", detail, url, "open", "Chờ xét lại")
            )
        elif each.outcome_state == State.APPROVED and each.has_waiting and each.is_again:
            found.append(
                Task(
                    f"Xét lại kết quả năm học {class_words(each)}",
                    "Các em chờ đánh giá bổ sung, rèn luyện trong hè",
                    url,
                    "open",
                    "Chờ xét lại",
                )
            )
    return found


def class_words(school_class: SchoolClass) -> str:
    """«lớp 4A»; of a year that is over «lớp 4A (2025 - 2026)»: one may lead a 4A now too."""
    year = school_class.year
    return f"lớp {school_class.name}" + (f" ({year.label})" if year.is_over else "")


def _begun(period: Period) -> QuerySet[EntryWindow]:
    """Windows of the class's year and period that have opened, whatever became of them since."""
    return EntryWindow.objects.filter(
        Q(grade_level__isnull=True) | Q(grade_level=OuterRef("grade_level")),
        Q(school_class__isnull=True) | Q(school_class=OuterRef("pk")),
        year=OuterRef("year"),
        period=period,
        opens_at__lte=now_in_sql(),
        closes_at__gt=F("opens_at"),  # one that was called off never opened
    )


def _to_pass_on(user: User) -> list[Task]:
    wanted = {}
    if permissions.may(user, Action.REVIEW_OUTCOMES):
        wanted[State.COMPLETED] = ("Rà soát", "giáo viên chủ nhiệm đã hoàn thành")
    if permissions.may(user, Action.APPROVE_OUTCOMES):
        wanted[State.REVIEWED] = ("Phê duyệt", "Phó Hiệu trưởng đã rà soát")
    if not wanted:
        return []
    records = ClassYearEnd.objects.filter(state__in=wanted).select_related("school_class__year")
    found = []
    for record in records.order_by("school_class__grade_level", "school_class__name"):
        verb, detail = wanted[State(record.state)]
        found.append(
            Task(
                f"{verb} kết quả năm học {class_words(record.school_class)}",
                detail[:1].upper() + detail[1:],
                reverse("gradebook:year_end", args=[record.school_class_id]),
                "waiting",
                State(record.state).label,
            )
        )
    return found


def supplementary_tasks(refs: Mapping[SheetRef, datetime.date]) -> list[Task]:
    """Of the open sheets of the supplementary assessment, with the day of their lock, those that lack a value.

    None without such a sheet, else six statements.
    """
    if not refs:
        return []
    seats = seats_of(list({ref.school_class.pk: ref.school_class for ref in refs}.values()))
    inputs, again = inputs_of(seats), again_of(seats)
    found = []
    for ref, closes_on in refs.items():
        items = {column.item for column in ref.columns()}
        waiting = [
            seat.student.full_name
            for seat in seats
            if seat.school_class_id == ref.school_class.pk
            and any(
                item.code in items and not again[seat.student_id].has(item)
                for item in failing_items(inputs[seat.student_id])
            )
        ]
        if waiting:
            url = reverse("gradebook:sheet", args=[ref.school_class.pk, ref.code, ref.period.value])
            found.append(
                Task(
                    f"Đánh giá bổ sung: {ref.title}",
                    ", ".join(waiting),
                    url,
                    "open",
                    f"Còn {len(waiting)} em",
                    due_on=closes_on,
                )
            )
    return found
