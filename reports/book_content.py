"""What is on a printed page: frozen content of the two official books (TT 27/2020, Phụ lục 1 and 2).

No Django, no model: queries fill these dataclasses, ``reports.pdf`` draws them, ``reports.read_back``
checks the finished PDF against them, and their hash decides whether a page must be drawn again.
Every text is printed as it stands: dates come as dd/mm/yyyy (a birth date may be a year only, R94).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from accounts.signing_titles import PRINCIPAL_TITLE
from reports.seal_content import SCHOOL_TIME, BookSeal, seal_groups
from students.paper_dates import long_date

_OUTCOME_ORDER: Final = ("x", "Chưa", "Không", "HTXS", "HTT", "HT", "CHT", "HSXS", "HSTB")
"""Values of the outcome columns, best first: the order of their summary."""
LEARNING_PROCESS_ROWS: Final = 7
"""Rows of the QUÁ TRÌNH HỌC TẬP table on the form: five grades and room for two transfers."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs, where and when; an empty name or no date leaves room to write by hand."""

    name: str
    title: tuple[str, ...] = PRINCIPAL_TITLE
    place: str = ""
    day: date | None = None

    @property
    def place_and_date(self) -> str:
        """Return "Hải Phòng, ngày 28 tháng 5 năm 2026"."""
        return f"{self.place or '.....................'}, {long_date(self.day)}"


# --- Học bạ (Phụ lục 1) ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cover:
    """School of the cover page. The district line is printed only when there was one (before 1/7/2025)."""

    school: str
    ward: str
    province: str
    district: str = ""


@dataclass(frozen=True, slots=True)
class Personal:
    """Personal page, copied from the birth certificate."""

    full_name: str
    gender: str
    born_on: str
    ethnicity: str
    nationality: str
    birthplace: str
    native_place: str
    residence: str
    father: str
    mother: str
    guardian: str = ""


@dataclass(frozen=True, slots=True)
class LearningStage:
    """One row of QUÁ TRÌNH HỌC TẬP; ``moved_on`` is the day of entry or transfer."""

    school_year: str
    class_name: str
    school: str
    register_number: str
    moved_on: str


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """One of the 14 lines of section 1; a line that is not taught keeps its label and is blank."""

    code: str
    label: str
    level: str = ""
    mark: int | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class TraitRow:
    """One quality or competency with its level T, Đ or C."""

    code: str
    label: str
    level: str = ""


@dataclass(frozen=True, slots=True)
class TraitGroup:
    """Qualities, general or specific competencies: one comment in a cell merged over all rows."""

    rows: tuple[TraitRow, ...]
    comment: str = ""


@dataclass(frozen=True, slots=True)
class TranscriptYear:
    """The facing pages of one school year.

    ``height`` and ``weight`` carry their unit ("128 cm"); absences are days. ``is_preview`` is True until
    the principal has approved the year: each of its pages is then marked "BẢN XEM TRƯỚC" (R74).
    """

    school_year: str
    class_name: str
    school: str
    height: str
    weight: str
    absent_with_permission: str
    absent_without_permission: str
    subjects: tuple[SubjectRow, ...]
    qualities: TraitGroup
    general_competencies: TraitGroup
    specific_competencies: TraitGroup
    result: str
    award: str
    completion: str
    principal: Signature
    homeroom_teacher: str
    is_preview: bool


@dataclass(frozen=True, slots=True)
class OldTranscriptYear:
    """The facing pages of a year before Thông tư 27/2020, in the form of the học bạ of Thông tư 22/2016.

    `source` names the paper they were copied from. `is_preview` while nothing was copied yet: the pages are then blank.
    """

    school_year: str
    class_name: str
    school: str
    height: str
    weight: str
    health: str
    absent_with_permission: str
    absent_without_permission: str
    subjects: tuple[SubjectRow, ...]
    competencies: TraitGroup
    qualities: TraitGroup
    award: str
    completion: str
    principal: Signature
    homeroom_teacher: str
    source: str
    is_preview: bool


@dataclass(frozen=True, slots=True)
class Transcript:
    """Học bạ of one pupil; ``principal`` signs the personal page."""

    pupil_code: str
    cover: Cover
    personal: Personal
    principal: Signature
    stages: tuple[LearningStage, ...]
    years: tuple[TranscriptYear | OldTranscriptYear, ...]

    @property
    def has_old_years(self) -> bool:
        """Return whether some of its years stand in the form of Thông tư 22/2016."""
        return any(isinstance(year, OldTranscriptYear) for year in self.years)

    @property
    def stage_rows(self) -> tuple[LearningStage | None, ...]:
        """Return the stages, filled up with None to the rows of the form."""
        return self.stages + (None,) * (LEARNING_PROCESS_ROWS - len(self.stages))


# --- Bảng tổng hợp kết quả đánh giá giáo dục (Phụ lục 2) ---------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """A column of cells. ``kind``: "level" (T/H/C or T/Đ/C), "mark" (0 to 10) or "outcome" (text)."""

    code: str
    heading: str
    kind: str


@dataclass(frozen=True, slots=True)
class ColumnGroup:
    """Second heading level: a subject, a group of competencies; empty heading = none at this level."""

    heading: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class ColumnBlock:
    """First heading level."""

    heading: str
    groups: tuple[ColumnGroup, ...]

    @property
    def width(self) -> int:
        """Return the number of columns under this heading."""
        return sum(len(group.columns) for group in self.groups)


EXEMPT = "M"
NOT_ASSESSED = "KĐG"
BY_DECISION = (EXEMPT, NOT_ASSESSED)


@dataclass(frozen=True, slots=True)
class ClassTableRow:
    """A pupil. ``cells`` stand in the order of ``ClassTable.columns``.

    "" = not entered yet (blank), None = nothing to assess here at this time (grey with a dash), EXEMPT and
    NOT_ASSESSED = by the principal's decision (R33). `brought`: the places of values of a former school (R12).
    """

    number: int
    pupil_code: str
    full_name: str
    born_on: str
    cells: tuple[str | None, ...]
    brought: tuple[int, ...] = ()
    is_girl: bool = False

    @property
    def printed(self) -> tuple[str | None, ...]:
        """The cells as they stand on paper, a value of a former school with its star."""
        return tuple(
            f"{cell}*" if cell and place in self.brought else cell for place, cell in enumerate(self.cells)
        )


@dataclass(frozen=True, slots=True)
class ColumnCount:
    """Totals of one column; None where the column cannot hold such a value."""

    good: int | None
    middle: int | None
    poor: int | None
    below_five: int | None
    missing: int | None


@dataclass(frozen=True, slots=True)
class ClassTable:
    """Sổ THKQGD of one class and period.

    ``locked_at``: aware moment; None = a preview, still open or (``was_opened`` False) never opened yet. `seals` are
    the signatures of the lines' teachers, `class_seal` that of the homeroom teacher. `roster_note`: who came or left
    after the lock, "" where nobody did. `contradicted`: the names of the pupils whose approved result a correction has
    changed since, or was re-opened: they have none here, and the book is a preview (R55).
    """

    parent_body: str
    school: str
    period: str
    school_year: str
    class_name: str
    grade_level: int
    blocks: tuple[ColumnBlock, ...]
    rows: tuple[ClassTableRow, ...]
    homeroom_teacher: str
    principal: Signature
    locked_at: datetime | None
    was_opened: bool = True
    seals: tuple[BookSeal, ...] = ()
    class_seal: BookSeal | None = None
    roster_note: str = ""
    contradicted: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError when a row has not exactly one cell a column."""
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(
                    f"STT {row.number}: {len(row.cells)} ô, bảng có {len(self.columns)} cột kết quả."
                )

    @property
    def columns(self) -> tuple[Column, ...]:
        """Return all result columns from left to right."""
        return tuple(column for block in self.blocks for group in block.groups for column in group.columns)

    @property
    def girls(self) -> int:
        """Return how many of the pupils are girls."""
        return sum(row.is_girl for row in self.rows)

    @property
    def is_preview(self) -> bool:
        """Return whether something in it can still change, so that the print proves nothing."""
        return self.locked_at is None or bool(self.contradicted)

    @property
    def preview_reason(self) -> str:
        """Return "chưa mở", "chưa khoá" or that a result waits for its approval: why the values are not final."""
        if self.locked_at is not None:
            return "có kết quả chờ phê duyệt lại"
        return "chưa khoá" if self.was_opened else "chưa mở"

    @property
    def contradicted_words(self) -> str:
        """Return the note on who has no result here and in none of the counts; "" where there is nobody."""
        if not self.contradicted:
            return ""
        return (
            f"Chờ phê duyệt lại: {', '.join(self.contradicted)}. Kết quả đã phê duyệt được mở lại, hoặc tính lại khác "
            "sau khi sửa sổ: các cột kết quả năm học để trống, không tính vào số liệu."
        )

    @property
    def signs(self) -> tuple[str, ...]:
        """What the legend has to explain besides: signs of decisions, and the star of a former school."""
        return signs_of(self.rows)

    @property
    def seal_groups(self) -> tuple[tuple[str, str], ...]:
        """Who signed which book, as the foot lists it; that of the class only where nobody has signed it."""
        unsigned = self.class_seal is not None and self.class_seal.is_unsigned
        return seal_groups(self.all_seals if unsigned else self.seals)

    @property
    def all_seals(self) -> tuple[BookSeal, ...]:
        """The books of the lines, then that of the class."""
        return self.seals if self.class_seal is None else (*self.seals, self.class_seal)

    @property
    def homeroom_signer(self) -> str:
        """Whose name stands in the homeroom teacher's place: of who signed, else of who holds the class."""
        seal = self.class_seal
        return seal.name if seal is not None and seal.signed_at is not None else self.homeroom_teacher

    @property
    def missing_cells(self) -> int:
        """Return how many cells to assess are not entered."""
        return sum(count.missing or 0 for count in self.counts)

    @property
    def pupils_without_outcome(self) -> int:
        """Return how many pupils have no approved result of the year; 0 in the other periods."""
        places = [place for place, column in enumerate(self.columns) if column.code == "XEP_LOAI"]
        return sum(not row.cells[place] for place in places for row in self.rows)

    @property
    def lock_state(self) -> str:
        """Return the line that says whether the values can still change."""
        if self.locked_at is None:
            return f"{self.preview_reason.capitalize()}: bản xem trước"
        local = self.locked_at.astimezone(SCHOOL_TIME)
        return f"Đã khoá lúc {local:%H:%M} ngày {local:%d/%m/%Y}"

    @property
    def counts(self) -> tuple[ColumnCount, ...]:
        """Return the totals of each column, in column order."""
        return tuple(
            count_column(column, [row.cells[place] for row in self.rows])
            for place, column in enumerate(self.columns)
        )

    @property
    def outcome_summary(self) -> tuple[tuple[str, tuple[tuple[str, int], ...]], ...]:
        """Return, for each outcome column that applies, its heading and how often each value stands in it."""
        return tuple(
            (column.heading, _tally(row.cells[place] for row in self.rows))
            for place, column in enumerate(self.columns)
            if column.kind == "outcome" and any(row.cells[place] is not None for row in self.rows)
        )


def signs_of(rows: Sequence[ClassTableRow]) -> tuple[str, ...]:
    """What a legend has to explain beside levels and marks: signs of decisions, and the star of a former school."""
    used = {cell for row in rows for cell in row.cells if cell in BY_DECISION}
    words = {
        EXEMPT: "M – miễn theo quyết định của Hiệu trưởng và kế hoạch giáo dục cá nhân",
        NOT_ASSESSED: "KĐG – học sinh khuyết tật không đánh giá, theo quyết định của Hiệu trưởng",
    }
    found = [text for sign, text in words.items() if sign in used]
    return (*found, "* – kết quả ở trường cũ") if any(row.brought for row in rows) else tuple(found)


def count_column(column: Column, cells: Sequence[str | None]) -> ColumnCount:
    """The totals of one column of such cells."""
    wanted = [cell for cell in cells if cell is not None and cell not in BY_DECISION]
    missing = wanted.count("") if wanted and column.kind != "outcome" else None
    if not wanted or column.kind == "outcome":
        return ColumnCount(None, None, None, None, missing)
    if column.kind == "mark":
        return ColumnCount(None, None, None, sum(int(cell) < 5 for cell in wanted if cell), missing)
    middle = wanted.count("H") + wanted.count("Đ")
    return ColumnCount(wanted.count("T"), middle, wanted.count("C"), None, missing)


def _tally(cells: Iterable[str | None]) -> tuple[tuple[str, int], ...]:
    counts = Counter(cell for cell in cells if cell)
    return tuple(sorted(counts.items(), key=lambda item: _OUTCOME_ORDER.index(item[0])))
