"""gradebook.entry.save_results: who, when, what, versions, trace; against PostgreSQL."""

import dataclasses

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.history import Source
from accounts.models import AuditEntry
from accounts.permissions import acting_role
from gradebook.cell_history import read_cell_history
from gradebook.entry import Change, EntryRefusedError, save_results
from gradebook.models import SubjectResult
from gradebook.regulation import Period
from tests.gradebook.school import (
    School,
    change_of,
    close_window,
    enter,
    make_school,
    open_window,
    resize,
    value_of,
)

pytestmark = pytest.mark.django_db


def the_school() -> School:
    """Five pupils in 4A, GHKI open."""
    school = make_school()
    open_window(school)
    return school


def save(school: School, *changes: Change, by=None, whole: bool = False, **sheet):
    return save_results(
        school.sheet(**sheet), list(changes), by=by or school.lan, source=Source.PAGE, whole=whole
    )


def test_the_teacher_of_the_line_saves_and_the_database_holds_it(school):
    pupil = school.pupils[0]
    ref = school.sheet()
    report = save(
        school,
        Change(pupil.pk, "TOAN", "attainment", "t", 0),
        Change(pupil.pk, "TOAN", "mark", "9", 0),
        Change(pupil.pk, "TOAN", "comment", "  Tính nhanh.  ", 0),
    )
    assert [(saved.value, saved.version) for saved in report.saved] == [
        ("T", 1),
        ("9", 1),
        ("Tính nhanh.", 1),
    ]
    assert (report.entered, report.required) == (3, 15)
    assert value_of(ref, pupil, "attainment") == "T"
    assert value_of(ref, pupil, "mark") == "9"
    assert value_of(ref, pupil, "comment") == "Tính nhanh."


@pytest.mark.parametrize("name", ["minh", "thu", "dung", "bich", "hoa", "tuan", "son"])
def test_nobody_else_saves_not_even_the_principal(school, name):
    pupil = school.pupils[0]
    with pytest.raises(PermissionDenied, match="Chỉ giáo viên được phân công"):
        save(school, Change(pupil.pk, "TOAN", "mark", "9", 0), by=school.people[name])
    assert not SubjectResult.objects.exists()


def test_the_homeroom_teacher_does_not_save_in_a_colleagues_line(school):
    with pytest.raises(PermissionDenied):
        save(school, Change(school.pupils[0].pk, "NN1", "attainment", "T", 0), code="NN1")


def test_before_any_order_the_report_says_that_nothing_was_ordered(school):
    report = save(school, Change(school.pupils[0].pk, "TOAN", "mark", "9", 0), period=Period.END_TERM_1)
    assert report.locked == "Chưa mở. Hiệu trưởng chưa ban hành lệnh mở nhập Cuối học kì I."
    assert not SubjectResult.objects.exists()


def test_after_the_lock_nothing_is_written_and_the_order_is_named(school):
    order = close_window(school)
    report = save(school, Change(school.pupils[0].pk, "TOAN", "mark", "9", 0))
    assert report.locked.startswith("Đã khoá từ ")
    assert order.number in report.locked
    assert not SubjectResult.objects.exists()


def test_a_window_for_one_class_opens_no_other(school):
    close_window(school)
    open_window(school, school_class=school.class_4b)
    assert save(school, Change(school.pupils[0].pk, "TOAN", "mark", "9", 0)).locked
    pupil = school.class_4b.enrolments.first().student
    ref_report = save(
        school, Change(pupil.pk, "TOAN", "mark", "9", 0), by=school.minh, school_class=school.class_4b
    )
    assert ref_report.saved


def test_a_mark_that_the_test_matrix_does_not_have_is_refused(school):
    pupil = school.class_1a.enrolments.first().student
    report = save(
        school, Change(pupil.pk, "TOAN", "mark", "9", 0), by=school.ngoc, school_class=school.class_1a
    )
    assert [refused.message for refused in report.refused] == ["Giữa học kì I: Toán khối 1 không có ô này."]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("mark", "11", "ngoài thang điểm"),
        ("mark", "8,5", "số thập phân"),
        ("mark", "chín", "không phải là số"),
        ("attainment", "Đ", "Mức đạt được"),
        ("comment", "x" * 1001, "quá giới hạn"),
        ("rating", "T", "không có ô này"),
        ("nonsense", "T", "không có ô này"),
    ],
)
def test_a_bad_value_is_refused_in_its_cell_and_the_good_one_beside_it_is_saved(school, field, value, words):
    first, second = school.pupils[:2]
    report = save(
        school,
        Change(first.pk, "TOAN", field, value, 0),
        Change(second.pk, "TOAN", "mark", "9", 0),
    )
    assert [words in refused.message for refused in report.refused] == [True]
    assert value_of(school.sheet(), second) == "9"


def test_a_pupil_of_another_class_is_refused(school):
    stranger = school.class_4b.enrolments.first().student
    report = save(school, Change(stranger.pk, "TOAN", "mark", "9", 0), Change(10**30, "TOAN", "mark", "9", 0))
    assert [refused.message for refused in report.refused] == [
        "Học sinh này không có trong danh sách lớp 4A."
    ] * 2
    assert not SubjectResult.objects.exists()


def test_a_cell_can_be_cleared_and_its_history_keeps_what_stood_there(school):
    pupil, ref = school.pupils[0], school.sheet()
    enter(ref, pupil, "mark", "9", by=school.lan)
    enter(ref, pupil, "mark", "", by=school.lan)
    assert value_of(ref, pupil) == ""
    assert [(step.old, step.new) for step in read_cell_history(ref, pupil.pk, "TOAN", "mark")] == [
        ("9", ""),
        ("", "9"),
    ]


def test_the_second_of_two_on_one_cell_is_shown_both_values_and_overwrites_nothing(school):
    pupil, ref = school.pupils[0], school.sheet()
    seen = change_of(ref, pupil, "mark", "7")
    enter(ref, pupil, "mark", "8", by=school.lan)
    report = save(school, seen)
    (conflict,) = report.conflicts
    assert (conflict.change.value, conflict.value, conflict.version) == ("7", "8", 1)
    assert conflict.by == "Nguyễn Thị Lan"
    assert value_of(ref, pupil) == "8"
    kept = dataclasses.replace(seen, version=conflict.version)
    assert save(school, kept).saved
    assert value_of(ref, pupil) == "7"


def test_a_conflict_names_who_gave_the_cell_its_value_not_who_last_wrote_the_row(school):
    pupil, ref = school.pupils[0], school.sheet()
    stale = change_of(ref, pupil, "mark", "7")
    enter(ref, pupil, "mark", "8", by=school.lan)
    at = read_cell_history(ref, pupil.pk, "TOAN", "mark")[0].at
    assignment = school.lan.teaching_assignments.get(school_class=school.class_4a, line__code="TOAN")
    assignment.teacher = school.thu
    assignment.save()
    school.thu._powers = None
    enter(ref, pupil, "comment", "Cô Thu viết.", by=school.thu)
    (conflict,) = save(school, stale, by=school.thu).conflicts
    assert (conflict.by, conflict.at) == ("Nguyễn Thị Lan", at)


def test_two_on_different_cells_of_a_row_are_both_kept(school):
    pupil, ref = school.pupils[0], school.sheet()
    enter(ref, pupil, "attainment", "T", by=school.lan)
    mark = change_of(ref, pupil, "mark", "9")
    comment = change_of(ref, pupil, "comment", "Tốt.")
    (first,) = save(school, mark).saved
    (second,) = save(school, comment).saved
    assert (first.is_next, second.is_next) == (True, False)
    assert value_of(ref, pupil, "mark") == "9"
    assert value_of(ref, pupil, "comment") == "Tốt."


def test_the_same_value_from_two_pages_is_no_conflict_and_no_second_version(school):
    pupil, ref = school.pupils[0], school.sheet()
    twin = change_of(ref, pupil, "mark", "9")
    save(school, twin)
    (saved,) = save(school, twin).saved
    assert (saved.version, saved.is_next) == (1, False)
    assert len(read_cell_history(ref, pupil.pk, "TOAN", "mark")) == 1


def test_what_a_plain_form_sends_along_untouched_never_undoes_a_colleagues_value(school):
    pupil, ref = school.pupils[0], school.sheet()
    enter(ref, pupil, "mark", "7", by=school.lan)
    sent_along = dataclasses.replace(change_of(ref, pupil, "mark", "7"), is_typed=False)
    enter(ref, pupil, "mark", "8", by=school.lan)
    report = save(school, sent_along)
    assert [saved.value for saved in report.saved] == ["8"]
    assert value_of(ref, pupil) == "8"


def test_a_cell_named_twice_counts_once_as_last_typed(school):
    pupil = school.pupils[0]
    report = save(school, Change(pupil.pk, "TOAN", "mark", "7", 0), Change(pupil.pk, "TOAN", "mark", "8", 0))
    assert [saved.value for saved in report.saved] == ["8"]


def test_level_and_mark_that_do_not_fit_are_saved_with_a_warning(school):
    pupil = school.pupils[0]
    report = save(
        school, Change(pupil.pk, "TOAN", "attainment", "H", 0), Change(pupil.pk, "TOAN", "mark", "9", 0)
    )
    assert len(report.saved) == 2
    assert all("thường đi với điểm từ 5 đến 6" in saved.warnings[0] for saved in report.saved)


@pytest.mark.parametrize(
    ("name", "code", "role"),
    [
        ("lan", "NLPC", "GVCN 4A"),
        ("lan", "TOAN", "GVCN 4A, môn Toán"),
        ("thu", "NN1", "GVBM Ngoại ngữ 1 4A"),
        ("tuan", "TOAN", "Văn thư"),
    ],
)
def test_the_role_beside_the_name_tells_the_homeroom_teacher_from_the_subject_teacher(
    school, name, code, role
):
    ref = school.sheet(code)
    assert acting_role(school.people[name], ref.school_class, ref.line) == role


def test_history_says_who_as_what_by_which_door_and_in_which_window(school):
    pupil, ref = school.pupils[0], school.sheet()
    enter(ref, pupil, "mark", "9", by=school.lan)
    row = SubjectResult.history.get()
    assert (row.history_user, row.acting_role, row.source) == (school.lan, "GVCN 4A, môn Toán", "page")
    assert row.window_id == ref.school_class.year.windows.get().pk
    audit = AuditEntry.objects.filter(table_name="gradebook_subjectresult").get()
    assert (audit.actor, audit.role, audit.source) == ("lan", "GVCN 4A, môn Toán", "page")


def test_whole_writes_all_or_nothing(school):
    first, second = school.pupils[:2]
    good, bad = Change(first.pk, "TOAN", "mark", "9", 0), Change(second.pk, "TOAN", "mark", "99", 0)
    with pytest.raises(EntryRefusedError) as refusal:
        save(school, good, bad, whole=True)
    assert [refused.change for refused in refusal.value.report.refused] == [bad]
    assert not SubjectResult.objects.exists()
    assert not SubjectResult.history.exists()
    assert save(school, good, whole=True).is_whole


def test_ratings_and_group_comments_of_the_homeroom_sheet(school):
    pupil, ref = school.pupils[0], school.sheet("NLPC")
    report = save(
        school,
        Change(pupil.pk, "yeu_nuoc", "rating", "d", 0),
        Change(pupil.pk, "quality", "comment", "Biết giúp bạn.", 0),
        Change(pupil.pk, "yeu_nuoc", "comment", "không có ô này", 0),
        code="NLPC",
    )
    assert [saved.value for saved in report.saved] == ["Đ", "Biết giúp bạn."]
    assert len(report.refused) == 1
    assert value_of(ref, pupil, "rating", item="yeu_nuoc") == "Đ"


@pytest.mark.parametrize("pupils", [1, 35])
def test_a_save_takes_the_same_few_statements_for_1_and_for_35_pupils(school, pupils):
    resize(school, pupils)
    ref = school.sheet()
    ref.columns()
    changes = [
        Change(pupil.pk, "TOAN", field, value, 0)
        for pupil in school.pupils
        for field, value in (("attainment", "T"), ("mark", "9"), ("comment", "Tốt."))
    ]
    save(school, changes[0])
    stale = [
        dataclasses.replace(change, value="8" if change.field == "mark" else change.value)
        for change in changes
    ]
    with CaptureQueriesContext(connection) as statements:
        report = save(school, *stale)
    assert len(report.saved) == 3 * pupils
    inside = [query for query in statements if "SAVEPOINT" not in query["sql"]]
    # Class, powers, actor, locks, windows, roster, rows, history of what moved on, new and changed rows, traces.
    assert len(inside) <= 12
