from django.urls import include, path

from approvals import (
    evidence_views,
    inquiry_views,
    proposal_views,
    pupil_rolls,
    request_views,
    roll_corrections,
    task_views,
    year_closing_views,
)
from students import converters  # noqa: F401 - they register themselves

app_name = "approvals"

of_requests = [
    path("requests/", request_views.request_list, name="requests"),
    path("requests/<int:pk>/", request_views.request_page, name="request"),
    path("requests/<int:pk>/attach/", request_views.attach, name="attach"),
    path("requests/<int:pk>/<str:act>/", request_views.request_act, name="request_act"),
    path(
        "propose/<int:class_id>/<str:code>/<str:period>/",
        proposal_views.propose,
        name="propose",
    ),
    path(
        "propose/<int:class_id>/rolls/<school_day:day>/pupils/<int:student_id>/",
        pupil_rolls.propose,
        name="propose_sessions",
    ),
    path(
        "propose/<int:class_id>/<str:code>/<str:period>/pupils/<int:student_id>/",
        proposal_views.propose_pupil,
        name="propose_pupil",
    ),
    path(
        "propose/<int:class_id>/roll/<school_day:day>/<session:session>/",
        roll_corrections.propose,
        name="propose_roll",
    ),
    path("evidence/<int:pk>/remove/", request_views.detach, name="detach"),
    path("evidence/<int:pk>/", evidence_views.evidence, name="evidence"),
]

of_inquiries = [
    path("inquiries/", inquiry_views.inquiry_list, name="inquiries"),
    path("inquiries/new/", inquiry_views.inquiry_new, name="inquiry_new"),
    path("inquiries/<int:pk>/", inquiry_views.inquiry_page, name="inquiry"),
    path("inquiries/<int:pk>/<str:act>/", inquiry_views.inquiry_act, name="inquiry_act"),
]

of_years = [
    path("years/<int:pk>/closing/", year_closing_views.closing, name="year_closing"),
    path("years/<int:pk>/close/", year_closing_views.close, name="year_close"),
    path("years/<int:pk>/reopen/", year_closing_views.reopen, name="year_reopen"),
]

urlpatterns = [
    # The start page of the school stands at the root; everything else of the app under its own name.
    path("", task_views.tasks, name="tasks"),
    path("approvals/", include(of_requests)),
    path("approvals/", include(of_inquiries)),
    path("approvals/", include(of_years)),
]
