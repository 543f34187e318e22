"""Whom a class's or a teacher's book counts: once locked, the pupils of the day of the lock, as the statistics do
(rules R13, R32). Who came or left since is named in a note.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradebook.exemptions import with_arrangements
from students.models import Enrolment, SchoolClass, SchoolYear


@dataclass(frozen=True, slots=True)
class BookRoster:
    """The seats of a book in class order, each with what `terms_of` needs; `note` on later movements, "" without."""

    seats: tuple[Any, ...]
    note: str = ""


def seats_until_today(classes: Sequence[SchoolClass]) -> Mapping[int, list[Any]]:
    """By class, all of one year with it at hand: every seat up to the day that sheets show. One statement."""
    found: dict[int, list[Any]] = defaultdict(list)
    if classes:
        today = classes[0].year.day_for_roster()
        own = Enrolment.objects.filter(school_class__in=classes, starts_on__lte=today)
        for seat in with_arrangements(own.select_related("student").in_class_order()):
            found[seat.school_class_id].append(seat)
    return found


def book_roster(seats: Iterable[Any], year: SchoolYear, locked_on: datetime.date | None) -> BookRoster:
    """Of a class's seats; `locked_on` None: of a book that is not locked, today's. No statement."""
    seats, today = list(seats), year.day_for_roster()
    day = today if locked_on is None else min(max(locked_on, year.starts_on), today)
    then, now = _on(day, seats), _on(today, seats)
    return BookRoster(tuple(then.values()), _note(day, then, now))


def _on(day: datetime.date, seats: Iterable[Any]) -> dict[int, Any]:
    """By pupil."""
    return {
        seat.student_id: seat
        for seat in seats
        if seat.starts_on <= day and (seat.ends_on is None or seat.ends_on >= day)
    }


def _note(day: datetime.date, then: Mapping[int, Any], now: Mapping[int, Any]) -> str:
    came = [
        f"{seat.student.full_name} (từ {seat.starts_on:%d/%m/%Y})"
        for pupil, seat in now.items()
        if pupil not in then
    ]
    left = [
        f"{seat.student.full_name} (đến hết {seat.ends_on:%d/%m/%Y})"
        for pupil, seat in then.items()
        if pupil not in now
    ]
    if not came and not left:
        return ""
    said = [f"Sổ ghi các em có tên ở lớp ngày khoá sổ {day:%d/%m/%Y}, như thống kê."]
    if came:
        said.append(f"Vào lớp sau ngày đó, không có trong sổ này: {', '.join(came)}.")
    if left:
        said.append(f"Rời lớp sau ngày đó, vẫn có trong sổ này: {', '.join(left)}.")
    return " ".join(said)
