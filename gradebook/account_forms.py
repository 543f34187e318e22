"""Forms of the pages that make accounts: one person, or a staff list."""

import re
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from accounts.day_fields import DayInput
from accounts.models import User
from gradebook.login_names import propose
from gradebook.staff_forms import StaffFields
from gradebook.staff_identity import people_known_as
from students.cell_values import Problem
from students.header_search import folded_heading
from students.names import sort_key
from students.staff_files import SYNONYMS, StaffFile, read_staff, staff_code
from students.workbook_safety import MAX_FILE
from students.workbooks import WorkbookRefused

_USERNAME = re.compile(r"[a-z0-9]+(?:[.\-_][a-z0-9]+)*")


def username_of(typed: str) -> str:
    """In small letters. Raises ValidationError for what nobody could type at log-in; of nothing typed it is ""."""
    name = typed.strip().lower()
    if name and not _USERNAME.fullmatch(name):
        raise forms.ValidationError("Chỉ dùng chữ không dấu, số, dấu chấm, gạch; ví dụ hong.nt.")
    return name


class StaffListForm(forms.Form):
    """The school's staff list. Once valid, `staff` holds what it says."""

    file = forms.FileField(
        label="Tệp danh sách cán bộ",
        help_text="Tệp Excel .xlsx có dòng tiêu đề với cột «Mã cán bộ» và «Họ và tên». Chức vụ, lớp và môn trong tệp "
        "không được dùng ở đây: phân công là việc của Phó Hiệu trưởng.",
        widget=forms.FileInput({"accept": ".xlsx"}),
        error_messages={
            "required": "Chưa chọn tệp. Chọn tệp danh sách trên máy.",
            "empty": "Tệp rỗng. Chọn lại tệp danh sách.",
            "invalid": "Chưa nhận được tệp. Chọn lại tệp rồi gửi lại.",
        },
    )

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        try:
            self.staff: StaffFile = read_staff(upload.read(MAX_FILE + 1), upload.name or "")
        except WorkbookRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return upload


def account_problems(staff: StaffFile) -> list[Problem]:
    """What keeps a list from making accounts: wrong classes and subjects do not, they are not used."""
    used = {"full_name", "code", "birth_date", "gender", "phone", "email"}
    return [problem for problem in staff.problems if not problem.header or _is_used(problem, used)]


def _is_used(problem: Problem, used: set[str]) -> bool:
    heading = folded_heading(problem.header)
    return any(heading in SYNONYMS[name] for name in used) or not any(
        heading in words for words in SYNONYMS.values()
    )


class AccountForm(StaffFields, forms.Form):
    """One new account. An empty user name is proposed from the name."""

    staff_code = forms.CharField(
        label="Mã cán bộ",
        max_length=30,
        error_messages={"required": "Chưa ghi mã cán bộ. Mỗi người một mã, ví dụ CB0001."},
    )
    full_name = forms.CharField(
        label="Họ và tên", max_length=150, error_messages={"required": "Chưa ghi họ và tên."}
    )
    birth_date = forms.DateField(
        label="Ngày sinh",
        required=False,
        widget=DayInput(),
        error_messages={"invalid": "Ngày sinh chưa đúng. Ghi ngày/tháng/năm."},
    )
    phone = forms.CharField(label="Điện thoại", required=False, max_length=30)
    email = forms.EmailField(
        label="Thư điện tử",
        required=False,
        error_messages={"invalid": "Địa chỉ thư chưa đúng. Ghi dạng ten@truong.edu.vn."},
    )
    username = forms.CharField(
        label="Tên đăng nhập",
        required=False,
        max_length=60,
        help_text="Để trống thì hệ thống đặt theo tên không dấu, ví dụ hong.nt.",
        widget=forms.TextInput({"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )

    is_another = forms.BooleanField(
        label="Là người khác, chỉ trùng họ tên và ngày sinh", required=False, widget=forms.HiddenInput
    )

    def clean_staff_code(self) -> str:
        code = staff_code(self.cleaned_data["staff_code"])
        known = User.objects.filter(staff_code=code).first()
        if known:
            raise forms.ValidationError(f"Mã «{code}» đã có tài khoản: {known.full_name} ({known.username}).")
        return code

    def clean_username(self) -> str:
        return username_of(self.cleaned_data["username"])

    def clean(self) -> dict[str, Any]:
        """Somebody of the same name and birth date is nearly always the same person: the clerk says if not."""
        told = super().clean() or {}
        known = people_known_as([(told.get("full_name", ""), told.get("birth_date"))])
        for same in known.values():
            self.fields["is_another"].widget = forms.CheckboxInput()
            if not told.get("is_another"):
                self.add_error(
                    "is_another",
                    f"{same.full_name}, sinh ngày {same.birth_date:%d/%m/%Y}, đã có tài khoản {same.username} "
                    f"(mã {same.staff_code}). Nếu đúng là người khác, đánh dấu ô này rồi gửi lại.",
                )
        return told

    def person(self) -> User:
        """The unsaved person that the form describes."""
        told = {name: value for name, value in self.cleaned_data.items() if name != "is_another"}
        if not told["username"]:
            names = User.objects.values_list("username", "second_username")
            told["username"] = propose(told["full_name"], {name for pair in names for name in pair if name})
        return User(sort_key=sort_key(told["full_name"]), **told)
