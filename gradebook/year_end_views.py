"""The pages of a class's year end: how far each class is, the class, a pupil, and the steps up to the principal."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import clock, permissions
from accounts.confirmation import require_password
from accounts.models import User
from accounts.powers import Action
from accounts.requests import SignedInRequest, posted
from gradebook.outcomes import OutcomesIncomplete, approve_outcomes
from gradebook.year_end import ClassPage, read_class
from gradebook.year_end_forms import SendBackForm
from gradebook.year_end_gaps import read_year_gaps
from gradebook.year_end_lists import LISTS, Kind
from gradebook.year_end_page import (
    build_rows,
    contradiction_words,
    earlier_rounds,
    next_step,
    state_of,
    steps_of,
)
from gradebook.year_end_standing import counted, standings_of
from gradebook.year_end_steps import (
    WHO_APPROVES,
    WHO_PROPOSES,
    WHO_REVIEWS,
    YearEndRefused,
    complete_class,
    confirm_class,
    review_class,
    send_back,
)
from students.models import SchoolClass, SchoolYear, YearIsClosed

WHO_SEES = (
    "Kết quả năm học của lớp dành cho giáo viên chủ nhiệm của lớp, tổ trưởng khối, văn thư và Ban giám hiệu."
)


def get_class(user: User, pk: int) -> SchoolClass:
    """Fetch and check in one call."""
    school_class = get_object_or_404(SchoolClass.objects.select_related("year"), pk=pk)
    permissions.require(user, Action.SEE_OUTCOMES, WHO_SEES, school_class=school_class)
    return school_class


def year_of(request: SignedInRequest) -> tuple[SchoolYear | None, list[SchoolYear]]:
    """The year asked for, else the current one; and those there are, latest first, none that is only prepared."""
    return year_in(request.GET.dict())


def year_in(asked: Mapping[str, str]) -> tuple[SchoolYear | None, list[SchoolYear]]:
    """The same of what an address asks for, by name."""
    years = list(SchoolYear.objects.begun())
    wanted = asked.get("year", "")
    return next((each for each in years if str(each.pk) == wanted), years[0] if years else None), years


@require_safe
def year_ends(request: SignedInRequest) -> HttpResponse:
    """How far each class is that the person sees, by the step it waits for. Thirteen statements at most."""
    permissions.require_anywhere(request.user, Action.SEE_OUTCOMES, WHO_SEES)
    year, years = year_of(request)
    reach = permissions.reach_of(request.user, Action.SEE_OUTCOMES)
    classes = SchoolClass.objects.filter(reach.condition(), year=year).select_related("year")
    standings = standings_of(list(classes.order_by("grade_level", "name")))
    context = {
        "year": year,
        "years": years,
        "standings": standings,
        "counts": counted(standings),
        "lists": [(kind, LISTS[kind].title) for kind in Kind],
        "may_decide": permissions.may(request.user, Action.DRAFT_DECISIONS),
    }
    return render(request, "gradebook/year_ends.html", context)


@never_cache
@require_safe
def year_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """A class: each pupil's computed result with its reasons, what is said of it, and the next step."""
    return _class_page(request, get_class(request.user, pk))


def _class_page(
    request: SignedInRequest,
    school_class: SchoolClass,
    problems: tuple[str, ...] = (),
    *,
    title: str = "",
    send_back_form: SendBackForm | None = None,
) -> HttpResponse:
    page = read_class(school_class)
    may_propose = may_propose_here(request.user, page)
    state, kind = state_of(page)
    context = {
        "page": page,
        "rows": build_rows(page),
        "state": state,
        "steps": steps_of(page),
        "earlier_rounds": earlier_rounds(page),
        "kind": kind,
        "next": next_step(page, request.user),
        "year_gaps": read_year_gaps(school_class),
        "contradicted": [(row.student, contradiction_words(row)) for row in page.contradicted],
        "may_reopen": may_reopen_here(request.user, page),
        "may_propose": may_propose,
        "problems": problems,
        "problems_title": title or "Chưa thực hiện được",
        "send_back_form": send_back_form or SendBackForm(),
        "lists": [(kind, LISTS[kind].title) for kind in Kind],
    }
    is_wrong = bool(problems) or bool(send_back_form and send_back_form.errors)
    return render(request, "gradebook/year_end.html", context, status=422 if is_wrong else 200)


def may_propose_here(user: User, page: ClassPage) -> bool:
    return page.is_writable and permissions.may(user, Action.PROPOSE_OUTCOMES, school_class=page.school_class)


def may_reopen_here(user: User, page: ClassPage) -> bool:
    return page.is_writable and permissions.may(user, Action.APPROVE_OUTCOMES)


def problems_of(act: Callable[[], object]) -> tuple[str, ...]:
    """Carries an act out; the reasons against it, () when it is done."""
    try:
        act()
    except YearEndRefused as refusal:
        return refusal.problems
    except OutcomesIncomplete as incomplete:
        return tuple(f"{name}: còn thiếu {', '.join(items)}." for name, items in incomplete.gaps.items())
    except YearIsClosed as closed:
        return (str(closed),)
    return ()


def _step(
    request: SignedInRequest, school_class: SchoolClass, act: Callable[[], object], *, done: str, title: str
) -> HttpResponse:
    problems = problems_of(act)
    if problems:
        return _class_page(request, school_class, problems, title=title)
    messages.success(request, done)
    return redirect("gradebook:year_end", school_class.pk)


# -- The homeroom teacher ----------------------------------------------------------------------------------


@require_POST
def year_end_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirms the computed result of everybody in the class who has one."""
    school_class = get_class(request.user, pk)
    return _step(
        request,
        school_class,
        lambda: confirm_class(school_class, by=request.user),
        done="Đã xác nhận kết quả của những em hệ thống đã xếp được.",
        title="Chưa xác nhận được",
    )


@require_POST
def year_end_complete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Sends the class to the vice-principal."""
    school_class = get_class(request.user, pk)
    permissions.require(request.user, Action.PROPOSE_OUTCOMES, WHO_PROPOSES, school_class=school_class)
    require_password(
        request, f"Hoàn thành kết quả năm học lớp {school_class.name}, gửi Phó Hiệu trưởng rà soát."
    )
    return _step(
        request,
        school_class,
        lambda: complete_class(school_class, by=request.user),
        done=f"Đã gửi kết quả năm học lớp {school_class.name} cho Phó Hiệu trưởng.",
        title="Chưa gửi được: còn việc phải xong",
    )


# -- The vice-principal and the principal ------------------------------------------------------------------


@require_POST
def year_end_review(request: SignedInRequest, pk: int) -> HttpResponse:
    """The vice-principal passes the class on to the principal."""
    permissions.require(request.user, Action.REVIEW_OUTCOMES, WHO_REVIEWS)
    school_class = get_class(request.user, pk)
    require_password(
        request, f"Xác nhận đã rà soát kết quả năm học lớp {school_class.name}, trình Hiệu trưởng."
    )
    return _step(
        request,
        school_class,
        lambda: review_class(school_class, by=request.user),
        done=f"Đã rà soát lớp {school_class.name} và trình Hiệu trưởng.",
        title="Chưa rà soát xong được: còn ô trống hoặc việc chưa xong",
    )


@require_POST
def year_end_send_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Back to the homeroom teacher, with the reason."""
    school_class = get_class(request.user, pk)
    form = SendBackForm(posted(request))
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    problems = problems_of(lambda: send_back(school_class, reason=reason, by=request.user))
    if problems:
        return _class_page(request, school_class, () if form.errors else problems, send_back_form=form)
    messages.success(request, f"Đã trả lại lớp {school_class.name} cho giáo viên chủ nhiệm.")
    return redirect("gradebook:year_end", pk)


@require_POST
def year_end_approve(request: SignedInRequest, pk: int) -> HttpResponse:
    """The principal approves the class's results."""
    permissions.require(request.user, Action.APPROVE_OUTCOMES, WHO_APPROVES)
    school_class = get_class(request.user, pk)
    require_password(request, f"Phê duyệt kết quả năm học, lên lớp, khen thưởng lớp {school_class.name}.")
    return _step(
        request,
        school_class,
        lambda: approve_outcomes(school_class, by=request.user, on=clock.today()),
        done=f"Đã phê duyệt kết quả năm học lớp {school_class.name}.",
        title="Chưa phê duyệt được",
    )
