"""The table of moves, tried in full: every state × every act × everybody who could stand before a request."""

from itertools import combinations

import pytest

from approvals.workflow import OPEN_STATES, Act, Actor, State, acts_open_to, target_of

# What the plan says, written out once more by hand (PLAN IV.2, IV.3, IV.5; rule R52).
PLAN = {
    (State.DRAFT, Act.FILE, Actor.PROPOSER): State.FILED,
    (State.DRAFT, Act.CANCEL, Actor.PROPOSER): State.CANCELLED,
    (State.FILED, Act.CANCEL, Actor.PROPOSER): State.CANCELLED,
    (State.APPROVED, Act.CANCEL, Actor.PROPOSER): State.CANCELLED,
    (State.FILED, Act.APPROVE, Actor.VICE_PRINCIPAL): State.APPROVED,
    (State.FILED, Act.REFUSE, Actor.VICE_PRINCIPAL): State.REFUSED,
    (State.APPROVED, Act.APPLY, Actor.CLERK): State.APPLIED,
}


@pytest.mark.parametrize("actor", Actor)
@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("state", State)
def test_a_move_exists_exactly_where_the_plan_has_it(state, act, actor):
    assert target_of(state, act, frozenset({actor})) == PLAN.get((state, act, actor))


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("state", State)
def test_who_stands_in_no_part_moves_nothing(state, act):
    assert target_of(state, act, frozenset()) is None


@pytest.mark.parametrize("act", [Act.APPROVE, Act.REFUSE, Act.APPLY])
@pytest.mark.parametrize("state", State)
def test_the_proposer_decides_and_carries_out_nothing_whatever_else_they_are(state, act):
    others = [Actor.VICE_PRINCIPAL, Actor.CLERK]
    for size in range(len(others) + 1):
        for more in combinations(others, size):
            assert target_of(state, act, frozenset({Actor.PROPOSER, *more})) is None


@pytest.mark.parametrize("state", State)
def test_a_request_that_is_not_open_never_moves_again(state):
    everybody = [frozenset({actor}) for actor in Actor]
    moves = any(acts_open_to(state, parts) for parts in everybody)
    assert moves == (state in OPEN_STATES)


def test_a_page_offers_the_acts_in_the_order_of_the_table():
    assert acts_open_to(State.FILED, frozenset({Actor.VICE_PRINCIPAL})) == (Act.APPROVE, Act.REFUSE)
    assert acts_open_to(State.DRAFT, frozenset({Actor.PROPOSER})) == (Act.FILE, Act.CANCEL)


def test_every_state_has_words_for_the_user():
    assert [state.label for state in State] == [
        "Nháp",
        "Đã gửi, chờ phê chuẩn",
        "Đã phê chuẩn, chờ thực hiện",
        "Bị từ chối",
        "Đã thực hiện",
        "Đã huỷ",
    ]
