"""Consents: the classes and what is missing, the slips of one class in one table, the story of one pupil (rule R66)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.clock import today
from accounts.models import AccessLogEntry, User
from accounts.powers import Action
from accounts.refusals import log_access
from accounts.requests import SignedInRequest, posted
from approvals.consent_forms import SlipsForm, WordForm
from approvals.data_consents import (
    WHO_RECORDS,
    WHO_SEES,
    ConsentClash,
    Recorded,
    WordClash,
    pupil_consents,
    read_classes,
    record_slips,
    record_word,
)
from approvals.data_purposes import purposes_to_agree_to
from approvals.data_refusals import DataRefused, RowsRefused
from approvals.models import Consent, ProcessingPurpose
from students.models import Enrolment, SchoolClass, SchoolYear, Student


@never_cache
@require_safe
def consents(request: SignedInRequest) -> HttpResponse:
    """How far the slips of this year's classes are, of those that the person may see. Five statements."""
    permissions.require_anywhere(request.user, Action.SEE_CONSENTS, WHO_SEES)
    year = SchoolYear.objects.current()
    reach = permissions.reach_of(request.user, Action.SEE_CONSENTS)
    classes = [each for each in year.classes.select_related("year") if reach.has(each)] if year else []
    lines = read_classes(classes)
    context = {
        "year": year,
        "lines": lines,
        "purposes": purposes_to_agree_to(),
        "pupils": sum(len(line.pupils) for line in lines),
        "whole": sum(line.whole for line in lines),
        "sees_register": permissions.may(request.user, Action.SEE_DATA_PROTECTION),
    }
    return render(request, "approvals/consents.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consent_class(request: SignedInRequest, pk: int) -> HttpResponse:
    """The slips of a class: who lacks one, and the table in which a pile of them is written at once."""
    school_class = get_consents_class(request.user, pk)
    may_record = permissions.may(request.user, Action.RECORD_CONSENTS, school_class=school_class)
    if request.method == "POST" and not may_record:
        permissions.require(request.user, Action.RECORD_CONSENTS, WHO_RECORDS, school_class=school_class)
    shown = read_classes([school_class])[0]
    form = SlipsForm(posted(request), shown)
    if request.method == "POST" and form.is_valid() and _save(request, school_class, form):
        return redirect("approvals:consent_class", pk)
    if request.method != "POST":
        target = f"Phiếu đồng ý, lớp {school_class.name} năm học {school_class.year.label}"
        log_access(request, AccessLogEntry.Kind.PROFILES_VIEWED, target=target)
    context = {
        "school_class": school_class,
        "shown": shown,
        "form": form,
        "purposes": purposes_to_agree_to(),
        "may_record": may_record,
    }
    return render(request, "approvals/consent_class.html", context, status=422 if form.errors else 200)


def _save(request: SignedInRequest, school_class: SchoolClass, form: SlipsForm) -> bool:
    values = form.cleaned_data
    try:
        done = record_slips(
            school_class, form.slips, said_on=values["said_on"], paper=values["paper"], by=request.user
        )
    except ConsentClash as clash:
        form.clash(clash.message, clash.students)
        return False
    except RowsRefused as refusal:
        form.refuse(refusal.message, refusal.rows)
        return False
    except DataRefused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return False
    _tell(request, school_class, done)
    return True


def _tell(request: SignedInRequest, school_class: SchoolClass, done: Recorded) -> None:
    if done.pupils:
        messages.success(request, f"Đã ghi phiếu của {done.pupils} em lớp {school_class.name}.")
    if done.sent_again:
        messages.info(
            request, f"Phiếu của {done.sent_again} em đã được ghi ở lần gửi trước: không ghi thêm gì."
        )
    if done.as_it_stood:
        messages.info(
            request,
            f"Phiếu của {done.as_it_stood} em nói đúng điều đang ghi: không ghi thêm gì, ngày và người kí của phiếu "
            "trước giữ nguyên.",
        )
    if done.asked_since:
        messages.warning(
            request,
            f"Ngày kí phiếu em chưa đủ 7 tuổi, nay đã đủ nên còn thiếu ý kiến của chính em: "
            f"{', '.join(done.asked_since)}. Ghi khi có phiếu của em.",
        )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consent_pupil(request: SignedInRequest, pk: int) -> HttpResponse:
    """All that was said about one pupil, and the form for one more word: a withdrawal above all."""
    student, school_class = _get_pupil(request.user, pk)
    rows = list(
        Consent.objects.filter(student=student).select_related("purpose", "recorded_by").order_by("-id")
    )
    purposes = list(dict.fromkeys([*purposes_to_agree_to(), *(row.purpose for row in rows)]))
    initial = {"said_on": today(), "seen": rows[0].pk if rows else 0}
    form = WordForm(posted(request), initial=initial, purposes=purposes)
    status = 200
    if request.method == "POST":
        permissions.require(request.user, Action.RECORD_CONSENTS, WHO_RECORDS, school_class=school_class)
        status = _record(request, student, school_class, form) if form.is_valid() else 422
        if status == 200:
            return redirect("approvals:consent_pupil", pk)
    context = {
        "student": student,
        "school_class": school_class,
        "page": pupil_consents([student], [each for each in purposes if _is_asked(each)])[0],
        "rows": rows,
        "form": form,
        "may_record": permissions.may(request.user, Action.RECORD_CONSENTS, school_class=school_class),
    }
    return render(request, "approvals/consent_pupil.html", context, status=status)


def _is_asked(purpose: ProcessingPurpose) -> bool:
    return purpose.needs_consent and purpose.state == ProcessingPurpose.State.IN_FORCE


def _record(
    request: SignedInRequest, student: Student, school_class: SchoolClass | None, form: WordForm
) -> int:
    """200 once it is written, else the status of the page that says why not."""
    try:
        made = record_word(
            student, form.word(), seen=form.last_seen, school_class=school_class, by=request.user
        )
    except WordClash as clash:
        form.clash(clash.message, shown=form.get_initial_for_field(form.fields["seen"], "seen"))
        return 409
    except DataRefused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return 422
    messages.success(request, f"Đã ghi: {made}, ngày {made.said_on:%d/%m/%Y}.")
    return 200


def get_consents_class(user: User, pk: int) -> SchoolClass:
    """Fetch and check in one call, with the year: who sees the consents of the class."""
    school_class = get_object_or_404(SchoolClass.objects.select_related("year"), pk=pk)
    permissions.require(user, Action.SEE_CONSENTS, WHO_SEES, school_class=school_class)
    return school_class


def _get_pupil(user: User, pk: int) -> tuple[Student, SchoolClass | None]:
    """With the class of today, or the last one; of one who has none the office alone."""
    student = get_object_or_404(Student, pk=pk)
    seat = (
        Enrolment.objects.filter(student=student)
        .select_related("school_class__year")
        .order_by("-starts_on")
        .first()
    )
    school_class = seat.school_class if seat else None
    permissions.require(user, Action.SEE_CONSENTS, WHO_SEES, school_class=school_class)
    return student, school_class
