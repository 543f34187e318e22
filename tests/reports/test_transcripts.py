"""The học bạ says what the database says: every year, every line, and who signs (domain.md 2.1; R74)."""

import datetime

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.signing_titles import DEPUTY_TITLE, PRINCIPAL_TITLE
from gradebook.models import SubjectResult, TraitResult, YearOutcome
from gradebook.regulation import LINES, Award, TraitGroup
from reports import pdf, read_back
from reports.transcripts import completion_sentence, pupil_code, result_words, transcripts_of
from students.models import ForeignLanguage, SchoolClass, SchoolYear, Student
from tests.gradebook.school import School, add_pupils, certify, exempt, make_school, resize
from tests.pupils import rewrite
from tests.reports.school_books import add_former_principal, add_past_years, add_profile, approve, fill

pytestmark = pytest.mark.django_db

STATEMENTS = 12
"""One of them asks for years before Thông tư 27/2020; where there are any, one more reads their rows."""


def the_school() -> School:
    return make_school(pupils=1)


def class_of(school: School) -> SchoolClass:
    return SchoolClass.objects.select_related("year").get(pk=school.class_4a.pk)


@pytest.mark.parametrize(("pupils", "years"), [(1, 0), (5, 0), (5, 3)])
def test_statements_do_not_grow_with_pupils_or_years(
    school: School, django_assert_num_queries: DjangoAssertNumQueries, pupils: int, years: int
) -> None:
    resize(school, pupils)
    past = add_past_years(school, years)
    fill(school.class_4a, school.pupils)
    for each in past:
        approve(each, school.pupils, by=school.bich, on=each.year.ends_on)
    school_class = class_of(school)

    # One more where something is approved: whether a correction has contradicted it.
    with django_assert_num_queries(STATEMENTS + bool(years)):
        books = transcripts_of(school_class)

    assert [len(book.years) for book in books] == [years + 1] * pupils


def test_every_value_stands_on_its_line(school: School) -> None:
    fill(school.class_4a, school.pupils)
    (book,) = transcripts_of(class_of(school))
    (year,) = book.years
    stored = {
        result.line.code: (result.attainment, result.mark, result.comment)
        for result in SubjectResult.objects.select_related("line")
    }

    assert [row.code for row in year.subjects] == [line.code for line in LINES]
    assert {row.code: (row.level, row.mark, row.comment) for row in year.subjects if row.level} == stored
    assert len(stored) == 12
    groups = (year.qualities, year.general_competencies, year.specific_competencies)
    ratings = {row.code: row.level for group in groups for row in group.rows}
    assert ratings == dict(TraitResult.objects.exclude(rating="").values_list("item", "rating"))
    comments = dict(TraitResult.objects.exclude(comment="").values_list("item", "comment"))
    assert [group.comment for group in groups] == [comments[group.value] for group in TraitGroup]


def test_a_line_that_is_not_taught_keeps_its_label_and_stays_blank(school: School) -> None:
    fill(school.class_4a, school.pupils)
    (book,) = transcripts_of(class_of(school))
    (nature,) = [row for row in book.years[0].subjects if row.code == "TNXH"]
    assert (nature.label, nature.level, nature.mark, nature.comment) == ("Tự nhiên và Xã hội", "", None, "")


def test_an_exempt_line_says_by_which_decision_instead_of_a_result(school: School) -> None:
    exempt(school, certify(school.pupils[0]), "GDTC", "the_chat")
    (book,) = transcripts_of(class_of(school))
    (line,) = (row for row in book.years[0].subjects if row.code == "GDTC")
    assert (line.level, line.mark) == ("Miễn", None)
    assert line.comment == "Miễn theo Quyết định số 12/QĐ-THKĐ ngày 05/09/2025 của Hiệu trưởng."
    traits = book.years[0].specific_competencies.rows
    assert [row.code for row in traits if row.level == "Miễn"] == ["the_chat"]


def test_a_line_without_a_test_has_a_level_and_no_mark(school: School) -> None:
    fill(school.class_4a, school.pupils)
    (book,) = transcripts_of(class_of(school))
    (ethics,) = [row for row in book.years[0].subjects if row.code == "DD"]
    assert ethics.level
    assert ethics.mark is None


def test_values_of_the_first_term_are_not_in_the_book(school: School) -> None:
    fill(school.class_4a, school.pupils, "CHKI")
    (book,) = transcripts_of(class_of(school))
    assert {(row.level, row.mark, row.comment) for row in book.years[0].subjects} == {("", None, "")}


def test_a_year_is_a_preview_until_the_principal_has_approved_it(school: School) -> None:
    (past,) = add_past_years(school, 1)
    approve(past, school.pupils, by=school.bich, on=past.year.ends_on)
    (book,) = transcripts_of(class_of(school))
    assert [year.is_preview for year in book.years] == [False, True]
    assert book.years[0].result == "Hoàn thành tốt"
    assert book.years[0].award == "Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện."
    assert book.years[0].completion == "Hoàn thành chương trình lớp 3. Được lên lớp 4."
    assert (book.years[1].result, book.years[1].award, book.years[1].completion) == ("", "", "")


def test_each_year_names_its_own_school_class_teacher_and_principal(school: School) -> None:
    (past,) = add_past_years(school, 1)
    add_former_principal(school, school.son)
    approve(past, school.pupils, by=school.son, on=past.year.ends_on)
    (book,) = transcripts_of(class_of(school))
    last, this = book.years
    assert (last.class_name, last.school) == ("3A", "Tiểu học Kim Đồng 1")
    assert (last.homeroom_teacher, last.principal.name) == ("Trần Văn Minh", "Đỗ Hồng Sơn")
    assert last.principal.title == PRINCIPAL_TITLE
    assert last.principal.day == past.year.ends_on
    assert (this.class_name, this.homeroom_teacher) == ("4A", "Nguyễn Thị Lan")
    assert (this.principal.name, this.principal.day) == ("Hoàng Ngọc Bích", None)
    assert book.principal.name == "Đỗ Hồng Sơn"
    assert [stage.class_name for stage in book.stages] == ["3A", "4A"]
    assert book.stages[0].school == "Trường Tiểu học Kim Đồng 1"


@pytest.mark.parametrize(("entry_code", "is_known"), [("0", True), ("2", True), ("1", False), ("3", False)])
def test_who_was_admitted_with_the_years_list_came_on_its_first_school_day(
    school: School, entry_code: str, is_known: bool
) -> None:
    day = school.year.starts_on + datetime.timedelta(days=35)
    year = school.year
    SchoolYear.objects.filter(pk=year.pk).update(
        lessons_start_on=day,
        second_term_starts_on=year.first_term_ends_on + datetime.timedelta(days=1),
        lessons_end_on=year.ends_on - datetime.timedelta(days=60),
    )
    add_pupils(school.class_4a, 1, entry_code=entry_code)
    book = transcripts_of(class_of(school))[-1]
    assert [stage.moved_on for stage in book.stages] == [f"{day:%d/%m/%Y}" if is_known else ""]


def test_the_day_of_entry_is_printed_only_of_a_pupil_who_came_inside_the_year(school: School) -> None:
    add_past_years(school, 1)
    (stayed,) = transcripts_of(class_of(school))
    came_on = school.year.starts_on + datetime.timedelta(days=40)
    school.pupils[0].enrolments.filter(school_class=school.class_4a).update(starts_on=came_on)
    (came,) = transcripts_of(class_of(school))
    assert [stage.moved_on for stage in stayed.stages] == ["", ""]
    assert [stage.moved_on for stage in came.stages] == ["", f"{came_on:%d/%m/%Y}"]


@pytest.mark.parametrize(
    ("award", "reason", "sentence"),
    [
        ("HSTB", "Mĩ thuật", f"{Award.HSTB.label} (nổi trội: Mĩ thuật)."),
        ("HSTB", "Mĩ thuật, Nhân ái.", f"{Award.HSTB.label} (nổi trội: Mĩ thuật, Nhân ái)."),
        ("HSXS", "", "Học sinh Xuất sắc."),
        ("", "Toán", ""),
    ],
)
def test_the_award_is_a_sentence_that_says_what_for(
    school: School, award: str, reason: str, sentence: str
) -> None:
    result = {"HSTB": "HTT", "HSXS": "HTXS"}.get(award, "HT")
    day = school.year.starts_on
    approve(
        school.class_4a,
        school.pupils,
        by=school.bich,
        on=day,
        result=result,
        award=award,
        award_reason=reason,
    )
    (book,) = transcripts_of(class_of(school))
    assert book.years[0].award == sentence


@pytest.mark.parametrize(
    ("language", "label"),
    [
        (ForeignLanguage.ENGLISH, "Ngoại ngữ 1 (Tiếng Anh)"),
        (ForeignLanguage.CHINESE, "Ngoại ngữ 1 (Tiếng Trung Quốc)"),
        (ForeignLanguage.OTHER, "Ngoại ngữ 1"),
    ],
)
def test_the_language_that_the_class_learns_is_named(school: School, language: str, label: str) -> None:
    SchoolClass.objects.update(foreign_language=language)
    (book,) = transcripts_of(class_of(school))
    assert [row.label for row in book.years[0].subjects if row.code == "NN1"] == [label]


def test_a_year_approved_by_the_deputy_is_signed_for_the_principal(school: School) -> None:
    approve(school.class_4a, school.pupils, by=school.hoa, on=school.year.starts_on)
    (book,) = transcripts_of(class_of(school))
    assert book.years[0].principal.name == "Võ Thị Hoa"
    assert book.years[0].principal.title == DEPUTY_TITLE


def test_body_and_absences_are_written_as_the_school_writes_numbers(school: School) -> None:
    add_profile(school.year, school.pupils[0])
    (book,) = transcripts_of(class_of(school))
    year = book.years[0]
    assert (year.height, year.weight) == ("128 cm", "27,5 kg")
    assert (year.absent_with_permission, year.absent_without_permission) == ("3", "0,5")


def test_what_is_not_known_of_a_pupil_stays_blank(school: School) -> None:
    Student.objects.filter(pk=school.pupils[0].pk).update(
        gender="", birth_year=None, birth_month=None, birth_day=None
    )
    (book,) = transcripts_of(class_of(school))
    year = book.years[0]
    assert (year.height, year.absent_with_permission) == ("", "")
    person = book.personal
    assert (person.gender, person.born_on, person.ethnicity, person.father) == ("", "", "", "")


def test_the_ethnic_group_is_written_by_its_official_name(school: School) -> None:
    rewrite(Student.objects.filter(pk=school.pupils[0].pk), ethnic_code="01")
    (book,) = transcripts_of(class_of(school))
    assert book.personal.ethnicity == "Kinh"


@pytest.mark.parametrize(
    ("grade", "result", "is_promoted", "note", "sentence"),
    [
        (4, "HTXS", True, "", "Hoàn thành chương trình lớp 4. Được lên lớp 5."),
        (5, "HT", True, "", "Hoàn thành chương trình tiểu học."),
        (2, "CHT", False, "", "Chưa hoàn thành chương trình lớp 2. Chưa được lên lớp 3."),
        (
            2,
            "CHT",
            False,
            "nghỉ học quá nhiều",
            "Chưa hoàn thành chương trình lớp 2. Chưa được lên lớp 3: nghỉ học quá nhiều.",
        ),
        (
            3,
            "CHT",
            True,
            "có kế hoạch giúp đỡ trong hè.",
            "Chưa hoàn thành chương trình lớp 3. Được lên lớp 4: có kế hoạch giúp đỡ trong hè.",
        ),
        (
            3,
            "CHT",
            True,
            "Được lên lớp theo quyết định của Hiệu trưởng",
            "Chưa hoàn thành chương trình lớp 3. Được lên lớp 4 theo quyết định của Hiệu trưởng.",
        ),
        (2, "HT", False, "ốm dài ngày", "Hoàn thành chương trình lớp 2. Chưa được lên lớp 3: ốm dài ngày."),
        (2, "CHT", True, "", "Chưa hoàn thành chương trình lớp 2. Được lên lớp 3."),
        (5, "CHT", False, "", "Chưa hoàn thành chương trình tiểu học."),
        (5, "CHT", False, "ốm dài ngày", "Chưa hoàn thành chương trình tiểu học: ốm dài ngày."),
        (4, "HT", True, "Khen.", "Hoàn thành chương trình lớp 4. Được lên lớp 5."),
    ],
)
def test_completion_and_promotion_are_two_things(
    grade: int, result: str, is_promoted: bool, note: str, sentence: str
) -> None:
    outcome = YearOutcome(result=result, is_promoted=is_promoted, promotion_note=note)
    assert completion_sentence(grade, outcome) == sentence


def test_the_first_result_stands_beside_that_of_the_supplementary_assessment() -> None:
    assert result_words(YearOutcome(result="HT")) == "Hoàn thành"
    again = YearOutcome(result="HT", original_result="CHT")
    assert result_words(again) == "Hoàn thành (trước khi đánh giá bổ sung: Chưa hoàn thành)"
    still = YearOutcome(result="CHT", original_result="CHT")
    assert result_words(still) == "Chưa hoàn thành (đã đánh giá bổ sung)"


def test_a_pupil_goes_by_the_ministrys_number_when_there_is_one(school: School) -> None:
    pupil = school.pupils[0]
    assert pupil_code(pupil) == f"HS{pupil.pk:06d}"
    pupil.school_code = "KD-001"
    assert pupil_code(pupil) == "KD-001"
    pupil.moet_id = "3100000417"
    assert pupil_code(pupil) == "3100000417"


def test_a_pupil_who_left_before_the_roster_day_has_no_book_in_the_class(school: School) -> None:
    (late,) = add_pupils(school.class_4a, 1)
    yesterday = school.year.day_for_roster() - datetime.timedelta(days=1)
    late.enrolments.update(starts_on=yesterday, ends_on=yesterday)
    assert [book.personal.full_name for book in transcripts_of(class_of(school))] == [
        school.pupils[0].full_name
    ]


def test_what_is_drawn_is_what_was_read(school: School) -> None:
    (past,) = add_past_years(school, 1)
    approve(past, school.pupils, by=school.bich, on=past.year.ends_on)
    fill(school.class_4a, school.pupils)
    add_profile(school.year, school.pupils[0])
    (book,) = transcripts_of(class_of(school))
    read_back.check_transcripts(pdf.render_transcript(book), [book])
