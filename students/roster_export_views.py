"""The Excel files of pupil lists: a blank one for the clerk, and those of a class, a grade, the school (R69)."""

import io

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts import permissions
from accounts.confirmation import Lasting, require_password
from accounts.file_answers import file_to_save
from accounts.models import AccessLogEntry
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from accounts.tables import XLSX
from students.models import SchoolClass, SchoolYear
from students.names import file_words
from students.roster_export import seats_of, write_blank, write_roster
from students.uploads import WHO_IMPORTS

WHO_EXPORTS = "Danh sách đầy đủ của lớp, khối, trường do văn thư và Ban giám hiệu xuất ra tệp."


@require_safe
@limited("roster_blank", times=60, minutes=10, what="tải tệp mẫu")
def roster_blank(request: SignedInRequest, pk: int) -> FileResponse:
    """A blank list with the code lists and classes of the year; no data of pupils, so no password."""
    permissions.require(request.user, Action.IMPORT_ROSTERS, WHO_IMPORTS)
    year = get_object_or_404(SchoolYear, pk=pk)
    content = write_blank(year, by=request.user)
    return file_to_save(io.BytesIO(content), f"mau-danh-sach-hoc-sinh-{year.pk}.xlsx", XLSX)


@require_safe
@limited("roster_file", times=60, minutes=10, what="xuất danh sách")
def roster_file(request: SignedInRequest, pk: int) -> FileResponse:
    """The pupils of a year as a list that comes in again unchanged: ?class=12, ?grade=4, or the whole school."""
    permissions.require(request.user, Action.EXPORT_ROSTERS, WHO_EXPORTS)
    year = get_object_or_404(SchoolYear, pk=pk)
    school_class = _class(year, request.GET.get("class", ""))
    grade = _grade(request.GET.get("grade", ""))
    whose = f"lớp {school_class.name}" if school_class else f"khối {grade}" if grade else "toàn trường"
    title = f"Danh sách học sinh {whose}"
    require_password(
        request,
        f"Xuất danh sách học sinh {whose} năm học {year.label} ra Excel, cả thông tin nhạy cảm.",
        lasting=Lasting.EXPORTS,
    )
    seats = seats_of(year, grade=grade, school_class=school_class)
    log_access(
        request,
        AccessLogEntry.Kind.BULK_EXPORTED,
        target=f"{title} năm học {year.label}",
        detail=f"{len(seats)} học sinh, mọi cột của hồ sơ",
    )
    content = write_roster(seats, title=title, year=year, by=request.user)
    name = f"lop-{file_words(school_class.name).upper()}" if school_class else file_words(whose)
    return file_to_save(io.BytesIO(content), f"danh-sach-hoc-sinh-{name}-{year.pk}.xlsx", XLSX)


def _class(year: SchoolYear, asked: str) -> SchoolClass | None:
    if not asked:
        return None
    return get_object_or_404(SchoolClass, year=year, pk=asked if asked.isdigit() else 0)


def _grade(asked: str) -> int | None:
    if asked and asked not in ("1", "2", "3", "4", "5"):
        raise Http404(f"Không có khối {asked}.")
    return int(asked) if asked else None
