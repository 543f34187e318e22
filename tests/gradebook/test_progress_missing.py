"""The names of what is missing, with the way to each cell; the same counts as the board."""

import datetime
import io
import re

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts import clock
from accounts.models import AccessLogEntry, SystemPart
from gradebook.models import SubjectResult
from gradebook.progress import count_entered, tally_of, with_pupil_counts
from gradebook.progress_sheets import read_sight, sheets_at
from gradebook.regulation import Period
from gradebook.sheet_gaps import read_gaps
from gradebook.sheets import Field, SheetRef
from students.models import SchoolClass
from tests.gradebook.school import (
    CONFIRMED,
    add_pupils,
    certify,
    enter,
    exempt,
    grant_to,
    leave_unassessed,
    open_window,
)
from tests.gradebook.test_progress import page_text, store

pytestmark = pytest.mark.django_db

URL = "gradebook:progress_missing"
ALL = {"attainment": "T", "mark": "9", "comment": "Tốt."}


@pytest.fixture
def busy(school):
    """Of 4A in Toán: the first has level and comment, the second nothing, the third all; the fourth is exempt, the
    fifth not assessed."""
    open_window(school)
    first, _second, third, fourth, fifth = school.pupils
    ref = school.sheet()
    for pupil, values in ((first, {"attainment": "T", "comment": "Chăm."}), (third, ALL)):
        for field, value in values.items():
            enter(ref, pupil, Field(field), value, by=school.lan)
    certify(fourth)
    exempt(school, fourth, "TOAN")
    leave_unassessed(fifth)
    return school


def rows_of(answer):
    return list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.values)


def gaps_of(school, code="TOAN", period=Period.MID_TERM_1):
    (found,) = read_gaps([school.sheet(code, period)])
    return found


def test_each_pupil_who_lacks_something_is_named_with_the_cells(busy):
    found = [(gap.student, gap.number, gap.words, gap.is_blank) for gap in gaps_of(busy).pupils]
    assert found == [
        (busy.pupils[0], 1, "điểm KTĐK", False),
        (busy.pupils[1], 2, "mức đạt được, điểm KTĐK, nhận xét", True),
    ]


@pytest.mark.parametrize("code", ["TOAN", "NN1", "NLPC"])
@pytest.mark.parametrize("period", [Period.MID_TERM_1, Period.YEAR_END])
def test_the_names_and_the_board_count_the_same(busy, code, period):
    enter(busy.sheet("NLPC"), busy.pupils[0], Field.RATING, "T", by=busy.lan, item="yeu_nuoc")
    enter(busy.sheet("NLPC"), busy.pupils[0], Field.COMMENT, "Ngoan.", by=busy.lan, item="quality")
    (school_class,) = with_pupil_counts(SchoolClass.objects.filter(pk=busy.class_4a.pk))
    ref = SheetRef(school_class, busy.sheet(code, period).line, period)
    assert gaps_of(busy, code, period).tally == tally_of(ref, count_entered(busy.year, [school_class.pk]))


def test_at_the_supplementary_assessment_only_what_is_owed_is_missing(school):
    for pupil, level in zip(school.pupils, "TCT", strict=False):
        store(school, pupil, level)
    (gap,) = gaps_of(school, period=Period.SUPPLEMENTARY).pupils
    assert (gap.student, gap.number, gap.words) == (school.pupils[1], 1, "mức đạt được, điểm KTĐK")


def test_who_came_after_the_lock_owes_nothing_of_the_period_and_what_was_brought_hides_no_gap(school, client):
    ten_days_ago = clock.now() - datetime.timedelta(days=10)
    with clock.travelling(ten_days_ago):
        open_window(school, hours=24)
        for pupil in school.pupils[1:]:
            for field, value in ALL.items():
                enter(school.sheet(), pupil, Field(field), value, by=school.lan)
    (newcomer,) = add_pupils(school.class_4a, 1)
    school.class_4a.enrolments.filter(student=newcomer).update(starts_on=clock.today())
    toan = school.lines[4, "TOAN"]
    SubjectResult.objects.create(student=newcomer, line=toan, period=Period.MID_TERM_1, **ALL)
    client.force_login(school.hoa)
    page = page_text(client.get(reverse(URL), {"class": school.class_4a.pk, "line": "TOAN"}))
    assert school.pupils[0].full_name in page
    assert newcomer.full_name not in page
    sight = read_sight(school.hoa)
    (found,) = (
        sheet
        for sheet in sheets_at(sight, [Period.MID_TERM_1])[Period.MID_TERM_1]
        if sheet.key == (school.class_4a.pk, "TOAN")
    )
    assert (found.tally.entered, found.tally.required) == (12, 15)


def test_each_name_leads_to_its_cell_in_the_sheet(busy, client):
    client.force_login(busy.lan)
    page = client.get(reverse(URL), {"period": "GHKI", "class": busy.class_4a.pk, "line": "TOAN"})
    sheet = reverse("gradebook:sheet", args=[busy.class_4a.pk, "TOAN", "GHKI"])
    ways = re.findall(rf'href="({sheet}\?[^"]+)"', page.content.decode())
    first, second = (pupil.pk for pupil in busy.pupils[:2])
    assert ways == [f"{sheet}?cell={first}.TOAN.mark#s1", f"{sheet}?cell={second}.TOAN.attainment#s2"]
    assert "Còn thiếu: Giữa học kì I · Lớp 4A, môn Toán" in page_text(page)
    assert "chưa nhập ô nào (3 ô)" in page_text(page)


def test_what_was_never_opened_is_not_missing(school, client):
    open_window(school, line_code="TOAN", school_class=school.class_4a)
    client.force_login(school.bich)
    page = client.get(reverse(URL), {"period": "GHKI"})
    assert [sheet.ref.title for sheet, *_rest in page.context["found"]] == ["Toán · Lớp 4A"]
    assert "Chưa mở nhập" in page_text(client.get(reverse(URL), {"period": "GHKI", "line": "NN1"}))


@pytest.mark.parametrize(
    ("person", "classes"),
    [("thu", {"4A", "4B"}), ("lan", {"4A"}), ("dung", {"4A", "4B"}), ("tuan", {"1A", "4A", "4B"})],
)
def test_nobody_finds_names_beyond_what_is_theirs(busy, client, person, classes):
    client.force_login(busy.people[person])
    page = client.get(reverse(URL), {"period": "GHKI", "line": "NN1" if person == "thu" else "TOAN"})
    assert {sheet.ref.school_class.name for sheet, *_rest in page.context["found"]} == classes
    asked_of_1a = client.get(reverse(URL), {"period": "GHKI", "class": busy.class_1a.pk})
    assert bool(asked_of_1a.context["found"]) == ("1A" in classes)


def test_the_part_shows_how_many_are_missing_and_no_names(busy, client):
    grant_to(busy, busy.thu, SystemPart.objects.get(code="progress"))
    client.force_login(busy.thu)
    page = client.get(reverse(URL), {"period": "GHKI", "line": "TOAN"})
    assert page.context["found"] == []
    assert "không có quyền xem" in page_text(page)


def test_the_excel_of_the_counts_has_a_row_a_sheet_and_their_sum_and_the_taker_is_logged(busy, client):
    client.force_login(busy.dung)
    rows = rows_of(client.get(reverse("gradebook:progress_file"), {"period": "GHKI", "line": "TOAN"}))
    assert rows[-3:] == [
        (1, 4, "4A", "Toán", "Nguyễn Thị Lan", "Đang mở", 9, 5, 4, 55),
        (2, 4, "4B", "Toán", "Trần Văn Minh", "Đang mở", 9, 0, 9, 0),
        (None, None, None, "Cộng các sổ đã mở", None, None, 18, 5, 13, 27),
    ]
    entry = AccessLogEntry.objects.get(kind=AccessLogEntry.Kind.BULK_EXPORTED)
    assert (entry.target, entry.detail) == (
        "Tiến độ nhập Giữa học kì I",
        "Môn Toán; 2 sổ: số ô phải nhập, đã nhập, còn thiếu",
    )


def test_a_file_of_what_is_out_of_sight_says_so(busy, client):
    client.force_login(busy.dung)
    client.get(reverse("gradebook:progress_file"), {"class": busy.class_1a.pk, "teacher": busy.ngoc.pk})
    (entry,) = AccessLogEntry.objects.filter(kind=AccessLogEntry.Kind.BULK_EXPORTED)
    assert entry.detail.startswith("Lớp ngoài phạm vi được xem, giáo viên ngoài phạm vi được xem; 0 sổ")


def test_the_excel_of_the_names_asks_the_password_and_has_a_row_a_pupil(busy, client):
    client.force_login(busy.lan)
    address = f"{reverse('gradebook:progress_missing_file')}?period=GHKI&class={busy.class_4a.pk}&line=TOAN"
    assert client.get(address).status_code == 422
    client.post(reverse("accounts:confirm"), {"next": address, "lasting": "exports", **CONFIRMED})
    rows = rows_of(client.get(address))
    assert [row[4:] for row in rows[-2:]] == [
        (1, busy.pupils[0].full_name, "điểm KTĐK", 1),
        (2, busy.pupils[1].full_name, "mức đạt được, điểm KTĐK, nhận xét", 3),
    ]


@pytest.mark.parametrize("more_classes", [0, 6])
def test_the_names_take_eleven_statements_for_a_few_classes_and_for_many(
    busy, client, django_assert_num_queries, more_classes
):
    for index in range(more_classes):
        add_pupils(SchoolClass.objects.create(year=busy.year, name=f"4X{index}", grade_level=4), 2)
    client.force_login(busy.bich)
    with django_assert_num_queries(10):
        client.get(reverse(URL))
