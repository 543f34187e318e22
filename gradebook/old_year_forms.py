"""The forms of years before Thông tư 27/2020: which year of a pupil, its page, a file. They turn text into values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField

from gradebook.old_year_cells import ABOUT, COMMENTS, ENDING, HEADINGS, line_cells, read_old_year
from gradebook.old_year_files import ReadYears, read_years_file
from gradebook.regulation import GRADES, Attainment, NotCovered, Rating, UnknownGrade, year_label
from gradebook.regulation_2016 import (
    FIRST_YEAR,
    OLD_TRAITS,
    OldGroup,
    OldLine,
    OldYear,
    check_old_year,
    completion_words,
    last_old_year,
    old_lines_for,
)
from students.workbook_safety import MAX_FILE
from students.workbooks import WorkbookRefused

_YEARS = [(year, year_label(year)) for year in range(last_old_year(GRADES[-1]), FIRST_YEAR - 1, -1)]
_LONG = frozenset({"competency_comment", "quality_comment", "award"})
_HELP: Mapping[str, str] = {
    "class_name": "Như trong học bạ, ví dụ 3B.",
    "weight_kg": "Ví dụ 26,5.",
    "absent_with_leave": "Nửa ngày là 0,5.",
    "source_paper": "Ví dụ: số 125/2019, Trường Tiểu học Kim Đồng cấp.",
}


class WhichYearForm(forms.Form):
    """Which page is to be copied; only years of Thông tư 22/2016 pass."""

    year = forms.TypedChoiceField(label="Năm học", choices=_YEARS, coerce=int)
    grade = forms.TypedChoiceField(
        label="Khối", choices=[(each, f"Khối {each}") for each in GRADES], coerce=int
    )

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        if {"year", "grade"} <= told.keys():
            try:
                check_old_year(told["year"], told["grade"])
            except (NotCovered, UnknownGrade) as refusal:
                raise forms.ValidationError(str(refusal)) from refusal
        return told


@dataclass(frozen=True, slots=True)
class LineFields:
    """A row of part 1; `mark` is None where the grade has no test."""

    line: OldLine
    attainment: BoundField
    mark: BoundField | None
    comment: BoundField


class OldYearForm(forms.Form):
    """The page of one year: once valid, `told` is what it says. `seen` is the version that the person saw."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, year: int, grade: int, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.year, self.grade, self.told = year, grade, OldYear(year, grade)
        self.lines = old_lines_for(grade)
        for cell in ABOUT:
            self.fields[cell.name] = _text(cell.name)
        for line in self.lines:
            for cell in line_cells(line, grade):
                self.fields[cell.name] = _of_line(cell.name)
        for trait in OLD_TRAITS:
            self.fields[trait.code] = _choice(trait.code, Rating.pairs())
        for cell in (*COMMENTS.values(), *ENDING):
            self.fields[cell.name] = _text(cell.name)
        yes_no = [("Hoàn thành", "Hoàn thành"), ("Chưa hoàn thành", "Chưa hoàn thành")]
        self.fields["is_completed"] = _choice("is_completed", yes_no)
        words = completion_words(grade, is_completed=True)
        self.fields["completion"].help_text = f"Để trống thì ghi «{words}» hoặc «Chưa …»."
        self.fields["is_signed_by_deputy"] = forms.CharField(
            label=HEADINGS["is_signed_by_deputy"], required=False, widget=forms.CheckboxInput({"value": "x"})
        )
        self.fields["is_struck"] = forms.BooleanField(
            label="Ghi nhầm (em khác, năm khác): không in trang này trong học bạ", required=False
        )
        self.fields["reason"] = forms.CharField(
            label="Lí do sửa",
            required=False,
            max_length=300,
            help_text="Khi sửa bản đã ghi thì bắt buộc; bản cũ còn trong lịch sử.",
        )

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        texts = {name: str(told.get(name, "")) for name in HEADINGS}
        texts["is_signed_by_deputy"] = "x" if texts["is_signed_by_deputy"] in {"x", "True"} else ""
        self.told, problems = read_old_year(
            texts, year=self.year, grade_level=self.grade, is_struck=bool(told.get("is_struck"))
        )
        for problem in problems:
            self.add_error(problem.name if problem.name in self.fields else None, problem.message)
        return told

    # -- What the page shows, part by part -----------------------------------------------------------------

    @property
    def about(self) -> list[BoundField]:
        return [self[cell.name] for cell in ABOUT]

    @property
    def line_rows(self) -> Iterator[LineFields]:
        for line in self.lines:
            mark = f"{line.code}_mark"
            yield LineFields(
                line,
                self[f"{line.code}_attainment"],
                self[mark] if mark in self.fields else None,
                self[f"{line.code}_comment"],
            )

    @property
    def trait_groups(self) -> list[tuple[OldGroup, list[BoundField], BoundField]]:
        return [
            (
                group,
                [self[trait.code] for trait in OLD_TRAITS if trait.group is group],
                self[COMMENTS[group].name],
            )
            for group in OldGroup
        ]

    @property
    def ending(self) -> list[BoundField]:
        return [self[cell.name] for cell in ENDING]


def _text(name: str) -> forms.Field:
    """What may stand there is said by `read_old_year`, for the file as for the form."""
    widget = forms.Textarea({"rows": 3}) if name in _LONG else forms.TextInput()
    return forms.CharField(
        label=HEADINGS[name], required=False, strip=False, widget=widget, help_text=_HELP.get(name, "")
    )


def _of_line(name: str) -> forms.Field:
    if name.endswith("_attainment"):
        return _choice(name, Attainment.pairs())
    if name.endswith("_mark"):
        widget: forms.Widget = forms.TextInput({"inputmode": "numeric", "size": "3"})
    else:
        widget = forms.Textarea({"rows": 2})
    return forms.CharField(label=HEADINGS[name], required=False, strip=False, widget=widget)


def _choice(name: str, pairs: list[tuple[str, str]]) -> forms.Field:
    """A value that is none of them is refused in the reader's words, and kept in the field."""
    choices = [
        ("", "–"),
        *((value, f"{value} – {label}" if value != label else value) for value, label in pairs),
    ]
    return forms.CharField(label=HEADINGS[name], required=False, widget=forms.Select(choices=choices))


class YearsFileForm(forms.Form):
    """Once valid, `read` holds what the file says."""

    file = forms.FileField(
        label="Tệp các năm học trước Thông tư 27",
        help_text="Tệp Excel .xlsx theo mẫu, nhiều nhất 10 MB, 500 hàng: mỗi hàng một năm học của một em.",
        widget=forms.FileInput({"accept": ".xlsx"}),
        error_messages={
            "required": "Chưa chọn tệp. Chọn tệp đã điền trên máy.",
            "empty": "Tệp rỗng. Chọn lại tệp đã điền.",
            "invalid": "Chưa nhận được tệp. Chọn lại tệp rồi gửi lại.",
        },
    )

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        try:
            self.read: ReadYears = read_years_file(upload.read(MAX_FILE + 1), upload.name or "")
        except WorkbookRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return upload
