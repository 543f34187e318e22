"""Whom an order is for: the school, a grade or a class; of these all lines or one; all teachers or one (rule R49)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gradebook.regulation import LINES, line_by_code

HOMEROOM = "NLPC"
LINE_CODES = (*(line.code for line in LINES), HOMEROOM)


@dataclass(frozen=True, slots=True)
class Place:
    """A sheet as orders see it; without `code` the class as a whole. `teachers` are those who answer for it today."""

    year_id: int
    grade_level: int
    class_id: int
    code: str = ""
    teachers: frozenset[int] = frozenset()


def place_of(school_class: Any, code: str = "", teachers: Iterable[int] = ()) -> Place:
    return Place(school_class.year_id, school_class.grade_level, school_class.pk, code, frozenset(teachers))


@dataclass(frozen=True, slots=True)
class Scope:
    """None and "" are no limit. `class_grade` is the grade of the class."""

    grade_level: int | None = None
    class_id: int | None = None
    class_grade: int | None = None
    line_code: str = ""
    teacher_id: int | None = None

    def opens(self, place: Place) -> bool:
        """Whether a window of this scope is one for the place; for a class as a whole if it is for any sheet of it."""
        return self._has_class(place) and (not place.code or self._has_sheet(place))

    def shuts(self, place: Place) -> bool:
        """Whether a lock of this scope shuts the place; a class as a whole only if it shuts every sheet of it."""
        return self._has_class(place) and (self._has_sheet(place) if place.code else self._is_for_all_sheets)

    def holds(self, other: "Scope") -> bool:
        """Whether every sheet of the other is one of this."""
        grade_of_other = other.grade_level or other.class_grade
        return (
            self.grade_level in (None, grade_of_other)
            and self.class_id in (None, other.class_id)
            and self.line_code in ("", other.line_code)
            and self.teacher_id in (None, other.teacher_id)
        )

    def meets(self, other: "Scope") -> bool:
        """Whether the two may have a sheet in common."""
        grades = {self.grade_level or self.class_grade, other.grade_level or other.class_grade} - {None}
        classes = {self.class_id, other.class_id} - {None}
        lines = {self.line_code, other.line_code} - {""}
        teachers = {self.teacher_id, other.teacher_id} - {None}
        return all(len(limits) <= 1 for limits in (grades, classes, lines, teachers))

    @property
    def _is_for_all_sheets(self) -> bool:
        return not self.line_code and self.teacher_id is None

    def _has_class(self, place: Place) -> bool:
        return self.grade_level in (None, place.grade_level) and self.class_id in (None, place.class_id)

    def _has_sheet(self, place: Place) -> bool:
        is_theirs = self.teacher_id is None or self.teacher_id in place.teachers
        return self.line_code in ("", place.code) and is_theirs


def scope_of(row: Any) -> Scope:
    """Of an order or a window; reads the class for its grade."""
    return Scope(
        grade_level=row.grade_level,
        class_id=row.school_class_id,
        class_grade=row.school_class.grade_level if row.school_class_id else None,
        line_code=row.line_code,
        teacher_id=row.teacher_id,
    )


def line_words(code: str) -> str:
    """«môn Toán», «Hoạt động trải nghiệm», «phẩm chất và năng lực»: as a sentence names what an order is limited to."""
    if code == HOMEROOM:
        return "phẩm chất và năng lực"
    name = line_by_code(code).name
    return name if name.startswith("Hoạt động") else f"môn {name}"


def scope_words(row: Any) -> str:
    """«Toàn trường», «Khối 4, môn Toán», «Lớp 4A, giáo viên Nguyễn Thị Lan»."""
    if row.school_class_id:
        words = f"Lớp {row.school_class.name}"
    else:
        words = f"Khối {row.grade_level}" if row.grade_level else "Toàn trường"
    if row.line_code:
        words += f", {line_words(row.line_code)}"
    return f"{words}, giáo viên {row.teacher.full_name}" if row.teacher_id else words
