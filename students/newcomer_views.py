"""The clerk's page that enters a child who is not in the register yet, with nhập học or chuyển đến (R9, R10, R85)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import permissions
from accounts.confirmation import require_password
from accounts.powers import Action
from accounts.requests import SignedInRequest, posted
from students.models import Student
from students.movement_plans import Draft, plan_movement
from students.movement_rules import Kind
from students.movement_views import MovementForm, year_in_view
from students.movements import WHO_RECORDS, MovementChanged, MovementRefused
from students.names import as_a_name
from students.newcomers import BIRTH, bring, holder_of_id, namesakes, objections_to
from students.record_forms import BirthField

KINDS = (Kind.ADMITTED, Kind.TRANSFERRED_IN)


class NewcomerForm(MovementForm):
    """The child, then the movement."""

    full_name = forms.CharField(label="Họ và tên", max_length=150)
    birth = BirthField(
        label="Ngày sinh", help_text="Ngày/tháng/năm; chỉ biết tháng hoặc năm thì ghi 09/2019 hoặc 2019."
    )
    gender = forms.ChoiceField(
        label="Giới tính",
        choices=[("", "Chọn"), *((each.value, each.label) for each in Student.Gender if each)],
    )
    moet_id = forms.CharField(
        label="Mã định danh Bộ GD&ĐT",
        max_length=30,
        required=False,
        help_text="10 chữ số. Chưa có thì để trống: hệ thống cấp mã tạm.",
    )
    national_id = forms.CharField(
        label="Số định danh cá nhân", max_length=30, required=False, help_text="12 chữ số."
    )
    is_another = forms.BooleanField(
        label="Đã xem các hồ sơ trên: đây là học sinh khác, trùng tên và ngày sinh", required=False
    )
    field_order = ("full_name", "birth", "gender", "moet_id", "national_id")

    OF_THE_CHILD = ("full_name", "birth", "gender", "moet_id", "national_id", "is_another")

    @property
    def child(self) -> Student:
        """Not stored."""
        said = self.cleaned_data
        born = dict(zip(BIRTH, said["birth"], strict=True))
        ids = {name: said[name].strip() or None for name in ("moet_id", "national_id")}
        return Student(full_name=as_a_name(said["full_name"]), gender=said["gender"], **born, **ids)

    def draft(self, student: Student) -> Draft:
        said = {name: value for name, value in self.cleaned_data.items() if name not in self.OF_THE_CHILD}
        return Draft(kind=self.kind, student=student, **said)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def newcomer(request: SignedInRequest, kind: str) -> HttpResponse:
    """The form; sent, it shows who may be the same child, or what will happen; with the password, it is done."""
    permissions.require(request.user, Action.RECORD_MOVEMENTS, WHO_RECORDS)
    if kind not in KINDS:
        raise Http404(f"Không lập hồ sơ mới khi {kind}.")
    year = year_in_view(request)
    form = NewcomerForm(posted(request), kind=Kind(kind), year=year)
    context: dict[str, Any] = {"form": form, "kind": Kind(kind), "kinds": KINDS, "year": year}
    if form.is_bound and form.is_valid():
        answer = _answer(request, form, context)
        if answer is not None:
            return answer
    # Asked only when there is somebody to look at.
    context["fields"] = [field for field in form if field.name != "is_another"]
    status = 422 if form.errors or context.get("found") else 200
    return render(request, "students/newcomer.html", context, status=status)


def _answer(request: SignedInRequest, form: NewcomerForm, context: dict[str, Any]) -> HttpResponse | None:
    """A redirect when it is done; else None, with the plan, the pupils found or the errors to look at."""
    child, is_another = form.child, form.cleaned_data["is_another"]
    holder = holder_of_id(child)
    alike = [holder] if holder else namesakes(child)
    context |= {
        "child": child,
        "alike": alike,
        "is_certain": holder is not None,
        "found": alike and (holder or not is_another),
    }
    draft = form.draft(child)
    plan = plan_movement(draft)
    form.take(MovementRefused([*objections_to(child), *plan.objections]))
    if form.errors or context["found"]:
        return None
    context["plan"] = plan
    if not (previewed := request.POST.get("previewed")):
        return None
    require_password(request, f"Lập hồ sơ và ghi «{draft.kind.label}» của em {child.full_name}")
    try:
        movement = bring(draft, is_another=is_another, by=request.user, previewed=previewed)
    except MovementRefused as refused:
        form.take(refused)
        return None
    except MovementChanged as changed:
        context["plan"] = changed.plan
        messages.warning(request, str(changed))
        return None
    messages.success(request, f"Đã lập hồ sơ và ghi «{draft.kind.label}» của em {child.full_name}.")
    return redirect("students:pupil", pk=movement.student_id)
