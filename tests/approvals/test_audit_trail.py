"""The audit trail: what was changed of a pupil, in a class, by a person, on a day (PLAN IV; rules R56, R57, R69)."""

import datetime
import io
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from accounts.audit_chain import head_code
from accounts.models import AccessLogEntry, AuditEntry
from approvals import corrections, opinions
from approvals.audit_differences import read_differences
from approvals.audit_trail import PARTS, Names, Wanted, changes_of, export_rows, read_trail
from approvals.audit_words import TABLES, UNTOLD, column_words, fields_of, value_words
from gradebook.models import SubjectResult
from gradebook.regulation import Period
from kimdong.watched import NOT_WATCHED, tables_of_ours
from tests.approvals.papers import applied, cleaned_picture, draft, filed, with_entries
from tests.gradebook.school import CONFIRMED, enter, make_school, open_window

pytestmark = pytest.mark.django_db


OF_REQUESTS = {TABLES[f"approvals_{each}"] for each in ("correctionrequest", "correctionitem", "evidence")}


def the_school():
    """The first pupil of 4A has a 7 in Toán, made an 8; the second a 5; a pupil of 4B a 6."""
    school = make_school()
    open_window(school, Period.END_TERM_1)
    sheet = school.sheet(period=Period.END_TERM_1)
    for pupil, mark in ((0, "7"), (0, "8"), (1, "5")):
        enter(sheet, school.pupils[pupil], "mark", mark, by=school.lan)
    return school


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def page(client, path, **asked):
    return client.get(f"/approvals/audit/{path}", asked)


def text_of(response):
    return " ".join(response.content.decode().split())


def past_the_application(school, statement):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.actor', '', true)")
        cursor.execute(statement, [school.pupils[0].pk])


def test_the_story_of_a_pupil_names_who_when_in_which_role_and_old_and_new(school):
    (line, *_older) = read_trail(school.hoa, Wanted(pupil=school.pupils[0], part="marks")).lines
    assert (line.who, line.role, line.action) == (school.lan.full_name, "GVCN 4A, môn Toán", "Sửa")
    assert line.thing == f"{school.pupils[0].full_name} · Toán {school.year.label} · Cuối học kì I"
    assert [(c.column, c.old, c.new) for c in line.changes] == [("điểm KTĐK", "7", "8")]


def test_the_story_of_a_pupil_is_no_other_pupils_and_looking_at_it_is_logged(school):
    answer = page(client_of(school.hoa), f"pupils/{school.pupils[0].pk}/")
    assert school.pupils[0].full_name in text_of(answer)
    assert school.pupils[1].full_name not in text_of(answer)
    assert AccessLogEntry.objects.filter(
        user=school.hoa, target__contains=school.pupils[0].full_name
    ).exists()


def test_the_story_of_a_class_has_its_pupils_and_not_those_of_another(school):
    of_4a = read_trail(school.hoa, Wanted(school_class=school.class_4a, part="marks")).lines
    assert [line.changes[0].new for line in of_4a] == ["5", "8", "7"]
    assert read_trail(school.hoa, Wanted(school_class=school.class_4b, part="marks")).lines == []


def test_what_was_entered_after_a_pupil_left_the_class_is_not_of_the_class(school):
    past_the_application(
        school,
        "UPDATE students_enrolment SET ends_on = current_date - 2, ended_by_id = NULL WHERE student_id = %s",
    )
    of_4a = read_trail(school.hoa, Wanted(school_class=school.class_4a, part="marks")).lines
    assert [line.changes[0].new for line in of_4a] == ["5"]


def test_the_story_of_a_person_is_what_the_person_did(school):
    lines = read_trail(school.hoa, Wanted(person=school.lan)).lines
    assert {line.who for line in lines} == {school.lan.full_name}
    assert {line.where for line in lines} == {TABLES["gradebook_subjectresult"]}


def test_the_story_of_a_day_has_that_day_alone(school):
    today = timezone.localdate()
    assert read_trail(school.hoa, Wanted(since=today, until=today)).lines
    # What migrations have written, on whichever day, is all that is older.
    earlier = read_trail(school.hoa, Wanted(until=today - datetime.timedelta(days=1))).lines
    assert {line.who for line in earlier} <= {"Hệ thống"}
    assert "3 dòng" in text_of(
        page(client_of(school.bich), "", since=today, until=today, part="marks", person=school.lan.pk)
    )


def test_a_change_by_sql_stands_in_the_story_and_in_that_of_the_cell(school):
    past_the_application(school, "UPDATE gradebook_subjectresult SET mark = 10 WHERE student_id = %s")
    (line,) = read_trail(
        school.hoa, Wanted(school_class=school.class_4a, part="marks", only_outside=True)
    ).lines
    assert (line.is_outside, line.changes[0].new) == (True, "10")
    cell = f"/gradebook/sheets/{school.class_4a.pk}/TOAN/CHKI/history/{school.pupils[0].pk}/TOAN/mark/"
    told = text_of(client_of(school.lan).get(cell))
    assert "ghi thẳng vào cơ sở dữ liệu" in told
    now = [told.index(f'class="now">{mark}<') for mark in (10, 8, 7)]
    assert now == sorted(now)


def test_a_request_is_called_by_its_number_and_one_that_never_was_filed_a_draft(school):
    with_entries(school)
    draft(school, "10", pupil=1)
    applied(school)
    lines = read_trail(school.lan, Wanted(school_class=school.class_4a, part="corrections")).lines
    things = [line.thing.rpartition(" · ")[2] for line in lines if line.where == "Phiếu đề nghị sửa"]
    assert things == ["01/2026-2027/PĐN", "01/2026-2027/PĐN", "01/2026-2027/PĐN", "nháp", "nháp"]
    told = [
        change.new
        for line in lines
        for change in line.changes
        if (line.where, line.action, change.column) == ("Ô trong phiếu đề nghị sửa", "Ghi mới", "phiếu")
    ]
    assert told == ["01/2026-2027/PĐN", "nháp"]
    (mark, *_older) = read_trail(school.hoa, Wanted(pupil=school.pupils[0], part="marks")).lines
    assert mark.under == "phiếu 01/2026-2027/PĐN"


def test_a_draft_is_in_the_story_of_nobody_but_its_proposer_until_it_is_filed(school):
    with_entries(school)
    request = draft(school, "10")
    corrections.attach(request, cleaned_picture("bài chưa gửi.jpg"), by=school.lan)
    corrections.keep_reason(request, reason="Lí do còn nghĩ dở.", by=school.lan)
    stories = [
        Wanted(),
        Wanted(school_class=school.class_4a),
        Wanted(person=school.lan),
        Wanted(pupil=school.pupils[0]),
        Wanted(part="corrections"),
    ]
    own = [
        each for each in read_trail(school.lan, Wanted(part="corrections")).lines if each.where in OF_REQUESTS
    ]
    assert len(own) == 4
    for reader in (school.hoa, school.bich, school.tuan):
        for story in stories:
            assert not OF_REQUESTS & {line.where for line in read_trail(reader, story).lines}
            assert not OF_REQUESTS & {row[7] for row in export_rows(reader, story)}
        shown = text_of(page(client_of(reader), f"pupils/{school.pupils[0].pk}/"))
        assert "Phiếu đề nghị chưa gửi lần nào chỉ người lập thấy" in shown
        assert "Lí do còn nghĩ dở." not in shown
    since = timezone.now() - datetime.timedelta(hours=1)
    told = read_differences(school.hoa, Wanted(school_class=school.class_4a), since, timezone.now())
    assert not OF_REQUESTS & {each.where for each in told}
    corrections.file_request(request, reason="Cộng nhầm.", by=school.lan)
    now = [line.where for line in read_trail(school.hoa, Wanted(part="corrections")).lines]
    assert [now.count(each) for each in sorted(OF_REQUESTS)] == [1, 3, 1]


def test_a_draft_that_was_cancelled_stays_its_proposers_alone(school):
    with_entries(school)
    corrections.cancel(draft(school, "10"), by=school.lan)
    assert read_trail(school.hoa, Wanted(part="corrections")).lines == []
    assert read_trail(school.lan, Wanted(part="corrections")).lines


def test_the_story_of_a_pupil_has_each_act_of_the_requests_about_the_pupil_with_who_and_when(school, client):
    with_entries(school)
    request = filed(school)
    opinions.give_opinion(request, opinion="Bài đúng là 9 điểm.", by=school.dung)
    opinions.ask_for_more(request, note="Chụp lại trang có điểm.", by=school.hoa)
    corrections.file_request(request, reason="Cộng nhầm phần đọc, trang 2.", by=school.lan)
    corrections.decide(request, approve=True, note="", by=school.hoa)
    corrections.carry_out(request, by=school.tuan)
    client.force_login(school.lan)
    client.get(f"/approvals/requests/{request.pk}/")
    corrections.cancel(filed(school, "8"), note="Không cần nữa.", by=school.lan)
    corrections.decide(filed(school, "8"), approve=False, note="Thiếu bài.", by=school.hoa)
    filed(school, "8", pupil=1)
    story = read_trail(school.bich, Wanted(pupil=school.pupils[0], part="corrections")).lines
    acts = [(line.action, line.who) for line in story if line.where == TABLES["approvals_correctionrequest"]]
    lan, hoa, tuan, dung = (each.full_name for each in (school.lan, school.hoa, school.tuan, school.dung))
    again = [("Gửi phiếu", lan), ("Lập phiếu", lan)]
    assert acts == [
        *(("Từ chối", hoa), *again, ("Huỷ phiếu", lan), *again),
        *(("Người lập đã xem", lan), ("Thực hiện: đã ghi vào sổ", tuan), ("Phê chuẩn", hoa)),
        *(("Bổ sung, gửi lại phiếu", lan), ("Yêu cầu bổ sung", hoa), ("Ý kiến tổ (khối) trưởng", dung)),
        *again,
    ]
    assert request.label in text_of(page(client_of(school.hoa), f"pupils/{school.pupils[0].pk}/"))


def test_a_page_costs_the_same_for_few_lines_and_for_many(school, django_assert_num_queries):
    with django_assert_num_queries(7):
        read_trail(school.hoa, Wanted(school_class=school.class_4a))
    for pupil in school.pupils:
        enter(school.sheet(period=Period.END_TERM_1), pupil, "comment", "Em chăm.", by=school.lan)
    with django_assert_num_queries(7):
        read_trail(school.hoa, Wanted(school_class=school.class_4a))


def test_the_next_page_begins_where_the_last_ended(school):
    newest = read_trail(school.hoa, Wanted())
    assert newest.older == newest.lines[-1].seq
    assert read_trail(school.hoa, Wanted(), before=newest.older).lines[0].seq == newest.older - 1


def test_the_file_has_the_lines_as_text_names_its_filter_and_is_logged(school):
    sheet = school.sheet(period=Period.END_TERM_1)
    enter(sheet, school.pupils[2], "comment", '=HYPERLINK("http://x")', by=school.lan)
    client = client_of(school.tuan)
    asked = {"pupil": school.pupils[2].pk, "part": "marks"}
    path = f"/approvals/audit/excel/?{urlencode(asked)}"
    assert "Gõ lại mật khẩu" in text_of(client.get(path))
    client.post("/accounts/confirm/", {"next": path, "lasting": "exports", **CONFIRMED})
    answer = client.get(path)
    rows = list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.iter_rows())
    cell = rows[-1][-1]
    assert "=HYPERLINK" in cell.value
    assert cell.data_type == "s"
    assert f"học sinh: {school.pupils[2].full_name}" in "".join(str(row[0].value) for row in rows)
    assert AccessLogEntry.objects.filter(user=school.tuan, kind="bulk_exported").exists()


def test_the_difference_of_two_moments_is_how_each_row_stood(school):
    sheet = school.sheet(period=Period.END_TERM_1)
    (first,) = AuditEntry.objects.order_by("-seq")[:1]
    enter(sheet, school.pupils[0], "mark", "9", by=school.lan)
    enter(sheet, school.pupils[0], "mark", "10", by=school.lan)
    enter(sheet, school.pupils[1], "mark", "6", by=school.lan)
    enter(sheet, school.pupils[1], "mark", "5", by=school.lan)
    of_the_sheet = Wanted(school_class=school.class_4a, line="TOAN", period="CHKI")
    assert read_differences(school.hoa, replace(of_the_sheet, line="TV"), first.at, timezone.now()) == []
    found = read_differences(school.hoa, of_the_sheet, first.at, timezone.now())
    assert [(each.thing.split(" · ")[0], each.times) for each in found] == [(school.pupils[0].full_name, 2)]
    assert [(c.old, c.new) for c in found[0].changes] == [("8", "10")]


def test_the_page_of_differences_begins_with_today_and_says_what_is_wrong_with_other_moments(school):
    client = client_of(school.hoa)
    path = f"classes/{school.class_4a.pk}/differences/"
    assert school.pupils[1].full_name in text_of(page(client, path))
    wrong = page(client, path, first="2026-11-05T17:00", last="2026-11-05T16:00")
    assert wrong.status_code == 422
    assert "phải sau «Từ lúc»" in text_of(wrong)


def test_the_differences_leave_as_a_file_after_the_password_and_the_log_says_so(school):
    client = client_of(school.tuan)
    day = timezone.localdate()
    asked = {
        "first": f"{day}T00:00",
        "last": f"{day + datetime.timedelta(days=1)}T00:00",
        "line": "TOAN",
        "period": "CHKI",
        "file": 1,
    }
    path = f"/approvals/audit/classes/{school.class_4a.pk}/differences/?{urlencode(asked)}"
    assert "Gõ lại mật khẩu" in text_of(client.get(path))
    client.post("/accounts/confirm/", {"next": path, "lasting": "exports", **CONFIRMED})
    rows = list(load_workbook(io.BytesIO(b"".join(client.get(path).streaming_content))).active.values)
    assert [row[3] for row in rows if school.pupils[0].full_name in str(row[1])] == ["điểm KTĐK: trống → 8"]
    logged = AccessLogEntry.objects.filter(user=school.tuan, kind="bulk_exported").latest("pk")
    assert logged.detail.startswith("2 dòng; Thay đổi của lớp 4A từ ")


def test_too_many_lines_for_a_file_are_refused_with_the_remedy(school, monkeypatch):
    monkeypatch.setattr("approvals.audit_trail.MOST_EXPORTED", 2)
    monkeypatch.setattr("approvals.audit_views.MOST_EXPORTED", 2)
    answer = page(client_of(school.hoa), "excel/")
    assert answer.status_code == 422
    assert "Có hơn 2 dòng. Chọn khoảng thời gian hẹp hơn" in text_of(answer)


def test_a_code_from_a_printed_book_holds_or_not(school):
    client, code = client_of(school.bich), head_code()
    assert "Mã còn trong nhật kí" in text_of(page(client, "", code=code.lower()))
    assert "Không có mã này" in text_of(page(client, "", code=code[:-1] + ("0" if code[-1] != "0" else "1")))
    assert "chưa đúng dạng" in text_of(page(client, "", code="một hai ba"))


def test_every_watched_table_has_a_name_and_every_part_names_watched_tables():
    watched = set(tables_of_ours()) - NOT_WATCHED.keys()
    assert watched <= TABLES.keys()
    for _words, tables in PARTS.values():
        assert set(tables) <= TABLES.keys()


def test_every_column_that_is_told_has_vietnamese_words():
    told = {
        (table, column)
        for table in set(tables_of_ours()) - NOT_WATCHED.keys()
        for column in fields_of(table).keys() - UNTOLD
    }
    assert [pair for pair in sorted(told) if column_words(*pair) == pair[1]] == []


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("field", "attainment", "mức đạt được"),
        ("field", "repeat", "điểm kiểm tra lại"),
        ("item", "2026-10-05.morning", "Buổi sáng ngày 05/10/2026"),
        ("item", "TOAN", "Toán"),
        ("act", "close", "kết thúc"),
    ],
)
def test_values_of_the_program_are_told_in_vietnamese(column, value, shown):
    assert value_words("approvals_correctionitem", column, value) == shown


def test_where_a_file_lies_on_the_disk_is_on_no_page():
    kept = {"file": "evidence/11/9a02.pdf", "name": "biên bản.pdf", "kind": "application/pdf"}
    told = [(each.column, each.new) for each in changes_of("approvals_evidence", None, kept, Names())]
    assert told == [("loại", "PDF")]


def test_a_teacher_sees_the_story_of_own_cells_only(school):
    assert page(client_of(school.lan), f"pupils/{school.pupils[0].pk}/").status_code == 403
    assert SubjectResult.objects.count() == 2
