"""The form of a class's height and weight: two cells a pupil, with what the page had shown of them."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms

from accounts.clock import today
from accounts.day_fields import DayInput
from students.class_records import MeasureRow, seen_text
from students.record_forms import WRONG_DAY, KilosField
from students.record_rules import size_problems
from students.record_sections import shown
from students.records import Measure, MeasuresClash

Size = tuple[int | None, Decimal | None]


class MeasuresForm(forms.Form):
    """Rows of the database's roster, never of the request; what was typed stays in them when something is wrong."""

    measured_on = forms.DateField(
        label="Ngày đo",
        widget=DayInput(),
        error_messages={"invalid": WRONG_DAY, "required": "Chưa có ngày đo. Ghi ngày."},
    )

    def __init__(self, data: Any, rows: list[MeasureRow]) -> None:
        super().__init__(data, initial={"measured_on": today()})
        self.rows = rows
        self.measures: list[Measure] = []
        if data is not None:
            for row in rows:
                row.height = data.get(f"height-{row.student.pk}", row.height).strip()
                row.weight = data.get(f"weight-{row.student.pk}", row.weight).strip()
                row.seen = data.get(f"seen-{row.student.pk}", row.seen)

    def clean_measured_on(self) -> datetime.date:
        day = self.cleaned_data["measured_on"]
        if day > today():
            raise forms.ValidationError("Ngày đo chưa tới. Kiểm tra lại.")
        return day

    def clean(self) -> dict[str, Any]:
        for row in self.rows:
            try:
                size, seen = _size(row.height, row.weight), _size(*row.seen.split("|", 1))
            except forms.ValidationError as wrong:
                row.errors = tuple(wrong.messages)
                continue
            problems = size_problems({"height_cm": size[0], "weight_kg": size[1]})
            row.errors = tuple(problem.message for _fields, problem in problems)
            self.measures.append(Measure(row.student.pk, *size, seen=seen))
        wrong_rows = [row.student.full_name for row in self.rows if row.errors]
        if wrong_rows:
            self.add_error(None, f"Số đo chưa đúng: {', '.join(wrong_rows)}. Chưa ghi số nào.")
        return super().clean() or {}

    def clash(self, clash: MeasuresClash) -> None:
        """Names the newer values in their rows; a second save writes over them, knowingly."""
        for row in self.rows:
            now = clash.now.get(row.student.pk)
            if now is not None:
                row.errors = (f"Vừa được người khác ghi: {_words(now)}. Bấm Lưu lần nữa để ghi theo số này.",)
                row.seen = seen_text(*now)
        self.add_error(None, f"{clash} Xem các dòng có ghi chú; chưa ghi số nào.")


_HEIGHT, _WEIGHT = forms.IntegerField(required=False), KilosField(required=False)
_HEIGHT.error_messages["invalid"] = "Chiều cao ghi bằng số nguyên, ví dụ 124."
_WEIGHT.error_messages["invalid"] = "Cân nặng ghi bằng số, ví dụ 24,5."


def _size(height: str, weight: str = "") -> Size:
    return _HEIGHT.clean(height), _WEIGHT.clean(weight)


def _words(size: Size) -> str:
    height, weight = shown("height_cm", size[0]) or "–", shown("weight_kg", size[1]) or "–"
    return f"{height} cm, {weight} kg"
