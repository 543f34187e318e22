"""What is typed about a decision on results: what it is about, its number and day, why it is withdrawn."""

from collections.abc import Sequence
from itertools import groupby

from django import forms
from django.http import QueryDict

from gradebook.decision_rules import DecisionKind
from students.models import SchoolClass
from students.year_forms import DayField, WordsField


class DraftForm(forms.Form):
    """What to draft: the kind, and the whole school or one class."""

    kind = forms.ChoiceField(
        label="Quyết định",
        choices=DecisionKind.pairs(),
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Chọn loại quyết định trong danh sách."),
    )
    school_class = forms.TypedChoiceField(
        label="Phạm vi",
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": "Lớp này không thuộc năm học. Chọn trong danh sách."},
    )

    def __init__(self, classes: Sequence[SchoolClass], data: QueryDict | None = None) -> None:
        super().__init__(data)
        by_id = {str(each.pk): each for each in classes}
        groups = groupby(classes, key=lambda each: each.grade_level)
        field = self.fields["school_class"]
        field.choices = [  # type: ignore[attr-defined]
            ("", "Toàn trường"),
            *((f"Khối {grade}", [(str(each.pk), each.name) for each in rows]) for grade, rows in groups),
        ]
        field.coerce = by_id.__getitem__  # type: ignore[attr-defined]


class IssueForm(forms.Form):
    """The number and the day of the paper."""

    number = WordsField(label="Số quyết định", max_length=60, help_text="Theo sổ văn bản đi của trường.")
    dated = DayField(label="Ngày kí")


class WithdrawForm(forms.Form):
    """Why a decision is withdrawn."""

    reason = WordsField(
        label="Lí do thu hồi",
        max_length=300,
        help_text="Quyết định đã thu hồi vẫn lưu cùng danh sách; các em trong đó có thể vào quyết định khác.",
    )
