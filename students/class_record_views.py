"""The records of a class: what is missing, height and weight in one go (PLAN IV.5; R65)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.models import AccessLogEntry, User
from accounts.powers import Action
from accounts.refusals import log_access
from accounts.requests import SignedInRequest, posted
from students.class_records import read_class, read_classes, read_measures, with_homeroom_teacher
from students.measure_forms import MeasuresForm
from students.models import SchoolClass, SchoolYear
from students.records import WHO_EDITS, MeasuresClash, save_measures
from students.records_due import Due

WHO_SEES = "Hồ sơ đầy đủ của lớp dành cho giáo viên chủ nhiệm của lớp, văn thư và Ban giám hiệu."


@require_safe
def records(request: SignedInRequest) -> HttpResponse:
    """How far the records of this year's classes are, of those whose records the person sees."""
    permissions.require_anywhere(request.user, Action.SEE_SENSITIVE, WHO_SEES)
    year = SchoolYear.objects.current()
    reach = permissions.reach_of(request.user, Action.SEE_SENSITIVE)
    classes = [each for each in with_homeroom_teacher(year) if reach.has(each)] if year else []
    lines = read_classes(classes, year) if year else []
    context = {
        "year": year,
        "lines": lines,
        "due": Due.of(year) if year else None,
        "lacking": sum(bool(line.lacking) for line in lines),
        "may_set_due": year and not year.is_closed and permissions.may(request.user, Action.PREPARE_YEAR),
        "pupils": sum(len(line.pupils) for line in lines),
        "whole": sum(line.whole for line in lines),
    }
    return render(request, "students/records.html", context)


@never_cache
@require_safe
def class_records(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is missing, pupil by pupil, each with the way to the form that fills it."""
    school_class = get_class(request.user, pk)
    _log(request, school_class, "Hồ sơ còn thiếu")
    context = {
        "school_class": school_class,
        "page": read_class(school_class),
        "due": Due.of(school_class.year),
        **_powers(request, school_class),
    }
    return render(request, "students/class_records.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def class_measures(request: SignedInRequest, pk: int) -> HttpResponse:
    """Height and weight of the whole class: a table, one save."""
    school_class = get_class(request.user, pk)
    permissions.require(request.user, Action.EDIT_RECORD, WHO_EDITS, school_class=school_class)
    form = MeasuresForm(posted(request), read_measures(school_class))
    if request.method == "POST" and form.is_valid() and _save_measures(request, school_class, form):
        return redirect("students:class_measures", pk)
    if request.method != "POST":
        _log(request, school_class, "Chiều cao, cân nặng")
    context = {"school_class": school_class, "form": form}
    return render(request, "students/class_measures.html", context, status=422 if form.errors else 200)


def _save_measures(request: SignedInRequest, school_class: SchoolClass, form: MeasuresForm) -> bool:
    try:
        count = save_measures(
            school_class, form.measures, measured_on=form.cleaned_data["measured_on"], by=request.user
        )
    except MeasuresClash as clash:
        form.clash(clash)
        return False
    messages.success(request, f"Đã lưu số đo của {count} học sinh lớp {school_class.name}.")
    return True


def get_class(user: User, pk: int) -> SchoolClass:
    """Fetch and check in one call: who sees the full records of the class."""
    school_class = get_object_or_404(SchoolClass.objects.select_related("year"), pk=pk)
    permissions.require(user, Action.SEE_SENSITIVE, WHO_SEES, school_class=school_class)
    return school_class


def _powers(request: SignedInRequest, school_class: SchoolClass) -> dict[str, Any]:
    return {
        "may_edit": permissions.may(request.user, Action.EDIT_RECORD, school_class=school_class),
        "may_keep_ids": permissions.may(request.user, Action.KEEP_PUPIL_IDS),
    }


def _log(request: SignedInRequest, school_class: SchoolClass, what: str) -> None:
    kind = AccessLogEntry.Kind.PROFILES_VIEWED
    log_access(request, kind, target=f"{what}, lớp {school_class.name} năm học {school_class.year.label}")
