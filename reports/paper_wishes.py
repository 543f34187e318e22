"""What a report or a list on paper is of, kept with the print that is asked for: a page and a worker read the same.

A wish is the address of the page that shows the same, taken apart: what is drawn is read when it is drawn.
"""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from django.http import QueryDict
from django.urls import reverse


class Of(StrEnum):
    REPORT = "report"
    KEPT_REPORT = "kept"
    LIST = "list"
    CORRECTIONS = "corrections"
    PARENT_SLIPS = "parent_slips"
    PARENT_LIST = "parent_list"
    CONSENT_SLIPS = "consent_slips"


@dataclass(frozen=True, slots=True)
class PaperWish:
    """`key`: the slug of a report or list, the number of a kept copy or a class; `query` as in the paper's address.

    `name` is that of the file, without its ending. `seen_by`: the person on whom it depends, as on a list of some
    classes alone, or whose name stands on it; None where everybody is given the same. `tells_of_pupils`: it names them,
    so the password is asked for.
    """

    of: str
    key: str
    query: str
    name: str
    seen_by: int | None = None
    tells_of_pupils: bool = False

    @property
    def asked(self) -> dict[str, str]:
        """By the names in the address."""
        return QueryDict(self.query).dict()

    @property
    def page(self) -> str:
        """Where it is shown."""
        return self._address(_PAGES[Of(self.of)])

    @property
    def paper(self) -> str:
        """Where it is drawn (GET) or asked for (POST)."""
        return self._address(_PAPERS[Of(self.of)])

    def _address(self, name: str) -> str:
        address = reverse(name, args=[self.key] if self.key else [])
        return f"{address}?{self.query}" if self.query else address

    def plain(self) -> dict[str, Any]:
        """As the print keeps it."""
        return asdict(self)


_PAGES = {
    Of.REPORT: "reports:report",
    Of.KEPT_REPORT: "reports:kept_report",
    Of.LIST: "gradebook:year_end_list",
    Of.CORRECTIONS: "approvals:correction_register",
    Of.PARENT_SLIPS: "students:class_records",
    Of.PARENT_LIST: "students:class_records",
    Of.CONSENT_SLIPS: "approvals:consent_class",
}
_PAPERS = {
    Of.REPORT: "reports:report_paper",
    Of.KEPT_REPORT: "reports:kept_report_paper",
    Of.LIST: "reports:year_end_list_paper",
    Of.CORRECTIONS: "reports:correction_register_paper",
    Of.PARENT_SLIPS: "reports:parent_slips",
    Of.PARENT_LIST: "reports:parent_list",
    Of.CONSENT_SLIPS: "reports:consent_slips",
}
