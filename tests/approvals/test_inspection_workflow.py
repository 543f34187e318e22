"""The tables of moves of inspections and findings, tried in full, and the lot that anybody can draw again."""

from itertools import combinations

import pytest

from approvals.inspection_workflow import (
    FindingAct,
    FindingState,
    InspectionAct,
    InspectionActor,
    InspectionState,
    Verdict,
    finding_acts,
    finding_target,
    inspection_acts,
    inspection_target,
    may_conclude,
)
from approvals.sampling import draw, lot_of

LEADER, PRINCIPAL, RESPONSIBLE = InspectionActor
OPEN, CLOSED, CANCELLED = InspectionState
NOTED, ASKED, ANSWERED, CONCLUDED = FindingState
INSPECTORS = (LEADER, PRINCIPAL)

# What the plan says, written out once more by hand (PLAN IV.1, IV.2).
INSPECTIONS = {
    (OPEN, act, actor): target
    for actor in INSPECTORS
    for act, target in (
        (InspectionAct.NOTE, OPEN),
        (InspectionAct.CHOOSE, OPEN),
        (InspectionAct.CLOSE, CLOSED),
        (InspectionAct.CANCEL, CANCELLED),
    )
}
FINDINGS = {
    **{(state, FindingAct.ASK, actor): ASKED for state in (NOTED, ANSWERED) for actor in INSPECTORS},
    **{
        (state, FindingAct.CLOSE, actor): CONCLUDED
        for state in (NOTED, ASKED, ANSWERED)
        for actor in INSPECTORS
    },
    (ASKED, FindingAct.ANSWER, RESPONSIBLE): ANSWERED,
    **{(CONCLUDED, FindingAct.WAIVE, actor): CONCLUDED for actor in INSPECTORS},
}


def test_a_move_of_an_inspection_exists_exactly_where_the_plan_has_it():
    for state in InspectionState:
        for act in InspectionAct:
            for actor in InspectionActor:
                wanted = INSPECTIONS.get((state, act, actor))
                assert inspection_target(state, act, {actor}) == wanted, (state, act, actor)
            assert inspection_target(state, act, ()) is None


def test_a_move_of_a_finding_exists_exactly_where_the_plan_has_it():
    for state in FindingState:
        for act in FindingAct:
            for actor in InspectionActor:
                assert finding_target(state, act, {actor}) == FINDINGS.get((state, act, actor)), (
                    state,
                    act,
                    actor,
                )
            assert finding_target(state, act, ()) is None


def test_who_answers_for_the_cell_does_no_more_than_answer_whatever_else_they_are():
    for size in range(len(INSPECTORS) + 1):
        for more in combinations(INSPECTORS, size):
            for state in FindingState:
                assert set(finding_acts(state, {RESPONSIBLE, *more})) <= {FindingAct.ANSWER}


def test_what_has_ended_never_moves_again():
    everybody = set(InspectionActor)
    assert inspection_acts(CLOSED, everybody) == inspection_acts(CANCELLED, everybody) == ()
    assert finding_acts(CONCLUDED, set(INSPECTORS)) == (FindingAct.WAIVE,)
    assert all(state.label for state in (*InspectionState, *FindingState, *Verdict))


@pytest.mark.parametrize(
    ("state", "is_overdue", "open_to"),
    [
        (NOTED, False, {Verdict.CORRECT, Verdict.FIXED, Verdict.TO_FIX}),
        (ASKED, False, {Verdict.CORRECT}),
        (ASKED, True, set(Verdict)),
        (ANSWERED, False, set(Verdict)),
    ],
)
def test_nobody_is_blamed_unheard(state, is_overdue, open_to):
    assert {each for each in Verdict if may_conclude(state, each, is_overdue=is_overdue)} == open_to


def test_a_lot_drawn_again_falls_upon_the_same_and_on_others_with_another_seed():
    pupils = list(range(1, 36))
    drawn = draw("seed", 7, pupils, 5)
    assert drawn == draw("seed", 7, reversed(pupils), 5)
    assert len(set(drawn)) == 5
    assert set(drawn) <= set(pupils)
    assert drawn != draw("other", 7, pupils, 5)
    assert draw("seed", 7, pupils, 99) == tuple(sorted(pupils, key=lambda each: lot_of("seed", 7, each)))
    # Worked out with sha256sum: printf 'seed:7:12' | sha256sum
    assert lot_of("seed", 7, 12) == "a822def882b2d10f446b5cfaf8ce9005ddc21599f58624f0737dab482cea73bf"


def test_the_lot_prefers_nobody():
    """Over 2,000 seeds each of 20 pupils is drawn about as often as any other (5 of 20: 500 times)."""
    times = dict.fromkeys(range(20), 0)
    for seed in range(2000):
        for pupil in draw(str(seed), 1, range(20), 5):
            times[pupil] += 1
    assert min(times.values()) > 420
    assert max(times.values()) < 580
