"""On which pages of a finished book a pupil stands, so that a correction can name the pages to print again (R55)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

import pikepdf

from reports.book_content import ClassTable, Transcript
from reports.read_back import YEAR_BEGINS, squeezed

Places = dict[str, dict[str, list[int]]]
"""Pages of the file by the pupil's code, then by the school year that they are of ("": of none)."""
TOTALS = "*"
"""In place of a pupil's code: where a class table has its totals, its lock, its signatures and its statistics."""
_TOTALS_BEGIN: Final = "Sốlượngmức"


@dataclass(frozen=True, slots=True)
class Changed:
    """What a correction has changed in a book: these pupils, on the pages of this school year ("" in a class table)."""

    codes: frozenset[str]
    year: str

    def pages_in(self, places: Mapping[str, Mapping[str, Sequence[int]]]) -> tuple[int, ...]:
        """In order; () where the pupils' pages are not known."""
        own = {page for code in self.codes for page in places.get(code, {}).get(self.year, ())}
        totals = places.get(TOTALS, {}).get("", ()) if own else ()
        return tuple(sorted({*own, *totals}))


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
    """Where each pupil has one part of the file, of so many pages, an empty back page included."""
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
    first = next((page for page, text in enumerate(texts, start=1) if _TOTALS_BEGIN in text), len(texts))
    places: Places = {TOTALS: {"": list(range(first, len(texts) + 1))}}
    for row in table.rows:
        wanted = squeezed(f"{row.pupil_code}{row.full_name}")
        places[row.pupil_code] = {"": [page for page, text in enumerate(texts, start=1) if wanted in text]}
    return places


def keep_only(file: Path, pages: Collection[int], *, title: str, metadata: bytes) -> None:
    """Leaves only these pages in a file, in their order; what makes it readable by machine goes with the others.

    `metadata`: its XMP packet.
    """
    with pikepdf.open(file, allow_overwriting_input=True) as whole, pikepdf.new() as kept:
        kept.pages.extend([whole.pages[page - 1] for page in sorted(pages)])
        for page in kept.pages:
            if pikepdf.Name.StructParents in page.obj:
                del page.obj[pikepdf.Name.StructParents]
        kept.docinfo["/Title"] = title
        kept.Root.Lang = pikepdf.String("vi")
        kept.Root.Metadata = kept.make_stream(metadata, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
        kept.save(file, deterministic_id=True)


def words_of(pages: Sequence[int]) -> str:
    """ "trang 4–5, 12"."""
    runs = []
    for _key, run in groupby(enumerate(sorted(pages)), key=lambda pair: pair[1] - pair[0]):
        numbers = [number for _place, number in run]
        runs.append(str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}")
    return f"trang {', '.join(runs)}"
