"""The class lists of one grade of the new year: moving pupils by hand, by a pasted list, by Excel and back."""

import io
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.confirmation import Lasting, require_password
from accounts.file_answers import file_to_save
from accounts.history import Source
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest, posted
from accounts.tables import XLSX
from gradebook.regulation import GRADES
from gradebook.roll_over import WHO, move_pupils
from gradebook.roll_over_counts import ClassCount, new_counts, pupils_by_class
from gradebook.roll_over_forms import FileForm, MoveForm, PasteForm, seal_moves, unseal_moves
from gradebook.roll_over_lists import ListPlan, plan_list, pupils_to_place, write_grade
from gradebook.roll_over_pupils import Pupil, Standing, standing_of
from gradebook.roll_over_views import WHO_SEES, reasons_against
from gradebook.sealed_previews import PreviewLost
from students.models import SchoolYear


def _year_and_grade(pk: int, grade: int) -> SchoolYear:
    if grade not in GRADES:
        raise Http404(f"Không có khối {grade}.")
    return get_object_or_404(SchoolYear, pk=pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def roll_over_grade(request: SignedInRequest, pk: int, grade: int) -> HttpResponse:
    """The lists of the grade's classes side by side; posted, the ticked pupils go to another."""
    permissions.require(request.user, Action.SEE_ROLL_OVER, WHO_SEES)
    year = _year_and_grade(pk, grade)
    form = MoveForm(posted(request), classes=list(year.classes.filter(grade_level=grade).order_by("name")))
    if request.method == "POST":
        permissions.require(request.user, Action.ROLL_OVER, WHO)
        if form.is_valid() and not _refused(request, year, form):
            return redirect("gradebook:roll_over_grade", pk, grade)
    return _grade_page(request, standing_of(year), grade, form)


def _refused(request: SignedInRequest, year: SchoolYear, form: MoveForm) -> bool:
    """Moves the pupils; what speaks against it stands on the form."""
    for problem in reasons_against(lambda: move_pupils(year, form.moves, by=request.user)):
        form.add_error(None, problem)
    if form.errors:
        return True
    name = dict(form.fields["to_class"].choices)[form.cleaned_data["to_class"]]  # type: ignore[attr-defined]
    messages.success(request, f"Đã chuyển {len(form.moves)} em sang «{name}».")
    return False


def _grade_page(request: SignedInRequest, standing: Standing, grade: int, form: MoveForm) -> HttpResponse:
    may_work = permissions.may(request.user, Action.ROLL_OVER) and not standing.year.is_closed
    context = {
        "standing": standing,
        "year": standing.year,
        "grade": grade,
        "grades": GRADES,
        "form": form,
        "lists": _lists(standing, grade),
        "waiting": [pupil for pupil in standing.unplaced if pupil.grade == grade],
        "may_move": may_work and bool(standing.to_place),
    }
    return render(request, "gradebook/roll_over_grade.html", context, status=422 if form.errors else 200)


def _lists(standing: Standing, grade: int) -> list[tuple[ClassCount, list[Pupil]]]:
    """Each class of the grade with who is to sit there, in the order of names."""
    there = pupils_by_class(standing)
    return [
        (count, sorted(there[count.pk], key=lambda pupil: (pupil.student.sort_key, pupil.pk)))
        for count in new_counts(standing)
        if count.grade == grade
    ]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("roll_over_list", times=200, minutes=10, what="xếp lớp theo danh sách", methods=("POST",))
def roll_over_list(request: SignedInRequest, pk: int, grade: int) -> HttpResponse:
    """A list pasted or in a file; posted its dry run, posted with what that showed the pupils are placed."""
    permissions.require(request.user, Action.ROLL_OVER, WHO)
    year = _year_and_grade(pk, grade)
    if "wanted" in request.POST:
        return _apply(request, year, grade)
    is_paste, is_file = "text" in request.POST, request.method == "POST" and "text" not in request.POST
    paste = PasteForm(request.POST if is_paste else None, year=year, grade=grade)
    file = FileForm(request.POST, request.FILES) if is_file else FileForm()
    form = paste if is_paste else file
    if request.method != "POST" or not form.is_valid():
        return _list_page(request, year, grade, paste, file, status=422 if form.errors else 200)
    plan = plan_list(form.wishes, standing_of(year), grade)
    source = Source.PAGE if is_paste else Source.EXCEL
    token = seal_moves(plan.moves, year=pk, grade=grade, source=source.value, by=request.user)
    return _list_page(
        request,
        year,
        grade,
        paste,
        file,
        plan=plan,
        token="" if plan.problems or not plan.moves else token,
        status=422 if plan.problems else 200,
    )


def _list_page(
    request: SignedInRequest,
    year: SchoolYear,
    grade: int,
    paste: PasteForm,
    file: FileForm,
    *,
    plan: ListPlan | None = None,
    token: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "year": year,
        "grade": grade,
        "paste": paste,
        "file": file,
        "plan": plan,
        "token": token,
    }
    return render(request, "gradebook/roll_over_list.html", context, status=status)


def _apply(request: SignedInRequest, year: SchoolYear, grade: int) -> HttpResponse:
    """All of the dry run or nothing."""
    try:
        moves, source = unseal_moves(request.POST["wanted"], year=year.pk, grade=grade, by=request.user)
    except PreviewLost as lost:
        problems = [str(lost)]
    else:
        problems = reasons_against(
            lambda: move_pupils(year, moves, by=request.user, source=Source(source), why="Xếp theo danh sách")
        )
        if not problems:
            messages.success(request, f"Đã xếp {len(moves)} em theo danh sách.")
            return redirect("gradebook:roll_over_grade", year.pk, grade)
    for problem in problems:
        messages.error(request, f"Chưa xếp em nào. {problem}")
    empty: dict[str, Any] = {"year": year, "grade": grade}
    return _list_page(request, year, grade, PasteForm(**empty), FileForm(), status=422)


@never_cache
@require_safe
@limited("roll_over_file", times=60, minutes=10, what="tải danh sách xếp lớp")
def roll_over_file(request: SignedInRequest, pk: int, grade: int) -> FileResponse:
    """The grade's pupils with a column «Lớp mới»; who took it is logged."""
    permissions.require(request.user, Action.ROLL_OVER, WHO)
    year = _year_and_grade(pk, grade)
    title = f"Danh sách xếp lớp khối {grade} năm học {year.label}"
    require_password(request, f"Tải {title[:1].lower()}{title[1:]} ra Excel.", lasting=Lasting.EXPORTS)
    standing = standing_of(year)
    log_access(
        request,
        AccessLogEntry.Kind.BULK_EXPORTED,
        target=title,
        detail=f"{len(pupils_to_place(standing, grade))} học sinh: mã, họ tên, ngày sinh, lớp",
    )
    content = io.BytesIO(write_grade(standing, grade, by=request.user))
    return file_to_save(content, f"xep-lop-khoi-{grade}-{year.pk}.xlsx", XLSX)
