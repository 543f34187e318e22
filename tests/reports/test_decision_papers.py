"""Decisions and certificates on paper: drawn by the worker, read back, and never a certificate without a decision."""

import datetime
import re
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts import clock
from accounts.models import Post, User
from gradebook.decisions import draft_decision, issue_decision, withdraw_decision
from gradebook.outcomes import reopen_outcome
from reports.models import PrintJob
from reports.print_jobs import BookRefused, ask_for_paper
from reports.print_views import file_name
from tests.gradebook.school import CONFIRMED
from tests.gradebook.test_decisions import approved, drafted, issued, lower, say_anew
from tests.gradebook.year_end import confirm, ended_school, go_through
from tests.reports.papers import as_confirmed, pages_of, printed

pytestmark = pytest.mark.django_db
BOOK = PrintJob.Book


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


def the_school():
    return ended_school()


def pages(job):
    return pages_of(printed(job).file.path)


def test_the_decision_is_a_document_of_the_school_with_its_list(school):
    decision = issued(approved(school))
    job = ask_for_paper(decision, book=BOOK.DECISION, by=school.tuan)
    first, annex = pages(job)
    day = clock.today()
    for part in (
        school.year.parent_body.upper(),
        "Số: 45/QĐ-THKĐ",
        f"ngày {day:%d} tháng",
        "QUYẾT ĐỊNH Về việc khen thưởng học sinh năm học",
        f"HIỆU TRƯỞNG {school.year.school_name.upper()}",
        "Căn cứ Thông tư số 27/2020/TT-BGDĐT",
        "Điều 1. Tặng giấy khen của Hiệu trưởng cho 2 học sinh lớp 1A",
        "1 Học sinh Xuất sắc; 1 Học sinh Tiêu biểu hoàn thành tốt",
        "Điều 3.",
        "thi hành Quyết định này./.",
        "Nơi nhận:",
        school.bich.full_name,
    ):
        assert part in first
    assert "DỰ THẢO" not in first + annex
    assert "KT. HIỆU TRƯỞNG" not in first
    assert "(Kèm theo Quyết định số 45/QĐ-THKĐ" in annex
    assert [annex.index(pupil.full_name) for pupil in school.pupils] == sorted(
        annex.index(pupil.full_name) for pupil in school.pupils
    )
    assert not job.is_preview
    assert file_name(job).startswith("QuyetDinh-1A-45-")


def test_a_draft_says_so_on_every_page_and_has_no_number(school):
    confirm(school)
    draft = draft_decision("awards", school.year, school.class_1a, by=school.tuan)
    job = ask_for_paper(draft, book=BOOK.DECISION, by=school.tuan)
    first, annex = pages(job)
    assert "DỰ THẢO" in first
    assert "Số: ......../QĐ-THKĐ" in first
    assert "Quyết định số ......../QĐ-THKĐ" in annex
    assert job.is_preview
    assert "du-thao" in file_name(job)


def test_a_certificate_for_each_pupil_on_a_page_of_its_own_tells_of_nobody_else(school):
    decision = issued(approved(school))
    job = ask_for_paper(decision, book=BOOK.CERTIFICATES, school_class=school.class_1a, by=school.hoa)
    papers = pages(job)
    assert len(papers) == len(school.pupils) == 2
    for paper, pupil, title in zip(papers, school.pupils, ("Xuất sắc", "Tiêu biểu"), strict=True):
        for part in (
            f"HIỆU TRƯỞNG {school.year.school_name.upper()}",
            f"Em {pupil.full_name} Học sinh lớp 1A",
            f"Đạt danh hiệu Học sinh {title}",
            f"Năm học {school.year.label}",
            "Quyết định số: 45/QĐ-THKĐ",
            school.bich.full_name,
        ):
            assert part in paper
        assert "TẶNGGIẤYKHEN" in paper.replace(" ", "")
    assert school.pupils[0].full_name not in papers[1]
    assert "Nổi trội: Toán." in papers[1]


def test_no_certificate_before_the_decision_nor_after_it_was_withdrawn_nor_of_another_kind(school):
    approved(school)
    for decision in (drafted(school), issued(school, "results", "46/QĐ-THKĐ")):
        with pytest.raises(BookRefused, match="đã ban hành"):
            ask_for_paper(decision, book=BOOK.CERTIFICATES, by=school.tuan)
    decision = withdraw_decision(issued(school), reason="Sai tên", by=school.bich)
    with pytest.raises(BookRefused, match="còn hiệu lực"):
        ask_for_paper(decision, book=BOOK.CERTIFICATES, by=school.tuan)
    with pytest.raises(BookRefused, match="không có em nào"):
        ask_for_paper(
            issued(school, number="47/QĐ-THKĐ"),
            book=BOOK.CERTIFICATES,
            school_class=school.class_4a,
            by=school.tuan,
        )
    assert "ĐÃ THU HỒI" in pages(ask_for_paper(decision, book=BOOK.DECISION, by=school.tuan))[0]


def test_who_was_decided_on_anew_gets_no_certificate_by_the_old_decision_and_its_list_says_why(school):
    first = issued(approved(school))
    lower(school)
    say_anew(school)
    second = issued(school, number="46/QĐ-THKĐ")
    (paper,) = pages(ask_for_paper(first, book=BOOK.CERTIFICATES, by=school.tuan))
    assert school.pupils[1].full_name in paper
    (paper,) = pages(ask_for_paper(second, book=BOOK.CERTIFICATES, by=school.tuan))
    assert school.pupils[0].full_name in paper
    told, *_front, annex = pages(ask_for_paper(first, book=BOOK.DECISION, by=school.tuan))
    assert "Ghi chú khi in: sửa đổi, thay thế một phần bởi Quyết định số 46/QĐ-THKĐ ngày" in told
    head = as_confirmed(school.tuan).get(reverse("gradebook:decision", args=[first.pk])).content.decode()
    assert re.search(r"<dt>Sửa đổi bởi</dt>\s*<dd[^>]*>\s*<a [^>]*>Quyết định số 46/QĐ-THKĐ", head)
    assert annex.count("Ghi chú khi in: Đã thay thế bằng Quyết định số 46/QĐ-THKĐ ngày") == 1
    *front, annex = pages(ask_for_paper(second, book=BOOK.DECISION, by=school.tuan))
    assert "(sửa đổi, thay thế một phần Quyết định số 45/QĐ-THKĐ)" in front[0]
    assert "các nội dung khác của Quyết định số 45/QĐ-THKĐ ngày" in front[0]
    assert "thi hành Quyết định này./." in front[-1]  # the signature is not alone on its page
    assert "Nơi nhận" in front[-1]
    assert "Thay thế nội dung tại Quyết định số 45/QĐ-THKĐ ngày" in annex
    reopen_outcome(school.class_1a, school.pupils[0], reason="Xem lại", by=school.bich)
    with pytest.raises(BookRefused, match="không còn đúng như quyết định này"):
        ask_for_paper(second, book=BOOK.CERTIFICATES, by=school.tuan)


def test_a_decision_that_only_strikes_a_pupil_off_says_so_and_no_certificate_follows_from_it(school):
    issued(approved(school))
    lower(school)
    confirm(school)
    go_through(school)
    second = issued(school, number="46/QĐ-THKĐ")
    front, *_more, annex = pages(ask_for_paper(second, book=BOOK.DECISION, by=school.tuan))
    assert "Về việc thu hồi giấy khen, huỷ nội dung khen thưởng học sinh" in front
    assert (
        "Điều 1. Thu hồi giấy khen, huỷ nội dung khen thưởng đối với 1 học sinh tại Quyết định số 45/"
        in front
    )
    assert (
        f"Căn cứ kết quả được phê duyệt lại ngày {clock.today():%d/%m/%Y} của {school.pupils[0].full_name}"
        in front
    )
    whole = " ".join((front, *_more))
    assert "thu lại giấy khen đã trao (nếu có)" in whole
    assert "học sinh có tên trong danh sách kèm theo chịu trách nhiệm" in whole
    for out_of_place in ("Phần thưởng kèm theo", "có tên ở Điều 1", "Nội dung về các em có ghi chú"):
        assert out_of_place not in whole
    assert "Tặng giấy khen" not in front
    assert "DANH SÁCH HỌC SINH THÔI CÓ TÊN TRONG DANH SÁCH" in annex
    assert school.pupils[0].full_name in annex
    with pytest.raises(BookRefused, match="không còn đúng như quyết định này"):
        ask_for_paper(second, book=BOOK.CERTIFICATES, by=school.tuan)


def test_who_stands_in_for_the_principal_signs_kt(school):
    approved(school)
    day = clock.today()
    of_principal = Post.objects.filter(kind=Post.Kind.PRINCIPAL)
    of_principal.update(ends_on=day - datetime.timedelta(days=1))
    Post.objects.create(
        holder=school.hoa,
        kind=Post.Kind.PRINCIPAL,
        starts_on=day,
        ends_on=day + datetime.timedelta(days=9),
        substitutes_for=school.bich,
    )
    back = day + datetime.timedelta(days=10)
    Post.objects.create(holder=school.bich, kind=Post.Kind.PRINCIPAL, starts_on=back)
    deputy = User.objects.get(pk=school.hoa.pk)
    decision = issue_decision(drafted(school), number="45/QĐ-THKĐ", dated=day, by=deputy)
    first = pages(ask_for_paper(decision, book=BOOK.DECISION, by=school.tuan))[0]
    assert "KT. HIỆU TRƯỞNG PHÓ HIỆU TRƯỞNG" in first
    assert school.hoa.full_name in first
    paper = pages(ask_for_paper(decision, book=BOOK.CERTIFICATES, by=school.tuan))[0]
    assert "KT. HIỆU TRƯỞNG PHÓ HIỆU TRƯỞNG" in paper


@pytest.mark.parametrize("who", ["lan", "ngoc", "dung", "son"])
def test_only_the_office_prints(school, who):
    decision = issued(approved(school))
    with pytest.raises(PermissionDenied):
        ask_for_paper(decision, book=BOOK.CERTIFICATES, by=getattr(school, who))


def test_one_click_asks_and_the_page_of_the_print_hands_it_over(school):
    decision = issued(approved(school))
    client = as_confirmed(school.tuan)
    answer = client.post(reverse("reports:certificates_print", args=[decision.pk]), {"school_class": ""})
    job = PrintJob.objects.get()
    assert answer.url == reverse("reports:print_job", args=[job.pk]) + "?take=1"
    printed(job)
    page = client.get(answer.url).content.decode()
    assert "Giấy khen · Quyết định số 45/QĐ-THKĐ" in page
    assert reverse("reports:print_file", args=[job.pk]) in page
    answer = client.get(reverse("reports:print_file", args=[job.pk]))
    assert answer.getvalue().startswith(b"%PDF")
    listed = client.get(reverse("reports:prints")).content.decode()
    assert "Giấy khen · Quyết định số 45/QĐ-THKĐ" in listed
    draft = drafted(school, "results")
    refused = client.post(
        reverse("reports:certificates_print", args=[draft.pk]), {**CONFIRMED}, follow=True
    ).content.decode()
    assert "Giấy khen chỉ in theo quyết định khen thưởng" in refused
