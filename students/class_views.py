"""The classes of a year and the roster of one, for those who may see them (PLAN IV; rules R13, R92)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts import permissions
from accounts.models import AccessLogEntry, User
from accounts.powers import Action
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from students.calendar import YearCalendar
from students.code_lists import disability_kinds, ethnic_groups, policy_groups
from students.models import Enrolment, HomeroomAssignment, SchoolClass, SchoolYear, Student
from students.year_page import week_words

# Sheets belong to the app above; their addresses are the contract: the four periods of Thông tư 27/2020, in the
# order of the year, and the sheet of qualities and competencies beside the lines.
PERIODS = ("GHKI", "CHKI", "GHKII", "CN")
SENSITIVE_COLUMNS = "Cột dân tộc, diện chính sách, khuyết tật"
FOREIGN_LANGUAGE = "NN1"
HOMEROOM_SHEET = ("NLPC", "Phẩm chất và năng lực")


@dataclass(frozen=True, slots=True)
class Pupil:
    """A row of the roster; the last three are empty where the reader may not see them."""

    pk: int
    number: int
    name: str
    birth: str
    is_girl: bool
    moet_id: str
    ethnic_group: str = ""
    policy: str = ""
    disability: str = ""


@dataclass(frozen=True, slots=True)
class SheetLink:
    """The sheets of one line: `code` stands in their addresses."""

    code: str
    name: str


@require_safe
def class_list(request: SignedInRequest) -> HttpResponse:
    """The classes of a year that the person may see; `?year=` chooses the year by its start."""
    years = list(SchoolYear.objects.all())
    year = _year_in_view(request, years)
    classes = list(permissions.visible_classes(request.user, _counted(year))) if year else []
    context = {
        "years": years,
        "year": year,
        "classes": classes,
        "pupils": sum(each.pupils for each in classes),
        "girls": sum(each.girls for each in classes),
        "may_import": permissions.may(request.user, Action.IMPORT_ROSTERS),
        "may_export": permissions.may(request.user, Action.EXPORT_ROSTERS),
        "may_keep_classes": year
        and not year.is_closed
        and permissions.may(request.user, Action.KEEP_CLASSES),
    }
    return render(request, "students/classes.html", context)


def _year_in_view(request: SignedInRequest, years: Sequence[SchoolYear]) -> SchoolYear | None:
    asked = request.GET.get("year", "")
    if asked:
        found = next((each for each in years if str(each.year) == asked), None)
        if found is None:
            raise Http404(f"Không có năm học {asked}.")
        return found
    current = SchoolYear.objects.current()
    return current or next(iter(years), None)


def _counted(year: SchoolYear) -> QuerySet[SchoolClass]:
    """The year's classes with homeroom teacher and head counts on the day that the rosters show."""
    day = year.day_for_roster()
    seated = Q(enrolments__starts_on__lte=day) & (
        Q(enrolments__ends_on__isnull=True) | Q(enrolments__ends_on__gte=day)
    )
    teacher = HomeroomAssignment.objects.held_on(day).filter(school_class=OuterRef("pk"))
    counted = year.classes.annotate(
        pupils=Count("enrolments", filter=seated),
        girls=Count("enrolments", filter=seated & Q(enrolments__student__gender=Student.Gender.FEMALE)),
        homeroom_teacher=Subquery(teacher.values("teacher__full_name")[:1]),
    )
    # Named again: Django leaves the model's own order out where it groups.
    return counted.order_by("grade_level", "name")


@require_safe
def class_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """The roster in class order, and the way to the class's sheets."""
    school_class = get_object_or_404(SchoolClass.objects.select_related("year"), pk=pk)
    permissions.require(
        request.user,
        Action.SEE_CLASS,
        f"Danh sách lớp {school_class.name} dành cho giáo viên dạy lớp, tổ (khối) trưởng khối "
        f"{school_class.grade_level}, văn thư và Ban giám hiệu.",
        school_class=school_class,
    )
    sees_sensitive = permissions.may(request.user, Action.SEE_SENSITIVE, school_class=school_class)
    if sees_sensitive:
        whose = f"Danh sách lớp {school_class.name} năm học {school_class.year.label}"
        log_access(request, AccessLogEntry.Kind.SENSITIVE_VIEWED, target=whose, detail=SENSITIVE_COLUMNS)
    pupils = [
        _pupil(number, enrolment, sees_sensitive=sees_sensitive)
        for number, enrolment in enumerate(Enrolment.objects.roster(school_class), start=1)
    ]
    day = school_class.year.day_for_roster()
    teacher = HomeroomAssignment.objects.held_on(day).filter(school_class=school_class)
    lines = _lines_of(school_class)
    is_over = school_class.year.is_over
    context = {
        "school_class": school_class,
        "day": day,
        "learns_language": any(line.code == FOREIGN_LANGUAGE for line in lines),
        "homeroom_teacher": teacher.values_list("teacher__full_name", flat=True).first(),
        "pupils": pupils,
        "girls": sum(pupil.is_girl for pupil in pupils),
        "sees_sensitive": sees_sensitive,
        "sheets": list(_sheets(request.user, school_class, lines)),
        "periods": PERIODS,
        "may_import": permissions.may(request.user, Action.IMPORT_ROSTERS),
        "may_export": permissions.may(request.user, Action.EXPORT_ROSTERS),
        "may_keep_class": not school_class.year.is_closed
        and permissions.may(request.user, Action.KEEP_CLASSES),
        "week": week_words(YearCalendar.of(school_class.year).pattern_on(day, school_class)),
        "may_record": permissions.may(request.user, Action.RECORD_MOVEMENTS),
        "may_see_trail": permissions.may(request.user, Action.SEE_AUDIT_TRAIL),
        # The menu leads to the days of this year's classes alone; and by now most pupils sit in another's class.
        "leads_to_days": is_over
        and permissions.may(request.user, Action.SEE_ATTENDANCE, school_class=school_class),
        "leads_to_records": not is_over or permissions.reach_of(request.user, Action.SEE_PUPIL).whole_school,
    }
    return render(request, "students/class.html", context)


def _pupil(number: int, enrolment: Enrolment, *, sees_sensitive: bool) -> Pupil:
    student = enrolment.student
    sensitive: dict[str, str] = {}
    if sees_sensitive:
        sensitive = {
            "ethnic_group": ethnic_groups().names.get(student.ethnic_code, ""),
            "policy": policy_groups().names.get(student.policy_code, ""),
            "disability": disability_kinds().names.get(student.disability_code, ""),
        }
    return Pupil(
        pk=student.pk,
        number=number,
        name=student.full_name,
        birth=student.birth_label,
        is_girl=student.gender == Student.Gender.FEMALE,
        moet_id=student.moet_id or "",
        **sensitive,
    )


def _lines_of(school_class: SchoolClass) -> list[Any]:
    """What the class learns, in the books' order."""
    lines: Any = school_class.year.lines  # from the app above, without an import
    return sorted(lines.taught_in(school_class), key=lambda each: each.line.position)


def _sheets(user: User, school_class: SchoolClass, lines: Sequence[Any]) -> Iterator[SheetLink]:
    """The sheets that the person may open, in the books' order."""
    for line in lines:
        if permissions.may_see_sheet(user, school_class, line):
            yield SheetLink(line.code, str(line))
    if permissions.may_see_sheet(user, school_class, None):
        yield SheetLink(*HOMEROOM_SHEET)
