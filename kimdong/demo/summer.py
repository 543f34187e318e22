"""The summer of the demo's last year: who did not complete is assessed again, decided on, and approved (R40 to R42)."""

from collections import defaultdict
from collections.abc import Mapping

from accounts import clock
from accounts.history import Source
from accounts.models import User
from gradebook.entry import Change, save_results
from gradebook.grading import Item, ItemKind
from gradebook.models import SubjectLine
from gradebook.regulation import Period, YearResult
from gradebook.sheets import HOMEROOM_CODE, Field, SheetRef
from gradebook.year_end import Row, read_rows
from gradebook.year_end_rules import Promotion
from gradebook.year_end_steps import Saying
from kimdong.demo import calendar
from kimdong.demo.calendar import PlannedWindow
from kimdong.demo.marks import ability
from kimdong.demo.year_end import send_through
from students.models import SchoolClass, SchoolYear

REPEATING_REASON = "Chưa hoàn thành chương trình lớp 1 sau khi được giúp đỡ và đánh giá bổ sung"
HELP_PLAN = "Được lên lớp theo quyết định của Hiệu trưởng, có kế hoạch giúp đỡ trong hè và đầu năm học"
_PASSED = {ItemKind.ATTAINMENT: "H", ItemKind.MARK: "6", ItemKind.RATING: "Đ"}
_FAILED = {ItemKind.ATTAINMENT: "C", ItemKind.MARK: "4", ItemKind.RATING: "C"}
_FIELDS = {ItemKind.ATTAINMENT: Field.ATTAINMENT, ItemKind.MARK: Field.MARK, ItemKind.RATING: Field.RATING}


def assess_again(year: SchoolYear, window: PlannedWindow, *, seed: int, repeating: set[str]) -> None:
    """In the window everything that failed; a week later class by class what follows.

    Whoever repeats fails in all again; of the others the one who struggles most in the first item, and goes up with a
    plan of help.
    """
    classes = list(SchoolClass.objects.filter(year=year).select_related("year"))
    waiting = [row for row in read_rows(classes) if row.waits]
    others = [row.student for row in waiting if row.student.moet_id not in repeating]
    helped = min(others, key=lambda each: ability(each.moet_id, seed), default=None)
    for number, row in enumerate(waiting, start=1):
        failing = row.computed.original.failing
        again = failing if row.student not in others else failing[:1] if row.student == helped else ()
        with clock.travelling(window.moment(number / (len(waiting) + 1), window.closes_at)):
            _enter(row, {item: (_FAILED if item in again else _PASSED)[item.kind] for item in failing})

    def saying(row: Row) -> Saying | None:
        if row.final.result is not YearResult.CHT:
            return None
        if row.student in others:
            return Saying(promotion=Promotion.PROMOTED, promotion_note=HELP_PLAN)
        return Saying(promotion=Promotion.STAYS, promotion_note=REPEATING_REASON)

    for school_class in dict.fromkeys(row.school_class for row in waiting):
        send_through(school_class, window.closes_at + calendar.DAY * 3, saying)


def _enter(row: Row, values: Mapping[Item, str]) -> None:
    """By whoever answers for each sheet."""
    school_class = row.school_class
    sheets: dict[str, list[Change]] = defaultdict(list)
    for item, value in values.items():
        code = HOMEROOM_CODE if item.kind is ItemKind.RATING else item.code
        sheets[code].append(Change(row.student.pk, item.code, _FIELDS[item.kind], value, 0))
    for code, changes in sheets.items():
        of_grade = SubjectLine.objects.filter(year=school_class.year, grade_level=school_class.grade_level)
        line = of_grade.filter(code=code).first()
        post = {"teaching_assignments__line": line} if line else {}
        of_class = "teaching_assignments__school_class" if line else "homeroom_assignments__school_class"
        teacher = User.objects.get(**{of_class: school_class, **post})
        ref = SheetRef(school_class, line, Period.SUPPLEMENTARY)
        save_results(ref, changes, by=teacher, source=Source.DEMO, whole=True)
