"""Progress: to each person the own, the grade or the school; by class, teacher and line; what is missing by name."""

from collections.abc import Sequence

from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import clock, permissions
from accounts.confirmation import Lasting, require_password
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.requests import SignedInRequest
from accounts.table_files import table_to_save
from accounts.tables import Heading, Value
from gradebook.board import read_board
from gradebook.board_cells import tables_of
from gradebook.progress_scope import address_of, in_scope, scope_asked, words_of
from gradebook.progress_sheets import ProgressSheet, Sight, read_sight, sheets_at
from gradebook.progress_tables import (
    COUNT_HEADINGS,
    GAP_HEADINGS,
    by_line,
    by_teacher,
    count_rows,
    gap_rows,
    holder_name,
)
from gradebook.regulation import Period
from gradebook.scopes import Scope
from gradebook.sheet_gaps import SheetGaps, read_gaps

WHO_SEES = (
    "Tiến độ nhập mở cho giáo viên (sổ và lớp của mình), tổ (khối) trưởng (khối mình), văn thư, người kiểm tra và Ban "
    "giám hiệu."
)
SHEETS_PER_PAGE = 10
VIEWS = {"lop": "Theo lớp", "giao-vien": "Theo giáo viên", "mon": "Theo môn"}
COUNT_NOTE = "Ô miễn, không đánh giá hoặc không có trong ma trận kiểm tra không tính là phải nhập."


@require_safe
def progress(request: SignedInRequest) -> HttpResponse:
    """`?period=` chooses the period; without it the one open for most sheets. `?by=` how the sheets are counted."""
    permissions.require_anywhere(request.user, Action.SEE_PROGRESS, WHO_SEES)
    board = read_board(request.user, request.GET.get("period", ""))
    asked = request.GET.get("by", "")
    view = asked if asked in VIEWS else "lop"
    context = {
        "board": board,
        "view": view,
        "views": VIEWS.items(),
        "tables": tables_of(board) if view == "lop" else (),
        "teachers": by_teacher(board.sheets) if view == "giao-vien" else (),
        "lines": by_line(board.sheets) if view == "mon" else (),
        "grade_levels": sorted({grade.grade_level for grade in board.grades}),
        "may_see_readiness": permissions.may_anywhere(request.user, Action.SEE_READINESS),
        "counted_at": clock.stamp(),
    }
    return render(request, "gradebook/progress.html", context)


def _asked(request: SignedInRequest) -> tuple[Sight, Period, Scope, list[ProgressSheet]]:
    """What the person follows, the period and the scope of the address, and the sheets of these. Three statements."""
    permissions.require_anywhere(request.user, Action.SEE_PROGRESS, WHO_SEES)
    sight = read_sight(request.user)
    period = sight.chosen_period(request.GET.get("period", ""))
    scope = scope_asked(request.GET)
    return sight, period, scope, in_scope(sheets_at(sight, [period])[period], scope)


def _gaps(sight: Sight, sheets: Sequence[ProgressSheet]) -> list[SheetGaps]:
    """One for each."""
    return read_gaps([sheet.ref for sheet in sheets], absent=sight.absent)


@require_safe
def progress_missing(request: SignedInRequest) -> HttpResponse:
    """The names: pupil by pupil the empty cells of the sheets in scope, each with the way to it. Seven statements."""
    sight, period, scope, sheets = _asked(request)
    behind = [sheet for sheet in sheets if sheet.is_behind]
    readable = [sheet for sheet in behind if sheet.is_readable]
    page = Paginator(readable, SHEETS_PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    context = {
        "period": period,
        "scope": words_of(scope, sheets),
        "address": address_of(scope, period),
        "sheets": sheets,
        "shut": sum(not sheet.counts for sheet in sheets),
        "unreadable": len(behind) - len(readable),
        "missing": sum(sheet.tally.missing for sheet in readable),
        "page": page,
        "found": [
            (sheet, gaps, holder_name(sheet)) for sheet, gaps in zip(shown, _gaps(sight, shown), strict=True)
        ],
    }
    return render(request, "gradebook/progress_missing.html", context)


@never_cache
@require_safe
@limited("progress_file", times=60, minutes=10, what="tải tiến độ nhập")
def progress_file(request: SignedInRequest) -> FileResponse:
    """The counts as a workbook, a row a sheet; no pupil is named in it. Who took it is logged."""
    _sight, period, scope, sheets = _asked(request)
    return _table(
        request,
        title=f"Tiến độ nhập {period.label}",
        where=words_of(scope, sheets),
        detail=f"{len(sheets)} sổ: số ô phải nhập, đã nhập, còn thiếu",
        headings=COUNT_HEADINGS,
        rows=count_rows(sheets),
        name=f"tien-do-{period.value}.xlsx",
    )


@never_cache
@require_safe
@limited("progress_missing_file", times=60, minutes=10, what="tải danh sách còn thiếu")
def progress_missing_file(request: SignedInRequest) -> FileResponse:
    """The names as a workbook, a row for each pupil in each sheet. Who took it is logged."""
    sight, period, scope, sheets = _asked(request)
    where = words_of(scope, sheets)
    title = f"Còn thiếu {period.label}"
    behind = [sheet for sheet in sheets if sheet.is_behind and sheet.is_readable]
    require_password(request, f"Tải danh sách «{title}» ra Excel.", lasting=Lasting.EXPORTS)
    found = zip(behind, _gaps(sight, behind), strict=True)
    rows = gap_rows(found)
    return _table(
        request,
        title=title,
        where=where,
        detail=f"{len(rows)} dòng: lớp, môn, người phụ trách, họ tên học sinh, ô còn thiếu",
        headings=GAP_HEADINGS,
        rows=rows,
        name=f"con-thieu-{period.value}.xlsx",
    )


def _table(
    request: SignedInRequest,
    *,
    title: str,
    where: str,
    detail: str,
    headings: tuple[Heading, ...],
    rows: list[Sequence[Value]],
    name: str,
) -> FileResponse:
    scope = where or "Mọi sổ trong phạm vi của người xuất"
    return table_to_save(
        request,
        title=title,
        headings=headings,
        rows=rows,
        name=name,
        notes=(f"Phạm vi: {scope}.", COUNT_NOTE),
        detail=f"{scope}; {detail}",
    )
