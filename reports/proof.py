"""Is a print that somebody holds in the hand the current one, and what has changed since (issue 7, part 6).

Its code leads to what it said (`reports.printed_parts`); the same part is read anew and compared word for word. So the
answer needs no trust in the paper: a code that was copied onto another text shows what stands in the register.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.audit_chain import in_chain
from gradebook.regulation import NotCovered, Period
from reports.class_tables import class_table
from reports.models import PrintCopies, PrintedPart, PrintJob
from reports.own_books import NothingHeld, own_book
from reports.printed_words import Content, Difference, Words, differences, tells_of_preview, words_of
from reports.slips import slips_of
from reports.transcripts import pupil_code, transcript_of

_CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{8}")
_CALLED = re.compile(r"MÃ\s*BẢN\s*IN\s*:?")
_FURTHER = "·"
_MOST_PRINTS = 20
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


@dataclass(frozen=True, slots=True)
class Printing:
    """A print with the content of a code: a paper of it has this `audit_code` ("" for none) at its foot.

    `copies`: how many on paper are noted, also for the batch it is of.
    """

    job: PrintJob
    copies: int
    is_chained: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """What there is to say of a code. `part`: of the last print with it; `prints`: the latest with it, newest first.

    `changed`: where today's book says something else. `later`: the last print of the same part with another code.
    """

    code: str
    part: PrintedPart
    prints: Sequence[Printing]
    changed: Sequence[Difference]
    later: PrintedPart | None

    @property
    def job(self) -> PrintJob:
        return self.part.job

    @property
    def is_current(self) -> bool:
        return not self.changed

    @property
    def is_valid(self) -> bool:
        """Current, and no preview: of this part, whatever else its print held."""
        return self.is_current and not tells_of_preview(self.part.content.words)

    @property
    def readers(self) -> str:
        """Who may read its words."""
        return (
            f"văn thư, Ban giám hiệu hoặc {'chính giáo viên ấy' if self.job.teacher else 'giáo viên của lớp'}"
        )

    @property
    def whose(self) -> str:
        """«em Nguyễn Văn An, lớp 4A», «lớp 4A», «Trần Văn Minh»."""
        if self.job.teacher:
            return self.job.teacher.full_name
        of_class = f"lớp {self.job.school_class.name}" if self.job.school_class else ""
        return f"em {self.part.student.full_name}, {of_class}" if self.part.student else of_class


def normal_code(typed: str) -> str:
    """ "7K3M-9QXD" for what people type, a square code holds or stands at a foot («Mã bản in: 7K3M-9QXD · …»).

    "" where it cannot be one.
    """
    said = _CALLED.split(unicodedata.normalize("NFC", typed).upper())[-1].partition(_FURTHER)[0]
    letters = "".join(said.split()).replace("-", "").translate(_READ_AS)
    return f"{letters[:4]}-{letters[4:]}" if _CODE.fullmatch(letters) else ""


def read_proof(code: str) -> Proof | None:
    """None where no print has the code. Some twenty statements, whatever the class and the number of its prints."""
    parts = list(_parts().filter(content__code=code)[:_MOST_PRINTS])
    if not parts:
        return None
    part = parts[0]
    return Proof(
        code=code,
        part=part,
        prints=_printings([each.job for each in parts]),
        changed=differences(part.content.words, _words_now(part)),
        later=_later(part, code),
    )


def _printings(jobs: Sequence[PrintJob]) -> list[Printing]:
    """Two statements."""
    chained = in_chain(job.audit_code for job in jobs)
    batches = {job.batch_id for job in jobs if job.batch_id}
    rows = PrintCopies.objects.filter(Q(job__in=jobs) | Q(batch__in=batches))
    noted = list(rows.values_list("job_id", "batch_id", "count"))
    return [
        Printing(
            job,
            sum(
                count
                for of_job, of_batch, count in noted
                if of_job == job.pk or (of_batch is not None and of_batch == job.batch_id)
            ),
            not job.audit_code or job.audit_code in chained,
        )
        for job in jobs
    ]


def _parts() -> QuerySet[PrintedPart]:
    return PrintedPart.objects.select_related(
        "content",
        "student",
        "job__school_class__year",
        "job__asked_by",
        "job__movement__student",
        "job__correction",
        "job__teacher",
        "job__school_year",
    ).order_by("-job_id")


def _words_now(part: PrintedPart) -> Words:
    """What the part would say if it were printed now; nothing where there is no such part any more."""
    try:
        content = _content_now(part)
    except (NotCovered, NothingHeld):
        return {}
    return words_of(content) if content is not None else {}


def _content_now(part: PrintedPart) -> Content | None:
    """Raises NotCovered, NothingHeld."""
    job, period = part.job, Period(part.job.period)
    if job.teacher is not None:
        parts = own_book(job.teacher, job.year, period).parts
        return parts[part.place - 1] if part.place <= len(parts) else None
    assert job.school_class is not None  # noqa: S101 - the database keeps the class of every other book
    if part.student is None:
        return class_table(job.school_class, period)
    if job.book == PrintJob.Book.SLIPS:
        code = pupil_code(part.student)
        return next((slip for slip in slips_of(job.school_class, period) if slip.pupil_code == code), None)
    return transcript_of(part.student, job.year)


def _later(part: PrintedPart, code: str) -> PrintedPart | None:
    same: dict[str, Any] = {
        "job__book": part.job.book,
        "job__period": part.job.period,
        "student": part.student,
    }
    if part.job.teacher is not None:
        same |= {"job__teacher": part.job.teacher, "job__school_year": part.job.year, "place": part.place}
    elif part.student is None:
        same |= {"job__school_class": part.job.school_class}
    else:
        same |= {"job__school_class__year": part.job.year}
    return _parts().filter(**same, job__gt=part.job).exclude(content__code=code).first()
