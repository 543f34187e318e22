"""A class is handed over: notes, signature, receipt; grade 5 to the lower secondary school (TT27 Điều 12; R17)."""

import datetime
import re
import unicodedata

import pypdfium2
import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from gradebook.handovers import (
    HandoverChanged,
    HandoverRefused,
    Said,
    coming_to,
    keep_notes,
    read_record,
    receive,
    sign,
    waiting_for_receipt,
)
from students.models import HomeroomAssignment, SchoolClass
from tests.gradebook.next_year import decide, make_ending
from tests.gradebook.school import CONFIRMED
from tests.gradebook.test_roll_over import applied
from tests.students.test_attendance import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def ending():
    return make_ending()


@pytest.fixture
def may(ending):
    """The last week of May: the principal has decided, two of 4A stay."""
    with at(datetime.date(ending.school.year.year + 1, 5, 28)):
        yield ending


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def text(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def page(school_class):
    return reverse("gradebook:handover", args=[school_class.pk])


def signed(ending, *, repeating=()):
    school = ending.school
    said = {pupil.pk: Said(help="Kèm thêm Toán") for pupil in repeating}
    kept = keep_notes(school.class_4a, said, seen=0, by=school.lan)
    return sign(school.class_4a, seen=kept.version, by=school.lan)


def test_whoever_stays_or_has_a_plan_must_be_written_about_before_the_signature(may):
    school = may.school
    staying = school.pupils[0]
    decide(may, repeating=[staying])
    record = read_record(school.class_4a)
    assert [line.student for line in record.missing] == [staying]
    with pytest.raises(HandoverRefused, match=staying.full_name):
        sign(school.class_4a, seen=0, by=school.lan)
    signed(may, repeating=[staying])
    assert read_record(school.class_4a).is_signed


def test_nothing_is_handed_over_before_the_principal_has_decided(may):
    with pytest.raises(HandoverRefused, match="chưa được Hiệu trưởng phê duyệt"):
        sign(may.school.class_4a, seen=0, by=may.school.lan)


def test_what_is_signed_stays_as_it_is(may):
    decide(may)
    signed(may)
    with pytest.raises(HandoverRefused, match="đã kí"):
        keep_notes(may.school.class_4a, {}, seen=1, by=may.school.lan)


def test_only_the_homeroom_teacher_writes_and_signs(may):
    decide(may)
    for person in (may.school.minh, may.school.hoa, may.school.tuan):
        with pytest.raises(PermissionDenied):
            sign(may.school.class_4a, seen=0, by=person)


def test_of_two_tabs_the_second_is_told_and_keeps_what_was_typed(may):
    school = may.school
    first = school.pupils[0]
    keep_notes(school.class_4a, {first.pk: Said(limits="Đọc chậm")}, seen=0, by=school.lan)
    with pytest.raises(HandoverChanged):
        keep_notes(school.class_4a, {first.pk: Said(limits="Viết chậm")}, seen=0, by=school.lan)
    form = {"version": "0", f"n.{first.pk}.limits": "Viết chậm"}
    answer = client_of(school.lan).post(page(school.class_4a), form)
    assert answer.status_code == 409
    assert "Viết chậm" in text(answer)
    assert "Đọc chậm" in text(answer)


def test_the_name_of_the_school_stays_on_the_page_when_the_notes_are_refused(may):
    school, class_5a = may.school, may.class_5a
    HomeroomAssignment.objects.create(
        school_class=class_5a,
        teacher=school.thu,
        starts_on=school.year.starts_on,
        ends_on=school.year.ends_on,
    )
    form = {"version": "7", "receiving_school": "Trường THCS Nguyễn Du"}
    answer = client_of(school.thu).post(page(class_5a), form)
    assert answer.status_code == 409
    assert 'value="Trường THCS Nguyễn Du"' in answer.content.decode()


def test_what_was_typed_after_the_signature_is_shown_as_not_recorded(may):
    decide(may)
    signed(may)
    form = {"version": "1", f"n.{may.school.pupils[0].pk}.limits": "Viết chậm"}
    shown = text(client_of(may.school.lan).post(page(may.school.class_4a), form))
    assert "Thầy cô vừa gõ, chưa được ghi: Hạn chế Viết chậm" in shown


def test_next_years_teacher_reads_of_the_own_pupils_only_and_confirms(may):
    school = may.school
    staying, going = school.pupils[:2]
    SchoolClass.objects.create(year=may.following, name="4C", grade_level=4)
    applied(may, repeating=[staying])
    said = {staying.pk: Said(help="Kèm thêm Toán"), going.pk: Said(strengths="Vẽ rất đẹp")}
    kept = keep_notes(school.class_4a, said, seen=0, by=school.lan)
    sign(school.class_4a, seen=kept.version, by=school.lan)
    new = may.made("5A")
    HomeroomAssignment.objects.create(
        school_class=new, teacher=school.thu, starts_on=may.following.starts_on, ends_on=may.following.ends_on
    )
    with at(may.following.starts_on + datetime.timedelta(days=7)):
        address = reverse("gradebook:handover_receive", args=[new.pk])
        listed = text(client_of(school.hoa).get(reverse("gradebook:handovers")))
        assert "chưa tiếp nhận của lớp 4A" in listed
        shown = text(client_of(school.thu).get(address))
        assert "Vẽ rất đẹp" in shown
        assert "Kèm thêm Toán" not in shown
        done = client_of(school.thu).post(address, CONFIRMED, follow=True)
        assert "Đã xác nhận tiếp nhận 1 bản bàn giao" in text(done)
        # The child who repeats sits in another class, which has not received yet.
        waiting = waiting_for_receipt(list(may.following.classes.all()))
        assert new.pk not in waiting
        assert list(waiting.values()) == [["4A"]]
        with pytest.raises(HandoverRefused, match="Chưa có bản bàn giao nào mới"):
            receive(new, by=school.thu)
    (coming,), unsigned = coming_to(new)
    assert coming.receipt.received_by == school.thu
    assert unsigned == []


def test_grade_5_goes_to_a_named_school_on_a_paper_for_three_signatures(may):
    school, class_5a = may.school, may.class_5a
    HomeroomAssignment.objects.create(
        school_class=class_5a,
        teacher=school.thu,
        starts_on=school.year.starts_on,
        ends_on=school.year.ends_on,
    )
    decide(may)
    with pytest.raises(HandoverRefused, match="trung học cơ sở"):
        sign(class_5a, seen=0, by=school.thu)
    kept = keep_notes(class_5a, {}, seen=0, receiving_school="Trường THCS Nguyễn Du", by=school.thu)
    sign(class_5a, seen=kept.version, by=school.thu)
    file = reverse("reports:handover_file", args=[class_5a.pk])
    thu = client_of(school.thu)
    assert thu.get(file).status_code == 422
    thu.post(reverse("accounts:confirm"), {"next": file, "lasting": "exports", **CONFIRMED})
    document = pypdfium2.PdfDocument(thu.get(file).getvalue())
    words = " ".join(unicodedata.normalize("NFC", document[0].get_textpage().get_text_range()).split())
    document.close()
    for expected in (
        "BIÊN BẢN NGHIỆM THU, BÀN GIAO KẾT QUẢ GIÁO DỤC HỌC SINH LỚP 5",
        "mỗi bên giữ một bản",
        "Trường THCS Nguyễn Du",
        "ĐẠI DIỆN BÊN NHẬN",
        "HIỆU TRƯỞNG",
        school.thu.full_name,
        class_5a.enrolments.first().student.full_name,
    ):
        assert expected in words


def test_the_record_costs_the_same_for_a_few_and_for_many(may, django_assert_num_queries):
    decide(may)
    for school_class in (may.class_5a, may.school.class_4a):
        with django_assert_num_queries(7):
            read_record(school_class)
