"""Addresses for machines: does the web process live (`/healthz`), may it be given work (`/readyz`).

Answered before a session is looked into, so in plain text whoever asks and whatever the database does; and
told to strangers, so what only an administrator should know of the data key is in the log.
"""

import logging
from collections.abc import Callable, Iterator
from functools import cache
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
from accounts.disks import room_of_files
from accounts.idle_lock import reachable_when_locked

logger = logging.getLogger(__name__)


@login_not_required
@reachable_when_locked
@never_cache
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """200 "ok": this process takes requests. No statement: a database that is gone ends no process."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@reachable_when_locked
@never_cache
@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """200 "ready", or 503 with a line for each thing that lacks; for whoever sends visitors here, and installers."""
    lacks = "\n".join(_what_lacks())
    return HttpResponse(lacks or "ready", status=503 if lacks else 200, content_type="text/plain")


class MachinesFirstMiddleware:
    """Gives both addresses their answer before what asks the database who somebody is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = _FOR_MACHINES.get(request.path_info, self.get_response)
        return view(request)


_FOR_MACHINES: Final = {"/healthz": healthz, "/readyz": readyz}


def _what_lacks() -> Iterator[str]:
    try:
        yield from _what_the_database_lacks()
    except (OperationalError, InterfaceError):
        yield "database: does not answer"
    room = room_of_files()
    if room is not None and room.is_gone:
        yield f"disk of the files: full, {room.free // 1024**2} MB left (KIMDONG_FILES)"
    # As this process has read them at its start; without a manifest (tests) they are served from where they lie.
    if not getattr(staticfiles_storage, "hashed_files", True):
        yield "static files: not collected when this process started (manage.py collectstatic)"


def _what_the_database_lacks() -> Iterator[str]:
    missing = _wanted_migrations() - MigrationRecorder(connection).applied_migrations().keys()
    if missing:
        yield f"migrations: {len(missing)} not applied (manage.py migrate)"
    elif _data_key_has_a_fault(settings.DATA_KEYS):
        yield "data key: does not open what the database holds sealed (the log says more)"


_keys_that_open: set[tuple[str, ...]] = set()
_faults_told: set[str] = set()


def _data_key_has_a_fault(keys: tuple[str, ...]) -> bool:
    """One statement; once all is opened this process asks no more, for its keys stay as they are. A fault is logged
    once."""
    if keys in _keys_that_open:
        return False
    with connection.cursor() as cursor:
        cursor.execute(seal_check.statement())
        fault = seal_check.fault(cursor.fetchall())
    if not fault:
        _keys_that_open.add(keys)
    elif fault not in _faults_told:
        _faults_told.add(fault)
        logger.error("data key: %s", fault)
    return bool(fault)


@cache
def _wanted_migrations() -> frozenset[tuple[str, str]]:
    """All that this version of the software has on disk."""
    return frozenset(MigrationLoader(None).graph.nodes)
