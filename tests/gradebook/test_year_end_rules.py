"""The year's end as a table and rules: every act by everybody in every state; assessing again (R40 to R42, R47)."""

import pytest

from gradebook.regulation import Attainment, Period, Rating, YearResult
from gradebook.year_end_rules import (
    MOVES,
    Act,
    Actor,
    Again,
    Promotion,
    State,
    against_promotion,
    compute,
    target_of,
    to_retest,
    to_train,
)
from tests.gradebook.test_grading import a_pupil

# state: {act: (who, where it leads)}; whatever is not here is refused.
ALLOWED = {
    State.OPEN: {
        Act.COMPLETE: (Actor.HOMEROOM, State.COMPLETED),
        Act.REOPEN: (Actor.PRINCIPAL, State.OPEN),
    },
    State.COMPLETED: {
        Act.REVIEW: (Actor.VICE_PRINCIPAL, State.REVIEWED),
        Act.SEND_BACK: (Actor.VICE_PRINCIPAL, State.OPEN),
    },
    State.REVIEWED: {
        Act.APPROVE: (Actor.PRINCIPAL, State.APPROVED),
        Act.SEND_BACK: (Actor.PRINCIPAL, State.OPEN),
    },
    State.APPROVED: {
        Act.COMPLETE: (Actor.HOMEROOM, State.COMPLETED),
        Act.REOPEN: (Actor.PRINCIPAL, State.APPROVED),
    },
}


def test_every_act_by_everybody_in_every_state_leads_where_the_table_says_or_nowhere():
    for state in State:
        for act in Act:
            who, target = ALLOWED[state].get(act, (None, None))
            for actor in Actor:
                assert target_of(state, act, actor) == (target if actor is who else None)
    assert len(MOVES) == sum(map(len, ALLOWED.values()))


def test_assessed_again_the_original_outcome_stays_beside_the_final_one():
    inputs = a_pupil(marks={"TOAN": 4}, attainments={"TOAN": Attainment.C}, ratings={"cham_chi": Rating.C})
    half = compute(inputs, Again({"TOAN": Attainment.H}, {"TOAN": 6}))
    assert (half.original.result, half.final.result) == (YearResult.CHT, YearResult.CHT)
    assert [item.code for item in half.final.failing] == ["cham_chi"]
    whole = compute(inputs, Again({"TOAN": Attainment.H}, {"TOAN": 6}, {"cham_chi": Rating.D}))
    assert (whole.original.result, whole.final.result, whole.was_reassessed) == (
        YearResult.CHT,
        YearResult.HT,
        True,
    )


def test_what_did_not_fail_is_passed_over_so_a_corrected_mark_keeps_its_place():
    done = compute(a_pupil(), Again({"TOAN": Attainment.H}, {"TOAN": 6}))
    assert (done.final.result, done.was_reassessed) == (YearResult.HTXS, False)


def test_subjects_are_tested_again_and_qualities_and_competencies_trained_in_summer():
    failing = compute(
        a_pupil(marks={"TOAN": 4}, attainments={"DD": Attainment.C}, ratings={"cham_chi": Rating.C}), Again()
    ).final.failing
    assert [item.code for item in to_retest(failing)] == ["TOAN", "DD"]
    assert [item.code for item in to_train(failing)] == ["cham_chi"]


@pytest.mark.parametrize(
    ("result", "promotion", "note", "stands"),
    [
        (YearResult.HT, "", "", True),
        (YearResult.CHT, "", "", False),
        (YearResult.CHT, Promotion.WAITS, "", True),
        (YearResult.CHT, Promotion.PROMOTED, "", False),
        (YearResult.CHT, Promotion.PROMOTED, "Phụ đạo", True),
        (YearResult.CHT, Promotion.STAYS, " ", False),
        (YearResult.CHT, Promotion.STAYS, "Chưa đọc được", True),
    ],
)
def test_without_completion_a_pupil_waits_goes_up_with_a_plan_or_stays_for_a_reason(
    result, promotion, note, stands
):
    assert (against_promotion(result, promotion, note) is None) is stands


def test_the_supplementary_assessment_is_a_period_beside_the_four_of_the_year():
    assert Period("BS") is Period.SUPPLEMENTARY
    assert Period.SUPPLEMENTARY not in list(Period)
    assert len(Period) == 4
