"""The way into a new year: what stands, classes and proposal, the preview and the act, undoing, a single decision."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock, permissions
from accounts.confirmation import require_password
from accounts.powers import Action
from accounts.requests import SignedInRequest, posted
from gradebook.models import RollOverApplication
from gradebook.outcomes import DecisionRefused, against_deciding, decide_promotion
from gradebook.roll_over import WHO, RollOverRefused, propose_places
from gradebook.roll_over_apply import (
    against_undoing,
    apply_roll_over,
    fingerprint,
    obstacles,
    undo_roll_over,
)
from gradebook.roll_over_classes import ClassesRefused, class_proposals, make_proposed_classes
from gradebook.roll_over_counts import grade_counts, old_counts
from gradebook.roll_over_forms import DecisionForm, UndoForm, leaving_in
from gradebook.roll_over_pupils import Standing, Way, standing_of
from gradebook.roll_over_waiting import waiting_groups
from students.models import SchoolYear, Student, YearIsClosed
from students.years import YearRefused

WHO_SEES = "Việc lên lớp, xếp lớp năm học mới do văn thư làm; Ban giám hiệu theo dõi."


def reasons_against(act: Callable[[], Any]) -> list[str]:
    """Does the act; why it was not done, nothing when it was."""
    try:
        act()
    except RollOverRefused as refusal:
        return list(refusal.reasons)
    except (YearRefused, YearIsClosed, ClassesRefused) as refusal:
        return [str(refusal)]
    return []


@never_cache
@require_safe
def roll_overs(request: SignedInRequest) -> HttpResponse:
    """That of the year being prepared; while there is none, how one comes about."""
    permissions.require(request.user, Action.SEE_ROLL_OVER, WHO_SEES)
    year = SchoolYear.objects.filter(state=SchoolYear.State.PREPARING).order_by("year").first()
    if year:
        return _overview(request, standing_of(year))
    context = {
        "years": SchoolYear.objects.all()[:3],
        "may_prepare": permissions.may(request.user, Action.PREPARE_YEAR),
    }
    return render(request, "gradebook/roll_overs.html", context)


@never_cache
@require_safe
def roll_over(request: SignedInRequest, pk: int) -> HttpResponse:
    permissions.require(request.user, Action.SEE_ROLL_OVER, WHO_SEES)
    return _overview(request, standing_of(get_object_or_404(SchoolYear, pk=pk)))


def _overview(
    request: SignedInRequest, standing: Standing, problems: list[str] | None = None
) -> HttpResponse:
    may_work = permissions.may(request.user, Action.ROLL_OVER) and not standing.year.is_closed
    is_preparing = standing.year.state == SchoolYear.State.PREPARING
    context = {
        **_numbers(standing),
        "proposals": class_proposals(standing) if is_preparing else [],
        "repeating": [pupil for pupil in standing.pupils if pupil.way is Way.REPEATING],
        "may_work": may_work,
        "may_decide": permissions.may(request.user, Action.APPROVE_OUTCOMES),
        "problems": problems,
    }
    return render(request, "gradebook/roll_over.html", context, status=422 if problems else 200)


def _numbers(standing: Standing) -> dict[str, Any]:
    """What the overview and the preview both show."""
    return {
        "standing": standing,
        "year": standing.year,
        "ways": [(way, way.label, standing.number(way)) for way in Way],
        "old_counts": old_counts(standing),
        "grades": grade_counts(standing),
        "obstacles": obstacles(standing),
        "left_out": waiting_groups(standing),
    }


@require_POST
def roll_over_classes(request: SignedInRequest, pk: int) -> HttpResponse:
    """Makes the classes that the page proposes."""
    permissions.require(request.user, Action.ROLL_OVER, WHO)
    year = get_object_or_404(SchoolYear, pk=pk)
    problems = reasons_against(lambda: make_proposed_classes(year, by=request.user))
    if problems:
        return _overview(request, standing_of(year), problems)
    messages.success(request, f"Đã lập các lớp của năm học {year.label}. Đổi tên, thêm, bớt ở trang của lớp.")
    return redirect("gradebook:roll_over", pk)


@require_POST
def roll_over_propose(request: SignedInRequest, pk: int) -> HttpResponse:
    """Places everybody who has no class yet."""
    permissions.require(request.user, Action.ROLL_OVER, WHO)
    year = get_object_or_404(SchoolYear, pk=pk)
    problems = reasons_against(lambda: propose_places(year, by=request.user))
    if problems:
        return _overview(request, standing_of(year), problems)
    messages.success(request, "Đã xếp theo đề xuất. Mở từng khối để xem và chuyển em cần đổi lớp.")
    return redirect("gradebook:roll_over", pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def roll_over_apply(request: SignedInRequest, pk: int) -> HttpResponse:
    """All that will happen, whom it leaves out, and the act: exactly that, once."""
    permissions.require(request.user, Action.ROLL_OVER, WHO)
    year = get_object_or_404(SchoolYear, pk=pk)
    problems: list[str] = []
    if request.method == "POST":
        require_password(request, f"Ghi danh sách lớp năm học {year.label} theo bản xếp lớp.")
        shown = request.POST.get("previewed", "")
        leaving = leaving_in(request.POST)
        problems = reasons_against(
            lambda: apply_roll_over(year, by=request.user, previewed=shown, leaving=leaving)
        )
        if not problems:
            messages.success(request, f"Đã ghi danh sách lớp năm học {year.label}.")
            return redirect("gradebook:roll_over", pk)
    standing = standing_of(year)
    context = {
        **_numbers(standing),
        "problems": problems,
        "fingerprint": fingerprint(standing),
        "entry_day": standing.entry_day,
        "ticked": request.POST.getlist("left"),
    }
    return render(request, "gradebook/roll_over_apply.html", context, status=422 if problems else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def roll_over_undo(request: SignedInRequest, pk: int, application_id: int) -> HttpResponse:
    """Why an application can or cannot be undone, and the act with its reason."""
    permissions.require(request.user, Action.ROLL_OVER, WHO)
    applications = RollOverApplication.objects.select_related("roll_over__year")
    application = get_object_or_404(applications, pk=application_id, roll_over=pk)
    year = application.roll_over.year
    form = UndoForm(posted(request))
    if request.method == "POST" and form.is_valid():
        require_password(request, f"Hoàn tác danh sách lớp năm học {year.label}.")
        reason = form.cleaned_data["reason"]
        problems = reasons_against(lambda: undo_roll_over(application, reason=reason, by=request.user))
        if not problems:
            messages.success(request, "Đã hoàn tác. Bản xếp lớp còn nguyên, sửa rồi ghi lại được.")
            return redirect("gradebook:roll_over", pk)
        for problem in problems:
            form.add_error(None, problem)
    context = {
        "year": year,
        "application": application,
        "against": against_undoing(application),
        "form": form,
    }
    return render(request, "gradebook/roll_over_undo.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def roll_over_decision(request: SignedInRequest, pk: int, student_id: int) -> HttpResponse:
    """The principal decides on a pupil whom the approval of the class left out."""
    permissions.require(
        request.user, Action.APPROVE_OUTCOMES, "Chỉ Hiệu trưởng quyết định việc lên lớp của học sinh."
    )
    standing = standing_of(get_object_or_404(SchoolYear, pk=pk))
    student = get_object_or_404(Student, pk=student_id)
    pupil = standing.by_id.get(student.pk)
    against = (
        against_deciding(student, pupil.old_class)
        if pupil
        else f"Em {student.full_name} không học ở trường năm học trước."
    )
    form = DecisionForm(posted(request))
    if request.method == "POST" and pupil and form.is_valid():
        require_password(request, f"Quyết định việc lên lớp của em {student.full_name}.")
        told = form.cleaned_data
        try:
            decide_promotion(
                student,
                pupil.old_class,
                is_promoted=told["decision"] == "up",
                note=told["note"],
                by=request.user,
                on=clock.today(),
            )
        except DecisionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Đã ghi quyết định về em {student.full_name}.")
            return redirect("gradebook:roll_over", pk)
    context = {"year": standing.year, "student": student, "pupil": pupil, "against": against, "form": form}
    return render(request, "gradebook/roll_over_decision.html", context, status=422 if form.errors else 200)
