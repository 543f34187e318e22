"""The finished file of a print or of a batch, on its way to whoever sends it to the printer."""

from django.http import FileResponse, Http404
from django.urls import reverse

from accounts.confirmation import Lasting, require_password
from accounts.file_answers import file_to_save
from accounts.models import AccessLogEntry
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from reports.models import PrintBatch
from reports.print_attempts import Printed, words_of


def page_of(printed: Printed) -> str:
    """The address of its page."""
    name = "reports:batch" if isinstance(printed, PrintBatch) else "reports:print_job"
    return reverse(name, args=[printed.pk])


def file_for_the_printer(
    request: SignedInRequest, printed: Printed, name: str, *, whose: str
) -> FileResponse:
    """Asks for the password and logs who took it; `whose` records are in it, "" of a file that tells of no pupil.

    Raises Http404 where it is not finished, or its file is gone.
    """
    if printed.state != "done":
        raise Http404(f"{words_of(printed).capitalize()} này chưa xong.")
    if not printed.file.name or not printed.file.storage.exists(printed.file.name):
        raise Http404(f"Tệp của {words_of(printed)} không còn trên máy chủ. Hãy đặt in lại.")
    if whose:
        require_password(request, f"Tải về {name}: hồ sơ của {whose}.", lasting=Lasting.EXPORTS)
    kind = AccessLogEntry.Kind.PRINT_DOWNLOADED
    log_access(request, kind, target=printed.title, target_path=page_of(printed), detail=name)
    return file_to_save(printed.file.open("rb"), name, "application/pdf")
