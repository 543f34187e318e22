"""Báo cáo tháng of the clerk to the principal: figures of a month as tables of text (PLAN IV.3)."""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils.timezone import make_aware

from accounts.models import AdminAction, User
from accounts.words import grouped
from approvals.models import CorrectionRequest, ReconciliationReply, ReconciliationRound
from approvals.reconciliation_numbers import Numbers, day_of, first_day_of, stored_numbers
from approvals.reconciliation_workflow import ReplyState
from gradebook.models import TeachingAssignment
from gradebook.progress import NOTHING
from gradebook.progress_sheets import read_sight, sheets_at
from gradebook.regulation import Period
from students.attendance_months import next_month
from students.class_records import read_classes
from students.head_counts import COMING, GOING, INSIDE, count_heads
from students.models import AttendanceMonth, HomeroomAssignment, Movement, SchoolClass, Student, YearProfile

FIGURES = ("Nội dung", "Số liệu")


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    numbers: Numbers


def stored_report(kept: Any) -> tuple[Section, ...]:
    return tuple(Section(each["title"], stored_numbers(each["numbers"])) for each in kept)


def read_report(user: User, check: ReconciliationRound) -> list[dict[str, Any]]:
    """The sections as they are kept. A constant number of statements; `user` sees the whole school."""
    return [{"title": each.title, "numbers": each.numbers.as_json()} for each in read_sections(user, check)]


def read_sections(user: User, check: ReconciliationRound) -> tuple[Section, ...]:
    return (
        Section("Cập nhật thông tin học sinh", Numbers(FIGURES, tuple(_pupil_rows(check)))),
        Section("Cập nhật thông tin giáo viên, phân công", Numbers(FIGURES, tuple(_staff_rows(check)))),
        Section("Tiến độ nhập kết quả đánh giá", _progress(user)),
        Section("Sửa sau khi khoá sổ", request_numbers(check)),
        Section("Kết quả đối chiếu", _replies(check)),
        Section("Sai khác và cách giải quyết", _differences(check)),
    )


def _within(check: ReconciliationRound, field: str) -> Q:
    """During the month, of a column with a moment."""
    begin, end = (
        make_aware(datetime.datetime.combine(day, datetime.time()))
        for day in (check.month, next_month(check.month))
    )
    return Q(**{f"{field}__gte": begin, f"{field}__lt": end})


def _pupil_rows(check: ReconciliationRound) -> Iterable[tuple[str, str]]:
    first, day = first_day_of(check), day_of(check)
    counted = count_heads(check.year, day, since=first).total
    yield f"Số học sinh đầu ngày {first:%d/%m/%Y}", grouped(counted.first)
    yield (
        f"Số học sinh ngày {day:%d/%m/%Y}",
        f"{grouped(counted.now.pupils)} (nữ {grouped(counted.now.girls)})",
    )
    moved = Counter(
        Movement.objects.in_force()
        .filter(year=check.year, day__gte=first, day__lte=day)
        .values_list("kind", flat=True)
    )
    told = [f"{kind.label.lower()} {moved[kind]}" for kind in (*COMING, *GOING, *INSIDE) if moved[kind]]
    yield "Biến động sĩ số trong tháng", ", ".join(told) or "không có"
    yield "Số em có hồ sơ được cập nhật trong tháng", grouped(_updated_pupils(check))
    classes = list(SchoolClass.objects.filter(year=check.year).select_related("year"))
    gaps = read_classes(classes, check.year)
    yield (
        "Số em hồ sơ còn thiếu thông tin",
        f"{grouped(sum(each.lacking for each in gaps))}/{grouped(counted.now.pupils)}",
    )
    confirmed = AttendanceMonth.objects.filter(school_class__year=check.year, month=check.month).count()
    yield "Số lớp đã xác nhận điểm danh của tháng", f"{confirmed}/{len(classes)}"


def _updated_pupils(check: ReconciliationRound) -> int:
    """Whose record, or its part of the year, was changed. Two statements."""
    changed = _within(check, "history_date") & Q(history_type="~")
    of_year = Q(year=check.year_id) & _within(check, "history_date")
    pupils = set(Student.history.filter(changed).values_list("id", flat=True))
    return len(pupils | set(YearProfile.history.filter(of_year).values_list("student_id", flat=True)))


def _staff_rows(check: ReconciliationRound) -> Iterable[tuple[str, str]]:
    made = User.history.filter(_within(check, "history_date"), history_type="+")
    yield "Tài khoản mới", grouped(made.count())
    # By what the clerk did: in the history of a person a new password is a change too.
    acts = AdminAction.objects.filter(_within(check, "at"), words__startswith="Cập nhật hồ sơ cán bộ")
    yield "Số người có hồ sơ được cập nhật", grouped(acts.values("thing").distinct().count())
    of_year = _within(check, "history_date") & Q(school_class__year=check.year_id)
    yield "Lượt thay đổi phân công chủ nhiệm", grouped(HomeroomAssignment.history.filter(of_year).count())
    yield "Lượt thay đổi phân công giảng dạy", grouped(TeachingAssignment.history.filter(of_year).count())


def _progress(user: User) -> Numbers:
    """Entered of required by period and grade, of the sheets that were opened. Three statements."""
    sight = read_sight(user)
    found = sheets_at(sight, list(Period))
    grades = sorted({each.grade_level for each in sight.classes})
    rows = []
    for period, sheets in found.items():
        counted = [sheet for sheet in sheets if sheet.counts]
        if not counted:
            continue
        cells = []
        for grade in grades:
            own = (sheet.tally for sheet in counted if sheet.ref.school_class.grade_level == grade)
            cells.append(_tally_words(sum(own, NOTHING)))
        rows.append((period.label, *cells, _tally_words(sum((each.tally for each in counted), NOTHING))))
    return Numbers(("Thời điểm", *(f"Khối {grade}" for grade in grades), "Toàn trường"), tuple(rows))


def _tally_words(tally: Any) -> str:
    return f"{grouped(tally.entered)}/{grouped(tally.required)} ({tally.percent}%)" if tally.required else "–"


def request_numbers(check: ReconciliationRound) -> Numbers:
    """What was done in the month, whichever year the book is of; those of the books of earlier years apart."""
    is_earlier = Q(year__lt=check.year_id)
    steps = {
        "Phiếu đề nghị sửa đã gửi": _within(check, "filed_at"),
        "Phiếu được phê chuẩn": _within(check, "decided_at") & ~Q(state="refused"),
        "Phiếu bị từ chối": _within(check, "decided_at") & Q(state="refused"),
        "Phiếu đã thực hiện": _within(check, "applied_at"),
    }
    asked = {f"now_{at}": Count("pk", filter=step & ~is_earlier) for at, step in enumerate(steps.values())}
    asked |= {
        f"earlier_{at}": Count("pk", filter=step & is_earlier) for at, step in enumerate(steps.values())
    }
    found = CorrectionRequest.objects.aggregate(**asked)
    rows = (
        (name, grouped(found[f"now_{at}"]), grouped(found[f"earlier_{at}"])) for at, name in enumerate(steps)
    )
    return Numbers(("Nội dung", f"Sổ năm học {check.year.label}", "Sổ các năm học trước"), tuple(rows))


def _replies(check: ReconciliationRound) -> Numbers:
    found = Counter(check.replies.order_by().values_list("kind", "state"))
    rows = []
    for kind in ReconciliationReply.Kind:
        counts = [found[kind, each] for each in ReplyState]
        rows.append((kind.label, str(sum(counts)), *map(str, counts)))
    return Numbers(("Phần", "Phải trả lời", *(each.label for each in ReplyState)), tuple(rows))


def _differences(check: ReconciliationRound) -> Numbers:
    found = check.replies.exclude(words="").select_related("school_class", "teacher", "answered_by")
    rows = [
        (about(each), each.answered_by.full_name if each.answered_by else "", each.words, each.resolution)
        for each in found
    ]
    return Numbers(("Phần", "Người báo", "Sai khác", "Giải quyết"), tuple(rows))


def about(reply: ReconciliationReply) -> str:
    """«Lớp 4A», «Các sổ của Lê Thị Thu»; it comes with class and teacher."""
    if reply.school_class is not None:
        return f"Lớp {reply.school_class.name}"
    return f"Các sổ của {reply.teacher.full_name if reply.teacher else ''}"
