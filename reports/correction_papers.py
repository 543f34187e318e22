"""The printed phiếu đề nghị sửa (domain.md 2.5; rule R77), and the register of corrections on paper."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.timezone import localdate

from accounts import clock
from accounts.clock import moment_label, today
from accounts.models import User
from accounts.signing import title_of
from accounts.signing_titles import PRINCIPAL_TITLE
from approvals.correction_register import NAME, Entry, Narrowing
from approvals.correction_register_views import Asked
from approvals.mandates import proposer_was_head
from approvals.models import CorrectionRequest
from approvals.request_pages import RequestPage, read_page
from approvals.workflow import State
from reports.book_content import Signature
from reports.papers import Paper
from reports.signatories import read_signatories
from students.models import SchoolYear
from students.paper_dates import long_date
from students.years import NoYearYet

REQUEST = "reports/print/correction_request.html"
REGISTER = "reports/print/correction_register.html"
CELLS_A_REQUEST = 40
"""A request in the register takes as long to be drawn (24 ms) as so many cells."""


NO = "Không đồng ý"
BLANK = "trống"
NO_MORE = "Không ghi: giá trị trong sổ đã đổi, phiếu không thực hiện được nữa."
LONG = 24
_MARKS = {
    State.DRAFT: "BẢN NHÁP, CHƯA GỬI",
    State.REFUSED: "PHIẾU BỊ TỪ CHỐI, KHÔNG CÓ GIÁ TRỊ THỰC HIỆN",
    State.CANCELLED: "PHIẾU ĐÃ HUỶ, KHÔNG CÓ GIÁ TRỊ THỰC HIỆN",
}
_STUCK = "GIÁ TRỊ TRONG SỔ ĐÃ ĐỔI, PHIẾU KHÔNG THỰC HIỆN ĐƯỢC NỮA"
_DEAD = {State.REFUSED: "phiếu bị từ chối", State.CANCELLED: "phiếu đã huỷ"}
"""Of what came to its end without being carried out."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one of the school's officers says of the request; without words: dotted lines, to be filled in by hand.

    A note that only repeats the verdict (`added_to`) is left out. `why_none`: why nobody says anything nor signs here.
    """

    title: str
    signer_title: tuple[str, ...]
    verdict: str = ""
    note: str = ""
    name: str = ""
    at: str = ""
    why_none: str = ""

    @property
    def is_given(self) -> bool:
        return bool(self.verdict or self.note or self.name)


@dataclass(frozen=True, slots=True)
class CorrectionPaper:
    """One request, as the form has it."""

    page: RequestPage
    opinions: tuple[Opinion, ...]
    execution: Opinion

    @property
    def request(self) -> CorrectionRequest:
        return self.page.request

    @property
    def year(self) -> SchoolYear:
        return self.request.school_class.year

    @property
    def name(self) -> str:
        return "PHIẾU ĐỀ NGHỊ SỬA ĐIỂM DANH" if self.request.roll_day else "PHIẾU ĐỀ NGHỊ SỬA ĐIỂM"

    @property
    def under_name(self) -> str:
        return "" if self.request.roll_day else "(ĐÁNH GIÁ, NHẬN XÉT)"

    @property
    def title(self) -> str:
        return self.request.title

    @property
    def number(self) -> str:
        """ "" of what never was filed: then the paper bears none."""
        return self.request.label if self.request.was_filed else ""

    @property
    def mark(self) -> str:
        """What a paper that is no valid request says of itself."""
        return _STUCK if self.page.is_stuck else _MARKS.get(self.page.state, "")

    @property
    def how_it_ended(self) -> str:
        """Of a cancelled one by whom, when and why, of a stuck one what has moved on; of a refused one the answers say
        it."""
        if self.page.is_stuck:
            moved = [
                f"{cell.student}, {cell.content}: lúc lập phiếu «{cell.old or BLANK}», nay «{cell.now or BLANK}»"
                for cell in self.page.cells
                if cell.is_stale
            ]
            return f"{'; '.join(moved)}. Người lập phiếu huỷ phiếu này; còn cần sửa thì lập phiếu mới."
        if self.page.state != State.CANCELLED:
            return ""
        last = self.page.timeline[0]
        return f"{last.who} huỷ lúc {last.at}. {last.note}".strip()

    @property
    def has_long_words(self) -> bool:
        """Whether the values need more room than a mark or a level does: comments."""
        return any(len(words) > LONG for cell in self.page.cells for words in (cell.old, cell.new))

    @property
    def place_and_date(self) -> str:
        day = self.request.filed_at
        return f"{self.year.place}, {long_date(_day(day))}"

    @property
    def filed_at(self) -> str:
        return moment_label(self.request.filed_at) if self.request.filed_at else ""


def read_correction_paper(user: User, request: CorrectionRequest) -> CorrectionPaper:
    """`request` comes from `request_pages.get_request`. Statements independent of the cells."""
    page = read_page(user, request)
    *opinions, execution = (
        replace(each, why_none=each.why_none or NO_MORE) if page.is_stuck and not each.is_given else each
        for each in (
            *(opinion_of_grade_head(request), _decision(request)),
            *(consent_of_principal(request), _execution(request)),
        )
    )
    return CorrectionPaper(page, tuple(opinions), execution)


def opinion_of_grade_head(request: CorrectionRequest) -> Opinion:
    title, signer = "Ý kiến tổ (khối) trưởng", ("TỔ (KHỐI) TRƯỞNG",)
    if request.opinion_by is None or request.opinion_at is None:
        return Opinion(title, signer, why_none=_why_no_opinion(request))
    at = moment_label(request.opinion_at)
    return Opinion(title, signer, note=request.opinion, name=request.opinion_by.full_name, at=at)


def _why_no_opinion(request: CorrectionRequest) -> str:
    """ "" while one may still be written by hand: until the vice-principal has decided, or the request is cancelled."""
    if proposer_was_head(request):
        return "Người đề nghị là tổ (khối) trưởng; phiếu trình thẳng Phó Hiệu trưởng."
    if request.decided_by_id or request.state == State.CANCELLED:
        return "Không ghi ý kiến; phiếu không bắt buộc có ý kiến của tổ."
    return ""


def consent_of_principal(request: CorrectionRequest) -> Opinion:
    """Of a request under way that needs none the lines stay, to be written by hand."""
    title = "Phê duyệt của Hiệu trưởng (khi đã phê duyệt kết quả, đã kí học bạ)"
    signer: tuple[str, ...] = PRINCIPAL_TITLE
    if request.consent_by is None or request.consent_at is None:
        return Opinion(title, signer, why_none=_why_no_consent(State(request.state)))
    verdict = NO if request.state == State.REFUSED else "Đồng ý"
    if request.state == State.CANCELLED:
        verdict = "Đã đồng ý; phiếu huỷ sau đó, không còn hiệu lực"
    at = moment_label(request.consent_at)
    signer = title_of(request.consent_by, localdate(request.consent_at))
    note = added_to(verdict, request.consent_note)
    return Opinion(title, signer, verdict, note, request.consent_by.full_name, at)


def _why_no_consent(state: State) -> str:
    if state in _DEAD:
        return f"Không xét: {_DEAD[state]}."
    return "Không cần: kết quả năm học của lớp chưa được phê duyệt." if state == State.APPLIED else ""


def _decision(request: CorrectionRequest) -> Opinion:
    """What the principal declined or its proposer cancelled had been approved before: it says that this is void."""
    title, signer = "Ý kiến Phó Hiệu trưởng (phê chuẩn minh chứng)", ("PHÓ HIỆU TRƯỞNG",)
    if request.decided_by is None or request.decided_at is None:
        is_dead = request.state == State.CANCELLED
        return Opinion(title, signer, why_none="Không xét: phiếu đã huỷ." if is_dead else "")
    verdict = "Phê chuẩn"
    if request.state == State.CANCELLED:
        verdict = "Đã phê chuẩn; phiếu huỷ sau đó, không còn hiệu lực"
    elif request.state == State.REFUSED:
        was_declined = request.consent_by is not None
        verdict = "Đã phê chuẩn; Hiệu trưởng không đồng ý nên không còn hiệu lực" if was_declined else NO
    return Opinion(
        title,
        signer,
        verdict,
        added_to(NO if verdict == NO else "Phê chuẩn", request.decision_note),
        request.decided_by.full_name,
        moment_label(request.decided_at),
    )


def _execution(request: CorrectionRequest) -> Opinion:
    title, signer = "Người thực hiện trên hệ thống (văn thư)", ("NGƯỜI THỰC HIỆN",)
    if request.applied_by is None or request.applied_at is None:
        dead = _DEAD.get(State(request.state), "")
        return Opinion(title, signer, why_none=f"Không thực hiện: {dead}." if dead else "")
    cells = request.items.count()
    verdict = f"Đã ghi vào sổ {cells} giá trị đúng như đề nghị; hệ thống đã đối chiếu giá trị cũ"
    return Opinion(
        title, signer, verdict, name=request.applied_by.full_name, at=moment_label(request.applied_at)
    )


def added_to(verdict: str, note: str) -> str:
    """What the note says beyond the verdict: «Đồng ý.» under «Đồng ý» adds nothing."""
    return "" if _bare(verdict).startswith(_bare(note)) else note


def _bare(words: str) -> str:
    return " ".join(re.findall(r"\w+", words.casefold()))


def _day(moment: datetime.datetime | None) -> datetime.date | None:
    return localdate(moment) if moment else None


def correction_pdf(paper: CorrectionPaper) -> bytes:
    """The request as a PDF."""
    # Only here, so that a web process that prints none does not load the typesetter (40 MB).
    from reports import pdf  # noqa: PLC0415

    return pdf.render(REQUEST, {"paper": paper}, title=paper.title)


# -- The register ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RegisterPaper:
    """The register, narrowed as asked; who prints it when stands on each page (R69)."""

    year: SchoolYear
    narrowing: Narrowing
    entries: Sequence[Entry]
    printed_by: str
    printed_at: str
    principal: Signature

    @property
    def title(self) -> str:
        return f"{NAME}, năm học {self.year.label}"


def register_paper(
    year: SchoolYear, narrowing: Narrowing, entries: Sequence[Entry], *, printed_by: str, printed_at: str
) -> RegisterPaper:
    """One statement."""
    principal = read_signatories([]).principal(year, min(today(), year.ends_on))
    return RegisterPaper(year, narrowing, entries, printed_by, printed_at, principal)


def paper_of_register(user: User, asked: Asked) -> Paper:
    """The register as somebody has asked for it, A4 across. Raises Http404 without a year."""
    year = asked.narrowing.year
    if year is None:
        raise NoYearYet
    entries = [Entry(each) for each in asked.rows]
    paper = register_paper(
        year,
        asked.narrowing,
        entries,
        printed_by=user.full_name,
        printed_at=clock.moment_label(clock.stamp()),
    )
    return Paper(
        REGISTER,
        {"paper": paper},
        title=paper.title,
        lines=len(entries),
        cells=len(entries) * CELLS_A_REQUEST,
        pupils=0,
        told=tuple(each.request.label for each in entries),
    )
