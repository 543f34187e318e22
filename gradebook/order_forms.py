"""The form of an order to open or lock an entry period, and what exactly it would do (PLAN IV.1; domain.md 2.6)."""

import datetime
import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.timezone import localtime, make_aware

from accounts import clock
from accounts.clock import now_in_sql
from accounts.models import User
from gradebook.models import ENTRY_CHOICES, ENTRY_PERIODS, EntryOrder, EntryWindow, TeachingAssignment
from gradebook.regulation import Period
from gradebook.windows import Problem, check_order, covers
from students.models import HomeroomAssignment, SchoolClass, SchoolYear

NUMBER_TAIL = "TB-THKĐ"
_MOMENT = "%Y-%m-%dT%H:%M"
_SHOWN = "%H:%M %d/%m/%Y"


def default_text(kind: str, period: Period, year: SchoolYear) -> str:
    """The wording of the school's own notices (PLAN IV.1, IV.4; rule R51); times and scope stand elsewhere."""
    what = f"hệ thống nhập điểm, đánh giá, nhận xét {period.label} năm học {year.label}"
    if kind == EntryOrder.Kind.LOCK:
        return (
            f"Khoá {what}. Từ thời điểm khoá, giáo viên không sửa trên sổ; sai sót được sửa bằng phiếu đề nghị "
            "kèm minh chứng, Phó Hiệu trưởng phê chuẩn, văn thư thực hiện."
        )
    return (
        f"Mở {what}. Giáo viên chủ nhiệm, giáo viên bộ môn tự nhập đầy đủ kết quả của lớp, môn được phân công; "
        "tổ (khối) trưởng thông báo và đôn đốc giáo viên trong tổ hoàn thành trước giờ khoá."
    )


def next_number(year: SchoolYear) -> str:
    """The number after the highest NN/… of the year, as «03/TB-THKĐ»."""
    numbers = EntryOrder.objects.filter(year=year).values_list("number", flat=True)
    used = [int(found[0]) for number in numbers if (found := re.match(r"\d{1,4}", number))]
    return f"{max(used, default=0) + 1:02d}/{NUMBER_TAIL}"


def _words(what: str) -> dict[str, str]:
    return {
        "required": f"Chưa có {what}. Ghi {what} rồi xem trước lại.",
        "null_characters_not_allowed": "Có kí tự không đọc được. Xoá rồi gõ lại.",
    }


def _choice_words(what: str) -> dict[str, str]:
    return dict.fromkeys(("required", "invalid_choice"), f"{what} chưa đúng. Chọn trong danh sách.")


class _MomentField(forms.DateTimeField):
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
        error_messages={
            **_words("số văn bản"),
            "max_length": "Số văn bản dài %(show_value)d chữ, nhiều nhất %(limit_value)d. Ghi ngắn lại.",
        },
    )
    dated = forms.DateField(
        label="Ngày kí",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
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
    opens_at = _MomentField(
        label="Từ",
        help_text="Giờ của máy chủ, Việt Nam.",
        widget=forms.DateTimeInput({"type": "datetime-local"}, format=_MOMENT),
        error_messages={
            **_words("giờ bắt đầu"),
            "invalid": "Giờ bắt đầu chưa đúng. Ghi ngày và giờ, ví dụ 05/11/2026 07:00.",
        },
    )
    closes_at = _MomentField(
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

    def __init__(self, *args: Any, year: SchoolYear, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._year = year
        self._classes = {f"class:{each.pk}": each for each in SchoolClass.objects.filter(year=year)}
        self.fields["scope"].choices = _scope_choices(self._classes)  # type: ignore[attr-defined]
        if self.is_lock:
            self.fields[
                "opens_at"
            ].help_text = "Giờ khoá, giờ của máy chủ, Việt Nam. Giờ đã qua thì khoá ngay khi kí."

    @property
    def is_lock(self) -> bool:
        """An order to lock, as asked for or as typed: it has no «Đến»."""
        return self["kind"].value() == EntryOrder.Kind.LOCK

    def clean(self) -> dict[str, Any]:
        """Fills the text by the pattern where it is empty or the pattern of another kind or period."""
        cleaned = super().clean() or {}
        if cleaned.get("kind") == EntryOrder.Kind.LOCK:
            # An order to lock has no end; whatever stands in the field says nothing.
            self.errors.pop("closes_at", None)
            cleaned["closes_at"] = None
        if cleaned.get("kind") and cleaned.get("period"):
            text = cleaned.get("text", "").strip()
            if not text or text in self._patterns():
                text = default_text(cleaned["kind"], Period(cleaned["period"]), self._year)
            cleaned["text"] = text
        return cleaned

    def _patterns(self) -> set[str]:
        return {
            default_text(kind, period, self._year) for kind in EntryOrder.Kind for period in ENTRY_PERIODS
        }

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
        form = OrderForm({**self.data.dict(), **text}, year=self._year)  # type: ignore[attr-defined]
        form.full_clean()
        return form


def _scope_choices(classes: dict[str, SchoolClass]) -> list[tuple[str, Any]]:
    grades = sorted({each.grade_level for each in classes.values()})
    return [
        ("school", "Toàn trường"),
        ("Khối", [(f"grade:{grade}", f"Khối {grade}") for grade in grades]),
        ("Lớp", [(key, f"Lớp {each.name}") for key, each in classes.items()]),
    ]


def initial_values(year: SchoolYear, kind: str) -> dict[str, Any]:
    """A new order's first proposal: to open the next period, or to lock now what is open now."""
    proposal = _lock_proposal(year) if kind == EntryOrder.Kind.LOCK else _opening_proposal(year)
    return {
        "kind": kind,
        "number": next_number(year),
        "dated": clock.today(),
        "text": default_text(kind, Period(proposal["period"]), year),
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


def _lock_proposal(year: SchoolYear) -> dict[str, Any]:
    """The period open for most classes and what it is open for; without any, the last that was, for the school."""
    windows = list(EntryWindow.objects.filter(year=year).order_by("opens_at").annotate(asked_at=now_in_sql()))
    still_open = [window for window in windows if window.is_open_at(window.asked_at)]
    reach = _reach(year, still_open)
    begun = [window.period for window in windows if window.opens_at <= window.asked_at]
    period = Period(max(reach, key=lambda each: reach[each]) if reach else (begun or [Period.MID_TERM_1])[-1])
    own = [window for window in still_open if window.period == period]
    return {
        "period": period.value,
        "scope": _scope_value(own[0]) if len(own) == 1 else "school",
        "opens_at": clock.stamp(),
    }


def _reach(year: SchoolYear, windows: Iterable[EntryWindow]) -> Counter[str]:
    """For how many classes each period is open."""
    classes = list(SchoolClass.objects.filter(year=year))
    pairs = {(window.period, each.pk) for window in windows for each in classes if covers(window, each)}
    return Counter(period for period, _class in pairs)


def _scope_value(window: EntryWindow) -> str:
    if window.school_class_id:
        return f"class:{window.school_class_id}"
    return f"grade:{window.grade_level}" if window.grade_level else "school"


@dataclass(frozen=True, slots=True)
class Preview:
    """Exactly what signing would do: one headline, and a line for each window it would end or meet."""

    headline: str
    lines: tuple[str, ...]


def preview(order: EntryOrder) -> Preview:
    """What the order would do if it were signed now; raises OrderRefused where it could not."""
    hit = check_order(order)
    classes = _classes_of(order)
    teachers = _count_teachers(classes)
    reach = f"{len(classes)} lớp, {teachers} giáo viên"
    period = Period(order.period).label
    if order.kind == EntryOrder.Kind.OPEN:
        span = f"từ {_at(order.opens_at)} đến {_at(order.closes_at)}"
        headline = f"Mở nhập {period} cho {reach} ({order.scope_label}), {span}."
        return Preview(
            headline, ("Hết giờ sổ tự khoá. Mọi người thấy thông báo ngay sau khi kí.", *_others(order))
        )
    moment = max(order.opens_at, clock.stamp())
    when = f"lúc {_at(moment)}" if order.opens_at > clock.stamp() else "ngay khi kí"
    return Preview(
        f"Khoá nhập {period} cho {reach} ({order.scope_label}), {when}.",
        tuple(
            f"Đợt nhập theo văn bản số {window.order.number} ({window.order.scope_label}), đang định đến "
            f"{window.closes_label}, sẽ hết lúc đó."
            for window in hit
        ),
    )


def _others(order: EntryOrder) -> tuple[str, ...]:
    """Windows of the same period that overlap: a principal should know that they stay."""
    overlapping = EntryWindow.objects.filter(
        year_id=order.year_id,
        period=order.period,
        opens_at__lt=order.closes_at,
        closes_at__gt=max(order.opens_at, clock.stamp()),
    ).select_related("order__school_class")
    return tuple(
        f"Đợt nhập theo văn bản số {window.order.number} ({window.order.scope_label}) đến {window.closes_label} vẫn "
        "giữ nguyên."
        for window in overlapping
    )


def _classes_of(order: EntryOrder) -> list[int]:
    classes = SchoolClass.objects.filter(year_id=order.year_id)
    if order.school_class_id:
        classes = classes.filter(pk=order.school_class_id)
    elif order.grade_level:
        classes = classes.filter(grade_level=order.grade_level)
    return list(classes.values_list("pk", flat=True))


def _count_teachers(class_ids: list[int]) -> int:
    """People who answer for a line or a homeroom in these classes today."""
    today = clock.today()
    teaching = TeachingAssignment.objects.held_on(today).filter(school_class__in=class_ids).values("teacher")
    homeroom = HomeroomAssignment.objects.held_on(today).filter(school_class__in=class_ids).values("teacher")
    return User.objects.filter(Q(pk__in=teaching) | Q(pk__in=homeroom), is_active=True).count()


def _at(moment: datetime.datetime | None) -> str:
    return f"{localtime(moment):{_SHOWN}}"
