"""The clerk's way of taking in a list: send, look, carry out; and nobody else's (PLAN IV.3; R14, R85)."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry
from students.imports import carry_out_roster
from students.models import RosterUpload, SchoolClass, Student
from students.roster_planning import plan_roster
from students.upload_page import read_dry_run
from students.uploads import plan_of
from tests.gradebook.school import CONFIRMED
from tests.students.rosters import as_bytes, listed, pupil
from tests.students.workbook_making import DATA, workbook

pytestmark = pytest.mark.django_db
IMPORT = "/students/import/"


@pytest.fixture
def clerk(client, school):
    client.force_login(school.tuan)
    return client


def text(response) -> str:
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def send(client, school, *rows, content=None, name="danh sách lớp 1.xlsx"):
    content = as_bytes(*rows) if content is None else content
    file = SimpleUploadedFile(name, content)
    return client.post(IMPORT, {"year": school.year.pk, "file": file})


def uploaded(client, school, *rows, content=None) -> RosterUpload:
    response = send(client, school, *rows, content=content)
    assert response.status_code == 302
    return RosterUpload.objects.get(pk=response.url.split("/")[-2])


def page_of(upload: RosterUpload) -> str:
    return reverse("students:upload", args=[upload.pk])


def press(client, upload: RosterUpload):
    """Presses the button of the dry run as it is shown now, and follows to where it leads."""
    shown = client.get(page_of(upload)).content.decode()
    return post(client, upload, re.search(r'name="previewed" value="(\w+)"', shown)[1])


def post(client, upload: RosterUpload, previewed: str):
    address = reverse("students:upload_apply", args=[upload.pk])
    return client.post(address, {"previewed": previewed, **CONFIRMED}, follow=True)


def test_a_list_is_sent_looked_at_and_carried_out(school, clerk):
    upload = uploaded(clerk, school, pupil(1), pupil(2, cls="2C"))
    assert upload.uploaded_by == school.tuan
    assert not SchoolClass.objects.filter(name="1B").exists()
    shown = text(clerk.get(page_of(upload)))
    assert "Thêm 2 học sinh mới." in shown
    assert "Sẽ lập lớp mới: 1B, 2C." in shown
    assert f"từ ngày {school.year.starts_on:%d/%m/%Y}" in shown
    done = press(clerk, upload)
    assert "Đã nạp «danh sách lớp 1.xlsx»: thêm 2 học sinh, thay đổi 0, giữ nguyên 0." in text(done)
    for name in ("1B", "2C"):
        assert (
            reverse("students:class", args=[SchoolClass.objects.get(name=name).pk]) in done.content.decode()
        )
    upload.refresh_from_db()
    assert (upload.applied_by, upload.created, upload.new_classes) == (school.tuan, 2, ["1B", "2C"])
    assert "Bùi Anh Tuấn nạp lúc" in text(clerk.get(IMPORT))


def test_the_dry_run_tells_old_and_new_of_every_field(school, clerk):
    carry_out_roster(listed(pupil(1)), school.year, by=school.tuan)
    shown = text(clerk.get(page_of(uploaded(clerk, school, pupil(1, job="Thợ mộc", **{"Giới tính": "Nữ"})))))
    assert "Giới tính: Nam → Nữ" in shown
    assert "Nghề nghiệp của cha: (trống) → Thợ mộc" in shown


def test_broken_rows_come_first_with_cell_and_reason_and_there_is_no_button(school, clerk):
    upload = uploaded(clerk, school, pupil(1), pupil(2, birth="31/02/2020"), pupil(3, name=None))
    response = clerk.get(page_of(upload))
    shown = text(response)
    assert "2 chỗ phải sửa, nên chưa hàng nào được ghi" in shown
    assert "Ô C3 «Ngày sinh» : «31/02/2020» không phải ngày có thật" in shown
    assert "Ô B4 «Họ và tên» : Thiếu họ và tên" in shown
    assert shown.index("Hàng 3") < shown.index("Hàng 4") < shown.index("Hàng 2 ")
    assert "previewed" not in response.content.decode()


def test_where_a_list_has_several_sheets_each_row_names_its_own(school, clerk):
    rows = [["Họ và tên", "Ngày sinh"], ["Lê Thị Đào", "05/09/2020"]]
    upload = uploaded(clerk, school, content=workbook(("Lớp 1C", rows), ("Lớp 1D", [*rows, ["An", "x"]])))
    shown = text(clerk.get(page_of(upload)))
    assert "Trang «Lớp 1D», hàng 3 An 1D" in shown
    assert "Cùng chỉ một học sinh với hàng 2 trang «Lớp 1C»" in shown


def test_a_direct_post_of_a_broken_list_writes_nothing(school, clerk):
    upload = uploaded(clerk, school, pupil(1), pupil(2, birth="31/02/2020"))
    answer = post(clerk, upload, plan_of(upload).fingerprint)
    assert "chưa ghi dòng nào" in text(answer)
    assert not Student.objects.filter(moet_id__startswith="31").exists()
    upload.refresh_from_db()
    assert not upload.is_applied


def test_who_sits_in_a_class_of_the_file_and_is_not_in_it_is_named_and_stays(school, clerk):
    carry_out_roster(listed(pupil(1), pupil(2), pupil(3, cls="2C")), school.year, by=school.tuan)
    upload = uploaded(clerk, school, pupil(1), pupil(4))
    response = clerk.get(page_of(upload))
    shown = text(response)
    gone = Student.objects.get(moet_id="3100000002")
    assert "1 học sinh có tên trong lớp mà không có trong tệp" in shown
    assert f"Lớp 1B: {gone.full_name}" in shown
    assert reverse("students:pupil_movements", args=[gone.pk]) in response.content.decode()
    assert reverse("students:movements") in response.content.decode()
    press(clerk, upload)
    assert gone.enrolments.get().ended_by is None


def test_a_pupil_in_another_class_is_led_to_the_page_where_a_change_of_class_is_recorded(school, clerk):
    carry_out_roster(listed(pupil(1)), school.year, by=school.tuan)
    upload = uploaded(clerk, school, pupil(1, cls="1A"))
    response = clerk.get(page_of(upload))
    moved = Student.objects.get(moet_id="3100000001")
    assert "đang học lớp 1B năm học này" in text(response)
    assert reverse("students:pupil_movements", args=[moved.pk]) in response.content.decode()


def test_what_changed_since_the_preview_is_planned_anew_and_said(school, clerk):
    upload = uploaded(clerk, school, pupil(1), pupil(2))
    seen = plan_of(upload).fingerprint
    carry_out_roster(listed(pupil(2)), school.year, by=school.tuan)
    answer = text(post(clerk, upload, seen))
    assert "đã thay đổi từ lúc xem trước, nên chưa ghi gì" in answer
    assert "Thêm 1 học sinh mới, giữ nguyên 1 học sinh." in answer
    assert not Student.objects.filter(moet_id="3100000001").exists()
    press(clerk, upload)
    assert Student.objects.filter(moet_id="3100000001").exists()


@pytest.mark.parametrize("previewed", ["", "x", None])
def test_a_post_without_a_preview_writes_nothing(school, clerk, previewed):
    upload = uploaded(clerk, school, pupil(1))
    clerk.post(
        reverse("students:upload_apply", args=[upload.pk]),
        CONFIRMED if previewed is None else {"previewed": previewed, **CONFIRMED},
    )
    assert not Student.objects.filter(moet_id="3100000001").exists()


def test_a_list_is_carried_out_once(school, clerk):
    upload = uploaded(clerk, school, pupil(1))
    seen = plan_of(upload).fingerprint
    post(clerk, upload, seen)
    assert "Tệp này đã được nạp lúc" in text(post(clerk, upload, seen))
    assert Student.objects.filter(moet_id="3100000001").count() == 1


def test_the_same_bytes_sent_twice_lead_to_the_same_dry_run_until_done(school, clerk):
    content = as_bytes(pupil(1))
    first, second = (send(clerk, school, content=content).url for _ in range(2))
    assert first == second
    upload = RosterUpload.objects.get()
    press(clerk, upload)
    assert send(clerk, school, content=content).url != first
    assert "Không có gì mới" in text(clerk.get(page_of(RosterUpload.objects.first())))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pass_protected.xlsx", "mật khẩu"),
        ("SimpleMacro.xlsm", "macro"),
        ("biff5_write.xls", ".xlsx"),
        ("poc-xmlbomb.xlsx", "Hãy"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_beside_its_field(school, clerk, name, words):
    content = (DATA / "workbooks" / name).read_bytes()
    response = send(clerk, school, content=content, name=name)
    assert response.status_code == 422
    page = response.content.decode()
    errors = re.search(r'id="id_file_error".*?</ul>', page, re.DOTALL)[0]
    assert words in errors
    assert 'aria-invalid="true"' in page
    assert not RosterUpload.objects.exists()


def test_every_field_left_out_is_named(school, clerk):
    response = clerk.post(IMPORT, {"year": "1999"})
    assert response.status_code == 422
    assert "Chưa chọn tệp. Chọn tệp danh sách trên máy." in text(response)
    assert "Năm học này không nạp danh sách được nữa." in text(response)


def test_a_workbook_without_a_list_says_what_is_missing(school, clerk):
    upload = uploaded(clerk, school, {"Món": "Cơm", "Giá": 20_000})
    response = clerk.get(page_of(upload))
    assert "1 chỗ phải sửa" in text(response)
    assert "Không tìm thấy danh sách học sinh" in text(response)
    assert "data-deed=" not in response.content.decode()
    assert "tệp mẫu" not in text(response)


def test_the_list_of_uploads_says_how_much_is_to_be_mended(school, clerk):
    broken = uploaded(clerk, school, pupil(1, birth="31/02/2020"), pupil(2, name=None), pupil(3))
    right = uploaded(clerk, school, pupil(4))
    assert (broken.errors, right.errors) == (2, 0)
    shown = text(clerk.get(IMPORT))
    assert "Có 2 lỗi" in shown
    assert "Chưa nạp" in shown
    press(clerk, right)
    assert "Chưa nạp" not in text(clerk.get(IMPORT))


def test_a_list_with_nothing_new_does_not_wait_to_be_carried_out(school, clerk):
    carry_out_roster(listed(pupil(1)), school.year, by=school.tuan)
    uploaded(clerk, school, pupil(1))
    shown = text(clerk.get(IMPORT))
    assert "Không có gì mới" in shown
    assert "Chưa nạp" not in shown


def test_the_same_bytes_sent_again_are_judged_anew(school, clerk):
    taken = pupil(1, cls="1A")
    content = as_bytes(taken)
    upload = uploaded(clerk, school, content=content)
    assert upload.errors == 0
    carry_out_roster(listed(pupil(1)), school.year, by=school.tuan)
    assert uploaded(clerk, school, content=content).errors == 1
    assert RosterUpload.objects.count() == 1


def test_the_rows_read_are_as_many_as_all_lines(school, clerk):
    upload = uploaded(
        clerk, school, pupil(1), pupil(2, name=None, birth="31/02/2020"), pupil(3, name=None), pupil(4)
    )
    response = clerk.get(page_of(upload))
    shown = text(response)
    assert "Số hàng đọc được 4, trong đó 2 hàng không đọc được học sinh" in shown
    assert "Tất cả (4)" in shown
    assert "Bị từ chối (2)" in shown
    assert response.content.decode().count("data-deed=") == 4


@pytest.mark.parametrize("person", ["bich", "hoa", "lan", "thu", "dung", "son"])
def test_everybody_else_is_told_that_the_clerk_does_it(school, clerk, person):
    upload = uploaded(clerk, school, pupil(1))
    seen = plan_of(upload).fingerprint
    clerk.force_login(school.people[person])
    for answer in (
        clerk.get(IMPORT),
        send(clerk, school, pupil(2)),
        clerk.get(page_of(upload)),
        post(clerk, upload, seen),
    ):
        assert answer.status_code == 403
        assert "Chỉ văn thư nạp danh sách" in text(answer)
    assert not Student.objects.filter(moet_id="3100000001").exists()
    assert RosterUpload.objects.count() == 1


def test_a_visitor_is_sent_to_log_in(client, school):
    assert client.get(IMPORT).status_code == 302
    assert client.post(reverse("students:upload_apply", args=[1]), CONFIRMED).status_code == 302


def test_the_kept_file_lies_outside_the_web_under_a_random_name(school, clerk):
    upload = uploaded(clerk, school, pupil(1))
    path = Path(upload.file.path)
    assert path.is_relative_to(settings.MEDIA_ROOT / "uploads")
    assert not path.is_relative_to(settings.STATIC_ROOT)
    assert "danh" not in path.name
    assert path.stat().st_mode & 0o077 == 0
    assert clerk.get(f"/{upload.file.name}").status_code == 404
    assert clerk.get(upload.file.url).status_code == 404


def test_a_file_lost_or_touched_on_the_disk_is_not_carried_out(school, clerk):
    lost, touched = uploaded(clerk, school, pupil(1)), uploaded(clerk, school, pupil(2))
    Path(lost.file.path).unlink()
    Path(touched.file.path).write_bytes(as_bytes(pupil(3)))
    response = clerk.get(page_of(lost))
    assert response.status_code == 410
    assert "không còn trên đĩa" in text(response)
    assert "không còn nguyên vẹn" in text(clerk.get(page_of(touched)))
    assert "không còn nguyên vẹn" in text(post(clerk, touched, "x"))
    assert not Student.objects.filter(moet_id__startswith="31").exists()


def test_filters_show_one_deed_or_one_class(school, clerk):
    carry_out_roster(listed(pupil(1)), school.year, by=school.tuan)
    upload = uploaded(clerk, school, pupil(1), pupil(2), pupil(3, cls="2C"))
    names = {number: str(pupil(number)["Họ và tên"]) for number in (1, 2, 3)}

    def shown(**filters):
        page = text(clerk.get(page_of(upload), filters))
        return {number for number, name in names.items() if f"Hàng {number + 1} {name} " in page}

    assert shown() == {1, 2, 3}
    assert shown(show="create") == {2, 3}
    assert shown(show="keep") == {1}
    assert shown(school_class="2C") == {3}
    assert shown(show="keep", school_class="2C") == set()
    assert shown(show="nothing-like-it", school_class="9Z", page="x") == {1, 2, 3}


@pytest.mark.parametrize("count", [5, 50])
def test_the_dry_run_takes_the_same_statements_for_any_length(school, clerk, count):
    upload = uploaded(clerk, school, *(pupil(number) for number in range(1, count + 1)))
    clerk.get(page_of(upload))
    with CaptureQueriesContext(connection) as captured:
        clerk.get(page_of(upload))
    assert len(captured) == 9  # among them: the count of the limit, the line of the access log, the last run


def test_cells_that_will_be_left_out_are_counted_beside_the_button_and_found_by_a_filter(school, clerk):
    two = {"SĐT mẹ": "0912345678;0987654321", "Họ tên mẹ": "Lê Ba", "Thường trú": "Xã Không Có, Tỉnh Lạ"}
    upload = uploaded(clerk, school, pupil(1, **two), pupil(2), pupil(3, birth="2010"))
    shown = text(clerk.get(page_of(upload)))
    assert "2 ô không đọc được sẽ bị bỏ qua" in shown
    assert "Có ô bỏ qua (1) Có lưu ý (2)" in shown
    assert (
        "không phải một số điện thoại. Ghi một số, ví dụ 0912345678. Chưa sửa mà nạp thì ô này bị bỏ qua"
        in shown
    )
    places = {
        show: re.findall(
            r"Hàng (\d+)", text(clerk.get(page_of(upload), {"show": show})).split("Từng hàng")[1]
        )
        for show in ("left-out", "remarked")
    }
    assert places == {"left-out": ["2"], "remarked": ["2", "4"]}


def test_the_dry_run_shows_all_that_would_be_kept_of_a_new_pupil_and_the_column_it_comes_from(school, clerk):
    upload = uploaded(clerk, school, pupil(1, job="Thợ mộc", **{"Họ tên bố": "Lê Ba", "Dân tộc": "Mông"}))
    shown = text(clerk.get(page_of(upload)))
    assert "Hồ sơ mới: 6 mục" in shown
    assert "Mã định danh Bộ GD&amp;ĐT (cột F «Mã định danh Bộ GD&amp;ĐT») 3100000001" in shown
    assert "tên cha (cột H «Họ tên bố») Lê Ba" in shown
    assert "1 học sinh không có quốc tịch trong tệp: sẽ ghi «Việt Nam»." in shown


def test_each_thing_kept_otherwise_than_the_file_has_it_is_named_and_counted(school, clerk):
    old = "thôn 3, xã Tân Liên, huyện Vĩnh Bảo, Hải Phòng"
    cells = {"Chiều cao": "118,4", "Cân nặng": 22.55, "Năm sinh mẹ": "12/03/1988", "Thường trú": old}
    plain = {
        "Chiều cao": "118 cm",
        "Cân nặng": "22,5",
        "SĐT liên hệ": "0912 345.678",
        "Ngày đo": "05/09/2026",
    }
    upload = uploaded(
        clerk,
        school,
        pupil(1, **cells, **{"Họ tên mẹ": "Lê Ba", "Ăn bán trú (Có/Không)": "Có"}),
        pupil(2, **plain),
    )
    shown = text(clerk.get(page_of(upload)))
    for words in (
        "«118,4» được ghi là «118»",
        "«22.55» được ghi là «22,6»",
        "«12/03/1988» được ghi là «1988»",
        "«Có» được ghi là «Bán trú: Tự nguyện»",
        "địa danh cũ «Xã Tân Liên, Huyện Vĩnh Bảo, Thành phố Hải Phòng» được ghi theo hai cấp là «Xã Vĩnh Bảo, ",
        "1 học sinh không có ngày đo trong tệp: ngày đo chiều cao, cân nặng sẽ là ngày nạp",
        "Có điều ghi khác tệp (1)",
    ):
        assert words in shown, words
    assert "5 điều được ghi khác cách ghi trong tệp" in shown


def test_a_size_measured_on_the_stored_day_keeps_that_day(school, clerk):
    day = {"Ngày đo": "05/09/2026"}
    carry_out_roster(listed(pupil(1, **day, **{"Chiều cao": 118})), school.year, by=school.tuan)
    plan = plan_roster(listed(pupil(1, **day, **{"Chiều cao": 119})), school.year)
    assert [change.label for change in plan.rows[0].changes] == ["chiều cao (cm)"]
    plan = plan_roster(listed(pupil(1, **{"Chiều cao": 119})), school.year)
    assert [change.label for change in plan.rows[0].changes] == ["chiều cao (cm)", "ngày đo"]


def test_a_long_dry_run_is_shown_in_pages_that_keep_the_filter(school, clerk):
    upload = uploaded(clerk, school, *(pupil(number) for number in range(1, 121)))
    response = clerk.get(page_of(upload), {"show": "create"})
    assert response.content.decode().count("data-deed=") == 50
    assert "Trang 1 / 3" in text(response)
    assert "?show=create&amp;page=2" in response.content.decode()
    assert len(response.content) < 120_000
    last = clerk.get(page_of(upload), {"page": "3"})
    assert last.content.decode().count("data-deed=") == 20


def test_the_upload_and_its_carrying_out_are_in_history_and_audit_chain(school, clerk):
    upload = uploaded(clerk, school, pupil(1))
    press(clerk, upload)
    applied, sent = upload.history.order_by("-history_id")
    assert (sent.history_user, sent.history_type, sent.acting_role) == (school.tuan, "+", "Văn thư")
    assert (applied.history_user, applied.history_type, applied.applied_by) == (school.tuan, "~", school.tuan)
    written = AuditEntry.objects.filter(under=f"roster_upload:{upload.pk}").values_list(
        "table_name", flat=True
    )
    assert set(written) == {
        *("students_schoolclass", "students_student", "students_movement", "students_enrolment"),
        *("students_rosterupload", "accounts_adminaction"),
    }


def test_the_summary_counts_what_the_rows_show(school):
    carry_out_roster(listed(pupil(1)), school.year, by=school.tuan)
    plan = plan_roster(listed(pupil(1), pupil(2), pupil(3, id="12")), school.year)
    run = read_dry_run(plan, school.year)
    assert {deed.value: count for deed, count in run.counts.items()} == {
        "create": 1,
        "change": 0,
        "keep": 1,
        "refuse": 1,
    }
    assert [line.deed.value for line in run.lines] == ["refuse", "create", "keep"]
