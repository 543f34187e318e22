"""Whoever holds a print learns from its code whether it is the current one, and what has changed since."""

import datetime
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gradebook.models import SubjectResult
from gradebook.regulation import Period
from reports.models import PrintedContent, PrintJob
from reports.print_jobs import ask_for_book
from reports.print_register import note_copies
from reports.proof import normal_code
from reports.transcripts import pupil_code
from tests.gradebook.school import make_school
from tests.reports.papers import printed
from tests.reports.school_books import approve, fill

BOOK = PrintJob.Book


@pytest.fixture(autouse=True)
def files(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def school(db):
    made = make_school(pupils=3)
    fill(made.class_4a, made.pupils)
    return made


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def transcripts(school):
    return printed(
        ask_for_book(
            book=BOOK.TRANSCRIPTS, school_class=school.class_4a, period=Period.YEAR_END, by=school.tuan
        )
    )


def class_table(school):
    return printed(
        ask_for_book(
            book=BOOK.CLASS_TABLE, school_class=school.class_4a, period=Period.YEAR_END, by=school.tuan
        )
    )


def code_of(job, place=1):
    return job.parts.select_related("content").get(place=place).content.code


def page_of(user, code):
    return signed_in(user).get(f"/p/{code.replace('-', '')}")


def words(response):
    return " ".join(response.content.decode().split())


def change_a_mark(school, pupil, mark):
    SubjectResult.objects.filter(student=pupil, line__code="TOAN", period=Period.YEAR_END).update(mark=mark)


def test_a_final_transcript_is_the_current_one_until_something_changes(school):
    approve(school.class_4a, school.pupils, by=school.hoa, on=datetime.date(2027, 5, 25))
    job = transcripts(school)
    code = code_of(job, 2)
    page = words(page_of(school.tuan, code))
    assert "Bản hiện hành" in page
    assert f"em {school.pupils[1].full_name}, lớp 4A" in page
    assert "có trong chuỗi nhật kí" in page

    old = SubjectResult.objects.get(student=school.pupils[1], line__code="TOAN", period=Period.YEAR_END)
    change_a_mark(school, school.pupils[1], 1)
    page = words(page_of(school.tuan, code))
    assert "Nội dung đã thay đổi sau khi in" in page
    label = school.year.label
    assert f'<th scope="row">{label} · Toán · Điểm KTĐK</th> <td>{old.mark}</td> <td>1</td>' in page
    assert "Bản hiện hành" in words(page_of(school.tuan, code_of(job, 1))), "the neighbour's is untouched"


def test_a_preview_says_that_it_is_one(school):
    page = words(page_of(school.tuan, code_of(transcripts(school))))
    assert "Bản xem trước" in page
    assert "Bản hiện hành" not in page


def test_the_final_sheet_of_a_pupil_is_no_preview_because_a_classmate_s_is_in_the_same_print(school):
    first, second, third = school.pupils
    approve(school.class_4a, [first, second], by=school.hoa, on=datetime.date(2027, 5, 25))
    job = transcripts(school)
    assert job.is_preview
    shown = {pupil: words(page_of(school.tuan, code_of(job, 1 + n))) for n, pupil in enumerate(school.pupils)}
    for pupil in (first, second):
        assert "Bản hiện hành" in shown[pupil]
        assert "không dùng thay sổ" not in shown[pupil]
    assert "không dùng thay sổ" in shown[third]


def test_a_class_table_that_is_not_locked_yet_is_a_preview(school):
    page = words(page_of(school.tuan, class_table(school).print_code))
    assert "không dùng thay sổ" in page


def test_a_class_table_tells_pupil_and_column_of_what_changed_and_the_newer_print(school):
    first = class_table(school)
    change_a_mark(school, school.pupils[0], 2)
    second = class_table(school)
    page = words(page_of(school.tuan, first.print_code))
    assert f"{school.pupils[0].full_name} ({pupil_code(school.pupils[0])}) · Toán · Điểm" in page
    assert second.print_code in page
    assert second.print_code != first.print_code


def test_the_same_book_printed_twice_is_kept_once_and_names_both_prints(school):
    first, second = transcripts(school), transcripts(school)
    assert PrintedContent.objects.count() == 3
    assert first.audit_code != second.audit_code
    note_copies(first, count=7, recipient="", by=school.tuan)
    page = words(page_of(school.tuan, code_of(first)))
    for job, copies in ((first, "7"), (second, "chưa ghi")):
        row = page[page.index(f"bản in số {job.pk}") :]
        row = row[: row.index("</tr>")]
        assert f"<code>{job.audit_code}</code>: có trong chuỗi nhật kí" in row
        assert copies in row


def test_a_code_of_the_chain_that_the_chain_no_longer_has_is_said_to_be_wrong(school):
    job = transcripts(school)
    number = job.audit_code.partition("-")[0]
    PrintJob.objects.filter(pk=job.pk).update(audit_code=f"{number}-AAAA-AAAA-AAAA")
    assert "không có trong chuỗi nhật kí: báo Hiệu trưởng" in words(page_of(school.tuan, code_of(job)))


def test_the_hash_of_the_contents_has_the_same_name_on_paper_and_on_its_page(school):
    job = class_table(school)
    page = words(page_of(school.tuan, job.print_code))
    assert f"<dt>SHA-256 của nội dung</dt> <dd><code>{job.content_hash}</code></dd>" in page


def test_a_colleague_learns_whether_it_holds_but_not_what_changed(school):
    code = code_of(transcripts(school))
    change_a_mark(school, school.pupils[0], 1)
    stranger = words(page_of(school.minh, code))
    assert "Nội dung đã thay đổi sau khi in" in stranger
    assert "Điểm KTĐK" not in stranger
    assert "sổ hiện nay khác với bản in" in stranger
    assert "nhờ văn thư, Ban giám hiệu hoặc giáo viên của lớp xem" in stranger
    assert "1 chỗ" not in stranger
    assert "Điểm KTĐK" in words(page_of(school.lan, code)), "the homeroom teacher sees it"


def test_who_may_not_read_the_print_is_told_of_its_code_alone_and_who_may_compare_it(school):
    approve(school.class_4a, school.pupils, by=school.hoa, on=school.year.starts_on)
    code = code_of(transcripts(school))
    stranger = words(page_of(school.minh, code))
    assert "Đối chiếu tờ giấy với các dòng dưới đây" not in stranger
    assert (
        "Thầy cô không xem được nội dung của bản in nên trang này chỉ cho biết mã còn hiện hành" in stranger
    )
    assert f"Học bạ của lớp, năm học {school.year.label}" in stranger
    for secret in (school.pupils[0].full_name, "4A", school.tuan.full_name, "SHA-256", "Mã nhật kí"):
        assert secret not in stranger
    assert "nhờ văn thư, Ban giám hiệu hoặc giáo viên của lớp" in stranger
    assert "Đối chiếu tờ giấy với các dòng dưới đây" in words(page_of(school.lan, code))


def test_a_code_that_no_print_has_is_answered_with_what_to_do(school):
    answer = page_of(school.tuan, "AAAA-AAAA")
    assert answer.status_code == 404
    assert "Không có bản in nào mang mã này" in words(answer)
    assert 'value="AAAA-AAAA"' in words(answer)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("7k3m-9qxd", "7K3M-9QXD"),
        (" 7K3M 9QXD ", "7K3M-9QXD"),
        ("OIL19QXD", "0111-9QXD"),
        ("Mã bản in: QGT4-H9VZ", "QGT4-H9VZ"),
        ("mã bản in qgt4 h9vz", "QGT4-H9VZ"),
        (["Mã HS: 3100000001 · Trần Ý · Mã bản in: QGT4-H9VZ", " 1/2"][0], "QGT4-H9VZ"),
        ("Mã bản in: QGT4-H9VZ · SHA-256 của nội dung: 9f8e", "QGT4-H9VZ"),
        ("Ma\u0303 ba\u0309n in: QGT4-H9VZ", "QGT4-H9VZ"),
        ("7K3M-9QX", ""),
        ("7K3M-9QXU", ""),
        ("", ""),
    ],
)
def test_a_code_is_read_as_people_type_it(typed, code):
    assert normal_code(typed) == code


def test_what_is_typed_wrongly_stays_in_the_field_with_its_remedy(school):
    answer = signed_in(school.tuan).get(reverse("reports:proof"), {"code": "7K3M"})
    assert answer.status_code == 422
    assert 'value="7K3M"' in words(answer)
    assert "Mã bản in có 8 chữ và số" in words(answer)


def test_the_square_code_leads_to_the_page_in_capitals_too(school):
    code = code_of(transcripts(school)).replace("-", "")
    assert signed_in(school.tuan).get(f"/P/{code}").status_code == 200
    answer = signed_in(school.tuan).get(reverse("reports:proof"), {"code": code.lower()})
    assert answer.headers["Location"] == f"/p/{code}"


def test_what_a_print_said_can_be_neither_changed_nor_deleted(school):
    transcripts(school)
    for statement in (
        "UPDATE reports_printedcontent SET words = '{}'",
        "DELETE FROM reports_printedpart",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize("ask", [transcripts, class_table])
def test_the_page_asks_as_many_statements_for_a_large_class_as_for_a_small_one(db, ask):
    counts = []
    for pupils in (2, 8):
        with transaction.atomic():
            school = make_school(pupils=pupils)
            fill(school.class_4a, school.pupils)
            code = code_of(ask(school))
            client = signed_in(school.tuan)
            client.get(f"/p/{code.replace('-', '')}")
            with CaptureQueriesContext(connection) as asked:
                assert client.get(f"/p/{code.replace('-', '')}").status_code == 200
            counts.append(len(asked))
            transaction.set_rollback(True)
    assert counts[0] == counts[1] <= 30


def test_who_scans_the_code_without_being_logged_in_is_told_what_the_log_in_is_for(school, client):
    told = "Đăng nhập để kiểm tra bản in"
    page = client.get("/P/QGT4H9VZ", follow=True).content.decode()
    assert f'{told} <span class="figures">QGT4H9VZ</span>' in page
    assert told not in client.get("/accounts/me/", follow=True).content.decode()
    typed = {"username": "x", "password": "y", "next": "/p/QGT4H9VZ"}
    assert told in client.post(reverse("accounts:login"), typed).content.decode()
