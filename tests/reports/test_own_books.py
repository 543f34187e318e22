"""A teacher's own book holds what the database holds of the teacher's sheets, and of nobody else's (rule R76)."""

import datetime
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.timezone import make_aware
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts import clock
from accounts.history import Source, acting
from gradebook.models import SubjectResult, TeachingAssignment, TraitResult
from gradebook.regulation import Period
from reports import pdf
from reports.models import PrintJob
from reports.own_book_content import OwnBook, OwnSheet
from reports.own_books import NothingHeld, own_book
from reports.print_jobs import BookRefused, ask_for_own_books, run_job
from reports.read_back import PrintRunShort, page_texts, squeezed, text_of
from reports.read_back_parts import check_own_book
from reports.sheet_holders import sheets_held, teachers_of
from reports.transcripts import pupil_code
from students import movements
from tests.gradebook.school import (
    School,
    certify,
    close_window,
    exempt,
    leave_unassessed,
    make_school,
    open_window,
    resize,
)
from tests.reports import sample_own_books as sample
from tests.reports.school_books import fill
from tests.reports.test_print_pages import files, kept

__all__ = ["files", "kept"]
pytestmark = pytest.mark.django_db


def the_school() -> School:
    return make_school(pupils=3)


def lans_book(school: School, period: Period = Period.MID_TERM_1) -> OwnBook:
    return own_book(school.lan, school.year, period)


def lock(school: School, period: Period = Period.MID_TERM_1) -> None:
    open_window(school, period)
    close_window(school, period)


def names(book: OwnBook) -> list[tuple[str, str]]:
    return [(sheet.class_name, sheet.subject) for sheet in book.sheets]


def cells(sheet: OwnSheet, row: int = 0) -> dict[str, str | None]:
    return dict(zip((each.code for each in sheet.columns), sheet.rows[row].seat.cells, strict=True))


def test_a_line_without_a_test_so_far_has_no_total_of_marks(school: School) -> None:
    def says(sheet: OwnSheet) -> bool:
        return squeezed("Số bài KTĐK dưới 5 điểm") in squeezed(
            " ".join(page_texts(pdf.render_own_sheet(sheet)))
        )

    mid_term = own_book(school.thu, school.year, Period.MID_TERM_1).sheets[0]
    assert not says(mid_term)
    assert says(own_book(school.thu, school.year, Period.END_TERM_1).sheets[0])


# -- Whose ---------------------------------------------------------------------------------------------------


def test_a_homeroom_teachers_book_has_the_own_lines_and_the_qualities_and_competencies(
    school: School,
) -> None:
    assert names(lans_book(school)) == [("4A", "Tiếng Việt"), ("4A", "Toán"), ("4A", "Phẩm chất và năng lực")]


def test_a_subject_teachers_book_goes_over_all_the_classes_and_has_no_other_line(school: School) -> None:
    assert names(own_book(school.thu, school.year, Period.MID_TERM_1)) == [
        ("4A", "Ngoại ngữ 1 (Tiếng Anh)"),
        ("4B", "Ngoại ngữ 1 (Tiếng Anh)"),
    ]


def test_who_teaches_nothing_has_no_book(school: School) -> None:
    with pytest.raises(NothingHeld, match="không phụ trách sổ nào ở thời điểm giữa học kì I"):
        own_book(school.bich, school.year, Period.MID_TERM_1)


def hand_over(school: School, last_day: datetime.date) -> None:
    """Cô Lan teaches Toán in 4A until a day, thầy Dũng from the next on."""
    with acting(None, role="Kiểm thử", source=Source.SYSTEM):
        held = TeachingAssignment.objects.get(school_class=school.class_4a, line__code="TOAN")
        held.ends_on = last_day
        held.save()
        TeachingAssignment.objects.create(
            school_class=school.class_4a,
            line=held.line,
            teacher=school.dung,
            starts_on=last_day + datetime.timedelta(days=1),
        )


def holders_of_toan(school: School, period: Period) -> list[str]:
    held = sheets_held(school.year, period, classes=[school.class_4a.pk])
    return [each.teacher.full_name for each in held if each.ref.code == "TOAN"]


def test_a_line_handed_over_is_in_the_book_of_who_held_it_when_the_period_was_locked(school: School) -> None:
    lock(school)
    today = school.year.day_for_roster()
    hand_over(school, today)
    # Locked today: cô Lan's, though tomorrow thầy Dũng has the line.
    assert holders_of_toan(school, Period.MID_TERM_1) == ["Nguyễn Thị Lan"]
    TeachingAssignment.objects.filter(teacher=school.lan, line__code="TOAN").update(
        ends_on=today - datetime.timedelta(days=1)
    )
    TeachingAssignment.objects.filter(teacher=school.dung).update(starts_on=today)
    assert holders_of_toan(school, Period.MID_TERM_1) == ["Phạm Quốc Dũng"]
    assert holders_of_toan(school, Period.END_TERM_1) == ["Phạm Quốc Dũng"]


def test_all_teachers_of_a_class_are_those_who_hold_a_sheet_of_it(school: School) -> None:
    held = sheets_held(school.year, Period.MID_TERM_1, classes=[school.class_4b.pk])
    assert [each.full_name for each in teachers_of(held)] == ["Trần Văn Minh", "Lê Thị Thu"]


# -- What ----------------------------------------------------------------------------------------------------


def test_levels_and_marks_stand_for_the_periods_so_far_and_the_comment_for_the_one_asked(
    school: School,
) -> None:
    for period in (Period.MID_TERM_1, Period.END_TERM_1, Period.MID_TERM_2):
        fill(school.class_4a, school.pupils, period)
    sheet = next(each for each in lans_book(school, Period.END_TERM_1).sheets if each.subject == "Toán")
    assert [group.heading for block in sheet.blocks for group in block.groups] == ["Giữa HKI", "Cuối HKI"]
    for place, pupil in enumerate(school.pupils):
        stored = SubjectResult.objects.filter(student=pupil, line__code="TOAN")
        shown = cells(sheet, place)
        for result in stored.exclude(period=Period.MID_TERM_2):
            assert shown[f"TOAN@{result.period}"] == result.attainment
            assert shown[f"TOAN.diem@{result.period}"] == str(result.mark)
        assert sheet.rows[place].comments == (stored.get(period=Period.END_TERM_1).comment,)


def test_a_period_without_a_test_has_no_column_of_marks(school: School) -> None:
    sheet = own_book(school.thu, school.year, Period.END_TERM_1).sheets[0]
    assert [column.code for column in sheet.columns] == ["NN1@GHKI", "NN1@CHKI", "NN1.diem@CHKI"]


def test_blank_exempt_and_unassessed_are_three_things_and_only_blank_is_missing(school: School) -> None:
    exempt(school, certify(school.pupils[0]), "TOAN")
    leave_unassessed(school.pupils[1])
    sheet = next(each for each in lans_book(school).sheets if each.subject == "Toán")
    assert sheet.rows[0].cells == ("M", "M")
    assert sheet.rows[1].cells == ("Không đánh giá, theo quyết định của Hiệu trưởng",)
    assert sheet.rows[2].cells == ("", "")
    assert sheet.missing_cells == 2
    assert sheet.counts[0].missing == 1


def test_each_sheet_says_whether_it_is_locked_and_signed(school: School) -> None:
    book = lans_book(school)
    assert {sheet.lock_state for sheet in book.sheets} == {"Chưa mở: bản xem trước"}
    lock(school)
    open_window(school, school_class=school.class_4a, line_code="TOAN")
    book = lans_book(school)
    assert [sheet.is_preview for sheet in book.sheets] == [False, True, False]
    assert {sheet.seal.state_words for sheet in book.sheets} == {"Chưa kí"}
    front = book.parts[0]
    assert ("Tình trạng sổ", "còn 1 sổ chưa khoá, bản xem trước") in front.cover.facts  # type: ignore[union-attr]
    assert ("Kí xác nhận điện tử", "0/3 sổ") in front.cover.facts  # type: ignore[union-attr]


@pytest.mark.parametrize("pupils", [1, 5])
@pytest.mark.parametrize(("name", "statements"), [("lan", 10), ("thu", 9)])
def test_statements_do_not_grow_with_pupils_and_classes(
    school: School,
    django_assert_num_queries: DjangoAssertNumQueries,
    pupils: int,
    name: str,
    statements: int,
) -> None:
    resize(school, pupils)
    fill(school.class_4a, school.pupils, Period.MID_TERM_1)
    lock(school)
    with django_assert_num_queries(statements):
        own_book(school.people[name], school.year, Period.MID_TERM_1)


# -- The pages -----------------------------------------------------------------------------------------------


def test_the_book_of_a_homeroom_teacher_holds_every_value_of_the_database(
    school: School, files: Path
) -> None:
    fill(school.class_4a, school.pupils, Period.MID_TERM_1)
    lock(school)
    (job,) = ask_for_own_books([school.lan], year=school.year, period=Period.MID_TERM_1, by=school.lan)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.failure) == (PrintJob.State.DONE, "")
    assert (job.pupils_done, job.lines_printed, job.is_preview, job.cells_missing) == (3, 3, False, 0)
    text = text_of(job.file.path)
    for result in SubjectResult.objects.filter(line__code__in=["TOAN", "TV"]).select_related("student"):
        mark = "" if result.mark is None else str(result.mark)
        assert squeezed(f"{result.student.birth_label}{result.attainment}{mark}{result.comment}") in text
    for comment in TraitResult.objects.exclude(comment="").values_list("comment", flat=True):
        assert squeezed(comment) in text
    for result in SubjectResult.objects.exclude(line__code__in=["TOAN", "TV"]):
        assert squeezed(result.comment) not in text


@pytest.mark.parametrize("of_traits", [False, True])
def test_headings_stand_on_every_page_and_the_longest_comments_to_their_last_word(of_traits: bool) -> None:
    sheet = replace(
        sample.longest_sheet(of_traits=of_traits), rows=sample.longest_sheet(of_traits=of_traits).rows[:12]
    )
    texts = page_texts(pdf.render_own_sheet(sheet))
    assert len(texts) > 1
    assert all("Họ và tên" in text for text in texts)
    whole = squeezed("".join(texts))
    assert whole.count("hằngngàycùngbốmẹ.") == 12 * (3 if of_traits else 1)


def test_a_complete_book_passes_and_one_with_another_value_is_named(tmp_path: Path) -> None:
    book = sample.own_book(
        sample.own_sheet(pupils=3), sample.own_sheet(pupils=3, of_traits=True, locked=False)
    )
    parts = [pdf.draw(part) for part in book.parts]
    pages = [len(page_texts(part)) for part in parts]
    whole = tmp_path / "so.pdf"
    pdf.merge_into(whole, parts, title="Sổ", is_numbered=True)
    check_own_book(whole, book, pages=pages)
    with pytest.raises(PrintRunShort, match="trang thứ 1 của tệp không ghi “Trang 1/"):
        check_own_book(pdf.merge(parts, title="Sổ"), book, pages=pages)
    first = book.sheets[0]
    row = replace(first.rows[1], comments=("Khác.",))
    changed = replace(book, sheets=(replace(first, rows=(first.rows[0], row, first.rows[2])), book.sheets[1]))
    with pytest.raises(PrintRunShort, match="Toán lớp 4A: thiếu hoặc sai dòng “Nguyễn Hoàng Bảo An”"):
        check_own_book(whole, changed, pages=pages)
    with pytest.raises(PrintRunShort, match="Toán lớp 4A: trang 1: dấu “BẢN XEM TRƯỚC”"):
        check_own_book(
            whole, replace(book, sheets=(replace(first, locked_at=None), book.sheets[1])), pages=pages
        )


# -- Who asks ------------------------------------------------------------------------------------------------


def test_a_teacher_prints_the_own_book_and_no_colleagues(school: School) -> None:
    ask_for_own_books([school.thu], year=school.year, period=Period.MID_TERM_1, by=school.thu)
    for name in ("lan", "bich", "hoa", "dung"):
        with pytest.raises(PermissionDenied, match="thầy cô chỉ in được sổ của mình"):
            ask_for_own_books(
                [school.thu], year=school.year, period=Period.MID_TERM_1, by=school.people[name]
            )
    assert PrintJob.objects.count() == 1


def test_the_clerk_prints_those_of_several_teachers_all_or_none(school: School) -> None:
    teachers = [school.lan, school.minh, school.thu]
    jobs = ask_for_own_books(teachers, year=school.year, period=Period.MID_TERM_1, by=school.tuan)
    assert [job.teacher for job in jobs] == teachers
    with pytest.raises(BookRefused, match="Hoàng Ngọc Bích không phụ trách sổ nào"):
        ask_for_own_books(
            [school.ngoc, school.bich], year=school.year, period=Period.MID_TERM_1, by=school.tuan
        )
    assert PrintJob.objects.count() == 3


def test_two_clicks_make_one_book(school: School) -> None:
    wanted = {"year": school.year, "period": Period.MID_TERM_1, "by": school.lan}
    assert ask_for_own_books([school.lan], **wanted) == ask_for_own_books([school.lan], **wanted)


def test_a_locked_sheet_has_the_pupils_of_the_day_of_the_lock_and_names_who_left_since(
    school: School,
) -> None:
    leaving = school.pupils[0]
    lock(school)
    today = clock.today()
    later = make_aware(datetime.datetime.combine(today + datetime.timedelta(10), datetime.time(12)))
    with clock.travelling(later):
        movements.change_class(leaving, school.class_4b, day=today + datetime.timedelta(5), by=school.tuan)
        book = lans_book(school)
    for sheet in book.sheets:
        is_old = sheet.class_name == "4A"
        codes = {row.seat.pupil_code for row in sheet.rows}
        assert (pupil_code(leaving) in codes) == is_old
        assert (leaving.full_name in sheet.roster_note) == (sheet.class_name in {"4A", "4B"})
    (sheet, *_others) = book.sheets
    assert squeezed(sheet.roster_note) in squeezed(text_of(pdf.draw(sheet)))
