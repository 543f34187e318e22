"""The pages of one pupil: the record with its history, the form of a section, suggestions of units (R14, R56, R65)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import permissions
from accounts.clock import today
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.refusals import log_access
from accounts.requests import SignedInRequest, posted
from students.administrative_units import AddressForm, suggest
from students.completion import years_of_completion
from students.entered_since import kept_uncounted
from students.models import Movement, SchoolYear, Student
from students.promotion import LAST_GRADE
from students.record_doubts import doubts
from students.record_forms import SectionForm
from students.record_page import read_parts, read_steps
from students.record_rules import EXEMPTION, Problem
from students.record_sections import BY_CODE, Section
from students.records import (
    WHO_EDITS,
    WHO_KEEPS_IDS,
    PupilFile,
    RecordClash,
    RecordRefused,
    change_record,
    file_of,
    get_file,
    give_temporary_code,
)


@never_cache
@require_safe
def pupil(request: SignedInRequest, pk: int) -> HttpResponse:
    """The whole record with what is missing and its history for those who keep it; for others who and where."""
    file = get_file(request.user, pk)
    sees_all = permissions.may(request.user, Action.SEE_SENSITIVE, school_class=file.school_class)
    context: dict[str, Any] = {
        "file": file,
        "student": file.student,
        "sees_all": sees_all,
        "movement": Movement.objects.last_of(file.student),
        "has_no_class": _has_no_class(file),
        "completed_in": _completed_in(file),
        "may_see_movements": permissions.may(request.user, Action.SEE_MOVEMENTS),
        "may_see_trail": permissions.may(request.user, Action.SEE_AUDIT_TRAIL),
        "may_see_results": permissions.may(request.user, Action.SEE_OUTCOMES, school_class=file.school_class),
        "may_print": permissions.may(request.user, Action.PRINT_BOOKS),
        **_powers(request, file),
    }
    if sees_all:
        log_access(request, AccessLogEntry.Kind.PROFILES_VIEWED, target=_whose(file))
        parts = read_parts(file)
        context |= {
            "parts": parts,
            "missing": sum(len(part.missing) for part in parts),
            "steps": read_steps(file.student),
        }
    return render(request, "students/pupil.html", context)


def _has_no_class(file: PupilFile) -> bool:
    """Whether the class that the page names is of a year that is over: the pupil sits nowhere in the present one."""
    return file.school_class is None or file.school_class.year.ends_on < today()


def _completed_in(file: PupilFile) -> int | None:
    """The year in which the pupil completed the primary programme, once it is over."""
    school_class = file.school_class
    if school_class is None or school_class.grade_level != LAST_GRADE or school_class.year.ends_on >= today():
        return None
    return years_of_completion([file.student.pk]).get(file.student.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pupil_edit(request: SignedInRequest, pk: int, section: str) -> HttpResponse:
    """The form of one section; ids are the clerk's."""
    file, part = get_file(request.user, pk), _section(section)
    permissions.require(request.user, Action.EDIT_RECORD, WHO_EDITS, school_class=file.school_class)
    if part.is_the_clerks:
        permissions.require(request.user, Action.KEEP_PUPIL_IDS, WHO_KEEPS_IDS)
    form = SectionForm(posted(request), file, part)
    if request.method == "POST":
        if form.is_valid():
            form = _save(request, file, form)
        if not form.errors:
            for notice in form.notices:
                messages.info(request, notice)
            messages.success(
                request,
                f"Đã lưu mục «{part.title}» của {form.cleaned_data.get('full_name') or file.student.full_name}.",
            )
            return redirect("students:pupil", pk)
    else:
        log_access(request, AccessLogEntry.Kind.PROFILES_VIEWED, target=_whose(file))
    context = {"file": file, "student": file.student, "part": part, "form": form, **_powers(request, file)}
    return render(request, "students/pupil_edit.html", context, status=422 if form.errors else 200)


def _save(request: SignedInRequest, file: PupilFile, form: SectionForm) -> SectionForm:
    """The form as it is to be shown: without errors when the record is written."""
    if form.ask(_doubts(file, form)):
        return form
    try:
        change_record(
            file, form.values, version=form.cleaned_data["version"], by=request.user, reason=form.reason
        )
    except RecordRefused as refusal:
        form.refuse(refusal.problems)
    except RecordClash as clash:
        return form.renewed(clash, file_of(get_object_or_404(Student, pk=file.student.pk)))
    return form


def _doubts(file: PupilFile, form: SectionForm) -> tuple[Problem, ...]:
    before = file.values
    changed = frozenset(name for name, value in form.values.items() if value != before[name])
    year = file.school_class.year.days if file.school_class else None
    found = doubts({**before, **form.values}, changed=changed, year=year)
    if EXEMPTION in changed and form.values[EXEMPTION] and file.school_class:
        kept = kept_uncounted(file.student, file.school_class.year)
        return (*found, Problem(EXEMPTION, kept)) if kept else found
    return found


@require_POST
def temporary_code(request: SignedInRequest, pk: int) -> HttpResponse:
    """Gives a pupil without a code one of the school's own (R9)."""
    file = get_file(request.user, pk)
    permissions.require(request.user, Action.KEEP_PUPIL_IDS, WHO_KEEPS_IDS)
    if file.student.school_code:
        messages.warning(request, f"Học sinh đã có mã {file.student.school_code}.")
        return redirect("students:pupil", pk)
    try:
        code = give_temporary_code(file, by=request.user)
    except RecordRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Đã cấp mã tạm {code} cho {file.student.full_name}.")
    return redirect("students:pupil", pk)


@require_safe
def units(request: SignedInRequest) -> HttpResponse:
    """`?permanent_unit=`: the wards of today that begin like what is typed, those of the school's province first."""
    permissions.require_anywhere(request.user, Action.EDIT_RECORD, WHO_EDITS)
    year = SchoolYear.objects.current()
    text = request.GET.get("permanent_unit", "")[:300]
    found = suggest(text, AddressForm.TWO_LEVEL, near=year.province if year else "", limit=8)
    return render(request, "students/_unit_choices.html", {"choices": found, "typed": text.strip()})


def _section(code: str) -> Section:
    if code not in BY_CODE:
        raise Http404("Hồ sơ không có mục này.")
    return BY_CODE[code]


def _powers(request: SignedInRequest, file: PupilFile) -> dict[str, bool]:
    return {
        "may_edit": permissions.may(request.user, Action.EDIT_RECORD, school_class=file.school_class),
        "may_keep_ids": permissions.may(request.user, Action.KEEP_PUPIL_IDS),
    }


def _whose(file: PupilFile) -> str:
    where = (
        f", lớp {file.school_class.name} năm học {file.school_class.year.label}" if file.school_class else ""
    )
    return f"Hồ sơ học sinh {file.student.full_name}{where}"
