"""The first page of a new school; shut for good once somebody can log in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.people_views import show_slips
from accounts.rate_limit import limited
from gradebook.first_run import FirstRunIsOver, found_school, has_begun, is_open, slips_again
from gradebook.first_run_forms import FirstRunForm, SetUpCodeForm
from students.models import SchoolYear
from students.years import YearRefused


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("first_run", times=20, minutes=15, what="lần gửi trang lập trường", methods=("POST",))
def first_run(request: HttpRequest) -> HttpResponse:
    """Asks for the school, then shows the slips of its principal and clerk, which are to be printed at once."""
    if not is_open():
        return redirect("accounts:login")
    try:
        return _slips_again(request) if has_begun() else _found(request)
    except FirstRunIsOver:
        return redirect("accounts:login")


def _found(request: HttpRequest) -> HttpResponse:
    form = FirstRunForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            slips = found_school(form.instance, form.person("principal"), form.person("clerk"))
        except YearRefused as refusal:
            form.refuse(refusal.problems)
        else:
            return show_slips(request, slips, is_first_run=True, school_name=form.instance.school_name)
    return _page(request, form)


def _slips_again(request: HttpRequest) -> HttpResponse:
    form = SetUpCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        school = SchoolYear.objects.values_list("school_name", flat=True).latest("year")
        return show_slips(request, slips_again(), is_first_run=True, school_name=school)
    return _page(request, form, has_begun=True)


def _page(request: HttpRequest, form: SetUpCodeForm, **more: object) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "gradebook/first_run.html", {"form": form, **more}, status=status)
