"""The slips of a class by which consents are asked for, as a file to print and hand out."""

from django.http import Http404
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from accounts.models import AccessLogEntry
from accounts.rate_limit import limited
from accounts.requests import SignedInRequest
from approvals.consent_views import get_consents_class
from reports.consent_slips import consent_paper, read_consent_slips
from reports.paper_views import paper_answer
from reports.paper_wishes import Of, PaperWish
from students.names import file_words


@require_http_methods(["GET", "HEAD", "POST"])
@limited("consent_slips", times=240, minutes=10, what="xem bản in")
def consent_slips(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Who took it is logged: it names every pupil of the class."""
    school_class = get_consents_class(request.user, pk)
    slips = read_consent_slips(school_class, printed_by=request.user.full_name)
    if not slips.purposes:
        raise Http404("Sổ mục đích chưa có mục nào cần đồng ý nên chưa có phiếu để in.")
    if not slips.slips:
        raise Http404(f"Lớp {school_class.name} chưa có học sinh nên chưa có phiếu để in.")
    name = f"phieu-dong-y-{file_words(school_class.name)}-{school_class.year.label.replace(' ', '')}"
    return paper_answer(
        request,
        PaperWish(Of.CONSENT_SLIPS, str(pk), "", name, seen_by=request.user.pk, tells_of_pupils=True),
        lambda: consent_paper(slips),
        year=school_class.year,
        title=slips.title,
        detail=f"{len(slips.slips)} học sinh",
        logged_as=AccessLogEntry.Kind.BULK_EXPORTED,
    )
