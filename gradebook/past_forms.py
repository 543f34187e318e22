"""As of which moment a sheet is asked for."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone

from accounts import clock
from gradebook.order_forms import MomentField
from students.models import SchoolYear

_SHAPES = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y")
_WRONG = "Thời điểm chưa đúng. Ghi ngày và giờ, ví dụ 05/11/2026 17:00."


class MomentForm(forms.Form):
    """A moment between the first day of the year and now."""

    at = MomentField(
        label="Xem sổ như lúc",
        input_formats=_SHAPES,
        widget=forms.DateTimeInput({"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"),
        error_messages={"required": _WRONG, "invalid": _WRONG},
    )

    def __init__(self, *args: Any, year: SchoolYear, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"at": clock.stamp().replace(microsecond=0)})
        super().__init__(*args, **kwargs)
        self._first = year.starts_on

    def clean_at(self) -> datetime.datetime:
        moment = self.cleaned_data["at"]
        if moment > clock.stamp():
            raise forms.ValidationError("Thời điểm này chưa đến. Chọn một lúc đã qua.")
        if timezone.localdate(moment) < self._first:
            raise forms.ValidationError(
                f"Năm học chưa bắt đầu lúc đó. Chọn từ ngày {self._first:%d/%m/%Y} trở đi."
            )
        return moment
