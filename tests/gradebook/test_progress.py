"""The board of progress: cells entered of cells required, counted by the database."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils.timezone import make_aware

from accounts import clock
from accounts.models import Post, Team
from gradebook.board import read_board, read_open_boards, scope_words
from gradebook.models import EntryWindow, SubjectResult, TeachingAssignment
from gradebook.progress import Tally, count_entered
from gradebook.regulation import Period
from gradebook.sheets import Field, get_sheet
from students.models import Enrolment, SchoolClass
from tests.gradebook.school import add_pupils, close_window, enter, open_window
from tests.students.seats import seat

pytestmark = pytest.mark.django_db

URL = "gradebook:progress"
GRADE_4 = ("TV", "TOAN", "NN1", "LSDL", "KH", "TH", "CN", "DD", "GDTC", "AN", "MT", "HDTN", "NLPC")


@pytest.fixture
def busy(school):
    """GHKI open; in 4A two levels, one mark and one comment of Toán, one rating and one comment of the homeroom."""
    open_window(school)
    ref, home = school.sheet(), school.sheet("NLPC")
    first, second = school.pupils[:2]
    enter(ref, first, Field.ATTAINMENT, "T", by=school.lan)
    enter(ref, second, Field.ATTAINMENT, "H", by=school.lan)
    enter(ref, first, Field.MARK, "0", by=school.lan)
    enter(ref, first, Field.COMMENT, "Chăm.", by=school.lan)
    enter(home, first, Field.RATING, "T", by=school.lan, item="yeu_nuoc")
    enter(home, first, Field.COMMENT, "Ngoan.", by=school.lan, item="quality")
    return school


def at_noon(day):
    return make_aware(datetime.datetime.combine(day, datetime.time(12)))


def store(school, pupil, level):
    """A level of Toán at the year's end, as no sheet need be open for it."""
    line = school.lines[4, "TOAN"]
    SubjectResult.objects.create(student=pupil, line=line, period=Period.YEAR_END, attainment=level)


def page_text(response):
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def cell(board, class_name, code):
    row = next(row for grade in board.grades for row in grade.rows if row.class_name == class_name)
    return next(each.tally for each in row.cells if each.code == code)


def test_required_is_pupils_by_columns_and_a_mark_of_zero_counts(busy):
    board = read_board(busy.bich)
    assert cell(board, "4A", "TOAN") == Tally(4, 15)
    assert cell(board, "4A", "NN1") == Tally(0, 10)
    assert cell(board, "4A", "NLPC") == Tally(2, 5 * 18)
    assert cell(board, "1A", "TOAN") == Tally(0, 4)


@pytest.mark.parametrize("code", ["TOAN", "NN1", "NLPC"])
@pytest.mark.parametrize("period", Period)
def test_the_board_agrees_with_each_sheet(busy, code, period):
    sheet = get_sheet(busy.bich, busy.class_4a.pk, code, period)
    assert cell(read_board(busy.bich, period), "4A", code) == Tally(sheet.entered, sheet.required)


def test_sums_add_up_by_line_class_grade_and_school(busy):
    board = read_board(busy.bich)
    for grade in board.grades:
        for index, total in enumerate(grade.sums):
            assert total.entered == sum(row.cells[index].tally.entered for row in grade.rows)
            assert total.required == sum(row.cells[index].tally.required for row in grade.rows)
        assert grade.total.required == sum(row.total.required for row in grade.rows)
    assert board.total.entered == 6


def test_an_emptied_cell_no_longer_counts(busy):
    enter(busy.sheet(), busy.pupils[0], Field.MARK, "", by=busy.lan)
    enter(busy.sheet(), busy.pupils[0], Field.COMMENT, "", by=busy.lan)
    assert cell(read_board(busy.bich), "4A", "TOAN") == Tally(2, 15)


def test_a_pupil_who_changed_class_counts_once_in_the_class_of_today(busy):
    pupil = busy.pupils[0]
    moved_on = busy.year.starts_on + datetime.timedelta(days=20)
    Enrolment.objects.filter(student=pupil).update(ends_on=moved_on - datetime.timedelta(days=1))
    seat([pupil], busy.class_4b, starts_on=moved_on, position=99)
    with clock.travelling(at_noon(moved_on)):
        board = read_board(busy.bich, "GHKI")
    assert cell(board, "4A", "TOAN") == Tally(1, 12)
    assert cell(board, "4B", "TOAN") == Tally(3, 12)


def test_without_a_chosen_period_the_open_one_is_shown_then_the_last_that_was(school):
    assert read_board(school.bich).period == Period.MID_TERM_1
    open_window(school)
    open_window(school, Period.END_TERM_1)
    close_window(school)
    assert read_board(school.bich).period == Period.END_TERM_1
    close_window(school, Period.END_TERM_1)
    board = read_board(school.bich)
    assert board.period == Period.END_TERM_1
    assert "đã khoá từ" in board.state
    assert read_board(school.bich, "GHKI").period == Period.MID_TERM_1
    assert read_board(school.bich, "x").period == Period.END_TERM_1


def test_one_class_opened_does_not_hide_what_is_open_for_the_school(school):
    open_window(school)
    open_window(school, Period.MID_TERM_2, school_class=school.class_4b, hours=2)
    assert read_board(school.bich).period == Period.MID_TERM_1
    boards = {board.period: board for board in read_open_boards(school.bich)}
    assert list(boards) == [Period.MID_TERM_1, Period.MID_TERM_2]
    shown = {period: [row.class_name for g in b.grades for row in g.rows] for period, b in boards.items()}
    assert shown == {Period.MID_TERM_1: ["1A", "4A", "4B"], Period.MID_TERM_2: ["4B"]}
    assert "mở cho toàn trường đến" in boards[Period.MID_TERM_1].state
    assert "mở cho lớp 4B đến" in boards[Period.MID_TERM_2].state


def test_a_class_out_of_scope_counts_nowhere_and_is_called_not_opened(school, client):
    open_window(school, Period.MID_TERM_2, school_class=school.class_4b)
    board = read_board(school.bich)
    assert board.total == next(row.total for g in board.grades for row in g.rows if row.class_name == "4B")
    assert (board.counted_classes, board.shut_classes) == (1, 2)
    client.force_login(school.bich)
    shown = page_text(client.get(reverse(URL)))
    assert "của 1 lớp đã mở. 2 lớp chưa mở, chưa tính vào tiến độ." in shown
    assert re.search(r"1A 2 Chưa mở", shown)
    assert re.search(r"4B 3 Chưa 0/\d+", shown)
    assert "GHKII · mở cho lớp 4B đến" in shown


def test_what_was_entered_in_a_class_never_opened_stays_in_sight(busy):
    close_window(busy)
    EntryWindow.objects.all().update(grade_level=1)
    board = read_board(busy.bich, "GHKI")
    row = next(row for grade in board.grades for row in grade.rows if row.class_name == "4A")
    assert (row.is_shut, row.total.entered, board.total.entered) == (True, 6, 0)


def test_a_head_sees_the_period_open_for_the_own_classes(school):
    open_window(school, school_class=school.class_4a)
    open_window(school, Period.END_TERM_1, school_class=school.class_1a)
    assert [board.period for board in read_open_boards(school.dung)] == [Period.MID_TERM_1]
    assert read_board(school.dung).period == Period.MID_TERM_1


def test_a_class_reopened_counts_beside_the_locked_ones_and_the_start_page_has_it_alone(school):
    open_window(school)
    close_window(school)
    open_window(school, school_class=school.class_4a)
    assert read_board(school.bich).counted_classes == 3
    assert [board.counted_classes for board in read_open_boards(school.bich)] == [1]


def test_a_locked_period_speaks_of_the_round_and_names_who_had_longer(school):
    window = open_window(school, hours=1)
    longer = open_window(school, school_class=school.class_4a, teacher=school.thu, hours=2)
    with clock.travelling(clock.now() + datetime.timedelta(hours=3)):
        state = read_board(school.bich, "GHKI").state
    whom = "giáo viên Lê Thị Thu"
    assert state == (f"GHKI · đã khoá từ {window.closes_label}, riêng lớp 4A {whom} từ {longer.closes_label}")


def test_an_open_period_names_what_of_it_is_locked(school, client):
    open_window(school)
    number = close_window(school, school_class=school.class_4b).number
    board = read_board(school.bich)
    assert "mở cho toàn trường (trừ phần đã khoá riêng) đến" in board.state
    assert board.cut_off == f"lớp 4B (văn bản số {number})"
    assert read_open_boards(school.bich)[0].cut_off == board.cut_off
    words = {row.class_name: {cell.word for cell in row.cells} for g in board.grades for row in g.rows}
    assert (words["4A"], words["4B"] - {"Không học"}) == ({"Chưa"}, {"Khoá"})
    assert read_board(school.ngoc).cut_off == ""
    client.force_login(school.bich)
    assert f"Đã khoá riêng: {board.cut_off}." in page_text(client.get(reverse(URL)))
    open_window(school, school_class=school.class_4b, hours=30)
    assert read_board(school.bich).cut_off == ""


def test_with_nothing_open_the_start_page_keeps_the_last_that_was(school):
    open_window(school)
    close_window(school)
    (board,) = read_open_boards(school.bich)
    assert (board.period, board.counted_classes, board.state_kind) == (Period.MID_TERM_1, 3, "locked")


def test_before_any_order_nothing_counts_and_nothing_is_called_complete(school, client):
    (board,) = read_open_boards(school.bich)
    assert (board.grades, board.state) == ((), "GHKI · chưa mở")
    client.force_login(school.bich)
    shown = page_text(client.get(reverse(URL)))
    assert "3 lớp chưa mở" in shown
    assert "Đủ" not in shown
    assert "%" not in shown


def test_an_order_called_off_opened_nothing(school):
    now = clock.now()
    with clock.travelling(now + datetime.timedelta(days=1)):
        open_window(school)
    close_window(school)
    with clock.travelling(now + datetime.timedelta(days=2)):
        board = read_board(school.bich)
    assert (board.counted_classes, board.state) == (0, "GHKI · chưa mở")


def test_windows_with_different_ends_are_told_apart(school, client):
    day = open_window(school)
    week = open_window(school, school_class=school.class_4b, hours=168)
    client.force_login(school.bich)
    for page in (URL, "approvals:tasks"):
        assert (
            f"Đang mở cho toàn trường đến {day.closes_label}; lớp 4B đến {week.closes_label}."
            in page_text(client.get(reverse(page)))
        )


@pytest.mark.parametrize(
    ("scopes", "words"),
    [
        ([{}], "toàn trường"),
        ([{"grade_level": 4}, {"grade_level": 1}], "khối 1, 4"),
        ([{"grade_level": 1}, {"class": "4B"}, {"class": "4A"}], "khối 1, lớp 4A, 4B"),
        ([{"grade_level": 4}, {"class": "4B"}], "khối 4"),
        ([{"class": "4A"}, {}], "toàn trường"),
    ],
)
def test_the_scope_of_several_orders_is_said_in_few_words(scopes, words):
    windows = [
        EntryWindow(
            grade_level=each.get("grade_level"),
            school_class=SchoolClass(name=each["class"], grade_level=4) if "class" in each else None,
        )
        for each in scopes
    ]
    assert scope_words(windows) == words


def test_the_page_leads_to_each_grade(busy, client):
    client.force_login(busy.bich)
    html = client.get(reverse(URL)).content.decode()
    for grade in (1, 4):
        assert f'href="#khoi-{grade}"' in html
        assert f'id="khoi-{grade}"' in html


def test_nothing_is_counted_for_nobody(school, django_assert_num_queries):
    with django_assert_num_queries(0):
        count_entered(school.year, [])


@pytest.mark.parametrize(
    ("tally", "word", "percent"),
    [
        (Tally(0, 10), "Chưa nhập", 0),
        (Tally(1, 10), "Đang nhập", 10),
        (Tally(999, 1000), "Đang nhập", 99),
        (Tally(10, 10), "Đủ", 100),
        (Tally(0, 0), "Đủ", 100),
    ],
)
def test_a_tally_says_in_a_word_how_far_it_is(tally, word, percent):
    assert (tally.word, tally.percent) == (word, percent)


# -- The page ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "classes"),
    [
        ("bich", {"1A", "4A", "4B"}),
        ("hoa", {"1A", "4A", "4B"}),
        ("tuan", {"1A", "4A", "4B"}),
        ("son", {"1A", "4A", "4B"}),
        ("dung", {"4A", "4B"}),
    ],
)
def test_the_office_sees_the_school_and_a_head_the_own_grade(busy, client, person, classes):
    client.force_login(busy.people[person])
    page = client.get(reverse(URL))
    assert page.status_code == 200
    assert {row.class_name for grade in page.context["board"].grades for row in grade.rows} == classes


def test_a_head_of_two_grades_sees_both(busy, client):
    team = Team.objects.create(name="Tổ 1", grade_level=1)
    Post.objects.create(holder=busy.dung, kind=Post.Kind.GRADE_HEAD, team=team, starts_on=busy.year.starts_on)
    client.force_login(busy.dung)
    assert [grade.grade_level for grade in client.get(reverse(URL)).context["board"].grades] == [1, 4]


@pytest.mark.parametrize(
    ("person", "sheets"),
    [
        ("lan", {("4A", code) for code in GRADE_4}),
        ("minh", {("4B", code) for code in GRADE_4}),
        ("thu", {("4A", "NN1"), ("4B", "NN1")}),
    ],
)
def test_a_teacher_sees_the_own_class_and_the_own_lines(busy, client, person, sheets):
    client.force_login(busy.people[person])
    board = client.get(reverse(URL)).context["board"]
    assert {(each.ref.school_class.name, each.ref.code) for each in board.sheets} == sheets
    assert read_open_boards(busy.people[person])[0].grades == ()


def test_whoever_answers_for_nothing_is_told_whose_page_it_is(busy, client):
    TeachingAssignment.objects.filter(teacher=busy.thu).delete()
    client.force_login(busy.thu)
    answer = client.get(reverse(URL))
    assert answer.status_code == 403
    assert "tổ (khối) trưởng (khối mình)" in answer.content.decode()


def test_a_window_for_one_line_counts_that_line_alone(school, client):
    open_window(school, line_code="TOAN", school_class=school.class_4a)
    board = read_board(school.bich)
    row = next(row for grade in board.grades for row in grade.rows if row.class_name == "4A")
    assert {each.code for each in row.cells if each.counts} == {"TOAN"}
    assert (row.is_shut, row.total, board.total) == (False, Tally(0, 15), Tally(0, 15))
    (opened,) = read_open_boards(school.bich)
    assert (opened.total, opened.counted_classes) == (Tally(0, 15), 1)
    client.force_login(school.bich)
    shown = page_text(client.get(reverse(URL)))
    assert "của 1 lớp đã mở. 2 lớp chưa mở" in shown
    assert f"Trong các lớp đã mở có {len(GRADE_4) - 1} sổ chưa mở, chưa tính." in shown


def test_an_extension_counts_for_its_teacher_alone(school):
    open_window(school, teacher=school.thu)
    board = read_board(school.bich)
    counted = {(each.ref.school_class.name, each.ref.code) for each in board.sheets if each.counts}
    assert counted == {("4A", "NN1"), ("4B", "NN1")}


def test_the_period_open_for_most_sheets_is_shown_not_that_of_one_line_in_every_class(school):
    open_window(school, Period.END_TERM_1, line_code="TOAN")
    open_window(school, school_class=school.class_4a)
    assert read_board(school.bich).period == Period.MID_TERM_1


def test_by_teacher_whoever_lacks_most_comes_first_and_the_sums_agree(busy, client):
    client.force_login(busy.bich)
    page = client.get(reverse(URL), {"by": "giao-vien"})
    rows = {row.name: row for row in page.context["teachers"]}
    assert rows["Lê Thị Thu"].tally == Tally(0, 16)
    assert rows["Nguyễn Thị Lan"].tally == Tally(6, 15 + 15 + 90)
    missing = [row.tally.missing for row in page.context["teachers"]]
    assert missing == sorted(missing, reverse=True)
    total = page.context["board"].total
    assert sum(row.tally.required for row in rows.values()) == total.required
    assert f"teacher={busy.thu.pk}" in page.content.decode()


def test_by_line_each_grade_and_all_together(busy, client):
    client.force_login(busy.bich)
    page = client.get(reverse(URL), {"by": "mon"})
    toan = next(row for row in page.context["lines"] if row.code == "TOAN")
    assert [cell.tally for cell in toan.cells] == [Tally(0, 4), Tally(4, 24), Tally(4, 28)]
    assert "line=TOAN&amp;grade=4" in page.content.decode()


def test_the_supplementary_assessment_can_be_chosen_once_an_order_was_for_it(school):
    assert Period.SUPPLEMENTARY not in read_board(school.bich, "BS").periods
    for pupil, level in zip(school.pupils, "CT", strict=False):
        store(school, pupil, level)
    open_window(school, Period.SUPPLEMENTARY)
    board = read_board(school.bich, "BS")
    assert (board.period, board.total) == (Period.SUPPLEMENTARY, Tally(0, 2))
    assert read_board(school.bich).period == Period.MID_TERM_1


def test_a_cell_that_lacks_something_leads_to_the_names_in_word_and_number(busy, client):
    client.force_login(busy.hoa)
    html = client.get(reverse(URL), {"period": "GHKI"}).content.decode()
    names = f"{reverse('gradebook:progress_missing')}?period=GHKI&amp;class={busy.class_4a.pk}&amp;line=TOAN"
    words = re.search(rf'href="{re.escape(names)}"\s*>(.*?)</a>', html, re.DOTALL)[1]
    assert re.sub(r"<[^>]*>|\s", "", words) == "Đang4/15"


@pytest.mark.parametrize("more_classes", [0, 6])
def test_the_page_takes_six_statements_for_a_few_classes_and_for_many(
    busy, client, django_assert_num_queries, more_classes
):
    for index in range(more_classes):
        added = SchoolClass.objects.create(year=busy.year, name=f"4X{index}", grade_level=4)
        add_pupils(added, 2)
    client.force_login(busy.bich)
    with django_assert_num_queries(6):
        client.get(reverse(URL))
