"""The papers by which the parents of a class check what the school has on record, as files to print."""

from django.http import Http404
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from accounts.models import AccessLogEntry
from accounts.rate_limit import limited
from accounts.requests import SignedInRequest
from reports.paper_views import paper_answer
from reports.paper_wishes import Of, PaperWish
from reports.parent_papers import TEMPLATES, parent_paper, read_papers
from students.class_record_views import get_class
from students.names import file_words


@require_http_methods(["GET", "HEAD", "POST"])
@limited("parent_slips", times=240, minutes=10, what="xem bản in")
def parent_slips(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """A page for each pupil, with everything that its parents are to check and sign."""
    return _paper(request, pk, Of.PARENT_SLIPS, "phieu-kiem-tra-thong-tin")


@require_http_methods(["GET", "HEAD", "POST"])
@limited("parent_list", times=240, minutes=10, what="xem bản in")
def parent_list(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The list of the class that goes round."""
    return _paper(request, pk, Of.PARENT_LIST, "danh-sach-kiem-tra-thong-tin")


def _paper(request: SignedInRequest, pk: int, of: Of, name: str) -> HttpResponseBase:
    """Who took it is logged: it tells of every pupil of the class."""
    school_class = get_class(request.user, pk)
    papers = read_papers(school_class, printed_by=request.user.full_name)
    if not papers.slips:
        raise Http404(f"Lớp {school_class.name} chưa có học sinh nên chưa có gì để in.")
    file = f"{name}-{file_words(school_class.name)}-{school_class.year.label.replace(' ', '')}"
    return paper_answer(
        request,
        PaperWish(of, str(pk), "", file, seen_by=request.user.pk, tells_of_pupils=True),
        lambda: parent_paper(papers, TEMPLATES[of]),
        year=school_class.year,
        title=papers.title(TEMPLATES[of]),
        detail=f"{len(papers.slips)} học sinh",
        logged_as=AccessLogEntry.Kind.BULK_EXPORTED,
    )
