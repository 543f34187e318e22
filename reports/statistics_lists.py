"""The pupils behind a number of the statistics, by class and in class order: as a page and as rows for Excel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from accounts.tables import Heading, Value
from gradebook.regulation import Attainment, Rating, YearResult
from reports.absence_counts import absent_behind
from reports.attendance_tables import spans_of
from reports.statistics_matters import (
    AWARD,
    EXEMPT,
    MISSING,
    NO,
    OPEN_GROUPS,
    UNASSESSED,
    YES,
    Column,
    Matter,
    Whom,
    column_of,
)
from reports.statistics_scope import Asked, item_name
from reports.value_counts import pupils_behind
from students.absences import days_label

_OTHERS = {
    MISSING: "Chưa nhập",
    EXEMPT: "Miễn",
    UNASSESSED: "Không đánh giá",
}
_WORDS: Mapping[Matter, Mapping[str, str]] = {
    Matter.LEVELS: {each.value: f"{each.value} ({each.label})" for each in Attainment},
    Matter.TRAITS: {each.value: f"{each.value} ({each.label})" for each in Rating},
    Matter.RESULTS: {each.value: each.label for each in YearResult} | {MISSING: "Chưa phê duyệt"},
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A pupil of the list; `school_class` is that of the moment."""

    pk: int
    school_class: Any
    name: str
    birth_label: str
    moet_id: str
    value: str


@dataclass(frozen=True, slots=True)
class PupilsBehind:
    """The list of one number, and in words which number it is of."""

    asked: Asked
    column: Column
    group: Whom
    when: str
    pupils: tuple[Listed, ...]

    @property
    def title(self) -> str:
        """«Toán · Hoàn thành tốt · Nữ · lớp 4A»."""
        what = "" if self.asked.matter is Matter.RESULTS else item_name(self.asked.item)
        group = "" if self.group is Whom.ALL else self.group.label
        parts = (what, self.column.words, group, self.asked.where.words)
        words = " · ".join(part for part in parts if part)
        return words[:1].upper() + words[1:]

    @property
    def value_head(self) -> str:
        return {Matter.MARKS: "Điểm KTĐK", Matter.ATTENDANCE: "Số ngày"}.get(self.asked.matter, "Kết quả")

    @property
    def is_sensitive(self) -> bool:
        """Who is on it tells what is sensitive of each (rule R65)."""
        return self.group not in OPEN_GROUPS

    @property
    def headings(self) -> tuple[Heading, ...]:
        return (
            *(Heading("STT", 6), Heading("Lớp", 8), Heading("Mã định danh Bộ GD&ĐT", 16)),
            *(Heading("Họ và tên", 28), Heading("Ngày sinh", 12), Heading(self.value_head, 24)),
        )

    @property
    def rows(self) -> list[Sequence[Value]]:
        return [
            (number, each.school_class.name, each.moet_id, each.name, each.birth_label, each.value)
            for number, each in enumerate(self.pupils, start=1)
        ]


def read_pupils(asked: Asked, query: Mapping[str, str]) -> PupilsBehind:
    """Raises Http404 for a number that no page shows to this reader. One statement; of a veiled group two."""
    column = column_of(asked.matter, query.get("column", ""))
    group = next((each for each in asked.groups if each.value == query.get("group", "")), None)
    if column is None or group is None:
        raise Http404("Thống kê không có số này, hoặc số ngoài phạm vi được xem.")
    by_id = {each.pk: each for each in asked.classes}
    if asked.matter is Matter.ATTENDANCE:
        span = next((each for each in spans_of(asked.year) if each.key == query.get("span", "")), None)
        if span is None:
            raise Http404("Thống kê không có khoảng thời gian này.")
        found = absent_behind(asked.counted, {span.key: span.days}, column.values, group)
        days = tuple(
            Listed(
                each.pk,
                by_id[each.class_id],
                each.name,
                each.birth_label,
                each.moet_id,
                days_label(each.days),
            )
            for each in found
        )
        return PupilsBehind(asked, column, group, f"{span.label}, năm học {asked.year.label}", days)
    item = column.item or asked.item
    if not item or (query.get("item", item) != asked.item and not column.item):
        raise Http404("Thống kê không có nội dung này ở thời điểm đang xem.")
    words = {**_OTHERS, **_WORDS.get(asked.matter, {})}
    pupils = tuple(
        Listed(
            each.pk,
            by_id[each.class_id],
            each.name,
            each.birth_label,
            each.moet_id,
            _said(column, each.value, words),
        )
        for each in pupils_behind(asked.question(items=[item]), item, column.values, group)
    )
    return PupilsBehind(asked, column, group, asked.moment_words, pupils)


def _said(column: Column, value: str, words: Mapping[str, str]) -> str:
    """Of a yes or no, and of a title, the column's own words."""
    if value in (YES, NO) or column.item == AWARD:
        return column.words
    return words.get(value, value)
