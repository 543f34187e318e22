from django.urls import path

from students import (
    class_edit_views,
    class_record_views,
    class_views,
    import_views,
    record_views,
    search_views,
    year_views,
)

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
    path("classes/<int:pk>/edit/", class_edit_views.class_edit, name="class_edit"),
    path("classes/<int:pk>/delete/", class_edit_views.class_delete, name="class_delete"),
    path("classes/<int:pk>/week/", year_views.class_week, name="class_week"),
    path("years/", year_views.years, name="years"),
    path("years/new/", year_views.year_new, name="year_new"),
    path("years/<int:pk>/", year_views.year, name="year"),
    path("years/<int:pk>/edit/", year_views.year_edit, name="year_edit"),
    path("years/<int:pk>/days/new/", year_views.entry_new, name="entry_new"),
    path("years/<int:pk>/week/", year_views.week, name="week"),
    path("years/<int:pk>/classes/new/", class_edit_views.class_new, name="class_new"),
    path("days/<int:pk>/remove/", year_views.entry_remove, name="entry_remove"),
    path("import/", import_views.roster_import, name="import"),
    path("import/<int:pk>/", import_views.roster_upload, name="upload"),
    path("import/<int:pk>/apply/", import_views.roster_apply, name="upload_apply"),
]
