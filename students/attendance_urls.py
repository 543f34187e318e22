"""Addresses of attendance."""

from django.urls import path

from students import attendance_views, converters, roll_views  # noqa: F401 - the converters register themselves

urlpatterns = [
    path("attendance/", attendance_views.attendance, name="attendance"),
    path("attendance/late/", attendance_views.late_attendance, name="late_attendance"),
    path("classes/<int:pk>/roll/", roll_views.roll_today, name="roll_today"),
    path("classes/<int:pk>/roll/<school_day:day>/<session:session>/", roll_views.roll, name="roll"),
    path("classes/<int:pk>/attendance/", attendance_views.class_attendance, name="class_attendance"),
    path(
        "classes/<int:pk>/attendance/<school_month:month>/",
        attendance_views.attendance_month,
        name="attendance_month",
    ),
    path(
        "classes/<int:pk>/attendance/<school_month:month>/file/",
        attendance_views.attendance_file,
        name="attendance_file",
    ),
    path(
        "classes/<int:pk>/attendance/<school_month:month>/confirm/",
        attendance_views.attendance_confirm,
        name="attendance_confirm",
    ),
]
