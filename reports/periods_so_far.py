"""The periods that a book of a period shows: itself and those before it in the year. Pure."""

from collections.abc import Mapping
from typing import Final

from gradebook.regulation import Period

SHORT: Final[Mapping[Period, str]] = {
    Period.MID_TERM_1: "Giữa HKI",
    Period.END_TERM_1: "Cuối HKI",
    Period.MID_TERM_2: "Giữa HKII",
    Period.YEAR_END: "Cuối năm",
}
"""As a narrow column heads them."""


def so_far(period: Period) -> tuple[Period, ...]:
    return tuple(each for each in Period if each.order <= period.order)


def in_sentence(period: Period) -> str:
    """«giữa học kì I»: only the first letter is small within a sentence."""
    return f"{period.label[0].lower()}{period.label[1:]}"
