"""The end of the demo's last year: some classes handed over and received, then the principal closes the year."""

import random

from accounts import clock
from accounts.models import User
from approvals.year_closing import close_year, closing_list
from gradebook.handover_merge import Said, Texts
from gradebook.handovers import Record, keep_notes, read_record, receive, sign
from kimdong.demo import calendar
from kimdong.demo.school import DemoSchool
from students.models import HomeroomAssignment, SchoolClass, SchoolYear
from students.promotion import LAST_GRADE

SIGNED = ("1A", "1B", "3A", "3B", "3C", "3D", "3E", "5A", "5B")
RECEIVED = ("2A", "4A", "4B", "4C", "4D")
RECEIVING_SCHOOL = "Trường THCS Bắc Sơn"
_NOTES = (
    Said("Đọc trôi chảy, viết chữ đẹp; hay giúp bạn.", "", ""),
    Said(
        "Tính nhẩm nhanh.",
        "Trình bày bài còn vội, hay bỏ sót dấu.",
        "Nhắc em đọc lại bài trước khi nộp.",
    ),
    Said(
        "Hăng hái phát biểu.",
        "Ngại làm bài toán có lời văn.",
        "Cho em nói cách làm trước khi viết bài giải.",
    ),
    Said(
        "Khéo tay, vẽ tốt.",
        "Còn rụt rè trước lớp.",
        "Khuyến khích em trình bày trong nhóm nhỏ.",
    ),
)
_HELP = Said(
    "Chăm chỉ, lễ phép, có tiến bộ trong học kì II.",
    "Chưa vững kiến thức, kĩ năng cơ bản của lớp.",
    "Kèm riêng mỗi tuần hai buổi trong tháng đầu; trao đổi với gia đình hằng tuần.",
)


def load(school: DemoSchool) -> None:
    """Signed in the last days of lessons, received when the new year begins, closed when nothing is left to settle."""
    last = SchoolYear.objects.get(pk=school.year - 1)
    current = SchoolYear.objects.get(pk=school.year)
    school.say(f"bàn giao các lớp, đóng năm học {last.label}")
    with clock.travelling(calendar.at(school.year, 5, 29, 10)):
        for each in last.classes.filter(name__in=SIGNED).select_related("year"):
            _hand_over(each, random.Random(f"{school.seed}-{each.name}"))  # noqa: S311 - invented
    with clock.travelling(min(calendar.at(school.year, 8, 24, 9), school.now)):
        for each in current.classes.filter(name__in=RECEIVED).select_related("year"):
            receive(each, by=_teacher_of(each))
    with clock.travelling(min(calendar.at(school.year, 8, 28, 9), school.now)):
        _close(last)


def _hand_over(school_class: SchoolClass, chance: random.Random) -> None:
    teacher = _teacher_of(school_class)
    to = RECEIVING_SCHOOL if school_class.grade_level == LAST_GRADE else ""
    said = _said(read_record(school_class), chance)
    kept = keep_notes(school_class, Texts(said, to), seen=Texts(), by=teacher)
    sign(school_class, seen=kept.version, by=teacher)


def _said(record: Record, chance: random.Random) -> dict[int, Said]:
    """Of whoever needs help always, of some others what their teacher remembers."""
    return {
        line.student.pk: _HELP if line.concerns else chance.choice(_NOTES)
        for line in record.lines
        if line.concerns or chance.random() < 0.3
    }


def _teacher_of(school_class: SchoolClass) -> User:
    """Whoever leads the class on the day that the clock shows."""
    held: HomeroomAssignment = school_class.homeroom_assignments.held_on(clock.today()).get()
    return User.objects.get(pk=held.teacher_id)


def _close(year: SchoolYear) -> None:
    """In the first weeks of a year the demo's requests are still about the last one, which then stays open."""
    if not any(item.missing for item in closing_list(year) if item.is_needed):
        close_year(year, by=User.objects.get(username="hieutruong"))
