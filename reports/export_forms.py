"""The forms of the exports: text into values, nothing more."""

from collections.abc import Sequence
from typing import Any

from django import forms

from reports.choice_fields import PeriodField, WhomField
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
    scope = WhomField(label="Xuất cho", required="Chọn lớp, khối hoặc toàn trường.")
    period = PeriodField(help_text="Cho các tệp điểm, nhận xét. Danh sách học sinh không cần.")

    def __init__(self, *args: Any, year: SchoolYear, classes: Sequence[SchoolClass], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whom: Any = self.fields["scope"]
        whom.offer(
            classes,
            school=Scope(year),
            of_grade=lambda grade: Scope(year, grade=grade),
            of_class=lambda each: Scope(year, school_class=each),
        )


class SendingForm(forms.Form):
    """How a batch was sent."""

    note = forms.CharField(
        label="Gửi bằng cách nào",
        required=False,
        max_length=300,
        help_text="Ví dụ: nạp lên trang CSDL ngành của Sở; gửi qua thư công vụ.",
        error_messages={"max_length": "Nhiều nhất 300 chữ. Ghi ngắn lại."},
    )
