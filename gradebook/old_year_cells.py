"""The cells of a year page under Thông tư 22/2016: their names and headings, and what is typed there as values. Pure.

The form of one pupil and the Excel file of many have the same cells and are read by the same function.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from gradebook.grading import (
    ValueRefused,
    check_attainment,
    check_comment,
    check_mark,
    check_rating,
    plain_text,
)
from gradebook.regulation import RULE_SETS, Attainment, NotCovered, Rating, UnknownGrade, folded
from gradebook.regulation_2016 import (
    HIGHEST_MARK,
    LOWEST_MARK,
    OLD_LINES,
    OLD_TRAITS,
    OldGroup,
    OldLine,
    OldResult,
    OldYear,
    check_old_year,
    completion_words,
)

_RULES: Final = replace(RULE_SETS[0], mark_floor=LOWEST_MARK, mark_ceiling=HIGHEST_MARK)
_NUMBER: Final = re.compile(r"\d{1,3}(?:[.,]\d{1,2})?")
_YEAR: Final = re.compile(r"(\d{4})(?: ?[-–/] ?(\d{4}|\d{2}))?")
_YES: Final = frozenset({"x", "co", "hoan thanh", "roi", "1", "true"})
_NO: Final = frozenset({"khong", "chua", "chua hoan thanh", "0", "false"})


Change = tuple[str, str, str]
"""Heading, old and new text of a cell."""


@dataclass(frozen=True, slots=True)
class Cell:
    """`heading` is that of its column in a file, and what it is called in a message."""

    name: str
    heading: str


@dataclass(frozen=True, slots=True)
class CellProblem:
    """Why what stands in a cell cannot be kept, and what to write instead; `name` "" is the whole page."""

    name: str
    message: str


ABOUT: Final = (
    Cell("class_name", "Lớp"),
    Cell("school_name", "Trường"),
    Cell("height_cm", "Chiều cao (cm)"),
    Cell("weight_kg", "Cân nặng (kg)"),
    Cell("health", "Sức khoẻ"),
    Cell("absent_with_leave", "Số ngày nghỉ có phép"),
    Cell("absent_without_leave", "Số ngày nghỉ không phép"),
)
ENDING: Final = (
    Cell("award", "Khen thưởng"),
    Cell("is_completed", "Hoàn thành chương trình"),
    Cell("completion", "Lời ghi về hoàn thành chương trình"),
    Cell("homeroom_teacher", "Giáo viên chủ nhiệm đã kí"),
    Cell("principal", "Hiệu trưởng đã kí"),
    Cell("is_signed_by_deputy", "Phó Hiệu trưởng kí thay"),
    Cell("source_paper", "Theo học bạ giấy"),
)
COMMENTS: Final = {
    OldGroup.COMPETENCY: Cell("competency_comment", "Nhận xét năng lực"),
    OldGroup.QUALITY: Cell("quality_comment", "Nhận xét phẩm chất"),
}
SENSITIVE: Final = frozenset({"height_cm", "weight_kg", "health"})
"""R65: for whoever may see a pupil's health."""
_LONGEST: Final[Mapping[str, int]] = {
    "class_name": 20,
    "school_name": 150,
    "health": 100,
    "award": 500,
    "completion": 300,
    "homeroom_teacher": 150,
    "principal": 150,
    "source_paper": 200,
}
_NEEDED: Final[Mapping[str, str]] = {
    "class_name": "Ghi tên lớp như trong học bạ, ví dụ 4A.",
    "school_name": "Ghi tên trường em học năm ấy, ví dụ Trường Tiểu học Kim Đồng.",
    "homeroom_teacher": "Ghi tên giáo viên chủ nhiệm đã kí trang này.",
    "principal": "Ghi tên Hiệu trưởng (hoặc Phó Hiệu trưởng kí thay) đã kí trang này.",
    "source_paper": "Ghi căn cứ, ví dụ: số 125/2019, Trường Tiểu học Kim Đồng cấp.",
}


def line_cells(line: OldLine, grade_level: int) -> tuple[Cell, ...]:
    """Level, mark where the grade is tested, comment."""
    parts = [("attainment", "Mức"), ("mark", "Điểm"), ("comment", "Nhận xét")]
    return tuple(
        Cell(f"{line.code}_{part}", f"{line.name} – {word}")
        for part, word in parts
        if part != "mark" or grade_level in line.tested
    )


def all_cells() -> tuple[Cell, ...]:
    """Of every grade, in the order of the page."""
    lines = (cell for line in OLD_LINES for cell in line_cells(line, max(line.grades)))
    traits = (Cell(trait.code, trait.name) for trait in OLD_TRAITS)
    return (*ABOUT, *lines, *traits, *COMMENTS.values(), *ENDING)


HEADINGS: Final[Mapping[str, str]] = {cell.name: cell.heading for cell in all_cells()}


def _one_line(text: str) -> str:
    return " ".join(plain_text(text).split())


def read_year(text: str) -> int | None:
    """ "2022 - 2023", "2022-23" and "2022" are 2022; None for what is no school year."""
    found = _YEAR.fullmatch(_one_line(text))
    if found is None:
        return None
    year, after = int(found[1]), found[2]
    return year if after is None or int(after[-2:]) == (year + 1) % 100 else None


def read_old_year(
    texts: Mapping[str, str], *, year: int, grade_level: int, is_struck: bool = False
) -> tuple[OldYear, list[CellProblem]]:
    """What is typed in the cells, by their names, as a year page; what cannot be read is left blank and said."""
    reader = _Reader(texts)
    told = OldYear(
        year=year,
        grade_level=grade_level,
        **{name: reader.text(name) for name in _LONGEST if name != "completion"},
        height_cm=reader.height(),
        weight_kg=reader.weight(),
        absent_with_leave=reader.days("absent_with_leave"),
        absent_without_leave=reader.days("absent_without_leave"),
        lines={line.code: reader.result(line, grade_level) for line in OLD_LINES},
        ratings={trait.code: reader.level(trait.code, check_rating) for trait in OLD_TRAITS},
        competency_comment=reader.comment("competency_comment"),
        quality_comment=reader.comment("quality_comment"),
        is_completed=reader.yes("is_completed", needed=True),
        is_signed_by_deputy=reader.yes("is_signed_by_deputy"),
        is_struck=is_struck,
    )
    words = reader.text("completion") or completion_words(grade_level, is_completed=told.is_completed)
    told = replace(told, completion=words)
    problems = [*_of_the_year(told), *reader.problems, *_of_completion(told), *_of_nothing(told, reader)]
    return told, problems


def _of_the_year(told: OldYear) -> Iterator[CellProblem]:
    try:
        check_old_year(told.year, told.grade_level)
    except (NotCovered, UnknownGrade) as refusal:
        yield CellProblem("", str(refusal))


def _of_completion(told: OldYear) -> Iterator[CellProblem]:
    """The usual words of the other answer: left from before it was changed."""
    if told.completion == completion_words(told.grade_level, is_completed=not told.is_completed):
        message = f"«{told.completion}» trái với ô «Hoàn thành chương trình». Sửa lại, hoặc để trống."
        yield CellProblem("completion", message)


def _of_nothing(told: OldYear, reader: "_Reader") -> Iterator[CellProblem]:
    if not reader.problems and not any(result.attainment for result in told.lines.values()):
        yield CellProblem("", "Chưa ghi mức đạt được của môn nào. Chép các mức từ học bạ giấy rồi lưu.")


class _Reader:
    """Reads cell by cell and keeps what was wrong."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self.problems: list[CellProblem] = []

    def _typed(self, name: str) -> str:
        return _one_line(self._texts.get(name, ""))

    def _wrong(self, name: str, message: str) -> None:
        self.problems.append(CellProblem(name, message))

    def read(self, name: str, check: Callable[[str], Any]) -> Any:
        """None where the cell is blank or wrong."""
        if not self._typed(name):
            return None
        try:
            return check(self._texts[name])
        except ValueRefused as refusal:
            self._wrong(name, refusal.message)
            return None

    def text(self, name: str) -> str:
        text, longest = self._typed(name), _LONGEST[name]
        if not text and name in _NEEDED:
            self._wrong(name, _NEEDED[name])
        if len(text) > longest:
            self._wrong(name, f"Dài {len(text)} kí tự, nhiều nhất {longest}: hãy bớt {len(text) - longest}.")
        return text[:longest]

    def level(self, name: str, check: Callable[[str], Attainment | Rating]) -> str:
        found = self.read(name, check)
        return found.value if found else ""

    def comment(self, name: str) -> str:
        return self.read(name, lambda text: check_comment(text, _RULES)) or ""

    def result(self, line: OldLine, grade_level: int) -> OldResult:
        """Of a subject that the grade had not, and of a test that it had not, there is nothing to keep."""
        told = OldResult(
            self.level(f"{line.code}_attainment", check_attainment),
            self.read(f"{line.code}_mark", lambda text: check_mark(text, _RULES)),
            self.comment(f"{line.code}_comment"),
        )
        if grade_level not in line.grades and told != OldResult():
            self._wrong(f"{line.code}_attainment", f"Lớp {grade_level} không học môn {line.name}: để trống.")
            return OldResult()
        if grade_level not in line.tested and told.mark is not None:
            message = f"Lớp {grade_level} không có bài kiểm tra định kì môn {line.name}: để trống ô điểm."
            self._wrong(f"{line.code}_mark", message)
            return replace(told, mark=None)
        return told

    def _number(self, name: str, wanted: str) -> Decimal | None:
        text = self._typed(name)
        if text and not _NUMBER.fullmatch(text):
            self._wrong(name, f"«{text}» không đúng: ghi {wanted}, hoặc để trống.")
            return None
        return Decimal(text.replace(",", ".")) if text else None

    def height(self) -> int | None:
        wanted = "số xăng-ti-mét từ 60 đến 220, ví dụ 128"
        found = self._number("height_cm", wanted)
        if found is not None and (found != int(found) or not 60 <= found <= 220):
            self._wrong("height_cm", f"«{self._typed('height_cm')}» không đúng: ghi {wanted}, hoặc để trống.")
            return None
        return None if found is None else int(found)

    def weight(self) -> Decimal | None:
        wanted = "số ki-lô-gam từ 8 đến 150, ví dụ 26,5"
        found = self._number("weight_kg", wanted)
        if found is not None and (not 8 <= found <= 150 or found * 10 != int(found * 10)):
            self._wrong("weight_kg", f"«{self._typed('weight_kg')}» không đúng: ghi {wanted}, hoặc để trống.")
            return None
        return found

    def days(self, name: str) -> Decimal | None:
        wanted = "số ngày, nửa ngày là 0,5"
        found = self._number(name, wanted)
        if found is not None and found * 2 != int(found * 2):
            self._wrong(name, f"«{self._typed(name)}» không đúng: ghi {wanted}, hoặc để trống.")
            return None
        return found

    def yes(self, name: str, *, needed: bool = False) -> bool:
        text = folded(self._typed(name))
        if text in _YES:
            return True
        if text not in _NO and (text or needed):
            self._wrong(
                name, "Ghi «Hoàn thành» hoặc «Chưa hoàn thành»." if needed else "Ghi x, hoặc để trống."
            )
        return False


def texts_of(told: OldYear) -> dict[str, str]:
    """What stands in the cells of a year page that is kept: read again, they say the same."""
    found = {
        **{name: getattr(told, name) for name in _LONGEST},
        **{name: _shown(getattr(told, name)) for name in ("height_cm", "weight_kg")},
        **{name: _shown(getattr(told, name)) for name in ("absent_with_leave", "absent_without_leave")},
        **{cell.name: getattr(told, cell.name) for cell in COMMENTS.values()},
        **told.ratings,
        "is_completed": "Hoàn thành" if told.is_completed else "Chưa hoàn thành",
        "is_signed_by_deputy": "x" if told.is_signed_by_deputy else "",
    }
    for code, result in told.lines.items():
        found |= {
            f"{code}_attainment": result.attainment,
            f"{code}_mark": _shown(result.mark),
            f"{code}_comment": result.comment,
        }
    return {name: str(text) for name, text in found.items()}


def _shown(number: Decimal | int | None) -> str:
    """With a decimal comma, without zeros at its end."""
    if number is None:
        return ""
    text = f"{Decimal(number):f}"
    return text.rstrip("0").rstrip(".").replace(".", ",") if "." in text else text


def changes(before: OldYear, after: OldYear) -> list[Change]:
    """Every cell that differs, in the order of the page."""
    old, new = texts_of(before), texts_of(after)
    found = [
        (heading, old.get(name, ""), new.get(name, ""))
        for name, heading in HEADINGS.items()
        if old.get(name, "") != new.get(name, "")
    ]
    if before.grade_level != after.grade_level:
        found.insert(0, ("Khối", str(before.grade_level), str(after.grade_level)))
    if before.is_struck != after.is_struck:
        words = {True: "ghi nhầm, không in", False: "in trong học bạ"}
        found.append(("Trang này", words[before.is_struck], words[after.is_struck]))
    return found
