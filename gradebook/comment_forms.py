"""The forms of the bank of comments: one comment, which ones to list, a file of them. They turn text into values."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from gradebook.comment_bank import FIRST, LAST, LIMIT, SUBJECTS, Entry, Whose
from gradebook.comment_files import ReadBank, read_bank_file
from gradebook.comment_places import ALLOWED
from gradebook.regulation import GRADES
from students.workbook_safety import MAX_FILE
from students.workbooks import WorkbookRefused

SUBJECT_CHOICES = [
    ("Môn học, hoạt động giáo dục", [(each.code, each.label) for each in SUBJECTS if not each.is_group]),
    ("Phẩm chất, năng lực", [(each.code, each.label) for each in SUBJECTS if each.is_group]),
]
LEVEL_CHOICES = [
    ("T", "T: Hoàn thành tốt; Tốt"),
    ("H", "H: Hoàn thành (môn học)"),
    ("Đ", "Đ: Đạt (phẩm chất, năng lực)"),
    ("C", "C: Chưa hoàn thành; Cần cố gắng"),
]
GRADE_CHOICES = [(grade, f"Khối {grade}") for grade in GRADES]
WHOSE_CHOICES = [
    (Whose.OWN.value, "Của riêng tôi: chỉ mình tôi thấy"),
    (Whose.SCHOOL.value, "Của trường: mọi giáo viên dùng chung"),
]


class ListForm(forms.Form):
    """Which part of the bank a page lists; anything strange in the address is as good as nothing."""

    subject = forms.ChoiceField(label="Môn học, nhóm", choices=SUBJECT_CHOICES, required=False)
    grade = forms.TypedChoiceField(
        label="Khối", choices=[("", "Mọi khối"), *GRADE_CHOICES], coerce=int, required=False, empty_value=None
    )
    whose = forms.ChoiceField(
        label="Của ai",
        choices=[
            ("", "Tất cả"),
            (Whose.OWN.value, "Của tôi"),
            (Whose.SCHOOL.value, "Của trường"),
            (Whose.SHIPPED.value, "Có sẵn"),
        ],
        required=False,
    )


class CommentForm(forms.Form):
    """One comment. `seen` is the text that the person saw; `replaces` names the shipped one it stands in for."""

    whose = forms.ChoiceField(label="Ghi vào ngân hàng", choices=WHOSE_CHOICES, widget=forms.RadioSelect)
    subject = forms.ChoiceField(label="Môn học, nhóm", choices=SUBJECT_CHOICES)
    level = forms.ChoiceField(label="Mức độ", choices=LEVEL_CHOICES)
    first_grade = forms.TypedChoiceField(label="Từ khối", choices=GRADE_CHOICES, coerce=int, initial=FIRST)
    last_grade = forms.TypedChoiceField(label="Đến khối", choices=GRADE_CHOICES, coerce=int, initial=LAST)
    text = forms.CharField(
        label="Nội dung nhận xét",
        strip=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=f"Nhiều nhất {LIMIT} kí tự. Chỗ tự điền: {ALLOWED}.",
        error_messages={"required": "Nội dung nhận xét còn trống: hãy ghi câu nhận xét."},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)
    replaces = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, may_keep_school: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_keep_school:
            self.fields["whose"].widget = forms.HiddenInput()

    @property
    def entry(self) -> Entry:
        told = self.cleaned_data
        return Entry(told["subject"], told["level"], told["text"], told["first_grade"], told["last_grade"])


class BankFileForm(forms.Form):
    """Once valid, `read` holds what the file says."""

    whose = forms.ChoiceField(label="Nạp vào ngân hàng", choices=WHOSE_CHOICES, widget=forms.RadioSelect)
    replaces = forms.BooleanField(
        label="Bỏ khỏi ngân hàng những nhận xét không có trong tệp (chỉ ở các môn, nhóm có trong tệp)",
        required=False,
    )
    file = forms.FileField(
        label="Tệp nhận xét",
        help_text="Tệp Excel .xlsx, nhiều nhất 10 MB: mỗi môn hoặc nhóm một trang mang tên môn, có cột «Mức độ» và "
        "«Nội dung nhận xét»; cột «Khối» không bắt buộc.",
        widget=forms.FileInput({"accept": ".xlsx"}),
        error_messages={
            "required": "Chưa chọn tệp. Chọn tệp nhận xét trên máy.",
            "empty": "Tệp rỗng. Chọn lại tệp nhận xét.",
            "invalid": "Chưa nhận được tệp. Chọn lại tệp rồi gửi lại.",
        },
    )

    def __init__(self, *args: Any, may_keep_school: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_keep_school:
            self.fields["whose"].widget = forms.HiddenInput()

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        try:
            self.read: ReadBank = read_bank_file(upload.read(MAX_FILE + 1), upload.name or "")
        except WorkbookRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return upload
