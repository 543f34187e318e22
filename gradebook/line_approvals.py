"""What the results of a class's year, approved or on their way, say to a line that the class is given (rule R47)."""

from collections.abc import Callable, Sequence

from accounts.terms import Problem
from gradebook.models import ClassYearEnd
from gradebook.regulation import line_by_code
from gradebook.year_end_rules import State
from students.models import SchoolClass

Gain = tuple[SchoolClass, str]


def against_approved(gained: Sequence[Gain], *, field: Callable[[SchoolClass, str], str]) -> list[Problem]:
    """One problem for each class whose results the principal has approved. One statement at most."""
    states = _states(gained)
    return [
        Problem(
            field(school_class, code),
            f"Không thêm {line_by_code(code).short_name} được: kết quả năm học của lớp {school_class.name} đã phê "
            "duyệt, không có môn này. Thêm từ năm học sau; các lớp khác cần môn này thì chọn riêng từng lớp.",
        )
        for school_class, code in gained
        if states.get(school_class.pk) == State.APPROVED
    ]


def on_their_way(gained: Sequence[Gain]) -> str:
    """In a sentence, the classes whose results wait for the leaders; "" when there are none. One statement at most."""
    states = _states(gained)
    waiting = {
        school_class.name: State(states[school_class.pk]).label
        for school_class, _code in gained
        if states.get(school_class.pk) in (State.COMPLETED, State.REVIEWED)
    }
    if not waiting:
        return ""
    named = ", ".join(f"{name} ({label[0].lower()}{label[1:]})" for name, label in waiting.items())
    return (
        f"Kết quả năm học của lớp {named} đã gửi, sổ cuối năm đã khoá với người nhập: môn thêm vào còn trống thì không "
        "phê duyệt được. Sau đó Ban giám hiệu trả lại lớp cho giáo viên chủ nhiệm để nhập đủ rồi gửi lại."
    )


def _states(gained: Sequence[Gain]) -> dict[int, str]:
    if not gained:
        return {}
    rows = ClassYearEnd.objects.filter(school_class__in={school_class.pk for school_class, _code in gained})
    return dict(rows.values_list("school_class_id", "state"))
