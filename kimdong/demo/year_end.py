"""The end of the demo's last year: each class confirmed, reviewed and approved, through the acts that people use."""

import datetime
import random

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
from students.models import HomeroomAssignment, SchoolClass, SchoolYear

REPEATING_REASON = "Chưa hoàn thành chương trình lớp 1 sau khi được giúp đỡ và đánh giá bổ sung"
HELP_PLAN = "Được lên lớp theo quyết định của Hiệu trưởng, có kế hoạch giúp đỡ trong hè và đầu năm học"


def approve_year(year: SchoolYear, *, seed: int, repeating: set[str]) -> None:
    """On 26, 27 and 28 May, class by class; two of three pupils with HTT are named."""
    principal = User.objects.get(username="hieutruong")
    vice_principal = User.objects.get(username="phohieutruong")
    homerooms = HomeroomAssignment.objects.filter(school_class__year=year).select_related("teacher")
    teachers = {each.school_class_id: each.teacher for each in homerooms}
    for school_class in SchoolClass.objects.filter(year=year).select_related("year"):
        with clock.travelling(_at(year, 26)):
            _propose(school_class, by=teachers[school_class.pk], seed=seed, repeating=repeating)
        with clock.travelling(_at(year, 27)):
            review_class(school_class, by=vice_principal, source=Source.DEMO)
        with clock.travelling(_at(year, 28)):
            approve_outcomes(
                school_class, by=principal, on=datetime.date(year.year + 1, 5, 28), source=Source.DEMO
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


def _propose(school_class: SchoolClass, *, by: User, seed: int, repeating: set[str]) -> None:
    by = User.objects.get(pk=by.pk)  # powers are those of the day
    said = {
        row.student: (saying, 0)
        for row in read_class(school_class).rows
        if (saying := _saying(row, seed=seed, repeating=repeating)) is not None
    }
    say_of_pupils(school_class, said, by=by, source=Source.DEMO)
    confirm_class(school_class, by=by, source=Source.DEMO)
    complete_class(school_class, by=by, source=Source.DEMO)


def _saying(row: Row, *, seed: int, repeating: set[str]) -> Saying | None:
    """Of whom more is said than that the computed result is right."""
    if row.final.result is YearResult.CHT:
        if row.student.moet_id in repeating:
            return Saying(promotion=Promotion.STAYS, promotion_note=REPEATING_REASON)
        return Saying(promotion=Promotion.PROMOTED, promotion_note=HELP_PLAN)
    chance = random.Random(f"{seed}-{row.student.pk}")  # noqa: S311 - invented
    if row.final.result is YearResult.HTT and chance.random() < 0.67:
        line = chance.choice(("TV", "TOAN", "GDTC", "AN", "MT", "HDTN"))
        return Saying(lines=(line,), is_recognised=True)
    return None
