from django.urls import path

from students import class_record_views, class_views, import_views, record_views, search_views

app_name = "students"
urlpatterns = [
    path("classes/", class_views.class_list, name="classes"),
    path("classes/<int:pk>/", class_views.class_page, name="class"),
    path("search/", search_views.search, name="search"),
    path("search/suggestions/", search_views.suggestions, name="suggestions"),
    path("classes/<int:pk>/records/", class_record_views.class_records, name="class_records"),
    path("classes/<int:pk>/measures/", class_record_views.class_measures, name="class_measures"),
    path("classes/<int:pk>/papers/", class_record_views.class_papers, name="class_papers"),
    path("records/", class_record_views.records, name="records"),
    path("units/", record_views.units, name="units"),
    path("pupils/<int:pk>/", record_views.pupil, name="pupil"),
    path("pupils/<int:pk>/temporary-code/", record_views.temporary_code, name="temporary_code"),
    path("pupils/<int:pk>/<slug:section>/", record_views.pupil_edit, name="pupil_edit"),
    path("import/", import_views.roster_import, name="import"),
    path("import/<int:pk>/", import_views.roster_upload, name="upload"),
    path("import/<int:pk>/apply/", import_views.roster_apply, name="upload_apply"),
]
