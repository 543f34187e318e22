"""How long backups are kept, and where the second place is, in the words of the page «Sao lưu»."""

import re
from collections.abc import Mapping
from typing import Final

_COUNTS: Final = {
    "daily": "mỗi ngày một bản, {} ngày gần nhất",
    "weekly": "mỗi tuần một bản, {} tuần",
    "monthly": "mỗi tháng một bản, {} tháng",
    "yearly": "mỗi năm một bản, {} năm",
}
_UNITS: Final = {"y": "năm", "m": "tháng", "d": "ngày", "h": "giờ"}


def keep_words(keep: Mapping[str, str]) -> str:
    """«mọi bản trong 14 ngày; mỗi ngày một bản, 30 ngày gần nhất; …» of a rule as KIMDONG_BACKUP_KEEP has it."""
    told = [f"mọi bản trong {_span(keep['within'])}"] if "within" in keep else []
    told += [words.format(keep[name]) for name, words in _COUNTS.items() if name in keep]
    if "milestones" in keep:
        told.append(f"bản trước và sau khi khoá sổ, khi lên lớp: {_span(keep['milestones'])}")
    return "; ".join(told)


def _span(value: str) -> str:
    """«2 năm 6 tháng» of «2y6m»."""
    return " ".join(f"{number} {_UNITS[unit]}" for number, unit in re.findall(r"(\d+)([ymdh])", value))


def place_name(address: str) -> str:
    """The address of a repository without a name or password that stands in it."""
    return re.sub(r"(?<=//)[^/@]*@", "", address)
