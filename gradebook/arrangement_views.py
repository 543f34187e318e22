"""The page of a pupil: how each line, quality and competency is assessed, by which decision, with its history."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import permissions
from accounts.clock import today
from accounts.day_fields import DayInput
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from gradebook.arrangements import (
    WHO_RECORDS,
    ArrangementRefused,
    Item,
    Wanted,
    arrange,
    arrangements_of,
    items_of,
    problems_of,
    read_steps,
)
from gradebook.models import Arrangement
from gradebook.orders import Problem
from gradebook.regulation import Period
from students.names import clean
from students.records import PupilFile, get_file


class ArrangementForm(forms.Form):
    """One arrangement for one or several items; what is allowed is said by the act."""

    items = forms.MultipleChoiceField(
        label="Nội dung",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Chọn ít nhất một môn học, phẩm chất hoặc năng lực.",
            "invalid_choice": "Chọn trong danh sách của lớp.",
        },
    )
    kind = forms.ChoiceField(
        label="Hình thức đánh giá",
        choices=Arrangement.Kind.choices,
        initial=Arrangement.Kind.EXEMPT,
        error_messages={"required": "Chọn hình thức đánh giá.", "invalid_choice": "Chọn một hình thức."},
    )
    period = forms.ChoiceField(
        label="Áp dụng từ",
        choices=[(each.value, each.label) for each in Period],
        help_text="Đến hết năm học, hoặc đến khi ghi hình thức khác cho thời điểm sau.",
        error_messages={"required": "Chọn thời điểm.", "invalid_choice": "Chọn một thời điểm."},
    )
    adjusted = forms.CharField(
        label="Yêu cầu được điều chỉnh",
        required=False,
        max_length=400,
        widget=forms.Textarea({"rows": 2}),
        help_text="Khi điều chỉnh: yêu cầu nào, điều chỉnh thế nào. Ví dụ «Viết đoạn 2 câu thay cho 5 câu».",
    )
    decision_no = forms.CharField(
        label="Số quyết định",
        required=False,
        max_length=60,
        help_text="Quyết định của Hiệu trưởng, ví dụ 12/QĐ-TH; miễn thì bắt buộc.",
    )
    decision_on = forms.DateField(
        label="Ngày quyết định",
        required=False,
        widget=DayInput(),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": "Ngày chưa đúng. Ghi ngày/tháng/năm, ví dụ 05/11/2026."},
    )
    plan = forms.CharField(
        label="Căn cứ trong KHGDCN",
        error_messages={"required": "Ghi căn cứ: ngày lập và mục của KHGDCN."},
        max_length=200,
        help_text="Ví dụ «KHGDCN lập ngày 10/9/2026, mục III.2».",
    )

    def __init__(self, data: Any, items: tuple[Item, ...]) -> None:
        super().__init__(data)
        field: Any = self.fields["items"]
        field.choices = [(item.code, item.name) for item in items]

    @property
    def wanted(self) -> Wanted:
        """As far as it could be read."""
        said = self.cleaned_data
        return Wanted(
            items=tuple(said.get("items", ())),
            kind=Arrangement.Kind(said.get("kind", Arrangement.Kind.EXEMPT)),
            period=Period(said.get("period", Period.MID_TERM_1)),
            plan=clean(said.get("plan", "")),
            adjusted=clean(said.get("adjusted", "")),
            decision_no=clean(said.get("decision_no", "")),
            decision_on=said.get("decision_on"),
        )

    def refuse(self, problems: Iterable[Problem]) -> None:
        """A field that is wrong by itself keeps its own words."""
        wrong = set(self.errors)
        for problem in problems:
            if problem.field not in wrong:
                self.add_error(problem.field or None, problem.message)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def arrangements(request: SignedInRequest, pk: int) -> HttpResponse:
    """For those who see the pupil's sensitive data; the clerk records."""
    file = get_file(request.user, pk)
    permissions.require(
        request.user,
        Action.SEE_SENSITIVE,
        "Hình thức đánh giá của học sinh khuyết tật chỉ mở cho giáo viên chủ nhiệm của lớp, văn thư và Ban giám hiệu; "
        "giáo viên dạy em thấy ở sổ điểm.",
        school_class=file.school_class,
    )
    items = items_of(file.school_class) if file.school_class else ()
    if request.method != "POST":
        log_access(request, AccessLogEntry.Kind.PROFILES_VIEWED, target=file.student.full_name)
        return _show(request, file, ArrangementForm(None, items), items)
    permissions.require(request.user, Action.ARRANGE_ASSESSMENT, WHO_RECORDS)
    form = ArrangementForm(request.POST, items)
    if not form.is_valid() or file.school_class is None:
        if file.school_class is not None:
            form.refuse(problems_of(file.student, file.school_class, form.wanted))
        return _show(request, file, form, items, status=422)
    try:
        count = arrange(file.student, file.school_class, form.wanted, by=request.user)
    except ArrangementRefused as refusal:
        form.refuse(refusal.problems)
        return _show(request, file, form, items, status=422)
    messages.success(request, f"Đã ghi hình thức đánh giá cho {count} nội dung.")
    return redirect("gradebook:arrangements", pk)


def _show(
    request: SignedInRequest,
    file: PupilFile,
    form: ArrangementForm,
    items: tuple[Item, ...],
    status: int = 200,
) -> HttpResponse:
    school_class = file.school_class
    at = arrangements_of(file.student, school_class) if school_class else {}
    rows = [(item, [at[period].get(item.code) for period in Period]) for item in items]
    context = {
        "file": file,
        "student": file.student,
        "form": form,
        "periods": list(Period),
        "rows": [row for row in rows if any(row[1])],
        "steps": read_steps(file.student, school_class) if school_class else (),
        "may_record": permissions.may(request.user, Action.ARRANGE_ASSESSMENT)
        and school_class is not None
        and school_class.year.ends_on >= today(),
    }
    return render(request, "gradebook/arrangements.html", context, status=status)
