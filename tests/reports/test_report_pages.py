"""Reports of the school: their pages, files and paper; copies that stay as they were, and what differs since (R82)."""

import datetime
import io

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from accounts.audit_chain import broken_links
from accounts.models import AccessLogEntry, AuditEntry
from gradebook.regulation import Period
from reports.figures import Column, Report, Row, Table, shown
from reports.figures_excel import write_report
from reports.kept_reports import CHANGED, Keeping, KeepingRefused, digest_of, keep_report, report_of
from reports.models import KeptReport
from reports.movement_report import COUNTS, KIND
from reports.read_back import squeezed, text_of
from reports.report_files import addressee, report_paper
from reports.report_kind import Moment
from students import movements
from students.movement_plans import Draft
from students.movement_rules import Kind
from tests.gradebook.school import add_pupils, make_school, open_window
from tests.reports.kept import keep_movements, term_1
from tests.reports.papers import pages_of

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
REPORT = "/reports/figures/bien-dong-si-so/"


@pytest.fixture
def school():
    return make_school(pupils=5)


def test_a_workbook_has_heads_high_enough_and_sheets_named_in_whole_words():
    columns = (Column("a", ("Trong đó", "Nữ dân tộc")), Column("b", ("Trong đó", "Khuyết tật")))
    tables = tuple(
        Table(key, title, columns, (Row("x", "Khối 1", (1, 2)),))
        for key, title in (
            ("m", "Biến động sĩ số từ 01/08/2026 đến 15/01/2027"),
            ("n", "Biến động sĩ số từ 16/01/2027 đến 31/05/2027"),
            ("r", "Đánh giá kết quả giáo dục, hoàn thành chương trình"),
        )
    )
    book = load_workbook(io.BytesIO(write_report(Report("x", "Báo cáo", "CHKI", tables), above=())))
    assert book.sheetnames == ["Biến động sĩ số", "Biến động sĩ số (2)", "Đánh giá kết quả giáo dục"]
    sheet = book.worksheets[0]
    line = next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == "Nữ dân tộc")
    assert [sheet.row_dimensions[each].height for each in (line - 1, line)] == [15, 30]


def test_what_a_paper_shows_together_begins_with_its_heading():
    rows = [
        Row("1", "Môn học", is_heading=True),
        Row("tv", "Tiếng Việt: được đánh giá", (3,), level=1, is_heading=True),
        Row("tv T", "Hoàn thành tốt", (2,), level=2),
        Row("toan", "Toán: được đánh giá", (3,), level=1, is_heading=True),
        Row("toan T", "Hoàn thành tốt", (1,), level=2),
    ]
    columns = (Column("all", ("Tổng số",)),)
    blocks = shown(Table("t", "Khối 1", columns, tuple(rows))).blocks
    assert [[each.row.key for each in block] for block in blocks] == [["1", "tv", "tv T"], ["toan", "toan T"]]
    sums_below = shown(Table("t", "Lớp", columns, (rows[2], rows[1]))).blocks
    assert [len(block) for block in sums_below] == [2]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("UBND PHƯỜNG KIẾN AN", "UBND phường Kiến An"),
        ("UBND phường Kiến An", "UBND phường Kiến An"),
        ("ỦY BAN NHÂN DÂN XÃ AN LÃO", "Ủy ban nhân dân xã An Lão"),
    ],
)
def test_a_report_is_addressed_in_small_letters_whatever_the_heading_has(typed, written):
    assert addressee(typed) == written


def leave(school, pupil, days=40):
    on = school.year.starts_on + days * DAY
    movements.record(Draft(Kind.LEFT, pupil, on, None, leave_reason="01"), by=school.tuan)


def cells_of(content: bytes, sheet: int = 0) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(sheet).to_python()


def test_the_index_leads_to_every_report_and_the_menu_to_the_index(school, client):
    client.force_login(school.bich)
    page = client.get(reverse("reports:reports")).content.decode()
    assert REPORT in page
    assert "Báo cáo, bản đã chốt" in client.get("/").content.decode()
    client.force_login(school.lan)
    assert reverse("reports:reports") not in client.get("/").content.decode()


def test_the_report_counts_what_moved_and_links_its_files(school, client):
    leave(school, school.pupils[0])
    client.force_login(school.son)
    page = client.get(REPORT, {"period": "CHKI"}).content.decode()
    assert "Biến động sĩ số" in page
    table = KIND.read(term_1(school)).table("term1")
    assert [table.figure("class 4A", key) for key in ("first", "left", "pupils", "girls")] == [5, 1, 4, 2]
    assert [table.figure("grade 4", key) for key in ("first", "left", "pupils")] == [8, 1, 7]
    assert [table.figure("school", key) for key in ("first", "left", "pupils")] == [10, 1, 9]
    assert f"{REPORT}excel/?year={school.year.pk}&amp;period=CHKI" in page
    assert "Chốt bản này" not in page  # an inspector keeps nothing


def test_a_moment_that_is_none_is_refused_at_the_field(school, client):
    client.force_login(school.bich)
    answer = client.get(REPORT, {"period": "GHKI"})
    assert answer.status_code == 422
    assert "Báo cáo này không có thời điểm ấy" in answer.content.decode()
    assert client.get(f"{REPORT}excel/", {"period": "GHKI"}).status_code == 404


def test_the_workbook_has_the_heads_merged_and_numbers_as_numbers(school, client):
    leave(school, school.pupils[0])
    client.force_login(school.hoa)
    answer = client.get(f"{REPORT}excel/", {"period": "CHKI"})
    rows = cells_of(answer.getvalue())
    assert rows[0][0] == "Báo cáo biến động sĩ số"
    head = next(n for n, row in enumerate(rows) if row[0] == "Lớp, khối")
    assert rows[head][1:5] == ["Đầu kì", "Tăng", "", ""]
    assert rows[head + 1][2:5] == ["Nhập học", "Chuyển đến", "Học lại"]
    assert next(row for row in rows if row[0] == "4A")[:2] == ["4A", 5]
    assert any("chưa chốt" in str(row[0]) for row in rows[:head])
    assert any(f"Người xuất: {school.hoa.full_name}" in str(row[0]) for row in rows[:head])
    entry = AccessLogEntry.objects.get(kind="bulk_exported")
    assert (entry.user, entry.target) == (school.hoa, f"Biến động sĩ số, {term_1(school).words}")


def test_text_in_a_workbook_is_never_a_formula_and_what_is_missing_is_no_zero():
    table = Table("t", "=1+1", (Column("a", ("+A",)),), (Row("r", "=SUM(A1)", (None,)), Row("s", "-2", (3,))))
    rows = cells_of(write_report(Report("k", "@x", "hôm nay", (table,)), above=("=2+2",)))
    texts = [str(cell) for row in rows for cell in row if cell != ""]
    assert {"@x", "=1+1", "=2+2", "=SUM(A1)", "…", "-2"} <= set(texts)
    assert [cell for row in rows for cell in row if isinstance(cell, float)] == [3.0]


def test_the_paper_has_the_schools_heading_the_table_on_each_page_and_who_signs(school, client):
    client.force_login(school.tuan)
    content = client.get(f"{REPORT}paper/", {"period": "CHKI"}).getvalue()
    words = text_of(content)
    for part in (
        school.year.school_name.upper(),
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "BÁO CÁO BIẾN ĐỘNG SĨ SỐ",
        "Cuối học kì I",
        "Dân tộc thiểu số",
        "Toàn trường",
        "HIỆU TRƯỞNG",
        school.bich.full_name,
        "Trang 1/",
    ):
        assert squeezed(part) in words, part
    with pikepdf.open(io.BytesIO(content)) as pdf:
        width, height = (float(side) for side in pdf.pages[0].MediaBox[2:])
        assert width > height
        assert str(pdf.Root.Lang) == "vi"
        assert "/StructTreeRoot" in pdf.Root


def test_what_is_kept_says_when_by_whom_and_how_far_the_books_were_shut(school, client):
    open_window(school, "CHKI")
    client.force_login(school.tuan)
    address = f"{REPORT}keep/?year={school.year.pk}&period=CHKI"
    seen = digest_of(KIND.read(term_1(school)))
    answer = client.post(address, {"seen": seen, "note": "Nộp ngày 20/01."}, follow=True)
    kept = KeptReport.objects.get()
    page = answer.content.decode()
    assert kept.lock_state == "0/3 lớp đã khoá sổ, 3 lớp đang mở nhập."
    assert (kept.number, kept.kept_by, kept.role, kept.note) == (1, school.tuan, "Văn thư", "Nộp ngày 20/01.")
    for part in (kept.digest, kept.lock_state, school.tuan.full_name, "Nộp ngày 20/01.", "Toàn trường"):
        assert part in page
    assert report_of(kept) == KIND.read(term_1(school))


def test_figures_that_changed_since_the_page_was_made_are_not_kept_unseen(school, client):
    client.force_login(school.hoa)
    page = client.get(REPORT, {"period": "CHKI"}).content.decode()
    seen = digest_of(KIND.read(term_1(school)))
    assert seen in page
    leave(school, school.pupils[0])
    answer = client.post(f"{REPORT}keep/?period=CHKI", {"seen": seen, "note": "Bản nộp"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert CHANGED in text
    assert "Bản nộp" in text
    assert digest_of(KIND.read(term_1(school))) in text
    assert not KeptReport.objects.exists()


def test_a_second_copy_gets_the_next_number_and_the_first_says_so(school, client):
    first = keep_movements(school)
    leave(school, school.pupils[0])
    second = keep_movements(school, by=school.hoa)
    client.force_login(school.bich)
    page = client.get(reverse("reports:kept_report", args=[first.pk])).content.decode()
    assert (first.number, second.number) == (1, 2)
    assert reverse("reports:kept_report", args=[second.pk]) in page
    listed = client.get(reverse("reports:kept_reports"), {"kind": KIND.slug}).content.decode()
    assert str(first) in listed
    assert str(second) in listed


def test_copies_of_one_report_are_numbered_through_whatever_moment_they_are_of(school):
    first = keep_movements(school)
    moment = Moment(school.year, Period.YEAR_END)
    later = keep_report(KIND, moment, Keeping(digest_of(KIND.read(moment))), by=school.tuan)
    day = Moment(school.year, day=school.year.starts_on)
    other = keep_report(COUNTS, day, Keeping(digest_of(COUNTS.read(day))), by=school.tuan)
    assert (first.number, later.number, other.number) == (1, 2, 1)
    assert str(later).endswith("· bản 2")


def test_a_copy_stays_as_it_was_and_tells_each_figure_that_differs_now(school, client):
    kept = keep_movements(school)
    client.force_login(school.bich)
    address = reverse("reports:kept_report_differences", args=[kept.pk])
    assert "vẫn đúng như bản đã" in client.get(address).content.decode()
    leave(school, school.pupils[0])
    found = client.get(address).context["differences"]
    assert ("4A", "Giảm, Thôi học", "0", "1") in [(d.row, d.column, d.old, d.new) for d in found]
    assert ("Toàn trường", "Cuối kì, Sĩ số", "10", "9") in [(d.row, d.column, d.old, d.new) for d in found]
    content = client.get(reverse("reports:kept_report_excel", args=[kept.pk])).getvalue()
    row = next(row for row in cells_of(content) if row[0] == "Toàn trường")
    assert row[1:9] == [10, 0, 0, 0, 0, 0, 0, 0]
    words = text_of(client.get(reverse("reports:kept_report_paper", args=[kept.pk])).getvalue())
    assert squeezed("Bản 1, chốt lúc") in words
    assert squeezed(kept.short_digest) in words


ANOTHER_TEXT = """INSERT INTO reports_keptreport
    (kind, year_id, period, number, title, contents, digest, lock_state, note, kept_by_id, role)
    SELECT kind, year_id, period, 2, title, contents || ' ', digest, lock_state, note, kept_by_id, role
    FROM reports_keptreport"""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reports_keptreport SET note = 'khác'",
        "DELETE FROM reports_keptreport",
        "TRUNCATE reports_keptreport",
        ANOTHER_TEXT,
    ],
)
def test_the_database_refuses_any_change_of_a_copy_and_a_digest_that_is_not_its_own(school, statement):
    keep_movements(school)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_keeping_is_in_the_audit_chain_with_the_digest(school):
    kept = keep_movements(school)
    entry = AuditEntry.objects.get(table_name="reports_keptreport")
    assert (entry.actor, entry.action, entry.new["digest"]) == ("tuan", "I", kept.digest)
    assert list(broken_links()) == []


def test_only_those_who_may_keep_it(school):
    with pytest.raises(PermissionDenied, match="Phó Hiệu trưởng"):
        keep_movements(school, by=school.son)
    assert not KeptReport.objects.exists()


def test_a_remark_that_is_too_long_is_refused_whole(school):
    moment = term_1(school)
    with pytest.raises(KeepingRefused, match="Ghi ngắn lại"):
        keep_report(KIND, moment, Keeping(digest_of(KIND.read(moment)), "x" * 501), by=school.hoa)
    assert not KeptReport.objects.exists()


def test_the_page_asks_the_same_number_of_statements_for_few_and_many(
    school, client, django_assert_num_queries
):
    client.force_login(school.bich)
    client.get(REPORT, {"period": "CHKI"})
    for _few_then_many in range(2):
        with django_assert_num_queries(12):
            client.get(REPORT, {"period": "CHKI"})
        add_pupils(school.class_4b, 20)


def drawn_pages(school, rows, remarks=()):
    """The text of the pages of a paper with one table of so many rows, a sum below them."""
    columns = tuple(Column(f"c{place}", (f"Cột {place}",)) for place in range(3))
    lines = [Row(f"r{place}", f"Dòng số {place}", (place, 0, 0)) for place in range(rows)]
    table = Table(
        "t", "Bảng thử", columns, (*lines, Row("all", "Toàn trường", (rows, 0, 0), is_heading=True))
    )
    report = Report("thu", "Báo cáo thử", "Cuối năm", (table,), remarks=remarks)
    paper = report_paper(Moment(school.year, Period.YEAR_END), report, lock_state="Đã khoá sổ.")
    return pages_of(paper.drawn())


@pytest.mark.parametrize("rows", [22, 26, 31, 32])
def test_a_table_s_sum_never_stands_alone_on_the_next_page(school, rows):
    *_before, last = drawn_pages(school, rows)
    assert "Toàn trường" in last
    assert "HIỆU TRƯỞNG" in last
    assert f"Dòng số {rows - 1}" in last


def test_room_for_remarks_draws_no_row_of_a_table_from_the_page_where_there_is_room_for_it(school):
    remarks = (("Đánh giá chung", ""), ("Phương hướng", ""))
    first, last = drawn_pages(school, 27, remarks)
    assert "Toàn trường" in first
    assert [heading in last for heading, _text in remarks] == [True, True]
    assert "HIỆU TRƯỞNG" in last
