"""The page of one pupil at the year's end: what the homeroom teacher says, and the principal on an exception."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import permissions
from accounts.confirmation import require_password
from accounts.powers import Action
from accounts.requests import SignedInRequest, posted
from gradebook.outcomes import reopen_outcome
from gradebook.year_end import ClassPage, Row, read_class
from gradebook.year_end_forms import ExceptionForm, PupilForm, ReopenForm
from gradebook.year_end_page import build_rows
from gradebook.year_end_rules import State
from gradebook.year_end_steps import WHO_APPROVES, WHO_PROPOSES, decide_exception, say_of_pupil
from gradebook.year_end_views import get_class, may_propose_here, may_reopen_here, problems_of
from students.models import SchoolClass


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def year_end_pupil(request: SignedInRequest, pk: int, student_id: int) -> HttpResponse:
    """One pupil: why the result is what it is, what is said of it; posted, the homeroom teacher says it."""
    school_class = get_class(request.user, pk)
    page, row = _page_and_row(school_class, student_id)
    if request.method != "POST":
        return _pupil_page(request, page, row)
    permissions.require(request.user, Action.PROPOSE_OUTCOMES, WHO_PROPOSES, school_class=school_class)
    form = PupilForm(row, posted(request))
    if form.is_valid():
        saying, seen = form.saying, form.seen_version
        if _is_done(
            form, lambda: say_of_pupil(school_class, row.student, saying, seen=seen, by=request.user)
        ):
            messages.success(request, f"Đã ghi kết quả năm học của em {row.student.full_name}.")
            return redirect("gradebook:year_end", pk)
    return _pupil_page(request, page, row, form=form)


def _is_done(form: Form, act: Callable[[], object]) -> bool:
    """Carries an act out; the reasons against it stand in the form."""
    problems = problems_of(act)
    for problem in problems:
        form.add_error(None, problem)
    return not problems


def _page_and_row(school_class: SchoolClass, student_id: int) -> tuple[ClassPage, Row]:
    page = read_class(school_class)
    row = page.row_of(student_id)
    if row is None:
        raise Http404("Em này không có trong danh sách lớp.")
    return page, row


def _pupil_page(
    request: SignedInRequest,
    page: ClassPage,
    row: Row,
    *,
    form: PupilForm | None = None,
    exception_form: ExceptionForm | None = None,
    reopen_form: ReopenForm | None = None,
) -> HttpResponse:
    is_open = row.is_assessed and row.decided is None and row.final.result is not None
    may_decide = (
        row in page.asked
        and page.state is State.REVIEWED
        and permissions.may(request.user, Action.APPROVE_OUTCOMES)
    )
    may_reopen = bool(row.decided and row.decided.result) and may_reopen_here(request.user, page)
    following = page.rows[page.rows.index(row) + 1 :]
    context = {
        "page": page,
        "row": row,
        "shown": build_rows(page)[page.rows.index(row)],
        "form": form or (PupilForm(row) if is_open and may_propose_here(request.user, page) else None),
        "exception_form": exception_form or (ExceptionForm() if may_decide else None),
        "reopen_form": reopen_form or (ReopenForm() if may_reopen else None),
        "may_commend": not page.school_class.year.is_closed
        and permissions.may(request.user, Action.COMMEND, school_class=page.school_class),
        "following": following[0] if following else None,
    }
    is_wrong = any(each.errors for each in (form, exception_form, reopen_form) if each)
    return render(request, "gradebook/year_end_pupil.html", context, status=422 if is_wrong else 200)


@require_POST
def year_end_exception(request: SignedInRequest, pk: int, student_id: int) -> HttpResponse:
    """The principal decides on a pupil's exception."""
    permissions.require(request.user, Action.APPROVE_OUTCOMES, WHO_APPROVES)
    school_class = get_class(request.user, pk)
    page, row = _page_and_row(school_class, student_id)
    form = ExceptionForm(posted(request))
    if form.is_valid():
        require_password(request, f"Quyết định về kết quả ngoại lệ của em {row.student.full_name}.")
        told = form.cleaned_data
        if _is_done(
            form,
            lambda: decide_exception(
                school_class,
                row.student,
                is_granted=told["decision"] == "granted",
                note=told["note"],
                by=request.user,
            ),
        ):
            messages.success(request, f"Đã quyết định về em {row.student.full_name}.")
            return redirect("gradebook:year_end", pk)
    return _pupil_page(request, page, row, exception_form=form)


@require_POST
def year_end_reopen(request: SignedInRequest, pk: int, student_id: int) -> HttpResponse:
    """The principal takes the approval of a pupil's result back, so that it is decided on anew."""
    permissions.require(request.user, Action.APPROVE_OUTCOMES, WHO_APPROVES)
    school_class = get_class(request.user, pk)
    page, row = _page_and_row(school_class, student_id)
    form = ReopenForm(posted(request))
    if form.is_valid():
        require_password(request, f"Mở lại quyết định về kết quả năm học của em {row.student.full_name}.")
        reason = form.cleaned_data["reopen_reason"]
        if _is_done(form, lambda: reopen_outcome(school_class, row.student, reason=reason, by=request.user)):
            messages.success(
                request,
                f"Đã mở lại quyết định về em {row.student.full_name}: giáo viên chủ nhiệm xét lại.",
            )
            return redirect("gradebook:year_end", pk)
    return _pupil_page(request, page, row, reopen_form=form)
