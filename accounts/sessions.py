"""Where a person is signed in: seen, shown to its owner, ended at once (PLAN IV; rule R60).

Django's own session rows decide who is signed in; `SignedInSession` says whose they are, since when and where, and
stays when they are gone. They are tied by a hash of the session's key.
"""

import datetime
import hashlib
from collections.abc import Iterable

from django.conf import settings
from django.contrib import messages
from django.contrib.sessions.models import Session
from django.db.models import CharField, F, Func, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from accounts import clock
from accounts.devices import device_words
from accounts.models import AccessLogEntry, SignedInSession, User
from accounts.refusals import client_address, log_access
from accounts.session_notes import change_session
from accounts.session_store import SessionStore

OWN_ROW, ELSEWHERE = "signed_in_session", "signed_in_elsewhere"
Ended = SignedInSession.Ended


class _KeyHash(Func):
    """hash_of() in the database."""

    template = "encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')"
    output_field = CharField()


def hash_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def begin(request: HttpRequest, user: User) -> None:
    """After log-in: puts the session on record; tells this and every other open session of each other, and the log."""
    SessionStore.clear_expired()
    others = open_sessions(user)
    row = SignedInSession.objects.create(
        user=user,
        key_hash=hash_of(request.session.session_key or ""),
        address=client_address(request),
        device=device_words(request.headers.get("User-Agent", "")),
    )
    request.session[OWN_ROW] = row.pk
    elsewhere = f"{row.device}, địa chỉ {row.address}, lúc {_moment(clock.stamp())}"
    for _other, key in others:
        change_session(SessionStore(key), lambda session: session.update({ELSEWHERE: elsewhere}))
    since = clock.stamp() - datetime.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    in_use = [other for other, _key in others if other.last_seen_at > since]
    if in_use:
        _tell_of(request, in_use)


def _tell_of(request: HttpRequest, others: list[SignedInSession]) -> None:
    """One notice and one line, however many: the session seen last by its place, the rest by their number."""
    last = max(others, key=lambda other: other.last_seen_at)
    words = f"{last.device}, địa chỉ {last.address}, đăng nhập {_moment(last.started_at)}"
    seen = f"hoạt động lần cuối {_moment(last.last_seen_at)}"
    more = f", và {len(others) - 1} phiên khác" if len(others) > 1 else ""
    messages.warning(
        request,
        f"Tài khoản này còn đang mở ở nơi khác: {words}, {seen}{more}. "
        "Nếu không phải thầy cô, kết thúc phiên đó ở «Tài khoản của tôi» và đổi mật khẩu.",
    )
    log_access(request, AccessLogEntry.Kind.SECOND_SESSION, detail=f"Còn mở: {words}, {seen}{more}")


def _moment(moment: datetime.datetime) -> str:
    return clock.moment_label(moment)


def notices(request: HttpRequest) -> list[dict[str, str]]:
    """For the frame of every page: that the account was signed in to elsewhere. Read from the session, no statement."""
    elsewhere = request.session.get(ELSEWHERE)
    if not elsewhere:
        return []
    text = f"Tài khoản này vừa được đăng nhập ở nơi khác: {elsewhere}. Xem và kết thúc phiên không phải của mình."
    return [{"text": text, "url": reverse("accounts:sessions"), "level": "warning"}]


def open_sessions(user: User) -> list[tuple[SignedInSession, str]]:
    """The person's sessions that still let somebody in, newest first, each with its key.

    Those whose time has run out meanwhile are noted as ended when they were last seen.
    """
    rows = list(user.signed_in_sessions.filter(ended_at__isnull=True).order_by("-started_at"))
    living = (
        Session.objects.filter(expire_date__gt=clock.stamp())
        .annotate(key_hash=_KeyHash("session_key"))
        .filter(key_hash__in=[row.key_hash for row in rows])
    )
    keys = dict(living.values_list("key_hash", "session_key")) if rows else {}
    lost = [row.pk for row in rows if row.key_hash not in keys]
    if lost:
        user.signed_in_sessions.filter(pk__in=lost).update(
            ended_at=F("last_seen_at"), ended_how=Ended.EXPIRED
        )
    return [(row, keys[row.key_hash]) for row in rows if row.key_hash in keys]


def end_sessions(
    user: User,
    *,
    except_key: str = "",
    only: Iterable[int] | None = None,
    how: SignedInSession.Ended = Ended.BY_OFFICE,
    by: User | None = None,
) -> int:
    """Ends the person's sessions, all but the one with this key: their next request finds nobody signed in."""
    ending = {
        row.pk: key
        for row, key in open_sessions(user)
        if key != except_key and (only is None or row.pk in only)
    }
    Session.objects.filter(session_key__in=ending.values()).delete()
    return user.signed_in_sessions.filter(pk__in=ending, ended_at__isnull=True).update(
        ended_at=clock.now_in_sql(), ended_how=how, ended_by=by
    )


def note_end(request: HttpRequest, *, how: SignedInSession.Ended) -> None:
    """Before Django's logout throws the session away."""
    _own_row(request).filter(ended_at__isnull=True).update(
        ended_at=clock.now_in_sql(), ended_how=how, ended_by_id=request.user.pk
    )


def follow_key(request: HttpRequest) -> None:
    """After the session got a new key: its row goes on under it."""
    _own_row(request).update(key_hash=hash_of(request.session.session_key or ""))


def _own_row(request: HttpRequest) -> QuerySet[SignedInSession]:
    return SignedInSession.objects.filter(pk=request.session.get(OWN_ROW, 0))


def note_seen(request: HttpRequest) -> None:
    """That the session is in use: one statement, with the screen lock's own note of it, at most once a minute."""
    _own_row(request).update(last_seen_at=clock.now_in_sql())
