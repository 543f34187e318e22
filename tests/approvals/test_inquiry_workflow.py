"""The table of moves of an inquiry, tried in full: every state × every act × everybody who could stand before it."""

from itertools import combinations

import pytest

from approvals.inquiry_workflow import (
    WAITING_STATES,
    InquiryAct,
    InquiryActor,
    InquiryState,
    acts_open_to,
    target_of,
    waited,
)

NEW, ACCEPTED, REFERRED, SENT, ANSWERED, CLOSED = InquiryState
ACCEPT, ANSWER, HAND_OVER, REFER, SEND_OUT, NOTE, ASK_AGAIN, CLOSE = InquiryAct
ASKER, HEAD, CLERK, PRINCIPAL = InquiryActor

# What the plan says, written out once more by hand (PLAN IV.3 to IV.6).
PLAN = {
    **{(state, ACCEPT, actor): ACCEPTED for state in (NEW,) for actor in (HEAD, CLERK)},
    **{(state, ANSWER, actor): ANSWERED for state in (NEW, ACCEPTED) for actor in (HEAD, CLERK)},
    (SENT, ANSWER, CLERK): ANSWERED,
    (REFERRED, ANSWER, PRINCIPAL): ANSWERED,
    **{(state, HAND_OVER, HEAD): NEW for state in (NEW, ACCEPTED)},
    (REFERRED, HAND_OVER, PRINCIPAL): NEW,
    **{(state, REFER, actor): REFERRED for state in (NEW, ACCEPTED) for actor in (HEAD, CLERK)},
    (SENT, REFER, CLERK): REFERRED,
    **{(state, SEND_OUT, CLERK): SENT for state in (NEW, ACCEPTED)},
    **{(state, NOTE, ASKER): state for state in WAITING_STATES},
    **{(state, NOTE, CLERK): state for state in WAITING_STATES},
    **{(state, NOTE, HEAD): state for state in (NEW, ACCEPTED, REFERRED)},
    (REFERRED, NOTE, PRINCIPAL): REFERRED,
    (ANSWERED, ASK_AGAIN, ASKER): ACCEPTED,
    **{(state, CLOSE, ASKER): CLOSED for state in (*WAITING_STATES, ANSWERED)},
    **{(ANSWERED, CLOSE, actor): CLOSED for actor in (HEAD, CLERK, PRINCIPAL)},
}


@pytest.mark.parametrize("actor", InquiryActor)
@pytest.mark.parametrize("act", InquiryAct)
@pytest.mark.parametrize("state", InquiryState)
def test_a_move_exists_exactly_where_the_plan_has_it(state, act, actor):
    assert target_of(state, act, frozenset({actor})) == PLAN.get((state, act, actor))


@pytest.mark.parametrize("act", InquiryAct)
@pytest.mark.parametrize("state", InquiryState)
def test_who_stands_in_no_part_moves_nothing(state, act):
    assert target_of(state, act, frozenset()) is None


@pytest.mark.parametrize("state", InquiryState)
def test_nobody_answers_their_own_question_whatever_else_they_are(state):
    others = (HEAD, CLERK, PRINCIPAL)
    for size in range(len(others) + 1):
        for more in combinations(others, size):
            assert target_of(state, ANSWER, frozenset({ASKER, *more})) is None


def test_a_closed_inquiry_never_moves_again():
    assert acts_open_to(CLOSED, frozenset(InquiryActor)) == ()


def test_every_state_but_the_last_can_be_left_and_has_words_for_the_user():
    for state in InquiryState:
        targets = {target_of(state, act, frozenset({actor})) for act in InquiryAct for actor in InquiryActor}
        assert bool(targets - {None, state}) == (state != CLOSED)
        assert state.label


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(-3, "0 phút"), (59, "59 phút"), (60, "1 giờ"), (1439, "23 giờ"), (1440, "1 ngày"), (4000, "2 ngày")],
)
def test_a_length_of_time_is_rounded_down(minutes, words):
    assert waited(minutes) == words
