"""One attempt of a worker at a print or at a batch: counted before anything else, answered for however it ends.

Every state that a worker writes goes through `note`, which leaves alone what is no longer the attempt's: somebody has
cancelled it, or asked to go on with it meanwhile.
"""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final

from django.db.models.functions import Now

from accounts import background
from accounts.disks import is_no_room
from accounts.history import Source, acting
from gradebook.regulation import NotCovered
from reports.models import DataArchive, PrintBatch, PrintJob
from reports.own_books import NothingHeld
from reports.print_moves import OPEN
from reports.signed_files import CertificateUnusable

logger = logging.getLogger(__name__)

MAX_ATTEMPTS: Final = 3
SECONDS_BETWEEN_NOTES: Final = 0.5
Printed = PrintJob | PrintBatch
Row = Printed | DataArchive


class PrintInterrupted(Exception):
    """The worker was told to stop; the print goes back to the queue and the attempt does not count."""


class PrintCancelled(Exception):
    """Somebody has cancelled the print; what was drawn stays kept."""


class PrintGivenUp(Exception):
    """The last attempt failed too; the print says so."""


def begin(row: Row, **fields: Any) -> bool:
    """Counts the attempt; False when there is nothing left to do."""
    if row.state not in OPEN:
        return False
    if row.attempts >= MAX_ATTEMPTS:
        sentence = (
            f"Máy in nền đã dừng đột ngột {row.attempts} lần khi đang {_words(row)}. Hãy báo người quản trị hệ "
            f"thống xem nhật kí máy in nền ({_number(row)}), rồi {_again(row)}."
        )
        logger.error("%s failed: %s", _number(row), sentence)
        _note(row, {}, state="failed", failure=sentence, finished_at=Now())
        return False
    row.attempts += 1
    _note(row, {}, state="running", attempts=row.attempts, started_at=Now(), **fields)
    return True


def note(row: Row, **fields: Any) -> None:
    """Writes fields of a print that this attempt has in hand. Raises PrintCancelled when it has no longer."""
    with as_the_printer():
        own = type(row)._default_manager.filter(pk=row.pk, state="running", attempts=row.attempts)  # noqa: SLF001
        if not own.update(**fields):
            raise PrintCancelled


@dataclass(slots=True)
class ProgressNotes:
    """Writes progress at most twice a second, each time as a statement of its own. Raises PrintCancelled."""

    job: PrintJob
    noted_at: float = field(default=0.0)

    def heard(self, pupils_done: int) -> None:
        if time.monotonic() - self.noted_at >= SECONDS_BETWEEN_NOTES:
            note(self.job, pupils_done=pupils_done)
            self.noted_at = time.monotonic()


@dataclass(slots=True)
class Attempt:
    """What becomes of the print when making it fails."""

    row: Row

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """True (the print is answered for) when trying again would end the same way."""
        from reports.read_back import PrintRunShort  # noqa: PLC0415 - the worker's part: it loads pdfium

        if isinstance(problem, PrintInterrupted):
            self._note(state="waiting", attempts=self.row.attempts - 1)
        elif isinstance(problem, PrintCancelled):
            logger.info("%s was cancelled", _number(self.row))
            return True
        elif isinstance(problem, PrintRunShort):
            self._fail(problem.message_vi)
            return True
        elif isinstance(problem, NotCovered | NothingHeld | CertificateUnusable):
            self._fail(str(problem))
            return True
        elif isinstance(problem, Exception) and is_no_room(problem):
            # No fault of the print: it waits for room, as its page says, and is tried again (reports.tasks).
            logger.warning("%s waits for room on the disk: %s", _number(self.row), problem)
            self._note(state="waiting", attempts=self.row.attempts - 1)
        elif isinstance(problem, Exception):
            self._count(problem)
        return False

    def _count(self, problem: Exception) -> None:
        if self.row.attempts < MAX_ATTEMPTS:
            self._note(state="waiting")
            return
        self._fail(
            f"Không xong sau {self.row.attempts} lần thử do lỗi hệ thống. Hãy {_again(self.row)}; nếu vẫn lỗi, báo "
            f"người quản trị hệ thống {_number(self.row)}.",
        )
        raise PrintGivenUp from problem

    def _fail(self, sentence: str) -> None:
        logger.error("%s failed: %s", _number(self.row), sentence)
        self._note(state="failed", failure=sentence, finished_at=Now())

    def _note(self, **fields: Any) -> None:
        """Nothing where the print was cancelled, even if it was resumed since."""
        _note(self.row, {"attempts": self.row.attempts}, **fields)


def stopping(should_stop: Callable[[], bool]) -> Callable[[], None]:
    """What raises PrintInterrupted once the worker is told to stop."""

    def stop_if_asked() -> None:
        if should_stop():
            raise PrintInterrupted

    return stop_if_asked


def resume_stalled(kind: background.Kind, model: type[Row], *, lost: Any) -> list[int]:
    """Gives the work of dead workers back to the queue, and puts in the rows of `lost` that have no place there.

    Called by every worker every few seconds; two at once do not take the same row. Returns the rows' ids.
    """
    rows = model._default_manager  # noqa: SLF001
    with as_the_printer():
        resumed = kind.retry_stalled()
        rows.filter(pk__in=resumed, state="running").update(state="waiting")
    homeless = rows.filter(~kind.in_queue("todo", "doing"), lost, state__in=OPEN)
    resumed += [row.pk for row in homeless if kind.enqueue_once(row.pk)]
    if resumed:
        logger.warning("%s taken up again after their worker ended: %s", model.__name__, resumed)
    return resumed


def as_the_printer() -> AbstractContextManager[Any]:
    """So that the audit chain does not take the worker for somebody outside the application."""
    return acting(None, role="Máy in nền", source=Source.SYSTEM)


def _note(row: Row, only: Mapping[str, Any], **fields: Any) -> None:
    """A print that is done, failed or cancelled stays as it is; so does one that is not as `only` says."""
    with as_the_printer():
        type(row)._default_manager.filter(pk=row.pk, state__in=OPEN, **only).update(**fields)  # noqa: SLF001


def _words(row: Row) -> str:
    if isinstance(row, DataArchive):
        return "lập gói này"
    return "in sổ này" if isinstance(row, PrintJob) else "in đợt này"


def _again(row: Row) -> str:
    return "lập gói khác" if isinstance(row, DataArchive) else "bấm «In tiếp»"


def words_of(row: Row) -> str:
    """What people call it: «bản in», «đợt in», «gói dữ liệu»."""
    if isinstance(row, DataArchive):
        return "gói dữ liệu"
    return "bản in" if isinstance(row, PrintJob) else "đợt in"


def _number(row: Row) -> str:
    return f"{words_of(row)} số {row.pk}"
