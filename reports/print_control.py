"""Cancelling a print or a batch, and going on with one that was cancelled or has failed.

What was drawn is kept either way, so that going on draws only what is missing. The worker that has a cancelled print in
hand stops before its next part, at the latest half a second later (`print_attempts`).
"""

from django.db import transaction
from django.db.models.functions import Now

from accounts import permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from reports.models import PrintBatch, PrintJob
from reports.print_attempts import Printed
from reports.print_batches import BATCHES
from reports.print_jobs import PRINTS, WHO_PRINTS, AlreadyUnderWay, BookRefused, asked_with
from reports.print_moves import OPEN, RESUMABLE, may_go

_OF_A_BATCH = "Bản in này thuộc đợt in số {}: huỷ, in tiếp ở trang của đợt."
UNDER_WAY = "{} này đang được in, không cần bấm «In tiếp» lần nữa."
_FRESH = {
    "state": "waiting",
    "attempts": 0,
    "failure": "",
    "finished_at": None,
    "cancelled_by": None,
    "cancelled_at": None,
}


def may_control(job: PrintJob, user: User) -> bool:
    """Whoever may ask for such a print may also cancel it; a list of some classes alone, who asked for it."""
    action, thing = asked_with(job)
    return _is_own_paper(job, user) or permissions.may(user, action, **thing)


def _is_own_paper(row: Printed, user: User) -> bool:
    if not isinstance(row, PrintJob) or row.book != PrintJob.Book.REPORT or row.asked_by_id != user.pk:
        return False
    action, _thing = asked_with(row)
    return permissions.may_anywhere(user, action)


def require_control(row: Printed, user: User) -> None:
    """Raises PermissionDenied."""
    if _is_own_paper(row, user):
        return
    action, thing = asked_with(row)
    permissions.require(user, action, WHO_PRINTS, **thing)


def _role(row: Printed, by: User) -> str:
    action, thing = asked_with(row)
    return permissions.capacity(by, action, **thing)


def cancel(row: Printed, *, by: User) -> None:
    """Stops an open print, or a batch with all its classes that are open. Raises PermissionDenied, BookRefused."""
    if isinstance(row, PrintBatch):
        cancel_batch(row, by=by)
    else:
        cancel_print(row, by=by)


def resume(row: Printed, *, by: User) -> None:
    """Back to the queue; what was drawn is kept. Raises PermissionDenied, BookRefused; AlreadyUnderWay where it is."""
    if isinstance(row, PrintBatch):
        resume_batch(row, by=by)
    else:
        resume_print(row, by=by)


def cancel_print(job: PrintJob, *, by: User) -> None:
    """Stops an open print. Raises PermissionDenied, BookRefused."""
    require_control(job, by)
    with transaction.atomic():
        found = _locked(job, "cancelled", "Bản in này đã xong hoặc đã dừng, không huỷ được nữa.")
        with acting(by, role=_role(job, by), source=Source.PAGE) as act:
            _update(found, state="cancelled", cancelled_by=by, cancelled_at=Now())
            act.says(f"Huỷ bản in số {job.pk}: {job.title}", thing=f"print_job:{job.pk}")


def resume_print(job: PrintJob, *, by: User) -> None:
    """Back to the queue; the pages that were drawn are kept. Raises PermissionDenied, BookRefused."""
    require_control(job, by)
    with transaction.atomic():
        _refuse_if_open(job)
        found = _locked(job, "waiting", "Chỉ in tiếp được bản in đã huỷ hoặc không in được.")
        with acting(by, role=_role(job, by), source=Source.PAGE) as act:
            _update(found, **_FRESH)
            PRINTS.enqueue_once(job.pk)
            act.says(f"In tiếp bản in số {job.pk}: {job.title}", thing=f"print_job:{job.pk}")


def cancel_batch(batch: PrintBatch, *, by: User) -> None:
    """Stops a batch with all its classes that are open. Raises PermissionDenied, BookRefused."""
    require_control(batch, by)
    with transaction.atomic():
        found = PrintBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
        if not may_go(found.state, "cancelled"):
            raise BookRefused("state", "Đợt in này đã xong hoặc đã dừng, không huỷ được nữa.")
        with acting(by, role=permissions.capacity(by, Action.PRINT_BOOKS), source=Source.PAGE) as act:
            stopped = {"state": "cancelled", "cancelled_by": by, "cancelled_at": Now()}
            found.jobs.filter(state__in=OPEN).update(**stopped)
            PrintBatch.objects.filter(pk=found.pk).update(**stopped)
            act.says(f"Huỷ đợt in số {batch.pk}: {batch.title}", thing=f"print_batch:{batch.pk}")


def resume_batch(batch: PrintBatch, *, by: User) -> None:
    """Its classes that are not done go back to the queue; if all are, the binding does. Raises as `resume_print`."""
    require_control(batch, by)
    with transaction.atomic():
        found = PrintBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
        if found.state in OPEN:
            raise AlreadyUnderWay("state", UNDER_WAY.format("Đợt in"))
        if found.state not in RESUMABLE:
            raise BookRefused("state", "Chỉ in tiếp được đợt in đã huỷ hoặc không in được.")
        with acting(by, role=permissions.capacity(by, Action.PRINT_BOOKS), source=Source.PAGE) as act:
            PrintBatch.objects.filter(pk=found.pk).update(**_FRESH)
            left = list(
                found.jobs.filter(state__in=RESUMABLE).select_for_update().values_list("pk", flat=True)
            )
            PrintJob.objects.filter(pk__in=left).update(**_FRESH)
            for pk in left:
                PRINTS.enqueue_once(pk)
            if not left:
                BATCHES.enqueue_once(found.pk)
            act.says(f"In tiếp đợt in số {batch.pk}: {batch.title}", thing=f"print_batch:{batch.pk}")


def _refuse_if_open(job: PrintJob) -> None:
    """Raises AlreadyUnderWay."""
    now = PrintJob.objects.select_for_update(no_key=True, of=("self",)).get(pk=job.pk)
    if now.state in OPEN and not now.batch_id:
        raise AlreadyUnderWay("state", UNDER_WAY.format("Bản in"))


def _locked(job: PrintJob, target: str, why: str) -> PrintJob:
    """The print as it is now. Raises BookRefused where the table has no such move."""
    found = PrintJob.objects.select_for_update(no_key=True, of=("self",)).get(pk=job.pk)
    if found.batch_id:
        raise BookRefused("state", _OF_A_BATCH.format(found.batch_id))
    if (
        found.state == target
        or not may_go(found.state, target)
        or (target == "waiting" and found.state in OPEN)
    ):
        raise BookRefused("state", why)
    return found


def _update(job: PrintJob, **fields: object) -> None:
    PrintJob.objects.filter(pk=job.pk).update(**fields)
