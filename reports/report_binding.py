"""Make a long report or list as `book_binding` makes a book: read, drawn, bound, read back, published.

Runs in a worker; nothing here knows of queues. Drawn pages are kept by what is on them, so the same report of unchanged
figures is read again and not drawn again.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts import permissions
from accounts.audit_chain import head_code
from accounts.models import User
from accounts.powers import Action
from approvals.consent_views import get_consents_class
from approvals.correction_register_views import WHO_EXPORTS, read_asked
from gradebook.year_end_list_views import shown_list
from reports import kept_pages, pdf, read_back
from reports.asked_reports import asked_report, get_kept, paper_of, paper_of_kept
from reports.book_binding import Bound, marks_of, one_moment, page_count, publishing
from reports.consent_slips import consent_paper, read_consent_slips
from reports.correction_papers import paper_of_register
from reports.list_papers import list_paper
from reports.models import PrintJob
from reports.own_books import NothingHeld
from reports.paper_wishes import Of, PaperWish
from reports.papers import Paper
from reports.parent_papers import TEMPLATES, parent_paper, read_papers
from students.class_record_views import get_class


@dataclass(frozen=True, slots=True)
class ReportManuscript:
    """All that shall stand in the file. The names are those of `book_binding.Manuscript`.

    The date that a report bears is on its paper; its figures may change as soon as it is read, and its paper says so.
    """

    paper: Paper
    content_hash: str
    audit_code: str
    print_code: str = ""
    is_preview: bool = False
    parts: tuple[()] = ()

    @property
    def title(self) -> str:
        return self.paper.title

    @property
    def pupils(self) -> int:
        return self.paper.pupils

    @property
    def lines(self) -> int:
        return self.paper.lines

    @property
    def lacks(self) -> dict[str, Any]:
        return {}


def read_manuscript(job: PrintJob) -> ReportManuscript:
    """`job` comes with who asked for it. Raises NothingHeld where the paper is no longer theirs, or not there."""
    with one_moment():
        try:
            paper = _read(PaperWish(**job.paper), job.asked_by)
        except (PermissionDenied, Http404) as problem:
            raise NothingHeld(str(problem) or "Báo cáo, danh sách này không còn.") from problem
        code = head_code()
    return ReportManuscript(paper, pdf.paper_hash(paper.template, paper.context, title=paper.title), code)


def _read(wish: PaperWish, user: User) -> Paper:
    """As the view of the same paper reads it. Raises PermissionDenied, Http404."""
    table = wish.asked.get("table", "")
    match Of(wish.of):
        case Of.REPORT:
            return paper_of(asked_report(user, wish.key, wish.asked), table)
        case Of.KEPT_REPORT:
            return paper_of_kept(get_kept(user, int(wish.key)), table)
        case Of.LIST:
            return list_paper(shown_list(user, wish.key, wish.asked))
        case Of.CORRECTIONS:
            permissions.require(user, Action.PRINT_PAPERS, WHO_EXPORTS)
            return paper_of_register(user, read_asked(user, wish.asked))
        case Of.PARENT_SLIPS | Of.PARENT_LIST as of:
            papers = read_papers(get_class(user, int(wish.key)), printed_by=user.full_name)
            return parent_paper(papers, TEMPLATES[of])
        case Of.CONSENT_SLIPS:
            school_class = get_consents_class(user, int(wish.key))
            return consent_paper(read_consent_slips(school_class, printed_by=user.full_name))


def draw_pages(
    manuscript: ReportManuscript, *, progressed: Callable[[int], None], stop_if_asked: Callable[[], None]
) -> list[Path]:
    """One PDF, unless it is kept."""
    stop_if_asked()
    page = kept_pages.kept_drawing(manuscript.content_hash, manuscript.paper.drawn)
    progressed(manuscript.pupils)
    return [page]


def bind(manuscript: ReportManuscript, parts: Sequence[Path], *, name: str) -> Bound:
    """Checks the file against the manuscript and publishes it. Raises read_back.PrintRunShort."""
    with publishing(parts, name=name, is_signed=False) as draft:
        pdf.merge_into(draft, parts, title=manuscript.title, marks=marks_of(manuscript))
        faults = tuple(_faults(draft, manuscript.paper.told))
        if faults:
            raise read_back.PrintRunShort(faults)
        return Bound(page_count(draft))


def _faults(file: Path, told: Sequence[str]) -> Iterator[str]:
    """What does not stand in the file, in its order."""
    text, at = read_back.text_of(file), 0
    for words in told:
        place = text.find(read_back.squeezed(words), at)
        if place < 0:
            yield f"thiếu hoặc sai thứ tự: {words}"
        at = max(at, place)
