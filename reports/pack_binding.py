"""Make a transfer pack as `book_binding` makes a book: read at one moment, drawn, bound, read back, then published.

Runs in a worker; nothing here knows of queues.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from accounts.audit_chain import head_code
from reports import kept_pages, pdf, read_back
from reports.book_binding import Bound, marks_of, one_moment, page_count, publishing
from reports.book_content import Transcript
from reports.foot_line import audit_foot
from reports.models import PrintJob
from reports.print_addresses import address_of
from reports.text_edges import LETTER, TRANSCRIPT
from reports.transfer_packs import TEMPLATE, TransferPack, read_pack

TEACHER_TITLE = ("GIÁO VIÊN CHỦ NHIỆM",)


@dataclass(frozen=True, slots=True)
class PackManuscript:
    """All that shall stand in the pack. The names are those of `book_binding.Manuscript`."""

    pack: TransferPack
    pupils: int = 1
    print_code: str = ""
    audit_code: str = ""

    @property
    def lines(self) -> int:
        return len(self.pack.subjects)

    @property
    def title(self) -> str:
        return self.pack.title

    @property
    def parts(self) -> tuple[Transcript, ...]:
        """What has a print code of its own."""
        return (self.pack.transcript,)

    @property
    def context(self) -> dict[str, Any]:
        return {"pack": self.pack, "teacher_title": TEACHER_TITLE}

    @property
    def is_preview(self) -> bool:
        return any(year.is_preview for year in self.pack.transcript.years)

    @property
    def lacks(self) -> dict[str, Any]:
        return {"has_homeroom_teacher": bool(self.pack.homeroom_teacher)}

    @property
    def content_hash(self) -> str:
        """64 hex digits that change when anything in the letter or the học bạ does."""
        letter = render_to_string(TEMPLATE, self.context)
        return hashlib.sha256(f"{letter}\n{pdf.content_hash(self.pack.transcript)}".encode()).hexdigest()

    @property
    def must_say(self) -> tuple[str, ...]:
        """What the letter and its annex are not whole without."""
        movement = self.pack.movement
        subjects = (row.label for row in self.pack.subjects)
        return (self.pack.student.full_name, self.pack.code, movement.other_province, *subjects)


def read_manuscript(job: PrintJob) -> PackManuscript:
    """`job` comes with its movement, pupil, year and class. Raises regulation.NotCovered."""
    assert job.movement is not None  # noqa: S101 - the database keeps a pack's movement
    with one_moment():
        return PackManuscript(read_pack(job.movement), audit_code=head_code())


def draw_pages(
    manuscript: PackManuscript, *, progressed: Callable[[int], None], stop_if_asked: Callable[[], None]
) -> list[Path]:
    """The letter with its annex, then the học bạ; `progressed` hears of the pupil when both are drawn."""
    stop_if_asked()
    letter = kept_pages.folder() / f"{manuscript.content_hash}.pdf"
    with kept_pages.written_whole(letter) as draft:
        draft.write_bytes(pdf.render(TEMPLATE, manuscript.context, title=manuscript.title))
    parts = [letter, kept_pages.kept_page(manuscript.pack.transcript)]
    progressed(manuscript.pupils)
    return parts


def bind(manuscript: PackManuscript, parts: Sequence[Path], *, name: str) -> Bound:
    """Checks both parts against the manuscript and publishes them as one file; returns its pages.

    The letter is not kept beside it: the next pack is of another day. Raises read_back.PrintRunShort.
    """
    letter, transcript = parts
    with publishing(parts, name=name, is_signed=not manuscript.is_preview) as draft:
        pdf.merge_into(
            draft,
            parts,
            title=manuscript.title,
            foot=audit_foot(manuscript.audit_code),
            addresses=["", address_of(pdf.print_code(manuscript.pack.transcript))],
            edges=[LETTER, TRANSCRIPT],
            marks=marks_of(manuscript),
        )
        faults = tuple(_missing(letter, manuscript))
        if faults:
            raise read_back.PrintRunShort(faults)
        count = page_count(transcript)
        read_back.check_transcripts(transcript, [manuscript.pack.transcript], pages=[count])
        pages = page_count(draft)
    kept_pages.forget([letter])
    return Bound(pages)


def _missing(letter: Path, manuscript: PackManuscript) -> Iterator[str]:
    text = read_back.text_of(letter).casefold()
    for words in manuscript.must_say:
        if read_back.squeezed(words).casefold() not in text:
            yield f"thiếu “{words}” ở giấy giới thiệu hoặc phụ lục"
