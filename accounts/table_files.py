"""A table that somebody takes away: logged, written and handed over in one call, so that none leaves unlogged."""

import io
from collections.abc import Iterable, Sequence

from django.http import FileResponse

from accounts.file_answers import file_to_save
from accounts.models import AccessLogEntry
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from accounts.tables import XLSX, Heading, Value, write_table


def table_to_save(
    request: SignedInRequest,
    *,
    title: str,
    headings: Sequence[Heading],
    rows: Iterable[Sequence[Value]],
    name: str,
    notes: Sequence[str] = (),
    detail: str = "",
    target: str = "",
) -> FileResponse:
    """For a view that has asked for the permission, and the password where one is due.

    `name` is the file's; `detail` what the log says of the content, `target` what it calls the table if not by `title`.
    """
    log_access(request, AccessLogEntry.Kind.BULK_EXPORTED, target=target or title, detail=detail)
    content = write_table(title=title, headings=headings, rows=rows, by=request.user, notes=notes)
    return file_to_save(io.BytesIO(content), name, XLSX)
