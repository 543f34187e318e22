"""The THKQGD table says what the database says, and tells "not entered" from "nothing to assess" (R22, R75)."""

import datetime
from contextlib import AbstractContextManager

import pytest
from django.utils.timezone import make_aware
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts import clock
from gradebook.models import SubjectResult, TraitResult
from gradebook.regulation import Period
from reports import pdf, read_back
from reports.book_content import ClassTable
from reports.class_tables import class_table
from reports.period_rosters import roster_days_of
from reports.transcripts import pupil_code
from students import movements
from students.models import SchoolClass, Student
from tests.gradebook.school import (
    School,
    add_pupils,
    certify,
    close_window,
    enter,
    exempt,
    leave_unassessed,
    make_school,
    open_window,
    resize,
)
from tests.reports.school_books import approve, fill

pytestmark = pytest.mark.django_db

STATEMENTS = 11
DAY = datetime.timedelta(days=1)


def the_school() -> School:
    return make_school(pupils=2)


def table_of(school_class: SchoolClass, period: Period = Period.MID_TERM_1) -> ClassTable:
    return class_table(SchoolClass.objects.select_related("year").get(pk=school_class.pk), period)


def cells(table: ClassTable, row: int = 0) -> dict[str, str | None]:
    return {column.code: cell for column, cell in zip(table.columns, table.rows[row].cells, strict=True)}


@pytest.mark.parametrize("pupils", [1, 5])
def test_statements_do_not_grow_with_pupils(
    school: School, django_assert_num_queries: DjangoAssertNumQueries, pupils: int
) -> None:
    resize(school, pupils)
    open_window(school, Period.YEAR_END)
    close_window(school, Period.YEAR_END)
    fill(school.class_4a, school.pupils)
    school_class = SchoolClass.objects.select_related("year").get(pk=school.class_4a.pk)
    with django_assert_num_queries(STATEMENTS):
        table = class_table(school_class, Period.YEAR_END)
    assert len(table.rows) == pupils


@pytest.mark.parametrize("period", list(Period))
def test_every_stored_value_stands_in_its_cell(school: School, period: Period) -> None:
    fill(school.class_4a, school.pupils, period)
    table = table_of(school.class_4a, period)
    for place, pupil in enumerate(school.pupils):
        shown = {code: cell for code, cell in cells(table, place).items() if cell}
        results = SubjectResult.objects.filter(student=pupil).select_related("line")
        stored = {each.line.code: each.attainment for each in results}
        stored |= {f"{each.line.code}.diem": str(each.mark) for each in results if each.mark is not None}
        stored |= dict(
            TraitResult.objects.filter(student=pupil).exclude(rating="").values_list("item", "rating")
        )
        assert shown == stored


def test_a_cell_without_a_test_is_not_a_missing_mark(school: School) -> None:
    shown = cells(table_of(school.class_4a, Period.MID_TERM_1))
    assert shown["TOAN.diem"] == ""
    assert shown["KH.diem"] is None
    assert shown["KH"] == ""
    assert cells(table_of(school.class_4a, Period.END_TERM_1))["KH.diem"] == ""


def test_blank_not_applicable_exempt_and_from_elsewhere_are_four_things(school: School) -> None:
    exempt(school, certify(school.pupils[0]), "TOAN", "the_chat")
    open_window(school)
    enter(school.sheet(), school.pupils[1], "mark", "8", by=school.lan)
    SubjectResult.objects.update(brought="mark")
    table = table_of(school.class_4a)
    shown = cells(table)
    assert [shown[code] for code in ("TOAN", "TOAN.diem", "the_chat")] == ["M", "M", "M"]
    assert [shown[code] for code in ("TV", "KH.diem")] == ["", None]
    assert [cell for cell in table.rows[1].printed if cell] == ["8*"]
    assert [sign[0] for sign in table.signs] == ["M", "*"]
    columns = [column.code for column in table.columns]
    assert table.counts[columns.index("TOAN.diem")].missing == 0
    assert table.counts[columns.index("TV.diem")].missing == 2
    texts = pdf.render_class_table(table)
    read_back.check_class_table(texts, table)


def test_who_is_not_assessed_leaves_no_cell_to_fill(school: School) -> None:
    leave_unassessed(school.pupils[0])
    table = table_of(school.class_4a)
    assert set(table.rows[0].cells) == {"KĐG", None}
    assert table.counts[0].missing == 1


def test_a_line_the_class_is_not_taught_has_nothing_to_assess(school: School) -> None:
    assert cells(table_of(school.class_4a))["TDT"] is None
    first_grade = cells(table_of(school.class_1a))
    assert (first_grade["NN1"], first_grade["TH"]) == (None, None)
    assert "cong_nghe" not in first_grade


@pytest.mark.parametrize(("class_name", "columns"), [("1A", 13), ("4A", 20)])
def test_the_layout_is_that_of_the_grade(school: School, class_name: str, columns: int) -> None:
    school_class = SchoolClass.objects.get(name=class_name)
    assert table_of(school_class).blocks[0].width == columns


def test_outcomes_stand_in_the_table_of_the_years_end_only(school: School) -> None:
    first, second = school.pupils
    approve(school.class_4a, [first], by=school.bich, on=school.year.starts_on)
    approve(
        school.class_4a,
        [second],
        by=school.bich,
        on=school.year.starts_on,
        result="CHT",
        award="",
        is_promoted=True,
    )
    table = table_of(school.class_4a, Period.YEAR_END)
    outcome = ("HTCT", "LEN_LOP", "XEP_LOAI", "KHEN_THUONG")
    assert [cells(table)[code] for code in outcome] == ["x", "x", "HTT", "HSTB"]
    assert [cells(table, 1)[code] for code in outcome] == ["Chưa", "x", "CHT", ""]
    assert not set(outcome) & set(cells(table_of(school.class_4a, Period.END_TERM_1)))


def test_whoever_is_not_promoted_is_told_from_whoever_is_not_approved_yet(school: School) -> None:
    (first, second), day = school.pupils, school.year.starts_on
    assert table_of(school.class_4a, Period.YEAR_END).pupils_without_outcome == 2
    approve(school.class_4a, [first], by=school.bich, on=day, result="CHT", award="", is_promoted=False)
    table = table_of(school.class_4a, Period.YEAR_END)
    assert [cells(table)[code] for code in ("HTCT", "LEN_LOP")] == ["Chưa", "Không"]
    assert [cells(table, 1)[code] for code in ("HTCT", "LEN_LOP")] == ["", ""]
    assert table.pupils_without_outcome == 1
    assert table_of(school.class_4a, Period.END_TERM_1).pupils_without_outcome == 0
    assert second.full_name == table.rows[1].full_name


def test_grade_5_completes_primary_school_and_is_not_moved_up(school: School) -> None:
    fifth = SchoolClass.objects.create(year=school.year, name="5A", grade_level=5)
    (pupil,) = add_pupils(fifth, 1)
    approve(fifth, [pupil], by=school.bich, on=school.year.starts_on)
    table = table_of(fifth, Period.YEAR_END)
    assert cells(table)["LEN_LOP"] is None
    assert [heading for heading, _values in table.outcome_summary] == [
        "HTCT tiểu học",
        "Xếp loại",
        "Khen thưởng",
    ]
    assert "Lên lớp" in [column.heading for column in table.columns]


def test_the_table_is_a_preview_until_the_period_has_been_locked(school: School) -> None:
    assert table_of(school.class_4a).is_preview
    assert table_of(school.class_4a).lock_state == "Chưa mở: bản xem trước"
    open_window(school)
    assert table_of(school.class_4a).is_preview
    assert table_of(school.class_4a).lock_state == "Chưa khoá: bản xem trước"
    close_window(school)
    table = table_of(school.class_4a)
    assert not table.is_preview
    assert table.lock_state.startswith("Đã khoá lúc ")
    open_window(school, school_class=school.class_4a)
    assert table_of(school.class_4a).is_preview
    assert not table_of(school.class_4b).is_preview


def test_head_and_foot_name_the_school_and_those_who_sign(school: School) -> None:
    table = table_of(school.class_4a)
    assert (table.parent_body, table.school) == ("UBND PHƯỜNG KIM ĐỒNG", "TRƯỜNG TIỂU HỌC KIM ĐỒNG")
    assert (table.homeroom_teacher, table.principal.name) == ("Nguyễn Thị Lan", "Hoàng Ngọc Bích")
    assert (table.period, table.school_year) == ("Giữa học kì I", school.year.label)


def test_foot_counts_what_is_entered_and_what_is_missing(school: School) -> None:
    open_window(school)
    sheet = school.sheet("TOAN")
    enter(sheet, school.pupils[0], "mark", "4", by=school.lan)
    enter(sheet, school.pupils[0], "attainment", "C", by=school.lan)
    table = table_of(school.class_4a)
    counts = {column.code: count for column, count in zip(table.columns, table.counts, strict=True)}
    assert (counts["TOAN"].poor, counts["TOAN"].missing) == (1, 1)
    assert (counts["TOAN.diem"].below_five, counts["TOAN.diem"].missing) == (1, 1)
    assert counts["KH.diem"].missing is None
    # Two cells are entered; each of the two pupils has 12 lines, 2 marks, 10 competencies and 5 qualities.
    assert table.missing_cells == 2 * (12 + 2 + 10 + 5) - 2


@pytest.mark.parametrize("period", [Period.MID_TERM_1, Period.YEAR_END])
def test_what_is_drawn_is_what_was_read(school: School, period: Period) -> None:
    fill(school.class_4a, school.pupils, period)
    Student.objects.filter(pk=school.pupils[0].pk).update(moet_id="3100000417")
    table = table_of(school.class_4a, period)
    read_back.check_class_table(pdf.render_class_table(table), table)


def at_noon(day: datetime.date) -> AbstractContextManager[None]:
    return clock.travelling(make_aware(datetime.datetime.combine(day, datetime.time(12))))


def test_a_locked_book_has_the_pupils_of_the_day_of_the_lock_and_names_who_came_and_left_since(
    school: School,
) -> None:
    leaving, staying = school.pupils
    open_window(school)
    close_window(school)
    today = clock.today()
    with at_noon(today + 10 * DAY):
        movements.change_class(leaving, school.class_4b, day=today + 5 * DAY, by=school.tuan)
        left, taken = table_of(school.class_4a), table_of(school.class_4b)
        assert [row.full_name for row in left.rows] == [leaving.full_name, staying.full_name]
        assert left.missing_cells == table_of(school.class_4a).missing_cells > 0
        assert f"Rời lớp sau ngày đó, vẫn có trong sổ này: {leaving.full_name}" in left.roster_note
        assert pupil_code(leaving) not in {row.pupil_code for row in taken.rows}
        came = (
            f"Vào lớp sau ngày đó, không có trong sổ này: {leaving.full_name} (từ {today + 5 * DAY:%d/%m/%Y})"
        )
        assert came in taken.roster_note
        # The statistics count the same pupils.
        day = roster_days_of([school.class_4a], [Period.MID_TERM_1])[
            school.class_4a.pk, Period.MID_TERM_1
        ].day
        assert f"ngày khoá sổ {day:%d/%m/%Y}" in left.roster_note
        drawn = pdf.render_class_table(left)
        read_back.check_class_table(drawn, left)
        pages = map(read_back.squeezed, read_back.page_texts(drawn))
        assert sum(read_back.squeezed(left.roster_note) in page for page in pages) == 2
        # A period that was never opened is that of today's pupils.
        assert [row.full_name for row in table_of(school.class_4a, Period.MID_TERM_2).rows] == [
            staying.full_name
        ]
