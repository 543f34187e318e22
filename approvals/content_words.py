"""The cells of a book's contents (approvals.signed_content) in the school's words. Pure."""

from collections.abc import Mapping
from typing import Final

from gradebook.regulation import LINES, TraitGroup, line_by_code, trait_by_code
from gradebook.scopes import HOMEROOM

ABSENCE: Final = "absence"
_LINE_CODES = frozenset(line.code for line in LINES)
_GROUPS = {group.value: group.label for group in TraitGroup}
FIELDS: Final[Mapping[str, str]] = {
    "attainment": "mức đạt được",
    "mark": "điểm KTĐK",
    "repeat": "kiểm tra lại",
    "comment": "nhận xét",
    "rating": "mức đạt được",
    "brought": "kết quả mang từ trường cũ",
    "terms": "hình thức đánh giá",
    "with_leave": "có phép (ngày)",
    "without_leave": "không phép (ngày)",
}
_BROUGHT = {
    "attainment": "mức đạt được",
    "mark": "điểm KTĐK",
    "comment": "nhận xét",
    "rating": "mức đạt được",
}


def item_words(item: str) -> str:
    """«Toán», «Chăm chỉ», «Năng lực chung»."""
    if item == HOMEROOM:
        return "Phẩm chất và năng lực"
    if item in _LINE_CODES:
        return line_by_code(item).name
    return _GROUPS.get(item) or trait_by_code(item).name


def short_words(item: str) -> str:
    """The same as a column of many heads it: «Công nghệ» of «Tin học và Công nghệ (Công nghệ)»."""
    return line_by_code(item).short_name if item in _LINE_CODES else item_words(item)


def cell_words(item: str, field: str) -> str:
    """«Toán: điểm KTĐK», «Số ngày nghỉ có phép (ngày)»."""
    told = FIELDS.get(field, field)
    return f"Số ngày nghỉ {told}" if item == ABSENCE else f"{item_words(item)}: {told}"


def value_words(field: str, value: str) -> str:
    """As a person reads it; which results were brought along stands in the contents by field."""
    if field == "brought":
        return ", ".join(_BROUGHT.get(each, each) for each in value.split())
    return value
