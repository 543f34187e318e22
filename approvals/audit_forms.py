"""Which lines of the audit trail: it stands in the address, so that a search can be kept and sent on."""

import datetime
from typing import Any

from django import forms

from accounts.day_fields import day_of_search
from accounts.models import User
from approvals.audit_trail import PARTS, Wanted
from gradebook.models import ENTRY_CHOICES
from gradebook.regulation import LINES
from gradebook.sheets import HOMEROOM_CODE
from students.models import SchoolClass, Student


class TrailFilterForm(forms.Form):
    """`pupil`, `school_class`, `person` are whose story it is: hidden on the page of one, and for its file."""

    pupil = forms.ModelChoiceField(Student.objects.all(), required=False, widget=forms.HiddenInput)
    school_class = forms.ModelChoiceField(SchoolClass.objects.all(), required=False, widget=forms.HiddenInput)
    person = forms.ModelChoiceField(
        User.objects.all(),
        label="Người làm",
        required=False,
        empty_label="Mọi người",
        error_messages={"invalid_choice": "Không có người đó. Chọn một người trong danh sách."},
    )
    since = day_of_search("Từ ngày")
    until = day_of_search("Đến ngày")
    part = forms.ChoiceField(
        label="Phần",
        required=False,
        choices=[("", "Mọi phần"), *((code, words) for code, (words, _tables) in PARTS.items())],
        error_messages={"invalid_choice": "Không có phần đó. Chọn một phần trong danh sách."},
    )
    only_outside = forms.BooleanField(label="Chỉ dòng ghi ngoài ứng dụng", required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if since and until and since > until:
            self.add_error("until", "«Đến ngày» đứng trước «Từ ngày». Đổi một trong hai ngày.")
        return found

    @property
    def wanted(self) -> Wanted:
        return Wanted(**self.cleaned_data)


class CodeForm(forms.Form):
    """«Mã nhật kí» as somebody reads it off a printed book."""

    code = forms.RegexField(
        r"^\s*\d{1,18}(-[0-9A-Za-z]{4}){3}\s*$",
        label="Mã nhật kí trên sổ in",
        max_length=40,
        widget=forms.TextInput({"placeholder": "104233-7K3M-9QXD-2F5B", "autocomplete": "off"}),
        error_messages={
            "invalid": "Mã chưa đúng dạng. Chép cả mã ở chân trang sổ in, ví dụ 104233-7K3M-9QXD-2F5B.",
            "required": "Chép mã nhật kí ở chân trang sổ in vào đây.",
        },
    )


def _moment(label: str) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%H:%M %d/%m/%Y", "%d/%m/%Y"],
        error_messages={
            "invalid": f"«{label}» chưa đúng. Ghi giờ và ngày, ví dụ 17:00 05/11/2026.",
            "required": f"Ghi «{label}».",
        },
    )


class MomentsForm(forms.Form):
    """Between which two moments, and of which part; a sheet is a line at a period."""

    first = _moment("Từ lúc")
    last = _moment("Đến lúc")
    part = forms.ChoiceField(
        label="Phần",
        required=False,
        choices=[("", "Mọi phần"), *((code, words) for code, (words, _tables) in PARTS.items())],
    )
    line = forms.ChoiceField(
        label="Sổ",
        required=False,
        choices=[
            ("", "Mọi sổ"),
            *((line.code, line.short_name) for line in LINES),
            (HOMEROOM_CODE, "Phẩm chất và năng lực"),
        ],
    )
    period = forms.ChoiceField(
        label="Thời điểm", required=False, choices=[("", "Mọi thời điểm"), *ENTRY_CHOICES]
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        first, last = found.get("first"), found.get("last")
        if first and last and first >= last:
            self.add_error("last", "«Đến lúc» phải sau «Từ lúc». Đổi một trong hai.")
        return found

    @property
    def moments(self) -> tuple[datetime.datetime, datetime.datetime]:
        return self.cleaned_data["first"], self.cleaned_data["last"]
