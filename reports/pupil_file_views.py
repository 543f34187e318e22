"""The học bạ or slip of one pupil as a file: asked for by itself, or out of a finished book, one or all together."""

import io

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import permissions
from accounts.confirmation import Lasting, require_password
from accounts.file_answers import file_to_save
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from reports.batch_views import file_stem, get_batch, log_batch
from reports.models import PrintBatch, PrintJob
from reports.print_jobs import WHO_PRINTS, BookRefused, ask_for_transcript
from reports.print_views import file_name, get_print
from reports.pupil_files import (
    PupilFile,
    ask_for_batch_zip,
    batch_zip,
    class_zip,
    has_pupil_files,
    pupil_pdf,
    pupils_of,
    what_of,
)
from reports.signed_files import CertificateUnusable
from students.models import SchoolClass, Student

ZIP = "application/zip"
NOT_THERE = "Bản in này không có tệp riêng của từng em: chưa xong, hoặc in bằng phiên bản trước."
FILE_GONE = "Tệp của bản in không còn trên máy chủ. Hãy đặt in lại."


@require_POST
@limited("print_ask", times=300, minutes=10, what="đặt in")
def ask_for_pupil(request: SignedInRequest, pk: int) -> HttpResponse:
    """From the pupil's page, up to the class that it names; the page of the print hands it over when it is done."""
    permissions.require(request.user, Action.PRINT_BOOKS, WHO_PRINTS)
    student = get_object_or_404(Student, pk=pk)
    school_class = _class_of(request, student)
    until = f"đến năm học {school_class.year.label}"
    about = f"In học bạ của em {student.full_name}: hồ sơ, kết quả các năm học của em, {until}."
    require_password(request, about, lasting=Lasting.EXPORTS)
    try:
        job = ask_for_transcript(student, school_class=school_class, by=request.user)
    except BookRefused as refusal:
        messages.error(request, refusal.message)
        return redirect("students:pupil", pk)
    page = reverse("reports:print_job", args=[job.pk])
    log_access(
        request,
        AccessLogEntry.Kind.PRINT_ASKED,
        target=f"Học bạ của em {student.full_name}",
        target_path=page,
    )
    return redirect(f"{page}?take=1")


def _class_of(request: SignedInRequest, student: Student) -> SchoolClass:
    """The class posted, else where the pupil sat last. Raises Http404."""
    sat = SchoolClass.objects.filter(enrolments__student=student).select_related("year").order_by("-year_id")
    number = request.POST.get("school_class", "")
    if number.isdecimal() and len(number) < 10:
        sat = sat.filter(pk=int(number))
    found = sat.first()
    if found is None:
        raise Http404(f"Em {student.full_name} không có tên ở lớp ấy.")
    return found


@require_safe
@limited("print_file", times=300, minutes=10, what="tải bản in")
def pupil_file(request: SignedInRequest, pk: int, place: int) -> HttpResponseBase:
    """Of the pupil at this place in the book of a class."""
    job = _book(request, pk)
    pupils = pupils_of(job)
    if not 1 <= place <= len(pupils):
        raise Http404("Sổ này không có học sinh ở vị trí ấy.")
    wanted = pupils[place - 1]
    name = wanted.file_name(job)
    require_password(request, f"Tải về {what_of(job)} của em {_called(wanted)}.", lasting=Lasting.EXPORTS)
    try:
        content = pupil_pdf(job, wanted, pupils)
    except FileNotFoundError as gone:
        raise Http404(FILE_GONE) from gone
    except CertificateUnusable as fault:
        return _not_signed(request, job, fault)
    _log(request, job, name)
    return file_to_save(io.BytesIO(content), name, "application/pdf")


@require_safe
@limited("class_files", times=60, minutes=10, what="tải bản in")
def class_files(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Of all pupils of a class, as a ZIP."""
    job = _book(request, pk)
    name = f"{file_name(job).removesuffix('.pdf')}-tung-em.zip"
    require_password(request, f"Tải về {name}: {what_of(job)} từng em của lớp.", lasting=Lasting.EXPORTS)
    try:
        packed = class_zip(job)
    except FileNotFoundError as gone:
        raise Http404(FILE_GONE) from gone
    except CertificateUnusable as fault:
        return _not_signed(request, job, fault)
    _log(request, job, name)
    return file_to_save(packed.open("rb"), name, ZIP)


@require_http_methods(["GET", "HEAD", "POST"])
@limited("class_files", times=60, minutes=10, what="tải bản in")
def batch_files(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Of all pupils of a batch: POST has a worker make the ZIP, GET takes it once it is there."""
    batch = get_batch(request.user, pk)
    if batch.state != PrintBatch.State.DONE or batch.book != PrintBatch.Book.TRANSCRIPTS:
        raise Http404(NOT_THERE)
    if request.method == "POST":
        try:
            ask_for_batch_zip(batch)
        except CertificateUnusable as fault:
            messages.error(request, str(fault))
        return redirect("reports:batch", pk)
    packed = batch_zip(batch)
    if not packed.exists():
        raise Http404(
            "Tệp từng em của đợt in này chưa được chuẩn bị: bấm «Chuẩn bị tệp từng em» ở trang của đợt."
        )
    name = f"{file_stem(batch)}-tung-em.zip"
    require_password(request, f"Tải về {name}: học bạ từng em {batch.scope}.", lasting=Lasting.EXPORTS)
    log_batch(request, AccessLogEntry.Kind.PRINT_DOWNLOADED, batch, detail=name)
    return file_to_save(packed.open("rb"), name, ZIP)


def _not_signed(request: SignedInRequest, job: PrintJob, fault: CertificateUnusable) -> HttpResponse:
    messages.error(request, str(fault))
    return redirect("reports:print_job", job.pk)


def _book(request: SignedInRequest, pk: int) -> PrintJob:
    job = get_print(request.user, pk)
    if not has_pupil_files(job):
        raise Http404(NOT_THERE)
    return job


def _called(wanted: PupilFile) -> str:
    return wanted.name or wanted.code


def _log(request: SignedInRequest, job: PrintJob, name: str) -> None:
    page = reverse("reports:print_job", args=[job.pk])
    kind = AccessLogEntry.Kind.PRINT_DOWNLOADED
    log_access(request, kind, target=job.title, target_path=page, detail=name)
