"""The form of an announcement: turns what was typed into values, decides nothing."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from accounts.day_fields import DayInput
from accounts.models import Team
from approvals.evidence import CleanFile, EvidenceRefused, clean_evidence

UNREADABLE = {"null_characters_not_allowed": "Có kí tự không đọc được. Xoá rồi gõ lại."}
TOO_LONG = "%(show_value)d chữ, nhiều nhất %(limit_value)d. Ghi ngắn lại."


class TextField(forms.CharField):
    """A line break counts as one letter, as in the browser, which sends two."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


def has_words(text: str, what: str) -> str:
    if not any(character.isalnum() for character in text):
        raise forms.ValidationError(f"{what} chưa có chữ nào. Ghi vài chữ rồi gửi lại.")
    return text


def clean_file(upload: UploadedFile | None) -> CleanFile | None:
    """The upload made harmless, None where there is none; told at its field where it cannot be kept."""
    if upload is None:
        return None
    try:
        # Too large is told before the file is read into memory.
        return clean_evidence(upload.name or "tệp", upload.read(settings.EVIDENCE_MAX_BYTES + 1))
    except EvidenceRefused as refusal:
        raise forms.ValidationError(str(refusal)) from refusal


class AnnouncementForm(forms.Form):
    """To whom, what, until when. `teams` are those the person may tell; `to_school` adds the whole school."""

    to = forms.ChoiceField(
        label="Gửi tới",
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Nơi nhận chưa đúng. Chọn trong danh sách."
        ),
    )
    title = forms.CharField(
        label="Tiêu đề",
        max_length=200,
        error_messages={
            "required": "Chưa có tiêu đề. Ghi một dòng nói việc gì.",
            "max_length": f"Tiêu đề dài {TOO_LONG}",
            **UNREADABLE,
        },
    )
    text = TextField(
        label="Nội dung",
        max_length=4000,
        widget=forms.Textarea({"rows": 8}),
        help_text="Gửi rồi không sửa được, vì đã có người đọc; cần đổi thì thu hồi và thông báo lại.",
        error_messages={
            "required": "Chưa có nội dung. Ghi vài câu rồi gửi lại.",
            "max_length": f"Nội dung dài {TOO_LONG}",
            **UNREADABLE,
        },
    )
    shown_until = forms.DateField(
        label="Nhắc đến hết ngày",
        required=False,
        widget=DayInput(),
        help_text="Sau ngày này không nhắc người chưa đọc nữa; để trống thì nhắc trong cả năm học.",
        error_messages={"invalid": "Ngày chưa đúng. Ghi ngày/tháng/năm, ví dụ 05/12/2026."},
    )
    file = forms.FileField(
        label="Tệp kèm theo",
        required=False,
        allow_empty_file=True,
        widget=forms.ClearableFileInput({"accept": ".pdf,.jpg,.jpeg,.png"}),
        help_text="Một tệp PDF, ảnh JPEG hoặc PNG, tối đa 10 MB. Hạn chế kèm thông tin riêng của học sinh.",
    )
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, teams: list[Team], to_school: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._teams = {f"team:{team.pk}": team for team in teams}
        school = [("school", "Toàn trường")] if to_school else []
        self.fields["to"].choices = [*school, *((key, team.name) for key, team in self._teams.items())]  # type: ignore[attr-defined]

    def clean_title(self) -> str:
        return has_words(self.cleaned_data["title"], "Tiêu đề")

    def clean_text(self) -> str:
        return has_words(self.cleaned_data["text"], "Nội dung")

    def clean_file(self) -> CleanFile | None:
        return clean_file(self.cleaned_data["file"])

    def clean_token(self) -> uuid.UUID:
        """A form without a token is one of its own."""
        return self.cleaned_data["token"] or uuid.uuid4()

    @property
    def team(self) -> Team | None:
        return self._teams.get(self.cleaned_data["to"])
