"""Own books and slips: the page that asks for them, for the clerk and for the teachers themselves (rule R76)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts import permissions
from accounts.background import has_live_worker
from accounts.confirmation import Lasting, require_password
from accounts.models import AccessLogEntry, User
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from gradebook.regulation import Period
from reports.models import PrintJob
from reports.own_print_forms import OwnBookForm, SlipsForm, Whom
from reports.periods_so_far import in_sentence
from reports.print_jobs import IN_PARTS, BookRefused, ask_for_own_books, ask_for_slips, progress_of
from reports.print_views import PRINTS_A_PAGE, latest_period, prints_for_showing, year_in_view
from reports.sheet_holders import sheets_held, teachers_of
from students.models import SchoolClass, SchoolYear

WHO = "Sổ cá nhân do giáo viên in sổ của mình, văn thư in cho mọi giáo viên."
NOBODY = "Không có giáo viên nào phụ trách sổ ở đây vào thời điểm này: xem lại phân công, hoặc chọn thời điểm khác."


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the person may ask for in a year: own books of these teachers, slips of these classes."""

    year: SchoolYear | None
    teachers: Sequence[User]
    book_classes: Sequence[SchoolClass]
    slip_classes: Sequence[SchoolClass]

    def book_form(self, data: object = None, **initial: str) -> OwnBookForm:
        return OwnBookForm(data, teachers=self.teachers, classes=self.book_classes, initial=initial)

    def slips_form(self, data: object = None, **initial: str) -> SlipsForm:
        return SlipsForm(data, classes=self.slip_classes, initial=initial)


@require_safe
def own_prints(request: SignedInRequest) -> HttpResponse:
    """What the person may print of own books and slips in a year (?year=2025, else the current one), and the prints."""
    desk = _desk(request)
    period = latest_period(desk.year)
    return _page(request, desk, desk.book_form(period=period), desk.slips_form(period=period))


@require_POST
@limited("print_ask", times=300, minutes=10, what="đặt in")
def own_book_print(request: SignedInRequest) -> HttpResponse:
    """The own book of one teacher, or of all teachers of a class or grade, one file each."""
    desk = _desk(request)
    form = desk.book_form(request.POST)
    if form.is_valid() and desk.year is not None:
        period = form.cleaned_data["period"]
        teachers = _teachers(desk.year, period, form.cleaned_data["whom"])
        if not teachers:
            form.add_error("whom", NOBODY)
        else:
            names = teachers[0].full_name if len(teachers) == 1 else f"{len(teachers)} giáo viên"
            when = f"{in_sentence(period)} năm học {desk.year.label}"
            about = f"Đặt in sổ THKQGD cá nhân {when} của {names}, tất cả học sinh trong sổ."
            require_password(request, about, lasting=Lasting.EXPORTS)
            try:
                jobs = ask_for_own_books(teachers, year=desk.year, period=period, by=request.user)
            except BookRefused as refusal:
                form.add_error(refusal.field, refusal.message)
            else:
                for job in jobs:
                    _log(request, job)
                messages.success(request, f"Đã đặt in sổ THKQGD cá nhân của {names}.")
                return redirect(*_where(jobs))
    return _page(request, desk, form, desk.slips_form(period=latest_period(desk.year)), status=422)


@require_POST
@limited("print_ask", times=300, minutes=10, what="đặt in")
def slips_print(request: SignedInRequest) -> HttpResponse:
    """The slips of a class at a period, one pupil after the other in one file; or that of one pupil (`student`)."""
    permissions.require_anywhere(
        request.user, Action.PRINT_SLIPS, "Phiếu kết quả do giáo viên chủ nhiệm của lớp hoặc văn thư in."
    )
    desk = _desk(request)
    form = desk.slips_form(request.POST)
    if form.is_valid():
        school_class, period = form.cleaned_data["school_class"], form.cleaned_data["period"]
        student = form.cleaned_data["student"]
        whose = f"em {student.full_name}, lớp {school_class.name}" if student else f"lớp {school_class.name}"
        all_of = "" if student else "tất cả học sinh "
        about = f"Đặt in phiếu kết quả {in_sentence(period)} năm học {school_class.year.label} của {all_of}{whose}."
        require_password(request, about, lasting=Lasting.EXPORTS)
        try:
            job = ask_for_slips(school_class=school_class, period=period, student=student, by=request.user)
        except BookRefused as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            _log(request, job)
            messages.success(request, f"Đã đặt in phiếu kết quả {'của ' if student else ''}{whose}.")
            return redirect(*_where([job]))
    return _page(request, desk, desk.book_form(period=latest_period(desk.year)), form, status=422)


def _desk(request: SignedInRequest) -> _Desk:
    """Four statements at most. Raises Refused for who teaches nothing and is not the clerk."""
    user = request.user
    permissions.require_anywhere(user, Action.PRINT_OWN_BOOK, WHO)
    years = list(SchoolYear.objects.all())
    year = year_in_view(request, years)
    prints_for_all = permissions.may(user, Action.PRINT_OWN_BOOK)
    reach = permissions.reach_of(user, Action.PRINT_SLIPS)
    own = SchoolClass.objects.filter(reach.condition(), year=year).select_related("year")
    slip_classes = list(own.order_by("grade_level", "name"))
    if not prints_for_all:
        return _Desk(year, [user], (), slip_classes)
    held = Q(teaching_assignments__school_class__year=year) | Q(homeroom_assignments__school_class__year=year)
    teachers = list(User.objects.filter(held).distinct().order_by("sort_key", "pk"))
    return _Desk(year, teachers, slip_classes, slip_classes)


def _teachers(year: SchoolYear, period: Period, whom: Whom) -> list[User]:
    """Who has an own book there at the period; five statements, one for a single teacher."""
    kind, number = whom
    if kind == "gv":
        return [User.objects.get(pk=number)]
    which = Q(pk=number) if kind == "lop" else Q(grade_level=number)
    classes = SchoolClass.objects.filter(which, year=year).values_list("pk", flat=True)
    return teachers_of(sheets_held(year, period, classes=list(classes)))


def _log(request: SignedInRequest, job: PrintJob) -> None:
    page = reverse("reports:print_job", args=[job.pk])
    log_access(request, AccessLogEntry.Kind.PRINT_ASKED, target=job.title, target_path=page)


def _where(jobs: Sequence[PrintJob]) -> tuple[str, ...]:
    """To the print; of several to their list."""
    if len(jobs) == 1:
        return ("reports:print_job", str(jobs[0].pk))
    return (f"{reverse('reports:own_prints')}?year={jobs[0].year_id}",)


def _page(
    request: SignedInRequest, desk: _Desk, book_form: OwnBookForm, slips_form: SlipsForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "year": desk.year,
        "book_form": book_form,
        "slips_form": slips_form,
        "prints_for_all": bool(desk.book_classes),
        "may_print_slips": bool(desk.slip_classes),
        **_prints(request, desk),
    }
    return render(request, "reports/own_prints.html", context, status=status)


def _prints(request: SignedInRequest, desk: _Desk) -> dict[str, object]:
    """The own books and slips that the person may open."""
    own = Q(school_year=desk.year, teacher__in=desk.teachers) | Q(school_class__in=desk.slip_classes)
    page = Paginator(prints_for_showing().filter(own, book__in=IN_PARTS), PRINTS_A_PAGE).get_page(
        request.GET.get("page")
    )
    alive = has_live_worker()
    return {"page": page, "rows": [progress_of(job, worker_is_alive=alive) for job in page]}
