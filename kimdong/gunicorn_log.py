"""gunicorn's own lines in production: a line a request and what the server itself has to say, as all other lines."""

import datetime
import logging
from collections.abc import Mapping
from typing import Any

from gunicorn.glogging import Logger

from kimdong.log_lines import JsonLines
from kimdong.request_log import IN_ENVIRON, LONGEST_PATH, Asked

requests = logging.getLogger("kimdong.requests")


class Lines(Logger):
    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLines())

    def access(
        self, resp: Any, req: Any, environ: Mapping[str, Any], request_time: datetime.timedelta
    ) -> None:
        """By Django's handlers, to stderr: its settings are read before the first request comes."""
        fields = fields_of(
            environ, status=str(resp.status), took=request_time, sent=getattr(resp, "sent", None)
        )
        requests.info("%s %s", fields["method"], fields["status"], extra={"fields": fields})


def fields_of(
    environ: Mapping[str, Any], *, status: str, took: datetime.timedelta, sent: int | None
) -> dict[str, Any]:
    """Without the query and the referrer: names of pupils are searched there."""
    path = environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")[:LONGEST_PATH]
    asked = environ.get(IN_ENVIRON) or Asked("", path)
    named = environ.get("HTTP_X_FORWARDED_FOR") or environ.get("REMOTE_ADDR", "")
    return {
        "method": environ.get("REQUEST_METHOD", ""),
        "path": asked.path,
        "status": int(status.split(maxsplit=1)[0]),
        "ms": round(took.total_seconds() * 1000),
        "bytes": sent,
        "user": asked.user,
        "address": named.rpartition(",")[2].strip(),
        "request_id": asked.code,
    }
