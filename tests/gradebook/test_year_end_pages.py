"""The pages of a class's year end: homeroom teacher, vice-principal, principal, and the lists (R39 to R48)."""

import datetime
import io
import re

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts import clock
from accounts.models import AccessLogEntry, Post, Team, User
from approvals import corrections
from approvals.book_standing import read_books
from approvals.signature_rules import Ready
from approvals.tasks import read_tasks
from gradebook import grading
from gradebook.models import (
    ClassYearEnd,
    Commendation,
    EntryNotice,
    PupilYearEnd,
    TraitResult,
    YearOutcome,
)
from gradebook.own_workbook import preview_workbook
from gradebook.past import read_past_pupil
from gradebook.progress_sheets import read_sight
from gradebook.pupil_sheet import find_class
from gradebook.regulation import Period
from gradebook.sheets import MET, get_sheet, read_rows
from gradebook.team_reminders import read_team_windows, send_notice
from gradebook.workbook_reading import read_sheet
from gradebook.workbooks import write_sheet
from gradebook.year_end import read_class
from gradebook.year_end_gaps import read_year_gaps
from gradebook.year_end_rules import Promotion
from gradebook.year_end_steps import YearEndRefused
from reports.read_back import squeezed, text_of
from tests.approvals.papers import cleaned_picture
from tests.gradebook.mark_files import filled
from tests.gradebook.school import (
    CONFIRMED,
    add_pupils,
    certify,
    change_of,
    close_window,
    exempt,
    leave_unassessed,
    open_window,
)
from tests.gradebook.year_end import (
    complete,
    confirm,
    ended_school,
    fill,
    go_through,
    put,
    review,
    say,
    teach,
)

pytestmark = pytest.mark.django_db


def the_school():
    return ended_school()


def text(answer):
    main = answer.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def at(name, school, *more):
    return reverse(f"gradebook:{name}", args=[school.class_1a.pk, *more])


def fail(school, pupil):
    put(school, pupil, "TV", mark=4, attainment="C")
    put(school, pupil, "cham_chi", rating="C")


def test_each_pupil_has_the_computed_result_and_what_kept_it_from_the_next(school, client):
    client.force_login(school.ngoc)
    page = text(client.get(at("year_end", school)))
    assert "Hoàn thành xuất sắc" in page
    assert "Toán: điểm KTĐK cuối năm 8; để xếp Hoàn thành xuất sắc cần từ 9." in page
    assert "Còn 2 em đã có kết quả hệ thống tính, chưa xác nhận" in page


def test_from_the_homeroom_teacher_to_the_principal_each_step_with_its_password(school, client):
    client.force_login(school.ngoc)
    assert client.post(at("year_end_confirm", school)).status_code == 302
    assert client.post(at("year_end_complete", school)).status_code == 422
    assert client.post(at("year_end_complete", school), CONFIRMED).status_code == 302
    client.force_login(school.hoa)
    assert "Mọi ô của lớp trong năm đã đủ" in text(client.get(at("year_end", school)))
    assert client.post(at("year_end_review", school), CONFIRMED).status_code == 302
    client.force_login(school.bich)
    assert client.post(at("year_end_approve", school), CONFIRMED).status_code == 302
    assert YearOutcome.objects.count() == 2
    page = text(client.get(at("year_end", school)))
    assert "Hiệu trưởng phê duyệt · Hoàng Ngọc Bích" in page
    assert "Chưa xác nhận" not in page


def test_the_principal_before_the_review_is_refused_in_words(school, client):
    confirm(school)
    complete(school)
    client.force_login(school.bich)
    answer = client.post(at("year_end_approve", school), CONFIRMED)
    assert (answer.status_code, "đang chờ Phó Hiệu trưởng rà soát" in text(answer)) == (422, True)


def test_the_review_names_the_pupil_and_the_empty_cell(school, client):
    confirm(school)
    complete(school)
    put(school, school.pupils[0], "DD", comment="")
    client.force_login(school.hoa)
    answer = client.post(at("year_end_review", school), CONFIRMED)
    assert answer.status_code == 422
    assert f"{school.pupils[0].full_name}: Đạo đức (nhận xét)" in text(answer)


def test_sent_back_with_a_reason_and_not_without(school, client):
    confirm(school)
    complete(school)
    client.force_login(school.hoa)
    assert client.post(at("year_end_send_back", school), {"reason": ""}).status_code == 422
    assert client.post(at("year_end_send_back", school), {"reason": "Xem lại em An"}).status_code == 302
    client.force_login(school.ngoc)
    assert "Võ Thị Hoa trả lại: Xem lại em An" in text(client.get(at("year_end", school)))


def test_a_nomination_names_subject_trait_and_class(school, client):
    pupil = school.pupils[1]
    client.force_login(school.ngoc)
    told = {"wanted": "", "lines": ["TOAN"], "traits": ["cham_chi"], "is_recognised": "on", "seen": "0"}
    assert client.post(at("year_end_pupil", school, pupil.pk), told).status_code == 302
    page = text(client.get(at("year_end", school)))
    assert "Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện (Toán, Chăm chỉ)" in page


def test_what_cannot_stand_comes_back_as_typed_with_the_reason(school, client):
    client.force_login(school.ngoc)
    told = {"wanted": "HTXS", "reason": "", "seen": "0"}
    answer = client.post(at("year_end_pupil", school, school.pupils[1].pk), told)
    assert answer.status_code == 422
    assert "Đề nghị ngoại lệ phải có lí do" in text(answer)
    assert not PupilYearEnd.objects.exists()


def test_the_principal_decides_on_an_exception_where_it_was_asked(school, client):
    pupil = school.pupils[1]
    say(school, pupil, wanted="HTXS", reason="Ốm khi kiểm tra")
    confirm(school)
    complete(school)
    review(school)
    client.force_login(school.bich)
    assert pupil.full_name in text(client.get(at("year_end", school)))
    told = {"decision": "granted", "note": "Đồng ý", **CONFIRMED}
    assert client.post(at("year_end_exception", school, pupil.pk), told).status_code == 302
    assert client.post(at("year_end_approve", school), CONFIRMED).status_code == 302
    assert "Hoàn thành xuất sắc (ngoại lệ)" in text(client.get(at("year_end", school)))


def test_a_pupil_of_another_class_is_not_found_here(school, client):
    client.force_login(school.bich)
    other = school.class_4a.enrolments.first().student
    assert client.get(at("year_end_pupil", school, other.pk)).status_code == 404


# -- The lists ---------------------------------------------------------------------------------------------


def listed(client, kind):
    return text(client.get(reverse("gradebook:year_end_list", args=[kind])))


def test_the_lists_say_who_goes_up_who_is_tested_again_trains_in_summer_and_is_honoured(school, client):
    weak, good = school.pupils
    fail(school, weak)
    say(school, weak, promotion=Promotion.WAITS)
    say(school, good, lines=("TOAN",), is_recognised=True)
    client.force_login(school.ngoc)
    assert "Còn chưa đạt sau đánh giá bổ sung" in listed(client, "kiem-tra-lai")
    assert "Tiếng Việt: chưa đánh giá lại" in listed(client, "kiem-tra-lai")
    assert "Phẩm chất Chăm chỉ: chưa đánh giá lại" in listed(client, "ren-luyen-he")
    assert good.full_name in listed(client, "len-lop")
    assert "1 học sinh" in listed(client, "len-lop")
    assert "Tiếng Việt: Chưa hoàn thành; Tiếng Việt: điểm KTĐK cuối năm 4" in listed(client, "kiem-tra-lai")
    assert "Phẩm chất Chăm chỉ: Cần cố gắng" in listed(client, "ren-luyen-he")
    assert "Chờ đánh giá bổ sung, rèn luyện trong hè" in listed(client, "chua-hoan-thanh")
    assert "Học sinh Tiêu biểu" in listed(client, "khen-thuong")
    assert "Chưa có em nào" in listed(client, "khong-len-lop")


def test_what_the_homeroom_teacher_has_not_confirmed_stands_on_no_list_as_proposed(school, client):
    client.force_login(school.ngoc)
    for kind in ("len-lop", "khen-thuong"):
        assert "Chưa xét" in listed(client, kind).split("STT")[1]
    confirm(school)
    assert "Chưa xét" not in listed(client, "len-lop").split("STT")[1]
    assert "Đủ điều kiện" in listed(client, "khen-thuong")


def test_grade_1_completes_its_class_and_only_grade_5_primary_school(school, client):
    confirm(school)
    client.force_login(school.ngoc)
    assert "Hoàn thành chương trình lớp 1" in listed(client, "len-lop")
    assert "chương trình tiểu học" not in listed(client, "len-lop").split("STT")[1]
    assert "Chưa có em nào" in listed(client, "hoan-thanh-tieu-hoc")


def test_a_list_is_a_workbook_too_and_who_took_it_is_asked_for_the_password(school, client):
    confirm(school)
    client.force_login(school.ngoc)
    address = reverse("gradebook:year_end_list_file", args=["len-lop"])
    assert client.get(address).status_code == 422
    client.post(reverse("accounts:confirm"), {"next": address, "lasting": "exports", **CONFIRMED})
    book = load_workbook(io.BytesIO(b"".join(client.get(address).streaming_content)))
    rows = list(book.active.values)
    heading = next(row for row in rows if row[0] == "STT")
    assert heading[:5] == ("STT", "Lớp", "Mã định danh Bộ GD&ĐT", "Họ và tên", "Ngày sinh")
    assert [row[3] for row in rows if row[1] == "1A"] == [pupil.full_name for pupil in school.pupils]


def test_a_list_is_a_paper_too_with_every_pupil_and_who_signs(school, client):
    confirm(school)
    client.force_login(school.ngoc)
    address = reverse("reports:year_end_list_paper", args=["len-lop"])
    assert (
        f'href="{address}?year={school.year.pk}"'
        in client.get(reverse("gradebook:year_end_list", args=["len-lop"])).content.decode()
    )
    assert client.get(address).status_code == 422
    client.post(reverse("accounts:confirm"), {"next": address, "lasting": "exports", **CONFIRMED})
    words = text_of(client.get(address).getvalue())
    for each in (
        "DANH SÁCH HỌC SINH ĐƯỢC LÊN LỚP",
        *(pupil.full_name for pupil in school.pupils),
        f"Danh sách có {len(school.pupils)} học sinh./.",
        "HIỆU TRƯỞNG",
    ):
        assert squeezed(each) in words, each
    assert AccessLogEntry.objects.get(kind="print_downloaded").target.startswith("Học sinh được lên lớp")


def test_a_list_shows_only_the_classes_within_reach(school, client):
    confirm(school)
    client.force_login(school.lan)
    assert school.pupils[0].full_name not in listed(client, "len-lop")


def test_an_unknown_list_is_not_found(school, client):
    client.force_login(school.bich)
    assert client.get(reverse("gradebook:year_end_list", args=["khac"])).status_code == 404


def praise(client, school, **told):
    told = {"kind": "letter", "text": "Nhặt được của rơi", "given_on": clock.today().isoformat(), **told}
    return client.post(at("commend", school, school.pupils[0].pk), told)


def test_a_letter_of_praise_comes_at_any_time_and_an_award_on_the_spot_from_the_principal_only(
    school, client
):
    client.force_login(school.ngoc)
    assert praise(client, school).status_code == 302
    assert praise(client, school, kind="surprise").status_code == 422
    assert praise(client, school, text="").status_code == 422
    client.force_login(school.bich)
    assert praise(client, school, kind="surprise", text="Cứu bạn đuối nước").status_code == 302
    told = listed(client, "khen-dot-xuat")
    assert "Thư khen" in told
    assert "Khen thưởng đột xuất" in told


def test_praise_written_by_mistake_is_taken_back_for_a_reason(school, client):
    client.force_login(school.ngoc)
    praise(client, school)
    made = Commendation.objects.get()
    address = reverse("gradebook:praise_take_back", args=[made.pk])
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Nhầm em"}).status_code == 302
    assert "Nhặt được của rơi" not in listed(client, "khen-dot-xuat")
    assert client.get(address).status_code == 404


# -- What waits, and the summer ----------------------------------------------------------------------------


def waits_for(person):
    return [task.title for task in read_tasks(User.objects.get(pk=person.pk)).year_end]


def test_the_class_waits_for_one_after_the_other(school):
    assert waits_for(school.ngoc) == []
    open_window(school, Period.YEAR_END)
    assert waits_for(school.ngoc) == ["Xét kết quả năm học lớp 1A"]
    confirm(school)
    complete(school)
    assert waits_for(school.ngoc) == []
    assert waits_for(school.hoa) == ["Rà soát kết quả năm học lớp 1A"]
    review(school)
    assert (waits_for(school.hoa), waits_for(school.bich)) == ([], ["Phê duyệt kết quả năm học lớp 1A"])


def test_in_summer_the_sheet_shows_only_who_failed_and_waits_for_its_teacher(school, client):
    weak = school.pupils[0]
    fail(school, weak)
    say(school, weak, promotion=Promotion.WAITS)
    confirm(school)
    go_through(school)
    teach(school, "TV")
    open_window(school, Period.SUPPLEMENTARY)
    assert "Đánh giá bổ sung: Tiếng Việt · Lớp 1A" in waits_for(school.ngoc)
    client.force_login(school.ngoc)
    page = text(client.get(reverse("gradebook:sheet", args=[school.class_1a.pk, "TV", "BS"])))
    assert weak.full_name in page
    assert school.pupils[1].full_name not in page
    assert "BS" in page
    for code, values in (("TV", {"mark": 6, "attainment": "H"}), ("cham_chi", {"rating": "Đ"})):
        put(school, weak, code, period="BS", **values)
    assert waits_for(school.ngoc) == ["Xét lại kết quả năm học lớp 1A"]
    told = text(client.get(at("year_end_pupil", school, weak.pk)))
    assert "Hoàn thành (trước khi đánh giá bổ sung: Chưa hoàn thành)" in told
    assert "Tiếng Việt: điểm KTĐK cuối năm 4" in told
    assert "Chưa hoàn thành, với từng nội dung" in listed(client, "chua-hoan-thanh")
    assert weak.full_name in listed(client, "kiem-tra-lai")


def test_the_sheet_of_the_summer_goes_to_excel_and_back_as_any_other(school):
    weak = school.pupils[0]
    fail(school, weak)
    open_window(school, Period.SUPPLEMENTARY)
    sheet = get_sheet(school.ngoc, school.class_1a.pk, "NLPC", "BS")
    (cell,) = sheet.rows[0].cells
    assert cell.column.label == "Chăm chỉ"
    ref = sheet.ref
    read = read_sheet(filled(write_sheet(sheet), F2="Đ"), "he.xlsx", ref, read_rows(ref), by=school.lan)
    assert [(change.student_id, change.item, change.value) for change in read.changes] == [
        (weak.pk, "cham_chi", "Đ")
    ]


def test_on_the_sheet_of_the_summer_a_cell_says_what_a_pupil_has_met_already(school):
    first, second = school.pupils
    put(school, first, "cham_chi", rating="C")
    put(school, second, "nhan_ai", rating="C")
    sheet = get_sheet(school.ngoc, school.class_1a.pk, "NLPC", "BS")
    words = {row.student: {cell.column.item: cell.word for cell in row.cells} for row in sheet.rows}
    assert words == {first: {"cham_chi": "", "nhan_ai": MET}, second: {"cham_chi": MET, "nhan_ai": ""}}
    assert sheet.required == 2


def test_the_summers_window_is_on_the_calendar_and_no_board_counts_it(school, client):
    client.force_login(school.bich)
    calendar = reverse("gradebook:lock_calendar")
    assert "Đánh giá bổ sung" not in text(client.get(calendar))
    open_window(school, Period.SUPPLEMENTARY)
    assert "Đánh giá bổ sung" in text(client.get(calendar))
    client.force_login(school.hoa)
    (board,) = client.get("/").context["boards"]
    assert board.state == "GHKI · chưa mở"


def test_a_line_opened_alone_at_the_years_end_asks_nobody_to_confirm_it(school):
    open_window(school, Period.YEAR_END, line_code="TOAN")
    assert waits_for(school.ngoc) == []


def test_in_summer_a_head_reminds_those_alone_in_whose_sheets_somebody_owes_something(school, client):
    weak = school.pupils[0]
    team = Team.objects.create(name="Tổ 1", grade_level=1)
    Post.objects.create(
        holder=school.dung, kind=Post.Kind.GRADE_HEAD, team=team, starts_on=school.year.starts_on
    )
    window = open_window(school, Period.SUPPLEMENTARY)
    head = User.objects.get(pk=school.dung.pk)
    assert read_team_windows(head) == ()
    fail(school, weak)
    (found,) = read_team_windows(head)
    assert [(each.person.username, each.missing) for each in found.with_gaps] == [("ngoc", 1)]
    send_notice(window_id=window.pk, grade_level=1, kind=EntryNotice.Kind.REMIND, text="", by=head)
    client.force_login(school.ngoc)
    told = f"Đánh giá bổ sung của thầy cô còn thiếu 1 ô, khoá lúc {window.closes_label}"
    assert told in text(client.get(reverse("approvals:tasks")))
    put(school, weak, "cham_chi", period="BS", rating="Đ")
    assert told not in text(client.get(reverse("approvals:tasks")))


def test_a_sheet_on_which_nobody_failed_says_so(school, client):
    client.force_login(school.ngoc)
    page = text(client.get(reverse("gradebook:sheet", args=[school.class_1a.pk, "TOAN", "BS"])))
    assert "Không có em nào phải đánh giá bổ sung ở sổ này" in page


def test_the_list_of_classes_says_how_far_each_is(school, client):
    confirm(school)
    complete(school)
    client.force_login(school.hoa)
    page = text(client.get(reverse("gradebook:year_ends")))
    assert "Lớp 1A Chờ Phó Hiệu trưởng rà soát" in page
    assert ClassYearEnd.objects.count() == 1


def test_a_class_that_has_pupils_waiting_for_the_summer_is_counted_apart(school, client):
    weak = school.pupils[0]
    fail(school, weak)
    say(school, weak, promotion=Promotion.WAITS)
    confirm(school)
    go_through(school)
    client.force_login(school.bich)
    page = text(client.get(reverse("gradebook:year_ends")))
    assert "Lớp 1A 1 em chờ đánh giá bổ sung, rèn luyện trong hè Đã phê duyệt 1/2 em" in page
    assert "Đã phê duyệt chưa đủ số em: 1 · Đã phê duyệt: 0" in page


def test_the_lists_of_the_school_cost_the_same_for_one_class_and_for_all(
    school, client, django_assert_num_queries
):
    client.force_login(school.bich)
    client.get(reverse("gradebook:year_ends"))
    with django_assert_num_queries(20):
        listed(client, "len-lop")
    with django_assert_num_queries(20):
        client.get(reverse("gradebook:year_end_list", args=["len-lop"]), {"class": school.class_1a.pk})


def test_the_page_of_a_pupil_has_the_supplementary_assessment_of_who_owes_it_and_takes_it(school, client):
    weak, good = school.pupils
    fail(school, weak)
    client.force_login(school.ngoc)
    pages = [f"/gradebook/sheets/{school.class_1a.pk}/pupils/{pupil.pk}/" for pupil in (weak, good)]
    assert "Đánh giá bổ sung" not in text(client.get(pages[0]))
    open_window(school, Period.SUPPLEMENTARY)
    page = client.get(pages[0]).content.decode()
    assert re.findall(r'name="c\.(BS[^"]+)"', page) == ["BS.cham_chi.rating"]
    assert "Đánh giá bổ sung" not in text(client.get(pages[1]))
    done = client.post(pages[0], {"c.BS.cham_chi.rating": "Đ"})
    assert done.status_code == 200
    stored = TraitResult.objects.filter(student=weak, item="cham_chi", period__in=("CN", "BS"))
    assert dict(stored.values_list("period", "rating")) == {"CN": "C", "BS": "Đ"}
    found = read_past_pupil(school.ngoc, *find_class(school.ngoc, school.class_1a.pk), weak, clock.now())
    assert found.periods[-1] is Period.SUPPLEMENTARY


# -- Said before it is pressed -----------------------------------------------------------------------------


def test_the_vice_principal_has_no_button_while_a_time_before_the_year_s_end_has_gaps(school, client):
    open_window(school, Period.MID_TERM_1)
    close_window(school, Period.MID_TERM_1)
    confirm(school)
    complete(school)
    client.force_login(school.hoa)
    page = text(client.get(at("year_end", school)))
    assert "Còn ô trống: Giữa học kì I 2 em. Phó Hiệu trưởng chưa rà soát xong được" in page
    assert f"{school.pupils[0].full_name} : Tiếng Việt (mức đạt được), Tiếng Việt (nhận xét), Toán" in page
    assert "giáo viên lập phiếu đề nghị sửa để ghi giá trị còn thiếu" in page
    found = reverse("gradebook:pupil_sheet", args=[school.class_1a.pk, school.pupils[0].pk])
    assert f'href="{found}"' in client.get(at("year_end", school)).content.decode()
    assert "Đã rà soát, trình Hiệu trưởng" not in page
    refused = client.post(at("year_end_review", school), CONFIRMED)
    assert refused.status_code == 422
    assert f"Giữa học kì I, {school.pupils[0].full_name}: Tiếng Việt (mức đạt được)" in text(refused)
    fill(school, {pupil.pk: 9 for pupil in school.pupils}, Period.MID_TERM_1)
    assert "Mọi ô của lớp trong năm đã đủ" in text(client.get(at("year_end", school)))
    assert client.post(at("year_end_review", school), CONFIRMED).status_code == 302


def test_a_time_that_was_never_opened_is_named_and_nothing_is_missing_there(school, client):
    open_window(school, Period.MID_TERM_1, line_code="TOAN")
    client.force_login(school.hoa)
    page = text(client.get(at("year_end", school)))
    assert "Còn ô trống: Giữa học kì I 2 em" in page
    assert (
        f"{school.pupils[0].full_name} : Toán (mức đạt được), Toán (nhận xét) {school.pupils[1].full_name}"
        in page
    )
    assert "cho sổ nào đó của lớp: Giữa học kì I, Cuối học kì I, Giữa học kì II. Ô trống ở đó" in page


def test_who_came_when_a_time_was_locked_owes_nothing_of_it(school):
    with clock.travelling(clock.now() - datetime.timedelta(days=10)):
        open_window(school, Period.MID_TERM_1, hours=24)
    (newcomer,) = add_pupils(school.class_1a, 1)
    school.class_1a.enrolments.filter(student=newcomer).update(starts_on=clock.today())
    gaps = read_year_gaps(school.class_1a).gaps
    assert [gap.period for gap in gaps if gap.student == newcomer] == [Period.YEAR_END]
    assert {gap.student for gap in gaps if gap.period is Period.MID_TERM_1} == set(school.pupils)


def test_the_gaps_of_a_year_cost_seven_statements_for_one_time_and_for_four(
    school, django_assert_num_queries
):
    with django_assert_num_queries(7):
        read_year_gaps(school.class_1a)
    for period in (Period.MID_TERM_1, Period.END_TERM_1, Period.MID_TERM_2):
        open_window(school, period)
    with django_assert_num_queries(7):
        assert len(read_year_gaps(school.class_1a).gaps) == 6


def test_a_result_that_changed_is_said_in_place_of_the_button(school, client):
    confirm(school)
    complete(school)
    put(school, school.pupils[0], "TOAN", mark=8)
    client.force_login(school.hoa)
    page = text(client.get(at("year_end", school)))
    assert "Chưa trình được, còn 1 em phải xét lại" in page
    assert "Đã rà soát, trình Hiệu trưởng" not in page


def test_who_still_has_to_be_proposed_for_is_not_counted_as_done(school, client):
    fail(school, school.pupils[0])
    confirm(school)
    client.force_login(school.ngoc)
    assert "Đã xét xong 1 / 2" in text(client.get(at("year_end", school)))


def test_what_is_exempt_is_named_and_not_nominated(school, client):
    pupil = certify(school.pupils[1])
    put(school, pupil, "GDTC", attainment="", comment="")
    exempt(school, pupil, "GDTC", period=Period.YEAR_END, school_class=school.class_1a)
    client.force_login(school.ngoc)
    page = client.get(at("year_end_pupil", school, pupil.pk))
    assert "Được miễn, không tính vào kết quả: Giáo dục thể chất" in text(page)
    assert 'value="GDTC"' not in page.content.decode()
    with pytest.raises(YearEndRefused, match="miễn không đề cử được"):
        say(school, pupil, lines=("GDTC",), is_recognised=True)


def test_a_reason_has_words_in_it(school):
    with pytest.raises(YearEndRefused, match="phải có lí do"):
        say(school, school.pupils[1], wanted="HTXS", reason=" . ")


def test_after_the_repeat_a_result_opens_no_title_unless_the_year_says_so(school, client):
    weak = school.pupils[0]
    put(school, weak, "TV", mark=4, attainment="T")
    put(school, weak, "TV", period="BS", mark=10)
    row = read_class(school.class_1a).row_of(weak.pk)
    assert (row.result, row.award.award) == ("HTXS", None)
    client.force_login(school.ngoc)
    assert "Kết quả sau đánh giá bổ sung: không xét danh hiệu" in text(client.get(at("year_end", school)))
    assert grading.award_for(row.result, bars_title=False).award == "HSXS"
    assert read_class(school.class_1a).row_of(school.pupils[1].pk).award.candidate == "HSTB"


def test_the_open_sheets_of_the_summer_are_in_the_file_of_all_sheets(school, client):
    fail(school, school.pupils[0])
    client.force_login(school.ngoc)
    page, file = reverse("gradebook:own_sheets"), reverse("gradebook:own_sheets_file")
    assert "Đánh giá bổ sung" not in text(client.get(page)).split("Nạp lên")[0]
    open_window(school, Period.SUPPLEMENTARY)
    assert "Đánh giá bổ sung" in text(client.get(page)).split("Nạp lên")[0]
    assert "Đánh giá bổ sung 1 sổ, 1 sổ đang mở" in text(client.get(page))
    data = b"".join(client.get(file, {"period": "BS"}).streaming_content)
    assert [name for name in load_workbook(io.BytesIO(data)).sheetnames if "BS" in name] == [
        "1A Phẩm chất và năng lực BS"
    ]
    preview = preview_workbook(filled(data, F2="Đ"), "he.xlsx", period=Period.SUPPLEMENTARY, by=school.ngoc)
    assert [part.title for part in preview.ready] == ["Phẩm chất và năng lực · Lớp 1A · Đánh giá bổ sung"]


def test_who_is_not_assessed_is_counted_for_himself(school, client):
    leave_unassessed(school.pupils[0])
    client.force_login(school.ngoc)
    page = text(client.get(at("year_end", school)))
    assert "Không đánh giá: 1" in page
    assert "Chưa có kết quả:" not in page


def test_a_comment_that_was_emptied_for_a_reason_is_no_gap_and_the_class_page_says_why(school, client):
    pupil, why = school.pupils[0], "Nhận xét ghi nhầm của em khác."
    open_window(school, Period.YEAR_END)
    close_window(school, Period.YEAR_END)
    sheet = school.sheet("TOAN", Period.YEAR_END, school.class_1a)
    request = corrections.propose(sheet, [change_of(sheet, pupil, "comment", "")], by=school.ngoc)
    corrections.attach(request, cleaned_picture(), by=school.ngoc)
    corrections.file_request(request, reason=why, gap_reason=why, by=school.ngoc)
    corrections.decide(request, approve=True, note="", by=school.hoa)
    corrections.carry_out(request, by=school.tuan)
    client.force_login(school.ngoc)
    page = text(client.get(at("year_end", school)))
    assert "còn ô trống ở sổ cuối năm" not in page
    assert f"{pupil.full_name}, Toán, nhận xét: {why} (phiếu 01/" in page
    confirm(school)
    assert go_through(school)[pupil.pk].result == "HTXS"


def test_books_of_a_class_are_locked_as_its_sheets_are_once_its_results_are_on_their_way(school):
    """The window stays open for the school: 1A is shut by its own step, and its books can be signed."""

    def ready():
        books = read_books(read_sight(school.hoa), [Period.YEAR_END])
        return {book.ref.school_class.name: book.ready for book in books if book.ref.line is None}

    open_window(school, Period.YEAR_END)
    assert ready()["1A"] is Ready.OPEN
    confirm(school)
    complete(school)
    assert (ready()["1A"], ready()["4A"]) == (Ready.READY, Ready.OPEN)
