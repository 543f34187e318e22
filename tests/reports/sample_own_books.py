"""Sample sheets of a teacher's own book: ordinary ones, and the longest names and comments that were ever seen."""

from dataclasses import replace
from datetime import UTC, datetime

from reports.book_content import ClassTableRow, Column, ColumnBlock, ColumnGroup
from reports.own_book_content import OwnBook, OwnRow, OwnSheet
from reports.seal_content import BookSeal, SealState
from tests.reports.sample_books import COMMENTS, LONGEST_COMMENT, NAMES, principal
from tests.reports.sample_slips import LONG_NAME, PERIODS, TRAITS

TEACHER = "Nguyễn Thị Ngọc Lan"
SEAL = BookSeal(
    "Toán", SealState.HOLDS, TEACHER, "GVCN", "", datetime(2026, 5, 23, 3, 0, tzinfo=UTC), "A1B2-C3D4"
)


def own_sheet(
    *,
    pupils: int = 35,
    periods: int = 4,
    of_traits: bool = False,
    comments: tuple[str, ...] = COMMENTS,
    locked: bool = True,
    names: tuple[str, ...] = NAMES,
) -> OwnSheet:
    """Toán of grade 4, or the qualities and competencies, at the last of the first so many periods."""
    blocks = _trait_blocks(periods) if of_traits else (_line_block(periods),)
    columns = [column for block in blocks for group in block.groups for column in group.columns]
    return OwnSheet(
        parent_body="UBND PHƯỜNG HỒNG BÀNG",
        school="TRƯỜNG TIỂU HỌC KIM ĐỒNG",
        teacher=TEACHER,
        part="1/2",
        class_name="4A",
        subject="Phẩm chất và năng lực" if of_traits else "Toán",
        period=PERIODS[periods - 1][1],
        school_year="2025 - 2026",
        place="Hải Phòng",
        blocks=blocks,
        comment_headings=tuple(TRAITS) if of_traits else ("Nhận xét cuối năm học",),
        rows=tuple(
            OwnRow(
                ClassTableRow(
                    number=number + 1,
                    pupil_code=f"{3100000401 + number}",
                    full_name=names[number % len(names)],
                    born_on=f"{number % 28 + 1:02d}/{number % 12 + 1:02d}/2016",
                    cells=tuple(_cell(column, number, place) for place, column in enumerate(columns)),
                    is_girl=number % 2 == 1,
                ),
                tuple(comments[(number + at) % len(comments)] for at in range(3 if of_traits else 1)),
            )
            for number in range(pupils)
        ),
        seal=SEAL,
        locked_at=datetime(2026, 5, 22, 10, 0, tzinfo=UTC) if locked else None,
        is_of_traits=of_traits,
    )


def _line_block(periods: int) -> ColumnBlock:
    groups = (
        ColumnGroup(
            short, (Column(f"TOAN@{short}", "Mức", "level"), Column(f"TOAN.diem@{short}", "Điểm", "mark"))
        )
        for short, _name in PERIODS[:periods]
    )
    return ColumnBlock("Kết quả", tuple(groups))


def _trait_blocks(periods: int) -> tuple[ColumnBlock, ...]:
    return tuple(
        ColumnBlock(
            group,
            tuple(
                ColumnGroup(
                    trait,
                    tuple(Column(f"{trait}@{short}", short, "level") for short, _name in PERIODS[:periods]),
                )
                for trait in traits
            ),
        )
        for group, traits in TRAITS.items()
    )


def _cell(column: Column, number: int, place: int) -> str:
    if number == 4 and place == 0:
        return ""
    if column.kind == "mark":
        return str((10, 9, 8, 7, 6, 4)[(number + place) % 6])
    return ("T", "H", "T")[(number + place) % 3] if "TOAN" in column.code else "TĐ"[(number + place) % 2]


def longest_sheet(*, of_traits: bool = False) -> OwnSheet:
    return own_sheet(of_traits=of_traits, comments=(LONGEST_COMMENT,), names=(LONG_NAME,))


def own_book(*sheets: OwnSheet) -> OwnBook:
    parts = tuple(replace(sheet, part=f"{at}/{len(sheets)}") for at, sheet in enumerate(sheets, start=1))
    return OwnBook(TEACHER, principal(day=None), parts)
