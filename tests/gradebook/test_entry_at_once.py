"""Several people saving the same sheet at the same moment, each on a connection of their own."""

import threading

import pytest
from django.db import connection

from accounts.history import Source
from gradebook.entry import Change, save_results
from gradebook.models import SubjectResult
from gradebook.windows import lock_state
from tests.gradebook.school import close_window, make_school, open_window

_KEEPING = """DO $$ DECLARE kept regclass; BEGIN
    FOR kept IN SELECT tgrelid FROM pg_trigger WHERE tgname = 'history_keep' LOOP
        EXECUTE format('ALTER TABLE %%s %s TRIGGER history_keep', kept);
    END LOOP;
END $$"""


@pytest.fixture
def _history_kept_again(django_db_setup, django_db_blocker):
    """After the emptying: tables of history refuse it as before, and the audit chain has a head to begin with."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(_KEEPING % "ENABLE")
        cursor.execute("INSERT INTO accounts_audithead (id, seq, hash) VALUES (1, 0, ''::bytea)")


@pytest.fixture
def committed(_history_kept_again, transactional_db):
    """Other connections see what the test writes; afterwards even the tables that refuse it are emptied."""
    yield
    with connection.cursor() as cursor:
        cursor.execute(_KEEPING % "DISABLE")


def at_once(*acts):
    """Runs each act in a thread; all begin together."""
    ready = threading.Barrier(len(acts))

    def run(act):
        try:
            ready.wait(timeout=10)
            act()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)


@pytest.mark.usefixtures("committed")
def test_four_first_saves_at_once_leave_one_row_a_pupil_and_three_people_asked():
    school = make_school()
    open_window(school)
    ref = school.sheet()
    reports = []

    def save(mark):
        changes = [Change(pupil.pk, "TOAN", "mark", mark, 0) for pupil in school.pupils]
        reports.append(save_results(ref, changes, by=school.lan, source=Source.PAGE))

    at_once(*(lambda mark=mark: save(mark) for mark in "6789"))
    assert SubjectResult.objects.count() == len(school.pupils)
    assert sorted(len(report.saved) for report in reports) == [0, 0, 0, 5]
    assert sorted(len(report.conflicts) for report in reports) == [0, 5, 5, 5]


@pytest.mark.usefixtures("committed")
def test_two_on_different_cells_of_the_same_rows_at_once_are_both_kept():
    school = make_school()
    open_window(school)
    ref = school.sheet()
    reports = []

    def save(field, value):
        changes = [Change(pupil.pk, "TOAN", field, value, 0) for pupil in school.pupils]
        reports.append(save_results(ref, changes, by=school.lan, source=Source.PAGE))

    at_once(lambda: save("mark", "9"), lambda: save("comment", "Tốt."))
    assert [len(report.saved) for report in reports] == [5, 5]
    assert set(SubjectResult.objects.values_list("mark", "comment")) == {(9, "Tốt.")}


@pytest.mark.usefixtures("committed")
def test_no_cell_is_written_after_a_lock_that_comes_while_people_save():
    school = make_school()
    open_window(school)
    ref = school.sheet()
    reports = []

    def save(pupil):
        reports.append(
            save_results(ref, [Change(pupil.pk, "TOAN", "mark", "9", 0)], by=school.lan, source=Source.PAGE)
        )

    at_once(*(lambda pupil=pupil: save(pupil) for pupil in school.pupils), lambda: close_window(school))
    locked_at = lock_state(school.class_4a, "GHKI")
    written = SubjectResult.objects.count()
    assert not locked_at.is_open
    assert written == sum(len(report.saved) for report in reports)
    assert len(reports) == written + sum(1 for report in reports if report.locked)
