"""The forms of the prints: text into values, nothing more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms

from gradebook.models import PERIOD_CHOICES
from reports.choice_fields import PeriodField, WhomField
from reports.models import PrintJob
from reports.print_register import Narrowing
from students.models import SchoolClass, SchoolYear

OF_A_CLASS = (PrintJob.Book.CLASS_TABLE, PrintJob.Book.TRANSCRIPTS)
MOST_COPIES: Final = 999


@dataclass(frozen=True, slots=True)
class ManyClasses:
    """All classes of a grade, or (None) of the school."""

    grade_level: int | None

    @property
    def words(self) -> str:
        return f"khối {self.grade_level}" if self.grade_level else "toàn trường"


class AskForBookForm(forms.Form):
    """Which book, for whom in the year in view, at which time; `classes` come in their order.

    `school_class` becomes a SchoolClass, or ManyClasses.
    """

    book = forms.ChoiceField(
        label="Loại sổ",
        choices=[(each.value, each.label) for each in OF_A_CLASS],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Chọn sổ THKQGD hoặc học bạ.",
            "invalid_choice": "Không có loại sổ này. Chọn sổ THKQGD hoặc học bạ.",
        },
    )
    school_class = WhomField(label="In cho", required="Chọn lớp cần in.")
    period = PeriodField(help_text="Cho sổ THKQGD. Học bạ luôn in theo cuối năm học.")

    def __init__(self, *args: object, classes: Sequence[SchoolClass], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # the arguments of any form
        whom: Any = self.fields["school_class"]
        whom.offer(
            classes, school=ManyClasses(None), of_grade=ManyClasses, first="Chọn lớp, khối hoặc toàn trường"
        )


class CopiesForm(forms.Form):
    """How many paper copies were made, and for whom."""

    count = forms.IntegerField(
        label="Số bản giấy",
        min_value=1,
        max_value=MOST_COPIES,
        error_messages={
            "required": "Gõ số bản giấy đã in, ví dụ 2.",
            "invalid": "Số bản giấy là một số nguyên, ví dụ 2.",
            "min_value": "Số bản giấy ít nhất là 1.",
            "max_value": f"Số bản giấy nhiều nhất là {MOST_COPIES}; in nhiều hơn thì ghi thành nhiều lần.",
        },
        widget=forms.NumberInput(attrs={"min": 1, "max": MOST_COPIES, "inputmode": "numeric"}),
    )
    recipient = forms.CharField(
        label="Giao cho, lưu ở đâu",
        required=False,
        max_length=200,
        help_text="Ví dụ: lưu tủ hồ sơ văn phòng; cô Lan, GVCN 4A.",
        error_messages={"max_length": "Nhiều nhất 200 chữ."},
    )


class RegisterForm(forms.Form):
    """Which lines of the register; the year is in the address."""

    book = forms.ChoiceField(
        label="Loại sổ",
        required=False,
        choices=[("", "Tất cả"), *((each.value, each.label) for each in PrintJob.Book)],
    )
    period = forms.ChoiceField(label="Thời điểm", required=False, choices=[("", "Tất cả"), *PERIOD_CHOICES])
    school_class = forms.ModelChoiceField(
        label="Lớp", required=False, queryset=SchoolClass.objects.none(), empty_label="Tất cả"
    )

    def __init__(self, *args: Any, year: SchoolYear, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school_class"].queryset = year.classes.all()  # type: ignore[attr-defined]

    def narrowing(self, year: SchoolYear) -> Narrowing:
        """What is not among the choices narrows nothing."""
        self.is_valid()
        chosen = self.cleaned_data
        return Narrowing(year, chosen.get("book", ""), chosen.get("period", ""), chosen.get("school_class"))
