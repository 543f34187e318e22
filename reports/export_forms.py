"""The forms of the exports: text into values, nothing more."""

from collections.abc import Sequence
from typing import Any

from django import forms

from gradebook.models import PERIOD_CHOICES
from gradebook.regulation import Period
from reports.sector_files import Scope
from reports.sector_shapes import SHAPES, shape_of
from students.models import SchoolClass, SchoolYear


class SectorFileForm(forms.Form):
    """Which shape, for whom in the year in view, at which time. `classes` come in their order.

    `shape` becomes a Shape, `scope` a Scope, `period` a Period.
    """

    shape = forms.TypedChoiceField(
        label="Mẫu tệp",
        choices=[(shape.slug, shape.title) for shape in SHAPES],
        coerce=shape_of,
        error_messages={
            "required": "Chọn mẫu tệp cần xuất.",
            "invalid_choice": "Không có mẫu tệp này. Chọn lại trong danh sách.",
        },
    )
    scope = forms.TypedChoiceField(
        label="Xuất cho",
        error_messages={
            "required": "Chọn lớp, khối hoặc toàn trường.",
            "invalid_choice": "Lớp này không thuộc năm học đang xem. Chọn lại trong danh sách.",
        },
    )
    period = forms.TypedChoiceField(
        label="Thời điểm đánh giá",
        choices=PERIOD_CHOICES,
        coerce=Period,
        help_text="Cho các tệp điểm, nhận xét. Danh sách học sinh không cần.",
        error_messages={
            "required": "Chọn thời điểm đánh giá.",
            "invalid_choice": "Không có thời điểm đánh giá này. Chọn lại trong danh sách.",
        },
    )

    def __init__(self, *args: Any, year: SchoolYear, classes: Sequence[SchoolClass], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grades = list(dict.fromkeys(each.grade_level for each in classes))
        scopes = {"truong": Scope(year)}
        scopes |= {f"khoi-{grade}": Scope(year, grade=grade) for grade in grades}
        scopes |= {str(each.pk): Scope(year, school_class=each) for each in classes}
        field = self.fields["scope"]
        field.choices = [  # type: ignore[attr-defined]
            ("truong", "Toàn trường"),
            *(
                (
                    f"Khối {grade}",
                    [
                        (f"khoi-{grade}", f"Cả khối {grade}"),
                        *((str(each.pk), each.name) for each in classes if each.grade_level == grade),
                    ],
                )
                for grade in grades
            ),
        ]
        field.coerce = scopes.__getitem__  # type: ignore[attr-defined]


class SendingForm(forms.Form):
    """How a batch was sent."""

    note = forms.CharField(
        label="Gửi bằng cách nào",
        required=False,
        max_length=300,
        help_text="Ví dụ: nạp lên trang CSDL ngành của Sở; gửi qua thư công vụ.",
        error_messages={"max_length": "Nhiều nhất 300 chữ. Ghi ngắn lại."},
    )
