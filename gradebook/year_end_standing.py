"""How far the classes of a year are with their results, by the step each waits for and by how many are decided on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gradebook.models import ClassYearEnd, YearOutcome
from gradebook.outcomes import waiting_for_summer
from gradebook.year_end import read_results
from gradebook.year_end_rules import State
from students.models import Enrolment, SchoolClass

PARTLY: Final = "Đã phê duyệt chưa đủ số em"

STATE_KINDS: Final = {
    State.OPEN: "open",
    State.COMPLETED: "waiting",
    State.REVIEWED: "waiting",
    State.APPROVED: "ok",
}


def standing_label(state: State, decided: int, assessed: int) -> str:
    """Says how many are approved where others are still on their way."""
    approved = f"Đã phê duyệt {decided}/{assessed} em"
    if is_partly(state, decided, assessed):
        return approved
    return f"{approved} · {state.label}" if 0 < decided < assessed else state.label


def standing_kind(state: State, decided: int, assessed: int) -> str:
    """The colour of the state: of a class that is not approved to the last pupil it is not that of what is done."""
    return "waiting" if is_partly(state, decided, assessed) else STATE_KINDS[state]


def is_partly(state: State, decided: int, assessed: int) -> bool:
    """Approved once, and a decision was opened again since, or somebody waits for the summer or came later."""
    return state is State.APPROVED and decided < assessed


@dataclass(frozen=True, slots=True)
class ClassStanding:
    """A class: `decided` of the `assessed` pupils it has today; `waits` of the others for the summer."""

    school_class: SchoolClass
    state: State
    decided: int
    assessed: int
    waits: int

    @property
    def is_partly(self) -> bool:
        return is_partly(self.state, self.decided, self.assessed)

    @property
    def label(self) -> str:
        return standing_label(self.state, self.decided, self.assessed)

    @property
    def kind(self) -> str:
        return standing_kind(self.state, self.decided, self.assessed)


def standings_of(classes: Sequence[SchoolClass]) -> list[ClassStanding]:
    """Of classes of one year, with the year at hand. Four statements, at most eight more where a pupil of a class with
    decisions has none: whether anything is awaited of him is told by what is stored of him.
    """
    if not classes:
        return []
    ids = [each.pk for each in classes]
    states = dict(ClassYearEnd.objects.filter(school_class__in=ids).values_list("school_class", "state"))
    held = Enrolment.objects.filter(school_class__in=ids).held_on(classes[0].year.day_for_roster())
    seats = set(held.values_list("school_class", "student"))
    outcomes = YearOutcome.objects.filter(school_class__in=ids).values_list(
        "school_class", "student", "result"
    )
    results = {(school_class, student): result for school_class, student, result in outcomes}
    begun = {school_class for school_class, _student in results} | {
        pk for pk, state in states.items() if state == State.APPROVED
    }
    left = {key for key in seats if key not in results and key[0] in begun}
    concerned = {school_class for school_class, _student in left}
    rows = read_results(
        [each for each in classes if each.pk in concerned], only={student for _class, student in left}
    )
    decided = Counter(key[0] for key in seats if results.get(key))
    undecided = Counter(row.school_class.pk for row in rows if row.is_to_decide or row.waits)
    waits = Counter(waiting_for_summer(ids).values_list("school_class_id", flat=True))
    return [
        ClassStanding(
            each,
            State(states.get(each.pk, State.OPEN)),
            decided[each.pk],
            decided[each.pk] + undecided[each.pk],
            waits[each.pk],
        )
        for each in classes
    ]


def counted(standings: Sequence[ClassStanding]) -> list[tuple[str, int]]:
    """How many classes stand at each step; those that are not approved to the last pupil apart."""
    steps = Counter(each.state for each in standings if not each.is_partly)
    told = [(state.label, steps[state]) for state in State]
    if partly := sum(1 for each in standings if each.is_partly):
        told.insert(-1, (PARTLY, partly))
    return told
