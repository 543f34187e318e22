"""A pupil's slip says what the database says of that pupil, and of nobody else (domain 2.3; rules R68, R76)."""

from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from gradebook.line_names import name_in
from gradebook.models import SubjectResult, TraitResult
from gradebook.regulation import TRAITS, Period
from gradebook.year_end_rules import Promotion
from reports import page_fit, pdf
from reports.models import PrintJob
from reports.print_jobs import ask_for_slips, run_job
from reports.read_back import PrintRunShort, page_texts, squeezed
from reports.read_back_parts import check_slips
from reports.slip_content import Slip
from reports.slips import slips_of
from students.models import SchoolClass, Student
from tests.gradebook.school import (
    School,
    certify,
    close_window,
    enter,
    exempt,
    leave_unassessed,
    make_school,
    open_window,
)
from tests.gradebook.year_end import confirm, ended_school, go_through, put, say
from tests.reports import sample_slips as sample
from tests.reports.sample_books import LONGEST_COMMENT
from tests.reports.school_books import approve, fill
from tests.reports.test_print_pages import files, kept

__all__ = ["files", "kept"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school(pupils=3)


def slips(school: School, period: Period = Period.END_TERM_1) -> tuple[Slip, ...]:
    return slips_of(SchoolClass.objects.select_related("year").get(pk=school.class_4a.pk), period)


def lock(school: School, period: Period) -> None:
    open_window(school, period)
    close_window(school, period)


def counts_of(*parts: bytes) -> list[int]:
    return [len(page_texts(part)) for part in parts]


# -- What it says ------------------------------------------------------------------------------------------


def test_a_slip_has_the_levels_and_marks_so_far_and_the_comments_of_its_period(school: School) -> None:
    for period in (Period.MID_TERM_1, Period.END_TERM_1):
        fill(school.class_4a, school.pupils, period)
    fill(school.class_4a, school.pupils, Period.MID_TERM_2)
    first = slips(school)[0]
    assert [period.label for period in first.periods] == ["Giữa HKI", "Cuối HKI"]
    results = SubjectResult.objects.filter(student=school.pupils[0]).select_related("line")
    stored = {(name_in(school.class_4a, each.line.code), each.period): each for each in results}
    for row in first.subjects:
        for (level, mark), period in zip(row.told, (Period.MID_TERM_1, Period.END_TERM_1), strict=True):
            result = stored[row.label, period]
            assert level == result.attainment
            assert mark == (None if result.mark is None else str(result.mark))
        assert row.comment == stored[row.label, Period.END_TERM_1].comment
    ratings = TraitResult.objects.filter(student=school.pupils[0], period=Period.END_TERM_1)
    assert [trait.levels[-1] for group in first.groups for trait in group.traits] == [
        ratings.get(item=trait.code).rating for trait in TRAITS
    ]
    assert [group.comment for group in first.groups] == [
        ratings.get(item=code).comment for code in ("quality", "general", "specific")
    ]


def test_a_mark_not_entered_and_no_test_are_told_apart(school: School) -> None:
    rows = {row.label: row for row in slips(school, Period.MID_TERM_1)[0].subjects}
    assert rows["Toán"].told == (("", ""),)
    assert rows["Khoa học"].told == (("", None),)
    assert slips(school, Period.MID_TERM_1)[0].missing_cells == 12 + 2 + 15


def test_exempt_and_unassessed_pupils_are_told_by_which_decision(school: School) -> None:
    exempt(school, certify(school.pupils[0]), "TOAN")
    leave_unassessed(school.pupils[1])
    first, second, third = slips(school, Period.MID_TERM_1)
    toan = next(row for row in first.subjects if row.label == "Toán")
    assert toan.told == (("Miễn", "Miễn"),)
    assert toan.comment.startswith("Miễn theo Quyết định số 12/QĐ-THKĐ")
    assert {level for row in second.subjects for level, _mark in row.told} == {"KĐG"}
    assert second.signs == ("KĐG – không đánh giá, theo quyết định của Hiệu trưởng",)
    assert third.signs == ()


def test_days_absent_are_not_known_until_the_roll_was_called(school: School) -> None:
    assert slips(school)[0].absences == (("có phép", "chưa tổng hợp"), ("không phép", "chưa tổng hợp"))


@pytest.mark.parametrize("period", list(Period))
def test_a_slip_is_final_only_of_a_locked_period(school: School, period: Period) -> None:
    assert slips(school, period)[0].preview == "sổ chưa mở"
    open_window(school, period)
    assert slips(school, period)[0].preview == "sổ chưa khoá"
    close_window(school, period)
    is_end = period is Period.YEAR_END
    assert slips(school, period)[0].preview == ("kết quả năm học chưa được phê duyệt" if is_end else "")


def test_at_the_years_end_a_slip_is_final_once_the_principal_has_decided_on_the_pupil(school: School) -> None:
    fill(school.class_4a, school.pupils)
    lock(school, Period.YEAR_END)
    approve(school.class_4a, school.pupils[:1], by=school.bich, on=school.year.starts_on)
    first, second, _third = slips(school, Period.YEAR_END)
    assert not first.is_preview
    assert dict(first.verdict) == {
        "Đánh giá kết quả giáo dục": "Hoàn thành tốt",
        "Khen thưởng": "Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện.",
        "Lên lớp": "Hoàn thành chương trình lớp 4. Được lên lớp 5.",
        "Rèn luyện trong hè": "Không",
    }
    assert second.lacks_outcome
    assert second.verdict == (("Đánh giá kết quả giáo dục", "Kết quả năm học chưa được phê duyệt"),)


def test_who_is_left_for_the_summer_is_told_what_to_do_in_it_once_the_class_is_approved() -> None:
    school = ended_school()
    weak = school.pupils[0]
    put(school, weak, "TV", mark=4, attainment="C")
    put(school, weak, "cham_chi", rating="C")
    say(school, weak, promotion=Promotion.WAITS)
    confirm(school)
    of_1a = SchoolClass.objects.select_related("year").get(pk=school.class_1a.pk)
    assert slips_of(of_1a, Period.YEAR_END)[0].lacks_outcome
    go_through(school)
    first, second = slips_of(of_1a, Period.YEAR_END)
    verdict = dict(first.verdict)
    assert not first.lacks_outcome
    assert verdict["Đánh giá kết quả giáo dục"] == "Chưa hoàn thành"
    assert verdict["Lên lớp"] == "Chờ kết quả đánh giá bổ sung, rèn luyện trong hè"
    assert verdict["Rèn luyện trong hè"].startswith("Tiếng Việt")
    assert "Chăm chỉ: Cần cố gắng" in verdict["Rèn luyện trong hè"]
    assert "Được lên lớp 2" in dict(second.verdict)["Lên lớp"]


@pytest.mark.parametrize("pupils", [1, 5])
@pytest.mark.parametrize(("period", "statements"), [(Period.MID_TERM_1, 12), (Period.YEAR_END, 24)])
def test_statements_do_not_grow_with_pupils(
    django_assert_num_queries: DjangoAssertNumQueries, pupils: int, period: Period, statements: int
) -> None:
    school = make_school(pupils=pupils)
    fill(school.class_4a, school.pupils, period)
    lock(school, period)
    school_class = SchoolClass.objects.select_related("year").get(pk=school.class_4a.pk)
    with django_assert_num_queries(statements):
        assert len(slips_of(school_class, period)) == pupils


# -- The pages ---------------------------------------------------------------------------------------------


def test_the_slips_of_a_whole_class_hold_every_value_of_the_database(school: School, files: Path) -> None:
    fill(school.class_4a, school.pupils, Period.MID_TERM_1)
    lock(school, Period.MID_TERM_1)
    job = ask_for_slips(school_class=school.class_4a, period=Period.MID_TERM_1, by=school.lan)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.failure) == (PrintJob.State.DONE, "")
    assert (job.pupils_done, job.lines_printed, job.is_preview, job.cells_missing) == (3, 12, False, 0)
    texts = [squeezed(text) for text in page_texts(job.file.path)]
    assert job.pages == len(texts)
    assert sorted(job.places.values(), key=str) == sorted(
        ({"": [2 * at + 1, 2 * at + 2]} for at in range(3)), key=str
    )
    for at, pupil in enumerate(school.pupils):
        own = "".join(texts[2 * at : 2 * at + 2])
        for result in SubjectResult.objects.filter(student=pupil).select_related("line"):
            mark = "–" if result.mark is None else str(result.mark)
            assert (
                squeezed(
                    f"{name_in(school.class_4a, result.line.code)}{result.attainment}{mark}{result.comment}"
                )
                in own
            )
        for comment in TraitResult.objects.filter(student=pupil).exclude(comment="").values_list("comment"):
            assert squeezed(comment[0]) in own
        for other in school.pupils:
            assert (squeezed(other.full_name) in own) == (other == pupil)


@pytest.mark.parametrize(("grade", "periods"), [(1, 1), (3, 2), (4, 3), (4, 4)])
def test_an_ordinary_slip_is_one_leaf(grade: int, periods: int) -> None:
    slip = sample.slip(grade, periods=periods)
    content = pdf.render_slip(slip)
    assert len(page_texts(content)) == 2
    check_slips(content, [slip], pages=[2])


def test_a_slip_with_short_comments_is_one_page_and_its_back_stays_empty() -> None:
    slip = sample.slip(4, periods=1, comments=("Em học tốt.",))
    assert page_texts(pdf.render_slip(slip))[1] == ""


def test_on_two_pages_the_qualities_and_competencies_begin_on_the_back() -> None:
    front, back = page_texts(pdf.render_slip(sample.slip(4)))
    assert "II. Phẩm chất, năng lực" not in front
    assert "II. Phẩm chất, năng lực" in back
    assert "GIÁO VIÊN CHỦ NHIỆM" in back


@pytest.mark.parametrize("periods", [1, 4])
def test_comments_of_275_letters_in_every_row_stay_on_one_leaf(periods: int) -> None:
    """No comment of the school's data is longer."""
    slip = sample.slip(4, periods=periods, comments=(LONGEST_COMMENT[:274] + ".",), name=sample.LONG_NAME)
    assert len(page_texts(pdf.render_slip(slip))) == 2


@pytest.mark.parametrize("periods", [1, 4])
def test_the_longest_comments_are_printed_to_their_last_word(periods: int) -> None:
    slip = sample.longest_slip(periods)
    content = pdf.render_slip(slip)
    whole = "".join(squeezed(text) for text in page_texts(content))
    assert whole.count("hằngngàycùngbốmẹ.") == 12 + 3
    check_slips(content, [slip], pages=counts_of(content))


def test_larger_type_comes_before_a_second_page_only_where_one_page_is_not_enough() -> None:
    assert page_fit.fitted_slip(sample.slip(1, periods=1, comments=("Em học tốt.",))) == ""
    assert page_fit.fitted_slip(sample.slip(4, periods=1, comments=("Em học tốt.",))) == "snug"
    assert page_fit.fitted_slip(sample.slip(4)) == "leaf"
    assert page_fit.fitted_slip(sample.longest_slip()) == "tight"


def test_a_preview_says_why_on_each_page_and_a_final_slip_does_not() -> None:
    texts = page_texts(pdf.render_slip(sample.slip(4, preview="sổ chưa khoá")))
    assert all("BẢN XEM TRƯỚC – sổ chưa khoá" in text for text in texts)
    assert not any("BẢN XEM TRƯỚC" in text for text in page_texts(pdf.render_slip(sample.slip(4))))


def test_a_slip_is_tagged_titled_and_carries_its_code() -> None:
    slip = sample.slip(4)
    content = pdf.render_slip(slip)
    document = pypdfium2.PdfDocument(content)
    assert document.get_metadata_value("Title") == "Phiếu kết quả – Nguyễn Phương Mai – 3100000417"
    assert b"pdfuaid:part" in content or document.is_tagged()
    document.close()
    assert all(f"Mã bản in: {pdf.print_code(slip)}" in text for text in page_texts(content))


# -- Read back ---------------------------------------------------------------------------------------------


def fault_of(content: bytes, *expected: Slip, pages: list[int]) -> str:
    with pytest.raises(PrintRunShort) as caught:
        check_slips(content, expected, pages=pages)
    return caught.value.message_vi


def test_a_slip_of_another_mark_or_comment_is_found() -> None:
    slip = sample.slip(1, periods=2)
    content = pdf.render_slip(slip)
    told = replace(slip.subjects[0], comment="Khác.")
    message = fault_of(content, replace(slip, subjects=(told, *slip.subjects[1:])), pages=[2])
    assert "Nguyễn Phương Mai (3100000417): thiếu hoặc sai dòng “Tiếng Việt”" in message
    assert "đánh giá" not in fault_of(content, replace(slip, preview="sổ chưa khoá"), pages=[2])


def test_a_slip_left_out_is_named() -> None:
    one, two = sample.slip(1, periods=1), sample.slip(1, periods=1, name="Trần Ý", code="3100000418")
    assert "thiếu phiếu của Trần Ý (3100000418)" in fault_of(pdf.render_slip(one), one, two, pages=[2, 2])


def test_a_pupil_without_a_number_of_the_ministry_has_a_code_all_the_same(school: School) -> None:
    Student.objects.filter(pk=school.pupils[0].pk).update(moet_id=None, school_code="")
    first = slips(school)[0]
    content = pdf.render_slip(first)
    check_slips(content, [first], pages=counts_of(content))
    assert first.pupil_code == f"HS{school.pupils[0].pk:06d}"


def test_who_enters_a_mark_sees_it_on_the_slip(school: School) -> None:
    open_window(school)
    enter(school.sheet(), school.pupils[0], "mark", "8", by=school.lan)
    toan = next(row for row in slips(school, Period.MID_TERM_1)[0].subjects if row.label == "Toán")
    assert toan.told == (("", "8"),)
