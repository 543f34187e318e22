"""Forms of inspections: turn what was typed into values, decide nothing."""

import datetime
from typing import Any

from django import forms

from accounts import clock
from accounts.day_fields import DayInput
from accounts.models import User
from approvals.inspection_workflow import Verdict
from approvals.inspections import MOST_LETTERS, Wanted
from approvals.models.inspections import MOST_DRAWN, Finding, Inspection, StaffDecision
from approvals.staff_decisions import Decision
from gradebook.models import ENTRY_CHOICES, ENTRY_PERIODS, EntryWindow, SubjectLine
from gradebook.regulation import Period, line_by_code
from gradebook.sheets import HOMEROOM_CODE
from students.models import SchoolClass, SchoolYear

ANSWER_DAYS = 3


class WordsField(forms.CharField):
    """Some words; a line break counts as one letter, as in the browser, which sends two."""

    def __init__(self, *, label: str, rows: int = 4, most: int = MOST_LETTERS, **kwargs: Any) -> None:
        super().__init__(
            label=label,
            max_length=most,
            widget=forms.Textarea({"rows": rows}) if rows else forms.TextInput(),
            error_messages={
                "required": f"Chưa có {label.lower()}. Ghi vài chữ rồi gửi lại.",
                "max_length": "Dài %(show_value)s chữ, nhiều nhất %(limit_value)s. Bớt đi rồi gửi lại.",
                "null_characters_not_allowed": "Có kí tự không đọc được. Xoá rồi gõ lại.",
            },
            **kwargs,
        )

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


def _choice_words(what: str) -> dict[str, str]:
    words = f"{what} chưa đúng. Chọn trong danh sách."
    return dict.fromkeys(("required", "invalid_choice", "invalid_list"), words)


def day_field(label: str, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=DayInput(),
        error_messages={
            "required": f"Chưa có {label.lower()}.",
            "invalid": f"{label} chưa đúng. Ghi ngày/tháng/năm, ví dụ 05/11/2026.",
        },
        **kwargs,
    )


def _many(label: str, what: str, help_text: str = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=help_text,
        error_messages=_choice_words(what),
    )


class InspectionForm(forms.Form):
    """What a new inspection is to look at."""

    kind = forms.ChoiceField(
        label="Hình thức",
        choices=Inspection.Kind.choices,
        widget=forms.RadioSelect,
        error_messages=_choice_words("Hình thức"),
    )
    period = forms.ChoiceField(
        label="Thời điểm đánh giá", choices=ENTRY_CHOICES, error_messages=_choice_words("Thời điểm đánh giá")
    )
    purpose = WordsField(label="Nội dung kiểm tra", rows=3, most=1000)
    grades = _many("Cả khối", "Khối")
    classes = _many("Từng lớp", "Lớp", "Chọn cả khối, từng lớp, hoặc cả hai.")
    codes = _many("Sổ kiểm tra", "Sổ", "Không chọn sổ nào là kiểm tra tất cả sổ của các lớp đã chọn.")
    drawn_per_class = forms.IntegerField(
        label="Bốc thăm mỗi lớp mấy em",
        required=False,
        min_value=1,
        max_value=MOST_DRAWN,
        help_text="Để trống là xem mọi em. Máy chủ tự sinh số gốc bốc thăm và ghi vào biên bản, ai cũng thử lại được.",
        error_messages={
            "invalid": "Số em ghi bằng chữ số, ví dụ 5.",
            "min_value": "Bốc thăm ít nhất 1 em mỗi lớp, hoặc để trống.",
            "max_value": f"Bốc thăm nhiều nhất {MOST_DRAWN} em mỗi lớp.",
        },
    )

    def __init__(self, *args: Any, year: SchoolYear, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._classes = list(SchoolClass.objects.filter(year=year))
        self._codes = _sheet_choices(year)
        grades = sorted({each.grade_level for each in self._classes})
        for name, choices in (
            ("grades", [(str(grade), f"Khối {grade}") for grade in grades]),
            ("classes", [(str(each.pk), each.name) for each in self._classes]),
            ("codes", self._codes),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        has_errors = {"grades", "classes"} & set(self.errors)
        if not has_errors and not (values.get("grades") or values.get("classes")):
            self.add_error("classes", "Chưa chọn lớp nào. Chọn ít nhất một khối hoặc một lớp.")
        return values

    def wanted(self) -> Wanted:
        values = self.cleaned_data
        chosen = [
            each
            for each in self._classes
            if str(each.grade_level) in values["grades"] or str(each.pk) in values["classes"]
        ]
        return Wanted(
            kind=values["kind"],
            period=values["period"],
            purpose=values["purpose"],
            classes=chosen,
            codes=values["codes"] or [code for code, _name in self._codes],
            drawn_per_class=values["drawn_per_class"],
        )


def _sheet_choices(year: SchoolYear) -> list[tuple[str, str]]:
    """Every line that some grade has, in the order of the books, then the homeroom sheet."""
    codes = set(SubjectLine.objects.filter(year=year).values_list("code", flat=True))
    lines = sorted((line_by_code(code) for code in codes), key=lambda line: line.position)
    return [*((line.code, line.name) for line in lines), (HOMEROOM_CODE, "Phẩm chất và năng lực")]


def last_period(year: SchoolYear) -> str:
    """The last period whose entry is over: the one that an inspection looks at first. The first before any is."""
    over = set(
        EntryWindow.objects.filter(year=year, closes_at__lte=clock.now_in_sql()).values_list(
            "period", flat=True
        )
    )
    return next(
        (each.value for each in reversed(ENTRY_PERIODS) if each.value in over), Period.MID_TERM_1.value
    )


def answer_day() -> datetime.date:
    """The day that is proposed for an answer."""
    return clock.today() + datetime.timedelta(days=ANSWER_DAYS)


class NoteForm(forms.Form):
    """What is noted against the ticked cells; without a day nobody is asked yet."""

    text = WordsField(label="Nội dung ghi nhận", rows=3)
    asks = forms.BooleanField(label="Yêu cầu giáo viên phụ trách giải trình", required=False)
    due_on = day_field("Hạn giải trình", required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("asks") and not values.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", "Yêu cầu giải trình thì ghi hạn trả lời.")
        return values

    @property
    def asked_by(self) -> datetime.date | None:
        return self.cleaned_data["due_on"] if self.cleaned_data["asks"] else None


_OF_A_VIOLATION = (StaffDecision.Kind.VIOLATION, StaffDecision.Kind.NO_ACTION)
_OTHERS = (StaffDecision.Kind.VIOLATION, StaffDecision.Kind.COMMENDATION)
_OF_A_PAPER = ("measure", "number")
"""What a decision says that deals with the violation, and one that lets it rest does not."""


class DecisionForm(forms.Form):
    """A decision of the principal upon a member of the staff."""

    kind = forms.ChoiceField(
        label="Loại",
        choices=StaffDecision.Kind.choices,
        widget=forms.RadioSelect,
        error_messages=_choice_words("Loại"),
    )
    person = forms.ChoiceField(label="Cán bộ, giáo viên", error_messages=_choice_words("Người được ghi"))
    content = WordsField(label="Nội dung", help_text="Việc làm tốt hoặc điều vi phạm, ngày nào, ở sổ nào.")
    measure = WordsField(
        label="Hình thức",
        rows=0,
        most=200,
        help_text="Ví dụ: Nhắc nhở bằng văn bản; Giấy khen của Hiệu trưởng.",
    )
    referred_to = WordsField(
        label="Đề nghị cấp có thẩm quyền",
        rows=0,
        most=200,
        required=False,
        help_text="Chỉ ghi khi vượt thẩm quyền của Hiệu trưởng: cơ quan được đề nghị quyết định.",
    )
    number = WordsField(
        label="Số quyết định",
        rows=0,
        most=60,
        help_text="Hệ thống đề nghị số tiếp theo của năm; đổi được cho khớp sổ văn bản đi.",
    )
    dated = day_field("Ngày quyết định")

    def __init__(self, *args: Any, finding: Finding | None, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._finding = finding
        is_violation = finding is not None and finding.verdict == Verdict.VIOLATION
        kinds = _OF_A_VIOLATION if is_violation else _OTHERS
        self.fields["kind"].choices = [(each.value, each.label) for each in kinds]  # type: ignore[attr-defined]
        if is_violation:
            self.fields["content"].help_text = "Điều vi phạm, ngày nào, ở sổ nào; không xử lí thì ghi lí do."
            for name in _OF_A_PAPER:
                self.fields[name].required = False
                self.fields[name].help_text += " «Không xử lí» thì bỏ trống, có ghi cũng không lưu."
        people = User.objects.exclude(pk=by.pk)
        people = people.filter(findings=finding) if finding else people.filter(is_active=True)
        self._people = {str(each.pk): each for each in people.order_by("sort_key", "pk")}
        named = [(key, f"{each.full_name} ({each.username})") for key, each in self._people.items()]
        self.fields["person"].choices = named if finding else [("", ""), *named]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("kind") and values["kind"] != StaffDecision.Kind.NO_ACTION:
            for name in _OF_A_PAPER:
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, self.fields[name].error_messages["required"])
        return values

    def decision(self) -> Decision:
        values = self.cleaned_data
        return Decision(
            kind=values["kind"],
            person=self._people[values["person"]],
            content=values["content"],
            measure=values["measure"],
            number=values["number"],
            dated=values["dated"],
            referred_to=values["referred_to"],
            finding=self._finding,
        )
