"""Addresses for machines: does the web process live (`/healthz`), may it be given work (`/readyz`)."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import InterfaceError, OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import seal_check
from accounts.disks import room_of
from accounts.idle_lock import reachable_when_locked

NO_ROOM: Final = 64 * 1024**2
"""Bytes: a request with all its evidence has not much less (settings.UPLOAD_MAX_BYTES)."""


@login_not_required
@reachable_when_locked
def healthz(_request: HttpRequest) -> HttpResponse:
    """200 "ok" when a statement goes through; a database that does not answer makes it a 503."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@reachable_when_locked
@never_cache
@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """200 "ready", or 503 with a line for each thing that lacks; for whoever sends visitors here, and installers."""
    lacks = "\n".join(_what_lacks())
    return HttpResponse(lacks or "ready", status=503 if lacks else 200, content_type="text/plain")


def _what_lacks() -> Iterator[str]:
    try:
        missing = _wanted_migrations() - MigrationRecorder(connection).applied_migrations().keys()
    except (OperationalError, InterfaceError):
        yield "database: does not answer"
    else:
        if missing:
            yield f"migrations: {len(missing)} not applied (manage.py migrate)"
        elif fault := _fault_of_the_data_key(settings.DATA_KEYS):
            yield f"data key: {fault}"
    room = room_of(Path(settings.MEDIA_ROOT).parent)
    if room is not None and room.free < NO_ROOM:
        yield f"disk of the files: full, {room.free // 1024**2} MB left (KIMDONG_FILES)"
    # As this process has read them at its start; without a manifest (tests) they are served from where they lie.
    if not getattr(staticfiles_storage, "hashed_files", True):
        yield "static files: not collected when this process started (manage.py collectstatic)"


_keys_that_open: set[tuple[str, ...]] = set()


def _fault_of_the_data_key(keys: tuple[str, ...]) -> str:
    """One statement; once all is opened this process asks no more: its keys stay as they are."""
    if keys in _keys_that_open:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(seal_check.statement())
        fault = seal_check.fault(cursor.fetchall())
    if not fault:
        _keys_that_open.add(keys)
    return fault


@cache
def _wanted_migrations() -> frozenset[tuple[str, str]]:
    """All that this version of the software has on disk."""
    return frozenset(MigrationLoader(None).graph.nodes)
