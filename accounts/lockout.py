"""At most so many wrong passwords or codes in a row, then a lock that grows (rule R62; docs/decisions/0007).

django-axes asks `SignInGuard` before each password check and tells it each failure, whichever view makes them; the
second factor asks and tells it the same way. Account and address have counters of their own.
"""

import datetime
import hashlib
from dataclasses import dataclass
from typing import Any

from axes.handlers.base import AxesHandler
from axes.handlers.proxy import AxesProxyHandler
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from accounts import clock
from accounts.account_keepers import require_keeper
from accounts.kept_form import is_page
from accounts.models import AccessLogEntry, SignInFailures, User
from accounts.permissions import require
from accounts.powers import Action
from accounts.refusals import client_address, log_access

MINUTE, HOUR = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)
# As account_keepers() has it; of all posts, for a lock must not tell whose name it was.
WHO_RELEASES = (
    "Văn thư mở khoá được ngay cho giáo viên, nhân viên; Phó Hiệu trưởng cho văn thư và Hiệu trưởng; Hiệu trưởng cho "
    "Phó Hiệu trưởng; sau khi biết đúng là người đó"
)
ADDRESS = "address:"
_OF_ACCOUNTS = "account:"
_OF_NAMES = "name:"


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failures, then a lock of the first length, then of the next; `forgets` ends a count without success."""

    failures: int
    locks: tuple[datetime.timedelta, ...]
    forgets: datetime.timedelta | None = None


OF_ACCOUNT = Limit(5, (5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 24 * HOUR))
OF_ADDRESS = Limit(50, (5 * MINUTE, 15 * MINUTE, HOUR), forgets=HOUR)


@dataclass(frozen=True, slots=True)
class Lock:
    until: datetime.datetime
    is_of_address: bool


def lock_on(request: HttpRequest, username: str) -> Lock | None:
    """The lock that stands against this name from this address; of two the longer one."""
    keys = [_account_key(username), _address_key(request)]
    row = (
        SignInFailures.objects.filter(key__in=keys, locked_until__gt=clock.now_in_sql())
        .order_by("-locked_until")
        .first()
    )
    return Lock(row.locked_until, row.key.startswith(ADDRESS)) if row and row.locked_until else None


def locked_accounts() -> set[int]:
    """Which accounts are locked now, for the list of accounts. One statement."""
    keys = SignInFailures.objects.filter(
        key__startswith=_OF_ACCOUNTS, locked_until__gt=clock.now_in_sql()
    ).values_list("key", flat=True)
    return {int(key.removeprefix(_OF_ACCOUNTS)) for key in keys}


def locked_until(user: User) -> datetime.datetime | None:
    """Until when the account is locked, for the page of the account."""
    return (
        SignInFailures.objects.filter(key=_key_of(user), locked_until__gt=clock.now_in_sql())
        .values_list("locked_until", flat=True)
        .first()
    )


def count_failure(request: HttpRequest, username: str) -> Lock | None:
    """One more failure for the account and for the address; the lock that it brought, if any, is on record."""
    _forget_unknown_names()
    locks = [
        Lock(until, key.startswith(ADDRESS))
        for key, limit in ((_account_key(username), OF_ACCOUNT), (_address_key(request), OF_ADDRESS))
        if (until := _count(key, limit))
    ]
    for lock in locks:
        what = "địa chỉ" if lock.is_of_address else "tài khoản"
        detail = f"Khoá {what} đến {clock.moment_label(lock.until)}"
        log_access(request, AccessLogEntry.Kind.LOCKED_OUT, username=username, detail=detail)
    return max(locks, key=lambda lock: lock.until, default=None)


def _forget_unknown_names() -> None:
    """Counters of names that no account has, a day after the last failure or lock: guesses must not fill the table.

    Not sooner: locks of such a name grow as those of an account do, so that a lock tells nothing.
    """
    over = clock.now() - OF_ACCOUNT.locks[-1]
    SignInFailures.objects.filter(key__startswith=_OF_NAMES, since__lt=over).delete()


def _count(key: str, limit: Limit) -> datetime.datetime | None:
    """Counts under a lock on the row, so that of two failures at once neither is lost."""
    with transaction.atomic():
        now = clock.now()
        row, _ = SignInFailures.objects.select_for_update().get_or_create(key=key, defaults={"since": now})
        if row.locked_until and row.locked_until > now:
            return None
        if limit.forgets and row.since + limit.forgets < now:
            row.failures, row.locks, row.since = 0, 0, now
        row.failures += 1
        begun = row.failures >= limit.failures
        if begun:
            row.locked_until = now + limit.locks[min(row.locks, len(limit.locks) - 1)]
            row.failures, row.locks, row.since = 0, row.locks + 1, row.locked_until
        row.save()
    return row.locked_until if begun else None


def forget_failures(user: User) -> int:
    """After a complete log-in. The address keeps its count: who has one account must not clear the way to others."""
    return SignInFailures.objects.filter(key=_key_of(user)).delete()[0]


def release_lock(user: User, *, by: User) -> bool:
    """Ends the lock of an account before its time, and its growing; logged. The keeper of the account does it."""
    require(by, Action.RELEASE_LOCK)
    require_keeper(by, user)
    if not forget_failures(user):
        return False
    AccessLogEntry.objects.create(
        kind=AccessLogEntry.Kind.LOCK_RELEASED,
        user=by,
        username=by.username,
        detail=f"Mở khoá cho {user.full_name} ({user.username})",
    )
    return True


def _key_of(user: User) -> str:
    return f"{_OF_ACCOUNTS}{user.pk}"


def _account_key(username: str) -> str:
    """Both names of an account share its counter; an unknown name has one too, so that a lock tells nothing.

    Unknown names are kept as a hash: people type passwords into the wrong field.
    """
    try:
        return _key_of(User.objects.get_by_natural_key(username))
    except User.DoesNotExist:
        return f"{_OF_NAMES}{hashlib.sha256(username.encode()).hexdigest()}"


def _address_key(request: HttpRequest) -> str:
    return f"{ADDRESS}{client_address(request)}"


class SignInGuard(AxesHandler):
    """What django-axes calls: before each check whether it may be made, after each failure, after each log-in."""

    def is_locked(self, request: Any, credentials: dict[str, Any] | None = None) -> bool:
        request.sign_in_lock = lock_on(request, _username(credentials))
        return request.sign_in_lock is not None

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: Any = None, **_more: Any
    ) -> None:
        if request is None or request.axes_locked_out:
            return  # An attempt that was not let through neither counts nor lengthens the lock.
        request.sign_in_failure_counts = True
        request.sign_in_lock = count_failure(request, _username(credentials))
        request.axes_locked_out = request.sign_in_lock is not None

    def user_logged_in(self, sender: Any, request: Any, user: User, **_more: Any) -> None:
        forget_failures(user)

    def reset_attempts(
        self, *, ip_address: str | None = None, username: str | None = None, ip_or_username: bool = False
    ) -> int:
        """Behind `manage.py axes_reset`, `axes_reset_ip`, `axes_reset_username`: the way out when nobody gets in."""
        rows = SignInFailures.objects.all()
        if ip_address or username:
            keys = [f"{ADDRESS}{ip_address}"] if ip_address else []
            rows = rows.filter(key__in=[*keys, *([_account_key(username)] if username else [])])
        return rows.delete()[0]


def _username(credentials: dict[str, Any] | None) -> str:
    return str((credentials or {}).get("username") or "")


def is_open_to(request: Any, user: User) -> bool:
    """Whether a code of this person may be tried now; if not, axes' middleware answers with the lock's page."""
    request.axes_locked_out = not AxesProxyHandler.is_allowed(request, {"username": user.username})
    return not request.axes_locked_out


def failed(request: HttpRequest, user: User) -> None:
    """A wrong code counts like a wrong password."""
    AxesProxyHandler.user_login_failed(
        sender=__name__, credentials={"username": user.username}, request=request
    )


def lock_page(request: Any, _response: HttpResponse, _credentials: Any) -> HttpResponse:
    """Until when, and who can help; instead of whatever the view answered to a locked attempt."""
    lock: Lock = request.sign_in_lock
    if is_page(request):
        answer: HttpResponse = render(
            request, "accounts/locked_out.html", {"lock": lock, "who": WHO_RELEASES}, status=429
        )
    else:
        words = f"Gõ sai quá nhiều lần nên bị khoá đến {clock.moment_label(lock.until)}. {WHO_RELEASES}."
        answer = JsonResponse({"error": words}, status=429)
    answer["Retry-After"] = str(max(1, int((lock.until - clock.stamp()).total_seconds())))
    return answer
