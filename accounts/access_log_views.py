"""The pages of the access log, for the principal and the vice-principal (PLAN IV; rules R57, R65, R69)."""

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import clock, permissions
from accounts.access_log import HEADINGS, MOST_EXPORTED, Wanted, export_rows, read_page
from accounts.confirmation import Lasting, require_password
from accounts.day_fields import day_of_search
from accounts.idle_lock import administrative
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.requests import SignedInRequest, key_in
from accounts.table_files import table_to_save
from accounts.words import grouped

TITLE = "Nhật kí truy cập"


class LogFilterForm(forms.Form):
    """Which lines; it stands in the address, so that a search can be kept and sent on."""

    person = forms.CharField(
        label="Người",
        required=False,
        max_length=150,
        widget=forms.TextInput({"placeholder": "Họ tên, tên đăng nhập"}),
    )
    kind = forms.ChoiceField(
        label="Việc",
        required=False,
        choices=[("", "Mọi việc"), *AccessLogEntry.Kind.choices],
        error_messages={"invalid_choice": "Không có việc đó trong nhật kí. Chọn một việc trong danh sách."},
    )
    since = day_of_search("Từ ngày")
    until = day_of_search("Đến ngày")
    address = forms.GenericIPAddressField(
        label="Địa chỉ máy",
        required=False,
        unpack_ipv4=True,
        widget=forms.TextInput({"placeholder": "192.168.1.20"}),
        error_messages={"invalid": "Địa chỉ máy chưa đúng. Ghi đủ bốn số, ví dụ 192.168.1.20."},
    )
    text = forms.CharField(
        label="Có chữ",
        required=False,
        max_length=150,
        widget=forms.TextInput({"placeholder": "Đối tượng, trang, lí do"}),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if since and until and since > until:
            self.add_error("until", "«Đến ngày» đứng trước «Từ ngày». Đổi một trong hai ngày.")
        return found

    @property
    def wanted(self) -> Wanted:
        return Wanted(**self.cleaned_data)


@administrative
@require_safe
@limited("access_log", times=120, minutes=5, what="tìm trong nhật kí truy cập")
def access_log(request: SignedInRequest) -> HttpResponse:
    """The lines that the filters of the address ask for, newest first."""
    _require(request)
    form = LogFilterForm(request.GET)
    if not form.is_valid():
        return _show(request, form, status=422)
    page = read_page(form.wanted, before=key_in(request, "before"))
    return _show(request, form, page=page, before=request.GET.get("before", ""))


@administrative
@require_safe
@limited("access_log_file", times=20, minutes=10, what="xuất nhật kí truy cập")
def access_log_file(request: SignedInRequest) -> HttpResponseBase:
    """The same lines as an Excel file; too many are refused with the remedy, never cut in silence."""
    _require(request)
    form = LogFilterForm(request.GET)
    rows = list(export_rows(form.wanted)) if form.is_valid() else []
    if len(rows) > MOST_EXPORTED:
        most = grouped(MOST_EXPORTED)
        form.add_error(
            "since", f"Có hơn {most} dòng, một tệp chứa nhiều nhất {most}. Chọn khoảng ngày hẹp hơn."
        )
    if form.errors:
        return _show(request, form, status=422)
    require_password(request, f"Xuất {len(rows)} dòng nhật kí truy cập ra Excel.", lasting=Lasting.EXPORTS)
    return table_to_save(
        request,
        title=TITLE,
        headings=HEADINGS,
        rows=rows,
        name=f"nhat-ki-truy-cap-{clock.today():%Y-%m-%d}.xlsx",
        notes=_notes(form),
        detail=f"{len(rows)} dòng",
    )


def _require(request: SignedInRequest) -> None:
    permissions.require(
        request.user, Action.SEE_ACCESS_LOG, "Nhật kí truy cập dành cho Hiệu trưởng và Phó Hiệu trưởng."
    )


def _notes(form: LogFilterForm) -> list[str]:
    """What the file was filtered by, so that it does not pass for the whole log."""
    chosen = [f"{field.label}: {_shown(field)}" for field in form if form.cleaned_data.get(field.name)]
    return [f"Lọc theo {'; '.join(chosen)}" if chosen else "Toàn bộ nhật kí"]


def _shown(field: forms.BoundField) -> str:
    value = field.form.cleaned_data[field.name]
    if field.name == "kind":
        return str(AccessLogEntry.Kind(value).label)
    return f"{value:%d/%m/%Y}" if field.name in ("since", "until") else str(value)


def _show(
    request: SignedInRequest, form: LogFilterForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    return render(request, "accounts/access_log.html", {"form": form, **context}, status=status)
