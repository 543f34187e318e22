"""The end of the demo's last year: each class confirmed, reviewed and approved, through the acts that people use."""

import datetime
import random
from collections.abc import Callable

from accounts import clock
from accounts.history import Source
from accounts.models import User
from gradebook.decision_rules import DecisionKind
from gradebook.decisions import draft_decision, issue_decision
from gradebook.number_register import next_decision_number
from gradebook.outcomes import approve_outcomes
from gradebook.regulation import YearResult
from gradebook.year_end import Row, read_class
from gradebook.year_end_rules import Promotion
from gradebook.year_end_steps import Saying, complete_class, confirm_class, review_class, say_of_pupils
from kimdong.demo import calendar
from students.models import SchoolClass, SchoolYear


def approve_year(year: SchoolYear, *, seed: int) -> None:
    """From 26 to 28 May; two of three pupils with HTT are named, and who did not complete waits for the summer."""
    for school_class in SchoolClass.objects.filter(year=year).select_related("year"):
        send_through(school_class, _at(year, 26), lambda row: _saying(row, seed=seed))


def send_through(
    school_class: SchoolClass, moment: datetime.datetime, saying_of: Callable[[Row], Saying | None]
) -> None:
    """A class: proposed by its homeroom teacher at the moment, reviewed a day later, approved two days later."""
    with clock.travelling(moment):
        _propose(school_class, saying_of)
    with clock.travelling(moment + calendar.DAY):
        review_class(school_class, by=User.objects.get(username="phohieutruong"), source=Source.DEMO)
    with clock.travelling(moment + 2 * calendar.DAY):
        approve_outcomes(
            school_class,
            by=User.objects.get(username="hieutruong"),
            on=(moment + 2 * calendar.DAY).date(),
            source=Source.DEMO,
        )


def issue_decisions(year: SchoolYear) -> None:
    """The awards, on 29 May."""
    clerk = User.objects.get(username="vanthu")
    with clock.travelling(_at(year, 29)):
        principal = User.objects.get(username="hieutruong")
        awards = draft_decision(DecisionKind.AWARDS, year, by=clerk, source=Source.DEMO)
        day = datetime.date(year.year + 1, 5, 29)
        issue_decision(awards, number=next_decision_number(day), dated=day, by=principal, source=Source.DEMO)


def _at(year: SchoolYear, day: int) -> datetime.datetime:
    return calendar.at(year.year + 1, 5, day, 15)


def _propose(school_class: SchoolClass, saying_of: Callable[[Row], Saying | None]) -> None:
    by = User.objects.get(homeroom_assignments__school_class=school_class)  # powers are those of the day
    said = {
        row.student: (saying, row.said.version)
        for row in read_class(school_class).rows
        if row.decided is None and (saying := saying_of(row)) is not None
    }
    if said:
        say_of_pupils(school_class, said, by=by, source=Source.DEMO)
    if read_class(school_class).to_confirm:
        confirm_class(school_class, by=by, source=Source.DEMO)
    complete_class(school_class, by=by, source=Source.DEMO)


def _saying(row: Row, *, seed: int) -> Saying | None:
    """Of whom more is said than that the computed result is right."""
    if row.final.result is YearResult.CHT:
        return Saying(promotion=Promotion.WAITS)
    chance = random.Random(f"{seed}-{row.student.pk}")  # noqa: S311 - invented
    if row.final.result is YearResult.HTT and chance.random() < 0.67:
        line = chance.choice(("TV", "TOAN", "GDTC", "AN", "MT", "HDTN"))
        return Saying(lines=(line,), is_recognised=True)
    return None
