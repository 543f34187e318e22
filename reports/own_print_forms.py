"""The forms that ask for own books and slips: text into values, nothing more."""

from collections.abc import Sequence
from itertools import groupby

from django import forms

from accounts.models import User
from reports.choice_fields import PeriodField
from students.models import SchoolClass, Student

Whom = tuple[str, int]
"""What is chosen: "gv" and a teacher's id, "lop" and a class's id, "khoi" and a grade."""


class _PeriodForm(forms.Form):
    period = PeriodField()


class OwnBookForm(_PeriodForm):
    """Whose own book; who may print for others chooses a teacher, or all teachers of a class or grade."""

    whom = forms.TypedChoiceField(
        label="Sổ của ai",
        error_messages={
            "required": "Chọn giáo viên, lớp hoặc khối.",
            "invalid_choice": "Không có giáo viên, lớp, khối này trong năm học đang xem. Chọn lại trong danh sách.",
        },
    )

    def __init__(
        self,
        *args: object,
        teachers: Sequence[User],
        classes: Sequence[SchoolClass] = (),
        **kwargs: object,
    ) -> None:
        """`classes` in their order, of who may print for others; without them the only teacher is chosen."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # the arguments of any form
        people = [(f"gv-{each.pk}", each.full_name) for each in teachers]
        field = self.fields["whom"]
        choices: list[object] = [*people]
        if classes:
            grades = [grade for grade, _classes in groupby(classes, key=lambda each: each.grade_level)]
            choices = [
                ("", "Chọn giáo viên, lớp hoặc khối"),
                ("Mọi giáo viên của khối", [(f"khoi-{grade}", f"Khối {grade}") for grade in grades]),
                ("Mọi giáo viên của lớp", [(f"lop-{each.pk}", f"Lớp {each.name}") for each in classes]),
                ("Một giáo viên", people),
            ]
        field.choices = choices  # type: ignore[attr-defined]
        field.coerce = _whom  # type: ignore[attr-defined]
        self.order_fields(["whom", "period"])


def _whom(value: str) -> Whom:
    kind, _dash, number = value.partition("-")
    return kind, int(number)


class SlipsForm(_PeriodForm):
    """Of which class, or of one pupil in it; `classes` are those whose slips the person may print.

    Who has one class alone chooses among its pupils; the others come to a pupil's slip from a print of the class.
    """

    school_class = forms.TypedChoiceField(
        label="Lớp",
        error_messages={
            "required": "Chọn lớp cần in phiếu.",
            "invalid_choice": "Lớp này không có trong các lớp thầy cô in phiếu được. Chọn lại trong danh sách.",
        },
    )

    student = forms.ModelChoiceField(
        label="Học sinh",
        required=False,
        queryset=Student.objects.none(),
        empty_label="Cả lớp",
        error_messages={"invalid_choice": "Em này không có trong lớp. Chọn lại trong danh sách."},
    )

    def __init__(self, *args: object, classes: Sequence[SchoolClass], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # the arguments of any form
        by_id = {str(each.pk): each for each in classes}
        field = self.fields["school_class"]
        named = [(str(each.pk), f"Lớp {each.name}") for each in classes]
        field.choices = named if len(named) == 1 else [("", "Chọn lớp"), *named]  # type: ignore[attr-defined]
        field.coerce = by_id.__getitem__  # type: ignore[attr-defined]
        pupils = self.fields["student"]
        pupils.queryset = (  # type: ignore[attr-defined]
            Student.objects.filter(enrolments__school_class__in=list(classes))
            .distinct()
            .order_by("sort_key", "pk")
        )
        if len(classes) != 1:
            pupils.widget = forms.HiddenInput()
        self.order_fields(["school_class", "student", "period"])
