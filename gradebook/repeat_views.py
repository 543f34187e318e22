"""The page of a repeat test (rule R28): the first mark, the second, which one counts, and the teacher's reason."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import permissions
from accounts.history import Source
from accounts.powers import Action
from accounts.requests import SignedInRequest
from gradebook.cell_history import read_cell_story
from gradebook.entry import Change, SaveReport, differences, save_results
from gradebook.models import SubjectResult
from gradebook.repeat_tests import LONGEST_REASON, Repeat
from gradebook.sheets import Field, SheetRef, find_sheet, require_may_see, stored_results
from gradebook.windows import LockState, lock_state
from students.models import Enrolment, Student
from students.names import clean

LOCKED = 423


class RepeatForm(forms.Form):
    """What the teacher writes; whether the mark can stand is said by the save."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    mark = forms.CharField(
        label="Điểm kiểm tra lại",
        max_length=10,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "Ghi điểm bài kiểm tra lại."},
    )
    official = forms.ChoiceField(
        label="Điểm chính thức",
        choices=[("2", "Điểm kiểm tra lại"), ("1", "Điểm lần đầu")],
        widget=forms.RadioSelect,
        help_text="Điểm chính thức vào bảng tổng hợp, học bạ và kết quả năm học; điểm kia vẫn lưu.",
        error_messages={"required": "Chọn điểm nào là chính thức."},
    )
    reason = forms.CharField(
        label="Đề nghị, lí do",
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 3}),
        help_text="Bài lần đầu khác thường thế nào so với đánh giá thường xuyên, ai cho kiểm tra lại, ngày nào.",
        error_messages={"required": "Ghi vì sao kiểm tra lại.", "max_length": "Lí do dài quá. Ghi ngắn lại."},
    )

    @property
    def repeat(self) -> str:
        said = self.cleaned_data
        mark = "".join(said["mark"].split())
        return f"{mark} · lấy điểm lần {said['official']} · {clean(said['reason'])}"


@dataclass(frozen=True, slots=True)
class RepeatPage:
    """A mark at the end of a term and its repeat test, as one person sees it."""

    ref: SheetRef
    student: Student
    result: SubjectResult
    lock: LockState
    is_responsible: bool
    is_proposer: bool

    @property
    def may_write(self) -> bool:
        return self.is_responsible and self.lock.is_open

    @property
    def may_propose(self) -> bool:
        """Whether a correction may be asked for: after the lock, in a year that is not closed."""
        return self.is_proposer and self.lock.is_over and not self.ref.school_class.year.is_closed

    @property
    def propose_url(self) -> str:
        """Named here, the app above builds it, as on the sheet itself."""
        return reverse(
            "approvals:propose", args=[self.ref.school_class.pk, self.ref.code, self.ref.period.value]
        )

    @property
    def initial(self) -> dict[str, Any]:
        repeat = self.result.repeat
        known = {"version": self.result.version if self.result.pk else 0, "official": "2"}
        if repeat is None:
            return known
        return known | {
            "mark": repeat.mark,
            "official": "2" if repeat.is_official else "1",
            "reason": repeat.reason,
        }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def repeat(
    request: SignedInRequest, *, class_id: int, code: str, period: str, student_id: int
) -> HttpResponse:
    """Shown to who sees the sheet; written by its teacher while the sheet is open, through `save_results`.

    After the lock it becomes a correction request like that of any other cell.
    """
    page = _page(request, find_sheet(class_id, code, period), student_id)
    if request.method != "POST":
        return _show(request, page, RepeatForm(initial=page.initial))
    permissions.require(
        request.user,
        Action.PROPOSE_CORRECTION if page.may_propose else Action.ENTER_SHEET,
        f"Chỉ giáo viên được phân công mới nhập được sổ {page.ref.title}.",
        school_class=page.ref.school_class,
        line=page.ref.line,
    )
    form = RepeatForm(request.POST)
    if "remove" not in request.POST and not form.is_valid():
        return _show(request, page, form, status=422)
    value = "" if "remove" in request.POST else form.repeat
    change = Change(student_id, page.ref.code, Field.REPEAT, value, _version(request))
    if page.may_propose and not page.lock.is_open:
        return _propose(request, page, form, change)
    report = save_results(page.ref, [change], by=request.user, source=Source.PAGE)
    if not report.is_whole:
        return _refused(request, page, form, report)
    messages.success(request, "Đã xoá điểm kiểm tra lại." if not value else "Đã ghi điểm kiểm tra lại.")
    return redirect("gradebook:repeat", class_id, code, period, student_id)


def _propose(request: SignedInRequest, page: RepeatPage, form: RepeatForm, change: Change) -> HttpResponse:
    """After the lock: what was typed, judged, with the button that makes a correction request of it."""
    found, refused = differences(page.ref, [change])
    for each in refused:
        form.add_error("mark" if "Điểm" in each.message else None, each.message)
    if refused:
        return _show(request, page, form, status=422)
    if not found:
        form.add_error(None, "Không khác với điểm kiểm tra lại đang lưu.")
        return _show(request, page, form, status=422)
    cell = f"{change.student_id}.{change.item}.{change.field}"
    fields = {f"c.{cell}": found[0].new, f"v.{cell}": str(change.version)}
    return _show(request, page, form, status=LOCKED, wanted=found[0].new, fields=fields)


def _page(request: SignedInRequest, ref: SheetRef, student_id: int) -> RepeatPage:
    require_may_see(request.user, ref)
    if not ref.takes_repeat:
        raise Http404("Chỉ bài kiểm tra cuối học kì I và cuối năm học mới kiểm tra lại.")
    enrolment = Enrolment.objects.roster(ref.school_class).filter(student_id=student_id).first()
    if enrolment is None:
        raise Http404("Học sinh này không có trong danh sách lớp.")
    result = stored_results(ref, [student_id]).get((student_id, ref.code))
    return RepeatPage(
        ref,
        enrolment.student,
        result if isinstance(result, SubjectResult) else SubjectResult(),
        lock_state(ref.school_class, ref.period, ref.code),
        permissions.is_responsible(request.user, ref.school_class, ref.line),
        permissions.may_propose(request.user, ref.school_class, ref.line),
    )


def _version(request: SignedInRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _refused(
    request: SignedInRequest, page: RepeatPage, form: RepeatForm, report: SaveReport
) -> HttpResponse:
    """The form as it was typed, with the reason; over what now stands in the cell after a conflict."""
    status = 422
    if report.locked:
        status = LOCKED
        form.add_error(None, report.locked)
    for refused in report.refused:
        form.add_error("mark" if "Điểm" in refused.message else None, refused.message)
    for conflict in report.conflicts:
        status = 409
        data: Any = request.POST.copy()
        data["version"] = str(conflict.version)
        form.data = data
        form.add_error(
            None,
            f"{conflict.by or 'Người khác'} vừa ghi «{conflict.value or 'để trống'}» lúc {conflict.at}. Bấm Ghi lần "
            "nữa để thay bằng bản của thầy cô.",
        )
    return _show(request, page, form, status=status)


def _show(
    request: SignedInRequest, page: RepeatPage, form: RepeatForm, status: int = 200, **more: Any
) -> HttpResponse:
    shown: Repeat | None = page.result.repeat
    context = {
        "page": page,
        "ref": page.ref,
        "student": page.student,
        "repeat": shown,
        "form": form,
        "steps": read_cell_story(request.user, page.ref, page.student.pk, page.ref.code, Field.MARK),
        **more,
    }
    return render(request, "gradebook/repeat.html", context, status=status)
