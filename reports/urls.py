from django.urls import path

from reports import (
    correction_views,
    decision_views,
    handover_views,
    inspection_views,
    monthly_report_views,
    official_paper_views,
    own_print_views,
    parent_paper_views,
    print_views,
    superseded_views,
    transfer_views,
)

app_name = "reports"
urlpatterns = [
    path("prints/", print_views.prints, name="prints"),
    path("own/", own_print_views.own_prints, name="own_prints"),
    path("own/book/", own_print_views.own_book_print, name="own_book_print"),
    path("own/slips/", own_print_views.slips_print, name="slips_print"),
    path("prints/<int:pk>/", print_views.print_job, name="print_job"),
    path("prints/<int:pk>/file/", print_views.print_file, name="print_file"),
    path("requests/<int:pk>/paper/", correction_views.correction_paper, name="correction_paper"),
    path("requests/<int:pk>/prints/", superseded_views.superseded, name="superseded"),
    path("requests/<int:pk>/reprint/", superseded_views.reprint, name="reprint"),
    path("requests/register/", correction_views.correction_register_paper, name="correction_register_paper"),
    path("decisions/<int:pk>/print/", decision_views.decision_print, name="decision_print"),
    path("decisions/<int:pk>/certificates/", decision_views.certificates_print, name="certificates_print"),
    path("handovers/<int:pk>/", handover_views.handover_file, name="handover_file"),
    path("inspections/<int:pk>/", inspection_views.inspection_minutes, name="inspection_minutes"),
    path("reconciliations/<int:pk>/", monthly_report_views.monthly_report, name="monthly_report"),
    path("parents/<int:pk>/slips/", parent_paper_views.parent_slips, name="parent_slips"),
    path("parents/<int:pk>/list/", parent_paper_views.parent_list, name="parent_list"),
    path("orders/<int:pk>/", official_paper_views.order_paper, name="order_paper"),
    path("boards/<int:pk>/", official_paper_views.board_paper, name="board_paper"),
    path("transfer-packs/<int:pk>/", transfer_views.transfer_pack, name="transfer_pack"),
]
