"""Kinds of reports: of which moment, how they are read, who stands behind a figure. The registry is `kinds`."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from accounts import clock
from gradebook.regulation import Period
from gradebook.windows import period_in_year
from reports.figures import Report
from students.models import SchoolYear


class Group(StrEnum):
    """The parts of the index."""

    STATISTICS = "Thống kê cho Ban giám hiệu"
    REQUIRED = "Báo cáo theo mẫu"
    SUMMARY = "Báo cáo của nhà trường"
    LISTS = "Danh sách cuối năm"


@dataclass(frozen=True, slots=True)
class Moment:
    """What a report is of: a period of the year, or a day of it."""

    year: SchoolYear
    period: Period | None = None
    day: datetime.date | None = None

    @property
    def words(self) -> str:
        if self.day:
            return f"ngày {self.day:%d/%m/%Y}, năm học {self.year.label}"
        return period_in_year(self.period, self.year) if self.period else f"năm học {self.year.label}"

    @property
    def query(self) -> str:
        """In an address: «year=2026&period=CHKI», «year=2026&day=2026-09-30»."""
        own = f"&day={self.day:%Y-%m-%d}" if self.day else ""
        own = f"&period={self.period.value}" if self.period else own
        return f"year={self.year.pk}{own}"

    @property
    def file_part(self) -> str:
        """In a file's name: «CHKI-2026-2027», «2026-09-30»."""
        years = f"{self.year.pk}-{self.year.pk + 1}"
        if self.day:
            return f"{self.day:%Y-%m-%d}"
        return f"{self.period.value}-{years}" if self.period else years

    @property
    def last_day(self) -> datetime.date:
        """Up to which day it looks: never one that is still to come."""
        return min(self.due_day, clock.today())

    @property
    def due_day(self) -> datetime.date:
        """The day, or the end of the period's term."""
        if self.day:
            return self.day
        if self.period in (Period.MID_TERM_1, Period.END_TERM_1):
            return self.year.first_term_ends_on
        return self.year.lessons_end_on or self.year.ends_on

    @property
    def early(self) -> str:
        """A sentence where that day is still to come; "" where it is not."""
        if self.last_day == self.due_day:
            return ""
        return f"Chưa đến ngày {self.due_day:%d/%m/%Y}: số liệu tính đến ngày {self.last_day:%d/%m/%Y}."


@dataclass(frozen=True, slots=True)
class PupilLine:
    """A pupil behind a figure: class, name, and what made them count, in words."""

    student_id: int
    class_name: str
    full_name: str
    birth_label: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class CellKey:
    """A figure of a report, by the keys of its table, row and column."""

    table: str
    row: str
    column: str


@dataclass(frozen=True, slots=True)
class ReportKind:
    """A report of the school.

    `periods` of which it can be asked, the last one is shown first; () where it is of a day, which is then
    `first_day` of the year unless told otherwise. `behind` lists the pupils behind those figures that `has_list` names;
    `tells_secrets` says of which that list tells what is sensitive (a disability, an ethnic minority). `form` is the
    workbook in the layout that is prescribed. `remarks` are headings under which the principal writes as the copy is
    kept. Of one that `is_long` a page shows one table at a time. One that `is_list` names pupils, in words instead of
    figures: its files ask for the password.
    """

    slug: str
    title: str
    about: str
    group: Group
    read: Callable[[Moment], Report]
    periods: tuple[Period, ...] = ()
    first_day: Callable[[SchoolYear], datetime.date] | None = None
    behind: Callable[[Moment, CellKey], tuple[PupilLine, ...]] | None = None
    has_list: Callable[[CellKey], bool] = lambda _cell: True
    tells_secrets: Callable[[CellKey], bool] = lambda _cell: False
    form: Callable[[Moment, Report], bytes] | None = None
    remarks: tuple[str, ...] = ()
    is_long: bool = False
    is_list: bool = False

    @property
    def has_form(self) -> bool:
        """For templates, which would call `form`."""
        return self.form is not None

    @property
    def is_of_a_day(self) -> bool:
        return self.first_day is not None
