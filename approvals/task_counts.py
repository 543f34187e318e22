"""How many tasks wait behind each line of the menu, of the kinds that the frame does not count on every page itself.

Added up from what the start page shows, so that the menu never tells anything else; reading it takes thirty statements.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.urls import resolve

from accounts.models import User
from approvals.menu import START_PAGE, Shown, entry_over, shown_to
from approvals.signature_tasks import SignatureTask
from approvals.tasks import TasksPage

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
)
"""By the name that the start page has for them; a test fails for a kind that nobody counts."""


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
