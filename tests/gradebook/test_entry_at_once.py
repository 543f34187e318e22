"""Several people saving the same sheet at the same moment, each on a connection of their own."""

import time

import pytest
from django.db import transaction

from accounts.history import Source
from gradebook.entry import Change, save_results
from gradebook.models import SubjectResult
from gradebook.windows import lock_state
from tests.at_once import at_once
from tests.gradebook.school import close_window, enter, make_school, open_window, value_of


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


@pytest.mark.usefixtures("committed")
def test_a_save_that_began_before_the_lock_and_was_held_up_beyond_it_is_not_written():
    school = make_school()
    open_window(school)
    ref, pupil = school.sheet(), school.pupils[0]
    enter(ref, pupil, "mark", "5", by=school.lan)
    close_window(school)
    window = open_window(school, hours=1 / 3600)
    reports = []

    def hold_the_row():
        with transaction.atomic():
            SubjectResult.objects.select_for_update().get(student=pupil)
            time.sleep(1.4)

    def save():
        time.sleep(0.3)
        reports.append(enter(ref, pupil, "mark", "9", by=school.lan))

    at_once(hold_the_row, save)
    assert reports[0].locked.startswith("Đã khoá từ")
    assert window.order.number in reports[0].locked
    assert value_of(ref, pupil) == "5"
