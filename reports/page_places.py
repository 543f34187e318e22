"""On which pages of a finished book a pupil stands, so that a correction can name the pages to print again (R55), and
what differs on each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from reports.book_content import ClassTable, Transcript
from reports.read_back import YEAR_BEGINS, squeezed

Places = dict[str, dict[str, list[int]]]
"""Pages of the file by the pupil's code, then by the school year that they are of ("": of none).

In an own book its sheets stand in place of pupils, by `sheet_label`.
"""
SECTION: Final = "*"
"""What a key begins with that is no pupil's code."""
TOTALS = SECTION
"""Where a class table has its totals, its lock, its signatures and its statistics: any of its cells changes them."""
_COUNTS, _SEALS, _STATISTICS = f"{SECTION}counts", f"{SECTION}seals", f"{SECTION}statistics"
FRONT = f"{SECTION}front"
"""Where an own book has its cover and the list of its sheets with their signatures."""
_SECTIONS: Final = {
    _COUNTS: "tổng số các mức",
    _SEALS: "bảng kí xác nhận",
    _STATISTICS: "thống kê của lớp",
    FRONT: "bìa, danh sách các sổ với tình trạng kí xác nhận",
}
_REST: Final = "tổng số các mức, bảng kí xác nhận, thống kê của lớp"
"""Of a print from before these were told apart."""
_COUNTS_BEGIN: Final = "Sốlượngmức"
_SEALS_BEGIN: Final = "Kíxácnhậnsổmônhọc"
_STATISTICS_BEGIN: Final = "THỐNGKÊKẾTQUẢĐÁNHGIÁGIÁODỤC"
Known = Mapping[str, Mapping[str, Sequence[int]]]
"""`Places` as they are kept."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What a correction has changed in a book: these pupils or sheets, on the pages of this school year ("": of none).

    `what` says in words what differs on their pages: «dòng của em».
    """

    codes: frozenset[str]
    year: str
    what: str = ""

    def pages_in(self, places: Known) -> tuple[int, ...]:
        """In order; () where the pupils' pages are not known."""
        own = self._own(places)
        also = {page for key in (TOTALS, FRONT) for page in _pages(places, key)} if own else set()
        return tuple(sorted(own | also))

    def told_in(self, places: Known) -> tuple[str, ...]:
        """What differs where: «trang 3: tổng số các mức, bảng kí xác nhận», in the order of the pages."""
        if not self.what:
            return ()
        own, rest = self._own(places), set(_pages(places, TOTALS))
        found: dict[str, list[int]] = {}
        for page in self.pages_in(places):
            said = [self.what] if page in own else []
            said += [words for key, words in _SECTIONS.items() if page in _pages(places, key)]
            if page in rest and not any(page in _pages(places, key) for key in _SECTIONS):
                said.append(_REST)
            found.setdefault(", ".join(said), []).append(page)
        return tuple(f"{words_of(pages)}: {said}" for said, pages in found.items())

    def _own(self, places: Known) -> set[int]:
        return {page for code in self.codes for page in places.get(code, {}).get(self.year, ())}


def _pages(places: Known, key: str) -> Sequence[int]:
    return places.get(key, {}).get("", ())


def sheet_label(subject: str, class_name: str) -> str:
    """«Toán, lớp 4A»."""
    return f"{subject}, lớp {class_name}"


def places_in(
    texts: Sequence[str], contents: ClassTable | Sequence[Transcript], counts: Sequence[int]
) -> Places:
    """Read from the pages themselves (`read_back.page_texts`); `counts`: how many pages each part of the file has."""
    texts = [squeezed(text) for text in texts]
    if isinstance(contents, ClassTable):
        return _places_in_table(texts, contents)
    places: Places = {}
    first = 0
    for transcript, count in zip(contents, counts, strict=True):
        pages = range(first + 1, first + count + 1)
        years = [year.school_year for year in transcript.years]
        places[transcript.pupil_code] = _places_of_years([(page, texts[page - 1]) for page in pages], years)
        first += count
    return places


def places_of_parts(codes: Sequence[str], counts: Sequence[int]) -> Places:
    """Where each pupil or sheet has one part of the file, of so many pages, an empty back page included."""
    places: Places = {}
    first = 1
    for code, count in zip(codes, counts, strict=True):
        places[code] = {"": list(range(first, first + count))}
        first += count
    return places


def _places_of_years(pages: Iterable[tuple[int, str]], years: Sequence[str]) -> dict[str, list[int]]:
    """The empty back page of an odd number belongs to nothing."""
    found: dict[str, list[int]] = {}
    begun = 0
    for page, text in pages:
        begun += YEAR_BEGINS in text
        if text:
            found.setdefault(years[begun - 1] if begun else "", []).append(page)
    return found


def _places_in_table(texts: Sequence[str], table: ClassTable) -> Places:
    first = next((page for page, text in enumerate(texts, start=1) if _COUNTS_BEGIN in text), len(texts))
    places: Places = {TOTALS: {"": list(range(first, len(texts) + 1))}}
    told = {
        _COUNTS: [page for page, text in enumerate(texts, start=1) if _COUNTS_BEGIN in text],
        _SEALS: [page for page, text in enumerate(texts, start=1) if _SEALS_BEGIN in text],
        _STATISTICS: _from_first(texts, _STATISTICS_BEGIN),
    }
    places |= {key: {"": pages} for key, pages in told.items() if pages}
    for row in table.rows:
        wanted = squeezed(f"{row.pupil_code}{row.full_name}")
        places[row.pupil_code] = {"": [page for page, text in enumerate(texts, start=1) if wanted in text]}
    return places


def _from_first(texts: Sequence[str], words: str) -> list[int]:
    first = next((page for page, text in enumerate(texts, start=1) if words in text), len(texts) + 1)
    return list(range(first, len(texts) + 1))


def words_of(pages: Sequence[int]) -> str:
    """ "trang 4–5, 12"."""
    runs = []
    for _key, run in groupby(enumerate(sorted(pages)), key=lambda pair: pair[1] - pair[0]):
        numbers = [number for _place, number in run]
        runs.append(str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}")
    return f"trang {', '.join(runs)}"
