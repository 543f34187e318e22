"""The law on personal data in days and hours, and what is kept how long: the numbers of docs/regulation.md."""

import datetime

import pytest

from approvals.data_rules import (
    DUE_DAYS,
    RequestKind,
    answer_due_on,
    child_agrees_from,
    hours_left,
    is_child_asked,
    is_late_notice,
    request_due_on,
)
from approvals.data_workflow import (
    INCIDENT_MOVES,
    REQUEST_MOVES,
    DataActor,
    IncidentAct,
    IncidentState,
    RequestAct,
    RequestState,
    incident_target,
    request_target,
)
from approvals.retention import ACCESS_LOG, RETENTION, ROSTER_FILES, access_log_kept_from

DAY = datetime.date


@pytest.mark.parametrize(
    ("born", "day"),
    [
        ((2018, 9, 5), DAY(2025, 9, 5)),
        ((2018, 9, None), DAY(2025, 9, 1)),
        ((2018, None, None), DAY(2025, 1, 1)),
        ((2020, 2, 29), DAY(2027, 3, 1)),
        ((None, None, None), None),
    ],
)
def test_a_child_agrees_from_the_seventh_birthday_and_early_where_it_is_not_known(born, day):
    assert child_agrees_from(*born) == day


def test_on_the_birthday_the_child_is_asked_the_day_before_not_and_without_a_year_always():
    assert is_child_asked(DAY(2025, 9, 5), DAY(2025, 9, 5))
    assert not is_child_asked(DAY(2025, 9, 5), DAY(2025, 9, 4))
    assert is_child_asked(None, DAY(2025, 9, 4))


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (DAY(2025, 9, 1), DAY(2025, 9, 3)),
        (DAY(2025, 9, 4), DAY(2025, 9, 8)),
        (DAY(2025, 9, 5), DAY(2025, 9, 9)),
        (DAY(2025, 9, 6), DAY(2025, 9, 9)),
        (DAY(2025, 9, 7), DAY(2025, 9, 9)),
    ],
)
def test_the_first_answer_is_due_on_the_second_working_day(received, due):
    assert answer_due_on(received) == due


@pytest.mark.parametrize(
    ("kind", "due"), [("provide", 11), ("correct", 11), ("withdraw", 16), ("delete", 21)]
)
def test_what_is_asked_is_due_by_its_kind(kind, due):
    assert request_due_on(RequestKind(kind), DAY(2026, 9, 1)) == DAY(2026, 9, due)


def test_every_kind_of_request_has_its_days():
    assert set(DUE_DAYS) == set(RequestKind)


def test_the_72nd_hour_is_in_time_and_a_second_later_is_not():
    found = datetime.datetime(2026, 10, 5, 8, tzinfo=datetime.UTC)
    last = found + datetime.timedelta(hours=72)
    assert not is_late_notice(found, last)
    assert is_late_notice(found, last + datetime.timedelta(seconds=1))


@pytest.mark.parametrize(("minutes", "hours"), [(61, 1), (60, 1), (59, 0), (-1, -1), (-61, -2)])
def test_hours_left_are_rounded_down(minutes, hours):
    now = datetime.datetime(2026, 10, 5, 8, tzinfo=datetime.UTC)
    assert hours_left(now + datetime.timedelta(minutes=minutes), now) == hours


def test_the_principal_decides_and_the_clerk_only_carries_out():
    clerk, principal = {DataActor.CLERK}, {DataActor.PRINCIPAL}
    for state in (RequestState.RECEIVED, RequestState.ANSWERED):
        for act in (RequestAct.GRANT, RequestAct.REFUSE):
            assert request_target(state, act, clerk) is None
            assert request_target(state, act, principal) is not None
    assert request_target(RequestState.GRANTED, RequestAct.CARRY_OUT, clerk) == RequestState.DONE
    assert incident_target(IncidentState.NOTIFIED, IncidentAct.CLOSE, clerk) is None
    assert incident_target(IncidentState.NOTIFIED, IncidentAct.CLOSE, principal) == IncidentState.CLOSED


def test_nothing_leads_out_of_an_end():
    ended = {RequestState.DONE, RequestState.REFUSED, RequestState.CANCELLED, IncidentState.CLOSED}
    assert {move.source for move in (*REQUEST_MOVES, *INCIDENT_MOVES)} & ended == set()


def test_only_the_access_log_and_loaded_files_may_be_removed_and_the_hoc_ba_stays_for_ever():
    assert {each.code for each in RETENTION if each.is_removable} == {ACCESS_LOG, ROSTER_FILES}
    for_ever = {each.code for each in RETENTION if each.keeping == "for_ever"}
    assert for_ever == {"hoc-ba", "so-dang-bo", "nhat-ki-thay-doi"}


@pytest.mark.parametrize(
    ("today", "first"),
    [(DAY(2026, 11, 26), DAY(2025, 11, 26)), (DAY(2028, 2, 29), DAY(2027, 2, 28))],
)
def test_the_access_log_is_kept_for_twelve_months(today, first):
    assert access_log_kept_from(today) == first
