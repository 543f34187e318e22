"""What is on the pages of a teacher's own book: a cover with the list of its sheets, then a sheet for each class and
line (domain 2.3, rule R76).

No Django, no model, as `reports.book_content`. Each sheet is drawn and kept by itself, so that a correction draws one
sheet anew; `part` says which of the book it is.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from reports.book_content import (
    ClassTableRow,
    Column,
    ColumnBlock,
    ColumnCount,
    Signature,
    count_column,
    signs_of,
)
from reports.book_covers import BookCover, pupils_label
from reports.seal_content import SCHOOL_TIME, BookSeal, SealState

TITLE: Final = "SỔ TỔNG HỢP KẾT QUẢ ĐÁNH GIÁ GIÁO DỤC"
ABOUT: Final = "SỔ CÁ NHÂN CỦA GIÁO VIÊN"
LOCKED: Final = "Đã khoá"


@dataclass(frozen=True, slots=True)
class OwnRow:
    """A pupil: the cells of the periods so far as in a class table, the comments of the period asked.

    `word` stands over all cells of a pupil who is not assessed.
    """

    seat: ClassTableRow
    comments: tuple[str, ...]
    word: str = ""

    @property
    def cells(self) -> tuple[str | None, ...]:
        return (self.word,) if self.word else self.seat.printed


@dataclass(frozen=True, slots=True)
class OwnSheet:
    """A class and a line, or its qualities and competencies (`is_of_traits`), at a period.

    `comment_headings` say what the comments of a row are on. `locked_at`, `roster_note`: as of a class table.
    """

    parent_body: str
    school: str
    teacher: str
    part: str
    class_name: str
    subject: str
    period: str
    school_year: str
    place: str
    blocks: tuple[ColumnBlock, ...]
    comment_headings: tuple[str, ...]
    rows: tuple[OwnRow, ...]
    seal: BookSeal
    locked_at: datetime | None
    was_opened: bool = True
    is_of_traits: bool = False
    roster_note: str = ""

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns of levels and marks from left to right."""
        return tuple(column for block in self.blocks for group in block.groups for column in group.columns)

    @property
    def is_preview(self) -> bool:
        return self.locked_at is None

    @property
    def preview_reason(self) -> str:
        return "chưa khoá" if self.was_opened else "chưa mở"

    @property
    def lock_state(self) -> str:
        """Whether the values can still change."""
        if self.locked_at is None:
            return f"{self.preview_reason.capitalize()}: bản xem trước"
        return f"Đã khoá lúc {self.locked_at.astimezone(SCHOOL_TIME):%H:%M ngày %d/%m/%Y}"

    @property
    def girls(self) -> int:
        return sum(row.seat.is_girl for row in self.rows)

    @property
    def pupils_label(self) -> str:
        return pupils_label(len(self.rows), self.girls)

    @property
    def counts(self) -> tuple[ColumnCount, ...]:
        """The totals of each column, in column order."""
        return tuple(
            count_column(column, [row.seat.cells[place] for row in self.rows])
            for place, column in enumerate(self.columns)
        )

    @property
    def missing_cells(self) -> int:
        """How many cells of the period asked are not entered, the comments aside."""
        asked = [
            count
            for column, count in zip(self.columns, self.counts, strict=True)
            if column.code in self._asked
        ]
        return sum(count.missing or 0 for count in asked)

    @property
    def _asked(self) -> set[str]:
        """The columns of the period asked: the last ones of each group."""
        latest = self.columns[-1].code.rpartition("@")[2]
        return {column.code for column in self.columns if column.code.endswith(f"@{latest}")}

    @property
    def signs(self) -> tuple[str, ...]:
        """What the legend has to explain besides."""
        return signs_of([row.seat for row in self.rows])

    @property
    def signer(self) -> str:
        """Whose name stands in the teacher's place: of who signed, else of whose book it is."""
        return self.seal.name if self.seal.signed_at is not None else self.teacher


@dataclass(frozen=True, slots=True)
class OwnBookFront:
    """Cover and list of the sheets."""

    cover: BookCover
    sheets: tuple[tuple[str, ...], ...]
    is_preview: bool
    preview_reason: str


@dataclass(frozen=True, slots=True)
class OwnBook:
    """All of a teacher's book of a period."""

    teacher: str
    principal: Signature
    sheets: tuple[OwnSheet, ...]

    @property
    def is_preview(self) -> bool:
        """Whether anything in the book can still change."""
        return any(sheet.is_preview for sheet in self.sheets)

    @property
    def pupils(self) -> int:
        """How many pupils the sheets speak of; who is on several counts once."""
        return len({row.seat.pupil_code for sheet in self.sheets for row in sheet.rows})

    @property
    def parts(self) -> tuple[OwnBookFront | OwnSheet, ...]:
        """What is drawn as a PDF of its own."""
        return (self._front, *self.sheets)

    @property
    def _front(self) -> OwnBookFront:
        first = self.sheets[0]
        open_sheets = [sheet for sheet in self.sheets if sheet.is_preview]
        signed = sum(sheet.seal.state is SealState.HOLDS for sheet in self.sheets)
        state = f"còn {len(open_sheets)} sổ chưa khoá, bản xem trước" if open_sheets else LOCKED
        cover = BookCover(
            parent_body=first.parent_body,
            school=first.school,
            title=TITLE,
            about=ABOUT,
            period=first.period,
            school_year=first.school_year,
            facts=(
                ("Giáo viên", self.teacher),
                (
                    "Phụ trách",
                    f"{len(self.sheets)} sổ của {len({sheet.class_name for sheet in self.sheets})} lớp",
                ),
                ("Tình trạng sổ", state),
                ("Kí xác nhận điện tử", f"{signed}/{len(self.sheets)} sổ"),
            ),
            principal=self.principal,
        )
        rows = tuple(_listed(number, sheet) for number, sheet in enumerate(self.sheets, start=1))
        reason = open_sheets[0].preview_reason if open_sheets else ""
        return OwnBookFront(cover, rows, bool(open_sheets), reason)


def _listed(number: int, sheet: OwnSheet) -> tuple[str, ...]:
    """A row of the list: number, class, line, pupils, lock, who signed, state, moment, code."""
    seal = sheet.seal
    return (
        *(str(number), sheet.class_name, sheet.subject, str(len(sheet.rows)), sheet.lock_state),
        *(seal.signer, seal.state_words, seal.moment, seal.digest),
    )
