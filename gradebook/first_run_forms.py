"""The form of a new school's first page."""

from typing import Any, ClassVar

from django import forms

from gradebook.account_forms import username_of
from gradebook.first_run import FirstPerson, is_set_up_code
from students.models import SchoolYear
from students.staff_files import staff_code
from students.year_forms import RefusableForm, WordsField
from students.years import HEADING_LINES

TYPED = {"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}


class SetUpCodeForm(forms.Form):
    """Who sits at the server, or was told by them."""

    set_up_code = forms.CharField(
        label="Mã cài đặt",
        max_length=60,
        help_text="Người cài đặt đọc mã này trên máy chủ, bằng lệnh: manage.py first_run",
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={
            "required": "Chưa ghi mã cài đặt. Người cài đặt chạy lệnh manage.py first_run để xem."
        },
    )

    def clean_set_up_code(self) -> str:
        typed: str = self.cleaned_data["set_up_code"]
        if not is_set_up_code(typed):
            raise forms.ValidationError(
                "Mã cài đặt chưa đúng. Chép lại từ dòng mà lệnh manage.py first_run in ra trên máy chủ."
            )
        return typed


def _username(post: str, proposed: str) -> forms.CharField:
    return forms.CharField(
        label=f"Tên đăng nhập của {post}",
        max_length=60,
        initial=proposed,
        widget=forms.TextInput(TYPED),
        error_messages={"required": "Chưa ghi tên đăng nhập."},
    )


class FirstRunForm(RefusableForm, SetUpCodeForm, forms.ModelForm):
    """The heading lines of the school's papers, and its first two accounts."""

    principal_name = WordsField(label="Họ và tên Hiệu trưởng", max_length=150)
    principal_code = WordsField(label="Mã cán bộ của Hiệu trưởng", max_length=30, initial="CB0001")
    principal_username = _username("Hiệu trưởng", "hieutruong")
    clerk_name = WordsField(label="Họ và tên văn thư", max_length=150)
    clerk_code = WordsField(label="Mã cán bộ của văn thư", max_length=30, initial="CB0002")
    clerk_username = _username("văn thư", "vanthu")

    class Meta:
        model = SchoolYear
        fields = HEADING_LINES
        field_classes: ClassVar = dict.fromkeys(HEADING_LINES, WordsField)
        help_texts: ClassVar = {
            "school_name": "Như trên con dấu, ví dụ Trường Tiểu học Kim Đồng.",
            "parent_body": "Dòng trên tên trường ở đầu văn bản, ví dụ Uỷ ban nhân dân phường Hoà Bình.",
            "place": "Trước ngày tháng ở đầu văn bản, ví dụ Hoà Bình.",
        }

    def clean_principal_username(self) -> str:
        return username_of(self.cleaned_data["principal_username"])

    def clean_clerk_username(self) -> str:
        return username_of(self.cleaned_data["clerk_username"])

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        for field, fault in (
            ("code", "Trùng mã của Hiệu trưởng. Mỗi người một mã."),
            ("username", "Trùng tên đăng nhập của Hiệu trưởng. Mỗi người một tên."),
        ):
            first, second = (told.get(f"{post}_{field}", "") for post in ("principal", "clerk"))
            if second and first.casefold() == second.casefold():
                self.add_error(f"clerk_{field}", fault)
        return told

    def person(self, post: str) -> FirstPerson:
        """`post`: "principal" or "clerk"."""
        told = self.cleaned_data
        return FirstPerson(
            code=staff_code(told[f"{post}_code"]),
            full_name=told[f"{post}_name"],
            username=told[f"{post}_username"],
        )
