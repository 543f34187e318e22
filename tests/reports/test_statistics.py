"""The statistics: counted by hand, each number with its list, what is no level apart (rules R33, R79, R81)."""

import datetime
import io
import re
from decimal import Decimal

import pytest
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.timezone import make_aware
from python_calamine import CalamineWorkbook

from accounts import clock
from accounts.models import AccessLogEntry
from gradebook.models import SubjectResult, TraitResult, YearOutcome
from gradebook.regulation import Period
from reports.figures import differences
from reports.kept_reports import Keeping, digest_of, keep_report, report_of
from reports.kinds import kind_of
from reports.report_kind import CellKey, Moment
from reports.statistics_compare import chosen_other, other_choices, read_comparison
from reports.statistics_lists import read_pupils
from reports.statistics_matters import Matter, Whom
from reports.statistics_scope import read_asked
from students.models import Absence, Enrolment, RollCall, SchoolClass, SchoolYear, Student, YearProfile
from tests.gradebook.school import (
    CONFIRMED,
    add_pupils,
    close_window,
    exempt,
    leave_unassessed,
    open_window,
)
from tests.pupils import rewrite
from tests.reports.counted_school import counted_school, enter_all, figures, page, pupils_of
from tests.students.seats import seat

pytestmark = pytest.mark.django_db
START = "/reports/statistics/"
DAY = datetime.timedelta(days=1)


def the_school():
    return counted_school()


def listed(user, address):
    """The list behind a link of a page, read as its page reads it."""
    path, _mark, query = address.partition("?")
    asked_for = QueryDict(query)
    return read_pupils(read_asked(user, path.strip("/").split("/")[2], asked_for), asked_for)


def without_values(pupil):
    """Nothing was entered of the pupil."""
    SubjectResult.objects.filter(student=pupil).delete()
    TraitResult.objects.filter(student=pupil).delete()


def text_of(response):
    main = response.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


# -- Counted by hand ---------------------------------------------------------------------------------------


def test_levels_of_the_school_are_those_counted_by_hand(school):
    found = page(school)
    assert figures(found, "TOAN", "tat-ca", "duoc-danh-gia", "T", "H", "C", "chua-nhap") == [
        10,
        7,
        4,
        2,
        1,
        3,
    ]
    assert figures(found, "TOAN", "T%", "H%", "C%") == [Decimal("57.1"), Decimal("28.6"), Decimal("14.3")]
    assert figures(found, "TOAN", "nu.tat-ca", "nu.T", "nu.H", "nu.C") == [4, 1, 2, 0]
    assert figures(found, "TOAN", "dan-toc.tat-ca", "dan-toc.T", "dan-toc.H", "dan-toc.C") == [2, 0, 1, 0]
    assert figures(found, "TOAN", "nu-dan-toc.tat-ca", "nu-dan-toc.H", "nu-dan-toc.C") == [1, 1, 0]
    assert figures(found, "TOAN", "khuyet-tat.tat-ca", "khuyet-tat.T", "khuyet-tat.C") == [1, 0, 1]


def test_by_class_the_classes_stand_in_their_own_order_with_the_sums_of_grade_and_school(school):
    found = page(school, by="lop", item="TOAN")
    assert [row.label for row in found.table.rows] == ["1A", "Khối 1", "4A", "4B", "Khối 4", "Toàn trường"]
    of_4a, of_4b = f"lop {school.class_4a.pk}", f"lop {school.class_4b.pk}"
    assert figures(found, of_4a, "tat-ca", "T", "H", "C", "chua-nhap") == [5, 2, 1, 1, 1]
    assert figures(found, of_4b, "tat-ca", "T", "H", "C", "chua-nhap") == [3, 2, 1, 0, 0]
    assert figures(found, "khoi 4", "tat-ca", "T", "H", "C", "chua-nhap") == [8, 4, 2, 1, 1]
    assert figures(found, "truong", "tat-ca", "T", "H", "C", "chua-nhap") == [10, 4, 2, 1, 3]


def test_a_better_class_never_moves_up(school):
    """4B has no C and 4A has: the order stays that of the names, whichever is better."""
    before = [row.label for row in page(school, by="lop", item="TOAN").table.rows]
    SubjectResult.objects.filter(student__in=school.pupils).update(attainment="T")
    assert [row.label for row in page(school, by="lop", item="TOAN").table.rows] == before


def test_marks_are_counted_in_bands_and_a_zero_is_below_five(school):
    SubjectResult.objects.filter(student=pupils_of(school.class_4b)[0]).update(mark=0)
    found = page(school, "diem-ktdk")
    assert [row.key for row in found.table.rows] == [
        "TV",
        "TOAN",
    ]  # the middle of a term tests two lines in grade 4
    bands = ("10", "9", "8", "7", "6", "5", "duoi-5")
    assert figures(found, "TOAN", *bands) == [1, 1, 0, 1, 1, 1, 2]
    assert figures(found, "TOAN", "tat-ca", "duoc-danh-gia", "chua-nhap") == [8, 7, 1]
    assert figures(found, "TOAN", "10%", "duoi-5%") == [Decimal("14.3"), Decimal("28.6")]


def test_no_mean_of_marks_is_shown_anywhere(school, client):
    client.force_login(school.bich)
    shown = text_of(client.get(f"{START}diem-ktdk/?period=GHKI")).lower()
    assert "trung bình" not in shown
    assert "xếp hạng" not in shown


def test_qualities_and_competencies_stand_in_their_groups(school):
    found = page(school, "pham-chat-nang-luc")
    headings = [row.label for row in found.table.rows if not row.figures]
    assert headings == ["Phẩm chất chủ yếu", "Năng lực chung", "Năng lực đặc thù"]
    assert figures(found, "yeu_nuoc", "tat-ca", "T", "D", "C", "chua-nhap") == [10, 4, 2, 1, 3]
    assert found.table.figure("tin_hoc", "tat-ca.tat-ca.sl") == 8  # grades 1 and 2 have no Tin học


def test_one_group_alone_has_its_own_shares(school):
    found = page(school, group="nu")
    assert figures(found, "TOAN", "nu.duoc-danh-gia", "nu.T", "nu.T%", "nu.H%") == [
        3,
        1,
        Decimal("33.3"),
        Decimal("66.7"),
    ]
    assert all(column.key.startswith("nu.") for column in found.table.columns)


def test_a_class_and_a_grade_can_be_looked_at_alone(school):
    assert figures(page(school, grade="4"), "TOAN", "tat-ca", "T") == [8, 4]
    of_4b = page(school, **{"class": str(school.class_4b.pk)})
    assert figures(of_4b, "TOAN", "tat-ca", "T", "nu.H") == [3, 2, 1]
    assert "lớp 4B" in of_4b.table.title


# -- What is no level --------------------------------------------------------------------------------------


def test_not_entered_exempt_and_not_assessed_are_three_things(school):
    without_values(school.pupils[2])
    exempt(school, school.pupils[2], "TOAN")
    leave_unassessed(Student.objects.get(pk=school.pupils[1].pk))
    found = page(school, grade="4")
    columns = ("tat-ca", "duoc-danh-gia", "T", "H", "C", "chua-nhap", "mien", "khong-danh-gia")
    assert figures(found, "TOAN", *columns) == [8, 5, 4, 1, 0, 1, 1, 1]
    # Of another line the pupil is not exempt.
    assert figures(found, "TV", "chua-nhap", "mien", "khong-danh-gia") == [7, 0, 1]


def test_an_exemption_holds_from_its_period_on(school):
    exempt(school, school.pupils[2], "TOAN", period=Period.END_TERM_1)
    assert figures(page(school), "TOAN", "C", "mien") == [1, 0]
    assert figures(page(school, period="CHKI"), "TOAN", "mien") == [1]


def test_a_level_of_which_nothing_is_entered_is_missing_and_no_zero(school):
    found = page(school)
    assert figures(found, "TV", "tat-ca", "duoc-danh-gia", "T", "H", "C", "chua-nhap") == [
        10,
        0,
        None,
        None,
        None,
        10,
    ]
    of_class = page(school, by="lop", item="TOAN")
    assert figures(of_class, f"lop {school.class_1a.pk}", "T", "T%", "chua-nhap") == [None, None, 2]
    # 4B has marks and levels for all: there a zero is one.
    assert figures(of_class, f"lop {school.class_4b.pk}", "C", "chua-nhap") == [0, 0]


def test_who_has_no_gender_or_ethnic_group_recorded_is_neither_boy_nor_kinh(school):
    rewrite(Student.objects.filter(pk=school.pupils[3].pk), gender="", ethnic_code="")
    found = page(school)
    assert figures(found, "TOAN", "T", "nu.tat-ca", "dan-toc.tat-ca") == [4, 3, 2]
    # Of girls with T it was this one alone: whether there is any is not known.
    assert figures(found, "TOAN", "nu.T", "nu.H") == [None, 2]
    assert found.table.note.startswith("Chưa ghi giới tính: 1 em; chưa ghi dân tộc: 1 em")
    rewrite(Student.objects.all(), gender="", ethnic_code="")
    assert figures(page(school), "TOAN", "nu.tat-ca", "dan-toc.T", "nu-dan-toc.H") == [None, None, None]


# -- Of which moment ---------------------------------------------------------------------------------------


def at_noon(day):
    return clock.travelling(make_aware(datetime.datetime.combine(day, datetime.time(12))))


def test_who_left_after_the_lock_still_counts_and_who_came_after_it_does_not(school):
    close_window(school)
    today = clock.today()
    Enrolment.objects.filter(student=school.pupils[0]).update(ends_on=today)
    with at_noon(today + 10 * DAY):
        seat(
            [Student.objects.create(full_name="Lê Mới", sort_key="moi", search_key="le moi")],
            school.class_4a,
            starts_on=today + 5 * DAY,
            position=40,
        )
        found = page(school, by="lop", item="TOAN")
        assert figures(found, f"lop {school.class_4a.pk}", "tat-ca", "T") == [5, 2]
        # CHKI was never opened: there it is those of today.
        later = page(school, by="lop", item="TOAN", period="CHKI")
        assert figures(later, f"lop {school.class_4a.pk}", "tat-ca") == [5]


def test_who_changed_class_after_the_lock_counts_where_the_period_found_them(school):
    close_window(school)
    today = clock.today()
    pupil = school.pupils[0]
    Enrolment.objects.filter(student=pupil).update(ends_on=today)
    seat([pupil], school.class_4b, starts_on=today + DAY, position=40)
    with at_noon(today + 3 * DAY):
        found = page(school, by="lop", item="TOAN")
    assert figures(found, f"lop {school.class_4a.pk}", "tat-ca", "T") == [5, 2]
    assert figures(found, f"lop {school.class_4b.pk}", "tat-ca", "T") == [3, 2]


def test_an_open_period_counts_the_pupils_of_today(school):
    add_pupils(school.class_4b, 2)
    assert figures(
        page(school, by="lop", item="TOAN"), f"lop {school.class_4b.pk}", "tat-ca", "chua-nhap"
    ) == [5, 2]


def test_without_a_period_the_last_locked_one_is_shown(school):
    close_window(school)
    open_window(school, Period.END_TERM_1)
    assert read_asked(school.bich, "muc-dat-duoc", {}).period is Period.MID_TERM_1


# -- The year's end ----------------------------------------------------------------------------------------


@pytest.fixture
def ended(school):
    """Of 4B three decided on, of 4A nobody yet."""
    told = (
        {"result": "HTXS", "award": "HSXS", "is_promoted": True},
        {"result": "HT", "is_promoted": True},
        {"result": "CHT", "is_promoted": False, "promotion_note": "Ở lại rèn luyện."},
    )
    for pupil, what in zip(pupils_of(school.class_4b), told, strict=True):
        YearOutcome.objects.create(
            student=pupil,
            school_class=school.class_4b,
            approved_by=school.bich,
            approved_on=clock.today(),
            **what,
        )
    return school


def test_results_awards_and_promotions_are_those_the_principal_approved(ended):
    found = page(ended, "ket-qua-nam")
    of_4b = f"lop {ended.class_4b.pk}"
    assert figures(found, of_4b, "tat-ca", "HTXS", "HTT", "HT", "CHT", "chua-phe-duyet") == [3, 1, 0, 1, 1, 0]
    assert figures(found, of_4b, "chuong-trinh-co", "chuong-trinh-khong") == [2, 1]
    assert figures(found, of_4b, "len-lop-co", "len-lop-khong", "hsxs", "hstb") == [2, 1, 1, 0]
    assert figures(found, of_4b, "HTXS%", "CHT%") == [Decimal("33.3"), Decimal("33.3")]
    # Of 4A nothing is approved, which is no zero.
    of_4a = f"lop {ended.class_4a.pk}"
    assert figures(found, of_4a, "tat-ca", "HTXS", "len-lop-co", "hsxs", "chua-phe-duyet") == [
        5,
        None,
        None,
        None,
        5,
    ]
    assert figures(found, "truong", "tat-ca", "HTXS", "chua-phe-duyet") == [10, 1, 7]


def test_only_grade_five_completes_primary_school(ended):
    found = page(ended, "ket-qua-nam")
    row = next(row for row in found.table.rows if row.key == "khoi 4")
    assert "tat-ca.htct-tieu-hoc.sl" in row.not_asked


def test_who_is_not_assessed_has_no_result_and_may_go_up(ended):
    pupil = leave_unassessed(ended.pupils[0])
    YearOutcome.objects.create(
        student=pupil,
        school_class=ended.class_4a,
        result="",
        is_promoted=True,
        promotion_note="Theo KHGDCN.",
        approved_by=ended.bich,
        approved_on=clock.today(),
    )
    found = page(ended, "ket-qua-nam")
    of_4a = f"lop {ended.class_4a.pk}"
    assert figures(found, of_4a, "chua-phe-duyet", "khong-xep", "len-lop-co", "chuong-trinh-co") == [
        4,
        1,
        1,
        1,
    ]


# -- Attendance --------------------------------------------------------------------------------------------


@pytest.fixture
def called(school):
    """4A's rolls of two days in September: An half a day with leave, Bình a day with leave and one without; one absence
    taken back. 4B was never called."""
    an, binh = school.pupils[:2]
    first = datetime.date(school.year.pk, 9, 10)
    for day, session, share, absent in (
        (first, "morning", "0.5", {an: "P", binh: "P"}),
        (first, "afternoon", "0.5", {binh: "P", school.pupils[3]: ""}),
        (first + DAY, "morning", "1", {binh: "K"}),
    ):
        roll = RollCall.objects.create(
            school_class=school.class_4a,
            day=day,
            session=session,
            share=share,
            token="00000000-0000-0000-0000-000000000000",
            called_by=school.lan,
            called_at=clock.now(),
        )
        for pupil, kind in absent.items():
            Absence.objects.create(roll_call=roll, student=pupil, kind=kind)
    return school


def absent(found, row, *keys):
    return [found.table.figure(row, key) for key in keys]


def test_days_absent_are_summed_by_class_and_month(called):
    span = f"{called.year.pk}-09"
    found = page(called, "chuyen-can", by="lop", span=span)
    of_4a = f"lop {called.class_4a.pk}"
    keys = (
        "diem-danh",
        "tat-ca.co-phep.ngay",
        "tat-ca.co-phep.em",
        "tat-ca.khong-phep.ngay",
        "tat-ca.tong.ngay",
    )
    assert absent(found, of_4a, *keys) == [2, Decimal("1.5"), 2, 1, Decimal("2.5")]
    assert absent(found, of_4a, "nu.co-phep.ngay", "nu.khong-phep.ngay", "dan-toc.co-phep.ngay") == [1, 1, 1]
    by_month = page(called, "chuyen-can")
    assert absent(by_month, span, "tat-ca.co-phep.ngay") == [Decimal("1.5")]
    assert absent(by_month, "hk1", "tat-ca.co-phep.ngay") == [Decimal("1.5")]


def test_a_class_whose_roll_was_never_called_is_not_known(called):
    found = page(called, "chuyen-can", by="lop", span="nam")
    assert absent(found, f"lop {called.class_4b.pk}", "diem-danh", "tat-ca.co-phep.ngay") == [None, None]


def test_what_was_absent_outside_the_rolls_counts_in_the_year(called):
    YearProfile.objects.create(
        student=called.pupils[3], year=called.year, absent_with_leave="3", absent_without_leave="0"
    )
    year = page(called, "chuyen-can", by="lop", span="nam")
    of_4a = f"lop {called.class_4a.pk}"
    assert absent(year, of_4a, "tat-ca.co-phep.ngay", "tat-ca.co-phep.em") == [Decimal("4.5"), 3]
    month = page(called, "chuyen-can", by="lop", span=f"{called.year.pk}-09")
    assert absent(month, of_4a, "tat-ca.co-phep.ngay") == [Decimal("1.5")]


def test_an_absence_of_a_day_on_which_the_pupil_sat_elsewhere_does_not_count(called):
    Enrolment.objects.filter(student=called.pupils[0]).update(ends_on=datetime.date(called.year.pk, 9, 1))
    found = page(called, "chuyen-can", by="lop", span="nam")
    assert absent(found, f"lop {called.class_4a.pk}", "tat-ca.co-phep.em") == [1]


# -- Each number and its list ------------------------------------------------------------------------------

EVERY_PAGE = [
    ("muc-dat-duoc", {}),
    ("muc-dat-duoc", {"by": "lop", "item": "TOAN"}),
    ("muc-dat-duoc", {"grade": "4", "group": "nu"}),
    ("diem-ktdk", {}),
    ("diem-ktdk", {"by": "lop", "item": "TOAN"}),
    ("pham-chat-nang-luc", {}),
    ("pham-chat-nang-luc", {"by": "lop", "item": "yeu_nuoc"}),
    ("ket-qua-nam", {}),
]


@pytest.mark.parametrize(("matter", "query"), EVERY_PAGE)
def test_every_number_is_as_long_as_its_list(ended, matter, query):
    without_values(ended.pupils[2])
    exempt(ended, ended.pupils[2], "TOAN", "yeu_nuoc")
    leave_unassessed(Student.objects.get(pk=ended.pupils[4].pk))
    Student.objects.filter(pk=ended.pupils[3].pk).update(gender="")
    found = page(ended, matter, **query)
    compared = 0
    for row in found.table.rows:
        for column, figure in found.table.cells(row):
            if column.is_share or column.key in row.not_asked:
                continue
            pupils = listed(ended.bich, found.link(row, column)).pupils
            assert len(pupils) == (figure or 0), (row.label, column.words)
            assert len({each.pk for each in pupils}) == len(pupils)
            compared += 1
    assert compared > 40


@pytest.mark.parametrize(
    "query", [{}, {"by": "lop", "span": "nam"}, {"by": "lop", "span": "hk1", "grade": "4"}]
)
def test_every_number_of_days_is_the_sum_of_its_list(called, query):
    YearProfile.objects.create(
        student=called.pupils[3], year=called.year, absent_with_leave="3", absent_without_leave="2"
    )
    found = page(called, "chuyen-can", **query)
    compared = 0
    for row in found.table.rows:
        for column, figure in found.table.cells(row):
            if column.key == "diem-danh" or not figure:
                continue
            pupils = listed(called.bich, found.link(row, column)).pupils
            days = sum(Decimal(each.value.replace(",", ".")) for each in pupils)
            assert figure == (len(pupils) if column.key.endswith(".em") else days), (row.label, column.words)
            compared += 1
    assert compared > 5


def test_a_list_names_class_pupil_and_value_in_class_order(school, client):
    client.force_login(school.hoa)
    address = page(school).link(*_cell(page(school), "TOAN", "tat-ca.t.sl"))
    answer = client.get(address)
    shown = text_of(answer)
    assert "Toán · Hoàn thành tốt · toàn trường" in shown
    assert "4 học sinh" in shown
    names = re.findall(r'<th scope="row">\s*<a href="[^"]+">([^<]+)</a>', answer.content.decode())
    assert names == ["Nguyễn Minh An", "Phạm Ngọc Dũng", "Nguyễn Minh An", "Lê Gia Châu"]
    assert reverse("students:pupil", args=[school.pupils[0].pk]) in answer.content.decode()


def _cell(found, row_key, column_key):
    row = next(row for row in found.table.rows if row.key == row_key)
    return row, next(column for column in found.table.columns if column.key == column_key)


def test_the_list_of_a_band_tells_the_mark_itself(school):
    found = page(school, "diem-ktdk")
    pupils = listed(school.bich, found.link(*_cell(found, "TOAN", "tat-ca.duoi-5.sl"))).pupils
    assert [(each.name, each.value) for each in pupils] == [("Lê Gia Châu", "4")]


def test_the_list_as_excel_asks_for_the_password_and_is_logged(school, client):
    client.force_login(school.tuan)
    address = f"{START}muc-dat-duoc/pupils/excel/?period=GHKI&item=TOAN&column=t&group=tat-ca"
    assert client.get(address).status_code == 422
    client.post(reverse("accounts:confirm"), {**CONFIRMED, "next": address, "lasting": "exports"})
    answer = client.get(address)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue())).get_sheet_by_index(0).to_python()
    names = [row[3] for row in rows if isinstance(row[0], float)]
    assert names == ["Nguyễn Minh An", "Phạm Ngọc Dũng", "Nguyễn Minh An", "Lê Gia Châu"]
    entry = AccessLogEntry.objects.get(kind="bulk_exported")
    assert (entry.user, entry.target) == (school.tuan, "Toán · Hoàn thành tốt · toàn trường")
    assert "4 học sinh" in entry.detail


def test_who_looks_at_a_list_of_a_sensitive_group_is_logged(school, client):
    client.force_login(school.hoa)
    base = f"{START}muc-dat-duoc/pupils/?period=GHKI&item=TOAN&column=t"
    client.get(f"{base}&group=nu")
    assert not AccessLogEntry.objects.filter(kind="sensitive_viewed").exists()
    client.get(f"{base}&group=dan-toc")
    entry = AccessLogEntry.objects.get(kind="sensitive_viewed")
    assert (entry.user, entry.target) == (school.hoa, "Toán · Hoàn thành tốt · Dân tộc · toàn trường")


@pytest.mark.parametrize(
    "query",
    [
        "column=x&group=tat-ca&item=TOAN",
        "column=t&group=x&item=TOAN",
        "column=t&group=tat-ca&item=LSDL&grade=1",
        "class=0",
    ],
)
def test_a_number_that_is_on_no_page_has_no_list(school, client, query):
    client.force_login(school.bich)
    assert client.get(f"{START}muc-dat-duoc/pupils/?period=GHKI&{query}").status_code == 404


# -- Who sees what -----------------------------------------------------------------------------------------


def test_the_head_of_a_grade_sees_the_own_grade_and_nothing_sensitive(school, client):
    asked = read_asked(school.dung, "muc-dat-duoc", {"period": "GHKI", "by": "lop", "item": "TOAN"})
    assert [each.name for each in asked.classes] == ["4A", "4B"]
    assert asked.groups == (Whom.ALL, Whom.GIRLS)
    client.force_login(school.dung)
    shown = text_of(client.get(f"{START}muc-dat-duoc/?period=GHKI&by=lop&item=TOAN"))
    assert "4B" in shown
    assert "1A" not in shown
    assert "Dân tộc" not in shown
    assert "Chốt, in toàn trường" not in shown
    assert "khối 4" in shown
    assert "oàn trường" not in shown
    with pytest.raises(Http404):
        read_asked(school.dung, "muc-dat-duoc", {"class": str(school.class_1a.pk)})
    base = f"{START}muc-dat-duoc/pupils/?period=GHKI&item=TOAN&column=t"
    assert client.get(f"{base}&group=nu").status_code == 200
    assert client.get(f"{base}&group=khuyet-tat").status_code == 404


def test_the_menu_leads_the_principal_to_the_statistics_and_from_there_to_what_is_kept(school, client):
    client.force_login(school.bich)
    assert f'href="{START}"' in client.get("/").content.decode()
    shown = client.get(f"{START}muc-dat-duoc/?period=GHKI").content.decode()
    assert f"/reports/figures/thong-ke-muc-dat-duoc/?year={school.year.pk}&amp;period=GHKI" in shown
    assert "GHKI · đang mở" in shown


def test_the_table_as_excel_is_logged_and_names_nobody(school, client):
    client.force_login(school.hoa)
    answer = client.get(f"{START}muc-dat-duoc/excel/?period=GHKI&by=lop&item=TOAN")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue())).get_sheet_by_index(0).to_python()
    row = next(row for row in sheet if row[0] == "4A")
    assert row[1:4] == [5, 4, 2]
    words = " ".join(str(cell) for row in sheet for cell in row)
    assert school.pupils[0].full_name not in words
    entry = AccessLogEntry.objects.get(kind="bulk_exported")
    assert entry.target.startswith("Mức đạt được Toán")


def test_what_is_not_there_is_told_and_no_error(school, client):
    client.force_login(school.bich)
    assert client.get(f"{START}khong-co/").status_code == 404
    shown = text_of(client.get(f"{START}diem-ktdk/?period=GHKI&grade=1"))
    assert "Không có nội dung nào để đếm" in shown


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("year=1999", "Không có năm học «1999»"),
        ("period=XX", "Không có thời điểm «XX»"),
        ("grade=9", "Không có khối «9»"),
        ("item=KHONG_CO", "«KHONG_CO»"),
        ("by=x", "Không có cách xem «x»"),
        ("grade=1&class={class_4a}", "Lớp 4A không thuộc khối 1"),
    ],
)
def test_an_address_that_names_what_is_not_there_is_refused_and_gets_no_other_figures(
    school, client, wrong, words
):
    client.force_login(school.bich)
    query = wrong.format(class_4a=school.class_4a.pk)
    for page_of in ("", "compare/", "excel/", "pupils/"):
        answer = client.get(f"{START}muc-dat-duoc/{page_of}?{query}")
        assert answer.status_code == 422
        assert words in text_of(answer)
    right = client.get(f"{START}muc-dat-duoc/?grade=4&class={school.class_4a.pk}")
    assert right.status_code == 200


# -- Charts ------------------------------------------------------------------------------------------------


def test_each_chart_has_its_table_and_its_words(school, client):
    client.force_login(school.bich)
    for matter, item in (("muc-dat-duoc", "TOAN"), ("diem-ktdk", "TOAN"), ("pham-chat-nang-luc", "yeu_nuoc")):
        for cut in ("noi-dung", "lop"):
            body = client.get(f"{START}{matter}/?period=GHKI&by={cut}&item={item}").content.decode()
            charts = len(re.findall(r'<svg class="chart(?: is-long)?" ', body))
            assert charts
            assert body.count("</title>") >= charts
            assert "figure-table" in body


def test_a_bar_has_the_numbers_of_its_row(school):
    chart = page(school).charts[0]
    assert "T 4 · H 2 · C 1 · chưa nhập 3" in str(chart.svg)
    assert [words for _look, _letter, words in chart.legend] == [
        "Hoàn thành tốt",
        "Hoàn thành",
        "Chưa hoàn thành",
    ]


# -- Two times side by side --------------------------------------------------------------------------------


@pytest.fixture
def twice(school):
    """CHKI as GHKI, but for Châu of 4A, who has risen to H, and Đức, who has a T now."""
    open_window(school, Period.END_TERM_1)
    enter_all(school, Period.END_TERM_1)
    later = SubjectResult.objects.filter(period="CHKI")
    later.filter(student=school.pupils[2]).update(attainment="H")
    later.filter(student=school.pupils[4]).update(attainment="T")
    return school


def compared(school, matter="muc-dat-duoc", **query):
    asked = read_asked(school.bich, matter, {"period": "CHKI", **query})
    return read_comparison(
        school.bich, asked, chosen_other(asked, other_choices(asked), query.get("with", ""))
    )


def change(found, row, column):
    return [
        found.table.figure(row, f"{side}.tat-ca.{column}.{kind}")
        for side in ("a", "b", "doi")
        for kind in ("sl", "pct")
    ]


def test_two_periods_differ_in_numbers_and_in_percentage_points(twice):
    found = compared(twice)
    assert (found.before.period, found.after.period) == (Period.MID_TERM_1, Period.END_TERM_1)
    assert change(found, "TOAN", "t") == [4, Decimal("57.1"), 5, Decimal("62.5"), 1, Decimal("5.4")]
    assert change(found, "TOAN", "c") == [1, Decimal("14.3"), 0, Decimal("0.0"), -1, Decimal("-14.3")]
    assert change(found, "TV", "t")[4:] == [None, None]


def test_a_period_in_entry_is_marked_and_one_that_never_opened_is_not_offered(twice, client):
    asked = read_asked(twice.bich, "muc-dat-duoc", {"period": "GHKI"})
    (choice,) = other_choices(asked)
    assert choice == (f"{twice.year.pk}-CHKI", f"Cuối học kì I năm học {twice.year.label} (đang nhập)")
    found = compared(twice)
    assert "Cuối học kì I năm học" in found.table.note
    assert "đang nhập: số liệu chưa đủ" in found.table.note
    client.force_login(twice.bich)
    assert client.get(f"{START}muc-dat-duoc/compare/?period=CHKI&with={twice.year.pk}-CN").status_code == 422


def test_marks_of_a_time_at_which_fewer_grades_are_tested_are_marked(twice):
    SubjectResult.objects.create(
        student=pupils_of(twice.class_1a)[0],
        line=twice.lines[1, "TOAN"],
        period="CHKI",
        attainment="T",
        mark=9,
    )
    assert "Toán" in compared(twice, "diem-ktdk").table.note
    assert "GHKI là của khối 4, CHKI của khối 1, 4" in compared(twice, "diem-ktdk").table.note
    table, _link, _chart = page(twice, "diem-ktdk", by="lop", item="TOAN", period="CHKI").development
    assert [row.label for row in table.rows] == [
        "Giữa học kì I (chỉ khối 4; đang nhập)",
        "Cuối học kì I (đang nhập)",
    ]


def test_a_change_is_written_with_its_sign(twice, client):
    client.force_login(twice.bich)
    shown = text_of(client.get(f"{START}muc-dat-duoc/compare/?period=CHKI&with={twice.year.pk}-GHKI"))
    assert "+1" in shown
    assert "−14,3" in shown


def test_each_side_of_a_comparison_has_its_lists_and_the_difference_none(twice):
    found = compared(twice, by="lop", item="TOAN")
    row = next(row for row in found.table.rows if row.key == f"lop {twice.class_4a.pk}")
    links = {column.key: found.link(row, column) for column in found.table.columns}
    assert [each.name for each in listed(twice.bich, links["a.tat-ca.c.sl"]).pupils] == ["Lê Gia Châu"]
    assert listed(twice.bich, links["b.tat-ca.c.sl"]).pupils == ()
    assert links["doi.tat-ca.c.sl"] == ""


def test_the_same_period_of_two_years_compares_grades_and_school_not_classes(twice):
    now = twice.year
    before = SchoolYear.objects.create(
        year=now.year - 1,
        rule_set="2020",
        state=SchoolYear.State.OPEN,
        starts_on=now.starts_on - datetime.timedelta(days=365),
        first_term_ends_on=now.starts_on - datetime.timedelta(days=200),
        ends_on=now.starts_on - DAY,
        school_name=now.school_name,
        parent_body=now.parent_body,
        ward=now.ward,
        province=now.province,
        place=now.place,
    )
    former = SchoolClass.objects.create(year=before, name="4A", grade_level=4)
    line = twice.lines[4, "TOAN"].__class__.objects.create(year=before, grade_level=4, code="TOAN")
    pupils = [
        Student.objects.create(full_name=f"Lê Cũ {n}", sort_key=f"cu{n}", search_key="le cu") for n in (1, 2)
    ]
    seat(pupils, former, ends_on=before.ends_on)
    for pupil, level in zip(pupils, "TC", strict=True):
        SubjectResult.objects.create(student=pupil, line=line, period="CHKI", attainment=level)
    found = compared(twice, by="lop", item="TOAN")  # last year's same period, unless told otherwise
    assert (found.before.asked.year, found.after.asked.year) == (before, now)
    assert [row.key for row in found.table.rows] == ["khoi 1", "khoi 4", "truong"]
    assert change(found, "khoi 4", "t")[:5] == [1, Decimal("50.0"), 5, Decimal("62.5"), 4]
    assert (
        "a.tat-ca.t.sl" in found.table.row("khoi 1").not_asked
    )  # there was no grade 1: no figure is missing


def test_what_became_of_a_line_over_the_year_stands_below_the_classes(twice):
    found = page(twice, by="lop", item="TOAN")
    table, link, chart = found.development
    assert [row.key for row in table.rows] == ["GHKI", "CHKI"]
    assert [table.figure(period, "tat-ca.t.sl") for period in ("GHKI", "CHKI")] == [4, 5]
    assert str(chart.svg).count("chart-label") == 2
    row = table.rows[1]
    address = link(row, next(each for each in table.columns if each.key == "tat-ca.t.sl"))
    assert len(listed(twice.bich, address).pupils) == 5


# -- Kept as it is -----------------------------------------------------------------------------------------


def test_the_statistics_of_the_school_are_kept_and_what_differs_since_is_told(school):
    kind, moment = kind_of("thong-ke-muc-dat-duoc"), Moment(school.year, Period.MID_TERM_1)
    kept = keep_report(kind, moment, Keeping(digest_of(kind.read(moment))), by=school.tuan)
    SubjectResult.objects.filter(student=school.pupils[2], period="GHKI").update(attainment="H")
    found = {
        (each.table, each.row, each.column): (each.old, each.new)
        for each in differences(report_of(kept), kind.read(moment))
    }
    assert found["Toàn trường", "Toán", "Tổng số, H, SL"] == ("2", "3")
    assert found["Khối 4: nữ, dân tộc, nữ dân tộc, khuyết tật", "Toán", "Khuyết tật, C"] == ("1", "0")


@pytest.mark.parametrize("matter", Matter)
def test_every_matter_can_be_kept_and_its_figures_have_their_lists(called, ended, matter):
    kind = kind_of(f"thong-ke-{matter}")
    moment = Moment(
        called.year, kind.periods[-1] if matter in ("ket-qua-nam", "chuyen-can") else Period.MID_TERM_1
    )
    report = kind.read(moment)
    assert keep_report(kind, moment, Keeping(digest_of(report)), by=called.hoa).number == 1
    compared = 0
    for table in report.tables[:2]:
        for row in table.rows:
            for column, figure in table.cells(row):
                if (
                    figure
                    and not column.is_share
                    and column.key != "diem-danh"
                    and not column.key.endswith(".ngay")
                ):
                    found = kind.behind(moment, CellKey(table.key, row.key, column.key))
                    assert len(found) == figure, (table.title, row.label, column.words)
                    compared += 1
    assert compared > 3


def test_a_kept_list_of_a_sensitive_group_is_known_as_such():
    kind = kind_of("thong-ke-muc-dat-duoc")
    assert kind.tells_secrets(CellKey("truong", "TOAN", "dan-toc.t.sl"))
    assert not kind.tells_secrets(CellKey("truong", "TOAN", "nu.t.sl"))
