"""Forms of the reports: which year and moment; what a person says to a copy. Text into values, nothing more."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from accounts.day_fields import DayInput
from gradebook.regulation import Period
from reports.kept_reports import LONGEST_NOTE, LONGEST_REMARK, Keeping
from reports.report_kind import Moment, ReportKind
from students.models import SchoolYear

_NO_SUCH_YEAR = "Không có năm học này. Chọn lại trong danh sách."
_NO_SUCH_PERIOD = "Báo cáo này không có thời điểm ấy. Chọn lại trong danh sách."


class MomentForm(forms.Form):
    """The year, and the period or the day of it, as the kind wants; `years` newest first."""

    year = forms.TypedChoiceField(
        label="Năm học", error_messages=dict.fromkeys(("required", "invalid_choice"), _NO_SUCH_YEAR)
    )
    period = forms.ChoiceField(
        label="Thời điểm", error_messages=dict.fromkeys(("required", "invalid_choice"), _NO_SUCH_PERIOD)
    )
    day = forms.DateField(
        label="Tính đến ngày",
        widget=DayInput,
        error_messages={
            "required": "Chọn ngày.",
            "invalid": "Ngày chưa đúng. Ghi ngày/tháng/năm, ví dụ 30/09/2026.",
        },
    )

    def __init__(self, data: Mapping[str, str], *, kind: ReportKind, years: Sequence[SchoolYear]) -> None:
        super().__init__(data)
        by_id = {str(year.pk): year for year in years}
        of_year: Any = self.fields["year"]
        of_year.choices = [(key, year.label) for key, year in by_id.items()]
        of_year.coerce = by_id.__getitem__
        of_period: Any = self.fields["period"]
        of_period.choices = [(each.value, each.label) for each in kind.periods]
        del self.fields["period" if kind.is_of_a_day else "day"]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        year, day = values.get("year"), values.get("day")
        if year and day and not year.starts_on <= day <= year.ends_on:
            self.add_error(
                "day",
                f"Ngày {day:%d/%m/%Y} không thuộc năm học {year.label} "
                f"({year.starts_on:%d/%m/%Y} – {year.ends_on:%d/%m/%Y}).",
            )
        return values

    @property
    def moment(self) -> Moment:
        """Of a form that is valid."""
        values = self.cleaned_data
        period = values.get("period")
        return Moment(values["year"], Period(period) if period else None, values.get("day"))


class KeepForm(forms.Form):
    """What is added to a copy: a note, and remarks below the headings of the kind."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    note = forms.CharField(
        label="Ghi chú",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea({"rows": 2}),
        help_text="Ví dụ: nộp Phòng Văn hoá - Xã hội ngày nào, theo công văn nào.",
    )

    def __init__(self, *args: Any, kind: ReportKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.remark_names = {f"remark{place}": heading for place, heading in enumerate(kind.remarks)}
        for name, heading in self.remark_names.items():
            self.fields[name] = forms.CharField(
                label=heading,
                required=False,
                max_length=LONGEST_REMARK,
                widget=forms.Textarea({"rows": 5}),
                error_messages={"max_length": f"Nhiều nhất {LONGEST_REMARK} chữ. Ghi ngắn lại."},
            )

    @property
    def keeping(self) -> Keeping:
        values = self.cleaned_data
        remarks = {heading: values[name] for name, heading in self.remark_names.items()}
        return Keeping(values["seen"], values["note"], remarks)
