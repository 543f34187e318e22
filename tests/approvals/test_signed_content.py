"""The text that a signature is about: one for the same contents, another for any other; and what a book's state is."""

import hashlib
import itertools
from dataclasses import replace

import pytest

from approvals.signature_rules import STATES, Ready, Seal, State, state_of
from approvals.signed_content import Content, Place, UnknownVersionError, changes_since, content_of

PLACE = Place(2026, 12, "TOAN", "GHKI")
BOOK = Content(PLACE, {7: {"TOAN.mark": "9", "TOAN.comment": "Tính nhanh."}, 3: {"TOAN.mark": "8"}, 5: {}})


def test_the_text_of_version_1_is_what_it_is_for_ever():
    assert BOOK.text == (
        '{"absent_until":"","book":[2026,12,"TOAN","GHKI"],"rows":[[3,{"TOAN.mark":"8"}],[5,{}],'
        '[7,{"TOAN.comment":"Tính nhanh.","TOAN.mark":"9"}]],"version":1}'
    )
    assert BOOK.digest == hashlib.sha256(BOOK.text.encode()).hexdigest()


def test_the_order_in_which_cells_were_read_changes_nothing():
    other = Content(
        PLACE, {5: {}, 3: {"TOAN.mark": "8"}, 7: {"TOAN.comment": "Tính nhanh.", "TOAN.mark": "9"}}
    )
    assert other.digest == BOOK.digest


@pytest.mark.parametrize(
    "other",
    [
        replace(BOOK, place=replace(PLACE, period="CHKI")),
        replace(BOOK, place=replace(PLACE, class_id=13)),
        replace(BOOK, absent_until="2026-10-31"),
        replace(BOOK, rows=BOOK.rows | {3: {"TOAN.mark": "9"}}),
        replace(BOOK, rows=BOOK.rows | {3: {"TOAN.attainment": "8"}}),
        replace(BOOK, rows=BOOK.rows | {5: {"TOAN.mark": "8"}}),
        replace(BOOK, rows=BOOK.rows | {9: {}}),
    ],
)
def test_any_other_contents_have_another_digest(other):
    assert other.digest != BOOK.digest


def test_the_contents_come_back_from_their_text():
    assert content_of(BOOK.text) == BOOK


def test_a_text_of_a_version_that_is_not_known_is_refused_and_not_guessed_at():
    with pytest.raises(UnknownVersionError):
        content_of(BOOK.text.replace('"version":1', '"version":2'))


def test_every_cell_that_differs_is_named_with_what_was_signed_and_what_stands_now():
    now = replace(BOOK, rows={3: {"TOAN.mark": "10"}, 5: {}, 7: {"TOAN.mark": "9"}, 9: {"TOAN.mark": "6"}})
    found = [(each.pupil, each.item, each.field, each.signed, each.now) for each in changes_since(BOOK, now)]
    assert found == [
        (3, "TOAN", "mark", "8", "10"),
        (7, "TOAN", "comment", "Tính nhanh.", ""),
        (9, "TOAN", "mark", "", "6"),
    ]


def test_who_left_stays_signed_for_and_who_came_counts_once_something_stands_there():
    signed = (3, 5, 7)
    here = replace(BOOK, rows={**BOOK.rows, 9: {}})
    assert here.covering(signed).digest == BOOK.digest
    brought = replace(BOOK, rows={**BOOK.rows, 9: {"TOAN.mark": "6"}})
    assert brought.covering(signed).digest != BOOK.digest


def test_the_table_of_states_has_every_book_and_only_one_that_is_ready_and_unsigned_can_be_signed():
    assert STATES.keys() == set(itertools.product(Ready, Seal))
    may = {(ready, seal) for ready, seal in STATES if state_of(ready, seal).may_be_signed}
    assert may == {(Ready.READY, Seal.NONE), (Ready.READY, Seal.BROKEN)}
    assert {state_of(ready, Seal.HOLDS) for ready in Ready} == {State.SIGNED}
    assert all(state_of(ready, Seal.BROKEN).has_broken for ready in Ready)
    assert {state for state in State if state.is_owed} == {
        State.GAPS,
        State.DUE,
        State.CHANGED,
        State.DUE_AGAIN,
    }
