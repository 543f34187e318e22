"""The forms of the pages of years, their calendar and classes: they turn text into values."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms

from accounts.day_fields import DayInput
from accounts.terms import Problem
from students.models import CalendarEntry, SchoolClass, SchoolYear, Session, WeekPattern
from students.names import clean
from students.years import HEADING_LINES, TERM_DAYS

WEEKDAYS = [
    (1, "Thứ Hai"),
    (2, "Thứ Ba"),
    (3, "Thứ Tư"),
    (4, "Thứ Năm"),
    (5, "Thứ Sáu"),
    (6, "Thứ Bảy"),
    (7, "Chủ nhật"),
]
GRADES = [(grade, f"Khối {grade}") for grade in range(1, 6)]
WRONG_DAY = "Ngày chưa đúng. Ghi ngày/tháng/năm, ví dụ 05/09/2026."


class DayField(forms.DateField):
    """A day as the browser's calendar gives it."""

    widget = DayInput()
    default_error_messages: ClassVar = {"required": "Chưa có ngày. Ghi ngày.", "invalid": WRONG_DAY}


class WordsField(forms.CharField):
    """Text in one shape: NFC, single spaces."""

    default_error_messages: ClassVar = {
        "required": "Chưa ghi. Gõ vào ô này.",
        "max_length": "Dài %(show_value)d chữ, nhiều nhất %(limit_value)d. Ghi ngắn lại.",
        "null_characters_not_allowed": "Có kí tự không đọc được. Xoá rồi gõ lại.",
    }

    def to_python(self, value: Any) -> str:
        return clean(super().to_python(value) or "")


def _reason(**more: Any) -> WordsField:
    return WordsField(label="Lí do", max_length=300, **more)


class WeekdaysField(forms.TypedMultipleChoiceField):
    """Which weekdays, as numbers (1 is Monday)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(choices=WEEKDAYS, coerce=int, widget=forms.CheckboxSelectMultiple, **kwargs)


class RefusableForm(forms.BaseForm):
    """A form whose act may refuse with problems named by field."""

    def refuse(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.message)


class YearForm(RefusableForm, forms.ModelForm):
    """The days and the heading lines of a year. `is_new`: its number too; an open one: a reason."""

    reason = _reason(required=False, help_text="Bắt buộc khi năm học đã mở, ví dụ số công văn.")

    class Meta:
        model = SchoolYear
        fields = ("year", "starts_on", *TERM_DAYS, "ends_on", "records_due_on", *HEADING_LINES, "mark_floor")
        field_classes: ClassVar = {
            **dict.fromkeys(("starts_on", *TERM_DAYS, "ends_on", "records_due_on"), DayField),
            **dict.fromkeys(HEADING_LINES, WordsField),
        }
        help_texts: ClassVar = {
            "records_due_on": "Đến ngày này giáo viên chủ nhiệm ghi đủ hồ sơ của lớp; in trên phiếu gửi phụ huynh."
        }

    def __init__(self, *args: Any, is_new: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_new:
            del self.fields["reason"]
            self.fields["year"].help_text = "Năm học 2027 - 2028 thì ghi 2027."
            self.fields["year"].error_messages |= {
                "required": "Chưa ghi năm.",
                "invalid": "Ghi bốn chữ số, ví dụ 2027.",
            }
        else:
            del self.fields["year"]
            if self.instance.state != SchoolYear.State.PREPARING:
                del self.fields["starts_on"], self.fields["ends_on"], self.fields["mark_floor"]

    def _get_validation_exclusions(self) -> set[str]:
        """The act says in words what is wrong with the days; the constraints are behind it."""
        return super()._get_validation_exclusions() | set(self.fields)  # type: ignore[misc]  # unknown to the stubs

    @property
    def changed_fields(self) -> list[str]:
        return [name for name in self.changed_data if name != "reason"]


class EntryForm(RefusableForm, forms.Form):
    """Days off, or a day on which lessons are made up."""

    kind = forms.ChoiceField(
        label="Loại", choices=CalendarEntry.Kind.choices, widget=forms.RadioSelect, initial="off"
    )
    name = WordsField(
        label="Tên ngày nghỉ, ngày học bù",
        max_length=150,
        help_text="Ví dụ: Nghỉ bão số 3; Học bù ngày 21/09.",
    )
    starts_on = DayField(label="Từ ngày")
    ends_on = DayField(label="Đến ngày", required=False, help_text="Để trống nếu chỉ một ngày.")
    session = forms.ChoiceField(
        label="Buổi",
        choices=[("", "Cả ngày"), *((each.value, f"Buổi {each.label}") for each in Session)],
        required=False,
    )
    taught_as = forms.TypedChoiceField(
        label="Học bù theo thời khoá biểu của",
        choices=[("", "Không phải ngày học bù"), *WEEKDAYS],
        coerce=int,
        empty_value=None,
        required=False,
    )
    reason = _reason(required=False, help_text="Bắt buộc khi ngày đã tới hoặc đã qua.")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("starts_on"), values.get("ends_on")
        is_made_up = values.get("kind") == CalendarEntry.Kind.MAKE_UP
        if first and last and last < first:
            self.add_error("ends_on", "Ngày cuối trước ngày đầu. Sửa lại một trong hai ngày.")
        if is_made_up and not values.get("taught_as"):
            self.add_error("taught_as", "Ngày học bù theo thời khoá biểu thứ mấy? Chọn một thứ.")
        if is_made_up and first and last and last != first:
            self.add_error("ends_on", "Mỗi lần ghi một ngày học bù: để trống ô này.")
        return values

    def entry(self, year: SchoolYear) -> CalendarEntry:
        chosen = self.cleaned_data
        is_made_up = chosen["kind"] == CalendarEntry.Kind.MAKE_UP
        return CalendarEntry(
            year=year,
            kind=chosen["kind"],
            name=chosen["name"],
            starts_on=chosen["starts_on"],
            ends_on=chosen["ends_on"] or chosen["starts_on"],
            session=chosen["session"],
            taught_as=chosen["taught_as"] if is_made_up else None,
        )


class RemoveForm(RefusableForm, forms.Form):
    """Why an entry goes."""

    reason = _reason(required=False, help_text="Bắt buộc khi ngày đã tới hoặc đã qua.")


class WeekForm(RefusableForm, forms.Form):
    """Which weekdays have lessons, in the morning and in the afternoon, from a day on."""

    starts_on = DayField(label="Áp dụng từ ngày", help_text="Những ngày trước đó giữ nguyên.")
    mornings = WeekdaysField(label="Học buổi sáng")
    afternoons = WeekdaysField(
        label="Học buổi chiều", help_text="Dạy học 1 buổi/ngày: chỉ chọn sáng hoặc chỉ chọn chiều."
    )
    reason = _reason(required=False, help_text="Bắt buộc khi ngày áp dụng đã qua hoặc học Chủ nhật.")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("mornings") and not values.get("afternoons"):
            self.add_error("mornings", "Chưa có buổi học nào. Chọn ít nhất một buổi trong tuần.")
        return values

    def pattern(self, year: SchoolYear, school_class: SchoolClass | None) -> WeekPattern:
        names = ("starts_on", "mornings", "afternoons")
        week = {name: self.cleaned_data[name] for name in names}
        return WeekPattern(year=year, school_class=school_class, **week)


class ClassForm(RefusableForm, forms.ModelForm):
    """A class (rule R8)."""

    combined_with = forms.TypedMultipleChoiceField(
        label="Lớp ghép với khối",
        choices=GRADES,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Chỉ chọn khi học sinh khối khác học chung lớp này. Khối của lớp là khối đông học sinh nhất.",
    )
    grade_level = forms.TypedChoiceField(label="Khối", choices=GRADES, coerce=int)
    reason = _reason(required=False, help_text="Ghi vào lịch sử, ví dụ số quyết định.")

    class Meta:
        model = SchoolClass
        fields = ("name", "grade_level", "site", "foreign_language", "is_semi_boarding", "combined_with")
        field_classes: ClassVar = {"name": WordsField, "site": WordsField}
        help_texts: ClassVar = {
            "name": "Như nhà trường vẫn gọi, ví dụ 1A1, 4.1, 5D.",
            "site": "Để trống nếu là điểm trường chính.",
        }

    def clean_combined_with(self) -> list[int]:
        grades = self.cleaned_data["combined_with"]
        if len(grades) > 2:
            raise forms.ValidationError("Lớp ghép có nhiều nhất ba trình độ. Chọn nhiều nhất hai khối nữa.")
        if self.cleaned_data.get("grade_level") in grades:
            raise forms.ValidationError("Đã gồm khối của chính lớp này. Bỏ chọn khối đó.")
        return grades

    @property
    def changed_fields(self) -> list[str]:
        return [name for name in self.changed_data if name != "reason"]
