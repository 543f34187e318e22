"""One line per app: the code of a screen is in the app that its address begins with."""

from django.urls import include, path

from kimdong.status import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("approvals.urls")),
    path("accounts/", include("accounts.urls")),
    path("students/", include("students.urls")),
    path("gradebook/", include("gradebook.urls")),
    path("reports/", include("reports.urls")),
]

handler403 = "accounts.refusals.permission_denied"
handler400 = "kimdong.safe_answers.bad_request"
