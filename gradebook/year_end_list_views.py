"""The lists of a year's end: lên lớp, không lên lớp, chưa hoàn thành, kiểm tra lại, rèn luyện hè, khen thưởng."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import permissions
from accounts.confirmation import Lasting, require_password
from accounts.models import User
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.requests import SignedInRequest
from accounts.table_files import table_to_save
from gradebook.decision_lists import with_decisions
from gradebook.year_end import read_rows
from gradebook.year_end_lists import LISTS, Kind, PupilList, pupil_list
from gradebook.year_end_views import WHO_SEES, year_in
from students.models import SchoolClass, SchoolYear
from students.years import NoYearYet

PAGE_LENGTH = 100
NOTE = (
    "«Chưa xét»: hệ thống tính, giáo viên chủ nhiệm chưa xác nhận; «Đề nghị»: của giáo viên chủ nhiệm; chỉ «Đã phê "
    "duyệt» mới là quyết định của Hiệu trưởng."
)


@dataclass(frozen=True, slots=True)
class ShownList:
    """A list with what it was asked for: the year, and one class where it is only that."""

    pupils: PupilList
    year: SchoolYear
    years: list[SchoolYear]
    classes: list[SchoolClass]
    chosen: SchoolClass | None

    @property
    def where(self) -> str:
        return f"lớp {self.chosen.name}" if self.chosen else f"{len(self.classes)} lớp"

    @property
    def title(self) -> str:
        return f"{self.pupils.title}, năm học {self.year.label}"

    @property
    def query(self) -> str:
        """In an address."""
        return f"year={self.year.pk}" + (f"&class={self.chosen.pk}" if self.chosen else "")

    @property
    def name(self) -> str:
        """Of a file, without its ending."""
        suffix = f"-{self.chosen.name}" if self.chosen else ""
        return f"{self.pupils.kind}{suffix}-{self.year.pk}"


def shown_list(user: User, kind: str, asked: Mapping[str, str]) -> ShownList:
    """As the address asks (`asked`, by name), of the classes that the person sees. Raises PermissionDenied, Http404."""
    permissions.require_anywhere(user, Action.SEE_OUTCOMES, WHO_SEES)
    if kind not in set(Kind):
        raise Http404("Không có danh sách này.")
    year, years = year_in(asked)
    if year is None:
        raise NoYearYet
    reach = permissions.reach_of(user, Action.SEE_OUTCOMES)
    classes = list(SchoolClass.objects.filter(reach.condition(), year=year).order_by("grade_level", "name"))
    for each in classes:
        each.year = year
    wanted = asked.get("class", "")
    chosen = next((each for each in classes if str(each.pk) == wanted), None)
    rows = read_rows([chosen] if chosen else classes)
    pupils = with_decisions(pupil_list(Kind(kind), rows), year.pk)
    return ShownList(pupils, year, years, classes, chosen)


@never_cache
@require_safe
@limited("year_end_list", times=120, minutes=10, what="xem danh sách cuối năm")
def year_end_list(request: SignedInRequest, kind: str) -> HttpResponse:
    """One list of the classes that the person sees, or of one of them."""
    shown = shown_list(request.user, kind, request.GET.dict())
    page = Paginator(shown.pupils.rows, PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "shown": shown,
        "page": page,
        "lines": [(row, shown.pupils.told(row)) for row in page.object_list],
        "first": page.start_index(),
        "note": NOTE,
        "kinds": [(each, LISTS[each].title) for each in Kind],
        "sees_kept": permissions.may(request.user, Action.SEE_REPORTS),
    }
    return render(request, "gradebook/year_end_list.html", context)


@never_cache
@require_safe
@limited("year_end_list_file", times=60, minutes=10, what="tải danh sách cuối năm")
def year_end_list_file(request: SignedInRequest, kind: str) -> FileResponse:
    """The same as a workbook; who took it is logged."""
    shown = shown_list(request.user, kind, request.GET.dict())
    title = shown.title
    require_password(request, f"Tải {title[:1].lower()}{title[1:]} ra Excel.", lasting=Lasting.EXPORTS)
    return table_to_save(
        request,
        title=title,
        headings=shown.pupils.sheet_headings,
        rows=shown.pupils.sheet_rows,
        name=f"{shown.name}.xlsx",
        notes=(f"Phạm vi: {shown.where}.", NOTE),
        detail=f"{shown.where}: {len(shown.pupils.rows)} học sinh, mã, họ tên, ngày sinh, kết quả",
    )
