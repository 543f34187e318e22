"""The printed phiếu and the register of corrections, read back from their PDFs (domain.md 2.5; R69, R77)."""

import datetime
import io

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts import clock
from accounts.clock import today
from accounts.models import AccessLogEntry, Post, Team, User
from accounts.signing_titles import DEPUTY_TITLE
from approvals import consent, corrections
from approvals.correction_register import short_name
from approvals.models import CorrectionRequest
from gradebook.sheets import Field
from reports.correction_papers import NO, added_to, consent_of_principal
from students.models import Student
from tests.approvals.papers import (
    REASON,
    applied,
    approved,
    awaiting,
    cleaned_picture,
    draft,
    entered_school,
    filed,
)
from tests.gradebook.school import add_pupils, change_of
from tests.reports.papers import as_confirmed, pages_of

pytestmark = pytest.mark.django_db


def the_school():
    return entered_school()


def again(person):
    """The person as the next request sees them."""
    return User.objects.get(pk=person.pk)


def paper(school, request, who="tuan"):
    client = as_confirmed(getattr(school, who))
    return " ".join(pages_of(client.get(reverse("reports:correction_paper", args=[request.pk])).getvalue()))


def test_the_paper_has_the_form_the_cells_and_everybody_s_part(school):
    request = applied(school)
    words = paper(school, request)
    pupil = school.pupils[0]
    for part in (
        school.year.parent_body.upper(),
        school.year.school_name.upper(),
        "Độc lập - Tự do - Hạnh phúc",
        f"Số: {request.label}",
        "PHIẾU ĐỀ NGHỊ SỬA ĐIỂM (ĐÁNH GIÁ, NHẬN XÉT)",
        f"Kính gửi: Ban Giám hiệu {school.year.school_name}",
        f"Họ và tên giáo viên: {school.lan.full_name}",
        f"Năm học {school.year.label}. Thời điểm: ",
        pupil.full_name,
        REASON,
        "Minh chứng kèm theo (1 tệp",
        "bài.jpg",
        "Tôi cam kết",
        "Ý kiến tổ (khối) trưởng:",
        "Ý kiến Phó Hiệu trưởng (phê chuẩn minh chứng): Phê chuẩn. Đúng bài.",
        "Phê duyệt của Hiệu trưởng",
        "Người thực hiện trên hệ thống (văn thư): Đã ghi vào sổ 1 giá trị",
        school.hoa.full_name,
        school.tuan.full_name,
    ):
        assert part in words
    assert f"Loại sai sót: {request.reason_label}. Lí do: {REASON}" in words
    row = words[words.index("Đề nghị sửa thành") :]
    assert row.index(" 7 ") < row.index(" 9 ")
    assert AccessLogEntry.objects.filter(kind="print_downloaded", target__contains=request.label).exists()


def test_a_draft_is_printed_by_its_proposer_alone_without_a_number_and_says_that_it_is_one(school):
    request = draft(school)
    address = reverse("reports:correction_paper", args=[request.pk])
    for name in ("tuan", "hoa", "bich"):
        assert as_confirmed(school.people[name]).get(address).status_code == 403, name
    Post.objects.create(holder=school.lan, kind=Post.Kind.VICE_PRINCIPAL, starts_on=today())
    words = paper(school, request, "lan")
    assert "BẢN NHÁP, CHƯA GỬI" in words
    assert "Số:" not in words


def test_what_was_not_decided_is_left_to_the_hand(school):
    words = paper(school, filed(school))
    assert "BẢN NHÁP" not in words
    assert "Ghi trên hệ thống" not in words
    assert "Phê chuẩn." not in words
    refused = corrections.decide(filed(school, "8"), approve=False, note="Thiếu bài làm.", by=school.hoa)
    assert "Không đồng ý. Thiếu bài làm." in paper(school, refused)
    cancelled = corrections.cancel(filed(school, "10"), note="Không cần nữa.", by=school.lan)
    assert "PHIẾU ĐÃ HUỶ" in paper(school, cancelled)


def test_a_dead_request_is_printed_as_dead_and_no_longer_as_approved(school):
    request = corrections.cancel(approved(school), note="Điểm cũ đúng.", by=school.lan)
    words = paper(school, request)
    assert "PHIẾU ĐÃ HUỶ, KHÔNG CÓ GIÁ TRỊ THỰC HIỆN" in words
    assert f"{school.lan.full_name} huỷ lúc " in words
    assert "Điểm cũ đúng." in words
    assert "(phê chuẩn minh chứng): Đã phê chuẩn; phiếu huỷ sau đó, không còn hiệu lực. Đúng bài." in words
    assert "Không thực hiện: phiếu đã huỷ." in words
    assert "chứng): Phê chuẩn" not in words
    refused = corrections.decide(filed(school, "8"), approve=False, note="Thiếu bài làm.", by=school.hoa)
    words = paper(school, refused)
    assert "PHIẾU BỊ TỪ CHỐI, KHÔNG CÓ GIÁ TRỊ THỰC HIỆN" in words
    assert "Không thực hiện: phiếu bị từ chối." in words


def comments(school, pupils, letters=200):
    """Cô Lan's request for the comments of these pupils, decided and carried out; each is a long one."""
    ref = school.sheet()
    said = ("Em đọc to, rõ ràng, cần viết chữ đều nét và trình bày bài sạch hơn. " * 9)[:letters].strip()
    changes = [change_of(ref, pupil, Field.COMMENT, f"{said} {pupil.pk}") for pupil in pupils]
    request = corrections.propose(ref, changes, by=school.lan)
    corrections.attach(request, cleaned_picture(), by=school.lan)
    corrections.file_request(request, reason=REASON, by=school.lan)
    corrections.decide(request, approve=True, note="Đúng bài.", by=school.hoa)
    return corrections.carry_out(request, by=school.tuan)


def leaves(school, request):
    client = as_confirmed(school.tuan)
    return pages_of(client.get(reverse("reports:correction_paper", args=[request.pk])).getvalue())


def test_three_long_comments_with_everybody_s_part_stand_on_one_page(school):
    assert len(leaves(school, comments(school, school.pupils[:3]))) == 1


def test_the_comments_of_a_whole_class_take_five_pages_at_most(school):
    add_pupils(school.class_4a, 32)
    pupils = Student.objects.filter(enrolments__school_class=school.class_4a)
    pages = leaves(school, comments(school, pupils))
    assert pupils.count() == 37
    assert len(pages) <= 5
    assert all(pupil.full_name in " ".join(pages) for pupil in pupils)


@pytest.mark.parametrize(
    ("verdict", "note", "printed"),
    [
        ("Đồng ý", "Đồng ý.", ""),
        ("Phê chuẩn", "phê chuẩn", ""),
        ("Phê chuẩn", "Phê chuẩn theo bài.", "Phê chuẩn theo bài."),
        (NO, "Không đồng ý", ""),
        (NO, "Thiếu bài làm.", "Thiếu bài làm."),
    ],
)
def test_a_note_that_only_repeats_the_verdict_is_not_printed_again(verdict, note, printed):
    assert added_to(verdict, note) == printed


def test_the_words_of_the_head_of_the_grade_and_of_the_principal_are_printed(school):
    request = awaiting(school)
    CorrectionRequest.objects.filter(pk=request.pk).update(
        opinion="Bài đúng là 9 điểm.", opinion_by=school.dung, opinion_at=clock.now()
    )
    declined = consent.answer(request, consents=False, note="Đã kí học bạ.", by=again(school.bich))
    words = paper(school, declined)
    assert "Ý kiến tổ (khối) trưởng: Bài đúng là 9 điểm." in words
    assert "Đã phê chuẩn; Hiệu trưởng không đồng ý nên không còn hiệu lực. Đúng bài." in words
    assert "đã kí học bạ): Không đồng ý. Đã kí học bạ." in words
    for who in (school.dung, school.hoa, school.bich):
        assert f"Ghi trên hệ thống: {who.full_name}" in words


def test_where_the_proposer_heads_the_team_the_paper_says_so_and_leaves_no_place_to_sign(school):
    languages = Team.objects.create(name="Tổ Ngoại ngữ")
    User.objects.filter(pk=school.thu.pk).update(team=languages)
    school.thu.posts.create(kind="grade_head", team=languages, starts_on=school.year.starts_on)
    request = of_english(school, again(school.thu))
    words = paper(school, request)
    assert "Ý kiến tổ (khối) trưởng: Người đề nghị là tổ (khối) trưởng" in words
    assert "TỔ (KHỐI) TRƯỞNG" not in words
    assert "PHÓ HIỆU TRƯỞNG" in words


def of_english(school, proposer):
    ref = school.sheet("NN1")
    request = corrections.propose(ref, [change_of(ref, school.pupils[0], "attainment", "T")], by=proposer)
    corrections.attach(request, cleaned_picture(), by=proposer)
    return corrections.file_request(request, reason=REASON, by=proposer)


def test_an_opinion_that_nobody_gave_is_written_by_hand_until_the_decision_and_then_said_to_be_none(school):
    waiting = paper(school, of_english(school, school.thu))
    assert "TỔ (KHỐI) TRƯỞNG" in waiting
    assert "Không ghi ý kiến" not in waiting
    decided = paper(school, approved(school))
    assert "Ý kiến tổ (khối) trưởng: Không ghi ý kiến; phiếu không bắt buộc có ý kiến của tổ." in decided
    assert "TỔ (KHỐI) TRƯỞNG" not in decided


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("bài.jpg", "bài.jpg"),
        ("a" * 28 + ".jpg", "a" * 28 + ".jpg"),
        ("a" * 40 + ".jpg", "a" * 27 + "….jpg"),
        ("bài của em Bình, lớp 4A, mặt sau.jpeg", "bài của em Bình, lớp 4A, m….jpeg"),
        ("không có đuôi nhưng tên rất là dài dòng", "không có đuôi nhưng tên rất là…"),
    ],
)
def test_the_name_of_a_file_in_the_register_is_short_and_says_what_it_is(name, shown):
    assert short_name(name) == shown


def test_the_deputy_consents_for_the_principal_whose_post_they_hold(school):
    request = awaiting(school)
    day, tomorrow = today(), today() + datetime.timedelta(days=1)
    Post.objects.filter(kind=Post.Kind.PRINCIPAL).update(ends_on=day - datetime.timedelta(days=1))
    Post.objects.create(
        holder=school.ngoc,
        kind=Post.Kind.PRINCIPAL,
        starts_on=day,
        ends_on=day,
        substitutes_for=school.bich,
    )
    Post.objects.create(holder=school.bich, kind=Post.Kind.PRINCIPAL, starts_on=tomorrow)
    Post.objects.create(holder=school.ngoc, kind=Post.Kind.VICE_PRINCIPAL, starts_on=day)
    consented = consent.answer(request, consents=True, note="", by=again(school.ngoc))
    assert consent_of_principal(consented).signer_title == DEPUTY_TITLE


def test_the_proposer_and_the_office_print_a_request_and_the_register_is_the_offices(school):
    request = filed(school)
    address = reverse("reports:correction_paper", args=[request.pk])
    for name in ("lan", "tuan", "hoa"):
        client = as_confirmed(school.people[name])
        assert address in client.get(reverse("approvals:request", args=[request.pk])).content.decode(), name
        assert client.get(address).status_code == 200, name
    head = as_confirmed(school.dung)
    assert address not in head.get(reverse("approvals:request", args=[request.pk])).content.decode()
    assert head.get(address).status_code == 403
    assert as_confirmed(school.minh).get(address).status_code == 403
    assert as_confirmed(school.lan).get(reverse("reports:correction_register_paper")).status_code == 403
    assert f"Họ và tên giáo viên: {school.lan.full_name}" in paper(school, request, "lan")


def register(school, who="tuan", **asked):
    return as_confirmed(getattr(school, who)).get(reverse("approvals:correction_register"), asked)


def test_the_register_has_what_was_filed_and_is_narrowed_as_asked(school):
    done, open_one, kept = applied(school), filed(school, "8", pupil=1), draft(school, "5", pupil=2)
    page = register(school).content.decode()
    assert f"Phiếu {done.label}" in page
    assert f"Phiếu {kept.label}" not in page
    for asked, shown in (
        ({"state": "applied"}, {done}),
        ({"state": "filed"}, {open_one}),
        ({"period": "GHKI"}, {done, open_one}),
        ({"period": "diem-danh"}, set()),
        ({"class": school.class_4a.pk, "teacher": school.lan.pk}, {done, open_one}),
        ({"month": f"{today():%Y-%m}", "state": "applied"}, {done}),
        ({"class": "x", "month": "2026", "state": "draft"}, {done, open_one}),
    ):
        page = register(school, **asked).content.decode()
        assert {each for each in (done, open_one) if f"Phiếu {each.label} " in page} == shown, asked
    assert "Không có phiếu nào" in register(school, "minh").content.decode()


def test_the_workbook_has_a_row_for_each_cell_and_calculates_nothing(school):
    request = applied(school, "9")
    client = as_confirmed(school.tuan)
    answer = client.get(reverse("approvals:correction_register_file"), {"state": "applied"})
    rows = list(load_workbook(io.BytesIO(answer.getvalue())).active.values)
    row = next(row for row in rows if row[0] == request.label)
    assert (row[5], row[8], row[9], row[10]) == (school.pupils[0].full_name, "7", "9", REASON)
    assert (row[11], row[12]) == (1, "bài.jpg")
    assert (row[14], row[17]) == (school.hoa.full_name, school.tuan.full_name)
    log = AccessLogEntry.objects.filter(kind="bulk_exported").latest("pk")
    assert "1 phiếu" in log.detail


def test_the_register_says_what_the_principal_answered_and_when(school):
    agreed = consent.answer(awaiting(school), consents=True, note="Đồng ý mở lại.", by=school.bich)
    declined = consent.answer(approved(school, "8", pupil=1), consents=False, note="Chưa rõ.", by=school.bich)
    without = filed(school, "8", pupil=2)
    client = as_confirmed(school.tuan)
    answer = client.get(reverse("approvals:correction_register_file"))
    rows = {row[0]: row for row in load_workbook(io.BytesIO(answer.getvalue())).active.values}
    head = rows["Số phiếu"].index("Hiệu trưởng trả lời")
    told = {label: row[head : head + 4] for label, row in rows.items() if row[head:]}
    name = school.bich.full_name
    assert (told[agreed.label][:2], told[agreed.label][3]) == (("Đồng ý", name), "Đồng ý mở lại.")
    assert (told[declined.label][:2], told[declined.label][3]) == (("Không đồng ý", name), "Chưa rõ.")
    assert told[agreed.label][2] is not None
    assert not any(told[without.label])
    page = " ".join(register(school).content.decode().split())
    at = timezone.localtime(agreed.consent_at)
    assert f"Hiệu trưởng đồng ý: {name}, {at:%H:%M %d/%m/%Y}: Đồng ý mở lại." in page
    assert f"Hiệu trưởng không đồng ý: {name}" in page
    paper = client.get(reverse("reports:correction_register_paper")).getvalue()
    assert f"Hiệu trưởng đồng ý: {name}, {at:%d/%m/%Y}: Đồng ý mở lại." in " ".join(
        " ".join(pages_of(paper)).split()
    )


def test_a_reason_that_looks_like_a_formula_stays_text(school):
    request = draft(school)
    corrections.attach(request, cleaned_picture("a.jpg"), by=school.lan)
    corrections.file_request(request, reason="=HYPERLINK(1)", by=school.lan)
    answer = as_confirmed(school.tuan).get(reverse("approvals:correction_register_file"))
    page = load_workbook(io.BytesIO(answer.getvalue())).active
    cell = next(cell for row in page.iter_rows() for cell in row if cell.value == "=HYPERLINK(1)")
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_the_register_on_paper_says_what_it_was_narrowed_to_and_who_prints_it(school):
    request = approved(school)
    client = as_confirmed(school.hoa)
    asked = {"state": "approved", "class": school.class_4a.pk}
    words = " ".join(pages_of(client.get(reverse("reports:correction_register_paper"), asked).getvalue()))
    for part in (
        "SỔ THEO DÕI SỬA ĐIỂM, ĐÁNH GIÁ, NHẬN XÉT",
        "lớp 4A, Đã phê chuẩn, chờ thực hiện",
        request.label,
        "7 → 9",
        "(1 minh chứng: bài.jpg)",
        "Sổ có 1 phiếu.",
        f"người in: {school.hoa.full_name}",
        "HIỆU TRƯỞNG",
        school.bich.full_name,
    ):
        assert part in words
    answer = client.get(reverse("reports:correction_register_paper"), {"state": "refused"}, follow=True)
    assert "Không có phiếu nào để in" in answer.content.decode()


def test_the_register_asks_the_same_of_few_and_many_requests(school, django_assert_num_queries):
    client = as_confirmed(school.tuan)
    address = reverse("approvals:correction_register")
    filed(school)
    client.get(address)
    with django_assert_num_queries(11) as few:
        client.get(address)
    for pupil in (1, 2, 3):
        filed(school, "8", pupil=pupil)
    with django_assert_num_queries(len(few)):
        client.get(address)


def test_a_request_whose_value_has_moved_on_is_printed_as_dead_and_nobody_signs_it(school):
    dead, first = filed(school, "8"), filed(school, "10")
    corrections.decide(first, approve=True, note="Đúng bài.", by=school.hoa)
    corrections.carry_out(first, by=school.tuan)
    words = paper(school, dead)
    assert "GIÁ TRỊ TRONG SỔ ĐÃ ĐỔI, PHIẾU KHÔNG THỰC HIỆN ĐƯỢC NỮA" in words
    assert "lúc lập phiếu «7», nay «10»" in words
    assert words.count("Không ghi: giá trị trong sổ đã đổi, phiếu không thực hiện được nữa.") == 4
