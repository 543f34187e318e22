"""The table of moves, tried in full: every state × every act × everybody who could stand before a request."""

from itertools import combinations

import pytest

from approvals.workflow import (
    OPEN_STATES,
    SCHOOL_DAYS_FOR,
    WRITABLE,
    Act,
    Actor,
    State,
    acts_open_to,
    target_of,
)

# What the plan says, written out once more by hand (PLAN IV.1 to IV.6; rule R52): with and without the need of consent.
BOTH = {
    (State.DRAFT, Act.FILE, Actor.PROPOSER): State.FILED,
    (State.DRAFT, Act.CANCEL, Actor.PROPOSER): State.CANCELLED,
    (State.FILED, Act.OPINE, Actor.TEAM_HEAD): State.FILED,
    (State.FILED, Act.RETURN, Actor.VICE_PRINCIPAL): State.RETURNED,
    (State.FILED, Act.REFUSE, Actor.VICE_PRINCIPAL): State.REFUSED,
    (State.FILED, Act.CANCEL, Actor.PROPOSER): State.CANCELLED,
    (State.RETURNED, Act.FILE, Actor.PROPOSER): State.FILED,
    (State.RETURNED, Act.REFUSE, Actor.VICE_PRINCIPAL): State.REFUSED,
    (State.RETURNED, Act.CANCEL, Actor.PROPOSER): State.CANCELLED,
    (State.AWAITING, Act.CONSENT, Actor.PRINCIPAL): State.APPROVED,
    (State.AWAITING, Act.DECLINE, Actor.PRINCIPAL): State.REFUSED,
    (State.AWAITING, Act.CANCEL, Actor.PROPOSER): State.CANCELLED,
    (State.APPROVED, Act.CANCEL, Actor.PROPOSER): State.CANCELLED,
}
PLAN = {
    False: {
        **BOTH,
        (State.FILED, Act.APPROVE, Actor.VICE_PRINCIPAL): State.APPROVED,
        (State.APPROVED, Act.APPLY, Actor.CLERK): State.APPLIED,
    },
    True: {
        **BOTH,
        (State.FILED, Act.APPROVE, Actor.VICE_PRINCIPAL): State.AWAITING,
        (State.APPROVED, Act.ASK_CONSENT, Actor.CLERK): State.AWAITING,
    },
}
POSTS = [Actor.TEAM_HEAD, Actor.VICE_PRINCIPAL, Actor.PRINCIPAL, Actor.CLERK]


def target(state, act, *actors, needs_consent=False):
    return target_of(state, act, frozenset(actors), needs_consent=needs_consent)


@pytest.mark.parametrize("needs_consent", [False, True])
@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("state", State)
def test_a_move_exists_exactly_where_the_plan_has_it(state, act, needs_consent):
    plan = PLAN[needs_consent]
    for actor in Actor:
        assert target(state, act, actor, needs_consent=needs_consent) == plan.get((state, act, actor))
    assert target(state, act, needs_consent=needs_consent) is None


@pytest.mark.parametrize("act", set(Act) - {Act.FILE, Act.CANCEL})
def test_the_proposer_says_decides_and_carries_out_nothing_whatever_else_they_are(act):
    for size in range(len(POSTS) + 1):
        for more in combinations(POSTS, size):
            for state in State:
                for needed in (False, True):
                    assert target(state, act, Actor.PROPOSER, *more, needs_consent=needed) is None


def test_who_approved_neither_consents_nor_carries_out_and_who_consented_does_not_carry_out():
    assert target(State.AWAITING, Act.CONSENT, Actor.APPROVER, Actor.PRINCIPAL) is None
    assert target(State.AWAITING, Act.DECLINE, Actor.APPROVER, Actor.PRINCIPAL) is None
    for earlier in (Actor.APPROVER, Actor.CONSENTER):
        assert target(State.APPROVED, Act.APPLY, earlier, Actor.CLERK) is None
    assert target(State.APPROVED, Act.APPLY, Actor.CLERK) is State.APPLIED


@pytest.mark.parametrize("state", State)
def test_a_request_that_is_not_open_never_moves_again(state):
    moves = any(
        acts_open_to(state, frozenset({actor}), needs_consent=needed)
        for actor in Actor
        for needed in (False, True)
    )
    assert moves == (state in OPEN_STATES)


def test_whoever_is_next_has_some_school_days_except_on_a_draft():
    assert set(SCHOOL_DAYS_FOR) == OPEN_STATES - {State.DRAFT}
    assert {state for state in State if target(state, Act.FILE, Actor.PROPOSER)} == WRITABLE


def test_a_page_offers_the_acts_in_the_order_of_the_table():
    offered = acts_open_to(State.FILED, frozenset({Actor.VICE_PRINCIPAL}), needs_consent=False)
    assert offered == (Act.APPROVE, Act.RETURN, Act.REFUSE)
    assert acts_open_to(State.DRAFT, frozenset({Actor.PROPOSER}), needs_consent=False) == (
        Act.FILE,
        Act.CANCEL,
    )


def test_every_state_has_words_for_the_user():
    assert [state.label for state in State] == [
        "Nháp",
        "Đã gửi, chờ phê chuẩn",
        "Yêu cầu bổ sung",
        "Chờ Hiệu trưởng đồng ý",
        "Đã phê chuẩn, chờ thực hiện",
        "Bị từ chối",
        "Đã thực hiện",
        "Đã huỷ",
    ]
