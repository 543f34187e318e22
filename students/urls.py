from django.urls import path

from students import class_views, import_views, movement_views

app_name = "students"
urlpatterns = [
    path("classes/", class_views.class_list, name="classes"),
    path("classes/<int:pk>/", class_views.class_page, name="class"),
    path("head-counts/", movement_views.head_counts, name="head_counts"),
    path("head-counts/excel/", movement_views.head_counts_file, name="head_counts_file"),
    path("movements/", movement_views.movement_list, name="movements"),
    path("movements/<int:pk>/", movement_views.movement_page, name="movement"),
    path("movements/<int:pk>/cancel/", movement_views.movement_cancel, name="movement_cancel"),
    path("pupils/<int:pk>/movements/", movement_views.pupil_movements, name="pupil_movements"),
    path("pupils/<int:pk>/movements/<str:kind>/", movement_views.movement_new, name="movement_new"),
    path("import/", import_views.roster_import, name="import"),
    path("import/<int:pk>/", import_views.roster_upload, name="upload"),
    path("import/<int:pk>/apply/", import_views.roster_apply, name="upload_apply"),
]
