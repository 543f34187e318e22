"""The form that asks for a book: text into values, nothing more."""

from collections.abc import Sequence
from itertools import groupby

from django import forms

from gradebook.models import PERIOD_CHOICES
from reports.models import PrintJob
from students.models import SchoolClass

OF_A_CLASS = (PrintJob.Book.CLASS_TABLE, PrintJob.Book.TRANSCRIPTS)


class AskForBookForm(forms.Form):
    """Which book, of which class of the year in view, at which time; `classes` come in their order."""

    book = forms.ChoiceField(
        label="Loại sổ",
        choices=[(each.value, each.label) for each in OF_A_CLASS],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Chọn sổ THKQGD hoặc học bạ.",
            "invalid_choice": "Không có loại sổ này. Chọn sổ THKQGD hoặc học bạ.",
        },
    )
    school_class = forms.TypedChoiceField(
        label="Lớp",
        error_messages={
            "required": "Chọn lớp cần in.",
            "invalid_choice": "Lớp này không thuộc năm học đang xem. Chọn lại lớp trong danh sách.",
        },
    )
    period = forms.ChoiceField(
        label="Thời điểm đánh giá",
        choices=PERIOD_CHOICES,
        help_text="Cho sổ THKQGD. Học bạ luôn in theo cuối năm học.",
        error_messages={
            "required": "Chọn thời điểm đánh giá.",
            "invalid_choice": "Không có thời điểm đánh giá này. Chọn lại trong danh sách.",
        },
    )

    def __init__(self, *args: object, classes: Sequence[SchoolClass], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # the arguments of any form
        by_id = {str(each.pk): each for each in classes}
        groups = groupby(classes, key=lambda each: each.grade_level)
        field = self.fields["school_class"]
        field.choices = [  # type: ignore[attr-defined]
            ("", "Chọn lớp"),
            *((f"Khối {grade}", [(str(each.pk), each.name) for each in rows]) for grade, rows in groups),
        ]
        field.coerce = by_id.__getitem__  # type: ignore[attr-defined]
