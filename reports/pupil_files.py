"""The học bạ or slip of each pupil as a file of its own, out of the file of the class: the same pages, the same foot.

Named in plain letters by class, code and name. Many together are a ZIP, written to the disk pupil by pupil; it is kept
beside the drawn pages and made again when it was taken away there.
"""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from django.conf import settings
from django.db import transaction

from accounts import background
from gradebook.regulation import Period
from reports.models import PrintBatch, PrintJob
from reports.periods_so_far import in_sentence
from reports.print_marks import Marks
from reports.transcripts import pupil_code
from reports.whole_files import KEPT, written_whole
from students.models import Student
from students.names import file_words

TASK: Final = "pack_pupil_files"
PACKS: Final = background.Kind(TASK, key="packed_batch_id", locks=33)


@dataclass(frozen=True, slots=True)
class PupilFile:
    """`place` in the book, from 1. The name is that of today; where the code has changed since, the code alone.

    `student`: None then. `is_changed`: the pupil's slip would say something else today (`reports.changed_slips`).
    """

    place: int
    code: str
    name: str
    first: int
    student_id: int | None = None
    is_changed: bool = False

    def file_name(self, job: PrintJob) -> str:
        """HocBa-4A-HS000123-nguyen-van-an-ban-in-18.pdf, PhieuKetQua-4A-GHKI-HS000123-…"""
        class_name = file_words(job.school_class.name).upper() if job.school_class else ""
        kind = ["PhieuKetQua", class_name, job.period] if is_of_slips(job) else ["HocBa", class_name]
        words = [*kind, file_words(self.code), file_words(self.name), "ban-in", str(job.pk)]
        return "-".join(filter(None, words)) + ".pdf"

    def title(self, job: PrintJob) -> str:
        """As the part is titled when it is drawn (`reports.pdf`)."""
        kind = "Phiếu kết quả" if is_of_slips(job) else "Học bạ"
        return " – ".join(filter(None, (kind, self.name, self.code)))


def is_of_slips(job: PrintJob) -> bool:
    return job.book == PrintJob.Book.SLIPS


def what_of(job: PrintJob) -> str:
    """«học bạ», «phiếu kết quả cuối học kì I»: what each pupil has of it."""
    return f"phiếu kết quả {in_sentence(Period(job.period))}" if is_of_slips(job) else "học bạ"


def has_pupil_files(job: PrintJob) -> bool:
    """A finished book of học bạ or slips of which is known where each pupil stands, and whose structure is whole."""
    is_done = job.state == PrintJob.State.DONE
    is_of_pupils = job.book in (PrintJob.Book.TRANSCRIPTS, PrintJob.Book.SLIPS)
    return is_done and is_of_pupils and bool(job.places) and not job.correction_id


def pupils_of(job: PrintJob) -> list[PupilFile]:
    """In the book's order. One statement."""
    known = {pupil_code(each): each for each in _sat_in(job)}
    firsts = sorted(
        (min(p for pages in years.values() for p in pages), code) for code, years in job.places.items()
    )
    return [
        PupilFile(place, code, pupil.full_name if pupil else "", first, pupil.pk if pupil else None)
        for place, (first, code, pupil) in enumerate(
            ((*each, known.get(each[1])) for each in firsts), start=1
        )
    ]


def _sat_in(job: PrintJob) -> Sequence[Student]:
    sat = Student.objects.filter(enrolments__school_class=job.school_class_id).distinct()
    return list(sat.only("full_name", "moet_id", "school_code"))


def pupil_pdf(job: PrintJob, wanted: PupilFile, among: Sequence[PupilFile]) -> bytes:
    """Signed as the book is. Raises FileNotFoundError when the file of the print is gone, CertificateUnusable as
    `reports.pdf_signing.signer_in_force`.
    """
    # Only here: the web server seldom takes files apart.
    from reports.pdf_signing import signed, signer_in_force  # noqa: PLC0415
    from reports.pdf_split import parts_beginning_at, splitting  # noqa: PLC0415

    parts = parts_beginning_at([each.first for each in among], job.pages or 0)
    marks = _marks(job)[wanted.place - 1]
    with splitting(Path(job.file.path)) as splitter:
        own = splitter.part(parts[wanted.place - 1], title=wanted.title(job), marks=marks)
    return signed(own, None if job.is_preview else signer_in_force())


def _marks(job: PrintJob) -> list[Marks]:
    """Of each part of a print, in its order; without a hash where it was printed before those were kept."""
    codes = (job.audit_code,) if job.audit_code else ()
    hashes = list(job.parts.order_by("place").values_list("content__content_hash", flat=True))
    return [Marks(each, codes, (each,)) for each in hashes] or [Marks("", codes)] * len(job.places)


def class_zip(job: PrintJob) -> Path:
    """The ZIP of a class, made if it is not there. Raises as `pupil_pdf`."""
    target = _kept(f"print-{job.pk}.zip")
    if not target.exists():
        with written_whole(target) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as packed:
            _pack(packed, job, folder="")
    return target


def batch_zip(batch: PrintBatch) -> Path:
    """Where the ZIP of a batch is once a worker has made it."""
    return _kept(f"batch-{batch.pk}.zip")


def ask_for_batch_zip(batch: PrintBatch) -> None:
    """Puts the packing into the queue, once. Raises CertificateUnusable here, where somebody reads it."""
    from reports.pdf_signing import signer_in_force  # noqa: PLC0415 - as in pupil_pdf

    if not batch.is_preview:
        signer_in_force()
    if not batch_zip(batch).exists():
        PACKS.enqueue_once(batch.pk)


def is_being_packed(batch: PrintBatch) -> bool:
    return PrintBatch.objects.filter(PACKS.in_queue("todo", "doing"), pk=batch.pk).exists()


def resume_stalled() -> list[int]:
    """Gives the packing that a dead worker had in hand back to the queue."""
    with transaction.atomic():
        return PACKS.retry_stalled()


def make_batch_zip(batch_id: int) -> None:
    """A folder a class; one class after another, so that memory does not grow. Raises InOtherHands."""
    with PACKS.alone_with(batch_id):
        batch = PrintBatch.objects.get(pk=batch_id)
        target = batch_zip(batch)
        if batch.state != PrintBatch.State.DONE or target.exists():
            return
        jobs = batch.jobs.select_related("school_class").order_by("school_class")
        with written_whole(target) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as packed:
            for job in jobs:
                class_name = file_words(job.school_class.name).upper() if job.school_class else ""
                _pack(packed, job, folder=f"{class_name}/")


def _pack(packed: zipfile.ZipFile, job: PrintJob, *, folder: str) -> None:
    from reports.pdf_signing import sign, signer_in_force  # noqa: PLC0415 - as in pupil_pdf
    from reports.pdf_split import parts_beginning_at, splitting  # noqa: PLC0415

    signer = None if job.is_preview else signer_in_force()
    pupils = pupils_of(job)
    parts = parts_beginning_at([each.first for each in pupils], job.pages or 0)
    with splitting(Path(job.file.path)) as splitter, TemporaryDirectory() as aside:
        for pupil, part, marks in zip(pupils, parts, _marks(job), strict=True):
            own = Path(aside) / "own.pdf"
            own.write_bytes(splitter.part(part, title=pupil.title(job), marks=marks))
            sign(own, signer)
            packed.write(own, folder + pupil.file_name(job))


def _kept(name: str) -> Path:
    return Path(settings.MEDIA_ROOT) / KEPT / name
