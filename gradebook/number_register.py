"""The register of the school's decisions: one row of numbers a calendar year, whichever page keeps the paper.

Decisions on results are read here; an app above tells of its own papers with `also_from` when it starts.
"""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable

from django.db import connection

from accounts.school import school_name
from gradebook.models import ResultsDecision
from gradebook.paper_numbers import DECISION, following, key_of, read_number
from students.school_code import code_of

NOT_A_DECISION = (
    f"Số quyết định gồm số và kí hiệu, ví dụ 05/{DECISION}-TH. Ghi theo sổ văn bản đi của trường."
)
Source = Callable[[int], Iterable[str]]
_SOURCES: list[Source] = []


def also_from(source: Source) -> None:
    """`source` gives the numbers of the papers of a calendar year; what is no decision among them counts not."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def decision_numbers(year: int) -> list[str]:
    """As they are written, once for each paper. One statement, and those of the sources."""
    results = ResultsDecision.objects.filter(dated__year=year).exclude(number="")
    told = (number for source in _SOURCES for number in source(year))
    others = [text for text in told if (number := read_number(text)) and number.is_decision]
    return [*results.values_list("number", flat=True), *others]


def next_decision_number(day: datetime.date) -> str:
    """The number after the highest of the calendar year of the day."""
    return _following(decision_numbers(day.year))


def _following(numbers: Iterable[str]) -> str:
    return following(numbers, DECISION, code_of(school_name()))


def hold_numbers() -> None:
    """Until the transaction ends nobody else takes a number of the register."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('decision numbers'))")


def number_problem(text: str, day: datetime.date, *, besides: Iterable[str] = ()) -> str:
    """Why a decision of the day cannot have the number, "" where it can.

    `besides`: numbers in the register that do not count against it, once each: those of the same paper.
    """
    number = read_number(text)
    if number is None or not number.is_decision:
        return NOT_A_DECISION
    numbers = decision_numbers(day.year)
    taken = Counter(map(key_of, numbers))
    taken.subtract(map(key_of, besides))
    if taken[number.key] <= 0:
        return ""
    return (
        f"Số {number.label} đã dùng cho một quyết định khác trong năm {day.year}. Ghi số khác, ví dụ số tiếp theo "
        f"{_following(numbers)}."
    )
