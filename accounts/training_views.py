"""The page of the share trained; recording and cancelling (PLAN III.2)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock, permissions
from accounts.day_fields import DayInput
from accounts.models import TrainingRecord, User
from accounts.powers import Action
from accounts.requests import SignedInRequest
from accounts.training import (
    TrainingRefused,
    cancel_training,
    in_service,
    read_teams,
    record_training,
    whole_school,
)

_NULLS = {"null_characters_not_allowed": "Có kí tự không đọc được. Xoá rồi gõ lại."}


class TrainingForm(forms.Form):
    """Who was trained in what, when, by whom; many people at once."""

    subject = forms.CharField(
        label="Nội dung tập huấn",
        max_length=200,
        error_messages={
            "required": "Chưa có nội dung. Ghi tên đợt tập huấn.",
            "max_length": "Nội dung dài quá %(limit_value)s chữ. Ghi ngắn lại.",
            **_NULLS,
        },
    )
    trained_on = forms.DateField(
        label="Ngày tập huấn",
        widget=DayInput(),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={
            "required": "Chưa có ngày. Chọn ngày tập huấn.",
            "invalid": "Ngày chưa đúng. Ghi theo dạng ngày/tháng/năm, ví dụ 20/08/2026.",
        },
    )
    trainer = forms.CharField(
        label="Người tập huấn",
        max_length=150,
        error_messages={
            "required": "Chưa có người tập huấn. Ghi họ tên người hướng dẫn.",
            "max_length": "Tên dài quá %(limit_value)s chữ. Ghi ngắn lại.",
            **_NULLS,
        },
    )
    people = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label="Người được tập huấn",
        error_messages=dict.fromkeys(
            ("required", "invalid_choice", "invalid_pk_value", "invalid_list"),
            "Chưa chọn ai, hoặc có người không ghi nhận được. Đánh dấu người trong danh sách bên dưới.",
        ),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = in_service().exclude(pk=by.pk)  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def training(request: SignedInRequest) -> HttpResponse:
    """The share trained by tổ and who is missing; for those who record, a form over the same list."""
    if request.method != "POST":
        permissions.require(request.user, Action.SEE_TRAINING)
        return _show(request, TrainingForm(initial={"trained_on": clock.today()}, by=request.user))
    permissions.require(request.user, Action.RECORD_TRAINING)
    form = TrainingForm(request.POST, by=request.user)
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        made = record_training(**form.cleaned_data, by=request.user)
    except TrainingRefused as refusal:
        form.add_error(None, refusal.message)
        return _show(request, form, status=422)
    known = len(form.cleaned_data["people"]) - len(made)
    if made:
        messages.success(request, f"Đã ghi nhận tập huấn cho {len(made)} người.")
    if known:
        messages.warning(request, f"{known} người đã có bản ghi này từ trước: không ghi thêm.")
    return redirect("accounts:training")


def _show(request: SignedInRequest, form: TrainingForm, *, status: int = 200) -> HttpResponse:
    teams = read_teams()
    context = {
        "form": form,
        "teams": teams,
        "school": whole_school(teams),
        "may_record": permissions.may(request.user, Action.RECORD_TRAINING),
        "chosen": {int(pk) for pk in request.POST.getlist("people") if pk.isdecimal()},
    }
    return render(request, "accounts/training.html", context, status=status)


@require_safe
def training_person(request: SignedInRequest, pk: int) -> HttpResponse:
    """Every record of one person, cancelled ones too."""
    permissions.require(request.user, Action.SEE_TRAINING)
    return _show_person(request, get_object_or_404(User, pk=pk))


def _show_person(
    request: SignedInRequest, person: User, *, error: str = "", wrong: int = 0, status: int = 200
) -> HttpResponse:
    context = {
        "person": person,
        "records": person.trainings.select_related("recorded_by", "cancelled_by"),
        "may_cancel": person != request.user and permissions.may(request.user, Action.RECORD_TRAINING),
        "error": error,
        "wrong": wrong,
        "typed": request.POST.get("reason", ""),
    }
    return render(request, "accounts/training_person.html", context, status=status)


@require_POST
def training_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Marks one record as not counting; without a reason: 422."""
    permissions.require(request.user, Action.RECORD_TRAINING)
    record = get_object_or_404(TrainingRecord.objects.select_related("person"), pk=pk)
    reason = request.POST.get("reason", "").replace("\x00", "")[:300]
    try:
        cancel_training(record, reason=reason, by=request.user)
    except TrainingRefused as refusal:
        return _show_person(request, record.person, error=refusal.message, wrong=record.pk, status=422)
    messages.success(request, "Đã huỷ bản ghi tập huấn. Bản ghi vẫn lưu, không còn được tính.")
    return redirect("accounts:training_person", record.person_id)
