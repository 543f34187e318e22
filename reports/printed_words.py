"""What a print says, cell by cell, under names that people understand: kept with the print, compared with today's.

Pure. Not the drawing: another version of a template changes no word.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from reports.book_content import (
    LEARNING_PROCESS_ROWS,
    ClassTable,
    Signature,
    Transcript,
    TranscriptYear,
)
from reports.seal_content import SCHOOL_TIME, BookSeal

Words = dict[str, str]
"""Text by place: «2026 - 2027 · Toán · Điểm KTĐK» is "8"."""
_PERSON = (
    ("full_name", "Họ và tên"),
    ("gender", "Giới tính"),
    ("born_on", "Ngày sinh"),
    ("ethnicity", "Dân tộc"),
    ("nationality", "Quốc tịch"),
    ("birthplace", "Nơi sinh"),
    ("native_place", "Quê quán"),
    ("residence", "Nơi ở hiện nay"),
    ("father", "Họ và tên cha"),
    ("mother", "Họ và tên mẹ"),
    ("guardian", "Người giám hộ"),
)
_YEAR = (
    ("class_name", "Lớp"),
    ("school", "Trường"),
    ("height", "Chiều cao"),
    ("weight", "Cân nặng"),
    ("absent_with_permission", "Số ngày nghỉ có phép"),
    ("absent_without_permission", "Số ngày nghỉ không phép"),
    ("result", "Đánh giá kết quả giáo dục"),
    ("award", "Khen thưởng"),
    ("completion", "Hoàn thành chương trình"),
    ("homeroom_teacher", "Giáo viên chủ nhiệm"),
)
_GROUPS = (
    ("qualities", "Phẩm chất chủ yếu"),
    ("general_competencies", "Năng lực chung"),
    ("specific_competencies", "Năng lực đặc thù"),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where a print and today's book differ; "" where there is nothing."""

    place: str
    printed: str
    now: str


def differences(printed: Mapping[str, str], now: Mapping[str, str]) -> list[Difference]:
    """In the order of the print, then what has come."""
    places = list(dict.fromkeys([*printed, *now]))
    return [
        Difference(place, printed.get(place, ""), now.get(place, ""))
        for place in places
        if printed.get(place, "") != now.get(place, "")
    ]


def words_of(content: Transcript | ClassTable) -> Words:
    """Of a book's part; places without a word are left out."""
    found = _transcript(content) if isinstance(content, Transcript) else _class_table(content)
    return {place: text for place, text in found if text}


def _transcript(book: Transcript) -> Iterator[tuple[str, str]]:
    yield "Mã học sinh", book.pupil_code
    yield "Bìa · Trường", book.cover.school
    yield (
        "Bìa · Nơi đặt trường",
        ", ".join(each for each in (book.cover.ward, book.cover.district, book.cover.province) if each),
    )
    for field, name in _PERSON:
        yield f"Trang cá nhân · {name}", getattr(book.personal, field)
    yield "Trang cá nhân · Người kí", _signature(book.principal)
    for number, stage in enumerate(book.stages[:LEARNING_PROCESS_ROWS], start=1):
        said = (stage.school_year, stage.class_name, stage.school, stage.register_number, stage.moved_on)
        yield f"Quá trình học tập · dòng {number}", ", ".join(each for each in said if each)
    for year in book.years:
        for place, text in _year(year):
            yield f"{year.school_year} · {place}", text


def _year(year: TranscriptYear) -> Iterator[tuple[str, str]]:
    yield "Trạng thái", "bản xem trước" if year.is_preview else "đã phê duyệt"
    for field, name in _YEAR:
        yield name, getattr(year, field)
    yield "Người kí", _signature(year.principal)
    for row in year.subjects:
        yield f"{row.label} · Mức đạt được", row.level
        yield f"{row.label} · Điểm KTĐK", "" if row.mark is None else str(row.mark)
        yield f"{row.label} · Nhận xét", row.comment
    for field, name in _GROUPS:
        group = getattr(year, field)
        for row in group.rows:
            yield f"{row.label} · Mức đạt được", row.level
        yield f"{name} · Nhận xét", group.comment


def _class_table(table: ClassTable) -> Iterator[tuple[str, str]]:
    yield "Trạng thái sổ", table.lock_state
    yield "Trường", f"{table.parent_body}, {table.school}"
    yield "Giáo viên chủ nhiệm", table.homeroom_teacher
    yield "Người kí", _signature(table.principal)
    headings = list(_headings(table))
    for row in table.rows:
        pupil = f"{row.full_name} ({row.pupil_code})"
        yield f"{pupil} · Số thứ tự", str(row.number)
        yield f"{pupil} · Ngày sinh", row.born_on
        for heading, cell in zip(headings, row.printed, strict=True):
            yield f"{pupil} · {heading}", cell or ""
    for seal in (*table.seals, *([table.class_seal] if table.class_seal else [])):
        yield f"Kí xác nhận · {seal.book}", _seal(seal)


def _headings(table: ClassTable) -> Iterator[str]:
    for block in table.blocks:
        for group in block.groups:
            for column in group.columns:
                yield " · ".join(each for each in (group.heading, column.heading) if each)


def _signature(signature: Signature) -> str:
    return ", ".join(each for each in (" ".join(signature.title), signature.name) if each)


def _seal(seal: BookSeal) -> str:
    return f"{seal.signer}, {_moment(seal.signed_at)}, mã {seal.digest}" if seal.signed_at else "chưa kí"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(SCHOOL_TIME):%H:%M %d/%m/%Y}"
