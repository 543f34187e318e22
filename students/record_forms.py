"""The forms of a pupil's record, one a section: they turn text into values; what is allowed is said by the rules."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.forms.models import fields_for_model
from django.urls import reverse

from accounts.day_fields import DayInput
from students.administrative_units import AddressForm, Unit, is_divided, recognise, successors, suggest
from students.administrative_units import unit as unit_of
from students.cell_values import CellRefused, PartialDate, date_of, digits_of, phone_of
from students.code_lists import nationalities
from students.models import Student, YearProfile
from students.names import as_a_name, clean
from students.record_rules import YEAR_FIELDS, Problem
from students.record_sections import BIRTH, CODES, PERMANENT_UNIT, Section, label, shown
from students.records import Clash, PupilFile, RecordClash

WRONG_DAY = "Ngày chưa đúng. Ghi ngày/tháng/năm, ví dụ 05/11/2026."
YEAR_HELP = "Bốn chữ số, ví dụ 1988."
HELP = {
    "moet_id": "10 chữ số.",
    "national_id": "12 chữ số, theo giấy khai sinh hoặc thông báo số định danh.",
    "school_code": "Chưa có mã thì cấp mã tạm; có mã chính thức thì ghi đè, mã tạm còn trong lịch sử.",
    "birth_place": "Theo giấy khai sinh.",
    "origin": "Theo giấy khai sinh.",
    "father_birth_year": YEAR_HELP,
    "mother_birth_year": YEAR_HELP,
    "guardian_birth_year": YEAR_HELP,
    "guardian_name": "Chỉ ghi khi người giám hộ không phải cha, mẹ.",
    "guardian_relation": "Ví dụ Ông nội, Bà ngoại, Cô ruột.",
    "disability_code": "Theo giấy xác nhận khuyết tật; nhà trường không tự xác định.",
    "is_exempt_from_assessment": "Theo quyết định của Hiệu trưởng, ghi trong kế hoạch giáo dục cá nhân.",
    "exemption_decision_no": "Ví dụ 12/QĐ-TH.",
    "height_cm": "Xăng-ti-mét, ví dụ 124.",
    "weight_kg": "Ki-lô-gam, ví dụ 24,5.",
}
NAMES = ("full_name", "father_name", "mother_name", "guardian_name")
PHONES = ("phone", "father_phone", "mother_phone", "guardian_phone")
_ID_DIGITS = {"moet_id": (10, "mã định danh Bộ GD&ĐT"), "national_id": (12, "số định danh cá nhân")}
_NULL_WHEN_EMPTY = ("moet_id", "national_id", "school_code")
_NONE_IS_NO = ("policy_code", "disability_code", "day_boarding_code")


class BirthField(forms.CharField):
    """A date as far as it is known (R15): 05/09/2019, 09/2019 or 2019."""

    def clean(self, value: Any) -> PartialDate | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return date_of(text, epoch_1904=False)
        except CellRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class KilosField(forms.DecimalField):
    """A weight with a decimal comma (rule R94)."""

    widget = forms.TextInput({"inputmode": "decimal"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=4, decimal_places=1, **kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        return shown("weight_kg", value) if isinstance(value, Decimal) else value


class SectionForm(forms.Form):
    """The fields of one section of a record, filled with what stands there.

    `values` are what the act wants: fields of the database by name. `version` says which state the page showed.
    """

    version = forms.CharField(widget=forms.HiddenInput, required=False)
    doubted = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, file: PupilFile, section: Section) -> None:
        self.file, self.section = file, section
        self.choices: list[Unit] = []
        self.may_stay: Unit | None = None
        """The old ward that was typed, where nobody but the family can say what it is today."""
        self.unit: dict[str, str] = {}
        self.notices: list[str] = []
        """What is kept in other words than were typed."""
        super().__init__(data, initial=self._initial())
        for name in section.fields:
            form_name = form_field_of(name)
            if form_name not in self.fields:
                self.fields[form_name] = _field(form_name)
        self._keep_the_stored_nationality()
        if section.code == "ids":
            self.fields["reason"] = forms.CharField(
                label="Lí do, căn cứ",
                required=False,
                max_length=100,
                help_text="Ghi vào lịch sử, ví dụ «Sở cấp mã định danh».",
            )

    def _keep_the_stored_nationality(self) -> None:
        """What an old record says may stay, though the list lacks it."""
        field: Any = self.fields.get("nationality")
        stored = self.file.student.nationality
        if field and stored not in dict(field.choices):
            field.choices = [*field.choices, (stored, stored)]

    def _initial(self) -> dict[str, Any]:
        student = self.file.student
        return {
            **self.file.values,
            "version": self.file.version,
            "birth": student.birth_label,
            "permanent_unit": _unit_label(student),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in NAMES:
            if cleaned.get(name) and cleaned[name] != self.initial[name]:
                self._read_name(name)
        for name in PHONES:
            if cleaned.get(name) and cleaned[name] != self.initial[name]:
                self._read(name, phone_of)
        for name, (length, words) in _ID_DIGITS.items():
            if cleaned.get(name):
                self._read(name, partial(digits_of, length=length, name=words))
        if "permanent_unit" in self.fields:
            self._read_unit()
        return cleaned

    def _read(self, name: str, read: Callable[[str], str]) -> None:
        try:
            self.cleaned_data[name] = read(self.cleaned_data[name])
        except CellRefused as refusal:
            self.add_error(name, str(refusal))

    def _read_name(self, name: str) -> None:
        typed = clean(self.cleaned_data[name])
        self.cleaned_data[name] = as_a_name(typed)
        if self.cleaned_data[name] != typed:
            self.notices.append(f"«{typed}» được ghi là «{self.cleaned_data[name]}».")

    def _read_unit(self) -> None:
        """The unit chosen from the list, else the one whose name was typed; an address of before may stay."""
        choice = clean(self.data.get("permanent_unit_choice", ""))
        text = choice or clean(self.cleaned_data.get("permanent_unit", ""))
        if text == self.initial["permanent_unit"]:
            return
        old = _old_ward(text)
        self.may_stay = old if old and is_divided(old) else None
        found = (self.may_stay if choice else None) if old else recognise(text, AddressForm.TWO_LEVEL)
        if found or not text:
            self.unit = _unit_values(found)
            return
        self.choices = _meant(text, self.file)
        remedy = (
            "Chọn một nơi dưới đây hoặc gõ lại." if self.choices else "Gõ tên xã (phường), tỉnh (thành phố)."
        )
        self.add_error("permanent_unit", f"«{text}» không phải một xã (phường) hiện nay. {remedy}")

    @property
    def values(self) -> dict[str, Any]:
        """What the person wants to stand in the section's fields."""
        wanted = {
            name: _stored(name, value)
            for name, value in self.cleaned_data.items()
            if name in self.section.fields
        }
        if "birth" in self.cleaned_data:
            wanted |= dict(zip(BIRTH, self.cleaned_data["birth"] or (None, None, None), strict=True))
        return wanted | self.unit

    @property
    def reason(self) -> str:
        return self.cleaned_data.get("reason", "")

    @property
    def unit_choices(self) -> list[Unit]:
        """Offered beside the field: what was meant, or what became of the old ward that stands there."""
        return self.choices or ([] if self.is_bound else _successors_of(self.file.student))

    @property
    def old_ward(self) -> str:
        """The ward of three levels that stands in the record, while the page offers what it is today."""
        return self.file.student.permanent_ward if self.unit_choices and not self.is_bound else ""

    def ask(self, doubts: Sequence[Problem]) -> bool:
        """Whether these have yet to be answered: each stands at its field, and a second save keeps what was typed."""
        seen = hashlib.sha256(repr(doubts).encode()).hexdigest()[:16]
        if not doubts or self.cleaned_data["doubted"] == seen:
            return False
        data: Any = self.data.copy()  # type: ignore[attr-defined] # a form that was sent holds the request's QueryDict
        data["doubted"] = seen
        self.data = data
        self.refuse(
            Problem(each.field, f"{each.message} Đúng như vậy thì bấm Lưu lần nữa.") for each in doubts
        )
        return True

    def refuse(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            field = form_field_of(problem.field)
            self.add_error(field if field in self.fields else None, problem.message)

    def renewed(self, clash: RecordClash, file: PupilFile) -> "SectionForm":
        """The form over the record as it is now: what the person did not touch is new, what clashes is named.

        What they typed still stands in it, and a second save writes it over the newer value, knowingly.
        """
        touched = {form_field_of(name) for name in clash.touched}
        fresh = SectionForm(None, file, self.section)
        data: Any = self.data.copy()  # type: ignore[attr-defined] # a form that was sent holds the request's QueryDict
        for name in set(fresh.fields) - touched - {"doubted"}:
            data[name] = _as_sent(fresh[name])
        for name in [name for name, field in fresh.fields.items() if isinstance(field, forms.BooleanField)]:
            if name not in touched and not fresh[name].value():
                del data[name]
        form = SectionForm(data, file, self.section)
        form.is_valid()
        for each in clash.clashes:
            form.add_error(form_field_of(each.field), _clash_words(each))
        return form


def form_field_of(name: str) -> str:
    """The form's field in which a field of the database is written."""
    if name in BIRTH:
        return "birth"
    return "permanent_unit" if name in PERMANENT_UNIT else name


def _clash_words(clash: Clash) -> str:
    now = shown(clash.field, clash.value) or "để trống"
    return f"{clash.by} vừa sửa mục này: nay là «{now}». Bấm Lưu lần nữa để ghi theo bản của thầy cô."


# -- Fields ------------------------------------------------------------------------------------------------


def _field(name: str) -> forms.Field:
    """The form's field of a model's field, in the school's words; the rules say what must be there."""
    if name == "birth":
        return BirthField(
            label="Ngày sinh",
            required=False,
            help_text="Ngày/tháng/năm; chỉ biết tháng hoặc năm thì ghi 09/2019 hoặc 2019.",
        )
    if name == "permanent_unit":
        return _unit_field()
    field = _plain_field(name)
    field.label, field.help_text = label(name), HELP.get(name, "")
    field.required = field.widget.is_required = name == "full_name"
    field.error_messages["required"] = "Chưa có họ và tên. Ghi họ và tên theo giấy khai sinh."
    return field


def _unit_field() -> forms.CharField:
    """Suggestions come while one types; without script the name is typed whole, or chosen after the first save."""
    ask = {
        "hx-get": reverse("students:units"),
        "hx-trigger": "input changed delay:200ms",
        "hx-target": "#unit-choices",
        "hx-sync": "this:replace",
    }
    return forms.CharField(
        label="Thường trú: xã (phường), tỉnh (thành phố)",
        required=False,
        max_length=300,
        widget=forms.TextInput({"autocomplete": "off", **ask}),
        help_text="Gõ vài chữ, không cần dấu, ví dụ «le chan», rồi chọn. Ghi theo hai cấp từ 01/7/2025.",
    )


_WRONG_NUMBERS = {"height_cm": "Ghi số xăng-ti-mét tròn, không có phần lẻ, ví dụ 118."}


def _plain_field(name: str) -> forms.Field:
    if name in CODES:
        nothing = "Không" if name in _NONE_IS_NO else "Chưa có"
        return _choice_field([("", nothing), *CODES[name]().names.items()])
    if name == "weight_kg":
        return KilosField()
    if name == "nationality":
        return _choice_field([("", "Chưa có"), *((each, each) for each in nationalities().names.values())])
    model = YearProfile if name in YEAR_FIELDS else Student
    field: Any = fields_for_model(model, fields=[name])[name]
    if isinstance(field, forms.DateField):
        return forms.DateField(
            widget=DayInput(),
            input_formats=["%Y-%m-%d", "%d/%m/%Y"],
            error_messages={"invalid": WRONG_DAY},
        )
    if isinstance(field, forms.TypedChoiceField):
        choices = dict(model._meta.get_field(name).flatchoices)  # type: ignore[union-attr] # noqa: SLF001 - Django's documented API
        return _choice_field([("", choices.pop("", "Chưa có")), *choices.items()])
    if isinstance(field, forms.IntegerField):
        field.widget = forms.TextInput({"inputmode": "numeric"})
        field.error_messages["invalid"] = _WRONG_NUMBERS.get(name, "Ghi năm bằng bốn chữ số, ví dụ 1988.")
    return field


def _choice_field(choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        choices=choices, error_messages={"invalid_choice": "Chọn một mục trong danh sách."}
    )


def _as_sent(field: forms.BoundField) -> str:
    """The value as a browser would send it; a choice's widget tells it as a list."""
    value: Any = field.field.widget.format_value(field.value())
    return (value[0] if isinstance(value, list) and value else value) or ""


def _stored(name: str, value: Any) -> Any:
    """Ids not known are null, as they must not collide; texts are clean."""
    if name in _NULL_WHEN_EMPTY:
        return clean(value or "") or None
    return clean(value) if isinstance(value, str) else value


# -- Units -------------------------------------------------------------------------------------------------


def _unit_label(student: Student) -> str:
    parts = (student.permanent_ward, student.permanent_district, student.permanent_province)
    return ", ".join(part for part in parts if part)


def _unit_values(unit: Unit | None) -> dict[str, str]:
    if unit is None:
        return dict.fromkeys(PERMANENT_UNIT, "")
    return {
        "permanent_form": unit.form.value,
        "permanent_ward_code": unit.code,
        "permanent_ward": unit.ward,
        "permanent_district": unit.district,
        "permanent_province_code": unit.province_code,
        "permanent_province": unit.province,
    }


def _successors_of(student: Student) -> list[Unit]:
    """What the old ward of a record became; none for a record in today's form."""
    if student.permanent_form != AddressForm.THREE_LEVEL:
        return []
    old = unit_of(AddressForm.THREE_LEVEL, student.permanent_ward_code)
    return list(successors(old)) if old else []


def _old_ward(text: str) -> Unit | None:
    """Asked first: of «Phường Cống Vị, Quận Ba Đình, …» the shorter form would take Ba Đình for a ward of today."""
    old = recognise(text, AddressForm.THREE_LEVEL)
    return old if old and old.ward else None


def _meant(text: str, file: PupilFile) -> list[Unit]:
    """Units of today that the text may mean: of an old ward its successors, else names that begin like it."""
    old = recognise(text, AddressForm.THREE_LEVEL)
    near = file.school_class.year.province if file.school_class else ""
    return list(successors(old)) if old else suggest(text, AddressForm.TWO_LEVEL, near=near, limit=8)
