"""Parts of addresses: days as 2026-11-25, months as 2026-11, sessions as morning and afternoon."""

import datetime

from django.urls import register_converter


class DayConverter:
    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> datetime.date:
        return datetime.date.fromisoformat(value)

    def to_url(self, day: datetime.date) -> str:
        return day.isoformat()


class MonthConverter:
    """The first day of the month."""

    regex = r"\d{4}-\d{2}"

    def to_python(self, value: str) -> datetime.date:
        return datetime.date.fromisoformat(f"{value}-01")

    def to_url(self, month: datetime.date) -> str:
        return f"{month:%Y-%m}"


class SessionConverter:
    regex = "morning|afternoon"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, session: str) -> str:
        return session


register_converter(DayConverter, "school_day")
register_converter(MonthConverter, "school_month")
register_converter(SessionConverter, "session")
