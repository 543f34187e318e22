"""Reminding those whose books lack their signature: each at most once a day, and on record (PLAN IV.1, IV.2, IV.4)."""

from collections.abc import Collection, Iterable, Mapping

from accounts import clock, permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from approvals.models import SigningReminder
from approvals.signature_register import Owing, Register, read_register
from gradebook.regulation import Period
from students.models import SchoolYear
from students.years import hold_year

WHO_REMINDS = "Ban giám hiệu nhắc giáo viên chưa kí sổ; tổ (khối) trưởng nhắc giáo viên trong khối của mình."


class ReminderRefused(Exception):
    """Nobody can be reminded; the text says why."""


def last_reminders(register: Register, owing: Iterable[Owing]) -> dict[int, SigningReminder]:
    """By person the newest of this year: of the period, or of today whatever it was about. One statement."""
    people = {each.holder.pk for each in owing if each.holder}
    if not people:
        return {}
    year = register.books[0].ref.school_class.year_id
    found = SigningReminder.objects.filter(year=year, person__in=people, period=register.period.value)
    today = SigningReminder.objects.filter(person__in=people, day=clock.today())
    rows = (found | today).select_related("sent_by").order_by("person_id", "-day").distinct("person_id")
    return {each.person_id: each for each in rows}


def to_remind(
    owing: Iterable[Owing], reminders: Mapping[int, SigningReminder], *, by: User
) -> list[tuple[int, int]]:
    """Whom a reminder of this person would reach now, each with the number of books owed there: not oneself, nobody
    twice a day."""
    reach = permissions.reach_of(by, Action.REMIND_SIGNERS)
    found = []
    for each in owing:
        if each.holder is None or each.holder.pk == by.pk:
            continue
        last = reminders.get(each.holder.pk)
        if last is not None and last.day == clock.today():
            continue
        books = [
            book
            for book in each.books
            if reach.whole_school or book.ref.school_class.grade_level in reach.grades
        ]
        if books:
            found.append((each.holder.pk, len(books)))
    return found


def remind(query: Mapping[str, str], *, by: User) -> int:
    """Reminds everybody who owes signatures within what `read_register` shows for `query`; how many that were.

    Raises Refused, YearIsClosed, ReminderRefused where nobody is left to be told today.
    """
    permissions.require_anywhere(by, Action.REMIND_SIGNERS, WHO_REMINDS)
    role = permissions.post_label(by)
    with acting(by, role=role, source=Source.PAGE) as act:
        register = read_register(by, query)
        owing = register.owing
        people = to_remind(owing, last_reminders(register, owing), by=by)
        if not people:
            raise ReminderRefused(
                "Không còn ai để nhắc: người còn phải kí hôm nay đã được nhắc, hoặc ở đây không còn sổ nào phải kí. "
                "Mỗi người mỗi ngày được nhắc một lần."
            )
        year = register.books[0].ref.school_class.year
        hold_year(year)
        sent = _send(register.period, year, people, role=role, by=by)
        act.says(f"Nhắc {sent} giáo viên kí sổ THKQGD {register.period.label}")
    return sent


def _send(
    period: Period, year: SchoolYear, people: Collection[tuple[int, int]], *, role: str, by: User
) -> int:
    """Who was reminded meanwhile by somebody else is left out: the database takes one a person and day."""
    now = clock.now()
    SigningReminder.objects.bulk_create(
        (
            SigningReminder(
                year=year,
                period=period.value,
                person_id=person,
                books=books,
                sent_by=by,
                role=role,
                sent_at=now,
                day=clock.today(),
            )
            for person, books in people
        ),
        ignore_conflicts=True,
    )
    return SigningReminder.objects.filter(sent_by=by, sent_at=now).count()
