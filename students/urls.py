from django.urls import path

from students import class_views, import_views, search_views

app_name = "students"
urlpatterns = [
    path("classes/", class_views.class_list, name="classes"),
    path("classes/<int:pk>/", class_views.class_page, name="class"),
    path("search/", search_views.search, name="search"),
    path("search/suggestions/", search_views.suggestions, name="suggestions"),
    path("import/", import_views.roster_import, name="import"),
    path("import/<int:pk>/", import_views.roster_upload, name="upload"),
    path("import/<int:pk>/apply/", import_views.roster_apply, name="upload_apply"),
]
