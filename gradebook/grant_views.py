"""What is opened beyond posts: the list, a new grant with its preview, withdrawing (PLAN IV.2)."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.clock import today
from accounts.confirmation import Lasting, password_asked
from accounts.grants import GrantRefused, grant, members_of, opens, problems_of, withdraw
from accounts.idle_lock import administrative
from accounts.models import Grant, User
from accounts.powers import Action
from accounts.requests import SignedInRequest, posted
from gradebook.grant_forms import GrantForm, WithdrawForm
from students.models import SchoolYear

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A grant with the state it has today; `may_withdraw` by whoever looks on."""

    grant: Grant
    word: str
    kind: str
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """Exactly what a grant would open, and to whom."""

    headline: str
    opens: list[str]
    members: list[str]


@administrative
@require_safe
def grants(request: SignedInRequest) -> HttpResponse:
    """Those in force and to come; `?show=past` those that are over."""
    permissions.require(request.user, Action.GRANT)
    shows_past = request.GET.get("show") == "past"
    rows = Grant.objects.select_related("person", "team", "group", "granted_by", "withdrawn_by")
    still = Grant.objects.still_to_end(today())
    rows = rows.exclude(pk__in=still) if shows_past else rows.filter(pk__in=still)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": [_line(each, request.user) for each in page.object_list],
        "shows_past": shows_past,
    }
    return render(request, "gradebook/grants.html", context)


def _line(given: Grant, by: User) -> GrantLine:
    if given.withdrawn_at:
        return GrantLine(given, "Đã thu hồi", "refused", may_withdraw=False)
    if given.ends_on < today():
        return GrantLine(given, "Đã hết hạn", "neutral", may_withdraw=False)
    may_withdraw = given.person_id != by.pk
    if given.starts_on > today():
        return GrantLine(given, "Sắp có hiệu lực", "waiting", may_withdraw)
    return GrantLine(given, "Đang có hiệu lực", "open", may_withdraw)


@administrative
@require_http_methods(["GET", "HEAD", "POST"])
@password_asked("Cấp quyền xem ngoài chức vụ.", of=Action.GRANT, lasting=Lasting.ACCOUNTS)
def grant_new(request: SignedInRequest) -> HttpResponse:
    """Form → preview of exactly what it opens → granted. `?person=` proposes whom."""
    permissions.require(request.user, Action.GRANT)
    year = SchoolYear.objects.current()
    if year is None:
        return render(request, "gradebook/grant_new.html", {"form": None})
    if request.method != "POST":
        initial = {"starts_on": today(), "grantee": f"person:{request.GET.get('person', '')}"}
        form = GrantForm(initial=initial, year=year, by=request.user)
        return render(request, "gradebook/grant_new.html", {"form": form})
    form = GrantForm(request.POST, year=year, by=request.user)
    if not _stands(form, year, request.user):
        return render(request, "gradebook/grant_new.html", {"form": form}, status=422)
    if "give" in request.POST and request.POST.get("previewed") == form.fingerprint():
        return _give(request, form, year)
    context = {
        "form": form,
        "preview": _preview(form),
        "fingerprint": form.fingerprint(),
        "was_changed": "give" in request.POST,
    }
    return render(request, "gradebook/grant_new.html", context)


def _stands(form: GrantForm, year: SchoolYear, by: User) -> bool:
    """Whether the grant could be made as it is typed; else every reason stands at its field."""
    if not form.is_valid():
        return False
    problems = problems_of(
        to=form.to,
        target=form.target,
        days=form.days,
        reason=form.cleaned_data["reason"],
        within=year.days,
        by=by,
    )
    form.refuse(problems)
    return not problems


def _give(request: SignedInRequest, form: GrantForm, year: SchoolYear) -> HttpResponse:
    try:
        given = grant(
            to=form.to,
            target=form.target,
            days=form.days,
            reason=form.cleaned_data["reason"],
            within=year.days,
            by=request.user,
        )
    except GrantRefused as refusal:
        form.refuse(refusal.problems)
        return render(request, "gradebook/grant_new.html", {"form": form}, status=422)
    messages.success(request, f"Đã cấp cho {given.grantee}: {given.target_name}, {given.days.label}.")
    return redirect("gradebook:grants")


def _preview(form: GrantForm) -> Preview:
    return Preview(
        headline=f"{form.to} được xem {form.days.label}, không được nhập hay sửa:",
        opens=opens(form.target),
        members=[] if isinstance(form.to, User) else members_of(form.to),
    )


@administrative
@require_http_methods(["GET", "HEAD", "POST"])
@password_asked("Thu hồi quyền đã cấp.", of=Action.GRANT, lasting=Lasting.ACCOUNTS)
def grant_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ends a grant now, with a reason."""
    permissions.require(request.user, Action.GRANT)
    given = get_object_or_404(Grant.objects.select_related("person", "team", "group", "granted_by"), pk=pk)
    form = WithdrawForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            withdraw(given, reason=form.cleaned_data["reason"], by=request.user)
        except GrantRefused as refusal:
            form.refuse(refusal.problems)
        else:
            messages.success(request, f"Đã thu hồi quyền của {given.grantee}: {given.target_name}.")
            return redirect("gradebook:grants")
    context = {"line": _line(given, request.user), "form": form}
    return render(request, "gradebook/grant_withdraw.html", context, status=422 if form.errors else 200)
