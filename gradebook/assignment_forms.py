"""The form that takes in the year's assignments: which file, for which year, from when, on what ground."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from accounts.clock import today
from gradebook.staff_forms import DayField, ReasonField
from students.cell_values import Problem
from students.header_search import folded_heading
from students.models import SchoolYear
from students.staff_files import SYNONYMS, StaffFile, read_staff
from students.workbook_safety import MAX_FILE
from students.workbooks import WorkbookRefused

USED = frozenset({"full_name", "code", "team", "homeroom_class", "subjects", "classes"})


class AssignmentListForm(forms.Form):
    """Once valid, `staff` holds what the file says."""

    year = forms.ModelChoiceField(
        SchoolYear.objects.none(),
        label="Năm học",
        empty_label=None,
        error_messages={
            "required": "Chưa chọn năm học. Chọn năm học của bảng phân công.",
            "invalid_choice": "Năm học này không phân công được nữa. Chọn năm học trong danh sách.",
        },
    )
    starts_on = DayField(label="Áp dụng từ ngày", help_text="Việc mới giữ đến hết năm học.")
    reason = ReasonField(label="Căn cứ", help_text="Ghi vào lịch sử, ví dụ số quyết định phân công.")
    file = forms.FileField(
        label="Tệp phân công",
        help_text="Tệp Excel .xlsx có cột «Mã cán bộ», «Họ và tên», và «Lớp chủ nhiệm» hoặc «Môn dạy» cùng «Lớp dạy».",
        widget=forms.FileInput({"accept": ".xlsx"}),
        error_messages={
            "required": "Chưa chọn tệp. Chọn tệp phân công trên máy.",
            "empty": "Tệp rỗng. Chọn lại tệp phân công.",
            "invalid": "Chưa nhận được tệp. Chọn lại tệp rồi gửi lại.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].queryset = open_years()  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        try:
            # A person may take several rows, a class to lead only one.
            self.staff: StaffFile = read_staff(
                upload.read(MAX_FILE + 1), upload.name or "", unique=("homeroom_class",)
            )
        except WorkbookRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return upload

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        year, day = cleaned.get("year"), cleaned.get("starts_on")
        if year and day and not year.starts_on <= day <= year.ends_on:
            self.add_error(
                "starts_on", f"Ngày nằm ngoài năm học {year.label}. Ghi một ngày {year.days.label}."
            )
        return cleaned


def open_years() -> Any:
    """Those for which somebody can still be assigned."""
    return SchoolYear.objects.filter(ends_on__gte=today()).order_by("year")


def assignment_problems(staff: StaffFile) -> list[Problem]:
    """What keeps a list from assigning; wrong telephones and birth dates do not, they are not used."""
    return [problem for problem in staff.problems if not problem.header or _is_used(problem.header)]


def _is_used(heading: str) -> bool:
    folded = folded_heading(heading)
    known = next((name for name, words in SYNONYMS.items() if folded in words), None)
    return known is None or known in USED
