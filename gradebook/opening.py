"""Opening a school year: what is there, what is missing and who does it, and the act itself (rules R1, R2; PLAN IV.1).

A year is prepared for as long as it takes and is not the current one until the principal opens it, which is refused
while something is missing without which its books would be wrong.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from accounts import permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action, Role
from accounts.terms import Problem
from gradebook.class_lines import Lines, lines_of_classes
from gradebook.models import ClassLine, SubjectLine, TeachingAssignment, YearOutcome
from gradebook.regulation import GRADES, Line, rules_for, too_early
from gradebook.year_rules import compulsory_lines, rules_of
from students.calendar import WEEKS_OF_TERMS, YearCalendar
from students.models import CalendarEntry, Enrolment, HomeroomAssignment, SchoolClass, SchoolYear
from students.years import HEADING_LINES, hold_year, refuse

MOST_PUPILS = 35
CLERK, LEADERS = Role.CLERK.label, f"{Role.PRINCIPAL.label}, {Role.VICE_PRINCIPAL.label}"
LOOK_FIRST = "Còn việc nên làm chưa xong: xem các việc ấy, đánh dấu «Đã xem» ở cuối trang rồi mở năm học."


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to have before the year opens. `missing`: in words, empty when it is there; `is_needed`: without it the
    year does not open; `url` leads to where it is done, by `who`."""

    title: str
    found: str
    missing: str
    who: str
    url: str
    action: str
    is_needed: bool = True

    @property
    def kind(self) -> str:
        if not self.missing:
            return "ok"
        return "refused" if self.is_needed else "warning"

    @property
    def word(self) -> str:
        if not self.missing:
            return "Đủ"
        return "Còn thiếu" if self.is_needed else "Nên làm"


def checklist(year: SchoolYear) -> list[Item]:
    """Every item, in the order in which the work goes; a constant number of statements."""
    calendar = YearCalendar.of(year)
    classes = list(_classes(year))
    lines = lines_of_classes([each.pk for each in classes])
    return [
        _days(year, calendar),
        _heading(year),
        _holidays(year, calendar),
        _rules(year),
        _lines(year, classes),
        _class_list(year, classes),
        _homerooms(year, classes),
        _assignments(year, classes, lines),
        _pupils(year, classes),
        _roll_over(year),
        _year_before(year),
    ]


def open_year(year: SchoolYear, *, is_looked_at: bool, by: User, source: Source = Source.PAGE) -> None:
    """The year counts from its first day on. Refused while something needed is missing; kept in the year's history.

    `is_looked_at`: the principal has looked at what is only advised and missing; else that is refused too.
    """
    permissions.require(by, Action.OPEN_YEAR)
    with acting(by, role=permissions.post_label(by), source=source):
        held = hold_year(year)
        if held.is_open:
            refuse(Problem("", f"Năm học {held.label} đã mở rồi."))
        missing = [item for item in checklist(held) if item.missing]
        needed = [item for item in missing if item.is_needed]
        refuse(*(Problem("", f"{item.title}: {item.missing} ({item.who} làm).") for item in needed))
        if missing and not is_looked_at:
            refuse(Problem("", LOOK_FIRST))
        held.state = SchoolYear.State.OPEN
        held.save(update_fields=["state"])


# -- The items ---------------------------------------------------------------------------------------------


def _classes(year: SchoolYear) -> Iterable[SchoolClass]:
    homeroom = HomeroomAssignment.objects.filter(school_class=OuterRef("pk"))
    choices = ClassLine.objects.filter(school_class=OuterRef("pk"))
    still = Q(enrolments__ends_on__isnull=True) | Q(enrolments__ends_on__gte=year.day_for_roster())
    return year.classes.annotate(
        has_homeroom=Exists(homeroom), chooses=Exists(choices), pupils=Count("enrolments", filter=still)
    ).order_by("grade_level", "name")


def _days(year: SchoolYear, calendar: YearCalendar) -> Item:
    weeks = calendar.weeks_taught()
    short = year.terms and any(taught < wanted for taught, wanted in zip(weeks, WEEKS_OF_TERMS, strict=True))
    missing = "" if year.terms else "ngày bắt đầu, kết thúc hai học kì"
    if short:
        missing = f"chưa đủ 35 tuần thực học (18 + 17): mới có {weeks[0]} + {weeks[1]} tuần"
    return Item(
        "Ngày của hai học kì",
        f"học kì I {weeks[0]} tuần, học kì II {weeks[1]} tuần có dạy học" if year.terms else "",
        missing,
        CLERK,
        reverse("students:year_edit", args=[year.pk]),
        "Ghi ngày",
        is_needed=not year.terms,
    )


def _heading(year: SchoolYear) -> Item:
    empty = [SchoolYear.label_of(name) for name in HEADING_LINES if not getattr(year, name)]
    return Item(
        "Tên trường, tiêu đề văn bản",
        f"{year.parent_body} · {year.school_name} · {year.ward}, {year.province}",
        ", ".join(empty),
        CLERK,
        reverse("students:year_edit", args=[year.pk]),
        "Ghi tiêu đề",
    )


def _holidays(year: SchoolYear, calendar: YearCalendar) -> Item:
    kinds = [entry.kind for entry in calendar.entries]
    national, own = (
        kinds.count(CalendarEntry.Kind.NATIONAL),
        len(kinds) - kinds.count(CalendarEntry.Kind.NATIONAL),
    )
    missing = "" if national else "chưa có ngày nghỉ lễ, Tết nào"
    if national and not own:
        missing = "chưa ghi ngày nghỉ riêng của trường (ví dụ thời gian nghỉ Tết theo kế hoạch năm học)"
    return Item(
        "Ngày nghỉ, ngày học bù",
        f"{national} ngày lễ, Tết; {own} mục của trường",
        missing,
        CLERK,
        reverse("students:year", args=[year.pk]),
        "Xem lịch",
        is_needed=not national,
    )


def _rules(year: SchoolYear) -> Item:
    """The set of the year's time is proposed; another is for the school to have a reason for."""
    found, missing = "", str(too_early(year.year))
    if year.rule_set:
        rules, proposed = rules_of(year), rules_for(year.year)
        found = rules.name
        missing = "" if rules.code == proposed.code else f"khác bộ đề xuất theo năm học: {proposed.name}"
    return Item(
        "Bộ quy định",
        found,
        missing,
        CLERK,
        f"{reverse('gradebook:year_lines', args=[year.pk])}#rules",
        "Xem bộ quy định",
        is_needed=not year.rule_set,
    )


def _lines(year: SchoolYear, classes: list[SchoolClass]) -> Item:
    offered = SubjectLine.objects.filter(year=year, is_for_grade=True)
    lines = set(offered.values_list("grade_level", "code"))
    wanted = {(grade, line.code) for grade, of_grade in _compulsory(year).items() for line in of_grade}
    optional = len(lines - wanted)
    missing = wanted - lines
    own = [each.name for each in classes if each.chooses]  # type: ignore[attr-defined]  # annotated above
    return Item(
        "Môn học",
        f"{len(lines & wanted)} môn học, hoạt động bắt buộc; {optional} môn tự chọn của năm khối"
        + (f"; {_named('chọn riêng ở lớp', own)}" if own else ""),
        f"{len(missing)} môn học, hoạt động bắt buộc chưa được đặt" if missing else "",
        CLERK,
        reverse("gradebook:year_lines", args=[year.pk]),
        "Đặt môn học",
    )


def _class_list(year: SchoolYear, classes: list[SchoolClass]) -> Item:
    empty = sorted(set(GRADES) - {each.grade_level for each in classes})
    grades = ", ".join(str(grade) for grade in empty)
    return Item(
        "Lớp",
        f"{len(classes)} lớp",
        f"chưa có lớp của khối {grades}" if empty else "",
        CLERK,
        f"{reverse('students:classes')}?year={year.pk}",
        "Lập lớp",
        is_needed=not classes,
    )


def _homerooms(year: SchoolYear, classes: list[SchoolClass]) -> Item:
    without = [each for each in classes if not each.has_homeroom]  # type: ignore[attr-defined]  # annotated above
    first = f"&class={without[0].pk}" if without else ""
    return Item(
        "Giáo viên chủ nhiệm",
        f"{len(classes) - len(without)}/{len(classes)} lớp",
        _named("chưa có ở lớp", [each.name for each in without]) if classes else "chưa có lớp để phân công",
        LEADERS,
        f"{reverse('gradebook:class_staff')}?year={year.pk}{first}",
        "Phân công",
    )


def _compulsory(year: SchoolYear) -> Mapping[int, tuple[Line, ...]]:
    """Nothing for a year before the circular."""
    return compulsory_lines(year) if year.rule_set else {}


def _assignments(year: SchoolYear, classes: list[SchoolClass], lines: Mapping[int, Lines]) -> Item:
    wanted = {(class_id, line.code) for class_id, own in lines.items() for line in own}
    given = set(
        TeachingAssignment.objects.filter(school_class__year=year).values_list(
            "school_class_id", "line__code"
        )
    )
    missing = wanted - given
    lacking = [each for each in classes if each.pk in {class_id for class_id, _code in missing}]
    first = f"&class={lacking[0].pk}" if lacking else ""
    return Item(
        "Phân công giảng dạy",
        f"{len(wanted & given)}/{len(wanted)} môn của các lớp",
        _named(f"{len(missing)} môn chưa có giáo viên, ở lớp", [each.name for each in lacking])
        if wanted
        else "chưa có lớp và môn học để phân công",
        LEADERS,
        f"{reverse('gradebook:class_staff')}?year={year.pk}{first}",
        "Phân công",
        is_needed=False,
    )


def _pupils(year: SchoolYear, classes: list[SchoolClass]) -> Item:
    empty = [each.name for each in classes if not each.pupils]  # type: ignore[attr-defined]  # annotated above
    full = [f"{each.name} ({each.pupils})" for each in classes if each.pupils > MOST_PUPILS]  # type: ignore[attr-defined]
    words = [_named("chưa có học sinh ở lớp", empty), _named(f"quá {MOST_PUPILS} học sinh ở lớp", full)]
    words += [] if classes else ["chưa có lớp để xếp học sinh"]
    return Item(
        "Học sinh trong các lớp",
        f"{sum(each.pupils for each in classes)} học sinh",  # type: ignore[attr-defined]
        "; ".join(text for text in words if text),
        CLERK,
        reverse("students:import"),
        "Nạp danh sách",
        is_needed=False,
    )


def _roll_over(year: SchoolYear) -> Item:
    """Who sat in a class to the end of last year has one in the new, but those who completed grade 5. One statement."""
    of_pupil = {"student": OuterRef("student")}
    completed = YearOutcome.objects.filter(
        **of_pupil, school_class__year=year.pk - 1, school_class__grade_level=GRADES[-1], is_promoted=True
    )
    going_on = Enrolment.objects.filter(~Exists(completed), school_class__year=year.pk - 1, ended_by=None)
    seated = Exists(Enrolment.objects.filter(**of_pupil, school_class__year=year))
    numbers = going_on.aggregate(all=Count("pk"), seated=Count("pk", filter=seated))
    waiting = numbers["all"] - numbers["seated"]
    return Item(
        "Xếp lớp",
        f"{numbers['seated']}/{numbers['all']} học sinh của năm học trước",
        f"{waiting} học sinh của năm học trước chưa có trong danh sách lớp" if waiting else "",
        CLERK,
        reverse("gradebook:roll_over", args=[year.pk]),
        "Xếp lớp",
        is_needed=False,
    )


def _year_before(year: SchoolYear) -> Item:
    before = SchoolYear.objects.filter(year__lt=year.pk).exclude(state=SchoolYear.State.CLOSED).first()
    return Item(
        "Năm học trước",
        "không còn năm học nào dở dang" if before is None else f"năm học {before.label} chưa đóng",
        f"đóng năm học {before.label} khi đã xong việc cuối năm" if before else "",
        f"{CLERK}, {Role.PRINCIPAL.label}",
        reverse("students:years"),
        "Xem các năm",
        is_needed=False,
    )


def _named(words: str, names: list[str], most: int = 8) -> str:
    """ "chưa có ở lớp 1A, 1B và 3 lớp khác"; empty without names."""
    if not names:
        return ""
    rest = len(names) - most
    return f"{words} {', '.join(names[:most])}" + (f" và {rest} lớp khác" if rest > 0 else "")
