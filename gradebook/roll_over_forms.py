"""The forms of the roll-over turn what was typed or ticked into values; a list's moves are sealed in the page."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from accounts.models import User
from gradebook.roll_over import Move
from gradebook.roll_over_lists import Wish, pasted, read_file
from gradebook.sealed_previews import seal, unseal
from students.models import SchoolClass, SchoolYear
from students.names import clean
from students.workbook_safety import MAX_FILE
from students.workbooks import WorkbookRefused
from students.year_forms import WordsField

PURPOSE = "roll_over_list"
NO_CLASS = "none"


class MoveForm(forms.Form):
    """Ticked pupils, each with the version of the place that the page showed, and where they are to go."""

    to_class = forms.ChoiceField(
        label="Chuyển em đã chọn sang",
        error_messages={
            "required": "Chọn lớp muốn chuyển sang.",
            "invalid_choice": "Lớp này không còn trong khối. Chọn lớp trong danh sách.",
        },
    )

    def __init__(self, *args: Any, classes: Sequence[SchoolClass], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(str(each.pk), f"Lớp {each.name}") for each in classes]
        self.fields["to_class"].choices = [("", "Chọn lớp…"), *names, (NO_CLASS, "Chưa xếp lớp")]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        data = self.data.getlist("pupil") if isinstance(self.data, QueryDict) else []
        pairs = [value.split(":") for value in data]
        if not pairs:
            raise forms.ValidationError("Chưa chọn em nào. Đánh dấu ở tên em cần chuyển rồi bấm lại.")
        if not all(len(pair) == 2 and all(each.isdecimal() for each in pair) for pair in pairs):
            raise forms.ValidationError("Không đọc được em đã chọn. Mở lại trang rồi chọn lại.")
        to = told.get("to_class", "")
        class_id = int(to) if to.isdecimal() else None
        self.moves = [Move(int(pupil), class_id, int(version)) for pupil, version in pairs]
        return told


class PasteForm(forms.Form):
    """Names or ids, one pupil a line, for one class."""

    school_class = forms.ModelChoiceField(
        SchoolClass.objects.none(),
        label="Xếp vào lớp",
        empty_label="Chọn lớp…",
        error_messages={"required": "Chọn lớp.", "invalid_choice": "Lớp này không có trong khối. Chọn lại."},
    )
    text = forms.CharField(
        label="Danh sách dán từ Excel",
        help_text="Mỗi em một dòng: họ và tên, hoặc mã định danh; trùng tên thì thêm ngày sinh.",
        widget=forms.Textarea({"rows": 6}),
        error_messages={"required": "Chưa dán danh sách. Dán cột họ tên hoặc mã từ Excel vào ô này."},
    )

    def __init__(self, *args: Any, year: SchoolYear, grade: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school_class"].queryset = year.classes.filter(grade_level=grade).order_by("name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if not self.errors:
            try:
                self.wishes: list[Wish] = pasted(told["text"], told["school_class"])
            except WorkbookRefused as refusal:
                self.add_error("text", str(refusal))
        return told


class FileForm(forms.Form):
    """The grade's file with its column «Lớp mới»."""

    file = forms.FileField(
        label="Tệp danh sách khối",
        help_text="Tệp Excel .xlsx tải từ trang này, đã sửa cột «Lớp mới».",
        widget=forms.FileInput({"accept": ".xlsx"}),
        error_messages={
            "required": "Chưa chọn tệp. Chọn tệp trên máy.",
            "empty": "Tệp rỗng. Chọn lại tệp.",
            "invalid": "Chưa nhận được tệp. Chọn lại tệp rồi gửi lại.",
        },
    )

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        try:
            self.wishes = read_file(upload.read(MAX_FILE + 1), clean(upload.name or "")[-150:])
        except WorkbookRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return upload


def leaving_in(data: QueryDict) -> set[int]:
    """The pupils whom the ticked classes of the preview name, by id."""
    keys = (key for value in data.getlist("left") for key in value.split(","))
    return {int(key) for key in keys if key.isdecimal()}


class UndoForm(forms.Form):
    reason = WordsField(label="Lí do hoàn tác", max_length=300)


class DecisionForm(forms.Form):
    """The principal's word on one pupil."""

    decision = forms.ChoiceField(
        label="Quyết định",
        choices=[("up", "Được lên lớp"), ("stay", "Ở lại lớp")],
        widget=forms.RadioSelect,
        error_messages={"required": "Chọn một trong hai."},
    )
    note = WordsField(
        label="Căn cứ",
        max_length=300,
        help_text="Ví dụ: theo kết quả thực hiện kế hoạch giáo dục cá nhân; theo học bạ trường cũ. In trong học bạ.",
    )


def seal_moves(moves: Sequence[Move], *, year: int, grade: int, source: str, by: User) -> str:
    """The moves of a dry run, and by which door they came."""
    rows = [(move.student_id, move.class_id, move.version) for move in moves]
    return seal({"source": source, "rows": rows}, purpose=PURPOSE, whose=[by.pk, year, grade])


def unseal_moves(text: str, *, year: int, grade: int, by: User) -> tuple[list[Move], str]:
    """The moves and their door. Raises PreviewLost unless they are of the same person, year and grade."""
    told = unseal(text, purpose=PURPOSE, whose=[by.pk, year, grade])
    return [Move(*row) for row in told["rows"]], told["source"]
