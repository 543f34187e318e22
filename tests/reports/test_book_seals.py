"""The foot of the THKQGD table: who signed which book, when and what; which is not signed, which no longer holds."""

import pytest
from django.utils.timezone import localtime

from accounts import clock
from approvals.models import BookSignature
from gradebook.models import SubjectResult
from reports import pdf, read_back
from reports.class_statistics import statistics_of
from reports.class_tables import class_table
from reports.models import PrintJob
from reports.outdated import with_changes
from reports.print_jobs import ask_for_book
from reports.seal_content import BROKEN, BookSeal, SealState, seal_groups
from students.models import SchoolClass
from tests.approvals.papers import applied
from tests.approvals.signed_books import GHKI, complete_school, sign

pytestmark = pytest.mark.django_db


def the_school():
    return complete_school()


def table_of(school):
    return class_table(SchoolClass.objects.select_related("year").get(pk=school.class_4a.pk), GHKI)


def moment(signature):
    return f"{localtime(signature.signed_at):%H:%M %d/%m/%Y}"


def test_the_finished_pdf_names_signer_capacity_moment_and_hash_and_who_has_not_signed(school):
    toan, whole = sign(school.lan, "Toán lớp 4A", "Sổ của lớp 4A")
    table = table_of(school)
    drawn = pdf.render_class_table(table)
    read_back.check_class_table(drawn, table)
    text = read_back.text_of(drawn)
    for said in (
        f"Nguyễn Thị Lan (GVCN), {moment(toan)}: Toán {toan.short_digest}",
        f"Kí xác nhận {moment(whole)}, mã {whole.short_digest}Nguyễn Thị Lan",
        "Tiếng Việt (Nguyễn Thị Lan)",
        "Ngoại ngữ 1 (Tiếng Anh) (Lê Thị Thu)",
        "(chưa phân công)",
    ):
        assert read_back.squeezed(said) in text
    assert read_back.squeezed("CHƯA KÍ:") in text


def test_a_book_that_changed_since_says_so_on_paper_with_the_old_signature(school):
    toan, _whole = sign(school.lan, "Toán lớp 4A", "Sổ của lớp 4A")
    applied(school, "1")
    table = table_of(school)
    assert table.class_seal.lines[0] == BROKEN
    heads = dict(table.seal_groups)
    assert heads[BROKEN] == f"Toán (Nguyễn Thị Lan (GVCN), kí {moment(toan)}, {toan.short_digest})"


def test_the_book_of_a_class_calls_and_orders_its_lines_everywhere_as_its_table_does(school):
    table = table_of(school)
    statistics = [row.label for row in statistics_of(table).subjects]
    taught = [seal.book for seal in table.seals]
    assert {"Ngoại ngữ 1 (Tiếng Anh)", "TH-CN (Tin học)", "Âm nhạc"} <= set(taught)
    assert taught == [name for name in statistics if name in taught]
    headings = [each.heading for block in table.blocks for each in block.groups]
    assert "Ngoại ngữ 1 (Tiếng Anh)" in headings


def test_a_table_without_any_signature_says_so_beside_the_place_that_is_left_to_the_pen(school):
    table = table_of(school)
    assert table.class_seal.lines == ()
    ((head, books),) = table.seal_groups
    assert head == "CHƯA KÍ"
    assert "Sổ của lớp" in books


def test_a_print_is_outdated_by_a_signature_given_since_and_by_what_breaks_one_though_it_is_not_printed(
    school,
):
    def is_outdated():
        return with_changes(PrintJob.objects.all()).get().is_outdated

    rows = SubjectResult.objects.filter(line__code="TOAN", student=school.pupils[0])
    rows.get().save()
    ask_for_book(book=PrintJob.Book.CLASS_TABLE, school_class=school.class_4a, period=GHKI, by=school.tuan)
    PrintJob.objects.update(state="running")
    PrintJob.objects.update(
        state="done", started_at=clock.now(), pupils_asked=3, pupils_done=3, pages=1, file="books/1.pdf"
    )
    assert not is_outdated()
    sign(school.lan, "Toán lớp 4A")
    assert is_outdated()
    PrintJob.objects.update(started_at=BookSignature.objects.get().signed_at)
    assert not is_outdated()
    changed = rows.get()
    changed.comment = "Viết lại."
    changed.save()
    assert is_outdated()


def test_signatures_of_one_act_stand_together_and_those_in_place_of_somebody_say_so():
    seals = [
        BookSeal("Toán", SealState.HOLDS, "Lan", "GVCN", digest="a1"),
        BookSeal("Tin học", SealState.HOLDS, "Thu", "GVBM", "Minh", digest="b2"),
        BookSeal("Tiếng Việt", SealState.HOLDS, "Lan", "GVCN", digest="c3"),
        BookSeal("Đạo đức", SealState.UNSIGNED, ""),
    ]
    assert seal_groups(seals) == (
        ("Lan (GVCN), ", "Toán a1, Tiếng Việt c3"),
        ("Thu (GVBM, kí thay Minh), ", "Tin học b2"),
        ("CHƯA KÍ", "Đạo đức (chưa phân công)"),
    )
