"""A decision on results, and its certificates, asked for with one click; a worker draws them (R46, R48)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import permissions
from accounts.confirmation import Lasting, require_password
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from gradebook.models import ResultsDecision
from reports.models import PrintJob
from reports.print_jobs import BookRefused, ask_for_paper
from students.models import SchoolClass

WHO_PRINTS = "Quyết định, giấy khen do văn thư, Ban giám hiệu in."


@require_POST
@limited("decision_print", times=60, minutes=10, what="in quyết định")
def decision_print(request: SignedInRequest, pk: int) -> HttpResponse:
    """Draft or issued; the page of the print hands it over when it is done."""
    return _ask(request, pk, PrintJob.Book.DECISION)


@require_POST
@limited("certificates_print", times=60, minutes=10, what="in giấy khen")
def certificates_print(request: SignedInRequest, pk: int) -> HttpResponse:
    """Of everybody in the decision, or of one class (`school_class`)."""
    return _ask(request, pk, PrintJob.Book.CERTIFICATES)


def _ask(request: SignedInRequest, pk: int, book: PrintJob.Book) -> HttpResponse:
    permissions.require(request.user, Action.PRINT_PAPERS, WHO_PRINTS)
    decision = get_object_or_404(ResultsDecision.objects.select_related("year", "school_class"), pk=pk)
    wanted = request.POST.get("school_class", "")
    school_class = None
    if book == PrintJob.Book.CERTIFICATES and wanted.isdecimal() and len(wanted) < 10:
        classes = SchoolClass.objects.filter(year=decision.year).select_related("year")
        school_class = get_object_or_404(classes, pk=int(wanted))
    about = f"In {book.label.lower()}: {decision}, {decision.title}, năm học {decision.year.label}."
    require_password(request, about, lasting=Lasting.EXPORTS)
    try:
        job = ask_for_paper(decision, book=book, school_class=school_class, by=request.user)
    except BookRefused as refusal:
        messages.error(request, refusal.message)
        return redirect("gradebook:decision", pk)
    page = reverse("reports:print_job", args=[job.pk])
    log_access(request, AccessLogEntry.Kind.PRINT_ASKED, target=job.title, target_path=page)
    return redirect(f"{page}?take=1")
