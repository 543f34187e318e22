"""Make one book: read it at one moment, draw its pages, bind them, read the result back, only then publish.

Runs in a worker; nothing here knows of queues. No transaction is open while pages are drawn.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pypdfium2
from django.core.files.storage import default_storage
from django.db import connection, transaction

from accounts.audit_chain import head_code
from gradebook.class_lines import lines_of
from gradebook.regulation import Period
from reports import kept_books, kept_pages, page_places, pdf, pdf_pages, pdf_signing, read_back
from reports.book_content import ClassTable, Transcript
from reports.class_tables import class_table
from reports.foot_line import audit_foot
from reports.models import PrintJob
from reports.pdf_archive import metadata_of
from reports.print_addresses import address_of
from reports.print_marks import Marks
from reports.superseded import changed_in, request_with_items
from reports.text_edges import edges_of
from reports.transcripts import transcript_of, transcripts_of

PlacesByCode = Mapping[str, Mapping[str, Sequence[int]]]
Contents = tuple[Transcript, ...] | ClassTable


@dataclass(frozen=True, slots=True)
class Bound:
    """A finished file: its pages, and on which of them each pupil stands (`PrintJob.places`)."""

    pages: int
    places: PlacesByCode = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manuscript:
    """All that shall stand in the book, as the database had it at one moment; `lines` are those taught.

    `changed`: only the pages with these changes are published, of a class table drawn as a whole.
    `audit_code` is the head of the audit chain at that moment: it stands on the paper and changes no page's hash.
    """

    contents: Contents
    lines: int
    title: str
    changed: page_places.Changed | None = None
    audit_code: str = ""

    @property
    def parts(self) -> tuple[Transcript | ClassTable, ...]:
        """What is drawn as a PDF of its own."""
        return (self.contents,) if isinstance(self.contents, ClassTable) else self.contents

    @property
    def pupils(self) -> int:
        return len(self.contents.rows) if isinstance(self.contents, ClassTable) else len(self.contents)

    @property
    def is_preview(self) -> bool:
        """Whether anything in the book can still change: a year not approved, a period not locked."""
        if isinstance(self.contents, ClassTable):
            return self.contents.is_preview
        return any(year.is_preview for pupil in self.contents for year in pupil.years)

    @property
    def lacks(self) -> dict[str, Any]:
        """What is not there to be signed, as fields of the print."""
        if isinstance(self.contents, ClassTable):
            return {
                "is_unopened": not self.contents.was_opened,
                "cells_missing": self.contents.missing_cells,
                "outcomes_missing": self.contents.pupils_without_outcome,
                "has_homeroom_teacher": bool(self.contents.homeroom_teacher),
            }
        years = [year for pupil in self.contents for year in pupil.years]
        return {"has_homeroom_teacher": all(year.homeroom_teacher for year in years)}

    @property
    def print_code(self) -> str:
        """The code at the foot of each page; "" for the books of many pupils, which have one each."""
        return pdf.print_code(self.contents) if isinstance(self.contents, ClassTable) else ""

    @property
    def content_hash(self) -> str:
        """64 hex digits that change when anything in the book does; of a class table those on its paper."""
        if isinstance(self.contents, ClassTable):
            return pdf.content_hash(self.contents)
        hashes = "\n".join(pdf.content_hash(part) for part in self.parts)
        return hashlib.sha256(hashes.encode()).hexdigest()


def read_manuscript(job: PrintJob) -> Manuscript:
    """Read what the book shall hold. Statements independent of pupils and years.

    Raises regulation.NotCovered for the class table of a year before Thông tư 27/2020.
    """
    school_class = job.school_class
    assert school_class is not None  # noqa: S101 - the database keeps the class of a book
    with one_moment():
        lines = len(lines_of(school_class))
        contents: Contents
        if job.student is not None:
            contents = (transcript_of(job.student, school_class.year),)
        elif job.book == PrintJob.Book.TRANSCRIPTS:
            contents = transcripts_of(school_class)
        else:
            contents = class_table(school_class, Period(job.period))
        changed = _changed(job)
        code = head_code()
    if changed and not isinstance(contents, ClassTable):
        contents = tuple(each for each in contents if each.pupil_code in changed.codes)
    return Manuscript(contents, lines, job.title, changed, code)


def _changed(job: PrintJob) -> page_places.Changed | None:
    return changed_in(job, request_with_items(job.correction_id)) if job.correction_id else None


def draw_pages(
    manuscript: Manuscript, *, progressed: Callable[[int], None], stop_if_asked: Callable[[], None]
) -> list[Path]:
    """Draw each part that is not kept yet; `progressed` hears how many pupils are done.

    `stop_if_asked` is called before each part and may raise: what is drawn by then stays kept.
    """
    pages = []
    for place, part in enumerate(manuscript.parts, start=1):
        stop_if_asked()
        pages.append(kept_pages.kept_page(part))
        progressed(manuscript.pupils if isinstance(part, ClassTable) else place)
    return pages


def bind(manuscript: Manuscript, parts: Sequence[Path], *, name: str) -> Bound:
    """Put the parts into one file, check it against the manuscript, publish it as `name`.

    Raises read_back.PrintRunShort: nothing is published then, and the parts are forgotten.
    """
    is_whole = manuscript.changed is None
    with publishing(parts, name=name, is_signed=is_whole and not manuscript.is_preview) as draft:
        bound = _taken(manuscript, draft) if is_whole else None
        if bound is None:
            bound = _bound(manuscript, parts, draft)
        if manuscript.changed is None:
            return bound
        pages = manuscript.changed.pages_in(bound.places)
        if not pages:
            raise read_back.PrintRunShort(["không có trang nào của các em trong phiếu"])
        pdf_pages.keep_only(draft, pages, title=manuscript.title, marks=marks_of(manuscript))
        return Bound(len(pages))


def _taken(manuscript: Manuscript, draft: Path) -> Bound | None:
    """The same book, if it was bound before."""
    metadata = metadata_of(manuscript.title, marks_of(manuscript))
    facts = kept_books.take(_key(manuscript), draft, [audit_foot(manuscript.audit_code)], metadata)
    return None if facts is None else Bound(**facts)


def _bound(manuscript: Manuscript, parts: Sequence[Path], draft: Path) -> Bound:
    join(manuscript, parts, draft)
    counts = [page_count(part) for part in parts]
    texts = read_back.page_texts(draft)
    _check(texts, manuscript, counts)
    bound = Bound(sum(counts), page_places.places_in(texts, manuscript.contents, counts))
    if manuscript.changed is None and manuscript.audit_code:
        kept_books.keep(_key(manuscript), draft, asdict(bound), [bound.pages])
    return bound


def _key(manuscript: Manuscript) -> str:
    return kept_books.key_of(manuscript.content_hash, manuscript.title)


@contextmanager
def publishing(parts: Sequence[Path], *, name: str, is_signed: bool) -> Iterator[Path]:
    """Yields the draft of a file that is published as `name` when the block ends well, signed where it is wished.

    It is no preview then that is signed; who signs is known before the work begins. Where the block fails nothing is
    published, and the parts are forgotten: one that is damaged would spoil each attempt alike.
    """
    signer = pdf_signing.signer_in_force() if is_signed else None
    is_bound = False
    try:
        with kept_pages.written_whole(Path(default_storage.path(name))) as draft:
            yield draft
            pdf_signing.sign(draft, signer)
        is_bound = True
    finally:
        if not is_bound:
            kept_pages.forget(parts)


class Joinable(Protocol):
    """A manuscript each of whose parts has a print code of its own."""

    @property
    def title(self) -> str: ...
    @property
    def audit_code(self) -> str: ...
    @property
    def content_hash(self) -> str: ...
    @property
    def parts(self) -> Sequence[pdf.Content]: ...


def join(manuscript: Joinable, parts: Sequence[Path], draft: Path, *, is_numbered: bool = False) -> None:
    """Writes the drawn parts to one file, with what belongs to the printing laid over (`pdf.merge_into`)."""
    addresses = [address_of(pdf.print_code(part)) for part in manuscript.parts]
    pdf.merge_into(
        draft,
        parts,
        title=manuscript.title,
        foot=audit_foot(manuscript.audit_code),
        addresses=addresses,
        edges=[edges_of(part) for part in manuscript.parts],
        marks=marks_of(manuscript),
        is_numbered=is_numbered,
    )


def marks_of(manuscript: Joinable) -> Marks:
    """What proves the print, for its metadata."""
    codes = (manuscript.audit_code,) if manuscript.audit_code else ()
    return Marks(manuscript.content_hash, codes, tuple(pdf.content_hash(part) for part in manuscript.parts))


def _check(texts: list[str], manuscript: Manuscript, counts: Sequence[int]) -> None:
    if isinstance(manuscript.contents, ClassTable):
        read_back.check_class_table(texts, manuscript.contents)
    else:
        read_back.check_transcripts(texts, manuscript.contents, pages=counts)


def page_count(file: Path) -> int:
    document = pypdfium2.PdfDocument(file)
    try:
        return len(document)
    finally:
        document.close()


@contextmanager
def one_moment() -> Iterator[None]:
    """All statements inside see the database as it was at the first: no book mixes before and after."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
