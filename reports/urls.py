from django.urls import path

from reports import (
    handover_views,
    inspection_views,
    monthly_report_views,
    parent_paper_views,
    print_views,
    transfer_views,
)

app_name = "reports"
urlpatterns = [
    path("prints/", print_views.prints, name="prints"),
    path("prints/<int:pk>/", print_views.print_job, name="print_job"),
    path("prints/<int:pk>/file/", print_views.print_file, name="print_file"),
    path("handovers/<int:pk>/", handover_views.handover_file, name="handover_file"),
    path("inspections/<int:pk>/", inspection_views.inspection_minutes, name="inspection_minutes"),
    path("reconciliations/<int:pk>/", monthly_report_views.monthly_report, name="monthly_report"),
    path("parents/<int:pk>/slips/", parent_paper_views.parent_slips, name="parent_slips"),
    path("parents/<int:pk>/list/", parent_paper_views.parent_list, name="parent_list"),
    path("transfer-packs/<int:pk>/", transfer_views.transfer_pack, name="transfer_pack"),
]
