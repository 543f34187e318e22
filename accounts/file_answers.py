"""Files on their way out. The only two ways: to be saved, or to be looked at in a box of its own.

A view calls them after it has asked for the permission and logged who takes the file; a test keeps every other
way shut. Names come from us or are cleaned; the browser is told not to guess the kind and to keep no copy.
"""

from typing import IO

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

# A file opened by itself may show itself and do nothing else.
SHOW_ONLY = "default-src 'none'; img-src 'self'; frame-ancestors 'none'; sandbox"


def file_to_save(content: IO[bytes], name: str, kind: str) -> FileResponse:
    """The file as an attachment: no browser opens it as a page of ours."""
    answer = FileResponse(content, as_attachment=True, filename=name, content_type=kind)
    _keep_safe(answer)
    return answer


def file_to_look_at(content: bytes, name: str, kind: str) -> HttpResponse:
    """A picture from outside, shown in the browser's sandbox."""
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    _keep_safe(answer)
    return answer


def _keep_safe(answer: HttpResponseBase) -> None:
    answer["Content-Security-Policy"] = SHOW_ONLY
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Cache-Control"] = "private, no-store"
