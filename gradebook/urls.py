from django.urls import path

from gradebook import account_views, leaver_views, order_views, progress_views, sheet_views, workbook_views

app_name = "gradebook"
urlpatterns = [
    path("accounts/new/", account_views.account_new, name="account_new"),
    path("accounts/upload/", account_views.account_upload, name="account_upload"),
    path("accounts/<int:pk>/close/", leaver_views.leaver, name="leaver"),
    path("orders/", order_views.order_list, name="orders"),
    path("orders/new/", order_views.order_new, name="order_new"),
    path("orders/<int:pk>/", order_views.order_page, name="order"),
    path("progress/", progress_views.progress, name="progress"),
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
]
