"""Praise of a pupil at any time: recorded and taken back on pages of their own."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import permissions
from accounts.powers import Action
from accounts.requests import SignedInRequest, posted
from gradebook.commendations import WHO_COMMENDS, commend, kinds_for, take_back
from gradebook.models import Commendation
from gradebook.year_end_forms import CommendationForm, TakeBackForm
from gradebook.year_end_views import problems_of
from students.models import Enrolment, SchoolClass, Student


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def commend_pupil(request: SignedInRequest, pk: int, student_id: int) -> HttpResponse:
    """A form for one pupil; posted, the praise is recorded."""
    school_class = get_object_or_404(SchoolClass.objects.select_related("year"), pk=pk)
    permissions.require(request.user, Action.COMMEND, WHO_COMMENDS, school_class=school_class)
    in_class = Enrolment.objects.filter(school_class=school_class).values("student")
    student = get_object_or_404(Student, pk=student_id, pk__in=in_class)
    form = CommendationForm(kinds_for(request.user), posted(request))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        problems = problems_of(
            lambda: commend(
                school_class,
                student,
                kind=told["kind"],
                text=told["text"],
                on=told["given_on"],
                by=request.user,
            )
        )
        if not problems:
            messages.success(request, f"Đã ghi khen em {student.full_name}.")
            return redirect("gradebook:year_end_pupil", pk, student_id)
        for problem in problems:
            form.add_error(None, problem)
    context = {"school_class": school_class, "student": student, "form": form}
    return render(request, "gradebook/commend.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def praise_take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Written by mistake: the reason, then it is off the lists and stays in the history."""
    rows = Commendation.objects.standing().select_related("school_class__year", "student")
    praise = get_object_or_404(rows, pk=pk)
    permissions.require(request.user, Action.COMMEND, WHO_COMMENDS, school_class=praise.school_class)
    form = TakeBackForm(posted(request))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        problems = problems_of(lambda: take_back(praise, reason=reason, by=request.user))
        if not problems:
            messages.success(request, "Đã rút lại.")
            return redirect("gradebook:year_end_pupil", praise.school_class_id, praise.student_id)
        for problem in problems:
            form.add_error(None, problem)
    context = {"praise": praise, "form": form}
    return render(request, "gradebook/praise_take_back.html", context, status=422 if form.errors else 200)
