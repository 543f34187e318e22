"""A repeat test at the end of a term: both marks are kept, one is official, the teacher says why (R28)."""

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from accounts.history import Source
from gradebook.cell_history import read_cell_history
from gradebook.computed_results import year_inputs
from gradebook.entry import preview_results, save_results
from gradebook.models import SubjectResult
from gradebook.regulation import Period, rules_for
from gradebook.repeat_tests import Repeat, read_repeat
from gradebook.sheets import Field, find_sheet, get_sheet, read_rows
from gradebook.workbook_forms import Wanted
from gradebook.workbook_page import build_preview
from gradebook.workbook_reading import read_sheet
from gradebook.workbooks import write_sheet
from tests.gradebook.mark_files import filled
from tests.gradebook.school import close_window, enter, make_school, open_window, value_of

pytestmark = pytest.mark.django_db

REASON = "Em ốm khi làm bài; hằng ngày em làm tốt. Thi lại 12/5."


def the_school():
    """Toán of CN is open; the first pupil has 4."""
    school = make_school(pupils=2)
    open_window(school, Period.YEAR_END)
    enter(school.sheet(period=Period.YEAR_END), school.pupils[0], "mark", "4", by=school.lan)
    return school


def ref(school):
    return school.sheet(period=Period.YEAR_END)


def stored(school):
    return SubjectResult.objects.get(student=school.pupils[0], period="CN", line__code="TOAN")


def post(school, user="lan", **typed):
    client = Client()
    client.force_login(school.people[user])
    known = {"mark": "7", "official": "2", "reason": REASON, "version": "1"}
    return client.post(address(school), {**known, **typed})


def address(school, period="CN", code="TOAN"):
    return reverse("gradebook:repeat", args=[school.class_4a.pk, code, period, school.pupils[0].pk])


def text(answer):
    return " ".join(answer.content.decode().split())


def test_both_marks_are_kept_and_the_official_one_counts(school):
    assert post(school).status_code == 302
    row = stored(school)
    assert (row.first_mark, row.repeat) == (4, Repeat(7, is_official=True, reason=REASON))
    assert year_inputs(school.class_4a)[school.pupils[0].pk].marks == {"TOAN": 7}
    assert value_of(ref(school), school.pupils[0]) == "7"


def test_the_first_may_stay_the_official_one(school):
    post(school, official="1")
    assert (stored(school).mark, stored(school).other_mark) == (4, 7)
    post(school, official="2", version="2")
    assert (stored(school).mark, stored(school).first_mark) == (7, 4)


def test_taken_back_the_first_stands_as_before(school):
    post(school)
    assert post(school, remove="1", version="2").status_code == 302
    row = stored(school)
    assert (row.mark, row.other_mark, row.is_repeat_official, row.repeat_reason) == (4, None, False, "")


def test_the_history_of_the_cell_shows_both_marks_and_why(school):
    post(school)
    newest, first = read_cell_history(ref(school), school.pupils[0].pk, "TOAN", Field.MARK)
    assert (first.new, newest.old) == ("4", "4")
    assert newest.new == "7 (lấy điểm kiểm tra lại; lần đầu 4)"
    assert newest.why == REASON


def test_a_changed_official_mark_leaves_the_other_alone(school):
    post(school)
    enter(ref(school), school.pupils[0], "mark", "8", by=school.lan)
    assert (stored(school).mark, stored(school).first_mark) == (8, 4)
    report = enter(ref(school), school.pupils[0], "mark", "", by=school.lan)
    assert "Xoá điểm kiểm tra lại trước" in report.refused[0].message


def test_the_sheet_says_which_test_counts_and_what_the_other_gave(school):
    post(school)
    client = Client()
    client.force_login(school.lan)
    seen = text(client.get(reverse("gradebook:sheet", args=[school.class_4a.pk, "TOAN", "CN"])))
    assert "lần đầu: 4</span>" in seen
    (cell,) = (cell for cell in read_rows(ref(school))[0].cells if cell.column.field == Field.MARK)
    assert (cell.value, cell.first_mark) == ("7", 4)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"mark": "7,5"}, "số nguyên"),
        ({"mark": "11"}, "10"),
        ({"mark": ""}, "Ghi điểm bài kiểm tra lại."),
        ({"reason": " "}, "Ghi vì sao kiểm tra lại."),
        ({"official": ""}, "Chọn điểm nào là chính thức."),
    ],
)
def test_bad_input_comes_back_with_its_reason_and_as_typed(school, typed, words):
    answer = post(school, **typed)
    assert answer.status_code == 422
    assert words in text(answer)
    assert (typed.get("reason") or REASON).strip() in text(answer)
    assert stored(school).repeat is None


def test_there_is_no_second_test_without_a_first(school):
    school.pupils.reverse()
    answer = post(school, version="0")
    assert answer.status_code == 422
    assert "Chưa có điểm KTĐK lần đầu" in text(answer)


def test_a_colleagues_newer_value_is_not_overwritten_unseen(school):
    post(school)
    answer = post(school, mark="9", version="1")
    assert answer.status_code == 409
    assert "vừa ghi «7 · lấy điểm lần 2" in text(answer)
    assert 'name="version" value="2"' in text(answer)
    assert stored(school).mark == 7


def test_after_the_lock_nothing_is_written(school):
    close_window(school, Period.YEAR_END)
    answer = post(school)
    assert answer.status_code == 423
    assert REASON in text(answer)
    assert stored(school).repeat is None


@pytest.mark.parametrize("name", ["minh", "hoa", "tuan", "dung"])
def test_only_the_teacher_of_the_line_writes_it(school, name):
    assert post(school, name).status_code == 403
    assert stored(school).repeat is None


def test_only_tests_at_the_end_of_a_term_are_repeated(school):
    client = Client()
    client.force_login(school.lan)
    assert client.get(address(school, "CHKI")).status_code == 200
    for period, code in (("GHKI", "TOAN"), ("GHKII", "TOAN")):
        assert client.get(address(school, period, code)).status_code == 404
    columns = find_sheet(school.class_4a.pk, "TOAN", "GHKI").entry_columns()
    assert Field.REPEAT not in {column.field for column in columns}


def test_the_database_keeps_no_second_mark_without_its_reason(school):
    with pytest.raises(IntegrityError):
        SubjectResult.objects.filter(pk=stored(school).pk).update(other_mark=7)


def test_the_text_of_a_change_is_read_as_it_was_written():
    repeat = Repeat(7, is_official=False, reason="Em ốm · có giấy")
    assert read_repeat(str(repeat), rules_for(2026)) == repeat


# -- Excel


def of_file(school, **cells):
    """What our own file of the sheet wants, with cells typed over (F to H the sheet's own, I to K the repeat test)."""
    sheet = get_sheet(school.lan, school.class_4a.pk, "TOAN", "CN")
    data = filled(write_sheet(sheet), **cells)
    return read_sheet(data, "toan.xlsx", sheet.ref, sheet.rows, by=school.lan)


def test_a_repeat_test_goes_to_excel_and_back_unchanged_and_changed(school):
    post(school)
    (untouched,) = (change for change in of_file(school).changes if change.field == Field.REPEAT)
    assert untouched.value == f"7 · lấy điểm lần 2 · {REASON}"
    read = of_file(school, I2=8)
    report = save_results(ref(school), read.changes, by=school.lan, source=Source.EXCEL, whole=True)
    assert report.is_whole
    assert (stored(school).mark, stored(school).first_mark, stored(school).repeat_reason) == (8, 4, REASON)


def test_the_dry_run_names_the_repeat_test_old_and_new(school):
    post(school)
    sheet = get_sheet(school.lan, school.class_4a.pk, "TOAN", "CN")
    read = of_file(school, J2="lần 1")
    report = preview_results(ref(school), read.changes, by=school.lan)
    wanted = Wanted("toan.xlsx", read.changes, read.places)
    (line,) = build_preview(ref(school), sheet.rows, report, wanted, read=read).changes
    assert (line.column, line.place) == ("Kiểm tra lại", "Trang «Toán», hàng 2, cột I «Điểm KT lại»")
    assert (line.old[:19], line.new[:19]) == ("7 · lấy điểm lần 2 ", "7 · lấy điểm lần 1 ")


def test_a_repeat_test_without_its_reason_is_refused_at_the_cell(school):
    (problem,) = of_file(school, I2=7, J2=2).problems
    assert (problem.row, problem.column_letter) == (2, "K")
    assert "«Lí do KT lại»" in problem.message
