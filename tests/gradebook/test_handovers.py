"""A class is handed over: notes, signature, receipt; grade 5 to the lower secondary school (TT27 Điều 12; R17)."""

import datetime
import re
import unicodedata

import pypdfium2
import pytest
from django.core.exceptions import PermissionDenied
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from accounts import clock, permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from gradebook.handover_merge import Said, Texts
from gradebook.handovers import (
    HandoverChanged,
    HandoverRefused,
    coming_to,
    keep_notes,
    read_record,
    receive,
    sign,
    waiting_for_receipt,
)
from gradebook.models import Handover, SubjectResult
from reports.handover_records import paper_of
from students.models import HomeroomAssignment, NextSchool, SchoolClass, SchoolYear
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


def limits(pupil, words):
    return Texts({pupil.pk: Said(limits=words)})


def said_of(ending, pupil):
    return read_record(ending.school.class_4a).texts.said[pupil.pk]


def hidden(answer, name):
    return re.search(rf'name="{re.escape(name)}" value="([^"]*)"', answer.content.decode())[1]


def lead(school_class, teacher):
    year = school_class.year
    HomeroomAssignment.objects.create(
        school_class=school_class, teacher=teacher, starts_on=year.starts_on, ends_on=year.ends_on
    )


def signed(ending, *, repeating=()):
    school = ending.school
    said = {pupil.pk: Said(help="Kèm thêm Toán") for pupil in repeating}
    kept = keep_notes(school.class_4a, Texts(said), seen=Texts(), by=school.lan)
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


def test_a_year_end_mark_below_five_is_written_about_too(may):
    school = may.school
    decide(may)
    with acting(None, role="Kiểm thử", source=Source.SYSTEM):
        SubjectResult.objects.create(
            student=school.pupils[1], line=school.lines[4, "TOAN"], period="CN", attainment="H", mark=4
        )
    (line,) = read_record(school.class_4a).missing
    assert (line.student, line.concerns) == (school.pupils[1], "Toán: điểm KTĐK cuối năm 4")


def test_nothing_is_handed_over_before_the_principal_has_decided(may):
    with pytest.raises(HandoverRefused, match="chưa được Hiệu trưởng phê duyệt"):
        sign(may.school.class_4a, seen=0, by=may.school.lan)


def test_what_is_signed_stays_as_it_is(may):
    decide(may)
    signed(may)
    with pytest.raises(HandoverRefused, match="đã kí"):
        keep_notes(may.school.class_4a, Texts(), seen=Texts(), by=may.school.lan)


def test_only_the_homeroom_teacher_writes_and_signs(may):
    decide(may)
    for person in (may.school.minh, may.school.bich, may.school.tuan):
        with pytest.raises(PermissionDenied):
            sign(may.school.class_4a, seen=0, by=person)
    with pytest.raises(HandoverRefused, match="Năm học chưa kết thúc"):
        sign(may.school.class_4a, seen=0, by=may.school.hoa, in_place_reason="Cô Lan nghỉ")


def test_of_two_tabs_that_write_one_text_the_second_is_told_and_sees_both(may):
    school = may.school
    first = school.pupils[0]
    keep_notes(school.class_4a, limits(first, "Đọc chậm"), seen=Texts(), by=school.lan)
    with pytest.raises(HandoverChanged):
        keep_notes(school.class_4a, limits(first, "Viết chậm"), seen=Texts(), by=school.lan)
    form = {f"n.{first.pk}.limits": "Viết chậm", f"was.{first.pk}.limits": ""}
    answer = client_of(school.lan).post(page(school.class_4a), form)
    assert answer.status_code == 409
    assert "Viết chậm</textarea>" in answer.content.decode()
    assert "bấm Lưu thì thay bằng chữ trong ô: Hạn chế Đọc chậm" in text(answer)
    assert f'<a href="#pupil-{first.pk}">{first.full_name}</a>' in answer.content.decode()
    # The page now tells what was stored: the second save is made knowingly.
    again = {**form, f"was.{first.pk}.limits": hidden(answer, f"was.{first.pk}.limits")}
    assert client_of(school.lan).post(page(school.class_4a), again).status_code == 302
    assert said_of(may, first) == Said(limits="Viết chậm")


def test_what_another_tab_wrote_in_other_boxes_is_never_wiped(may):
    school = may.school
    first, second = school.pupils[:2]
    there = Texts({first.pk: Said(help="Nhờ gia đình kèm"), second.pk: Said(limits="Đọc chậm")})
    keep_notes(school.class_4a, there, seen=Texts(), by=school.lan)
    # A tab opened before: all its boxes are sent, the empty ones too.
    form = {"version": "0"}
    for pupil in (first, second):
        for name in ("strengths", "limits", "help"):
            form |= {f"n.{pupil.pk}.{name}": "", f"was.{pupil.pk}.{name}": ""}
    form |= {f"n.{first.pk}.strengths": "Vẽ đẹp", f"n.{second.pk}.limits": "Viết chậm"}
    answer = client_of(school.lan).post(page(school.class_4a), form)
    assert answer.status_code == 409
    assert "Nhờ gia đình kèm</textarea>" in answer.content.decode()
    form |= {f"n.{second.pk}.limits": "Đọc chậm, viết chậm", f"was.{second.pk}.limits": "Đọc chậm"}
    assert client_of(school.lan).post(page(school.class_4a), form).status_code == 302
    assert said_of(may, first) == Said(strengths="Vẽ đẹp", help="Nhờ gia đình kèm")
    assert said_of(may, second) == Said(limits="Đọc chậm, viết chậm")


def test_the_name_of_the_school_stays_on_the_page_when_the_notes_are_refused(may):
    school, class_5a = may.school, may.class_5a
    lead(class_5a, school.thu)
    keep_notes(class_5a, Texts({}, "Trường THCS Lê Chân"), seen=Texts(), by=school.thu)
    answer = client_of(school.thu).post(page(class_5a), {"receiving_school": "Trường THCS Nguyễn Du"})
    assert answer.status_code == 409
    assert 'value="Trường THCS Nguyễn Du"' in answer.content.decode()
    assert "Đã lưu ở nơi khác: Trường THCS Lê Chân" in text(answer)


def test_what_was_typed_after_the_signature_is_shown_as_not_recorded(may):
    decide(may)
    signed(may)
    form = {"version": "1", f"n.{may.school.pupils[0].pk}.limits": "Viết chậm"}
    shown = text(client_of(may.school.lan).post(page(may.school.class_4a), form))
    assert "Thầy cô vừa gõ, chưa được ghi: Hạn chế Viết chậm" in shown


def minutes_of(school_class):
    """The text of its minutes' first signature."""
    template = "reports/print/handover.html"
    context = {"paper": paper_of(read_record(school_class)), "receiver_title": ("GIÁO VIÊN NHẬN LỚP",)}
    return " ".join(re.sub(r"<[^>]+>", " ", render_to_string(template, context)).split())


def test_next_years_teacher_reads_of_the_own_pupils_only_and_confirms(may):
    school = may.school
    staying, going = school.pupils[:2]
    SchoolClass.objects.create(year=may.following, name="4C", grade_level=4)
    applied(may, repeating=[staying])
    said = {staying.pk: Said(help="Kèm thêm Toán"), going.pk: Said(strengths="Vẽ rất đẹp")}
    kept = keep_notes(school.class_4a, Texts(said), seen=Texts(), by=school.lan)
    sign(school.class_4a, seen=kept.version, by=school.lan)
    new = may.made("5A")
    lead(new, school.thu)
    with at(may.following.starts_on + datetime.timedelta(days=7)):
        address = reverse("gradebook:handover_receive", args=[new.pk])
        listed = text(client_of(school.hoa).get(reverse("gradebook:handovers")))
        assert "chưa tiếp nhận của lớp 4A" in listed
        start = client_of(school.thu).get(reverse("approvals:tasks"))
        assert "Tiếp nhận bàn giao của lớp 4A" in text(start)
        assert f'href="{address}"' in start.content.decode()
        shown = text(client_of(school.thu).get(address))
        assert "Vẽ rất đẹp" in shown
        assert "Kèm thêm Toán" not in shown
        done = client_of(school.thu).post(address, CONFIRMED, follow=True)
        assert "Đã xác nhận tiếp nhận 1 bản bàn giao" in text(done)
        assert "Tiếp nhận bàn giao" not in text(client_of(school.thu).get(reverse("approvals:tasks")))
        # The child who repeats sits in another class, which has not received yet.
        waiting = waiting_for_receipt(list(may.following.classes.all()))
        assert new.pk not in waiting
        assert list(waiting.values()) == [["4A"]]
        with pytest.raises(HandoverRefused, match="Chưa có bản bàn giao nào mới"):
            receive(new, by=school.thu)
    (coming,), unsigned = coming_to(new)
    assert (coming.receipt.received_by, coming.teacher) == (school.thu, school.lan.full_name)
    assert unsigned == []


def test_the_minutes_name_who_received_the_class_where_it_is_one_person(may):
    school = may.school
    applied(may)
    signed(may)
    new = may.made("5A")
    lead(new, school.thu)
    under = "GIÁO VIÊN NHẬN LỚP (Kí, ghi rõ họ tên)"
    minutes = minutes_of(school.class_4a)
    assert f"lớp 5A ({school.thu.full_name}, dự kiến)" in minutes
    assert f"{under} {school.thu.full_name} (dự kiến)" in minutes
    with at(may.following.starts_on + datetime.timedelta(days=7)):
        receive(new, by=school.thu)
        minutes = minutes_of(school.class_4a)
        assert f"{under} {school.thu.full_name}" in minutes
        assert f"{school.thu.full_name} (dự kiến)" not in minutes


def test_grade_5_goes_to_a_named_school_on_a_paper_for_three_signatures(may):
    school, class_5a = may.school, may.class_5a
    lead(class_5a, school.thu)
    decide(may)
    with pytest.raises(HandoverRefused, match="trung học cơ sở"):
        sign(class_5a, seen=0, by=school.thu)
    kept = keep_notes(class_5a, Texts({}, "Trường THCS Nguyễn Du"), seen=Texts(), by=school.thu)
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


def test_pupils_of_grade_5_may_go_on_to_schools_of_their_own(may):
    school, class_5a = may.school, may.class_5a
    lead(class_5a, school.thu)
    decide(may)
    thu, (first, *others) = client_of(school.thu), read_record(class_5a).lines
    assert others
    name = f"n.{first.student.pk}.school"
    assert f'name="{name}"' in thu.get(page(class_5a)).text
    typed = {name: "Trường THCS  Lê Lợi", f"was.{first.student.pk}.school": "", "was_school": ""}
    thu.post(page(class_5a), typed)
    with pytest.raises(HandoverRefused, match="trung học cơ sở"):
        sign(class_5a, seen=read_record(class_5a).version, by=school.thu)
    seen = read_record(class_5a).texts
    assert seen.said[first.student.pk] == Said(school="Trường THCS Lê Lợi")
    kept = keep_notes(class_5a, Texts({}, "Trường THCS Nguyễn Du"), seen=seen, by=school.thu)
    sign(class_5a, seen=kept.version, by=school.thu)
    record = read_record(class_5a)
    assert record.schools == ("Trường THCS Lê Lợi", "Trường THCS Nguyễn Du")
    assert "trường nhận: Trường THCS Lê Lợi; Trường THCS Nguyễn Du" in text(thu.get(page(class_5a)))
    assert paper_of(record).has_many_schools
    assert NextSchool.history.get().history_user == school.thu


def test_the_record_costs_the_same_for_a_few_and_for_many(may, django_assert_num_queries):
    decide(may)
    for school_class in (may.class_5a, may.school.class_4a):
        with django_assert_num_queries(7):
            read_record(school_class)


@pytest.fixture
def autumn(may):
    """October of the next year: cô Lan led 4A to the last day, her assignment has ended with the year."""
    decide(may)
    year = may.school.year
    HomeroomAssignment.objects.filter(school_class=may.school.class_4a).update(ends_on=year.ends_on)
    with at(year.ends_on + datetime.timedelta(days=70)):
        yield may


def afresh(person):
    """As of another request: powers are read once in each."""
    return User.objects.get(pk=person.pk)


def test_who_led_the_class_to_the_end_of_its_year_still_writes_and_signs_after_it(autumn):
    school, lan = autumn.school, client_of(autumn.school.lan)
    first = school.pupils[0]
    assert "Bàn giao lớp 4A" in text(lan.get(reverse("gradebook:handovers")))
    assert lan.post(page(school.class_4a), {f"n.{first.pk}.help": "Kèm thêm Toán"}).status_code == 302
    done = lan.post(page(school.class_4a), {"sign": "1", "version": "1", **CONFIRMED}, follow=True)
    assert "Đã kí bàn giao lớp 4A" in text(done)
    assert Handover.history.first().acting_role == "GVCN 4A"
    assert not permissions.may(afresh(school.lan), Action.CALL_ROLL, school_class=school.class_4a)


def test_who_led_the_class_earlier_in_that_year_does_not(autumn):
    year, class_4a = autumn.school.year, autumn.school.class_4a
    middle = year.starts_on + datetime.timedelta(days=100)
    HomeroomAssignment.objects.filter(school_class=class_4a).update(ends_on=middle)
    HomeroomAssignment.objects.create(
        school_class=class_4a,
        teacher=autumn.school.thu,
        starts_on=middle + datetime.timedelta(days=1),
        ends_on=year.ends_on,
    )
    assert not permissions.may(afresh(autumn.school.lan), Action.WRITE_HANDOVER, school_class=class_4a)
    assert permissions.may(afresh(autumn.school.thu), Action.WRITE_HANDOVER, school_class=class_4a)


def test_for_a_teacher_who_has_left_the_vice_principal_signs_and_says_why(autumn):
    school = autumn.school
    hoa, address = client_of(school.hoa), reverse("gradebook:handover_in_place", args=[school.class_4a.pk])
    assert "vẫn dùng tài khoản" in text(hoa.get(address))
    User.objects.filter(pk=school.lan.pk).update(is_active=False)
    assert f'href="{address}"' in hoa.get(page(school.class_4a)).content.decode()
    start = hoa.get(reverse("approvals:tasks"))
    assert "Kí bàn giao lớp 4A thay giáo viên chủ nhiệm" in text(start)
    assert f'href="{address}"' in start.content.decode()
    for where in (page(school.class_4a), reverse("gradebook:handovers")):
        assert f"{school.lan.full_name}" in text(client_of(school.tuan).get(where))
        assert "Phó Hiệu trưởng" in text(client_of(school.tuan).get(where))
    form = {f"n.{school.pupils[0].pk}.help": "Kèm thêm Toán"}
    assert hoa.post(address, form).status_code == 302
    signing = {"sign": "1", "version": "1", **CONFIRMED}
    assert "Ghi lí do kí thay" in text(hoa.post(address, signing))
    done = hoa.post(address, {**signing, "in_place_reason": "Cô Lan chuyển công tác"}, follow=True)
    assert f"kí thay giáo viên chủ nhiệm {school.lan.full_name}" in text(done)
    assert "lí do: Cô Lan chuyển công tác" in text(done)
    assert Handover.history.first().acting_role == "Phó Hiệu trưởng"
    for person in (school.tuan, school.bich):
        assert client_of(person).post(address, signing).status_code == 403


def test_next_years_teacher_is_told_who_has_still_to_sign(may):
    applied(may)
    new = may.made("5A")
    (unsigned,) = coming_to(new)[1]
    assert (unsigned.school_class.name, unsigned.teacher) == ("4A", may.school.lan.full_name)
    assert not unsigned.is_left_to_others
    User.objects.filter(pk=may.school.lan.pk).update(is_active=False)
    shown = text(client_of(may.school.hoa).get(reverse("gradebook:handover_receive", args=[new.pk])))
    assert f"{may.school.lan.full_name} đã rời trường, Phó Hiệu trưởng kí thay" in shown
    assert "năm học ấy đã đóng" not in shown
    SchoolYear.objects.filter(pk=may.school.year.pk).update(state=SchoolYear.State.CLOSED)
    closed = client_of(may.school.hoa).get(reverse("gradebook:handover_receive", args=[new.pk]))
    assert "năm học ấy đã đóng" in text(closed)


def test_the_leaders_are_told_of_a_class_that_nobody_leads_today(may):
    school = may.school
    SchoolYear.objects.filter(pk=school.year.pk).update(state=SchoolYear.State.OPEN)
    HomeroomAssignment.objects.filter(school_class=school.class_4b).update(
        ends_on=clock.today() - datetime.timedelta(days=1)
    )
    for person in (school.hoa, school.bich):
        start = client_of(person).get(reverse("approvals:tasks"))
        assert "Lớp 4B hôm nay không có giáo viên chủ nhiệm" in text(start)
        assert f"class={school.class_4b.pk}" in start.content.decode()
    assert "không có giáo viên chủ nhiệm" not in text(client_of(school.lan).get(reverse("approvals:tasks")))
