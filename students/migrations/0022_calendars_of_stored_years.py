"""Gives the years that were there before a calendar: terms, public holidays, an ordinary week. They are open."""

import csv
import datetime
from pathlib import Path

from django.db import migrations

HOLIDAYS = Path(__file__).parent.parent / "data" / "national_holidays.csv"


def fill_calendars(apps, _schema_editor):
    """Terms as the schools of the country have them, where they fit the year's own dates."""
    for year in apps.get_model("students", "SchoolYear").objects.all():
        year.state = "open"
        first, second, last = _lessons(year)
        if year.starts_on <= first < year.first_term_ends_on < second < last <= year.ends_on:
            year.lessons_start_on, year.second_term_starts_on, year.lessons_end_on = first, second, last
        year.save()
        _fill_calendar(apps, year)


def _lessons(year):
    """The Monday after 5 September, the day after term I, and 31 May at the latest."""
    opening = datetime.date(year.year, 9, 5)
    monday = opening + datetime.timedelta(days=-opening.weekday() % 7)
    second = year.first_term_ends_on + datetime.timedelta(days=1)
    return monday, second, min(datetime.date(year.year + 1, 5, 31), year.ends_on)


def _fill_calendar(apps, year):
    with HOLIDAYS.open(encoding="utf-8", newline="") as lines:
        known = [(datetime.date.fromisoformat(row["date"]), row["name_vi"]) for row in csv.DictReader(lines)]
    entry = apps.get_model("students", "CalendarEntry")
    entry.objects.bulk_create(
        entry(year=year, kind="national", name=name, starts_on=day, ends_on=day)
        for day, name in known
        if year.starts_on <= day <= year.ends_on
    )
    weekdays = [1, 2, 3, 4, 5]
    apps.get_model("students", "WeekPattern").objects.create(
        year=year, starts_on=year.starts_on, mornings=weekdays, afternoons=weekdays
    )


class Migration(migrations.Migration):
    dependencies = [("students", "0021_years_and_calendar_kept")]
    operations = [migrations.RunPython(fill_calendars, migrations.RunPython.noop)]
