"""Named groups and who belongs to them from when to when (PLAN IV.2)."""

from django.contrib import messages
from django.contrib.auth.models import Group
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import permissions
from accounts.clock import today
from accounts.confirmation import Lasting, password_asked
from accounts.groups import add_member, end_membership, make_group
from accounts.idle_lock import administrative
from accounts.models import Grant, GroupMembership
from accounts.powers import Action
from accounts.requests import SignedInRequest, posted
from accounts.terms import TermRefused
from gradebook.grant_forms import GroupForm, MemberForm, named_groups
from students.models import SchoolYear


@administrative
@require_http_methods(["GET", "HEAD", "POST"])
@password_asked("Lập nhóm được cấp quyền.", of=Action.GRANT, lasting=Lasting.ACCOUNTS)
def groups(request: SignedInRequest) -> HttpResponse:
    """The groups with how many belong to them, and a form for a new one."""
    permissions.require(request.user, Action.GRANT)
    form = GroupForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = make_group(name=form.cleaned_data["name"], by=request.user)
        except TermRefused as refusal:
            form.refuse(refusal.problems)
        else:
            messages.success(request, f"Đã lập nhóm «{made.name}». Thêm người vào nhóm ở đây.")
            return redirect("gradebook:group", made.pk)
    still = Q(memberships__ends_on__isnull=True) | Q(memberships__ends_on__gte=today())
    context = {"groups": named_groups().annotate(members=Count("memberships", filter=still)), "form": form}
    return render(request, "gradebook/groups.html", context, status=422 if form.errors else 200)


@administrative
@require_http_methods(["GET", "HEAD", "POST"])
@password_asked("Thêm người vào nhóm được cấp quyền.", of=Action.GRANT, lasting=Lasting.ACCOUNTS)
def group(request: SignedInRequest, pk: int) -> HttpResponse:
    """Members, what the group has been granted, and a form to add somebody."""
    permissions.require(request.user, Action.GRANT)
    shown = get_object_or_404(named_groups(), pk=pk)
    year = SchoolYear.objects.current()
    initial = {"starts_on": today(), "ends_on": year.ends_on if year else None}
    form = MemberForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid() and year and _add(request, form, shown, year):
        return redirect("gradebook:group", shown.pk)
    memberships = GroupMembership.objects.filter(group=shown).exclude(ends_on__lt=today())
    context = {
        "group": shown,
        "memberships": memberships.select_related("member").order_by("member__sort_key", "starts_on"),
        "grants": Grant.objects.filter(group=shown).still_to_end(today()),
        "form": form,
    }
    return render(request, "gradebook/group.html", context, status=422 if form.errors else 200)


def _add(request: SignedInRequest, form: MemberForm, shown: Group, year: SchoolYear) -> bool:
    member = form.cleaned_data["member"]
    try:
        add_member(group=shown, member=member, days=form.days, within=year.days, by=request.user)
    except TermRefused as refusal:
        form.refuse(refusal.problems)
        return False
    messages.success(request, f"Đã thêm {member.full_name} vào nhóm {form.days.label}.")
    return True


@administrative
@require_POST
@password_asked("Đưa một người ra khỏi nhóm.", of=Action.GRANT, lasting=Lasting.ACCOUNTS)
def group_leave(request: SignedInRequest, pk: int) -> HttpResponse:
    """Takes somebody out of a group."""
    membership = get_object_or_404(GroupMembership.objects.select_related("member"), pk=pk)
    end_membership(membership, by=request.user)
    messages.success(request, f"{membership.member.full_name} không còn trong nhóm.")
    return redirect("gradebook:group", membership.group_id)
