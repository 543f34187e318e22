"""A line of somebody's start page: what waits, where it is done, by when (PLAN IV). Pure."""

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Task:
    """`kind` and `word` are those of its state (templates/_state.html)."""

    title: str
    detail: str
    url: str
    kind: str
    word: str
    due_on: datetime.date | None = None


_sources: Final[list[Callable[[Any], Iterable[Task]]]] = []


def prints_also_from(source: Callable[[Any], Iterable[Task]]) -> None:
    """The prints lie in the app above that of the start page: it says so itself, once, when it is ready."""
    _sources.append(source)


def print_tasks(user: Any) -> Iterator[Task]:
    """The prints that wait for the person."""
    for source in _sources:
        yield from source(user)
