"""Read a finished file of slips, or a teacher's own book, and compare it with what was asked: as `reports.read_back`.

A slip or sheet goes out only when every pupil, level, mark and comment of it stands in the text of its pages, in order.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from reports.foot_line import page_number
from reports.own_book_content import OwnBook, OwnBookFront, OwnSheet
from reports.read_back import (
    PREVIEW,
    PrintRunShort,
    books_in,
    cover_faults,
    missing_in_order,
    page_texts,
    roll_call,
    squeezed,
)
from reports.seal_content import UNSIGNED
from reports.slip_content import NOT_TESTED, TITLE, Slip

# --- Slips -------------------------------------------------------------------------------------------


def check_slips(pdf: bytes | Path, expected: Sequence[Slip], *, pages: Sequence[int]) -> None:
    """Check a file of slips against the pupils asked for; `pages`: how many pages each slip's own PDF had.

    Each pupil must be there once, in order, with all numbered pages and every value; nobody else on them. Raises
    PrintRunShort.
    """
    books = list(books_in(page_texts(pdf)))
    faults = roll_call(books, {squeezed(slip.pupil_code): slip.full_name for slip in expected}, "phiếu")
    if not faults:
        for book, slip, count in zip(books, expected, pages, strict=True):
            told = [
                *_page_faults(
                    book.page_numbers, book.page_count, len(book.page_numbers) + book.blank_after, count
                ),
                *_slip_faults(book.texts, slip),
            ]
            faults += [f"{slip.full_name} ({slip.pupil_code}): {fault}" for fault in told]
    if faults:
        raise PrintRunShort(faults)


def _page_faults(numbers: Sequence[int], count: int, printed: int, wanted: int) -> Iterator[str]:
    if tuple(numbers) != tuple(range(1, count + 1)):
        yield f"có trang {', '.join(map(str, numbers))}, phải có đủ từ 1 đến {count}"
    if printed != wanted:
        yield f"có {printed} trang, bản in riêng của em có {wanted}"


def _slip_faults(texts: Sequence[str], slip: Slip) -> Iterator[str]:
    whole = "".join(texts)
    yield from missing_in_order(whole, _slip_lines(slip))
    if squeezed(slip.homeroom_teacher) not in whole:
        yield f"thiếu “{slip.homeroom_teacher}” ở phần kí"
    marked = sum(PREVIEW in text for text in texts)
    if marked != (len(texts) if slip.is_preview else 0):
        yield "dấu “BẢN XEM TRƯỚC” không đúng với trạng thái khoá, phê duyệt"


def _slip_lines(slip: Slip) -> Iterator[tuple[str, str]]:
    """Yield (what to call it, its text), in the order of the form."""
    yield "Tên phiếu", TITLE
    yield "Thời điểm", f"{slip.period} – Năm học {slip.school_year}"
    yield "Họ và tên học sinh", f"Họ và tên học sinh: {slip.full_name}"
    yield "Ngày sinh", f"Ngày sinh: {slip.born_on}"
    yield "Lớp", f"Lớp: {slip.class_name}"
    for number, (row, cells) in enumerate(slip.subject_rows, start=1):
        told = (NOT_TESTED if cell is None else cell for cell in cells)
        yield row.label, "".join((str(number), row.label, *told, row.comment))
    for group in slip.groups:
        yield group.label, group.label
        for place, trait in enumerate(group.traits):
            yield trait.label, "".join((trait.label, *trait.levels, "" if place else group.comment))
    yield "Số ngày nghỉ", "".join(f"{label}: {days};" for label, days in slip.absences).removesuffix(";")
    for label, words in slip.verdict:
        yield label, f"{label}: {words}"


# --- A teacher's own book ----------------------------------------------------------------------------


def check_own_book(pdf: bytes | Path, book: OwnBook, *, pages: Sequence[int]) -> None:
    """Check an own book: its cover and list, then every sheet asked for in its place, with all pupils and values.

    `pages`: how many pages each part's own PDF had. Raises PrintRunShort.
    """
    texts = [squeezed(text) for text in page_texts(pdf)]
    faults = [] if len(texts) == sum(pages) else [f"có {len(texts)} trang, phải có {sum(pages)}"]
    for place, text in enumerate(texts, start=1):
        wanted = page_number(place, sum(pages))
        if squeezed(wanted) not in text:
            faults.append(f"trang thứ {place} của tệp không ghi “{wanted}”")
    first = 0
    for part, count in zip(book.parts, pages, strict=True):
        own = texts[first : first + count]
        name = (
            "trang bìa, danh sách sổ"
            if isinstance(part, OwnBookFront)
            else f"{part.subject} lớp {part.class_name}"
        )
        faults += [f"{name}: {fault}" for fault in _part_faults(own, part)]
        first += count
    if faults:
        raise PrintRunShort(faults)


def _part_faults(texts: Sequence[str], part: OwnBookFront | OwnSheet) -> Iterator[str]:
    for number, text in enumerate(texts, start=1):
        if not _ends_after(text, f"Phầnnày:trang{number}/{len(texts)}"):
            yield f"trang {number} không ghi “Phần này: trang {number}/{len(texts)}”"
        if (PREVIEW in text) != part.is_preview:
            yield f"trang {number}: dấu “BẢN XEM TRƯỚC” không đúng với trạng thái khoá"
    whole = "".join(texts)
    if isinstance(part, OwnBookFront):
        yield from cover_faults(texts, part.cover)
        yield from missing_in_order(whole, ((row[2], "".join(row)) for row in part.sheets))
        return
    yield from missing_in_order(whole, _sheet_lines(part))
    yield from _seal_faults(whole, part)
    for row in part.rows:
        name = squeezed(f"{row.seat.number}{row.seat.full_name}{row.seat.born_on}")
        if whole.count(name) > 1:
            yield f"{row.seat.full_name} có hơn một dòng"


def _seal_faults(whole: str, sheet: OwnSheet) -> Iterator[str]:
    if squeezed("".join((*sheet.seal.lines, sheet.signer))) not in whole:
        yield "thiếu tình trạng kí, họ tên ở chỗ kí của giáo viên"
    if sheet.seal.is_unsigned and squeezed(UNSIGNED) not in whole:
        yield f"thiếu “{UNSIGNED}”"


def _ends_after(text: str, words: str) -> bool:
    """Whether the words are there and no longer number: «1/2» is not «1/24»."""
    _before, found, after = text.partition(words)
    return bool(found) and not after[:1].isdecimal()


def _sheet_lines(sheet: OwnSheet) -> Iterator[tuple[str, str]]:
    """Yield (what to call it, its text), in the order of the pages."""
    yield "Tên sổ", f"{sheet.subject.upper()} – LỚP {sheet.class_name}"
    yield "Giáo viên", f"Giáo viên: {sheet.teacher}"
    yield "Khoá sổ", sheet.lock_state
    yield "Sĩ số", f"Sĩ số: {sheet.pupils_label}"
    for row in sheet.rows:
        seat = row.seat
        own = () if sheet.is_of_traits else row.comments
        told = "".join(cell or "" for cell in row.cells)
        yield seat.full_name, "".join((str(seat.number), seat.full_name, seat.born_on, told, *own))
    yield (
        "Số lượng mức T",
        "Số lượng mức T" + "".join(str(c.good) for c in sheet.counts if c.good is not None),
    )
    yield (
        "Số lượng mức C",
        "Số lượng mức C" + "".join(str(c.poor) for c in sheet.counts if c.poor is not None),
    )
    yield "Chưa nhập", "Chưa nhập" + "".join(str(c.missing) for c in sheet.counts if c.missing is not None)
    for row in sheet.rows if sheet.is_of_traits else ():
        yield (
            f"nhận xét của {row.seat.full_name}",
            "".join((str(row.seat.number), row.seat.full_name, *row.comments)),
        )
    yield "ai vào, ai rời lớp sau khi khoá sổ", sheet.roster_note
