"""«Sẵn sàng khoá sổ?»: what is missing and by whom, what is odd, what is still open, before a period is closed."""

import io
import re

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import AccessLogEntry, User
from gradebook.doubt_answers import give_reasons
from gradebook.models import TeachingAssignment
from gradebook.progress import Tally
from gradebook.progress_sheets import read_watched
from gradebook.readiness import read_readiness, readiness_rows
from gradebook.regulation import Period
from gradebook.scopes import Scope
from gradebook.sheets import Field
from tests.gradebook.school import CONFIRMED, close_window, enter, open_window
from tests.gradebook.test_progress import page_text
from tests.gradebook.test_team_reminders import fill_ngoai_ngu

pytestmark = pytest.mark.django_db

URL = "gradebook:readiness"
LANGUAGE = Scope(line_code="NN1")


def report_of(school, scope=LANGUAGE, period=Period.MID_TERM_1, by="bich"):
    return read_readiness(read_watched(User.objects.get(pk=school.people[by].pk)), period, scope)


def test_what_is_missing_is_told_by_whom_and_by_name(school):
    open_window(school)
    enter(school.sheet("NN1"), school.pupils[0], Field.ATTAINMENT, "T", by=school.thu)
    report = report_of(school)
    assert (report.total, report.word) == (Tally(1, 16), "Chưa sẵn sàng: còn thiếu 15 ô")
    assert [(row.name, row.tally.missing, len(row.behind)) for row in report.behind] == [
        ("Lê Thị Thu", 15, 2)
    ]
    assert [sheet.ref.title for sheet in report.untouched] == ["Ngoại ngữ 1 · Lớp 4B"]
    assert report.gaps[0][1].pupils[0].words == "nhận xét"


def test_once_all_is_entered_and_nothing_is_open_it_is_ready(school):
    open_window(school)
    fill_ngoai_ngu(school, school.thu)
    open_window(school, teacher=school.thu, hours=48)
    report = report_of(school)
    assert (report.word, [each.is_personal for each in report.running]) == (
        "Đủ ô, còn 1 điều cần xem",
        [False, True],
    )
    close_window(school)
    assert report_of(school).word == "Sẵn sàng khoá sổ"


def test_sheets_of_nobody_and_sheets_never_opened_are_named(school):
    TeachingAssignment.objects.filter(teacher=school.thu, school_class=school.class_4a).delete()
    open_window(school, school_class=school.class_4a)
    report = report_of(school)
    assert [sheet.ref.title for sheet in report.unassigned] == ["Ngoại ngữ 1 · Lớp 4A"]
    assert [sheet.ref.title for sheet in report.shut] == ["Ngoại ngữ 1 · Lớp 4B"]
    assert [row.name for row in report.behind] == ["Chưa phân công"]


def test_what_is_odd_counts_until_a_reason_is_given(school):
    open_window(school)
    first, second = school.pupils[:2]
    enter(school.sheet(), first, Field.ATTAINMENT, "T", by=school.lan)
    enter(school.sheet(), first, Field.MARK, "4", by=school.lan)
    enter(school.sheet(), second, Field.ATTAINMENT, "C", by=school.lan)
    enter(school.sheet("NLPC"), second, Field.RATING, "T", by=school.lan, item="tinh_toan")
    scope = Scope(class_id=school.class_4a.pk)
    odd, pair = report_of(school, scope).doubts
    assert (odd.student, odd.cell, odd.number) == (first, f"{first.pk}.TOAN.mark", 1)
    assert (pair.student, pair.ref.code, pair.cell) == (second, "NLPC", f"{second.pk}.tinh_toan.rating")
    give_reasons(school.sheet(), {(first.pk, odd.sentence): "Bài làm lạc đề."}, by=school.lan)
    assert report_of(school, scope).doubts == (pair,)


def test_a_head_is_told_of_the_own_grade_and_a_teacher_is_sent_to_the_own_progress(school, client):
    open_window(school)
    client.force_login(school.dung)
    page = client.get(reverse(URL))
    assert {sheet.ref.school_class.name for sheet in page.context["report"].sheets} == {"4A", "4B"}
    assert "Phạm vi: Khối 4." in page_text(page)
    client.force_login(school.lan)
    refused = client.get(reverse(URL))
    assert refused.status_code == 403
    assert "Giáo viên xem phần của mình ở «Tiến độ nhập»" in refused.content.decode()


def test_an_order_leads_to_the_report_of_its_scope(school, client):
    order = open_window(school, line_code="NN1", school_class=school.class_4a).order
    client.force_login(school.hoa)
    html = client.get(reverse("gradebook:order", args=[order.pk])).content.decode()
    way = f"{reverse(URL)}?order={order.pk}"
    assert way in html
    page = client.get(way)
    assert [sheet.ref.title for sheet in page.context["report"].sheets] == ["Ngoại ngữ 1 · Lớp 4A"]
    assert f"Theo văn bản số {order.number}." in page_text(page)
    assert client.get(reverse(URL), {"order": "x"}).status_code == 404


def test_a_head_reads_which_part_of_a_school_order_is_counted_and_what_is_out_of_reach(school, client):
    order = open_window(school, line_code="NN1").order
    client.force_login(school.dung)
    part = "Phạm vi: Khối 4, môn Ngoại ngữ 1 (phần thầy cô theo dõi trong phạm vi của văn bản)."
    assert part in page_text(client.get(reverse(URL), {"order": order.pk}))
    assert "Phạm vi: Khối 4, môn Ngoại ngữ 1." in page_text(client.get(reverse(URL), {"line": "NN1"}))
    outside = page_text(client.get(reverse(URL), {"class": school.class_1a.pk}))
    assert "Phạm vi: ngoài phần thầy cô theo dõi (Khối 4)." in outside
    assert "Chưa mở" not in outside
    client.force_login(school.bich)
    assert "Phạm vi: Toàn trường, môn Ngoại ngữ 1." in page_text(
        client.get(reverse(URL), {"order": order.pk})
    )


def test_the_principal_finds_it_before_signing_an_order_to_lock(school, client):
    client.force_login(school.bich)
    assert reverse(URL) in client.get(reverse("gradebook:order_new"), {"kind": "lock"}).content.decode()
    assert reverse(URL) not in client.get(reverse("gradebook:order_new"), {"kind": "open"}).content.decode()


def test_at_the_years_end_classes_whose_results_are_not_approved_are_named(school):
    open_window(school, Period.YEAR_END, school_class=school.class_4a)
    (waiting,) = report_of(school, Scope(), Period.YEAR_END).year_ends
    assert (waiting.school_class, waiting.state.label) == (school.class_4a, "Giáo viên chủ nhiệm đang xét")
    assert report_of(school, LANGUAGE, Period.YEAR_END).year_ends == ()


def test_the_report_is_a_workbook_too_and_who_took_it_is_logged(school, client):
    open_window(school)
    client.force_login(school.tuan)
    address = f"{reverse('gradebook:readiness_file')}?period=GHKI&line=NN1&class={school.class_4b.pk}"
    assert client.get(address).status_code == 422
    client.post(reverse("accounts:confirm"), {"next": address, "lasting": "exports", **CONFIRMED})
    book = load_workbook(io.BytesIO(b"".join(client.get(address).streaming_content)))
    rows = list(book.active.values)
    assert rows[2][0] == "Phạm vi: Lớp 4B, môn Ngoại ngữ 1."
    assert [row[1] for row in rows[-4:]] == ["Ô còn thiếu"] * 3 + ["Còn mở"]
    assert rows[-4][2:5] == ("4B", "Ngoại ngữ 1", "Lê Thị Thu")
    assert rows[-4][6:] == ("mức đạt được, nhận xét", 2)
    entry = AccessLogEntry.objects.get(kind=AccessLogEntry.Kind.BULK_EXPORTED)
    assert entry.target == "Sẵn sàng khoá sổ Giữa học kì I"
    assert "4 dòng" in entry.detail


def test_very_many_names_are_left_to_the_pages_by_sheet_and_to_excel(school, client, monkeypatch):
    open_window(school)
    monkeypatch.setattr("gradebook.readiness.MOST_NAMES", 3)
    client.force_login(school.bich)
    page = client.get(reverse(URL))
    assert "dài quá để in" in page_text(page)
    assert re.search(r'progress/missing/\?period=GHKI"', page.content.decode())
    assert len(readiness_rows(page.context["report"])) > 3


@pytest.mark.parametrize("scope", [Scope(), LANGUAGE])
def test_the_report_takes_eight_statements_whatever_its_scope(school, django_assert_num_queries, scope):
    open_window(school)
    sight_of = User.objects.get(pk=school.bich.pk)
    with django_assert_num_queries(9):  # the powers among them
        read_readiness(read_watched(sight_of), Period.MID_TERM_1, scope)
