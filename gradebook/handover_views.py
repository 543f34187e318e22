"""Handing classes over: the list, the record of a class, and what a class of the new year receives."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import permissions
from accounts.confirmation import require_password
from accounts.models import User
from accounts.powers import Action
from accounts.requests import SignedInRequest
from gradebook.handover_merge import Merged, Said, Texts, merge
from gradebook.handover_writers import is_left_to_others, why_not_in_place, writers_of
from gradebook.handovers import (
    FIELDS,
    WHO_RECEIVES,
    WHO_WRITES,
    HandoverChanged,
    HandoverRefused,
    Record,
    coming_to,
    keep_notes,
    read_record,
    receive,
    sign,
    states_of,
    waiting_for_receipt,
)
from students.models import SchoolClass, SchoolYear

WHO_SEES = "Bàn giao của lớp dành cho giáo viên chủ nhiệm của lớp, văn thư và Ban giám hiệu."


@require_safe
def handovers(request: SignedInRequest) -> HttpResponse:
    """How far each class is that the person sees: of this year, the one before and the one being prepared."""
    permissions.require_anywhere(request.user, Action.SEE_HANDOVER, WHO_SEES)
    current = SchoolYear.objects.current()
    years = SchoolYear.objects.filter(year__range=(current.pk - 1, current.pk + 1)) if current else []
    reach = permissions.reach_of(request.user, Action.SEE_HANDOVER)
    classes = [
        each for each in SchoolClass.objects.filter(year__in=years).select_related("year") if reach.has(each)
    ]
    states, waiting, writers = states_of(classes), waiting_for_receipt(classes), writers_of(classes)
    context = {
        "years": [
            (
                year,
                [
                    (each, states[each.pk], waiting.get(each.pk), _writer_words(each, writers.get(each.pk)))
                    for each in classes
                    if each.year_id == year.pk
                ],
            )
            for year in years
        ],
        "current": current,
    }
    return render(request, "gradebook/handovers.html", context)


def _writer_words(school_class: SchoolClass, writer: User | None) -> str:
    """Who writes the record; of one who has left after the year, who does it in place."""
    if writer is None:
        return ""
    if is_left_to_others(school_class, writer):
        return f"{writer.full_name} đã rời trường, Phó Hiệu trưởng kí thay"
    return writer.full_name


def get_class(user: User, pk: int) -> SchoolClass:
    """Fetch and check in one call."""
    school_class = get_object_or_404(SchoolClass.objects.select_related("year"), pk=pk)
    permissions.require(user, Action.SEE_HANDOVER, WHO_SEES, school_class=school_class)
    return school_class


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def handover(request: SignedInRequest, pk: int) -> HttpResponse:
    """The record of a class; posted, the notes are kept, with `sign` handed over."""
    school_class = get_class(request.user, pk)
    if request.method != "POST":
        return _show(request, read_record(school_class))
    permissions.require(request.user, Action.WRITE_HANDOVER, WHO_WRITES, school_class=school_class)
    return _answer(request, school_class)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def handover_in_place(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same for a class whose homeroom teacher has left the school, by the vice-principal."""
    school_class = get_class(request.user, pk)
    permissions.require(request.user, Action.SIGN_HANDOVER_IN_PLACE, WHO_WRITES)
    if request.method != "POST":
        # Of a closed year the page itself says what is in the way, for everybody.
        problem = "" if school_class.year.is_closed else why_not_in_place(school_class)
        return _show(request, read_record(school_class), problem)
    return _answer(request, school_class)


def _answer(request: SignedInRequest, school_class: SchoolClass) -> HttpResponse:
    return _sign(request, school_class) if "sign" in request.POST else _keep(request, school_class)


def _keep(request: SignedInRequest, school_class: SchoolClass) -> HttpResponse:
    typed, seen = _texts(request.POST, "n", "receiving_school"), _texts(request.POST, "was", "was_school")
    try:
        keep_notes(school_class, typed, seen=seen, by=request.user)
    except HandoverRefused as refusal:
        status = 409 if isinstance(refusal, HandoverChanged) else 422
        record = read_record(school_class)
        merged = merge(typed, seen=seen, stored=record.texts)
        return _show(request, record, str(refusal), unsaved=merged, status=status)
    messages.success(request, "Đã lưu bản bàn giao. Chưa kí: còn sửa được.")
    return redirect(request.path)


def _sign(request: SignedInRequest, school_class: SchoolClass) -> HttpResponse:
    require_password(request, f"Kí bàn giao lớp {school_class.name}: sau đó không sửa được nữa.")
    try:
        reason = request.POST.get("in_place_reason", "")
        sign(school_class, seen=_seen(request.POST), by=request.user, in_place_reason=reason)
    except HandoverRefused as refusal:
        return _show(request, read_record(school_class), str(refusal), status=422)
    messages.success(request, f"Đã kí bàn giao lớp {school_class.name}.")
    return redirect("gradebook:handover", school_class.pk)


def _seen(data: QueryDict) -> int:
    version = data.get("version", "")
    return int(version) if version.isascii() and version.isdigit() and len(version) < 9 else -1


def _texts(data: QueryDict, notes: str, school: str) -> Texts:
    """`<notes>.<pupil>.<field>` of the form, and the school; what is no pupil's is nobody's."""
    said: dict[int, dict[str, str]] = {}
    for key, value in data.items():
        parts = key.split(".")
        if (
            len(parts) == 3
            and parts[0] == notes
            and parts[1].isdecimal()
            and len(parts[1]) < 10
            and parts[2] in (*FIELDS, "school")
        ):
            said.setdefault(int(parts[1]), {})[parts[2]] = str(value)
    return Texts({pupil: Said(**each) for pupil, each in said.items()}, data.get(school, "")[:150])


def _show(
    request: SignedInRequest,
    record: Record,
    problem: str = "",
    *,
    unsaved: Merged | None = None,
    status: int = 200,
) -> HttpResponse:
    """With `unsaved` as somebody would have it who could not save it, beside what is stored."""
    is_open = not record.is_signed and not record.school_class.year.is_closed
    is_own = permissions.may(request.user, Action.WRITE_HANDOVER, school_class=record.school_class)
    may_stand_in = (
        is_open
        and not is_own
        and permissions.may(request.user, Action.SIGN_HANDOVER_IN_PLACE)
        and not why_not_in_place(record.school_class)
    )
    in_place = reverse("gradebook:handover_in_place", args=[record.school_class.pk])
    is_in_place = may_stand_in and request.path == in_place
    shown = unsaved.texts if unsaved else record.texts
    written_about = unsaved.pupils if unsaved else frozenset()
    writer = writers_of([record.school_class]).get(record.school_class.pk)
    context = {
        "record": record,
        "rows": [
            (line, shown.said.get(line.student.pk, line.said), line.student.pk in written_about)
            for line in record.lines
        ],
        "receiving_school": shown.receiving_school,
        "stored_school": record.texts.receiving_school,
        "clashing": [line for line in record.lines if line.student.pk in written_about],
        "is_school_changed": bool(unsaved and unsaved.is_school_changed),
        "problem": problem,
        "may_write": (is_open and is_own) or is_in_place,
        "is_in_place": is_in_place,
        "may_stand_in": may_stand_in and not is_in_place,
        "in_place_reason": request.POST.get("in_place_reason", ""),
        "writer": writer,
        "is_left_to_others": is_left_to_others(record.school_class, writer),
        "is_unsaved": unsaved is not None,
    }
    return render(request, "gradebook/handover.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def handover_receive(request: SignedInRequest, pk: int) -> HttpResponse:
    """What last year's classes tell of the pupils who sit in this one; posted, its teacher confirms."""
    school_class = get_class(request.user, pk)
    problem = ""
    if request.method == "POST":
        permissions.require(request.user, Action.RECEIVE_HANDOVER, WHO_RECEIVES, school_class=school_class)
        require_password(request, f"Xác nhận đã tiếp nhận bàn giao của lớp {school_class.name}.")
        try:
            made = receive(school_class, by=request.user)
        except HandoverRefused as refusal:
            problem = str(refusal)
        else:
            messages.success(request, f"Đã xác nhận tiếp nhận {len(made)} bản bàn giao.")
            return redirect("gradebook:handover_receive", pk)
    coming, unsigned = coming_to(school_class)
    context = {
        "school_class": school_class,
        "coming": coming,
        "unsigned": unsigned,
        "problem": problem,
        "may_receive": permissions.may(request.user, Action.RECEIVE_HANDOVER, school_class=school_class)
        and any(each.receipt is None for each in coming),
    }
    return render(request, "gradebook/handover_receive.html", context, status=422 if problem else 200)
