"""The books of a grade or of the school: a print a class, which several workers take side by side, then one file.

Asking writes the batch, its prints and their places in the queue in one transaction. When the last class is done the
batch itself goes to the queue, to be bound into the file for the printer.
"""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from accounts import background, permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from gradebook.regulation import Period
from reports import print_attempts
from reports.models import PrintBatch, PrintJob
from reports.print_attempts import PrintCancelled, as_the_printer, note
from reports.print_jobs import PRINTS, WHO_PRINTS, BookRefused, check_covered_class
from reports.print_moves import OPEN
from reports.whole_files import written_whole
from students.models import Enrolment, SchoolClass, SchoolYear

TASK: Final = "bind_batch"
BATCHES: Final = background.Kind(TASK, key="batch_id", locks=32)
_NAMED: Final = 5


def ask_for_batch(
    *, book: str, year: SchoolYear, grade_level: int | None, period: str, by: User
) -> PrintBatch:
    """The books of all classes of a grade, or of the school (None), that have pupils; a học bạ is of the year's end.

    The same batch, still open, is given back instead. Raises PermissionDenied, BookRefused.
    """
    permissions.require(by, Action.PRINT_BOOKS, WHO_PRINTS)
    if book == PrintBatch.Book.TRANSCRIPTS:
        period = Period.YEAR_END
    wanted = {"book": book, "year": year, "grade_level": grade_level, "period": period}
    with transaction.atomic():
        SchoolYear.objects.select_for_update(no_key=True).get(pk=year.pk)
        same = PrintBatch.objects.filter(state__in=OPEN, **wanted).first()
        if same is not None:
            return same
        classes = _classes_of(year, grade_level, book)
        with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
            batch = PrintBatch.objects.create(**wanted, asked_by=by)
            jobs = PrintJob.objects.bulk_create(
                PrintJob(book=book, school_class=each, period=period, batch=batch, asked_by=by)
                for each in classes
            )
            for job in jobs:
                PRINTS.enqueue(job.pk)
            act.says(f"Đặt in {_lowered(batch.title)}: {len(jobs)} lớp", thing=f"print_batch:{batch.pk}")
    return batch


def _classes_of(year: SchoolYear, grade_level: int | None, book: str) -> list[SchoolClass]:
    """Raises BookRefused."""
    seats = Enrolment.objects.filter(school_class=OuterRef("pk"))
    classes = SchoolClass.objects.filter(Exists(seats), year=year).select_related("year")
    found = list(classes.filter(grade_level=grade_level) if grade_level else classes)
    if not found:
        where = f"Khối {grade_level}" if grade_level else "Trường"
        raise BookRefused(
            "school_class",
            f"{where} năm học {year.label} chưa có lớp nào có học sinh. Nạp danh sách lớp trước khi in.",
        )
    for each in found:
        check_covered_class(each, book=book)
    return found


def _lowered(title: str) -> str:
    return f"{title[0].lower()}{title[1:]}"


# -- The classes are over ----------------------------------------------------------------------------------


def settle_of(print_id: int) -> None:
    """What becomes of the batch of a print that is over, if it is of one."""
    batch_id = PrintJob.objects.filter(pk=print_id).values_list("batch_id", flat=True).first()
    if batch_id is not None:
        settle(batch_id)


def settle(batch_id: int) -> None:
    """Once no class is open any more: all done, and the batch goes to the queue to be bound; else it has failed."""
    with as_the_printer():
        batch = PrintBatch.objects.select_for_update(no_key=True).get(pk=batch_id)
        if batch.state != PrintBatch.State.WAITING or batch.jobs.filter(state__in=OPEN).exists():
            return
        short = batch.jobs.exclude(state=PrintJob.State.DONE).select_related("school_class")
        names = [job.school_class.name for job in short.order_by("school_class") if job.school_class]
        if not names:
            BATCHES.enqueue_once(batch.pk)
            return
        batch.failure = (
            f"Chưa in được {len(names)} lớp: {_listed(names)}. Các lớp khác đã in xong, được giữ lại; xem vì sao ở "
            "bảng các lớp, rồi bấm «In tiếp»."
        )
        batch.state, batch.finished_at = PrintBatch.State.FAILED, Now()
        batch.save(update_fields=["state", "failure", "finished_at"])


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" và {more} lớp khác" if more > 0 else "")


# -- Binding -----------------------------------------------------------------------------------------------


def run_batch(batch_id: int, *, should_stop: Callable[[], bool] = lambda: False) -> None:
    """Binds the classes of a batch into one file; one with open classes, or that is over, is left alone.

    Raises InOtherHands, PrintInterrupted, PrintGivenUp as `print_jobs.run_job`; any other error means: try again.
    """
    with BATCHES.alone_with(batch_id):
        batch = PrintBatch.objects.select_related("year").get(pk=batch_id)
        jobs = list(batch.jobs.select_related("school_class").order_by("school_class"))
        if any(job.state != PrintJob.State.DONE for job in jobs) or not print_attempts.begin(batch):
            return
        with print_attempts.Attempt(batch):
            print_attempts.stopping(should_stop)()
            _bind(batch, jobs)


def _bind(batch: PrintBatch, jobs: Sequence[PrintJob]) -> None:
    # Only here, so that the web server does not load what reads and joins files.
    from reports import kept_books  # noqa: PLC0415
    from reports.foot_line import audit_foot  # noqa: PLC0415
    from reports.pdf_archive import metadata_of  # noqa: PLC0415
    from reports.pdf_signing import sign, signer_in_force  # noqa: PLC0415
    from reports.print_marks import Marks  # noqa: PLC0415
    from reports.read_back import PrintRunShort  # noqa: PLC0415
    from reports.whole_book import ClassFile, bind_apart  # noqa: PLC0415

    files = [
        ClassFile(f"Lớp {job.school_class.name}", job.file.path, job.pages or 0, job.places)
        for job in jobs
        if job.school_class
    ]
    lost = [each.label for each in files if not Path(each.file).is_file()]
    if lost:
        raise PrintRunShort(
            [f"tệp của {label} không còn trên máy chủ, hãy đặt in lại cả đợt" for label in lost]
        )
    is_preview = any(job.is_preview for job in jobs)
    name = f"books/dot-{batch.pk}.pdf"
    hashes = "\n".join(job.content_hash for job in jobs)
    key = kept_books.key_of(hashes, batch.title)
    content_hash = hashlib.sha256(hashes.encode()).hexdigest()
    codes, parts = zip(*((job.audit_code, job.content_hash) for job in jobs), strict=True)
    metadata = metadata_of(batch.title, Marks(content_hash, codes, parts))
    with written_whole(Path(default_storage.path(name))) as draft:
        if kept_books.take(key, draft, [audit_foot(code) for code in codes], metadata) is None:
            faults = bind_apart(draft, files, title=batch.title, key=key, metadata=metadata)
            if faults:
                raise PrintRunShort(faults)
        sign(draft, None if is_preview else signer_in_force())
    try:
        note(
            batch,
            state=PrintBatch.State.DONE,
            pupils=sum(job.pupils_done for job in jobs),
            pages=sum(each.pages for each in files),
            file=name,
            content_hash=content_hash,
            is_preview=is_preview,
            finished_at=Now(),
            failure="",
        )
    except PrintCancelled:
        default_storage.delete(name)
        raise


def resume_stalled() -> list[int]:
    """The batches whose binder died; and those whose last class was done by a worker that died before it said so."""
    open_jobs = PrintJob.objects.filter(batch=OuterRef("pk"), state__in=OPEN)
    resumed = print_attempts.resume_stalled(BATCHES, PrintBatch, lost=Q(state=PrintBatch.State.RUNNING))
    waiting = PrintBatch.objects.filter(
        ~Exists(open_jobs), ~BATCHES.in_queue("todo", "doing"), state=PrintBatch.State.WAITING
    )
    for pk in waiting.values_list("pk", flat=True):
        settle(pk)
    return resumed
