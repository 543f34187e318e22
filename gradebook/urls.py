from django.urls import path

from gradebook import (
    account_views,
    assignment_upload_views,
    assignment_views,
    grant_views,
    group_views,
    handover_views,
    leaver_views,
    line_views,
    opening_views,
    order_views,
    past_views,
    period_absence_views,
    progress_views,
    pupil_sheet_views,
    roll_over_list_views,
    roll_over_views,
    sheet_views,
    staff_views,
    workbook_views,
)

app_name = "gradebook"
urlpatterns = [
    path("accounts/new/", account_views.account_new, name="account_new"),
    path("accounts/upload/", account_views.account_upload, name="account_upload"),
    path("accounts/<int:pk>/close/", leaver_views.leaver, name="leaver"),
    path("orders/", order_views.order_list, name="orders"),
    path("orders/new/", order_views.order_new, name="order_new"),
    path("orders/<int:pk>/", order_views.order_page, name="order"),
    path("years/<int:pk>/opening/", opening_views.opening, name="opening"),
    path("years/<int:pk>/open/", opening_views.year_open, name="year_open"),
    path("years/<int:pk>/lines/", line_views.year_lines, name="year_lines"),
    path("years/<int:pk>/rules/", line_views.year_rules, name="year_rules"),
    path("years/<int:pk>/class-lines/", line_views.class_lines, name="class_lines"),
    path("progress/", progress_views.progress, name="progress"),
    path("classes/<int:pk>/absences/", period_absence_views.period_absences, name="period_absences"),
    path("handovers/", handover_views.handovers, name="handovers"),
    path("handovers/<int:pk>/", handover_views.handover, name="handover"),
    path("handovers/<int:pk>/in-place/", handover_views.handover_in_place, name="handover_in_place"),
    path("handovers/<int:pk>/receive/", handover_views.handover_receive, name="handover_receive"),
    path("roll-over/", roll_over_views.roll_overs, name="roll_overs"),
    path("roll-over/<int:pk>/", roll_over_views.roll_over, name="roll_over"),
    path("roll-over/<int:pk>/classes/", roll_over_views.roll_over_classes, name="roll_over_classes"),
    path("roll-over/<int:pk>/propose/", roll_over_views.roll_over_propose, name="roll_over_propose"),
    path("roll-over/<int:pk>/apply/", roll_over_views.roll_over_apply, name="roll_over_apply"),
    path(
        "roll-over/<int:pk>/applications/<int:application_id>/undo/",
        roll_over_views.roll_over_undo,
        name="roll_over_undo",
    ),
    path(
        "roll-over/<int:pk>/decisions/<int:student_id>/",
        roll_over_views.roll_over_decision,
        name="roll_over_decision",
    ),
    path(
        "roll-over/<int:pk>/grades/<int:grade>/", roll_over_list_views.roll_over_grade, name="roll_over_grade"
    ),
    path(
        "roll-over/<int:pk>/grades/<int:grade>/list/",
        roll_over_list_views.roll_over_list,
        name="roll_over_list",
    ),
    path(
        "roll-over/<int:pk>/grades/<int:grade>/excel/",
        roll_over_list_views.roll_over_file,
        name="roll_over_file",
    ),
    # Before the sheets of lines, whose addresses take any word.
    path(
        "sheets/<int:class_id>/pupils/<int:student_id>/", pupil_sheet_views.pupil_sheet, name="pupil_sheet"
    ),
    path(
        "sheets/<int:class_id>/pupils/<int:student_id>/past/",
        past_views.pupil_sheet_past,
        name="pupil_sheet_past",
    ),
    path("sheets/<int:class_id>/<str:code>/<str:period>/past/", past_views.sheet_past, name="sheet_past"),
    path("sheets/<int:class_id>/<str:code>/<str:period>/", sheet_views.sheet, name="sheet"),
    path(
        "sheets/<int:class_id>/<str:code>/<str:period>/excel/", workbook_views.sheet_file, name="sheet_file"
    ),
    path(
        "sheets/<int:class_id>/<str:code>/<str:period>/upload/",
        workbook_views.sheet_upload,
        name="sheet_upload",
    ),
    path(
        "sheets/<int:class_id>/<str:code>/<str:period>/history/<int:student_id>/<str:item>/<str:field>/",
        sheet_views.cell_history,
        name="cell_history",
    ),
    path("staff/", staff_views.staff, name="staff"),
    path("staff/<int:pk>/", staff_views.person, name="person"),
    path("staff/<int:pk>/edit/", staff_views.person_edit, name="person_edit"),
    path("staff/<int:pk>/appoint/", staff_views.person_appoint, name="person_appoint"),
    path("staff/<int:pk>/stand-in/", assignment_views.stand_in, name="stand_in"),
    path("assignments/", assignment_views.class_staff, name="class_staff"),
    path("assignments/upload/", assignment_upload_views.assignment_upload, name="assignment_upload"),
    path(
        "assignments/files/<int:year>/<str:kind>/",
        assignment_upload_views.assignment_file,
        name="assignment_file",
    ),
    path("assignments/<int:class_id>/homeroom/", assignment_views.seat, name="homeroom_seat"),
    path("assignments/<int:class_id>/<int:line_id>/", assignment_views.seat, name="line_seat"),
    path("duties/<str:kind>/<int:pk>/<str:act>/", assignment_views.duty, name="duty"),
    path("grants/", grant_views.grants, name="grants"),
    path("grants/new/", grant_views.grant_new, name="grant_new"),
    path("grants/<int:pk>/withdraw/", grant_views.grant_withdraw, name="grant_withdraw"),
    path("groups/", group_views.groups, name="groups"),
    path("groups/<int:pk>/", group_views.group, name="group"),
    path("groups/members/<int:pk>/leave/", group_views.group_leave, name="group_leave"),
]
