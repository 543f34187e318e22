"""Years before Thông tư 27/2020 are copied from the paper as it says, corrected for a reason, never deleted."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import AdminAction
from gradebook.models import OldYearLine, OldYearRecord
from gradebook.old_year_cells import HEADINGS, read_old_year, read_year, texts_of
from gradebook.old_year_files import write_template
from gradebook.old_years import (
    Deed,
    OldYearChanged,
    OldYearRefused,
    Wanted,
    plan,
    save_old_year,
    take_in_old_years,
)
from gradebook.regulation import NotCovered
from gradebook.regulation_2016 import (
    OLD_LINES,
    OldResult,
    blank_in,
    check_old_year,
    completion_words,
    is_old_year,
    old_lines_for,
)
from students.models import SchoolClass, SchoolYear, Student
from tests.gradebook.old_years import TESTED, YEAR, copied, posted, texts, told
from tests.gradebook.school import School, resize
from tests.students.seats import seat

pytestmark = pytest.mark.django_db

STATEMENTS = 12
"""Of taking in a file, whether it records (with who the person is) or corrects (with the rows that are there)."""


def as_(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


# -- The rules ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("grade", "last"), [(1, 2019), (2, 2020), (3, 2021), (4, 2022), (5, 2023)], ids=str)
def test_a_grade_was_under_the_older_circular_from_2016_until_its_year_in_the_roadmap(
    grade: int, last: int
) -> None:
    assert [year for year in range(2014, 2027) if is_old_year(year, grade)] == list(range(2016, last + 1))
    check_old_year(last, grade)
    with pytest.raises(NotCovered, match="đánh giá theo Thông tư 27/2020"):
        check_old_year(last + 1, grade)
    with pytest.raises(NotCovered, match="giữ bản giấy"):
        check_old_year(2015, grade)


def test_each_grade_has_its_subjects_and_tests() -> None:
    def names(grade: int) -> list[str]:
        return [f"{line.code}{'*' if grade in line.tested else ''}" for line in old_lines_for(grade)]

    lower = ["TV*", "TOAN*", "NN", "TH", "TDT*", "DD", "TNXH", "AN", "MT", "TCKT", "TD"]
    upper = ["TV*", "TOAN*", "KH*", "LSDL*", "NN*", "TH*", "TDT*", "DD", "AN", "MT", "TCKT", "TD"]
    assert names(1) == names(2) == lower
    assert names(3) == ["TV*", "TOAN*", "NN*", "TH*", *lower[4:]]
    assert names(4) == names(5) == upper
    assert len(OLD_LINES) == 13


@pytest.mark.parametrize(
    ("cell", "typed", "said"),
    [
        ("TV_attainment", "Đ", "Đ là mức của phẩm chất, năng lực"),
        ("TV_mark", "0", "số nguyên từ 1 đến 10"),
        ("TV_mark", "8,5", "không cho điểm thập phân"),
        ("TV_mark", "11", "số nguyên từ 1 đến 10"),
        ("DD_mark", "9", "không có bài kiểm tra định kì môn Đạo đức: để trống ô điểm"),
        ("KH_attainment", "T", "Lớp 3 không học môn Khoa học: để trống"),
        ("honesty", "H", "H là mức của môn học"),
        ("height_cm", "1,21", "số xăng-ti-mét từ 60 đến 220"),
        ("weight_kg", "235", "số ki-lô-gam từ 8 đến 150"),
        ("absent_with_leave", "2,3", "nửa ngày là 0,5"),
        ("is_completed", "", "Ghi «Hoàn thành» hoặc «Chưa hoàn thành»"),
        ("source_paper", "", "Ghi căn cứ"),
        ("completion", "Chưa hoàn thành chương trình lớp 3.", "trái với ô «Hoàn thành chương trình»"),
        ("principal", "", "Ghi tên Hiệu trưởng"),
    ],
)
def test_what_cannot_stand_in_a_cell_is_named_with_its_remedy(cell: str, typed: str, said: str) -> None:
    _page, problems = read_old_year(texts(**{cell: typed}), year=YEAR, grade_level=3)
    assert [problem.name for problem in problems] == [cell]
    assert said in problems[0].message


def test_a_page_reads_back_as_it_was_written() -> None:
    page = told()
    again, problems = read_old_year(texts_of(page), year=YEAR, grade_level=3)
    assert (again, problems) == (page, [])
    assert page.lines["TV"] == OldResult("T", 9, "Lời của môn TV.")
    assert page.lines["DD"].mark is None
    assert set(texts()) <= set(HEADINGS)


def test_what_the_paper_leaves_blank_is_said_and_not_refused() -> None:
    assert blank_in(told()) == []
    page = told(
        TV_mark="", AN_attainment="", AN_comment="", honesty="", TH_attainment="", TH_mark="", TH_comment=""
    )
    assert blank_in(page) == ["điểm Tiếng Việt", "mức Âm nhạc", "Trung thực, kỉ luật"]


def test_the_words_on_completion_are_the_papers_own_or_the_usual_ones() -> None:
    assert told().completion == "Hoàn thành chương trình lớp 3."
    assert told(is_completed="Chưa hoàn thành").completion == "Chưa hoàn thành chương trình lớp 3."
    assert told(completion="Được lên lớp 4.").completion == "Được lên lớp 4."
    assert completion_words(5, is_completed=True) == "Hoàn thành chương trình tiểu học."


@pytest.mark.parametrize(
    ("text", "year"),
    [("2021 - 2022", 2021), ("2021-2022", 2021), ("2021-22", 2021), ("2021", 2021), ("2021-2023", None)],
)
def test_a_school_year_is_understood_as_people_write_it(text: str, year: int | None) -> None:
    assert read_year(text) == year


# -- One pupil ---------------------------------------------------------------------------------------------


def test_the_clerk_copies_a_page_and_whoever_sees_the_pupils_results_reads_it(school: School) -> None:
    pupil = school.pupils[0]
    page = reverse("gradebook:old_year", args=[pupil.pk, YEAR, 3])
    assert 'name="KH_attainment"' not in as_(school.tuan).get(page).content.decode()
    assert as_(school.tuan).post(page, posted()).status_code == 302
    record = OldYearRecord.objects.get()
    assert record.told == told()
    assert (record.version, record.history.get().acting_role) == (1, "Văn thư")
    assert AdminAction.objects.latest("pk").words.startswith("Ghi mới kết quả năm học 2021 - 2022")
    listed = reverse("gradebook:old_years", args=[pupil.pk])
    read = as_(school.lan).get(listed).content.decode()
    assert all(words in read for words in ("Lời của môn TCKT.", "Bình thường", "số 125/2019", "Bùi Anh Tuấn"))
    assert "Sức khoẻ" not in as_(school.dung).get(listed).content.decode()
    assert as_(school.thu).get(listed).status_code == 403
    assert listed in as_(school.lan).get(reverse("students:pupil", args=[pupil.pk])).content.decode()


def test_a_wrong_cell_keeps_what_was_typed_and_writes_nothing(school: School) -> None:
    page = reverse("gradebook:old_year", args=[school.pupils[0].pk, YEAR, 3])
    answer = as_(school.tuan).post(page, posted(TV_mark="11", award="Giải ba cờ vua"))
    assert answer.status_code == 422
    assert "số nguyên từ 1 đến 10" in answer.content.decode()
    assert "Giải ba cờ vua" in answer.content.decode()
    assert not OldYearRecord.objects.exists()


@pytest.mark.parametrize(("year", "grade"), [(2022, 3), (2015, 3), (2021, 6)])
def test_there_is_no_form_for_a_year_of_another_circular(school: School, year: int, grade: int) -> None:
    page = reverse("gradebook:old_year", args=[school.pupils[0].pk, year, grade])
    assert as_(school.tuan).get(page).status_code == 404


def test_which_year_is_chosen_on_the_pupils_page_and_a_later_one_is_refused_there(school: School) -> None:
    listed = reverse("gradebook:old_years", args=[school.pupils[0].pk])
    right = as_(school.tuan).get(listed, {"year": 2021, "grade": 3})
    assert right["Location"] == reverse("gradebook:old_year", args=[school.pupils[0].pk, 2021, 3])
    wrong = as_(school.tuan).get(listed, {"year": 2022, "grade": 3})
    assert wrong.status_code == 422
    assert "đánh giá theo Thông tư 27/2020" in wrong.content.decode()


def test_a_correction_needs_a_reason_and_keeps_the_former_values(school: School) -> None:
    pupil = school.pupils[0]
    record = copied(pupil, by=school.tuan)
    page = reverse("gradebook:old_year", args=[pupil.pk, YEAR, 3])
    refused = as_(school.tuan).post(page, posted(seen=1, TV_mark="6"))
    assert refused.status_code == 422
    assert "Ghi lí do sửa, ít nhất 3 chữ cái" in refused.content.decode()
    sent = posted(seen=1, TV_mark="6", class_name="3C", reason="Chép nhầm dòng.")
    assert as_(school.tuan).post(page, sent).status_code == 302
    record.refresh_from_db()
    assert (record.version, record.reason, record.class_name) == (2, "Chép nhầm dòng.", "3C")
    assert list(OldYearLine.history.filter(code="TV").order_by("pk").values_list("mark", "version")) == [
        (9, 1),
        (6, 2),
    ]
    assert OldYearLine.history.filter(code="TOAN").count() == 1
    listed = as_(school.lan).get(reverse("gradebook:old_years", args=[pupil.pk])).content.decode()
    assert '<span class="was">9</span> → <span class="now">6</span>' in listed
    assert "Chép nhầm dòng." in listed


def test_saving_again_without_a_change_writes_nothing(school: School) -> None:
    copied(school.pupils[0], by=school.tuan)
    deed = save_old_year(Wanted(school.pupils[0], told()), seen=1, by=school.tuan)
    assert deed == Deed.SAME
    assert OldYearRecord.history.count() == 1


def test_an_older_page_does_not_write_over_what_came_since(school: School) -> None:
    pupil = school.pupils[0]
    copied(pupil, by=school.tuan)
    save_old_year(Wanted(pupil, told(TV_mark="6")), seen=1, reason="Chép nhầm dòng.", by=school.tuan)
    page = reverse("gradebook:old_year", args=[pupil.pk, YEAR, 3])
    answer = as_(school.tuan).post(page, posted(seen=1, TV_mark="7", reason="Xem lại bản giấy."))
    assert answer.status_code == 409
    assert "vừa được ghi ở nơi khác" in answer.content.decode()
    assert OldYearLine.objects.get(code="TV").mark == 6
    assert 'name="seen" value="2"' in answer.content.decode()


def test_a_page_of_somebody_else_is_struck_and_comes_back_when_it_was_right(school: School) -> None:
    record = copied(school.pupils[0], by=school.tuan)
    struck = replace(told(), is_struck=True)
    save_old_year(Wanted(school.pupils[0], struck), seen=1, reason="Của em khác.", by=school.tuan)
    record.refresh_from_db()
    assert record.is_struck
    save_old_year(Wanted(school.pupils[0], told()), seen=2, reason="Đúng của em.", by=school.tuan)
    record.refresh_from_db()
    assert not record.is_struck


def test_a_pupil_who_sat_in_another_grade_here_that_year_is_questioned(school: School) -> None:
    year = SchoolYear.objects.get(pk=school.year.pk)
    earlier = SchoolYear.objects.create(
        year=2021,
        rule_set="2020",
        starts_on=year.starts_on.replace(year=2021),
        first_term_ends_on=year.first_term_ends_on.replace(year=2022),
        ends_on=year.ends_on.replace(year=2022),
        school_name=year.school_name,
        **{name: getattr(year, name) for name in ("parent_body", "ward", "province", "place")},
    )
    second = SchoolClass.objects.create(year=earlier, name="2A", grade_level=2)
    seat([school.pupils[0]], second, ends_on=earlier.ends_on)
    with pytest.raises(OldYearRefused, match="thuộc khối 2 trong hệ thống, không phải khối 3"):
        copied(school.pupils[0], by=school.tuan)


def test_a_pupil_too_young_for_the_grade_is_questioned_and_written(school: School) -> None:
    pupil = school.pupils[0]
    page = reverse("gradebook:old_year", args=[pupil.pk, YEAR, 3])
    Student.objects.filter(pk=pupil.pk).update(birth_year=2014)
    assert "xem lại có đúng em" not in as_(school.tuan).post(page, posted(), follow=True).content.decode()
    Student.objects.filter(pk=pupil.pk).update(birth_year=2017)
    sent = posted(seen=1, award="Không", reason="Chép thiếu.")
    answer = as_(school.tuan).post(page, sent, follow=True).content.decode()
    assert "sinh năm 2017, năm học 2021 - 2022 mới 4 tuổi" in answer
    assert OldYearRecord.objects.get().award == "Không"


def test_nobody_but_the_clerk_writes_one(school: School) -> None:
    for user in (school.lan, school.bich, school.hoa):
        with pytest.raises(PermissionDenied):
            save_old_year(Wanted(school.pupils[0], told()), seen=0, by=user)


def test_the_pages_of_a_pupil_cost_as_many_statements_for_three_years_as_for_one(
    school: School, django_assert_max_num_queries: Any
) -> None:
    pupil, client = school.pupils[0], as_(school.lan)
    copied(pupil, by=school.tuan)
    listed = reverse("gradebook:old_years", args=[pupil.pk])
    client.get(listed)
    with django_assert_max_num_queries(100) as one:
        client.get(listed)
    for year, grade in ((2019, 1), (2020, 2)):
        page = told(year=year, grade=grade, NN_mark="", TH_mark="")
        copied(pupil, by=school.tuan, page=page)
    with django_assert_max_num_queries(100) as three:
        assert client.get(listed).content.decode().count('class="old-year"') == 3
    assert len(three) == len(one) <= 14


# -- The database ------------------------------------------------------------------------------------------

_RECORD = "UPDATE gradebook_oldyearrecord SET version = version + 1, reason = 'x', "
_LINE = "UPDATE gradebook_oldyearline SET version = 2, "


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        (_RECORD + "grade_level = 2", "old_year_is_before_tt27"),
        (_RECORD + "honesty = 'H'", "old_year_ratings_are_tdc"),
        (_RECORD + "height_cm = 20", "old_year_sizes_are_possible"),
        (_RECORD + "absent_with_leave = -1", "old_year_absences_are_not_negative"),
        (_RECORD + "source_paper = ''", "old_year_names_its_paper"),
        ("UPDATE gradebook_oldyearrecord SET version = 2", "old_year_corrected_for_a_reason"),
        ("UPDATE gradebook_oldyearrecord SET award = ''", "corrected version by version"),
        (_RECORD + "year = 2020", "stays that of its pupil"),
        ("DELETE FROM gradebook_oldyearrecord", "is kept"),
        ("DELETE FROM gradebook_oldyearline", "is kept"),
        ("UPDATE gradebook_oldyearline SET mark = 5 WHERE code = 'TV'", "is corrected with its year"),
        (_LINE + "mark = 5 WHERE code = 'TV'", "a row is written with its year"),
        (_LINE + "code = 'KH' WHERE code = 'TV'", "stays where it is"),
    ],
)
def test_the_database_refuses_what_no_page_says(school: School, statement: str, constraint: str) -> None:
    copied(school.pupils[0], by=school.tuan)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        run(statement)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("mark = 0 WHERE code = 'TV'", "old_year_line_mark_is_1_to_10"),
        ("mark = 11 WHERE code = 'TV'", "old_year_line_mark_is_1_to_10"),
        ("mark = 5 WHERE code = 'DD'", "old_year_line_mark_is_1_to_10"),
        ("attainment = 'Đ' WHERE code = 'TV'", "old_year_line_attainment_is_thc"),
    ],
)
def test_a_row_holds_what_the_form_holds(school: School, change: str, constraint: str) -> None:
    copied(school.pupils[0], by=school.tuan)
    run(_RECORD + "award = ''")
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        run(_LINE + change)


def test_a_pupil_has_one_record_a_year_and_a_row_is_of_its_own_pupil(school: School) -> None:
    record = copied(school.pupils[0], by=school.tuan)
    again = OldYearRecord.objects.get(pk=record.pk)
    again.pk = None
    with pytest.raises(IntegrityError, match="old_year_once"), transaction.atomic():
        again.save(force_insert=True)
    with pytest.raises(IntegrityError, match="of the same pupil"), transaction.atomic():
        OldYearLine.objects.create(record=record, student=school.pupils[1], code="TV")


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


# -- A file ------------------------------------------------------------------------------------------------


def filled(
    school: School,
    change: Callable[[Any, dict[str, int]], None] = lambda _sheet, _at: None,
    *,
    count: int = 3,
):
    """The template of grade 3 with a row for each of the first pupils."""
    book = load_workbook(io.BytesIO(write_template(3, by=school.tuan)))
    sheet = book.active
    head = next(row for row in sheet.iter_rows() if row[0].value == "Mã định danh Bộ GD&ĐT")
    at = {cell.value: cell.column for cell in head}
    for number, pupil in enumerate(school.pupils[:count], start=head[0].row + 1):
        values = {HEADINGS[name]: text for name, text in texts().items() if HEADINGS[name] in at}
        Student.objects.filter(pk=pupil.pk).update(school_code=f"HS{pupil.pk}")
        values |= {"Họ và tên": pupil.full_name, "Mã học sinh": f"HS{pupil.pk}"}
        for heading, value in {**values, "Năm học": "2021-2022", "Khối": 3}.items():
            sheet.cell(number, at[heading], value)
    change(sheet, {**at, "first": head[0].row + 1})
    output = io.BytesIO()
    book.save(output)
    return SimpleUploadedFile("nam-hoc-cu.xlsx", output.getvalue())


def upload(school: School, file: SimpleUploadedFile):
    return as_(school.tuan).post(reverse("gradebook:old_year_upload"), {"file": file})


def apply(school: School, answer: Any, **more: str):
    sent = {"wanted": answer.context["token"], "previewed": answer.context["plan"].fingerprint, **more}
    return as_(school.tuan).post(reverse("gradebook:old_year_upload"), sent)


def test_the_template_has_only_what_the_grade_has(school: School) -> None:
    heads = str(
        [
            cell.value
            for row in load_workbook(io.BytesIO(write_template(1, by=school.tuan))).active
            for cell in row
        ]
    )
    assert "Tự nhiên và Xã hội – Mức" in heads
    assert "Khoa học" not in heads
    assert "Ngoại ngữ – Điểm" not in heads


def test_a_file_is_shown_first_and_then_taken_in_whole(school: School) -> None:
    answer = upload(school, filled(school))
    assert answer.status_code == 200
    assert "Ghi mới: 3 năm học" in answer.content.decode()
    assert not OldYearRecord.objects.exists()
    assert apply(school, answer).status_code == 302
    assert [record.told for record in OldYearRecord.objects.all()] == [told()] * 3
    assert OldYearRecord.history.first().source == "excel"
    again = upload(school, filled(school))
    assert "Không có gì để nạp" in again.content.decode()


def test_bad_rows_are_named_by_row_and_column_and_keep_the_whole_file_out(school: School) -> None:
    def spoil(sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(at["first"], at["Toán – Điểm"], "8,5")
        sheet.cell(at["first"] + 1, at["Năm học"], "2022-2023")
        sheet.cell(at["first"] + 2, at["Họ và tên"], "Người Không Có")

    answer = upload(school, filled(school, spoil))
    told_wrong = [str(problem) for problem in answer.context["problems"]]
    assert answer.status_code == 422
    assert len(told_wrong) == 3
    assert "«Toán – Điểm»" in told_wrong[0]
    assert "hàng 8" in told_wrong[0]
    assert "không cho điểm thập phân" in told_wrong[0]
    assert "đánh giá theo Thông tư 27/2020" in told_wrong[1]
    assert "Mã ở hàng này là của" in told_wrong[2]
    assert not OldYearRecord.objects.exists()


def test_a_pupil_whom_nobody_knows_is_said(school: School) -> None:
    def another(sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(at["first"], at["Họ và tên"], "Người Không Có")
        sheet.cell(at["first"], at["Mã học sinh"], "")
        sheet.cell(at["first"], at["Ngày sinh"], "05/09/2015")

    answer = upload(school, filled(school, another, count=1))
    assert "Hệ thống chưa có em này" in answer.content.decode()


def test_two_rows_for_one_pupil_are_two_years_and_never_one(school: School) -> None:
    def two_years(sheet: Any, at: dict[str, int]) -> None:
        for column in range(1, sheet.max_column + 1):
            sheet.cell(at["first"] + 1, column, sheet.cell(at["first"], column).value)
        sheet.cell(at["first"] + 1, at["Năm học"], "2020-2021")

    answer = upload(school, filled(school, two_years, count=1))
    assert "Ghi mới: 2 năm học" in answer.content.decode()

    def one_year(sheet: Any, at: dict[str, int]) -> None:
        two_years(sheet, at)
        sheet.cell(at["first"] + 1, at["Năm học"], "2021-2022")

    twice = upload(school, filled(school, one_year, count=1))
    assert "đã có ở hàng 8. Bỏ một hàng" in twice.content.decode()


def test_a_file_that_corrects_asks_for_a_reason_and_shows_what_it_changes(school: School) -> None:
    copied(school.pupils[0], by=school.tuan, page=told(TV_mark="6"))
    answer = upload(school, filled(school))
    assert "Tiếng Việt – Điểm" in answer.content.decode()
    assert [step.deed for step in answer.context["plan"].steps] == [Deed.CORRECTED, Deed.NEW, Deed.NEW]
    refused = apply(school, answer)
    assert refused.status_code == 422
    assert "Ghi lí do sửa" in refused.content.decode()
    assert OldYearRecord.objects.count() == 1
    assert apply(school, answer, reason="Chép nhầm dòng.").status_code == 302
    assert OldYearRecord.objects.count() == 3
    assert OldYearRecord.objects.get(student=school.pupils[0]).reason == "Chép nhầm dòng."


def test_what_has_changed_since_the_dry_run_is_shown_again_and_not_written(school: School) -> None:
    answer = upload(school, filled(school))
    copied(school.pupils[1], by=school.tuan, page=told(TV_mark="6"))
    late = apply(school, answer)
    assert late.status_code == 409
    assert OldYearRecord.objects.count() == 1


def test_a_workbook_without_our_columns_is_refused_in_words(school: School) -> None:
    answer = upload(school, SimpleUploadedFile("x.xlsx", b"no workbook"))
    assert answer.status_code == 422
    assert not OldYearRecord.objects.exists()


@pytest.mark.parametrize("pupils", [1, 20])
def test_a_file_costs_the_same_statements_for_one_pupil_and_for_many(
    school: School, django_assert_num_queries: DjangoAssertNumQueries, pupils: int
) -> None:
    resize(school, pupils)
    wanted = [Wanted(pupil, told()) for pupil in school.pupils]
    shown = plan(wanted)
    with django_assert_num_queries(STATEMENTS):
        take_in_old_years(wanted, previewed=shown.fingerprint, reason="", by=school.tuan)
    corrected = [Wanted(pupil, told(TV_mark="6")) for pupil in school.pupils]
    shown = plan(corrected)
    with django_assert_num_queries(STATEMENTS):
        take_in_old_years(corrected, previewed=shown.fingerprint, reason="Chép nhầm.", by=school.tuan)


def test_a_stale_fingerprint_writes_nothing(school: School) -> None:
    with pytest.raises(OldYearChanged):
        take_in_old_years([Wanted(school.pupils[0], told())], previewed="x", reason="", by=school.tuan)
    assert set(TESTED) <= {line.code for line in old_lines_for(3) if 3 in line.tested}
