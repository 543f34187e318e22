"""What is on a pupil's slip: the results of a period, and of those before, as the parents get them (domain 2.3).

No Django, no model, as `reports.book_content`. A slip has its own pupil and nobody else (rule R68).
"""

from dataclasses import dataclass
from typing import Final

TITLE: Final = "PHIẾU THÔNG BÁO KẾT QUẢ HỌC TẬP VÀ RÈN LUYỆN"
NOT_TESTED: Final = "–"
NOT_OPENED: Final = "sổ chưa mở"
NOT_LOCKED: Final = "sổ chưa khoá"
NOT_APPROVED: Final = "kết quả năm học chưa được phê duyệt"
Told = tuple[str, str | None]
"""Level and mark at a period; "" is not entered, a mark None not to be given."""


@dataclass(frozen=True, slots=True)
class SlipSubject:
    """A line with what it came to at each period so far and the comment of the period asked."""

    label: str
    told: tuple[Told, ...]
    comment: str = ""


@dataclass(frozen=True, slots=True)
class SlipTrait:
    label: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SlipGroup:
    """Qualities, general or specific competencies, with their one comment."""

    label: str
    traits: tuple[SlipTrait, ...]
    comment: str = ""


@dataclass(frozen=True, slots=True)
class SlipPeriod:
    """A heading of the tables; `has_marks`: at least one line of the class has a test then."""

    label: str
    has_marks: bool

    @property
    def width(self) -> int:
        """How many columns stand below it."""
        return 2 if self.has_marks else 1


@dataclass(frozen=True, slots=True)
class Slip:
    """`absences`: label and days ("2", "0,5"; "" for not known). `verdict`: label and words, at the year's end only.

    `preview`: why the slip is not final yet; "" for one that is. `lacks_outcome`: at the year's end the principal has
    not settled the pupil's result.
    """

    pupil_code: str
    number: int
    full_name: str
    born_on: str
    parent_body: str
    school_name: str
    place: str
    class_name: str
    school_year: str
    period: str
    periods: tuple[SlipPeriod, ...]
    subjects: tuple[SlipSubject, ...]
    groups: tuple[SlipGroup, ...]
    absences: tuple[tuple[str, str], ...]
    absent_until: str
    verdict: tuple[tuple[str, str], ...]
    homeroom_teacher: str
    signs: tuple[str, ...] = ()
    preview: str = ""
    lacks_outcome: bool = False

    @property
    def is_preview(self) -> bool:
        return bool(self.preview)

    @property
    def columns(self) -> int:
        """How many columns the levels and marks of the lines take."""
        return sum(period.width for period in self.periods)

    @property
    def missing_cells(self) -> int:
        """How many levels and marks of the period asked are not entered."""
        subjects = (value for row in self.subjects for value in row.told[-1] if value is not None)
        traits = (trait.levels[-1] for group in self.groups for trait in group.traits)
        return sum(not value for value in (*subjects, *traits))

    def printed(self, row: SlipSubject) -> tuple[str | None, ...]:
        """The cells of a line from left to right; None where there is no test."""
        cells: list[str | None] = []
        for period, (level, mark) in zip(self.periods, row.told, strict=True):
            cells += [level, mark] if period.has_marks else [level]
        return tuple(cells)

    @property
    def subject_rows(self) -> tuple[tuple[SlipSubject, tuple[str | None, ...]], ...]:
        return tuple((row, self.printed(row)) for row in self.subjects)
