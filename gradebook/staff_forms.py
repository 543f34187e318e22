"""The forms of the pages of staff: they turn text into values; what is allowed is said by the acts."""

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.dates import Days
from accounts.day_fields import DayInput
from accounts.duties import post_kinds
from accounts.models import Post, Team, User
from accounts.terms import Problem
from gradebook.staff_identity import birth_problem, name_problem
from students.cell_values import CellRefused, phone_of
from students.names import clean

WRONG_DAY = "Ngày chưa đúng. Ghi ngày/tháng/năm, ví dụ 05/11/2026."
CHOOSE = "Chọn trong danh sách."
REASON_LENGTH = 300


class DayField(forms.DateField):
    """A day as the browser's calendar gives it."""

    widget = DayInput()
    default_error_messages = {"required": "Chưa có ngày. Ghi ngày.", "invalid": WRONG_DAY}


class PersonField(forms.ModelChoiceField):
    """Somebody whose account is in use, with the code beside the name: namesakes exist."""

    default_error_messages = {
        "required": f"Chưa chọn người. {CHOOSE}",
        "invalid_choice": f"Không có người này. {CHOOSE}",
    }

    def __init__(self, **kwargs: Any) -> None:
        people = User.objects.filter(is_active=True).order_by("sort_key", "pk")
        super().__init__(people, empty_label="Chọn người", **kwargs)

    def label_from_instance(self, person: Any) -> str:
        return f"{person.full_name} ({person.staff_code})"


class ReasonField(forms.CharField):
    """Why; it goes into the history."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Lí do")
        kwargs.setdefault("help_text", "Ghi vào lịch sử, ví dụ số quyết định, «nghỉ ốm».")
        super().__init__(
            max_length=REASON_LENGTH,
            error_messages={
                "required": "Chưa có lí do. Ghi lí do, ví dụ số quyết định.",
                "max_length": "Lí do dài %(show_value)d chữ, nhiều nhất %(limit_value)d. Ghi ngắn lại.",
                "null_characters_not_allowed": "Có kí tự không đọc được. Xoá rồi gõ lại.",
            },
            **kwargs,
        )


class ActForm(forms.Form):
    """A form whose act may refuse with problems named by field."""

    def refuse(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.message)

    @property
    def days(self) -> Days:
        return Days(self.cleaned_data["starts_on"], self.cleaned_data.get("ends_on"))


class FilterForm(forms.Form):
    """Whom the list shows."""

    q = forms.CharField(label="Tên, mã cán bộ", required=False, max_length=100)
    team = forms.ModelChoiceField(
        Team.objects.order_by("name"), label="Tổ", required=False, empty_label="Mọi tổ"
    )
    duty = forms.ChoiceField(label="Chức vụ, nhiệm vụ", required=False)
    state = forms.ChoiceField(
        label="Tài khoản",
        required=False,
        choices=[("active", "Đang dùng"), ("closed", "Đã đóng"), ("all", "Tất cả")],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["duty"].choices = [("", "Tất cả"), *post_kinds()]  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, str]:
        """The arguments of `read_staff_list`; what does not exist filters nothing."""
        self.is_valid()
        found = self.cleaned_data
        state = found.get("state") or "active"
        return {
            "text": found.get("q", ""),
            "team": str(found["team"].pk) if found.get("team") else "",
            "duty": found.get("duty", ""),
            "state": "" if state == "all" else state,
        }


class StaffFields:
    """For forms of a person: name, birth date and telephone as lists of staff are read and judged."""

    cleaned_data: dict[str, Any]

    def clean_full_name(self) -> str:
        name = clean(self.cleaned_data["full_name"])
        if problem := name_problem(name):
            raise forms.ValidationError(problem)
        return name

    def clean_birth_date(self) -> datetime.date | None:
        day = self.cleaned_data["birth_date"]
        if problem := birth_problem(day):
            raise forms.ValidationError(problem[:1].upper() + problem[1:])
        return day

    def clean_phone(self) -> str:
        """Empty stays empty."""
        typed = self.cleaned_data["phone"]
        try:
            return phone_of(typed) if typed else ""
        except CellRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class RecordForm(StaffFields, forms.ModelForm, ActForm):
    """What the clerk keeps of a person; powers are not here. The reason goes into the history."""

    gender = forms.ChoiceField(
        label="Giới tính", required=False, choices=[("", "Chưa có"), ("male", "Nam"), ("female", "Nữ")]
    )
    reason = ReasonField(
        required=False, help_text="Bắt buộc khi đổi họ tên hoặc ngày sinh, ví dụ «theo căn cước công dân»."
    )

    class Meta:
        model = User
        fields = ["full_name", "birth_date", "gender", "position_title", "team", "phone", "email"]
        field_classes = {"birth_date": DayField}
        widgets = {"birth_date": DayField.widget}
        help_texts = {"position_title": "Ví dụ «Giáo viên tiểu học hạng III»."}
        labels = {"team": "Tổ chuyên môn", "birth_date": "Ngày sinh"}
        error_messages = {
            "full_name": {"required": "Chưa có họ và tên. Ghi họ và tên."},
            "email": {"invalid": "Thư điện tử chưa đúng. Ghi dạng ten@truong.edu.vn."},
        }

    def __init__(self, *args: Any, is_own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].empty_label = "Không thuộc tổ"  # type: ignore[attr-defined]
        if is_own:
            # What is granted to a tổ is granted to its members: nobody moves themselves into one.
            self.fields["team"].disabled = True
            self.fields["team"].help_text = "Không ai tự đổi tổ của chính mình."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if {"full_name", "birth_date"} & set(self.changed_data) and not cleaned.get("reason"):
            self.add_error("reason", "Đổi họ tên hoặc ngày sinh cần lí do. Ghi căn cứ đổi.")
        return cleaned


class PostForm(ActForm):
    kind = forms.ChoiceField(
        label="Chức vụ",
        error_messages=dict.fromkeys(("required", "invalid_choice"), f"Chức vụ chưa đúng. {CHOOSE}"),
    )
    team = forms.ModelChoiceField(
        Team.objects.order_by("name"),
        label="Tổ",
        required=False,
        empty_label="–",
        help_text="Chỉ chọn khi giao chức vụ tổ trưởng.",
    )
    starts_on = DayField(label="Từ ngày")
    ends_on = DayField(label="Đến ngày", required=False, help_text="Để trống nếu chưa định.")
    reason = ReasonField()

    def __init__(self, *args: Any, kinds: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = set(kinds)
        choices = [choice for choice in Post.Kind.choices if choice[0] in kinds]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]


class AssignForm(ActForm):
    """Who gets the seat of a class: to lead it, or a line of it."""

    teacher = PersonField(label="Giáo viên")
    starts_on = DayField(label="Từ ngày")
    ends_on = DayField(label="Đến ngày", help_text="Nhiều nhất đến hết năm học.")
    reason = ReasonField(required=False, help_text="Bắt buộc khi ngày bắt đầu đã qua, ví dụ số quyết định.")


class HandOverForm(ActForm):
    to = PersonField(label="Giao cho")
    starts_on = DayField(label="Từ ngày")
    ends_on = DayField(
        label="Đến ngày",
        required=False,
        help_text="Có ngày: làm thay, hết ngày này việc tự trở lại người đang giữ. Để trống: giao hẳn.",
    )
    reason = ReasonField()


class StandInForm(ActForm):
    """One substitute for all that a teacher holds."""

    to = PersonField(label="Người dạy thay", help_text="Người giữ chức văn thư không dạy thay được.")
    starts_on = DayField(label="Từ ngày")
    ends_on = DayField(label="Đến ngày", help_text="Hết ngày này mọi việc tự trở lại.")
    reason = ReasonField()

    def __init__(self, *args: Any, instead_of: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["to"]
        people.queryset = people.queryset.exclude(pk=instead_of.pk)


class EndForm(ActForm):
    last_day = DayField(label="Ngày cuối", help_text="Quyền hết khi ngày này qua.")
    reason = ReasonField()


class UndoForm(ActForm):
    reason = ReasonField()
