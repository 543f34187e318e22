"""The forms for the lines and the rule set of a year: they turn text into values."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from gradebook.line_choices import field_of
from gradebook.line_effects import ClassChoice
from gradebook.regulation import Line
from gradebook.rule_choice import rule_sets_for
from gradebook.seen_choices import SeenChoicesForm
from gradebook.year_rules import optional_lines
from students.models import SchoolClass, SchoolYear
from students.year_forms import RefusableForm, WordsField

HAS, HAS_NOT, FOLLOWS = "1", "0", ""
_MEANS = {HAS: True, HAS_NOT: False, FOLLOWS: None}


class LinesForm(SeenChoicesForm):
    """Which optional lines each grade has."""

    def __init__(self, *args: Any, year: SchoolYear, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = optional_lines(year) if year.rule_set else {}
        for grade, lines in self.offered.items():
            self.fields[f"grade_{grade}"] = forms.MultipleChoiceField(
                label=f"Môn tự chọn của khối {grade}",
                choices=[(line.code, line.short_name) for line in lines],
                widget=forms.CheckboxSelectMultiple,
                required=False,
                show_hidden_initial=True,
            )

    @property
    def chosen(self) -> dict[int, list[str]]:
        """Of the grades whose choice differs from what the page showed."""
        return {
            grade: self.cleaned_data[name]
            for grade in self.offered
            if (name := f"grade_{grade}") in self.changed_data
        }


class ClassLinesForm(SeenChoicesForm):
    """What each class has of the optional lines of its grade. `of_grade`: (grade, code) of what the grades have."""

    def __init__(
        self,
        *args: Any,
        year: SchoolYear,
        classes: Sequence[SchoolClass],
        of_grade: Iterable[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offered: Mapping[int, tuple[Line, ...]] = optional_lines(year) if year.rule_set else {}
        self.classes, self.of_grade = classes, set(of_grade)
        for each in classes:
            for line in self.offered.get(each.grade_level, ()):
                self.fields[field_of(each.pk, line.code)] = self._field(each, line)

    def _field(self, school_class: SchoolClass, line: Line) -> forms.ChoiceField:
        has = "học" if (school_class.grade_level, line.code) in self.of_grade else "không học"
        label = f"{line.short_name}, lớp {school_class.name}"
        return forms.ChoiceField(
            label=label,
            choices=[(FOLLOWS, f"Theo khối: {has}"), (HAS, "Riêng: học"), (HAS_NOT, "Riêng: không học")],
            widget=forms.Select({"aria-label": label, "class": "control"}),
            required=False,
            show_hidden_initial=True,
        )

    @property
    def grades(self) -> list[dict[str, Any]]:
        """As the page shows it: by grade the lines, and a row for each class: fields, and what is stored in words."""
        return [
            {
                "grade": grade,
                "lines": lines,
                "rows": [
                    (each, [self._cell(field_of(each.pk, line.code), line) for line in lines])
                    for each in self.classes
                    if each.grade_level == grade
                ],
            }
            for grade, lines in self.offered.items()
            if any(each.grade_level == grade for each in self.classes)
        ]

    def _cell(self, name: str, line: Line) -> dict[str, Any]:
        words = dict(self.fields[name].choices)  # type: ignore[attr-defined]  # a choice field
        stored = self.initial.get(name, FOLLOWS)
        return {"field": self[name], "line": line, "words": words[stored], "is_own": stored != FOLLOWS}

    @property
    def chosen(self) -> ClassChoice:
        """What differs from what the page showed."""
        return {
            (each.pk, line.code): _MEANS[self.cleaned_data[name]]
            for each in self.classes
            for line in self.offered.get(each.grade_level, ())
            if (name := field_of(each.pk, line.code)) in self.changed_data
        }


def choice_of(is_taught: bool) -> str:
    return HAS if is_taught else HAS_NOT


class RuleSetForm(RefusableForm, forms.Form):
    """Another rule set for the year, and on what ground."""

    rule_set = forms.ChoiceField(label="Bộ quy định", widget=forms.RadioSelect)
    reason = WordsField(label="Lí do", max_length=300, help_text="Ghi vào lịch sử, ví dụ số công văn.")

    def __init__(self, *args: Any, year: SchoolYear, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule_set"].initial = year.rule_set
        sets = [(rules.code, rules.name) for rules in rule_sets_for(year)]
        self.fields["rule_set"].choices = sets  # type: ignore[attr-defined]  # a choice field
