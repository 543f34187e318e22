"""The form of a question or an incident: turns what was typed into values, decides nothing."""

import uuid
from typing import Any

from django import forms

from accounts.models import Post
from approvals.inquiries import MOST_LETTERS
from approvals.inquiry_workflow import Desk
from approvals.models import Inquiry
from approvals.page_places import local_path


class _TextField(forms.CharField):
    """A line break counts as one letter, as in the browser, which sends two."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class InquiryForm(forms.Form):
    """Question or incident, to whom, and the words. `head` is the person's grade head, None where there is none."""

    kind = forms.ChoiceField(
        label="Đây là",
        choices=Inquiry.Kind.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Chọn «Câu hỏi» hoặc «Sự cố»."),
    )
    urgency = forms.ChoiceField(
        label="Mức độ",
        choices=Inquiry.Urgency.choices,
        widget=forms.RadioSelect,
        required=False,
        help_text="Chỉ dùng cho sự cố.",
        error_messages={"invalid_choice": "Mức độ chưa đúng. Chọn một trong hai mức."},
    )
    desk = forms.ChoiceField(
        label="Gửi tới",
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Chưa chọn nơi nhận. Chọn trong danh sách."
        ),
    )
    text = _TextField(
        label="Nội dung",
        max_length=MOST_LETTERS,
        widget=forms.Textarea({"rows": 6}),
        help_text="Đang làm gì, thấy gì, cần gì. Đừng ghi mật khẩu; hạn chế ghi thông tin riêng của học sinh.",
        error_messages={
            "required": "Chưa có nội dung. Ghi vài chữ rồi gửi lại.",
            "max_length": "Nội dung dài %(show_value)s chữ, nhiều nhất %(limit_value)s. Bớt đi rồi gửi lại.",
            "null_characters_not_allowed": "Có kí tự không đọc được. Xoá rồi gõ lại.",
        },
    )
    page = forms.CharField(required=False, widget=forms.HiddenInput)
    token = forms.UUIDField(
        widget=forms.HiddenInput,
        required=False,
        error_messages={"invalid": "Biểu mẫu này không còn đúng. Mở lại trang rồi gửi lại."},
    )

    def __init__(self, *args: Any, head: Post | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clerk = (Desk.CLERK.value, "Văn thư (hỗ trợ phần mềm của trường)")
        if head:
            label = f"Tổ trưởng {head.team}: {head.holder.full_name}"
            self.fields["desk"].choices = [(Desk.GRADE_HEAD.value, label), clerk]  # type: ignore[attr-defined]
        else:
            self.fields["desk"].choices = [clerk]  # type: ignore[attr-defined]

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if not any(character.isalnum() for character in text):
            raise forms.ValidationError("Nội dung chưa có chữ nào. Ghi vài chữ rồi gửi lại.")
        return text

    def clean_page(self) -> str:
        return local_path(self.cleaned_data["page"])

    def clean_token(self) -> uuid.UUID:
        """A form without a token is one of its own."""
        return self.cleaned_data["token"] or uuid.uuid4()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("kind") == Inquiry.Kind.INCIDENT and not values.get("urgency"):
            values["urgency"] = Inquiry.Urgency.NORMAL.value
        return values
