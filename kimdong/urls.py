"""One line per app: the code of a screen is in the app that its address begins with."""

from django.urls import include, path, re_path

from kimdong.metrics import metrics
from kimdong.status import healthz, readyz
from reports.proof_views import proof_of

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("", include("approvals.urls")),
    path("accounts/", include("accounts.urls")),
    path("students/", include("students.urls")),
    path("gradebook/", include("gradebook.urls")),
    path("reports/", include("reports.urls")),
    # What the square code of a print opens: short, for more letters make its modules smaller (reports.print_addresses).
    re_path(r"^[pP]/(?P<code>[0-9A-Za-z-]{8,12})$", proof_of, name="proof_of"),
]

handler403 = "accounts.refusals.permission_denied"
handler404 = "kimdong.not_found.page_not_found"
handler400 = "kimdong.safe_answers.bad_request"
handler500 = "kimdong.safe_answers.server_error"
