"""The quality report and what follows from it, hand-counted on a small school (domain 2.7 B; R79, R81)."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from gradebook.commendations import Praise, commend
from gradebook.models import SubjectResult
from gradebook.regulation import Period
from gradebook.year_end_rules import Promotion
from reports import papers, promotion_report, quality_report, summary_report
from reports.read_back import squeezed, text_of
from reports.report_kind import CellKey, Moment
from students import movements
from students.absences import absence_totals
from students.models import SchoolClass, SchoolYear, Student, YearProfile
from students.movement_plans import Draft
from students.movement_rules import Kind
from tests.gradebook.school import CERTIFIED, add_pupils, enter, exempt, leave_unassessed, open_window
from tests.gradebook.year_end import confirm, ended_school, go_through, put, say, teach
from tests.pupils import rewrite
from tests.reports.counted_school import enter_all, page

pytestmark = pytest.mark.django_db


def the_school():
    """1A has its year end entered, two pupils: all T and 10, all T and 8; the second is a Tày girl. 4A, 4B nothing."""
    school = ended_school()
    rewrite(Student.objects.all(), ethnic_code="01")
    rewrite(Student.objects.filter(pk=school.pupils[1].pk), ethnic_code="02")
    return school


def at_the_end(school) -> Moment:
    return Moment(school.year, Period.YEAR_END)


def grade_1(school):
    return quality_report.read(at_the_end(school)).table("grade 1")


def of(table, row: str) -> tuple:
    """All, girls, minority, girls among these."""
    return tuple(table.figure(row, column) for column in ("all", "girls", "minority", "minority_girls"))


def test_levels_bands_and_results_are_as_counted_by_hand(school):
    table = grade_1(school)
    assert of(table, "pupils") == of(table, "assessed") == (2, 1, 1, 1)
    assert of(table, "TV") == of(table, "TV T") == (2, 1, 1, 1)
    assert of(table, "TV H") == of(table, "TV C") == (0, 0, 0, 0)
    assert (of(table, "TV mark 10"), of(table, "TV mark 8")) == ((1, 0, 0, 0), (1, 1, 1, 1))
    assert of(table, "TV mark 4") == (0, 0, 0, 0)
    assert of(table, "trait nhan_ai T") == (2, 1, 1, 1)
    assert (of(table, "result HTXS"), of(table, "result HTT")) == ((1, 0, 0, 0), (1, 1, 1, 1))
    assert table.figure("result HTXS", "all%") == Decimal("50.0")
    assert table.figure("result HTXS", "girls%") == Decimal("0.0")
    assert {row.key for row in table.rows} & {
        "TV none",
        "TV mark none",
        "result none",
        "DD mark 10",
        "LSDL",
    } == set()


def test_what_fails_is_told_in_every_part(school):
    weak = school.pupils[1]
    put(school, weak, "TV", attainment="C", mark=3)
    put(school, weak, "nhan_ai", rating="C")
    say(school, weak, promotion=Promotion.WAITS)
    table = grade_1(school)
    assert (of(table, "TV T"), of(table, "TV C")) == ((1, 0, 0, 0), (1, 1, 1, 1))
    assert of(table, "TV mark 4") == (1, 1, 1, 1)
    assert of(table, "trait nhan_ai C") == (1, 1, 1, 1)
    assert of(table, "result CHT") == of(table, "not completed") == of(table, "waiting") == (1, 1, 1, 1)
    assert (of(table, "completed"), of(table, "promoted")) == ((1, 0, 0, 0), (1, 0, 0, 0))


def test_what_is_not_entered_stands_in_a_row_of_its_own_and_counts_in_no_share(school):
    missing = school.pupils[1]
    SubjectResult.objects.filter(student=missing, line__code="TV").delete()
    report = quality_report.read(at_the_end(school))
    table = report.table("grade 1")
    assert of(table, "TV") == of(table, "TV T") == of(table, "TV mark") == (1, 0, 0, 0)
    assert of(table, "TV C") == (0, 0, 0, 0)
    assert (table.figure("TV", "all%"), table.figure("TV T", "all%")) == (Decimal("50.0"), Decimal("100.0"))
    assert table.figure("TV none", "all%") == table.figure("TV mark none", "all%") == Decimal("50.0")
    assert of(table, "TV none") == of(table, "TV mark none") == (1, 1, 1, 1)
    assert of(table, "result none") == (1, 1, 1, 1)
    (of_grade_1,) = (fault for fault in report.faults if fault.startswith("Khối 1"))
    assert "còn trống 1 ô mức đạt được môn học, 1 ô điểm KTĐK:" in of_grade_1


def test_nobody_entered_anything_of_grade_4_so_nothing_of_it_is_known(school):
    report = quality_report.read(at_the_end(school))
    table = report.table("grade 4")
    assert table.figure("assessed", "all") == 8
    assert table.figure("TOAN T", "all") is None
    assert (table.figure("TOAN", "all"), table.figure("TOAN none", "all")) == (0, 8)
    assert any(fault.startswith("Khối 4 chưa nhập đủ") for fault in report.faults)


def test_a_period_that_is_being_entered_has_the_figures_of_the_statistics(school):
    enter_all(school, Period.END_TERM_1)
    statistics = page(school, period=Period.END_TERM_1.value).table
    moment = Moment(school.year, Period.END_TERM_1)
    levels = quality_report.read(moment).table("school")
    lines = summary_report.read(moment).table("subjects")
    for theirs, row, column in (
        ("duoc-danh-gia", "TOAN", "assessed"),
        ("t", "TOAN T", "T"),
        ("h", "TOAN H", "H"),
        ("c", "TOAN C", "C"),
        ("chua-nhap", "TOAN none", "none"),
    ):
        count = statistics.figure("TOAN", f"tat-ca.{theirs}.sl")
        assert count == levels.figure(row, "all") == lines.figure("TOAN", column), row
    assert (lines.figure("TOAN", "assessed"), lines.figure("TOAN", "none")) == (7, 3)
    share = statistics.figure("TOAN", "tat-ca.t.pct")
    assert share == levels.figure("TOAN T", "all%") == lines.figure("TOAN", "T%") == Decimal("57.1")
    # Nobody has any level of Tiếng Việt: its zeros are not known, in all three.
    assert statistics.figure("TV", "tat-ca.t.sl") is None
    assert levels.figure("TV T", "all") is None
    assert lines.figure("TV", "T") is None


def test_a_line_that_a_grade_does_not_learn_is_no_part_of_its_share(school):
    enter_all(school, Period.END_TERM_1)
    table = quality_report.read(Moment(school.year, Period.END_TERM_1)).table("school")
    assert table.figure("pupils", "all") == 10
    assert (table.figure("LSDL none", "all"), table.figure("LSDL none", "all%")) == (8, Decimal("100.0"))


def test_exempt_and_unassessed_pupils_are_counted_as_the_decisions_say(school):
    first, second = (Student.objects.get(pk=pupil.pk) for pupil in school.pupils)
    leave_unassessed(first)
    for name, value in CERTIFIED.items():
        setattr(second, name, value)
    second.save()
    SubjectResult.objects.filter(student=second, line__code="GDTC").delete()
    exempt(school, second, "GDTC", school_class=school.class_1a)
    report = quality_report.read(at_the_end(school))
    table = report.table("grade 1")
    assert [table.figure(row, "all") for row in ("pupils", "assessed", "unassessed")] == [2, 1, 1]
    assert [table.figure(row, "all") for row in ("TV", "GDTC", "GDTC T")] == [1, 0, 0]
    assert table.figure("pupils", "disabled") == 2
    assert any("1 em được miễn" in note for note in report.notes)


def test_year_end_rows_say_whether_they_are_approved(school):
    assert "chưa phê duyệt 2/2 em" in grade_1(school).note
    assert of(grade_1(school), "award HSXS") == (1, 0, 0, 0)
    confirm(school)
    go_through(school)
    table = grade_1(school)
    assert table.note == "Mục 4–6: đã được Hiệu trưởng phê duyệt."
    assert of(table, "promoted") == of(table, "completed") == (2, 1, 1, 1)
    put(school, school.pupils[0], "TV", mark=6)
    assert of(grade_1(school), "result HTXS") == (1, 0, 0, 0)  # the decision stands until it is opened again


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        (quality_report, "Toàn trường"),
        (promotion_report, "Lên lớp, thi lại, lưu ban theo khối"),
        (summary_report, "Toàn trường"),
    ],
)
def test_a_result_that_is_to_be_approved_again_keeps_a_report_from_being_signed_off(school, kind, where):
    confirm(school)
    go_through(school)
    told = f"{where}: 1 em đã phê duyệt có kết quả tính lại khác, chờ phê duyệt lại (1A: 1 em)."
    assert not any("chờ phê duyệt lại" in fault for fault in kind.read(at_the_end(school)).faults)
    put(school, school.pupils[0], "TV", mark=6)
    report = kind.read(at_the_end(school))
    assert any(fault.startswith(told) for fault in report.faults)
    said = (*report.notes, *(table.note for table in report.tables))
    assert not any("đã được Hiệu trưởng phê duyệt" in each for each in said)


def test_the_school_is_the_sum_of_its_grades_in_every_count(school):
    report = quality_report.read(at_the_end(school))
    school_table, *of_grades = report.tables
    for row in school_table.rows:
        for column in school_table.columns:
            if column.is_share or not row.figures:
                continue
            parts = [
                table.figure(row.key, column.key)
                for table in of_grades
                if row.key in {each.key for each in table.rows}
            ]
            total = school_table.figure(row.key, column.key)
            assert total == sum(part or 0 for part in parts) or total is None


def test_who_gave_up_school_is_counted_by_cause_in_the_term(school):
    leaver = school.class_4b.enrolments.first().student
    last = school.year.first_term_ends_on
    on = min(datetime.date.today(), last)  # noqa: DTZ011 - any day of the term that is over
    movements.record(Draft(Kind.LEFT, leaver, on, None, leave_reason="01"), by=school.tuan)
    table = quality_report.read(Moment(school.year, Period.END_TERM_1)).table("grade 4")
    assert [table.figure(row, "all") for row in ("left", "left poverty", "left ability")] == [1, 1, 0]
    assert table.figure("pupils", "all") == 7


def test_praise_is_counted_once_a_pupil(school):
    for text in ("Nhặt được của rơi", "Giúp bạn"):
        commend(
            school.class_1a,
            school.pupils[0],
            kind=Praise.SURPRISE,
            text=text,
            on=school.year.starts_on,
            by=school.bich,
        )
    assert grade_1(school).figure("praise surprise", "all") == 1


def test_promotion_is_told_by_grade_with_shares(school):
    put(school, school.pupils[1], "TV", attainment="C", mark=3)
    say(school, school.pupils[1], promotion=Promotion.STAYS, promotion_note="Còn yếu")
    report = promotion_report.read(at_the_end(school))
    table = report.table("promotion")
    figures = {key: table.figure("grade 1", key) for key in ("pupils", "promoted", "waiting", "staying")}
    assert figures == {"pupils": 2, "promoted": 1, "waiting": 0, "staying": 1}
    assert table.figure("grade 1", "staying%") == Decimal("50.0")
    assert table.figure("grade 4", "promoted none") == 8
    assert report.faults == ()
    behind = promotion_report.behind(at_the_end(school), CellKey("promotion", "grade 1", "staying"))
    assert [each.full_name for each in behind] == [school.pupils[1].full_name]


def test_who_had_to_be_assessed_again_is_counted_as_on_the_lists_though_nobody_waits_any_more(school):
    weak = school.pupils[1]
    put(school, weak, "TV", attainment="C", mark=3)
    say(school, weak, promotion=Promotion.WAITS)
    confirm(school)
    go_through(school)
    read = promotion_report.read
    keys = ("failed", "waiting", "promoted", "again")
    assert [read(at_the_end(school)).table("promotion").figure("grade 1", key) for key in keys] == [
        1,
        1,
        1,
        0,
    ]
    open_window(school, Period.SUPPLEMENTARY)
    sheet = school.sheet("TV", Period.SUPPLEMENTARY, school.class_1a)
    teach(school, "TV")
    for field, value in (("attainment", "H"), ("mark", "6")):
        assert enter(sheet, weak, field, value, by=school.ngoc).is_whole
    confirm(school)
    go_through(school)
    assert [read(at_the_end(school)).table("promotion").figure("grade 1", key) for key in keys] == [
        1,
        0,
        2,
        1,
    ]
    behind = promotion_report.behind(at_the_end(school), CellKey("promotion", "grade 1", "failed"))
    assert [each.full_name for each in behind] == [weak.full_name]


def test_the_summary_has_the_same_figures_and_room_for_the_principals_words(school, client):
    report = summary_report.read(at_the_end(school))
    assert report.title == "Báo cáo tổng kết năm học"
    assert report.table("scale").figure("school", "classes") == 3
    assert report.table("scale").figure("grade 4", "all") == 8
    assert report.table("subjects").figure("TV", "T") == 2
    assert report.table("subjects").figure("TV", "mark 9–10") == 1
    assert report.table("subjects").row("DD").not_asked == (
        "mark 9–10",
        "mark 7–8",
        "mark 5–6",
        "mark Dưới 5",
        "mark none",
    )
    assert report.table("results").figure("grade 1", "result HTXS") == 1
    assert report.table("attendance").figure("school", "pupil_days") is None
    client.force_login(school.bich)
    page = client.get("/reports/figures/so-ket-tong-ket/", {"period": "CN"}).content.decode()
    assert "Ưu điểm" in page
    assert "Phương hướng, nhiệm vụ thời gian tới" in page
    first_term = summary_report.read(Moment(school.year, Period.END_TERM_1))
    assert first_term.title == "Báo cáo sơ kết học kì I"
    assert "results" not in {table.key for table in first_term.tables}


def test_the_year_has_the_days_absent_of_the_statistics_and_the_transcripts(school):
    pupil = school.pupils[0]
    YearProfile.objects.update_or_create(
        student=pupil,
        year=school.year,
        defaults={"absent_with_leave": 3, "absent_without_leave": Decimal("0.5")},
    )
    summary = summary_report.read(at_the_end(school)).table("attendance")
    rolls = [summary.figure("grade 1", key) for key in ("called", "pupil_days", "present")]
    assert rolls == [0, None, None]
    absent = [summary.figure("grade 1", key) for key in ("leave", "other", "absent")]
    assert absent == [3, Decimal("0.5"), Decimal("3.5")]
    statistics = page(school, "chuyen-can", grade="1").table
    counted = [statistics.figure("nam", f"tat-ca.{key}.ngay") for key in ("co-phep", "khong-phep", "tong")]
    (total,) = absence_totals([pupil.pk], until=school.year.pk).values()
    assert absent[:2] == counted[:2] == [total.with_leave, total.without_leave]
    assert "như trong học bạ" in summary.note
    first_term = summary_report.read(Moment(school.year, Period.END_TERM_1)).table("attendance")
    assert first_term.figure("grade 1", "leave") is None


def test_the_principals_words_are_kept_in_the_copy_and_printed(school, client):
    client.force_login(school.bich)
    address = "/reports/figures/so-ket-tong-ket/"
    seen = client.get(address, {"period": "CN"}).context["keep_form"].initial["seen"]
    answer = client.post(
        f"{address}keep/?period=CN", {"seen": seen, "remark1": "Nền nếp tốt.\nHọc sinh ngoan."}, follow=True
    )
    assert "Nền nếp tốt." in answer.content.decode()
    kept = answer.context["kept"]
    assert dict(answer.context["report"].remarks)["Ưu điểm"] == "Nền nếp tốt.\nHọc sinh ngoan."
    assert (
        "vẫn đúng" in client.get(reverse("reports:kept_report_differences", args=[kept.pk])).content.decode()
    )


def test_a_page_shows_one_table_and_leads_to_the_others_and_prints_it_alone(school, client, monkeypatch):
    monkeypatch.setattr(papers, "SHORT_CELLS", 10_000)  # drawn at once, not by the worker
    client.force_login(school.hoa)
    address = "/reports/figures/chat-luong/"
    page = client.get(address, {"period": "CN", "table": "grade 1"})
    assert [shown.table.title for shown in page.context["tables"]] == ["Khối 1"]
    assert "Khối 4 chưa nhập đủ" not in page.content.decode()
    assert "table=grade%204" in page.content.decode()
    assert "Khối 4 chưa nhập đủ" in client.get(address, {"period": "CN"}).content.decode()
    words = text_of(client.get(f"{address}paper/", {"period": "CN", "table": "grade 1"}).getvalue())
    assert squeezed("BÁO CÁO CHẤT LƯỢNG GIÁO DỤC: KHỐI 1") in words
    assert "Khối4" not in words
    assert client.get(f"{address}paper/", {"period": "CN", "table": "grade 9"}).status_code == 404


def test_grades_before_the_circular_are_left_out_and_the_report_says_so(school):
    year = school.year
    old = SchoolYear.objects.create(
        year=2021,
        rule_set="2020",
        starts_on=datetime.date(2021, 8, 1),
        first_term_ends_on=datetime.date(2022, 1, 15),
        ends_on=datetime.date(2022, 7, 31),
        school_name=year.school_name,
        parent_body=year.parent_body,
        ward=year.ward,
        province=year.province,
        place=year.place,
    )
    for name in ("1A", "5A"):
        SchoolClass.objects.create(year=old, name=name, grade_level=int(name[0]))
    report = quality_report.read(Moment(old, Period.END_TERM_1))
    assert [table.title for table in report.tables] == ["Toàn trường", "Khối 1"]
    assert "Lớp 5 năm học này chưa đánh giá theo Thông tư 27/2020" in report.notes[0]


@pytest.mark.parametrize("kind", [quality_report, summary_report, promotion_report])
def test_behind_every_count_stand_as_many_pupils(school, kind):
    put(school, school.pupils[1], "TV", attainment="C", mark=3)
    moment = at_the_end(school)
    tried = 0
    for table in kind.read(moment).tables:
        for row in list(table.rows)[:: 3 if len(table.rows) > 9 else 1]:
            for column, figure in table.cells(row)[:4]:
                cell = CellKey(table.key, row.key, column.key)
                if figure and kind.KIND.has_list(cell):
                    assert len(kind.behind(moment, cell)) == figure, cell
                    tried += 1
    assert tried > 3


@pytest.mark.parametrize(
    ("kind", "period", "statements"),
    [
        (quality_report, Period.END_TERM_1, 7),
        (quality_report, Period.YEAR_END, 16),
        (promotion_report, Period.YEAR_END, 16),
        (summary_report, Period.END_TERM_1, 13),
        (summary_report, Period.YEAR_END, 25),
    ],
)
def test_reports_are_read_in_as_many_statements_for_few_as_for_many(
    school, django_assert_num_queries, kind, period, statements
):
    for _few_then_many in range(2):
        with django_assert_num_queries(statements):
            kind.read(Moment(school.year, period))
        add_pupils(school.class_4b, 20)
