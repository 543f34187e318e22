"""How many tasks wait behind each line of the menu, of the kinds that the frame does not count on every page itself.

Added up from what the start page shows, so that the menu never tells anything else; reading it takes thirty statements.
The browser keeps the answer in a cookie and sends it back with every page, which shows it at once; after an act it says
instead that it has to be counted anew, and the next page does.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote

from django.http import HttpRequest
from django.urls import resolve

from accounts.models import User
from approvals.menu import START_PAGE, Shown, entry_over, shown_to
from approvals.signature_tasks import SignatureTask
from approvals.tasks import TasksPage, read_tasks

OTHER_KINDS: Final = (
    "entries",
    "gaps",
    "overdue_accounts",
    "backups",
    "attendance",
    "records",
    "classes",
    "year_end",
    "years",
    "signatures",
    "personal_data",
    "prints",
)
"""By the name that the start page has for them; a test fails for a kind that nobody counts."""

COOKIE: Final = "kim-dong-tasks"
ANEW: Final = "anew"
MOST: Final = 100_000
"""No number of tasks: a cookie that says so was not written by our script."""


def known_tasks(request: HttpRequest, user: User) -> tuple[Mapping[str, int], bool]:
    """By the page of the line, and whether they were counted just now, which the script is to keep.

    No statement but on the start page, which has counted them, and on the page after an act. Nothing is known without
    the script's cookie, and its counts are for the eyes of whoever sent it alone.
    """
    others = getattr(request, "other_tasks", None)
    if others is not None:
        return others, True
    kept = request.COOKIES.get(COOKIE, "")
    if kept == ANEW and "HX-Request" not in request.headers:
        return other_tasks(read_tasks(user), user), True
    return _of_cookie(kept, user), False


def _of_cookie(kept: str, user: User) -> dict[str, int]:
    try:
        found = json.loads(unquote(kept))
        counts = found["others"] if found["user"] == str(user.pk) else {}
        return {
            entry.page: counts[url]
            for entry, url in shown_to(user)
            if isinstance(counts.get(url), int) and 0 < counts[url] < MOST
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def other_tasks(page: TasksPage, user: User) -> Mapping[str, int]:
    """By the page of the line under which each task is done; of the start page where that is none of the person's."""
    shown = shown_to(user)
    found: Counter[str] = Counter()
    for task in _tasks(page):
        found[_page_of(task.url, shown)] += weight(task)
    return found


def _tasks(page: TasksPage) -> Iterator[Any]:
    for kind in OTHER_KINDS:
        yield from getattr(page, kind)


def _page_of(url: str, shown: Shown) -> str:
    path = url.partition("?")[0]
    entry = entry_over(shown, resolve(path).view_name, path)
    return entry.page if entry else START_PAGE


def weight(task: Any) -> int:
    """As how many it counts: several books to sign may be one line of the start page."""
    return task.books if isinstance(task, SignatureTask) else 1
