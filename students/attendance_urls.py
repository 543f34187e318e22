"""Addresses of attendance: days as 2026-11-25, months as 2026-11, sessions as morning and afternoon."""

import datetime

from django.urls import path, register_converter

from students import attendance_views, roll_views


class DayConverter:
    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> datetime.date:
        return datetime.date.fromisoformat(value)

    def to_url(self, day: datetime.date) -> str:
        return day.isoformat()


class MonthConverter:
    """The first day of the month."""

    regex = r"\d{4}-\d{2}"

    def to_python(self, value: str) -> datetime.date:
        return datetime.date.fromisoformat(f"{value}-01")

    def to_url(self, month: datetime.date) -> str:
        return f"{month:%Y-%m}"


class SessionConverter:
    regex = "morning|afternoon"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, session: str) -> str:
        return session


register_converter(DayConverter, "school_day")
register_converter(MonthConverter, "school_month")
register_converter(SessionConverter, "session")

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
