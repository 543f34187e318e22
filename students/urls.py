from django.urls import path

from students import attendance_urls, class_edit_views, class_views, import_views, year_views

app_name = "students"
urlpatterns = [
    path("classes/", class_views.class_list, name="classes"),
    path("classes/<int:pk>/", class_views.class_page, name="class"),
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
    *attendance_urls.urlpatterns,
]
