"""Pages of the prints: the list with its form, one print with its progress, the finished file."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, F, Q, QuerySet, When
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.background import has_live_worker
from accounts.clock import now_in_sql
from accounts.confirmation import Lasting, require_password
from accounts.disks import files_have_no_room
from accounts.models import AccessLogEntry, User
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from gradebook.models import EntryWindow
from gradebook.regulation import Period, year_label
from reports.amended_papers import amended_of_job
from reports.batch_progress import latest_batches
from reports.changed_slips import marked
from reports.models import PrintBatch, PrintJob
from reports.other_work import other_work_in_hand
from reports.outdated import with_changes
from reports.paper_wishes import PaperWish
from reports.periods_so_far import in_sentence
from reports.print_batches import ask_for_batch
from reports.print_control import may_control
from reports.print_forms import AskForBookForm, CopiesForm, ManyClasses
from reports.print_jobs import (
    IN_PARTS,
    WHO_PRINTS,
    BookRefused,
    Progress,
    ask_for_book,
    progress_of,
    with_life,
)
from reports.print_register import copies_of, may_note
from reports.printed_files import file_for_the_printer, page_of
from reports.pupil_files import has_pupil_files, pupils_of
from reports.reprint_tasks import stale_books, stale_papers
from reports.signed_files import signature_words
from reports.superseded import requests_after, superseded_by
from students.models import SchoolClass, SchoolYear
from students.names import file_words

PRINTS_A_PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@limited("print_ask", times=300, minutes=10, what="đặt in", methods=("POST",))
def prints(request: SignedInRequest) -> HttpResponse:
    """The books of a year (?year=2025, else the current one), and for the clerk the form that asks for one."""
    _require_may_see(request.user)
    if request.method == "POST":
        permissions.require(request.user, Action.PRINT_BOOKS, WHO_PRINTS)
    years = list(SchoolYear.objects.all())
    year = year_in_view(request, years)
    classes = list(SchoolClass.objects.filter(year=year).select_related("year")) if year else []
    form = AskForBookForm(request.POST or None, classes=classes, initial=_first_choice(year))
    if request.method == "POST" and form.is_valid():
        require_password(request, _about_printing(form, year), lasting=Lasting.EXPORTS)
        asked = _ask(request, form, year)
        if asked is not None:
            return redirect(page_of(asked))
    context = {
        "years": years,
        "year": year,
        "form": form,
        "may_print": permissions.may(request.user, Action.PRINT_BOOKS),
        "old_pages": stale_books(year),
        "old_papers": stale_papers(year),
        "may_print_papers": permissions.may(request.user, Action.PRINT_PAPERS),
        **_list_context(request, year),
    }
    return render(request, "reports/prints.html", context, status=422 if form.errors else 200)


@require_safe
def print_job(request: SignedInRequest, pk: int) -> HttpResponse:
    """One print. Asked by htmx for its progress, a change of phase makes the whole page come anew."""
    job = get_print(request.user, pk)
    if not request.htmx:
        return page_of_print(request, job, CopiesForm())
    progress = progress_of(job, worker_is_alive=has_live_worker())
    context = {
        "job": job,
        "progress": progress,
        "other_work": _other_work(progress),
        "is_without_room": files_have_no_room(),
    }
    answer = render(request, "reports/_print_progress.html", context)
    if request.GET.get("seen") != progress.phase:
        answer["HX-Refresh"] = "true"
    return answer


def page_of_print(
    request: SignedInRequest, job: PrintJob, form: CopiesForm, *, status: int = 200
) -> HttpResponse:
    """The whole page of a print, with the form for its paper copies; `job` comes from `get_print`."""
    progress = progress_of(job, worker_is_alive=has_live_worker())
    is_done = progress.phase == "done"
    own = superseded_by(requests_after(job)) if is_done and not (job.decision or job.paper) else []
    context = {
        "job": job,
        "progress": progress,
        "other_work": _other_work(progress),
        "is_without_room": files_have_no_room(),
        "wish": PaperWish(**job.paper) if job.paper else None,
        "may_print": may_control(job, request.user),
        "sees_all": permissions.may(request.user, Action.SEE_PRINTS),
        # Whoever asked for one file with one click gets it without a second.
        "is_taken": "take" in request.GET and is_done and job.asked_by == request.user,
        "old_pages": [row for row in own if row.job == job],
        "old_papers": amended_of_job(job) if is_done else [],
        **_about_paper(request.user, job, form),
    }
    return render(request, "reports/print_job.html", context, status=status)


def _other_work(progress: Progress) -> str:
    return other_work_in_hand() if progress.phase == "waiting" else ""


def _about_paper(user: User, job: PrintJob, form: CopiesForm) -> dict[str, object]:
    """The files of a finished book's pupils, and the paper copies made of it."""
    if job.state != PrintJob.State.DONE:
        return {}
    files = pupils_of(job) if has_pupil_files(job) else []
    if files and job.book == PrintJob.Book.SLIPS and job.is_outdated:  # type: ignore[attr-defined]
        files = marked(job, files)
    return {
        "signature": signature_words(job),
        "pupil_files": files,
        "files_changed": [each for each in files if each.is_changed],
        "copies": copies_of(job),
        "copies_form": form,
        "may_note": may_note(job, user),
    }


@require_safe
@limited("print_file", times=300, minutes=10, what="tải bản in")
def print_file(request: SignedInRequest, pk: int) -> FileResponse:
    """The finished PDF, never before it is whole and checked; who took it is logged."""
    job = get_print(request.user, pk)
    whose = "" if job.paper and not job.paper["tells_of_pupils"] else _whose(job)
    return file_for_the_printer(request, job, file_name(job), whose=whose)


def get_print(user: User, pk: int) -> PrintJob:
    """Fetch and check in one call; with `is_in_hand` and `is_outdated`. Raises PermissionDenied, Http404."""
    job = prints_for_showing().filter(pk=pk).first()
    if job is None or not may_open(user, job):
        _require_may_see(user)
    if job is None:
        raise Http404("Không có bản in này.")
    return job


def may_open(user: User, job: PrintJob) -> bool:
    """The office every print; a teacher the own book, a homeroom teacher the slips of the class; a report or list
    whoever may see the same on its page."""
    is_for_others = job.book in (*IN_PARTS, PrintJob.Book.REPORT)
    return permissions.may(user, Action.SEE_PRINTS) or (is_for_others and may_control(job, user))


def prints_for_showing() -> QuerySet[PrintJob]:
    rows = PrintJob.objects.select_related(
        *("school_class__year", "asked_by", "movement__student", "correction", "student"),
        *("decision__year", "decision__school_class", "cancelled_by", "batch__year"),
        *("teacher", "school_year"),
    )
    return with_changes(with_life(rows))


def file_name(job: PrintJob) -> str:
    """The download's name in plain letters, with the print's number: THKQGD-4A-CHKI-2026-2027-ban-in-18.pdf."""
    if job.paper:
        return f"{job.paper['name']}-ban-in-{job.pk}.pdf"
    year = year_label(job.year_id).replace(" ", "")
    class_name = file_words(job.school_class.name).upper() if job.school_class else "toan-truong"
    kind = [_FILE_WORDS[PrintJob.Book(job.book)], class_name]
    if job.movement:
        kind = ["HoSoChuyenTruong", file_words(job.movement.student.full_name)]
    elif job.student:
        period = [job.period] if job.book == PrintJob.Book.SLIPS else []
        kind += [*period, file_words(job.student.full_name)]
    elif job.teacher:
        kind = ["THKQGD-ca-nhan", file_words(job.teacher.full_name), job.period]
    elif job.book in (PrintJob.Book.CLASS_TABLE, PrintJob.Book.SLIPS):
        kind.append(job.period)
    if job.decision and job.decision.number:
        kind.append(file_words(job.decision.number))
    preview = ["du-thao" if job.decision else "xem-truoc"] if job.is_preview else []
    changed = [f"trang-thay-phieu-{job.correction.number}"] if job.correction else []
    return "-".join([*kind, year, *changed, *preview, "ban-in", str(job.pk)]) + ".pdf"


_FILE_WORDS = {
    PrintJob.Book.CLASS_TABLE: "THKQGD",
    PrintJob.Book.TRANSCRIPTS: "HocBa",
    PrintJob.Book.SLIPS: "PhieuKetQua",
    PrintJob.Book.OWN_BOOK: "THKQGD-ca-nhan",
    PrintJob.Book.TRANSFER_PACK: "HoSoChuyenTruong",
    PrintJob.Book.DECISION: "QuyetDinh",
    PrintJob.Book.CERTIFICATES: "GiayKhen",
}


def _whose(job: PrintJob) -> str:
    pupil = job.student or (job.movement and job.movement.student)
    if pupil:
        return f"em {pupil.full_name}"
    if job.teacher:
        return f"các lớp của {job.teacher.full_name}"
    return f"cả lớp {job.school_class.name}" if job.school_class else "các lớp của trường"


def _require_may_see(user: User) -> None:
    permissions.require(user, Action.SEE_PRINTS, "Sổ và học bạ đã in chỉ mở cho văn thư và Ban giám hiệu.")


def _about_printing(form: AskForBookForm, year: SchoolYear | None) -> str:
    book, target = PrintJob.Book(form.cleaned_data["book"]), form.cleaned_data["school_class"]
    is_transcripts = book == PrintJob.Book.TRANSCRIPTS
    period = "" if is_transcripts else f" {in_sentence(form.cleaned_data['period'])}"
    when = f"{period} năm học {year.label}" if year else period
    if isinstance(target, ManyClasses):
        kind = "học bạ" if is_transcripts else "sổ THKQGD"
        return f"Đặt in {kind} {target.words}{when}, tất cả các lớp, tất cả học sinh."
    return f"Đặt in {book.label[0].lower()}{book.label[1:]} {target.name}{when}, tất cả học sinh của lớp."


def _ask(
    request: SignedInRequest, form: AskForBookForm, year: SchoolYear | None
) -> PrintJob | PrintBatch | None:
    target = form.cleaned_data["school_class"]
    asked: PrintJob | PrintBatch
    try:
        if isinstance(target, ManyClasses) and year is not None:
            wanted = {"book": form.cleaned_data["book"], "period": form.cleaned_data["period"]}
            asked = ask_for_batch(**wanted, year=year, grade_level=target.grade_level, by=request.user)
            said = f"{asked.get_book_display()} {asked.scope}"
        else:
            asked = ask_for_book(**form.cleaned_data, by=request.user)
            said = f"{asked.get_book_display()} {target.name}"
    except BookRefused as refusal:
        form.add_error(refusal.field, refusal.message)
        return None
    log_access(request, AccessLogEntry.Kind.PRINT_ASKED, target=asked.title, target_path=page_of(asked))
    messages.success(request, f"Đã đặt in {said[0].lower()}{said[1:]}.")
    return asked


def year_in_view(request: SignedInRequest, years: list[SchoolYear]) -> SchoolYear | None:
    wanted = request.GET.get("year", "")
    chosen = next((year for year in years if str(year.pk) == wanted), None)
    return chosen or SchoolYear.objects.current()


def _first_choice(year: SchoolYear | None) -> dict[str, str]:
    """The class book of the period that is open for the whole school, else of the one opened last."""
    return {"book": PrintJob.Book.CLASS_TABLE, "period": latest_period(year)}


def latest_period(year: SchoolYear | None) -> str:
    """The period that is open for the whole school, else the one opened last. One statement."""
    now = now_in_sql()
    of_school = EntryWindow.objects.of_all_sheets().filter(
        year=year,
        period__in=list(Period),
        grade_level=None,
        school_class=None,
        opens_at__lte=now,
        closes_at__gt=F("opens_at"),
    )
    is_over = Case(When(closes_at__lte=now, then=1), default=0)
    opened = of_school.order_by(is_over, "-opens_at").values_list("period", flat=True)
    return opened.first() or Period.MID_TERM_1


def _list_context(request: SignedInRequest, year: SchoolYear | None) -> dict[str, object]:
    of_year = Q(school_class__year=year) | Q(decision__year=year) | Q(school_year=year)
    wanted = prints_for_showing().filter(of_year, batch=None)
    page = Paginator(wanted, PRINTS_A_PAGE).get_page(request.GET.get("page"))
    worker_is_alive = has_live_worker()
    rows = [progress_of(job, worker_is_alive=worker_is_alive) for job in page]
    return {
        "page": page,
        "rows": rows,
        "worker_is_alive": worker_is_alive,
        "batches": latest_batches(year, worker_is_alive=worker_is_alive),
    }
