"""Books of the demo signed after the lock: by some homeroom teachers, before the first correction was carried out."""

import datetime

from accounts import clock
from accounts.history import Source
from approvals.book_looks import note_look
from approvals.book_standing import read_books
from approvals.signatures import Wanted, sign_books
from gradebook.progress_sheets import read_led_and_taught
from kimdong.demo import calendar
from kimdong.demo.school import DemoSchool
from students.models import HomeroomAssignment

# One whose book a correction changes later, one whose does not; the others are left to whoever looks at the demo.
CLASSES = ("4A", "4C", "5B")


def load(school: DemoSchool) -> None:
    """Each reads and signs all of the own books that can be signed, in one act; nothing before a period is locked."""
    locked = [
        each for each in calendar.current_windows(school.year, school.now) if each.closes_at <= school.now
    ]
    if not locked:
        return
    window = locked[-1]
    moment = window.closes_at + min((school.now - window.closes_at) / 20, datetime.timedelta(hours=15))
    held = HomeroomAssignment.objects.held_on(moment.date()).filter(
        school_class__year=school.year, school_class__name__in=CLASSES
    )
    with clock.travelling(moment):
        for assignment in held.select_related("teacher"):
            teacher = assignment.teacher
            books = read_books(read_led_and_taught(teacher), [window.period])
            ready = [(book, book.now) for book in books if book.may_be_signed and book.now]
            for book, now in ready:
                note_look(book.ref, now, by=teacher)
            wanted = [Wanted(book.key, now.digest) for book, now in ready]
            if wanted:
                sign_books(wanted, window.period, by=teacher, source=Source.DEMO)
