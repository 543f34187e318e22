"""Django's sessions in the database, by the database's clock.

By the machine's own, as Django's are, one log-in on a machine whose clock is a day ahead would log everybody out.
"""

import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DjangosStore
from django.contrib.sessions.base_session import AbstractBaseSession

from accounts import clock


class SessionStore(DjangosStore):
    """Keeps the name, by which Django signs what is stored."""

    @classmethod
    def clear_expired(cls) -> None:
        cls.get_model_class().objects.filter(expire_date__lt=clock.now_in_sql()).delete()

    def get_expiry_date(self, **kwargs: Any) -> datetime.datetime:
        return super().get_expiry_date(**{"modification": clock.stamp()} | kwargs)

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        found = self.model.objects.filter(session_key=self.session_key, expire_date__gt=clock.stamp()).first()
        if found is None:
            self._session_key = None
        return found
