"""What a print says, cell by cell, under names that people understand: kept with the print, compared with today's.

Pure. Not the drawing: another version of a template changes no word.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from reports.book_content import (
    LEARNING_PROCESS_ROWS,
    ClassTable,
    ColumnBlock,
    OldTranscriptYear,
    Signature,
    Transcript,
    TranscriptYear,
)
from reports.own_book_content import OwnBookFront, OwnSheet
from reports.seal_content import SCHOOL_TIME, BookSeal
from reports.slip_content import Slip

Words = dict[str, str]
"""Text by place: «2026 - 2027 · Toán · Điểm KTĐK» is "8"."""
PREVIEW = "bản xem trước"
CONTRADICTED = "Chờ phê duyệt lại"
STATE = "Trạng thái"
_STATES = (STATE, "Sổ số")
"""What places begin with that say how far a year, a class's book or the sheets of an own book are."""
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
_OLD_YEAR = (
    *(pair for pair in _YEAR if pair[0] != "result"),
    ("health", "Sức khoẻ"),
)
_GROUPS = (
    ("qualities", "Phẩm chất chủ yếu"),
    ("general_competencies", "Năng lực chung"),
    ("specific_competencies", "Năng lực đặc thù"),
)
_OLD_GROUPS = (("competencies", "Năng lực"), ("qualities", "Phẩm chất"))


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


Content = Transcript | ClassTable | Slip | OwnBookFront | OwnSheet


def words_of(content: Content) -> Words:
    """Of a book's part; places without a word are left out."""
    match content:
        case Transcript():
            found = _transcript(content)
        case ClassTable():
            found = _class_table(content)
        case Slip():
            found = _slip(content)
        case OwnBookFront():
            found = _own_front(content)
        case OwnSheet():
            found = _own_sheet(content)
    return {place: text for place, text in found if text}


def tells_of_preview(words: Words) -> bool:
    """Whether such a part was marked «BẢN XEM TRƯỚC» on any of its pages."""
    return CONTRADICTED in words or any(
        PREVIEW in text and place.rpartition(" · ")[2].startswith(_STATES) for place, text in words.items()
    )


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


def _year(year: TranscriptYear | OldTranscriptYear) -> Iterator[tuple[str, str]]:
    final = "đã phê duyệt"
    fields: Sequence[tuple[str, str]] = _YEAR
    groups: Sequence[tuple[str, str]] = _GROUPS
    if isinstance(year, OldTranscriptYear):
        final, fields, groups = f"theo học bạ giấy {year.source}", _OLD_YEAR, _OLD_GROUPS
    yield STATE, PREVIEW if year.is_preview else final
    for field, name in fields:
        yield name, getattr(year, field)
    yield "Người kí", _signature(year.principal)
    for row in year.subjects:
        yield f"{row.label} · Mức đạt được", row.level
        yield f"{row.label} · Điểm KTĐK", "" if row.mark is None else str(row.mark)
        yield f"{row.label} · Nhận xét", row.comment
    for field, name in groups:
        group = getattr(year, field)
        for row in group.rows:
            yield f"{row.label} · Mức đạt được", row.level
        yield f"{name} · Nhận xét", group.comment


def _class_table(table: ClassTable) -> Iterator[tuple[str, str]]:
    yield "Trạng thái sổ", table.lock_state
    if table.roster_note:
        yield "Sĩ số", table.roster_note
    if table.contradicted:
        yield CONTRADICTED, ", ".join(table.contradicted)
    yield "Trường", f"{table.parent_body}, {table.school}"
    yield "Giáo viên chủ nhiệm", table.homeroom_teacher
    yield "Người kí", _signature(table.principal)
    headings = list(_headings(table.blocks))
    for row in table.rows:
        pupil = f"{row.full_name} ({row.pupil_code})"
        yield f"{pupil} · Số thứ tự", str(row.number)
        yield f"{pupil} · Ngày sinh", row.born_on
        for heading, cell in zip(headings, row.printed, strict=True):
            yield f"{pupil} · {heading}", cell or ""
    for seal in (*table.seals, *([table.class_seal] if table.class_seal else [])):
        yield f"Kí xác nhận · {seal.book}", _seal(seal)


def _slip(slip: Slip) -> Iterator[tuple[str, str]]:
    yield "Mã học sinh", slip.pupil_code
    yield "Họ và tên", slip.full_name
    yield "Ngày sinh", slip.born_on
    yield "Lớp", slip.class_name
    yield STATE, f"{PREVIEW}: {slip.preview}" if slip.preview else "chính thức"
    periods = [period.label for period in slip.periods]
    for row in slip.subjects:
        for period, (level, mark) in zip(periods, row.told, strict=True):
            yield f"{row.label} · {period} · Mức đạt được", level
            yield f"{row.label} · {period} · Điểm KTĐK", mark or ""
        yield f"{row.label} · Nhận xét", row.comment
    for group in slip.groups:
        for trait in group.traits:
            for period, level in zip(periods, trait.levels, strict=True):
                yield f"{trait.label} · {period}", level
        yield f"{group.label} · Nhận xét", group.comment
    yield from slip.absences
    yield from slip.verdict
    yield "Giáo viên chủ nhiệm", slip.homeroom_teacher


def _own_front(front: OwnBookFront) -> Iterator[tuple[str, str]]:
    yield from front.cover.facts
    yield "Người kí", _signature(front.cover.principal)
    for number, *said in front.sheets:
        yield f"Sổ số {number}", ", ".join(each for each in said if each)


def _own_sheet(sheet: OwnSheet) -> Iterator[tuple[str, str]]:
    yield "Sổ", f"{sheet.subject}, lớp {sheet.class_name}"
    yield "Trạng thái sổ", sheet.lock_state
    if sheet.roster_note:
        yield "Sĩ số", sheet.roster_note
    headings = list(_headings(sheet.blocks))
    for row in sheet.rows:
        pupil = f"{row.seat.full_name} ({row.seat.pupil_code})"
        yield f"{pupil} · Số thứ tự", str(row.seat.number)
        if row.word:
            yield pupil, row.word
            continue
        for heading, cell in zip(headings, row.cells, strict=True):
            yield f"{pupil} · {heading}", cell or ""
        for heading, comment in zip(sheet.comment_headings, row.comments, strict=True):
            yield f"{pupil} · {heading}", comment
    yield "Kí xác nhận", _seal(sheet.seal)


def _headings(blocks: Sequence[ColumnBlock]) -> Iterator[str]:
    for block in blocks:
        for group in block.groups:
            for column in group.columns:
                yield " · ".join(each for each in (group.heading, column.heading) if each)


def _signature(signature: Signature) -> str:
    return ", ".join(each for each in (" ".join(signature.title), signature.name) if each)


def _seal(seal: BookSeal) -> str:
    return f"{seal.signer}, {_moment(seal.signed_at)}, mã {seal.digest}" if seal.signed_at else "chưa kí"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(SCHOOL_TIME):%H:%M %d/%m/%Y}"
