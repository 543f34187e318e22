"""The register of movements, the form of one, and head counts on any day (PLAN IV.3; rules R7, R10–R14)."""

import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts import permissions
from accounts.clock import today
from accounts.confirmation import require_password
from accounts.day_fields import DayInput
from accounts.powers import Action
from accounts.requests import SignedInRequest, posted
from accounts.table_files import table_to_save
from accounts.tables import Heading
from students import movements
from students.administrative_units import provinces
from students.code_lists import destinations, leave_reasons
from students.head_counts import COUNT_HEADINGS, count_heads
from students.models import Movement, SchoolClass, SchoolYear, Student
from students.movement_plans import (
    MISSING,
    Draft,
    against_cancelling,
    fitting_classes,
    plan_movement,
    possible_kinds,
    warnings_of_cancelling,
)
from students.movement_rules import ENTRY_KINDS, GONE_REASON, RULES, Kind
from students.movements import WHO_RECORDS, MovementChanged, MovementRefused
from students.records import class_of
from students.years import NoYearYet

PER_PAGE = 50
REGISTER_HEADINGS = [
    Heading("Từ ngày", 12),
    Heading("Họ và tên", 28),
    Heading("Ngày sinh", 12),
    Heading("Loại biến động", 14),
    Heading("Rời lớp", 9),
    Heading("Vào lớp", 9),
    Heading("Trạng thái học sinh", 22),
    Heading("Hình thức, lí do, nơi đi", 26),
    Heading("Trường, tỉnh", 36),
    Heading("Quyết định, giấy tờ", 26),
    Heading("Tình trạng", 24),
    Heading("Ghi chú", 30),
]
CONDITIONAL = {Kind.TRANSFERRED_OUT: ("other_school",)}
SCHOOL_HELP = {
    Kind.TRANSFERRED_OUT: "Phải ghi; chỉ bỏ trống khi chuyển ra nước ngoài.",
    Kind.ADMITTED: "Phải ghi cả trường và tỉnh khi hình thức nhập học là «Chuyển từ trường khác».",
}
WHO_SEES = "Sổ biến động sĩ số dành cho văn thư, Ban giám hiệu và người kiểm tra."


class FilterForm(forms.Form):
    """Which movements of a year; the year itself is in the address."""

    kind = forms.ChoiceField(
        label="Loại biến động",
        required=False,
        choices=[("", "Tất cả"), *((kind.value, kind.label) for kind in Kind)],
    )
    school_class = forms.ModelChoiceField(
        label="Lớp", required=False, queryset=SchoolClass.objects.none(), empty_label="Tất cả"
    )

    def __init__(self, *args: Any, year: SchoolYear, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school_class"].queryset = year.classes.all()  # type: ignore[attr-defined]


class MovementForm(forms.Form):
    """The fields that a kind needs or may have; what speaks against them the plan says."""

    day = forms.DateField(label="Có hiệu lực từ ngày", widget=DayInput())
    to_class = forms.ModelChoiceField(
        label="Vào lớp", queryset=SchoolClass.objects.none(), required=False, empty_label="Chọn lớp"
    )
    entry_code = forms.ChoiceField(
        label="Hình thức nhập học", choices=[("", "Chọn"), *ENTRY_KINDS.items()], required=False
    )
    leave_reason = forms.ChoiceField(
        label="Lí do thôi học",
        choices=[
            ("", "Chọn"),
            *((code, name) for code, name in leave_reasons().names.items() if code != GONE_REASON),
        ],
        required=False,
    )
    destination_code = forms.ChoiceField(
        label="Nơi chuyển đi", choices=[("", "Chọn"), *destinations().names.items()], required=False
    )
    other_school = forms.CharField(max_length=150, required=False)
    other_province = forms.CharField(
        max_length=100, required=False, widget=forms.TextInput({"list": "provinces", "autocomplete": "off"})
    )
    decision_number = forms.CharField(label="Số quyết định (giấy tờ)", max_length=60, required=False)
    decision_date = forms.DateField(label="Ngày kí", widget=DayInput(), required=False)
    note = forms.CharField(label="Ghi chú", max_length=300, required=False)

    def __init__(
        self,
        *args: Any,
        kind: Kind,
        year: SchoolYear,
        student: Student | None = None,
        now: SchoolClass | None = None,
        **kwargs: Any,
    ) -> None:
        """`now` is the class that the `student` sits in; neither is there of a newcomer."""
        super().__init__(*args, **kwargs)
        self.kind = kind
        for name in (
            set(MovementForm.base_fields)
            - {"day", "note", *RULES[kind].fields}
            - ({"to_class"} if kind.begins else set())
        ):
            del self.fields[name]
        if kind.begins:
            self.fields["to_class"].queryset = fitting_classes(kind, year, student, now)  # type: ignore[attr-defined]
            self.fields["to_class"].error_messages["invalid_choice"] = (
                "Em không vào lớp này được nữa: có thể biến động của em vừa được ghi ở trang khác. Mở lại trang của em."
            )
        if "other_school" in self.fields:
            self.fields["other_school"].label = "Trường chuyển đến" if kind.ends else "Trường cũ"
            self.fields["other_school"].help_text = SCHOOL_HELP.get(kind, "")
            self.fields["other_province"].label = (
                "Tỉnh (thành phố), hoặc nước, chuyển đến" if kind.ends else "Tỉnh (thành phố) của trường cũ"
            )
        if "decision_number" in self.fields:
            paper = RULES[kind].paper
            self.fields["decision_number"].help_text = f"{paper}."
            if not RULES[kind].needs_paper:
                self.fields["decision_date"].help_text = "Đã ghi số thì phải ghi ngày kí, và ngược lại."
        for name in {*RULES[kind].needs, "to_class"} & set(self.fields):
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = MISSING[name]

    @property
    def conditional(self) -> tuple[str, ...]:
        """The fields that a choice in another one makes optional: as a rule they must be there."""
        return CONDITIONAL.get(self.kind, ())

    @property
    def provinces(self) -> tuple[str, ...]:
        """To choose from while one types; a country may be typed too."""
        return provinces() if "other_province" in self.fields else ()

    def draft(self, student: Student) -> Draft:
        return Draft(kind=self.kind, student=student, **self.cleaned_data)

    def take(self, refused: MovementRefused) -> None:
        """Objections stand at their fields; those about the pupil or the kind above the form."""
        for each in refused.objections:
            self.add_error(each.field if each.field in self.fields else None, each.message)


class CancelForm(forms.Form):
    reason = forms.CharField(label="Lí do huỷ", max_length=300)


class DayForm(forms.Form):
    day = forms.DateField(label="Sĩ số ngày", widget=DayInput())
    since = forms.DateField(label="Tính từ ngày", widget=DayInput())

    def __init__(self, *args: Any, year: SchoolYear, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("day", "since"):
            day = cleaned.get(name)
            if day and not self.year.starts_on <= day <= self.year.ends_on:
                self.add_error(name, f"Chọn một ngày trong năm học: {self.year.days.label}.")
        if not self.errors and cleaned["since"] > cleaned["day"]:
            self.add_error("since", "Ngày đầu phải trước hoặc bằng ngày tính sĩ số.")
        return cleaned


@require_safe
def movement_list(request: SignedInRequest) -> HttpResponse:
    """The year's movements, newest first, the first lists of classes left out unless asked for."""
    permissions.require(request.user, Action.SEE_MOVEMENTS, WHO_SEES)
    year = year_in_view(request)
    form = FilterForm(request.GET, year=year)
    context = {
        "year": year,
        "years": SchoolYear.objects.all(),
        "form": form,
        "page": Paginator(_chosen(form, year), PER_PAGE).get_page(request.GET.get("page")),
        "may_record": permissions.may(request.user, Action.RECORD_MOVEMENTS),
    }
    return render(request, "students/movements.html", context)


@require_GET
def movements_file(request: SignedInRequest) -> HttpResponseBase:
    """The register as it is filtered, as an Excel file."""
    permissions.require(request.user, Action.SEE_MOVEMENTS, WHO_SEES)
    year = year_in_view(request)
    rows = _chosen(FilterForm(request.GET, year=year), year)
    return table_to_save(
        request,
        title=f"Biến động sĩ số năm học {year.label}",
        headings=REGISTER_HEADINGS,
        rows=map(_register_row, rows),
        name=f"bien-dong-{year.year}-{year.year + 1}.xlsx",
    )


def _chosen(form: FilterForm, year: SchoolYear) -> QuerySet[Movement]:
    rows = Movement.objects.filter(year=year).select_related(
        "student", "from_class", "to_class", "recorded_by", "cancelled_by"
    )
    chosen = form.cleaned_data if form.is_valid() else {}
    if chosen.get("kind"):
        rows = rows.filter(kind=chosen["kind"])
    else:
        rows = rows.exclude(kind=Kind.ADMITTED, day=year.starts_on)
    if of_class := chosen.get("school_class"):
        rows = rows.filter(from_class=of_class) | rows.filter(to_class=of_class)
    return rows.newest_first()


def _register_row(movement: Movement) -> tuple[str, ...]:
    other = ", ".join(each for each in (movement.other_school, movement.other_province) if each)
    return (
        f"{movement.day:%d/%m/%Y}",
        movement.student.full_name,
        movement.student.birth_label,
        movement.get_kind_display(),
        movement.from_class.name if movement.from_class else "",
        movement.to_class.name if movement.to_class else "",
        movement.status,
        movement.reason or movement.destination or movement.get_entry_code_display(),
        other,
        movement.decision,
        f"Đã huỷ: {movement.cancel_reason}" if movement.is_cancelled else movement.force[0],
        movement.note,
    )


@require_safe
def movement_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """One movement with what it says, who recorded it, and the way to cancel it."""
    permissions.require(request.user, Action.SEE_MOVEMENTS, WHO_SEES)
    return _movement_page(request, get_object_or_404(Movement, pk=pk), CancelForm())


def _movement_page(
    request: SignedInRequest, movement: Movement, form: CancelForm, status: int = 200
) -> HttpResponse:
    may_cancel = permissions.may(request.user, Action.RECORD_MOVEMENTS)
    context = {
        "movement": movement,
        "form": form,
        "against": against_cancelling(movement) if may_cancel else "",
        "may_cancel": may_cancel,
        "warnings": list(warnings_of_cancelling(movement))
        if may_cancel and not movement.is_cancelled
        else [],
        "may_take_pack": movement.has_transfer_pack and permissions.may(request.user, Action.PRINT_BOOKS),
    }
    return render(request, "students/movement.html", context, status=status)


@require_safe
def pupil_movements(request: SignedInRequest, pk: int) -> HttpResponse:
    """A pupil's movements, cancelled ones too, and for the clerk the kinds that fit where the pupil is today."""
    permissions.require(request.user, Action.SEE_MOVEMENTS, WHO_SEES)
    student = get_object_or_404(Student, pk=pk)
    rows = list(
        Movement.objects.filter(student=student)
        .select_related("student", "from_class", "to_class", "cancelled_by")
        .newest_first()
    )
    may_record = permissions.may(request.user, Action.RECORD_MOVEMENTS)
    context = {
        "student": student,
        "movements": rows,
        "with_pack": next((each for each in rows if each.has_transfer_pack), None),
        "may_take_pack": permissions.may(request.user, Action.PRINT_BOOKS),
        "kinds": possible_kinds(student, today()) if may_record else (),
    }
    return render(request, "students/pupil_movements.html", context)


@require_POST
def movement_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    permissions.require(request.user, Action.RECORD_MOVEMENTS, WHO_RECORDS)
    movement = get_object_or_404(Movement.objects.select_related("year", "student"), pk=pk)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _movement_page(request, movement, form, 422)
    require_password(request, f"Huỷ biến động «{movement.get_kind_display()}» của em {movement.student}")
    try:
        movements.cancel(movement, reason=form.cleaned_data["reason"], by=request.user)
    except MovementRefused as refused:
        form.add_error(None, str(refused))
        return _movement_page(request, movement, form, 422)
    messages.success(request, "Đã huỷ biến động; sĩ số đã tính lại.")
    return redirect("students:movement", pk=movement.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def movement_new(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """The form of a kind for a pupil; sent, it shows what will happen; confirmed with the password, it is done."""
    permissions.require(request.user, Action.RECORD_MOVEMENTS, WHO_RECORDS)
    if kind not in list(Kind):
        raise Http404(f"Không có loại biến động {kind}.")
    student = get_object_or_404(Student, pk=pk)
    year = year_in_view(request)
    form = MovementForm(posted(request), kind=Kind(kind), year=year, student=student, now=class_of(student))
    context = {"form": form, "student": student, "kind": Kind(kind), "year": year, "plan": None}
    if request.method == "POST":
        answer = _answer_new(request, form, student, context)
        if answer is not None:
            return answer
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "students/movement_new.html", context, status=status)


def _answer_new(
    request: SignedInRequest, form: MovementForm, student: Student, context: dict[str, Any]
) -> HttpResponse | None:
    """A redirect when it is done; else None, with the plan to look at or the errors in the form."""
    if not form.is_valid():
        return None
    draft, previewed = form.draft(student), request.POST.get("previewed")
    plan = plan_movement(draft)
    if plan.objections:
        form.take(MovementRefused(plan.objections))
        return None
    context["plan"] = plan
    if not previewed:
        return None
    require_password(request, f"Ghi biến động «{draft.kind.label}» của em {student.full_name}")
    try:
        movement = movements.record(draft, by=request.user, previewed=previewed)
    except MovementRefused as refused:
        form.take(refused)
        return None
    except MovementChanged as changed:
        context["plan"] = changed.plan
        messages.warning(request, str(changed))
        return None
    messages.success(request, f"Đã ghi biến động «{draft.kind.label}» của em {student.full_name}.")
    return redirect("students:movement", pk=movement.pk)


@require_GET
def head_counts(request: SignedInRequest) -> HttpResponse:
    """Sĩ số of each class, grade and the school on a day, and how it came about since another."""
    permissions.require(request.user, Action.SEE_MOVEMENTS, WHO_SEES)
    year = year_in_view(request)
    shown: dict[str, datetime.date] = {"day": year.day_for_roster(), "since": year.starts_on}
    asked = {name: request.GET.get(name) or f"{default:%Y-%m-%d}" for name, default in shown.items()}
    form = DayForm(asked, year=year)
    if form.is_valid():
        shown = form.cleaned_data
    context = {
        "year": year,
        "years": SchoolYear.objects.all(),
        "form": form,
        "counted": count_heads(year, shown["day"], since=shown["since"]),
        "may_keep": permissions.may(request.user, Action.KEEP_REPORT),
    }
    return render(request, "students/head_counts.html", context, status=200 if form.is_valid() else 422)


@require_GET
def head_counts_file(request: SignedInRequest) -> HttpResponseBase:
    """The head counts of a day as an Excel file, one line a class, grade and the school."""
    permissions.require(request.user, Action.SEE_MOVEMENTS, WHO_SEES)
    year = year_in_view(request)
    form = DayForm(request.GET, year=year)
    if not form.is_valid():
        return redirect("students:head_counts")
    counted = count_heads(year, form.cleaned_data["day"], since=form.cleaned_data["since"])
    title = f"Sĩ số ngày {counted.day:%d/%m/%Y}, năm học {year.label}"
    return table_to_save(
        request,
        title=title.replace("/", "-"),
        headings=[Heading(name, 12) for name in COUNT_HEADINGS],
        rows=counted.rows(),
        name=f"si-so-{counted.day:%Y-%m-%d}.xlsx",
        notes=[f"Tính từ ngày {counted.since:%d/%m/%Y}; đầu kì: sĩ số hết ngày {counted.opening:%d/%m/%Y}"],
        target=title,
    )


def days_in_view(request: SignedInRequest) -> tuple[SchoolYear, datetime.date, datetime.date]:
    """Year, first and last day that the page of head counts shows. Raises PermissionDenied, Http404."""
    permissions.require(request.user, Action.SEE_MOVEMENTS, WHO_SEES)
    year = year_in_view(request)
    form = DayForm(request.GET, year=year)
    if not form.is_valid():
        raise Http404("Ngày không thuộc năm học đang xem.")
    return year, form.cleaned_data["since"], form.cleaned_data["day"]


def year_in_view(request: SignedInRequest) -> SchoolYear:
    """The year asked for by its start, else that of today."""
    asked = request.GET.get("year", "")
    found = SchoolYear.objects.filter(pk=asked).first() if asked.isdigit() and len(asked) == 4 else None
    found = found or (None if asked else SchoolYear.objects.current())
    if found is None:
        raise Http404("Không có năm học này.") if asked else NoYearYet
    return found
