"""The register of processing purposes, and the page that explains all of it (rule R66)."""

import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock, permissions
from accounts.models import User
from accounts.powers import Action
from accounts.requests import SignedInRequest, posted
from approvals.data_forms import PurposeForm
from approvals.data_purposes import (
    WHO_KEEPS,
    PurposeChanged,
    add_purpose,
    begin_register,
    correct_spelling,
    end_purpose,
    follower_of,
    in_force_on,
    missing_standards,
    pupils_with_slips,
    reword_purpose,
    seen_of,
    words_in,
)
from approvals.data_refusals import DataRefused
from approvals.data_rules import PurposeText
from approvals.models import ProcessingPurpose

WHO_SEES = "Sổ mục đích xử lí dữ liệu cá nhân mở cho Ban giám hiệu, văn thư."


@require_safe
def purposes(request: SignedInRequest) -> HttpResponse:
    """The register as it stands, or as it stood at the end of the day `?on=`."""
    permissions.require(request.user, Action.SEE_DATA_PROTECTION, WHO_SEES)
    day = _day_in(request)
    context = {
        "day": day,
        "today": clock.today(),
        "lines": in_force_on(day),
        "missing": missing_standards(),
        "may_keep": permissions.may(request.user, Action.KEEP_DATA_PROTECTION),
    }
    return render(request, "approvals/data_purposes.html", context)


def _day_in(request: SignedInRequest) -> datetime.date:
    """Today where the address names no day."""
    try:
        return datetime.date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return clock.today()


@require_POST
def purposes_begin(request: SignedInRequest) -> HttpResponse:
    made = begin_register(by=request.user)
    messages.success(request, f"Đã ghi {len(made)} mục đích theo mẫu. Xem lại, sửa cho đúng việc của trường.")
    return redirect("approvals:purposes")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def purpose_new(request: SignedInRequest) -> HttpResponse:
    permissions.require(request.user, Action.KEEP_DATA_PROTECTION, WHO_KEEPS)
    return _form_page(request, None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def purpose_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    permissions.require(request.user, Action.KEEP_DATA_PROTECTION, WHO_KEEPS)
    found = get_object_or_404(ProcessingPurpose, pk=pk)
    if found.state != ProcessingPurpose.State.IN_FORCE and request.method != "POST":
        follower = follower_of(found)
        if follower is None:
            messages.error(request, f"«{found.title}» đã thôi áp dụng, không sửa nữa.")
            return redirect("approvals:purposes")
        messages.info(request, f"«{found.title}» đã được sửa lời; dưới đây là lời đang áp dụng.")
        return redirect("approvals:purpose_edit", follower.pk)
    return _form_page(request, found)


def _form_page(request: SignedInRequest, purpose: ProcessingPurpose | None) -> HttpResponse:
    form = _form(posted(request), purpose)
    if request.method == "POST" and form.is_valid():
        try:
            _write(form, purpose, request.user)
        except PurposeChanged as changed:
            return _changed(request, purpose, form.told(), changed)
        except DataRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, "Đã ghi vào sổ, áp dụng từ hôm nay.")
            return redirect("approvals:purposes")
    context = {"form": form, "purpose": purpose}
    return render(request, "approvals/data_purpose.html", context, status=422 if form.errors else 200)


def _form(data: Any, purpose: ProcessingPurpose | None) -> PurposeForm:
    if purpose is None:
        return PurposeForm(data, purpose=None)
    initial = {name: getattr(purpose, name) for name in PurposeForm.base_fields if hasattr(purpose, name)}
    return PurposeForm(
        data,
        initial={**initial, "seen": seen_of(purpose)},
        purpose=purpose,
        pupils=pupils_with_slips(purpose),
    )


def _write(form: PurposeForm, purpose: ProcessingPurpose | None, by: User) -> None:
    if purpose is None:
        add_purpose(form.told(), by=by)
        return
    act = correct_spelling if form.is_spelling else reword_purpose
    values = form.cleaned_data
    act(purpose, form.told(), seen=values["seen"], why=values["why"], by=by)


def _changed(
    request: SignedInRequest, purpose: ProcessingPurpose | None, told: PurposeText, changed: PurposeChanged
) -> HttpResponse:
    """What was typed stays, beside what stands; sent again it is about the line in force."""
    stands = changed.stands
    if stands is not None and words_in(stands) == words_in(told):
        messages.success(request, "Sổ đã ghi đúng lời này.")
        return redirect("approvals:purposes")
    data = request.POST.copy()
    if stands is not None:
        data["seen"] = seen_of(stands)
    form = _form(data, stands or purpose)
    form.add_error(None, changed.message)
    context = {"form": form, "purpose": stands or purpose, "stands": _beside(form, stands, told)}
    return render(request, "approvals/data_purpose.html", context, status=409)


def _beside(form: PurposeForm, stands: ProcessingPurpose | None, told: PurposeText) -> list[tuple[str, str]]:
    """The fields in which other words stand than were typed."""
    if stands is None:
        return []
    typed = words_in(told)
    return [
        (str(form.fields[name].label), words)
        for name, words in words_in(stands).items()
        if words != typed[name]
    ]


@require_POST
def purpose_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Takes a purpose out of the register; its row and the consents given to it stay."""
    permissions.require(request.user, Action.KEEP_DATA_PROTECTION, WHO_KEEPS)
    found = get_object_or_404(ProcessingPurpose, pk=pk)
    try:
        end_purpose(found, why=request.POST.get("why", ""), by=request.user)
    except DataRefused as refusal:
        form = _form(None, found)
        context = {"form": form, "purpose": found, "error": refusal.message}
        return render(request, "approvals/data_purpose.html", context, status=422)
    messages.success(request, f"«{found.title}» thôi áp dụng từ hôm nay.")
    return redirect("approvals:purposes")


@require_safe
def data_help(request: SignedInRequest) -> HttpResponse:
    permissions.require(request.user, Action.SEE_DATA_PROTECTION, WHO_SEES)
    return render(request, "approvals/data_help.html")
