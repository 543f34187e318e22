"""How a list says that a pupil boards: one column for kind and sort (DM_HOC_BAN_TRU, domain.md 5.4). No database."""

from dataclasses import dataclass

from students.cell_values import CellRefused, text_of
from students.code_lists import day_boarding_kinds
from students.models import YearProfile
from students.names import search_key
from students.workbooks import Cell

DAY, FULL = YearProfile.Boarding.DAY, YearProfile.Boarding.FULL
VOLUNTARY = "02"


@dataclass(frozen=True, slots=True)
class Boarding:
    """As YearProfile keeps it: `day_code` is "" but for those who stay for the day."""

    kind: str = ""
    day_code: str = ""


def boarding_words(kind: str, day_code: str) -> str:
    """ "Bán trú: Tự nguyện", "Nội trú", or "" """
    if kind == DAY:
        return f"{DAY.label}: {day_boarding_kinds().names[day_code]}"
    return FULL.label if kind == FULL else ""


def all_boarding_words() -> list[str]:
    """What the drop-down list of the template offers."""
    return [*(boarding_words(DAY, code) for code in day_boarding_kinds().names), FULL.label, "Không"]


def boarding_of(cell: Cell) -> Boarding:
    """A mark or "Bán trú" alone is the voluntary sort, which nearly all are. Raises CellRefused."""
    text = search_key(text_of(cell)).replace(":", " ")
    words = " ".join(text.split())
    if words in {"khong", "0", "-"}:
        return Boarding()
    if words == "noi tru":
        return Boarding(FULL)
    sort = words.removeprefix("ban tru").strip(" -,")
    if sort in {"", "x", "co", "1"}:
        return Boarding(DAY, VOLUNTARY)
    code = day_boarding_kinds().find(sort)
    if code is None:
        raise CellRefused(f"«{text_of(cell)}» không rõ. Ghi một trong: {', '.join(all_boarding_words())}.")
    return Boarding(DAY, code)
