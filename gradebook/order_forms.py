"""The form of an order to open or lock an entry period (PLAN IV.1; domain.md 2.6)."""

import datetime
import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.timezone import make_aware

from accounts import clock
from accounts.day_fields import DayInput
from accounts.models import User
from accounts.school import school_name
from gradebook.models import ENTRY_CHOICES, EntryOrder, EntryWindow, SubjectLine, TeachingAssignment
from gradebook.order_texts import all_texts, default_text
from gradebook.orders import Problem
from gradebook.paper_numbers import following, tidied
from gradebook.regulation import Period, line_by_code
from gradebook.scopes import HOMEROOM, place_of, scope_of
from gradebook.spans import with_cuts
from students.models import HomeroomAssignment, SchoolClass, SchoolYear
from students.school_code import code_of

NOTICE = "TB"
_MOMENT = "%Y-%m-%dT%H:%M"


def next_number(day: datetime.date) -> str:
    """The number after the highest of the calendar year of the day, as «03/TB-THKĐ»: registers begin anew each year."""
    numbers = EntryOrder.objects.filter(dated__year=day.year).values_list("number", flat=True)
    return following(numbers, NOTICE, code_of(school_name()))


def _words(what: str) -> dict[str, str]:
    return {
        "required": f"Chưa có {what}. Ghi {what} rồi xem trước lại.",
        "null_characters_not_allowed": "Có kí tự không đọc được. Xoá rồi gõ lại.",
    }


def _choice_words(what: str) -> dict[str, str]:
    return dict.fromkeys(("required", "invalid_choice"), f"{what} chưa đúng. Chọn trong danh sách.")


class MomentField(forms.DateTimeField):
    """A moment of which no calendar reaches into the school's zone (year 1, year 9999) is invalid like any other."""

    def to_python(self, value: Any) -> datetime.datetime | None:
        try:
            return super().to_python(value)
        except OverflowError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error


class _TextField(forms.CharField):
    """A line break counts as one letter, as in the browser, which sends two."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class OrderForm(forms.Form):
    """Turns what the principal typed into an unsaved EntryOrder; nothing is decided here."""

    kind = forms.ChoiceField(
        label="Việc", choices=EntryOrder.Kind.choices, error_messages=_choice_words("Việc")
    )
    number = forms.CharField(
        label="Số văn bản",
        max_length=60,
        help_text="Hệ thống đề nghị số tiếp theo của năm; đổi được cho khớp sổ văn bản đi.",
        error_messages={
            **_words("số văn bản"),
            "max_length": "Số văn bản dài %(show_value)d chữ, nhiều nhất %(limit_value)d. Ghi ngắn lại.",
        },
    )
    dated = forms.DateField(
        label="Ngày kí",
        widget=DayInput(),
        error_messages={
            **_words("ngày kí"),
            "invalid": "Ngày kí chưa đúng. Ghi ngày/tháng/năm, ví dụ 05/11/2026.",
        },
    )
    period = forms.ChoiceField(
        label="Thời điểm đánh giá",
        choices=ENTRY_CHOICES,
        error_messages=_choice_words("Thời điểm đánh giá"),
    )
    scope = forms.ChoiceField(
        label="Phạm vi",
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Phạm vi không có trong năm học này. Chọn trong danh sách."
        ),
    )
    line = forms.ChoiceField(
        label="Môn học, hoạt động giáo dục",
        required=False,
        error_messages=_choice_words("Môn học, hoạt động giáo dục"),
    )
    teacher = forms.ChoiceField(
        label="Giáo viên",
        required=False,
        help_text="Chọn một người để gia hạn riêng: chỉ các sổ người đó được phân công.",
        error_messages=_choice_words("Giáo viên"),
    )
    opens_at = MomentField(
        label="Từ",
        help_text="Giờ của máy chủ, Việt Nam.",
        widget=forms.DateTimeInput({"type": "datetime-local"}, format=_MOMENT),
        error_messages={
            **_words("giờ bắt đầu"),
            "invalid": "Giờ bắt đầu chưa đúng. Ghi ngày và giờ, ví dụ 05/11/2026 07:00.",
        },
    )
    closes_at = MomentField(
        label="Đến",
        help_text="Hết giờ này sổ tự khoá. Lệnh khoá bỏ qua mục này.",
        widget=forms.DateTimeInput({"type": "datetime-local"}, format=_MOMENT),
        error_messages={
            **_words("giờ khoá"),
            "invalid": "Giờ khoá chưa đúng. Ghi ngày và giờ, ví dụ 12/11/2026 17:00.",
        },
    )
    text = _TextField(
        label="Nội dung",
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 5}),
        error_messages={
            **_words("nội dung"),
            "max_length": "Nội dung dài %(show_value)d chữ, nhiều nhất %(limit_value)d. Ghi ngắn lại.",
        },
        help_text="Để trống thì khi xem trước hệ thống ghi theo mẫu, rồi sửa được.",
    )

    def __init__(self, *args: Any, year: SchoolYear, is_for_one: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._year = year
        self.is_for_one = is_for_one
        self.fields["teacher"].required = is_for_one
        self._classes = {f"class:{each.pk}": each for each in SchoolClass.objects.filter(year=year)}
        self._teachers = {str(each.pk): each for each in _teachers(year)}
        for name, choices in (
            ("scope", _scope_choices(self._classes)),
            ("line", _line_choices(year)),
            (
                "teacher",
                [("", "" if is_for_one else "Mọi giáo viên được phân công"), *_named(self._teachers)],
            ),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        if self.is_lock:
            self.fields[
                "opens_at"
            ].help_text = "Giờ khoá, giờ của máy chủ, Việt Nam. Giờ đã qua thì khoá ngay khi kí."

    @property
    def is_lock(self) -> bool:
        """An order to lock, as asked for or as typed: it has no «Đến»."""
        return self["kind"].value() == EntryOrder.Kind.LOCK

    def clean_number(self) -> str:
        """«3 / TB-THKĐ» is «03/TB-THKĐ»."""
        return tidied(self.cleaned_data["number"])

    def clean(self) -> dict[str, Any]:
        """Fills the text by the pattern where it is empty or the pattern of another kind or period."""
        cleaned = super().clean() or {}
        if cleaned.get("kind") == EntryOrder.Kind.LOCK:
            # An order to lock has no end; whatever stands in the field says nothing.
            self.errors.pop("closes_at", None)
            cleaned["closes_at"] = None
        if cleaned.get("kind") and cleaned.get("period"):
            text = cleaned.get("text", "").strip()
            if not text or text in all_texts(self._year):
                is_for_one = bool(cleaned.get("teacher"))
                text = default_text(
                    cleaned["kind"], Period(cleaned["period"]), self._year, is_for_one=is_for_one
                )
            cleaned["text"] = text
        return cleaned

    def order(self) -> EntryOrder:
        """The order as typed, unsaved; after `is_valid()`. What is wrong or missing there is None or "" here."""
        values = {name: self.cleaned_data.get(name) for name in self.fields}
        scope = values["scope"] or ""
        return EntryOrder(
            kind=values["kind"] or "",
            number=values["number"] or "",
            dated=values["dated"],  # type: ignore[misc]  # None where wrong: for `problems_of`
            year=self._year,
            period=values["period"] or "",
            grade_level=int(scope.removeprefix("grade:")) if scope.startswith("grade:") else None,
            school_class=self._classes.get(scope),
            line_code=values["line"] or "",
            teacher=self._teachers.get(values["teacher"] or ""),
            opens_at=values["opens_at"],
            closes_at=values["closes_at"] if values["kind"] == EntryOrder.Kind.OPEN else None,
            text=values["text"] or "",
        )

    def fingerprint(self) -> str:
        """Tells whether what is signed is what was previewed."""
        said = "\n".join(f"{name}={self.cleaned_data.get(name)}" for name in self.fields)
        return hashlib.sha256(said.encode()).hexdigest()[:32]

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Puts what the rules say at the fields they name."""
        for problem in problems:
            self.add_error(problem.field, problem.message)

    def with_text(self) -> "OrderForm":
        """The same form with the text as it will be signed."""
        text = {"text": self.cleaned_data["text"]}
        data = {**self.data.dict(), **text}  # type: ignore[attr-defined]
        form = OrderForm(data, year=self._year, is_for_one=self.is_for_one)
        form.full_clean()
        return form


def _scope_choices(classes: dict[str, SchoolClass]) -> list[tuple[str, Any]]:
    grades = sorted({each.grade_level for each in classes.values()})
    return [
        ("school", "Toàn trường"),
        ("Khối", [(f"grade:{grade}", f"Khối {grade}") for grade in grades]),
        ("Lớp", [(key, f"Lớp {each.name}") for key, each in classes.items()]),
    ]


def _line_choices(year: SchoolYear) -> list[tuple[str, str]]:
    """Every line that some grade has, in the order of the books, then the homeroom sheet."""
    codes = set(SubjectLine.objects.filter(year=year).values_list("code", flat=True))
    lines = sorted((line_by_code(code) for code in codes), key=lambda line: line.position)
    return [
        ("", "Mọi môn học, hoạt động"),
        *((line.code, line.name) for line in lines),
        (HOMEROOM, "Phẩm chất và năng lực"),
    ]


def _teachers(year: SchoolYear) -> list[User]:
    """Those who answer for a sheet of the year today."""
    day = clock.today()
    teaching = TeachingAssignment.objects.held_on(day).filter(school_class__year=year).values("teacher")
    homeroom = HomeroomAssignment.objects.held_on(day).filter(school_class__year=year).values("teacher")
    answering = User.objects.filter(Q(pk__in=teaching) | Q(pk__in=homeroom), is_active=True)
    return list(answering.order_by("sort_key", "pk"))


def _named(people: dict[str, User]) -> list[tuple[str, str]]:
    return [(key, f"{each.full_name} ({each.username})") for key, each in people.items()]


def initial_values(year: SchoolYear, kind: str) -> dict[str, Any]:
    """A new order's first proposal: to open the next period, or to lock now what is open now."""
    proposal = _PROPOSALS[kind](year)
    return {
        "kind": EntryOrder.Kind.OPEN.value if kind == EXTENSION else kind,
        "number": next_number(clock.today()),
        "dated": clock.today(),
        "text": default_text(kind, Period(proposal["period"]), year, is_for_one=kind == EXTENSION),
        **proposal,
    }


def _opening_proposal(year: SchoolYear) -> dict[str, Any]:
    """The period after the last that was opened, from tomorrow 07:00 for a week, until 17:00."""
    last = EntryOrder.objects.filter(year=year, kind=EntryOrder.Kind.OPEN).order_by("opens_at").last()
    order = min(Period(last.period).order, len(Period) - 1) if last else 0
    period = list(Period)[order]
    tomorrow = clock.today() + datetime.timedelta(days=1)
    start = make_aware(datetime.datetime.combine(tomorrow, datetime.time(7)))
    return {
        "period": period.value,
        "scope": "school",
        "opens_at": start,
        "closes_at": start.replace(hour=17) + datetime.timedelta(days=7),
    }


def _extension_proposal(year: SchoolYear) -> dict[str, Any]:
    """The period that was opened last, until 17:00 of the next day; whom for is the principal's to say."""
    windows = EntryWindow.objects.filter(year=year, opens_at__lte=clock.now_in_sql()).order_by("opens_at")
    last = windows.last()
    end = datetime.datetime.combine(clock.today() + datetime.timedelta(days=1), datetime.time(17))
    return {
        "period": last.period if last else Period.MID_TERM_1.value,
        "scope": "school",
        "opens_at": clock.stamp(),
        "closes_at": make_aware(end),
    }


def _lock_proposal(year: SchoolYear) -> dict[str, Any]:
    """The period open for most classes and what it is open for; without any, the last that was, for the school."""
    windows: list[Any] = list(with_cuts(EntryWindow.objects.filter(year=year).order_by("opens_at")))
    still_open = [window for window in windows if window.is_open_at(window.asked_at)]
    reach = _reach(year, still_open)
    begun = [window.period for window in windows if window.opens_at <= window.asked_at]
    period = Period(max(reach, key=lambda each: reach[each]) if reach else (begun or [Period.MID_TERM_1])[-1])
    own = [window for window in still_open if window.period == period]
    return {
        "period": period.value,
        **(_scope_values(own[0]) if len(own) == 1 else {"scope": "school"}),
        "opens_at": clock.stamp(),
    }


def _reach(year: SchoolYear, windows: Iterable[EntryWindow]) -> Counter[str]:
    """For how many classes each period is open."""
    classes = list(SchoolClass.objects.filter(year=year))
    pairs = {
        (window.period, each.pk)
        for window in windows
        for each in classes
        if scope_of(window).opens(place_of(each))
    }
    return Counter(period for period, _class in pairs)


def _scope_values(window: EntryWindow) -> dict[str, str]:
    scope = f"grade:{window.grade_level}" if window.grade_level else "school"
    if window.school_class_id:
        scope = f"class:{window.school_class_id}"
    return {"scope": scope, "line": window.line_code, "teacher": str(window.teacher_id or "")}


EXTENSION = "extend"
_PROPOSALS = {
    EntryOrder.Kind.OPEN.value: _opening_proposal,
    EntryOrder.Kind.LOCK.value: _lock_proposal,
    EXTENSION: _extension_proposal,
}
