from django.urls import include, path

from approvals import (
    announcement_views,
    audit_views,
    consent_views,
    correction_register_views,
    data_incident_views,
    data_purpose_views,
    data_request_views,
    document_views,
    evidence_views,
    finding_views,
    inquiry_views,
    inspection_views,
    proposal_views,
    pupil_rolls,
    reconciliation_views,
    request_views,
    retention_views,
    roll_corrections,
    signature_views,
    staff_decision_views,
    task_views,
    year_closing_views,
)
from students import converters  # noqa: F401 - they register themselves

app_name = "approvals"

of_requests = [
    path("requests/", request_views.request_list, name="requests"),
    path("requests/register/", correction_register_views.correction_register, name="correction_register"),
    path(
        "requests/register/excel/",
        correction_register_views.correction_register_file,
        name="correction_register_file",
    ),
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

of_announcements = [
    path("announcements/", announcement_views.announcement_list, name="announcements"),
    path("announcements/new/", announcement_views.announcement_new, name="announcement_new"),
    path("announcements/<int:pk>/", announcement_views.announcement_page, name="announcement"),
    path("announcements/<int:pk>/read/", announcement_views.announcement_read, name="announcement_read"),
    path(
        "announcements/<int:pk>/withdraw/",
        announcement_views.announcement_withdraw,
        name="announcement_withdraw",
    ),
    path("announcements/<int:pk>/file/", announcement_views.announcement_file, name="announcement_file"),
]

of_documents = [
    path("documents/", document_views.document_list, name="documents"),
    path("documents/new/<str:kind>/", document_views.document_new, name="document_new"),
    path("documents/<int:pk>/", document_views.document_page, name="document"),
    path("documents/<int:pk>/new/", document_views.document_renew, name="document_renew"),
    path("documents/versions/<int:pk>/file/", document_views.document_file, name="document_file"),
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

of_personal_data = [
    path("consents/", consent_views.consents, name="consents"),
    path("consents/classes/<int:pk>/", consent_views.consent_class, name="consent_class"),
    path("consents/pupils/<int:pk>/", consent_views.consent_pupil, name="consent_pupil"),
    path("personal-data/", data_purpose_views.purposes, name="purposes"),
    path("personal-data/begin/", data_purpose_views.purposes_begin, name="purposes_begin"),
    path("personal-data/new/", data_purpose_views.purpose_new, name="purpose_new"),
    path("personal-data/<int:pk>/", data_purpose_views.purpose_edit, name="purpose_edit"),
    path("personal-data/<int:pk>/end/", data_purpose_views.purpose_end, name="purpose_end"),
    path("personal-data/help/", data_purpose_views.data_help, name="data_help"),
    path("personal-data/retention/", retention_views.retention, name="retention"),
    path("personal-data/retention/<slug:code>/", retention_views.retention_remove, name="retention_remove"),
    path("personal-data/requests/", data_request_views.data_requests, name="data_requests"),
    path("personal-data/requests/new/", data_request_views.data_request_new, name="data_request_new"),
    path("personal-data/requests/<int:pk>/", data_request_views.data_request, name="data_request"),
    path(
        "personal-data/requests/<int:pk>/<str:act>/",
        data_request_views.data_request_act,
        name="data_request_act",
    ),
    path("personal-data/incidents/", data_incident_views.data_incidents, name="data_incidents"),
    path("personal-data/incidents/new/", data_incident_views.data_incident_new, name="data_incident_new"),
    path("personal-data/incidents/<int:pk>/", data_incident_views.data_incident, name="data_incident"),
    path(
        "personal-data/incidents/<int:pk>/edit/",
        data_incident_views.data_incident_edit,
        name="data_incident_edit",
    ),
    path(
        "personal-data/incidents/<int:pk>/notify/",
        data_incident_views.data_incident_notify,
        name="data_incident_notify",
    ),
    path(
        "personal-data/incidents/<int:pk>/close/",
        data_incident_views.data_incident_close,
        name="data_incident_close",
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

of_signatures = [
    path("signatures/", signature_views.signatures, name="signatures"),
    path("signatures/sign/", signature_views.sign, name="sign_books"),
    path("signatures/remind/", signature_views.remind_signers, name="remind_signers"),
    path(
        "signatures/<int:class_id>/<str:code>/<str:period>/",
        signature_views.signature,
        name="signature",
    ),
]

of_the_trail = [
    path("audit/", audit_views.audit, name="audit"),
    path("audit/excel/", audit_views.audit_file, name="audit_file"),
    path("audit/pupils/<int:pk>/", audit_views.audit_pupil, name="audit_pupil"),
    path("audit/classes/<int:pk>/", audit_views.audit_class, name="audit_class"),
    path("audit/people/<int:pk>/", audit_views.audit_person, name="audit_person"),
    path(
        "audit/pupils/<int:pk>/differences/",
        audit_views.audit_pupil_differences,
        name="audit_pupil_differences",
    ),
    path(
        "audit/classes/<int:pk>/differences/",
        audit_views.audit_class_differences,
        name="audit_class_differences",
    ),
]

urlpatterns = [
    # The start page of the school stands at the root; everything else of the app under its own name.
    path("", task_views.tasks, name="tasks"),
    path("tasks/counts/", task_views.task_counts, name="task_counts"),
    path("approvals/", include(of_requests)),
    path("approvals/", include(of_inquiries)),
    path("approvals/", include(of_inspections)),
    path("approvals/", include(of_reconciliations)),
    path("approvals/", include(of_years)),
    path("approvals/", include(of_signatures)),
    path("approvals/", include(of_announcements)),
    path("approvals/", include(of_documents)),
    path("approvals/", include(of_personal_data)),
    path("approvals/", include(of_the_trail)),
]
