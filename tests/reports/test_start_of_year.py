"""Biểu 02-TH-ĐN: the form's own rows, hand-counted figures, what is missing, its workbook (R78 to R81)."""

import datetime
import io

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.models import AccessLogEntry
from reports.report_kind import CellKey, Moment
from reports.start_of_year import KIND, form_rows, the_30_september
from reports.start_of_year_form import FORM
from students.models import Student, WeekPattern, YearProfile
from tests.gradebook.school import add_pupils, make_school
from tests.pupils import rewrite

pytestmark = pytest.mark.django_db
ADDRESS = "/reports/figures/bieu-02-th-dn/"


def the_school():
    """Of 4A's five pupils the 2nd and 4th are girls, of 4B's three the 2nd, of 1A's three the 2nd: eleven, four girls.

    The 1st of 4A is a foreigner, the 2nd a Tày girl who eats at school, the 3rd cannot see well, the 4th is a year
    older than her class, the 5th repeats and is poor; all others are Kinh. The last of 1A is new.
    """
    school = make_school(pupils=4)
    school.pupils += add_pupils(school.class_4a, 1, entry_code="3")
    add_pupils(school.class_1a, 1, entry_code="0")
    rewrite(Student.objects.all(), ethnic_code="01")
    first, second, third, fourth, fifth = school.pupils
    rewrite(Student.objects.filter(pk=first.pk), ethnic_code="55")
    rewrite(Student.objects.filter(pk=second.pk), ethnic_code="02")
    rewrite(Student.objects.filter(pk=third.pk), disability_code="03")
    Student.objects.filter(pk=fourth.pk).update(birth_year=fourth.birth_year - 1)
    rewrite(Student.objects.filter(pk=fifth.pk), policy_code="08")
    for pupil in Student.objects.all():
        is_boarder = pupil.pk in (second.pk, third.pk)
        YearProfile.objects.create(
            student=pupil,
            year=school.year,
            boarding="day" if is_boarder else "",
            day_boarding_code="02" if is_boarder else "",
        )
    WeekPattern.objects.create(
        year=school.year, starts_on=school.year.starts_on, mornings=[1, 2, 3, 4, 5], afternoons=[1, 3]
    )
    WeekPattern.objects.create(
        year=school.year,
        school_class=school.class_1a,
        starts_on=school.year.starts_on,
        mornings=[1, 2, 3, 4, 5],
    )
    return school


def moment(school) -> Moment:
    return Moment(school.year, day=the_30_september(school.year))


def counted(school) -> dict[str, tuple]:
    """By code the four figures of the whole: all, girls, minority, girls among these."""
    return {row.code: row.figures[:4] for row in KIND.read(moment(school)).table("III").rows if row.code}


def test_every_figure_of_a_small_school_is_as_counted_by_hand(school):
    report = KIND.read(moment(school))
    found = counted(school)
    nobody = (0, 0, 0, 0)
    assert found["37"] == (11, 4, 1, 1)
    assert [found[code] for code in ("40", "41", "42", "43", "44")] == [
        (3, 1, 0, 0),
        nobody,
        nobody,
        (8, 3, 1, 1),
        nobody,
    ]
    assert [found[str(code)][0] for code in range(45, 52)] == [0, 3, 0, 0, 7, 1, 0]
    assert found["50"] == (1, 1, 0, 0)
    assert [found[str(code)][0] for code in range(52, 57)] == [3, 0, 0, 7, 0]
    assert (found["57"], found["58"]) == ((1, 0, 0, 0), (1, 0, 0, 0))
    assert found["59"] == (8, 3, 1, 1)
    assert found["60"] == (1, 1, 1, 1)
    assert (found["61"], found["62"], found["63"]) == ((1, 0, 0, 0), (1, 0, 0, 0), nobody)
    assert all(found[str(code)] == nobody for code in range(67, 73))
    assert found["74"] == (1, 0, 0, 0)
    assert report.faults == ()


def test_classes_are_counted_by_grade_and_a_public_school_has_nothing_private(school):
    report = KIND.read(moment(school))
    found = {row.code: row.figures for row in report.table("II").rows if row.code}
    assert found["27"] == (3, 3, 0)
    assert [found[str(code)][0] for code in range(28, 33)] == [1, 0, 0, 2, 0]
    assert (found["33"], found["34"], found["36"]) == ((2, 2, 0), (0, 0, 0), (0, 0, 0))
    for row in report.table("III").rows:
        if row.code:
            assert (row.figures[4:8], row.figures[8:]) == (row.figures[:4], (0, 0, 0, 0))


def test_what_the_school_never_recorded_is_missing_and_the_note_says_how_many_pupils_lack_it(school):
    rewrite(Student.objects.all(), gender="", ethnic_code="")
    Student.objects.filter(pk=school.pupils[0].pk).update(birth_year=None, birth_month=None, birth_day=None)
    report = KIND.read(moment(school))
    found = counted(school)
    assert found["37"] == (11, None, None, None)
    assert found["41"] == (0, 0, 0, 0)  # nobody is in grade 2, whatever is known of them
    assert (found["45"][0], found["49"][0]) == (None, 6)
    assert "11/11 em chưa có giới tính" in report.notes[0]
    assert "11/11 em chưa có dân tộc" in report.notes[1]
    assert "1/11 em chưa có năm sinh" in report.notes[2]
    assert all(found[code] == (None,) * 4 for code in ("38", "39", "75", "77"))


def test_one_pupil_without_a_gender_leaves_the_counted_and_takes_only_the_zeros(school):
    Student.objects.filter(pk=school.pupils[2].pk).update(gender="")
    found = counted(school)
    assert found["37"] == (11, 4, 1, 1)
    assert found["61"] == (1, None, 0, 0)
    assert found["58"] == (1, 0, 0, 0)


def test_disability_and_policy_recorded_of_nobody_are_missing_and_sessions_without_a_week(school):
    rewrite(Student.objects.all(), disability_code="", policy_code="")
    WeekPattern.objects.all().delete()
    found = counted(school)
    assert found["61"] == found["62"] == found["74"] == (None,) * 4
    assert found["59"] == (None,) * 4
    assert KIND.read(moment(school)).table("II").figure("33", "total") is None


def test_who_left_before_the_day_is_not_counted_and_who_came_after_neither(school):
    day = the_30_september(school.year)
    school.pupils[0].enrolments.update(ends_on=day - datetime.timedelta(days=1))
    late = add_pupils(school.class_4a, 1)[0]
    late.enrolments.update(starts_on=day + datetime.timedelta(days=1))
    assert counted(school)["37"][0] == 10


def test_a_sum_that_does_not_come_out_is_told(school):
    rewrite(Student.objects.filter(pk=school.pupils[2].pk), disability_code="06")
    report = KIND.read(moment(school))
    assert report.faults == ()
    assert any("1 em khuyết tật khác" in note for note in report.notes)


def test_the_rows_are_those_of_the_form_word_for_word():
    book = CalamineWorkbook.from_path(str(FORM))
    for part in ("II", "III"):
        for row in form_rows(part):
            cells = book.get_sheet_by_name(row.sheet).to_python(skip_empty_area=False)[row.line - 1]
            code = str(int(cells[3])) if cells[3] else ""
            assert (cells[0], cells[1], cells[2], code) == (row.number, row.label, row.unit, row.code)
            assert [cell for cell in cells[4:] if cell not in ("", "#")] == []


def test_the_schools_workbook_is_the_form_filled_in(school, client):
    client.force_login(school.tuan)
    content = client.get(f"{ADDRESS}form/").getvalue()
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["I", "III", "IV", "V", "Ghi chú"]
    pupils = book.get_sheet_by_name("III").to_python(skip_empty_area=False)
    report = KIND.read(moment(school))
    for row in form_rows("III"):
        figures = report.table("III").row(row.key).figures
        crossed = [4 + place for place, text in enumerate(pupils[row.line - 1][4:]) if text == "#"]
        for place, figure in enumerate(figures, start=4):
            shown = pupils[row.line - 1][place]
            assert shown == ("" if figure is None else figure) or place in crossed
    classes = book.get_sheet_by_name("I").to_python(skip_empty_area=False)
    assert classes[37][1:7] == ["Lớp", "lớp", 27, 3, 3, 0]
    assert classes[0][3] == f"- Đơn vị báo cáo: {school.year.school_name}"
    assert classes[9][4:7] == ["", "", ""]  # the part on schools is not ours to fill
    assert AccessLogEntry.objects.filter(kind="bulk_exported", user=school.tuan).exists()


def test_a_figure_opens_the_pupils_behind_it(school, client):
    client.force_login(school.bich)
    page = client.get(ADDRESS).content.decode()
    address = reverse("reports:report_pupils", args=[KIND.slug])
    assert f"{address}?year={school.year.pk}" in page
    query = {"table": "III", "row": "58", "column": "total all"}
    answer = client.get(address, query)
    assert [each.full_name for each in answer.context["page"]] == [school.pupils[4].full_name]
    for row in KIND.read(moment(school)).table("III").rows:
        for column, figure in zip(
            ("total all", "total girls", "public minority"), (row.figures or (0, 0, 0))[:3], strict=True
        ):
            if row.code and figure is not None and not column.startswith("public"):
                assert len(KIND.behind(moment(school), CellKey("III", row.key, column))) == figure


def test_only_who_may_see_what_is_sensitive_opens_who_is_disabled_and_it_is_logged(school, client):
    query = {"table": "III", "row": "61", "column": "total all"}
    address = reverse("reports:report_pupils", args=[KIND.slug])
    client.force_login(school.son)
    assert client.get(address, query).status_code == 403
    assert "row=61" not in client.get(ADDRESS).content.decode()
    client.force_login(school.hoa)
    answer = client.get(address, query)
    assert [each.why for each in answer.context["page"]] == ["Khuyết tật nhìn"]
    assert AccessLogEntry.objects.filter(kind="sensitive_viewed", user=school.hoa).count() == 1
    assert client.get(address, {**query, "row": "99"}).status_code == 404


def test_a_day_outside_the_year_is_refused_at_the_field(school, client):
    client.force_login(school.bich)
    answer = client.get(ADDRESS, {"day": "2019-01-01"})
    assert answer.status_code == 422
    assert "không thuộc năm học" in answer.content.decode()


@pytest.mark.parametrize("more", [0, 30])
def test_the_report_is_read_in_seven_statements_for_few_and_many(school, django_assert_num_queries, more):
    add_pupils(school.class_4b, more)
    asked = moment(school)
    with django_assert_num_queries(7):
        KIND.read(asked)
