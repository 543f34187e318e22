"""What the forms of prints and exports let choose alike: a class, a grade or the school; a period."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from django import forms

from gradebook.models import PERIOD_CHOICES
from gradebook.regulation import Period
from students.models import SchoolClass


class PeriodField(forms.TypedChoiceField):
    """Becomes a Period."""

    def __init__(self, *, help_text: str = "") -> None:
        super().__init__(
            label="Thời điểm đánh giá",
            choices=PERIOD_CHOICES,
            coerce=Period,
            help_text=help_text,
            error_messages={
                "required": "Chọn thời điểm đánh giá.",
                "invalid_choice": "Không có thời điểm đánh giá này. Chọn lại trong danh sách.",
            },
        )


class WhomField(forms.TypedChoiceField):
    """A class, a grade or the whole school of the year in view; becomes what `offer` says of it."""

    def __init__(self, *, label: str, required: str) -> None:
        super().__init__(
            label=label,
            error_messages={
                "required": required,
                "invalid_choice": "Lớp này không thuộc năm học đang xem. Chọn lại trong danh sách.",
            },
        )

    def offer(
        self,
        classes: Sequence[SchoolClass],
        *,
        school: Any,
        of_grade: Callable[[int], Any],
        of_class: Callable[[SchoolClass], Any] = lambda each: each,
        first: str = "",
    ) -> None:
        """`classes` come in their order. With `first` nothing is chosen to begin with, and the field says so."""
        by_value: dict[str, Any] = {"truong": school}
        choices: list[Any] = [("truong", "Toàn trường")]
        for grade, rows in groupby(classes, key=lambda each: each.grade_level):
            own = {str(each.pk): each for each in rows}
            by_value[f"khoi-{grade}"] = of_grade(grade)
            by_value |= {value: of_class(each) for value, each in own.items()}
            named = [(value, each.name) for value, each in own.items()]
            choices.append((f"Khối {grade}", [(f"khoi-{grade}", f"Cả khối {grade}"), *named]))
        self.choices = [*([("", first)] if first else []), *choices]
        self.coerce = by_value.__getitem__
