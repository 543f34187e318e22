"""What each part of a finished print says, kept under the code at its foot (issue 7, part 6).

A part is what has a code of its own: a pupil's học bạ or slip, a class's table, a sheet of a teacher's own book. Kept
once a content, however often it is printed; written with the print's end, in its transaction, and never changed (the
database refuses it).
"""

from collections.abc import Iterable, Sequence

from django.db.models import Q

from reports import pdf
from reports.book_content import Transcript
from reports.models import PrintedContent, PrintedPart, PrintJob
from reports.printed_words import Content, words_of
from reports.slip_content import Slip
from students.models import Student


def keep_parts(job: PrintJob, contents: Iterable[Content]) -> None:
    """Three statements, two more where a content was never printed; within the caller's transaction."""
    parts = [(pdf.content_hash(content), content) for content in contents]
    known = _known(digest for digest, _content in parts)
    new = {digest: content for digest, content in parts if digest not in known}
    if new:
        rows = [
            PrintedContent(content_hash=digest, code=pdf.code_of(digest), words=words_of(content))
            for digest, content in new.items()
        ]
        PrintedContent.objects.bulk_create(rows, ignore_conflicts=True)
        known |= _known(new)
    students = _students([content for _digest, content in parts])
    PrintedPart.objects.bulk_create(
        PrintedPart(
            job=job,
            place=place,
            content_id=known[digest],
            student_id=students.get(_pupil_code(content)),
        )
        for place, (digest, content) in enumerate(parts, start=1)
    )


def _known(digests: Iterable[str]) -> dict[str, int]:
    rows = PrintedContent.objects.filter(content_hash__in=list(digests))
    return dict(rows.values_list("content_hash", "pk"))


def _pupil_code(content: Content) -> str:
    """ "" for what is of no one pupil."""
    return content.pupil_code if isinstance(content, Transcript | Slip) else ""


def _students(contents: Sequence[Content]) -> dict[str, int]:
    """Ids by the code that stands in the book (`transcripts.pupil_code`)."""
    codes = [code for content in contents if (code := _pupil_code(content))]
    if not codes:
        return {}
    own = [int(code[2:]) for code in codes if code.startswith("HS") and code[2:].isdecimal()]
    found = Student.objects.filter(Q(moet_id__in=codes) | Q(school_code__in=codes) | Q(pk__in=own))
    students: dict[str, int] = {}
    for pk, moet_id, school_code in found.values_list("pk", "moet_id", "school_code"):
        students[moet_id or school_code or f"HS{pk:06d}"] = pk
    return students
