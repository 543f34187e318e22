"""What the clerk has to print again after a correction or an amending decision, on the start page (R55; PLAN IV)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from accounts import permissions
from accounts.models import User
from accounts.powers import Action
from accounts.start_page import Task
from reports.amended_papers import Amended, amended_of_year, last_of_each
from reports.models import PrintJob
from reports.printed_files import page_of
from reports.superseded import Superseded, superseded_in
from students.models import SchoolYear


@dataclass(slots=True)
class _Stale:
    """A print, and which pages of it no longer hold by what."""

    job: PrintJob
    told: list[str] = field(default_factory=list)


def reprint_tasks(user: User) -> Iterator[Task]:
    """A line a print of the years that are open, as the page of the prints lists them. One statement for the years, for
    each those of `superseded_in` and `amended_of_year`; none for who does not print.
    """
    if not permissions.may(user, Action.PRINT_BOOKS):
        return
    years = SchoolYear.objects.begun().exclude(state=SchoolYear.State.CLOSED)
    for stale in _stale(years):
        detail = f"bản in số {stale.job.pk}: {'; '.join(stale.told)}"
        yield Task(f"In lại {stale.job.title}", detail, page_of(stale.job), "warning", "Có nội dung cũ")


def _stale(years: Iterable[SchoolYear]) -> list[_Stale]:
    found: dict[int, _Stale] = {}
    rows: list[Superseded | Amended] = []
    for year in years:
        rows += [*stale_books(year), *stale_papers(year)]
    for row in rows:
        told = found.setdefault(row.job.pk, _Stale(row.job)).told
        told.append(f"{row.where} ({row.by})")
    return list(found.values())


def stale_books(year: SchoolYear | None) -> list[Superseded]:
    """The prints of a year in which a corrected value still stands, and that no later print replaces."""
    return [row for row in superseded_in(year) if row.renewed is None]


def stale_papers(year: SchoolYear | None) -> list[Amended]:
    """The same of decisions and certificates that were amended."""
    return last_of_each(row for row in amended_of_year(year) if row.renewed is None)
