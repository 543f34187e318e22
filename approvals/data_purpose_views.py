"""The register of processing purposes, and the page that explains all of it (rule R66)."""

import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock, permissions
from accounts.powers import Action
from accounts.requests import SignedInRequest, posted
from approvals.data_forms import PurposeForm
from approvals.data_purposes import (
    WHO_KEEPS,
    add_purpose,
    begin_register,
    end_purpose,
    in_force_on,
    missing_standards,
    reword_purpose,
)
from approvals.data_refusals import DataRefused
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
    if found.state != ProcessingPurpose.State.IN_FORCE:
        messages.error(request, f"«{found.title}» đã thôi áp dụng, không sửa nữa.")
        return redirect("approvals:purposes")
    return _form_page(request, found)


def _form_page(request: SignedInRequest, purpose: ProcessingPurpose | None) -> HttpResponse:
    initial = {name: getattr(purpose, name) for name in PurposeForm.base_fields if hasattr(purpose, name)}
    form = PurposeForm(posted(request), initial=initial, purpose=purpose)
    if request.method == "POST" and form.is_valid():
        try:
            if purpose is None:
                add_purpose(form.told(), by=request.user)
            else:
                reword_purpose(purpose, form.told(), why=form.cleaned_data["why"], by=request.user)
        except DataRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, "Đã ghi vào sổ, áp dụng từ hôm nay.")
            return redirect("approvals:purposes")
    context = {"form": form, "purpose": purpose}
    return render(request, "approvals/data_purpose.html", context, status=422 if form.errors else 200)


@require_POST
def purpose_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Takes a purpose out of the register; its row and the consents given to it stay."""
    permissions.require(request.user, Action.KEEP_DATA_PROTECTION, WHO_KEEPS)
    found = get_object_or_404(ProcessingPurpose, pk=pk)
    try:
        end_purpose(found, why=request.POST.get("why", ""), by=request.user)
    except DataRefused as refusal:
        form = PurposeForm(
            initial={name: getattr(found, name, "") for name in PurposeForm.base_fields}, purpose=found
        )
        context = {"form": form, "purpose": found, "error": refusal.message}
        return render(request, "approvals/data_purpose.html", context, status=422)
    messages.success(request, f"«{found.title}» thôi áp dụng từ hôm nay.")
    return redirect("approvals:purposes")


@require_safe
def data_help(request: SignedInRequest) -> HttpResponse:
    permissions.require(request.user, Action.SEE_DATA_PROTECTION, WHO_SEES)
    return render(request, "approvals/data_help.html")
