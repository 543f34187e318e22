"""The forms of the pages that take in pupil lists: which file for which year, and what to show of a dry run."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from accounts.clock import today
from students.models import SchoolYear
from students.roster_files import read_roster
from students.roster_plans import Deed
from students.workbook_safety import MAX_FILE
from students.workbooks import WorkbookRefused

DEED_WORDS = {
    Deed.REFUSE: "Bị từ chối",
    Deed.CREATE: "Thêm mới",
    Deed.CHANGE: "Thay đổi",
    Deed.KEEP: "Giữ nguyên",
}


class UploadForm(forms.Form):
    """A workbook that can be read, and the year it is for; what is in it is not judged here.

    Once valid, `content` holds the bytes and `roster` what they say.
    """

    year = forms.ModelChoiceField(
        SchoolYear.objects.none(),
        label="Năm học",
        empty_label=None,
        error_messages={
            "required": "Chưa chọn năm học. Chọn năm học của danh sách.",
            "invalid_choice": "Năm học này không nạp danh sách được nữa. Chọn năm học trong danh sách.",
        },
    )
    file = forms.FileField(
        label="Tệp danh sách",
        help_text="Tệp Excel (.xlsx, .xls) hoặc CSV, nhiều nhất 10 MB: tệp xuất từ CSDL ngành, từ phần mềm khác, hoặc "
        "danh sách của trường có dòng tiêu đề với cột «Họ và tên».",
        widget=forms.FileInput({"accept": ".xlsx,.xls,.csv,.txt"}),
        error_messages={
            "required": "Chưa chọn tệp. Chọn tệp danh sách trên máy.",
            "empty": "Tệp rỗng. Chọn lại tệp danh sách.",
            "invalid": "Chưa nhận được tệp. Chọn lại tệp rồi gửi lại.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        going_on = SchoolYear.objects.filter(ends_on__gte=today()).exclude(state=SchoolYear.State.CLOSED)
        years = going_on.order_by("year")
        self.fields["year"].queryset = years  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile:
        """Reads the workbook once, for the year chosen above it."""
        upload: UploadedFile = self.cleaned_data["file"]
        # Too large is told before the whole file is in memory.
        self.content = upload.read(MAX_FILE + 1)
        year = self.cleaned_data.get("year")
        try:
            self.roster = read_roster(self.content, upload.name or "", school_year=year and year.pk)
        except WorkbookRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return upload


class FilterForm(forms.Form):
    """Which rows of a dry run to show; `marked` are those with something to look at: value, words, how many."""

    show = forms.ChoiceField(label="Xem", required=False)
    school_class = forms.ChoiceField(label="Lớp", required=False)

    def __init__(
        self,
        *args: Any,
        counts: dict[Deed, int],
        marked: Sequence[tuple[str, str, int]],
        classes: list[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        deeds = [(deed.value, f"{word} ({counts.get(deed, 0)})") for deed, word in DEED_WORDS.items()]
        of_marks = [(value, f"{words} ({count})") for value, words, count in marked]
        self.fields["show"].choices = [("", f"Tất cả ({sum(counts.values())})"), *deeds, *of_marks]  # type: ignore[attr-defined]
        self.fields["school_class"].choices = [("", "Mọi lớp"), *((name, name) for name in classes)]  # type: ignore[attr-defined]

    def value(self, name: str) -> str:
        """What was chosen; "" for everything, also where the address asks for what does not exist."""
        self.is_valid()
        return self.cleaned_data.get(name, "")
