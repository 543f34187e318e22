"""Read a finished PDF with another library than the one that drew it, and compare it with what was asked.

No print runs short: a book goes to the printer only after every pupil, line, trait and value asked for has
been found in the text of its pages, once and in order. Text is compared in NFC without white space, because
names and headings are wrapped; a blank cell leaves no text, so its place in a row is not proved here.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pypdfium2

from reports.book_content import ClassTable, OldTranscriptYear, TraitGroup, Transcript, TranscriptYear
from reports.book_covers import BookCover, cover_of
from reports.class_statistics import statistics_of

FRONT_PAGES: Final = 3
"""Cover, instructions, personal page; the years begin on page 4."""
PAGES_A_YEAR: Final = 2
_FAULTS_NAMED: Final = 10
_FOOT = re.compile(
    r"Mã HS: (?P<code>.+?) · .*? · Mã bản in: \S{9}\s+Trang (?P<page>\d+)/(?P<pages>\d+)", re.DOTALL
)
YEAR_BEGINS: Final = "1.CácmônhọcvàhoạtđộnggiáodụcMônhọcvàhoạtđộnggiáodục"
PREVIEW: Final = "BẢNXEMTRƯỚC"

Printed = bytes | Path | list[str]
"""A PDF, its file, or what ``page_texts`` has read of it."""


class PrintRunShort(Exception):
    """A finished PDF is not what was asked for; ``message_vi`` names what is missing and the remedy."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Keep all ``faults``; the message names the first ones and says how many there are."""
        self.faults = tuple(faults)
        named = "; ".join(self.faults[:_FAULTS_NAMED])
        more = len(self.faults) - _FAULTS_NAMED
        rest = f"; và {more} lỗi khác" if more > 0 else ""
        self.message_vi = f"Bản in không đủ: {named}{rest}. Bản này không được phát hành; hãy in lại."
        super().__init__(self.message_vi)


@dataclass(frozen=True, slots=True)
class Book:
    """The pages of one pupil as they stand in the PDF; ``texts`` are without white space."""

    code: str
    page_numbers: tuple[int, ...]
    page_count: int
    texts: tuple[str, ...]
    blank_after: int


def check_transcripts(
    pdf: Printed, expected: Sequence[Transcript], *, pages: Sequence[int] | None = None
) -> None:
    """Check a PDF of học bạ, single or merged, against the pupils asked for.

    Each pupil must be there once, in order, with all numbered pages, every subject line with its level, mark
    and comment, every trait, result and signature, and a preview mark on exactly the pages of years not
    approved; each book must end on an even page. ``pages``: how many pages each pupil's own PDF had, when
    the caller knows. Raises PrintRunShort.
    """
    books = list(books_in(page_texts(pdf)))
    names = {squeezed(wanted.pupil_code): wanted.personal.full_name for wanted in expected}
    faults = roll_call(books, names, "học bạ")
    if not faults:
        counts: Sequence[int | None] = pages or [None] * len(expected)
        for book, wanted, count in zip(books, expected, counts, strict=True):
            faults += [
                f"{wanted.personal.full_name} ({wanted.pupil_code}): {f}"
                for f in _book_faults(book, wanted, count)
            ]
    if faults:
        raise PrintRunShort(faults)


def check_class_table(pdf: Printed, table: ClassTable) -> None:
    """Check the PDF of one class table: its cover is there, every page has its headings and number, every pupil
    stands in it once and in order with all values, the totals, the lock state, the statistics and the signatures
    are there. Raises PrintRunShort.
    """
    texts = [squeezed(text) for text in page_texts(pdf)]
    whole = "".join(texts)
    faults = [
        *cover_faults(texts, cover_of(table)),
        *_page_faults(texts, table),
        *_row_faults(whole, table),
        *missing_in_order(whole, _statistics_lines(table)),
    ]
    if faults:
        raise PrintRunShort(faults)


def text_of(pdf: bytes | Path) -> str:
    """All that stands in a PDF, squeezed."""
    return "".join(squeezed(text) for text in page_texts(pdf))


# --- Reading -----------------------------------------------------------------------------------------


def page_texts(pdf: Printed) -> list[str]:
    """The text of each page; reading costs a millisecond a page, so what was read is handed on as it is."""
    if isinstance(pdf, list):
        return pdf
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_page_text(document, place) for place in range(len(document))]
    finally:
        document.close()


def _page_text(document: pypdfium2.PdfDocument, place: int) -> str:
    page = document[place]
    text_page = page.get_textpage()
    text = text_page.get_text_range()
    text_page.close()
    page.close()
    return text


def squeezed(text: str | int) -> str:
    """Return NFC text without white space; PDFium writes a hyphen at a line's end as U+FFFE or U+0002."""
    plain = str(text).replace("\ufffe", "-").replace("\x02", "-")
    return "".join(unicodedata.normalize("NFC", plain).split())


def books_in(texts: Sequence[str]) -> Iterator[Book]:
    """Group pages by the pupil code of their foot: a new book at each page 1 or other code."""
    pages: list[tuple[str, int, int, str]] = []
    blank = 0
    for text in texts:
        foot = _FOOT.search(unicodedata.normalize("NFC", text))
        if foot is None:
            blank += 1
            continue
        code, number = squeezed(foot["code"]), int(foot["page"])
        if pages and (code != pages[-1][0] or number == 1):
            yield _book(pages, blank)
            pages, blank = [], 0
        pages.append((code, number, int(foot["pages"]), squeezed(text)))
    if pages:
        yield _book(pages, blank)


def _book(pages: Sequence[tuple[str, int, int, str]], blank: int) -> Book:
    return Book(
        code=pages[0][0],
        page_numbers=tuple(page[1] for page in pages),
        page_count=pages[0][2],
        texts=tuple(page[3] for page in pages),
        blank_after=blank,
    )


# --- Học bạ ------------------------------------------------------------------------------------------


def roll_call(books: Sequence[Book], names: Mapping[str, str], what: str) -> list[str]:
    """Whether each pupil is there once and in order; `names` by squeezed code, `what` is what they are to have."""
    found = Counter(book.code for book in books)
    faults = [f"thiếu {what} của {name} ({code})" for code, name in names.items() if not found[code]]
    faults += [f"{what} của {names[code]} ({code}) có {found[code]} lần" for code in names if found[code] > 1]
    faults += [f"thừa {what} không được yêu cầu, mã học sinh {code}" for code in found if code not in names]
    if not faults and [book.code for book in books] != list(names):
        faults.append("thứ tự học sinh không đúng thứ tự đã yêu cầu")
    return faults


def _book_faults(book: Book, wanted: Transcript, count: int | None) -> Iterator[str]:
    if book.page_numbers != tuple(range(1, book.page_count + 1)):
        yield f"có trang {', '.join(map(str, book.page_numbers))}, phải có đủ từ 1 đến {book.page_count}"
    least = FRONT_PAGES + PAGES_A_YEAR * len(wanted.years)
    if book.page_count < least:
        yield f"có {book.page_count} trang, ít nhất phải có {least}"
    printed = len(book.page_numbers) + book.blank_after
    if book.blank_after != book.page_count % 2:
        yield f"có {printed} tờ mặt giấy, sổ phải kết thúc ở trang chẵn"
    if count is not None and printed != count:
        yield f"có {printed} trang, bản in riêng của em có {count}"
    yield from _front_faults("".join(book.texts[:FRONT_PAGES]), wanted)
    sections = _year_sections(book.texts)
    if len(sections) != len(wanted.years):
        yield f"có {len(sections)} năm học, phải có {len(wanted.years)}"
        return
    for pages, year in zip(sections, wanted.years, strict=True):
        yield from (f"năm học {year.school_year}: {fault}" for fault in _year_faults(pages, wanted, year))


def _front_faults(text: str, wanted: Transcript) -> Iterator[str]:
    person = wanted.personal
    lines = {
        "Họ và tên học sinh": person.full_name,
        "Trường": wanted.cover.school,
        "Giới tính": person.gender,
        "Ngày, tháng, năm sinh": person.born_on,
        "Dân tộc": person.ethnicity,
        "Quốc tịch": person.nationality,
        "Nơi sinh": person.birthplace,
        "Quê quán": person.native_place,
        "Nơi ở hiện nay": person.residence,
        "Họ và tên cha": person.father,
        "Họ và tên mẹ": person.mother,
        "Người giám hộ (nếu có)": person.guardian,
    }
    for label, value in lines.items():
        if squeezed(f"{label}:{value}") not in text:
            yield f"thiếu dòng “{label}: {value}” ở trang bìa hoặc trang 3"
    for stage in wanted.stages:
        row = (stage.school_year, stage.class_name, stage.school, stage.register_number, stage.moved_on)
        if squeezed("".join(row)) not in text:
            yield f"thiếu năm học {stage.school_year} trong Quá trình học tập"


def _year_sections(texts: Sequence[str]) -> list[list[str]]:
    sections: list[list[str]] = []
    for text in texts[FRONT_PAGES:]:
        if YEAR_BEGINS in text:
            sections.append([])
        if sections:
            sections[-1].append(text)
    return sections


def _year_faults(
    pages: Sequence[str], wanted: Transcript, year: TranscriptYear | OldTranscriptYear
) -> Iterator[str]:
    text = "".join(pages)
    if isinstance(year, OldTranscriptYear):
        yield from missing_in_order(text, _old_year_lines(wanted, year))
    else:
        yield from missing_in_order(text, _year_lines(wanted, year))
    for name in (year.homeroom_teacher, year.principal.name, *year.principal.title[1:]):
        if squeezed(name) not in text:
            yield f"thiếu “{name}” ở phần kí"
    marked = sum(PREVIEW in page for page in pages if len(page) > 0)
    if marked != (len(pages) if year.is_preview else 0):
        yield "dấu “BẢN XEM TRƯỚC” không đúng với trạng thái duyệt"


def _year_lines(wanted: Transcript, year: TranscriptYear) -> Iterator[tuple[str, str]]:
    """Yield (what to call it, its text), in the order of the form."""
    yield from _head_lines(wanted, year)
    yield from _absence_lines(year)
    yield from _trait_lines("2. Những phẩm chất chủ yếu", year.qualities)
    yield from _trait_lines("3.1. Những năng lực chung", year.general_competencies)
    yield from _trait_lines("3.2. Những năng lực đặc thù", year.specific_competencies)
    yield "4. Đánh giá kết quả giáo dục", f"4. Đánh giá kết quả giáo dục: {year.result}"
    yield "5. Khen thưởng", f"5. Khen thưởng: {year.award}"
    label = "6. Hoàn thành chương trình lớp học/chương trình tiểu học"
    yield label, f"{label}: {year.completion}"


def _old_year_lines(wanted: Transcript, year: OldTranscriptYear) -> Iterator[tuple[str, str]]:
    """The same of a year before Thông tư 27/2020."""
    yield from _head_lines(wanted, year)
    yield "Sức khoẻ", f"Sức khoẻ: {year.health}"
    yield from _absence_lines(year)
    yield from _trait_lines("2. Năng lực", year.competencies)
    yield from _trait_lines("3. Phẩm chất", year.qualities)
    yield "4. Khen thưởng", f"4. Khen thưởng: {year.award}"
    label = "5. Hoàn thành chương trình lớp học/chương trình tiểu học"
    yield label, f"{label}: {year.completion}"
    yield "Theo học bạ giấy", year.source


def _head_lines(wanted: Transcript, year: TranscriptYear | OldTranscriptYear) -> Iterator[tuple[str, str]]:
    yield "Họ và tên học sinh", f"Họ và tên học sinh: {wanted.personal.full_name}"
    yield "Lớp", f"Lớp: {year.class_name}"
    yield "Chiều cao", f"Chiều cao: {year.height}"
    yield "Cân nặng", f"Cân nặng: {year.weight}"


def _absence_lines(year: TranscriptYear | OldTranscriptYear) -> Iterator[tuple[str, str]]:
    """With the rows of part 1, which follow them, up to the head of the second page."""
    yield "Số ngày nghỉ có phép", f"Số ngày nghỉ có phép: {year.absent_with_permission}"
    yield "Số ngày nghỉ không phép", f"Số ngày nghỉ không phép: {year.absent_without_permission}"
    for row in year.subjects:
        mark = "" if row.mark is None else row.mark
        yield row.label, f"{row.label}{row.level}{mark}{row.comment}"
    yield "Năm học", f"Năm học: {year.school_year}"


def _trait_lines(heading: str, group: TraitGroup) -> Iterator[tuple[str, str]]:
    yield heading, heading
    for place, row in enumerate(group.rows):
        yield row.label, f"{row.label}{row.level}{'' if place else group.comment}"


def missing_in_order(text: str, lines: Iterator[tuple[str, str]]) -> Iterator[str]:
    at = 0
    for name, line in lines:
        wanted = squeezed(line)
        place = text.find(wanted, at)
        if place < 0:
            yield f"thiếu hoặc sai dòng “{name}”"
        else:
            at = place + len(wanted)


# --- Bảng tổng hợp -----------------------------------------------------------------------------------


def _page_faults(texts: Sequence[str], table: ClassTable) -> Iterator[str]:
    headings = Counter(column.heading for column in table.columns)
    headings.update(group.heading for block in table.blocks for group in block.groups if group.heading)
    headings.update(block.heading for block in table.blocks)
    for number, text in enumerate(texts, start=1):
        if f"Trang{number}/{len(texts)}" not in text:
            yield f"trang {number} không ghi “Trang {number}/{len(texts)}”"
        if (PREVIEW in text) != table.is_preview:
            yield f"trang {number}: dấu “BẢN XEM TRƯỚC” không đúng với trạng thái khoá"
        if squeezed("STT Mã học sinh Họ và tên Ngày sinh") in text:
            yield from (
                f"trang {number} thiếu tiêu đề cột “{heading}”"
                for heading, times in headings.items()
                if text.count(squeezed(heading)) < times
            )
        elif any(squeezed(row.pupil_code) in text for row in table.rows):
            yield f"trang {number} không lặp lại tiêu đề bảng"


def _row_faults(text: str, table: ClassTable) -> Iterator[str]:
    at = 0
    for row in table.rows:
        cells = "".join("–" if cell is None else cell for cell in row.printed)
        wanted = squeezed(f"{row.number}{row.pupil_code}{row.full_name}{row.born_on}{cells}")
        place = text.find(wanted, at)
        if place < 0:
            yield f"thiếu, sai hoặc sai thứ tự: STT {row.number} {row.full_name} ({row.pupil_code})"
        elif text.count(squeezed(f"{row.pupil_code}{row.full_name}")) > 1:
            yield f"{row.full_name} ({row.pupil_code}) có hơn một dòng"
        at = max(at, place)
    told = (*_total_lines(table), *_seal_lines(table), table.contradicted_words, table.roster_note)
    for line in (f"Sĩ số: {len(table.rows)} học sinh", table.lock_state, *told):
        if squeezed(line) not in text:
            yield f"thiếu dòng “{line}”"


def _total_lines(table: ClassTable) -> Iterator[str]:
    counts = table.counts
    yield "Số lượng mức T" + "".join(str(c.good) for c in counts if c.good is not None)
    yield "Số lượng mức C" + "".join(str(c.poor) for c in counts if c.poor is not None)
    yield "Chưa nhập" + "".join(str(c.missing) for c in counts if c.missing is not None)


def cover_faults(texts: Sequence[str], cover: BookCover) -> Iterator[str]:
    """`texts` of the pages, squeezed; the cover is the first."""
    first = texts[0] if texts else ""
    yield from (f"thiếu “{line}” ở trang bìa" for line in cover.lines if squeezed(line) not in first)


def _statistics_lines(table: ClassTable) -> Iterator[tuple[str, str]]:
    """Yield (what to call it, its text) from the heading of the statistics on, in the order of the pages."""
    statistics = statistics_of(table)
    yield "Thống kê", "THỐNG KÊ KẾT QUẢ ĐÁNH GIÁ GIÁO DỤC"
    for row in statistics.subjects:
        yield f"thống kê {row.label}", "".join((row.label, *row.cells, *row.test_cells))
    for group, rows in statistics.traits:
        yield f"thống kê {group}", group
        for row in rows:
            yield f"thống kê {row.label}", "".join((row.label, *row.cells))
    for heading, outcomes in statistics.outcomes:
        yield f"thống kê {heading}", heading
        for outcome in outcomes:
            yield f"thống kê {outcome.label}", "".join((outcome.label, *outcome.cells))
    for number, seal in enumerate(table.all_seals if table.seals else (), start=1):
        told = (seal.book, seal.signer, seal.state_words, seal.moment, seal.digest)
        yield f"kí xác nhận sổ {seal.book}", "".join((str(number), *told))


def _seal_lines(table: ClassTable) -> Iterator[str]:
    yield from (f"{head}: {books}" for head, books in table.seal_groups)
    if table.class_seal is not None:
        yield "".join((*table.class_seal.lines, table.homeroom_signer))
