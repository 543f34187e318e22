from django.urls import include, path

from approvals import (
    evidence_views,
    finding_views,
    inquiry_views,
    inspection_views,
    reconciliation_views,
    request_views,
    roll_corrections,
    staff_decision_views,
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
        request_views.propose,
        name="propose",
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

of_inspections = [
    path("inspections/", inspection_views.inspection_list, name="inspections"),
    path("inspections/new/", inspection_views.inspection_new, name="inspection_new"),
    path("inspections/<int:pk>/", inspection_views.inspection_page, name="inspection"),
    path(
        "inspections/<int:pk>/classes/<int:class_id>/",
        inspection_views.inspection_class,
        name="inspection_class",
    ),
    path(
        "inspections/<int:pk>/sheets/<int:class_id>/<str:code>/",
        inspection_views.inspection_sheet,
        name="inspection_sheet",
    ),
    path("inspections/<int:pk>/<str:act>/", inspection_views.inspection_act, name="inspection_act"),
    path("inspections/findings/<int:pk>/", finding_views.finding_page, name="finding"),
    path("inspections/findings/<int:pk>/<str:act>/", finding_views.finding_act, name="finding_act"),
    path("inspections/decisions/", staff_decision_views.decision_list, name="staff_decisions"),
    path("inspections/decisions/new/", staff_decision_views.decision_new, name="staff_decision_new"),
    path("inspections/decisions/<int:pk>/", staff_decision_views.decision_page, name="staff_decision"),
    path(
        "inspections/decisions/<int:pk>/revoke/",
        staff_decision_views.decision_revoke,
        name="staff_decision_revoke",
    ),
]

of_reconciliations = [
    path("reconciliations/", reconciliation_views.round_list, name="reconciliations"),
    path("reconciliations/new/", reconciliation_views.round_new, name="reconciliation_new"),
    path("reconciliations/<int:pk>/", reconciliation_views.round_page, name="reconciliation"),
    path("reconciliations/<int:pk>/close/", reconciliation_views.round_close, name="reconciliation_close"),
    path("reconciliations/<int:pk>/report/", reconciliation_views.report_page, name="reconciliation_report"),
    path("reconciliations/replies/<int:pk>/", reconciliation_views.reply_page, name="reconciliation_reply"),
    path(
        "reconciliations/replies/<int:pk>/<str:act>/",
        reconciliation_views.reply_act,
        name="reconciliation_reply_act",
    ),
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
    path("approvals/", include(of_inspections)),
    path("approvals/", include(of_reconciliations)),
    path("approvals/", include(of_years)),
]
