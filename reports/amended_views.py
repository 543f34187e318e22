"""Which prints of decisions and certificates a later decision has made wrong (R55)."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import permissions
from accounts.powers import Action
from accounts.requests import SignedInRequest
from gradebook.models import ResultsDecision
from reports.amended_papers import amended_by_decision
from reports.decision_views import WHO_PRINTS

NOTHING = (
    "Chưa in quyết định, giấy khen nào có nội dung mà quyết định này sửa đổi, trước khi nó được ban hành."
)


@never_cache
@require_safe
def amended(request: SignedInRequest, pk: int) -> HttpResponse:
    """By one decision; asked by htmx, only the list, for the page of the decision."""
    permissions.require(request.user, Action.PRINT_PAPERS, WHO_PRINTS)
    decision = get_object_or_404(ResultsDecision.objects.select_related("year"), pk=pk)
    context = {"decision": decision, "rows": amended_by_decision(decision), "nothing": NOTHING}
    template = "reports/_amended_of_decision.html" if request.htmx else "reports/amended.html"
    return render(request, template, context)
