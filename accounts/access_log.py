"""Reading the access log: which lines are wanted, and a page of them at a time (rules R57, R65).

A year of it may have a million lines: every filter has an index, the next page begins where the last one ended, and
nothing is counted.
"""

import contextlib
import datetime
import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.clock import moment_label
from accounts.models import AccessLogEntry, User
from accounts.tables import Heading, Value
from accounts.words import bare_words

LINES_PER_PAGE = 50
MOST_EXPORTED = 20_000
HEADINGS = (
    Heading("Thời điểm", 20),
    Heading("Họ và tên", 26),
    Heading("Tên đăng nhập", 18),
    Heading("Chức vụ lúc đó", 22),
    Heading("Việc", 24),
    Heading("Đối tượng", 44),
    Heading("Chi tiết", 50),
    Heading("Địa chỉ trang", 40),
    Heading("Địa chỉ máy", 16),
)
_KINDS = AccessLogEntry.Kind
_PAGES = {
    "accounts:login": "Đăng nhập",
    "accounts:code": "Đăng nhập: mã 6 số",
    "accounts:recovery_code": "Đăng nhập: mã dự phòng",
    "accounts:logout": "Đăng xuất",
    "accounts:activate": "Kích hoạt tài khoản",
    "accounts:unlock": "Mở khoá màn hình",
}
STATE_KINDS = {
    _KINDS.SIGNED_IN: "ok",
    _KINDS.SIGN_IN_FAILED: "warning",
    _KINDS.REFUSED: "refused",
    _KINDS.LIMITED: "warning",
    _KINDS.SENSITIVE_VIEWED: "open",
    _KINDS.PROFILES_VIEWED: "open",
    _KINDS.BULK_EXPORTED: "open",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the filters ask for; empty means everything. `since` and `until` are days of the school, both included."""

    person: str = ""
    kind: str = ""
    since: datetime.date | None = None
    until: datetime.date | None = None
    address: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line in words."""

    moment: str
    who: str
    post: str
    kind: str
    state: str
    icon: str
    target: str
    url: str
    detail: str
    path: str
    address: str


@dataclass(frozen=True, slots=True)
class LogPage:
    """`older` is what the address of the next page begins before; 0 at the end."""

    lines: list[LogLine]
    older: int


def entries(wanted: Wanted) -> QuerySet[AccessLogEntry]:
    """The wanted lines, newest first; at most one statement beside, to find the people of a name."""
    found = AccessLogEntry.objects.select_related("user").order_by("-at", "-id")
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.since:
        found = found.filter(at__gte=_midnight(wanted.since))
    if wanted.until:
        found = found.filter(at__lt=_midnight(wanted.until + datetime.timedelta(days=1)))
    if wanted.address:
        found = found.filter(address=wanted.address)
    if wanted.person:
        found = found.filter(_of_person(wanted.person))
    if wanted.text:
        found = _with_words(found, wanted.text)
    return found


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def _of_person(typed: str) -> Q:
    """By name with or without tones, by user name; also attempts under a name that no account has."""
    words = bare_words(typed)
    people = [user for user in User.objects.all() if _is_meant(user, typed.strip().lower(), words)]
    names = {name for user in people for name in (user.username, user.second_username) if name}
    return Q(user__in=[user.pk for user in people]) | Q(username__in={*names, typed.strip()})


def _is_meant(user: User, typed: str, words: list[str]) -> bool:
    """Each typed word begins a word of the name; or it is a user name or the staff code."""
    if typed in {user.username.lower(), (user.second_username or "").lower(), user.staff_code.lower()}:
        return True
    of_name = bare_words(user.full_name)
    return bool(words) and all(any(each.startswith(word) for each in of_name) for word in words)


def _with_words(found: QuerySet[AccessLogEntry], text: str) -> QuerySet[AccessLogEntry]:
    """Lines that have, for each typed word, one that begins with it; none where nothing but signs was typed.

    A computer's address is sought as a whole: its numbers alone stand in many pages' addresses.
    """
    with contextlib.suppress(ValueError):
        return found.filter(address=str(ipaddress.ip_address(text.strip())))
    words = bare_words(text)
    if not words:
        return found.none()
    query = SearchQuery(" & ".join(f"{word}:*" for word in words), search_type="raw", config="simple")
    return found.annotate(in_words=SearchVector("words", config="simple")).filter(in_words=query)


def read_page(wanted: Wanted, *, before: int = 0) -> LogPage:
    """The newest wanted lines, or those before the line of that number."""
    found = entries(wanted)
    last = AccessLogEntry.objects.filter(pk=before).first() if before else None
    if last is not None:
        found = found.filter(Q(at__lt=last.at) | Q(at=last.at, id__lt=last.pk), at__lte=last.at)
    rows = list(found[: LINES_PER_PAGE + 1])
    shown = rows[:LINES_PER_PAGE]
    return LogPage([_line(entry) for entry in shown], shown[-1].pk if len(rows) > len(shown) else 0)


def _line(entry: AccessLogEntry) -> LogLine:
    # Only what GET opens can be a link; what is not about a thing of its own says which page it was.
    opened = entry.path if entry.method in ("GET", "HEAD") and entry.kind != _KINDS.REFUSED else ""
    return LogLine(
        moment=moment_label(entry.at),
        who=entry.user.full_name if entry.user else entry.username,
        post=entry.post if entry.user else "chưa đăng nhập",
        kind=_KINDS(entry.kind).label if entry.kind in _KINDS else entry.kind,
        state=_state(entry),
        icon="eye" if _state(entry) == "open" else "",
        target=entry.target,
        url=entry.target_path or opened,
        detail=entry.detail,
        path=_path_words(entry),
        address=str(entry.address or ""),
    )


def _path_words(entry: AccessLogEntry) -> str:
    """The page in words where it has a name, else its address with what was asked of it."""
    name = next((words for page, words in _PAGES.items() if entry.path == reverse(page)), "")
    if name:
        return f"Trang «{name}»"
    return f"{'Mở' if entry.method in ('GET', 'HEAD') else 'Gửi tới'} {entry.path}"


def _state(entry: AccessLogEntry) -> str:
    return STATE_KINDS.get(_KINDS(entry.kind), "neutral") if entry.kind in _KINDS else "neutral"


def export_rows(wanted: Wanted) -> Iterator[tuple[Value, ...]]:
    """The wanted lines as rows under HEADINGS, at most one more than may leave at once."""
    for entry in entries(wanted)[: MOST_EXPORTED + 1]:
        line = _line(entry)
        yield (
            *(entry.at, line.who, entry.username, line.post, line.kind),
            *(line.target, line.detail, line.path, line.address),
        )
