"""A line of somebody's start page: what waits, where it is done, by when (PLAN IV). Pure."""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Task:
    """`kind` and `word` are those of its state (templates/_state.html)."""

    title: str
    detail: str
    url: str
    kind: str
    word: str
    due_on: datetime.date | None = None
