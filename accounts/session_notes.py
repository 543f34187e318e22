"""What a session remembers of the person before the screen, written so that two requests at once lose nothing."""

from collections.abc import Callable

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction


def change_session(session: SessionBase, change: Callable[[SessionBase], None]) -> None:
    """Carries out `change` on the session as stored now, with its row locked, and stores it at once.

    Django stores a changed session whole, at the end of the request: a page that began before the screen was
    locked and ended after would put the unlocked session back. Call it before anything else touches the session.
    """
    with transaction.atomic(savepoint=False):
        rows = session.get_model_class().objects.select_for_update()  # type: ignore[attr-defined]
        row = rows.filter(session_key=session.session_key).first()
        if row is None:  # ended meanwhile, by a log-out elsewhere: there is nothing left to write to
            return
        session._session_cache = row.get_decoded()  # type: ignore[attr-defined]  # noqa: SLF001 - Django has no reload
        change(session)
        session.create_model_instance(session._session_cache).save(force_update=True)  # type: ignore[attr-defined]  # noqa: SLF001
    session.modified = False
