"""Rolls of the demo school that were called and may be changed, whatever the day on which one looks."""

import datetime

from tests.stack import Stack

DAYS_BACK = 2  # so that on the first of a month, too, the rolls lie in months that are still open
SESSIONS = ("morning", "afternoon")
CLASS = """
    SELECT c.id, y.starts_on, (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
    FROM students_homeroomassignment h
    JOIN accounts_user u ON u.id = h.teacher_id
    JOIN students_schoolclass c ON c.id = h.school_class_id
    JOIN students_schoolyear y ON y.year = c.year_id
    WHERE u.username = %s ORDER BY c.year_id DESC LIMIT 1"""
UNCONFIRMED = "DELETE FROM students_attendancemonth WHERE school_class_id = %s AND month >= %s RETURNING id"
MADE_UP = """
    INSERT INTO students_calendarentry (year_id, kind, name, starts_on, ends_on, session, taught_as)
    SELECT year_id, 'make_up', 'Học bù', %s, %s, '', 1 FROM students_schoolclass WHERE id = %s
    ON CONFLICT DO NOTHING RETURNING id"""
CALLED = """
    INSERT INTO students_rollcall (school_class_id, day, session, share, version, token, called_by_id, called_at)
    SELECT %s, %s, %s, 0.5, 1, gen_random_uuid(), id, now() FROM accounts_user WHERE username = %s
    ON CONFLICT DO NOTHING RETURNING id"""


def open_rolls(stack: Stack, teacher: str) -> list[str]:
    """Addresses of the last days' rolls of the teacher's own class, newest first.

    Days without lessons are made up for, rolls not called yet are called, confirmations of their months taken away:
    written past the application, which would rightly refuse it in the holidays.
    """
    pk, first, today = stack.fetch(CLASS, teacher)[0]
    days = [today - datetime.timedelta(days=back) for back in range(DAYS_BACK + 1)]
    days = [day for day in days if day >= first]
    stack.fetch(UNCONFIRMED, pk, days[-1].replace(day=1))
    for day in days:
        stack.fetch(MADE_UP, day, day, pk)
        for session in SESSIONS:
            stack.fetch(CALLED, pk, day, session, teacher)
    return [f"/students/classes/{pk}/roll/{day}/{session}/" for day in days for session in SESSIONS]
