"""Which sheets a page of progress is about: those of a grade, a class, a line, a teacher, or what an order names."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from gradebook.progress_sheets import ProgressSheet
from gradebook.regulation import Period
from gradebook.scopes import LINE_CODES, Scope, line_words, place_of

# Stands in an address for the sheets that nobody answers for.
NOBODY = 0


def scope_asked(query: Mapping[str, str]) -> Scope:
    """From an address; what is no number and no code limits nothing."""
    code = query.get("line", "")
    return Scope(
        grade_level=_number(query.get("grade", "")),
        class_id=_number(query.get("class", "")),
        line_code=code if code in LINE_CODES else "",
        teacher_id=_number(query.get("teacher", "")),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def address_of(scope: Scope, period: Period) -> str:
    """The same as the part of an address behind «?»."""
    told = {
        "grade": scope.grade_level,
        "class": scope.class_id,
        "line": scope.line_code or None,
        "teacher": scope.teacher_id,
    }
    return urlencode(
        {"period": period.value, **{name: value for name, value in told.items() if value is not None}}
    )


def in_scope(sheets: Iterable[ProgressSheet], scope: Scope) -> list[ProgressSheet]:
    return [sheet for sheet in sheets if _holds(scope, sheet)]


def _holds(scope: Scope, sheet: ProgressSheet) -> bool:
    holder = sheet.holder.pk if sheet.holder else NOBODY
    return scope.opens(place_of(sheet.ref.school_class, sheet.ref.code, {holder}))


def words_of(scope: Scope, sheets: Iterable[ProgressSheet]) -> str:
    """«Khối 4, môn Toán», «Lớp 4A, giáo viên Nguyễn Thị Lan»; "" for no limit. `sheets` are those in scope and in
    sight: of none the limit is said to be out of sight."""
    first = next(iter(sheets), None)
    words = [f"khối {scope.grade_level}"] if scope.grade_level is not None else []
    if scope.class_id is not None:
        words.append(f"lớp {first.ref.school_class.name}" if first else "lớp ngoài phạm vi được xem")
    if scope.line_code:
        words.append(line_words(scope.line_code))
    if scope.teacher_id == NOBODY:
        words.append("chưa phân công")
    elif scope.teacher_id is not None:
        known = first and first.holder
        words.append(f"giáo viên {known.name}" if known else "giáo viên ngoài phạm vi được xem")
    said = ", ".join(words)
    return said[:1].upper() + said[1:]
