"""How acts about personal data refuse."""

import datetime
from collections.abc import Mapping

from accounts import clock
from approvals.data_rules import REPORTED_YEARS, years_before
from gradebook.grading import plain_text


class DataRefused(Exception):
    """The act cannot be done; the message says why and what to do. `field` names where it was typed."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class DataOutdated(DataRefused):
    """It no longer stands as the page showed it: somebody else was faster."""


class RowsRefused(DataRefused):
    """Rows of a table cannot be written as they are: why and what to do, by the pupil's number. Nothing is written."""

    def __init__(self, message: str, rows: Mapping[int, str]) -> None:
        super().__init__(message)
        self.rows = rows


def words_of(typed: str, what: str, field: str) -> str:
    """The words fit to store; one may be enough («mẹ»). Raises DataRefused where no letter is among them."""
    words = plain_text(typed)
    if not any(letter.isalnum() for letter in words):
        raise DataRefused(f"Chưa ghi {what}. Ghi vài chữ cho người đọc hiểu, rồi gửi lại.", field)
    return words


def check_is_of_late(day: datetime.date, what: str, done: str, field: str) -> None:
    """Raises DataRefused for a day before those that are still written down: `what` names it, `done` what was done."""
    first = years_before(clock.today(), REPORTED_YEARS)
    if day < first:
        raise DataRefused(f"{what} trước {first:%d/%m/%Y}, quá một năm. Xem lại năm {done}.", field)
