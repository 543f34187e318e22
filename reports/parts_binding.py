"""Make a class's slips or a teacher's own book as `book_binding` makes a book: read, drawn, bound, read back.

Runs in a worker; nothing here knows of queues. Each slip and each sheet is a part that is kept by itself. So the pages
of a sheet are numbered by themselves: a pupil more in one class draws no other sheet anew and changes no other code or
hash, and a sheet alone can take the old one's place. The number in the whole own book is laid over when it is bound.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accounts.audit_chain import head_code
from gradebook.class_lines import lines_of
from gradebook.regulation import Period
from reports import kept_pages, page_places, pdf
from reports.book_binding import Bound, join, one_moment, page_count, publishing
from reports.models import PrintJob
from reports.own_book_content import OwnBook
from reports.own_books import NothingHeld, own_book
from reports.read_back_parts import check_own_book, check_slips
from reports.slip_content import NOT_OPENED, Slip
from reports.slips import slips_of
from reports.transcripts import pupil_code
from students.models import Student

Contents = tuple[Slip, ...] | OwnBook


@dataclass(frozen=True, slots=True)
class PartsManuscript:
    """All that shall stand in the file. The names are those of `book_binding.Manuscript`.

    `lines`: lines taught in the class; of an own book its sheets.
    """

    contents: Contents
    lines: int
    title: str
    audit_code: str = ""
    print_code: str = ""

    @property
    def parts(self) -> tuple[pdf.Content, ...]:
        return self.contents.parts if isinstance(self.contents, OwnBook) else self.contents

    @property
    def pupils(self) -> int:
        return self.contents.pupils if isinstance(self.contents, OwnBook) else len(self.contents)

    @property
    def is_preview(self) -> bool:
        if isinstance(self.contents, OwnBook):
            return self.contents.is_preview
        return any(slip.is_preview for slip in self.contents)

    @property
    def lacks(self) -> dict[str, Any]:
        """What is not there to be signed, as fields of the print."""
        if isinstance(self.contents, OwnBook):
            sheets = self.contents.sheets
            return {
                "is_unopened": not any(sheet.was_opened for sheet in sheets),
                "cells_missing": sum(sheet.missing_cells for sheet in sheets),
            }
        return {
            "is_unopened": any(slip.preview == NOT_OPENED for slip in self.contents),
            "cells_missing": sum(slip.missing_cells for slip in self.contents),
            "outcomes_missing": sum(slip.lacks_outcome for slip in self.contents),
            "has_homeroom_teacher": all(slip.homeroom_teacher for slip in self.contents),
        }

    @property
    def content_hash(self) -> str:
        """64 hex digits that change when anything in the file does."""
        hashes = "\n".join(pdf.content_hash(part) for part in self.parts)
        return hashlib.sha256(hashes.encode()).hexdigest()


def read_manuscript(job: PrintJob) -> PartsManuscript:
    """Read what the file shall hold. Statements independent of pupils and classes.

    Raises regulation.NotCovered for a year before Thông tư 27/2020, own_books.NothingHeld.
    """
    with one_moment():
        if job.book == PrintJob.Book.SLIPS:
            assert job.school_class is not None  # noqa: S101 - the database keeps the class of a book
            lines = len(lines_of(job.school_class))
            slips = slips_of(job.school_class, Period(job.period))
            if job.student is not None:
                slips = _slip_of(job.student, slips)
            return PartsManuscript(slips, lines, job.title, head_code())
        assert job.teacher is not None  # noqa: S101 - the database keeps the teacher of an own book
        assert job.school_year is not None  # noqa: S101 - and its year
        book = own_book(job.teacher, job.school_year, Period(job.period))
        return PartsManuscript(book, len(book.sheets), job.title, head_code())


def _slip_of(student: Student, slips: Sequence[Slip]) -> tuple[Slip, ...]:
    """Raises NothingHeld when the pupil has left the class."""
    own = tuple(slip for slip in slips if slip.pupil_code == pupil_code(student))
    if not own:
        raise NothingHeld(f"Em {student.full_name} không còn ở lớp này: không có phiếu để in.")
    return own


def draw_pages(
    manuscript: PartsManuscript, *, progressed: Callable[[int], None], stop_if_asked: Callable[[], None]
) -> list[Path]:
    """Draw each part that is not kept yet; `progressed` hears how many pupils are done, of all in proportion."""
    pages = []
    for place, part in enumerate(manuscript.parts, start=1):
        stop_if_asked()
        pages.append(kept_pages.kept_page(part))
        progressed(manuscript.pupils * place // len(manuscript.parts))
    return pages


def bind(manuscript: PartsManuscript, parts: Sequence[Path], *, name: str) -> Bound:
    """Put the parts into one file, check it against the manuscript, publish it as `name`.

    Raises read_back.PrintRunShort: nothing is published then, and the parts are forgotten.
    """
    with publishing(parts, name=name, is_signed=not manuscript.is_preview) as draft:
        join(manuscript, parts, draft, is_numbered=isinstance(manuscript.contents, OwnBook))
        counts = [page_count(part) for part in parts]
        if isinstance(manuscript.contents, OwnBook):
            check_own_book(draft, manuscript.contents, pages=counts)
        else:
            check_slips(draft, manuscript.contents, pages=counts)
        return Bound(sum(counts), page_places.places_of_parts(_keys(manuscript.contents), counts))


def _keys(contents: Contents) -> list[str]:
    """What each part is found by, in the order of the file."""
    if isinstance(contents, OwnBook):
        sheets = [page_places.sheet_label(sheet.subject, sheet.class_name) for sheet in contents.sheets]
        return [page_places.FRONT, *sheets]
    return [slip.pupil_code for slip in contents]
