"""Staff: the list, a person, the record the clerk keeps, posts (PLAN III.1, IV)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions, posts
from accounts.clock import today
from accounts.confirmation import Lasting, password_asked
from accounts.dates import Days
from accounts.duties import duties_on
from accounts.idle_lock import administrative
from accounts.models import Post, User
from accounts.people_page import state_today
from accounts.posts import appoint
from accounts.powers import Action
from accounts.requests import SignedInRequest, posted
from accounts.terms import TermRefused
from gradebook import assignments
from gradebook.duty_history import read_duty_history
from gradebook.staff_forms import FilterForm, PostForm, RecordForm
from gradebook.staff_pages import read_person, read_staff_list
from gradebook.staff_records import save_record
from students.models import SchoolYear

WHO_EDITS = "Hồ sơ cán bộ do văn thư cập nhật."


@require_safe
def staff(request: SignedInRequest) -> HttpResponse:
    """`?q=&team=&duty=&state=`: names with or without tones."""
    permissions.require(request.user, Action.SEE_STAFF)
    filters = FilterForm(request.GET or {"state": "active"})
    context = {
        "filters": filters,
        "lines": read_staff_list(**filters.wanted()),
        "may_edit": permissions.may(request.user, Action.EDIT_STAFF),
    }
    return render(request, "gradebook/staff.html", context)


@require_safe
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    """The record with posts, assignments, substitutions and grants; everybody sees their own."""
    shown = get_person(request.user, pk)
    context = {
        "shown": shown,
        "page": read_person(shown, by=request.user),
        "changes": read_duty_history(shown),
        "state": state_today(shown, duties_on(today(), [shown])[shown.pk]),
        "is_own": shown.pk == request.user.pk,
        "may_edit": permissions.may(request.user, Action.EDIT_STAFF),
        "may_see_staff": permissions.may(request.user, Action.SEE_STAFF),
        "may_see_trail": permissions.may(request.user, Action.SEE_AUDIT_TRAIL),
        "may_appoint": shown.is_active and bool(_kinds(request.user, shown)),
        "may_assign": shown.is_active and assignments.may_assign(request.user, shown),
        "may_grant": shown.is_active
        and shown.pk != request.user.pk
        and permissions.may(request.user, Action.GRANT),
    }
    return render(request, "gradebook/person.html", context)


def get_person(user: User, pk: int) -> User:
    """Fetch and check in one call. Raises Http404, PermissionDenied."""
    found = get_object_or_404(User.objects.select_related("team"), pk=pk)
    permissions.require(user, Action.SEE_PERSON, "Hồ sơ cán bộ chỉ mở cho chính người đó.", owner_id=found.pk)
    return found


@administrative
@require_http_methods(["GET", "HEAD", "POST"])
@password_asked("Cập nhật hồ sơ cán bộ.", of=Action.EDIT_STAFF, why=WHO_EDITS, lasting=Lasting.ACCOUNTS)
def person_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    permissions.require(request.user, Action.EDIT_STAFF, WHO_EDITS)
    shown = get_object_or_404(User, pk=pk)
    name, is_own = shown.full_name, shown.pk == request.user.pk
    form = RecordForm(posted(request), instance=shown, is_own=is_own)
    if request.method == "POST" and form.is_valid():
        fields = [field for field in form.changed_data if field != "reason"]
        try:
            save_record(shown, fields=fields, reason=form.cleaned_data["reason"], by=request.user)
        except TermRefused as refusal:
            form.refuse(refusal.problems)
        else:
            messages.success(request, f"Đã lưu hồ sơ của {shown.full_name}.")
            return redirect("gradebook:person", shown.pk)
    context = {"shown": shown, "name": name, "form": form}
    return render(request, "gradebook/person_edit.html", context, status=422 if form.errors else 200)


@administrative
@require_http_methods(["GET", "HEAD", "POST"])
@password_asked("Giao chức vụ.", of=Action.APPOINT_HEAD, lasting=Lasting.ACCOUNTS)
def person_appoint(request: SignedInRequest, pk: int) -> HttpResponse:
    """Gives the person a post; the kinds offered are those that this user may give."""
    permissions.require(request.user, Action.APPOINT_HEAD)
    shown = get_object_or_404(User, pk=pk)
    permissions.require_another(request.user, shown)
    kinds = _kinds(request.user, shown)
    form = PostForm(posted(request), kinds=kinds, initial={"starts_on": today(), "team": shown.team_id})
    if request.method == "POST" and form.is_valid() and _appoint(request, form, shown):
        return redirect("gradebook:person", shown.pk)
    context = {"shown": shown, "form": form}
    return render(request, "gradebook/person_appoint.html", context, status=422 if form.errors else 200)


def _kinds(by: User, shown: User) -> list[str]:
    """The principal's post is handed over on its holder's page, never given beside."""
    return [
        kind
        for kind in Post.Kind.values
        if kind != Post.Kind.PRINCIPAL and posts.may_appoint(by, kind, shown)
    ]


def _appoint(request: SignedInRequest, form: PostForm, shown: User) -> bool:
    chosen = form.cleaned_data
    team = chosen["team"] if chosen["kind"] == Post.Kind.GRADE_HEAD else None
    try:
        post = appoint(
            shown,
            chosen["kind"],
            team=team,
            days=form.days,
            reason=chosen["reason"],
            within=school_days(),
            by=request.user,
        )
    except TermRefused as refusal:
        form.refuse(refusal.problems)
        return False
    messages.success(request, f"Đã giao: {shown.full_name}, {post.duty_label} {post.days.label}.")
    return True


def school_days() -> Days:
    """From the first day of the current year to the last of the years there are: where posts may begin."""
    years = SchoolYear.objects.order_by("-year")
    current = SchoolYear.objects.current()
    last = years.first()
    if current is None or last is None:
        return Days(today(), today())
    return Days(current.starts_on, last.ends_on)
