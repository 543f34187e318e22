"""What has changed in a book since it was signed: cell by cell, who did it and under which request."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.clock import moment_label
from accounts.history import Source
from approvals.book_contents import contents_of
from approvals.book_standing import asked_again
from approvals.content_words import cell_words, value_words
from approvals.models import BookSignature, CorrectionRequest
from approvals.signed_content import CellChange, changes_since, content_of
from gradebook.models import Arrangement, SubjectResult, TraitResult
from gradebook.regulation import LINES
from gradebook.sheets import SheetRef, value_and_version
from students.models import Absence, Student

UNKNOWN = "Lịch sử không ghi ai sửa: báo Phó Hiệu trưởng kiểm tra nhật kí kiểm toán."
CAME_LATER = "Em vào lớp sau khi kí"
_LINE_CODES = frozenset(line.code for line in LINES)


@dataclass(frozen=True, slots=True)
class Changed:
    """A cell in words. `by` is who wrote it, as what and when; `request` the paper, where there is one."""

    pupil: str
    cell: str
    signed: str
    now: str
    by: str
    request: CorrectionRequest | None = None


def changes_of(ref: SheetRef, signature: BookSignature) -> tuple[Changed, ...]:
    """Of a signature that no longer holds, with its content at hand. At most thirteen statements."""
    signed = content_of(signature.content)
    (now,) = contents_of([asked_again(ref, signature)])
    found = changes_since(signed, now.covering(signature.pupils))
    names = Student.objects.in_bulk({each.pupil for each in found})
    writers = _writers(ref, signature, found)
    papers = CorrectionRequest.objects.select_related("proposer", "school_class").in_bulk(
        {row.request_id for row in writers.values() if row.request_id}
    )
    return tuple(
        Changed(
            names[each.pupil].full_name,
            cell_words(each.item, each.field),
            value_words(each.field, each.signed),
            value_words(each.field, each.now),
            _by(writers.get(each), is_new=each.pupil not in signed.rows),
            papers.get(writers[each].request_id) if each in writers else None,
        )
        for each in found
    )


def _by(row: Any, *, is_new: bool) -> str:
    if row is None:
        return CAME_LATER if is_new else UNKNOWN
    who = row.history_user.full_name if row.history_user else "Hệ thống"
    role = f" ({row.acting_role})" if row.acting_role else ""
    door = Source(row.source).label if row.source else "ngoài ứng dụng"
    return f"{who}{role}, {moment_label(row.history_date)}, {door[:1].lower()}{door[1:]}"


# -- Who wrote it ------------------------------------------------------------------------------------------


def _writers(ref: SheetRef, signature: BookSignature, found: Sequence[CellChange]) -> dict[CellChange, Any]:
    """The history row that gave each cell the value it has now. Four statements at most."""
    year, period = ref.school_class.year_id, ref.period.value
    since = {"student__in": {each.pupil for each in found}, "history_date__gt": signature.signed_at}
    lines = {"line__year": year, "line__code__in": {each.item for each in found}}
    tables = {
        "line": SubjectResult.history.filter(period=period, **lines, **since),
        "trait": TraitResult.history.filter(period=period, year=year, **since),
        "terms": Arrangement.history.filter(year=year, **since),
        "absence": Absence.history.filter(**since),
    }
    rows: dict[tuple[str, int, str], list[Any]] = defaultdict(list)
    for kind in {_kind(each) for each in found}:
        for row in (
            tables[kind]
            .select_related("history_user", *(["line"] if kind == "line" else []))
            .order_by("history_id")
        ):
            rows[kind, row.student_id, _item(row)].append(row)
    return {each: row for each in found if (row := _writer(each, rows)) is not None}


def _item(row: Any) -> str:
    if hasattr(row, "line_id"):
        return str(row.line.code)
    return getattr(row, "item", "absence")


def _kind(change: CellChange) -> str:
    if change.field == "terms" or change.item == "absence":
        return "terms" if change.field == "terms" else "absence"
    return "line" if change.item in _LINE_CODES else "trait"


def _writer(change: CellChange, rows: Mapping[tuple[str, int, str], list[Any]]) -> Any:
    kind = _kind(change)
    since = rows.get((kind, change.pupil, change.item), [])
    if kind in {"terms", "absence"}:
        return since[-1] if since else None
    value, found = change.signed, None
    for row in since:
        told, _version = value_and_version(row, change.field)
        if told != value:
            value, found = told, row
    return found if value == change.now else None
