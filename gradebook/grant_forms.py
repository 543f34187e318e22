"""The forms of grants and groups: to whom, what, from when to when (PLAN IV.2)."""

import hashlib
from typing import Any

from django import forms
from django.contrib.auth.models import Group

from accounts.clock import today
from accounts.grants import Grantee
from accounts.models import SystemPart, Team, User
from gradebook.models import TeachingAssignment
from gradebook.regulation import LINES
from gradebook.staff_forms import CHOOSE, ActForm, DayField, PersonField, ReasonField
from students.models import SchoolClass, SchoolYear

_GRANTEES: dict[str, type[Any]] = {"person": User, "team": Team, "group": Group}


class GrantForm(ActForm):
    """After `is_valid()`: `to` and `target` hold what was chosen."""

    grantee = forms.ChoiceField(
        label="Cấp cho",
        error_messages={
            "required": f"Chưa chọn người, tổ hoặc nhóm. {CHOOSE}",
            "invalid_choice": f"Không có người, tổ, nhóm này. {CHOOSE}",
        },
    )
    target = forms.ChoiceField(
        label="Được xem",
        error_messages={
            "required": f"Chưa chọn lớp hoặc phần của hệ thống. {CHOOSE}",
            "invalid_choice": f"Không có lớp hoặc phần này. {CHOOSE}",
        },
    )
    line = forms.ChoiceField(
        label="Chỉ sổ của môn",
        required=False,
        choices=[("", "Cả lớp, mọi sổ"), *((line.code, line.name) for line in LINES)],
        help_text="Chọn một môn thì chỉ mở sổ môn đó của lớp đã chọn.",
        error_messages={"invalid_choice": f"Không có môn này. {CHOOSE}"},
    )
    starts_on = DayField(label="Từ ngày")
    ends_on = DayField(
        label="Đến ngày", help_text="Bắt buộc. Nhiều nhất đến hết năm học; hết ngày này quyền tự hết."
    )
    reason = ReasonField(help_text="Ghi vào lịch sử, ví dụ «dự giờ», «kiểm tra chuyên môn».")

    def __init__(self, *args: Any, year: SchoolYear, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._classes = {str(each.pk): each for each in year.classes.select_related("year")}
        self.fields["grantee"].choices = _grantee_choices(by)  # type: ignore[attr-defined]
        self.fields["target"].choices = _target_choices(self._classes)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("grantee"):
            kind, _colon, pk = cleaned["grantee"].partition(":")
            self.to: Grantee = _GRANTEES[kind].objects.get(pk=pk)
        if cleaned.get("target"):
            self.target = self._target(cleaned["target"], cleaned.get("line", ""))
        return cleaned

    def _target(self, chosen: str, code: str) -> Any:
        kind, _colon, key = chosen.partition(":")
        if kind == "part":
            if code:
                self.add_error("line", "Chỉ chọn môn khi cấp quyền xem một lớp. Bỏ chọn môn.")
            return SystemPart.objects.get(pk=key)
        school_class = self._classes[key]
        if not code:
            return school_class
        held = TeachingAssignment.objects.filter(school_class=school_class, line__code=code)
        found = held.select_related("line", "school_class__year").order_by("-starts_on")
        assignment = found.held_on(today()).first() or found.first()
        if assignment is None:
            self.add_error(
                "line", f"Lớp {school_class.name} chưa phân công môn này. Phân công giáo viên trước."
            )
        return assignment

    def fingerprint(self) -> str:
        """Tells whether what is granted is what was previewed."""
        said = "\n".join(f"{name}={self.cleaned_data.get(name)}" for name in self.fields)
        return hashlib.sha256(said.encode()).hexdigest()[:32]


def _grantee_choices(by: User) -> list[Any]:
    people = User.objects.filter(is_active=True).exclude(pk=by.pk).order_by("sort_key", "pk")
    return [
        ("", "Chọn người, tổ hoặc nhóm"),
        ("Tổ", [(f"team:{each.pk}", each.name) for each in Team.objects.order_by("name")]),
        ("Nhóm", [(f"group:{each.pk}", each.name) for each in named_groups()]),
        ("Người", [(f"person:{each.pk}", f"{each.full_name} ({each.staff_code})") for each in people]),
    ]


def _target_choices(classes: dict[str, SchoolClass]) -> list[Any]:
    parts = [(f"part:{each.pk}", each.name) for each in SystemPart.objects.all()]
    return [
        ("", "Chọn lớp hoặc phần của hệ thống"),
        ("Báo cáo, bộ phận của hệ thống", parts),
        ("Lớp", [(f"class:{pk}", f"Lớp {each.name}") for pk, each in classes.items()]),
    ]


def named_groups() -> Any:
    """Groups with members of their own; those that stand for a tổ are not among them."""
    return Group.objects.filter(team=None).order_by("name")


class WithdrawForm(ActForm):
    reason = ReasonField(label="Lí do thu hồi")


class GroupForm(ActForm):
    name = forms.CharField(
        label="Tên nhóm",
        max_length=80,
        help_text="Ví dụ «Ban kiểm tra nội bộ».",
        error_messages={
            "required": "Chưa có tên nhóm. Ghi tên nhóm.",
            "max_length": "Tên nhóm dài %(show_value)d chữ, nhiều nhất %(limit_value)d. Ghi ngắn lại.",
        },
    )


class MemberForm(ActForm):
    member = PersonField(label="Người")
    starts_on = DayField(label="Từ ngày")
    ends_on = DayField(label="Đến ngày", help_text="Nhiều nhất đến hết năm học.")
