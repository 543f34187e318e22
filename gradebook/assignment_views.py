"""Who leads and teaches each class; giving, handing over, ending, taking back (PLAN III.1, IV.2)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions, posts
from accounts.clock import today
from accounts.confirmation import Lasting, password_asked
from accounts.idle_lock import administrative
from accounts.models import Post, User
from accounts.powers import Action, who_could
from accounts.requests import SignedInRequest, posted
from accounts.terms import TermRefused
from gradebook import assignments
from gradebook.class_lines import lines_of
from gradebook.models import SubjectLine
from gradebook.staff_forms import ActForm, AssignForm, EndForm, HandOverForm, StandInForm, UndoForm
from gradebook.staff_pages import KINDS, class_of, class_to_show, may_move, read_class
from gradebook.staff_views import school_days
from students.models import SchoolClass, SchoolYear

FORMS: dict[str, type[ActForm]] = {"hand-over": HandOverForm, "end": EndForm, "undo": UndoForm}
NEVER_WITHOUT = "Trường luôn có Hiệu trưởng: chức vụ này chỉ giao cho người khác, không kết thúc."
HEADINGS = {"hand-over": "Giao cho người khác", "end": "Kết thúc", "undo": "Bỏ phân công ghi nhầm"}


@require_safe
def class_staff(request: SignedInRequest) -> HttpResponse:
    """`?class=`: one class with its homeroom teacher and the teacher of each line, of the year `?year=`.

    `?teacher=` begins with a class of theirs and proposes them for what is empty.
    """
    permissions.require(request.user, Action.SEE_STAFF)
    year = _year_to_show(request.GET.get("year", ""))
    teacher = _teacher_to_propose(request.GET.get("teacher", ""))
    asked = request.GET.get("class", "") or (class_of(teacher) if teacher else "")
    classes, chosen = class_to_show(year, asked)
    is_over = year is not None and year.ends_on < today()
    context = {
        "year": year,
        "classes": classes,
        "chosen": chosen,
        "seats": read_class(chosen, by=request.user) if chosen else [],
        "may_assign": permissions.may(request.user, Action.ASSIGN) and not is_over,
        "is_over": is_over,
        "teacher": teacher,
    }
    return render(request, "gradebook/class_staff.html", context)


def _teacher_to_propose(asked: str) -> User | None:
    return User.objects.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 10 else None


def _year_to_show(asked: str) -> SchoolYear | None:
    """The year asked for, else the current one."""
    found = SchoolYear.objects.filter(pk=asked).first() if asked.isdecimal() and len(asked) == 4 else None
    return found or SchoolYear.objects.current()


@administrative
@require_http_methods(["GET", "HEAD", "POST"])
@password_asked("Phân công giáo viên.", of=Action.ASSIGN, lasting=Lasting.ACCOUNTS)
def seat(request: SignedInRequest, class_id: int, line_id: int = 0) -> HttpResponse:
    """Assigns a class to lead, or with `line_id` a line of it, to a teacher; `?teacher=` proposes one."""
    permissions.require(request.user, Action.ASSIGN)
    school_class = get_object_or_404(SchoolClass.objects.select_related("year"), pk=class_id)
    line = _line_of(school_class, line_id) if line_id else None
    initial = {
        "starts_on": max(today(), school_class.year.starts_on),
        "ends_on": school_class.year.ends_on,
        "teacher": request.GET.get("teacher", ""),
    }
    form = AssignForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid() and _assign(request, form, school_class, line):
        return redirect(_class_address(school_class))
    label = f"{line.line.name} lớp {school_class.name}" if line else f"Chủ nhiệm lớp {school_class.name}"
    context = {
        "school_class": school_class,
        "label": label,
        "form": form,
        "back": _class_address(school_class),
    }
    return render(request, "gradebook/seat.html", context, status=422 if form.errors else 200)


def _line_of(school_class: SchoolClass, line_id: int) -> SubjectLine:
    found = next((each for each in lines_of(school_class) if each.pk == line_id), None)
    if found is None:
        raise Http404(f"Lớp {school_class.name} không học môn này.")
    return found


def _assign(
    request: SignedInRequest, form: AssignForm, school_class: SchoolClass, line: SubjectLine | None
) -> bool:
    teacher = form.cleaned_data["teacher"]
    try:
        new = assignments.assign(
            teacher, school_class, line, days=form.days, reason=form.cleaned_data["reason"], by=request.user
        )
    except TermRefused as refusal:
        form.refuse(refusal.problems)
        return False
    messages.success(request, f"Đã phân công: {teacher.full_name}, {new.duty_label} {new.days.label}.")
    return True


@administrative
@require_http_methods(["GET", "HEAD", "POST"])
@password_asked("Giao việc của một người cho người dạy thay.", of=Action.ASSIGN, lasting=Lasting.ACCOUNTS)
def stand_in(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hands all classes and lines of a teacher to one substitute for some days."""
    permissions.require(request.user, Action.ASSIGN)
    teacher = get_object_or_404(User, pk=pk)
    permissions.require_another(request.user, teacher)
    form = StandInForm(posted(request), instead_of=teacher, initial={"starts_on": today()})
    if request.method == "POST" and form.is_valid() and _hand_over_all(request, form, teacher):
        return redirect("gradebook:person", teacher.pk)
    context = {"shown": teacher, "held": assignments.held_on(teacher, today()), "form": form}
    return render(request, "gradebook/stand_in.html", context, status=422 if form.errors else 200)


def _hand_over_all(request: SignedInRequest, form: StandInForm, teacher: User) -> bool:
    to = form.cleaned_data["to"]
    try:
        handed = assignments.hand_over_all(
            teacher, to=to, days=form.days, reason=form.cleaned_data["reason"], by=request.user
        )
    except TermRefused as refusal:
        form.refuse(refusal.problems)
        return False
    words = f"{to.full_name} làm thay {teacher.full_name} {form.days.label}"
    messages.success(request, f"{words}: {len(handed)} việc. Hết ngày đó mọi việc tự trở lại.")
    return True


@administrative
@require_http_methods(["GET", "HEAD", "POST"])
@password_asked("Thay đổi chức vụ, phân công.", of=Action.APPOINT_HEAD, lasting=Lasting.ACCOUNTS)
def duty(request: SignedInRequest, kind: str, pk: int, act: str) -> HttpResponse:
    """One act on one row: hand over, end, or undo what is to begin or began today."""
    term = get_duty(request, kind, pk)
    if act not in FORMS:
        raise Http404("Không có việc này.")
    is_principal = isinstance(term, Post) and term.kind == Post.Kind.PRINCIPAL
    if act == "end" and is_principal and not posts.may_give_back(request.user, term):
        raise permissions.Refused(NEVER_WITHOUT, who_could(Action.APPOINT))
    form = FORMS[act](posted(request), initial={"starts_on": max(today(), term.starts_on)})
    back = _back(term)
    if request.method == "POST" and form.is_valid() and _carry_out(request, form, term, act):
        return redirect(back)
    context = {
        "term": term,
        "form": form,
        "act": act,
        "heading": HEADINGS[act],
        "back": back,
        "is_principal": is_principal,
    }
    return render(request, "gradebook/duty.html", context, status=422 if form.errors else 200)


def get_duty(request: SignedInRequest, kind: str, pk: int) -> Any:
    """Fetch and check in one call. Raises Http404, PermissionDenied."""
    permissions.require(request.user, Action.APPOINT_HEAD if kind == "post" else Action.ASSIGN)
    if kind not in KINDS:
        raise Http404("Không có loại phân công này.")
    model = KINDS[kind]
    term: Any = get_object_or_404(model, pk=pk)
    if not may_move(request.user, term):
        permissions.require_another(request.user, term.person)
        raise permissions.Refused("Chức vụ này do Hiệu trưởng giao.", who_could(Action.APPOINT))
    return term


def _carry_out(request: SignedInRequest, form: ActForm, term: Any, act: str) -> bool:
    try:
        said = {"hand-over": _hand_over, "end": _end, "undo": _undo}[act](request, form, term)
    except TermRefused as refusal:
        form.refuse(refusal.problems)
        return False
    messages.success(request, said)
    if act == "hand-over" and form.days.first < today():
        messages.warning(
            request,
            f"Ghi lùi từ ngày {form.days.first:%d/%m/%Y}: đến lúc này quyền trong hệ thống vẫn ở người giữ trước, "
            "những gì đã ghi vẫn mang tên người ấy; lịch sử giữ thời điểm ghi phân công.",
        )
    return True


def _hand_over(request: SignedInRequest, form: ActForm, term: Any) -> str:
    to, reason = form.cleaned_data["to"], form.cleaned_data["reason"]
    if isinstance(term, Post):
        new: Any = posts.hand_over_post(
            term, to=to, days=form.days, reason=reason, within=school_days(), by=request.user
        )
    else:
        new = assignments.hand_over_assignment(term, to=to, days=form.days, reason=reason, by=request.user)
    if new.substitutes_for:
        return (
            f"{to.full_name} làm thay {new.substitutes_for.full_name}, {new.duty_label}, {new.days.label}; "
            "hết ngày đó việc tự trở lại."
        )
    return f"Đã giao {new.duty_label} cho {to.full_name} {new.days.label}."


def _end(request: SignedInRequest, form: ActForm, term: Any) -> str:
    chosen = form.cleaned_data
    act: Any = posts.end_post if isinstance(term, Post) else assignments.end_assignment
    act(term, last_day=chosen["last_day"], reason=chosen["reason"], by=request.user)
    return f"{term.person.full_name}: {term.duty_label} hết ngày {chosen['last_day']:%d/%m/%Y}."


def _undo(request: SignedInRequest, form: ActForm, term: Any) -> str:
    act: Any = posts.undo_post if isinstance(term, Post) else assignments.undo_assignment
    act(term, reason=form.cleaned_data["reason"], by=request.user)
    return f"Đã bỏ phân công: {term.person.full_name}, {term.duty_label}."


def _class_address(school_class: SchoolClass) -> str:
    return f"{reverse('gradebook:class_staff')}?year={school_class.year_id}&class={school_class.pk}"


def _back(term: Any) -> str:
    """The holder's page, from which the act was asked for."""
    return reverse("gradebook:person", args=[term.person_id])
