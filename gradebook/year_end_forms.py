"""What is typed about a pupil's year: the homeroom teacher's words, and the principal's on an exception."""

from typing import Any

from django import forms
from django.http import QueryDict

from gradebook.class_lines import lines_of
from gradebook.regulation import YearResult, traits_for
from gradebook.year_end import Row
from gradebook.year_end_rules import Promotion
from gradebook.year_end_steps import Saying
from gradebook.year_rules import rules_of
from students.year_forms import DayField, WordsField

CONFIRM = ""


class PupilForm(forms.Form):
    """One pupil's year. Only what the result asks for is there: a proposal for CHT, a nomination for HTT."""

    wanted = forms.ChoiceField(
        label="Kết quả",
        required=False,
        widget=forms.RadioSelect,
    )
    reason = WordsField(
        label="Lí do đề nghị ngoại lệ",
        required=False,
        max_length=300,
        help_text="Chỉ ghi khi đề nghị kết quả khác. Hiệu trưởng quyết định; trong hồ sơ có đánh dấu.",
    )
    promotion = forms.ChoiceField(
        label="Đề nghị", required=False, choices=Promotion.pairs(), widget=forms.RadioSelect
    )
    promotion_note = WordsField(
        label="Kế hoạch giúp đỡ, hoặc lí do ở lại lớp",
        required=False,
        max_length=300,
        help_text="Bắt buộc khi đề nghị lên lớp hoặc ở lại lớp. In trong học bạ.",
    )
    lines = forms.MultipleChoiceField(
        label="Môn học nổi trội", required=False, widget=forms.CheckboxSelectMultiple
    )
    traits = forms.MultipleChoiceField(
        label="Phẩm chất, năng lực tiến bộ rõ rệt", required=False, widget=forms.CheckboxSelectMultiple
    )
    is_recognised = forms.BooleanField(label="Được tập thể lớp công nhận", required=False)
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, row: Row, data: QueryDict | None = None) -> None:
        super().__init__(data, initial=_initial(row))
        computed = row.final.result
        others = [
            (each.value, f"Đề nghị ngoại lệ: {each.label}") for each in YearResult if each is not computed
        ]
        words = f"Xác nhận kết quả hệ thống tính: {computed.label}" if computed else ""
        self._choose("wanted", [(CONFIRM, words), *others])
        school_class = row.school_class
        self._choose(
            "lines",
            [
                (line.code, line.line.short_name)
                for line in lines_of(school_class)
                if line.code not in row.computed.exempt
            ],
        )
        traits = traits_for(school_class.year_id, school_class.grade_level, rules=rules_of(school_class.year))
        self._choose(
            "traits", [(trait.code, trait.name) for trait in traits if trait.code not in row.computed.exempt]
        )

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField | forms.MultipleChoiceField):
            field.choices = choices

    @property
    def seen_version(self) -> int:
        return int(self.cleaned_data["seen"])

    @property
    def saying(self) -> Saying:
        told = self.cleaned_data
        return Saying(
            wanted=told["wanted"],
            reason=told["reason"],
            promotion=told["promotion"],
            promotion_note=told["promotion_note"],
            lines=tuple(told["lines"]),
            traits=tuple(told["traits"]),
            is_recognised=told["is_recognised"],
        )


def _initial(row: Row) -> dict[str, Any]:
    said = row.said
    return {
        "wanted": said.wanted_result,
        "reason": said.exception_reason,
        "promotion": said.promotion,
        "promotion_note": said.promotion_note,
        "lines": said.outstanding_lines,
        "traits": said.progress_traits,
        "is_recognised": said.is_recognised,
        "seen": said.version,
    }


class ExceptionForm(forms.Form):
    """The principal's word on a wish for another result than the computed one."""

    decision = forms.ChoiceField(
        label="Quyết định",
        choices=[("granted", "Đồng ý"), ("refused", "Không đồng ý, giữ kết quả hệ thống tính")],
        widget=forms.RadioSelect,
        error_messages={"required": "Chọn một trong hai."},
    )
    note = WordsField(label="Ý kiến", max_length=300, help_text="Giáo viên chủ nhiệm đọc được.")


class ReopenForm(forms.Form):
    """Why the approval of a pupil's result is taken back."""

    reopen_reason = WordsField(
        label="Lí do mở lại",
        max_length=300,
        help_text="Quyết định cũ và lí do này còn trong lịch sử. Giáo viên chủ nhiệm xét lại, Phó Hiệu trưởng rà soát, "
        "rồi Hiệu trưởng phê duyệt lại.",
    )


class SendBackForm(forms.Form):
    """Why a class's results go back to its homeroom teacher."""

    reason = WordsField(
        label="Lí do trả lại",
        max_length=500,
        help_text="Ghi rõ em nào, nội dung nào phải xem lại. Giáo viên chủ nhiệm thấy ở «Việc của tôi».",
    )


class CommendationForm(forms.Form):
    """Praise of a pupil, at any time of the year."""

    kind = forms.ChoiceField(label="Hình thức", error_messages={"required": "Chọn hình thức."})
    text = WordsField(
        label="Nội dung", max_length=300, help_text="Vì sao được khen; của cấp nào, số quyết định nếu có."
    )
    given_on = DayField(label="Ngày")

    def __init__(self, kinds: list[tuple[str, str]], data: QueryDict | None = None) -> None:
        super().__init__(data)
        field = self.fields["kind"]
        if isinstance(field, forms.ChoiceField):
            field.choices = kinds


class TakeBackForm(forms.Form):
    """Why praise was taken back: written by mistake."""

    reason = WordsField(label="Lí do rút lại", max_length=300)
