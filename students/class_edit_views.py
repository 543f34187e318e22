"""The clerk makes, renames, changes and, if nobody ever sat in it, deletes a class (rule R8; PLAN IV.3)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts import permissions
from accounts.powers import Action
from accounts.requests import SignedInRequest, posted
from students.models import SchoolClass, SchoolYear
from students.year_forms import ClassForm, RemoveForm
from students.year_views import stands
from students.years import change_class, delete_class, make_class, what_uses

WHY = "Lớp do văn thư lập và đổi tên."


@require_http_methods(["GET", "HEAD", "POST"])
def class_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """A class of the year; «Lưu và lập lớp khác» stays for the next."""
    permissions.require(request.user, Action.KEEP_CLASSES, WHY)
    year = get_object_or_404(SchoolYear, pk=pk)
    made = SchoolClass(year=year)
    form = ClassForm(posted(request), instance=made, initial={"grade_level": request.GET.get("grade")})
    del form.fields["reason"]
    if (
        request.method == "POST"
        and form.is_valid()
        and stands(form, lambda: make_class(made, by=request.user))
    ):
        messages.success(request, f"Đã lập lớp {made.name}.")
        _warn_of_the_name(request, made)
        if "another" in request.POST:
            return redirect(f"{request.path}?grade={made.grade_level}")
        return redirect(f"{reverse('students:classes')}?year={year.pk}")
    context = {"form": form, "year": year}
    return render(request, "students/class_edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def class_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    permissions.require(request.user, Action.KEEP_CLASSES, WHY)
    school_class = get_object_or_404(SchoolClass.objects.select_related("year"), pk=pk)
    name = school_class.name
    form = ClassForm(posted(request), instance=school_class)

    def act() -> None:
        reason = form.cleaned_data["reason"]
        change_class(school_class, fields=form.changed_fields, reason=reason, by=request.user)

    if request.method == "POST" and form.is_valid() and stands(form, act):
        messages.success(request, f"Đã lưu lớp {school_class.name}.")
        _warn_of_the_name(request, school_class)
        return redirect("students:class", school_class.pk)
    context = {
        "form": form,
        "year": school_class.year,
        "school_class": school_class,
        "name": name,
        "former_names": former_names(school_class, now=name),
        "in_use": what_uses(school_class),
    }
    return render(request, "students/class_edit.html", context, status=422 if form.errors else 200)


def _warn_of_the_name(request: SignedInRequest, school_class: SchoolClass) -> None:
    """Names are free, but one that begins with another grade's number is most often a slip."""
    first, grades = school_class.name[:1], {school_class.grade_level, *school_class.combined_with}
    if first in "12345" and int(first) not in grades:
        messages.warning(
            request,
            f"Tên lớp {school_class.name} bắt đầu bằng số của khối {first}, lớp thuộc khối {school_class.grade_level}. "
            "Nhầm thì sửa lại tên hoặc khối.",
        )


def former_names(school_class: SchoolClass, *, now: str) -> list[str]:
    """The names the class had before the one it bears now, oldest first."""
    names = school_class.history.order_by("history_id").values_list("name", flat=True)
    return [name for name in dict.fromkeys(names) if name != now]


@require_http_methods(["GET", "HEAD", "POST"])
def class_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    permissions.require(request.user, Action.KEEP_CLASSES, WHY)
    school_class = get_object_or_404(SchoolClass.objects.select_related("year"), pk=pk)
    form = RemoveForm(posted(request))
    year, name = school_class.year, school_class.name
    del form.fields["reason"]
    if (
        request.method == "POST"
        and form.is_valid()
        and stands(form, lambda: delete_class(school_class, by=request.user))
    ):
        messages.success(request, f"Đã xoá lớp {name}.")
        return redirect(f"{reverse('students:classes')}?year={year.pk}")
    context = {"form": form, "school_class": school_class, "year": year, "in_use": what_uses(school_class)}
    return render(request, "students/class_delete.html", context, status=422 if form.errors else 200)
