from django.urls import path

from students import class_views, import_views

app_name = "students"
urlpatterns = [
    path("classes/", class_views.class_list, name="classes"),
    path("classes/<int:pk>/", class_views.class_page, name="class"),
    path("import/", import_views.roster_import, name="import"),
    path("import/<int:pk>/", import_views.roster_upload, name="upload"),
    path("import/<int:pk>/apply/", import_views.roster_apply, name="upload_apply"),
    path("import/runs/<int:pk>/cancel/", import_views.roster_run_cancel, name="run_cancel"),
]
