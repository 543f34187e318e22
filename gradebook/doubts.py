"""What looks odd in a sheet and is allowed (rules R23, R25, R26): the sentences, and the reasons given for them.

A doubt lives on the values as they are: it comes and goes with them, and nothing is stored but its answer. The
values of other sheets that a cell must fit come with the class list, in its statement.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from accounts.clock import moment_label
from gradebook import grading
from gradebook.json_rows import JsonRows
from gradebook.models import DoubtAnswer, SubjectResult, TraitResult
from gradebook.regulation import COMPETENCY_LINES, Attainment, Rating
from gradebook.year_rules import rules_of
from students.models import Enrolment

if TYPE_CHECKING:
    from gradebook.sheets import SheetRef


@dataclass(frozen=True, slots=True)
class Doubt:
    """A sentence on a pupil's values; `item` is the line's code, or the competency's where two sheets disagree."""

    item: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Why it is right all the same, who said so and when (hh:mm:ss dd/mm/yyyy)."""

    reason: str
    by: str
    at: str

    @property
    def words(self) -> str:
        return f"Lí do: {self.reason} ({self.by}, {self.at})"


Answers = Mapping[Doubt, Answer]


@dataclass(frozen=True, slots=True)
class Counterparts:
    """What the other sheets of the class say of a pupil that this sheet's values must fit."""

    levels: Mapping[str, Attainment] = field(default_factory=dict)
    ratings: Mapping[str, Rating] = field(default_factory=dict)


NONE_KNOWN = Counterparts()


def with_counterparts(roster: QuerySet[Enrolment], ref: "SheetRef") -> QuerySet[Enrolment]:
    """A class list that brings along what other sheets say, for `counterparts_brought`."""
    traits = _traits_beside(ref)
    codes = {code for trait in traits for code in COMPETENCY_LINES[trait]}
    if not codes:
        return roster
    levels = SubjectResult.objects.filter(
        student=OuterRef("student_id"),
        period=ref.period,
        line__year=ref.school_class.year_id,
        line__grade_level=ref.school_class.grade_level,
        line__code__in=codes,
    ).exclude(attainment="")
    ratings = TraitResult.objects.filter(
        student=OuterRef("student_id"), period=ref.period, year=ref.school_class.year_id, item__in=traits
    ).exclude(rating="")
    return roster.annotate(
        levels=JsonRows(levels.values(pair=JSONObject(code="line__code", value="attainment"))),
        ratings=JsonRows(ratings.values(pair=JSONObject(code="item", value="rating"))),
    )


def _traits_beside(ref: "SheetRef") -> tuple[str, ...]:
    """The competencies that speak of this sheet's line; all that speak of any, for the homeroom sheet."""
    if not rules_of(ref.school_class.year).warns_on_competency_pairs:
        return ()
    return tuple(trait for trait, codes in COMPETENCY_LINES.items() if ref.line is None or ref.code in codes)


def counterparts_brought(enrolment: Any) -> Counterparts:
    """Of a pupil that comes from `with_counterparts`."""
    return Counterparts(
        levels={each["code"]: Attainment(each["value"]) for each in getattr(enrolment, "levels", ())},
        ratings={each["code"]: Rating(each["value"]) for each in getattr(enrolment, "ratings", ())},
    )


def with_answers(roster: QuerySet[Enrolment], ref: "SheetRef") -> QuerySet[Enrolment]:
    """A class list that brings along the reasons given in the period, for `answers_brought`."""
    given = DoubtAnswer.objects.filter(
        student=OuterRef("student_id"), year=ref.school_class.year_id, period=ref.period
    )
    return _bringing(roster, given)


def with_answers_of_year(seats: QuerySet[Enrolment], year: int) -> QuerySet[Enrolment]:
    """Seats that bring along the reasons given in the whole year, for `answers_brought` of each period."""
    return _bringing(seats, DoubtAnswer.objects.filter(student=OuterRef("student_id"), year=year))


def _bringing(seats: QuerySet[Enrolment], given: QuerySet[DoubtAnswer]) -> QuerySet[Enrolment]:
    said = JSONObject(
        period="period",
        item="item",
        sentence="sentence",
        reason="reason",
        by="given_by__full_name",
        at="given_at",
    )
    return seats.annotate(answers=JsonRows(given.values(answer=said)))


def answers_brought(enrolment: Any, period: str = "") -> Answers:
    """Of a pupil that comes from `with_answers`; of one period, where those of the year were brought."""
    return {
        Doubt(each["item"], each["sentence"]): Answer(
            each["reason"], each["by"], moment_label(datetime.datetime.fromisoformat(each["at"]))
        )
        for each in getattr(enrolment, "answers", ())
        if not period or each["period"] == period
    }


def doubts_of(
    ref: "SheetRef", item: str, values: Mapping[str, str], beside: Counterparts = NONE_KNOWN
) -> tuple[Doubt, ...]:
    """What is odd in a pupil's values of one item (a line, a competency), by field as text."""
    if ref.line is None:
        rating = values.get("rating")
        return tuple(_pair_doubts(ref, beside.levels, {item: Rating(rating)})) if rating else ()
    level, mark = values.get("attainment"), values.get("mark")
    found = [
        Doubt(item, sentence) for sentence in fit_warnings(ref, level or "", int(mark) if mark else None)
    ]
    if level:
        levels = {**beside.levels, item: Attainment(level)}
        found += _pair_doubts(
            ref, levels, {trait: beside.ratings.get(trait) for trait in _traits_beside(ref)}
        )
    return tuple(found)


def _pair_doubts(
    ref: "SheetRef", levels: Mapping[str, Attainment], ratings: Mapping[str, Rating | None]
) -> Iterator[Doubt]:
    rules = rules_of(ref.school_class.year)
    for trait, rating in ratings.items():
        for sentence in grading.pair_warnings(levels, {trait: rating}, rules):
            yield Doubt(trait, sentence)


def sentences(doubts: Iterable[Doubt]) -> tuple[str, ...]:
    return tuple(doubt.sentence for doubt in doubts)


def fit_warnings(ref: "SheetRef", attainment: str, mark: int | None) -> tuple[str, ...]:
    """Sentences on a level and mark that seldom go together (R25), and on a mark of 0 (R23); never a refusal."""
    rules = rules_of(ref.school_class.year)
    zero = grading.zero_warning(mark)
    level = Attainment(attainment) if attainment else None
    return (*((zero,) if zero else ()), *grading.mark_warnings(level, mark, rules))
