"""The table of moves of an answer to the monthly check, tried in full: every state × every act × everybody."""

from approvals.reconciliation_workflow import (
    ReconciliationActor,
    ReplyAct,
    ReplyState,
    RoundState,
    reply_acts,
    reply_target,
    why_not_closed,
)

TEACHER, CLERK = ReconciliationActor
WAITING, CONFIRMED, DIFFERS, RESOLVED, LAPSED = ReplyState
CONFIRM, REPORT, RESOLVE, ASK_AGAIN, LAPSE = ReplyAct

# What the plan says, written out once more by hand (PLAN IV.3).
PLAN = {
    (WAITING, CONFIRM, TEACHER): CONFIRMED,
    **{(state, REPORT, TEACHER): DIFFERS for state in (WAITING, CONFIRMED, RESOLVED)},
    (DIFFERS, RESOLVE, CLERK): RESOLVED,
    (WAITING, LAPSE, CLERK): LAPSED,
    (CONFIRMED, CONFIRM, TEACHER): CONFIRMED,
    (CONFIRMED, ASK_AGAIN, CLERK): WAITING,
}


def test_a_move_exists_exactly_where_the_plan_has_it():
    for state in ReplyState:
        for act in ReplyAct:
            for actor in ReconciliationActor:
                wanted = PLAN.get((state, act, actor))
                assert reply_target(state, act, {actor}) == wanted, (state, act, actor)
            assert reply_target(state, act, ()) is None


def test_a_page_offers_what_the_table_allows_but_to_lapse():
    assert reply_acts(WAITING, {TEACHER}) == (CONFIRM, REPORT)
    assert reply_acts(WAITING, {CLERK}) == ()
    assert reply_acts(DIFFERS, {CLERK}) == (RESOLVE,)
    assert reply_acts(LAPSED, set(ReconciliationActor)) == ()
    assert all(state.label for state in (*ReplyState, *RoundState))


def test_a_round_is_closed_when_nothing_differs_and_all_have_answered_or_their_day_is_over():
    assert "2 sai khác" in why_not_closed(differing=2, waiting=0, is_overdue=True)
    assert "3 người chưa trả lời" in why_not_closed(differing=0, waiting=3, is_overdue=False)
    assert why_not_closed(differing=0, waiting=3, is_overdue=True) == ""
    assert why_not_closed(differing=0, waiting=0, is_overdue=False) == ""
