"""Make a decision or its certificates as `book_binding` makes a book: read, drawn, bound, read back, published.

Runs in a worker; nothing here knows of queues.
"""

import hashlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import pypdfium2
from django.template.loader import render_to_string

from accounts.audit_chain import head_code
from gradebook.decision_lists import Line, Part
from reports import kept_pages, pdf, read_back
from reports.book_binding import Bound, marks_of, one_moment, page_count, publishing
from reports.decision_papers import (
    CERTIFICATES,
    DECISION,
    Certificates,
    DecisionPaper,
    read_certificates,
    read_decision_paper,
)
from reports.models import PrintJob
from reports.page_places import Places

_LIST_BEGINS: Final = read_back.squeezed("(Kèm theo Quyết định")
Sheet = tuple[str, dict[str, Any], int]
"""What is drawn as a PDF of its own: template, context, how many pupils are done with it."""


@dataclass(frozen=True, slots=True)
class PaperManuscript:
    """All that shall stand in the file. The names are those of `book_binding.Manuscript`.

    `audit_code` goes into the file's metadata and the register: at the foot of an official paper there is no place for
    it (Nghị định 30/2020).
    """

    content: DecisionPaper | Certificates
    print_code: str = ""
    audit_code: str = ""
    lines: int = 0
    parts: tuple[()] = ()

    @property
    def title(self) -> str:
        return self.content.title

    @property
    def pupils(self) -> int:
        if isinstance(self.content, Certificates):
            return len(self.content.all)
        return self.content.pupils + self.content.struck

    @property
    def is_preview(self) -> bool:
        return isinstance(self.content, DecisionPaper) and self.content.is_draft

    @property
    def lacks(self) -> dict[str, Any]:
        return {}

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        if isinstance(self.content, DecisionPaper):
            return ((DECISION, {"paper": self.content}, self.pupils),)
        return tuple(
            (CERTIFICATES, {"paper": self.content, "certificates": each}, len(each))
            for _class_name, each in self.content.by_class
        )

    @property
    def content_hash(self) -> str:
        """64 hex digits that change when anything on the paper does."""
        words = "\n".join(render_to_string(template, context) for template, context, _pupils in self.sheets)
        return hashlib.sha256(words.encode()).hexdigest()


def read_manuscript(job: PrintJob) -> PaperManuscript:
    """`job` comes with its decision, year, class and who issued it."""
    assert job.decision is not None  # noqa: S101 - the database keeps the decision of such a print
    with one_moment():
        if job.book == PrintJob.Book.CERTIFICATES:
            return PaperManuscript(read_certificates(job.decision, job.school_class), audit_code=head_code())
        return PaperManuscript(read_decision_paper(job.decision), audit_code=head_code())


def draw_pages(
    manuscript: PaperManuscript, *, progressed: Callable[[int], None], stop_if_asked: Callable[[], None]
) -> list[Path]:
    """A class of certificates at a time; `progressed` hears how many pupils are done."""
    parts, done = [], 0
    for number, (template, context, pupils) in enumerate(manuscript.sheets):
        stop_if_asked()
        part = kept_pages.folder() / f"{manuscript.content_hash}-{number}.pdf"
        with kept_pages.written_whole(part) as draft:
            draft.write_bytes(pdf.render(template, context, title=manuscript.title))
        parts.append(part)
        done += pupils
        progressed(done)
    return parts


def bind(manuscript: PaperManuscript, parts: Sequence[Path], *, name: str) -> Bound:
    """Checks the file against the manuscript and publishes it; the parts are not kept beside it.

    Raises read_back.PrintRunShort.
    """
    with publishing(parts, name=name, is_signed=False) as draft:
        pdf.merge_into(draft, parts, title=manuscript.title, marks=marks_of(manuscript))
        faults = tuple(_faults(draft, manuscript.content))
        if faults:
            raise read_back.PrintRunShort(faults)
        pages = page_count(draft)
        places = _places(draft, manuscript.content)
    kept_pages.forget(parts)
    return Bound(pages, places)


def _faults(file: Path, content: DecisionPaper | Certificates) -> Iterator[str]:
    if isinstance(content, Certificates):
        yield from _certificate_faults(file, content)
        return
    for part, line, page in _lines_on_pages(file, content):
        if page is None:
            yield f"thiếu hoặc sai thứ tự: {line.student.full_name} trong danh sách “{part.title}”"


def _places(file: Path, content: DecisionPaper | Certificates) -> Places:
    """On which pages of the file each pupil stands, by id."""
    if isinstance(content, Certificates):
        return {str(each.student_id): {"": [page]} for page, each in enumerate(content.all, start=1)}
    found: dict[str, set[int]] = defaultdict(set)
    for _part, line, page in _lines_on_pages(file, content):
        if page is not None:
            found[str(line.student.pk)].add(page)
    return {pupil: {"": sorted(pages)} for pupil, pages in found.items()}


def _lines_on_pages(file: Path, paper: DecisionPaper) -> Iterator[tuple[Part, Line, int | None]]:
    """Each line of the lists with its page, from 1; None where the name is not there in this order."""
    texts = [read_back.squeezed(text) for text in read_back.page_texts(file)]
    ends = list(accumulate(map(len, texts)))
    text, at = "".join(texts), 0
    for part in paper.lists:
        # The grounds on the first page may name a pupil of the list too.
        at = max(at, text.find(_LIST_BEGINS, at))
        for line in part.lines:
            place = text.find(read_back.squeezed(line.student.full_name), at)
            at = max(at, place)
            yield part, line, bisect_right(ends, place) + 1 if place >= 0 else None


def _certificate_faults(file: Path, content: Certificates) -> Iterator[str]:
    """One page each, in order, with the name and the title."""
    document = pypdfium2.PdfDocument(file)
    texts = [read_back.squeezed(page.get_textpage().get_text_range()) for page in document]
    document.close()
    if len(texts) != len(content.all):
        yield f"có {len(texts)} trang, phải có {len(content.all)}"
        return
    for text, each in zip(texts, content.all, strict=True):
        if any(read_back.squeezed(words) not in text for words in (each.name, each.title, each.class_name)):
            yield f"giấy khen của {each.name} không đủ nội dung"
