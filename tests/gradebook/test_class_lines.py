"""Optional lines: the clerk chooses them for a grade, a class may have others, and everything follows the class."""

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404
from django.urls import reverse

from accounts.dates import Days
from accounts.history import Source, acting
from accounts.permissions import Refused
from accounts.terms import TermRefused
from approvals.tasks import read_tasks
from gradebook.assignment_plan import plan_assignments
from gradebook.assignments import assign
from gradebook.board import read_board
from gradebook.class_lines import lines_of, lines_of_classes
from gradebook.line_choices import choose_class_lines, choose_lines
from gradebook.models import ClassLine, ClassYearEnd, SubjectLine, SubjectResult, TeachingAssignment
from gradebook.opening import checklist
from gradebook.regulation import Period
from gradebook.sheets import find_sheet
from gradebook.staff_pages import read_class
from gradebook.year_end_rules import State
from reports.class_tables import class_table
from students.models import SchoolClass, YearIsClosed
from students.staff_files import StaffRow
from students.years import YearRefused, change_class, delete_class
from tests.gradebook.school import CONFIRMED, School, open_window
from tests.students.test_year_pages import as_, text

pytestmark = pytest.mark.django_db

PERIOD = Period.END_TERM_1


@pytest.fixture
def other(school) -> SchoolClass:
    """1B: it follows its grade, as 1A does."""
    return SchoolClass.objects.create(year=school.year, name="1B", grade_level=1)


@pytest.fixture
def english(school, other) -> SubjectLine:
    """Grade 1 learns Ngoại ngữ 1, but 1B does not."""
    choose_lines(school.year, {1: ["NN1"]}, by=school.tuan)
    choose(school, other, NN1=False)
    return SubjectLine.objects.get(year=school.year, grade_level=1, code="NN1")


def choose(school: School, school_class: SchoolClass, **wanted: bool | None) -> None:
    chosen = {(school_class.pk, code): will for code, will in wanted.items()}
    choose_class_lines(school.year, chosen, by=school.tuan)


def codes(school_class: SchoolClass) -> list[str]:
    return [line.code for line in lines_of(school_class)]


def give(school: School, school_class: SchoolClass, line: SubjectLine) -> TeachingAssignment:
    days = Days(school.year.starts_on, school.year.ends_on)
    return assign(school.thu, school_class, line, days=days, reason="QĐ 1", by=school.hoa)


def write_level(school: School, line: SubjectLine) -> None:
    """A pupil of 1A gets a level, as `save_results` stores it."""
    pupil = school.class_1a.enrolments.first().student
    with acting(school.ngoc, role="Giáo viên", source=Source.PAGE):
        SubjectResult.objects.create(student=pupil, line=line, period=PERIOD, attainment="T")


# -- What a class has ----------------------------------------------------------------------------------------


def test_a_class_has_the_lines_of_its_grade_unless_it_has_chosen_for_itself(school, other, english):
    assert "NN1" in codes(school.class_1a)
    assert "NN1" not in codes(other)
    choose(school, other, NN1=None)
    assert "NN1" in codes(other)


def test_a_class_may_have_a_line_that_its_grade_does_not_have(school, other):
    choose(school, other, TH=True)
    assert codes(other) == ["TV", "TOAN", "TH", "DD", "TNXH", "GDTC", "AN", "MT", "HDTN"]
    assert "TH" not in codes(school.class_1a)


def test_when_the_grade_chooses_anew_the_class_that_chose_for_itself_stays(school, other, english):
    choose_lines(school.year, {1: []}, by=school.tuan)
    assert "NN1" not in codes(school.class_1a)
    choose(school, other, NN1=True)
    choose_lines(school.year, {1: ["TH"]}, by=school.tuan)
    assert {"NN1", "TH"} <= set(codes(other))
    assert "NN1" not in codes(school.class_1a)


def test_a_compulsory_line_is_nobodys_choice(school, other):
    choose(school, other, TOAN=False)
    choose(school, school.class_4a, NN1=False)
    assert "TOAN" in codes(other)
    assert "NN1" in codes(school.class_4a)
    line = school.lines[4, "NN1"]
    with pytest.raises(IntegrityError, match="line_left_out_is_optional"), transaction.atomic():
        SubjectLine.objects.filter(pk=line.pk).update(is_for_grade=False)


def test_the_lines_of_all_classes_come_in_one_statement(school, other, english, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = lines_of_classes([other.pk, school.class_1a.pk, school.class_4a.pk])
    assert {len(lines) for lines in found.values()} == {8, 9, 12}
    with django_assert_num_queries(1):
        assert found[other.pk] == lines_of(other)


# -- Who chooses, on which page ------------------------------------------------------------------------------


def test_the_clerk_chooses_the_optional_lines_of_each_grade(school):
    address = reverse("gradebook:year_lines", args=[school.year.pk])
    assert as_(school.tuan).post(address, {"grade_1": ["NN1"], "grade_3": ["TDT"]}).status_code == 302
    offered = SubjectLine.objects.filter(year=school.year, is_for_grade=True)
    assert offered.filter(grade_level=1).count() == 9
    assert offered.filter(grade_level=2).count() == 8
    assert as_(school.tuan).post(address, {"initial-grade_1": ["NN1"]}).status_code == 302
    assert not offered.filter(grade_level=1, code="NN1").exists()


def test_the_page_of_classes_shows_the_choice_of_the_grade_and_what_differs(school, other, english):
    page = text(as_(school.tuan).get(reverse("gradebook:class_lines", args=[school.year.pk])))
    assert "Theo khối: học" in page
    assert "Lớp 1B: Ngoại ngữ 1 – không học" in page
    assert "Bùi Anh Tuấn, Văn thư" in page
    read_only = text(as_(school.hoa).get(reverse("gradebook:class_lines", args=[school.year.pk])))
    assert "<select" not in read_only
    assert "Riêng: không học" in read_only


def test_the_clerk_chooses_for_a_class_and_leaves_the_others_to_their_grade(school, other):
    address = reverse("gradebook:class_lines", args=[school.year.pk])
    assert as_(school.tuan).post(address, {f"class_{other.pk}_TH": "1"}).status_code == 302
    assert [str(each) for each in ClassLine.objects.all()] == ["1B Tin học: học"]
    field = f"class_{other.pk}_TH"
    assert as_(school.tuan).post(address, {field: "", f"initial-{field}": "1"}).status_code == 302
    assert not ClassLine.objects.exists()
    assert [row.history_type for row in ClassLine.history.order_by("history_id")] == ["+", "-"]


def test_what_another_tab_has_set_meanwhile_stays_and_a_clash_is_shown(school, other, english):
    address = reverse("gradebook:class_lines", args=[school.year.pk])
    language, computing = f"class_{other.pk}_NN1", f"class_{school.class_1a.pk}_TH"
    opened = {f"initial-{language}": "", language: "", f"initial-{computing}": "", computing: ""}
    answer = as_(school.tuan).post(address, opened | {computing: "1"}, follow=True)
    assert "Đã đặt: 1A học Tin học." in text(answer)
    assert "NN1" not in codes(other)
    clash = as_(school.tuan).post(address, opened | {language: "1"})
    assert clash.status_code == 422
    assert "Vừa được đặt khác ở nơi khác" in text(clash)
    assert f'name="initial-{language}" value="0"' in clash.text
    assert "NN1" not in codes(other)


def test_a_line_given_once_entry_has_begun_says_what_follows_and_asks_the_password(school, other):
    open_window(school, period=Period.MID_TERM_1)
    by_class = reverse("gradebook:class_lines", args=[school.year.pk])
    for address, data in (
        (by_class, {f"class_{school.class_1a.pk}_TH": "1"}),
        (reverse("gradebook:year_lines", args=[school.year.pk]), {"grade_1": ["TH"]}),
    ):
        asked = as_(school.tuan).post(address, data)
        assert "Thêm Tin học cho lớp 1A (2 em)" in text(asked)
        assert "sổ GHKI (đang mở) của lớp có thêm môn này" in text(asked)
        assert "TH" not in codes(school.class_1a)
    assert as_(school.tuan).post(address, data | CONFIRMED).status_code == 302
    assert "TH" in codes(school.class_1a)


@pytest.mark.parametrize("by_grade", [False, True])
def test_a_line_is_not_given_after_the_approval_and_before_it_the_preview_tells_of_the_results(
    school, other, by_grade
):
    open_window(school, period=Period.YEAR_END)
    address = reverse(f"gradebook:{'year_lines' if by_grade else 'class_lines'}", args=[school.year.pk])
    data = CONFIRMED | ({"grade_1": ["TH"]} if by_grade else {f"class_{school.class_1a.pk}_TH": "1"})
    steps = {"completed_by": school.lan, "reviewed_by": school.hoa}
    sent = ClassYearEnd.objects.create(school_class=school.class_1a, state=State.COMPLETED, **steps)
    asked = as_(school.tuan).post(address, {key: data[key] for key in data.keys() - CONFIRMED.keys()})
    assert "Kết quả năm học của lớp 1A (chờ Phó Hiệu trưởng rà soát) đã gửi" in text(asked)
    ClassYearEnd.objects.filter(pk=sent.pk).update(state=State.APPROVED, approved_by=school.bich)
    refused = as_(school.tuan).post(address, data)
    assert refused.status_code == 422
    assert "kết quả năm học của lớp 1A đã phê duyệt" in text(refused)
    with pytest.raises(YearRefused, match="Thêm từ năm học sau"):
        choose_lines(school.year, {1: ["TH"]}, by=school.tuan)
    assert "TH" not in codes(school.class_1a)
    choose(school, other, TH=True)


def test_nobody_but_the_clerk_chooses(school, other):
    for person in (school.bich, school.hoa, school.lan):
        with pytest.raises(Refused):
            choose_class_lines(school.year, {(other.pk, "TH"): True}, by=person)


def test_the_guided_page_says_which_classes_differ(school, other, english):
    (item,) = [each for each in checklist(school.year) if each.title == "Môn học"]
    assert "1 môn tự chọn của năm khối; chọn riêng ở lớp 1B" in item.found


def test_the_page_costs_the_same_for_one_class_and_for_thirty(school, english, django_assert_num_queries):
    clerk, address = as_(school.tuan), reverse("gradebook:class_lines", args=[school.year.pk])
    clerk.get(address)
    with django_assert_num_queries(8):
        clerk.get(address)
    SchoolClass.objects.bulk_create(
        SchoolClass(year=school.year, name=f"2.{number}", grade_level=2) for number in range(30)
    )
    with django_assert_num_queries(8):
        clerk.get(address)


# -- What keeps a line ---------------------------------------------------------------------------------------


def test_a_line_in_which_pupils_of_the_class_have_results_stays(school, other, english):
    write_level(school, english)
    answer = as_(school.tuan).post(
        reverse("gradebook:class_lines", args=[school.year.pk]), {f"class_{school.class_1a.pk}_NN1": "0"}
    )
    assert answer.status_code == 422
    assert "Không bỏ Ngoại ngữ 1 được: lớp 1A đã có kết quả của 1 học sinh. Giữ môn này." in text(answer)
    answer = as_(school.tuan).post(
        reverse("gradebook:year_lines", args=[school.year.pk]), {"initial-grade_1": ["NN1"]}
    )
    assert answer.status_code == 422
    assert "lớp 1A đã có kết quả của 1 học sinh" in text(answer)
    assert "NN1" in codes(school.class_1a)


def test_the_database_keeps_it_too_on_every_path(school, other, english):
    write_level(school, english)
    own = {"school_class": school.class_1a, "line": english}
    with pytest.raises(IntegrityError, match="its pupils have results"), transaction.atomic():
        ClassLine.objects.create(is_taught=False, **own)
    with pytest.raises(IntegrityError, match="its pupils have results"), transaction.atomic():
        SubjectLine.objects.filter(pk=english.pk).update(is_for_grade=False)
    choice = ClassLine.objects.create(is_taught=True, **own)
    SubjectLine.objects.filter(pk=english.pk).update(is_for_grade=False)
    with pytest.raises(IntegrityError, match="its pupils have results"), transaction.atomic():
        choice.delete()
    with pytest.raises(IntegrityError, match="its pupils have results"), transaction.atomic():
        ClassLine.objects.filter(pk=choice.pk).update(is_taught=False)


def test_a_line_that_somebody_teaches_in_the_class_stays_until_that_ends(school, other, english):
    held = give(school, school.class_1a, english)
    with pytest.raises(YearRefused, match="lớp 1A đã phân công Lê Thị Thu"):
        choose(school, school.class_1a, NN1=False)
    with pytest.raises(YearRefused, match="Kết thúc phân công trước, hoặc giữ môn này"):
        choose_lines(school.year, {1: []}, by=school.tuan)
    TeachingAssignment.objects.filter(pk=held.pk).update(ends_on=school.year.starts_on)
    choose(school, school.class_1a, NN1=False)
    assert "NN1" not in codes(school.class_1a)


def test_a_choice_is_of_the_classs_own_year_and_grade(school, english):
    with pytest.raises(IntegrityError, match="not of the year and grade"):
        ClassLine.objects.create(school_class=school.class_4a, line=english, is_taught=True)


def test_a_closed_year_keeps_its_choices(school, other, english):
    type(school.year).objects.filter(pk=school.year.pk).update(state="closed")
    with pytest.raises(YearIsClosed):
        choose(school, other, NN1=None)
    with pytest.raises(IntegrityError, match="is closed"):
        ClassLine.objects.all().delete()


def test_the_choices_of_a_class_go_with_it_and_with_its_grade(school, other, english):
    other.grade_level = 2
    change_class(other, fields=["grade_level"], reason="Lập nhầm khối", by=school.tuan)
    assert not ClassLine.objects.exists()
    choose(school, other, TH=True)
    delete_class(other, by=school.tuan)
    assert not ClassLine.objects.exists()


# -- Everything follows the class ----------------------------------------------------------------------------


def test_a_class_without_the_line_has_no_sheet_of_it_and_nobody_is_given_it(school, other, english):
    assert find_sheet(school.class_1a.pk, "NN1", PERIOD).line == english
    with pytest.raises(Http404, match="Lớp 1B không học"):
        find_sheet(other.pk, "NN1", PERIOD)
    with pytest.raises(TermRefused, match="Lớp 1B không có môn học này"):
        give(school, other, english)
    with pytest.raises(IntegrityError, match="does not have line"):
        TeachingAssignment.objects.create(
            school_class=other, line=english, teacher=school.thu, starts_on=school.year.starts_on
        )


def test_the_pages_of_staff_show_only_the_lines_of_the_class(school, other, english):
    assert "Ngoại ngữ 1" in {seat.label for seat in read_class(school.class_1a, by=school.hoa)}
    assert "Ngoại ngữ 1" not in {seat.label for seat in read_class(other, by=school.hoa)}
    address = reverse("gradebook:line_seat", args=[other.pk, english.pk])
    assert as_(school.hoa).get(address).status_code == 404


def test_a_list_of_assignments_passes_over_what_the_class_does_not_learn(school, other, english):
    row = StaffRow(
        sheet="",
        row=2,
        full_name=school.thu.full_name,
        code=school.thu.staff_code,
        subjects=("Tiếng Anh",),
        classes=("1A", "1B"),
    )
    plan = plan_assignments([row], year=school.year, day=school.year.starts_on, by=school.hoa)
    (planned,) = plan.rows
    assert "Lớp 1B không học Ngoại ngữ 1: bỏ qua." in planned.notes
    assert "Ngoại ngữ 1 lớp 1A" in {step.label for step in planned.steps}


def test_the_board_has_a_cell_without_a_sheet_where_the_class_does_not_learn_the_line(school, other, english):
    (grade,) = [each for each in read_board(school.bich, PERIOD).grades if each.grade_level == 1]
    at = grade.labels.index("Ngoại ngữ 1")
    assert {row.class_name: row.cells[at].is_taught for row in grade.rows} == {"1A": True, "1B": False}
    assert "Không học" in text(as_(school.bich).get(reverse("gradebook:progress"), {"period": PERIOD}))


def test_whoever_teaches_the_line_has_it_among_their_sheets_in_that_class_alone(school, other, english):
    give(school, school.class_1a, english)
    own = {sheet.title for sheet in read_tasks(school.thu).own_sheets}
    assert "Ngoại ngữ 1 · Lớp 1A" in own
    assert "Ngoại ngữ 1 · Lớp 1B" not in own


def test_the_printed_table_has_a_dash_where_the_class_does_not_learn_the_line(school, english):
    open_window(school, PERIOD)
    assert blank_cells(school, "NN1") == {""}
    choose(school, school.class_1a, NN1=False)
    assert blank_cells(school, "NN1") == {None}


def blank_cells(school: School, code: str) -> set[str | None]:
    table = class_table(school.class_1a, PERIOD)
    at = [column.code for column in table.columns].index(code)
    return {row.cells[at] for row in table.rows}
