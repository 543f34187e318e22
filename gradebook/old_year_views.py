"""A pupil's years before Thông tư 27/2020: what was copied with its history, and the form in which the clerk copies."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from gradebook.models import OldYearRecord
from gradebook.old_year_cells import ABOUT, COMMENTS, ENDING, HEADINGS, SENSITIVE, texts_of
from gradebook.old_year_forms import OldYearForm, WhichYearForm
from gradebook.old_years import (
    WHO_KEEPS,
    Deed,
    OldYearChanged,
    OldYearRefused,
    Wanted,
    Writing,
    records_of,
    save_old_year,
    writings_of,
)
from gradebook.regulation import NotCovered, UnknownGrade, year_label
from gradebook.regulation_2016 import (
    OLD_TRAITS,
    OldGroup,
    OldLine,
    OldResult,
    OldYear,
    blank_in,
    check_old_year,
    old_lines_for,
)
from students.records import PupilFile, get_file

WHO_SEES = (
    "Kết quả các năm học trước của em mở cho giáo viên chủ nhiệm của lớp, tổ (khối) trưởng, văn thư và Ban giám "
    "hiệu."
)


@dataclass(frozen=True, slots=True)
class ShownYear:
    """A year page as the pupil's page tells it; `facts` and `ending` are label and text."""

    record: OldYearRecord
    label: str
    facts: list[tuple[str, str]]
    lines: list[tuple[OldLine, OldResult]]
    traits: list[tuple[OldGroup, list[tuple[str, str]], str]]
    ending: list[tuple[str, str]]
    blanks: list[str]
    writings: list[Writing]


@never_cache
@require_safe
def old_years(request: SignedInRequest, pk: int) -> HttpResponse:
    """For whoever sees the pupil's results of a year; the clerk chooses here which page to copy."""
    file = get_file(request.user, pk)
    permissions.require(request.user, Action.SEE_OUTCOMES, WHO_SEES, school_class=file.school_class)
    may_keep = permissions.may(request.user, Action.KEEP_OLD_YEARS)
    which = WhichYearForm(request.GET if may_keep and "year" in request.GET else None)
    if which.is_valid():
        return redirect("gradebook:old_year", pk, which.cleaned_data["year"], which.cleaned_data["grade"])
    sees_health = permissions.may(request.user, Action.SEE_SENSITIVE, school_class=file.school_class)
    log_access(request, AccessLogEntry.Kind.PROFILES_VIEWED, target=file.student.full_name)
    context = {
        "file": file,
        "student": file.student,
        "years": list(_shown(file, sees_health=sees_health)),
        "which": which,
        "may_keep": may_keep,
    }
    return render(request, "gradebook/old_years.html", context, status=422 if which.errors else 200)


def _shown(file: PupilFile, *, sees_health: bool) -> Iterator[ShownYear]:
    """Four statements, two where nothing was copied."""
    writings = writings_of(file.student)
    for record in records_of([file.student.pk]):
        told = record.told
        texts = {name: text for name, text in texts_of(told).items() if sees_health or name not in SENSITIVE}
        yield ShownYear(
            record=record,
            label=year_label(told.year),
            facts=_told([cell.name for cell in ABOUT], texts),
            lines=[
                (line, told.lines.get(line.code, OldResult())) for line in old_lines_for(told.grade_level)
            ],
            traits=[_group(group, told) for group in OldGroup],
            ending=_told([cell.name for cell in ENDING], texts),
            blanks=blank_in(told),
            writings=[_seen(each, sees_health=sees_health) for each in writings[record.pk]],
        )


def _told(names: list[str], texts: dict[str, str]) -> list[tuple[str, str]]:
    return [(HEADINGS[name], texts[name]) for name in names if texts.get(name)]


def _group(group: OldGroup, told: OldYear) -> tuple[OldGroup, list[tuple[str, str]], str]:
    own = [(trait.name, told.ratings.get(trait.code, "")) for trait in OLD_TRAITS if trait.group is group]
    return group, own, getattr(told, COMMENTS[group].name)


def _seen(writing: Writing, *, sees_health: bool) -> Writing:
    """Without what the reader may not see of a pupil's health (R65)."""
    hidden = set() if sees_health else {HEADINGS[name] for name in SENSITIVE}
    changes = tuple(change for change in writing.changes if change[0] not in hidden)
    return Writing(writing.who, writing.role, writing.at, writing.source, writing.why, changes)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def old_year(request: SignedInRequest, pk: int, year: int, grade: int) -> HttpResponse:
    """The form of one year page, blank or as it is kept; posted it is recorded or corrected."""
    file = get_file(request.user, pk)
    permissions.require(request.user, Action.KEEP_OLD_YEARS, WHO_KEEPS)
    try:
        check_old_year(year, grade)
    except (NotCovered, UnknownGrade) as refusal:
        raise Http404(str(refusal)) from refusal
    if request.method != "POST":
        log_access(request, AccessLogEntry.Kind.PROFILES_VIEWED, target=file.student.full_name)
        record = _record(file, year)
        return _show(request, file, OldYearForm(initial=_initial(record), year=year, grade=grade), record)
    form = OldYearForm(request.POST, year=year, grade=grade)
    if not form.is_valid():
        return _show(request, file, form, _record(file, year), status=422)
    try:
        deed = save_old_year(
            Wanted(file.student, form.told),
            seen=form.cleaned_data["seen"],
            reason=form.cleaned_data["reason"],
            by=request.user,
        )
    except OldYearRefused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return _show(request, file, form, _record(file, year), status=422)
    except OldYearChanged as changed:
        record = _record(file, year)
        typed = request.POST.copy()
        typed["seen"] = str(record.version if record else 0)
        form = OldYearForm(typed, year=year, grade=grade)
        form.add_error(None, str(changed))
        return _show(request, file, form, record, status=409)
    _say(request, deed, Wanted(file.student, form.told))
    return redirect("gradebook:old_years", pk)


def _record(file: PupilFile, year: int) -> OldYearRecord | None:
    return records_of([file.student.pk]).filter(year=year).first()


def _initial(record: OldYearRecord | None) -> dict[str, Any]:
    if record is None:
        return {"seen": 0, "is_completed": "Hoàn thành"}
    return {**texts_of(record.told), "seen": record.version, "is_struck": record.is_struck}


def _show(
    request: SignedInRequest,
    file: PupilFile,
    form: OldYearForm,
    record: OldYearRecord | None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "file": file,
        "student": file.student,
        "form": form,
        "record": record,
        "label": year_label(form.year),
        "is_other_grade": record is not None and record.grade_level != form.grade,
        "stored": _stored(record) if status == 409 and record else [],
    }
    return render(request, "gradebook/old_year.html", context, status=status)


def _stored(record: OldYearRecord) -> list[tuple[str, str]]:
    """What stands there now, beside what was typed on an older page."""
    texts = texts_of(record.told)
    return [(heading, texts[name]) for name, heading in HEADINGS.items() if texts.get(name)]


def _say(request: SignedInRequest, deed: Deed, wanted: Wanted) -> None:
    told = wanted.told
    label = year_label(told.year)
    if deed == Deed.SAME:
        messages.info(request, f"Năm học {label}: không có gì khác bản đã ghi.")
        return
    messages.success(
        request, f"Đã {'ghi' if deed == Deed.NEW else 'sửa'} năm học {label}, lớp {told.class_name}."
    )
    if told.is_struck:
        return
    if wanted.doubt:
        messages.warning(request, wanted.doubt)
    if blanks := blank_in(told):
        messages.warning(
            request, f"Học bạ in sẽ để trống: {'; '.join(blanks)}. Nếu học bạ giấy có thì ghi thêm."
        )
