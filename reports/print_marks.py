"""What proves a print, as the metadata of its PDF carry it (`reports.pdf_archive`)."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Marks:
    """What proves a print, as its metadata carry it (issue 7, part 6): SHA-256 as 64 hex digits of all contents and of
    each part, and the heads of the audit chain; "" and () for what it has not."""

    content_hash: str = ""
    audit_codes: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


NO_MARKS: Final = Marks()
