"""Large pupil lists as background work: asked for by the clerk, carried out by a worker, once, whole or not at all.

Asking writes the run and its place in the queue in one transaction. The worker writes pupils, seats and the word that
the run is done in one transaction too: a worker killed at any moment leaves either everything or nothing, and the
next one begins anew. Progress goes over a connection of its own, where a page can see it meanwhile.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from accounts import background, clock, permissions
from accounts.history import CLERK_ROLE, Source, acting
from accounts.models import User
from accounts.powers import Action
from students.imports import STEPS, RosterChanged, RosterRefused
from students.models import RosterRun, RosterUpload
from students.uploads import WHO_IMPORTS, UploadRefused, apply_upload, file_of

logger = logging.getLogger(__name__)

TASK: Final = "carry_out_list"
QUEUE: Final = "lists"
RUNS: Final = background.Kind(TASK, key="run_id", locks=29)
MAX_ATTEMPTS: Final = 3
ROWS_AT_ONCE: Final = 300
"""Lists up to this length are carried out while the clerk waits: about a second."""
OPEN_STATES: Final = (RosterRun.State.WAITING, RosterRun.State.RUNNING)


class RunInterrupted(Exception):
    """The worker was told to stop; the run goes back to the queue and the attempt does not count."""


class RunGivenUp(Exception):
    """The last attempt failed too; the run says so."""


class RunCancelled(Exception):
    """The clerk has stopped the run; nothing of it stays."""


def is_large(upload: RosterUpload) -> bool:
    """Whether the list goes to the worker. Raises UploadRefused when its file is gone."""
    return len(file_of(upload).rows) > ROWS_AT_ONCE


def ask_for_run(upload: RosterUpload, *, previewed: str, by: User) -> RosterRun:
    """Writes a run and its place in the queue, both or neither; an open run of the list is given back instead.

    `previewed` is the fingerprint of the plan that the clerk was shown. Raises PermissionDenied, UploadRefused.
    """
    permissions.require(by, Action.IMPORT_ROSTERS, WHO_IMPORTS)
    with acting(by, role=CLERK_ROLE, source=Source.PAGE) as act:
        found = RosterUpload.objects.select_for_update(no_key=True).get(pk=upload.pk)
        act.says(f"Đặt nạp danh sách «{found.name}»", thing=f"roster_upload:{found.pk}")
        if found.applied_at:
            raise UploadRefused(f"Tệp này đã được nạp lúc {clock.moment_label(found.applied_at)}.")
        run = found.runs.filter(state__in=OPEN_STATES).first()
        if run is None:
            run = RosterRun.objects.create(upload=found, previewed=previewed, asked_by=by, total=len(STEPS))
            RUNS.enqueue(run.pk)
    return run


def cancel_run(run: RosterRun, *, by: User) -> bool:
    """Stops an open run; False when it was over already. Whatever the worker has written is rolled back."""
    permissions.require(by, Action.IMPORT_ROSTERS, WHO_IMPORTS)
    # By itself and first: the audit chain's end, which the act below waits for, is the worker's until it gives up.
    why = f"{by.full_name} đã dừng việc nạp. Chưa ghi dòng nào."
    if not _note(run, state=RosterRun.State.FAILED, failure=why, finished_at=Now()):
        return False
    with acting(by, role=CLERK_ROLE, source=Source.PAGE) as act:
        act.says(f"Dừng nạp danh sách «{run.upload.name}»", thing=f"roster_upload:{run.upload_id}")
    return True


def carry_out_run(run_id: int, *, should_stop: Callable[[], bool] = lambda: False) -> None:
    """Carries out the list of a run; a run that is over is left alone.

    Ends with the list taken in whole, or with the run saying why not. Raises InOtherHands when another worker has it,
    RunInterrupted when `should_stop`, RunGivenUp after the last attempt; any other error means: try again.
    """
    with RUNS.alone_with(run_id):
        run = _begin(run_id)
        if run is not None:
            with _answered_for(run), _progress_of(run, should_stop) as progressed, transaction.atomic():
                apply_upload(run.upload, previewed=run.previewed, by=run.asked_by, progressed=progressed)
                if not _note(run, state=RosterRun.State.DONE, done=len(STEPS), finished_at=Now()):
                    raise RunCancelled


def _begin(run_id: int) -> RosterRun | None:
    """The run with this attempt counted; None when there is nothing left to do."""
    run = RosterRun.objects.select_related("upload__year", "asked_by").get(pk=run_id)
    if run.state not in OPEN_STATES:
        return None
    if run.attempts >= MAX_ATTEMPTS:
        _fail(
            run,
            f"Máy chạy nền đã dừng đột ngột {run.attempts} lần khi đang nạp tệp này; chưa ghi dòng nào. Hãy báo người "
            f"quản trị hệ thống xem nhật kí máy chạy nền (lượt nạp số {run.pk}).",
        )
        return None
    _note(run, state=RosterRun.State.RUNNING, attempts=run.attempts + 1, step="", done=0, started_at=Now())
    run.attempts += 1
    return run


@contextmanager
def _progress_of(run: RosterRun, should_stop: Callable[[], bool]) -> Iterator[Callable[[int], None]]:
    """Gives what notes the number of the step begun, on a connection beside the transaction under way."""
    beside = connection.copy()

    def progressed(step: int) -> None:
        if should_stop():
            raise RunInterrupted
        with beside.cursor() as cursor:
            cursor.execute(
                "UPDATE students_rosterrun SET step = %s, done = %s WHERE id = %s AND state = 'running'",
                [STEPS[step], step, run.pk],
            )

    try:
        yield progressed
    finally:
        beside.close()


@contextmanager
def _answered_for(run: RosterRun) -> Iterator[None]:
    """What becomes of the run when it fails: nothing was written, and the run says why or is tried again."""
    try:
        yield
    except RunCancelled:
        pass
    except RunInterrupted:
        _note(run, state=RosterRun.State.WAITING, attempts=run.attempts - 1)
        raise
    except RosterChanged as refusal:
        _fail(run, f"{refusal} Xem lại kết quả tính lại dưới đây rồi bấm nạp lần nữa.")
    except (RosterRefused, UploadRefused, PermissionDenied) as refusal:
        _fail(run, str(refusal))
    except Exception as problem:
        if run.attempts < MAX_ATTEMPTS:
            _note(run, state=RosterRun.State.WAITING)
            raise
        _fail(
            run,
            f"Không nạp được sau {run.attempts} lần thử do lỗi hệ thống; chưa ghi dòng "
            f"nào. Hãy báo người quản trị hệ thống lượt nạp số {run.pk}.",
        )
        raise RunGivenUp from problem


def _fail(run: RosterRun, sentence: str) -> None:
    logger.error("List run %s failed: %s", run.pk, sentence)
    _note(run, state=RosterRun.State.FAILED, failure=sentence, finished_at=Now())


def _note(run: RosterRun, **fields: object) -> int:
    """One statement; a run that is over stays as it is, and the answer is 0."""
    return RosterRun.objects.filter(pk=run.pk, state__in=OPEN_STATES).update(**fields)


def resume_stalled() -> list[int]:
    """Gives the runs of dead workers back to the queue, and puts in those that have no place there.

    Called by every worker every few seconds. Returns the runs' ids.
    """
    with transaction.atomic():
        resumed = RUNS.retry_stalled()
        RosterRun.objects.filter(pk__in=resumed, state=RosterRun.State.RUNNING).update(
            state=RosterRun.State.WAITING
        )
    lost = RosterRun.objects.filter(~RUNS.in_queue("todo", "doing"), state__in=OPEN_STATES)
    resumed += [run.pk for run in lost if RUNS.enqueue_once(run.pk)]
    if resumed:
        logger.warning("Lists taken up again after their worker ended: %s", resumed)
    return resumed


@dataclass(frozen=True, slots=True)
class RunProgress:
    """A run as its page shows it. `phase`: asleep (no worker runs at all), waiting, running, done, failed."""

    run: RosterRun
    phase: str

    @property
    def is_open(self) -> bool:
        return self.phase in ("asleep", "waiting", "running")


def with_open_runs(uploads: QuerySet[RosterUpload]) -> QuerySet[RosterUpload]:
    """Adds `is_under_way`: whether the list waits for a worker or is in its hands."""
    open_runs = RosterRun.objects.filter(upload=OuterRef("pk"), state__in=OPEN_STATES)
    return uploads.annotate(is_under_way=Exists(open_runs))


def progress_of(upload: RosterUpload) -> RunProgress | None:
    """The last run of a list with how far it is; None when there was none. At most two statements."""
    run = upload.runs.select_related("asked_by").annotate(is_in_hand=RUNS.in_live_hands()).first()
    if run is None:
        return None
    if not run.is_open:
        return RunProgress(run, run.state)
    if run.state == RosterRun.State.RUNNING and run.is_in_hand:
        return RunProgress(run, "running")
    return RunProgress(run, "waiting" if background.has_live_worker() else "asleep")
