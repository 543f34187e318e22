"""How a pupil with a disability is assessed, line by line: the principal decides, the clerk records (R33, R34).

PLAN IV.3 has the clerk keep the pupils' data and the vice-principal watch over the clerk; TT27 Điều 8 and domain.md 1.8
leave the decision to the principal. So the clerk records, under the decision's number and day, and each record is
listed for the vice-principal.
"""

import datetime
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Q

from accounts import permissions
from accounts.clock import moment_label, today
from accounts.history import CLERK_ROLE, Source, acting
from accounts.models import User
from accounts.powers import Action
from gradebook.class_lines import lines_of
from gradebook.exemptions import in_force
from gradebook.models import Arrangement, SubjectResult, TraitResult
from gradebook.orders import Problem
from gradebook.regulation import Period, Trait, TraitGroup, traits_for
from gradebook.windows import hold_period
from gradebook.year_rules import rules_of
from students.models import SchoolClass, Student

WHO_RECORDS = "Hình thức đánh giá do văn thư ghi, theo quyết định của Hiệu trưởng và KHGDCN của học sinh."
HAS_VALUES = (
    "đã có kết quả từ {since}. Chọn thời điểm sau, hoặc giáo viên xoá trống ô (sổ đã khoá thì lập phiếu đề nghị sửa) "
    "rồi ghi."
)


@dataclass(frozen=True, slots=True)
class Item:
    """A line, quality or competency of the class that can be arranged."""

    code: str
    name: str
    is_line: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be recorded, alike for several items."""

    items: tuple[str, ...]
    kind: Arrangement.Kind
    period: Period
    plan: str
    adjusted: str = ""
    decision_no: str = ""
    decision_on: datetime.date | None = None


class ArrangementRefused(Exception):
    """Nothing was written; `problems` has every reason."""

    def __init__(self, problems: Collection[Problem]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Step:
    """One record, as it was made or mended."""

    name: str
    since: str
    kind: str
    words: tuple[str, ...]
    who: str
    role: str
    at: str


def items_of(school_class: SchoolClass) -> tuple[Item, ...]:
    """What the pupils of the class are assessed in, in the books' order. One statement."""
    year = school_class.year
    traits = traits_for(year.pk, school_class.grade_level, rules=rules_of(year))
    lines = tuple(Item(line.code, line.line.name, is_line=True) for line in lines_of(school_class))
    return (*lines, *(Item(trait.code, _full_name(trait), is_line=False) for trait in traits))


def _full_name(trait: Trait) -> str:
    """«Khoa học» is a line and a competency: here they stand side by side."""
    return f"{'Phẩm chất' if trait.group == TraitGroup.QUALITY else 'Năng lực'} {trait.name}"


def arrangements_of(student: Student, school_class: SchoolClass) -> dict[Period, Mapping[str, Arrangement]]:
    """By period and item, what is in force. One statement."""
    rows = {row.pk: row for row in Arrangement.objects.filter(student=student, year=school_class.year)}
    told = [{"pk": row.pk, "item": row.item, "period": row.period} for row in rows.values()]
    return {
        period: {item: rows[each["pk"]] for item, each in in_force(told, period).items()} for period in Period
    }


def arrange(student: Student, school_class: SchoolClass, wanted: Wanted, *, by: User) -> int:
    """Records an arrangement from a period on; one more for the same period mends the first, the history keeps both.

    An exempt cell is empty: where the pupil has a value from that period on, nothing is written. Returns the number of
    items recorded. Raises PermissionDenied; ArrangementRefused.
    """
    permissions.require(by, Action.ARRANGE_ASSESSMENT, WHO_RECORDS)
    with acting(by, role=CLERK_ROLE, source=Source.PAGE) as act:
        school_class.year.require_not_closed()
        names = {item.code: item for item in items_of(school_class)}
        _hold_sheets(school_class, wanted, names)
        student = Student.objects.select_for_update(no_key=True).get(pk=student.pk)
        problems = list(_problems(student, school_class, wanted, names))
        if problems:
            raise ArrangementRefused(problems)
        for code in wanted.items:
            _record(student, school_class, code, wanted)
        told = ", ".join(names[code].name for code in wanted.items)
        act.says(
            f"Ghi hình thức đánh giá «{wanted.kind.label}» của {student.full_name}: {told}",
            thing=f"pupil:{student.pk}",
        )
    return len(wanted.items)


def problems_of(student: Student, school_class: SchoolClass, wanted: Wanted) -> list[Problem]:
    """What `arrange` would refuse, of a form that has other gaps too: the clerk hears of all at once."""
    return list(
        _problems(student, school_class, wanted, {item.code: item for item in items_of(school_class)})
    )


def _hold_sheets(school_class: SchoolClass, wanted: Wanted, names: dict[str, Item]) -> None:
    """Waits for saves under way on the sheets concerned, and keeps new ones waiting: they see what is decided here."""
    lines = {line.code: line.pk for line in lines_of(school_class)}
    held = {lines[code] if names[code].is_line else 0 for code in wanted.items if code in names}
    for line_id in sorted(held):
        hold_period(school_class.year_id, wanted.period, (school_class.pk, line_id))


def _record(student: Student, school_class: SchoolClass, code: str, wanted: Wanted) -> None:
    place = {"student": student, "year": school_class.year, "item": code, "period": wanted.period}
    row = Arrangement.objects.filter(**place).first() or Arrangement(**place)
    row.kind, row.plan, row.adjusted = wanted.kind, wanted.plan, wanted.adjusted
    row.decision_no, row.decision_on = wanted.decision_no, wanted.decision_on
    row.save()


def _problems(
    student: Student, school_class: SchoolClass, wanted: Wanted, names: dict[str, Item]
) -> Iterator[Problem]:
    if not student.disability_code or not (
        student.disability_certificate_no and student.disability_certificate_on
    ):
        yield Problem(
            "",
            "Hồ sơ của em chưa có giấy xác nhận khuyết tật (loại, số, ngày cấp). Ghi giấy vào mục «Diện chính sách, "
            "khuyết tật» trước.",
        )
    if not wanted.items or not set(wanted.items) <= names.keys():
        yield Problem("items", "Chọn ít nhất một môn học, phẩm chất hoặc năng lực lớp em đang học.")
    if not wanted.plan:
        yield Problem("plan", "Ghi căn cứ: ngày lập và mục của KHGDCN.")
    yield from _of_the_kind(wanted)
    if wanted.kind == Arrangement.Kind.EXEMPT:
        yield from _values_in_the_way(student, school_class, wanted, names)


def _of_the_kind(wanted: Wanted) -> Iterator[Problem]:
    if wanted.kind == Arrangement.Kind.ADJUSTED and not wanted.adjusted:
        yield Problem("adjusted", "Ghi yêu cầu nào được điều chỉnh, điều chỉnh thế nào.")
    if wanted.kind != Arrangement.Kind.ADJUSTED and wanted.adjusted:
        yield Problem("adjusted", "Chỉ ghi nội dung này khi điều chỉnh yêu cầu. Xoá ô này hoặc chọn lại.")
    has_decision = bool(wanted.decision_no), bool(wanted.decision_on)
    if wanted.kind == Arrangement.Kind.EXEMPT or any(has_decision):
        if not has_decision[0]:
            yield Problem("decision_no", "Ghi số quyết định của Hiệu trưởng.")
        if not has_decision[1]:
            yield Problem("decision_on", "Ghi ngày quyết định của Hiệu trưởng.")
    if wanted.decision_on and wanted.decision_on > today():
        yield Problem("decision_on", f"Ngày {wanted.decision_on:%d/%m/%Y} chưa tới. Kiểm tra lại.")


def _values_in_the_way(
    student: Student, school_class: SchoolClass, wanted: Wanted, names: dict[str, Item]
) -> Iterator[Problem]:
    """An item with a value at the period or later, up to where another arrangement has begun."""
    later = [period for period in Period if period.order >= wanted.period.order]
    year = {"student": student, "period__in": later}
    subjects = (
        SubjectResult.objects.filter(line__year=school_class.year, line__code__in=wanted.items, **year)
        .exclude(Q(attainment="") & Q(mark=None) & Q(comment=""))
        .values_list("line__code", "period")
    )
    traits = (
        TraitResult.objects.filter(year=school_class.year, item__in=wanted.items, **year)
        .exclude(rating="")
        .values_list("item", "period")
    )
    ends = dict.fromkeys(wanted.items, len(Period) + 1)
    following = Arrangement.objects.filter(
        student=student, year=school_class.year, item__in=wanted.items, period__in=later
    ).exclude(period=wanted.period)
    for item, period in following.values_list("item", "period"):
        ends[item] = min(ends[item], Period(period).order)
    first: dict[str, Period] = {}
    for code, period in sorted((*subjects, *traits), key=lambda each: Period(each[1]).order):
        if Period(period).order < ends[code]:
            first.setdefault(code, Period(period))
    for code, since in first.items():
        yield Problem("items", f"{names[code].name} {HAS_VALUES.format(since=_within(since))}")


def read_steps(student: Student, school_class: SchoolClass) -> tuple[Step, ...]:
    """Every record of the pupil's year, newest first. One statement."""
    names = {item.code: item.name for item in items_of(school_class)}
    rows = Arrangement.history.filter(student_id=student.pk, year_id=school_class.year_id)
    return tuple(
        Step(
            name=names.get(row.item, row.item),
            since=_within(Period(row.period)),
            kind=Arrangement.Kind(row.kind).label,
            words=tuple(filter(None, (row.adjusted, _decision(row.decision_no, row.decision_on), row.plan))),
            who=str(row.history_user or "Hệ thống"),
            role=row.acting_role,
            at=moment_label(row.history_date),
        )
        for row in rows.select_related("history_user").order_by("-history_id")
    )


def _within(period: Period) -> str:
    """As it stands within a sentence: "giữa học kì I"."""
    return period.label[:1].lower() + period.label[1:]


def _decision(number: str, day: datetime.date | None) -> str:
    return f"Quyết định số {number} ngày {day:%d/%m/%Y}" if number and day else ""
