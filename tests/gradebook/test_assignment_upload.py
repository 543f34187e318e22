"""The vice-principal takes in the year's assignments by Excel: shown row by row, then all or nothing (PLAN IV.2)."""

import datetime
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.dates import Days
from accounts.models import Team, User
from gradebook.assignments import assign, hand_over_assignment
from gradebook.models import TeachingAssignment
from students.models import HomeroomAssignment
from tests.gradebook.school import CONFIRMED

pytestmark = pytest.mark.django_db

UPLOAD = "gradebook:assignment_upload"
HEADING = ["Mã cán bộ", "Họ và tên", "Tổ chuyên môn", "Lớp chủ nhiệm", "Môn dạy", "Lớp dạy"]
LAN = ["CB01", "Nguyễn Thị Lan", None, "4A", "Toán, Tiếng Việt", "4A"]
MINH = ["CB02", "Trần Văn Minh", None, "4B", "Toán", "4B"]
THU = ["CB03", "Lê Thị Thu", None, None, "Tiếng Anh", "4A, 4B"]


@pytest.fixture
def hoa(school):
    return signed_in(school.hoa)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def workbook(*rows, heading=HEADING):
    book = openpyxl.Workbook()
    for row in (heading, *rows):
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return SimpleUploadedFile("phan-cong.xlsx", kept.getvalue())


def preview(client, school, *rows, heading=HEADING, file=None, day=None):
    told = {
        "year": school.year.pk,
        "starts_on": (day or clock.today()).isoformat(),
        "reason": "QĐ 12/QĐ-THKĐ",
        "file": file or workbook(*rows, heading=heading),
    }
    return client.post(reverse(UPLOAD), told)


def apply(client, shown, **more):
    told = {"wanted": shown.context["token"], "previewed": shown.context["plan"].fingerprint}
    return client.post(reverse(UPLOAD), {**told, **CONFIRMED, **more})


def reasons(shown):
    return [reason for row in shown.context["plan"].rows for reason in row.reasons]


def teacher_of(school, code, school_class=None, day=None):
    held = TeachingAssignment.objects.held_on(day or clock.today())
    return held.get(school_class=school_class or school.class_4a, line__code=code).teacher.username


def assignments():
    return [
        *HomeroomAssignment.objects.order_by("pk").values_list("pk", "teacher", "starts_on", "ends_on"),
        *TeachingAssignment.objects.order_by("pk").values_list("pk", "teacher", "starts_on", "ends_on"),
    ]


def test_the_dry_run_says_what_begins_changes_and_ends_and_writes_nothing(school, hoa):
    before = assignments()
    lan = ["CB01", "Nguyễn Thị Lan", None, "4A", "Toán, Khoa học", "4A"]
    minh = ["CB02", "Trần Văn Minh", "Tổ 4", "4B", "Tiếng Việt", "4A"]
    shown = preview(hoa, school, lan, minh)
    page = shown.content.decode()
    first, second = shown.context["plan"].rows
    assert (first.begun, first.ended, first.kept) == ("Khoa học lớp 4A", "", 2)
    assert second.taken == {"Nguyễn Thị Lan": "Tiếng Việt lớp 4A"}
    assert second.ended == "Toán lớp 4B"
    assert "<strong>Nhận từ Nguyễn Thị Lan:</strong> Tiếng Việt lớp 4A" in page
    assert "đổi tổ của 1 người" in page
    assert assignments() == before


def test_carried_out_the_seats_move_on_the_day_with_the_reason_in_the_history(school, hoa):
    tomorrow = clock.today() + datetime.timedelta(days=1)
    lan = ["CB01", "Nguyễn Thị Lan", None, "4A", "Khoa học", "4A"]
    minh = ["CB02", "Trần Văn Minh", "Tổ 4", "4B", "Tiếng Việt", "4A"]
    answer = apply(hoa, preview(hoa, school, lan, minh, day=tomorrow))
    assert answer.status_code == 302
    assert [teacher_of(school, code, day=tomorrow) for code in ("KH", "TV")] == ["lan", "minh"]
    assert teacher_of(school, "TV") == "lan", "today is still as it was"
    ended = TeachingAssignment.objects.get(school_class=school.class_4a, line__code="TOAN")
    assert ended.ends_on == clock.today()
    assert ended.history.first().history_change_reason == "QĐ 12/QĐ-THKĐ"
    begun = TeachingAssignment.objects.get(school_class=school.class_4a, line__code="KH")
    assert begun.ends_on == school.year.ends_on
    assert begun.history.get().history_user == school.hoa
    assert begun.history.get().source == "excel"
    assert User.objects.get(username="minh").team.name == "Tổ 4"


def test_the_same_file_twice_changes_nothing(school, hoa):
    rows = [LAN, ["CB02", "Trần Văn Minh", None, "4B", "Toán, Khoa học", "4B"]]
    first = preview(hoa, school, *rows)
    apply(hoa, first)
    after = assignments()
    again = preview(hoa, school, *rows)
    assert not again.context["plan"].changes_anything
    assert "đã đúng như trong tệp" in again.content.decode()
    assert apply(hoa, first).status_code == 409, "the first dry run is out of date"
    assert assignments() == after


def test_a_wrong_row_is_refused_with_its_cell_and_remedy_and_keeps_the_others_out(school, hoa):
    before = assignments()
    shown = preview(
        hoa,
        school,
        ["CB02", "Trần Văn Minh", None, "4B", "Toán, Khoa học", "4B"],
        ["CB77", "Người Mới", None, None, None, None],
        ["CB01", "Lê Thị Khác", None, None, None, None],
        ["CB03", "Lê Thị Thu", "Tổ 9", "9Z", "Bùa chú", "4A"],
        ["CB04", "Phạm Quốc Dũng", None, "4B", "Toán", None],
    )
    assert shown.status_code == 422
    page = shown.content.decode()
    for words in (
        "Ô A3 «Mã cán bộ»: Mã «CB77» chưa có tài khoản. Văn thư cấp tài khoản trước",
        "Ô A4 «Mã cán bộ»: Mã «CB01» là của Nguyễn Thị Lan, không phải Lê Thị Khác",
        "Ô C5 «Tổ chuyên môn»: Chưa có tổ «Tổ 9». Các tổ hiện có: Tổ 4",
        "Ô D5 «Lớp chủ nhiệm»: Năm học này chưa có lớp 9Z",
        "Ô E5 «Môn dạy»: Không có môn «Bùa chú»",
        "Ô F6 «Lớp dạy»: Có môn dạy mà thiếu lớp dạy",
        "Lớp chủ nhiệm «4B» đã có ở hàng 2",
    ):
        assert words in page
    assert shown.context["token"] == ""
    assert assignments() == before


def test_one_seat_is_not_given_to_two(school, hoa):
    shown = preview(hoa, school, LAN, ["CB04", "Phạm Quốc Dũng", None, None, "Toán", "4A"])
    assert reasons(shown) == [
        "Ô F3 «Lớp dạy»: Toán lớp 4A đã ghi cho Nguyễn Thị Lan ở hàng 2. Sửa một trong hai hàng."
    ]


def test_what_another_row_has_already_is_one_sentence_however_many_seats(school, hoa):
    shown = preview(hoa, school, LAN, ["CB04", "Phạm Quốc Dũng", None, None, "Toán, Tiếng Việt", "4A"])
    (reason,) = reasons(shown)
    assert "Toán lớp 4A; Tiếng Việt lớp 4A đã ghi cho Nguyễn Thị Lan ở hàng 2" in reason


def test_a_class_that_cannot_be_read_is_told_once(school, hoa):
    shown = preview(hoa, school, ["CB04", "Phạm Quốc Dũng", None, None, "Toán", "bốn a"])
    assert len(reasons(shown)) == 1
    assert "Không rõ lớp" in reasons(shown)[0]


def test_a_subject_that_the_grade_does_not_have_is_left_out_and_said(school, hoa):
    shown = preview(hoa, school, ["CB05", "Đặng Bảo Ngọc", None, "1A", "Toán, Khoa học", "1A"])
    assert not shown.context["plan"].changes_anything
    assert "Lớp 1A không học Khoa học: bỏ qua." in shown.content.decode()


def test_what_the_file_has_no_column_for_stays(school, hoa):
    shown = preview(hoa, school, ["CB01", "Nguyễn Thị Lan", "4A"], heading=[*HEADING[:2], "Lớp chủ nhiệm"])
    assert not shown.context["plan"].changes_anything


def test_whoever_is_not_in_the_file_keeps_theirs(school, hoa):
    assert not preview(hoa, school, THU).context["plan"].changes_anything


def test_nobody_assigns_themselves_by_a_file(school, hoa):
    shown = preview(hoa, school, ["CB07", "Võ Thị Hoa", None, None, "Khoa học", "4A"])
    assert "Không ai tự phân công" in reasons(shown)[0]
    assert shown.context["token"] == ""


def test_a_seat_with_a_substitute_stays_with_the_regular_teacher_and_is_moved_on_its_page(school, hoa):
    toan = TeachingAssignment.objects.get(school_class=school.class_4a, line__code="TOAN")
    until = clock.today() + datetime.timedelta(days=5)
    hand_over_assignment(
        toan, to=school.dung, days=Days(clock.today(), until), reason="Nghỉ ốm", by=school.hoa
    )
    assert not preview(hoa, school, LAN).context["plan"].changes_anything
    shown = preview(hoa, school, ["CB04", "Phạm Quốc Dũng", None, None, "Toán", "4A"])
    assert "đang có làm thay hoặc đã giao cho ngày khác" in reasons(shown)[0]


def test_a_shut_account_gets_nothing(school, hoa):
    User.objects.filter(username="dung").update(is_active=False)
    shown = preview(hoa, school, ["CB04", "Phạm Quốc Dũng", None, None, "Khoa học", "4A"])
    assert "đã đóng" in reasons(shown)[0]


def test_it_asks_for_the_password_and_writes_nothing_without(school, hoa):
    before = assignments()
    shown = preview(hoa, school, ["CB04", "Phạm Quốc Dũng", None, None, "Khoa học", "4A"])
    answer = apply(hoa, shown, confirm_password="")
    assert answer.status_code == 422
    assert "Gõ lại mật khẩu" in answer.content.decode()
    assert shown.context["token"] in answer.content.decode(), "the second step is kept"
    assert assignments() == before


def test_what_was_shown_to_another_or_has_changed_meanwhile_is_not_carried_out(school, hoa):
    dung = ["CB04", "Phạm Quốc Dũng", None, None, "Khoa học", "4A"]
    shown = preview(hoa, school, dung)
    assert apply(signed_in(school.bich), shown).status_code == 422
    assert apply(hoa, shown, wanted="x").status_code == 422
    assign(
        school.minh,
        school.class_4a,
        school.lines[4, "KH"],
        days=Days(clock.today(), school.year.ends_on),
        reason="QĐ 13",
        by=school.bich,
    )
    answer = apply(hoa, shown)
    assert answer.status_code == 409
    assert "Phân công vừa thay đổi trong lúc xem trước" in answer.content.decode()
    assert teacher_of(school, "KH") == "minh"


def test_the_present_assignments_upload_back_unchanged_in_as_many_rows_as_a_teacher_needs(school, hoa):
    assign(
        school.lan,
        school.class_4b,
        school.lines[4, "KH"],
        days=Days(clock.today(), school.year.ends_on),
        reason="QĐ 13",
        by=school.hoa,
    )
    answer = hoa.get(reverse("gradebook:assignment_file", args=[school.year.pk, "present"]))
    content = b"".join(answer.streaming_content)
    values = list(openpyxl.load_workbook(io.BytesIO(content)).active.values)
    assert [row[4:] for row in values if row[1] == "CB01"] == [
        ("4A", "Tiếng Việt, Toán", "4A"),
        (None, "Khoa học", "4B"),
    ]
    shown = preview(hoa, school, file=SimpleUploadedFile("phan-cong.xlsx", content))
    assert reasons(shown) == []
    assert not shown.context["plan"].changes_anything
    assert shown.context["plan"].kept == len(assignments())


def test_the_blank_file_has_everybody_in_use_and_no_seat(school, hoa):
    User.objects.filter(username="dung").update(is_active=False)
    answer = hoa.get(reverse("gradebook:assignment_file", args=[school.year.pk, "blank"]))
    rows = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.values
    told = [row for row in rows if str(row[1]).startswith("CB")]
    assert len(told) == 8
    assert all(row[4:] == (None, None, None) for row in told)


def test_only_the_leaders_may_and_a_year_that_is_over_is_not_offered(school, hoa):
    assert preview(signed_in(school.tuan), school, LAN).status_code == 403
    outside = preview(hoa, school, LAN, day=school.year.ends_on + datetime.timedelta(days=1))
    assert outside.status_code == 422
    assert "Ngày nằm ngoài năm học" in outside.content.decode()


@pytest.mark.parametrize("people", [2, 40])
def test_the_dry_run_costs_the_same_for_few_and_for_many(school, hoa, django_assert_max_num_queries, people):
    Team.objects.get_or_create(name="Tổ 4")
    new = [
        User.objects.create_user(
            f"gv{number}", None, staff_code=f"GV{number}", full_name=f"Lê Thị Mới {number}"
        )
        for number in range(people)
    ]
    codes = ["Khoa học", "Tin học", "Công nghệ", "Âm nhạc"]
    rows = [
        [person.staff_code, person.full_name, "Tổ 4", None, codes[number % 4], ("4A", "4B")[number // 4 % 2]]
        for number, person in enumerate(new[:8])
    ]
    rows += [[person.staff_code, person.full_name, "Tổ 4", None, None, None] for person in new[8:]]
    with django_assert_max_num_queries(24):
        assert preview(hoa, school, *rows).context["plan"].begun == min(people, 8)
